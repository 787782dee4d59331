//! The control ratios: new amount over present amount, within inclusive bounds, compared exactly.

use std::fmt::Write as _;

use crate::document::{Declare, Fields, Located};
use crate::error::{Problem, fit as code};
use crate::money::{Decimal, Money};

/// Which ratio is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RatioKind {
    /// New total over present total (总费变化率).
    TotalFeeChange,
    /// New monthly fee over present monthly fee (月租变化率), discounts apart.
    MonthlyFeeChange,
}

impl RatioKind {
    /// The name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::TotalFeeChange => "total-fee change",
            Self::MonthlyFeeChange => "monthly-fee change",
        }
    }
}

/// Inclusive bounds of a ratio; an absent end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatioBounds {
    pub(super) min: Option<Decimal>,
    pub(super) max: Option<Decimal>,
}

/// The bounds as written.
#[derive(Clone, Debug)]
pub(super) struct RatioEntry {
    min: Option<Located<Decimal>>,
    max: Option<Located<Decimal>>,
}

impl Declare for RatioEntry {
    const NAME: &'static str = "RatioBounds";
    const ABOUT: &'static str = "Inclusive bounds of a ratio of new to present; 0.6 is 60%.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let min = fields.optional("min", "the smallest ratio");
        let max = fields.optional("max", "the largest ratio");
        Some(Self { min: min?, max: max? })
    }
}

impl RatioEntry {
    /// The bounds, each from 0 to 1,000,000 with at most 6 decimals, in order.
    pub(super) fn check(&self, problems: &mut Vec<Problem>) -> RatioBounds {
        let fits = |bound: &&Located<Decimal>| {
            let mantissa = bound.value.mantissa();
            let fits = mantissa >= 0
                && bound.value.scale() <= 6
                && mantissa <= bound.value.denominator().saturating_mul(1_000_000);
            !fits
        };
        for bound in self.min.iter().chain(&self.max).filter(fits) {
            let problem = bound.at.problem(code::BAD_RATIO, "the bound of the ratio cannot be used");
            let expected = "0 to 1000000 with at most 6 decimals, such as 1.5";
            problems.push(problem.with_found(bound.value.to_string()).with_expected(expected));
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && times(min.value, max.value.denominator()) > times(max.value, min.value.denominator())
        {
            let problem = min.at.problem(code::BAD_RATIO, "the smallest ratio is above the largest");
            problems.push(problem.with_found(format!("{} above {}", min.value, max.value)));
        }
        RatioBounds {
            min: self.min.as_ref().map(|bound| bound.value),
            max: self.max.as_ref().map(|bound| bound.value),
        }
    }
}

fn times(decimal: Decimal, by: i128) -> i128 {
    decimal.mantissa().saturating_mul(by)
}

impl RatioBounds {
    /// The smallest ratio allowed.
    pub fn min(&self) -> Option<Decimal> {
        self.min
    }

    /// The largest ratio allowed.
    pub fn max(&self) -> Option<Decimal> {
        self.max
    }

    pub(super) fn is_open(&self) -> bool {
        self.min.is_none() && self.max.is_none()
    }

    /// The amounts that are allowed for a present amount, both included, by cross-multiplication.
    pub(super) fn allowed(&self, present: Money) -> (i64, i64) {
        let present = i128::from(present.minor());
        let scaled = |bound: Decimal, round_up: i128| {
            let product = bound.mantissa().saturating_mul(present).saturating_add(round_up);
            let amount = product.checked_div(bound.denominator()).unwrap_or(i128::MAX);
            i64::try_from(amount).unwrap_or(i64::MAX)
        };
        let low = self.min.map_or(0, |min| scaled(min, min.denominator().saturating_sub(1)));
        (low, self.max.map_or(i64::MAX, |max| scaled(max, 0)))
    }

    /// Why an amount is not allowed: the bound that it misses.
    pub(super) fn missed(&self, new: Money, present: Money) -> Option<Missed> {
        let (low, high) = self.allowed(present);
        match (self.min, self.max) {
            (Some(min), _) if new.minor() < low => Some(Missed { bound: min, above: false }),
            (_, Some(max)) if new.minor() > high => Some(Missed { bound: max, above: true }),
            _ => None,
        }
    }
}

/// A bound that was missed, and on which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missed {
    pub(super) bound: Decimal,
    pub(super) above: bool,
}

/// A ratio in decimals: cut after three of them, or after as many as show that it is above `above`.
///
/// Cutting never rounds a ratio up to a bound that it does not reach.
pub(super) fn shown(new: Money, present: Money, above: Option<Decimal>) -> String {
    let (new, present) = (new.minor().unsigned_abs(), present.minor().unsigned_abs());
    let Some(whole) = new.checked_div(present) else { return "undefined".to_owned() };
    let mut rest = u128::from(new.checked_rem(present).unwrap_or(0));
    let mut text = whole.to_string();
    let mut digits = 0_u32;
    while rest > 0 && (digits < 3 || !is_shown_above(&text, above)) {
        if digits == 0 {
            text.push('.');
        }
        rest = rest.saturating_mul(10);
        let digit = rest.checked_div(present.into()).unwrap_or(0);
        rest = rest.checked_rem(present.into()).unwrap_or(0);
        let _ = write!(text, "{digit}");
        digits = digits.saturating_add(1);
    }
    if text.contains('.') {
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
    }
    text
}

/// Whether the digits so far are above the bound; digits that no decimal holds are enough in any case.
fn is_shown_above(text: &str, above: Option<Decimal>) -> bool {
    let Some(bound) = above else { return true };
    Decimal::parse(text)
        .map_or(true, |shown| times(shown, bound.denominator()) > times(bound, shown.denominator()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64) -> Money {
        Money::from_minor(minor).unwrap()
    }

    fn bounds(min: &str, max: &str) -> RatioBounds {
        RatioBounds { min: Decimal::parse(min).ok(), max: Decimal::parse(max).ok() }
    }

    #[test]
    fn bounds_are_inclusive_and_exact() {
        let total = bounds("0.6", "1.5");
        assert_eq!(total.allowed(money(22_000)), (13_200, 33_000));
        // 0.6 x 101 = 60.6 and 1.5 x 101 = 151.5
        assert_eq!(total.allowed(money(101)), (61, 151));
        assert_eq!(total.missed(money(61), money(101)), None);
        assert!(!total.missed(money(60), money(101)).unwrap().above);
        assert!(total.missed(money(152), money(101)).unwrap().above);
    }

    #[test]
    fn ratios_show_as_many_digits_as_it_takes() {
        let two = Decimal::parse("2").ok();
        assert_eq!(shown(money(8000), money(3800), two), "2.105");
        assert_eq!(shown(money(200_001), money(100_000), two), "2.00001");
        assert_eq!(shown(money(300), money(100), two), "3");
        assert_eq!(shown(money(250), money(100), None), "2.5");
        assert_eq!(shown(money(5999), money(10_000), None), "0.599");
        assert_eq!(shown(money(1), money(0), None), "undefined");
    }
}
