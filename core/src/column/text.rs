//! Text columns: Arrow's four layouts and plain slices of strings, behind one enum.

use super::values::{check_validity, null_word};
use super::{Bits, LayoutError};

/// Text in any of the layouts that data frames hold it in. The bytes are compared as they are: they are
/// expected to be UTF-8, as Arrow has it, but nothing depends on it.
#[derive(Debug, Clone)]
pub struct TextColumn<'a>(Layout<'a>);

#[derive(Debug, Clone)]
pub(super) enum Layout<'a> {
    Utf8 {
        offsets: &'a [i32],
        data: &'a [u8],
        validity: Option<Bits<'a>>,
    },
    LargeUtf8 {
        offsets: &'a [i64],
        data: &'a [u8],
        validity: Option<Bits<'a>>,
    },
    Views {
        views: &'a [[u8; 16]],
        buffers: Vec<&'a [u8]>,
        validity: Option<Bits<'a>>,
    },
    Dictionary {
        codes: Codes<'a>,
        validity: Option<Bits<'a>>,
        values: Box<TextColumn<'a>>,
        null_values: bool,
    },
    Strs(&'a [Option<&'a str>]),
}

/// Dictionary codes of any integer width.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "each variant is its width")]
pub enum Codes<'a> {
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
    U64(&'a [u64]),
}

/// Runs the same expression on the slice of whichever width.
macro_rules! with_codes {
    ($codes:expr, $slice:ident => $body:expr) => {
        match $codes {
            Codes::I8($slice) => $body,
            Codes::I16($slice) => $body,
            Codes::I32($slice) => $body,
            Codes::I64($slice) => $body,
            Codes::U8($slice) => $body,
            Codes::U16($slice) => $body,
            Codes::U32($slice) => $body,
            Codes::U64($slice) => $body,
        }
    };
}

impl Codes<'_> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        with_codes!(self, codes => codes.len())
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code of a row; `None` beyond the end and for a negative code.
    pub fn get(&self, row: usize) -> Option<usize> {
        with_codes!(self, codes => number_at(codes, row))
    }

    fn raw(&self, row: usize) -> i128 {
        with_codes!(self, codes => codes.get(row).copied().map_or(0, i128::from))
    }

    fn slice(&self, offset: usize, len: usize) -> Self {
        match self {
            Codes::I8(codes) => Codes::I8(cut(codes, offset, len)),
            Codes::I16(codes) => Codes::I16(cut(codes, offset, len)),
            Codes::I32(codes) => Codes::I32(cut(codes, offset, len)),
            Codes::I64(codes) => Codes::I64(cut(codes, offset, len)),
            Codes::U8(codes) => Codes::U8(cut(codes, offset, len)),
            Codes::U16(codes) => Codes::U16(cut(codes, offset, len)),
            Codes::U32(codes) => Codes::U32(cut(codes, offset, len)),
            Codes::U64(codes) => Codes::U64(cut(codes, offset, len)),
        }
    }
}

impl<'a> TextColumn<'a> {
    /// Arrow `Utf8`: row `i` is `data[offsets[i]..offsets[i + 1]]`.
    ///
    /// # Errors
    /// When offsets are missing, fall or point outside the data, or the validity has another length.
    pub fn utf8(offsets: &'a [i32], data: &'a [u8], validity: Option<Bits<'a>>) -> Result<Self, LayoutError> {
        check_offsets(offsets, data.len(), validity)?;
        Ok(Self(Layout::Utf8 { offsets, data, validity }))
    }

    /// Arrow `LargeUtf8`: as [`TextColumn::utf8`] with offsets of 64 bits.
    ///
    /// # Errors
    /// As [`TextColumn::utf8`].
    pub fn large_utf8(
        offsets: &'a [i64],
        data: &'a [u8],
        validity: Option<Bits<'a>>,
    ) -> Result<Self, LayoutError> {
        check_offsets(offsets, data.len(), validity)?;
        Ok(Self(Layout::LargeUtf8 { offsets, data, validity }))
    }

    /// Arrow `Utf8View`: each view is its 16 bytes in memory order, which is what `slice::as_chunks` makes of
    /// the views buffer.
    ///
    /// # Errors
    /// When the view of a row that is present points outside the buffers, or the validity has another length.
    pub fn utf8_view(
        views: &'a [[u8; 16]],
        buffers: Vec<&'a [u8]>,
        validity: Option<Bits<'a>>,
    ) -> Result<Self, LayoutError> {
        check_validity(validity, views.len())?;
        for (index, views) in views.chunks(64).enumerate() {
            // Without a jump a row; views that hold their texts themselves point nowhere.
            if views.iter().fold(true, |all, view| all & holds_itself(view)) {
                continue;
            }
            for (row, view) in (index * 64..).zip(views) {
                if present(validity, row) && resolve(view, &buffers).is_none() {
                    return Err(LayoutError::View { row });
                }
            }
        }
        Ok(Self(Layout::Views { views, buffers, validity }))
    }

