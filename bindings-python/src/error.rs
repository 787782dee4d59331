//! The core's errors as Python exceptions, whose problems are made into objects when somebody looks at them.

use cpcfit::{Error, ErrorKind, Problem};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};

/// The exception for an error of the core.
pub(crate) fn raise(py: Python<'_>, error: Error) -> PyErr {
    let class = match error.kind() {
        ErrorKind::Document => class(py, &DOCUMENT_ERROR, "DocumentError"),
        _ => class(py, &DATA_ERROR, "DataError"),
    };
    match class {
        Ok(class) => PyErr::from_type(class.clone(), Report { error }),
        Err(import_error) => import_error,
    }
}

static DOCUMENT_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static DATA_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static PROBLEM: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static PLAIN_REPORT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

fn class<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyType>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyType>> {
    cell.import(py, "cpcfit._errors", name)
}

/// What an exception of this package is about.
#[pyclass(frozen, module = "cpcfit._cpcfit")]
pub(crate) struct Report {
    error: Error,
}

#[pymethods]
impl Report {
    fn __str__(&self) -> String {
        format!("{:#}", self.error)
    }

    fn __repr__(&self) -> String {
        format!("<{} problems>", self.error.problems().len())
    }

    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.error.problems().iter().map(|problem| problem_object(py, problem)).collect()
    }

    fn masked(&self) -> Self {
        Self { error: self.error.masked() }
    }

    /// As plain Python objects, which outlive the process.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let masked = self.masked();
        let parts = (self.__str__(), self.problems(py)?, masked.__str__(), masked.problems(py)?);
        let class = class(py, &PLAIN_REPORT, "PlainReport")?;
        Ok((class.clone().into_any(), parts.into_pyobject(py)?))
    }
}

pub(crate) fn problem_object<'py>(py: Python<'py>, problem: &Problem) -> PyResult<Bound<'py, PyAny>> {
    let place = problem.place();
    let fields = (
        problem.code().id(),
        problem.path(),
        place.map(|place| place.line),
        place.map(|place| place.column),
        problem.message(),
        problem.found(),
        problem.expected(),
        problem.suggestion(),
        PyTuple::new(py, problem.rows())?,
        problem.row_count(),
        problem.to_string(),
    );
    class(py, &PROBLEM, "Problem")?.call1(fields)
}
