//! Weights from comparisons in pairs: the analytic hierarchy process.

use super::Weights;
use crate::error::{Code, Problem, scoring as code};
use crate::scoring::fault::Fault;
use crate::scoring::matrix::{LIMIT, multiplied, principal_vector, real};

/// Saaty's random index: the mean consistency index of random reciprocal matrices, by the number of children from 1
/// (Saaty 1980, *The Analytic Hierarchy Process*, McGraw-Hill: 500 matrices up to 11 children, 100 from 12 on).
const RANDOM_INDEX: [f64; 15] =
    [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59];

/// The largest consistency ratio that Saaty accepts.
const CONSISTENT: f64 = 0.1;

/// How far the product of opposite comparisons may be from 1: six decimals of `1/9` are exact enough.
const RECIPROCAL: f64 = 5e-6;

/// The outcome of comparisons in pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    weights: Weights,
    lambda_max: f64,
}

impl Comparison {
    /// The weights: the principal eigenvector.
    pub(crate) fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The principal eigenvalue; the number of children where the comparisons agree.
    pub fn lambda_max(&self) -> f64 {
        self.lambda_max
    }

    /// `(lambda_max - n) / (n - 1)`; 0 for one or two children, whose comparisons cannot disagree.
    pub fn consistency_index(&self) -> f64 {
        let count = real(self.weights.values().len());
        // The eigenvalue is below n by rounding alone.
        if count > 2.0 && self.lambda_max > count { (self.lambda_max - count) / (count - 1.0) } else { 0.0 }
    }

    /// The consistency index over that of random comparisons; above 0.1 they should be reconsidered.
    pub fn consistency_ratio(&self) -> f64 {
        let last = self.weights.values().len().saturating_sub(1);
        match RANDOM_INDEX.get(last) {
            Some(random) if *random > 0.0 => self.consistency_index() / random,
            _ => 0.0,
        }
    }

    /// The warning if the consistency ratio is above 0.1, which `make` begins from the code and the message.
    pub(crate) fn warning(&self, make: impl FnOnce(Code, String) -> Problem) -> Option<Problem> {
        let ratio = self.consistency_ratio();
        (ratio > CONSISTENT).then(|| {
            let message = "the comparisons contradict one another".to_owned();
            make(code::AHP_INCONSISTENT, message)
                .with_found(format!("a consistency ratio of {ratio:.3}"))
                .with_expected(format!("at most {CONSISTENT}"))
        })
    }
}

