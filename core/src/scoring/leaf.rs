//! One indicator of one row: from the value to the score, with what is missing or impossible.

use crate::column::Scalar;
use crate::error::{Code, Problem, data, scoring as code};

use super::curve::is_score;
use super::document::{Compare, Impossible};
use super::model::{Indicator, Missing};

/// What is known of an indicator of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Leaf {
    /// Means nothing where it is missing.
    pub(super) score: f64,
    pub(super) state: State,
}

impl Leaf {
    pub(super) const NONE: Self = Self { score: 0.0, state: State::Missing };
}

/// Where a score comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Observed,
    Imputed,
    Missing,
}

/// Why an indicator has no score and the row none either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueFault {
    Missing,
    NotFinite,
    WrongType,
    Impossible,
    OutOfDomain,
}

impl ValueFault {
    pub(super) fn code(self) -> Code {
        match self {
            Self::Missing => data::MISSING,
            Self::NotFinite => data::NOT_FINITE,
            Self::WrongType => data::WRONG_TYPE,
            Self::Impossible => code::IMPOSSIBLE,
            Self::OutOfDomain => code::OUT_OF_DOMAIN,
        }
    }

    /// The problem of a value in the column of that name.
    pub(super) fn problem(self, column: &str, indicator: &Indicator, found: &Scalar) -> Problem {
        let (message, expected) = match self {
            Self::Missing => {
                ("the value is missing", "a value, or another policy under `missing`".to_owned())
            }
            Self::NotFinite => ("the number is infinite", "a finite number".to_owned()),
            Self::WrongType => ("the value has the wrong type", "a number".to_owned()),
            Self::Impossible => {
                let (low, high) = indicator.possible;
                let expected = match (low == f64::MIN, high == f64::MAX) {
                    (true, _) => format!("at most {high}"),
                    (_, true) => format!("at least {low}"),
                    _ => format!("{low} to {high}"),
                };
                ("the value cannot occur", expected)
            }
            Self::OutOfDomain => ("the method has no score for this value", domain(indicator).to_owned()),
        };
        let problem = Problem::new(self.code(), column, message).with_expected(expected);
        if self == Self::Missing { problem } else { problem.with_found(found.to_string()) }
    }
}

/// What the method of an indicator takes.
fn domain(indicator: &Indicator) -> &'static str {
    match (&indicator.compare, indicator.lowest) {
        (Some((Compare::Ratio | Compare::Growth, _)), f64::MIN) => "another value than zero to compare with",
        (_, f64::MIN) => "a number not so large that the score overflows",
        (_, 0.0) => "zero or more, and not so large that the score overflows",
        _ => "a number above zero, and not so large or small that the score overflows",
    }
}

/// A number of a record or a row; `None` where it is missing.
pub(super) fn number(value: &Scalar) -> Result<Option<f64>, ValueFault> {
    let number = match value {
        Scalar::Missing => return Ok(None),
        Scalar::Float(value) => *value,
        #[expect(clippy::cast_precision_loss, reason = "the nearest float is what is asked for")]
        Scalar::Int(value) => *value as f64,
        Scalar::Decimal(value) => value.to_f64(),
        _ => return Err(ValueFault::WrongType),
    };
    finite(number)
}

/// A float as it enters: NaN is missing.
pub(super) fn finite(value: f64) -> Result<Option<f64>, ValueFault> {
    match value {
        value if value.is_nan() => Ok(None),
        value if value.is_infinite() => Err(ValueFault::NotFinite),
        value => Ok(Some(value)),
    }
}

impl Compare {
    #[inline(always)]
    pub(super) fn of(self, value: f64, other: f64) -> f64 {
        match self {
            Self::Ratio => value / other,
            Self::Growth => value / other - 1.0,
            Self::Difference => value - other,
        }
    }
}

impl Indicator {
    /// The value that is scored. `input` gives the number of each input.
    pub(super) fn value(
        &self,
        input: impl Fn(usize) -> Result<Option<f64>, ValueFault>,
    ) -> Result<Option<f64>, ValueFault> {
        let own = input(self.input);
        let Some((compare, other)) = self.compare else { return own };
        let Some((value, other)) = own?.zip(input(other)?) else { return Ok(None) };
        let compared = compare.of(value, other);
        // Over zero, or too large.
        if compared.is_finite() { Ok(Some(compared)) } else { self.or_missing(ValueFault::OutOfDomain) }
    }

    /// The value, where it is possible and in the domain of the method.
    pub(super) fn usable(
        &self,
        input: impl Fn(usize) -> Result<Option<f64>, ValueFault>,
    ) -> Result<Option<f64>, ValueFault> {
        let Some(value) = self.value(input)? else { return Ok(None) };
        if !(self.possible.0..=self.possible.1).contains(&value) {
            return Err(ValueFault::Impossible);
        }
        if self.drawn(value) < self.lowest { Err(ValueFault::OutOfDomain) } else { Ok(Some(value)) }
    }

    /// The input to which a fault is put down: the one compared with, where that alone is at fault.
    pub(super) fn at_fault(
        &self,
        fault: ValueFault,
        input: impl Fn(usize) -> Result<Option<f64>, ValueFault>,
    ) -> usize {
        let is_at_fault = |index: usize| match fault {
            ValueFault::Missing => input(index) == Ok(None),
            other => input(index) == Err(other),
        };
        match self.compare {
            Some((_, other)) if !is_at_fault(self.input) && is_at_fault(other) => other,
            _ => self.input,
        }
    }

    /// The score of a value. `group` gives the group of the row in the field that imputation goes by.
    pub(super) fn score<'g>(
        &self,
        value: Option<f64>,
        group: impl Fn(usize) -> Option<&'g str>,
    ) -> Result<Leaf, ValueFault> {
        let value = match value {
            Some(value) if !(self.possible.0..=self.possible.1).contains(&value) => {
                self.or_missing(ValueFault::Impossible)?
            }
            value => value,
        };
        let score = match value {
            Some(value) => match self.curved(value) {
                Ok(score) => Some(score),
                Err(fault) => self.or_missing(fault)?,
            },
            None => None,
        };
        if let Some(score) = score {
            return Ok(Leaf { score, state: State::Observed });
        }
        let imputed = match &self.missing {
            Missing::Error => return Err(ValueFault::Missing),
            Missing::Skip => return Ok(Leaf::NONE),
            Missing::Score(score) => return Ok(Leaf { score: *score, state: State::Imputed }),
            Missing::Value(value) => *value,
            Missing::ByGroup(values) => values.of(group(values.field)),
        };
        Ok(Leaf { score: self.curved(imputed)?, state: State::Imputed })
    }

    pub(super) fn curved(&self, value: f64) -> Result<f64, ValueFault> {
        let Some(curve) = &self.curve else { return Err(ValueFault::OutOfDomain) };
        let drawn = self.drawn(value);
        let score = if drawn < self.lowest { f64::NAN } else { curve.score(drawn) };
        if is_score(score) { Ok(score) } else { Err(ValueFault::OutOfDomain) }
    }

    /// The value after winsorising.
    #[inline(always)]
    pub(super) fn drawn(&self, value: f64) -> f64 {
        let Some((low, high)) = self.draw else { return value };
        let value = if value < low { low } else { value };
        if value > high { high } else { value }
    }

    pub(super) fn or_missing(&self, fault: ValueFault) -> Result<Option<f64>, ValueFault> {
        match self.impossible {
            Impossible::Error => Err(fault),
            Impossible::Missing => Ok(None),
        }
    }
}
