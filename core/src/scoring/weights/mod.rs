//! Weights of the children of a node, from judgements and from data.
//!
//! | from | method | module |
//! |---|---|---|
//! | a ranking | rank-order centroid | `rank_order` |
//! | comparisons in pairs | analytic hierarchy process | `ahp` |
//! | data | entropy, CRITIC, standard deviation, principal components | `entropy`, `critic`, `deviation`, `principal` |
//! | other weights | a mix by sum or product | `mix` |
//!
//! Data are complete rows, one column a child. A column that does not vary tells nothing and weighs 0; if none varies
//! there are no weights.

mod ahp;
mod critic;
mod deviation;
mod entropy;
mod mix;
mod principal;
mod rank_order;

pub use ahp::Comparison;
pub(crate) use ahp::ahp;
pub(crate) use critic::critic;
pub(crate) use deviation::standard_deviation;
pub(crate) use entropy::entropy;
pub(crate) use mix::{Mixing, mix};
pub(crate) use principal::principal_components;
pub(crate) use rank_order::rank_order_centroid;

use super::fault::Fault;

/// Weights that are not negative and whose sum is 1 but for rounding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Weights(Vec<f64>);

impl Weights {
    /// Divides shares by their sum, which is taken in their order.
    ///
    /// # Errors
    /// [`Fault::Weights`] if a share is negative or no number, all are zero, or their sum is infinite.
    pub(crate) fn from_shares(mut shares: Vec<f64>) -> Result<Self, Vec<Fault>> {
        let total = shares.iter().fold(0.0, |total, share| total + share);
        // A sum below the normal numbers has lost the digits that the shares need.
        let is_share = |share: &f64| *share >= 0.0;
        if !(shares.iter().all(is_share) && total >= f64::MIN_POSITIVE && total.is_finite()) {
            return Err(vec![Fault::Weights]);
        }
        for share in &mut shares {
            // No negative zero leaves.
            *share = *share / total + 0.0;
        }
        Ok(Self(shares))
    }

    /// As [`Weights::from_shares`], where shares that are all zero mean data that do not vary.
    fn from_data(shares: Vec<f64>) -> Result<Self, Vec<Fault>> {
        Self::from_shares(shares).map_err(|_| vec![Fault::Constant])
    }

    /// The weights in the order of the children.
    pub(crate) fn values(&self) -> &[f64] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::direction::Direction;
    use crate::scoring::matrix::Matrix;

    #[test]
    fn are_shares_of_their_sum() {
        assert_eq!(Weights::from_shares(vec![3.0, -0.0, 1.0]).unwrap().values(), [0.75, 0.0, 0.25]);
        assert_eq!(Weights::from_shares(vec![3.0, -0.0, 1.0]).unwrap().values()[1].to_bits(), 0);
        for shares in [vec![], vec![0.0, 0.0], vec![1.0, -1.0], vec![f64::NAN, 1.0], vec![f64::MAX, f64::MAX]]
        {
            assert_eq!(Weights::from_shares(shares), Err(vec![Fault::Weights]));
        }
    }

    /// To the bit: a change is a breaking release. The rows are more than a block and no whole number of lanes.
    #[test]
    fn bits_do_not_change() {
        let mut state = 1_u32;
        let mut draw = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / 1e5
        };
        let matrix = Matrix::new(3001, 4, (0..12_004).map(&mut draw).collect()).unwrap();
        let directions = [Direction::Higher, Direction::Lower, Direction::Higher, Direction::Lower];
        let ahp = ahp(&[vec![1.0, 3.0, 5.0], vec![1.0 / 3.0, 1.0, 2.0], vec![0.2, 0.5, 1.0]]).unwrap();
        assert_eq!(
            entropy(&matrix).unwrap().values(),
            [
                0.245_565_927_981_818_48,
                0.259_196_075_331_570_24,
                0.243_691_244_356_716_96,
                0.251_546_752_329_894_4
            ]
        );
        assert_eq!(
            critic(&matrix, &directions).unwrap().values(),
            [
                0.245_800_126_080_102_43,
                0.249_927_930_802_607_67,
                0.253_566_742_355_832_04,
                0.250_705_200_761_457_86
            ]
        );
        assert_eq!(
            standard_deviation(&matrix).unwrap().values(),
            [
                0.248_966_413_029_873_55,
                0.251_708_380_072_442_56,
                0.248_643_660_056_796_94,
                0.250_681_546_840_886_9
            ]
        );
        assert_eq!(
            principal_components(&matrix).unwrap().values(),
            [
                0.354_458_535_617_572_8,
                0.140_690_225_937_060_32,
                0.291_926_086_052_339_3,
                0.212_925_152_393_027_48
            ]
        );
        assert_eq!(
            ahp.weights().values(),
            [0.648_329_013_822_236_7, 0.229_650_794_062_637_08, 0.122_020_192_115_126_2]
        );
    }
}
