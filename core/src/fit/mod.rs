//! Package fit: for each customer the best plan within the control ratios, and why.
//!
//! A [`FitPolicy`] document says which customers are candidates, within which bounds the total and the monthly fee
//! may change, and how plans rank. [`PackageFit`] binds it to a catalogue. [`PackageFit::record`] and
//! [`PackageFit::explain`] are the reference; [`PackageFit::columns`] gives the same for a million rows.

mod block;
mod columns;
mod current;
mod explain;
mod kernel;
mod matches;
mod package;
mod policy;
mod present;
mod ratio;
mod record;
mod sorted;

pub use explain::{Explanation, Reason, Verdict};
pub use matches::{Funnel, Matches, Status};
pub use package::PackageFit;
pub use policy::{CurrentPlan, FitPolicy, Rank};
pub use ratio::{RatioBounds, RatioKind};
pub use record::Match;
