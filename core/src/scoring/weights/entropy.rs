//! Weights from how unevenly the data are spread.

use super::Weights;
use crate::scoring::fault::{Fault, Rows};
use crate::scoring::matrix::{Matrix, Moments, real, sum, sum_of};

/// Entropy weights (Shannon 1948; Hwang & Yoon 1981, *Multiple Attribute Decision Making*, section 3).
///
/// With the shares `p = x / sum of x` of the m rows, a column's entropy is `e = -sum of p ln p / ln m` where `0 ln 0`
/// is 0, and its weight is in proportion to `1 - e`. That is `sum of p ln(p m) / ln m`, which keeps the digits where
/// the shares are nearly equal; the factor `1 / ln m` is common to all columns and falls out. Directions do not
/// matter. Values are shares of a total: not negative, and best on scales whose zero means none.
///
/// # Errors
/// A [`Fault`] for fewer than two rows or columns, for each column with negative values or all zero, and where none
/// varies.
pub(crate) fn entropy(values: &Matrix) -> Result<Weights, Vec<Fault>> {
    let faults: Vec<Fault> =
        values.iter().enumerate().filter_map(|(index, column)| check(index, column)).collect();
    let moments = Moments::of(values)?;
    if !faults.is_empty() {
        return Err(faults);
    }
    let shares = values
        .iter()
        .enumerate()
        .map(|(index, column)| if moments.varies(index) { diversity(column) } else { 0.0 });
    Weights::from_data(shares.collect())
}

fn check(column: usize, values: &[f64]) -> Option<Fault> {
    if let Some(rows) = Rows::of(values, |value| value < 0.0) {
        return Some(Fault::Negative { column, rows });
    }
    let is_zero = !values.is_empty() && values.iter().all(|value| *value == 0.0);
    is_zero.then_some(Fault::AllZero { column })
}

/// `(1 - e) ln m` of a column that varies and whose sum is above zero.
fn diversity(column: &[f64]) -> f64 {
    let total = sum(column);
    let rows = real(column.len());
    let diversity = sum_of(column, |value| {
        let share = value / total;
        if share > 0.0 { share * libm::log(share * rows) } else { 0.0 }
    });
    // Never negative but by rounding.
    if diversity > 0.0 { diversity } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close, columns, data, permuted};

    /// Computed apart with `numpy` (2.4) by the textbook formula with `1 - e`.
    #[test]
    fn agrees_with_numpy() {
        let expected = [0.022_778_928_047_440_316, 0.940_628_498_761_310_4, 0.036_592_573_191_249_304];
        let matrix =
            columns(&[&[66.0, 61.0, 65.0, 95.0], &[0.0, 55.0, 49.0, 0.0], &[95.0, 166.0, 113.0, 99.0]]);
        let weights = entropy(&matrix).unwrap();
        assert!(close(weights.values(), &expected, 1e-14), "{weights:?}");
    }

    #[test]
    fn a_column_that_does_not_vary_weighs_nothing() {
        let weights = entropy(&columns(&[&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0], &[2.0, 4.0, 6.0]])).unwrap();
        assert!(close(weights.values(), &[0.0, 0.5, 0.5], 1e-15), "{weights:?}");
        assert_eq!(weights.values()[0], 0.0);
    }

    #[test]
    fn what_has_no_entropy_is_named() {
        let faults =
            entropy(&columns(&[&[0.0, 0.0, 0.0], &[1.0, -2.0, -3.0], &[1.0, 2.0, 3.0]])).unwrap_err();
        let rows = Rows { first: 1, count: 2 };
        assert_eq!(faults, [Fault::AllZero { column: 0 }, Fault::Negative { column: 1, rows }]);
        assert_eq!(entropy(&columns(&[&[1.0, 1.0], &[2.0, 2.0]])), Err(vec![Fault::Constant]));
        assert_eq!(entropy(&columns(&[&[1.0], &[2.0]])), Err(vec![Fault::TooFewRows { found: 1 }]));
        assert_eq!(entropy(&columns(&[&[1.0, 2.0]])), Err(vec![Fault::TooFewColumns { found: 1 }]));
    }

    proptest! {
        #[test]
        fn weights_follow_their_columns((matrix, order) in permuted(data(0.0))) {
            let weights = entropy(&matrix).unwrap();
            prop_assert!(are_weights(&weights));
            let moved: Vec<&[f64]> = order.iter().map(|from| matrix.column(*from)).collect();
            let moved = entropy(&columns(&moved)).unwrap();
            for (to, from) in order.iter().enumerate() {
                prop_assert!((moved.values()[to] - weights.values()[*from]).abs() < 1e-12);
            }
        }
    }
}
