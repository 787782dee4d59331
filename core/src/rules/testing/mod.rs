//! Tests inside documents: inputs, what is expected of them, and how much of the rules they cover.
//!
//! `document` reads them, `check` checks them against the rest of the document, so that a test names only what there is.
//! `run` decides each on its own date by the record evaluator and compares, `why` says why an expected rule does
//! not match, `tally` counts what was met on the way. `report` and `coverage` hold all of it, and `text` shows it.

mod check;
mod coverage;
mod document;
mod report;
mod run;
mod tally;
mod text;
mod why;

#[cfg(test)]
mod load_tests;
#[cfg(test)]
mod tests;

pub(super) use check::{Known, Test, check};
pub use coverage::{CellCoverage, DefaultCoverage, RuleCoverage, TestCoverage};
pub(super) use document::TestEntry;
pub use report::{Mismatch, TestReport, TestResult};
