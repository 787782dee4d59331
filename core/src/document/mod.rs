//! Documents: text or native objects become one tree, and one declaration per kind reads and describes them.
//!
//! [`Document::parse`] reads YAML or JSON into [`Node`]s that keep their places and their numbers as written; the
//! bindings build the same nodes from native objects. Each kind of document is declared once, by a function over
//! `Fields`: run over a node it decodes and gathers every problem, run over nothing it describes, and the
//! description ([`DocumentKind`]) yields JSON Schema, TypeScript types and the reference page.

mod calendar;
mod common;
mod decode;
mod describe;
mod fields;
mod header;
mod json;
mod node;
mod reference;
mod schema;
mod shape;
#[cfg(feature = "csv")]
mod sheet;
mod text;
mod types;
mod typescript;
#[cfg(feature = "yaml")]
mod yaml;

pub use calendar::Calendar;
pub(crate) use calendar::{weekday, weekday_word};
pub(crate) use common::CurrencyEntry;
pub use common::Period;
pub(crate) use decode::{At, Decode, Decoder, ENOUGH_PROBLEMS, Kind, Located, decode_document};
pub use describe::DocumentKind;
pub(crate) use fields::{Declare, Fields};
pub(crate) use header::Header;
pub use header::{Id, Names, Version};
pub use node::{Entry, Node, Number, Span, Value};
pub(crate) use shape::{Body, Shape, Shapes, Word};
#[cfg(feature = "csv")]
pub(crate) use sheet::Sheet;
pub use text::{Document, Limits};
pub(crate) use types::{Dict, DictEntry, Integer, WordOf, Words};
