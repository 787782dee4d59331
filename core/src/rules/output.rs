//! What rules give: declared outputs, and their values.

use crate::column::{Date, Scalar, Timestamp};
use crate::document::{Located, Names};
use crate::error::{Problem, rules as code};
use crate::expr::{FieldType, Literal};
use crate::money::{Currency, Decimal, Money};

use super::document::OutputEntry;
use super::hit::{Collect, Hit};

/// A declared output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    id: Box<str>,
    kind: FieldType,
    unit: Option<Box<str>>,
    values: Box<[OutputValue]>,
    default: OutputValue,
    collect: Collect,
    names: Names,
    about: Option<Box<str>>,
}

/// The value of an output, of the output's type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OutputValue {
    Missing,
    Number(f64),
    Money(Money),
    /// Any other, as it is given.
    Plain(Scalar),
}

impl Output {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The type of the values.
    pub fn kind(&self) -> FieldType {
        self.kind
    }

    /// The unit of the values, where one is declared.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// The names for readers.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// What the output means, for readers.
    pub fn about(&self) -> Option<&str> {
        self.about.as_deref()
    }

    /// What the values of several rules put together are: counts are whole, and sums are not among the values.
    pub(super) fn put_together(&self, collect: Collect) -> Self {
        let kind = if collect == Collect::Count { FieldType::Integer } else { self.kind };
        Self { kind, values: Box::default(), ..self.clone() }
    }

    /// How the values of several rules become one; `None` where they stay a list, and where one rule decides.
    pub fn collect(&self) -> Option<Collect> {
        (self.collect != Collect::List).then_some(self.collect)
    }

    /// Takes up how it is put together: as it says itself, or else as the rules say.
    pub(super) fn collect_by(&mut self, hit: Option<Hit>, entry: &OutputEntry, of_rules: Collect) {
        if hit == Some(Hit::Collect) {
            self.collect = entry.collect.as_ref().map_or(of_rules, |own| own.value.0);
        }
    }

    pub(super) fn default(&self) -> &OutputValue {
        &self.default
    }

    /// Whether values have a priority.
    pub(super) fn is_ranked(&self) -> bool {
        !self.values.is_empty()
    }

    /// The place of a value among those that there may be; a missing value comes last.
    pub(super) fn rank(&self, value: &OutputValue) -> usize {
        self.values.iter().position(|known| known == value).unwrap_or(self.values.len())
    }

    /// The output as written, with every problem reported; `None` where its values cannot be told.
    pub(super) fn new(
        id: &str,
        entry: &OutputEntry,
        currency: &Currency,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let kind = entry.kind.0;
        let mut output = Self {
            id: id.into(),
            kind,
            unit: entry.unit.clone(),
            values: Box::default(),
            default: OutputValue::Missing,
            collect: Collect::List,
            names: entry.name.clone(),
            about: entry.about.clone(),
        };
        if let Some(values) = &entry.values {
            let mut known: Vec<OutputValue> = Vec::new();
            for literal in &values.value {
                let Some(value) = output.read(literal, currency, problems) else { continue };
                if known.contains(&value) {
                    let problem = literal.at.problem(code::DUPLICATE_VALUE, "the value stands twice");
                    problems.push(problem.with_found(literal.value.shown()));
                } else {
                    known.push(value);
                }
            }
            if values.value.is_empty() {
                let problem = values.at.problem(code::NO_VALUES, "the output has no values to choose from");
                problems.push(problem.with_expected("at least one value, or no key `values`"));
            }
            output.values = known.into();
        }
        let default = entry.default.as_ref().and_then(|literal| output.value(literal, currency, problems));
        output.default = default.unwrap_or(OutputValue::Missing);
        output
    }

