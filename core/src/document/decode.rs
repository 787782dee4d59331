//! Decoding nodes into values, gathering every problem on the way.

use std::sync::Arc;

use super::fields::Declare;
use super::header::Header;
use super::node::{Node, Span};
use super::shape::{Shape, Shapes};
use super::text::Document;
use crate::error::{Code, Error, Place, Problem, Result, document as code};

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
    pub(crate) path: Arc<str>,
    pub(crate) span: Option<Span>,
    /// The part of a text that is meant, where the value is a text with parts.
    part: Option<Part>,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    text: Arc<str>,
    start: usize,
    end: usize,
}

impl At {
    /// The same path at another place.
    pub(crate) fn with_span(self, span: Option<Span>) -> Self {
        Self { span, ..self }
    }

    /// A problem at this place.
    pub(crate) fn problem(&self, code: Code, message: impl Into<String>) -> Problem {
        let problem = Problem::new(code, &*self.path, message).at(self.place());
        match &self.part {
            Some(part) => part.quoted(problem),
            None => problem,
        }
    }

    /// The bytes from `start` to `end` of the text that stands here; where that is in the document is only made out
    /// for a problem, as it takes a look at all of the text.
    pub(crate) fn part(&self, text: &Arc<str>, start: usize, end: usize) -> Self {
        let part = Some(Part { text: Arc::clone(text), start, end });
        Self { path: Arc::clone(&self.path), span: self.span, part }
    }

    fn place(&self) -> Option<Place> {
        let span = self.span?;
        let within = self.part.as_ref().and_then(|part| place_within(span, &part.text, part.start));
        Some(within.unwrap_or(span.start))
    }
}

impl Part {
    fn quoted(&self, mut problem: Problem) -> Problem {
        problem.quote_part(&self.text, self.start, self.end);
        problem
    }
}

/// Where a byte of a text stands in the document, if the text stands there as it is on one line, plain or in quotes.
fn place_within(span: Span, text: &str, start: usize) -> Option<Place> {
    let width = span.end.column.checked_sub(span.start.column)?;
    let quotes = width.checked_sub(text.chars().count())?;
    // Escapes would be wider than what they stand for.
    if span.start.line != span.end.line || !matches!(quotes, 0 | 2) || text.contains('\n') {
        return None;
    }
    let before = text.get(..start)?.chars().count();
    let column = span.start.column.saturating_add(before).saturating_add(quotes / 2);
    Some(Place { line: span.start.line, column })
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

/// How many problems of one document are listed; a hostile one may have any number.
const MAX_PROBLEMS: usize = 200;

/// How many problems are looked for at all.
pub(crate) const ENOUGH_PROBLEMS: usize = 2000;

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
        At { path: self.path.as_str().into(), span: node.span, part: None }
    }

    /// What was read alone, or every problem.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T> {
        match read {
            Some(read) if self.problems.is_empty() => Ok(read),
            _ => Err(Error::document(self.problems)),
        }
    }

    /// Takes a problem.
    pub(crate) fn report(&mut self, problem: Problem) {
        if self.problems.len() < ENOUGH_PROBLEMS {
            self.problems.push(problem);
        }
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
    let mut problems = document.duplicates().to_vec();
    problems.append(&mut decoder.problems);
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
        let more = problems.len().saturating_sub(MAX_PROBLEMS);
        problems.truncate(MAX_PROBLEMS);
        let lines: Vec<&str> = self.source().unwrap_or_default().lines().collect();
        for problem in &mut problems {
            problem.quote(&lines, problem.found().map_or(1, marked_width));
        }
        if more > 0 {
            let message = format!("at least {more} more problems are not listed");
            problems.push(
                Problem::new(code::TOO_MANY_PROBLEMS, "", message).with_expected("those above mended first"),
            );
        }
        Error::document(problems)
    }
}

/// How many characters the mark covers: what was found, without the marks around it.
fn marked_width(found: &str) -> usize {
    if found.starts_with('`') { found.chars().count().saturating_sub(2) } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_listed_up_to_a_limit() {
        let keys: Vec<String> = (0..300).map(|key| format!("unknown-{key}: 1")).collect();
        let text = format!("cpcfit: 1\nkind: catalogue\n{}", keys.join("\n"));
        let error = {
            struct Nothing;
            impl Declare for Nothing {
                const NAME: &'static str = "Nothing";
                const ABOUT: &'static str = "A document without keys of its own.";
                fn declare(fields: &mut crate::document::Fields<'_>) -> Option<Self> {
                    Header::fields(fields, "catalogue").map(|_| Self)
                }
            }
            impl Kind for Nothing {
                const KIND: &'static str = "catalogue";
            }
            let document = Document::parse(&text).unwrap();
            decode_document(&document, |read: Nothing, _| Some(read)).map(drop).unwrap_err()
        };
        let last = error.problems().last().unwrap();
        assert_eq!((error.problems().len(), last.code()), (MAX_PROBLEMS + 1, code::TOO_MANY_PROBLEMS));
    }
}
