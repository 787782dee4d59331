//! Correlations between indicators and with the score.

use crate::scoring::fault::Fault;
use crate::scoring::matrix::{Matrix, Moments, real};

/// The correlations of every pair of indicators.
#[derive(Clone, Debug)]
pub struct Correlations {
    indicators: usize,
    values: Vec<f64>,
}

impl Correlations {
    fn of(moments: &Moments) -> Self {
        let indicators = moments.columns();
        let pairs = (0..indicators).flat_map(|second| (0..indicators).map(move |first| (first, second)));
        let values = pairs.map(|(first, second)| moments.correlation(first, second).unwrap_or(f64::NAN));
        Self { indicators, values: values.collect() }
    }

    /// How many indicators there are.
    pub fn indicators(&self) -> usize {
        self.indicators
    }

    /// The correlation of two indicators by their position, from -1 to 1; `None` where one of them does not vary.
    pub fn get(&self, first: usize, second: usize) -> Option<f64> {
        if first >= self.indicators {
            return None;
        }
        let cell = second.checked_mul(self.indicators)?.checked_add(first)?;
        self.values.get(cell).copied().filter(|value| !value.is_nan())
    }

    /// The whole symmetric matrix, indicator after indicator; NaN where there is no correlation.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

/// Pearson's product-moment correlations: the covariance over the product of the standard deviations (Pearson 1896).
///
/// # Errors
/// A [`Fault`] where there are fewer than two rows or columns.
pub(crate) fn pearson(values: &Matrix) -> Result<Correlations, Vec<Fault>> {
    Ok(Correlations::of(&Moments::of(values)?))
}

/// Spearman's rank correlations (1904): Pearson's of the ranks, where equal values share the mean of their ranks.
///
/// # Errors
/// As [`pearson`].
pub(crate) fn spearman(values: &Matrix) -> Result<Correlations, Vec<Fault>> {
    values.check_comparable()?;
    pearson(&values.map_columns(ranks)?)
}

/// The rank of each value, 1 for the smallest.
fn ranks(column: &[f64]) -> Vec<f64> {
    let mut order: Vec<(f64, usize)> = column.iter().copied().zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; column.len()];
    let mut before = 0;
    // The two zeros stand side by side in the total order and are equal here.
    for equal in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = real(before) + f64::midpoint(real(equal.len()), 1.0);
        for (_, row) in equal {
            if let Some(cell) = ranks.get_mut(*row) {
                *cell = rank;
            }
        }
        before += equal.len();
    }
    ranks
}

/// Two indicators that say nearly the same, so that together they count twice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RedundantPair {
    /// The position of the one.
    pub first: usize,
    /// The position of the other, after the first.
    pub second: usize,
    /// Their correlation; below zero where one is the opposite of the other.
    pub correlation: f64,
}

/// The pairs whose correlation is beyond the threshold on either side, in the order of the indicators.
pub(crate) fn redundant_pairs(correlations: &Correlations, threshold: f64) -> Vec<RedundantPair> {
    let count = correlations.indicators;
    let pairs =
        (0..count).flat_map(|first| (first.saturating_add(1)..count).map(move |second| (first, second)));
    let pairs = pairs.filter_map(|(first, second)| {
        let correlation = correlations.get(first, second)?;
        (correlation.abs() > threshold).then_some(RedundantPair { first, second, correlation })
    });
    pairs.collect()
}

/// An indicator that the score does not reflect, whatever its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SilentIndicator {
    /// The position of the indicator.
    pub indicator: usize,
    /// Its correlation with the score; `None` where it, or the score, does not vary.
    pub correlation: Option<f64>,
}

