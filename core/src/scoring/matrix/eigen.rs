//! Eigenvalues and eigenvectors of small matrices.

/// Sweeps of rotations at most; convergence is quadratic, and 50 x 50 correlations take about eight.
const MAX_SWEEPS: usize = 64;

/// Off the diagonal, what is below this share of the matrix's norm is zero.
const ZERO: f64 = 1e-17;

/// Squarings of a positive matrix: 2^40 steps of the power iteration.
const SQUARINGS: usize = 40;

/// An eigenvalue with its eigenvector of length 1, whose component of largest magnitude (of equal ones the first) is
/// positive.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Eigen {
    pub(crate) value: f64,
    pub(crate) vector: Vec<f64>,
}

/// The eigenvalues and eigenvectors of a symmetric matrix given by its columns, the largest eigenvalue first, by
/// Jacobi's method in cyclic order (Golub & Van Loan 2013, *Matrix Computations*, section 8.5). Equal eigenvalues
/// keep the order of the columns.
pub(crate) fn eigen(mut columns: Vec<Vec<f64>>) -> Vec<Eigen> {
    let count = columns.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..count).map(|one| (0..count).map(|row| f64::from(u8::from(row == one))).collect()).collect();
    let norm = columns.iter().flatten().fold(0.0, |total, value| total + value * value).sqrt();
    for _ in 0..MAX_SWEEPS {
        if !sweep(&mut columns, &mut vectors, ZERO * norm) {
            break;
        }
    }
    let values = columns.iter().enumerate().map(|(index, column)| column.get(index).copied().unwrap_or(0.0));
    let mut pairs: Vec<Eigen> =
        values.zip(vectors).map(|(value, vector)| Eigen { value, vector: with_sign(vector) }).collect();
    pairs.sort_by(|a, b| b.value.total_cmp(&a.value));
    pairs
}

/// Rotates every pair once; whether there was any to rotate.
fn sweep(columns: &mut [Vec<f64>], vectors: &mut [Vec<f64>], zero: f64) -> bool {
    let mut rotated = false;
    for second in 1..columns.len() {
        for first in 0..second {
            let Some(rotation) = Rotation::of(columns, first, second, zero) else { continue };
            rotation.apply(columns, first, second);
            rotation.turn_columns(vectors, first, second);
            rotated = true;
        }
    }
    rotated
}

/// A rotation in the plane of two coordinates that brings the element between them to zero.
struct Rotation {
    cosine: f64,
    sine: f64,
    /// The diagonal afterwards.
    diagonal: (f64, f64),
}

impl Rotation {
    fn of(columns: &[Vec<f64>], first: usize, second: usize, zero: f64) -> Option<Self> {
        let at = |row: usize, column: usize| columns.get(column)?.get(row).copied();
        let (low, high, between) = (at(first, first)?, at(second, second)?, at(first, second)?);
        if between.abs() <= zero {
            return None;
        }
        // The smaller of the two angles, by its tangent.
        let theta = (high - low) / (2.0 * between);
        let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
        let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
        let diagonal = (low - tangent * between, high + tangent * between);
        Some(Self { cosine, sine: tangent * cosine, diagonal })
    }

    fn turn(&self, a: &mut f64, b: &mut f64) {
        (*a, *b) = (self.cosine * *a - self.sine * *b, self.sine * *a + self.cosine * *b);
    }

    fn turn_columns(&self, columns: &mut [Vec<f64>], first: usize, second: usize) {
        if let Ok([a, b]) = columns.get_disjoint_mut([first, second]) {
            a.iter_mut().zip(b).for_each(|(a, b)| self.turn(a, b));
        }
    }

    fn apply(&self, columns: &mut [Vec<f64>], first: usize, second: usize) {
        self.turn_columns(columns, first, second);
        for column in columns.iter_mut() {
            if let Ok([a, b]) = column.get_disjoint_mut([first, second]) {
                self.turn(a, b);
            }
        }
        let cells = [(first, first, self.diagonal.0), (second, second, self.diagonal.1)];
        for (row, column, value) in cells.into_iter().chain([(first, second, 0.0), (second, first, 0.0)]) {
            if let Some(cell) = columns.get_mut(column).and_then(|column| column.get_mut(row)) {
                *cell = value;
            }
        }
    }
}

/// The vector, or its opposite, whose largest component is positive.
fn with_sign(mut vector: Vec<f64>) -> Vec<f64> {
    let largest =
        vector.iter().fold(0.0_f64, |best, value| if value.abs() > best.abs() { *value } else { best });
    if largest < 0.0 {
        for value in &mut vector {
            *value = -*value;
        }
    }
    // No negative zero leaves.
    for value in &mut vector {
        *value += 0.0;
    }
    vector
}

