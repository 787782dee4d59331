//! What rules are to a population: how many rows each matches, and which tests keep rows from it.

use std::fmt;

use crate::column::{Batch, Options, Piece, RowFaults, pieces, run};
use crate::error::{Error, Problem, Result};
use crate::expr::{Block, ColumnShared, Columns, NodeId, Shared, SharedBlock};

use super::set::{Rule, RuleSet};

/// How rules meet a population. Invalid rows count for nothing.
#[derive(Clone, Debug)]
pub struct Population {
    title: String,
    rows: usize,
    invalid: usize,
    rules: Vec<RulePopulation>,
    problems: Vec<Problem>,
}

/// How a rule meets a population.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePopulation {
    rule: Box<str>,
    counts: Counts,
    blockers: Vec<Blocker>,
}

/// A part of a condition that must hold, and the rows that it keeps from the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    text: Box<str>,
    counts: Counts,
}

impl Population {
    /// Number of rows, invalid ones too.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Number of rows that cannot be used, with [`OnError::Null`](crate::OnError::Null).
    pub fn invalid(&self) -> usize {
        self.invalid
    }

    /// Every rule in effect, in the order of the document.
    pub fn rules(&self) -> &[RulePopulation] {
        &self.rules
    }

    /// What was wrong with the invalid rows.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// With the rows of another population that the same rules met, for callers that pass data in blocks.
    #[must_use]
    pub fn merged(mut self, later: Self) -> Self {
        self.rows = self.rows.saturating_add(later.rows);
        self.invalid = self.invalid.saturating_add(later.invalid);
        for (own, more) in self.rules.iter_mut().zip(&later.rules) {
            own.counts.add(more.counts);
            for (part, more) in own.blockers.iter_mut().zip(&more.blockers) {
                part.counts.add(more.counts);
            }
        }
        if !later.problems.is_empty() {
            self.problems =
                Error::data(self.problems).merged(Error::data(later.problems)).problems().to_vec();
        }
        self
    }
}

impl RulePopulation {
    /// The id of the rule.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Rows that it matches.
    pub fn matched(&self) -> usize {
        self.counts.all
    }

    /// Rows of which it is the first rule that matches, in the order in which the hit policy tries them.
    pub fn first(&self) -> usize {
        self.counts.first
    }

    /// Rows that no other rule matches.
    pub fn only(&self) -> usize {
        self.counts.only
    }

    /// What its condition demands, part by part in order; without a condition nothing.
    pub fn blockers(&self) -> &[Blocker] {
        &self.blockers
    }
}

impl Blocker {
    /// The part of the condition as text, such as `arpu > 80.00`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Rows for which it does not hold.
    pub fn blocked(&self) -> usize {
        self.counts.all
    }

    /// Rows for which it is the first part that does not hold.
    pub fn first(&self) -> usize {
        self.counts.first
    }

    /// Rows for which it alone does not hold: so many more would match without it.
    pub fn only(&self) -> usize {
        self.counts.only
    }
}

const WORDS: usize = super::columns::SHORT;
const ROWS: usize = 64 * WORDS;
type RowBits = crate::expr::RowBits<WORDS>;

/// The parts of all conditions.
struct Parts {
    shared: Shared,
    /// By rule.
    nodes: Vec<Vec<NodeId>>,
    texts: Vec<Vec<Box<str>>>,
}

impl Parts {
    fn of(set: &RuleSet) -> Self {
        let mut parts = Self { shared: Shared::default(), nodes: Vec::new(), texts: Vec::new() };
        for rule in set.rules() {
            let conditions = rule.condition.as_ref().map(crate::expr::Condition::parts).unwrap_or_default();
            let node = |condition| parts.shared.add(condition, &set.0.fields);
            parts.nodes.push(conditions.iter().map(node).collect());
            let text = |condition: &crate::expr::Condition| condition.text(&set.0.fields).into();
            parts.texts.push(conditions.iter().map(text).collect());
        }
        parts
    }
}

/// Rows counted so far: by rule those of the rule, and those of its parts.
struct Tally {
    rules: Vec<Counts>,
    parts: Vec<Vec<Counts>>,
    invalid: usize,
}

/// Rows of a rule or of a part: all, those that it is the first for, and those that it is the only one for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    all: usize,
    first: usize,
    only: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.all = self.all.saturating_add(other.all);
        self.first = self.first.saturating_add(other.first);
        self.only = self.only.saturating_add(other.only);
    }
}

fn count(rows: &RowBits) -> usize {
    rows.0.iter().map(|word| word.count_ones() as usize).sum()
}

impl Tally {
    fn new(parts: &Parts) -> Self {
        let of_rule = |nodes: &Vec<NodeId>| vec![Counts::default(); nodes.len()];
        Self {
            rules: vec![Counts::default(); parts.nodes.len()],
            parts: parts.nodes.iter().map(of_rule).collect(),
            invalid: 0,
        }
    }

    fn add(&mut self, other: &Self) {
        self.invalid = self.invalid.saturating_add(other.invalid);
        for (own, more) in self.rules.iter_mut().zip(&other.rules) {
            own.add(*more);
        }
        for (own, more) in self.parts.iter_mut().flatten().zip(other.parts.iter().flatten()) {
            own.add(*more);
        }
    }

