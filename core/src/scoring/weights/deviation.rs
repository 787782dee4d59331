//! Weights from how far the data are spread.

use super::Weights;
use crate::scoring::fault::Fault;
use crate::scoring::matrix::{Matrix, Moments};

/// Standard-deviation weights: in proportion to each column's sample standard deviation (the variant without conflict
/// that Diakoulaki, Mavrotas & Papayannakis 1995 compare CRITIC with). The values are taken as they are, so they
/// should come normalised to one scale.
///
/// # Errors
/// A [`Fault`] for fewer than two rows or columns, and where none varies.
pub(crate) fn standard_deviation(values: &Matrix) -> Result<Weights, Vec<Fault>> {
    let moments = Moments::of(values)?;
    Weights::from_data((0..moments.columns()).map(|column| moments.deviation(column)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close, columns, data, permuted};

    #[test]
    fn are_in_proportion_to_the_spread() {
        let weights =
            standard_deviation(&columns(&[&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0], &[9.0, 3.0, 6.0]])).unwrap();
        assert!(close(weights.values(), &[0.25, 0.0, 0.75], 1e-15), "{weights:?}");
        assert_eq!(weights.values()[1], 0.0);
        assert_eq!(standard_deviation(&columns(&[&[1.0, 1.0], &[2.0, 2.0]])), Err(vec![Fault::Constant]));
    }

    proptest! {
        #[test]
        fn weights_follow_their_columns((matrix, order) in permuted(data(-10.0))) {
            let weights = standard_deviation(&matrix).unwrap();
            prop_assert!(are_weights(&weights));
            let moved: Vec<&[f64]> = order.iter().map(|from| matrix.column(*from)).collect();
            let moved = standard_deviation(&columns(&moved)).unwrap();
            for (to, from) in order.iter().enumerate() {
                prop_assert!((moved.values()[to] - weights.values()[*from]).abs() < 1e-12);
            }
        }
    }
}