/// The principal eigenvector of a matrix of positive numbers, given by its rows, with sum 1 (Perron 1907: it is the
/// only one that is positive).
///
/// It is the limit of the row sums of the powers of the matrix (Saaty 1980). Squaring the matrix instead of
/// multiplying by it once more reaches the limit where contradictory comparisons would make thousands of steps.
pub(crate) fn principal_vector(rows: &[Vec<f64>]) -> Vec<f64> {
    let mut power = scaled(rows.to_vec());
    for _ in 0..SQUARINGS {
        power = scaled(squared(&power));
    }
    // A last step by the matrix itself takes out the rounding of the squarings.
    let limit: Vec<f64> = power.iter().map(|row| row.iter().sum()).collect();
    shares(&multiplied(rows, &shares(&limit)))
}

/// The matrix times a vector.
pub(crate) fn multiplied(rows: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    rows.iter().map(|row| dot(row, vector)).collect()
}

fn dot(first: &[f64], second: &[f64]) -> f64 {
    first.iter().zip(second).fold(0.0, |total, (a, b)| total + a * b)
}

fn shares(values: &[f64]) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter().map(|value| value / total).collect()
}

fn squared(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let columns: Vec<Vec<f64>> = (0..rows.len())
        .map(|index| rows.iter().filter_map(|row| row.get(index).copied()).collect())
        .collect();
    rows.iter().map(|row| multiplied(&columns, row)).collect()
}

/// The matrix over its largest element, so that no power overflows.
fn scaled(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let largest = rows.iter().flatten().fold(0.0, |best, value| if *value > best { *value } else { best });
    rows.iter_mut().flatten().for_each(|value| *value /= largest);
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(a: &[f64], b: &[f64], within: f64) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= within)
    }

    #[test]
    fn of_a_known_matrix() {
        let pairs = eigen(vec![vec![2.0, -1.0, 0.0], vec![-1.0, 2.0, -1.0], vec![0.0, -1.0, 2.0]]);
        let root = 2.0_f64.sqrt();
        let values: Vec<f64> = pairs.iter().map(|pair| pair.value).collect();
        assert!(close(&values, &[2.0 + root, 2.0, 2.0 - root], 1e-15), "{values:?}");
        assert!(close(&pairs[0].vector, &[-0.5, root / 2.0, -0.5], 1e-15), "{:?}", pairs[0]);
        assert!(close(&pairs[2].vector, &[0.5, root / 2.0, 0.5], 1e-15), "{:?}", pairs[2]);
    }

    #[test]
    fn of_equal_values_the_first_component_is_positive() {
        let pairs = eigen(vec![vec![1.0, -0.5], vec![-0.5, 1.0]]);
        let half = 0.5_f64.sqrt();
        assert!(close(&pairs[0].vector, &[half, -half], 1e-15), "{pairs:?}");
        assert!(close(&pairs[1].vector, &[half, half], 1e-15), "{pairs:?}");
        let diagonal = eigen(vec![vec![1.0, 0.0], vec![0.0, 1.0]]);
        assert_eq!(diagonal[0].vector, [1.0, 0.0]);
        assert_eq!(eigen(Vec::new()), []);
    }

    #[test]
    fn contradictory_comparisons_settle() {
        // A circle: a over b over c over a. The second eigenvalue is nearly as large as the first.
        let rows = vec![vec![1.0, 1e6, 2e-6], vec![1e-6, 1.0, 1e6], vec![0.5e6, 1e-6, 1.0]];
        let vector = principal_vector(&rows);
        let image = multiplied(&rows, &vector);
        let value: f64 = image.iter().sum();
        let back: Vec<f64> = image.iter().map(|element| element / value).collect();
        assert!(close(&vector, &back, 1e-15), "{vector:?} {back:?}");
    }

    fn symmetric() -> impl Strategy<Value = Vec<Vec<f64>>> {
        (1_usize..9)
            .prop_flat_map(|count| prop::collection::vec(prop::collection::vec(-1.0..1.0_f64, count), count))
            .prop_map(|mut columns| {
                let upper = columns.clone();
                for (second, column) in columns.iter_mut().enumerate() {
                    for (first, value) in column.iter_mut().enumerate().skip(second) {
                        *value = upper[first][second];
                    }
                }
                columns
            })
    }

    proptest! {
        #[test]
        fn pairs_recompose_the_matrix(columns in symmetric()) {
            let pairs = eigen(columns.clone());
            for (second, column) in columns.iter().enumerate() {
                for (first, value) in column.iter().enumerate() {
                    let sum: f64 = pairs.iter().map(|pair| pair.value * pair.vector[first] * pair.vector[second]).sum();
                    prop_assert!((sum - value).abs() < 1e-13);
                    let product = dot(&pairs[first].vector, &pairs[second].vector);
                    prop_assert!((product - f64::from(u8::from(first == second))).abs() < 1e-13);
                }
            }
            prop_assert!(pairs.is_sorted_by(|a, b| a.value >= b.value));
        }
    }
}
