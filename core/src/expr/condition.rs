//! The bound condition, and its evaluation over the values of one record, which defines the result.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::schema::{Field, FieldSet};
use super::syntax::Relation;
use super::term::{IntegerTerm, NumberTerm, Pattern};
use super::value::Value;

/// The slots of the fields that conditions test, so that only these are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots(BTreeSet<usize>);

impl Slots {
    /// Adds the slots of a condition.
    pub(crate) fn add(&mut self, condition: &Condition) {
        self.0.extend(&condition.slots.0);
    }

    pub(super) fn insert(&mut self, slot: usize) {
        self.0.insert(slot);
    }

    pub(crate) fn contains(&self, slot: usize) -> bool {
        self.0.contains(&slot)
    }
}

/// A condition whose names and operands have been checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(super) root: Tree,
    pub(super) slots: Slots,
    /// The first field that may be missing and is tested for its value.
    pub(super) unknown_by: Option<usize>,
}

/// A tree of tests over slots.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    /// True where the value is missing, or where it is there.
    Missing {
        slot: usize,
        expected: bool,
    },
    Number {
        slot: usize,
        test: Test<f64>,
    },
    /// Money by minor units, dates by days, and points in time by microseconds.
    Integer {
        slot: usize,
        test: Test<i64>,
    },
    /// Texts are only ever tested for being one of some; `index` counts these tests within the condition.
    Text {
        slot: usize,
        index: usize,
        test: Among<Box<str>>,
    },
    Boolean {
        slot: usize,
        expected: bool,
    },
    Fields {
        left: usize,
        relation: Relation,
        right: usize,
    },
    /// Whether a text has a part; counted together with the other tests of texts.
    Pattern {
        slot: usize,
        index: usize,
        pattern: Pattern,
    },
    /// The second where the first is true, the third where it is false.
    If(Box<[Tree; 3]>),
    /// Whether two outcomes are the same. `written` is the comparison as text, here and below.
    Same {
        sides: Box<[Tree; 2]>,
        expected: bool,
        written: Box<str>,
    },
    NumberTerm {
        term: NumberTerm,
        test: Test<f64>,
        written: Box<str>,
    },
    IntegerTerm {
        term: IntegerTerm,
        test: Test<i64>,
        written: Box<str>,
    },
    NumberTerms {
        sides: Box<[NumberTerm; 2]>,
        relation: Relation,
        written: Box<str>,
    },
    IntegerTerms {
        sides: Box<[IntegerTerm; 2]>,
        relation: Relation,
        written: Box<str>,
    },
}

/// A test of a value against literals.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test<T> {
    Compare(Relation, T),
    Among(Among<T>),
}

/// Whether a value is one of some, or none of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Among<T> {
    values: Box<[T]>,
    negated: bool,
}

/// Up to so many values are compared one by one, which is faster than a search.
const FEW: usize = 8;

impl<T: PartialOrd> Among<T> {
    /// The values must be comparable with each other: no NaN.
    pub(super) fn new(mut values: Vec<T>, negated: bool) -> Self {
        values.sort_unstable_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
        values.dedup();
        Self { values: values.into(), negated }
    }

    fn flipped(self) -> Self {
        Self { negated: !self.negated, ..self }
    }

    /// The few values to compare one by one, or else none.
    pub(super) fn few(&self) -> Option<&[T]> {
        (self.values.len() <= FEW).then_some(&self.values)
    }

    pub(super) fn values(&self) -> &[T] {
        &self.values
    }

    pub(super) fn negated(&self) -> bool {
        self.negated
    }

    /// Whether the test holds for a value that is there, by how each literal compares with it.
    pub(super) fn holds_by(&self, compare: impl Fn(&T) -> Option<Ordering>) -> bool {
        let equal = |known: &T| compare(known) == Some(Ordering::Equal);
        let found = if let Some(values) = self.few() {
            values.iter().any(equal)
        } else {
            let at = self.values.partition_point(|known| compare(known) == Some(Ordering::Less));
            self.values.get(at).is_some_and(equal)
        };
        found != self.negated
    }
}

impl Among<Box<str>> {
    fn holds_for(&self, text: &str) -> bool {
        match self.few() {
            // Texts of other lengths differ at once.
            Some(few) => few.iter().any(|known| **known == *text) != self.negated,
            None => self.holds_by(|known| Some((**known).cmp(text))),
        }
    }
}

