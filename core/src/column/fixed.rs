//! Booleans, decimals and points in time: columns whose rows are not simply a slice of their type.

use super::values::check_validity;
use super::{Bits, LayoutError, Scalar, Timestamp, Values};
use crate::money::{Decimal, nearest_f64};

/// Booleans, one bit each.
#[derive(Debug, Clone, Copy)]
pub struct BoolColumn<'a> {
    values: Bits<'a>,
    validity: Option<Bits<'a>>,
}

impl<'a> BoolColumn<'a> {
    /// Booleans of which those rows are missing whose bit in `validity` is zero.
    ///
    /// # Errors
    /// When the validity has another length than the values.
    pub fn new(values: Bits<'a>, validity: Option<Bits<'a>>) -> Result<Self, LayoutError> {
        check_validity(validity, values.len())?;
        Ok(Self { values, validity })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a row; `None` where it is missing, and beyond the end.
    pub fn get(&self, row: usize) -> Option<bool> {
        let present = row < self.len() && self.validity.is_none_or(|bits| bits.get(row));
        present.then(|| self.values.get(row))
    }

    /// All values; those of missing rows mean nothing.
    pub fn values(&self) -> Bits<'a> {
        self.values
    }

    /// The validity, if there is one.
    pub fn validity(&self) -> Option<Bits<'a>> {
        self.validity
    }

    /// Number of missing rows.
    pub fn null_count(&self) -> usize {
        self.validity.map_or(0, |bits| bits.len() - bits.count_ones())
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        Self {
            values: self.values.slice(offset, len),
            validity: self.validity.map(|bits| bits.slice(offset, len)),
        }
    }
}

/// Decimals as integers over a common power of ten.
#[derive(Debug, Clone, Copy)]
pub struct DecimalColumn<'a> {
    mantissas: Values<'a, i128>,
    scale: u32,
}

impl<'a> DecimalColumn<'a> {
    /// Decimals of the value `mantissa / 10^scale`.
    ///
    /// # Errors
    /// When the scale is not from 0 to 38.
    pub fn new(mantissas: Values<'a, i128>, scale: i8) -> Result<Self, LayoutError> {
        match u32::try_from(scale) {
            Ok(known @ 0..=38) => Ok(Self { mantissas, scale: known }),
            _ => Err(LayoutError::Scale { scale }),
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.mantissas.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.mantissas.is_empty()
    }

    /// The value of a row times `10^scale`; `None` where it is missing.
    pub fn get(&self, row: usize) -> Option<i128> {
        self.mantissas.get(row)
    }

    /// The values times `10^scale`.
    pub fn mantissas(&self) -> Values<'a, i128> {
        self.mantissas
    }

    /// Digits after the decimal point.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    /// The value of a mantissa of this column; of more digits than [`Decimal`] holds the nearest float.
    pub(crate) fn scalar_of(&self, mantissa: i128) -> Scalar {
        match Decimal::new(mantissa, self.scale) {
            Ok(decimal) => decimal.into(),
            Err(_) => nearest_f64(mantissa, self.scale).into(),
        }
    }

    /// Number of missing rows.
    pub fn null_count(&self) -> usize {
        self.mantissas.null_count()
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        Self { mantissas: self.mantissas.slice(offset, len), scale: self.scale }
    }
}

/// What the numbers of a [`TimestampColumn`] count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Thousandths of a second.
    Millisecond,
    /// Millionths of a second.
    Microsecond,
    /// Billionths of a second; what is finer than a microsecond is cut.
    Nanosecond,
}

impl TimeUnit {
    /// The unit after a number.
    fn sign(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Microsecond => "us",
            Self::Nanosecond => "ns",
        }
    }

    /// Microseconds, towards the past where the unit is finer; `None` beyond what 64 bits hold.
    #[inline]
    pub(crate) fn micros(self, count: i64) -> Option<i64> {
        match self {
            Self::Second => count.checked_mul(1_000_000),
            Self::Millisecond => count.checked_mul(1_000),
            Self::Microsecond => Some(count),
            Self::Nanosecond => Some(count.div_euclid(1_000)),
        }
    }
}

/// Points in time as numbers of a unit since 1970-01-01T00:00:00Z. A zone is only how others show them; values without
/// one count as UTC.
#[derive(Debug, Clone, Copy)]
pub struct TimestampColumn<'a> {
    counts: Values<'a, i64>,
    unit: TimeUnit,
}

impl<'a> TimestampColumn<'a> {
    /// Points in time that are so many of the unit after 1970-01-01T00:00:00Z.
    pub fn new(counts: Values<'a, i64>, unit: TimeUnit) -> Self {
        Self { counts, unit }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The number of a row; `None` where it is missing.
    pub fn get(&self, row: usize) -> Option<i64> {
        self.counts.get(row)
    }

    /// The numbers, of [`TimestampColumn::unit`].
    pub fn counts(&self) -> Values<'a, i64> {
        self.counts
    }

    /// What the numbers count.
    pub fn unit(&self) -> TimeUnit {
        self.unit
    }

    /// The value of a number of this column; of one beyond what timestamps hold a text, which no field takes.
    pub(crate) fn scalar_of(&self, count: i64) -> Scalar {
        match self.unit.micros(count) {
            Some(micros) => Timestamp::from_micros(micros).into(),
            None => Scalar::Text(format!("{count} {} after 1970", self.unit.sign())),
        }
    }

    /// Number of missing rows.
    pub fn null_count(&self) -> usize {
        self.counts.null_count()
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        Self { counts: self.counts.slice(offset, len), unit: self.unit }
    }
}
