//! Columns of a result: what they hold, and money as it is asked for.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
    UInt8Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// How money is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoneyAs {
    /// Exact decimals in major units.
    Decimal,
    /// Floats in major units, the nearest to the decimal.
    Float,
    /// Integers in minor units.
    Minor,
}

impl<'py> FromPyObject<'_, 'py> for MoneyAs {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let found: &str = &value.extract::<String>()?;
        match found {
            "decimal" => Ok(Self::Decimal),
            "float" => Ok(Self::Float),
            "minor" => Ok(Self::Minor),
            _ => Err(PyValueError::new_err(format!(
                "`money` is \"decimal\", \"float\" or \"minor\", not \"{found}\""
            ))),
        }
    }
}

/// A column of a result.
pub(crate) struct TableColumn {
    pub(super) field: FieldRef,
    pub(super) source: Source,
    pub(super) arrays: Vec<ArrayRef>,
}

/// Where a column is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The caller's, handed back as it is.
    Passed,
    /// Ours.
    Made,
    /// Ours, of codes that are handed out as texts.
    Codes,
}

impl TableColumn {
    /// A column of the caller's, handed back as it is.
    pub(crate) fn passed(field: FieldRef, arrays: Vec<ArrayRef>) -> Self {
        Self { field, source: Source::Passed, arrays }
    }

    /// A column of the caller's texts, by codes of our own as in `texts`.
    pub(crate) fn passed_by_codes(field: FieldRef, arrays: Vec<ArrayRef>) -> Self {
        Self { field, source: Source::Codes, arrays }
    }

    /// Values of a primitive type. Floats of missing rows are NaN, other values of missing rows mean nothing.
    pub(crate) fn values<T: ArrowPrimitiveType>(
        name: &str,
        values: impl Into<ScalarBuffer<T::Native>>,
        present: Option<NullBuffer>,
    ) -> Self {
        Self::new(name, PrimitiveArray::<T>::new(values.into(), present))
    }

    /// Points in time in microseconds.
    pub(crate) fn moments(name: &str, micros: Vec<i64>, present: Option<NullBuffer>) -> Self {
        let array = PrimitiveArray::<TimestampMicrosecondType>::new(micros.into(), present);
        Self::new(name, array.with_timezone("UTC"))
    }

    /// One of a few texts in every row; the code of missing rows is -1.
    pub(crate) fn texts(
        name: &str,
        codes: impl Into<ScalarBuffer<i32>>,
        given: Option<NullBuffer>,
        texts: Vec<&str>,
    ) -> Self {
        let codes: ScalarBuffer<i32> = codes.into();
        // Without a jump a row; Arrow's own check asks of each whether it is null.
        let (least, most) =
            codes.iter().fold((0, -1), |(least, most), code| (least.min(*code), most.max(*code)));
        let counted = given.is_none() && least < 0;
        let nulls = if counted { present(&codes, |code| *code >= 0) } else { given };
        let checked = (counted || least == 0) && usize::try_from(most).is_ok_and(|most| most < texts.len());
        let codes = PrimitiveArray::<Int32Type>::new(codes, nulls);
        let texts = Arc::new(StringArray::from(texts));
        let array = if checked {
            // SAFETY: no code is beyond the texts, and rows with a negative one are null.
            unsafe { DictionaryArray::new_unchecked(codes, texts) }
        } else {
            DictionaryArray::new(codes, texts)
        };
        Self { source: Source::Codes, ..Self::new(name, array) }
    }

    /// One of at most 255 texts in every row; codes beyond them are of missing rows.
    pub(crate) fn few_texts(name: &str, codes: impl Into<ScalarBuffer<u8>>, texts: Vec<&str>) -> Self {
        let codes: ScalarBuffer<u8> = codes.into();
        let count = u8::try_from(texts.len()).unwrap_or(u8::MAX);
        let nulls = present(&codes, |code| *code < count);
        let codes = PrimitiveArray::<UInt8Type>::new(codes, nulls);
        // SAFETY: rows with a code beyond the texts are null.
        let array = unsafe { DictionaryArray::new_unchecked(codes, Arc::new(StringArray::from(texts))) };
        Self { source: Source::Codes, ..Self::new(name, array) }
    }

