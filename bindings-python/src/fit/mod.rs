//! Package fit: the best plan for each customer, and why.

mod explanation;
mod matches;
mod package;

pub(crate) use explanation::{PyExplanation, PyMatch, PyReason, PyVerdict};
pub(crate) use matches::{PyFunnel, PyMatches};
pub(crate) use package::{PyPackageFit, load_package_fit, package_fit};
