//! The values of one slot in one block, converted from its column to the form that the tests read.

use std::ops::Deref;

use fearless_simd::Level;

use super::columns::Bound;
use super::fault::Fault;
use super::masks::RowBits;
use super::schema::FieldType;
use super::value::{
    date_text, exact_minor, integer_minor, midnight, minor_text, minor_units, nearest_minor, timestamp_text,
    usage_text, whole as whole_number, whole_float,
};
use crate::column::{Column, DecimalColumn, Rows, TextColumn, TimestampColumn, Values, finite};
use crate::money::{MAX_DIGITS, nearest_f64};

/// The values of a slot; where one is missing, its cell means nothing.
#[derive(Clone, Debug)]
pub(super) struct Slot<'c, const W: usize> {
    pub(super) missing: RowBits<W>,
    pub(super) cells: Cells<'c, W>,
}

#[derive(Clone, Debug)]
pub(super) enum Cells<'c, const W: usize> {
    /// Nothing to hold: no column, or text, which the tests read where it is.
    Elsewhere,
    Numbers(Lent<'c, f64, W>),
    Integers(Lent<'c, i64, W>),
    Booleans(RowBits<W>),
}

/// The values of a block, lent by a column that has them in this form, or else converted.
#[derive(Clone, Debug)]
pub(super) struct Lent<'c, T, const W: usize> {
    there: Option<&'c Rows<T, W>>,
    own: Box<Rows<T, W>>,
}

impl<'c, T: Copy, const W: usize> Lent<'c, T, W> {
    fn all(value: T) -> Self {
        Self { there: None, own: Box::new([[value; 64]; W]) }
    }

    /// Takes the block at `start`; false where the column ends within it.
    fn borrow(&mut self, values: Values<'c, T>, start: usize) -> bool {
        self.there = values.values().get(start..).and_then(|rows| rows.as_chunks().0.first_chunk());
        self.there.is_some()
    }

    /// The cells to write to.
    fn own(&mut self) -> &mut [T] {
        self.there = None;
        self.own.as_flattened_mut()
    }

    /// The cells as they are, to write to some of them.
    fn changed(&mut self) -> &mut [T] {
        if let Some(there) = self.there.take() {
            *self.own = *there;
        }
        self.own.as_flattened_mut()
    }
}

impl<T, const W: usize> Deref for Lent<'_, T, W> {
    type Target = Rows<T, W>;

    fn deref(&self) -> &Self::Target {
        self.there.unwrap_or(&self.own)
    }
}

/// A row of the block with what is wrong with its value.
pub(super) type Faulty = (usize, Fault);

impl<'c, const W: usize> Slot<'c, W> {
    /// Cells for the type of the field, all missing until read. Usage without a column is its default for good.
    pub(super) fn new(bound: Option<&Bound<'_>>) -> Self {
        let (missing, cells) = match bound {
            None => (RowBits::ALL, Cells::Elsewhere),
            Some(Bound { field, column: None, .. }) => match field.usage_default().flatten() {
                Some(default) => (RowBits::NONE, Cells::Numbers(Lent::all(default))),
                None => (RowBits::ALL, Cells::Elsewhere),
            },
            Some(Bound { field, .. }) => (RowBits::ALL, Cells::of(field.kind())),
        };
        Self { missing, cells }
    }

    /// Reads the `rows` of the column that begin at `start`; the rows returned have values that cannot be used.
    pub(super) fn read(
        &mut self,
        column: &'c Column<'c>,
        start: usize,
        rows: RowBits<W>,
        (kind, minor_per_major): (FieldType, i64),
        level: Option<Level>,
    ) -> Vec<Faulty> {
        self.missing = RowBits::ALL.and_not(rows);
        if column.may_have_nulls() {
            for (index, word) in self.missing.0.iter_mut().enumerate() {
                *word |= column.null_word(start + index * 64);
            }
        }
        match &mut self.cells {
            Cells::Elsewhere => Vec::new(),
            Cells::Numbers(cells) => {
                match column {
                    Column::F64(values) if cells.borrow(*values, start) => {}
                    Column::Text(texts) => fill_usage(cells.own(), texts, start),
                    _ => fill_numbers(cells.own(), column, start),
                }
                let unusual = RowBits::ALL.and_not(RowBits(finite(level, cells))).and_not(self.missing);
                if unusual.is_empty() {
                    return Vec::new();
                }
                let infinite = unusual.and(RowBits::among(cells, f64::is_infinite));
                self.missing = self.missing.or(unusual.and_not(infinite));
                infinite.rows().map(|row| (row, Fault::NotFinite)).collect()
            }
            Cells::Integers(cells) => {
                if kind == FieldType::Integer
                    && let Column::I64(values) = column
                    && cells.borrow(*values, start)
                {
                    return Vec::new();
                }
                let mut amounts =
                    Amounts { cells: cells.own(), missing: &mut self.missing, faults: Vec::new(), start };
                amounts.fill(column, kind, minor_per_major);
                amounts.faults
            }
            Cells::Booleans(bits) => {
                if let Column::Bool(values) = column {
                    for (index, word) in bits.0.iter_mut().enumerate() {
                        *word = values.values().word(start + index * 64);
                    }
                }
                Vec::new()
            }
        }
    }

