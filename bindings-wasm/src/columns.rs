//! A block of the caller's rows, copied into memory that is used again for the next block.

use cpcfit::column::{
    Batch, Bits, BoolColumn, Codes, Column, LayoutError, TextColumn, TimeUnit, TimestampColumn, Values,
};
use cpcfit::error::Error;
use js_sys::{Array, BigInt64Array, BigUint64Array, Float64Array, Int32Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::thrown;

/// Copies a typed array into a vector of its length. The cast is not checked, so that JavaScript converts.
macro_rules! copy {
    ($array:ty, $values:expr, $rows:expr) => {{
        let values = $values.unchecked_ref::<$array>();
        $rows.resize(values.length() as usize, Default::default());
        values.copy_to($rows);
    }};
}

/// Copies a vector into a typed array of its length, which must be of that type.
macro_rules! store {
    ($array:ty, $out:expr, $values:expr) => {{
        let out: &$array = $out.unchecked_ref();
        if out.length() as usize == $values.len() {
            out.copy_from(&$values);
        }
    }};
}
pub(crate) use store;

/// Named columns of one block of rows.
#[wasm_bindgen]
#[derive(Default)]
pub struct Block {
    rows: usize,
    total: Option<usize>,
    slots: Vec<Slot>,
}

struct Slot {
    name: String,
    buffer: Buffer,
    valid: Option<Validity>,
}

/// Arrow's validity bits, beginning at bit `offset`.
#[derive(Default)]
struct Validity {
    bytes: Vec<u8>,
    offset: usize,
}

enum Buffer {
    Float(Vec<f64>),
    Int32(Vec<i32>),
    Uint32(Vec<u32>),
    Int64(Vec<i64>),
    Uint64(Vec<u64>),
    Boolean { values: Vec<i32>, bits: Vec<u8> },
    Time { values: Vec<f64>, milliseconds: Vec<i64> },
    Text { codes: Vec<i32>, offsets: Vec<i32>, bytes: Vec<u8> },
    Null,
    Unsupported { found: String },
}

#[wasm_bindgen]
impl Block {
    /// A block without columns.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column of the caller's, which has `length` rows in all. `found` describes one of a kind that has no buffer.
    ///
    /// # Errors
    /// When it has another length than those before.
    pub fn push(
        &mut self,
        name: String,
        kind: &str,
        length: usize,
        found: Option<String>,
    ) -> Result<(), JsValue> {
        let expected = if kind == "unsupported" { length } else { *self.total.get_or_insert(length) };
        if length != expected {
            let error = LayoutError::ColumnLength { column: name.clone(), found: length, expected };
            return Err(thrown(Error::of_column(&name, &error)));
        }
        let buffer = match kind {
            "float" => Buffer::Float(Vec::new()),
            "int32" => Buffer::Int32(Vec::new()),
            "uint32" => Buffer::Uint32(Vec::new()),
            "int64" => Buffer::Int64(Vec::new()),
            "uint64" => Buffer::Uint64(Vec::new()),
            "boolean" => Buffer::Boolean { values: Vec::new(), bits: Vec::new() },
            "time" => Buffer::Time { values: Vec::new(), milliseconds: Vec::new() },
            "text" => Buffer::Text { codes: Vec::new(), offsets: vec![0], bytes: Vec::new() },
            "null" => Buffer::Null,
            _ => Buffer::Unsupported { found: found.unwrap_or_default() },
        };
        self.slots.push(Slot { name, buffer, valid: None });
        Ok(())
    }

    /// Begins a block of so many rows.
    pub fn resize(&mut self, rows: usize) {
        self.rows = rows;
    }

    /// Copies the values of a column, a typed array; JavaScript widens them where the buffer is wider. A negative
    /// number of a boolean or a code, and NaN of a time, are missing.
    pub fn fill(&mut self, slot: usize, values: &JsValue) {
        let Some(Slot { buffer, valid, .. }) = self.slots.get_mut(slot) else { return };
        match buffer {
            Buffer::Float(rows) => copy!(Float64Array, values, rows),
            Buffer::Int32(rows) => copy!(Int32Array, values, rows),
            Buffer::Uint32(rows) => copy!(Uint32Array, values, rows),
            Buffer::Int64(rows) => copy!(BigInt64Array, values, rows),
            Buffer::Uint64(rows) => copy!(BigUint64Array, values, rows),
            Buffer::Boolean { values: rows, bits } => {
                copy!(Int32Array, values, rows);
                pack(rows, |value| *value > 0, bits);
                *valid = Some(Validity::of(rows, |value| *value >= 0));
            }
            Buffer::Time { values: rows, milliseconds } => {
                copy!(Float64Array, values, rows);
                milliseconds.clear();
                #[expect(clippy::cast_possible_truncation, reason = "whole numbers below 2^53, or missing")]
                milliseconds.extend(rows.iter().map(|value| *value as i64));
                *valid = Some(Validity::of(rows, |value| !value.is_nan()));
            }
            Buffer::Text { codes, .. } => {
                copy!(Int32Array, values, codes);
                *valid = Some(Validity::of(codes, |code| *code >= 0));
            }
            Buffer::Null | Buffer::Unsupported { .. } => {}
        }
    }

    /// Copies the validity bits of a column, which begin at bit `offset`.
    #[wasm_bindgen(js_name = fillValid)]
    pub fn fill_valid(&mut self, slot: usize, bits: &Uint8Array, offset: usize) {
        if let Some(Slot { valid, .. }) = self.slots.get_mut(slot) {
            let valid = valid.get_or_insert_default();
            copy!(Uint8Array, bits, &mut valid.bytes);
            valid.offset = offset;
        }
    }

    /// Copies the texts that the codes of a column count to.
    #[wasm_bindgen(js_name = fillTexts)]
    pub fn fill_texts(&mut self, slot: usize, texts: &Array) {
        let Some(Slot { buffer: Buffer::Text { offsets, bytes, .. }, .. }) = self.slots.get_mut(slot) else {
            return;
        };
        offsets.truncate(1);
        bytes.clear();
        for text in texts.iter() {
            bytes.extend_from_slice(text.as_string().unwrap_or_default().as_bytes());
            // The memory of WebAssembly ends at 4 GiB; what does not fit is refused as a broken layout.
            offsets.push(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
        }
    }
}

impl Block {
    /// The block as the core reads it.
    pub(crate) fn batch(&self) -> Result<Batch<'_>, Error> {
        let mut batch = Batch::new(self.rows);
        for slot in &self.slots {
            let column = slot.column(self.rows);
            let pushed = column.and_then(|column| batch.push(&*slot.name, column).map(drop));
            pushed.map_err(|error| Error::of_column(&slot.name, &error))?;
        }
        Ok(batch)
    }
}

impl Slot {
    fn column(&self, rows: usize) -> Result<Column<'_>, LayoutError> {
        let valid =
            self.valid.as_ref().map(|valid| Bits::new(&valid.bytes, valid.offset, rows)).transpose()?;
        Ok(match &self.buffer {
            Buffer::Float(values) => Column::F64(Values::new(values, valid)?),
            Buffer::Int32(values) => Column::I32(Values::new(values, valid)?),
            Buffer::Uint32(values) => Column::U32(Values::new(values, valid)?),
            Buffer::Int64(values) => Column::I64(Values::new(values, valid)?),
            Buffer::Uint64(values) => Column::U64(Values::new(values, valid)?),
            Buffer::Boolean { bits, .. } => Column::Bool(BoolColumn::new(Bits::new(bits, 0, rows)?, valid)?),
            Buffer::Time { milliseconds, .. } => Column::Timestamp(TimestampColumn::new(
                Values::new(milliseconds, valid)?,
                TimeUnit::Millisecond,
            )),
            Buffer::Text { codes, offsets, bytes } => {
                let texts = TextColumn::utf8(offsets, bytes, None)?;
                Column::Text(TextColumn::dictionary(Codes::I32(codes), valid, texts)?)
            }
            Buffer::Null => Column::Null(rows),
            Buffer::Unsupported { found } => Column::Unsupported { len: rows, found },
        })
    }
}

impl Validity {
    fn of<T>(values: &[T], is_present: impl Fn(&T) -> bool) -> Self {
        let mut bytes = Vec::new();
        pack(values, is_present, &mut bytes);
        Self { bytes, offset: 0 }
    }
}

/// One bit for each value, the first in the lowest place.
fn pack<T>(values: &[T], is_set: impl Fn(&T) -> bool, bits: &mut Vec<u8>) {
    bits.clear();
    bits.extend(
        values
            .chunks(8)
            .map(|chunk| chunk.iter().rev().fold(0, |byte, value| byte << 1 | u8::from(is_set(value)))),
    );
}
