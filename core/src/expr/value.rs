//! The values of one record, read by the types of their fields.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::condition::Slots;
use super::fault::Fault;
use super::schema::{Field, FieldSet, FieldType, days};
use super::span::DAY;
use crate::column::{Date, Record, Scalar, Timestamp};
use crate::error::{Error, Problem, Result, data as code};
use crate::money::{Decimal, MAX_MINOR, Money};

/// The value of a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'r> {
    Missing,
    /// Finite.
    Number(f64),
    /// An integer, money in minor units, a date in days, or a point in time in microseconds.
    Integer(i64),
    Text(Cow<'r, str>),
    Boolean(bool),
}

impl Value<'_> {
    /// A value of its own.
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Value::Missing => Value::Missing,
            Value::Number(number) => Value::Number(number),
            Value::Integer(integer) => Value::Integer(integer),
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Boolean(value) => Value::Boolean(value),
        }
    }

    /// How two values of one type compare; `None` where one is missing.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Value::Number(left), Value::Number(right)) => left.partial_cmp(right),
            (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
            (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
            (Value::Boolean(left), Value::Boolean(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

impl FieldSet {
    /// The values of a record slot by slot, of those slots only that are used; others are missing.
    ///
    /// # Errors
    /// Every used field that is absent or missing although required, or has a value that it does not take.
    pub(crate) fn bind_record<'r>(&self, used: &Slots, record: &'r Record) -> Result<Vec<Value<'r>>> {
        let mut problems = Vec::new();
        let values = self.iter().enumerate().map(|(slot, field)| {
            if !used.contains(slot) {
                return Value::Missing;
            }
            self.value(field, record).unwrap_or_else(|problem| {
                problems.push(*problem);
                Value::Missing
            })
        });
        let values = values.collect();
        if problems.is_empty() { Ok(values) } else { Err(Error::data(problems)) }
    }

    fn value<'r>(&self, field: &Field, record: &'r Record) -> Result<Value<'r>, Box<Problem>> {
        let scalar = record.get(field.id());
        if let Some(default) = field.usage_default() {
            return Ok(scalar.and_then(usage).or(default).map_or(Value::Missing, Value::Number));
        }
        match scalar {
            Some(scalar) if !scalar.is_missing() => {
                let wrong = |fault: Fault| {
                    let found =
                        if fault == Fault::WrongType { scalar_type(scalar) } else { scalar.to_string() };
                    Box::new(fault.problem(field, field.id(), &found))
                };
                read(field.kind(), scalar, self.minor_per_major()).map_err(wrong)
            }
            _ if field.may_be_missing() => Ok(Value::Missing),
            Some(_) => Err(Box::new(Fault::Missing.problem(field, field.id(), ""))),
            None => Err(Box::new(self.absent(field, record))),
        }
    }

    fn absent(&self, field: &Field, record: &Record) -> Problem {
        let unknown = record.iter().map(|(name, _)| name).filter(|name| self.slot(name).is_none());
        Problem::new(code::MISSING_COLUMN, field.id(), "the record lacks a field that a condition tests")
            .with_expected(format!("{} `{}`", field.kind().word(), field.id()))
            .suggest(crate::error::nearest(field.id(), unknown))
    }
}

pub(super) fn scalar_type(scalar: &Scalar) -> String {
    format!("{scalar} of type {}", scalar.type_name())
}

/// The value that a field of a type takes from a scalar that is not missing.
pub(super) fn read(kind: FieldType, scalar: &Scalar, minor_per_major: i64) -> Result<Value<'_>, Fault> {
    match kind {
        FieldType::Number => number(scalar).map(Value::Number),
        FieldType::Integer => whole(scalar).map(Value::Integer),
        FieldType::Money => minor_units(scalar, minor_per_major).map(Value::Integer),
        FieldType::String => match scalar {
            Scalar::Text(text) => Ok(Value::Text(text.into())),
            Scalar::Int(integer) => Ok(Value::Text(integer.to_string().into())),
            _ => Err(Fault::WrongType),
        },
        FieldType::Boolean => match scalar {
            Scalar::Bool(value) => Ok(Value::Boolean(*value)),
            _ => Err(Fault::WrongType),
        },
        FieldType::Date => match scalar {
            Scalar::Date(date) => Ok(Value::Integer(days(*date))),
            Scalar::Timestamp(timestamp) => midnight(timestamp.micros()).map(Value::Integer),
            Scalar::Text(text) => date_text(text).map(Value::Integer),
            _ => Err(Fault::WrongType),
        },
        FieldType::Timestamp => match scalar {
            Scalar::Timestamp(timestamp) => Ok(Value::Integer(timestamp.micros())),
            Scalar::Text(text) => timestamp_text(text).map(Value::Integer),
            _ => Err(Fault::WrongType),
        },
    }
}

