//! The reference evaluator of one meter's charge: exact integers, one rounding.
#![warn(clippy::arithmetic_side_effects)]

use crate::money::gcd;
use crate::money::{Decimal, Fraction};

/// A meter's charge on a plan, in base units and exact minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charge {
    /// Base units included; `None` if unlimited.
    pub(super) allowance: Option<u64>,
    /// Base units of a started block; 1 for a price in proportion.
    pub(super) block: u64,
    /// Minor units for one block, over `denominator`.
    pub(super) numerator: u64,
    /// In lowest terms with the numerator.
    pub(super) denominator: u64,
}

/// How a quantity divides on a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// Base units within the allowance.
    pub(crate) included: u64,
    /// Base units beyond it.
    pub(crate) over: u64,
    /// Blocks charged: base units where the price is in proportion.
    pub(crate) blocks: u64,
}

impl Charge {
    /// Everything is included.
    pub(super) const UNLIMITED: Self = Self { allowance: None, block: 1, numerator: 0, denominator: 1 };

    /// A price for `per` base units, charged by blocks of `block`; `None` if it cannot be held exactly.
    pub(super) fn new(
        allowance: u64,
        block: u64,
        per: u64,
        price: Decimal,
        minor_per_major: i64,
    ) -> Option<Self> {
        let numerator = price.mantissa().checked_mul(minor_per_major.into())?.checked_mul(block.into())?;
        let denominator = price.denominator().checked_mul(per.into())?;
        let divisor = gcd(numerator, denominator);
        let numerator = u64::try_from(numerator.checked_div(divisor)?).ok()?;
        let denominator = u64::try_from(denominator.checked_div(divisor)?).ok()?;
        // Products with quantities below 2^53 and common denominators stay far inside i128.
        let fits = |value: u64| value < 1 << 62;
        (fits(numerator) && fits(denominator)).then_some(Self {
            allowance: Some(allowance),
            block,
            numerator,
            denominator,
        })
    }

    pub(crate) fn split(&self, used: u64) -> Split {
        let over = self.allowance.map_or(0, |allowance| used.saturating_sub(allowance));
        let blocks = if self.block == 1 { over } else { over.div_ceil(self.block) };
        Split { included: used.saturating_sub(over), over, blocks }
    }

    /// The numerator of the exact charge over [`Charge::denominator`]; below `2^115`.
    pub(super) fn exact(&self, used: u64) -> i128 {
        i128::from(self.split(used).blocks).saturating_mul(self.numerator.into())
    }

    /// The exact charge in minor units.
    pub(super) fn fraction(&self, used: u64) -> Fraction {
        Fraction::new(self.exact(used), self.denominator.into())
    }
}
