//! Bound terms: what conditions compute from fields before they compare, over the values of one record.

use super::cel::Operator;
use super::condition::{Tree, evaluate};
use super::span::TimePart;
use super::value::Value;
use crate::column::Date;

/// A number; NaN counts as missing where it is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NumberTerm {
    Constant(f64),
    Field(usize),
    /// The nearest float.
    OfInteger(Box<IntegerTerm>),
    /// One amount over another.
    Ratio(Box<[IntegerTerm; 2]>),
    Negative(Box<NumberTerm>),
    Chain(Box<NumberTerm>, Vec<(Operator, NumberTerm)>),
    If(Box<Tree>, Box<[NumberTerm; 2]>),
}

/// An integer, minor units, days or microseconds. What overflows, and what is divided by zero, is missing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum IntegerTerm {
    Constant(i64),
    Field(usize),
    Negative(Box<IntegerTerm>),
    Chain(Box<IntegerTerm>, Vec<(Operator, IntegerTerm)>),
    If(Box<Tree>, Box<[IntegerTerm; 2]>),
    /// A part of a date in days.
    Part(DatePart, Box<IntegerTerm>),
    /// A part of a point in time, where clocks are so many minutes ahead of UTC.
    OfTime(TimePart, i32, Box<IntegerTerm>),
    /// Characters of a text.
    Size(usize),
}

/// A part of a date, as CEL counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DatePart {
    Year,
    /// From 0.
    Month,
    /// From 1.
    Date,
    /// From 0.
    DayOfMonth,
    /// From 0, which is Sunday.
    DayOfWeek,
    /// From 0.
    DayOfYear,
}

impl DatePart {
    pub(super) const ALL: [(&str, Self); 6] = [
        ("getFullYear", Self::Year),
        ("getMonth", Self::Month),
        ("getDate", Self::Date),
        ("getDayOfMonth", Self::DayOfMonth),
        ("getDayOfWeek", Self::DayOfWeek),
        ("getDayOfYear", Self::DayOfYear),
    ];

    /// `None` for days beyond what dates hold.
    pub(super) fn of(self, days: i64) -> Option<i64> {
        let (year, month, day) = Date::from_days(i32::try_from(days).ok()?).to_ymd();
        Some(match self {
            Self::Year => year.into(),
            Self::Month => i64::from(month) - 1,
            Self::Date => day.into(),
            Self::DayOfMonth => i64::from(day) - 1,
            // The first day of 1970 was a Thursday.
            Self::DayOfWeek => days.checked_add(4)?.rem_euclid(7),
            Self::DayOfYear => {
                let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
                let month = usize::try_from(month).ok()?.checked_sub(1)?;
                let leap =
                    year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
                before.get(month)? + i64::from(leap && month > 1) + i64::from(day) - 1
            }
        })
    }
}

impl Operator {
    #[inline]
    pub(super) fn numbers(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
        }
    }

    /// Division goes towards zero, and the remainder has the sign of what is divided.
    #[inline]
    pub(super) fn integers(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
            Self::Divide => left.checked_div(right),
            Self::Remainder => left.checked_rem(right),
        }
    }
}

/// One amount over another; by zero there is none.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53, and sums of them near it")]
pub(super) fn ratio(above: i64, below: i64) -> f64 {
    if below == 0 { f64::NAN } else { above as f64 / below as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
pub(super) fn nearest(integer: i64) -> f64 {
    integer as f64
}

pub(super) fn characters(text: &str) -> Option<i64> {
    i64::try_from(text.chars().count()).ok()
}

impl NumberTerm {
    pub(super) fn of(&self, values: &[Value<'_>]) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Field(slot) => match values.get(*slot) {
                Some(Value::Number(value)) => Some(*value),
                _ => None,
            },
            Self::OfInteger(term) => term.of(values).map(nearest),
            Self::Ratio(sides) => {
                let [above, below] = &**sides;
                Some(ratio(above.of(values)?, below.of(values)?))
            }
            Self::Negative(term) => term.of(values).map(|value| -value),
            Self::Chain(first, rest) => rest.iter().try_fold(first.of(values)?, |value, (operator, term)| {
                Some(operator.numbers(value, term.of(values)?))
            }),
            Self::If(test, sides) => chosen(test, sides, values)?.of(values),
        }
    }
}

impl IntegerTerm {
    pub(super) fn of(&self, values: &[Value<'_>]) -> Option<i64> {
        match self {
            Self::Constant(value) => Some(*value),
            Self::Field(slot) => match values.get(*slot) {
                Some(Value::Integer(value)) => Some(*value),
                _ => None,
            },
            Self::Negative(term) => term.of(values)?.checked_neg(),
            Self::Chain(first, rest) => rest.iter().try_fold(first.of(values)?, |value, (operator, term)| {
                operator.integers(value, term.of(values)?)
            }),
            Self::If(test, sides) => chosen(test, sides, values)?.of(values),
            Self::Part(part, term) => part.of(term.of(values)?),
            Self::OfTime(part, offset, term) => part.of(term.of(values)?, *offset),
            Self::Size(slot) => match values.get(*slot) {
                Some(Value::Text(text)) => characters(text),
                _ => None,
            },
        }
    }
}

fn chosen<'t, T>(test: &Tree, sides: &'t [T; 2], values: &[Value<'_>]) -> Option<&'t T> {
    let [yes, no] = sides;
    evaluate(test, values).map(|outcome| if outcome { yes } else { no })
}

/// A test for a part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    pub(super) place: PatternPlace,
    pub(super) needle: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternPlace {
    Start,
    End,
    Anywhere,
}

impl PatternPlace {
    pub(super) const ALL: [(&str, Self); 3] =
        [("startsWith", Self::Start), ("endsWith", Self::End), ("contains", Self::Anywhere)];

    /// The words of messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Start => "starts with",
            Self::End => "ends with",
            Self::Anywhere => "contains",
        }
    }
}

impl Pattern {
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        let needle = self.needle.as_bytes();
        match self.place {
            PatternPlace::Start => text.starts_with(needle),
            PatternPlace::End => text.ends_with(needle),
            PatternPlace::Anywhere => match std::str::from_utf8(text) {
                Ok(text) => text.contains(&*self.needle),
                Err(_) => needle.is_empty() || text.windows(needle.len()).any(|part| part == needle),
            },
        }
    }
}
