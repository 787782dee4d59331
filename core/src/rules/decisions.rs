//! Results for many rows, in columns.

use crate::column::{Options, Scalar};
use crate::error::Problem;
use crate::expr::FieldType;

use super::Output;
use super::decide::DecisionStatus;
use super::decided::Decided;
use super::hit::Collect;
use super::set::RuleSet;

/// Stands for no amount among minor units: no amount is so low.
pub const MISSING_MINOR: i64 = i64::MIN;

/// The decisions on many rows, in columns of one length.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Decisions {
    pub(super) set: RuleSet,
    pub(super) decided: Decided,
    /// How many rules match; empty with `first` and `priority`, which stop at the one that decides.
    pub count: Vec<u32>,
    pub(super) collected: Vec<Collected>,
    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub problems: Vec<Problem>,
}

/// An output put together row by row, without defaults.
#[derive(Clone, Debug)]
pub(super) enum Collected {
    Numbers(Vec<f64>),
    Money(Vec<i64>),
    Counts(Vec<u32>),
    /// Positions among [`Plan::values`](super::plan::Plan) of the output; -1 where there is none.
    Codes(Vec<i32>),
}

/// The values of an output by row.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum OutputColumn {
    /// Positions in a list of values; -1 where there is none.
    Codes {
        /// By row.
        codes: Vec<i32>,
        /// The distinct values.
        values: Vec<Scalar>,
    },
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// Minor units; [`MISSING_MINOR`] where there is none.
    Money(Vec<i64>),
}

impl Decisions {
    pub(super) fn of_rows(set: &RuleSet, rows: usize, options: &Options) -> Self {
        let collected = |output: &Output| match (output.collect(), output.kind()) {
            (Some(Collect::Count), _) => Collected::Counts(vec![0; rows]),
            (_, FieldType::Money) => Collected::Money(vec![0; rows]),
            (_, FieldType::Number) => Collected::Numbers(vec![0.0; rows]),
            _ => Collected::Codes(vec![0; rows]),
        };
        let outputs = set.outputs().iter().filter(|_| set.puts_together());
        Self {
            set: set.clone(),
            decided: Decided::of_rows(set, rows, options),
            count: vec![0; if set.hit().stops() { 0 } else { rows }],
            collected: outputs.map(collected).collect(),
            problems: Vec::new(),
        }
    }

    /// The rules that decided.
    pub fn rule_set(&self) -> &RuleSet {
        &self.set
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.decided.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// [`DecisionStatus::code`] by row; made when it is first asked for.
    pub fn status(&self) -> &[u8] {
        self.decided.status()
    }

    /// Where one rule decides, by row its position among [`RuleSet::rules`]; -1 where there is none. Empty where several do.
    /// Made when it is first asked for.
    pub fn rule(&self) -> &[i32] {
        self.decided.rule()
    }

    /// What [`Decisions::status`] and [`Decisions::rule`] say, in one byte a row and at no cost: 0 where no rule matches, the
    /// rule counted from 1, and one more than there are rules where the row is invalid. `None` with hit policies other than
    /// `first` and `priority`, and with more than 127 rules.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.decided.bytes()
    }

    /// How many rows have a status.
    pub fn count_of(&self, status: DecisionStatus) -> usize {
        self.status().iter().map(|code| usize::from(*code == status.code())).sum()
    }

    /// How many rows each rule decides, in the order of [`RuleSet::rules`]; all 0 where several may decide.
    pub fn decided_by(&self) -> Vec<usize> {
        tally(self.rule(), self.set.rules().len())
    }

