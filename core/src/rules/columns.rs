//! Rules over columns: the batches are bound once, then their pieces are worked on by threads.

use crate::column::{Batch, Digits, Options, Piece, RowFaults, distinct, pieces, run, take};
use crate::error::{Error, Result};
use crate::expr::{Block, ColumnShared, Columns, Field, RowBits, SharedBlock};
use crate::money::Money;

use super::collect::{step, step_flag};
use super::decide::DecisionStatus;
use super::decided::{Rest, fits_bytes};
use super::decisions::{Collected, Decisions, Hits, MISSING_MINOR};
use super::hit::Hit;
use super::output::OutputValue;
use super::plan::ForColumns;
use super::set::RuleSet;

impl RuleSet {
    /// The decision on every row. Each batch is a chunk of the same data.
    ///
    /// The columns are those of [`RuleSet::inputs`], by these names or as `options.columns` maps them. Rows give the same
    /// results as [`RuleSet::decide`], whatever the options.
    ///
    /// # Errors
    /// Missing columns and wrong types; with [`OnError::Raise`](crate::OnError::Raise) also every row that cannot be
    /// used; `rules.date_required`.
    pub fn decide_columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Decisions> {
        let columns = self.bind_all(batches, options)?;
        let shared: Vec<_> = columns.iter().map(|columns| self.for_columns().shared.over(columns)).collect();
        let mut decisions = Decisions::of_rows(self, batches.iter().map(Batch::len).sum(), options);
        let parts = split(&mut decisions, pieces(batches));
        let faults = run(options, parts, |(piece, mut out)| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            if let (Some(columns), Some(shared)) = (columns.get(piece.batch), shared.get(piece.batch)) {
                let over = (columns, shared, options);
                if self.for_columns().shared.len() <= FEW_NODES {
                    Worker::<LONG>::new(self, over).decide_piece(&piece, &mut out, &mut faults);
                } else {
                    Worker::<SHORT>::new(self, over).decide_piece(&piece, &mut out, &mut faults);
                }
            }
            faults
        });
        decisions.problems = RowFaults::finish(faults, options)?;
        Ok(decisions)
    }

    /// Which rules match which rows, whatever the hit policy.
    ///
    /// # Errors
    /// As [`RuleSet::decide_columns`].
    pub fn hits(&self, batches: &[Batch<'_>], options: &Options) -> Result<Hits> {
        let columns = self.bind_all(batches, options)?;
        let shared: Vec<_> = columns.iter().map(|columns| self.for_columns().shared.over(columns)).collect();
        let found = run(options, pieces(batches), |piece| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            let mut hits = Hits::of_rules(self.rules().len());
            if let (Some(columns), Some(shared)) = (columns.get(piece.batch), shared.get(piece.batch)) {
                let mut worker = Worker::<SHORT>::new(self, (columns, shared, options));
                let end = piece.start.saturating_add(piece.rows);
                for start in (piece.start..end).step_by(64 * SHORT) {
                    let rows = (64 * SHORT).min(end.saturating_sub(start));
                    worker.load(start, rows, &mut faults);
                    let valid = worker.valid;
                    for position in 0..self.rules().len() {
                        let matched = worker.matched(position, &valid);
                        hits.push(position, &matched.0, rows);
                    }
                    hits.add_rows(rows);
                }
            }
            (hits, faults)
        });
        let mut all = Hits::of_rules(self.rules().len());
        let mut all_faults = Vec::with_capacity(found.len());
        for (hits, faults) in found {
            all.append(&hits);
            all_faults.push(faults);
        }
        all.problems = RowFaults::finish(all_faults, options)?;
        Ok(all)
    }

    fn for_columns(&self) -> &ForColumns {
        self.0.plan.for_columns(self.hit(), &self.0.fields, self.rules())
    }

    pub(super) fn bind_all<'c>(
        &'c self,
        batches: &'c [Batch<'_>],
        options: &'c Options,
    ) -> Result<Vec<Columns<'c>>> {
        self.require_date()?;
        let mut problems = options.check_names(self.0.fields.iter().map(Field::id));
        let mut bound = Vec::with_capacity(batches.len());
        for batch in batches {
            match self.0.fields.bind_columns(&self.0.plan.used, batch, &options.columns) {
                Ok(columns) => bound.push(columns),
                Err(error) => problems.extend(error.problems().iter().cloned()),
            }
        }
        if problems.is_empty() { Ok(bound) } else { Err(Error::data(distinct(problems))) }
    }
}

