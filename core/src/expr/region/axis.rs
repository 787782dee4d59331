//! Axes: what conditions test, each cut into cells whose values pass the same tests.

use std::collections::BTreeMap;

use super::ranges::Ranges;
use crate::expr::cel::{Ast, Kind, parse};
use crate::expr::condition::{Among, Test, Tree};
use crate::expr::schema::{Field, FieldSet, FieldType};
use crate::expr::syntax::Relation;
use crate::expr::term::{DatePart, IntegerTerm, NumberTerm, Pattern};
use crate::expr::value::Value;
use crate::money::MAX_MINOR;

/// What an axis is made of.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::expr) enum What {
    /// The value of a field.
    Slot(usize),
    /// Something computed.
    Number(NumberTerm),
    Integer(IntegerTerm),
    /// How two fields compare, or two computed terms.
    Fields(usize, usize),
    Numbers(Box<[NumberTerm; 2]>),
    Integers(Box<[IntegerTerm; 2]>),
    /// Whether a test holds of which no more is known.
    Truth(Tree),
}

/// Where an axis is cut. Cell 0 is that of missing values and unknown outcomes.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::expr) enum Cuts {
    /// Sorted: below the first, the first, between it and the second, and so on to above the last.
    Numbers(Vec<f64>),
    Integers(Vec<i64>),
    /// Sorted: each text, then any other.
    Texts(Vec<Box<str>>),
    /// False, true.
    Truth,
    /// Less, equal, greater.
    Order,
}

/// 0001-01-01 and 9999-12-31 in days since 1970.
const FIRST_DAY: i64 = -719_162;
const LAST_DAY: i64 = 2_932_896;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The cell of missing values and unknown outcomes.
pub(crate) const UNKNOWN: u32 = 0;
pub(crate) const FALSE: u32 = 1;
pub(crate) const TRUE: u32 = 2;
pub(super) const LESS: u32 = 1;
pub(super) const EQUAL: u32 = 2;
pub(super) const GREATER: u32 = 3;

/// Something that conditions test, with the cells that there are.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::expr) struct Axis {
    pub(super) what: What,
    pub(super) cuts: Cuts,
    /// The cells that some record may be in.
    pub(super) domain: Ranges,
    /// How what is computed was written, with the other side of a comparison or none.
    pub(super) label: Option<(Box<str>, Box<str>)>,
    /// How cuts were written, where that is not told by a field.
    pub(super) written: BTreeMap<u64, Box<str>>,
    /// The least and the greatest integer.
    pub(super) bounds: (i64, i64),
    may_be_unknown: bool,
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX / 4)
}

impl Axis {
    /// The axis of a field's values, without cuts yet.
    pub(super) fn of_field(slot: usize, field: &Field) -> Self {
        let cuts = match field.kind() {
            FieldType::Number => Cuts::Numbers(Vec::new()),
            FieldType::Integer | FieldType::Money | FieldType::Date | FieldType::Timestamp => {
                Cuts::Integers(Vec::new())
            }
            FieldType::String => Cuts::Texts(field.values().map(Into::into).collect()),
            FieldType::Boolean => Cuts::Truth,
        };
        let bounds = match field.kind() {
            FieldType::Money => (-MAX_MINOR, MAX_MINOR),
            // The years 1 to 9999, which dates and points in time have as texts.
            FieldType::Date => (FIRST_DAY, LAST_DAY),
            FieldType::Timestamp => (FIRST_DAY * DAY, LAST_DAY * DAY + (DAY - 1)),
            _ => (i64::MIN, i64::MAX),
        };
        let may_be_unknown = field.may_be_missing() || field.is_usage();
        Self {
            what: What::Slot(slot),
            cuts,
            domain: Ranges::default(),
            label: None,
            written: BTreeMap::new(),
            bounds,
            may_be_unknown,
        }
    }

    /// The axis of something else.
    pub(super) fn new(what: What, fields: &FieldSet) -> Self {
        let (cuts, bounds) = match &what {
            What::Number(_) => (Cuts::Numbers(Vec::new()), (i64::MIN, i64::MAX)),
            What::Integer(term) => (Cuts::Integers(Vec::new()), integer_bounds(term)),
            What::Truth(_) | What::Slot(_) => (Cuts::Truth, (0, 0)),
            What::Fields(..) | What::Numbers(_) | What::Integers(_) => (Cuts::Order, (0, 0)),
        };
        let may_be_unknown = may_be_unknown(&what, fields);
        Self {
            what,
            cuts,
            domain: Ranges::default(),
            label: None,
            written: BTreeMap::new(),
            bounds,
            may_be_unknown,
        }
    }

