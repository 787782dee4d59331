//! Single values, and records of them.

use std::fmt;

use super::names::Names;
use super::{Date, Timestamp};
use crate::money::Decimal;

/// One value, owned.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scalar {
    /// No value. NaN becomes this too.
    Missing,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A float. NaN counts as missing.
    Float(f64),
    /// An exact decimal.
    Decimal(Decimal),
    /// Text.
    Text(String),
    /// A date.
    Date(Date),
    /// A point in time.
    Timestamp(Timestamp),
    /// A native value of no use here, by a description such as `a list`.
    Unsupported(String),
}

impl Scalar {
    /// Whether there is no value.
    pub fn is_missing(&self) -> bool {
        match self {
            Scalar::Missing => true,
            Scalar::Float(value) => value.is_nan(),
            _ => false,
        }
    }

    /// Name of the type, as messages use it.
    pub fn type_name(&self) -> &'static str {
        match self {
            Scalar::Missing => "missing",
            Scalar::Bool(_) => "boolean",
            Scalar::Int(_) => "integer",
            Scalar::Float(_) => "float",
            Scalar::Decimal(_) => "decimal",
            Scalar::Text(_) => "text",
            Scalar::Date(_) => "date",
            Scalar::Timestamp(_) => "timestamp",
            Scalar::Unsupported(_) => "unsupported",
        }
    }
}

/// The value as messages show it.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Missing => f.write_str("nothing"),
            Scalar::Bool(value) => value.fmt(f),
            Scalar::Int(value) => value.fmt(f),
            // Debug writes very large and very small numbers with an exponent.
            Scalar::Float(value) => write!(f, "{value:?}"),
            Scalar::Decimal(value) => value.fmt(f),
            Scalar::Text(value) => write!(f, "\"{value}\""),
            Scalar::Date(value) => value.fmt(f),
            Scalar::Timestamp(value) => value.fmt(f),
            Scalar::Unsupported(found) => f.write_str(found),
        }
    }
}

impl From<f64> for Scalar {
    fn from(value: f64) -> Self {
        if value.is_nan() { Scalar::Missing } else { Scalar::Float(value) }
    }
}

impl From<f32> for Scalar {
    fn from(value: f32) -> Self {
        f64::from(value).into()
    }
}

impl From<usize> for Scalar {
    fn from(value: usize) -> Self {
        // No platform has more than 64 bits here.
        Scalar::Int(i128::try_from(value).unwrap_or(i128::MAX))
    }
}

impl From<&str> for Scalar {
    fn from(value: &str) -> Self {
        Scalar::Text(value.to_owned())
    }
}

/// Conversions that wrap the value, after widening it where the variant is wider.
macro_rules! from_value {
    ($($value:ty => $variant:ident),*) => {$(
        impl From<$value> for Scalar {
            fn from(value: $value) -> Self {
                Scalar::$variant(value.into())
            }
        }
    )*};
}

from_value!(bool => Bool, i32 => Int, i64 => Int, u32 => Int, u64 => Int, i128 => Int);
from_value!(Decimal => Decimal, String => Text, Date => Date, Timestamp => Timestamp);

impl<T: Into<Scalar>> From<Option<T>> for Scalar {
    fn from(value: Option<T>) -> Self {
        value.map_or(Scalar::Missing, Into::into)
    }
}

/// Named values of one customer, in the order in which they were given.
///
/// ```
/// use cpcfit::{Record, Scalar};
/// let mut customer = Record::from([("voice", 612.0), ("data", 1390.5)]);
/// customer.insert("current_plan", "fx38");
/// assert_eq!(customer.get("voice"), Some(&Scalar::Float(612.0)));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    values: Vec<(String, Scalar)>,
    positions: Names,
}

impl Record {
    /// A record without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value, in place of an earlier one of the same name.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Scalar>) -> &mut Self {
        let (name, value) = (name.into(), value.into());
        let position = self.position(&name);
        if let Some((_, earlier)) = position.and_then(|position| self.values.get_mut(position)) {
            *earlier = value;
        } else {
            self.values.push((name, value));
            self.positions.add(self.values.iter().map(|(name, _)| name.as_str()));
        }
        self
    }

    /// The value of that name; `None` where the record has none, which is not the same as a missing value.
    pub fn get(&self, name: &str) -> Option<&Scalar> {
        self.values.get(self.position(name)?).map(|(_, value)| value)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.positions.position(self.values.iter().map(|(name, _)| name.as_str()), name)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Scalar)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<N: Into<String>, V: Into<Scalar>> FromIterator<(N, V)> for Record {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> Self {
        let mut record = Record::new();
        for (name, value) in values {
            record.insert(name, value);
        }
        record
    }
}

impl<N: Into<String>, V: Into<Scalar>, const L: usize> From<[(N, V); L]> for Record {
    fn from(values: [(N, V); L]) -> Self {
        values.into_iter().collect()
    }
}
