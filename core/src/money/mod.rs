//! Exact decimals, amounts in minor units, and rounding.
//!
//! A price is the [`Decimal`] that was written; an amount is [`Money`], a whole number of minor units (fen, cents).
//! Charges are exact fractions until one stated rounding makes them amounts.

// Overflow in money is an error, never a wrapped number.
#![warn(clippy::arithmetic_side_effects)]

mod amount;
mod decimal;
mod fraction;
mod rounding;

pub use amount::{Currency, MAX_MINOR, Money};
pub(crate) use decimal::nearest_f64;
pub use decimal::{Decimal, DecimalError, MAX_DIGITS};
pub use fraction::Fraction;
pub(crate) use fraction::gcd;

pub use rounding::RoundingMode;
