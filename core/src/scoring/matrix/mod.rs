//! Complete numbers by row and column, and the little linear algebra that weights and statistics need.
//!
//! `sums` fixes the order of summation, `moments` are means and cross-products, `eigen` decomposes small matrices. All
//! of it is plain multiplication, addition, division and square roots in a written order, so the bits are the same
//! everywhere; no library is called that might fuse or reorder.

mod eigen;
mod moments;
mod sums;

pub(crate) use eigen::{Eigen, eigen, multiplied, principal_vector};
pub(crate) use moments::Moments;
pub(crate) use sums::{real, sum, sum_of};

use super::fault::{Fault, Rows};

/// The largest magnitude: squares of such numbers, and sums of any number of the squares, are finite.
pub(crate) const LIMIT: f64 = 1e100;

/// Finite numbers no larger than [`LIMIT`], column after column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// Takes `values` column after column.
    ///
    /// # Errors
    /// A [`Fault`] if there are more or fewer values than cells, and one for each column with values out of range.
    pub(crate) fn new(rows: usize, columns: usize, values: Vec<f64>) -> Result<Self, Vec<Fault>> {
        let cells = rows.saturating_mul(columns);
        if values.len() != cells {
            return Err(vec![Fault::Length { found: values.len(), expected: cells }]);
        }
        let matrix = Self { rows, columns, values };
        let faults: Vec<_> =
            matrix.iter().enumerate().filter_map(|(index, column)| out_of_range(index, column)).collect();
        if faults.is_empty() { Ok(matrix) } else { Err(faults) }
    }

    /// Takes columns of one length.
    ///
    /// # Errors
    /// As [`Matrix::new`].
    pub(crate) fn from_columns(columns: &[&[f64]]) -> Result<Self, Vec<Fault>> {
        let rows = columns.first().map_or(0, |column| column.len());
        if let Some(other) = columns.iter().find(|column| column.len() != rows) {
            return Err(vec![Fault::Length { found: other.len(), expected: rows }]);
        }
        Self::new(rows, columns.len(), columns.concat())
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// The values of a column; none beyond the last.
    pub(crate) fn column(&self, index: usize) -> &[f64] {
        let start = index.saturating_mul(self.rows);
        self.values.get(start..start.saturating_add(self.rows)).unwrap_or_default()
    }

    /// The columns in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.columns).map(|index| self.column(index))
    }

    /// The same rows of another matrix of columns, each made from one of these.
    pub(crate) fn map_columns(&self, change: impl FnMut(&[f64]) -> Vec<f64>) -> Result<Self, Vec<Fault>> {
        let values: Vec<_> = self.iter().map(change).collect();
        Self::new(self.rows, self.columns, values.concat())
    }

    /// # Errors
    /// A [`Fault`] where there are fewer than two rows or columns: what follows compares them.
    pub(crate) fn check_comparable(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        if self.rows < 2 {
            faults.push(Fault::TooFewRows { found: self.rows });
        }
        if self.columns < 2 {
            faults.push(Fault::TooFewColumns { found: self.columns });
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

fn out_of_range(column: usize, values: &[f64]) -> Option<Fault> {
    // One pass over good data: the comparison fails for infinite values and for what is no number, too.
    if values.iter().all(|value| value.abs() <= LIMIT) {
        return None;
    }
    let not_finite =
        Rows::of(values, |value| !value.is_finite()).map(|rows| Fault::NotFinite { column, rows });
    not_finite.or_else(|| {
        Rows::of(values, |value| value.abs() > LIMIT).map(|rows| Fault::TooLarge { column, rows })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_column_major() {
        let matrix = Matrix::new(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!((matrix.rows(), matrix.columns()), (2, 3));
        assert_eq!(matrix.column(1), [3.0, 4.0]);
        assert_eq!(matrix.column(3), []);
        assert_eq!(Matrix::from_columns(&[&[1.0, 2.0], &[3.0, 4.0], &[5.0, 6.0]]), Ok(matrix));
    }

    #[test]
    fn refuses_what_is_not_complete() {
        let length = Fault::Length { found: 3, expected: 4 };
        assert_eq!(Matrix::new(2, 2, vec![0.0; 3]), Err(vec![length]));
        assert_eq!(
            Matrix::from_columns(&[&[1.0], &[1.0, 2.0]]),
            Err(vec![Fault::Length { found: 2, expected: 1 }])
        );
        let values = vec![1.0, f64::NAN, f64::INFINITY, 1e101, 2.0, 1e101];
        let faults = vec![
            Fault::NotFinite { column: 0, rows: Rows { first: 1, count: 2 } },
            Fault::TooLarge { column: 1, rows: Rows { first: 0, count: 2 } },
        ];
        assert_eq!(Matrix::new(3, 2, values), Err(faults));
    }

    #[test]
    fn may_be_empty() {
        let matrix = Matrix::new(0, 2, Vec::new()).unwrap();
        assert_eq!(matrix.iter().count(), 2);
        assert_eq!(matrix.check_comparable(), Err(vec![Fault::TooFewRows { found: 0 }]));
    }
}
