//! From the current plan's id, as text or code, to its position in the catalogue.

use crate::column::{Column, Scalar, TextColumn, TextKey};

/// No plan of the catalogue.
const NONE: i32 = -1;

/// The ids of the catalogue, found by a small hash table.
#[derive(Debug)]
pub(super) struct PlanIndex {
    ids: Vec<Box<[u8]>>,
    /// The short ids as their keys; zero, which is no id's, for the others.
    keys: Vec<u128>,
    /// Positions by hash, at most half full, probed linearly.
    table: Vec<i32>,
    shift: u32,
}

impl PlanIndex {
    pub(super) fn new<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        let ids: Vec<Box<[u8]>> = ids.map(|id| id.as_bytes().into()).collect();
        let size = ids.len().saturating_mul(4).next_power_of_two().max(4);
        let shift = 64_u32.saturating_sub(size.ilog2());
        let mut index = Self { table: vec![NONE; size], shift, ids: Vec::new(), keys: Vec::new() };
        for (position, id) in ids.iter().enumerate() {
            let key = TextKey::of(id);
            index.keys.push(if let TextKey::Short(key) = key { key } else { 0 });
            let mut slot = index.slot(hash(key));
            while index.table.get(slot).is_some_and(|taken| *taken != NONE) {
                slot = index.next(slot);
            }
            if let (Some(entry), Ok(position)) = (index.table.get_mut(slot), i32::try_from(position)) {
                *entry = position;
            }
        }
        index.ids = ids;
        index
    }

    /// The position of an id, or [`NONE`].
    #[inline]
    pub(super) fn find(&self, id: TextKey<'_>) -> i32 {
        match id {
            // No id is empty.
            TextKey::Missing | TextKey::Short(0) => NONE,
            TextKey::Short(key) => self.probe(id, |position| self.keys.get(position) == Some(&key)),
            TextKey::Long(text) => {
                self.probe(id, |position| self.ids.get(position).is_some_and(|id| **id == *text))
            }
        }
    }

    #[inline]
    fn probe(&self, id: TextKey<'_>, is: impl Fn(usize) -> bool) -> i32 {
        let mut slot = self.slot(hash(id));
        loop {
            let position = self.table.get(slot).copied().unwrap_or(NONE);
            let Ok(known) = usize::try_from(position) else { return NONE };
            if is(known) {
                return position;
            }
            slot = self.next(slot);
        }
    }

    #[inline]
    fn slot(&self, hash: u64) -> usize {
        usize::try_from(hash >> self.shift).unwrap_or(0)
    }

    #[inline]
    fn next(&self, slot: usize) -> usize {
        slot.wrapping_add(1) & self.table.len().wrapping_sub(1)
    }
}

/// Spreads ids over the table; short ones take two steps.
#[inline]
fn hash(id: TextKey<'_>) -> u64 {
    let mix = |sum: u64, word: u64| (sum.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    match id {
        TextKey::Missing => 0,
        #[expect(clippy::cast_possible_truncation, reason = "one half after the other")]
        TextKey::Short(key) => mix(mix(0, key as u64), (key >> 64) as u64),
        TextKey::Long(text) => {
            let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
            text.chunks(8).fold(0, |sum, bytes| mix(sum, word(bytes)))
        }
    }
}

/// An id as text, however it is stored: `38` for the text, the integer and the whole float.
pub(super) fn canonical(id: &Scalar) -> String {
    match id {
        Scalar::Text(text) => text.clone(),
        // Unlike `{:?}`, this writes whole floats without a point.
        Scalar::Float(value) => value.to_string(),
        other => other.to_string(),
    }
}

/// The column of current plans, made ready.
pub(super) enum CurrentColumn<'a> {
    /// Codes of a dictionary whose values were looked up.
    Codes(TextColumn<'a>, Vec<i32>),
    /// Text.
    Text(TextColumn<'a>),
    /// Integers, by their canonical form; floats too, as which a frame may hold integers beside missing values.
    Numbers(Column<'a>),
    /// No column: every row is without a plan.
    Absent,
}

impl<'a> CurrentColumn<'a> {
    /// `None` for a column that holds neither text nor numbers.
    pub(super) fn new(column: Option<Column<'a>>, index: &PlanIndex) -> Option<Self> {
        match column {
            None | Some(Column::Null(_)) => Some(Self::Absent),
            Some(Column::Text(text)) => Some(match text.as_dictionary() {
                Some((_, values)) => {
                    let found = (0..values.len())
                        .map(|value| index.find(values.get(value).map_or(TextKey::Missing, TextKey::of)));
                    let found = found.collect();
                    Self::Codes(text, found)
                }
                None => Self::Text(text),
            }),
            Some(
                column @ (Column::I8(_)
                | Column::I16(_)
                | Column::I32(_)
                | Column::I64(_)
                | Column::U8(_)
                | Column::U16(_)
                | Column::U32(_)
                | Column::U64(_)
                | Column::F32(_)
                | Column::F64(_)),
            ) => Some(Self::Numbers(column)),
            Some(_) => None,
        }
    }

    /// Fills `out` with the positions, as `of` has them, of the rows from `start` on.
    pub(super) fn fill<T: Copy>(
        &self,
        start: usize,
        index: &PlanIndex,
        out: &mut [T],
        of: impl Fn(i32) -> T,
    ) {
        match self {
            Self::Absent => out.fill(of(NONE)),
            Self::Codes(text, found) => {
                let position = |code: usize| found.get(code).copied();
                text.fill_by_code(start, out, |code| of(code.and_then(position).unwrap_or(NONE)));
            }
            Self::Text(text) => text.fill_by_key(start, out, |id| of(index.find(id))),
            Self::Numbers(column) => (start..).zip(out).for_each(|(row, out)| {
                let value = column.scalar(row);
                let id = if value.is_missing() { None } else { Some(canonical(&value)) };
                *out = of(index.find(id.as_ref().map_or(TextKey::Missing, |id| TextKey::of(id.as_bytes()))));
            }),
        }
    }

    /// The value of a row as text, for messages; `None` where it is missing.
    pub(super) fn shown(&self, row: usize) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Codes(text, _) | Self::Text(text) => {
                text.get(row).map(|id| String::from_utf8_lossy(id).into_owned())
            }
            Self::Numbers(column) => {
                let value = column.scalar(row);
                (!value.is_missing()).then(|| canonical(&value))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_is_found_and_no_other() {
        let ids: Vec<String> = (0..300).map(|n| format!("{}{n}", "plan-".repeat(n % 5))).collect();
        let index = PlanIndex::new(ids.iter().map(String::as_str));
        for (position, id) in ids.iter().enumerate() {
            assert_eq!(index.find(TextKey::of(id.as_bytes())), i32::try_from(position).unwrap(), "{id}");
            assert_eq!(index.find(TextKey::of(format!("{id}x").as_bytes())), NONE);
        }
        assert_eq!((index.find(TextKey::of(b"")), index.find(TextKey::Missing)), (NONE, NONE));
    }
}
