//! Amounts in minor units, and the currency that says how many make a major one.

use std::fmt;

use super::Decimal;

/// The largest amount, `2^53 - 1` minor units: it is exact in an `f64` and in JavaScript.
pub const MAX_MINOR: i64 = (1 << 53) - 1;

/// An amount in minor units (fen, cents) of a currency that the catalogue declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of so many minor units, if its size is at most [`MAX_MINOR`].
    pub fn from_minor(minor: i64) -> Option<Self> {
        (minor.unsigned_abs() <= MAX_MINOR.unsigned_abs()).then_some(Self(minor))
    }

    /// The number of minor units.
    pub fn minor(self) -> i64 {
        self.0
    }

    pub(crate) fn from_wide(minor: i128) -> Option<Self> {
        i64::try_from(minor).ok().and_then(Self::from_minor)
    }

    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::from_minor)
    }

    /// The difference, which always exists: both sizes are below `2^53`.
    pub fn minus(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

/// A currency: its code and how many decimals its minor unit has.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: Box<str>,
    exponent: u8,
}

impl Currency {
    pub(crate) const MAX_EXPONENT: u8 = 6;

    pub(crate) fn new(code: &str, exponent: u8) -> Self {
        Self { code: code.into(), exponent }
    }

    /// The code, such as `CNY`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The number of decimals: 2 means that 100 minor units make one major unit.
    pub fn exponent(&self) -> u8 {
        self.exponent
    }

    /// How many minor units make a major one.
    pub fn minor_per_major(&self) -> i64 {
        10_i64.saturating_pow(u32::from(self.exponent))
    }

    /// The amount in major units as text: `15800` minor units of exponent 2 are `158.00`.
    pub fn format(&self, money: Money) -> String {
        format_minor(i128::from(money.minor()), self.exponent)
    }

    /// A sum of many amounts in major units as text.
    pub fn format_minor(&self, minor: i128) -> String {
        format_minor(minor, self.exponent)
    }

    /// The amount of a decimal in major units, when it is a whole number of minor units.
    pub(crate) fn amount(&self, major: Decimal) -> Option<Money> {
        major.times_exactly(i128::from(self.minor_per_major())).and_then(Money::from_wide)
    }
}

/// Minor units as text with `exponent` decimals.
pub(crate) fn format_minor(minor: i128, exponent: u8) -> String {
    let places = usize::from(exponent);
    let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places.saturating_add(1));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(places));
    let sign = if minor < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_the_exponent() {
        let yuan = Currency::new("CNY", 2);
        for (minor, text) in [(0, "0.00"), (5, "0.05"), (15_800, "158.00"), (-1, "-0.01")] {
            assert_eq!(yuan.format(Money::from_minor(minor).unwrap()), text);
        }
        assert_eq!(Currency::new("JPY", 0).format(Money::from_minor(250).unwrap()), "250");
    }

    #[test]
    fn amounts_are_whole_minor_units() {
        let yuan = Currency::new("CNY", 2);
        assert_eq!(yuan.amount(Decimal::parse("38.5").unwrap()), Money::from_minor(3850));
        assert_eq!(yuan.amount(Decimal::parse("0.005").unwrap()), None);
        assert_eq!(yuan.amount(Decimal::parse("90071992547409.92").unwrap()), None);
    }
}
