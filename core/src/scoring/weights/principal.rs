//! Weights from principal components.

use super::Weights;
use crate::scoring::fault::Fault;
use crate::scoring::matrix::Matrix;
use crate::scoring::statistics::PrincipalComponents;

/// Principal-component weights (after OECD & JRC 2008, *Handbook on Constructing Composite Indicators*, section 6.1,
/// which follows Nicoletti, Scarpetta & Boylaud 2000): of the components with an eigenvalue above 1 (Kaiser), each
/// indicator's squared loading as a share of the component's, weighted by the share of variance that the component
/// explains among those kept.
///
/// Unlike the handbook, the components are not rotated, and an indicator counts with all components that are kept,
/// not only with the one it loads on most. As the squared loadings of a component add up to its eigenvalue, the
/// weights are in proportion to the indicators' communalities: the variance of each that the kept components explain.
/// If no eigenvalue is above 1, the indicators are uncorrelated and weigh the same. Indicators that do not vary weigh
/// 0.
///
/// # Errors
/// A [`Fault`] for fewer than two rows or columns, and where none varies.
pub(crate) fn principal_components(values: &Matrix) -> Result<Weights, Vec<Fault>> {
    let components = PrincipalComponents::of(values)?;
    let mut communalities = vec![0.0; values.columns()];
    for component in 0..components.kept() {
        for (communality, loading) in communalities.iter_mut().zip(components.loadings(component)) {
            *communality += loading * loading;
        }
    }
    Weights::from_shares(communalities)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close, columns, data, permuted};

    /// Against `numpy.linalg.eigh` (2.4) of `numpy.corrcoef`, with the shares by component as in the handbook.
    #[test]
    fn agrees_with_numpy() {
        let matrix = columns(&[
            &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
            &[2.0, 1.0, 4.0, 3.0, 6.0, 5.0],
            &[1.0, 0.0, 5.0, 5.0, 0.0, 1.0],
            &[7.0, 7.0, 7.0, 7.0, 7.0, 7.0],
            &[2.0, 1.0, 4.0, 6.0, 0.0, 2.0],
        ]);
        assert_eq!(PrincipalComponents::of(&matrix).unwrap().kept(), 2);
        let expected = [
            0.241_668_815_705_012_1,
            0.243_853_330_431_722_14,
            0.256_440_781_384_549_3,
            0.0,
            0.258_037_072_478_716_54,
        ];
        let weights = principal_components(&matrix).unwrap();
        assert!(close(weights.values(), &expected, 1e-14), "{weights:?}");
    }

    #[test]
    fn uncorrelated_indicators_weigh_the_same() {
        let weights =
            principal_components(&columns(&[&[1.0, 1.0, -1.0, -1.0], &[3.0, -3.0, 3.0, -3.0]])).unwrap();
        assert_eq!(weights.values(), [0.5, 0.5]);
        let one = principal_components(&columns(&[&[1.0, 1.0], &[3.0, -3.0]])).unwrap();
        assert_eq!(one.values(), [0.0, 1.0]);
        assert_eq!(principal_components(&columns(&[&[1.0, 1.0], &[2.0, 2.0]])), Err(vec![Fault::Constant]));
    }

    proptest! {
        #[test]
        fn weights_follow_their_columns((matrix, order) in permuted(data(-10.0))) {
            let components = PrincipalComponents::of(&matrix).unwrap();
            // Where the last kept and the first other eigenvalue are close, so are the choices between their vectors.
            let around = |component: usize| components.eigenvalues().get(component).copied().unwrap_or(0.0);
            prop_assume!(around(components.kept() - 1) - around(components.kept()) > 1e-2);
            let weights = principal_components(&matrix).unwrap();
            prop_assert!(are_weights(&weights));
            let moved: Vec<&[f64]> = order.iter().map(|from| matrix.column(*from)).collect();
            let moved = principal_components(&columns(&moved)).unwrap();
            for (to, from) in order.iter().enumerate() {
                prop_assert!((moved.values()[to] - weights.values()[*from]).abs() < 1e-12);
            }
        }
    }
}
