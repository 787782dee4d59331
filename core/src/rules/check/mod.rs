//! What is wrong with rules as a whole: found before they run, under a budget.
//!
//! Conditions are read as sets of records (`expr::region`). `neighbours` finds the rules that may match the same record,
//! `analysis` what follows from it for the hit policy, `finding` is what callers get.

mod analysis;
mod finding;
mod neighbours;
#[cfg(test)]
mod tests;

pub use finding::{Check, Finding, FindingKind};
