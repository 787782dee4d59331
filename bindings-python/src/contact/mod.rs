//! Contact policies: whether customers may be contacted, one or a frame of them.

mod policy;
mod verdict;
mod verdicts;

pub(crate) use policy::{PyContactEntry, PyContactPolicy};
pub(crate) use verdict::{PyContactFinding, PyContactVerdict};
pub(crate) use verdicts::PyContactVerdicts;
