//! Data as borrowed columns in Arrow's layouts, and as single records.
//!
//! A [`Batch`] is a set of named [`Column`]s of one length. A column borrows its buffers: [`Values`] of one
//! width, packed [`Bits`] or [`TextColumn`], each checked once when it is built, so that reading a row cannot
//! fail. One customer alone is a [`Record`] of [`Scalar`]s; [`Column::scalar`] reads a row out as one.

mod batch;
mod bits;
mod date;
mod digits;
mod faults;
mod fixed;
mod lanes;
mod layout;
mod names;
mod needles;
mod piece;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod timestamp;
mod units;
mod values;
mod work;

pub use batch::Batch;
pub use bits::Bits;
pub use date::{Date, DateError};
pub(crate) use digits::Digits;
pub(crate) use faults::RowFaults;
pub use fixed::{BoolColumn, DecimalColumn, TimeUnit, TimestampColumn};
pub(crate) use lanes::{Lane, Order, Other, Rows, compare, finite};
pub use layout::LayoutError;
pub(crate) use needles::Needle;
pub(crate) use piece::{Piece, distinct, find_column, pieces, take};
pub use scalar::{Record, Scalar};
pub(crate) use text::TextKey;
pub use text::{Codes, TextColumn};
pub use timestamp::{Timestamp, TimestampError};
pub(crate) use units::{BLOCK, MAX_UNITS, Refused, fill_units, holds_units, units};
pub use values::Values;
pub use work::{OnError, Options, Simd};
pub(crate) use work::{on, run};

