//! What a declaration says about a document, as data: the source of schema, types and reference page.

/// The shape of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A text, with a pattern (ECMA-262) where its grammar is stated.
    Text { pattern: Option<&'static str>, about: &'static str },
    /// True or false.
    Bool,
    /// A whole number in a range.
    Integer { min: i64, max: i64 },
    /// An exact decimal, as a number or a text.
    Decimal,
    /// Any scalar: number, text or boolean.
    Scalar,
    /// Nothing.
    Null,
    /// A list.
    List(Box<Shape>),
    /// A mapping with free keys of one shape.
    Dict(Box<Shape>),
    /// One of some words.
    Words(&'static [Word]),
    /// The number of the format, 1.
    Format,
    /// The word of the document's kind.
    Kind(&'static str),
    /// A named record or union.
    Named(&'static str),
    /// Any of several shapes.
    OneOf(Vec<Shape>),
}

/// A word that a value may be, and what it means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    pub(crate) about: &'static str,
}

/// A key of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldShape {
    pub(crate) key: &'static str,
    pub(crate) about: &'static str,
    pub(crate) required: bool,
    pub(crate) default: Option<&'static str>,
    pub(crate) shape: Shape,
}

/// A record or a union that has a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NamedShape {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) body: Body,
}

/// What is behind a name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Body {
    /// A mapping with known keys.
    Record(Vec<FieldShape>),
    /// Any of several shapes.
    Union(Vec<Shape>),
}

/// The named shapes met so far, in the order first met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    pub(crate) named: Vec<NamedShape>,
}

impl Shapes {
    /// Describes a named shape once; a shape that refers to itself finds its own name taken.
    pub(crate) fn named(
        &mut self,
        name: &'static str,
        about: &'static str,
        describe: impl FnOnce(&mut Self) -> Body,
    ) -> Shape {
        if !self.named.iter().any(|known| known.name == name) {
            let index = self.named.len();
            self.named.push(NamedShape { name, about, body: Body::Union(Vec::new()) });
            let body = describe(self);
            if let Some(entry) = self.named.get_mut(index) {
                entry.body = body;
            }
        }
        Shape::Named(name)
    }
}