    /// Sorts the cuts.
    pub(super) fn sort(&mut self) {
        match &mut self.cuts {
            Cuts::Numbers(cuts) => {
                cuts.sort_unstable_by(f64::total_cmp);
                cuts.dedup();
            }
            Cuts::Integers(cuts) => {
                cuts.sort_unstable();
                cuts.dedup();
            }
            Cuts::Texts(cuts) => {
                cuts.sort_unstable();
                cuts.dedup();
            }
            Cuts::Truth | Cuts::Order => {}
        }
    }

    /// Sorts the cuts, and says which cells there are.
    pub(super) fn finish(&mut self, is_closed: bool) {
        self.sort();
        let mut absent = self.absent(is_closed);
        absent.sort_unstable();
        let mut none = Ranges::default();
        for cell in absent {
            none.push(cell, cell.saturating_add(1));
        }
        let all = Ranges::of(if self.may_be_unknown { UNKNOWN } else { 1 }, self.cells());
        self.domain = all.without(&none);
    }

    /// The cells without a value: between two neighbours, and beyond the bounds.
    fn absent(&self, is_closed: bool) -> Vec<u32> {
        let last = self.cells().saturating_sub(1);
        let gap = |index: usize| count(index).saturating_mul(2).saturating_add(3);
        match &self.cuts {
            Cuts::Integers(cuts) => {
                let (low, high) = self.bounds;
                let is_gap =
                    |pair: &[i64]| matches!(pair, [left, right] if left.checked_add(1) == Some(*right));
                let pairs = cuts.windows(2).enumerate();
                let mut absent: Vec<u32> =
                    pairs.filter(|(_, pair)| is_gap(pair)).map(|(index, _)| gap(index)).collect();
                absent.extend(cuts.first().is_some_and(|first| *first <= low).then_some(1));
                absent.extend(cuts.last().is_some_and(|cut| *cut >= high).then_some(last));
                for (index, cut) in cuts.iter().enumerate().filter(|(_, cut)| **cut < low || **cut > high) {
                    let cell = count(index).saturating_mul(2).saturating_add(2);
                    let beyond = if *cut < low { cell.saturating_sub(1) } else { cell.saturating_add(1) };
                    absent.extend([cell, beyond]);
                }
                absent
            }
            Cuts::Numbers(cuts) => {
                let is_gap = |pair: &[f64]| matches!(pair, [left, right] if left.next_up() == *right);
                let pairs = cuts.windows(2).enumerate();
                pairs.filter(|(_, pair)| is_gap(pair)).map(|(index, _)| gap(index)).collect()
            }
            Cuts::Texts(_) if is_closed => vec![last],
            _ => Vec::new(),
        }
    }

    /// The number of cells.
    pub(crate) fn cells(&self) -> u32 {
        match &self.cuts {
            Cuts::Numbers(cuts) => count(cuts.len()).saturating_mul(2).saturating_add(2),
            Cuts::Integers(cuts) => count(cuts.len()).saturating_mul(2).saturating_add(2),
            Cuts::Texts(cuts) => count(cuts.len()).saturating_add(2),
            Cuts::Truth => 3,
            Cuts::Order => 4,
        }
    }

    /// What a cut is known by.
    pub(super) fn key(&self, position: usize) -> Option<u64> {
        match &self.cuts {
            Cuts::Numbers(cuts) => cuts.get(position).copied().map(f64::to_bits),
            Cuts::Integers(cuts) => cuts.get(position).copied().map(i64::cast_unsigned),
            _ => None,
        }
    }

    /// Keeps how something computed was written: `left relation right`, with one cut where one side is a constant.
    pub(super) fn note(&mut self, written: &str) {
        let Some([left, right]) = sides(written) else { return };
        let key = match &self.cuts {
            Cuts::Numbers(cuts) => cuts.last().copied().map(f64::to_bits),
            Cuts::Integers(cuts) => cuts.last().copied().map(i64::cast_unsigned),
            _ => None,
        };
        let (computed, constant) = if is_constant(&left) { (right, left) } else { (left, right) };
        if let Some(key) = key {
            self.written.entry(key).or_insert_with(|| constant.to_string().into());
        }
        self.label.get_or_insert_with(|| (computed.to_string().into(), "".into()));
    }

    /// Every cell with a value.
    pub(super) fn known(&self) -> Ranges {
        self.domain.without(&Ranges::one(UNKNOWN))
    }

    pub(super) fn cut_numbers(&mut self, test: &Test<f64>) {
        if let Cuts::Numbers(cuts) = &mut self.cuts {
            match test {
                // Zero has one form.
                Test::Compare(_, value) => cuts.push(*value + 0.0),
                Test::Among(among) => cuts.extend(among.values().iter().map(|value| value + 0.0)),
            }
        }
    }

