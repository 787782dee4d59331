//! Columns of names and of moments, read row by row.

use crate::column::{Batch, Column, Scalar, TextColumn, Timestamp, find_column};
use crate::error::{Problem, data};

use super::candidate::no_moment;
use super::check::lacks;
use super::clock::{Moment, Offset};
use super::vocabulary::{NONE, Vocabulary, Word};

/// Where the names of one sort are.
pub(super) enum Words<'c> {
    /// The same for all rows.
    Same(Word),
    Texts(&'c Vocabulary, TextColumn<'c>),
    /// The name of each dictionary code; codes of other texts have none.
    Codes(&'c Vocabulary, TextColumn<'c>, Vec<Option<Word>>),
    /// Integers stand for their canonical form.
    Integers(&'c Vocabulary, Column<'c>),
}

/// What is wrong with a value of a row.
pub(super) enum Fault {
    Missing,
    Unusable,
}

impl<'c> Words<'c> {
    /// The names of a column; `None` after its problem was reported.
    pub(super) fn of_column(
        words: &'c Vocabulary,
        batch: &'c Batch<'_>,
        name: &str,
        optional: bool,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let column = match find_column(batch, name, optional, problems) {
            None if optional => return Some(Self::Same(NONE)),
            column => column?,
        };
        match column {
            Column::Text(texts) => Some(match texts.as_dictionary() {
                Some((_, values)) => {
                    let word = |code| values.get(code).and_then(|text| words.word(text));
                    let by_code = (0..values.len()).map(word).collect();
                    Self::Codes(words, texts, by_code)
                }
                None => Self::Texts(words, texts),
            }),
            Column::Null(_) if optional => Some(Self::Same(NONE)),
            column => {
                if is_integer(&column) || matches!(column, Column::Null(_)) {
                    return Some(Self::Integers(words, column));
                }
                problems.push(wrong_column(name, &column, "texts"));
                None
            }
        }
    }

    /// The name of a row.
    pub(super) fn get(&self, row: usize) -> Result<Word, Fault> {
        match self {
            Self::Same(word) => Ok(*word),
            Self::Texts(words, texts) => {
                let text = texts.get(row).ok_or(Fault::Missing)?;
                words.word(text).ok_or(Fault::Unusable)
            }
            Self::Codes(_, texts, by_code) => {
                let mut code = [None];
                texts.fill_by_code(row, &mut code, |code| code);
                let [code] = code;
                match code.and_then(|code| by_code.get(code)) {
                    Some(Some(word)) => Ok(*word),
                    _ if texts.get(row).is_none() => Err(Fault::Missing),
                    _ => Err(Fault::Unusable),
                }
            }
            Self::Integers(words, column) => match column.scalar(row) {
                Scalar::Int(integer) => words.word(integer.to_string().as_bytes()).ok_or(Fault::Unusable),
                _ => Err(Fault::Missing),
            },
        }
    }

    /// The problem of a row.
    pub(super) fn problem(&self, fault: &Fault, path: &str, row: usize) -> Option<Problem> {
        let (words, found) = match self {
            Self::Same(_) => return None,
            Self::Texts(words, texts) | Self::Codes(words, texts, _) => {
                (words, texts.get(row).map(|text| String::from_utf8_lossy(text).into_owned()))
            }
            Self::Integers(words, column) => (words, Some(column.scalar(row).to_string())),
        };
        Some(match fault {
            Fault::Missing => lacks(words, path),
            Fault::Unusable => words.stranger(path, &found.unwrap_or_default()),
        })
    }
}

/// Where the moments are.
pub(super) enum Moments<'c> {
    /// The same for all rows.
    Same(Moment),
    Column(Column<'c>, Offset),
}

impl<'c> Moments<'c> {
    /// The moments of a column; `None` after its problem was reported.
    pub(super) fn of_column(
        offset: Offset,
        batch: &'c Batch<'_>,
        name: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let column = find_column(batch, name, false, problems)?;
        if matches!(column, Column::Timestamp(_) | Column::Text(_) | Column::Null(_)) {
            return Some(Self::Column(column, offset));
        }
        problems.push(wrong_column(name, &column, "moments"));
        None
    }

    /// The moment of a row.
    pub(super) fn get(&self, row: usize) -> Result<Moment, Fault> {
        match self {
            Self::Same(moment) => Ok(*moment),
            Self::Column(Column::Text(texts), offset) => {
                let text = texts.get(row).ok_or(Fault::Missing)?;
                let timestamp = std::str::from_utf8(text).ok().and_then(|text| Timestamp::parse(text).ok());
                timestamp.and_then(|timestamp| offset.moment(timestamp)).ok_or(Fault::Unusable)
            }
            Self::Column(column, offset) => match column.scalar(row) {
                Scalar::Missing => Err(Fault::Missing),
                Scalar::Timestamp(timestamp) => offset.moment(timestamp).ok_or(Fault::Unusable),
                _ => Err(Fault::Unusable),
            },
        }
    }

    /// The problem of a row.
    pub(super) fn problem(&self, fault: &Fault, path: &str, row: usize) -> Option<Problem> {
        let Self::Column(column, _) = self else { return None };
        Some(match fault {
            Fault::Missing => Problem::new(data::MISSING, path, "the moment is missing"),
            Fault::Unusable => no_moment(path, column.scalar(row).to_string().trim_matches('"')),
        })
    }
}

/// Whether a column holds integers.
pub(super) fn is_integer(column: &Column<'_>) -> bool {
    matches!(
        column,
        Column::I8(_)
            | Column::I16(_)
            | Column::I32(_)
            | Column::I64(_)
            | Column::U8(_)
            | Column::U16(_)
            | Column::U32(_)
            | Column::U64(_)
    )
}

/// A column of a type that cannot be used.
pub(super) fn wrong_column(name: &str, column: &Column<'_>, expected: &str) -> Problem {
    let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
    let found = format!("a column of type {}", column.type_name());
    problem.with_found(found).with_expected(format!("a column of {expected}"))
}
