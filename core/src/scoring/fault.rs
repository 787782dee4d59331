//! Why judgements or data give no weights or statistics; the document layer knows the place and makes it a problem.

use crate::error::{Code, Problem, data, scoring as code};

/// What is wrong. Rows and columns are numbered from 0.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// A list or column is longer or shorter than the others.
    Length { found: usize, expected: usize },
    /// A column has values that are no numbers or infinite.
    NotFinite { column: usize, rows: Rows },
    /// A column has values beyond [`super::matrix::LIMIT`].
    TooLarge { column: usize, rows: Rows },
    /// A column has negative values where a method takes shares.
    Negative { column: usize, rows: Rows },
    /// A column is zero throughout where a method takes shares.
    AllZero { column: usize },
    /// There are fewer than two rows to compare.
    TooFewRows { found: usize },
    /// There are fewer than two columns to compare.
    TooFewColumns { found: usize },
    /// No column varies.
    Constant,
    /// All columns that vary are perfectly correlated.
    Redundant,
    /// A ranking does not name every one of `expected` children once.
    Ranking { expected: usize },
    /// A row of a comparison has another length than there are rows.
    NotSquare { row: usize, found: usize, expected: usize },
    /// A comparison is not above zero.
    NotPositive { row: usize, column: usize, value: f64 },
    /// A comparison is not the reciprocal of the opposite one.
    NotReciprocal { row: usize, column: usize, value: f64, opposite: f64 },
    /// More are compared than the random index is known for.
    TooManyCompared { found: usize },
    /// A mix has fewer than two parts, a negative share, or no share above zero.
    Mix,
    /// Weights are negative, infinite or all zero.
    Weights,
}

/// The rows concerned: the first and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) first: usize,
    pub(crate) count: u64,
}

impl Rows {
    /// The rows of a column for which `is_wrong`, if there are any.
    pub(crate) fn of(column: &[f64], is_wrong: impl Fn(f64) -> bool) -> Option<Self> {
        let first = column.iter().position(|value| is_wrong(*value))?;
        let count = column.iter().skip(first).filter(|value| is_wrong(**value)).count();
        Some(Self { first, count: count as u64 })
    }
}

