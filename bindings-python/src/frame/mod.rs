//! Frames from Python: the columns needed, as Arrow arrays in the memory that the caller has them in.
//!
//! `cpcfit._frames` knows the libraries: it narrows a frame to the columns needed before anything crosses, and makes a
//! frame of the same kind from a result. Here are only Arrow's capsules and, for a dict, plain arrays.

mod capsule;
mod list;
mod numpy;
mod readable;
mod selection;
mod table;
mod texts;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{DataType, Field, FieldRef};
use capsule::Chunks;
use cpcfit::column::{Column, LayoutError};
use cpcfit::{Batch, Error};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error;
use crate::scalar::description;
pub(crate) use selection::{by_code, check_distinct, rows_of, selected_columns};
pub(crate) use table::{Amounts, Memory, MoneyAs, Table, TableColumn, money_columns, present};

/// What a column may be, for messages.
const EXPECTED: &str = "a column of numbers, decimals, text, booleans, dates or timestamps";

/// Columns of one length in chunks. A column that was asked for and that the frame does not have is not there.
pub(crate) struct Frame {
    fields: Vec<FieldRef>,
    chunks: Vec<Chunk>,
    /// Names of columns that were left where they are, for suggestions where one was wanted and is not there.
    others: Vec<String>,
    /// Names of columns of plain texts that have codes here.
    encoded: Vec<String>,
}

struct Chunk {
    rows: usize,
    /// In the order of the fields.
    arrays: Vec<ArrayRef>,
}

/// What the caller's frame was.
pub(crate) struct Origin {
    /// Makes a frame of the same kind from a [`Table`].
    restore: Py<PyAny>,
    /// The same for a table whose rows are others.
    anew: Py<PyAny>,
    /// How frames of this kind hold money by default.
    pub(crate) money: MoneyAs,
}

impl Frame {
    /// Reads the wanted columns of a data frame or of a dict of arrays.
    pub(crate) fn read(frame: &Bound<'_, PyAny>, wanted: &[&str]) -> PyResult<(Self, Origin)> {
        let py = frame.py();
        let frames = py.import(intern!(py, "cpcfit._frames"))?;
        let opened = frames.call_method1(intern!(py, "open_frame"), (frame, wanted))?;
        let (source, others, money, restore, anew): (Bound<'_, PyAny>, Vec<String>, _, Py<PyAny>, Option<_>) =
            opened.extract()?;
        let anew = anew.unwrap_or_else(|| restore.clone_ref(py));
        let mut columns = match source.cast::<PyDict>() {
            Ok(dict) => Self::from_dict(dict, wanted)?,
            Err(_) => Self::from_stream(&source, wanted)?,
        };
        columns.others.extend(others);
        Ok((columns, Origin { restore, anew, money }))
    }

    fn from_stream(source: &Bound<'_, PyAny>, wanted: &[&str]) -> PyResult<Self> {
        let kind = description(source)?;
        let chunks = capsule::read(source)?.ok_or_else(|| {
            PyTypeError::new_err(format!("expected a data frame or a dict of arrays, not {kind}"))
        })?;
        let (fields, structs) = capsule::columns(&chunks, &kind)?;
        let is_wanted = |field: &FieldRef| wanted.contains(&field.name().as_str());
        let kept: Vec<usize> =
            fields.iter().enumerate().filter(|(_, field)| is_wanted(field)).map(|(i, _)| i).collect();
        let chunk = |rows: &StructArray| Chunk {
            rows: rows.len(),
            arrays: kept.iter().map(|index| Arc::clone(rows.column(*index))).collect(),
        };
        let chunks = structs.iter().map(chunk).collect();
        let (fields, others): (Vec<FieldRef>, Vec<FieldRef>) = fields.iter().cloned().partition(is_wanted);
        let others = others.iter().map(|field| field.name().clone()).collect();
        Ok(Self { fields, chunks, others, encoded: Vec::new() })
    }

    fn from_dict(dict: &Bound<'_, PyDict>, wanted: &[&str]) -> PyResult<Self> {
        let mut fields: Vec<FieldRef> = Vec::with_capacity(dict.len());
        let mut columns: Vec<Vec<ArrayRef>> = Vec::with_capacity(dict.len());
        let (mut others, mut encoded) = (Vec::new(), Vec::new());
        let mut rows = None;
        for (name, values) in dict {
            let chunks = column(name.cast()?.to_str()?, &values)?;
            let found = chunks.arrays.iter().map(Array::len).sum();
            let expected = *rows.get_or_insert(found);
            if found != expected {
                let problem =
                    LayoutError::ColumnLength { column: chunks.field.name().clone(), found, expected };
                return Err(error::raise(dict.py(), problem.into()));
            }
            if !wanted.contains(&chunks.field.name().as_str()) {
                others.push(chunks.field.name().clone());
                continue;
            }
            if chunks.encoded {
                encoded.push(chunks.field.name().clone());
            }
            fields.push(chunks.field);
            columns.push(chunks.arrays);
        }
        Ok(Self { fields, chunks: aligned(&columns, rows.unwrap_or(0)), others, encoded })
    }

    /// The frame as batches of the core, which borrow it. The column `passed`, which is only to be handed back, may be
    /// of any type.
    pub(crate) fn batches(&self, passed: Option<&str>) -> Result<Vec<Batch<'_>>, Error> {
        self.chunks.iter().map(|chunk| chunk.batch(&self.fields, &self.others, passed)).collect()
    }