    /// A text in every row, or none.
    pub(crate) fn labels<'t>(name: &str, labels: impl IntoIterator<Item = Option<&'t str>>) -> Self {
        let (mut known, mut texts) = (HashMap::new(), Vec::new());
        let mut code = |label: &'t str| {
            *known.entry(label).or_insert_with(|| {
                texts.push(label);
                i32::try_from(texts.len()).unwrap_or(i32::MAX) - 1
            })
        };
        let codes: Vec<i32> = labels.into_iter().map(|label| label.map_or(-1, &mut code)).collect();
        let present = codes.contains(&-1).then(|| codes.iter().map(|code| *code >= 0).collect());
        Self::texts(name, codes, present, texts)
    }

    /// A number in every row, or none.
    pub(crate) fn floats(name: &str, values: impl IntoIterator<Item = Option<f64>>) -> Self {
        let values: Vec<f64> = values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        let is_missing = |value: &f64| value.is_nan();
        let present =
            values.iter().any(is_missing).then(|| values.iter().map(|value| !is_missing(value)).collect());
        Self::values::<Float64Type>(name, values, present)
    }

    /// Yes or no in every row, or none.
    pub(crate) fn flags(name: &str, values: impl Into<BooleanBuffer>, present: Option<NullBuffer>) -> Self {
        Self::new(name, BooleanArray::new(values.into(), present))
    }

    /// Numbers of rows, or of something else that is counted.
    pub(crate) fn counts(name: &str, values: impl IntoIterator<Item = usize>) -> Self {
        let values: Vec<u64> = values.into_iter().map(|value| value as u64).collect();
        Self::values::<UInt64Type>(name, values, None)
    }

    /// A column of money.
    pub(crate) fn money(amounts: Amounts<'_>, exponent: u8, money: MoneyAs, threads: usize) -> Self {
        let Amounts { name, minor, present } = amounts;
        match money {
            MoneyAs::Minor => Self::values::<Int64Type>(name, minor, present),
            MoneyAs::Float => {
                let major = major_floats(&minor, present.as_ref(), exponent, threads);
                Self::values::<Float64Type>(name, major, present)
            }
            MoneyAs::Decimal => {
                let wide = by_rows(minor.len(), threads, |row| minor.get(row).copied().map_or(0, i128::from));
                let data_type = DataType::Decimal128(DECIMAL_DIGITS, exponent.cast_signed());
                let array =
                    PrimitiveArray::<Decimal128Type>::new(wide.into(), present).with_data_type(data_type);
                Self::new(name, array)
            }
        }
    }

    fn new(name: &str, array: impl Array + 'static) -> Self {
        let field = Arc::new(Field::new(name, array.data_type().clone(), true));
        Self { field, source: Source::Made, arrays: vec![Arc::new(array)] }
    }

    /// The name of the column.
    pub(crate) fn name(&self) -> &str {
        self.field.name()
    }

    pub(super) fn rows(&self) -> usize {
        self.arrays.iter().map(Array::len).sum()
    }
}

/// Amounts in minor units by row, under the name of a column.
pub(crate) struct Amounts<'a> {
    pub(crate) name: &'a str,
    pub(crate) minor: ScalarBuffer<i64>,
    pub(crate) present: Option<NullBuffer>,
}

/// Columns of money.
pub(crate) fn money_columns(
    amounts: Vec<Amounts<'_>>,
    exponent: u8,
    money: MoneyAs,
    threads: usize,
) -> Vec<TableColumn> {
    amounts.into_iter().map(|amounts| TableColumn::money(amounts, exponent, money, threads)).collect()
}

/// Which rows have a value; `None` where all do.
pub(crate) fn present<T>(values: &[T], is_present: impl Fn(&T) -> bool) -> Option<NullBuffer> {
    let (whole, rest) = values.as_chunks::<64>();
    let mut bytes = Vec::with_capacity(values.len().div_ceil(64) * 8);
    let mut flags = [0; 64];
    for rows in whole.iter().map(<[T; 64]>::as_slice).chain((!rest.is_empty()).then_some(rest)) {
        // A byte a row, in vector code; then eight rows to a byte, the first in the lowest bit.
        for (flag, value) in flags.iter_mut().zip(rows) {
            *flag = u8::from(is_present(value));
        }
        bytes.extend(flags.as_chunks::<8>().0.iter().map(|flags| packed(*flags)));
    }
    let present = NullBuffer::new(BooleanBuffer::new(bytes.into(), 0, values.len()));
    (present.null_count() > 0).then_some(present)
}

/// Eight bytes of zero or one as the bits of a byte: the product has the byte with place `n` in bit `56 + n`.
fn packed(flags: [u8; 8]) -> u8 {
    (u64::from_le_bytes(flags).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// A value for every row, made by threads (0 for all cores): the pages of new memory cost more time than the bills.
pub(super) fn by_rows<T: Copy + Send>(
    rows: usize,
    threads: usize,
    value: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let mut values: Vec<T> = Vec::with_capacity(rows);
    let fill = |rows: Range<usize>, out: &mut [MaybeUninit<T>]| {
        for (row, out) in rows.zip(out) {
            out.write(value(row));
        }
    };
    std::thread::scope(|scope| {
        let mut rest = values.spare_capacity_mut().split_at_mut(rows).0;
        for rows in parts(rows, threads) {
            let (part, after) = std::mem::take(&mut rest).split_at_mut(rows.len());
            rest = after;
            if rest.is_empty() {
                // This thread would only wait for the others.
                fill(rows, part);
            } else {
                let fill = &fill;
                scope.spawn(move || fill(rows, part));
            }
        }
    });
    // SAFETY: the parts are all the rows, each of which was written; a panic in a thread would have gone on from the scope.
    unsafe { values.set_len(rows) };
    values
}

/// The rows of each of so many threads, 0 for all cores.
pub(super) fn parts(rows: usize, threads: usize) -> impl Iterator<Item = Range<usize>> {
    let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let workers = if rows < FEW_ROWS {
        1
    } else if threads == 0 {
        all()
    } else {
        threads
    };
    let size = rows.div_ceil(workers).max(1);
    (0..rows).step_by(size).map(move |first| first..rows.min(first.saturating_add(size)))
}

/// Rows for which a thread takes longer to start than to be of use.
const FEW_ROWS: usize = 1 << 15;

/// Digits of a decimal column: more than any amount has, and few enough for 64 bits.
const DECIMAL_DIGITS: u8 = 18;

/// Amounts in major units, each the nearest float; NaN where missing, for frames that have nothing else for it.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
fn major_floats(minor: &[i64], present: Option<&NullBuffer>, exponent: u8, threads: usize) -> Vec<f64> {
    let per_major = 10_i64.pow(exponent.into()) as f64;
    let mut major =
        by_rows(minor.len(), threads, |row| minor.get(row).map_or(0.0, |minor| *minor as f64 / per_major));
    if let Some(present) = present {
        let missing = !present.inner();
        for row in missing.set_indices() {
            if let Some(value) = major.get_mut(row) {
                *value = f64::NAN;
            }
        }
    }
    major
}
