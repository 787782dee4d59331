//! What went wrong, where, and how to mend it: all problems of a document or of a data set at once.
//!
//! [`Error`] is the one error type of the crate. It holds every [`Problem`] that was found; each has a stable
//! [`Code`], a path, the place in the text where there was a text, what was found and what was expected.

mod codes;
mod nearest;
mod problem;

use std::fmt;

pub use codes::{Code, CodeEntry, codes};
pub(crate) use codes::{contact, data, document, expr, fit, rules, scoring, tariff};
pub(crate) use nearest::{nearest, one_of};
pub use problem::{Place, Problem};

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether the documents or the data are to be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A document (catalogue, policy, ...) is wrong: its author mends it.
    Document,
    /// Customers' data, or the arguments of a call, are wrong: the caller mends them.
    Data,
}

/// Every problem of a document or of a call.
///
/// `Display` lists them all, one a line; the alternate form `{:#}` adds the source line with a mark under the place.
///
/// ```
/// let error = cpcfit::Catalog::from_text("cpcfit: 1\nkind: catalog").unwrap_err();
/// assert_eq!(error.problems()[0].code().id(), "document.wrong_kind");
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Error(Box<Repr>);

#[derive(Clone, Debug, PartialEq)]
struct Repr {
    kind: ErrorKind,
    problems: Vec<Problem>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self(Box::new(Repr { kind, problems }))
    }

    pub(crate) fn document(problems: Vec<Problem>) -> Self {
        Self::new(ErrorKind::Document, problems)
    }

    /// Problems of data or arguments, at least one.
    pub fn data(problems: Vec<Problem>) -> Self {
        Self::new(ErrorKind::Data, problems)
    }

    /// Whether a document or the data are to be mended.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// All problems, in the order of the document or of the columns; never empty.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// The same error without customers' values, for logs: every `found` of a data problem reads `***`.
    #[must_use]
    pub fn masked(&self) -> Self {
        let problems = self.problems().iter().map(Problem::masked).collect();
        match self.kind() {
            ErrorKind::Document => self.clone(),
            kind @ ErrorKind::Data => Self::new(kind, problems),
        }
    }

    /// A native value that is no data at all, such as a function, under the name of its field.
    pub fn unsupported_value(path: &str, found: &str, expected: &str) -> Self {
        let problem = Problem::new(data::WRONG_TYPE, path, "the value has the wrong type");
        Self::data(vec![problem.with_found(found).with_expected(expected)])
    }

    /// A column that a caller names and its data lack, with the nearest of the names there are.
    pub fn missing_column<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let problem = Problem::new(data::MISSING_COLUMN, name, "the column is missing");
        Self::data(vec![problem.suggest(nearest(name, known))])
    }

    /// A column of the result that the call was told to leave out, and how it would be there.
    pub fn left_out_column(name: &str, expected: &str) -> Self {
        let problem = Problem::new(data::MISSING_COLUMN, name, "the call left out this column of the result");
        Self::data(vec![problem.with_expected(expected)])
    }

    /// Joins two errors of one call, for callers that pass data in blocks. Problems with the same code and path
    /// become one whose rows are added up.
    #[must_use]
    pub fn merged(mut self, later: Self) -> Self {
        for problem in later.0.problems {
            let known = self.0.problems.iter_mut().find(|known| known.is_same(&problem));
            match known {
                Some(known) => known.absorb(&problem),
                None => self.0.problems.push(problem),
            }
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems = self.problems();
        if problems.len() > 1 {
            write!(f, "{} problems:", problems.len())?;
        }
        for (number, problem) in problems.iter().enumerate() {
            if problems.len() > 1 {
                write!(f, "\n{}. ", number.saturating_add(1))?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
