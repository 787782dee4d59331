//! One block of rows: the values of every used slot.

use fearless_simd::Level;

use super::cells::Slot;
use super::columns::{Bound, Columns};
use super::fault::Fault;
use super::masks::RowBits;
use crate::column::{BLOCK, RowFaults};

/// The values of the rows of so many words, by default of a [`BLOCK`]. Each thread has its own, which it loads again and again.
#[derive(Clone, Debug)]
pub(crate) struct Block<'c, const W: usize = { BLOCK / 64 }> {
    columns: &'c Columns<'c>,
    start: usize,
    rows: RowBits<W>,
    invalid: RowBits<W>,
    slots: Vec<Slot<'c, W>>,
    level: Option<Level>,
}

impl<'c, const W: usize> Block<'c, W> {
    /// A block without rows yet.
    pub(crate) fn new(columns: &'c Columns<'c>, level: Option<Level>) -> Self {
        let slots = columns.slots.iter().map(|bound| Slot::new(bound.as_ref())).collect();
        let (rows, invalid) = (RowBits::NONE, RowBits::NONE);
        Self { columns, start: 0, rows, invalid, slots, level }
    }

    /// Reads the rows from `start` on, a block or what is left, and notes their data errors.
    pub(crate) fn load(&mut self, start: usize, faults: &mut RowFaults) {
        self.start = start;
        self.rows = RowBits::first(self.columns.rows.saturating_sub(start).min(64 * W));
        self.invalid = RowBits::NONE;
        for (bound, slot) in self.columns.slots.iter().zip(&mut self.slots) {
            let Some(Bound { field, name, column: Some(column) }) = bound else { continue };
            let unfit =
                slot.read(column, start, self.rows, (field.kind(), self.columns.minor_per_major), self.level);
            if let Some(default) = field.usage_default() {
                slot.settle_usage(&unfit, default);
                continue;
            }
            let mut note = |row: usize, fault: Fault| {
                self.invalid.set(row);
                let problem = || fault.problem(field, name, &column.scalar(start + row).to_string());
                faults.note(name, fault.code(), start + row, problem);
            };
            if !field.may_be_missing() && !slot.missing.is_empty() {
                slot.missing.and(self.rows).rows().for_each(|row| note(row, Fault::Missing));
            }
            for (row, fault) in unfit {
                slot.missing.set(row);
                note(row, fault);
            }
        }
    }

    /// The rows that the block has.
    pub(crate) fn rows(&self) -> RowBits<W> {
        self.rows
    }

    /// The rows that have a data error; what conditions say about them means nothing.
    pub(crate) fn invalid(&self) -> RowBits<W> {
        self.invalid
    }

    /// The number of the first row within the batch.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The instruction set of its kernels.
    pub(super) fn level(&self) -> Option<Level> {
        self.level
    }

    pub(super) fn slot(&self, slot: usize) -> Option<&Slot<'c, W>> {
        self.slots.get(slot)
    }
}
