//! Binding a written condition to the fields: names become slots, literals become values of the field's type.

use super::condition::{Among, Condition, Slots, Test, Tree};
use super::schema::{Field, FieldSet, FieldType};
use super::syntax::{self, Members, Operand, Plain, Relation, Syntax};
use super::term::{IntegerTerm, NumberTerm};
use super::typed::TextBinder;
use super::value::{date_text, exact_minor, timestamp_text};
use crate::document::{At, Located};
use crate::error::{Problem, document, expr as code, nearest};
use crate::money::Decimal;

impl Syntax {
    /// The condition over the slots of `fields`, or `None` after every problem was reported.
    pub(crate) fn bind(&self, fields: &FieldSet, problems: &mut Vec<Problem>) -> Option<Condition> {
        let mut binder =
            Binder { fields, problems, slots: Slots::default(), unknown_by: None, texts: 0, wrong: 0 };
        let root = binder.tree(self);
        binder.report_more();
        let root = root?;
        Some(Condition { root, slots: binder.slots, unknown_by: binder.unknown_by })
    }
}

pub(super) struct Binder<'a> {
    pub(super) fields: &'a FieldSet,
    problems: &'a mut Vec<Problem>,
    slots: Slots,
    unknown_by: Option<usize>,
    /// Tests of texts so far.
    pub(super) texts: usize,
    /// Problems so far.
    wrong: usize,
}

/// The most problems that are listed of one condition.
const LISTED: usize = 100;

/// A field that a test names.
#[derive(Clone, Copy)]
pub(super) struct Tested<'a> {
    pub(super) slot: usize,
    pub(super) field: &'a Field,
}

/// A literal, and where it stands, which is asked for only where it is wrong.
#[derive(Clone, Copy)]
pub(super) struct Given<'p> {
    pub(super) literal: Plain<'p>,
    pub(super) at: &'p dyn Fn() -> At,
}

/// The literals of `in`, as a document or a text has them.
pub(super) trait List {
    /// Every literal, and where it stands.
    fn literals(&self) -> impl Iterator<Item = (Plain<'_>, impl Fn() -> At)>;
    /// Where the list stands.
    fn whole(&self) -> At;
}

impl List for Members {
    fn literals(&self) -> impl Iterator<Item = (Plain<'_>, impl Fn() -> At)> {
        self.value.iter().map(|member| (member.value.plain(), || member.at.clone()))
    }

    fn whole(&self) -> At {
        self.at.clone()
    }
}

impl<'a> Binder<'a> {
    fn tree(&mut self, syntax: &Syntax) -> Option<Tree> {
        match syntax {
            Syntax::All(all) => self.trees(all).map(|trees| only(trees).unwrap_or_else(Tree::All)),
            Syntax::Any(any) => self.trees(any).map(|trees| only(trees).unwrap_or_else(Tree::Any)),
            Syntax::Not(not) => self.tree(not).map(Tree::negated),
            Syntax::Test(test) => self.test(test),
            Syntax::Text(written) => {
                TextBinder::new(self, &written.at, &written.text).condition(&written.ast)
            }
        }
    }

    fn trees(&mut self, trees: &[Syntax]) -> Option<Vec<Tree>> {
        // All of them first: an early end would hide the problems of the rest.
        let bound: Vec<_> = trees.iter().map(|tree| self.tree(tree)).collect();
        bound.into_iter().collect()
    }

    fn test(&mut self, test: &syntax::Test) -> Option<Tree> {
        let tested = self.field(&test.field);
        let mut tests: Vec<Option<Tree>> = Vec::new();
        for (relation, operand) in &test.comparisons {
            tests.push(self.comparison(tested, *relation, operand));
        }
        if let Some(tested) = tested {
            let of_value = !test.comparisons.is_empty() || test.members.is_some() || test.strangers.is_some();
            if of_value {
                self.note_value(tested);
            }
            for (members, negated) in [(&test.members, false), (&test.strangers, true)] {
                tests.extend(members.iter().map(|members| self.membership(tested, members, negated)));
            }
            tests.extend(test.missing.map(|expected| Some(Tree::Missing { slot: tested.slot, expected })));
        }
        let mut tests = tests.into_iter().collect::<Option<Vec<Tree>>>()?;
        tested?;
        if tests.len() == 1 { tests.pop() } else { Some(Tree::All(tests)) }
    }

    pub(super) fn field(&mut self, name: &Located<Box<str>>) -> Option<Tested<'a>> {
        let fields = self.fields;
        let slot = fields.slot(&name.value);
        if slot.is_none() {
            return self.report(|| {
                name.at
                    .problem(code::UNKNOWN_FIELD, "the field is not declared")
                    .with_found(format!("`{}`", name.value))
                    .suggest(fields.nearest(&name.value))
            });
        }
        let slot = slot?;
        self.slots.insert(slot);
        Some(Tested { slot, field: fields.at(slot)? })
    }

    /// Remembers that the value of the field is needed, not only whether it is there.
    pub(super) fn note_value(&mut self, tested: Tested<'_>) {
        if tested.field.may_be_missing() {
            self.unknown_by.get_or_insert(tested.slot);
        }
    }

