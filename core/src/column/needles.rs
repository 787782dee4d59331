//! Literals found among texts: those of sixty-four rows are compared at once, without a jump a row.
//!
//! Texts are compared by the 16 bytes that a string view has: the length, then the first bytes. They decide for texts of
//! up to 12 bytes; of a longer literal they leave few rows, whose texts are compared as they are.

use fearless_simd::{Level, Simd, SimdBase as _, SimdMask as _, dispatch, u64x8};

use super::text::{Layout, TextColumn, short_view};

/// As many bytes as a string view holds itself.
const INLINE: usize = 12;

/// The views of as many rows as a word has bits.
type Views = [[u8; 16]; 64];

/// A literal to be found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needle<'t> {
    text: &'t [u8],
    /// The halves of its view.
    halves: [u64; 2],
    /// The bits that count of them.
    masks: [u64; 2],
}

impl<'t> Needle<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        let view = short_view(text);
        // A longer one shows only its first four bytes, as a view of another buffer does.
        let bytes = 4 + if text.len() > INLINE { 4 } else { text.len() };
        let mask = if bytes == 16 { u128::MAX } else { !(u128::MAX << (8 * bytes)) };
        Self { text, halves: halves(u128::from_le_bytes(view) & mask), masks: halves(mask) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "these are the halves")]
fn halves(word: u128) -> [u64; 2] {
    [word as u64, (word >> 64) as u64]
}

impl TextColumn<'_> {
    /// For each needle the rows of the block at `start` that have its text; of missing rows it means nothing.
    pub(crate) fn find<const W: usize>(
        &self,
        start: usize,
        level: Option<Level>,
        needles: &[Needle<'_>],
        found: &mut [[u64; W]],
    ) {
        let mut room: Views = [[0; 16]; 64];
        let rows = self.len().saturating_sub(start).min(64 * W);
        for word in 0..W {
            let first = start + word * 64;
            let own = rows.saturating_sub(word * 64).min(64);
            let views = self.views(first, own, &mut room);
            search(level, views, needles, found, word);
        }
        for (needle, words) in needles.iter().zip(found) {
            if needle.text.len() > INLINE {
                self.verify(start, needle.text, words);
            }
        }
    }

    /// The views of `rows` rows from `first` on, put together in `room` where they do not lie so; of others nothing is said.
    fn views<'v>(&'v self, first: usize, rows: usize, room: &'v mut Views) -> &'v Views {
        match self.layout() {
            Layout::Views { views, .. } => {
                let views = views.get(first..).unwrap_or_default();
                if let Some(whole) = views.first_chunk() {
                    return whole;
                }
                room.iter_mut().zip(views).for_each(|(own, view)| *own = *view);
            }
            Layout::Utf8 { offsets, data, .. } => gather(room, offsets, data, first, rows),
            Layout::LargeUtf8 { offsets, data, .. } => gather(room, offsets, data, first, rows),
            Layout::Dictionary { .. } | Layout::Strs(_) => {
                for (row, own) in (first..).zip(room.iter_mut()).take(rows) {
                    *own = self.get(row).map_or([u8::MAX; 16], short_view);
                }
            }
        }
        room
    }

    /// Keeps the rows whose whole text is that of the needle.
    fn verify(&self, start: usize, text: &[u8], words: &mut [u64]) {
        for (first, word) in (start..).step_by(64).zip(words) {
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                if self.get(first + bit as usize) != Some(text) {
                    *word &= !(1 << bit);
                }
                rest &= rest - 1;
            }
        }
    }
}

