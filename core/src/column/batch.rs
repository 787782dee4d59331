//! Named columns of one length.

use super::names::Names;
use super::{Column, LayoutError};

/// Named columns of one length, in the order in which they were pushed.
///
/// ```
/// use cpcfit::{Batch, Column};
/// let voice = [612.0, 40.0];
/// let mut batch = Batch::new(2);
/// batch.push("voice", Column::from(&voice[..]))?;
/// assert_eq!(batch.get("voice").map(Column::type_name), Some("float64"));
/// # Ok::<(), cpcfit::column::LayoutError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    len: usize,
    columns: Vec<(String, Column<'a>)>,
    positions: Names,
}

impl<'a> Batch<'a> {
    /// A batch of `len` rows, without columns yet.
    pub fn new(len: usize) -> Self {
        Self { len, columns: Vec::new(), positions: Names::default() }
    }

    /// Adds a column.
    ///
    /// # Errors
    /// When it has another length than the batch, or its name is there already.
    pub fn push(
        &mut self,
        name: impl Into<String>,
        column: impl Into<Column<'a>>,
    ) -> Result<&mut Self, LayoutError> {
        let (name, column) = (name.into(), column.into());
        if self.get(&name).is_some() {
            return Err(LayoutError::DuplicateColumn { column: name });
        }
        if column.len() != self.len {
            return Err(LayoutError::ColumnLength { column: name, found: column.len(), expected: self.len });
        }
        self.columns.push((name, column));
        self.positions.add(self.columns.iter().map(|(name, _)| name.as_str()));
        Ok(self)
    }

    /// The column of that name.
    pub fn get(&self, name: &str) -> Option<&Column<'a>> {
        let position = self.positions.position(self.names(), name)?;
        self.columns.get(position).map(|(_, column)| column)
    }

    /// Names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let slice = |(name, column): &(String, Column<'a>)| (name.clone(), column.slice(offset, len));
        Self {
            len: len.min(self.len.saturating_sub(offset)),
            columns: self.columns.iter().map(slice).collect(),
            positions: self.positions.clone(),
        }
    }

    /// Every column's value of one row, as a record.
    pub fn record(&self, row: usize) -> super::Record {
        self.columns.iter().map(|(name, column)| (name.as_str(), column.scalar(row))).collect()
    }
}
