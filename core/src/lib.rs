//! Rules and scoring for customer-product-channel (CPC) fit: exact bills of every customer on every plan, and the best plan
//! within control ratios, with the reason.
//!
//! # First use
//! ```
//! use cpcfit::{Catalog, Usage};
//!
//! let catalog = Catalog::from_text(
//!     "
//! cpcfit: 1
//! kind: catalogue
//! id: example
//! version: 1
//! currency: {code: CNY, exponent: 2}
//! rounding: {stage: line, mode: half_up, step: 0.01}
//! meters:
//!   voice: {unit: min, base: s, units: {min: 60}}
//! plans:
//!   - {id: small, fee: 38, charges: {voice: {allowance: 50, overage: 0.25}}}
//!   - {id: large, fee: 58, charges: {voice: {allowance: 200, overage: 0.19}}}
//! ",
//! )?;
//! let quote = catalog.quote(&Usage::from([("voice", 140.0)]))?;
//! let best = quote.cheapest_first()[0];
//! assert_eq!((best.plan().id(), catalog.currency().format(best.total())), ("large", "58.00".to_owned()));
//! # Ok::<(), cpcfit::Error>(())
//! ```
//!
//! # The tour
//! - [`Catalog`]: plans from a [`Document`]. [`Catalog::bill`] gives the lines of one [`Bill`], [`Catalog::quote`] the totals on every
//!   plan; [`Catalog::bill_columns`] and [`Catalog::sum_columns`] do it for everyone.
//! - [`FitPolicy`] and [`PackageFit`]: the best plan within bounds, for one customer ([`PackageFit::record`]), with reasons
//!   ([`PackageFit::explain`]), and for columns ([`PackageFit::columns`]).
//! - [`RuleSet`]: segments, routing and other decisions as rules, for one customer ([`RuleSet::decide`]), with every test
//!   ([`RuleSet::explain`]), for rows that a service keeps ([`RuleSet::row`]), and for columns ([`RuleSet::decide_columns`]).
//! - [`ContactPolicy`]: whether customers may be contacted now, and else from when on: [`ContactPolicy::check`] for one,
//!   [`ContactPolicy::check_columns`] for all.
//! - [`RuleSet`]: rules and decision tables. [`RuleSet::decide`] for a record, [`RuleSet::row`] for services, [`RuleSet::decide_columns`] for
//!   everyone, [`RuleSet::explain`] for the reason, [`RuleSet::test`] for the tests of the document.
//! - [`Record`] is one customer; [`Batch`] is borrowed [`Column`]s in Arrow's layouts, with [`Options`] for threads, SIMD and bad rows.
//! - [`Decimal`], [`Money`], [`Currency`]: exact amounts. See the modules below for the rest.
//!
//! Every model is immutable, `Send + Sync` and cheap to clone: load it at start-up and share it between threads.
//!
//! # Errors
//! One type, [`Error`], with every [`Problem`] at once: a stable code, the place, what was found and what was expected. Nothing panics.
//!
//! # Features
//! `yaml` (default) reads documents in YAML, without it text is JSON; `csv` (default) reads price and decision tables.
#![forbid(unsafe_code)]

pub mod column;
pub mod document;
pub mod error;
pub mod expr;
pub mod fit;
pub mod money;
pub mod rules;
pub mod scoring;
pub mod tariff;

pub use column::{Batch, Column, Date, OnError, Options, Record, Scalar, Simd, Timestamp};
pub use document::{Document, Node};
pub use error::{Error, ErrorKind, Problem, Result};
pub use fit::{FitPolicy, Funnel, Matches, PackageFit, Status};
pub use money::{Currency, Decimal, Money};
pub use rules::{ContactPolicy, Decision, Decisions, RuleSet};
pub use scoring::{Framework, Score, Scores};
pub use tariff::{Bill, Catalog, Offer, Quote, Usage};

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
