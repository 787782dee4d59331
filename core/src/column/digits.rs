//! Small numbers of the rows of a block, put together from masks: which rows have a number is known for many rows at
//! once, and each row is written once.

/// Numbers of rows by their binary digits: one bit a row for each digit, the lowest first.
#[derive(Clone, Debug)]
pub(crate) struct Digits<const W: usize>(Vec<[u64; W]>);

impl<const W: usize> Digits<W> {
    /// Room for numbers up to that one.
    pub(crate) fn up_to(most: usize) -> Self {
        Self(vec![[0; W]; (usize::BITS - most.leading_zeros()) as usize])
    }

    /// Makes every number zero.
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|words| *words = [0; W]);
    }

    /// Gives a number to rows that have none yet.
    pub(crate) fn give(&mut self, rows: &[u64; W], number: usize) {
        let digits = self.0.iter_mut().enumerate();
        for (_, words) in digits.filter(|(digit, _)| number >> digit & 1 == 1) {
            words.iter_mut().zip(rows).for_each(|(own, rows)| *own |= rows);
        }
    }

    /// Writes the numbers, which are below 256.
    pub(crate) fn write_bytes(&self, out: &mut [u8]) {
        out.fill(0);
        for (digit, words) in self.0.iter().enumerate() {
            for (word, out) in words.iter().zip(out.chunks_mut(64)).filter(|(word, _)| **word != 0) {
                let bytes = word.to_le_bytes();
                let (whole, rest) = out.as_chunks_mut::<8>();
                for (byte, out) in bytes.iter().zip(whole.iter_mut()) {
                    *out = (u64::from_le_bytes(*out) | spread(*byte) << digit).to_le_bytes();
                }
                let last = bytes.get(whole.len()).map_or(0, |byte| spread(*byte) << digit);
                rest.iter_mut().zip(last.to_le_bytes()).for_each(|(own, number)| *own |= number);
            }
        }
    }
}

/// The bits of a byte as bytes of zero or one, the lowest first.
#[inline(always)]
fn spread(byte: u8) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Each byte keeps the bit of its place; what is not zero then carries into the highest bit.
    let own = u64::from(byte).wrapping_mul(ONES) & 0x8040_2010_0804_0201;
    (own + 0x7f * ONES) >> 7 & ONES
}

#[cfg(test)]
mod tests {
    use super::Digits;

    /// As many words as no block has.
    const W: usize = 3;

    #[test]
    fn numbers_are_written_from_their_digits() {
        for (most, rows) in
            [(1, 0), (1, 1), (4, 7), (5, 8), (14, 63), (127, 64), (100, 65), (3, 64 * W - 1), (127, 64 * W)]
        {
            let number = |row: usize| (row * 7 + row / 5) % (most + 1);
            let mut digits = Digits::<W>::up_to(most);
            digits.give(&[u64::MAX; W], most);
            digits.clear();
            for own in 0..=most {
                let words = std::array::from_fn(|word| {
                    (0..64).fold(0, |all, bit| all | u64::from(number(word * 64 + bit) == own) << bit)
                });
                digits.give(&words, own);
            }
            let mut bytes = vec![9; rows];
            digits.write_bytes(&mut bytes);
            assert!(
                bytes.iter().enumerate().all(|(row, byte)| usize::from(*byte) == number(row)),
                "{most} {rows}"
            );
        }
    }
}
