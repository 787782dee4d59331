//! Columns of numbers, block by block, as floats.

use crate::column::{Batch, Column, Options, Scalar, find_column};
use crate::error::{Problem, data};
use crate::money::nearest_f64;

use super::leaf::{ValueFault, finite};

/// A column of numbers. Without a column every value is missing.
pub(super) struct Input<'c> {
    pub(super) name: &'c str,
    column: Option<Column<'c>>,
}

/// The rows of a block: borrowed from the column where it holds floats of which none is null.
#[derive(Default)]
pub(super) struct Lane<'c> {
    borrowed: Option<&'c [f64]>,
    own: Vec<f64>,
}

impl Lane<'_> {
    pub(super) fn rows(&self) -> &[f64] {
        self.borrowed.unwrap_or(&self.own)
    }
}

impl<'c> Input<'c> {
    /// Finds the column of an input; without one, `optional` says whether that is a problem.
    pub(super) fn bind(
        id: &'c str,
        optional: bool,
        batch: &Batch<'c>,
        options: &'c Options,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let name = options.column_of(id);
        let column = find_column(batch, name, optional && !options.columns.contains_key(id), problems);
        if let Some(column) = &column
            && !holds_numbers(column)
        {
            let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
            problems.push(problem.with_found(column.type_name()).with_expected("numbers"));
        }
        Self { name, column }
    }

    /// The value of a row, as messages show it.
    pub(super) fn scalar(&self, row: usize) -> Scalar {
        self.column.as_ref().map_or(Scalar::Missing, |column| column.scalar(row))
    }

    /// The rows from `start` on; missing ones are NaN.
    pub(super) fn load(&self, start: usize, rows: usize, lane: &mut Lane<'c>) {
        lane.borrowed = None;
        let Some(column) = &self.column else {
            lane.own.clear();
            lane.own.resize(rows, f64::NAN);
            return;
        };
        if let Column::F64(values) = column
            && values.validity().is_none_or(|bits| bits.slice(start, rows).count_ones() == rows)
        {
            lane.borrowed = values.values().get(start..start.saturating_add(rows));
        }
        if lane.borrowed.is_none() {
            lane.own.clear();
            lane.own.extend(
                (start..start.saturating_add(rows)).map(|row| float(column, row).unwrap_or(f64::NAN)),
            );
        }
    }
}

/// The number of a row of a block.
pub(super) fn number_at(lane: &Lane<'_>, row: usize) -> Result<Option<f64>, ValueFault> {
    finite(lane.rows().get(row).copied().unwrap_or(f64::NAN))
}

fn holds_numbers(column: &Column<'_>) -> bool {
    !matches!(
        column,
        Column::Bool(_)
            | Column::Date32(_)
            | Column::Timestamp(_)
            | Column::Text(_)
            | Column::Unsupported { .. }
    )
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
#[inline]
fn float(column: &Column<'_>, row: usize) -> Option<f64> {
    match column {
        Column::F64(rows) => rows.get(row),
        Column::F32(rows) => rows.get(row).map(f64::from),
        Column::I8(rows) => rows.get(row).map(f64::from),
        Column::I16(rows) => rows.get(row).map(f64::from),
        Column::I32(rows) => rows.get(row).map(f64::from),
        Column::I64(rows) => rows.get(row).map(|value| value as f64),
        Column::U8(rows) => rows.get(row).map(f64::from),
        Column::U16(rows) => rows.get(row).map(f64::from),
        Column::U32(rows) => rows.get(row).map(f64::from),
        Column::U64(rows) => rows.get(row).map(|value| value as f64),
        Column::Decimal128(rows) => rows.get(row).map(|mantissa| nearest_f64(mantissa, rows.scale())),
        _ => None,
    }
}
