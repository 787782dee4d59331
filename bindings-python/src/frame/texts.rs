//! Sequences of Python texts in which few objects are in many rows, as codes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, PrimitiveArray, StringArray};
use arrow_buffer::NullBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

/// The texts of a list by codes, -1 for None; `None` where there is anything else, or too many objects for codes to be
/// of use. An object is known by its address, so that its text is read once.
pub(super) fn repeated(values: &Bound<'_, PyAny>) -> Option<ArrayRef> {
    // Objects of a list are held by it; other sequences may make them on the way.
    let Ok(list) = values.cast_exact::<PyList>() else { return None };
    let mut known: Vec<Bound<'_, PyString>> = Vec::new();
    let mut code_of = HashMap::<usize, i32, BuildHasherDefault<Address>>::default();
    let mut codes = Vec::with_capacity(list.len());
    for value in list {
        let code = match code_of.entry(value.as_ptr().addr()) {
            Entry::Occupied(code) => *code.get(),
            Entry::Vacant(_) if known.len() == MOST_OBJECTS => return None,
            Entry::Vacant(entry) => {
                let code = if value.is_none() {
                    MISSING
                } else if let Ok(text) = value.cast_into::<PyString>() {
                    // Held, so that no other object comes to be at its address.
                    known.push(text);
                    i32::try_from(known.len()).unwrap_or(0) - 1
                } else {
                    return None;
                };
                *entry.insert(code)
            }
        };
        codes.push(code);
    }
    let mut texts = Vec::with_capacity(known.len());
    for text in &known {
        // A text with lone surrogates has no UTF-8; the general way names it.
        let Ok(text) = text.to_str() else { return None };
        texts.push(text);
    }
    if texts.is_empty() {
        return None;
    }
    let present: NullBuffer = codes.iter().map(|code| *code != MISSING).collect();
    let present = (present.null_count() > 0).then_some(present);
    let codes = PrimitiveArray::<Int32Type>::new(codes.into(), present);
    Some(Arc::new(DictionaryArray::new(codes, Arc::new(StringArray::from(texts)))))
}

const MISSING: i32 = -1;

/// Beyond this many objects most rows have one of their own.
const MOST_OBJECTS: usize = 1 << 10;

/// Spreads addresses, which differ in their middle bits, over all bits.
#[derive(Default)]
struct Address(u64);

impl Hasher for Address {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize((*byte).into());
        }
    }

    fn write_usize(&mut self, address: usize) {
        // The golden ratio, as Knuth multiplies; the rotation brings the high bits to where tables look.
        self.0 = (self.0 ^ address as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
