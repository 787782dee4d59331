//! Conditions as text: a strict subset of the Common Expression Language (CEL).
//!
//! `token` and `parse` make a tree without types (`ast`), which prints back to the same text; binding gives it the types of
//! the fields.

mod ast;
mod parse;
mod print;
mod token;

#[cfg(test)]
mod differential;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(super) use ast::{Ast, Kind, Operator, Range, quoted, write_name};
pub(super) use parse::parse;

use crate::document::At;
use crate::error::{Code, Problem, expr as code};

#[derive(Clone, Debug, PartialEq)]
struct Details {
    range: Range,
    code: Code,
    message: String,
    found: Option<String>,
    expected: Option<String>,
    suggestion: Option<String>,
}

/// What is wrong with a part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault(Box<Details>);

impl Fault {
    fn syntax(range: Range, message: impl Into<String>) -> Self {
        Self::new(code::BAD_SYNTAX, range, message)
    }

    pub(super) fn new(code: Code, range: Range, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Details { range, code, message, found: None, expected: None, suggestion: None }))
    }

    fn code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    pub(super) fn found(mut self, found: impl Into<String>) -> Self {
        self.0.found = Some(found.into());
        self
    }

    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    pub(super) fn suggest(mut self, suggestion: Option<&str>) -> Self {
        self.0.suggestion = suggestion.map(str::to_owned);
        self
    }

    /// The problem of this fault in a text of a document.
    pub(super) fn problem(self, at: &At, text: &Arc<str>) -> Problem {
        let Details { range, code, message, found, expected, suggestion } = *self.0;
        let mut problem = at.part(text, range.start, range.end).problem(code, message);
        if let Some(found) = found {
            problem = problem.with_found(found);
        }
        if let Some(expected) = expected {
            problem = problem.with_expected(expected);
        }
        problem.suggest(suggestion.as_deref())
    }
}
