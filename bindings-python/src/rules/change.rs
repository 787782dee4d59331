//! What would have to change for a rule to match.

use cpcfit::rules::{FieldChange, SmallestChange};
use cpcfit::{Record, RuleSet};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::explanation::python_value;

/// Rules and a record that they were asked of.
pub(super) struct Asked {
    pub(super) rules: RuleSet,
    pub(super) record: Record,
}

/// The smallest change for which a rule would match: the fewest fields, each with the nearest value; `print` it to read
/// it.
///
/// Of changes of as few fields it is the one with the fewest comparisons of something computed; then the nearest, counted
/// in the thresholds of the condition that lie between; then that of the fields that the condition tests first.
///
/// Attributes:
///     status: `certain`, where with the values the rule matches; `possible`, where comparisons of something computed have
///         to hold too; `never`, where the condition contradicts itself; or `unknown`, where it is too large to tell.
///     changes: What has to change, in the order in which the condition tests it first.
#[pyclass(frozen, name = "SmallestChange", module = "cpcfit")]
pub(crate) struct PySmallestChange {
    #[pyo3(get)]
    status: &'static str,
    #[pyo3(get)]
    changes: Vec<Py<PyFieldChange>>,
    text: String,
}

impl PySmallestChange {
    pub(super) fn new(py: Python<'_>, rules: &RuleSet, change: &SmallestChange) -> PyResult<Self> {
        let own = |change| Py::new(py, PyFieldChange::new(py, rules, change)?);
        Ok(Self {
            status: change.status().id(),
            changes: change.changes().iter().map(own).collect::<PyResult<_>>()?,
            text: change.to_string(),
        })
    }

    pub(super) fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (dict, changes) = (PyDict::new(py), PyList::empty(py));
        for change in self.changes.iter().map(Py::get) {
            let own = PyDict::new(py);
            own.set_item("tested", &change.tested)?;
            own.set_item("expected", &change.expected)?;
            own.set_item("actual", change.actual.as_deref())?;
            own.set_item("value", &change.value)?;
            changes.append(own)?;
        }
        dict.set_item("status", self.status)?;
        dict.set_item("changes", changes)?;
        Ok(dict)
    }
}

#[pymethods]
impl PySmallestChange {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("SmallestChange({}: {})", self.status, self.text)
    }
}

/// A field that has to change, or a comparison of something computed that has to hold.
///
/// Attributes:
///     tested: The field; of something computed the whole comparison as text.
///     expected: What is expected, such as `> 300`, amounts in major units, or `missing`; of a whole comparison that it is
///         `true`.
///     actual: The value that the record has as text, texts in quotes; None where it is missing. Of a comparison its
///         outcome.
///     value: The value nearest to the one that the record has, of those that are expected: a threshold where it is in,
///         else the next number beyond; of texts the first that the field lists, or else the first of all. None for a
///         comparison, and where it has to be missing.
#[pyclass(frozen, name = "FieldChange", module = "cpcfit")]
pub(crate) struct PyFieldChange {
    #[pyo3(get)]
    tested: String,
    #[pyo3(get)]
    expected: String,
    #[pyo3(get)]
    actual: Option<String>,
    #[pyo3(get)]
    value: Py<PyAny>,
    text: String,
}

impl PyFieldChange {
    fn new(py: Python<'_>, rules: &RuleSet, change: &FieldChange) -> PyResult<Self> {
        let value = change
            .value()
            .map_or_else(|| Ok(py.None()), |value| python_value(py, rules, value).map(Bound::unbind));
        Ok(Self {
            tested: change.tested().to_owned(),
            expected: change.expected().to_owned(),
            actual: change.actual().map(str::to_owned),
            value: value?,
            text: change.to_string(),
        })
    }
}

#[pymethods]
impl PyFieldChange {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("FieldChange({})", self.text)
    }
}
