//! Sums over rows in one written order, whatever the machine and the threads.
//!
//! Rows go in blocks of [`BLOCK`]. Within a block, lane `j` of [`LANES`] adds rows `j`, `j + 8`, `j + 16`, ... in
//! their order; the lanes are added in pairs, ((0+1)+(2+3))+((4+5)+(6+7)); the blocks' sums are added in their order.
//! The lanes let the compiler use vector instructions of any width without a change of bits, and short chains keep
//! the error of long columns small.

/// Rows of one block.
pub(super) const BLOCK: usize = 1024;

/// Chains of additions that run side by side.
const LANES: usize = 8;

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts of rows and columns are far below 2^53")]
pub(crate) fn real(count: usize) -> f64 {
    count as f64
}

/// The sum of a column.
pub(crate) fn sum(values: &[f64]) -> f64 {
    sum_of(values, |value| value)
}

/// The sum of a term of each value of a column.
pub(crate) fn sum_of(values: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    values.chunks(BLOCK).fold(0.0, |total, block| total + block_sum(block, &term))
}

fn block_sum(block: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    let mut lanes = [0.0; LANES];
    for chunk in block.chunks(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += term(*value);
        }
    }
    join(lanes)
}

/// The sum of products of one block of two columns.
#[inline]
pub(super) fn block_dot(first: &[f64], second: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let ((first, first_rest), (second, second_rest)) =
        (first.as_chunks::<LANES>(), second.as_chunks::<LANES>());
    for (a, b) in first.iter().zip(second) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    for ((lane, a), b) in lanes.iter_mut().zip(first_rest).zip(second_rest) {
        *lane += a * b;
    }
    join(lanes)
}

fn join([l0, l1, l2, l3, l4, l5, l6, l7]: [f64; LANES]) -> f64 {
    ((l0 + l1) + (l2 + l3)) + ((l4 + l5) + (l6 + l7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_written_order() {
        let values: Vec<f64> = (0..3000_u32).map(|row| 1.0 / f64::from(row + 1)).collect();
        let mut total = 0.0;
        for block in values.chunks(1024) {
            let mut lanes = [0.0; 8];
            for (row, value) in block.iter().enumerate() {
                lanes[row % 8] += value;
            }
            total += ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
                + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
        }
        assert_eq!(sum(&values), total);
        let ones = [1.0; 1024];
        let block = &values[..1001];
        assert_eq!(block_dot(block, &ones[..1001]), sum(block));
        assert_eq!(sum(&[]), 0.0);
    }
}
