//! Arrow's PyCapsule interface: arrays come in and go out by pointer, without a copy.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{
    ArrayReader, ArrayRef, RecordBatch, RecordBatchIterator, StructArray, make_array, new_empty_array,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, SchemaRef};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::readable::as_readable;

const STREAM: &CStr = c"arrow_array_stream";
const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";

/// The arrays of one column, or struct arrays for a whole frame, in the chunks that the producer has; at least one.
pub(super) struct Chunks {
    pub(super) field: FieldRef,
    pub(super) arrays: Vec<ArrayRef>,
    /// Whether these are plain texts of the caller's that have codes here.
    pub(super) encoded: bool,
}

/// Reads whatever has `__arrow_c_stream__` or `__arrow_c_array__`; `None` where there is neither.
pub(super) fn read(source: &Bound<'_, PyAny>) -> PyResult<Option<Chunks>> {
    let py = source.py();
    let stream = intern!(py, "__arrow_c_stream__");
    let array = intern!(py, "__arrow_c_array__");
    if source.hasattr(stream)? {
        let mut reader = open_stream(&source.call_method0(stream)?)?;
        // The producer is asked to convert what cannot be read here; it is free to refuse.
        if let Some(wanted) = as_readable(reader.field()) {
            let request = schema_capsule(py, FFI_ArrowSchema::try_from(&wanted))?;
            if let Ok(capsule) = source.call_method1(stream, (request,)) {
                reader = open_stream(&capsule)?;
            }
        }
        let field = Arc::clone(reader.field());
        // A producer may compute for long, and in other threads that need the interpreter.
        let mut arrays = py.detach(|| reader.collect::<Result<Vec<_>, _>>()).map_err(arrow_error)?;
        if arrays.is_empty() {
            arrays.push(new_empty_array(field.data_type()));
        }
        return Ok(Some(Chunks { field, arrays, encoded: false }));
    }
    if source.hasattr(array)? {
        let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = source.call_method0(array)?.extract()?;
        let schema: *mut FFI_ArrowSchema = pointer(&schema, SCHEMA)?;
        let array: *mut FFI_ArrowArray = pointer(&array, ARRAY)?;
        // SAFETY: the names of the capsules promise these structs; the schema is borrowed while its capsule lives,
        // the array is moved out, which marks it as released.
        let (field, data) = unsafe {
            let field = Field::try_from(&*schema).map_err(arrow_error)?;
            (field, from_ffi(FFI_ArrowArray::from_raw(array), &*schema).map_err(arrow_error)?)
        };
        return Ok(Some(Chunks { field: Arc::new(field), arrays: vec![make_array(data)], encoded: false }));
    }
    Ok(None)
}

/// The columns of struct arrays; an error for a single column.
pub(super) fn columns(chunks: &Chunks, what: &str) -> PyResult<(Fields, Vec<StructArray>)> {
    let DataType::Struct(fields) = chunks.field.data_type() else {
        return Err(PyTypeError::new_err(format!(
            "{what} is a single column (a Series or an array), not a data frame"
        )));
    };
    let arrays = chunks.arrays.iter().map(|array| array.as_struct().clone()).collect();
    Ok((fields.clone(), arrays))
}

fn open_stream(capsule: &Bound<'_, PyAny>) -> PyResult<ArrayStreamReader> {
    let stream: *mut FFI_ArrowArrayStream = pointer(capsule, STREAM)?;
    // SAFETY: the name of the capsule promises the struct; it is moved out, which marks it as released.
    unsafe { ArrayStreamReader::from_raw(stream) }.map_err(arrow_error)
}

fn pointer<T>(capsule: &Bound<'_, PyAny>, name: &CStr) -> PyResult<*mut T> {
    Ok(capsule.cast::<PyCapsule>()?.pointer_checked(Some(name))?.cast().as_ptr())
}

/// A capsule with a stream over the batches.
pub(super) fn stream_capsule(
    py: Python<'_>,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
) -> PyResult<Bound<'_, PyCapsule>> {
    let reader = RecordBatchIterator::new(batches.into_iter().map(Ok::<_, ArrowError>), schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
}

/// A capsule with a schema.
pub(super) fn schema_capsule(
    py: Python<'_>,
    schema: Result<FFI_ArrowSchema, ArrowError>,
) -> PyResult<Bound<'_, PyCapsule>> {
    PyCapsule::new_with_value(py, schema.map_err(arrow_error)?, SCHEMA)
}

/// Arrow's own words; what went wrong is the producer's.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn arrow_error(error: ArrowError) -> PyErr {
    PyTypeError::new_err(format!("the Arrow data cannot be read: {error}"))
}
