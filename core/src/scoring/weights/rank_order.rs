//! Weights from a ranking.

use super::Weights;
use crate::scoring::fault::Fault;
use crate::scoring::matrix::real;

/// Rank-order centroid weights (Barron & Barrett 1996, *Management Science* 42(11)): the child of rank k of n weighs
/// `(1/k + 1/(k+1) + ... + 1/n) / n`, the centroid of all weights that respect the ranking.
///
/// `ranking` lists the positions of the children, the most important first.
///
/// # Errors
/// [`Fault::Ranking`] if it does not name every child once.
pub(crate) fn rank_order_centroid(ranking: &[usize]) -> Result<Weights, Vec<Fault>> {
    let count = ranking.len();
    let mut shares = vec![0.0; count];
    let mut tail = 0.0;
    // From the last rank up, so that each sum goes on from the one before.
    for (position, child) in ranking.iter().enumerate().rev() {
        tail += 1.0 / real(position.saturating_add(1));
        match shares.get_mut(*child) {
            Some(share) if *share == 0.0 => *share = tail / real(count),
            _ => return Err(vec![Fault::Ranking { expected: count }]),
        }
    }
    Weights::from_shares(shares)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close};

    #[test]
    fn closed_form_of_four() {
        let weights = rank_order_centroid(&[2, 0, 3, 1]).unwrap();
        // (1 + 1/2 + 1/3 + 1/4) / 4 and so on: 25, 13, 7 and 3 of 48.
        let expected = [13.0, 3.0, 25.0, 7.0].map(|share| share / 48.0);
        assert!(close(weights.values(), &expected, 1e-15), "{weights:?}");
        assert_eq!(rank_order_centroid(&[0]).unwrap().values(), [1.0]);
    }

    #[test]
    fn every_child_once() {
        for ranking in [&[0, 0][..], &[0, 2], &[1]] {
            assert_eq!(rank_order_centroid(ranking), Err(vec![Fault::Ranking { expected: ranking.len() }]));
        }
    }

    proptest! {
        #[test]
        fn weights_fall_with_the_rank(ranking in Just((0..20).collect::<Vec<usize>>()).prop_shuffle()) {
            let weights = rank_order_centroid(&ranking).unwrap();
            prop_assert!(are_weights(&weights));
            prop_assert!(ranking.is_sorted_by(|a, b| weights.values()[*a] > weights.values()[*b]));
        }
    }
}
