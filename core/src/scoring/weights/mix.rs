//! Weights from other weights.

use super::Weights;
use crate::document::{Word, Words};
use crate::scoring::fault::Fault;

/// How weightings are mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mixing {
    Sum,
    Product,
}

impl Mixing {
    /// The word in documents.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Product => "product",
        }
    }
}

impl Words for Mixing {
    const WORDS: &'static [Word] = &[
        Word { word: "sum", about: "the mean of the weights, by shares" },
        Word {
            word: "product",
            about: "the product of the weights to the power of the shares, over its sum",
        },
    ];
    const VALUES: &'static [Self] = &[Self::Sum, Self::Product];
}

/// Mixes weightings by their shares `s`, which are divided by their sum: by sum `w_j = sum over i of s_i w_ij`, by
/// product `w_j` in proportion to `product over i of w_ij ^ s_i`. These are the arithmetic and the geometric mean of
/// the weights (Genest & Zidek 1986, *Statistical Science* 1(1): linear and logarithmic pool). By product a child
/// that one part with a share leaves without weight has none.
///
/// # Errors
/// [`Fault::Mix`] for fewer than two parts, negative shares and shares that are all zero; [`Fault::Length`] for parts
/// of different lengths; [`Fault::Weights`] where no child has a weight in every part of a product.
pub(crate) fn mix(parts: &[(f64, &Weights)], mixing: Mixing) -> Result<Weights, Vec<Fault>> {
    let shares = Weights::from_shares(parts.iter().map(|(share, _)| *share).collect());
    let Ok(shares) = shares else { return Err(vec![Fault::Mix]) };
    let [(_, first), _, ..] = parts else { return Err(vec![Fault::Mix]) };
    let expected = first.values().len();
    if let Some((_, other)) = parts.iter().find(|(_, weights)| weights.values().len() != expected) {
        return Err(vec![Fault::Length { found: other.values().len(), expected }]);
    }
    let start = match mixing {
        Mixing::Sum => 0.0,
        Mixing::Product => 1.0,
    };
    let mut mixed = vec![start; expected];
    for (share, (_, weights)) in shares.values().iter().zip(parts) {
        for (mixed, weight) in mixed.iter_mut().zip(weights.values()) {
            match mixing {
                Mixing::Sum => *mixed += share * weight,
                // 0 to the power of 0 is 1: a part without a share does not count.
                Mixing::Product => *mixed *= libm::pow(*weight, *share),
            }
        }
    }
    Weights::from_shares(mixed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close};

    fn weights(shares: &[f64]) -> Weights {
        Weights::from_shares(shares.to_vec()).unwrap()
    }

    #[test]
    fn by_sum_and_by_product() {
        let (a, b) = (weights(&[0.2, 0.8]), weights(&[0.6, 0.4]));
        let sum = mix(&[(3.0, &a), (1.0, &b)], Mixing::Sum).unwrap();
        assert!(close(sum.values(), &[0.3, 0.7], 1e-15), "{sum:?}");
        // Roots of 0.12 and 0.32, of which the sum is 0.9120955... .
        let product = mix(&[(1.0, &a), (1.0, &b)], Mixing::Product).unwrap();
        let roots = [0.12_f64.sqrt(), 0.32_f64.sqrt()];
        assert!(
            close(product.values(), &roots.map(|root| root / (roots[0] + roots[1])), 1e-15),
            "{product:?}"
        );
    }

    #[test]
    fn without_a_weight_in_one_part_a_product_has_none() {
        let (a, b) = (weights(&[0.0, 1.0, 1.0]), weights(&[1.0, 1.0, 0.0]));
        assert_eq!(mix(&[(1.0, &a), (1.0, &b)], Mixing::Product).unwrap().values(), [0.0, 1.0, 0.0]);
        assert_eq!(mix(&[(1.0, &a), (0.0, &b)], Mixing::Product).unwrap().values(), [0.0, 0.5, 0.5]);
        let (a, b) = (weights(&[0.0, 1.0]), weights(&[1.0, 0.0]));
        assert_eq!(mix(&[(1.0, &a), (1.0, &b)], Mixing::Product), Err(vec![Fault::Weights]));
    }

    #[test]
    fn wrong_parts_are_named() {
        let a = weights(&[0.5, 0.5]);
        let wrong = [vec![], vec![(1.0, &a)], vec![(0.0, &a), (0.0, &a)], vec![(2.0, &a), (-1.0, &a)]];
        for parts in wrong {
            assert_eq!(mix(&parts, Mixing::Sum), Err(vec![Fault::Mix]));
        }
        let length = Fault::Length { found: 1, expected: 2 };
        assert_eq!(mix(&[(1.0, &a), (1.0, &weights(&[1.0]))], Mixing::Sum), Err(vec![length]));
    }

    proptest! {
        #[test]
        fn are_weights_between_their_parts(
            shares in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64), 1..9),
            part in 0.0..1.0_f64,
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) = shares.into_iter().unzip();
            let (Ok(a), Ok(b)) = (Weights::from_shares(a), Weights::from_shares(b)) else { return Ok(()) };
            let mixed = mix(&[(part, &a), (1.0 - part, &b)], Mixing::Sum).unwrap();
            prop_assert!(are_weights(&mixed));
            for ((mixed, a), b) in mixed.values().iter().zip(a.values()).zip(b.values()) {
                let (low, high) = if a < b { (a, b) } else { (b, a) };
                prop_assert!(*mixed > low - 1e-15 && *mixed < high + 1e-15);
            }
            let same = mix(&[(part, &a), (1.0 - part, &a)], Mixing::Product).unwrap();
            prop_assert!(are_weights(&same));
            prop_assert!(close(same.values(), a.values(), 1e-14));
        }
    }
}