fn number(scalar: &Scalar) -> Result<f64, Fault> {
    match scalar {
        Scalar::Float(value) if value.is_infinite() => Err(Fault::NotFinite),
        Scalar::Float(value) => Ok(*value),
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
        Scalar::Int(value) => Ok(*value as f64),
        Scalar::Decimal(value) => Ok(value.to_f64()),
        _ => Err(Fault::WrongType),
    }
}

/// A whole number of 64 bits.
pub(super) fn whole(scalar: &Scalar) -> Result<i64, Fault> {
    match scalar {
        Scalar::Float(value) => whole_float(*value),
        Scalar::Int(value) => i64::try_from(*value).map_err(|_| Fault::TooLarge),
        Scalar::Decimal(value) if value.scale() == 0 => {
            i64::try_from(value.mantissa()).map_err(|_| Fault::TooLarge)
        }
        Scalar::Decimal(_) => Err(Fault::Inexact),
        _ => Err(Fault::WrongType),
    }
}

/// Floats hold whole numbers where a frame has missing values beside integers.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and within range")]
pub(super) fn whole_float(value: f64) -> Result<i64, Fault> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    if value.is_infinite() {
        Err(Fault::NotFinite)
    } else if value.trunc() != value {
        Err(Fault::Inexact)
    } else if (-END..END).contains(&value) {
        Ok(value as i64)
    } else {
        Err(Fault::TooLarge)
    }
}

/// The number of a meter's usage, where it can be used; what is wrong with it is reported by its engine.
fn usage(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Text(text) => usage_text(text),
        Scalar::Missing => None,
        other => number(other).ok().filter(|value| !value.is_nan()),
    }
}

/// The number that a text writes.
pub(super) fn usage_text(text: &str) -> Option<f64> {
    Decimal::parse(text).ok().map(Decimal::to_f64)
}

/// Minor units of an amount in major units: floats to the nearest, ties to even; all else exactly.
pub(super) fn minor_units(scalar: &Scalar, minor_per_major: i64) -> Result<i64, Fault> {
    match scalar {
        Scalar::Float(value) => nearest_minor(*value, minor_per_major),
        Scalar::Int(value) => integer_minor(*value, minor_per_major),
        Scalar::Decimal(value) => exact_minor(value.mantissa(), value.scale(), minor_per_major),
        Scalar::Text(text) => minor_text(text, minor_per_major),
        _ => Err(Fault::WrongType),
    }
}

/// Minor units of an amount in major units as text.
pub(super) fn minor_text(text: &str, minor_per_major: i64) -> Result<i64, Fault> {
    let value = Decimal::parse(text).map_err(|_| Fault::BadDecimal)?;
    exact_minor(value.mantissa(), value.scale(), minor_per_major)
}

/// Days of a date as text.
pub(super) fn date_text(text: &str) -> Result<i64, Fault> {
    Date::parse(text).map(days).map_err(|_| Fault::BadDate)
}

/// Microseconds of a point in time as text.
pub(super) fn timestamp_text(text: &str) -> Result<i64, Fault> {
    Timestamp::parse(text).map(Timestamp::micros).map_err(|_| Fault::BadTimestamp)
}

/// Days of a midnight in UTC, which is how libraries without dates write them.
pub(super) fn midnight(micros: i64) -> Result<i64, Fault> {
    if micros % DAY == 0 { Ok(micros / DAY) } else { Err(Fault::TimeOfDay) }
}

/// Minor units nearest to a float of major units, ties to even.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "both are below 2^53")]
pub(super) fn nearest_minor(major: f64, minor_per_major: i64) -> Result<i64, Fault> {
    let minor = (major * minor_per_major as f64).round_ties_even();
    if major.is_infinite() {
        Err(Fault::NotFinite)
    } else if minor.abs() <= MAX_MINOR as f64 {
        Ok(minor as i64)
    } else {
        Err(Fault::TooLarge)
    }
}

/// Minor units of a whole number of major units.
pub(super) fn integer_minor(major: i128, minor_per_major: i64) -> Result<i64, Fault> {
    major.checked_mul(minor_per_major.into()).and_then(in_range).ok_or(Fault::TooLarge)
}

/// Minor units of `mantissa / 10^scale` major units, if that is a whole number of them.
pub(super) fn exact_minor(mantissa: i128, scale: u32, minor_per_major: i64) -> Result<i64, Fault> {
    let product = mantissa.checked_mul(minor_per_major.into()).ok_or(Fault::TooLarge)?;
    let denominator = 10_i128.saturating_pow(scale);
    if product % denominator == 0 {
        in_range(product / denominator).ok_or(Fault::TooLarge)
    } else {
        Err(Fault::Inexact)
    }
}

fn in_range(minor: i128) -> Option<i64> {
    Money::from_wide(minor).map(Money::minor)
}
