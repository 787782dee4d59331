//! What can be wrong with the value of a field, in records and in columns alike.

use super::schema::{Field, FieldType};
use crate::error::{Code, Problem, data as code};

/// Why a value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Missing where the field requires a value.
    Missing,
    /// Of a type that the field does not take.
    WrongType,
    /// Infinite.
    NotFinite,
    /// Not a whole number of minor units.
    Inexact,
    /// Beyond the largest amount.
    TooLarge,
    /// Text that is not a decimal number.
    BadDecimal,
    /// Text that is not a date.
    BadDate,
    /// A point in time that is no midnight, where a date is wanted.
    TimeOfDay,
    /// Text that is not a point in time, or a number beyond what timestamps hold.
    BadTimestamp,
}

impl Fault {
    /// The problem of that fault at a field or its column.
    pub(super) fn problem(self, field: &Field, path: &str, found: &str) -> Problem {
        let expected = match self {
            Fault::Inexact if field.kind() == FieldType::Integer => "a whole number",
            Fault::TooLarge if field.kind() == FieldType::Integer => "a whole number of 64 bits",
            Fault::Inexact => "a whole number of minor units, or a float, which is rounded",
            Fault::TooLarge => "at most 2^53 - 1 minor units",
            Fault::BadDate => "a date, YYYY-MM-DD",
            Fault::TimeOfDay => {
                "a midnight in UTC; cut the times to days where your clocks are, or declare the field as a timestamp"
            }
            Fault::BadTimestamp => {
                "a time with its offset: 2012-03-21T08:00:00Z or 2012-03-21T16:00:00+08:00"
            }
            _ => expected(field.kind()),
        };
        let problem = Problem::new(self.code(), path, self.message(field.kind())).with_expected(expected);
        if self == Fault::Missing { problem } else { problem.with_found(found) }
    }

    pub(super) fn code(self) -> Code {
        match self {
            Fault::Missing => code::MISSING,
            Fault::WrongType => code::WRONG_TYPE,
            Fault::NotFinite => code::NOT_FINITE,
            Fault::Inexact => code::INEXACT,
            Fault::TooLarge => code::TOO_LARGE,
            Fault::BadDecimal => code::BAD_DECIMAL,
            Fault::BadDate | Fault::TimeOfDay => code::BAD_DATE,
            Fault::BadTimestamp => code::BAD_TIMESTAMP,
        }
    }

    fn message(self, kind: FieldType) -> &'static str {
        match self {
            Fault::Missing => "a required value is missing",
            Fault::WrongType => "the field does not take values of this type",
            Fault::NotFinite => "the value is infinite",
            Fault::Inexact if kind == FieldType::Integer => "the number is not whole",
            Fault::TooLarge if kind == FieldType::Integer => "the number is too large to be exact",
            Fault::Inexact => "the amount is not a whole number of minor units",
            Fault::TooLarge => "the amount is too large to be exact",
            Fault::BadDecimal => "the text is not a decimal number",
            Fault::BadDate => "the text is not a date",
            Fault::TimeOfDay => "the value is not a date, as it has a time of day",
            Fault::BadTimestamp => "the value is not a point in time",
        }
    }
}

/// What a field takes, for messages.
pub(super) fn expected(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Number => "a number",
        FieldType::Integer => "a whole number",
        FieldType::Money => "an amount in major units",
        FieldType::String => "text or an integer id",
        FieldType::Boolean => "true or false",
        FieldType::Date => "a date",
        FieldType::Timestamp => "a point in time: a timestamp, or a text such as 2012-03-21T08:00:00Z",
    }
}
