//! The tariff engine: catalogues of plans, exact bills, quotes over all plans.
//!
//! A catalogue document is checked and compiled once ([`Catalog`]). One customer is a [`Usage`]: [`Catalog::bill`]
//! gives the lines of one plan, [`Catalog::quote`] the totals of all. Many customers are columns:
//! [`Catalog::bill_columns`] and [`Catalog::sum_columns`], whose kernel (`lanes`) works on integers in `f64` lanes and
//! hands blocks that it cannot bill exactly to the reference evaluator (`charge`).

mod bill;
mod catalog;
mod charge;
mod columns;
mod compile;
mod document;
mod gather;
mod lanes;
mod meter;
mod plan;
mod quantity;
mod quote;
mod rounding;
#[cfg(feature = "csv")]
mod table;
mod usage;

pub use crate::document::Period;
pub use bill::{Bill, Line, LineKind};
pub use catalog::Catalog;
pub use columns::Totals;
pub use meter::{GivenCharge, Meter};
pub use plan::Plan;
pub use quote::{Offer, Quote};
pub use rounding::{Rounding, Stage};
pub use usage::Usage;

pub(crate) use columns::block_totals;
pub(crate) use gather::{Gathered, UsageColumns, find_numbers};
pub(crate) use lanes::{Lanes, PlanLanes, low_bits, minor};
pub(crate) use usage::CUSTOMER_NAMES;
