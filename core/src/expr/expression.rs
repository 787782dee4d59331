//! A condition by itself: read from text or from the tree of a document, and written as text.

use std::fmt;

use super::cel::{quoted, write_name};
use super::syntax::Syntax;
use crate::document::{Decode, Decoder, Node};
use crate::error::Result;

/// A condition as written, not yet bound to fields.
///
/// Documents take conditions as text and as trees; both say the same:
/// ```
/// use cpcfit::expr::Expression;
/// use cpcfit::{Document, Node};
///
/// let text = Expression::parse("arpu>80&&!(brand in ['a','b'])")?;
/// assert_eq!(text.to_string(), "arpu > 80 && !(brand in [\"a\", \"b\"])");
/// let document = Document::parse("all: [{field: arpu, gt: 80}, {field: brand, not_in: [a, b]}]")?;
/// assert_eq!(Expression::from_node(document.root())?.to_string(), text.to_string());
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(Syntax);

impl Expression {
    /// Reads a text in the subset of CEL that documents take.
    ///
    /// # Errors
    /// `expr.bad_syntax`, `expr.wrong_operator` or `expr.too_deep`; names and types are checked where it is bound.
    pub fn parse(text: &str) -> Result<Self> {
        Self::from_node(&Node::text(text))
    }

    /// A field's id as text, in backticks where it needs them.
    pub(crate) fn name(id: &str) -> String {
        let mut name = String::new();
        // Writing to a string does not fail.
        let _ = write_name(&mut name, id);
        name
    }

    /// A text in quotes.
    pub(crate) fn text(text: &str) -> String {
        quoted(text)
    }

    /// Reads a condition as a document has it, text or tree.
    ///
    /// # Errors
    /// What is wrong with its form; names and types are checked where it is bound.
    pub fn from_node(node: &Node) -> Result<Self> {
        let mut decoder = Decoder::default();
        let syntax = Syntax::decode(node, &mut decoder);
        decoder.finish(syntax).map(Self)
    }
}

/// The condition as text in one form: spaces, double quotes, and no parentheses that change nothing.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_text())
    }
}