    fn comparison(
        &mut self,
        tested: Option<Tested<'_>>,
        relation: Relation,
        operand: &Located<Operand>,
    ) -> Option<Tree> {
        match &operand.value {
            Operand::Field(name) => {
                let other = self.field(name);
                let (tested, other) = (tested?, other?);
                self.note_value(other);
                self.applies(tested, relation, &operand.at)?;
                if other.field.kind() != tested.field.kind() {
                    let mut expected = format!("a field of type {}, not {}", word(tested), word(other));
                    if is_time(tested) && is_time(other) {
                        expected.push_str(": declare both fields alike");
                    }
                    return self.report(|| wrong_type(&name.at, format!("`{}`", name.value), expected));
                }
                Some(Tree::Fields { left: tested.slot, relation, right: other.slot })
            }
            Operand::Literal(literal) => {
                let tested = tested?;
                self.applies(tested, relation, &operand.at)?;
                self.compared(
                    tested,
                    relation,
                    Given { literal: literal.plain(), at: &|| operand.at.clone() },
                )
            }
        }
    }

    /// Whether fields of the type can be compared so.
    pub(super) fn applies(&mut self, tested: Tested<'_>, relation: Relation, at: &At) -> Option<()> {
        let ordered = !matches!(tested.field.kind(), FieldType::String | FieldType::Boolean);
        if ordered || matches!(relation, Relation::Eq | Relation::Ne) {
            return Some(());
        }
        self.wrong_test(at, tested, relation.word())
    }

    pub(super) fn compared(
        &mut self,
        tested: Tested<'_>,
        relation: Relation,
        given: Given<'_>,
    ) -> Option<Tree> {
        let slot = tested.slot;
        match tested.field.kind() {
            FieldType::Number => {
                let number = self.number(tested, given)?;
                Some(Tree::Number { slot, test: Test::Compare(relation, number) })
            }
            FieldType::Integer if !given.literal.is_whole() => {
                let term = NumberTerm::OfInteger(Box::new(IntegerTerm::Field(slot)));
                let number = self.number(tested, given)?;
                let written = format!("{} {} {number}", tested.field.id(), relation.operator()).into();
                Some(Tree::NumberTerm { term, test: Test::Compare(relation, number), written })
            }
            FieldType::Integer | FieldType::Money | FieldType::Date | FieldType::Timestamp => {
                let integer = self.integer(tested, given)?;
                Some(Tree::Integer { slot, test: Test::Compare(relation, integer) })
            }
            FieldType::String => {
                let text = self.text(tested, given)?;
                Some(self.text_tree(slot, vec![text], relation == Relation::Ne))
            }
            FieldType::Boolean => {
                let Plain::Bool(value) = given.literal else { return self.unfit(tested, given) };
                Some(Tree::Boolean { slot, expected: value == (relation == Relation::Eq) })
            }
        }
    }

    pub(super) fn membership(&mut self, tested: Tested<'_>, list: &impl List, negated: bool) -> Option<Tree> {
        let slot = tested.slot;
        match tested.field.kind() {
            FieldType::Number => {
                let numbers = self.each(list, |binder, given| binder.number(tested, given))?;
                Some(Tree::Number { slot, test: Test::Among(Among::new(numbers, negated)) })
            }
            FieldType::Integer if !list.literals().all(|(literal, _)| literal.is_whole()) => {
                let numbers = self.each(list, |binder, given| binder.number(tested, given))?;
                let term = NumberTerm::OfInteger(Box::new(IntegerTerm::Field(slot)));
                let written = format!("{} in {numbers:?}", tested.field.id());
                let test = Test::Among(Among::new(numbers, false));
                let tree = Tree::NumberTerm { term, test, written: written.into() };
                Some(if negated { tree.negated() } else { tree })
            }
            FieldType::Integer | FieldType::Money | FieldType::Date | FieldType::Timestamp => {
                let integers = self.each(list, |binder, given| binder.integer(tested, given))?;
                Some(Tree::Integer { slot, test: Test::Among(Among::new(integers, negated)) })
            }
            FieldType::String => {
                let texts = self.each(list, |binder, given| binder.text(tested, given))?;
                Some(self.text_tree(slot, texts, negated))
            }
            FieldType::Boolean => {
                self.wrong_test(&list.whole(), tested, if negated { "not_in" } else { "in" })
            }
        }
    }

