//! Package fit over columns: the batches are bound once, then their pieces are worked on by threads.

use crate::column::{BLOCK, Batch, Options, Piece, RowFaults, distinct, find_column, pieces, run, take};
use crate::error::{Error, Problem, Result, data, nearest};
use crate::expr::{ColumnCriterion, Columns, RowBits};
use crate::tariff::{CUSTOMER_NAMES, UsageColumns};

use super::block::Worker;
use super::current::CurrentColumn;
use super::matches::{Funnel, Matches, Status};
use super::package::PackageFit;
use super::present::PresentColumn;
use super::sorted::{CHUNK, CHUNK_PAYS, Spare};

/// Everything of a batch that the decision reads, bound once.
pub(super) struct Bound<'c> {
    pub(super) usage: UsageColumns<'c>,
    pub(super) current: CurrentColumn<'c>,
    /// The column most like `current_plan`, where there is none of that name.
    pub(super) misspelt: Option<String>,
    pub(super) present_total: PresentColumn<'c>,
    pub(super) present_fee: PresentColumn<'c>,
    pub(super) columns: Columns<'c>,
}

/// The criteria over the columns of a batch.
pub(super) struct Criteria<'c> {
    pub(super) candidates: Option<ColumnCriterion<'c>>,
    /// By plan of the catalogue.
    pub(super) eligibility: Vec<Option<ColumnCriterion<'c>>>,
}

impl PackageFit {
    /// The best plan of every customer. Each batch is a chunk of the same data.
    ///
    /// The columns are those of [`PackageFit::inputs`], by these names or as `options.columns` maps them. Rows give the
    /// same results as [`PackageFit::record`], whatever the options.
    ///
    /// # Errors
    /// Missing columns and wrong types; with [`OnError::Raise`](crate::OnError::Raise) also every row that cannot be
    /// used.
    pub fn columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Matches> {
        let bound = self.bind_all(batches, options)?;
        let criteria: Vec<Criteria<'_>> = bound.iter().map(|bound| self.criteria(&bound.columns)).collect();
        let mut matches = Matches::of_rows(batches.iter().map(Batch::len).sum(), self.present_bill);
        let level = options.simd.level();
        let parts = split(&mut matches, pieces(batches));
        let spare = Spare::default();
        let results = run(options, parts, |(piece, mut out)| {
            let mut faults = RowFaults::new(options.first_row.saturating_add(piece.offset));
            let mut funnel = Funnel::default();
            if let (Some(bound), Some(criteria)) = (bound.get(piece.batch), criteria.get(piece.batch)) {
                let mut worker = Worker::new(self, bound, criteria, level);
                let mut start = piece.start;
                if let (Some(offered), Some(_), CHUNK_PAYS..) = (&self.inner.offered, level, out.status.len())
                {
                    spare.lend(self, |sorted| {
                        while out.status.len() >= CHUNK_PAYS {
                            let rows = CHUNK.min(out.status.len() / BLOCK * BLOCK);
                            let mut out = out.next(rows);
                            worker.chunk(start, sorted, offered, &mut out, &mut faults, &mut funnel);
                            start = start.saturating_add(rows);
                        }
                    });
                }
                while !out.status.is_empty() {
                    let rows = BLOCK.min(out.status.len());
                    worker.block(start, &mut out.next(rows), &mut faults, &mut funnel);
                    start = start.saturating_add(rows);
                }
            }
            (funnel, faults)
        });
        let mut all_faults = Vec::with_capacity(results.len());
        for (funnel, faults) in results {
            matches.funnel += funnel;
            all_faults.push(faults);
        }
        matches.problems = RowFaults::finish(all_faults, options)?;
        Ok(matches)
    }