    /// Arrow `Dictionary`: each row is the value that its code counts to.
    ///
    /// # Errors
    /// When the code of a row that is present has no value, or the validity has another length.
    pub fn dictionary(
        codes: Codes<'a>,
        validity: Option<Bits<'a>>,
        values: TextColumn<'a>,
    ) -> Result<Self, LayoutError> {
        check_validity(validity, codes.len())?;
        let known = values.len();
        for row in 0..codes.len() {
            if present(validity, row) && codes.get(row).is_none_or(|code| code >= known) {
                return Err(LayoutError::Code { row, code: codes.raw(row), values: known });
            }
        }
        let null_values = values.null_count() > 0;
        Ok(Self(Layout::Dictionary { codes, validity, values: Box::new(values), null_values }))
    }

    pub(super) fn layout(&self) -> &Layout<'a> {
        &self.0
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        match &self.0 {
            Layout::Utf8 { offsets, .. } => offsets.len().saturating_sub(1),
            Layout::LargeUtf8 { offsets, .. } => offsets.len().saturating_sub(1),
            Layout::Views { views, .. } => views.len(),
            Layout::Dictionary { codes, .. } => codes.len(),
            Layout::Strs(strs) => strs.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of a row; `None` where it is missing.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        match &self.0 {
            Layout::Utf8 { offsets, data, validity } => {
                if present(*validity, row) {
                    range(offsets, data, row)
                } else {
                    None
                }
            }
            Layout::LargeUtf8 { offsets, data, validity } => {
                if present(*validity, row) {
                    range(offsets, data, row)
                } else {
                    None
                }
            }
            Layout::Views { views, buffers, validity } => {
                if present(*validity, row) {
                    resolve(views.get(row)?, buffers)
                } else {
                    None
                }
            }
            Layout::Dictionary { codes, validity, values, .. } => {
                if present(*validity, row) {
                    values.get(codes.get(row)?)
                } else {
                    None
                }
            }
            Layout::Strs(strs) => strs.get(row)?.map(str::as_bytes),
        }
    }

    /// Codes and values, where the layout is a dictionary. The codes of missing rows mean nothing.
    pub fn as_dictionary(&self) -> Option<(Codes<'a>, &TextColumn<'a>)> {
        match &self.0 {
            Layout::Dictionary { codes, values, .. } => Some((*codes, values)),
            _ => None,
        }
    }