    /// A value as written, which must be one of those that there may be.
    pub(super) fn value(
        &self,
        literal: &Located<Literal>,
        currency: &Currency,
        problems: &mut Vec<Problem>,
    ) -> Option<OutputValue> {
        let value = self.read(literal, currency, problems)?;
        if self.values.is_empty() || self.values.contains(&value) {
            return Some(value);
        }
        let texts: Vec<String> = self.values.iter().map(OutputValue::plain_text).collect();
        let message = format!("the value is not one of those of `{}`", self.id);
        let written = if let Literal::Text(text) = &literal.value { text } else { "" };
        let nearest = crate::error::nearest(written, texts.iter().map(String::as_str));
        problems.push(
            literal
                .at
                .problem(code::UNKNOWN_VALUE, message)
                .with_found(literal.value.shown())
                .with_expected(crate::error::one_of(texts.iter().map(String::as_str)))
                .suggest(nearest.filter(|_| !written.is_empty())),
        );
        None
    }

    fn read(
        &self,
        literal: &Located<Literal>,
        currency: &Currency,
        problems: &mut Vec<Problem>,
    ) -> Option<OutputValue> {
        let decimal = || match &literal.value {
            Literal::Number(number) => Some(*number),
            Literal::Text(text) => Decimal::parse(text).ok(),
            Literal::Bool(_) => None,
        };
        let (value, expected) = match self.kind {
            FieldType::Number => {
                let number = decimal().map(|decimal| decimal.to_f64() + 0.0).filter(|it| it.is_finite());
                (number.map(OutputValue::Number), "a number")
            }
            FieldType::Integer => {
                let integer = decimal().and_then(|decimal| decimal.times_exactly(1));
                let integer = integer.and_then(|integer| i64::try_from(integer).ok());
                (integer.map(|integer| OutputValue::Plain(integer.into())), "a whole number of 64 bits")
            }
            FieldType::Money => (
                decimal().and_then(|major| currency.amount(major)).map(OutputValue::Money),
                "an amount in major units, a whole number of minor units",
            ),
            FieldType::String => match &literal.value {
                Literal::Text(text) => (Some(OutputValue::Plain((&**text).into())), ""),
                _ => (None, "a text in quotes"),
            },
            FieldType::Boolean => match literal.value {
                Literal::Bool(value) => (Some(OutputValue::Plain(value.into())), ""),
                _ => (None, "true or false"),
            },
            FieldType::Date => match &literal.value {
                Literal::Text(text) => {
                    (Date::parse(text).ok().map(|date| OutputValue::Plain(date.into())), "a date, YYYY-MM-DD")
                }
                _ => (None, "a date, YYYY-MM-DD"),
            },
            FieldType::Timestamp => {
                let timestamp = match &literal.value {
                    Literal::Text(text) => Timestamp::parse(text).ok(),
                    _ => None,
                };
                let value = timestamp.map(|timestamp| OutputValue::Plain(timestamp.into()));
                (value, "a time with its offset, such as 2012-03-21T08:00:00Z")
            }
        };
        if value.is_none() {
            let message = format!("the value does not fit the type of `{}`", self.id);
            problems.push(
                literal
                    .at
                    .problem(code::WRONG_VALUE, message)
                    .with_found(literal.value.shown())
                    .with_expected(format!("{expected}, as the output is of type {}", self.kind.word())),
            );
        }
        value
    }
}

impl OutputValue {
    /// The value for callers: money in major units.
    pub(super) fn scalar(&self, currency: &Currency) -> Scalar {
        match self {
            Self::Missing => Scalar::Missing,
            Self::Number(number) => Scalar::Float(*number),
            Self::Money(money) => amount(*money, currency),
            Self::Plain(scalar) => scalar.clone(),
        }
    }

    fn plain_text(&self) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Money(money) => money.minor().to_string(),
            Self::Plain(Scalar::Text(text)) => text.clone(),
            Self::Plain(scalar) => scalar.to_string(),
        }
    }
}

/// An amount in major units.
pub(super) fn amount(money: Money, currency: &Currency) -> Scalar {
    // An amount has at most 16 digits, so that a decimal holds it.
    Decimal::new(money.minor().into(), u32::from(currency.exponent()))
        .map_or(Scalar::Missing, Scalar::Decimal)
}
