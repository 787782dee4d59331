//! Principal components.

use crate::scoring::fault::Fault;
use crate::scoring::matrix::{Eigen, Matrix, Moments, eigen};

/// Above this eigenvalue a component is kept: one, less the rounding with which uncorrelated indicators come out at
/// one.
const KAISER: f64 = 1.0 + 1e-12;

/// The principal components of the indicators' correlations (Hotelling 1933; OECD & JRC 2008, *Handbook on
/// Constructing Composite Indicators*, section 4). Indicators that do not vary are left out: there are as many
/// components as others.
#[derive(Clone, Debug, PartialEq)]
pub struct PrincipalComponents {
    indicators: usize,
    eigenvalues: Vec<f64>,
    loadings: Vec<f64>,
}

impl PrincipalComponents {
    /// Of columns in any units.
    ///
    /// # Errors
    /// A [`Fault`] where there are fewer than two rows or columns, or no column varies.
    pub(crate) fn of(values: &Matrix) -> Result<Self, Vec<Fault>> {
        let moments = Moments::of(values)?;
        let varying = moments.varying();
        if varying.is_empty() {
            return Err(vec![Fault::Constant]);
        }
        let correlations = varying.iter().map(|second| {
            let column = varying.iter().map(|first| moments.correlation(*first, *second).unwrap_or(0.0));
            column.collect()
        });
        Ok(Self::from_pairs(values.columns(), &varying, eigen(correlations.collect())))
    }

    fn from_pairs(indicators: usize, varying: &[usize], mut pairs: Vec<Eigen>) -> Self {
        let mut loadings = Vec::with_capacity(indicators.saturating_mul(pairs.len()));
        for pair in &mut pairs {
            // Correlations have no negative eigenvalues but by rounding.
            pair.value = if pair.value > 0.0 { pair.value } else { 0.0 };
            let mut of_component = vec![0.0; indicators];
            for (indicator, component) in varying.iter().zip(&pair.vector) {
                if let Some(loading) = of_component.get_mut(*indicator) {
                    *loading = component * pair.value.sqrt() + 0.0;
                }
            }
            loadings.append(&mut of_component);
        }
        Self { indicators, eigenvalues: pairs.iter().map(|pair| pair.value).collect(), loadings }
    }

    /// The variance that each component explains, the largest first; their sum is the number of components.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// The share of the variance that each component explains.
    pub fn explained(&self) -> Vec<f64> {
        let total = self.eigenvalues.iter().fold(0.0, |total, value| total + value);
        self.eigenvalues.iter().map(|value| value / total).collect()
    }

    /// How many components are worth keeping: those that explain more than one indicator does (Kaiser 1960), or all
    /// where the indicators are uncorrelated and so none does.
    pub fn kept(&self) -> usize {
        match self.eigenvalues.iter().filter(|value| **value > KAISER).count() {
            0 => self.eigenvalues.len(),
            kept => kept,
        }
    }

    /// The correlation of each indicator with a component; 0 for an indicator that does not vary. The largest is
    /// positive.
    pub fn loadings(&self, component: usize) -> &[f64] {
        let start = component.saturating_mul(self.indicators);
        self.loadings.get(start..start.saturating_add(self.indicators)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{close, columns, data};

    /// Against `numpy.linalg.eigh` (2.4) of `numpy.corrcoef` without the constant column.
    #[test]
    fn agrees_with_numpy() {
        let eigenvalues = [2.607_058_727_538_041_7, 0.357_848_353_469_541, 0.035_092_918_992_418_16];
        let first = [0.877_671_059_339_544_9, -0.931_116_141_883_966_2, 0.0, 0.984_771_531_604_646_6];
        let second = [0.476_713_368_991_420_2, 0.348_592_410_759_304_4, 0.0, -0.095_268_297_221_099_61];
        let matrix = columns(&[
            &[61.0, 20.7, 16.3, 9.0, 5.4, 4.0, -6.1, -34.6],
            &[1.08, 0.26, 1.98, 3.29, 2.77, 4.12, 3.52, 3.31],
            &[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
            &[4.33, 4.34, 2.53, 1.65, 2.33, 1.21, 2.1, 0.98],
        ]);
        let components = PrincipalComponents::of(&matrix).unwrap();
        assert!(close(components.eigenvalues(), &eigenvalues, 1e-14), "{components:?}");
        assert!(close(components.loadings(0), &first, 1e-14), "{components:?}");
        assert!(close(components.loadings(1), &second, 1e-14), "{components:?}");
        assert_eq!(components.loadings(3), []);
        assert_eq!(components.kept(), 1);
        let explained = eigenvalues.map(|value| value / 3.0);
        assert!(close(&components.explained(), &explained, 1e-14));
    }

    #[test]
    fn uncorrelated_indicators_are_components_of_their_own() {
        let matrix = columns(&[&[1.0, 1.0, -1.0, -1.0], &[1.0, -1.0, 1.0, -1.0]]);
        let components = PrincipalComponents::of(&matrix).unwrap();
        assert_eq!(components.eigenvalues(), [1.0, 1.0]);
        assert_eq!(components.kept(), 2);
        let constant = columns(&[&[1.0, 1.0], &[2.0, 2.0]]);
        assert_eq!(PrincipalComponents::of(&constant), Err(vec![Fault::Constant]));
    }

    proptest! {
        #[test]
        fn loadings_recompose_the_correlations(matrix in data(-1.0)) {
            let moments = Moments::of(&matrix).unwrap();
            let components = PrincipalComponents::of(&matrix).unwrap();
            for first in moments.varying() {
                for second in moments.varying() {
                    let sum: f64 = (0..components.eigenvalues().len())
                        .map(|component| components.loadings(component)[first] * components.loadings(component)[second])
                        .sum();
                    let correlation = moments.correlation(first, second).unwrap();
                    prop_assert!((sum - correlation).abs() < 1e-13);
                }
            }
        }
    }
}
