//! Results as Arrow columns.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::types::{
    ArrowPrimitiveType, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, LargeStringArray, PrimitiveArray, RecordBatch, RecordBatchOptions,
    StringArray, StringViewArray,
};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyCapsule, PyList};

use super::capsule::{arrow_error, schema_capsule, stream_capsule};
use super::{aligned, view};
use crate::scalar::to_python;

/// How money is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MoneyAs {
    /// Exact decimals in major units.
    Decimal,
    /// Floats in major units, the nearest to the decimal.
    Float,
    /// Integers in minor units.
    Minor,
}

impl<'py> FromPyObject<'_, 'py> for MoneyAs {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let found: &str = &value.extract::<String>()?;
        match found {
            "decimal" => Ok(Self::Decimal),
            "float" => Ok(Self::Float),
            "minor" => Ok(Self::Minor),
            _ => Err(PyValueError::new_err(format!(
                "`money` is \"decimal\", \"float\" or \"minor\", not \"{found}\""
            ))),
        }
    }
}

/// A column of a result.
pub(crate) struct TableColumn {
    field: FieldRef,
    /// Whether dictionary codes are ours, to be handed out as plain text.
    coded: bool,
    pub(crate) arrays: Vec<ArrayRef>,
}

impl TableColumn {
    /// A column of the caller's, handed back as it is.
    pub(crate) fn passed(field: FieldRef, arrays: Vec<ArrayRef>) -> Self {
        Self { field, coded: false, arrays }
    }

    /// Values of a primitive type; those of missing rows mean nothing.
    pub(crate) fn values<T: ArrowPrimitiveType>(
        name: &str,
        values: impl Into<ScalarBuffer<T::Native>>,
        present: Option<NullBuffer>,
    ) -> Self {
        Self::new(name, PrimitiveArray::<T>::new(values.into(), present))
    }

    /// One of a few texts in every row.
    pub(crate) fn texts(name: &str, codes: Vec<i32>, present: Option<NullBuffer>, texts: Vec<&str>) -> Self {
        let codes = PrimitiveArray::<Int32Type>::new(codes.into(), present);
        let texts = Arc::new(StringArray::from(texts));
        Self { coded: true, ..Self::new(name, DictionaryArray::new(codes, texts)) }
    }

    /// A column of money.
    fn money(amounts: Amounts<'_>, exponent: u8, money: MoneyAs, threads: usize) -> Self {
        let Amounts { name, minor, present } = amounts;
        match money {
            MoneyAs::Minor => Self::values::<Int64Type>(name, minor, present),
            MoneyAs::Float => {
                let major = major_floats(&minor, present.as_ref(), exponent, threads);
                Self::values::<Float64Type>(name, major, present)
            }
            MoneyAs::Decimal => {
                let wide = by_rows(minor.len(), threads, |row| minor.get(row).copied().map_or(0, i128::from));
                let data_type = DataType::Decimal128(DECIMAL_DIGITS, exponent.cast_signed());
                let array =
                    PrimitiveArray::<Decimal128Type>::new(wide.into(), present).with_data_type(data_type);
                Self::new(name, array)
            }
        }
    }

    fn new(name: &str, array: impl Array + 'static) -> Self {
        let field = Arc::new(Field::new(name, array.data_type().clone(), true));
        Self { field, coded: false, arrays: vec![Arc::new(array)] }
    }

    /// The name of the column.
    pub(crate) fn name(&self) -> &str {
        self.field.name()
    }

    fn rows(&self) -> usize {
        self.arrays.iter().map(Array::len).sum()
    }
}

/// Amounts in minor units by row, under the name of a column.
pub(crate) struct Amounts<'a> {
    pub(crate) name: &'a str,
    pub(crate) minor: ScalarBuffer<i64>,
    pub(crate) present: Option<NullBuffer>,
}

/// Columns of money.
pub(crate) fn money_columns(
    amounts: Vec<Amounts<'_>>,
    exponent: u8,
    money: MoneyAs,
    threads: usize,
) -> Vec<TableColumn> {
    amounts.into_iter().map(|amounts| TableColumn::money(amounts, exponent, money, threads)).collect()
}

/// A value for every row, made by threads (0 for all cores): the pages of new memory cost more time than the bills.
fn by_rows<T: Clone + Default + Send>(
    rows: usize,
    threads: usize,
    value: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let all = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let workers = if rows < FEW_ROWS {
        1
    } else if threads == 0 {
        all()
    } else {
        threads
    };
    let size = rows.div_ceil(workers).max(1);
    let mut values = vec![T::default(); rows];
    let fill = |first: usize, part: &mut [T]| {
        for (row, out) in (first..).zip(part) {
            *out = value(row);
        }
    };
    std::thread::scope(|scope| {
        let mut parts = values.chunks_mut(size).enumerate();
        let own = parts.next();
        for (index, part) in parts {
            let fill = &fill;
            scope.spawn(move || fill(index * size, part));
        }
        if let Some((_, part)) = own {
            fill(0, part);
        }
    });
    values
}