impl<T: PartialOrd> Test<T> {
    fn holds(&self, value: &T) -> bool {
        match self {
            Test::Compare(relation, operand) => {
                value.partial_cmp(operand).is_some_and(|order| relation.holds(order))
            }
            Test::Among(among) => among.holds_by(|known| known.partial_cmp(value)),
        }
    }
}

impl Relation {
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Eq => order.is_eq(),
            Relation::Ne => order.is_ne(),
            Relation::Lt => order.is_lt(),
            Relation::Le => order.is_le(),
            Relation::Gt => order.is_gt(),
            Relation::Ge => order.is_ge(),
        }
    }
}

impl Condition {
    /// The first field that may be missing and is tested for its value.
    pub(crate) fn unknown_by<'f>(&self, fields: &'f FieldSet) -> Option<&'f Field> {
        self.unknown_by.and_then(|slot| fields.at(slot))
    }

    /// The outcome over the values of a record, slot by slot; `None` where it is unknown.
    pub(crate) fn evaluate(&self, values: &[Value<'_>]) -> Option<bool> {
        evaluate(&self.root, values)
    }
}

pub(super) fn evaluate(tree: &Tree, values: &[Value<'_>]) -> Option<bool> {
    let value = |slot: usize| values.get(slot).unwrap_or(&Value::Missing);
    match tree {
        Tree::All(trees) => decided_by(false, trees, values),
        Tree::Any(trees) => decided_by(true, trees, values),
        Tree::Not(tree) => evaluate(tree, values).map(|outcome| !outcome),
        Tree::Missing { slot, expected } => Some((*value(*slot) == Value::Missing) == *expected),
        Tree::Number { slot, test } => match value(*slot) {
            Value::Number(number) => Some(test.holds(number)),
            _ => None,
        },
        Tree::Integer { slot, test } => match value(*slot) {
            Value::Integer(integer) => Some(test.holds(integer)),
            _ => None,
        },
        Tree::Text { slot, test, .. } => match value(*slot) {
            Value::Text(text) => Some(test.holds_for(text)),
            _ => None,
        },
        Tree::Boolean { slot, expected } => match value(*slot) {
            Value::Boolean(value) => Some(value == expected),
            _ => None,
        },
        Tree::Fields { left, relation, right } => {
            value(*left).order(value(*right)).map(|order| relation.holds(order))
        }
        Tree::Pattern { slot, pattern, .. } => match value(*slot) {
            Value::Text(text) => Some(pattern.holds(text.as_bytes())),
            _ => None,
        },
        Tree::If(parts) => {
            let [test, yes, no] = &**parts;
            evaluate(if evaluate(test, values)? { yes } else { no }, values)
        }
        Tree::Same { sides, expected, .. } => {
            let [left, right] = &**sides;
            Some((evaluate(left, values)? == evaluate(right, values)?) == *expected)
        }
        Tree::NumberTerm { term, test, .. } => {
            term.of(values).filter(|value| !value.is_nan()).map(|value| test.holds(&value))
        }
        Tree::IntegerTerm { term, test, .. } => term.of(values).map(|value| test.holds(&value)),
        Tree::NumberTerms { sides, relation, .. } => {
            let [left, right] = &**sides;
            left.of(values)?.partial_cmp(&right.of(values)?).map(|order| relation.holds(order))
        }
        Tree::IntegerTerms { sides, relation, .. } => {
            let [left, right] = &**sides;
            Some(relation.holds(left.of(values)?.cmp(&right.of(values)?)))
        }
    }
}

impl Tree {
    /// What is true where this is false.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Number { slot, test: Test::Among(among) } => {
                Self::Number { slot, test: Test::Among(among.flipped()) }
            }
            Self::Integer { slot, test: Test::Among(among) } => {
                Self::Integer { slot, test: Test::Among(among.flipped()) }
            }
            Self::Text { slot, index, test } => Self::Text { slot, index, test: test.flipped() },
            Self::Missing { slot, expected } => Self::Missing { slot, expected: !expected },
            Self::Boolean { slot, expected } => Self::Boolean { slot, expected: !expected },
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Kleene's conjunction and disjunction: one tree with the deciding outcome decides, else an unknown one makes
/// the whole unknown.
fn decided_by(deciding: bool, trees: &[Tree], values: &[Value<'_>]) -> Option<bool> {
    let mut outcome = Some(!deciding);
    for tree in trees {
        match evaluate(tree, values) {
            Some(found) if found == deciding => return Some(deciding),
            Some(_) => {}
            None => outcome = None,
        }
    }
    outcome
}