/// A borrowed column of any type that the library reads.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Column<'a> {
    /// Floats of 64 bits. NaN counts as missing wherever a value is used.
    F64(Values<'a, f64>),
    /// Floats of 32 bits, used as the `f64` of the same value.
    F32(Values<'a, f32>),
    /// Signed integers of 8 bits.
    I8(Values<'a, i8>),
    /// Signed integers of 16 bits.
    I16(Values<'a, i16>),
    /// Signed integers of 32 bits.
    I32(Values<'a, i32>),
    /// Signed integers of 64 bits.
    I64(Values<'a, i64>),
    /// Unsigned integers of 8 bits.
    U8(Values<'a, u8>),
    /// Unsigned integers of 16 bits.
    U16(Values<'a, u16>),
    /// Unsigned integers of 32 bits.
    U32(Values<'a, u32>),
    /// Unsigned integers of 64 bits.
    U64(Values<'a, u64>),
    /// Decimals with a common scale.
    Decimal128(DecimalColumn<'a>),
    /// Booleans, one bit each.
    Bool(BoolColumn<'a>),
    /// Dates as days since 1970-01-01.
    Date32(Values<'a, i32>),
    /// Points in time in any unit.
    Timestamp(TimestampColumn<'a>),
    /// Text in any layout.
    Text(TextColumn<'a>),
    /// As many rows, all missing.
    Null(usize),
    /// A column of a type that the library does not read; an error if it is used.
    Unsupported {
        /// Number of rows.
        len: usize,
        /// The type, as messages name it.
        found: &'a str,
    },
}

/// Runs the same expression on whichever representation; `Null` apart.
macro_rules! with_rows {
    ($column:expr, $rows:ident => $body:expr, null($len:ident) => $null:expr) => {
        match $column {
            Column::F64($rows) => $body,
            Column::F32($rows) => $body,
            Column::I8($rows) => $body,
            Column::I16($rows) => $body,
            Column::I32($rows) | Column::Date32($rows) => $body,
            Column::I64($rows) => $body,
            Column::U8($rows) => $body,
            Column::U16($rows) => $body,
            Column::U32($rows) => $body,
            Column::U64($rows) => $body,
            Column::Decimal128($rows) => $body,
            Column::Timestamp($rows) => $body,
            Column::Bool($rows) => $body,
            Column::Text($rows) => $body,
            Column::Null($len) | Column::Unsupported { len: $len, .. } => $null,
        }
    };
}

impl Column<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        with_rows!(self, rows => rows.len(), null(len) => *len)
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Name of the type, as messages use it.
    pub fn type_name(&self) -> &str {
        match self {
            Column::F64(_) => "float64",
            Column::F32(_) => "float32",
            Column::I8(_) => "int8",
            Column::I16(_) => "int16",
            Column::I32(_) => "int32",
            Column::I64(_) => "int64",
            Column::U8(_) => "uint8",
            Column::U16(_) => "uint16",
            Column::U32(_) => "uint32",
            Column::U64(_) => "uint64",
            Column::Decimal128(_) => "decimal",
            Column::Bool(_) => "boolean",
            Column::Date32(_) => "date",
            Column::Timestamp(_) => "timestamp",
            Column::Text(_) => "text",
            Column::Null(_) => "null",
            Column::Unsupported { found, .. } => found,
        }
    }

    /// Whether a row is null; also beyond the end. NaN is not null here, though it is missing when used.
    pub fn is_null(&self, row: usize) -> bool {
        with_rows!(self, rows => rows.get(row).is_none(), null(_len) => true)
    }

    /// Whether any row may be null.
    pub(crate) fn may_have_nulls(&self) -> bool {
        match self {
            Column::Text(rows) => rows.may_have_nulls(),
            Column::Null(_) => true,
            _ => self.validity().is_some(),
        }
    }

    /// The 64 rows from `row` on that are null, the first in the lowest bit; beyond the end the bits mean nothing.
    pub(crate) fn null_word(&self, row: usize) -> u64 {
        match self {
            Column::Text(rows) => rows.null_word(row),
            Column::Null(_) => u64::MAX,
            _ => values::null_word(self.validity(), row),
        }
    }

    fn validity(&self) -> Option<Bits<'_>> {
        match self {
            Column::F64(rows) => rows.validity(),
            Column::F32(rows) => rows.validity(),
            Column::I8(rows) => rows.validity(),
            Column::I16(rows) => rows.validity(),
            Column::I32(rows) | Column::Date32(rows) => rows.validity(),
            Column::I64(rows) => rows.validity(),
            Column::U8(rows) => rows.validity(),
            Column::U16(rows) => rows.validity(),
            Column::U32(rows) => rows.validity(),
            Column::U64(rows) => rows.validity(),
            Column::Decimal128(rows) => rows.mantissas().validity(),
            Column::Timestamp(rows) => rows.counts().validity(),
            Column::Bool(rows) => rows.validity(),
            Column::Text(_) | Column::Null(_) | Column::Unsupported { .. } => None,
        }
    }

    /// Number of null rows.
    pub fn null_count(&self) -> usize {
        with_rows!(self, rows => rows.null_count(), null(len) => *len)
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        match self {
            Column::F64(rows) => Column::F64(rows.slice(offset, len)),
            Column::F32(rows) => Column::F32(rows.slice(offset, len)),
            Column::I8(rows) => Column::I8(rows.slice(offset, len)),
            Column::I16(rows) => Column::I16(rows.slice(offset, len)),
            Column::I32(rows) => Column::I32(rows.slice(offset, len)),
            Column::I64(rows) => Column::I64(rows.slice(offset, len)),
            Column::U8(rows) => Column::U8(rows.slice(offset, len)),
            Column::U16(rows) => Column::U16(rows.slice(offset, len)),
            Column::U32(rows) => Column::U32(rows.slice(offset, len)),
            Column::U64(rows) => Column::U64(rows.slice(offset, len)),
            Column::Decimal128(rows) => Column::Decimal128(rows.slice(offset, len)),
            Column::Bool(rows) => Column::Bool(rows.slice(offset, len)),
            Column::Date32(rows) => Column::Date32(rows.slice(offset, len)),
            Column::Timestamp(rows) => Column::Timestamp(rows.slice(offset, len)),
            Column::Text(rows) => Column::Text(rows.slice(offset, len)),
            Column::Null(rows) => Column::Null(len.min(rows.saturating_sub(offset))),
            Column::Unsupported { len: rows, found } => {
                Column::Unsupported { len: len.min(rows.saturating_sub(offset)), found }
            }
        }
    }

    /// The value of a row: missing where it is null or NaN, and beyond the end. A decimal of more digits than
    /// [`Decimal`](crate::money::Decimal) holds reads as the nearest float, a point in time beyond what [`Timestamp`]
    /// holds as a text.
    pub fn scalar(&self, row: usize) -> Scalar {
        match self {
            Column::F64(rows) => rows.get(row).into(),
            Column::F32(rows) => rows.get(row).map(f64::from).into(),
            Column::I8(rows) => rows.get(row).map(i64::from).into(),
            Column::I16(rows) => rows.get(row).map(i64::from).into(),
            Column::I32(rows) => rows.get(row).into(),
            Column::I64(rows) => rows.get(row).into(),
            Column::U8(rows) => rows.get(row).map(u64::from).into(),
            Column::U16(rows) => rows.get(row).map(u64::from).into(),
            Column::U32(rows) => rows.get(row).map(u64::from).into(),
            Column::U64(rows) => rows.get(row).into(),
            Column::Decimal128(rows) => {
                rows.get(row).map_or(Scalar::Missing, |mantissa| rows.scalar_of(mantissa))
            }
            Column::Bool(rows) => rows.get(row).into(),
            Column::Date32(rows) => rows.get(row).map(Date::from_days).into(),
            Column::Timestamp(rows) => rows.get(row).map_or(Scalar::Missing, |count| rows.scalar_of(count)),
            Column::Text(rows) => rows.get(row).map(|text| String::from_utf8_lossy(text).into_owned()).into(),
            Column::Null(_) => Scalar::Missing,
            Column::Unsupported { found, .. } => Scalar::Unsupported((*found).to_owned()),
        }
    }
}

/// Plain slices and checked values, both as a column.
macro_rules! from_values {
    ($($variant:ident: $value:ty),*) => {$(
        impl<'a> From<Values<'a, $value>> for Column<'a> {
            fn from(values: Values<'a, $value>) -> Self {
                Column::$variant(values)
            }
        }

        impl<'a> From<&'a [$value]> for Column<'a> {
            fn from(values: &'a [$value]) -> Self {
                Column::$variant(values.into())
            }
        }
    )*};
}

from_values!(F64: f64, F32: f32, I8: i8, I16: i16, I32: i32, I64: i64, U8: u8, U16: u16, U32: u32, U64: u64);

impl<'a> From<&'a [Option<&'a str>]> for Column<'a> {
    fn from(strs: &'a [Option<&'a str>]) -> Self {
        Column::Text(strs.into())
    }
}

impl<'a> From<TextColumn<'a>> for Column<'a> {
    fn from(text: TextColumn<'a>) -> Self {
        Column::Text(text)
    }
}

impl<'a> From<BoolColumn<'a>> for Column<'a> {
    fn from(values: BoolColumn<'a>) -> Self {
        Column::Bool(values)
    }
}

impl<'a> From<DecimalColumn<'a>> for Column<'a> {
    fn from(values: DecimalColumn<'a>) -> Self {
        Column::Decimal128(values)
    }
}

impl<'a> From<TimestampColumn<'a>> for Column<'a> {
    fn from(values: TimestampColumn<'a>) -> Self {
        Column::Timestamp(values)
    }
}
