//! Texts by code, in the layouts that readers of Arrow take best.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, Int32Type, UInt8Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, GenericStringArray, OffsetSizeTrait, PrimitiveArray, StringArray,
    StringViewArray, new_null_array,
};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::column::{by_rows, parts};

/// How texts are handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextAs {
    /// With offsets of 32 bits, which every reader knows.
    Short,
    /// With offsets of 64 bits.
    Long,
    /// As views of 16 bytes a row.
    Views,
    /// As codes with a dictionary, as they are.
    Codes,
}

impl TextAs {
    /// The type of a column of codes when it is handed out.
    pub(super) fn data_type(self, codes: &DataType) -> DataType {
        match self {
            Self::Short => DataType::Utf8,
            Self::Long => DataType::LargeUtf8,
            Self::Views => DataType::Utf8View,
            Self::Codes => codes.clone(),
        }
    }

    /// Codes as the texts that they stand for.
    pub(super) fn array(self, array: &ArrayRef, threads: usize) -> ArrayRef {
        match (self, array.as_dictionary_opt::<UInt8Type>()) {
            (Self::Codes, _) => return Arc::clone(array),
            (Self::Views, Some(codes)) => return views(codes, threads),
            _ => {}
        }
        let array = &wide(array);
        let Some(codes) = array.as_dictionary_opt::<Int32Type>() else { return Arc::clone(array) };
        match self {
            Self::Short => strings::<i32>(codes, threads),
            Self::Long => strings::<i64>(codes, threads),
            Self::Views => views(codes, threads),
            Self::Codes => Arc::clone(array),
        }
    }
}

/// The texts one after the other, each as often as rows have it.
fn strings<O: OffsetSizeTrait>(array: &DictionaryArray<Int32Type>, threads: usize) -> ArrayRef {
    let codes = array.keys().values();
    let known: Vec<Text<'_>> = texts(array).iter().map(|text| Text::new(text.unwrap_or_default())).collect();
    let none = Text::new("");
    let text = |code: &i32| usize::try_from(*code).ok().and_then(|code| known.get(code)).unwrap_or(&none);
    let mut end = 0;
    let mut offsets = Vec::with_capacity(codes.len().saturating_add(1));
    offsets.push(O::usize_as(end));
    offsets.extend(codes.iter().map(|code| {
        end += text(code).bytes.len();
        O::usize_as(end)
    }));
    let offset = |row: usize| offsets.get(row).map_or(end, |offset| offset.as_usize());
    let fill = |codes: &[i32], mut out: &mut [u8]| {
        for code in codes {
            out = text(code).put(out);
        }
    };
    let mut bytes = vec![0; end];
    std::thread::scope(|scope| {
        let mut rest = bytes.as_mut_slice();
        for rows in parts(codes.len(), threads) {
            let size = offset(rows.end) - offset(rows.start);
            let (part, after) = std::mem::take(&mut rest).split_at_mut(size);
            rest = after;
            let codes = codes.get(rows).unwrap_or_default();
            if rest.is_empty() {
                fill(codes, part);
            } else {
                let fill = &fill;
                scope.spawn(move || fill(codes, part));
            }
        }
    });
    let offsets = OffsetBuffer::new(offsets.into());
    GenericStringArray::<O>::try_new(offsets, bytes.into(), array.nulls().cloned()).map_or_else(
        // Nothing but texts was written.
        |_| new_null_array(&GenericStringArray::<O>::DATA_TYPE, codes.len()),
        |texts| Arc::new(texts) as ArrayRef,
    )
}

/// A text, and its first bytes in a size that is written at once.
struct Text<'a> {
    bytes: &'a [u8],
    head: [u8; HEAD],
}

const HEAD: usize = 16;

impl<'a> Text<'a> {
    fn new(text: &'a str) -> Self {
        let mut head = [0; HEAD];
        head.iter_mut().zip(text.as_bytes()).for_each(|(head, byte)| *head = *byte);
        Self { bytes: text.as_bytes(), head }
    }

    /// Writes the text at the front and returns what is behind it. Bytes written beyond the text, the next one
    /// overwrites.
    #[inline]
    fn put<'o>(&self, out: &'o mut [u8]) -> &'o mut [u8] {
        let size = self.bytes.len();
        match out.first_chunk_mut::<HEAD>() {
            Some(front) if size <= HEAD => *front = self.head,
            _ => out.iter_mut().zip(self.bytes).for_each(|(out, byte)| *out = *byte),
        }
        out.split_at_mut(size).1
    }
}

/// Views into one copy of each text.
fn views<K>(array: &DictionaryArray<K>, threads: usize) -> ArrayRef
where
    K: ArrowDictionaryKeyType,
    usize: TryFrom<K::Native>,
{
    let mut known = StringViewBuilder::new();
    array.values().as_string::<i32>().iter().for_each(|text| known.append_option(text));
    let known = known.finish();
    let (codes, of) = (array.keys().values(), known.views());
    let view = |row: usize| {
        let code = codes.get(row).and_then(|code| usize::try_from(*code).ok());
        code.and_then(|code| of.get(code)).copied().unwrap_or(0)
    };
    let views = ScalarBuffer::from(by_rows(codes.len(), threads, view));
    let buffers = Arc::clone(known.data_buffers());
    // SAFETY: every view is one of the checked texts, in whose buffers it points, or the empty one of all zeros.
    Arc::new(unsafe { StringViewArray::new_unchecked(views, buffers, array.nulls().cloned()) })
}

/// Codes of a byte as codes of 32 bits, of which -1 is a missing one.
pub(super) fn wide(array: &ArrayRef) -> ArrayRef {
    let Some(narrow) = array.as_dictionary_opt::<UInt8Type>() else { return Arc::clone(array) };
    let (keys, texts) = (narrow.keys(), narrow.values());
    let code = |code: &u8| if usize::from(*code) < texts.len() { i32::from(*code) } else { -1 };
    let codes: Vec<i32> = keys.values().iter().map(code).collect();
    let codes = PrimitiveArray::<Int32Type>::new(codes.into(), keys.nulls().cloned());
    Arc::new(DictionaryArray::new(codes, Arc::clone(texts)))
}

/// The texts that the codes stand for.
pub(super) fn texts(array: &DictionaryArray<Int32Type>) -> &StringArray {
    array.values().as_string::<i32>()
}
