//! Values become whole numbers of base units: seconds, kilobytes, fen.
//!
//! A value enters once. An integer, a decimal or a decimal text must be a whole number of base units; a float is
//! multiplied by the ratio and rounded, ties to even. The result lies in `0..=2^53 - 1`, so it is exact in an `f64`.

use fearless_simd::Level;

use super::{Column, Scalar, on};
use crate::error::{Code, Problem, data as code};
use crate::money::{Decimal, MAX_DIGITS, MAX_MINOR, gcd};

/// The largest number of base units.
pub(crate) const MAX_UNITS: u64 = MAX_MINOR.unsigned_abs();

/// Beyond this a decimal may have more digits than [`Decimal`] holds.
const LARGEST_MANTISSA: u128 = 10_u128.pow(MAX_DIGITS);

/// Rows that are worked on together; their scratch stays in the first-level cache.
pub(crate) const BLOCK: usize = 128;

/// Why a value is no number of base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Refused {
    Missing,
    WrongType,
    NotFinite,
    Negative,
    TooLarge,
    Inexact,
    BadDecimal,
}

impl Refused {
    pub(crate) fn code(self) -> Code {
        match self {
            Self::Missing => code::MISSING,
            Self::WrongType => code::WRONG_TYPE,
            Self::NotFinite => code::NOT_FINITE,
            Self::Negative => code::NEGATIVE,
            Self::TooLarge => code::TOO_LARGE,
            Self::Inexact => code::INEXACT,
            Self::BadDecimal => code::BAD_DECIMAL,
        }
    }

    /// The problem of a value or column called `name`; `unit` says what was being counted.
    pub(crate) fn problem(self, name: &str, found: &Scalar, base: &str) -> Problem {
        let (message, expected): (&str, String) = match self {
            Self::Missing => ("the value is missing", "a value, or a default in the catalogue".into()),
            Self::WrongType => ("the value has the wrong type", "a number".into()),
            Self::NotFinite => ("the number is infinite", "a finite number".into()),
            Self::Negative => ("the number is negative", "zero or more".into()),
            Self::TooLarge => ("the number is too large", format!("at most {MAX_UNITS} {base}")),
            Self::Inexact => {
                let expected = format!("a whole number of {base}, or a float, which is rounded");
                ("the exact number is not a whole number of base units", expected)
            }
            Self::BadDecimal => ("the text is not a decimal number", "a number such as 1390.5".into()),
        };
        let problem = Problem::new(self.code(), name, message).with_expected(expected);
        if self == Self::Missing { problem } else { problem.with_found(found.to_string()) }
    }
}

/// A float times the ratio, rounded ties to even.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "in range"
)]
fn units_of_float(value: f64, ratio: u64) -> Result<u64, Refused> {
    if value.is_nan() {
        return Err(Refused::Missing);
    }
    if value.is_infinite() {
        return Err(Refused::NotFinite);
    }
    if value < 0.0 {
        return Err(Refused::Negative);
    }
    let units = (value * ratio as f64).round_ties_even();
    if units > MAX_UNITS as f64 { Err(Refused::TooLarge) } else { Ok(units as u64) }
}

fn units_of_exact(mantissa: i128, denominator: i128, ratio: u64) -> Result<u64, Refused> {
    if mantissa < 0 {
        return Err(Refused::Negative);
    }
    // Common factors first: a wide scale must not make a small number overflow.
    let common = gcd(ratio.into(), denominator).max(1);
    let (ratio, denominator) = (i128::from(ratio) / common, denominator / common);
    let product = mantissa.checked_mul(ratio).ok_or(Refused::TooLarge)?;
    let units = product.checked_div(denominator).ok_or(Refused::TooLarge)?;
    if units > i128::from(MAX_UNITS) {
        return Err(Refused::TooLarge);
    }
    if product.checked_rem(denominator) != Some(0) {
        return Err(Refused::Inexact);
    }
    u64::try_from(units).map_err(|_| Refused::TooLarge)
}

/// The number of base units of one value, `ratio` base units making one unit of input.
pub(crate) fn units(value: &Scalar, ratio: u64) -> Result<u64, Refused> {
    let of_decimal = |decimal: Decimal| units_of_exact(decimal.mantissa(), decimal.denominator(), ratio);
    match value {
        Scalar::Missing => Err(Refused::Missing),
        Scalar::Float(value) => units_of_float(*value, ratio),
        Scalar::Int(value) => units_of_exact(*value, 1, ratio),
        Scalar::Decimal(value) => of_decimal(*value),
        Scalar::Text(text) => Decimal::parse(text).map_err(|_| Refused::BadDecimal).and_then(of_decimal),
        Scalar::Bool(_) | Scalar::Date(_) | Scalar::Timestamp(_) | Scalar::Unsupported(_) => {
            Err(Refused::WrongType)
        }
    }
}

/// Whether a column can hold numbers of base units at all.
pub(crate) fn holds_units(column: &Column<'_>) -> bool {
    !matches!(column, Column::Bool(_) | Column::Date32(_) | Column::Timestamp(_) | Column::Unsupported { .. })
}

/// Fills `out` with the base units of the rows from `start` on, row by row without a level. `refuse` is called with each row (from `start`)
/// that has none; its result stands in for the row.
pub(crate) fn fill_units(
    column: &Column<'_>,
    start: usize,
    ratio: u64,
    level: Option<Level>,
    out: &mut [f64],
    mut refuse: impl FnMut(usize, Refused) -> f64,
) {
    let filled = level.is_some()
        && on(
            level,
            #[inline(always)]
            || fill_fast(column, start, ratio, out),
        );
    if filled {
        return;
    }
    for (row, out) in out.iter_mut().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53 - 1")]
        let units = units_at(column, start.saturating_add(row), ratio).map(|units| units as f64);
        *out = units.unwrap_or_else(|refused| refuse(row, refused));
    }
}

