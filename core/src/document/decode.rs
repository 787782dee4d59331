//! Decoding nodes into values, gathering every problem on the way.

use super::fields::Declare;
use super::header::Header;
use super::node::{Node, Span};
use super::shape::{Shape, Shapes};
use super::text::Document;
use crate::error::{Code, Error, Problem, Result, document as code};

/// A value that can be read from a node and described.
///
/// `decode` reports what is wrong to the decoder and returns `None`; the caller goes on with its siblings, so that
/// one pass finds everything.
pub(crate) trait Decode: Sized {
    /// The shape, with the named shapes it uses added to `shapes`.
    fn shape(shapes: &mut Shapes) -> Shape;
    /// The value, or `None` after at least one problem was reported.
    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self>;
}

/// A kind of document: its record, and the word that stands under `kind`.
pub(crate) trait Kind: Declare {
    /// The word under `kind`.
    const KIND: &'static str;
}

/// Where a value stood, for problems that are found later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct At {
    pub(crate) path: Box<str>,
    pub(crate) span: Option<Span>,
}

impl At {
    /// A problem at this place.
    pub(crate) fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        Problem::new(code, &*self.path, message).at(self.span.map(|span| span.start))
    }
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) at: At,
}

impl<T: Decode> Decode for Located<T> {
    fn shape(shapes: &mut Shapes) -> Shape {
        T::shape(shapes)
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let at = decoder.here(node);
        T::decode(node, decoder).map(|value| Self { value, at })
    }
}

/// The problems so far and the path of the node being read.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    path: String,
    problems: Vec<Problem>,
}

impl Decoder {
    /// Runs `read` one step further down the path.
    pub(crate) fn within<T>(&mut self, segment: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push('/');
        for character in segment.chars() {
            // The escapes of JSON pointers, RFC 6901.
            match character {
                '~' => self.path.push_str("~0"),
                '/' => self.path.push_str("~1"),
                other => self.path.push(other),
            }
        }
        let result = read(self);
        self.path.truncate(length);
        result
    }

    /// The place of a node under the present path.
    pub(crate) fn here(&self, node: &Node) -> At {
        At { path: self.path.as_str().into(), span: node.span }
    }

    /// Takes a problem.
    pub(crate) fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports a problem at a node.
    pub(crate) fn problem(&mut self, node: &Node, code: Code, message: &str, expected: &str) {
        let problem = self.here(node).problem(code, message).with_found(node.shown()).with_expected(expected);
        self.report(problem);
    }

    /// Reports that a node has the wrong type.
    pub(crate) fn wrong_type<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        self.problem(node, code::WRONG_TYPE, "the value has the wrong type", expected);
        None
    }
}

/// Reads a document of one kind, then lets `check` find what only the whole can show.
pub(crate) fn decode_document<K: Kind, T>(
    document: &Document,
    check: impl FnOnce(K, &mut Vec<Problem>) -> Option<T>,
) -> Result<T> {
    let mut decoder = Decoder::default();
    let read = if Header::is_of_kind(document.root(), K::KIND, &mut decoder) {
        K::decode(document.root(), &mut decoder)
    } else {
        None
    };
    let mut problems = decoder.problems;
    let checked = read.and_then(|read| check(read, &mut problems));
    match checked {
        Some(value) if problems.is_empty() => Ok(value),
        _ => Err(document.refuse(problems)),
    }
}

impl Document {
    /// The error of a document's problems: in the order of the text, each with its line.
    pub(crate) fn refuse(&self, mut problems: Vec<Problem>) -> Error {
        problems.sort_by_key(Problem::place);
        if let Some(source) = self.source() {
            for problem in &mut problems {
                problem.quote(source, problem.found().map_or(1, marked_width));
            }
        }
        Error::document(problems)
    }
}

/// How many characters the mark covers: what was found, without the marks around it.
fn marked_width(found: &str) -> usize {
    if found.starts_with('`') { found.chars().count().saturating_sub(2) } else { 1 }
}
