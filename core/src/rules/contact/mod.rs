//! Contact policies: whether a customer may be contacted now, and else from when on.
//!
//! A document (`document`) names channels, kinds of contact and outcomes, and has four lists of entries: customers who
//! are not disturbed, quiet hours, limits, gaps. It is checked as a whole (`compile`, `overlap`). What an entry says of
//! one occasion is computed in one place (`judge`), in microseconds of the policy's own clock (`clock`); around it are
//! the record evaluator with its explanation (`check`, `finding`) and the column evaluator (`columns`), which goes through
//! the batches of candidates (`bound`) and of contacts (`history`) at once.

mod bound;
mod candidate;
mod check;
mod clock;
mod columns;
mod compile;
mod document;
mod entry;
mod finding;
mod history;
mod judge;
mod overlap;
mod policy;
mod readers;
mod verdicts;
mod vocabulary;

#[cfg(test)]
mod document_tests;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod generated_tests;
#[cfg(test)]
mod tests;

pub use bound::CandidateColumns;
pub use candidate::{Candidate, Contact};
pub use check::Verdict;
pub use entry::{Entry, EntryKind};
pub use finding::{ContactFinding, FindingStatus};
pub use policy::ContactPolicy;
pub use verdicts::{ContactStatus, MISSING_MOMENT, Verdicts};