/// Rows for which a thread takes longer to start than to be of use.
const FEW_ROWS: usize = 1 << 15;

/// Digits of a decimal column: more than any amount has, and few enough for 64 bits.
const DECIMAL_DIGITS: u8 = 18;

/// Amounts in major units, each the nearest float; NaN where missing, for frames that have nothing else for it.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
fn major_floats(minor: &[i64], present: Option<&NullBuffer>, exponent: u8, threads: usize) -> Vec<f64> {
    let per_major = 10_i64.pow(exponent.into()) as f64;
    by_rows(minor.len(), threads, |row| {
        let there = present.is_none_or(|present| present.is_valid(row));
        minor.get(row).filter(|_| there).map_or(f64::NAN, |minor| *minor as f64 / per_major)
    })
}

/// Columns of a result, for whatever reads Arrow's PyCapsule interface: `polars.DataFrame(table)`,
/// `pyarrow.table(table)`.
#[pyclass(frozen, module = "cpcfit")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    /// Columns whose dictionary codes are handed out as plain text.
    coded: Vec<bool>,
    /// For what is made when the table is handed out; 0 for all cores.
    threads: usize,
    text: DataType,
}

impl Table {
    pub(crate) fn new(columns: Vec<TableColumn>, threads: usize) -> PyResult<Self> {
        let rows = columns.first().map_or(0, TableColumn::rows);
        let schema =
            Arc::new(Schema::new(columns.iter().map(|column| Arc::clone(&column.field)).collect::<Vec<_>>()));
        let coded = columns.iter().map(|column| column.coded).collect();
        let arrays: Vec<Vec<ArrayRef>> = columns.into_iter().map(|column| column.arrays).collect();
        let batches = aligned(&arrays, rows)
            .into_iter()
            .map(|chunk| batch(&schema, chunk.arrays, chunk.rows))
            .collect::<PyResult<_>>()?;
        // Beyond this many rows the texts of a column might not fit offsets of 32 bits.
        let text = if rows > MOST_SHORT_TEXTS { DataType::LargeUtf8 } else { DataType::Utf8 };
        Ok(Self { schema, batches, coded, threads, text })
    }

    /// Schema and batches as they are handed out.
    fn plain(&self) -> PyResult<(SchemaRef, Vec<RecordBatch>)> {
        let field = |(field, coded): (&Arc<Field>, &bool)| {
            if *coded {
                Arc::new(field.as_ref().clone().with_data_type(self.text.clone()))
            } else {
                Arc::clone(field)
            }
        };
        let fields: Vec<Arc<Field>> = self.schema.fields().iter().zip(&self.coded).map(field).collect();
        let schema = Arc::new(Schema::new(fields));
        let array =
            |(array, coded): (&ArrayRef, &bool)| if *coded { self.decoded(array) } else { Arc::clone(array) };
        let plain = |rows: &RecordBatch| {
            let arrays = rows.columns().iter().zip(&self.coded).map(array).collect();
            batch(&schema, arrays, rows.num_rows())
        };
        let batches = self.batches.iter().map(plain).collect::<PyResult<_>>()?;
        Ok((schema, batches))
    }

    /// Codes as the texts that they stand for.
    fn decoded(&self, array: &ArrayRef) -> ArrayRef {
        let array = array.as_dictionary::<Int32Type>();
        let texts = array.values().as_string::<i32>();
        let text = |code| texts.value(code);
        let texts =
            array.keys().iter().map(|code| code.and_then(|code| usize::try_from(code).ok()).map(text));
        match self.text {
            DataType::Utf8View => views(array, self.threads),
            DataType::LargeUtf8 => Arc::new(texts.collect::<LargeStringArray>()),
            _ => Arc::new(texts.collect::<StringArray>()),
        }
    }

    fn arrays(&self, index: usize) -> impl Iterator<Item = &ArrayRef> {
        self.batches.iter().filter_map(move |batch| batch.columns().get(index))
    }

    fn is_coded(&self, index: usize) -> bool {
        self.coded.get(index).is_some_and(|coded| *coded)
    }
}

/// Rows whose ids of at most 64 bytes have offsets below `2^31`.
const MOST_SHORT_TEXTS: usize = (1 << 31) / 64 - 1;

