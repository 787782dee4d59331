//! The decimal as written.

use std::fmt;
use std::str::FromStr;

/// The largest number of significant digits of a [`Decimal`].
pub const MAX_DIGITS: u32 = 30;

/// An exact decimal number, `mantissa / 10^scale`, in lowest terms: `0.50` and `0.5` are the same value.
///
/// ```
/// use cpcfit::Decimal;
/// let price = Decimal::parse("0.290").unwrap();
/// assert_eq!((price.mantissa(), price.scale()), (29, 2));
/// assert_eq!(price.to_string(), "0.29");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not of the form `-12.5` or `1.25e-3`.
    #[error("not a decimal number")]
    Syntax,
    /// More digits than [`MAX_DIGITS`], before or after the point.
    #[error("more than {MAX_DIGITS} digits")]
    TooManyDigits,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Reads an optional sign, digits with at most one point, and an optional exponent.
    ///
    /// # Errors
    /// [`DecimalError::Syntax`], or [`DecimalError::TooManyDigits`] when the value needs more than
    /// [`MAX_DIGITS`] digits, leading zeros apart.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        if let Some(integer) = short_integer(text) {
            return Ok(Self { mantissa: integer.into(), scale: 0 });
        }
        let (negative, unsigned) = match text.as_bytes() {
            [b'-', ..] => (true, text.get(1..).unwrap_or_default()),
            [b'+', ..] => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let (number, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() {
            return Err(DecimalError::Syntax);
        }
        let mut digits = Digits::default();
        for byte in whole.bytes().chain(fraction.bytes()) {
            digits.push(byte)?;
        }
        let decimals = i64::try_from(fraction.len()).map_err(|_| DecimalError::TooManyDigits)?;
        digits.finish(negative, decimals.saturating_sub(exponent))
    }

    /// `mantissa / 10^scale`, reduced.
    ///
    /// # Errors
    /// [`DecimalError::TooManyDigits`] when mantissa or scale exceed [`MAX_DIGITS`] digits.
    pub fn new(mantissa: i128, scale: u32) -> Result<Self, DecimalError> {
        let (mut mantissa, mut scale) = (mantissa, scale);
        while scale > 0 && mantissa.checked_rem(10) == Some(0) {
            mantissa = mantissa.checked_div(10).unwrap_or(0);
            scale = scale.saturating_sub(1);
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        let digits = mantissa.unsigned_abs().ilog10().saturating_add(1);
        if digits > MAX_DIGITS || scale > MAX_DIGITS {
            return Err(DecimalError::TooManyDigits);
        }
        Ok(Self { mantissa, scale })
    }

    /// The digits as an integer, with the sign; below `10^30` in size.
    pub fn mantissa(self) -> i128 {
        self.mantissa
    }

    /// The number of digits after the point, at most [`MAX_DIGITS`].
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// `10^scale`, the denominator of the value.
    pub fn denominator(self) -> i128 {
        10_i128.saturating_pow(self.scale)
    }

    /// The nearest `f64`, ties to even.
    pub fn to_f64(self) -> f64 {
        nearest_f64(self.mantissa, self.scale)
    }

    /// `self * by` as an integer, when it is one and fits.
    pub(crate) fn times_exactly(self, by: i128) -> Option<i128> {
        let product = self.mantissa.checked_mul(by)?;
        if self.scale == 0 {
            return Some(product);
        }
        let denominator = self.denominator();
        (product.checked_rem(denominator)? == 0).then(|| product.checked_div(denominator)).flatten()
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        Self::parse(text)
    }
}

/// Collects digits; trailing zeros wait so that `1000...0` with an exponent stays short.
#[derive(Default)]
struct Digits {
    mantissa: i128,
    zeros: u32,
}

impl Digits {
    fn push(&mut self, byte: u8) -> Result<(), DecimalError> {
        match byte {
            b'0' if self.mantissa == 0 => Ok(()),
            b'0' => {
                self.zeros = self.zeros.saturating_add(1);
                Ok(())
            }
            b'1'..=b'9' => {
                let places = self.zeros.saturating_add(1);
                self.zeros = 0;
                let digit = i128::from(byte.wrapping_sub(b'0'));
                self.mantissa = shifted(self.mantissa, places)
                    .and_then(|mantissa| mantissa.checked_add(digit))
                    .ok_or(DecimalError::TooManyDigits)?;
                Ok(())
            }
            _ => Err(DecimalError::Syntax),
        }
    }

    fn finish(self, negative: bool, decimals: i64) -> Result<Decimal, DecimalError> {
        if self.mantissa == 0 {
            return Ok(Decimal::ZERO);
        }
        let decimals = decimals.saturating_sub(i64::from(self.zeros));
        let mantissa = if negative { self.mantissa.checked_neg() } else { Some(self.mantissa) };
        let mantissa = mantissa.ok_or(DecimalError::TooManyDigits)?;
        if decimals > 0 {
            let scale = u32::try_from(decimals).map_err(|_| DecimalError::TooManyDigits)?;
            return Decimal::new(mantissa, scale);
        }
        let places = u32::try_from(decimals.unsigned_abs()).map_err(|_| DecimalError::TooManyDigits)?;
        let mantissa = shifted(mantissa, places).ok_or(DecimalError::TooManyDigits)?;
        Decimal::new(mantissa, 0)
    }
}

fn shifted(mantissa: i128, places: u32) -> Option<i128> {
    10_i128.checked_pow(places).and_then(|power| mantissa.checked_mul(power))
}

/// The `f64` nearest to `mantissa / 10^scale`, ties to even.
pub(crate) fn nearest_f64(mantissa: i128, scale: u32) -> f64 {
    /// Powers of ten that an `f64` holds exactly.
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    match POWERS.get(scale as usize) {
        // Both operands are exact, so the one division rounds correctly.
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        Some(power) if mantissa.unsigned_abs() <= 1 << 53 => mantissa as f64 / power,
        // The standard library reads decimal text with correct rounding.
        _ => format!("{mantissa}e-{scale}").parse().unwrap_or(f64::NAN),
    }
}

/// The number of up to 18 digits alone, as most are.
fn short_integer(text: &str) -> Option<i64> {
    let digits = text.as_bytes();
    if !(1..=18).contains(&digits.len()) {
        return None;
    }
    digits.iter().try_fold(0_i64, |number, byte| {
        let digit = i64::from(byte.wrapping_sub(b'0'));
        (digit <= 9).then(|| number.wrapping_mul(10).wrapping_add(digit))
    })
}

fn parse_exponent(text: &str) -> Result<i64, DecimalError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Syntax);
    }
    text.parse::<i32>().map(i64::from).map_err(|_| DecimalError::TooManyDigits)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        let places = self.scale as usize;
        let padded = format!("{digits:0>width$}", width = places.saturating_add(1));
        let (whole, fraction) = padded.split_at(padded.len().saturating_sub(places));
        let point = if fraction.is_empty() { "" } else { "." };
        f.pad_integral(self.mantissa >= 0, "", &format!("{whole}{point}{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_written() {
        for (text, mantissa, scale) in [
            ("0.29", 29, 2),
            ("38", 38, 0),
            ("-1.50", -15, 1),
            ("1.25e-3", 125, 5),
            ("2e3", 2000, 0),
            (".5", 5, 1),
            ("5.", 5, 0),
            ("+007.10", 71, 1),
            ("0e99", 0, 0),
            ("1200000e-5", 12, 0),
        ] {
            let decimal = Decimal::parse(text).unwrap();
            assert_eq!((decimal.mantissa(), decimal.scale()), (mantissa, scale), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in ["", ".", "-", "1,5", "1e", "e5", "0x10", "nan", "inf", "1_000", "１", "1e+-5", "--1"] {
            assert_eq!(Decimal::parse(text), Err(DecimalError::Syntax), "{text}");
        }
    }

    #[test]
    fn holds_thirty_digits_and_no_more() {
        let thirty = "123456789012345678901234567891";
        assert_eq!(Decimal::parse(thirty).unwrap().to_string(), thirty);
        assert_eq!(Decimal::parse(&format!("0.{thirty}")).unwrap().to_string(), format!("0.{thirty}"));
        for text in [
            format!("{thirty}1"),
            format!("0.0{thirty}"),
            "1e30".into(),
            "1e-31".into(),
            "1e999999999999".into(),
        ] {
            assert_eq!(Decimal::parse(&text), Err(DecimalError::TooManyDigits), "{text}");
        }
    }

    #[test]
    fn converts_to_the_nearest_float() {
        for text in ["0.1", "0.29", "123456789.123456789", "9007199254740993", "1e-30", "-2.5"] {
            assert_eq!(
                Decimal::parse(text).unwrap().to_f64().to_bits(),
                text.parse::<f64>().unwrap().to_bits()
            );
        }
    }
}
