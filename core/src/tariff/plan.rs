//! A compiled plan and its exact bill.
#![warn(clippy::arithmetic_side_effects)]

use crate::document::{Names, Period};
use crate::expr::Criterion;
use crate::money::Money;

use super::charge::Charge;
use super::rounding::{Rounding, Stage};

/// A plan (TM Forum: product offering) as compiled.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(super) id: Box<str>,
    pub(super) names: Names,
    pub(super) fee: Money,
    pub(super) priority: Option<u32>,
    pub(super) period: Option<Period>,
    pub(super) eligibility: Option<Criterion>,
    /// One for each meter of the catalogue, in its order.
    pub(super) charges: Box<[Charge]>,
    /// For the stage `bill`: the charges over one denominator.
    pub(super) common: Common,
}

/// Charges over a common denominator: `numerators[meter] / denominator` minor units a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Common {
    pub(super) numerators: Box<[u64]>,
    pub(super) denominator: u64,
}

impl Plan {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The monthly fee.
    pub fn fee(&self) -> Money {
        self.fee
    }

    /// The rank for policies that rank by priority; 1 is offered first.
    pub fn priority(&self) -> Option<u32> {
        self.priority
    }

    /// When the plan is in effect; `None` for always.
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    pub(crate) fn eligibility(&self) -> Option<&Criterion> {
        self.eligibility.as_ref()
    }

    /// The exact bill in minor units over [`Plan::denominator`], before any rounding of the stage `bill`.
    pub(super) fn unrounded(&self, usage: &[u64], given: Money) -> Option<i128> {
        let fixed = i128::from(self.fee.minor()).checked_add(given.minor().into())?;
        let mut sum = fixed.checked_mul(self.common.denominator.into())?;
        for ((charge, numerator), used) in self.charges.iter().zip(&self.common.numerators).zip(usage) {
            let blocks = i128::from(charge.split(*used).blocks);
            sum = sum.checked_add(blocks.checked_mul((*numerator).into())?)?;
        }
        Some(sum)
    }

    /// The bill: usage by meter in base units, and the sum of the given charges. `None` on overflow.
    ///
    /// This defines the result; the column kernel may only be faster.
    pub(crate) fn total(&self, rounding: Rounding, usage: &[u64], given: Money) -> Option<Money> {
        let minor = match rounding.stage {
            Stage::Line => {
                let mut sum = i128::from(self.fee.minor()).checked_add(given.minor().into())?;
                for (charge, used) in self.charges.iter().zip(usage) {
                    sum = sum.checked_add(rounding.round(charge.exact(*used), charge.denominator.into())?)?;
                }
                sum
            }
            Stage::Bill => rounding.round(self.unrounded(usage, given)?, self.common.denominator.into())?,
        };
        Money::from_wide(minor)
    }
}

#[cfg(test)]
impl Plan {
    /// A plan of nothing but charges.
    pub(super) fn for_tests(fee: i64, charges: Vec<Charge>) -> Self {
        Self {
            id: "test".into(),
            names: Names::default(),
            fee: Money::from_minor(fee).unwrap(),
            priority: None,
            period: None,
            eligibility: None,
            common: super::compile::common(&charges).unwrap(),
            charges: charges.into(),
        }
    }
}
