//! Fit policies.

use std::path::PathBuf;

use cpcfit::document::Node;
use cpcfit::fit::FitPolicy;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::document;
use crate::error::{Raise as _, computed};

/// Which customers a plan is looked for, within which bounds, and which plan is best. Immutable, and can be pickled.
///
/// Made by `FitPolicy.read`, `parse` or `from_dict`.
///
/// Example:
///     >>> import cpcfit as cpc
///     >>> cpc.FitPolicy.from_dict({
///     ...     "cpcfit": 1, "kind": "fit-policy", "id": "spring", "version": "1",
///     ...     "total_fee_change": {"min": "0.6", "max": "1.5"},
///     ... })
///     FitPolicy(spring 1)
#[pyclass(frozen, name = "FitPolicy", module = "cpcfit")]
pub(crate) struct PyFitPolicy(pub(crate) FitPolicy);

#[pymethods]
impl PyFitPolicy {
    /// Reads a policy from a file of YAML or JSON.
    ///
    /// Args:
    ///     path: Path of the file, in UTF-8.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    ///     OSError: where the file cannot be read.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::parse(py, &document::read(path)?)
    }

    /// Reads a policy from a text of YAML or JSON.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        computed(py, || FitPolicy::from_text(text)).map(Self)
    }

    /// Reads a policy from dicts, lists and plain values.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn from_dict(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model(document, FitPolicy::from_document).map(Self)
    }

    /// The document as JSON text: reading it again gives the same policy.
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// The id of the document.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The version of the document.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    fn __repr__(&self) -> String {
        format!("FitPolicy({} {})", self.id(), self.version())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("parse")?, (self.to_json(),)))
    }
}

/// Keys of a policy as arguments of a call; `None` where the call leaves one out.
pub(crate) struct Overrides<'a, 'py> {
    pub(crate) total_fee_change: Option<&'a Bound<'py, PyAny>>,
    pub(crate) monthly_fee_change: Option<&'a Bound<'py, PyAny>>,
    pub(crate) rank: Option<&'a Bound<'py, PyAny>>,
    pub(crate) current_plan: Option<&'a Bound<'py, PyAny>>,
    pub(crate) candidates: Option<&'a Bound<'py, PyAny>>,
    pub(crate) fields: Option<&'a Bound<'py, PyAny>>,
}

impl Overrides<'_, '_> {
    /// The policy with the keys that the call gives.
    pub(crate) fn apply(&self, py: Python<'_>, policy: Option<&FitPolicy>) -> PyResult<FitPolicy> {
        let mut keys = Vec::new();
        for (key, bounds) in
            [("total_fee_change", self.total_fee_change), ("monthly_fee_change", self.monthly_fee_change)]
        {
            keys.extend(
                bounds
                    .map(|bounds| Ok::<_, PyErr>((key.to_owned(), ratio_bounds(key, bounds)?)))
                    .transpose()?,
            );
        }
        for (key, value) in [
            ("rank", self.rank),
            ("current_plan", self.current_plan),
            ("candidates", self.candidates),
            ("fields", self.fields),
        ] {
            keys.extend(
                value.map(|value| Ok::<_, PyErr>((key.to_owned(), document::node(value)?))).transpose()?,
            );
        }
        FitPolicy::with_overrides(policy, keys).or_raise(py)
    }
}

/// A pair, or a dict as documents have it, as the bounds of a ratio; None leaves an end open.
fn ratio_bounds(key: &str, bounds: &Bound<'_, PyAny>) -> PyResult<Node> {
    if bounds.is_instance_of::<PyDict>() {
        return document::node(bounds);
    }
    let pair = bounds.is_instance_of::<PyTuple>() || bounds.is_instance_of::<PyList>();
    if !pair || bounds.len()? != 2 {
        let message = format!("`{key}` is a pair such as (\"0.6\", \"1.5\"), with None for an open end");
        return Err(PyTypeError::new_err(message));
    }
    let mut ends = Vec::new();
    for (key, end) in ["min", "max"].into_iter().zip(bounds.try_iter()?) {
        let end = end?;
        if !end.is_none() {
            ends.push((key, document::node(&end)?));
        }
    }
    Ok(Node::map(ends))
}