/// Weights by the principal eigenvector of a matrix of comparisons (Saaty 1977, *Journal of Mathematical Psychology*
/// 15(3)). Row i says how many times more important child i is than each child.
///
/// # Errors
/// A [`Fault`] for each row of the wrong length, or else for each comparison that is not above zero or not the
/// reciprocal of the opposite one, and for more than 15 children.
pub(crate) fn ahp(rows: &[Vec<f64>]) -> Result<Comparison, Vec<Fault>> {
    let mut faults = check_shape(rows);
    if faults.is_empty() {
        faults = check_cells(rows);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let weights = Weights::from_shares(principal_vector(rows))?;
    let lambda_max = multiplied(rows, weights.values()).iter().fold(0.0, |total, value| total + value);
    Ok(Comparison { weights, lambda_max })
}

fn check_shape(rows: &[Vec<f64>]) -> Vec<Fault> {
    let expected = rows.len();
    let wrong = rows.iter().enumerate().filter(|(_, row)| row.len() != expected);
    let mut faults: Vec<_> =
        wrong.map(|(row, values)| Fault::NotSquare { row, found: values.len(), expected }).collect();
    if expected > RANDOM_INDEX.len() {
        faults.push(Fault::TooManyCompared { found: expected });
    }
    faults
}

/// Each comparison with the opposite one, which is reported once, where it stands above the diagonal.
fn check_cells(rows: &[Vec<f64>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let is_usable = |value: f64| value > 1.0 / LIMIT && value < LIMIT;
    for (row, values) in rows.iter().enumerate() {
        for (column, value) in values.iter().copied().enumerate() {
            let opposite = rows.get(column).and_then(|other| other.get(row)).copied().unwrap_or(0.0);
            if !is_usable(value) {
                faults.push(Fault::NotPositive { row, column, value });
            } else if column >= row && is_usable(opposite) && (value * opposite - 1.0).abs() > RECIPROCAL {
                faults.push(Fault::NotReciprocal { row, column, value, opposite });
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close, vector};

    #[test]
    fn published_example() {
        let example = vector("ahp");
        let found = ahp(&example.rows("matrix")).unwrap();
        assert!(close(found.weights().values(), &example.numbers("weights"), 5e-7), "{found:?}");
        assert!((found.lambda_max() - example.number("lambda_max")).abs() < 5e-7, "{found:?}");
        assert!((found.consistency_ratio() - example.number("consistency_ratio")).abs() < 5e-7, "{found:?}");
        assert_eq!(found.warning(|code, message| Problem::new(code, "", message)), None);
    }

    /// Against `numpy.linalg.eig` (2.4).
    #[test]
    fn agrees_with_numpy_on_comparisons_that_disagree() {
        let expected = [
            0.228_720_144_853_428_18,
            0.348_368_009_104_371_93,
            0.164_421_935_130_710_3,
            0.258_489_910_911_489_65,
        ];
        let found = ahp(&[
            vec![1.0, 2.0, 5.0, 1.0 / 7.0],
            vec![0.5, 1.0, 9.0, 3.0],
            vec![0.2, 1.0 / 9.0, 1.0, 4.0],
            vec![7.0, 1.0 / 3.0, 0.25, 1.0],
        ]);
        let found = found.unwrap();
        assert!(close(found.weights().values(), &expected, 1e-14), "{found:?}");
        assert!((found.lambda_max() - 7.802_080_441_972_004).abs() < 1e-13, "{found:?}");
        let warning = found.warning(|code, message| Problem::new(code, "/weights/ahp", message)).unwrap();
        assert_eq!(
            warning.to_string(),
            "scoring.ahp_inconsistent at /weights/ahp: the comparisons contradict one another; found a consistency \
             ratio of 1.408, expected at most 0.1"
        );
    }

    #[test]
    fn one_or_two_children_cannot_disagree() {
        let one = ahp(&[vec![1.0]]).unwrap();
        assert_eq!((one.weights().values(), one.consistency_ratio()), (&[1.0][..], 0.0));
        let two = ahp(&[vec![1.0, 4.0], vec![0.25, 1.0]]).unwrap();
        assert!(close(two.weights().values(), &[0.8, 0.2], 1e-15), "{two:?}");
        assert_eq!(two.consistency_ratio(), 0.0);
        assert_eq!(ahp(&[]), Err(vec![Fault::Weights]));
    }

    #[test]
    fn wrong_comparisons_are_named() {
        let ragged = ahp(&[vec![1.0, 2.0], vec![0.5]]);
        assert_eq!(ragged, Err(vec![Fault::NotSquare { row: 1, found: 1, expected: 2 }]));
        let cells = ahp(&[vec![1.0, 3.0, 0.0], vec![0.5, 2.0, 1.0], vec![f64::NAN, 1.0, 1.0]]).unwrap_err();
        let at: Vec<_> = cells.iter().map(|fault| (fault.code().id(), fault.cell().unwrap())).collect();
        let (zero, opposite) = ("scoring.ahp_not_positive", "scoring.ahp_not_reciprocal");
        assert_eq!(at, [(opposite, (0, 1)), (zero, (0, 2)), (opposite, (1, 1)), (zero, (2, 0))]);
        assert_eq!(ahp(&vec![vec![1.0; 16]; 16]), Err(vec![Fault::TooManyCompared { found: 16 }]));
    }

    #[test]
    fn six_decimals_are_exact_enough() {
        for whole in 1_u32..=9 {
            let value = f64::from(whole);
            let decimals: f64 = format!("{:.6}", 1.0 / value).parse().unwrap();
            assert!(ahp(&[vec![1.0, value], vec![decimals, 1.0]]).is_ok(), "{whole}");
        }
    }

    proptest! {
        #[test]
        fn agreeing_comparisons_give_back_their_weights(shares in prop::collection::vec(0.1..10.0_f64, 1..=15)) {
            let rows: Vec<Vec<f64>> =
                shares.iter().map(|own| shares.iter().map(|other| own / other).collect()).collect();
            let found = ahp(&rows).unwrap();
            prop_assert!(are_weights(found.weights()));
            prop_assert!(close(found.weights().values(), Weights::from_shares(shares).unwrap().values(), 1e-14));
            prop_assert!(found.consistency_ratio() < 1e-14);
        }

        #[test]
        fn contradictory_comparisons_still_weigh(
            upper in prop::collection::vec(-4.6..4.6_f64, 120),
            count in 2_usize..=15,
        ) {
            // From 1/100 to 100, as far as comparisons can go.
            let element = |row: usize, column: usize| match row.cmp(&column) {
                Ordering::Less => libm::exp(upper[row * 7 + column - row - 1]),
                Ordering::Equal => 1.0,
                Ordering::Greater => 1.0 / libm::exp(upper[column * 7 + row - column - 1]),
            };
            let rows: Vec<Vec<f64>> =
                (0..count).map(|row| (0..count).map(|column| element(row, column)).collect()).collect();
            let found = ahp(&rows).unwrap();
            prop_assert!(are_weights(found.weights()));
            let image = multiplied(&rows, found.weights().values());
            for (image, weight) in image.iter().zip(found.weights().values()) {
                prop_assert!((image / found.lambda_max() - weight).abs() < 1e-14);
            }
        }
    }
}
