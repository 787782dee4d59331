//! The generated suite: 100,000 cases whose lines have one digest in Rust, Python and JavaScript.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test stops where something is not as it should be, and what it casts is small"
)]

mod support;

use std::fmt::Write as _;

use cpcfit::document::Document;
use cpcfit::{Catalog, Error, FitPolicy, OnError, Options, PackageFit, Record, Result, Simd};
use sha2::{Digest, Sha256};
use support::columns::batch;
use support::draw::{CATALOGUES, CUSTOMERS, Case, Column, draw, dump, owned, scalar};

/// The digest of that name in `tests/generated/golden.txt`.
fn golden(name: &str) -> String {
    let text = include_str!("../../tests/generated/golden.txt");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("golden.txt has no `{name}`")).trim().to_owned()
}

#[test]
fn inputs_are_those_of_every_language() {
    let mut digest = Sha256::new();
    for index in 0..CATALOGUES {
        digest.update(dump(&draw(index)) + "\n");
    }
    assert_eq!(format!("{:x}", digest.finalize()), golden("inputs"));
}

#[test]
fn results_are_those_of_every_language() {
    let mut digest = Sha256::new();
    for index in 0..CATALOGUES {
        let case = draw(index);
        let engine = Engine::new(&case).unwrap_or_else(|error| panic!("catalogue {index}: {error}"));
        for row in 0..CUSTOMERS {
            digest.update(engine.line(&case, row) + "\n");
        }
    }
    assert_eq!(format!("{:x}", digest.finalize()), golden("results"));
}

#[test]
fn columns_give_the_same_lines_at_every_simd_level() {
    // Without optimisation the kernels are slow: a tenth will do there.
    let step = if cfg!(debug_assertions) { 10 } else { 1 };
    for index in (0..CATALOGUES).step_by(step) {
        let case = draw(index);
        let engine = Engine::new(&case).unwrap();
        let lines: Vec<String> = (0..CUSTOMERS).map(|row| without_codes(&engine.line(&case, row))).collect();
        for simd in Simd::available() {
            let options = Options { threads: 1, simd, on_error: OnError::Null, ..Options::default() };
            assert_eq!(engine.column_lines(&case, &options), lines, "SIMD level {}", simd.name());
        }
    }
}

/// Pieces of work, chunks of a data set and threads: far more rows than a block, cut where no block ends.
#[test]
fn chunks_and_threads_change_nothing() {
    const TIMES: usize = 700;
    for index in (0..CATALOGUES).step_by(50) {
        let case = draw(index);
        let engine = Engine::new(&case).unwrap();
        let short: Vec<_> = case.columns.iter().map(|column| (column.name.clone(), owned(column))).collect();
        let long = case.columns.iter().map(|column| {
            let values = column.values.iter().cycle().take(TIMES * CUSTOMERS).cloned().collect();
            (column.name.clone(), owned(&Column { name: column.name.clone(), values, ..*column }))
        });
        let long: Vec<_> = long.collect();
        let (short, long) = (batch(&short).unwrap(), batch(&long).unwrap());
        let chunks = [long.slice(0, 1023), long.slice(1023, 40_001), long.slice(41_024, TIMES * CUSTOMERS)];
        let options = |threads| Options { threads, on_error: OnError::Null, ..Options::default() };
        let (once, once_totals) = (
            engine.fit.columns(std::slice::from_ref(&short), &options(1)).unwrap(),
            engine.catalog.bill_columns(std::slice::from_ref(&short), &options(1)).unwrap(),
        );
        for threads in [1, 3] {
            let matches = engine.fit.columns(&chunks, &options(threads)).unwrap();
            let totals = engine.catalog.bill_columns(&chunks, &options(threads)).unwrap();
            assert!(matches.status == once.status.repeat(TIMES) && matches.plan == once.plan.repeat(TIMES));
            assert!(matches.total == once.total.repeat(TIMES));
            assert!(matches.present_total == once.present_total.repeat(TIMES));
            assert!(matches.present_fee == once.present_fee.repeat(TIMES));
            assert!(totals.valid == once_totals.valid.repeat(TIMES));
            for (long, short) in totals.plans.iter().zip(&once_totals.plans) {
                assert!(*long == short.repeat(TIMES));
            }
            for status in cpcfit::Status::ALL {
                assert_eq!(matches.funnel.count(status), once.funnel.count(status) * TIMES as u64);
            }
            let sums = engine.catalog.sum_columns(&chunks, &options(threads)).unwrap();
            let expected = once_totals
                .plans
                .iter()
                .map(|plan| plan.iter().map(|total| i128::from(*total)).sum::<i128>());
            assert_eq!(sums, expected.map(|sum| sum * TIMES as i128).collect::<Vec<_>>());
        }
    }
}