/// Codes as views of 16 bytes a row into one copy of each text.
fn views(array: &DictionaryArray<Int32Type>, threads: usize) -> ArrayRef {
    let mut texts = StringViewBuilder::new();
    array.values().as_string::<i32>().iter().for_each(|text| texts.append_option(text));
    let texts = texts.finish();
    let (codes, known) = (array.keys().values(), texts.views());
    let view = |row: usize| {
        let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
        code.and_then(|code| known.get(code)).copied().unwrap_or(0)
    };
    let views = ScalarBuffer::from(by_rows(codes.len(), threads, view));
    let buffers = Arc::clone(texts.data_buffers());
    // SAFETY: every view is one of the checked texts, in whose buffers it points, or the empty one of all zeros.
    Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, array.nulls().cloned()) })
}

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
        let (schema, batches) = py.detach(|| self.plain())?;
        stream_capsule(py, schema, batches)
    }

    /// Arrow's schema of the columns.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let (schema, _) = self.plain()?;
        schema_capsule(py, FFI_ArrowSchema::try_from(schema.as_ref()))
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

    /// The same with text as views, the layout that polars takes without a copy.
    fn with_views(&self) -> Self {
        Self {
            schema: Arc::clone(&self.schema),
            batches: self.batches.clone(),
            coded: self.coded.clone(),
            threads: self.threads,
            text: DataType::Utf8View,
        }
    }

    /// A column as a list of Python values.
    fn values<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        for array in self.arrays(index) {
            let array = if self.is_coded(index) { self.decoded(array) } else { Arc::clone(array) };
            let column = view::column(&array).ok().flatten();
            for row in 0..array.len() {
                list.append(column.as_ref().map(|column| to_python(py, column.scalar(row))).transpose()?)?;
            }
        }
        Ok(list)
    }

    /// A column of numbers as chunks of memory, type for NumPy and bytes that tell missing rows; None for a column of
    /// another type. Codes of texts count as numbers.
    fn memory<'py>(&self, py: Python<'py>, index: usize) -> Option<Vec<Memory<'py>>> {
        self.arrays(index).map(|array| memory(py, array)).collect()
    }

    /// The texts that the codes of a column stand for; None for a column of another kind.
    fn texts(&self, index: usize) -> Option<Vec<String>> {
        let array = self.arrays(index).next().filter(|_| self.is_coded(index))?;
        let texts = array.as_dictionary::<Int32Type>().values();
        Some(texts.as_string::<i32>().iter().map(|text| text.unwrap_or_default().to_owned()).collect())
    }
}

/// Bytes of the values, their NumPy type, and one byte a row that is 1 where the value is missing.
type Memory<'py> = (Bound<'py, PyByteArray>, &'static str, Option<Bound<'py, PyByteArray>>);

fn memory<'py>(py: Python<'py>, array: &ArrayRef) -> Option<Memory<'py>> {
    let (bytes, item) = match array.data_type() {
        DataType::Float64 => (bytes::<Float64Type>(array), "f8"),
        DataType::Float32 => (bytes::<Float32Type>(array), "f4"),
        DataType::Int8 => (bytes::<Int8Type>(array), "i1"),
        DataType::Int16 => (bytes::<Int16Type>(array), "i2"),
        DataType::Int32 => (bytes::<Int32Type>(array), "i4"),
        DataType::Int64 => (bytes::<Int64Type>(array), "i8"),
        DataType::UInt8 => (bytes::<UInt8Type>(array), "u1"),
        DataType::UInt16 => (bytes::<UInt16Type>(array), "u2"),
        DataType::UInt32 => (bytes::<UInt32Type>(array), "u4"),
        DataType::UInt64 => (bytes::<UInt64Type>(array), "u8"),
        DataType::Dictionary(_, _) => {
            let codes = array.as_any_dictionary_opt()?.keys().as_primitive_opt::<Int32Type>()?;
            return Some((PyByteArray::new(py, codes.values().inner()), "i4", missing(py, array)));
        }
        _ => return None,
    };
    Some((PyByteArray::new(py, bytes), item, missing(py, array)))
}

fn bytes<T: ArrowPrimitiveType>(array: &ArrayRef) -> &[u8] {
    array.as_primitive::<T>().values().inner()
}

fn missing<'py>(py: Python<'py>, array: &ArrayRef) -> Option<Bound<'py, PyByteArray>> {
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0)?;
    let bytes: Vec<u8> = nulls.iter().map(|present| u8::from(!present)).collect();
    Some(PyByteArray::new(py, &bytes))
}
