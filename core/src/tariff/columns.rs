//! Everyone's bill on every plan, over columns.

use fearless_simd::Level;

use crate::column::{BLOCK, Batch, Options, Piece, RowFaults, distinct, pieces, run, take};
use crate::error::{Error, Problem, Result};

use super::catalog::Catalog;
use super::gather::{Gathered, UsageColumns};
use super::lanes::{self, Lanes, Totaled};
use super::usage::CUSTOMER_NAMES;

/// Everyone's total on every plan.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Totals {
    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub problems: Vec<Problem>,
    /// For each plan of the catalogue, the totals in minor units by row; 0 where the row is invalid.
    pub plans: Vec<Vec<i64>>,
    /// Whether each row could be billed.
    pub valid: Vec<bool>,
}

/// One plan's totals of a block, by the kernel where it is exact and else by the reference.
pub(crate) fn block_totals(catalog: &Catalog, plan: usize, block: &Gathered, out: &mut Lanes) -> Totaled {
    let (Some(compiled), Some(plan)) = (catalog.lanes().get(plan), catalog.plans().get(plan)) else {
        return Totaled::Reference;
    };
    if let Some(level) = block.level
        && compiled.is_safe(&block.largest, block.largest_given)
    {
        let given = block.has_given.then_some(&*block.given);
        compiled.totals(level, &block.usage, given, out);
        return Totaled::Lanes;
    }
    let mut units = Vec::with_capacity(block.usage.len());
    for (row, out) in out.iter_mut().enumerate().take(block.rows) {
        let given = block.row(row, &mut units);
        // Rows beyond the largest amount were marked before and count nothing.
        *out = plan.total(catalog.rounding(), &units, given).map_or(0.0, lanes::lane);
    }
    Totaled::Reference
}

impl Catalog {
    /// Everyone's bill on every plan: one column of totals in minor units for each plan.
    ///
    /// The columns are the meters and given charges by their ids, or as `options.columns` maps them; columns that the
    /// catalogue does not name are ignored. Each batch is a chunk of the same data.
    ///
    /// # Errors
    /// Missing columns and wrong types; with [`OnError::Raise`](crate::OnError::Raise) also every row that cannot be billed.
    ///
    /// ```
    /// # let catalog = cpcfit::Catalog::from_text(include_str!("../../../examples/models/prepaid.yaml"))?;
    /// use cpcfit::{Batch, Column, Options};
    /// let (minutes, sms, data) = ([520.0, 0.0], [60.0, 0.0], [16.2, 0.0]);
    /// let mut batch = Batch::new(2);
    /// batch.push("minutes", Column::from(&minutes[..])).unwrap();
    /// batch.push("sms", Column::from(&sms[..])).unwrap();
    /// batch.push("data", Column::from(&data[..])).unwrap();
    /// let totals = catalog.bill_columns(&[batch], &Options::default())?;
    /// assert_eq!(totals.plans, [[4090, 2000], [7000, 7000]]);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn bill_columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Totals> {
        let bound = self.bind_batches(batches, options)?;
        let rows = batches.iter().map(Batch::len).sum();
        let mut totals = Totals {
            plans: vec![vec![0; rows]; self.plans().len()],
            valid: vec![true; rows],
            problems: Vec::new(),
        };
        let work = split(&mut totals, pieces(batches));
        let level = options.simd.level();
        let faults = run(options, work, |(piece, mut plans, valid)| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            self.each_block(&piece, &bound, level, &mut faults, |block, start| {
                let mut out = [0.0; BLOCK];
                for (index, column) in plans.iter_mut().enumerate() {
                    let how = block_totals(self, index, block, &mut out);
                    let rows = start..start.saturating_add(block.rows);
                    if let Some(column) = column.get_mut(rows) {
                        lanes::store(&out, column, how, level);
                    }
                }
                if !block.invalid.is_empty() {
                    for (row, valid) in valid.iter_mut().skip(start).take(block.rows).enumerate() {
                        *valid = !block.invalid.get(row);
                    }
                }
            });
            for column in plans {
                for (total, _) in column.iter_mut().zip(&*valid).filter(|(_, valid)| !**valid) {
                    *total = 0;
                }
            }
            faults
        });
        totals.problems = RowFaults::finish(faults, options)?;
        Ok(totals)
    }

    /// The sum of everyone's bill, for each plan in minor units: what the plan would earn if all were on it.
    ///
    /// # Errors
    /// As [`Catalog::bill_columns`]. With [`OnError::Null`](crate::OnError::Null) invalid rows count nothing.
    pub fn sum_columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Vec<i128>> {
        let bound = self.bind_batches(batches, options)?;
        let level = options.simd.level();
        let results = run(options, pieces(batches), |piece| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            let mut sums = vec![0_i128; self.plans().len()];
            self.each_block(&piece, &bound, level, &mut faults, |block, _| {
                let mut out = [0.0; BLOCK];
                for (index, sum) in sums.iter_mut().enumerate() {
                    let how = block_totals(self, index, block, &mut out);
                    if !block.invalid.is_empty() {
                        for (row, total) in out.iter_mut().enumerate() {
                            *total = if block.invalid.get(row) { 0.0 } else { *total };
                        }
                    }
                    *sum = sum.saturating_add(lanes::sum(&out, block.rows, how, level));
                }
            });
            (sums, faults)
        });
        let mut sums = vec![0_i128; self.plans().len()];
        let mut faults = Vec::with_capacity(results.len());
        for (part, fault) in results {
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum = sum.saturating_add(part);
            }
            faults.push(fault);
        }
        RowFaults::finish(faults, options)?;
        Ok(sums)
    }

    pub(crate) fn bind_batches<'a>(
        &self,
        batches: &[Batch<'a>],
        options: &Options,
    ) -> Result<Vec<UsageColumns<'a>>> {
        self.require_date()?;
        let fields = self.fields().iter().map(crate::expr::Field::id);
        let mut problems = options.check_names(self.inputs().chain(fields).chain(CUSTOMER_NAMES));
        let bind = |batch| UsageColumns::bind(self, batch, options, &mut problems);
        let bound = batches.iter().map(bind).collect();
        if problems.is_empty() { Ok(bound) } else { Err(Error::data(distinct(problems))) }
    }

    fn each_block(
        &self,
        piece: &Piece,
        bound: &[UsageColumns<'_>],
        level: Option<Level>,
        faults: &mut RowFaults,
        mut each: impl FnMut(&Gathered, usize),
    ) {
        let Some(columns) = bound.get(piece.batch) else { return };
        let mut block = Gathered::new(self, level);
        for start in (0..piece.rows).step_by(BLOCK) {
            let rows = BLOCK.min(piece.rows.saturating_sub(start));
            let first = piece.start.saturating_add(start);
            columns.gather(first, rows, &mut block, faults);
            block.mark_overflows(self, first, faults);
            each(&block, start);
        }
    }
}

type Part<'t> = (Piece, Vec<&'t mut [i64]>, &'t mut [bool]);

/// Hands each piece its part of the output.
fn split(totals: &mut Totals, pieces: Vec<Piece>) -> Vec<Part<'_>> {
    let mut plans: Vec<&mut [i64]> = totals.plans.iter_mut().map(Vec::as_mut_slice).collect();
    let mut valid: &mut [bool] = &mut totals.valid;
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let own = plans.iter_mut().map(|column| take(column, piece.rows)).collect();
        let own_valid = take(&mut valid, piece.rows);
        parts.push((piece, own, own_valid));
    }
    parts
}