    /// Lets usage that is missing or cannot be used be its default, where it has one.
    pub(super) fn settle_usage(&mut self, faults: &[Faulty], default: Option<f64>) {
        for (row, _) in faults {
            self.missing.set(*row);
        }
        if let (Some(default), Cells::Numbers(cells)) = (default, &mut self.cells) {
            for row in self.missing.rows() {
                if let Some(cell) = cells.changed().get_mut(row) {
                    *cell = default;
                }
            }
            self.missing = RowBits::NONE;
        }
    }
}

impl<const W: usize> Cells<'_, W> {
    fn of(kind: FieldType) -> Self {
        match kind {
            FieldType::Number => Cells::Numbers(Lent::all(0.0)),
            FieldType::Integer | FieldType::Money | FieldType::Date | FieldType::Timestamp => {
                Cells::Integers(Lent::all(0))
            }
            FieldType::Boolean => Cells::Booleans(RowBits::NONE),
            FieldType::String => Cells::Elsewhere,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
fn fill_numbers(cells: &mut [f64], column: &Column<'_>, start: usize) {
    match column {
        Column::F64(values) => fill(cells, *values, start, |value| value),
        Column::F32(values) => fill(cells, *values, start, f64::from),
        Column::I8(values) => fill(cells, *values, start, f64::from),
        Column::I16(values) => fill(cells, *values, start, f64::from),
        Column::I32(values) => fill(cells, *values, start, f64::from),
        Column::I64(values) => fill(cells, *values, start, |value| value as f64),
        Column::U8(values) => fill(cells, *values, start, f64::from),
        Column::U16(values) => fill(cells, *values, start, f64::from),
        Column::U32(values) => fill(cells, *values, start, f64::from),
        Column::U64(values) => fill(cells, *values, start, |value| value as f64),
        Column::Decimal128(values) => {
            fill(cells, values.mantissas(), start, |mantissa| nearest_f64(mantissa, values.scale()));
        }
        Column::Bool(_)
        | Column::Date32(_)
        | Column::Timestamp(_)
        | Column::Text(_)
        | Column::Null(_)
        | Column::Unsupported { .. } => {}
    }
}

/// Usage as text, NaN where it is no number: the engine that bills it reports that.
fn fill_usage(cells: &mut [f64], texts: &TextColumn<'_>, start: usize) {
    for (row, cell) in cells.iter_mut().enumerate() {
        let text = texts.get(start + row).and_then(|text| std::str::from_utf8(text).ok());
        *cell = text.and_then(usage_text).unwrap_or(f64::NAN);
    }
}

/// Only the first rows are written where the column ends within the block.
fn fill<T: Copy, U>(cells: &mut [U], values: Values<'_, T>, start: usize, convert: impl Fn(T) -> U) {
    let values = values.values().get(start..).unwrap_or_default();
    for (cell, value) in cells.iter_mut().zip(values) {
        *cell = convert(*value);
    }
}

/// Integers, minor units, days or microseconds of a block, being read.
struct Amounts<'s, const W: usize> {
    cells: &'s mut [i64],
    missing: &'s mut RowBits<W>,
    faults: Vec<Faulty>,
    start: usize,
}

impl<const W: usize> Amounts<'_, W> {
    fn fill(&mut self, column: &Column<'_>, kind: FieldType, minor_per_major: i64) {
        let whole = kind == FieldType::Integer;
        let float = |major: f64| match major {
            major if major.is_nan() => Err(Fault::Missing),
            major if whole => whole_float(major),
            major => nearest_minor(major, minor_per_major),
        };
        let integer = |major: i128| match i64::try_from(major) {
            Ok(integer) if whole => Ok(integer),
            Err(_) if whole => Err(Fault::TooLarge),
            _ => integer_minor(major, minor_per_major),
        };
        match column {
            // Whole numbers of these widths are what they are.
            Column::I8(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::I16(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::I32(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::I64(values) if whole => fill(self.cells, *values, self.start, |value| value),
            Column::U8(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::U16(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::U32(values) if whole => fill(self.cells, *values, self.start, i64::from),
            Column::Date32(values) => fill(self.cells, *values, self.start, i64::from),
            Column::F64(values) => self.each(*values, float),
            Column::F32(values) => self.each(*values, |value| float(value.into())),
            Column::I8(values) => self.each(*values, |value| integer(value.into())),
            Column::I16(values) => self.each(*values, |value| integer(value.into())),
            Column::I32(values) => self.each(*values, |value| integer(value.into())),
            Column::I64(values) => self.each(*values, |value| integer(value.into())),
            Column::U8(values) => self.each(*values, |value| integer(value.into())),
            Column::U16(values) => self.each(*values, |value| integer(value.into())),
            Column::U32(values) => self.each(*values, |value| integer(value.into())),
            Column::U64(values) => self.each(*values, |value| integer(value.into())),
            Column::Timestamp(values) if kind == FieldType::Date => {
                self.each(values.counts(), |count| {
                    micros(values, count).map_err(|_| Fault::BadDate).and_then(midnight)
                });
            }
            Column::Timestamp(values) => self.each(values.counts(), |count| micros(values, count)),
            Column::Decimal128(values) if whole => {
                self.each(values.mantissas(), |mantissa| whole_number(&values.scalar_of(mantissa)));
            }
            Column::Decimal128(values) => {
                self.each(values.mantissas(), |mantissa| decimal_minor(mantissa, values, minor_per_major));
            }
            Column::Text(texts) => {
                let convert = |text: &str| match kind {
                    FieldType::Date => date_text(text),
                    FieldType::Timestamp => timestamp_text(text),
                    _ => minor_text(text, minor_per_major),
                };
                self.each_text(texts, convert);
            }
            Column::Bool(_) | Column::Null(_) | Column::Unsupported { .. } => {}
        }
    }

    fn each_text(&mut self, texts: &TextColumn<'_>, convert: impl Fn(&str) -> Result<i64, Fault>) {
        for (row, cell) in self.cells.iter_mut().enumerate() {
            let Some(text) = texts.get(self.start + row) else { continue };
            // No date, no time and no amount has other than ASCII letters, so that lossy text is as wrong as the bytes.
            match convert(&String::from_utf8_lossy(text)) {
                Ok(converted) => *cell = converted,
                Err(fault) => self.faults.push((row, fault)),
            }
        }
    }

    fn each<T: Copy>(&mut self, values: Values<'_, T>, convert: impl Fn(T) -> Result<i64, Fault>) {
        let values = values.values().get(self.start..).unwrap_or_default();
        for (row, (cell, value)) in self.cells.iter_mut().zip(values).enumerate() {
            if self.missing.get(row) {
                continue;
            }
            match convert(*value) {
                Ok(converted) => *cell = converted,
                Err(Fault::Missing) => self.missing.set(row),
                Err(fault) => self.faults.push((row, fault)),
            }
        }
    }
}

fn micros(column: &TimestampColumn<'_>, count: i64) -> Result<i64, Fault> {
    column.unit().micros(count).ok_or(Fault::BadTimestamp)
}

/// As a record would read it: exactly where a `Decimal` holds it, else by the nearest float.
fn decimal_minor(mantissa: i128, column: &DecimalColumn<'_>, minor_per_major: i64) -> Result<i64, Fault> {
    let short = mantissa.unsigned_abs() < 10_u128.pow(MAX_DIGITS) && column.scale() <= MAX_DIGITS;
    if short {
        exact_minor(mantissa, column.scale(), minor_per_major)
    } else {
        minor_units(&column.scalar_of(mantissa), minor_per_major)
    }
}