    /// Every literal of a list as a value, or `None` after all that are none were reported.
    fn each<T>(
        &mut self,
        list: &impl List,
        mut read: impl FnMut(&mut Self, Given<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let (mut values, mut is_right) = (Vec::new(), true);
        for (literal, at) in list.literals() {
            let value = read(self, Given { literal, at: &at });
            is_right &= value.is_some();
            values.extend(value);
        }
        is_right.then_some(values)
    }

    pub(super) fn text_tree(&mut self, slot: usize, texts: Vec<Box<str>>, negated: bool) -> Tree {
        let index = self.texts;
        self.texts += 1;
        Tree::Text { slot, index, test: Among::new(texts, negated) }
    }

    fn number(&mut self, tested: Tested<'_>, given: Given<'_>) -> Option<f64> {
        self.decimal(tested, given).map(Decimal::to_f64)
    }

    /// An integer, minor units, days, or microseconds.
    fn integer(&mut self, tested: Tested<'_>, given: Given<'_>) -> Option<i64> {
        let integer = match (tested.field.kind(), given.literal) {
            (FieldType::Integer, _) => {
                let decimal = self.decimal(tested, given)?;
                decimal.times_exactly(1).and_then(|integer| i64::try_from(integer).ok())
            }
            (FieldType::Money, _) => {
                let major = self.decimal(tested, given)?;
                exact_minor(major.mantissa(), major.scale(), self.fields.minor_per_major()).ok()
            }
            (FieldType::Timestamp, Plain::Text(text)) => timestamp_text(text).ok(),
            (_, Plain::Text(text)) => date_text(text).ok(),
            _ => None,
        };
        integer.or_else(|| self.unfit(tested, given))
    }

    fn decimal(&mut self, tested: Tested<'_>, given: Given<'_>) -> Option<Decimal> {
        let decimal = match given.literal {
            Plain::Number(number) => Some(number),
            Plain::Text(text) => Decimal::parse(text).ok(),
            Plain::Bool(_) => None,
        };
        decimal.or_else(|| self.unfit(tested, given))
    }

    fn text(&mut self, tested: Tested<'_>, given: Given<'_>) -> Option<Box<str>> {
        let Plain::Text(text) = given.literal else { return self.unfit(tested, given) };
        let mut values = tested.field.values().peekable();
        if values.peek().is_some() && !values.any(|value| *value == *text) {
            return self.report(|| {
                let known: Vec<String> = tested.field.values().map(|value| format!("\"{value}\"")).collect();
                let message = format!("`{}` never has this value", tested.field.id());
                let problem = (given.at)().problem(code::UNKNOWN_VALUE, message);
                problem
                    .with_found(given.literal.shown())
                    .with_expected(format!("one of {}", known.join(", ")))
                    .suggest(nearest(text, tested.field.values()))
            });
        }
        Some(text.into())
    }

    /// The literal does not fit the type of the field.
    fn unfit<T>(&mut self, tested: Tested<'_>, given: Given<'_>) -> Option<T> {
        let expected = match tested.field.kind() {
            FieldType::Number | FieldType::Integer => "a number",
            FieldType::Money => "an amount in major units, a whole number of minor units",
            FieldType::String => "a text in quotes",
            FieldType::Boolean => "true or false",
            FieldType::Date => "a date, YYYY-MM-DD",
            FieldType::Timestamp => "a time with its offset, such as 2012-03-21T08:00:00Z",
        };
        self.report(|| {
            let expected = format!("{expected}, as `{}` is of type {}", tested.field.id(), word(tested));
            wrong_type(&(given.at)(), given.literal.shown(), expected)
        })
    }

    fn wrong_test<T>(&mut self, at: &At, tested: Tested<'_>, test: &str) -> Option<T> {
        let expected = match tested.field.kind() {
            FieldType::Boolean => "eq, ne or missing",
            _ => "eq, ne, in, not_in or missing",
        };
        self.report(|| {
            let message = format!("the test does not apply to fields of type {}", word(tested));
            let problem = at.problem(code::WRONG_TEST, message);
            problem.with_found(format!("the test `{test}`")).with_expected(expected)
        })
    }

    /// Takes a problem, if there are not too many of them yet: each takes a look at all of the text.
    pub(super) fn report<T>(&mut self, problem: impl FnOnce() -> Problem) -> Option<T> {
        self.wrong = self.wrong.saturating_add(1);
        if self.wrong <= LISTED {
            self.problems.push(problem());
        }
        None
    }

    /// Says how many problems are not listed.
    fn report_more(&mut self) {
        let more = self.wrong.saturating_sub(LISTED);
        if let Some(last) = self.problems.last().filter(|_| more > 0) {
            let message = format!("{more} more problems of this condition are not listed");
            let problem = Problem::new(document::TOO_MANY_PROBLEMS, last.path(), message).at(last.place());
            self.problems.push(problem.with_expected("those above mended first"));
        }
    }
}

fn wrong_type(at: &At, found: String, expected: String) -> Problem {
    let message = "the operand does not fit the type of the field";
    at.problem(code::WRONG_TYPE, message).with_found(found).with_expected(expected)
}

/// The tree of which there is just one, or else all of them.
fn only(mut trees: Vec<Tree>) -> Result<Tree, Vec<Tree>> {
    match (trees.pop(), trees.is_empty()) {
        (Some(only), true) => Ok(only),
        (last, _) => {
            trees.extend(last);
            Err(trees)
        }
    }
}

fn is_time(tested: Tested<'_>) -> bool {
    matches!(tested.field.kind(), FieldType::Date | FieldType::Timestamp)
}

fn word(tested: Tested<'_>) -> &'static str {
    tested.field.kind().word()
}
