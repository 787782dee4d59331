//! Usage columns, block by block, as lanes of whole base units.

use fearless_simd::Level;

use crate::column::{
    BLOCK, Batch, Column, Options, Refused, RowFaults, fill_units, find_column, holds_units,
};
use crate::error::{Problem, data, tariff as code};
use crate::expr::RowBits;
use crate::money::{MAX_MINOR, Money};

use super::catalog::Catalog;
use super::lanes::Lanes;
use super::plan::Plan;
use super::usage::overflow;

/// A quantity's column with its ratio and default; without a column every row has the default.
struct Source<'a> {
    name: String,
    base: Box<str>,
    column: Option<Column<'a>>,
    ratio: u64,
    default: Option<f64>,
}

/// The columns of a batch that a catalogue needs, checked once.
pub(crate) struct UsageColumns<'a> {
    meters: Vec<Source<'a>>,
    given: Vec<Source<'a>>,
}

impl<'a> UsageColumns<'a> {
    /// Finds the columns; missing ones and wrong types are reported.
    #[expect(clippy::cast_precision_loss, reason = "defaults are below 2^53")]
    pub(crate) fn bind(
        catalog: &Catalog,
        batch: &Batch<'a>,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut source = |id: &str, base: &str, ratio: u64, default: Option<u64>| {
            let name = options.column_of(id).to_owned();
            let column = find_numbers(batch, id, default.is_some(), options, problems);
            Source { name, base: base.into(), column, ratio, default: default.map(|default| default as f64) }
        };
        let meters = catalog.meters().iter();
        let meters = meters.map(|meter| source(&meter.id, &meter.base, meter.ratio, meter.default)).collect();
        let minor = catalog.currency().minor_per_major().unsigned_abs();
        let given = catalog.given().iter();
        let given = given
            .map(|given| {
                let default = given.default.map(|default| default.minor().unsigned_abs());
                source(&given.id, "minor units", minor, default)
            })
            .collect();
        Self { meters, given }
    }

    /// Fills `out` with the rows from `start` on.
    pub(crate) fn gather(&self, start: usize, rows: usize, out: &mut Gathered, faults: &mut RowFaults) {
        out.begin(rows);
        let level = out.level;
        for ((source, lanes), largest) in self.meters.iter().zip(&mut out.usage).zip(&mut out.largest) {
            source.fill(start, rows, level, lanes, &mut out.invalid, faults);
            *largest = largest_of(lanes);
        }
        out.largest_given = 0.0;
        out.has_given = self.given.iter().any(Source::counts);
        if !out.has_given {
            return;
        }
        out.given.fill(0.0);
        for source in &self.given {
            source.fill(start, rows, level, &mut out.scratch, &mut out.invalid, faults);
            for (sum, amount) in out.given.iter_mut().zip(out.scratch.iter()) {
                // Sums beyond 2^53 round to at least 2^53 and are found below.
                *sum += amount;
            }
        }
        out.largest_given = largest_of(&out.given);
        #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
        if out.largest_given > MAX_MINOR as f64 {
            for (row, sum) in out.given.iter_mut().enumerate() {
                if *sum > MAX_MINOR as f64 {
                    *sum = 0.0;
                    out.invalid.set(row);
                    faults.note("given", code::OVERFLOW, start.saturating_add(row), || {
                        overflow("given charges")
                    });
                }
            }
            out.largest_given = largest_of(&out.given);
        }
    }
}

impl Source<'_> {
    /// Whether any row can have more than nothing.
    fn counts(&self) -> bool {
        self.column.is_some() || self.default.is_some_and(|default| default > 0.0)
    }

    fn fill(
        &self,
        start: usize,
        rows: usize,
        level: Option<Level>,
        lanes: &mut Lanes,
        invalid: &mut RowBits,
        faults: &mut RowFaults,
    ) {
        let Some(column) = &self.column else {
            lanes.fill(self.default.unwrap_or(0.0));
            return;
        };
        let (used, rest) = lanes.split_at_mut(rows.min(BLOCK));
        rest.fill(0.0);
        fill_units(column, start, self.ratio, level, used, |row, refused| {
            if let (Refused::Missing, Some(default)) = (refused, self.default) {
                return default;
            }
            invalid.set(row);
            let row = start.saturating_add(row);
            faults.refused(&self.name, &self.base, refused, row, || column.scalar(row));
            0.0
        });
    }
}

/// The column of numbers that holds a field. It may be absent if it is optional and `columns` does not name it.
pub(crate) fn find_numbers<'a>(
    batch: &Batch<'a>,
    id: &str,
    optional: bool,
    options: &Options,
    problems: &mut Vec<Problem>,
) -> Option<Column<'a>> {
    let name = options.column_of(id);
    let column = find_column(batch, name, optional && !options.columns.contains_key(id), problems)?;
    if holds_units(&column) {
        return Some(column);
    }
    let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
    problems.push(problem.with_found(column.type_name()).with_expected("numbers"));
    None
}