/// The rows of a piece's output that are still to be written.
struct Output<'t> {
    decided: Rest<'t>,
    count: &'t mut [u32],
    collected: Vec<CollectedPart<'t>>,
}

enum CollectedPart<'t> {
    Numbers(&'t mut [f64]),
    Money(&'t mut [i64]),
    Counts(&'t mut [u32]),
    Codes(&'t mut [i32]),
}

impl Collected {
    fn part(&mut self) -> CollectedPart<'_> {
        match self {
            Self::Numbers(numbers) => CollectedPart::Numbers(numbers),
            Self::Money(amounts) => CollectedPart::Money(amounts),
            Self::Counts(counts) => CollectedPart::Counts(counts),
            Self::Codes(codes) => CollectedPart::Codes(codes),
        }
    }
}

impl<'t> CollectedPart<'t> {
    fn next(&mut self, rows: usize) -> CollectedPart<'t> {
        match self {
            Self::Numbers(numbers) => CollectedPart::Numbers(take(numbers, rows)),
            Self::Money(amounts) => CollectedPart::Money(take(amounts, rows)),
            Self::Counts(counts) => CollectedPart::Counts(take(counts, rows)),
            Self::Codes(codes) => CollectedPart::Codes(take(codes, rows)),
        }
    }
}

impl<'t> Output<'t> {
    fn next(&mut self, rows: usize) -> Output<'t> {
        Output {
            decided: self.decided.next(rows),
            count: take(&mut self.count, rows),
            collected: self.collected.iter_mut().map(|part| part.next(rows)).collect(),
        }
    }
}

fn split(decisions: &mut Decisions, pieces: Vec<Piece>) -> Vec<(Piece, Output<'_>)> {
    let mut rest = Output {
        decided: decisions.decided.rest(),
        count: &mut decisions.count,
        collected: decisions.collected.iter_mut().map(Collected::part).collect(),
    };
    pieces.into_iter().map(|piece| (piece, rest.next(piece.rows))).collect()
}

/// Words of rows that are worked on together where conditions are few: 32 kB of a column of numbers, so that columns are
/// read from memory in long runs.
const LONG: usize = 64;

/// Words of rows where conditions are many: the rows that each holds for are kept, and many rows leave fewer tests out.
pub(super) const SHORT: usize = 16;

/// Up to so many nodes of conditions, blocks are long.
const FEW_NODES: usize = 512;

/// What one thread needs for one piece.
struct Worker<'c, const W: usize> {
    set: &'c RuleSet,
    plan: &'c ForColumns,
    block: Block<'c, W>,
    conditions: SharedBlock<'c, W>,
    /// The rows of the block without data errors.
    valid: RowBits<W>,
    /// What is written as bytes: which rule decides, or the status.
    bytes: Digits<W>,
    /// With `any`, what the first rule that matches a row gives.
    classes: Vec<usize>,
}

impl<'c, const W: usize> Worker<'c, W> {
    fn new(
        set: &'c RuleSet,
        (columns, shared, options): (&'c Columns<'c>, &'c ColumnShared<'c>, &Options),
    ) -> Self {
        let codes = if fits_bytes(set) { invalid_code(set) } else { DecisionStatus::Invalid.code().into() };
        Self {
            set,
            plan: set.for_columns(),
            block: Block::new(columns, options.simd.level()),
            conditions: SharedBlock::new(shared),
            bytes: Digits::up_to(codes),
            valid: RowBits::<W>::NONE,
            classes: vec![0; if set.hit() == Hit::Any { 64 * W } else { 0 }],
        }
    }