impl Fault {
    /// The code of the problem.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Length { .. } => data::LENGTH,
            Self::NotFinite { .. } => data::NOT_FINITE,
            Self::TooLarge { .. } => code::OUT_OF_DOMAIN,
            Self::Negative { .. } => code::NEGATIVE_DATA,
            Self::AllZero { .. } => code::ZERO_DATA,
            Self::TooFewRows { .. } => code::TOO_FEW_ROWS,
            Self::TooFewColumns { .. } => code::TOO_FEW_COLUMNS,
            Self::Constant => code::CONSTANT_DATA,
            Self::Redundant => code::REDUNDANT_DATA,
            Self::Ranking { .. } => code::BAD_WEIGHT,
            Self::NotSquare { .. } => code::AHP_NOT_SQUARE,
            Self::NotPositive { .. } => code::AHP_NOT_POSITIVE,
            Self::NotReciprocal { .. } => code::AHP_NOT_RECIPROCAL,
            Self::TooManyCompared { .. } => code::AHP_TOO_LARGE,
            Self::Mix => code::BAD_MIX,
            Self::Weights => code::ZERO_WEIGHTS,
        }
    }

    /// The cell of a comparison that is wrong, as row and column, for a path that points at it.
    pub(crate) fn cell(&self) -> Option<(usize, usize)> {
        match self {
            Self::NotPositive { row, column, .. } | Self::NotReciprocal { row, column, .. } => {
                Some((*row, *column))
            }
            _ => None,
        }
    }

    /// The problem, which `make` begins from the code and the message at its own place; `names` are those of the
    /// columns, or of the children that are compared.
    pub(crate) fn problem(&self, names: &[&str], make: impl FnOnce(Code, String) -> Problem) -> Problem {
        let mut problem = make(self.code(), self.message(names));
        if let Some(found) = self.found() {
            problem = problem.with_found(found);
        }
        if let Some(expected) = self.expected(names) {
            problem = problem.with_expected(expected);
        }
        if let Self::NotFinite { rows, .. } | Self::TooLarge { rows, .. } | Self::Negative { rows, .. } = self
        {
            problem.add_rows(&[rows.first], rows.count);
        }
        problem
    }

    fn message(&self, names: &[&str]) -> String {
        let name = |index: &usize| match names.get(*index) {
            Some(name) => format!("`{name}`"),
            None => format!("number {}", index.saturating_add(1)),
        };
        match self {
            Self::Length { .. } => "the lists have different lengths".to_owned(),
            Self::NotFinite { column, .. } => {
                format!("{} has values that are no finite numbers", name(column))
            }
            Self::TooLarge { column, .. } => format!("{} has values beyond 1e100", name(column)),
            Self::Negative { column, .. } => format!("{} has values below zero", name(column)),
            Self::AllZero { column } => format!("{} is zero in every row", name(column)),
            Self::TooFewRows { .. } => "there are too few complete rows".to_owned(),
            Self::TooFewColumns { .. } => "there are too few columns to compare".to_owned(),
            Self::Constant => "no column varies".to_owned(),
            Self::Redundant => {
                "the columns are perfectly correlated, so none conflicts with another".to_owned()
            }
            Self::Ranking { .. } => "the ranking does not name every child once".to_owned(),
            Self::NotSquare { row, .. } => format!("the comparisons of {} are not one a child", name(row)),
            Self::NotPositive { row, column, .. } => {
                format!("the comparison of {} with {} is not above zero", name(row), name(column))
            }
            Self::NotReciprocal { row, column, .. } if row == column => {
                format!("the comparison of {} with itself is not 1", name(row))
            }
            Self::NotReciprocal { row, column, .. } => {
                let (row, column) = (name(row), name(column));
                format!("the comparison of {row} with {column} is not the reciprocal of {column} with {row}")
            }
            Self::TooManyCompared { .. } => "too many children are compared at once".to_owned(),
            Self::Mix => "the weightings cannot be mixed".to_owned(),
            Self::Weights => "the weights are negative, infinite or all zero".to_owned(),
        }
    }

    fn found(&self) -> Option<String> {
        match self {
            Self::Length { found, .. }
            | Self::TooFewRows { found }
            | Self::TooFewColumns { found }
            | Self::NotSquare { found, .. }
            | Self::TooManyCompared { found } => Some(found.to_string()),
            Self::NotPositive { value, .. } => Some(value.to_string()),
            Self::NotReciprocal { row, column, value, .. } if row == column => Some(value.to_string()),
            Self::NotReciprocal { value, opposite, .. } => Some(format!("{value} and {opposite}")),
            _ => None,
        }
    }

    fn expected(&self, names: &[&str]) -> Option<String> {
        match self {
            Self::Length { expected, .. } | Self::NotSquare { expected, .. } => Some(expected.to_string()),
            Self::TooFewRows { .. } | Self::TooFewColumns { .. } => Some("at least 2".to_owned()),
            Self::Ranking { .. } if !names.is_empty() => Some(format!("each of {} once", names.join(", "))),
            Self::Ranking { expected } => Some(format!("{expected} children")),
            Self::NotReciprocal { row, column, .. } if row == column => Some("1".to_owned()),
            Self::NotReciprocal { .. } => Some("a product of 1, such as 3 and `1/3`".to_owned()),
            Self::TooManyCompared { .. } => Some("at most 15".to_owned()),
            Self::Mix => Some("two or more parts whose shares are not negative and not all zero".to_owned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_name_the_columns_and_the_rows() {
        let rows = Rows::of(&[1.0, -1.0, 0.0, -2.0], |value| value < 0.0).unwrap();
        let fault = Fault::Negative { column: 1, rows };
        let shown = |names: &[&str]| {
            fault.problem(names, |code, message| Problem::new(code, "weights", message)).to_string()
        };
        assert_eq!(
            shown(&["a", "b"]),
            "scoring.negative_data at weights: `b` has values below zero (2 rows: 1, ...)"
        );
        assert_eq!(
            shown(&[]),
            "scoring.negative_data at weights: number 2 has values below zero (2 rows: 1, ...)"
        );
    }

    #[test]
    fn a_comparison_that_is_not_reciprocal_is_shown_with_its_opposite() {
        let fault = Fault::NotReciprocal { row: 0, column: 1, value: 3.0, opposite: 0.5 };
        let problem = fault.problem(&["a", "b"], |code, message| Problem::new(code, "", message));
        assert_eq!(
            problem.to_string(),
            "scoring.ahp_not_reciprocal: the comparison of `a` with `b` is not the reciprocal of `b` with `a`; \
             found 3 and 0.5, expected a product of 1, such as 3 and `1/3`"
        );
        assert_eq!(fault.cell(), Some((0, 1)));
    }
}
