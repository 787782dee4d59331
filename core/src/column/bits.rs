//! Bit-packed booleans and validity, in Arrow's order: bit 0 is the lowest bit of byte 0.

use super::LayoutError;

/// A borrowed run of bits that may begin anywhere in its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    offset: usize,
    len: usize,
}

impl<'a> Bits<'a> {
    /// `len` bits of `bytes` from bit `offset` on.
    ///
    /// # Errors
    /// When the bytes are too few.
    ///
    /// ```
    /// use cpcfit::column::Bits;
    /// let bits = Bits::new(&[0b0000_0110], 1, 3)?;
    /// assert_eq!((bits.get(0), bits.get(1), bits.get(2)), (true, true, false));
    /// # Ok::<(), cpcfit::column::LayoutError>(())
    /// ```
    pub fn new(bytes: &'a [u8], offset: usize, len: usize) -> Result<Self, LayoutError> {
        let found = bytes.len().saturating_mul(8);
        let needed = offset.saturating_add(len);
        if needed > found {
            return Err(LayoutError::BitsTooShort { found, needed });
        }
        Ok(Self { bytes, offset, len })
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bit `index`; false beyond the end.
    pub fn get(&self, index: usize) -> bool {
        let at = self.offset + index;
        index < self.len && self.bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    }

    /// The 64 bits from `index` on, the first in the lowest place; zeros beyond the end.
    pub fn word(&self, index: usize) -> u64 {
        let Some(left) = self.len.checked_sub(index) else { return 0 };
        let at = self.offset + index;
        let shift = at % 8;
        let tail = self.bytes.get(at / 8..).unwrap_or_default();
        let low = match tail.first_chunk::<8>() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => tail.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
        };
        let ninth = u64::from(tail.get(8).copied().unwrap_or_default());
        // Two shifts, as one by 64 is not defined.
        let word = low >> shift | ninth << 1 << (63 - shift);
        if left < 64 { word & !(u64::MAX << left) } else { word }
    }

    /// Number of bits that are set.
    pub fn count_ones(&self) -> usize {
        (0..self.len).step_by(64).map(|index| self.word(index).count_ones() as usize).sum()
    }

    /// `len` bits from `offset` on, cut where the bits end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let offset = offset.min(self.len);
        Self { bytes: self.bytes, offset: self.offset + offset, len: len.min(self.len - offset) }
    }
}
