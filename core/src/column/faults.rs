//! What was wrong in the rows of columns, counted by column and code.

use std::collections::BTreeMap;

use super::{OnError, Options, Refused, Scalar};
use crate::error::{Code, Error, Problem, Result};

/// Problems of rows, each with its count and first rows.
#[derive(Debug, Default)]
pub(crate) struct RowFaults {
    faults: BTreeMap<(String, Code), Problem>,
    first_row: usize,
}

impl RowFaults {
    /// Faults of a batch whose first row has that number.
    pub(crate) fn new(first_row: usize) -> Self {
        Self { faults: BTreeMap::new(), first_row }
    }

    /// A value that is no number of base units.
    pub(crate) fn refused(
        &mut self,
        column: &str,
        base: &str,
        refused: Refused,
        row: usize,
        found: impl FnOnce() -> Scalar,
    ) {
        self.note(column, refused.code(), row, || refused.problem(column, &found(), base));
    }

    /// Counts a problem of a row; of one path and code, the first is shown.
    pub(crate) fn note(&mut self, path: &str, code: Code, row: usize, new: impl FnOnce() -> Problem) {
        let row = row.saturating_add(self.first_row);
        self.faults.entry((path.to_owned(), code)).or_insert_with(new).add_rows(&[row], 1);
    }

    /// Takes a problem whose rows are counted already.
    pub(crate) fn take(&mut self, problem: Problem) {
        let key = (problem.path().to_owned(), problem.code());
        match self.faults.get_mut(&key) {
            Some(known) => known.absorb(&problem),
            None => {
                self.faults.insert(key, problem);
            }
        }
    }

    /// The faults of all pieces in order: as an error where the call asks for one, and else to be handed on.
    pub(crate) fn finish(pieces: impl IntoIterator<Item = Self>, options: &Options) -> Result<Vec<Problem>> {
        let mut all = Self::default();
        pieces.into_iter().flat_map(|piece| piece.faults.into_values()).for_each(|problem| all.take(problem));
        match options.on_error {
            OnError::Raise if !all.faults.is_empty() => Err(Error::data(all.faults.into_values().collect())),
            _ => Ok(all.faults.into_values().collect()),
        }
    }
}
