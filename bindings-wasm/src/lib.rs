//! `cpcfit` for JavaScript: handles on the core's models, conversions in and out.
//!
//! The classes here are private to the npm package: `ts/` wraps them in the API that users see, turns what is thrown into
//! error classes and hands columns over block by block.
#![forbid(unsafe_code)]

pub mod audit;
pub mod call;
pub mod catalog;
pub mod columns;
pub mod contact;
mod error;
pub mod fit;
pub mod framework;
pub mod goal;
mod model;
mod node;
pub mod population;
pub mod ranks;
mod record;
mod report;
pub mod row;
pub mod rules;
pub mod statistics;
mod value;