    pub(super) fn cut_integers(&mut self, test: &Test<i64>) {
        if let Cuts::Integers(cuts) = &mut self.cuts {
            match test {
                Test::Compare(_, value) => cuts.push(*value),
                Test::Among(among) => cuts.extend_from_slice(among.values()),
            }
        }
    }

    pub(super) fn cut_texts(&mut self, among: &Among<Box<str>>) {
        if let Cuts::Texts(cuts) = &mut self.cuts {
            cuts.extend_from_slice(among.values());
        }
    }

    /// The cells where a test of numbers holds.
    pub(super) fn numbers(&self, test: &Test<f64>) -> Ranges {
        match &self.cuts {
            Cuts::Numbers(cuts) => self.ordered(test, |value| cuts.partition_point(|cut| *cut < *value)),
            _ => Ranges::default(),
        }
    }

    /// The cells where a test of integers holds.
    pub(super) fn integers(&self, test: &Test<i64>) -> Ranges {
        match &self.cuts {
            Cuts::Integers(cuts) => self.ordered(test, |value| cuts.partition_point(|cut| cut < value)),
            _ => Ranges::default(),
        }
    }

    fn ordered<T: PartialOrd>(&self, test: &Test<T>, position: impl Fn(&T) -> usize) -> Ranges {
        let cell = |value: &T| count(position(value)).saturating_mul(2).saturating_add(2);
        let end = self.cells();
        let found = match test {
            Test::Compare(relation, value) => {
                let at = cell(value);
                let after = at.saturating_add(1);
                match relation {
                    Relation::Eq => Ranges::one(at),
                    Relation::Ne => Ranges::of(1, end).without(&Ranges::one(at)),
                    Relation::Lt => Ranges::of(1, at),
                    Relation::Le => Ranges::of(1, after),
                    Relation::Gt => Ranges::of(after, end),
                    Relation::Ge => Ranges::of(at, end),
                }
            }
            Test::Among(among) => {
                let mut cells: Vec<u32> = among.values().iter().map(cell).collect();
                cells.sort_unstable();
                self.members(cells, among.negated())
            }
        };
        found.intersection(&self.domain)
    }

    fn members(&self, sorted: Vec<u32>, negated: bool) -> Ranges {
        let found = sorted.into_iter().fold(Ranges::default(), |mut found, cell| {
            found.push(cell, cell.saturating_add(1));
            found
        });
        if negated { self.known().without(&found) } else { found.intersection(&self.domain) }
    }

    /// The cells of the texts that are among some.
    pub(super) fn texts(&self, among: &Among<Box<str>>) -> Ranges {
        let Cuts::Texts(cuts) = &self.cuts else { return Ranges::default() };
        let cell = |text: &str| count(cuts.partition_point(|cut| **cut < *text)).saturating_add(1);
        let mut cells: Vec<u32> = among.values().iter().map(|text| cell(text)).collect();
        cells.sort_unstable();
        self.members(cells, among.negated())
    }

    /// The cells of the texts that a pattern matches; `None` where it depends on a text that is not known.
    pub(super) fn pattern(&self, pattern: &Pattern) -> Option<Ranges> {
        let Cuts::Texts(cuts) = &self.cuts else { return None };
        if self.domain.contains(self.cells().saturating_sub(1)) {
            return None;
        }
        let holds = cuts.iter().enumerate().filter(|(_, text)| pattern.holds(text.as_bytes()));
        Some(self.members(holds.map(|(index, _)| count(index).saturating_add(1)).collect(), false))
    }

    /// The cell of a value.
    #[inline]
    pub(crate) fn cell_of(&self, value: &Value<'_>) -> u32 {
        let between = |position: usize, is_cut: bool| {
            let below = count(position).saturating_mul(2).saturating_add(1);
            if is_cut { below.saturating_add(1) } else { below }
        };
        match (&self.cuts, value) {
            (Cuts::Numbers(cuts), Value::Number(value)) => {
                let position = cuts.partition_point(|cut| cut < value);
                between(position, cuts.get(position).is_some_and(|cut| cut == value))
            }
            (Cuts::Integers(cuts), Value::Integer(value)) => {
                let position = cuts.partition_point(|cut| cut < value);
                between(position, cuts.get(position) == Some(value))
            }
            (Cuts::Texts(cuts), Value::Text(text)) => match cuts.binary_search_by(|cut| (**cut).cmp(text)) {
                Ok(position) => count(position).saturating_add(1),
                Err(_) => count(cuts.len()).saturating_add(1),
            },
            (Cuts::Truth, Value::Boolean(value)) => u32::from(*value).saturating_add(FALSE),
            _ => UNKNOWN,
        }
    }
}

