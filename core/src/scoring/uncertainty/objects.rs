//! The objects to be scored: normalised values, a column an indicator.

use super::AnalysisError;

/// Normalised values of some objects (rows) on some indicators (columns), all finite, borrowed.
#[derive(Clone, Debug)]
pub struct Objects<'a> {
    columns: Vec<&'a [f64]>,
    rows: usize,
}

impl<'a> Objects<'a> {
    /// The most objects: ranks and their order fit 32 bits with room to spare.
    const MOST: usize = 1 << 31;

    /// Checks the columns.
    ///
    /// # Errors
    /// No columns, no rows, columns of different lengths, a value that is not finite.
    pub fn new(columns: Vec<&'a [f64]>) -> Result<Self, AnalysisError> {
        let rows = columns.first().ok_or(AnalysisError::Empty("indicators"))?.len();
        if rows == 0 {
            return Err(AnalysisError::Empty("objects"));
        }
        if rows > Self::MOST {
            return Err(AnalysisError::TooManyObjects(rows));
        }
        for (indicator, column) in columns.iter().enumerate() {
            AnalysisError::check_length("a column", column.len(), rows)?;
            if let Some(object) = column.iter().position(|value| !value.is_finite()) {
                return Err(AnalysisError::NotFinite { indicator, object });
            }
        }
        Ok(Self { columns, rows })
    }

    /// The columns, each with as many values as there are objects.
    pub fn columns(&self) -> &[&'a [f64]] {
        &self.columns
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Never: there is at least one object.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The values of one object, in the order of the indicators.
    pub(super) fn row(&self, object: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().map(move |column| column.get(object).copied().unwrap_or(0.0))
    }
}