    fn bind_all<'c>(&'c self, batches: &'c [Batch<'_>], options: &'c Options) -> Result<Vec<Bound<'c>>> {
        let fields = self.inner.fields.iter().map(crate::expr::Field::id);
        let known = self.catalog().inputs().chain(fields).chain(CUSTOMER_NAMES);
        let mut problems = options.check_names(known);
        let bound: Vec<_> =
            batches.iter().filter_map(|batch| self.bind_one(batch, options, &mut problems)).collect();
        if problems.is_empty() { Ok(bound) } else { Err(Error::data(distinct(problems))) }
    }

    fn bind_one<'c>(
        &'c self,
        batch: &'c Batch<'_>,
        options: &'c Options,
        problems: &mut Vec<Problem>,
    ) -> Option<Bound<'c>> {
        let inner = &*self.inner;
        let usage = UsageColumns::bind(&inner.catalog, batch, options, problems);
        let name = options.column_of("current_plan");
        let renamed = options.columns.contains_key("current_plan");
        let column = find_column(batch, name, !renamed, problems);
        // A misspelt column looks like customers without a plan; the problem of such a row then says so.
        let misspelt = if column.is_none() { nearest(name, batch.names()).map(str::to_owned) } else { None };
        let found = column.as_ref().map(|column| column.type_name().to_owned());
        let current = CurrentColumn::new(column, &inner.index);
        if let (None, Some(found)) = (&current, found) {
            let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
            problems.push(problem.with_found(found).with_expected("ids of plans as text, codes or integers"));
        }
        let minor = inner.catalog.currency().minor_per_major().unsigned_abs();
        let present_total = PresentColumn::bind(batch, "present_total", minor, options, problems);
        let present_fee = PresentColumn::bind(batch, "present_fee", minor, options, problems);
        let columns = match inner.fields.bind_columns(&inner.used, batch, &options.columns) {
            Ok(columns) => Some(columns),
            Err(error) => {
                problems.extend(error.problems().iter().cloned());
                None
            }
        };
        Some(Bound { usage, current: current?, misspelt, present_total, present_fee, columns: columns? })
    }

    fn criteria<'c>(&'c self, columns: &'c Columns<'c>) -> Criteria<'c> {
        let plans = self.catalog().plans().iter();
        Criteria {
            candidates: self.inner.candidates.as_ref().map(|candidates| candidates.over(columns)),
            eligibility: plans
                .map(|plan| plan.eligibility().map(|criterion| criterion.over(columns)))
                .collect(),
        }
    }
}

/// The rows of a piece's output that are still to be written.
pub(super) struct Output<'t> {
    pub(super) status: &'t mut [u8],
    pub(super) plan: &'t mut [i32],
    pub(super) total: &'t mut [i64],
    pub(super) present_total: &'t mut [i64],
    pub(super) present_fee: &'t mut [i64],
}

impl<'t> Output<'t> {
    fn next(&mut self, rows: usize) -> Output<'t> {
        Output {
            status: take(&mut self.status, rows),
            plan: take(&mut self.plan, rows),
            total: take(&mut self.total, rows),
            present_total: take(&mut self.present_total, rows),
            present_fee: take(&mut self.present_fee, rows),
        }
    }

    /// The block that begins at a row.
    pub(super) fn part(&mut self, from: usize) -> Output<'_> {
        Output {
            status: part(self.status, from),
            plan: part(self.plan, from),
            total: part(self.total, from),
            present_total: part(self.present_total, from),
            present_fee: part(self.present_fee, from),
        }
    }

    /// Takes back what was found for some rows of a block.
    pub(super) fn strike(&mut self, rows: RowBits, status: Status) {
        for row in rows.rows() {
            if let (Some(own), Some(plan)) = (self.status.get_mut(row), self.plan.get_mut(row)) {
                (*own, *plan) = (status.code(), -1);
            }
            for amounts in [&mut *self.total, &mut *self.present_total, &mut *self.present_fee] {
                if let Some(amount) = amounts.get_mut(row) {
                    *amount = -1;
                }
            }
        }
    }
}

fn part<T>(column: &mut [T], from: usize) -> &mut [T] {
    let rest = column.get_mut(from..).unwrap_or_default();
    let rows = rest.len().min(BLOCK);
    rest.get_mut(..rows).unwrap_or_default()
}

fn split(matches: &mut Matches, pieces: Vec<Piece>) -> Vec<(Piece, Output<'_>)> {
    let mut rest = Output {
        status: &mut matches.status,
        plan: &mut matches.plan,
        total: &mut matches.total,
        present_total: &mut matches.present_total,
        present_fee: &mut matches.present_fee,
    };
    pieces.into_iter().map(|piece| (piece, rest.next(piece.rows))).collect()
}