/// The two sides of a comparison as written.
pub(super) fn sides(written: &str) -> Option<[Ast; 2]> {
    match parse(written).ok()?.kind {
        Kind::Compare(_, sides) => Some(*sides),
        _ => None,
    }
}

/// Whether no field stands in an expression.
fn is_constant(ast: &Ast) -> bool {
    match &ast.kind {
        Kind::Bool(_) | Kind::Number { .. } | Kind::Text(_) => true,
        Kind::Name(_) => false,
        Kind::List(parts) | Kind::All(parts) | Kind::Any(parts) => parts.iter().all(is_constant),
        Kind::Not(inner) | Kind::Negative(inner) => is_constant(inner),
        Kind::Compare(_, sides) | Kind::In(sides) => sides.iter().all(is_constant),
        Kind::Sum(first, rest) | Kind::Product(first, rest) => {
            is_constant(first) && rest.iter().all(|(_, part)| is_constant(part))
        }
        Kind::If(parts) => parts.iter().all(is_constant),
        Kind::Call { target, arguments, .. } => {
            target.as_deref().is_none_or(is_constant) && arguments.iter().all(is_constant)
        }
    }
}

impl Relation {
    /// The cells of an order in which the relation holds.
    pub(super) fn cells(self) -> Ranges {
        match self {
            Self::Eq => Ranges::one(EQUAL),
            Self::Ne => Ranges::one(LESS).union(&Ranges::one(GREATER)),
            Self::Lt => Ranges::one(LESS),
            Self::Le => Ranges::of(LESS, GREATER),
            Self::Gt => Ranges::one(GREATER),
            Self::Ge => Ranges::of(EQUAL, GREATER.saturating_add(1)),
        }
    }
}

fn integer_bounds(term: &IntegerTerm) -> (i64, i64) {
    match term {
        IntegerTerm::Size(_) => (0, i64::MAX),
        IntegerTerm::Part(part, _) => match part {
            DatePart::Year => (i64::MIN, i64::MAX),
            DatePart::Month => (0, 11),
            DatePart::Date => (1, 31),
            DatePart::DayOfMonth => (0, 30),
            DatePart::DayOfWeek => (0, 6),
            DatePart::DayOfYear => (0, 365),
        },
        _ => (i64::MIN, i64::MAX),
    }
}

/// Whether there are records of which nothing is known on an axis. Overflow is left out, as no customer comes near it.
fn may_be_unknown(what: &What, fields: &FieldSet) -> bool {
    let missing =
        |slot: usize| fields.at(slot).is_none_or(|field| field.may_be_missing() || field.is_usage());
    match what {
        What::Number(term) => number_may_be(term, &missing),
        What::Integer(term) => integer_may_be(term, &missing),
        What::Fields(left, right) => missing(*left) || missing(*right),
        What::Numbers(sides) => sides.iter().any(|term| number_may_be(term, &missing)),
        What::Integers(sides) => sides.iter().any(|term| integer_may_be(term, &missing)),
        What::Slot(slot) | What::Truth(Tree::Pattern { slot, .. }) => missing(*slot),
        What::Truth(_) => true,
    }
}

fn number_may_be(term: &NumberTerm, missing: &impl Fn(usize) -> bool) -> bool {
    use crate::expr::cel::Operator::{Divide, Remainder};
    match term {
        NumberTerm::Constant(_) => false,
        NumberTerm::Field(slot) => missing(*slot),
        NumberTerm::OfInteger(term) => integer_may_be(term, missing),
        NumberTerm::Negative(term) => number_may_be(term, missing),
        NumberTerm::Chain(first, rest) => {
            let part = |(operator, term): &(_, NumberTerm)| {
                matches!(operator, Divide | Remainder) || number_may_be(term, missing)
            };
            number_may_be(first, missing) || rest.iter().any(part)
        }
        NumberTerm::Ratio(_) | NumberTerm::If(..) => true,
    }
}

fn integer_may_be(term: &IntegerTerm, missing: &impl Fn(usize) -> bool) -> bool {
    use crate::expr::cel::Operator::{Divide, Remainder};
    match term {
        IntegerTerm::Constant(_) => false,
        IntegerTerm::Field(slot) | IntegerTerm::Size(slot) => missing(*slot),
        IntegerTerm::Negative(term) | IntegerTerm::Part(_, term) | IntegerTerm::OfTime(_, _, term) => {
            integer_may_be(term, missing)
        }
        IntegerTerm::Chain(first, rest) => {
            let part = |(operator, term): &(_, IntegerTerm)| {
                matches!(operator, Divide | Remainder) || integer_may_be(term, missing)
            };
            integer_may_be(first, missing) || rest.iter().any(part)
        }
        IntegerTerm::If(..) => true,
    }
}