/// The largest lane; sixteen running maxima make vectors possible.
#[inline(always)]
fn largest_of(lanes: &Lanes) -> f64 {
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let mut running = [0.0; 16];
    for chunk in lanes.as_chunks::<16>().0 {
        for (largest, value) in running.iter_mut().zip(chunk) {
            *largest = larger(*largest, *value);
        }
    }
    running.into_iter().fold(0.0, larger)
}

/// The lanes of one block.
pub(crate) struct Gathered {
    pub(crate) rows: usize,
    /// The instruction set; `None` for the reference evaluator.
    pub(crate) level: Option<Level>,
    pub(crate) usage: Vec<Lanes>,
    pub(crate) largest: Vec<f64>,
    pub(crate) given: Box<Lanes>,
    pub(crate) largest_given: f64,
    /// Whether any row of the block may have given charges; otherwise their lanes mean nothing.
    pub(crate) has_given: bool,
    /// Rows that cannot be billed; their lanes hold zeros.
    pub(crate) invalid: RowBits,
    scratch: Box<Lanes>,
}

impl Gathered {
    pub(crate) fn new(catalog: &Catalog, level: Option<Level>) -> Self {
        let meters = catalog.meters().len();
        Self {
            rows: 0,
            level,
            usage: vec![[0.0; BLOCK]; meters],
            largest: vec![0.0; meters],
            given: Box::new([0.0; BLOCK]),
            largest_given: 0.0,
            has_given: false,
            invalid: RowBits::NONE,
            scratch: Box::new([0.0; BLOCK]),
        }
    }

    /// Takes lanes that were gathered before as a full block of rows that can be billed.
    pub(crate) fn take_lanes<'l>(
        &mut self,
        usage: impl Iterator<Item = Option<&'l Lanes>>,
        given: Option<&Lanes>,
    ) {
        self.begin(BLOCK);
        for ((lanes, largest), taken) in self.usage.iter_mut().zip(&mut self.largest).zip(usage) {
            if let Some(taken) = taken {
                *lanes = *taken;
            }
            *largest = largest_of(lanes);
        }
        if let (true, Some(given)) = (self.has_given, given) {
            *self.given = *given;
            self.largest_given = largest_of(given);
        }
    }

    fn begin(&mut self, rows: usize) {
        self.rows = rows;
        self.invalid = RowBits::NONE;
    }

    /// Marks the rows whose bill on some plan is beyond the largest amount; `start` is the block's first row.
    pub(crate) fn mark_overflows(&mut self, catalog: &Catalog, start: usize, faults: &mut RowFaults) {
        let mut units = Vec::with_capacity(self.usage.len());
        let known_invalid = self.invalid;
        for (plan, lanes) in catalog.plans().iter().zip(catalog.lanes()) {
            // A bill never falls with usage, so the largest quantities together bound every row.
            if lanes.is_safe(&self.largest, self.largest_given) || self.bounds_fit(catalog, plan, &mut units)
            {
                continue;
            }
            for row in 0..self.rows {
                let given = self.row(row, &mut units);
                if plan.total(catalog.rounding(), &units, given).is_none() && !known_invalid.get(row) {
                    self.invalid.set(row);
                    faults.note(plan.id(), code::OVERFLOW, start.saturating_add(row), || overflow(plan.id()));
                }
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lanes hold integers below 2^53"
    )]
    fn bounds_fit(&self, catalog: &Catalog, plan: &Plan, units: &mut Vec<u64>) -> bool {
        units.clear();
        units.extend(self.largest.iter().map(|largest| *largest as u64));
        let given = Money::from_minor(super::lanes::minor(self.largest_given)).unwrap_or_default();
        plan.total(catalog.rounding(), units, given).is_some()
    }

    /// A row's quantities and given charges as the reference evaluator takes them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lanes hold integers below 2^53"
    )]
    pub(crate) fn row(&self, row: usize, units: &mut Vec<u64>) -> Money {
        units.clear();
        units.extend(self.usage.iter().map(|lanes| lanes.get(row).map_or(0, |units| *units as u64)));
        let given = if self.has_given { self.given.get(row).copied().unwrap_or_default() } else { 0.0 };
        Money::from_minor(super::lanes::minor(given)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A default stands in for an absent column, not for one that the caller names and the data lack.
    #[test]
    fn a_named_column_must_be_there() {
        let catalog = Catalog::from_text(
            "{cpcfit: 1, kind: catalogue, id: a, version: 1, currency: {code: CNY, exponent: 2},
              rounding: {stage: line, mode: half_up, step: 0.01}, meters: {n: {unit: n, base: n, default: 0}},
              plans: [{id: p, fee: 1, charges: {n: {overage: 1}}}]}",
        )
        .unwrap();
        let batch = [Batch::new(1)];
        assert!(catalog.sum_columns(&batch, &Options::default()).is_ok());
        let columns = [("n".to_owned(), "nope".to_owned())].into();
        let error = catalog.sum_columns(&batch, &Options { columns, ..Options::default() }).unwrap_err();
        assert_eq!(
            (error.problems()[0].code().id(), error.problems()[0].path()),
            ("data.missing_column", "nope")
        );
    }
}
