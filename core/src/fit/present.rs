//! The columns of the present bill, for customers whose current plan is not in the catalogue.

use crate::column::{BLOCK, Batch, Column, Options, Refused, RowFaults, fill_units};
use crate::error::Problem;
use crate::tariff::{Gathered, Lanes, find_numbers};

/// `present_total` or `present_fee`, where the data have it.
pub(super) struct PresentColumn<'a> {
    name: String,
    column: Option<Column<'a>>,
    ratio: u64,
}

impl<'a> PresentColumn<'a> {
    pub(super) fn bind(
        batch: &Batch<'a>,
        id: &str,
        ratio: u64,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let name = options.column_of(id).to_owned();
        let column = find_numbers(batch, id, true, options, problems);
        Self { name, column, ratio }
    }

    /// The amounts of a block, -1 where there is none; refused values are returned for the rows that need them.
    pub(super) fn fill(&self, start: usize, block: &Gathered, out: &mut Lanes) -> Vec<(usize, Refused)> {
        let mut refusals = Vec::new();
        let Some(column) = &self.column else {
            out.fill(-1.0);
            return refusals;
        };
        let (used, rest) = out.split_at_mut(block.rows.min(BLOCK));
        rest.fill(-1.0);
        fill_units(column, start, self.ratio, block.level, used, |row, refused| {
            if refused != Refused::Missing {
                refusals.push((row, refused));
            }
            -1.0
        });
        refusals
    }

    /// Counts a refused value.
    pub(super) fn refuse(&self, row: usize, refused: Refused, faults: &mut RowFaults) {
        let found = || self.column.as_ref().map_or(crate::Scalar::Missing, |column| column.scalar(row));
        faults.refused(&self.name, "minor units", refused, row, found);
    }
}
