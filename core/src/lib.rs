//! Rules and scoring for customer-product-channel fit.
#![forbid(unsafe_code)]

pub mod column;
pub mod document;
pub mod error;
pub mod expr;
pub mod fit;
pub mod money;
pub mod tariff;

pub use column::{Batch, Column, Date, OnError, Options, Record, Scalar, Simd};
pub use document::{Document, Node, Value};
pub use error::{Error, ErrorKind, Problem, Result};
pub use fit::{FitPolicy, Funnel, Matches, PackageFit, Status};
pub use money::{Currency, Decimal, Money};
pub use tariff::{Bill, Catalog, Offer, Quote, Usage};