    /// Writes, for each row from `start` on, what `look_up` says of its dictionary code; `None` where it is missing, or
    /// where the column has no dictionary.
    pub(crate) fn fill_by_code<T>(&self, start: usize, out: &mut [T], look_up: impl Fn(Option<usize>) -> T) {
        let Layout::Dictionary { codes, validity, .. } = &self.0 else { return };
        #[allow(
            clippy::unnecessary_fallible_conversions,
            reason = "the narrow widths share the code of the wide"
        )]
        let () = with_codes!(codes, slice => {
            let codes = slice.get(start..).unwrap_or_default();
            match validity {
                None => {
                    for (out, code) in out.iter_mut().zip(codes) {
                        *out = look_up(usize::try_from(*code).ok());
                    }
                }
                Some(bits) => {
                    for (row, (out, code)) in out.iter_mut().zip(codes).enumerate() {
                        let code = usize::try_from(*code).ok().filter(|_| bits.get(start + row));
                        *out = look_up(code);
                    }
                }
            }
        });
    }

    /// Writes, for each row from `start` on, what `look_up` says of its text.
    pub(crate) fn fill_by_key<T>(&self, start: usize, out: &mut [T], look_up: impl Fn(TextKey<'_>) -> T) {
        let rows = (start..).zip(out);
        let missing = |validity: &Option<Bits<'_>>, row| !present(*validity, row);
        match &self.0 {
            Layout::Utf8 { offsets, data, validity } => rows.for_each(|(row, out)| {
                let key = if missing(validity, row) { TextKey::Missing } else { key_at(offsets, data, row) };
                *out = look_up(key);
            }),
            Layout::LargeUtf8 { offsets, data, validity } => rows.for_each(|(row, out)| {
                let key = if missing(validity, row) { TextKey::Missing } else { key_at(offsets, data, row) };
                *out = look_up(key);
            }),
            Layout::Views { views, buffers, validity } => rows.for_each(|(row, out)| {
                *out = look_up(match views.get(row) {
                    Some(view) if !missing(validity, row) => key_of_view(view, buffers),
                    _ => TextKey::Missing,
                });
            }),
            Layout::Dictionary { .. } | Layout::Strs(_) => rows.for_each(|(row, out)| {
                *out = look_up(self.get(row).map_or(TextKey::Missing, TextKey::of));
            }),
        }
    }

    /// Whether any row may be null.
    pub(super) fn may_have_nulls(&self) -> bool {
        match &self.0 {
            Layout::Utf8 { validity, .. }
            | Layout::LargeUtf8 { validity, .. }
            | Layout::Views { validity, .. } => validity.is_some(),
            Layout::Dictionary { validity, null_values, .. } => *null_values || validity.is_some(),
            Layout::Strs(_) => true,
        }
    }

    /// The rows from `row` on that are null, the first in the lowest bit; beyond the end the bits mean nothing.
    pub(super) fn null_word(&self, row: usize) -> u64 {
        match &self.0 {
            Layout::Utf8 { validity, .. }
            | Layout::LargeUtf8 { validity, .. }
            | Layout::Views { validity, .. }
            | Layout::Dictionary { validity, null_values: false, .. } => null_word(*validity, row),
            Layout::Dictionary { .. } | Layout::Strs(_) => {
                (0..64).fold(0, |word, bit| word | u64::from(self.get(row + bit).is_none()) << bit)
            }
        }
    }

    /// Number of missing rows.
    pub fn null_count(&self) -> usize {
        match &self.0 {
            Layout::Utf8 { validity, .. }
            | Layout::LargeUtf8 { validity, .. }
            | Layout::Views { validity, .. } => validity.map_or(0, |bits| bits.len() - bits.count_ones()),
            Layout::Dictionary { .. } => (0..self.len()).filter(|row| self.get(*row).is_none()).count(),
            Layout::Strs(strs) => strs.iter().filter(|text| text.is_none()).count(),
        }
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let cut_bits = |validity: &Option<Bits<'a>>| validity.map(|bits| bits.slice(offset, len));
        // One offset more than rows.
        let ends = len.saturating_add(1);
        let offset_of_ends = offset.min(self.len());
        Self(match &self.0 {
            Layout::Utf8 { offsets, data, validity } => Layout::Utf8 {
                offsets: cut(offsets, offset_of_ends, ends),
                data,
                validity: cut_bits(validity),
            },
            Layout::LargeUtf8 { offsets, data, validity } => Layout::LargeUtf8 {
                offsets: cut(offsets, offset_of_ends, ends),
                data,
                validity: cut_bits(validity),
            },
            Layout::Views { views, buffers, validity } => Layout::Views {
                views: cut(views, offset, len),
                buffers: buffers.clone(),
                validity: cut_bits(validity),
            },
            Layout::Dictionary { codes, validity, values, null_values } => Layout::Dictionary {
                codes: codes.slice(offset, len),
                validity: cut_bits(validity),
                values: values.clone(),
                null_values: *null_values,
            },
            Layout::Strs(strs) => Layout::Strs(cut(strs, offset, len)),
        })
    }
}

impl<'a> From<&'a [Option<&'a str>]> for TextColumn<'a> {
    fn from(strs: &'a [Option<&'a str>]) -> Self {
        Self(Layout::Strs(strs))
    }
}

/// A text made ready to be compared: one word if it is short, else as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKey<'t> {
    Missing,
    /// The length, then the bytes, as a string view has them.
    Short(u128),
    Long(&'t [u8]),
}

impl<'t> TextKey<'t> {
    /// As many bytes as a string view holds itself.
    const SHORT: usize = 12;

    #[inline]
    pub(crate) fn of(text: &'t [u8]) -> Self {
        if text.len() > Self::SHORT {
            return Self::Long(text);
        }
        let word = |bytes: &[u8; 4]| u128::from(u32::from_le_bytes(*bytes));
        // Words that may overlap are faster than a loop over the bytes.
        let bytes = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                let middle = text.get(4..).and_then(<[u8]>::first_chunk).map_or(0, word);
                word(first) | middle << 32 | word(last) << (8 * (text.len() - 4))
            }
            _ => text.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte)),
        };
        Self::short(bytes, text.len())
    }

    /// The first `len` bytes of a word.
    #[inline]
    fn short(bytes: u128, len: usize) -> Self {
        let own = bytes & !(u128::MAX << (8 * len));
        Self::Short(own << 32 | len as u128)
    }
}

