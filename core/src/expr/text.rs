//! Text tests over columns: once for each value of a dictionary, else row by row where the text lies.

use std::borrow::Cow;

use super::columns::Columns;
use super::condition::Among;
use super::masks::RowBits;
use super::term::Pattern;
use crate::column::{Codes, Column, TextColumn, Values};

/// A test for being one of some texts, made ready for a column.
#[derive(Clone, Debug)]
pub(super) enum TextTest<'c> {
    /// Every value is missing.
    NoColumn,
    /// Whether each value of the dictionary passes.
    Dictionary { codes: Codes<'c>, passes: Vec<bool> },
    /// Texts to be compared each with a few literals.
    Few { texts: &'c TextColumn<'c>, needles: Vec<Needle<'c>>, negated: bool },
    /// Texts to be searched each among many literals.
    Many { texts: &'c TextColumn<'c>, among: &'c Among<Box<str>> },
    /// Texts to be searched for a part; integers by their decimal form.
    Parts { rows: TextRows<'c>, pattern: &'c Pattern },
    /// Integers, which stand for their decimal form, against those literals that are such a form.
    Integers { column: &'c Column<'c>, among: Among<i128> },
}

impl<'c> TextTest<'c> {
    pub(super) fn new(among: &'c Among<Box<str>>, columns: &Columns<'c>, slot: usize) -> Self {
        let text_passes = |text: &[u8]| among.holds_by(|known| Some(known.as_bytes().cmp(text)));
        match TextRows::new(columns, slot) {
            TextRows::Missing => TextTest::NoColumn,
            TextRows::Texts(texts) => match texts.as_dictionary() {
                Some((codes, values)) => {
                    let passes = (0..values.len()).map(|code| values.get(code).is_some_and(text_passes));
                    TextTest::Dictionary { codes, passes: passes.collect() }
                }
                None => match among.few() {
                    Some(few) => {
                        let needles = few.iter().map(|text| Needle::new(text.as_bytes())).collect();
                        TextTest::Few { texts, needles, negated: among.negated() }
                    }
                    None => TextTest::Many { texts, among },
                },
            },
            TextRows::Integers(column) => {
                let integers = among.values().iter().filter_map(|text| canonical_integer(text.as_bytes()));
                TextTest::Integers { column, among: Among::new(integers.collect(), among.negated()) }
            }
        }
    }

    pub(super) fn pattern(pattern: &'c Pattern, columns: &Columns<'c>, slot: usize) -> Self {
        match TextRows::new(columns, slot) {
            TextRows::Missing => TextTest::NoColumn,
            rows @ TextRows::Integers(_) => TextTest::Parts { rows, pattern },
            rows @ TextRows::Texts(texts) => match texts.as_dictionary() {
                Some((codes, values)) => {
                    let holds = |code| values.get(code).is_some_and(|text| pattern.holds(text));
                    TextTest::Dictionary { codes, passes: (0..values.len()).map(holds).collect() }
                }
                None => TextTest::Parts { rows, pattern },
            },
        }
    }

    /// The rows of the block at `start` that pass; what it says of missing rows means nothing.
    pub(super) fn passed<const W: usize>(&self, start: usize) -> RowBits<W> {
        match self {
            TextTest::NoColumn => RowBits::NONE,
            TextTest::Dictionary { codes, passes } => RowBits::of_rows(|row| {
                codes.get(start + row).is_some_and(|code| passes.get(code).is_some_and(|passes| *passes))
            }),
            TextTest::Few { texts, needles, negated } => RowBits::of_rows(|row| {
                texts.get(start + row).is_some_and(|text| one_of(text, needles) != *negated)
            }),
            TextTest::Many { texts, among } => RowBits::of_rows(|row| {
                let passes = |text: &[u8]| among.holds_by(|known| Some(known.as_bytes().cmp(text)));
                texts.get(start + row).is_some_and(passes)
            }),
            TextTest::Parts { rows: TextRows::Texts(texts), pattern } => {
                RowBits::of_rows(|row| texts.get(start + row).is_some_and(|text| pattern.holds(text)))
            }
            TextTest::Parts { rows, pattern } => RowBits::of_rows(|row| {
                rows.read(start + row).is_some_and(|text| pattern.holds(text.as_bytes()))
            }),
            TextTest::Integers { column, among } => match column {
                Column::I8(values) => integers_passed(values, start, among),
                Column::I16(values) => integers_passed(values, start, among),
                Column::I32(values) => integers_passed(values, start, among),
                Column::I64(values) => integers_passed(values, start, among),
                Column::U8(values) => integers_passed(values, start, among),
                Column::U16(values) => integers_passed(values, start, among),
                Column::U32(values) => integers_passed(values, start, among),
                Column::U64(values) => integers_passed(values, start, among),
                _ => RowBits::NONE,
            },
        }
    }
}

/// A literal with its first bytes in one word: that decides nearly always, without a call or a jump.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needle<'c> {
    head: u64,
    text: &'c [u8],
}

impl<'c> Needle<'c> {
    fn new(text: &'c [u8]) -> Self {
        Self { head: head(text), text }
    }
}

fn one_of(text: &[u8], needles: &[Needle<'_>]) -> bool {
    let (head, len) = (head(text), text.len());
    // No early end: which literal it is cannot be predicted.
    needles.iter().fold(false, |found, needle| {
        let alike = (needle.head == head) & (needle.text.len() == len);
        let same = alike && (len <= 8 || needle.text == text);
        found | same
    })
}

/// The first eight bytes, zeros after the end. Shorter texts are read from both ends, so that they overlap.
fn head(text: &[u8]) -> u64 {
    if let Some(eight) = text.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    let shift = |unit: usize| 8 * text.len().saturating_sub(unit);
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << shift(4);
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<2>(), text.last_chunk::<2>()) {
        return u64::from(u16::from_le_bytes(*first)) | u64::from(u16::from_le_bytes(*last)) << shift(2);
    }
    text.first().map_or(0, |byte| u64::from(*byte))
}

fn integers_passed<T: Copy + Into<i128>, const W: usize>(
    values: &Values<'_, T>,
    start: usize,
    among: &Among<i128>,
) -> RowBits<W> {
    let values = values.values().get(start..).unwrap_or_default();
    RowBits::of_rows(|row| {
        values.get(row).is_some_and(|value| {
            let value: i128 = (*value).into();
            among.holds_by(|known| Some(known.cmp(&value)))
        })
    })
}

/// Where the texts of a slot are.
#[derive(Clone, Copy, Debug)]
pub(super) enum TextRows<'c> {
    Missing,
    Texts(&'c TextColumn<'c>),
    Integers(&'c Column<'c>),
}