    fn decide_piece(&mut self, piece: &Piece, out: &mut Output<'_>, faults: &mut RowFaults) {
        for start in (piece.start..piece.start.saturating_add(piece.rows)).step_by(64 * W) {
            let rows = out.decided.len().min(64 * W);
            self.load(start, rows, faults);
            self.decide(&mut out.next(rows));
        }
    }

    fn load(&mut self, start: usize, rows: usize, faults: &mut RowFaults) {
        self.block.load(start, faults);
        self.conditions.begin();
        self.valid = self.block.rows().and(RowBits::<W>::first(rows)).and_not(self.block.invalid());
    }

    /// The rows among `open` that a rule matches.
    fn matched(&mut self, position: usize, open: &RowBits<W>) -> RowBits<W> {
        let set = self.set;
        match (self.plan.nodes.get(position), set.rules().get(position)) {
            (Some(node), Some(rule)) => self.conditions.passes(*node, rule.unknown, &self.block, *open),
            _ => RowBits::<W>::NONE,
        }
    }

    fn decide(&mut self, out: &mut Output<'_>) {
        let Output { decided, count, collected } = out;
        match decided {
            Rest::Bytes(codes) => {
                self.bytes.clear();
                self.first(|digits, position, matched| digits.give(&matched.0, position.saturating_add(1)));
                let invalid = RowBits::<W>::first(codes.len()).and_not(self.valid);
                self.bytes.give(&invalid.0, invalid_code(self.set));
                self.bytes.write_bytes(codes);
            }
            Rest::Wide { status, rule } if self.set.hit().stops() => {
                rule.fill(-1);
                let matched = self.first(|_, position, matched| {
                    let lane = lane(position);
                    matched.each(|row| rule.get_mut(row).into_iter().for_each(|rule| *rule = lane));
                });
                self.write_status(status, matched, RowBits::NONE);
            }
            Rest::Wide { status, rule } => {
                let (matched, several) = self.all(rule, count, collected);
                self.write_status(status, matched, several);
                several.each(|row| rule.get_mut(row).into_iter().for_each(|rule| *rule = -1));
            }
        }
    }

    fn write_status(&mut self, status: &mut [u8], matched: RowBits<W>, several: RowBits<W>) {
        let refused =
            if self.set.hit() == Hit::Any { DecisionStatus::Conflict } else { DecisionStatus::Overlap };
        let invalid = RowBits::<W>::first(status.len()).and_not(self.valid);
        self.bytes.clear();
        for (rows, status) in [
            (matched.and_not(several), DecisionStatus::Matched),
            (self.valid.and_not(matched), DecisionStatus::None),
            (several, refused),
            (invalid, DecisionStatus::Invalid),
        ] {
            self.bytes.give(&rows.0, status.code().into());
        }
        self.bytes.write_bytes(status);
    }

    /// Tries rules on the rows that none before matched; returns the rows that one matches.
    fn first(&mut self, mut give: impl FnMut(&mut Digits<W>, usize, &RowBits<W>)) -> RowBits<W> {
        let mut open = self.valid;
        for position in &self.plan.tried {
            if open.is_empty() {
                break;
            }
            let matched = self.matched(*position, &open);
            open = open.and_not(matched);
            give(&mut self.bytes, *position, &matched);
        }
        self.valid.and_not(open)
    }

