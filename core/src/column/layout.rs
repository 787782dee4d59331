//! What can be wrong with the layout of a column or a batch.

use crate::error::{Error, Problem, data as code};

/// A column whose buffers do not fit together, or that does not fit into its batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// Fewer bits than the offset and length need.
    #[error("bits too short: {found} bits, {needed} needed")]
    BitsTooShort {
        /// Bits in the buffer.
        found: usize,
        /// Bits that offset and length need.
        needed: usize,
    },
    /// Validity of another length than the values.
    #[error("validity of {found} rows on a column of {expected} rows")]
    ValidityLength {
        /// Rows of the validity.
        found: usize,
        /// Rows of the column.
        expected: usize,
    },
    /// A text column without even the first offset.
    #[error("text offsets are empty, at least one is needed")]
    NoOffsets,
    /// An offset that is smaller than the one before, or beyond the data.
    #[error("text offset of row {row} is not between the one before it and the end of the data")]
    Offset {
        /// Row whose end is wrong.
        row: usize,
    },
    /// A string view that points outside its buffers.
    #[error("string view of row {row} points outside its buffers")]
    View {
        /// Row of the view.
        row: usize,
    },
    /// A dictionary code without a value.
    #[error("dictionary code {code} of row {row} is outside the {values} values")]
    Code {
        /// Row of the code.
        row: usize,
        /// The code.
        code: i128,
        /// Number of dictionary values.
        values: usize,
    },
    /// A decimal column whose scale is not supported.
    #[error("decimal scale {scale} is not supported: expected 0 to 38")]
    Scale {
        /// The scale.
        scale: i8,
    },
    /// A column of another length than its batch.
    #[error("column `{column}` has {found} rows, the batch has {expected}")]
    ColumnLength {
        /// Name of the column.
        column: String,
        /// Rows of the column.
        found: usize,
        /// Rows of the batch.
        expected: usize,
    },
    /// A second column of one name.
    #[error("column `{column}` occurs twice")]
    DuplicateColumn {
        /// Name of the column.
        column: String,
    },
}

impl Error {
    /// A column whose memory does not follow its layout, or whose length is not that of the others.
    pub fn of_column(name: &str, error: &LayoutError) -> Self {
        let code = match error {
            LayoutError::ColumnLength { .. } => code::LENGTH,
            _ => code::LAYOUT,
        };
        Self::data(vec![Problem::new(code, name, error.to_string())])
    }
}

/// A batch that could not be put together: the path is the column's name where it is known.
impl From<LayoutError> for Error {
    fn from(error: LayoutError) -> Self {
        let name = match &error {
            LayoutError::ColumnLength { column, .. } | LayoutError::DuplicateColumn { column } => {
                column.as_str()
            }
            _ => "",
        };
        Self::of_column(name, &error)
    }
}