struct Engine {
    catalog: Catalog,
    fit: PackageFit,
}

impl Engine {
    fn new(case: &Case) -> Result<Self> {
        let catalog = Catalog::from_document(&Document::from_node(case.catalogue.clone())?)?;
        let policy = FitPolicy::from_document(&Document::from_node(case.policy.clone())?)?;
        let fit = PackageFit::new(&catalog, &policy)?;
        Ok(Self { catalog, fit })
    }

    fn line(&self, case: &Case, row: usize) -> String {
        let record = |columns: &[Column]| -> Record {
            columns.iter().map(|column| (column.name.as_str(), scalar(&column.values[row]))).collect()
        };
        let quote = self.catalog.quote(&record(&case.columns[..case.usage]));
        let quote = quote.map(|quote| joined(quote.totals().iter().map(|total| total.minor())));
        let found = self.fit.record(&record(&case.columns)).map(|found| {
            let plan = found.plan().map_or("-", |plan| plan.id());
            let total = found.total().map_or_else(|| "-".to_owned(), |total| total.minor().to_string());
            format!("{} {plan} {total}", found.status().id())
        });
        let (quote, found) =
            (quote.unwrap_or_else(|error| codes(&error)), found.unwrap_or_else(|error| codes(&error)));
        format!("{},{row}|{quote}|{found}", case.index)
    }

    fn column_lines(&self, case: &Case, options: &Options) -> Vec<String> {
        let owned: Vec<_> = case.columns.iter().map(|column| (column.name.clone(), owned(column))).collect();
        let (usage, all) = (batch(&owned[..case.usage]).unwrap(), batch(&owned).unwrap());
        let totals = self.catalog.bill_columns(&[usage], options).unwrap();
        let matches = self.fit.columns(&[all], options).unwrap();
        let line = |row: usize| {
            let mut line = format!("{},{row}|", case.index);
            if totals.valid[row] {
                line += &joined(totals.plans.iter().map(|plan| plan[row]));
            } else {
                line.push('!');
            }
            let status = cpcfit::Status::ALL[usize::from(matches.status[row])];
            let plan = usize::try_from(matches.plan[row]).map_or("-", |plan| self.catalog.plans()[plan].id());
            match (status.id(), matches.total[row]) {
                ("invalid", _) => line.push_str("|!"),
                (status, total @ 0..) => write!(line, "|{status} {plan} {total}").unwrap(),
                (status, _) => write!(line, "|{status} {plan} -").unwrap(),
            }
            line
        };
        (0..CUSTOMERS).map(line).collect()
    }
}

fn joined(totals: impl Iterator<Item = i64>) -> String {
    totals.map(|total| total.to_string()).collect::<Vec<_>>().join(" ")
}

fn codes(error: &Error) -> String {
    let problems = error.problems().iter();
    let mut codes: Vec<_> =
        problems.map(|problem| format!("{}:{}", problem.code().id(), problem.path())).collect();
    codes.sort();
    format!("!{}", codes.join(","))
}

/// The line with errors told only as `!`, as columns tell them.
fn without_codes(line: &str) -> String {
    let parts = line.split('|').map(|part| if part.starts_with('!') { "!" } else { part });
    parts.collect::<Vec<_>>().join("|")
}