    /// Tries every rule; returns the rows that some match, and those where that is refused.
    fn all(
        &mut self,
        rule: &mut [i32],
        count: &mut [u32],
        collected: &mut [CollectedPart<'_>],
    ) -> (RowBits<W>, RowBits<W>) {
        rule.fill(-1);
        count.fill(0);
        let (mut once, mut several, mut differ) =
            (RowBits::<W>::NONE, RowBits::<W>::NONE, RowBits::<W>::NONE);
        let (set, valid) = (self.set, self.valid);
        let mut given = vec![RowBits::<W>::NONE; collected.len()];
        collected.iter_mut().for_each(CollectedPart::clear);
        for position in &self.plan.tried {
            let matched = self.matched(*position, &valid);
            if matched.is_empty() {
                continue;
            }
            matched.each(|row| count.get_mut(row).into_iter().for_each(|count| *count += 1));
            let (new, again, lane) = (matched.and_not(once), matched.and(once), lane(*position));
            new.each(|row| rule.get_mut(row).into_iter().for_each(|rule| *rule = lane));
            if let Some(class) = set.0.plan.classes.get(*position) {
                new.each(|row| self.classes.get_mut(row).into_iter().for_each(|known| *known = *class));
                again.each(|row| {
                    if self.classes.get(row) != Some(class) {
                        differ.set(row);
                    }
                });
            }
            several = several.or(again);
            once = once.or(matched);
            let Some(matching) = set.rules().get(*position) else { continue };
            let parts = collected.iter_mut().zip(&matching.values).zip(&mut given);
            for (output, ((part, value), given)) in parts.enumerate() {
                part.add(set, (*position, output), value, &matched, given);
            }
        }
        match set.hit() {
            Hit::Unique => (once, several),
            Hit::Any => (once, differ),
            _ => (once, RowBits::<W>::NONE),
        }
    }
}

impl CollectedPart<'_> {
    fn clear(&mut self) {
        match self {
            Self::Numbers(numbers) => numbers.fill(f64::NAN),
            Self::Money(amounts) => amounts.fill(MISSING_MINOR),
            Self::Counts(counts) => counts.fill(0),
            Self::Codes(codes) => codes.fill(-1),
        }
    }

    /// Adds what a rule gives to the rows that it matches; `given` are those that have a value.
    fn add<const W: usize>(
        &mut self,
        set: &RuleSet,
        (rule, output): (usize, usize),
        value: &OutputValue,
        matched: &RowBits<W>,
        given: &mut RowBits<W>,
    ) {
        let collect = set.outputs().get(output).and_then(super::Output::collect).unwrap_or_default();
        let (new, again) = (matched.and_not(*given), matched.and(*given));
        match (self, value) {
            (Self::Numbers(numbers), OutputValue::Number(number)) => {
                let sum = |a, b| a + b;
                new.each(|row| numbers.get_mut(row).into_iter().for_each(|own| *own = *number));
                again.each(|row| {
                    let own = numbers.get_mut(row).into_iter();
                    own.for_each(|own| *own = step(collect, *own, *number, sum));
                });
            }
            (Self::Money(amounts), OutputValue::Money(money)) => {
                let minor = Money::minor(*money);
                new.each(|row| amounts.get_mut(row).into_iter().for_each(|own| *own = minor));
                again.each(|row| {
                    let own = amounts.get_mut(row).into_iter();
                    own.for_each(|own| *own = step(collect, *own, minor, |a, b| a + b));
                });
            }
            (Self::Codes(codes), value) if *value != OutputValue::Missing => {
                let of_rules = set.0.plan.coded.get(output);
                let code = of_rules.and_then(|known| known.codes.get(rule)).copied().unwrap_or(-1);
                new.each(|row| codes.get_mut(row).into_iter().for_each(|own| *own = code));
                // False and true are 0 and 1.
                if collect.is_of_booleans() {
                    again.each(|row| {
                        let own = codes.get_mut(row).into_iter();
                        own.for_each(|own| *own = i32::from(step_flag(collect, *own == 1, code == 1)));
                    });
                }
            }
            (Self::Counts(counts), value) if *value != OutputValue::Missing => {
                matched.each(|row| counts.get_mut(row).into_iter().for_each(|count| *count += 1));
            }
            _ => return,
        }
        *given = given.or(*matched);
    }
}

impl Rest<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Bytes(codes) => codes.len(),
            Self::Wide { status, .. } => status.len(),
        }
    }

    fn next(&mut self, rows: usize) -> Self {
        match self {
            Self::Bytes(codes) => Self::Bytes(take(codes, rows)),
            Self::Wide { status, rule } => Self::Wide { status: take(status, rows), rule: take(rule, rows) },
        }
    }
}

/// The byte of invalid rows.
fn invalid_code(set: &RuleSet) -> usize {
    set.rules().len().saturating_add(1)
}

/// A position in a column.
fn lane(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(-1)
}
