//! Weights from contrast and conflict.

use super::Weights;
use crate::scoring::direction::Direction;
use crate::scoring::fault::Fault;
use crate::scoring::matrix::{Matrix, Moments};

/// Conflict below this is the rounding of a perfect correlation.
const NOISE: f64 = 1e-12;

/// CRITIC weights (Diakoulaki, Mavrotas & Papayannakis 1995, *Computers & Operations Research* 22(7)): in proportion
/// to `s_j * sum over k of (1 - r_jk)`, where s is the sample standard deviation and r Pearson's correlation of the
/// columns after each is brought to 0..1 from its worst to its best value.
///
/// `directions` has one direction a column. Values of an indicator with a target come normalised, where higher is
/// better. Columns that do not vary weigh 0 and conflict with none.
///
/// # Errors
/// A [`Fault`] for fewer than two rows or columns, where none varies, where all that vary are perfectly correlated, or
/// where there is not one direction a column.
pub(crate) fn critic(values: &Matrix, directions: &[Direction]) -> Result<Weights, Vec<Fault>> {
    if directions.len() != values.columns() {
        return Err(vec![Fault::Length { found: directions.len(), expected: values.columns() }]);
    }
    let moments = Moments::of(values)?;
    let conflicts: Vec<f64> =
        (0..moments.columns()).map(|column| conflict(&moments, directions, column)).collect();
    if moments.varying().is_empty() {
        return Err(vec![Fault::Constant]);
    }
    if conflicts.iter().all(|conflict| *conflict < NOISE) {
        return Err(vec![Fault::Redundant]);
    }
    let shares = conflicts.iter().enumerate().map(|(column, conflict)| contrast(&moments, column) * conflict);
    Weights::from_shares(shares.collect())
}

/// The standard deviation of the column over its range.
fn contrast(moments: &Moments, column: usize) -> f64 {
    if moments.varies(column) { moments.deviation(column) / moments.range(column) } else { 0.0 }
}

/// The sum of `1 - r`; turning one of two columns round turns the sign of their correlation.
fn conflict(moments: &Moments, directions: &[Direction], column: usize) -> f64 {
    let is_lower = |column: usize| directions.get(column) == Some(&Direction::Lower);
    (0..moments.columns()).fold(0.0, |total, other| match moments.correlation(column, other) {
        Some(correlation) if is_lower(column) == is_lower(other) => total + (1.0 - correlation),
        Some(correlation) => total + (1.0 + correlation),
        None => total,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scoring::fixtures::{are_weights, close, columns, data, permuted, vector};

    const HIGHER: [Direction; 3] = [Direction::Higher; 3];

    #[test]
    fn published_example() {
        let example = vector("critic");
        let weights = critic(&example.matrix("matrix"), &HIGHER).unwrap();
        assert!(close(weights.values(), &example.numbers("weights"), 5e-9), "{weights:?}");
    }

    #[test]
    fn turning_a_column_round_is_turning_its_direction() {
        let matrix = vector("critic").matrix("matrix");
        let turned: Vec<f64> = matrix.column(1).iter().map(|value| 5.0 - value).collect();
        let turned = columns(&[matrix.column(0), &turned, matrix.column(2)]);
        let lower = [Direction::Higher, Direction::Lower, Direction::Target];
        let (a, b) = (critic(&matrix, &lower).unwrap(), critic(&turned, &HIGHER).unwrap());
        assert!(close(a.values(), b.values(), 1e-14), "{a:?} {b:?}");
        assert!(!close(a.values(), critic(&matrix, &HIGHER).unwrap().values(), 1e-3));
    }

    #[test]
    fn a_column_that_does_not_vary_changes_nothing() {
        let (a, b) = (&[1.0, 5.0, 2.0, 7.0], &[3.0, 1.0, 4.0, 1.0]);
        let with = critic(&columns(&[a, &[0.1; 4], b]), &HIGHER).unwrap();
        let without = critic(&columns(&[a, b]), &HIGHER[..2]).unwrap();
        assert_eq!(with.values(), [without.values()[0], 0.0, without.values()[1]]);
    }

    #[test]
    fn what_cannot_be_weighted_is_named() {
        let copies = columns(&[&[1.0, 2.0, 4.0], &[0.1, 0.2, 0.4]]);
        assert_eq!(critic(&copies, &HIGHER[..2]), Err(vec![Fault::Redundant]));
        let one_varies = columns(&[&[1.0, 2.0, 4.0], &[1.0, 1.0, 1.0]]);
        assert_eq!(critic(&one_varies, &HIGHER[..2]), Err(vec![Fault::Redundant]));
        let constant = columns(&[&[1.0, 1.0], &[2.0, 2.0]]);
        assert_eq!(critic(&constant, &HIGHER[..2]), Err(vec![Fault::Constant]));
        assert_eq!(critic(&copies, &HIGHER), Err(vec![Fault::Length { found: 3, expected: 2 }]));
    }

    proptest! {
        #[test]
        fn weights_follow_their_columns((matrix, order) in permuted(data(-10.0))) {
            let both = [Direction::Higher, Direction::Lower];
            let directions: Vec<_> = both.into_iter().cycle().take(matrix.columns()).collect();
            let weights = critic(&matrix, &directions).unwrap();
            prop_assert!(are_weights(&weights));
            let moved: Vec<&[f64]> = order.iter().map(|from| matrix.column(*from)).collect();
            let turned: Vec<_> = order.iter().map(|from| directions[*from]).collect();
            let moved = critic(&columns(&moved), &turned).unwrap();
            for (to, from) in order.iter().enumerate() {
                prop_assert!((moved.values()[to] - weights.values()[*from]).abs() < 1e-12);
            }
        }
    }
}