    /// The values of an output. `None` where there is no such output, and where rules that match stay a list; then
    /// [`RuleSet::hits`] says which rules match.
    pub fn output(&self, id: &str) -> Option<OutputColumn> {
        let position = self.set.output_position(id)?;
        if self.set.hit().is_single() {
            return Some(self.looked_up(position));
        }
        let default = self.set.0.defaults.get(position)?;
        let given = |code: &u8| *code == DecisionStatus::Matched.code();
        let none = |code: &u8| *code == DecisionStatus::None.code();
        match self.collected.get(position)? {
            Collected::Numbers(numbers) => {
                let default = if let Scalar::Float(number) = default { *number } else { f64::NAN };
                let of_row = |(number, code): (&f64, &u8)| {
                    if given(code) {
                        *number
                    } else if none(code) {
                        default
                    } else {
                        f64::NAN
                    }
                };
                Some(OutputColumn::Numbers(numbers.iter().zip(self.status()).map(of_row).collect()))
            }
            Collected::Money(amounts) => {
                let default = self.default_minor(position);
                let of_row = |(minor, code): (&i64, &u8)| {
                    if given(code) {
                        *minor
                    } else if none(code) {
                        default
                    } else {
                        MISSING_MINOR
                    }
                };
                Some(OutputColumn::Money(amounts.iter().zip(self.status()).map(of_row).collect()))
            }
            Collected::Counts(counts) => Some(self.counted(counts, default)),
            Collected::Codes(codes) => Some(self.coded(position, codes, default)),
        }
    }

    fn default_minor(&self, position: usize) -> i64 {
        match self.set.outputs().get(position).map(Output::default) {
            Some(super::output::OutputValue::Money(money)) => money.minor(),
            _ => MISSING_MINOR,
        }
    }

    /// Values as rules give them, and the default where no rule matches.
    fn coded(&self, position: usize, codes: &[i32], default: &Scalar) -> OutputColumn {
        let known = self.set.0.plan.coded.get(position).map_or(&[][..], |coded| &coded.values);
        let mut values = known.to_vec();
        let at = values.iter().position(|value| value == default);
        let none = match at {
            _ if default.is_missing() => -1,
            Some(at) => code(at),
            None => {
                values.push(default.clone());
                code(values.len().saturating_sub(1))
            }
        };
        let of_row = |(own, status): (&i32, &u8)| {
            if *status == DecisionStatus::Matched.code() {
                *own
            } else if *status == DecisionStatus::None.code() {
                none
            } else {
                -1
            }
        };
        OutputColumn::Codes { codes: codes.iter().zip(self.status()).map(of_row).collect(), values }
    }

    /// Counts, and the default where no rule matches.
    fn counted(&self, counts: &[u32], default: &Scalar) -> OutputColumn {
        let most = counts.iter().copied().max().unwrap_or(0);
        let mut values: Vec<Scalar> = (0..=most).map(Scalar::from).collect();
        let none = if default.is_missing() { -1 } else { code(values.len()) };
        values.extend((!default.is_missing()).then(|| default.clone()));
        let of_row = |(count, status): (&u32, &u8)| {
            if *status == DecisionStatus::Matched.code() {
                i32::try_from(*count).unwrap_or(-1)
            } else if *status == DecisionStatus::None.code() {
                none
            } else {
                -1
            }
        };
        OutputColumn::Codes { codes: counts.iter().zip(self.status()).map(of_row).collect(), values }
    }

    /// What the rule that decides gives.
    fn looked_up(&self, position: usize) -> OutputColumn {
        let ByRule { codes, values } = ByRule::of(&self.set, position);
        let (default, codes) = codes.split_last().map_or((-1, &[][..]), |(last, codes)| (*last, codes));
        let none = DecisionStatus::None.code();
        let of_row = |(rule, status): (&i32, &u8)| match usize::try_from(*rule) {
            Ok(rule) => codes.get(rule).copied().unwrap_or(-1),
            Err(_) if *status == none => default,
            Err(_) => -1,
        };
        OutputColumn::Codes { codes: self.rule().iter().zip(self.status()).map(of_row).collect(), values }
    }
}

/// The values of an output by rule, and one more for the default.
struct ByRule {
    codes: Vec<i32>,
    values: Vec<Scalar>,
}