fn units_at(column: &Column<'_>, row: usize, ratio: u64) -> Result<u64, Refused> {
    match column {
        Column::F64(rows) => units_of_float(rows.get(row).ok_or(Refused::Missing)?, ratio),
        Column::Decimal128(rows) => {
            let mantissa = rows.get(row).ok_or(Refused::Missing)?;
            if mantissa.unsigned_abs() < LARGEST_MANTISSA && rows.scale() <= MAX_DIGITS {
                return units_of_exact(mantissa, 10_i128.saturating_pow(rows.scale()), ratio);
            }
            // As a record would read it: exactly if the value is short, else by the nearest float.
            units(&column.scalar(row), ratio)
        }
        other => units(&other.scalar(row), ratio),
    }
}

/// Plain numbers without a missing row, all of them within the limits; false where a row needs a closer look.
#[inline(always)]
fn fill_fast(column: &Column<'_>, start: usize, ratio: u64, out: &mut [f64]) -> bool {
    /// The rows of the block, if none of the column is marked as missing.
    macro_rules! rows {
        ($values:expr) => {
            match $values.validity() {
                Some(bits) if bits.slice(start, out.len()).count_ones() < out.len() => return false,
                _ => match $values.values().get(start..).and_then(|rows| rows.get(..out.len())) {
                    Some(rows) => rows,
                    None => return false,
                },
            }
        };
    }
    #[expect(clippy::cast_precision_loss, reason = "ratios are below 2^53")]
    let ratio = ratio as f64;
    // An integer beyond 2^53 rounds to at least 2^53 and is found too large, so the conversion may round.
    #[expect(clippy::cast_precision_loss, reason = "see above")]
    match column {
        Column::F64(values) => scale_all(rows!(values), ratio, out, |value| value),
        Column::F32(values) => scale_all(rows!(values), ratio, out, f64::from),
        Column::I32(values) => scale_all(rows!(values), ratio, out, f64::from),
        Column::U32(values) => scale_all(rows!(values), ratio, out, f64::from),
        Column::I64(values) => scale_all(rows!(values), ratio, out, |value| value as f64),
        Column::U64(values) => scale_all(rows!(values), ratio, out, |value| value as f64),
        _ => false,
    }
}

#[inline(always)]
fn scale_all<T: Copy>(rows: &[T], ratio: f64, out: &mut [f64], float: impl Fn(T) -> f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
    const LARGEST: f64 = MAX_UNITS as f64;
    let mut fine = true;
    for (out, row) in out.iter_mut().zip(rows) {
        let value = float(*row);
        let units = (value * ratio).round_ties_even();
        // False for NaN as well.
        fine &= (value >= 0.0) & (units <= LARGEST);
        *out = units;
    }
    fine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_round_and_exact_numbers_must_fit() {
        let decimal = |text: &str| Scalar::Decimal(Decimal::parse(text).unwrap());
        for (value, ratio, expected) in [
            (Scalar::Float(265.1), 10, Ok(2651)),
            (Scalar::Float(0.25), 10, Ok(2)),
            (Scalar::Float(0.35), 10, Ok(4)),
            (Scalar::Float(-0.0), 10, Ok(0)),
            (Scalar::Float(-1e-9), 10, Err(Refused::Negative)),
            (Scalar::Float(f64::NAN), 10, Err(Refused::Missing)),
            (Scalar::Float(f64::INFINITY), 10, Err(Refused::NotFinite)),
            (Scalar::Float(9_007_199_254_740_991.0), 1, Ok(MAX_UNITS)),
            (Scalar::Float(9_007_199_254_740_992.0), 1, Err(Refused::TooLarge)),
            (Scalar::Int(3), 60, Ok(180)),
            (Scalar::Int(i128::MAX), 60, Err(Refused::TooLarge)),
            (decimal("0.5"), 60, Ok(30)),
            (decimal("0.01"), 60, Err(Refused::Inexact)),
            (Scalar::Text("12.5".into()), 2, Ok(25)),
            (Scalar::Text("a dozen".into()), 2, Err(Refused::BadDecimal)),
            (Scalar::Bool(true), 1, Err(Refused::WrongType)),
            (Scalar::Missing, 1, Err(Refused::Missing)),
        ] {
            assert_eq!(units(&value, ratio), expected, "{value:?} x {ratio}");
        }
    }

    #[test]
    fn columns_enter_as_records_do() {
        let floats = [0.0, 265.1, f64::NAN, -1.0, f64::INFINITY, 1e300, 0.25];
        let integers = [0_i64, 5, i64::MAX, -3, 1 << 53, (1 << 53) - 1, 7];
        for column in [Column::from(&floats[..]), Column::from(&integers[..])] {
            for start in 0..floats.len() {
                for end in start..floats.len() {
                    let mut out = vec![0.0; end - start];
                    let mut refusals = Vec::new();
                    fill_units(&column, start, 10, Some(Level::new()), &mut out, |row, refused| {
                        refusals.push((row, refused));
                        -7.0
                    });
                    for (row, out) in out.iter().enumerate() {
                        match units(&column.scalar(start + row), 10) {
                            Ok(units) => assert_eq!(units_of_float(*out, 1), Ok(units)),
                            Err(refused) => {
                                assert_eq!(*out, -7.0);
                                assert!(refusals.contains(&(row, refused)));
                            }
                        }
                    }
                }
            }
        }
    }
}
