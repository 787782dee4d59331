//! Sequences of Python texts in which few objects are in many rows, as codes.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::NullBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use super::numpy::Objects;

/// The texts of a list or an array of objects by codes; `None` where there is anything but texts and None, or too many
/// objects for codes to be of use. An object is known by its address, so that its text is read once.
pub(super) fn repeated(values: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    // Objects of lists and arrays are held by them; other sequences may make them on the way.
    if let Ok(list) = values.cast_exact::<PyList>() {
        let addresses = list.iter().map(|value| value.as_ptr().addr());
        return Ok(coded(list.len(), addresses, |row| list.get_item(row).ok()));
    }
    let Some(objects) = Objects::of(values)? else { return Ok(None) };
    Ok(coded(objects.len(), objects.addresses(), |row| objects.get(values.py(), row)))
}

/// The texts by codes, given the address of the object of each row and a way to get at the object.
fn coded<'py>(
    rows: usize,
    addresses: impl Iterator<Item = usize>,
    object: impl Fn(usize) -> Option<Bound<'py, PyAny>>,
) -> Option<ArrayRef> {
    let mut known: Vec<Bound<'_, PyString>> = Vec::new();
    let mut code_of = Codes::new();
    let mut codes = Vec::with_capacity(rows);
    let mut missing = false;
    for (row, address) in addresses.enumerate() {
        let slot = code_of.slot(address)?;
        if slot.code == UNKNOWN {
            let object = object(row)?;
            let code = if object.is_none() {
                missing = true;
                MISSING
            } else {
                // Held, so that no other object comes to be at its address.
                known.push(object.cast_into().ok()?);
                i32::try_from(known.len() - 1).ok()?
            };
            *slot = Slot { address, code };
        }
        codes.push(slot.code);
    }
    let mut texts = Vec::with_capacity(known.len());
    for text in &known {
        // A text with lone surrogates has no UTF-8; the general way names it.
        texts.push(text.to_str().ok()?);
    }
    if texts.is_empty() {
        return None;
    }
    let present = missing.then(|| codes.iter().map(|code| *code != MISSING).collect::<NullBuffer>());
    let codes = PrimitiveArray::<Int32Type>::new(codes.into(), present);
    Some(Arc::new(DictionaryArray::new(codes, Arc::new(StringArray::from(texts)))))
}

const MISSING: i32 = -1;
const UNKNOWN: i32 = -2;

/// The codes of objects by their addresses: a table with open addressing.
struct Codes {
    slots: Vec<Slot>,
    shift: u32,
    left: usize,
}

#[derive(Clone, Copy)]
struct Slot {
    address: usize,
    code: i32,
}

impl Codes {
    /// Beyond this many objects most rows have one of their own.
    const MOST_OBJECTS: usize = 1 << 10;

    fn new() -> Self {
        // No more than a quarter is ever in use.
        let slots = vec![Slot { address: 0, code: UNKNOWN }; 4 * Self::MOST_OBJECTS];
        let shift = u64::BITS - slots.len().trailing_zeros();
        Self { slots, shift, left: Self::MOST_OBJECTS }
    }

    /// The slot of an address, or one that is free for it; `None` where there are too many.
    #[inline]
    fn slot(&mut self, address: usize) -> Option<&mut Slot> {
        // Addresses differ in their middle bits; the golden ratio, as Knuth multiplies, brings them to the top.
        let spread = (address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let mut at = usize::try_from(spread).ok()?;
        loop {
            let found = self.slots.get(at)?;
            if found.code == UNKNOWN {
                self.left = self.left.checked_sub(1)?;
                break;
            }
            if found.address == address {
                break;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots.get_mut(at)
    }
}
