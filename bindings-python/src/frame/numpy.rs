//! NumPy arrays as Arrow arrays over the same memory.

use std::panic::AssertUnwindSafe;
use std::ptr::NonNull;
use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, LargeStringArray, PrimitiveArray, new_null_array};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::present;

/// The array over the memory of a contiguous `numpy.ndarray` of one dimension in native byte order, which is what the
/// Python side hands over; `None` for another element type. Booleans are packed, and so copied.
pub(super) fn array(values: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    let (memory, item) = memory_of(values)?;
    let len = memory.len;
    // The first character is the byte order, which says nothing for single bytes.
    Ok(Some(match item.get(1..).unwrap_or_default() {
        "f8" => memory.array::<Float64Type>(),
        "f4" => memory.array::<Float32Type>(),
        "i1" => memory.array::<Int8Type>(),
        "i2" => memory.array::<Int16Type>(),
        "i4" => memory.array::<Int32Type>(),
        "i8" => memory.array::<Int64Type>(),
        "u1" => memory.array::<UInt8Type>(),
        "u2" => memory.array::<UInt16Type>(),
        "u4" => memory.array::<UInt32Type>(),
        "u8" => memory.array::<UInt64Type>(),
        "M8[s]" => memory.moments::<TimestampSecondType>(),
        "M8[ms]" => memory.moments::<TimestampMillisecondType>(),
        "M8[us]" => memory.moments::<TimestampMicrosecondType>(),
        "M8[ns]" => memory.moments::<TimestampNanosecondType>(),
        "b1" => {
            let bytes = memory.buffer(1);
            let bits = BooleanBuffer::collect_bool(len, |row| bytes.get(row).is_some_and(|byte| *byte != 0));
            Arc::new(BooleanArray::new(bits, None))
        }
        text if text.starts_with('U') => match text[1..].parse() {
            Ok(width) => texts(memory, width),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// Where the items of an array are, and of which type they are.
fn memory_of(values: &Bound<'_, PyAny>) -> PyResult<(Memory, String)> {
    let py = values.py();
    let interface = values.getattr(intern!(py, "__array_interface__"))?;
    let interface = interface.cast::<PyDict>()?;
    let get = |key| interface.as_any().get_item(key);
    let (address, _read_only): (usize, bool) = get(intern!(py, "data"))?.extract()?;
    let (len,): (usize,) = get(intern!(py, "shape"))?.extract()?;
    let item = get(intern!(py, "typestr"))?.extract()?;
    Ok((Memory { address, len, owner: values.clone().unbind() }, item))
}

/// The references of an array of objects, as it holds them while nothing of Python runs.
pub(super) struct Objects(Buffer);

impl Objects {
    /// `None` for anything but a contiguous array of objects.
    pub(super) fn of(values: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if !values.hasattr(intern!(values.py(), "__array_interface__"))? {
            return Ok(None);
        }
        let (memory, item) = memory_of(values)?;
        if item != "|O" {
            return Ok(None);
        }
        Ok(Some(Self(memory.buffer(size_of::<usize>()))))
    }

    fn references(&self) -> &[[u8; size_of::<usize>()]] {
        self.0.as_slice().as_chunks().0
    }

    pub(super) fn len(&self) -> usize {
        self.references().len()
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = usize> {
        self.references().iter().copied().map(usize::from_ne_bytes)
    }

    /// The object of a row; NumPy means None where it holds nothing.
    pub(super) fn get<'py>(&self, py: Python<'py>, row: usize) -> Option<Bound<'py, PyAny>> {
        let object = usize::from_ne_bytes(*self.references().get(row)?) as *mut pyo3::ffi::PyObject;
        if object.is_null() {
            return Some(py.None().into_bound(py));
        }
        // SAFETY: the array holds a reference to each of its objects, and gives none up before Python runs again.
        Some(unsafe { Bound::from_borrowed_ptr(py, object) })
    }
}

/// Texts of a fixed width, four bytes a character and zeros at the end, as UTF-8.
fn texts(memory: Memory, width: usize) -> ArrayRef {
    let rows = memory.len;
    let bytes = memory.buffer(width * 4);
    let mut utf8: Vec<u8> = Vec::with_capacity(rows * width);
    let mut ends = Vec::with_capacity(rows + 1);
    ends.push(0);
    for row in 0..rows {
        let cell = bytes.get(row * width * 4..).and_then(|rest| rest.get(..width * 4)).unwrap_or_default();
        let (codes, _) = cell.as_chunks::<4>();
        let used = codes.iter().rposition(|code| *code != [0; 4]).map_or(0, |last| last + 1);
        for code in codes.iter().take(used) {
            let code = u32::from_ne_bytes(*code);
            match u8::try_from(code) {
                Ok(ascii) if ascii.is_ascii() => utf8.push(ascii),
                _ => {
                    // NumPy lets surrogates stand alone; no text in UTF-8 has them.
                    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    utf8.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        ends.push(i64::try_from(utf8.len()).unwrap_or(i64::MAX));
    }
    let offsets = OffsetBuffer::new(ends.into());
    LargeStringArray::try_new(offsets, utf8.into(), None).map_or_else(
        // Nothing but UTF-8 was written.
        |_| new_null_array(&DataType::LargeUtf8, rows),
        |texts| Arc::new(texts) as ArrayRef,
    )
}

/// The memory of an array, which lives as long as its owner does.
struct Memory {
    address: usize,
    len: usize,
    owner: Py<PyAny>,
}

impl Memory {
    /// Points in time, of which the least number is NumPy's NaT.
    fn moments<T: ArrowPrimitiveType<Native = i64>>(self) -> ArrayRef {
        let counts = self.scalars::<i64>();
        let nulls = present(&counts, |count| *count != i64::MIN);
        Arc::new(PrimitiveArray::<T>::new(counts, nulls))
    }

    fn array<T: ArrowPrimitiveType>(self) -> ArrayRef {
        Arc::new(PrimitiveArray::<T>::new(self.scalars(), None))
    }

    fn scalars<T: ArrowNativeType>(self) -> ScalarBuffer<T> {
        let len = self.len;
        let buffer = self.buffer(size_of::<T>());
        // NumPy may hold arrays out of alignment, which then have to be copied.
        let aligned = buffer.as_ptr().cast::<T>().is_aligned();
        let buffer = if aligned { buffer } else { Buffer::from_slice_ref(buffer.as_slice()) };
        ScalarBuffer::new(buffer, 0, len)
    }

    fn buffer(self, width: usize) -> Buffer {
        let Some(start) = NonNull::new(self.address as *mut u8) else { return Buffer::default() };
        // SAFETY: NumPy promises so many items at this address for as long as the array lives, and the buffer holds a
        // reference to it.
        unsafe {
            Buffer::from_custom_allocation(start, self.len * width, Arc::new(AssertUnwindSafe(self.owner)))
        }
    }
}
