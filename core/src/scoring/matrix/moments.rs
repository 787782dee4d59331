//! Means, variances and correlations of the columns of a matrix.

use super::Matrix;
use super::sums::{BLOCK, block_dot, real, sum};
use crate::scoring::fault::Fault;

/// A column varies if its smallest and largest value differ by more than this share of the larger magnitude; what
/// differs by less is the rounding of one value computed in several ways, and its correlations would be noise.
const NOISE: f64 = 1e-14;

/// The moments of the columns of a matrix.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    rows: usize,
    columns: Vec<Column>,
    /// Sums of products of deviations from the mean, column after column.
    products: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Column {
    mean: f64,
    min: f64,
    max: f64,
    varies: bool,
}

impl Moments {
    /// In two passes: the means, then the products of the deviations, which keeps the digits of data far from zero.
    ///
    /// # Errors
    /// A [`Fault`] where there are fewer than two rows or columns.
    pub(crate) fn of(matrix: &Matrix) -> Result<Self, Vec<Fault>> {
        matrix.check_comparable()?;
        let mut columns: Vec<Column> = matrix.iter().map(Column::of).collect();
        let products = products(matrix, &columns);
        // Where the squares vanish, there is nothing to divide by.
        for (index, column) in columns.iter_mut().enumerate() {
            column.varies &= at(&products, matrix.columns(), index, index) >= f64::MIN_POSITIVE;
        }
        Ok(Self { rows: matrix.rows(), columns, products })
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        self.columns.len()
    }

    /// Whether a column varies beyond rounding.
    pub(crate) fn varies(&self, column: usize) -> bool {
        self.columns.get(column).is_some_and(|column| column.varies)
    }

    /// The columns that vary.
    pub(crate) fn varying(&self) -> Vec<usize> {
        (0..self.columns()).filter(|column| self.varies(*column)).collect()
    }

    /// The largest less the smallest value of a column.
    pub(crate) fn range(&self, column: usize) -> f64 {
        self.columns.get(column).map_or(0.0, |column| column.max - column.min)
    }

    /// The sample covariance (n - 1) of two columns; 0 where one of them does not vary.
    pub(crate) fn covariance(&self, first: usize, second: usize) -> f64 {
        if self.varies(first) && self.varies(second) {
            at(&self.products, self.columns(), first, second) / real(self.rows.saturating_sub(1))
        } else {
            0.0
        }
    }

    /// The sample standard deviation (n - 1) of a column; 0 if it does not vary.
    pub(crate) fn deviation(&self, column: usize) -> f64 {
        self.covariance(column, column).sqrt()
    }

    /// Pearson's correlation of two columns, within -1..1; none where one of them does not vary.
    pub(crate) fn correlation(&self, first: usize, second: usize) -> Option<f64> {
        if !self.varies(first) || !self.varies(second) {
            return None;
        }
        if first == second {
            return Some(1.0);
        }
        let product = |a, b| at(&self.products, self.columns(), a, b);
        let spread = root(product(first, first), product(second, second));
        // No negative zero leaves.
        Some((product(first, second) / spread).clamp(-1.0, 1.0) + 0.0)
    }
}

impl Column {
    fn of(values: &[f64]) -> Self {
        let bounds = (f64::INFINITY, f64::NEG_INFINITY);
        let (min, max) = values.iter().fold(bounds, |(min, max), value| {
            (if *value < min { *value } else { min }, if *value > max { *value } else { max })
        });
        let magnitude = if min.abs() > max.abs() { min.abs() } else { max.abs() };
        Self { mean: sum(values) / real(values.len()), min, max, varies: max - min > NOISE * magnitude }
    }
}

/// The root of a product: of equal factors exactly the factor. A product that overflows or vanishes is taken apart.
fn root(first: f64, second: f64) -> f64 {
    let product = first * second;
    if product.is_normal() { product.sqrt() } else { first.sqrt() * second.sqrt() }
}

fn at(products: &[f64], columns: usize, first: usize, second: usize) -> f64 {
    products.get(second.saturating_mul(columns).saturating_add(first)).copied().unwrap_or(0.0)
}

/// The sums of products of deviations of all pairs, a block of rows at a time, so that the block stays in the cache
/// while every pair reads it.
fn products(matrix: &Matrix, columns: &[Column]) -> Vec<f64> {
    let count = columns.len();
    let mut products = vec![0.0; count.saturating_mul(count)];
    let mut block = vec![[0.0; BLOCK]; count];
    for start in (0..matrix.rows()).step_by(BLOCK) {
        let mut length = 0;
        for ((deviations, column), values) in block.iter_mut().zip(columns).zip(matrix.iter()) {
            let values = values.get(start..).unwrap_or_default();
            length = values.len().min(BLOCK);
            for (deviation, value) in deviations.iter_mut().zip(values) {
                *deviation = value - column.mean;
            }
        }
        let parts: Vec<&[f64]> =
            block.iter().map(|column| column.get(..length).unwrap_or_default()).collect();
        for ((sums, second), last) in products.chunks_exact_mut(count).zip(&parts).zip(1_usize..) {
            for (sum, first) in sums.iter_mut().zip(&parts).take(last) {
                *sum += block_dot(first, second);
            }
        }
    }
    mirror(&mut products, count);
    products
}

/// Copies each product to the pair in the other order.
fn mirror(products: &mut [f64], count: usize) {
    for second in 0..count {
        for first in 0..second {
            let value = at(products, count, first, second);
            if let Some(cell) = products.get_mut(first.saturating_mul(count).saturating_add(second)) {
                *cell = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_lines_and_a_constant() {
        let matrix = Matrix::from_columns(&[
            &[1.0, 2.0, 3.0, 4.0],
            &[8.0, 6.0, 4.0, 2.0],
            &[0.1 + 0.2, 0.3, 0.3, 0.3],
            &[1.0, -1.0, -1.0, 1.0],
        ]);
        let moments = Moments::of(&matrix.unwrap()).unwrap();
        assert_eq!(moments.correlation(0, 1), Some(-1.0));
        assert_eq!(moments.correlation(0, 2), None);
        assert_eq!(moments.correlation(2, 2), None);
        assert_eq!(moments.correlation(3, 0).map(f64::to_bits), Some(0.0_f64.to_bits()));
        assert_eq!(moments.covariance(0, 1), -10.0 / 3.0);
        assert_eq!(moments.deviation(2), 0.0);
        assert_eq!(moments.varying(), [0, 1, 3]);
    }

    #[test]
    fn large_and_small_numbers_do_not_matter() {
        for scale in [1e-140, 1e99] {
            let first: Vec<f64> = [1.0, 2.0, 4.0].iter().map(|value| value * scale).collect();
            let matrix = Matrix::from_columns(&[&first, &[1.0, 3.0, 2.0]]).unwrap();
            let correlation = Moments::of(&matrix).unwrap().correlation(0, 1).unwrap();
            assert!((correlation - 0.327_326_835_353_988_57).abs() < 1e-15, "{correlation}");
        }
        let vanishing = Matrix::from_columns(&[&[0.0, 1e-160], &[1.0, 2.0]]).unwrap();
        assert_eq!(Moments::of(&vanishing).unwrap().varying(), [1]);
    }
}
