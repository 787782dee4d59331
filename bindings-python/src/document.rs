//! Python objects as documents.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use cpcfit::Result;
use cpcfit::document::{Document, Limits, Node};
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDate, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};

use crate::error::{Raise as _, computed};
use crate::scalar::{decimal_type, description, numpy_item};

/// The text of a file; an error names the file.
pub(crate) fn read(path: PathBuf) -> PyResult<String> {
    std::fs::read_to_string(&path).map_err(|error| of_file(&error, path))
}

fn of_file(error: &io::Error, path: PathBuf) -> PyErr {
    let text = error.to_string();
    match error.raw_os_error() {
        // Python's own `OSError` picks its subclass by the number, which stands again at the end of Rust's text.
        Some(number) => {
            let text = text.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((number, text, path.into_os_string()))
        }
        None => PyOSError::new_err(format!("{text}: '{}'", path.display())),
    }
}

fn document(object: &Bound<'_, PyAny>) -> PyResult<Document> {
    Document::from_node(node(object)?).or_raise(object.py())
}

/// What a document from dicts, lists and plain values is made into.
pub(crate) fn model<T: Send>(
    object: &Bound<'_, PyAny>,
    compile: impl FnOnce(&Document) -> Result<T> + Send,
) -> PyResult<T> {
    let document = document(object)?;
    computed(object.py(), || compile(&document))
}

/// What a document with a table apart is made into: a text of YAML or JSON, or an object, and CSV text.
pub(crate) fn model_with_table<T: Send>(
    source: &Bound<'_, PyAny>,
    csv: &Bound<'_, PyAny>,
    compile: impl FnOnce(&Document, &[u8]) -> Result<T> + Send,
) -> PyResult<T> {
    let document = text_or_object(source)?;
    let csv = sheet(csv)?;
    computed(source.py(), || compile(&document, &csv))
}

/// A sheet: its text, its bytes, or the path of its file.
fn sheet<'s>(csv: &'s Bound<'_, PyAny>) -> PyResult<Cow<'s, [u8]>> {
    if let Ok(text) = csv.cast::<PyString>() {
        let text = text.to_str()?;
        if !text.contains('\n') && text.to_ascii_lowercase().ends_with(".csv") {
            let message = "`csv` is the text of the sheet; of a file give `pathlib.Path(...)` or its bytes";
            return Err(PyValueError::new_err(message));
        }
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    if let Ok(bytes) = csv.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    match csv.extract::<PathBuf>() {
        Ok(path) => std::fs::read(&path).map(Cow::Owned).map_err(|error| of_file(&error, path)),
        Err(_) => Err(PyTypeError::new_err(format!(
            "`csv` is a text, bytes or a path, not {}",
            csv.get_type().qualname()?
        ))),
    }
}

fn text_or_object(source: &Bound<'_, PyAny>) -> PyResult<Document> {
    match source.cast::<PyString>() {
        Ok(text) => Document::parse(text.to_str()?).or_raise(source.py()),
        Err(_) => document(source),
    }
}

/// The nodes of an object. What no document can hold becomes an unsupported node, which the core reports at its path;
/// what exceeds a limit is cut off just beyond it, where the core reports the limit: an object that contains itself
/// ends there.
pub(crate) fn node(object: &Bound<'_, PyAny>) -> PyResult<Node> {
    let limits = Limits::default();
    Reader { depth: limits.depth, nodes: limits.nodes.saturating_add(1) }.node(object)
}

/// How much deeper the object may be, and how many more nodes it may have.
struct Reader {
    depth: usize,
    nodes: usize,
}

impl Reader {
    fn node(&mut self, value: &Bound<'_, PyAny>) -> PyResult<Node> {
        self.nodes = self.nodes.saturating_sub(1);
        if let Ok(text) = value.cast::<PyString>() {
            return Ok(Node::text(text.to_str()?));
        }
        if let Ok(dict) = value.cast::<PyDict>() {
            return self.map(dict);
        }
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            return self.list(value);
        }
        if value.is_none() {
            return Ok(Node::null());
        }
        if let Ok(boolean) = value.cast::<PyBool>() {
            return Ok(Node::boolean(boolean.is_true()));
        }
        if let Ok(float) = value.cast::<PyFloat>() {
            return Ok(Node::float(float.value()));
        }
        if value.is_instance_of::<PyInt>() || value.is_instance(decimal_type(value.py())?)? {
            return Ok(Node::number(value.str()?.to_str()?));
        }
        if value.is_instance_of::<PyDate>() {
            return Ok(Node::text(value.call_method0("isoformat")?.cast::<PyString>()?.to_str()?));
        }
        if let Ok(mapping) = value.cast::<PyMapping>() {
            let dict = PyDict::new(value.py());
            dict.update(mapping)?;
            return self.map(&dict);
        }
        match numpy_item(value)? {
            Some(item) => self.node(&item),
            None => Ok(Node::unsupported(&description(value)?)),
        }
    }

    fn map(&mut self, dict: &Bound<'_, PyDict>) -> PyResult<Node> {
        let mut entries = Vec::with_capacity(dict.len().min(self.nodes));
        for (key, value) in dict.iter().take(self.nodes) {
            let node = match key.cast::<PyString>() {
                Ok(_) => self.below(&value)?,
                Err(_) => Node::unsupported(&format!("a value whose key is {}", description(&key)?)),
            };
            entries.push((key.str()?.to_str()?.to_owned(), node));
        }
        Ok(Node::map(entries))
    }

    fn list(&mut self, items: &Bound<'_, PyAny>) -> PyResult<Node> {
        let mut nodes = Vec::with_capacity(items.len()?.min(self.nodes));
        for item in items.try_iter()?.take(self.nodes) {
            nodes.push(self.below(&item?)?);
        }
        Ok(Node::list(nodes))
    }

    /// Reads one level down.
    fn below(&mut self, value: &Bound<'_, PyAny>) -> PyResult<Node> {
        let Some(depth) = self.depth.checked_sub(1) else { return Ok(Node::null()) };
        let here = std::mem::replace(&mut self.depth, depth);
        let node = self.node(value);
        self.depth = here;
        node
    }
}
