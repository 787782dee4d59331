//! A kind of document described: the source of JSON Schema, TypeScript types and the reference page.

use super::decode::{Decode as _, Kind};
use super::shape::{NamedShape, Shapes};
use super::{reference, schema, typescript};

/// The description of one kind of document, made from the declaration that also reads it.
#[derive(Clone, Debug)]
pub struct DocumentKind {
    kind: &'static str,
    named: Vec<NamedShape>,
}

impl DocumentKind {
    pub(crate) fn of<K: Kind>() -> Self {
        let mut shapes = Shapes::default();
        let _ = K::shape(&mut shapes);
        Self { kind: K::KIND, named: shapes.named }
    }

    /// The word under `kind`.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// One sentence on what the document is.
    pub fn about(&self) -> &'static str {
        self.named.first().map_or("", |root| root.about)
    }

    /// The JSON Schema (draft 2020-12) as JSON text.
    pub fn json_schema(&self) -> String {
        schema::json_schema(&self.named)
    }

    /// The exported TypeScript types; the first is the document.
    pub fn typescript(&self) -> String {
        typescript::typescript(&self.named)
    }

    /// The reference page in Markdown.
    pub fn reference(&self) -> String {
        reference::reference(self.kind, &self.named)
    }
}