impl<'c> TextRows<'c> {
    pub(super) fn new(columns: &Columns<'c>, slot: usize) -> Self {
        match columns.slots.get(slot).and_then(Option::as_ref).and_then(|bound| bound.column) {
            Some(Column::Text(texts)) => TextRows::Texts(texts),
            Some(column) => TextRows::Integers(column),
            None => TextRows::Missing,
        }
    }

    /// The text of a row, integers in their decimal form.
    pub(super) fn read(&self, row: usize) -> Option<Cow<'_, str>> {
        match self {
            TextRows::Missing => None,
            TextRows::Texts(texts) => texts.get(row).map(String::from_utf8_lossy),
            TextRows::Integers(column) => integer_at(column, row).map(|integer| integer.to_string().into()),
        }
    }

    /// Whether two slots have the same text in a row; false where one is missing.
    pub(super) fn equal(&self, other: &Self, row: usize) -> bool {
        match (self, other) {
            (TextRows::Texts(left), TextRows::Texts(right)) => {
                left.get(row).is_some_and(|text| right.get(row) == Some(text))
            }
            (TextRows::Integers(left), TextRows::Integers(right)) => {
                integer_at(left, row).is_some_and(|integer| integer_at(right, row) == Some(integer))
            }
            (TextRows::Texts(texts), TextRows::Integers(integers))
            | (TextRows::Integers(integers), TextRows::Texts(texts)) => texts
                .get(row)
                .and_then(canonical_integer)
                .is_some_and(|integer| integer_at(integers, row) == Some(integer)),
            (TextRows::Missing, _) | (_, TextRows::Missing) => false,
        }
    }
}

fn integer_at(column: &Column<'_>, row: usize) -> Option<i128> {
    match column {
        Column::I8(values) => values.get(row).map(i128::from),
        Column::I16(values) => values.get(row).map(i128::from),
        Column::I32(values) => values.get(row).map(i128::from),
        Column::I64(values) => values.get(row).map(i128::from),
        Column::U8(values) => values.get(row).map(i128::from),
        Column::U16(values) => values.get(row).map(i128::from),
        Column::U32(values) => values.get(row).map(i128::from),
        Column::U64(values) => values.get(row).map(i128::from),
        _ => None,
    }
}

/// The integer whose decimal form the text is: no leading zeros, no plus, no minus zero.
fn canonical_integer(text: &[u8]) -> Option<i128> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = digits.iter().all(u8::is_ascii_digit) && (!digits.starts_with(b"0") || text == b"0");
    if canonical { std::str::from_utf8(text).ok()?.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_is_the_first_eight_bytes() {
        let text = b"\x01\xff\x03\x80\x05\x06\x07\x08\x09\x0a";
        for len in 0..text.len() {
            let expected =
                text[..len].iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            assert_eq!(head(&text[..len]), expected, "{len} bytes");
        }
    }

    #[test]
    fn only_the_decimal_form_stands_for_an_integer() {
        for text in ["0", "7", "-7", "20", "18446744073709551615"] {
            assert_eq!(
                canonical_integer(text.as_bytes()).map(|integer| integer.to_string()).as_deref(),
                Some(text)
            );
        }
        for text in ["", "-", "-0", "00", "07", "+7", "7.0", " 7", "7e0", "x"] {
            assert_eq!(canonical_integer(text.as_bytes()), None, "{text}");
        }
    }
}
