//! Whether the indicators of a node measure one thing.

use crate::scoring::fault::Fault;
use crate::scoring::matrix::{Matrix, Moments, real};

/// The variance of a sum below this share of the variances in it is rounding.
const NOISE: f64 = 1e-12;

/// Cronbach's alpha (Cronbach 1951, *Psychometrika* 16(3)): `k / (k - 1) * (1 - sum of the variances / variance of
/// the sum)`, over the sample covariances of the values as given, unstandardised. An indicator that does not vary
/// counts as one of the k.
#[derive(Clone, Debug, PartialEq)]
pub struct Reliability {
    alpha: Option<f64>,
    if_deleted: Vec<Option<f64>>,
}

impl Reliability {
    /// Of columns on one scale, all with the same direction.
    ///
    /// # Errors
    /// A [`Fault`] where there are fewer than two rows or columns.
    pub(crate) fn of(values: &Matrix) -> Result<Self, Vec<Fault>> {
        let moments = Moments::of(values)?;
        let all: Vec<usize> = (0..moments.columns()).collect();
        let without = |deleted: &usize| {
            let rest: Vec<usize> = all.iter().copied().filter(|column| column != deleted).collect();
            alpha(&moments, &rest)
        };
        Ok(Self { alpha: alpha(&moments, &all), if_deleted: all.iter().map(without).collect() })
    }

    /// Alpha, at most 1; around 0.7 and above is taken for reliable (Nunnally 1978). `None` where the sum does not
    /// vary.
    pub fn alpha(&self) -> Option<f64> {
        self.alpha
    }

    /// Alpha without each indicator in turn; higher than alpha where the indicator disturbs. `None` where fewer than
    /// two indicators remain or their sum does not vary.
    pub fn if_deleted(&self) -> &[Option<f64>] {
        &self.if_deleted
    }
}

fn alpha(moments: &Moments, columns: &[usize]) -> Option<f64> {
    if columns.len() < 2 {
        return None;
    }
    let (mut own, mut shared) = (0.0, 0.0);
    for (position, second) in columns.iter().enumerate() {
        own += moments.covariance(*second, *second);
        for first in columns.iter().take(position) {
            shared += moments.covariance(*first, *second);
        }
    }
    let total = own + 2.0 * shared;
    let count = real(columns.len());
    (total > NOISE * own).then(|| count / (count - 1.0) * (1.0 - own / total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scoring::fixtures::{columns, vector};

    #[test]
    fn published_example() {
        let example = vector("cronbach_alpha");
        let reliability = Reliability::of(&example.matrix("rows")).unwrap();
        assert!((reliability.alpha().unwrap() - example.number("alpha")).abs() < 5e-9, "{reliability:?}");
        // Computed apart by the formula over the two remaining columns of `numpy.cov` (2.4).
        let expected = [0.771_929_824_561_403_5, 0.909_090_909_090_909_2, 0.963_855_421_686_747];
        for (found, expected) in reliability.if_deleted().iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-14, "{reliability:?}");
        }
    }

    #[test]
    fn a_sum_that_does_not_vary_has_none() {
        let opposite = columns(&[&[0.1, 0.2, 0.3], &[0.3, 0.2, 0.1]]);
        let reliability = Reliability::of(&opposite).unwrap();
        assert_eq!(reliability, Reliability { alpha: None, if_deleted: vec![None, None] });
        let constant = columns(&[&[1.0, 1.0], &[2.0, 2.0]]);
        assert_eq!(Reliability::of(&constant).unwrap().alpha(), None);
    }

    #[test]
    fn copies_are_perfectly_reliable() {
        let copies = columns(&[&[1.0, 4.0, 2.0], &[1.0, 4.0, 2.0], &[1.0, 4.0, 2.0]]);
        let reliability = Reliability::of(&copies).unwrap();
        assert!((reliability.alpha().unwrap() - 1.0).abs() < 1e-15);
    }
}
