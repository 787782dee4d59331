//! What the shared suites need in Rust: typed values, columns that own their buffers, case files.

#![allow(dead_code, reason = "each test uses a part")]

pub mod cases;
pub mod columns;
pub mod contacts;
pub mod draw;
pub mod draw_frameworks;
pub mod explanations;
pub mod rules;

use cpcfit::{Catalog, Money};

/// An amount as the cases write it.
pub fn amount(catalog: &Catalog, money: Money) -> String {
    catalog.currency().format(money)
}
