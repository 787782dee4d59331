//! What every test of a condition says of one record, for explanations.

use std::cmp::Ordering;

use super::condition::{Among, Condition, Test, Tree, evaluate};
use super::schema::{FieldSet, FieldType};
use super::syntax::Relation;
use super::value::Value;
use crate::column::{Date, Timestamp};
use crate::money::Currency;

/// One test with its outcome. Tests under a negation appear as their opposites.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TestTrace {
    /// The field, or the whole of a comparison of something computed.
    pub(crate) tested: String,
    /// What is expected of the value, such as `> 300`.
    pub(crate) expected: String,
    /// The value; `None` where it is missing.
    pub(crate) actual: Option<String>,
    /// `None` where it is unknown.
    pub(crate) outcome: Option<bool>,
    /// Whether the test is among those that keep the condition from holding.
    pub(crate) blocks: bool,
}

impl Condition {
    /// Every test in order; `unknown` says whether an unknown outcome passes.
    pub(crate) fn trace(&self, values: &[Value<'_>], fields: &FieldSet, unknown: bool) -> Vec<TestTrace> {
        let mut tracer = Tracer { values, fields, unknown, tests: Vec::new() };
        tracer.walk(&self.root, false, true);
        tracer.tests
    }
}

/// A comparison of something computed as text, or its opposite.
pub(super) fn whole(written: &str, negated: bool) -> String {
    if negated { format!("!({written})") } else { written.to_owned() }
}

struct Tracer<'a> {
    values: &'a [Value<'a>],
    fields: &'a FieldSet,
    unknown: bool,
    tests: Vec<TestTrace>,
}

impl Tracer<'_> {
    /// `blocking`: whether everything around the tree keeps the condition from holding.
    fn walk(&mut self, tree: &Tree, negated: bool, blocking: bool) {
        let outcome = evaluate(tree, self.values).map(|outcome| outcome != negated);
        let blocks = blocking && !outcome.unwrap_or(self.unknown);
        match tree {
            Tree::All(trees) | Tree::Any(trees) => {
                for tree in trees {
                    self.walk(tree, negated, blocks);
                }
            }
            Tree::Not(tree) => self.walk(tree, !negated, blocks),
            Tree::If(parts) => {
                let [test, yes, no] = &**parts;
                match evaluate(test, self.values) {
                    Some(chosen) => {
                        self.walk(test, !chosen, false);
                        self.walk(if chosen { yes } else { no }, negated, blocks);
                    }
                    None => self.walk(test, false, blocks),
                }
            }
            Tree::Same { written, .. }
            | Tree::NumberTerm { written, .. }
            | Tree::IntegerTerm { written, .. }
            | Tree::NumberTerms { written, .. }
            | Tree::IntegerTerms { written, .. } => {
                let tested = whole(written, negated);
                let actual = outcome.map(|outcome| outcome.to_string());
                self.tests.push(TestTrace { tested, expected: "true".to_owned(), actual, outcome, blocks });
            }
            Tree::Missing { .. }
            | Tree::Number { .. }
            | Tree::Integer { .. }
            | Tree::Text { .. }
            | Tree::Pattern { .. }
            | Tree::Boolean { .. }
            | Tree::Fields { .. } => {
                let (slot, expected) = self.fields.expected(tree, negated);
                let actual = self.values.get(slot).and_then(|value| self.fields.shown(slot, value));
                let tested = self.fields.at(slot).map_or("", |field| field.id()).to_owned();
                self.tests.push(TestTrace { tested, expected, actual, outcome, blocks });
            }
        }
    }
}

impl FieldSet {
    /// The slot that is tested, and what is expected of it.
    pub(super) fn expected(&self, tree: &Tree, negated: bool) -> (usize, String) {
        match tree {
            Tree::Missing { slot, expected } => {
                (*slot, if *expected == negated { "not missing" } else { "missing" }.to_owned())
            }
            Tree::Number { slot, test } => {
                (*slot, of_test(test, negated, |number| self.shown(*slot, &Value::Number(*number))))
            }
            Tree::Integer { slot, test } => {
                (*slot, of_test(test, negated, |integer| self.shown(*slot, &Value::Integer(*integer))))
            }
            Tree::Text { slot, test, .. } => {
                (*slot, of_members(test, negated, |text| Some(format!("\"{text}\""))))
            }
            Tree::Boolean { slot, expected } => (*slot, format!("= {}", *expected != negated)),
            Tree::Fields { left, relation, right } => {
                let right = self.at(*right).map_or("", |field| field.id());
                (*left, format!("{} {right}", relation.sign_of(negated)))
            }
            Tree::Pattern { slot, pattern, .. } => {
                let not = if negated { "not " } else { "" };
                (*slot, format!("{not}{} \"{}\"", pattern.place.word(), pattern.needle))
            }
            // They are walked through.
            _ => (0, String::new()),
        }
    }

    /// A value as text, texts in quotes; `None` where it is missing.
    pub(super) fn shown(&self, slot: usize, value: &Value<'_>) -> Option<String> {
        match value {
            Value::Missing => None,
            Value::Number(number) => Some(number.to_string()),
            Value::Integer(integer) => Some(match self.at(slot).map(super::Field::kind) {
                Some(FieldType::Integer) => integer.to_string(),
                Some(FieldType::Timestamp) => Timestamp::from_micros(*integer).to_string(),
                Some(FieldType::Date) => i32::try_from(*integer).map(Date::from_days).ok()?.to_string(),
                _ => Currency::new("", self.exponent()).format_minor(i128::from(*integer)),
            }),
            Value::Text(text) => Some(format!("\"{text}\"")),
            Value::Boolean(value) => Some(value.to_string()),
        }
    }
}

fn of_test<T: PartialOrd>(test: &Test<T>, negated: bool, shown: impl Fn(&T) -> Option<String>) -> String {
    match test {
        Test::Compare(relation, operand) => {
            format!("{} {}", relation.sign_of(negated), shown(operand).unwrap_or_default())
        }
        Test::Among(among) => of_members(among, negated, shown),
    }
}

fn of_members<T: PartialOrd>(
    among: &Among<T>,
    negated: bool,
    shown: impl Fn(&T) -> Option<String>,
) -> String {
    let negated = among.negated() != negated;
    let members: Vec<String> = among.values().iter().filter_map(shown).collect();
    match members.as_slice() {
        [only] => format!("{} {only}", if negated { "!=" } else { "=" }),
        _ => format!("{} [{}]", if negated { "not in" } else { "in" }, members.join(", ")),
    }
}

impl Relation {
    /// The sign of the relation, or of its opposite.
    fn sign_of(self, opposite: bool) -> &'static str {
        let holds = |order| self.holds(order) != opposite;
        match (holds(Ordering::Less), holds(Ordering::Equal), holds(Ordering::Greater)) {
            (false, true, false) => "=",
            (true, false, true) => "!=",
            (true, false, false) => "<",
            (true, true, false) => "<=",
            (false, false, true) => ">",
            _ => ">=",
        }
    }
}
