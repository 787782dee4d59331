//! Bit masks over the rows of a block, and Kleene's logic on them word by word.

use crate::column::{BLOCK, Rows};

/// Words in a mask of a block as bills have them; rules, which have no lanes for every plan, take more rows at once.
const WORDS: usize = BLOCK / 64;

/// One bit for each row of a block of so many words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowBits<const W: usize = WORDS>(pub(crate) [u64; W]);

impl<const W: usize> RowBits<W> {
    pub(crate) const NONE: Self = Self([0; W]);
    pub(crate) const ALL: Self = Self([u64::MAX; W]);

    /// The first `rows` rows.
    pub(crate) fn first(rows: usize) -> Self {
        let mut bits = Self::NONE;
        for (index, word) in bits.0.iter_mut().enumerate() {
            *word = match rows.saturating_sub(index * 64) {
                0 => 0,
                few @ 1..64 => !(u64::MAX << few),
                _ => u64::MAX,
            };
        }
        bits
    }

    /// The rows whose value passes a test.
    #[inline(always)]
    pub(super) fn among<T: Copy>(values: &Rows<T, W>, test: impl Fn(T) -> bool) -> Self {
        let mut bits = Self::NONE;
        // The inner loop has a fixed length so that it becomes vector code.
        for (word, chunk) in bits.0.iter_mut().zip(values) {
            let set = |word, (row, value): (usize, &T)| word | u64::from(test(*value)) << row;
            *word = chunk.iter().enumerate().fold(0, set);
        }
        bits
    }

    /// The rows for whose number a test holds.
    pub(super) fn of_rows(test: impl Fn(usize) -> bool) -> Self {
        let mut bits = Self::NONE;
        for (index, word) in bits.0.iter_mut().enumerate() {
            *word = (0..64).fold(0, |word, bit| word | u64::from(test(index * 64 + bit)) << bit);
        }
        bits
    }

    /// Whether a row is in.
    pub(crate) fn get(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub(crate) fn set(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The numbers of the rows that are in.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(index, word)| {
            std::iter::successors(Some(word), |word| Some(word & word.wrapping_sub(1)))
                .take_while(|word| *word != 0)
                .map(move |word| index * 64 + word.trailing_zeros() as usize)
        })
    }

    /// Keeps only the rows that are in both.
    #[inline]
    pub(crate) fn restrict(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }

    /// Takes away the rows that are in the other.
    #[inline]
    pub(crate) fn exclude(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= !other;
        }
    }

    /// Does something for every row that is in: faster than [`RowBits::rows`] where many are.
    #[inline(always)]
    pub(crate) fn each(&self, mut act: impl FnMut(usize)) {
        for (index, word) in self.0.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                act(index * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    pub(crate) fn and_not(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    fn zip(mut self, other: Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = combine(*word, other);
        }
        self
    }
}

impl RowBits {
    /// The rows whose value passes a test.
    #[inline(always)]
    pub(crate) fn of<T: Copy>(values: &[T; BLOCK], test: impl Fn(T) -> bool) -> Self {
        values.as_chunks().0.first_chunk().map_or(Self::NONE, |rows| Self::among(rows, test))
    }
}

/// The outcomes of a condition over a block; a row in neither mask is false, none is in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcomes<const W: usize> {
    pub(super) yes: RowBits<W>,
    pub(super) unknown: RowBits<W>,
}

impl<const W: usize> Outcomes<W> {
    pub(super) const TRUE: Self = Self { yes: RowBits::ALL, unknown: RowBits::NONE };
    pub(super) const FALSE: Self = Self { yes: RowBits::NONE, unknown: RowBits::NONE };

    /// A test that is unknown where a value is missing.
    pub(super) fn known(passed: RowBits<W>, missing: RowBits<W>) -> Self {
        Self { yes: passed.and_not(missing), unknown: missing }
    }

    pub(super) fn not(self) -> Self {
        Self { yes: RowBits::ALL.and_not(self.possible()), unknown: self.unknown }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let yes = self.yes.and(other.yes);
        Self { yes, unknown: self.possible().and(other.possible()).and_not(yes) }
    }

    pub(super) fn or(self, other: Self) -> Self {
        let yes = self.yes.or(other.yes);
        Self { yes, unknown: self.unknown.or(other.unknown).and_not(yes) }
    }

    /// Of each row the outcome of one of two; unknown where this is.
    pub(super) fn choose(self, yes: Self, no: Self) -> Self {
        let chosen = |yes: RowBits<W>, no: RowBits<W>| {
            self.yes.and(yes).or(no.and_not(self.yes)).and_not(self.unknown)
        };
        Self { yes: chosen(yes.yes, no.yes), unknown: chosen(yes.unknown, no.unknown).or(self.unknown) }
    }

    /// Whether two outcomes are the same; unknown where one of them is.
    pub(super) fn same(self, other: Self) -> Self {
        let unknown = self.unknown.or(other.unknown);
        let differ = self.yes.and_not(other.yes).or(other.yes.and_not(self.yes));
        Self { yes: RowBits::ALL.and_not(differ).and_not(unknown), unknown }
    }

    /// The rows that are true or unknown.
    pub(super) fn possible(self) -> RowBits<W> {
        self.yes.or(self.unknown)
    }
}
