//! Fields and conditions over them: what plans, policies and rules test about a customer.
//!
//! A document declares [fields](FieldSet) and writes conditions as a tree of tests. The tree is read with its places
//! (`syntax`) and bound to the fields (`bind`), so that every name and operand is checked once; then it is evaluated
//! by Kleene's three-valued logic. There are two evaluators: over the values of one record (`condition`), which
//! defines the result, and over blocks of columns as bit masks (`column_condition`), which is only faster. A
//! `Criterion` is a condition together with what an unknown outcome means.
//!
//! To decide over columns: bind the fields once (`FieldSet::bind_columns`), make each criterion ready for them
//! (`Criterion::over`), and on each thread load one `Block` after the other and ask which of its rows pass.

mod bind;
mod block;
mod cel;
mod cell;
mod cells;
mod column_condition;
mod column_term;
mod columns;
mod condition;
mod criterion;
mod expression;
mod fault;
mod masks;
mod parts;
mod region;
mod schema;
mod seen;
mod shared;
mod shared_columns;
mod shared_text;
mod span;
mod syntax;
mod term;
mod text;
mod trace;
mod typed;
mod value;

#[cfg(test)]
mod bind_tests;
#[cfg(test)]
pub(crate) mod column_fixtures;
#[cfg(test)]
mod column_tests;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod text_tests;

pub(crate) use block::Block;
pub(crate) use columns::Columns;
pub(crate) use condition::{Condition, Slots};
pub(crate) use criterion::{ColumnCriterion, Criterion, UnknownWord, Where};
pub use expression::Expression;
pub(crate) use masks::RowBits;
pub(crate) use region::{Change, Cuboid, Index, Nearest, Region, Space, Steps, Want};
pub(crate) use schema::FieldEntry;
pub use schema::{Field, FieldSet, FieldType};
pub(crate) use seen::Seen;
pub(crate) use shared::{NodeId, Shared};
pub(crate) use shared_columns::{ColumnShared, SharedBlock};
pub(crate) use syntax::{Literal, Syntax};
pub(crate) use trace::TestTrace;
pub(crate) use value::Value;
