//! Arguments that the calls over frames share.

use std::collections::{BTreeMap, BTreeSet};

use cpcfit::{Date, OnError, Options, Simd};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateAccess, PyString};

use crate::error::Raise as _;
use crate::scalar::description;

/// How a call over a frame is carried out.
pub(crate) fn options(
    py: Python<'_>,
    columns: Option<BTreeMap<String, String>>,
    threads: Option<usize>,
    on_error: &str,
    simd: Option<&str>,
) -> PyResult<Options> {
    let on_error = match on_error {
        "raise" => OnError::Raise,
        "null" => OnError::Null,
        other => {
            return Err(PyValueError::new_err(format!(
                "`on_error` is \"raise\" or \"null\", not \"{other}\""
            )));
        }
    };
    let simd = simd.map(Simd::named).transpose().or_raise(py)?;
    Ok(Options {
        threads: threads.unwrap_or(0),
        simd: simd.unwrap_or_default(),
        on_error,
        columns: columns.unwrap_or_default(),
        ..Options::default()
    })
}

/// The columns that hold these fields, and the column of ids.
pub(crate) fn wanted<'a>(
    fields: impl Iterator<Item = &'a str>,
    options: &'a Options,
    id: Option<&'a str>,
) -> Vec<&'a str> {
    let columns = fields.map(|field| options.columns.get(field).map_or(field, String::as_str));
    columns.chain(id).collect::<BTreeSet<_>>().into_iter().collect()
}

/// A date, or its text in the form YYYY-MM-DD.
pub(crate) fn date(value: &Bound<'_, PyAny>) -> PyResult<Date> {
    if let Ok(text) = value.cast::<PyString>() {
        return text
            .to_str()?
            .parse()
            .map_err(|problem: cpcfit::column::DateError| PyValueError::new_err(problem.to_string()));
    }
    let Ok(date) = value.cast::<PyDate>() else {
        return Err(PyTypeError::new_err(format!("expected a date, not {}", description(value)?)));
    };
    Date::from_ymd(date.get_year(), date.get_month().into(), date.get_day().into())
        .ok_or_else(|| PyValueError::new_err("no such day"))
}

/// The instruction sets that `simd` may name on this machine, `"auto"` and `"off"` first and the best last.
#[pyfunction]
pub(crate) fn simd_levels() -> Vec<&'static str> {
    Simd::available().into_iter().map(Simd::name).collect()
}