impl ByRule {
    fn of(set: &RuleSet, position: usize) -> Self {
        let mut values: Vec<Scalar> = Vec::new();
        let mut code_of = |scalar: Option<&Scalar>| {
            let scalar = scalar.filter(|scalar| !scalar.is_missing());
            scalar.map_or(-1, |scalar| {
                let known = values.iter().position(|known| known == scalar);
                code(known.unwrap_or_else(|| {
                    values.push(scalar.clone());
                    values.len().saturating_sub(1)
                }))
            })
        };
        let mut codes: Vec<i32> =
            set.rules().iter().map(|rule| code_of(rule.scalars.get(position))).collect();
        codes.push(code_of(set.0.defaults.get(position)));
        Self { codes, values }
    }
}

impl RuleSet {
    /// The values of an output where one rule decides: by rule, in the order of [`RuleSet::rules`], and one more for the
    /// default. `None` where there is no such output, and where several rules may decide.
    pub fn output_by_rule(&self, id: &str) -> Option<OutputColumn> {
        let position = self.output_position(id).filter(|_| self.hit().is_single())?;
        let ByRule { codes, values } = ByRule::of(self, position);
        Some(OutputColumn::Codes { codes, values })
    }
}

/// How often each position from 0 occurs, below `len`; a negative one is none.
pub(super) fn tally(positions: &[i32], len: usize) -> Vec<usize> {
    let mut counts = vec![0_usize; len];
    for position in positions.iter().filter_map(|position| usize::try_from(*position).ok()) {
        counts.get_mut(position).into_iter().for_each(|count| *count = count.saturating_add(1));
    }
    counts
}

fn code(position: usize) -> i32 {
    i32::try_from(position).unwrap_or(-1)
}

/// Which rows each rule matches, one bit each, whatever the hit policy.
#[derive(Clone, Debug, Default)]
pub struct Hits {
    rows: usize,
    /// By rule, the first row in the lowest bit.
    words: Vec<Vec<u64>>,
    pub(super) problems: Vec<Problem>,
}

impl Hits {
    pub(super) fn of_rules(rules: usize) -> Self {
        Self { rows: 0, words: vec![Vec::new(); rules], problems: Vec::new() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether a rule, by its position among [`RuleSet::rules`], matches a row; never where the row is invalid.
    pub fn get(&self, rule: usize, row: usize) -> bool {
        let word = self.words.get(rule).and_then(|words| words.get(row / 64));
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The bits of a rule in words of 64 rows, the first row in the lowest bit; zeros after the last.
    pub fn words(&self, rule: usize) -> &[u64] {
        self.words.get(rule).map_or(&[], Vec::as_slice)
    }

    /// How many rows a rule matches.
    pub fn count(&self, rule: usize) -> usize {
        self.words(rule).iter().map(|word| word.count_ones() as usize).sum()
    }

    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Adds the rows of a piece.
    pub(super) fn append(&mut self, piece: &Self) {
        let shift = self.rows % 64;
        let rows = self.rows.saturating_add(piece.rows);
        for (words, later) in self.words.iter_mut().zip(&piece.words) {
            for word in later {
                if let (true, Some(last)) = (shift > 0, words.last_mut()) {
                    *last |= word << shift;
                    words.push(word >> (64 - shift));
                } else {
                    words.push(*word);
                }
            }
            words.truncate(rows.div_ceil(64));
        }
        self.rows = rows;
    }

    /// Adds the rows of a block to a piece: blocks before it are full.
    pub(super) fn push(&mut self, rule: usize, bits: &[u64], rows: usize) {
        if let Some(words) = self.words.get_mut(rule) {
            words.extend(bits.iter().take(rows.div_ceil(64)));
        }
    }

    pub(super) fn add_rows(&mut self, rows: usize) {
        self.rows = self.rows.saturating_add(rows);
    }
}
