//! Scores of groups of rows.

use std::collections::BTreeMap;

use arrow_array::types::UInt64Type;
use cpcfit::Scores;
use cpcfit::scoring::RollUp;
use pyo3::prelude::*;

use crate::error::computed;
use crate::frame::{Frame, Table, TableColumn, check_distinct};
use crate::options::{self, wanted};

/// The names of columns of keys.
#[derive(FromPyObject)]
pub(super) enum Keys {
    /// A single one.
    #[pyo3(transparent, annotation = "str")]
    One(String),
    /// Several.
    #[pyo3(transparent, annotation = "list[str]")]
    More(Vec<String>),
}

impl Keys {
    pub(super) fn names(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::More(names) => names,
        }
    }
}

/// The columns of a result behind those of the keys.
const COLUMNS: [&str; 3] = ["score", "coverage", "rows"];

/// The groups of the rows that were scored, as a frame of the kind of theirs.
pub(super) fn roll_up<'py>(
    scores: &Scores,
    frame: &Bound<'py, PyAny>,
    by: &[String],
    weight: Option<&str>,
    columns: Option<BTreeMap<String, String>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = frame.py();
    check_distinct(COLUMNS.into_iter().chain(by.iter().map(String::as_str)))?;
    let options = options::options(py, columns, None, "raise", None)?;
    let by: Vec<&str> = by.iter().map(String::as_str).collect();
    let (frame, origin) = Frame::read(frame, &wanted(by.iter().copied().chain(weight), &options, None))?;
    let table = computed(py, || {
        let found = scores.roll_up(&frame.batches(None)?, &by, weight, &options)?;
        Ok(table_columns(&by, found))
    })?;
    origin.anew(Bound::new(py, Table::new(table, 0)?)?)
}

fn table_columns(by: &[&str], found: RollUp) -> Vec<TableColumn> {
    let keys = by.iter().zip(&found.keys);
    let keys = keys.map(|(name, texts)| TableColumn::labels(name, texts.iter().map(Option::as_deref)));
    let of_groups = [
        TableColumn::floats("score", found.score.into_iter().map(Some)),
        TableColumn::floats("coverage", found.coverage.into_iter().map(Some)),
        TableColumn::values::<UInt64Type>("rows", found.rows, None),
    ];
    keys.chain(of_groups).collect()
}
