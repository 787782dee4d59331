//! Results as Arrow columns.

mod column;
mod memory;
mod text;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::{Field, Schema, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use self::column::Source;
pub(crate) use self::column::{Amounts, MoneyAs, TableColumn, money_columns, present};
pub(crate) use self::memory::Memory;
use self::text::TextAs;
use super::capsule::{arrow_error, schema_capsule, stream_capsule};
use super::{aligned, view};
use crate::scalar::to_python;

/// Columns of a result, for whatever reads Arrow's PyCapsule interface: `polars.DataFrame(table)`,
/// `pyarrow.table(table)`.
#[pyclass(frozen, module = "cpcfit")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Where each column is from.
    sources: Vec<Source>,
    /// For what is made when the table is handed out; 0 for all cores.
    threads: usize,
    text: TextAs,
}

impl Table {
    pub(crate) fn new(columns: Vec<TableColumn>, threads: usize) -> PyResult<Self> {
        let rows = columns.first().map_or(0, TableColumn::rows);
        let schema =
            Arc::new(Schema::new(columns.iter().map(|column| Arc::clone(&column.field)).collect::<Vec<_>>()));
        let sources = columns.iter().map(|column| column.source).collect();
        let arrays: Vec<Vec<ArrayRef>> = columns.into_iter().map(|column| column.arrays).collect();
        let batches = aligned(&arrays, rows)
            .into_iter()
            .map(|chunk| batch(&schema, chunk.arrays, chunk.rows))
            .collect::<PyResult<_>>()?;
        // Beyond this many rows the texts of a column might not fit offsets of 32 bits.
        let text = if rows > MOST_SHORT_TEXTS { TextAs::Long } else { TextAs::Short };
        Ok(Self { schema, batches, sources, threads, text })
    }

    /// The schema as it is handed out.
    fn plain_schema(&self) -> SchemaRef {
        let field = |(field, source): (&Arc<Field>, &Source)| match source {
            Source::Codes => {
                let data_type = self.text.data_type(field.data_type());
                Arc::new(field.as_ref().clone().with_data_type(data_type))
            }
            Source::Passed | Source::Made => Arc::clone(field),
        };
        Arc::new(Schema::new(
            self.schema.fields().iter().zip(&self.sources).map(field).collect::<Vec<Arc<Field>>>(),
        ))
    }

    /// The batches of that schema.
    fn plain_batches(&self, schema: &SchemaRef) -> PyResult<Vec<RecordBatch>> {
        let plain = |rows: &RecordBatch| {
            let columns = rows.columns().iter().zip(&self.sources);
            let arrays = columns.map(|(array, source)| self.plain(array, *source)).collect();
            batch(schema, arrays, rows.num_rows())
        };
        self.batches.iter().map(plain).collect()
    }

    fn plain(&self, array: &ArrayRef, source: Source) -> ArrayRef {
        match source {
            Source::Codes => self.text.array(array, self.threads),
            Source::Passed | Source::Made => Arc::clone(array),
        }
    }

    fn arrays(&self, index: usize) -> impl Iterator<Item = &ArrayRef> {
        self.batches.iter().filter_map(move |batch| batch.columns().get(index))
    }

    fn source(&self, index: usize) -> Source {
        self.sources.get(index).copied().unwrap_or(Source::Passed)
    }
}

/// Rows whose ids of at most 64 bytes have offsets below `2^31`.
const MOST_SHORT_TEXTS: usize = (1 << 31) / 64 - 1;

fn batch(schema: &SchemaRef, arrays: Vec<ArrayRef>, rows: usize) -> PyResult<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(schema), arrays, &options).map_err(arrow_error)
}

#[pymethods]
impl Table {
    /// Arrow's stream of the columns. The types are what they are: `requested_schema` is not used.
    #[pyo3(signature = (requested_schema=None))]
    pub(crate) fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let schema = self.plain_schema();
        let batches = py.detach(|| self.plain_batches(&schema))?;
        stream_capsule(py, schema, batches)
    }

    /// Arrow's schema of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, FFI_ArrowSchema::try_from(self.plain_schema().as_ref()))
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    fn __len__(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn __repr__(&self) -> String {
        format!("Table({} rows: {})", self.__len__(), self.column_names().join(", "))
    }

    /// The same with texts in another layout: `"views"`, `"long"` offsets, or `"codes"` with a dictionary.
    fn with_texts(&self, layout: &str) -> PyResult<Self> {
        let text = match layout {
            "views" => TextAs::Views,
            "long" => TextAs::Long,
            "codes" => TextAs::Codes,
            _ => return Err(PyValueError::new_err(format!("no layout of texts is called \"{layout}\""))),
        };
        let (schema, batches) = (Arc::clone(&self.schema), self.batches.clone());
        Ok(Self { schema, batches, sources: self.sources.clone(), threads: self.threads, text })
    }

    /// A column as a list of Python values.
    fn values<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for array in self.arrays(index) {
            let array = self.plain(array, self.source(index));
            let column = view::column(&array).ok().flatten();
            for row in 0..array.len() {
                list.append(column.as_ref().map(|column| to_python(py, column.scalar(row))).transpose()?)?;
            }
        }
        Ok(list)
    }

    /// A column of numbers as chunks of memory for NumPy, each with the memory of a byte a row that tells missing rows;
    /// None for a column of another type. Missing floats are NaN, and points in time NaT. One chunk alone may be written to, and is then not to
    /// be read here any more. Codes of texts count as numbers, missing ones are -1; they are not to be written to.
    fn memory(&self, index: usize) -> Option<Vec<memory::Chunk>> {
        let whole = self.batches.len() == 1;
        self.arrays(index).map(|array| memory::chunk(array, self.source(index), whole)).collect()
    }

    /// The texts that the codes of a column stand for; None for a column of another kind.
    fn texts(&self, index: usize) -> Option<Vec<String>> {
        let array = self.arrays(index).next().filter(|_| self.source(index) == Source::Codes)?;
        let texts = array.as_any_dictionary_opt()?.values().as_string_opt::<i32>()?;
        Some(texts.iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    }
}
