//! Columns as memory that NumPy takes without a copy.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer};
use arrow_schema::{DataType, TimeUnit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::column::Source;
use super::text::wide;

/// Memory that `numpy.asarray` makes an array over; it lives as long as this object, to which the array refers.
#[pyclass(frozen, module = "cpcfit._cpcfit")]
pub(crate) struct Memory {
    values: Buffer,
    /// What NumPy calls the type, without the order of bytes.
    item: &'static str,
    width: usize,
    writable: bool,
}

#[pymethods]
impl Memory {
    /// NumPy's description of an array: where, of what, how many, and whether it may be written to.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let order = if cfg!(target_endian = "little") { '<' } else { '>' };
        let order = if self.width == 1 { '|' } else { order };
        let description = PyDict::new(py);
        description.set_item("version", 3)?;
        description.set_item("typestr", format!("{order}{}", self.item))?;
        description.set_item("shape", (self.__len__(),))?;
        description.set_item("data", (self.values.as_ptr().addr(), !self.writable))?;
        Ok(description)
    }

    fn __len__(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }
}

/// Values, and one byte a row that is 1 where the value is missing. Missing floats are NaN, missing points in time NaT,
/// missing codes -1: those have no such bytes.
pub(super) type Chunk = (Memory, Option<Memory>);

/// The memory of a chunk, `None` for what is no column of numbers. Where `whole`, the chunk is all of the column and is
/// handed over to be written to: it is a copy where others have the memory too.
pub(super) fn chunk(array: &ArrayRef, source: Source, whole: bool) -> Option<Chunk> {
    let of = Of { array, source, whole };
    Some(match array.data_type() {
        DataType::Float64 => of.floats::<Float64Type>("f8", f64::NAN),
        DataType::Float32 => of.floats::<Float32Type>("f4", f32::NAN),
        DataType::Int8 => of.integers::<Int8Type>("i1"),
        DataType::Int16 => of.integers::<Int16Type>("i2"),
        DataType::Int32 => of.integers::<Int32Type>("i4"),
        DataType::Int64 => of.integers::<Int64Type>("i8"),
        DataType::UInt8 => of.integers::<UInt8Type>("u1"),
        DataType::UInt16 => of.integers::<UInt16Type>("u2"),
        DataType::UInt32 => of.integers::<UInt32Type>("u4"),
        DataType::UInt64 => of.integers::<UInt64Type>("u8"),
        // NumPy has no time zones; the values are UTC.
        DataType::Timestamp(TimeUnit::Second, _) => of.moments::<TimestampSecondType>("M8[s]"),
        DataType::Timestamp(TimeUnit::Millisecond, _) => of.moments::<TimestampMillisecondType>("M8[ms]"),
        DataType::Timestamp(TimeUnit::Microsecond, _) => of.moments::<TimestampMicrosecondType>("M8[us]"),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => of.moments::<TimestampNanosecondType>("M8[ns]"),
        DataType::Boolean if source == Source::Made => (flags(array), of.mask()),
        DataType::Dictionary(_, _) if source == Source::Codes => {
            let array = wide(array);
            let codes = array.as_any_dictionary_opt()?.keys().as_primitive_opt::<Int32Type>()?;
            (Memory { values: codes.values().inner().clone(), item: "i4", width: 4, writable: false }, None)
        }
        _ => return None,
    })
}

/// Bits as bytes.
fn flags(array: &ArrayRef) -> Memory {
    let bytes: Vec<u8> = array.as_boolean().values().iter().map(u8::from).collect();
    Memory { values: bytes.into(), item: "b1", width: 1, writable: true }
}

/// A chunk of which memory is made.
struct Of<'a> {
    array: &'a ArrayRef,
    source: Source,
    whole: bool,
}

impl Of<'_> {
    fn floats<T: ArrowPrimitiveType>(&self, item: &'static str, nan: T::Native) -> Chunk {
        let values = self.array.as_primitive::<T>();
        match missing(self.array) {
            // Ours are NaN already where they are missing.
            Some(_) if self.source == Source::Passed => {
                let filled: Vec<T::Native> = values.iter().map(|value| value.unwrap_or(nan)).collect();
                (Memory { values: filled.into(), item, width: size_of::<T::Native>(), writable: true }, None)
            }
            _ => (self.memory::<T::Native>(values.values().inner(), item), None),
        }
    }

    /// NumPy has NaT in the rows that are missing, which is the least number.
    fn moments<T: ArrowPrimitiveType<Native = i64>>(&self, item: &'static str) -> Chunk {
        let counts = self.array.as_primitive::<T>();
        if missing(self.array).is_none() {
            return (self.memory::<i64>(counts.values().inner(), item), None);
        }
        let filled: Vec<i64> = counts.iter().map(|count| count.unwrap_or(i64::MIN)).collect();
        (Memory { values: filled.into(), item, width: size_of::<i64>(), writable: true }, None)
    }

    fn integers<T: ArrowPrimitiveType>(&self, item: &'static str) -> Chunk {
        let values = self.memory::<T::Native>(self.array.as_primitive::<T>().values().inner(), item);
        (values, self.mask())
    }

    fn mask(&self) -> Option<Memory> {
        missing(self.array).map(|nulls| {
            let bytes: Vec<u8> = nulls.iter().map(|present| u8::from(!present)).collect();
            Memory { values: bytes.into(), item: "b1", width: 1, writable: true }
        })
    }

    fn memory<T: ArrowNativeType>(&self, values: &Buffer, item: &'static str) -> Memory {
        // What the caller passed is the caller's, whoever else has it; ours may be in a result that is kept.
        let sole = self.source == Source::Made && values.strong_count() == 1;
        let values =
            if self.whole && !sole { Buffer::from_slice_ref(values.as_slice()) } else { values.clone() };
        Memory { values, item, width: size_of::<T>(), writable: self.whole }
    }
}

fn missing(array: &ArrayRef) -> Option<&NullBuffer> {
    array.nulls().filter(|nulls| nulls.null_count() > 0)
}
