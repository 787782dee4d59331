//! What is wrong with the arguments of an analysis.

/// An argument that no analysis can work with. The first one found is told.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// No indicators, or no objects.
    #[error("there are no {0}")]
    Empty(&'static str),
    /// More objects than ranks of 32 bits can number.
    #[error("too many objects (got {0}): at most 2^31")]
    TooManyObjects(usize),
    /// Something has another length than it must have.
    #[error("invalid length of {what} (got {found}): expected {expected}")]
    Length {
        /// The argument.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
    /// A normalised value is missing or infinite.
    #[error("normalised value of indicator {indicator} and object {object} is not finite")]
    NotFinite {
        /// Position of the column.
        indicator: usize,
        /// Position of the row.
        object: usize,
    },
    /// The tree of weights is no tree over the indicators.
    #[error("invalid tree of weights at node {node}: {reason}")]
    Tree {
        /// Position of the node.
        node: usize,
        /// What is wrong there.
        reason: &'static str,
    },
    /// A number lies outside its range.
    #[error("invalid {argument} (got {found}): expected {expected}")]
    OutOfRange {
        /// The argument.
        argument: &'static str,
        /// The number.
        found: f64,
        /// The range.
        expected: &'static str,
    },
}

impl AnalysisError {
    /// Checks that something has the length it must have.
    pub(super) fn check_length(what: &'static str, found: usize, expected: usize) -> Result<(), Self> {
        if found == expected { Ok(()) } else { Err(Self::Length { what, found, expected }) }
    }

    /// Checks a condition on a number.
    pub(super) fn check(
        holds: bool,
        argument: &'static str,
        found: f64,
        expected: &'static str,
    ) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self::OutOfRange { argument, found, expected }) }
    }
}