/// Puts views together from offsets and bytes.
#[inline]
fn gather<T: Copy + TryInto<usize>>(room: &mut Views, offsets: &[T], data: &[u8], first: usize, rows: usize) {
    let ends = offsets.get(first..).unwrap_or_default();
    for (own, (from, to)) in room.iter_mut().zip(ends.iter().zip(ends.iter().skip(1))).take(rows) {
        let (Ok(from), Ok(to)) = ((*from).try_into(), (*to).try_into()) else { continue };
        let len = u32::try_from(to.saturating_sub(from)).unwrap_or(u32::MAX);
        // Whatever follows in the data, no needle looks at.
        *own = match data.get(from..).and_then(<[u8]>::first_chunk::<16>) {
            Some(bytes) => (u128::from_le_bytes(*bytes) << 32 | u128::from(len)).to_le_bytes(),
            None => short_view(data.get(from..to).unwrap_or_default()),
        };
    }
}

/// One word of each needle.
fn search<const W: usize>(
    level: Option<Level>,
    views: &Views,
    needles: &[Needle<'_>],
    found: &mut [[u64; W]],
    index: usize,
) {
    match level {
        Some(level) => dispatch!(level, simd => simd.vectorize(
            #[inline(always)]
            || search_on(simd, views, needles, found, index)
        )),
        None => {
            for (needle, words) in needles.iter().zip(found) {
                let [low, high] = needle.halves;
                let [low_mask, high_mask] = needle.masks;
                let same = |view: &[u8; 16]| {
                    let [own_low, own_high] = halves(u128::from_le_bytes(*view));
                    own_low & low_mask == low && own_high & high_mask == high
                };
                let bits = (0..).zip(views).fold(0, |bits, (row, view)| bits | u64::from(same(view)) << row);
                words.get_mut(index).into_iter().for_each(|word| *word = bits);
            }
        }
    }
}

#[inline(always)]
fn search_on<S: Simd, const W: usize>(
    simd: S,
    views: &Views,
    needles: &[Needle<'_>],
    found: &mut [[u64; W]],
    index: usize,
) {
    let zero = u64x8::splat(simd, 0);
    // The halves of eight rows are brought together once for all needles.
    let mut lanes = [(zero, zero); 8];
    for (lanes, rows) in lanes.iter_mut().zip(views.as_chunks::<8>().0) {
        let (front, back) = rows.split_at(4);
        *lanes = load(simd, front).deinterleave(load(simd, back));
    }
    for (needle, words) in needles.iter().zip(found) {
        let ([low, high], [low_mask, high_mask]) = (needle.halves, needle.masks);
        let (low, low_mask) = (u64x8::splat(simd, low), u64x8::splat(simd, low_mask));
        let (high, high_mask) = (u64x8::splat(simd, high), u64x8::splat(simd, high_mask));
        let mut bits = 0;
        for (eight, (own_low, own_high)) in lanes.iter().enumerate() {
            let differ = ((*own_low ^ low) & low_mask) | ((*own_high ^ high) & high_mask);
            bits |= differ.simd_eq(zero).to_bitmask() << (8 * eight);
        }
        words.get_mut(index).into_iter().for_each(|word| *word = bits);
    }
}

/// The halves of four views, one after the other.
#[inline(always)]
fn load<S: Simd>(simd: S, views: &[[u8; 16]]) -> u64x8<S> {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(views.as_flattened().as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    u64x8::load_array(simd, words)
}

#[cfg(test)]
mod tests {
    use super::{INLINE, Needle};
    use crate::column::{Bits, Codes, Simd, TextColumn};

    const W: usize = 16;
    const BLOCK: usize = 64 * W;

    /// Texts of every length up to 20, some of which differ only in their first, fourth, twelfth or last byte.
    fn pool() -> Vec<String> {
        let mut pool = Vec::new();
        for len in 0..=20_usize {
            let text = "plan-of-the-month-20"[..len].to_owned();
            for at in [0, 3, 11, len.saturating_sub(1)] {
                if at < len {
                    let mut other = text.clone();
                    other.replace_range(at..=at, "#");
                    pool.push(other);
                }
            }
            pool.push(text);
        }
        pool.push("zero\0".to_owned());
        pool.push("zero".to_owned());
        pool
    }

    /// A view whose bytes behind the text must not count.
    fn view(text: &str, start: usize) -> [u8; 16] {
        let mut view = [0xff; 16];
        view[..4].copy_from_slice(&u32::try_from(text.len()).unwrap().to_le_bytes());
        if text.len() <= INLINE {
            view[4..4 + text.len()].copy_from_slice(text.as_bytes());
        } else {
            view[4..8].copy_from_slice(&text.as_bytes()[..4]);
            view[8..12].copy_from_slice(&0_u32.to_le_bytes());
            view[12..].copy_from_slice(&u32::try_from(start).unwrap().to_le_bytes());
        }
        view
    }

    /// What is found is what is equal, of rows that are not missing.
    fn check(column: &TextColumn<'_>, start: usize, literals: &[&str]) {
        let needles: Vec<Needle<'_>> = literals.iter().map(|text| Needle::new(text.as_bytes())).collect();
        for simd in Simd::available() {
            let mut found = vec![[u64::MAX; W]; needles.len()];
            column.find(start, simd.level(), &needles, &mut found);
            for (literal, words) in literals.iter().zip(&found) {
                for row in 0..BLOCK.min(column.len().saturating_sub(start)) {
                    if let Some(text) = column.get(start + row) {
                        let bit = words[row / 64] >> (row % 64) & 1 == 1;
                        assert_eq!(
                            bit,
                            text == literal.as_bytes(),
                            "{simd:?} {literal:?} row {row}: {text:?}"
                        );
                    }
                }
            }
        }
    }

    /// Every layout, whole and from the middle of a slice.
    fn layouts(texts: &[&str], check: impl Fn(&TextColumn<'_>)) {
        let (mut narrow, mut wide, mut views, mut data) =
            (vec![0_i32], vec![0_i64], Vec::new(), String::new());
        for text in texts {
            views.push(view(text, data.len()));
            data.push_str(text);
            narrow.push(i32::try_from(data.len()).unwrap());
            wide.push(i64::try_from(data.len()).unwrap());
        }
        let bytes: Vec<u8> =
            (0..=texts.len() / 8).map(|byte| 0xb7 ^ u8::try_from(byte % 251).unwrap()).collect();
        let strs: Vec<Option<&str>> = texts.iter().map(|text| Some(*text)).collect();
        let codes: Vec<u16> = (0..texts.len()).map(|row| u16::try_from(row).unwrap()).collect();
        for validity in [None, Bits::new(&bytes, 0, texts.len()).ok()] {
            check(&TextColumn::utf8(&narrow, data.as_bytes(), validity).unwrap());
            check(&TextColumn::large_utf8(&wide, data.as_bytes(), validity).unwrap());
            check(&TextColumn::utf8_view(&views, vec![data.as_bytes()], validity).unwrap());
            check(&TextColumn::dictionary(Codes::U16(&codes), validity, strs.as_slice().into()).unwrap());
        }
        check(&strs.as_slice().into());
    }

    #[test]
    fn literals_are_found_in_every_layout() {
        let pool = pool();
        for (step, rows) in
            [(1, pool.len()), (7, 63), (5, 64), (11, 65), (13, 1023), (17, 1024), (19, 1025), (3, 1100)]
        {
            let texts: Vec<&str> = (0..rows).map(|row| pool[row * step % pool.len()].as_str()).collect();
            layouts(&texts, |column| {
                for count in 1..=9 {
                    let literals: Vec<&str> =
                        pool.iter().skip(count * step).step_by(9).take(count).map(String::as_str).collect();
                    check(column, 0, &literals);
                }
                let literals: Vec<&str> = pool.iter().step_by(5).map(String::as_str).collect();
                for offset in [1, 7, 13, 64, 100] {
                    check(&column.slice(offset, rows), 0, &literals);
                    check(column, offset, &literals);
                    check(&column.slice(offset, 9), 0, &literals);
                }
            });
        }
    }

    #[test]
    fn there_may_be_no_rows_and_no_literals() {
        layouts(&[], |column| check(column, 0, &["", "a"]));
        layouts(&["a"], |column| check(column, 0, &[]));
        layouts(&["a"], |column| check(column, 5, &["a"]));
    }
}
