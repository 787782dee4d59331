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

/// Results of the core, whose errors become exceptions.
pub(crate) trait Raise<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> Raise<T> for cpcfit::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| raise(py, error))
    }
}

/// Computes without the interpreter, so that its other threads go on.
pub(crate) fn computed<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> cpcfit::Result<T> + Send,
) -> PyResult<T> {
    py.detach(work).or_raise(py)
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
        problem_objects(py, self.error.problems())
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

/// The problems as objects.
pub(crate) fn problem_objects<'py>(
    py: Python<'py>,
    problems: &[Problem],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    problems.iter().map(|problem| problem_object(py, problem)).collect()
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