    /// Names of all columns that are known.
    fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name()).chain(&self.others).map(String::as_str)
    }

    /// The column of that name, whatever its type, to be handed back.
    pub(crate) fn passed(&self, name: &str) -> Result<TableColumn, Error> {
        let Some((index, field)) = self.fields.iter().enumerate().find(|(_, field)| field.name() == name)
        else {
            return Err(Error::missing_column(name, self.names()));
        };
        let arrays = self.chunks.iter().filter_map(|chunk| chunk.arrays.get(index).cloned()).collect();
        let field = Arc::clone(field);
        Ok(if self.encoded.iter().any(|encoded| encoded == name) {
            TableColumn::passed_by_codes(field, arrays)
        } else {
            TableColumn::passed(field, arrays)
        })
    }
}

impl Chunk {
    fn batch(
        &self,
        fields: &[FieldRef],
        others: &[String],
        passed: Option<&str>,
    ) -> Result<Batch<'_>, Error> {
        let mut batch = Batch::new(self.rows);
        let mut problems: Option<Error> = None;
        for (field, array) in fields.iter().zip(&self.arrays) {
            let name = field.name();
            let column = match view::column(array) {
                Ok(Some(column)) => Ok(column),
                Ok(None) if Some(name.as_str()) == passed => continue,
                Ok(None) => Err(Error::unsupported_value(name, &array.data_type().to_string(), EXPECTED)),
                Err(problem) => Err(Error::of_column(name, &problem)),
            };
            if let Err(problem) = column.and_then(|column| Ok(batch.push(name, column).map(|_| ())?)) {
                problems = Some(match problems {
                    Some(problems) => problems.merged(problem),
                    None => problem,
                });
            }
        }
        for name in others {
            batch.push(name, Column::Null(self.rows))?;
        }
        problems.map_or(Ok(batch), Err)
    }
}

impl Origin {
    /// A frame of the caller's kind.
    pub(crate) fn restore<'py>(&self, table: Bound<'py, Table>) -> PyResult<Bound<'py, PyAny>> {
        self.restore.bind(table.py()).call1((table,))
    }

    /// A frame of the caller's kind whose rows are not those of the caller's frame.
    pub(crate) fn anew<'py>(&self, table: Bound<'py, Table>) -> PyResult<Bound<'py, PyAny>> {
        self.anew.bind(table.py()).call1((table,))
    }
}

/// The numbers of something of two dimensions row after row, and how many a row has.
pub(crate) fn matrix(values: &Bound<'_, PyAny>) -> PyResult<(Vec<f64>, usize)> {
    let py = values.py();
    let frames = py.import(intern!(py, "cpcfit._frames"))?;
    let (flat, width): (Bound<'_, PyAny>, _) =
        frames.call_method1(intern!(py, "matrix"), (values,))?.extract()?;
    let array = if flat.hasattr(intern!(py, "__array_interface__"))? { numpy::array(&flat)? } else { None };
    let floats = array.as_ref().and_then(|array| array.as_primitive_opt::<Float64Type>());
    Ok((floats.map_or_else(|| flat.extract(), |floats| Ok(floats.values().to_vec()))?, width))
}

/// A column of a dict.
fn column(name: &str, values: &Bound<'_, PyAny>) -> PyResult<Chunks> {
    if let Some(chunks) = capsule::read(values)? {
        let field = Arc::new(chunks.field.as_ref().clone().with_name(name));
        return Ok(Chunks { field, ..chunks });
    }
    let numbers = if values.hasattr(intern!(values.py(), "__array_interface__"))? {
        numpy::array(values)?
    } else {
        None
    };
    let (array, encoded) = match numbers {
        Some(numbers) => (numbers, false),
        None => match texts::repeated(values)? {
            Some(texts) => (texts, true),
            None => (list::array(name, &listed(values)?)?, false),
        },
    };
    let field = Arc::new(Field::new(name, array.data_type().clone(), true));
    Ok(Chunks { field, arrays: vec![array], encoded })
}

/// An array of objects as a list, and all else as it is.
fn listed<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    if values.hasattr(intern!(py, "__array_interface__"))? {
        return values.call_method0(intern!(py, "tolist"));
    }
    Ok(values.clone())
}

/// Cuts columns whose chunks differ at every place where one of them is cut.
fn aligned(columns: &[Vec<ArrayRef>], rows: usize) -> Vec<Chunk> {
    let mut ends = BTreeSet::from([rows]);
    for arrays in columns {
        let mut end = 0;
        ends.extend(arrays.iter().map(|array| {
            end += array.len();
            end
        }));
    }
    let mut start = 0;
    let cut = |end| {
        let rows = end - start;
        let arrays = columns.iter().map(|arrays| slice(arrays, start, rows)).collect();
        start = end;
        Chunk { rows, arrays }
    };
    ends.into_iter().map(cut).collect()
}

/// The rows of the one chunk in which they all lie.
fn slice(arrays: &[ArrayRef], start: usize, rows: usize) -> ArrayRef {
    let mut first = start;
    for array in arrays {
        if first < array.len() || rows == 0 {
            return array.slice(first, rows);
        }
        first -= array.len();
    }
    arrow_array::new_empty_array(&DataType::Null)
}
