//! The bill on every plan.

use crate::error::{Error, Result};
use crate::money::Money;

use super::catalog::Catalog;
use super::plan::Plan;
use super::usage::{BoundUsage, Usage, overflow};

/// What one customer would pay on every plan.
#[derive(Clone, Debug)]
pub struct Quote<'c> {
    catalog: &'c Catalog,
    totals: Vec<Money>,
}

/// A plan with its total.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'c> {
    plan: &'c Plan,
    total: Money,
}

impl<'c> Offer<'c> {
    /// The plan.
    pub fn plan(&self) -> &'c Plan {
        self.plan
    }

    /// The bill's total.
    pub fn total(&self) -> Money {
        self.total
    }
}

impl<'c> Quote<'c> {
    /// Every plan in the order of the catalogue.
    pub fn offers(&self) -> impl ExactSizeIterator<Item = Offer<'c>> {
        self.catalog.plans().iter().zip(&self.totals).map(|(plan, total)| Offer { plan, total: *total })
    }

    /// Every plan by total; ties by lower fee, then by the order of the catalogue.
    pub fn cheapest_first(&self) -> Vec<Offer<'c>> {
        let offer = |position: usize| {
            Some(Offer { plan: self.catalog.plans().get(position)?, total: *self.totals.get(position)? })
        };
        self.cheapest_first_positions().into_iter().filter_map(offer).collect()
    }

    /// The positions of [`cheapest_first`](Self::cheapest_first) in the catalogue.
    pub fn cheapest_first_positions(&self) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.totals.len()).collect();
        let fee = |position: usize| self.catalog.plans().get(position).map(Plan::fee);
        positions.sort_by_key(|position| (self.totals.get(*position), fee(*position)));
        positions
    }

    /// The catalogue.
    pub fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// The totals in the order of the catalogue.
    pub fn totals(&self) -> &[Money] {
        &self.totals
    }
}

impl Catalog {
    /// The totals of one customer on every plan. Eligibility is not asked here: it is a question of package fit.
    ///
    /// # Errors
    /// `tariff.date_required`, what is wrong with the usage, `tariff.overflow`.
    ///
    /// ```
    /// # let catalog = cpcfit::Catalog::from_text(include_str!("../../../examples/models/prepaid.yaml"))?;
    /// let quote = catalog.quote(&cpcfit::Usage::from([("minutes", 520), ("sms", 60), ("data", 17)]))?;
    /// let best = quote.cheapest_first()[0];
    /// assert_eq!((best.plan().id(), catalog.currency().format(best.total())), ("surf", "40.90".to_owned()));
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn quote(&self, usage: &Usage) -> Result<Quote<'_>> {
        self.require_date()?;
        let bound = self.bind(usage, |_| false)?;
        Ok(Quote { catalog: self, totals: self.totals_of(&bound)? })
    }

    /// The reference evaluator over all plans.
    pub(crate) fn totals_of(&self, usage: &BoundUsage) -> Result<Vec<Money>> {
        let total = |plan: &Plan| plan.total(self.rounding(), &usage.units, usage.given_total);
        let mut totals = Vec::with_capacity(self.plans().len());
        totals.extend(self.plans().iter().map_while(total));
        if totals.len() == self.plans().len() {
            return Ok(totals);
        }
        let beyond = self.plans().iter().filter(|plan| total(plan).is_none());
        Err(Error::data(beyond.map(|plan| overflow(plan.id())).collect()))
    }
}
