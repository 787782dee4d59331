//! The rules engine: rule sets as data, for one customer in nanoseconds and for a million by columns.
//!
//! A document (`document`) is checked as a whole (`compile`) and becomes a plan (`plan`): conditions over the slots of
//! fields, the order in which they are tried, and the outputs of every rule with its defaults filled in. The plan knows
//! nothing of the form that it was written in. The record evaluator (`decide`) defines the result; the column evaluator
//! (`columns`) computes the same in masks by blocks, where conditions share their tests. `row` is the record evaluator
//! for services that keep their rows, `explain` says why and `change` what would do, `testing` runs the tests of a document.

mod cell;
mod change;
mod check;
mod collect;
mod columns;
mod compile;
mod contact;
mod decide;
mod decided;
mod decisions;
mod document;
mod explain;
mod hit;
mod output;
mod plan;
mod population;
mod row;
mod set;
mod table;
mod testing;

#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod generated_tests;
#[cfg(test)]
mod population_tests;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

pub use change::{ChangeStatus, FieldChange, SmallestChange};
pub use check::{Check, Finding, FindingKind};
pub use contact::{
    Candidate, CandidateColumns, Contact, ContactFinding, ContactPolicy, ContactStatus, Entry, EntryKind,
    FindingStatus, MISSING_MOMENT, Verdict, Verdicts,
};
pub use decide::{Decision, DecisionStatus};
pub use decisions::{Decisions, Hits, MISSING_MINOR, OutputColumn};
pub use explain::{Explanation, RuleTrace, TestOutcome};
pub use hit::{Collect, Hit};
pub use output::Output;
pub use population::{Blocker, Population, RulePopulation};
pub use row::{Row, Slot};
pub use set::{Rule, RuleSet};
pub use testing::{
    CellCoverage, DefaultCoverage, Mismatch, RuleCoverage, TestCoverage, TestReport, TestResult,
};
