//! Values of one width, with or without validity.

use super::{Bits, LayoutError};

/// A borrowed slice of values and the bits that say which rows are present.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a, T> {
    values: &'a [T],
    validity: Option<Bits<'a>>,
}

impl<'a, T: Copy> Values<'a, T> {
    /// Values of which those rows are missing whose bit in `validity` is zero.
    ///
    /// # Errors
    /// When the validity has another length than the values.
    pub fn new(values: &'a [T], validity: Option<Bits<'a>>) -> Result<Self, LayoutError> {
        check_validity(validity, values.len())?;
        Ok(Self { values, validity })
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value of a row; `None` where it is missing.
    pub fn get(&self, row: usize) -> Option<T> {
        if self.validity.is_some_and(|bits| !bits.get(row)) { None } else { self.values.get(row).copied() }
    }

    /// All values; those of missing rows mean nothing.
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// The validity, if there is one.
    pub fn validity(&self) -> Option<Bits<'a>> {
        self.validity
    }

    /// Number of missing rows.
    pub fn null_count(&self) -> usize {
        self.validity.map_or(0, |bits| bits.len() - bits.count_ones())
    }

    /// `len` rows from `offset` on, cut where the rows end.
    #[must_use]
    pub fn slice(&self, offset: usize, len: usize) -> Self {
        let rows = self.values.get(offset..).unwrap_or_default();
        Self {
            values: rows.get(..len).unwrap_or(rows),
            validity: self.validity.map(|bits| bits.slice(offset, len)),
        }
    }
}

impl<'a, T> From<&'a [T]> for Values<'a, T> {
    fn from(values: &'a [T]) -> Self {
        Self { values, validity: None }
    }
}

/// Validity, where there is one, must cover exactly the rows.
pub(super) fn check_validity(validity: Option<Bits<'_>>, rows: usize) -> Result<(), LayoutError> {
    match validity {
        Some(bits) if bits.len() != rows => {
            Err(LayoutError::ValidityLength { found: bits.len(), expected: rows })
        }
        _ => Ok(()),
    }
}

/// The rows from `row` on whose validity is zero, the first in the lowest bit.
pub(super) fn null_word(validity: Option<Bits<'_>>, row: usize) -> u64 {
    validity.map_or(0, |bits| !bits.word(row))
}
