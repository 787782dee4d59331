//! The values of one slot in one block, converted from its column to the form that the tests read.

use super::columns::Bound;
use super::masks::RowBits;
use super::schema::FieldType;
use super::fault::Fault;
use super::value::{exact_minor, integer_minor, minor_units, nearest_minor};
use crate::column::{BLOCK, Column, DecimalColumn, Values, nearest_f64};
use crate::money::MAX_DIGITS;

/// The values of a slot; where one is missing, its cell means nothing.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) missing: RowBits,
    pub(super) cells: Cells,
}

#[derive(Clone, Debug)]
pub(super) enum Cells {
    /// Nothing to hold: no column, or text, which the tests read where it is.
    Elsewhere,
    Numbers(Box<[f64; BLOCK]>),
    Integers(Box<[i64; BLOCK]>),
    Booleans(RowBits),
}

/// A row of the block with what is wrong with its value.
pub(super) type Faulty = (usize, Fault);

impl Slot {
    /// Cells for the type of the field, all missing until read. Usage without a column is its default for good.
    pub(super) fn new(bound: Option<&Bound<'_>>) -> Self {
        let (missing, cells) = match bound {
            None => (RowBits::ALL, Cells::Elsewhere),
            Some(Bound { field, column: None, .. }) => match field.usage_default().flatten() {
                Some(default) => (RowBits::NONE, Cells::Numbers(Box::new([default; BLOCK]))),
                None => (RowBits::ALL, Cells::Elsewhere),
            },
            Some(Bound { field, .. }) => (RowBits::ALL, Cells::of(field.kind())),
        };
        Self { missing, cells }
    }

    /// Reads the `rows` of the column that begin at `start`; the rows returned have values that cannot be used.
    pub(super) fn read(
        &mut self,
        column: &Column<'_>,
        start: usize,
        rows: RowBits,
        minor_per_major: i64,
    ) -> Vec<Faulty> {
        for (index, word) in self.missing.0.iter_mut().enumerate() {
            *word = column.null_word(start + index * 64);
        }
        self.missing = self.missing.or(RowBits::ALL.and_not(rows));
        match &mut self.cells {
            Cells::Elsewhere => Vec::new(),
            Cells::Numbers(cells) => {
                fill_numbers(cells, column, start);
                let nan = RowBits::of(cells, f64::is_nan);
                let infinite = RowBits::of(cells, f64::is_infinite).and_not(self.missing);
                self.missing = self.missing.or(nan);
                infinite.rows().map(|row| (row, Fault::NotFinite)).collect()
            }
            Cells::Integers(cells) => {
                let mut amounts = Amounts { cells, missing: &mut self.missing, faults: Vec::new(), start };
                amounts.fill(column, minor_per_major);
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
                if let Some(cell) = cells.get_mut(row) {
                    *cell = default;
                }
            }
            self.missing = RowBits::NONE;
        }
    }
}

impl Cells {
    fn of(kind: FieldType) -> Self {
        match kind {
            FieldType::Number => Cells::Numbers(Box::new([0.0; BLOCK])),
            FieldType::Money | FieldType::Date => Cells::Integers(Box::new([0; BLOCK])),
            FieldType::Boolean => Cells::Booleans(RowBits::NONE),
            FieldType::String => Cells::Elsewhere,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is meant")]
fn fill_numbers(cells: &mut [f64; BLOCK], column: &Column<'_>, start: usize) {
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
        | Column::Text(_)
        | Column::Null(_)
        | Column::Unsupported { .. } => {}
    }
}

/// Only the first rows are written where the column ends within the block.
fn fill<T: Copy>(cells: &mut [f64; BLOCK], values: Values<'_, T>, start: usize, convert: impl Fn(T) -> f64) {
    let values = values.values().get(start..).unwrap_or_default();
    for (cell, value) in cells.iter_mut().zip(values) {
        *cell = convert(*value);
    }
}

/// Minor units or days of a block, being read.
struct Amounts<'s> {
    cells: &'s mut [i64; BLOCK],
    missing: &'s mut RowBits,
    faults: Vec<Faulty>,
    start: usize,
}

impl Amounts<'_> {
    fn fill(&mut self, column: &Column<'_>, minor_per_major: i64) {
        let float = |major: f64| match major.is_nan() {
            true => Err(Fault::Missing),
            false => nearest_minor(major, minor_per_major),
        };
        let integer = |major: i128| integer_minor(major, minor_per_major);
        match column {
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
            Column::Date32(values) => self.each(*values, |value| Ok(value.into())),
            Column::Decimal128(values) => {
                self.each(values.mantissas(), |mantissa| decimal_minor(mantissa, values, minor_per_major));
            }
            Column::Bool(_) | Column::Text(_) | Column::Null(_) | Column::Unsupported { .. } => {}
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

/// As a record would read it: exactly where a `Decimal` holds it, else by the nearest float.
fn decimal_minor(mantissa: i128, column: &DecimalColumn<'_>, minor_per_major: i64) -> Result<i64, Fault> {
    let short = mantissa.unsigned_abs() < 10_u128.pow(MAX_DIGITS) && column.scale() <= MAX_DIGITS;
    if short {
        exact_minor(mantissa, column.scale(), minor_per_major)
    } else {
        minor_units(&column.scalar_of(mantissa), minor_per_major)
    }
}
