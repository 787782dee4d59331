//! What results over frames share: which of their columns are wanted, and how many rows have which status.

use std::collections::BTreeSet;

use cpcfit::Error;
use pyo3::PyResult;
use pyo3::exceptions::PyValueError;

use super::TableColumn;

/// The columns of that names in their order, or all.
pub(crate) fn selected_columns(
    all: &[&str],
    selected: Option<&[String]>,
    column: impl Fn(&str) -> Option<TableColumn>,
) -> cpcfit::Result<Vec<TableColumn>> {
    let column = |name: &str| {
        let known = all.contains(&name).then(|| column(name)).flatten();
        known.ok_or_else(|| Error::missing_column(name, all.iter().copied()))
    };
    match selected {
        Some(names) => names.iter().map(|name| column(name)).collect(),
        None => all.iter().map(|name| column(name)).collect(),
    }
}

/// Refuses columns that would be there twice.
pub(crate) fn check_distinct<'n>(names: impl IntoIterator<Item = &'n str>) -> PyResult<()> {
    let mut known = BTreeSet::new();
    names.into_iter().find(|name| !known.insert(*name)).map_or(Ok(()), |name| {
        Err(PyValueError::new_err(format!("the result would have two columns named `{name}`")))
    })
}

/// How many rows have each of the words, which are in the order of their codes.
pub(crate) fn by_code(
    codes: &[u8],
    words: impl IntoIterator<Item = &'static str>,
) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<_> = words.into_iter().map(|word| (word, 0)).collect();
    for code in codes {
        counts.get_mut(usize::from(*code)).into_iter().for_each(|(_, rows)| *rows += 1);
    }
    counts
}

/// How many rows there are, and how many of what, such as `3 rows, 1 invalid`.
pub(crate) fn rows_of<'w>(rows: usize, counts: impl IntoIterator<Item = (&'w str, usize)>) -> String {
    let counts = counts.into_iter().filter(|(_, rows)| *rows > 0);
    let counts: Vec<_> = counts.map(|(what, rows)| format!(", {rows} {what}")).collect();
    format!("{rows} rows{}", counts.concat())
}