    /// Counts the valid rows of a block.
    fn count(
        &mut self,
        set: &RuleSet,
        parts: &Parts,
        conditions: &mut SharedBlock<'_, WORDS>,
        (block, valid): (&Block<'_, WORDS>, RowBits),
    ) {
        let (mut once, mut several) = (RowBits::NONE, RowBits::NONE);
        let mut matching = Vec::with_capacity(set.rules().len());
        for position in set.0.plan.order.iter().copied() {
            let (Some(rule), Some(nodes)) = (set.rules().get(position), parts.nodes.get(position)) else {
                continue;
            };
            let mut passed = valid;
            let (mut failed, mut again) = (RowBits::NONE, RowBits::NONE);
            let mut fails = Vec::with_capacity(nodes.len());
            for node in nodes {
                let fail = valid.and_not(conditions.passes(*node, rule.unknown, block, valid));
                fails.push((fail, fail.and(passed)));
                passed = passed.and_not(fail);
                again = again.or(failed.and(fail));
                failed = failed.or(fail);
            }
            for (own, (fail, first)) in self.parts.get_mut(position).into_iter().flatten().zip(&fails) {
                own.add(Counts { all: count(fail), first: count(first), only: count(&fail.and_not(again)) });
            }
            if let Some(own) = self.rules.get_mut(position) {
                own.add(Counts { all: count(&passed), first: count(&passed.and_not(once)), only: 0 });
            }
            several = several.or(once.and(passed));
            once = once.or(passed);
            matching.push((position, passed));
        }
        for (position, passed) in matching {
            if let Some(own) = self.rules.get_mut(position) {
                own.only = own.only.saturating_add(count(&passed.and_not(several)));
            }
        }
    }
}

impl RuleSet {
    /// How the rules meet a population: rows per rule, and for every part of a condition the rows that it keeps from the
    /// rule, those of which it is the first part that fails, and those of which it is the only one.
    ///
    /// # Errors
    /// As [`RuleSet::decide_columns`].
    pub fn population(&self, batches: &[Batch<'_>], options: &Options) -> Result<Population> {
        let columns = self.bind_all(batches, options)?;
        let parts = Parts::of(self);
        let shared: Vec<_> = columns.iter().map(|columns| parts.shared.over(columns)).collect();
        let found = run(options, pieces(batches), |piece| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            let mut tally = Tally::new(&parts);
            if let (Some(columns), Some(shared)) = (columns.get(piece.batch), shared.get(piece.batch)) {
                self.count_piece(&parts, (columns, shared), &piece, options, (&mut tally, &mut faults));
            }
            (tally, faults)
        });
        let mut all = Tally::new(&parts);
        let mut all_faults = Vec::with_capacity(found.len());
        for (tally, faults) in found {
            all.add(&tally);
            all_faults.push(faults);
        }
        let problems = RowFaults::finish(all_faults, options)?;
        let rows = batches.iter().map(Batch::len).sum();
        Ok(Population {
            title: format!("{} {}, {}", self.id(), self.version(), self.hit().id()),
            rows,
            invalid: all.invalid,
            rules: self.rules().iter().enumerate().map(|it| of_rule(it, &parts, &all)).collect(),
            problems,
        })
    }

    fn count_piece(
        &self,
        parts: &Parts,
        (columns, shared): (&Columns<'_>, &ColumnShared<'_>),
        piece: &Piece,
        options: &Options,
        (tally, faults): (&mut Tally, &mut RowFaults),
    ) {
        let mut block = Block::<WORDS>::new(columns, options.simd.level());
        let mut conditions = SharedBlock::new(shared);
        let end = piece.start.saturating_add(piece.rows);
        for start in (piece.start..end).step_by(ROWS) {
            let rows = RowBits::first(ROWS.min(end.saturating_sub(start)));
            block.load(start, faults);
            conditions.begin();
            let valid = block.rows().and(rows).and_not(block.invalid());
            tally.invalid = tally.invalid.saturating_add(count(&block.rows().and(rows).and_not(valid)));
            tally.count(self, parts, &mut conditions, (&block, valid));
        }
    }
}

fn of_rule((position, rule): (usize, &Rule), parts: &Parts, tally: &Tally) -> RulePopulation {
    let counts = tally.rules.get(position).copied().unwrap_or_default();
    let texts = parts.texts.get(position).into_iter().flatten();
    let counted = texts.zip(tally.parts.get(position).into_iter().flatten());
    let blockers = counted.map(|(text, counts)| Blocker { text: text.clone(), counts: *counts });
    RulePopulation { rule: rule.id().into(), counts, blockers: blockers.collect() }
}

/// A line for the whole, then a line for every rule with its parts below.
impl fmt::Display for Population {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows", self.title, self.rows)?;
        if self.invalid > 0 {
            write!(f, ", {} invalid", self.invalid)?;
        }
        for rule in &self.rules {
            let Counts { all: matched, first, only } = rule.counts;
            write!(f, "\n  {}: {matched} match, {first} first, {only} alone", rule.rule)?;
            for part in &rule.blockers {
                let Counts { all: blocked, first, only } = part.counts;
                write!(f, "\n    {}: {blocked} blocked, {first} first, {only} alone", part.text)?;
            }
        }
        Ok(())
    }
}