/// The indicators that do not vary, or whose Pearson correlation with the score is nearer to zero than the threshold.
///
/// # Errors
/// A [`Fault`] where there are fewer than two rows, no column, or not one score a row.
pub(crate) fn silent_indicators(
    values: &Matrix,
    score: &[f64],
    threshold: f64,
) -> Result<Vec<SilentIndicator>, Vec<Fault>> {
    let correlated = |(indicator, column)| {
        let moments = Moments::of(&Matrix::from_columns(&[column, score])?)?;
        Ok(SilentIndicator { indicator, correlation: moments.correlation(0, 1) })
    };
    let correlated = values.iter().enumerate().map(correlated).collect::<Result<Vec<_>, Vec<Fault>>>()?;
    let is_silent =
        |indicator: &SilentIndicator| indicator.correlation.is_none_or(|value| value.abs() < threshold);
    Ok(correlated.into_iter().filter(is_silent).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{columns, data};

    /// Against `numpy.corrcoef` (2.4) and `scipy.stats.spearmanr` (1.17) of the columns of the CRITIC example.
    #[test]
    fn agrees_with_numpy() {
        let matrix = columns(&[
            &[61.0, 20.7, 16.3, 9.0, 5.4, 4.0, -6.1, -34.6],
            &[1.08, 0.26, 1.98, 3.29, 2.77, 4.12, 3.52, 3.31],
            &[4.33, 4.34, 2.53, 1.65, 2.33, 1.21, 2.1, 0.98],
        ]);
        let pearson = pearson(&matrix).unwrap();
        let spearman = spearman(&matrix).unwrap();
        let expected = [
            (0, 1, -0.656_331_285_671_701, -0.857_142_857_142_857_2),
            (0, 2, 0.811_709_371_821_796_5, 0.857_142_857_142_857_2),
            (1, 2, -0.934_547_067_880_192_9, -0.880_952_380_952_381),
        ];
        for (first, second, r, rho) in expected {
            assert!((pearson.get(first, second).unwrap() - r).abs() < 1e-14, "{pearson:?}");
            assert!((spearman.get(first, second).unwrap() - rho).abs() < 1e-14, "{spearman:?}");
        }
    }

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[3.0, -0.0, 5.0, 0.0, 5.0, 5.0]), [3.0, 1.5, 5.0, 1.5, 5.0, 5.0]);
        assert_eq!(ranks(&[]), []);
    }

    #[test]
    fn an_indicator_that_does_not_vary_has_no_correlation() {
        let matrix = columns(&[&[1.0, 2.0, 3.0], &[7.0, 7.0, 7.0], &[3.0, 2.0, 1.0]]);
        for correlations in [pearson(&matrix).unwrap(), spearman(&matrix).unwrap()] {
            assert_eq!(correlations.get(0, 1), None);
            assert_eq!(correlations.get(1, 1), None);
            assert_eq!(correlations.get(3, 0), None);
            assert_eq!(correlations.values().iter().filter(|value| value.is_nan()).count(), 5);
            let pair = RedundantPair { first: 0, second: 2, correlation: -1.0 };
            assert_eq!(redundant_pairs(&correlations, 0.9), [pair]);
        }
    }

    #[test]
    fn silent_is_what_the_score_does_not_show() {
        let matrix = columns(&[&[1.0, 2.0, 3.0, 4.0], &[1.0, -1.0, -1.0, 1.0], &[5.0, 5.0, 5.0, 5.0]]);
        let score = [10.0, 20.0, 30.0, 40.0];
        let silent = [(1, Some(0.0)), (2, None)];
        let silent = silent.map(|(indicator, correlation)| SilentIndicator { indicator, correlation });
        assert_eq!(silent_indicators(&matrix, &score, 0.1), Ok(silent.to_vec()));
        let length = Fault::Length { found: 3, expected: 4 };
        assert_eq!(silent_indicators(&matrix, &score[..3], 0.1), Err(vec![length]));
    }

    proptest! {
        #[test]
        fn correlations_are_symmetric_and_bounded(matrix in data(0.0)) {
            for correlations in [pearson(&matrix).unwrap(), spearman(&matrix).unwrap()] {
                for first in 0..matrix.columns() {
                    for second in 0..matrix.columns() {
                        let value = correlations.get(first, second);
                        prop_assert_eq!(value, correlations.get(second, first));
                        prop_assert!(value.is_none_or(|value| (-1.0..=1.0).contains(&value)));
                    }
                }
            }
        }

        #[test]
        fn spearman_sees_the_order_alone(matrix in data(0.0)) {
            let stretched = matrix.map_columns(|column| column.iter().map(|value| value * value * value).collect());
            let (plain, stretched) = (spearman(&matrix).unwrap(), spearman(&stretched.unwrap()).unwrap());
            for first in 0..matrix.columns() {
                prop_assert_eq!(plain.get(0, first), stretched.get(0, first));
            }
        }
    }
}