#[inline]
fn key_at<'t, T: Copy + TryInto<usize>>(offsets: &[T], data: &'t [u8], row: usize) -> TextKey<'t> {
    let (Some(from), Some(to)) = (number_at(offsets, row), number_at(offsets, row.saturating_add(1))) else {
        return TextKey::Missing;
    };
    let len = to.saturating_sub(from);
    // Whatever follows in the data is cut off.
    match data.get(from..).and_then(<[u8]>::first_chunk::<16>) {
        Some(bytes) if len <= TextKey::SHORT => TextKey::short(u128::from_le_bytes(*bytes), len),
        _ => data.get(from..to).map_or(TextKey::Missing, TextKey::of),
    }
}

#[inline]
fn key_of_view<'t>(view: &'t [u8; 16], buffers: &[&'t [u8]]) -> TextKey<'t> {
    let word = u128::from_le_bytes(*view);
    match usize::try_from(word & u128::from(u32::MAX)) {
        Ok(len @ 0..=TextKey::SHORT) => TextKey::short(word >> 32, len),
        _ => resolve(view, buffers).map_or(TextKey::Missing, TextKey::of),
    }
}

/// The view of a text of up to 12 bytes; of a longer one its length and first bytes.
pub(super) fn short_view(text: &[u8]) -> [u8; 16] {
    let mut view = [0; 16];
    let (len, inline) = view.split_at_mut(4);
    len.copy_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    inline.iter_mut().zip(text).for_each(|(own, byte)| *own = *byte);
    view
}

fn cut<T>(slice: &[T], offset: usize, len: usize) -> &[T] {
    let rows = slice.get(offset..).unwrap_or_default();
    rows.get(..len).unwrap_or(rows)
}

#[inline]
fn present(validity: Option<Bits<'_>>, row: usize) -> bool {
    validity.is_none_or(|bits| bits.get(row))
}

fn number_at<T: Copy + TryInto<usize>>(numbers: &[T], row: usize) -> Option<usize> {
    (*numbers.get(row)?).try_into().ok()
}

fn range<'a, T: Copy + TryInto<usize>>(offsets: &[T], data: &'a [u8], row: usize) -> Option<&'a [u8]> {
    data.get(number_at(offsets, row)?..number_at(offsets, row.checked_add(1)?)?)
}

fn check_offsets<T: Copy + PartialOrd + TryInto<usize>>(
    offsets: &[T],
    data: usize,
    validity: Option<Bits<'_>>,
) -> Result<(), LayoutError> {
    let rows = offsets.len().checked_sub(1).ok_or(LayoutError::NoOffsets)?;
    check_validity(validity, rows)?;
    // Without a jump a row; what is wrong is looked for only where something is.
    let rising = offsets.iter().zip(offsets.iter().skip(1)).fold(true, |all, (from, to)| all & (from <= to));
    let inside =
        |offset: Option<&T>| offset.is_some_and(|offset| (*offset).try_into().is_ok_and(|at| at <= data));
    if rising && inside(offsets.first()) && inside(offsets.last()) {
        return Ok(());
    }
    let mut before = 0;
    for (index, offset) in offsets.iter().enumerate() {
        match (*offset).try_into() {
            Ok(offset) if before <= offset && offset <= data => before = offset,
            _ => return Err(LayoutError::Offset { row: index.saturating_sub(1) }),
        }
    }
    Ok(())
}

fn holds_itself(view: &[u8; 16]) -> bool {
    let [l0, l1, l2, l3, ..] = *view;
    u32::from_le_bytes([l0, l1, l2, l3]) <= 12
}

/// A view of up to 12 bytes holds them itself after its length; a longer one holds a prefix, a buffer and
/// the offset there.
fn resolve<'a>(view: &'a [u8; 16], buffers: &[&'a [u8]]) -> Option<&'a [u8]> {
    let [l0, l1, l2, l3, inline @ ..] = view;
    let len = usize::try_from(i32::from_le_bytes([*l0, *l1, *l2, *l3])).ok()?;
    if len <= 12 {
        return inline.get(..len);
    }
    let [_, _, _, _, b0, b1, b2, b3, o0, o1, o2, o3] = *inline;
    let buffer = buffers.get(usize::try_from(i32::from_le_bytes([b0, b1, b2, b3])).ok()?)?;
    let start = usize::try_from(i32::from_le_bytes([o0, o1, o2, o3])).ok()?;
    buffer.get(start..start.checked_add(len)?)
}
