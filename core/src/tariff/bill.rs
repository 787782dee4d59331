//! A bill with its lines.

use crate::error::Result;
use crate::money::{Currency, Fraction, Money};

use super::catalog::Catalog;
use super::meter::{GivenCharge, Meter};
use super::plan::Plan;
use super::rounding::Stage;
use super::usage::{Usage, overflow};
use crate::error::Error;

/// The bill of one customer on one plan.
#[derive(Clone, Debug)]
pub struct Bill<'c> {
    plan: &'c Plan,
    currency: &'c Currency,
    lines: Vec<Line<'c>>,
    unrounded: Fraction,
    total: Money,
}

/// One line of a bill.
#[derive(Clone, Debug)]
pub struct Line<'c> {
    kind: LineKind<'c>,
    used: u64,
    included: u64,
    over: u64,
    blocks: Option<u64>,
    exact: Fraction,
    amount: Option<Money>,
}

/// What a line is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum LineKind<'c> {
    /// The monthly fee.
    Fee,
    /// The usage of a meter.
    Meter(&'c Meter),
    /// A charge that came with the customer.
    Given(&'c GivenCharge),
}

impl<'c> Line<'c> {
    /// What the line is for.
    pub fn kind(&self) -> LineKind<'c> {
        self.kind
    }

    /// The id of the meter or given charge, or `fee`.
    pub fn id(&self) -> &'c str {
        match self.kind {
            LineKind::Fee => "fee",
            LineKind::Meter(meter) => meter.id(),
            LineKind::Given(given) => given.id(),
        }
    }

    /// Base units used.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Base units within the allowance.
    pub fn included(&self) -> u64 {
        self.included
    }

    /// Base units beyond the allowance.
    pub fn over(&self) -> u64 {
        self.over
    }

    /// Started blocks that were charged; `None` where the price is in proportion.
    pub fn blocks(&self) -> Option<u64> {
        self.blocks
    }

    /// The exact charge before rounding, in minor units.
    pub fn exact(&self) -> Fraction {
        self.exact
    }

    /// The amount; `None` for a meter where the catalogue rounds the bill as a whole.
    pub fn amount(&self) -> Option<Money> {
        self.amount
    }

    fn fixed(kind: LineKind<'c>, amount: Money) -> Self {
        let exact = Fraction::new(amount.minor().into(), 1);
        Self { kind, used: 0, included: 0, over: 0, blocks: None, exact, amount: Some(amount) }
    }
}

impl<'c> Bill<'c> {
    /// The plan.
    pub fn plan(&self) -> &'c Plan {
        self.plan
    }

    /// The currency of the amounts.
    pub fn currency(&self) -> &'c Currency {
        self.currency
    }

    /// The fee, then the meters, then the given charges, each in the order of the catalogue.
    pub fn lines(&self) -> &[Line<'c>] {
        &self.lines
    }

    /// The exact sum in minor units before rounding.
    pub fn unrounded(&self) -> Fraction {
        self.unrounded
    }

    /// What is to be paid.
    pub fn total(&self) -> Money {
        self.total
    }
}

impl Catalog {
    /// The bill of one customer on one plan, with its lines. Eligibility is not asked here.
    ///
    /// # Errors
    /// `tariff.unknown_plan`, `tariff.date_required`, and what is wrong with the usage.
    ///
    /// ```
    /// # let catalog = cpcfit::Catalog::from_text(include_str!("../../../examples/models/prepaid.yaml"))?;
    /// use cpcfit::{Decimal, Usage};
    /// let mut usage = Usage::from([("minutes", 520), ("sms", 60)]);
    /// usage.insert("data", Decimal::parse("16.2").unwrap());
    /// let bill = catalog.bill("surf", &usage)?;
    /// assert_eq!(catalog.currency().format(bill.total()), "40.90");
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn bill(&self, plan: &str, usage: &Usage) -> Result<Bill<'_>> {
        let plan = self.require_plan(plan, "plan")?;
        let bound = self.bind(usage, |_| false)?;
        let rounding = self.rounding();
        let too_large = || Error::data(vec![overflow(plan.id())]);
        let total = plan.total(rounding, &bound.units, bound.given_total).ok_or_else(too_large)?;
        let unrounded = plan.unrounded(&bound.units, bound.given_total).ok_or_else(too_large)?;
        let mut lines = vec![Line::fixed(LineKind::Fee, plan.fee())];
        for ((meter, charge), used) in self.meters().iter().zip(&plan.charges).zip(&bound.units) {
            let split = charge.split(*used);
            let rounded =
                rounding.round(charge.exact(*used), charge.denominator.into()).and_then(Money::from_wide);
            lines.push(Line {
                kind: LineKind::Meter(meter),
                used: *used,
                included: split.included,
                over: split.over,
                blocks: (charge.block > 1).then_some(split.blocks),
                exact: charge.fraction(*used),
                amount: rounded.filter(|_| rounding.stage == Stage::Line),
            });
        }
        let given = self.given().iter().zip(&bound.given);
        lines.extend(given.map(|(given, amount)| Line::fixed(LineKind::Given(given), *amount)));
        let unrounded = Fraction::new(unrounded, plan.common.denominator.into());
        Ok(Bill { plan, currency: self.currency(), lines, unrounded, total })
    }
}
