//! Rules and scoring for customer-product-channel fit.
#![forbid(unsafe_code)]

pub mod column;
pub mod document;
pub mod error;
pub mod money;
