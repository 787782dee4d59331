//! The reference evaluator: one customer.

use crate::column::{Record, Scalar, units};
use crate::error::{Error, Problem, Result, fit as code, nearest};
use crate::expr::Value;
use crate::money::Money;
use crate::tariff::Plan;

use super::current::canonical;
use super::matches::Status;
use super::package::PackageFit;
use super::policy::CurrentPlan;

/// The best plan of one customer, or why there is none.
#[derive(Clone, Copy, Debug)]
pub struct Match<'f> {
    pub(super) status: Status,
    pub(super) plan: Option<&'f Plan>,
    pub(super) total: Option<Money>,
    pub(super) present: Option<Present>,
}

impl<'f> Match<'f> {
    /// What became of the customer.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The best plan: the current one where the customer stays.
    pub fn plan(&self) -> Option<&'f Plan> {
        self.plan
    }

    /// The total on the best plan.
    pub fn total(&self) -> Option<Money> {
        self.total
    }

    /// The monthly fee of the best plan.
    pub fn fee(&self) -> Option<Money> {
        self.plan.map(Plan::fee)
    }

    /// The present total.
    pub fn present_total(&self) -> Option<Money> {
        self.present.map(|present| present.total)
    }

    /// The present monthly fee, where it is known.
    pub fn present_fee(&self) -> Option<Money> {
        self.present.and_then(|present| present.fee)
    }
}

/// What a customer pays now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Present {
    /// The current plan, where it is in the catalogue.
    pub(super) plan: Option<usize>,
    pub(super) total: Money,
    pub(super) fee: Option<Money>,
}

/// How a plan stands for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The policy does not offer the current plan.
    Current,
    /// The plan's eligibility refuses the customer.
    Ineligible,
    /// A ratio is outside its bounds.
    OutOfBounds,
    /// Within the bounds.
    Within,
}

/// A customer with everything that the decision needs.
pub(super) struct Customer {
    pub(super) totals: Vec<Money>,
    pub(super) present: Present,
    pub(super) standings: Vec<Standing>,
}

impl PackageFit {
    /// The best plan of one customer.
    ///
    /// The record holds usage and given charges by the ids of the catalogue, `current_plan` or `present_total` and
    /// `present_fee` (major units), and the fields that conditions test.
    ///
    /// # Errors
    /// Everything that is wrong with the record.
    pub fn record(&self, record: &Record) -> Result<Match<'_>> {
        match self.customer(record)? {
            Err(found) => Ok(found),
            Ok(customer) => Ok(self.decide(&customer)),
        }
    }

    /// The customer, or the match where none is looked for.
    pub(super) fn customer(&self, record: &Record) -> Result<std::result::Result<Customer, Match<'_>>> {
        let inner = &*self.inner;
        let bound = inner.catalog.bind(record, |name| inner.fields.get(name).is_some());
        let values = inner.fields.bind_record(&inner.used, record);
        let (usage, values) = match (bound, values) {
            (Ok(usage), Ok(values)) => (usage, values),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => return Err(error),
            (Err(first), Err(second)) => return Err(first.merged(second)),
        };
        // A bill that cannot be held is an error even for a customer who is no candidate.
        let totals = inner.catalog.totals_of(&usage)?;
        let nothing = |status| Match { status, plan: None, total: None, present: None };
        if inner.candidates.as_ref().is_some_and(|candidates| !candidates.passes(&values)) {
            return Ok(Err(nothing(Status::NotCandidate)));
        }
        let present = self.present(record, &totals)?;
        let refused = |status| Ok(Err(Match { present: Some(present), ..nothing(status) }));
        if present.total == Money::ZERO {
            return refused(Status::PresentTotalZero);
        }
        if present.fee == Some(Money::ZERO) && !inner.policy.monthly_fee_change().is_open() {
            return refused(Status::PresentFeeZero);
        }
        let standings = self.standings(&totals, present, &values);
        Ok(Ok(Customer { totals, present, standings }))
    }

    fn present(&self, record: &Record, totals: &[Money]) -> Result<Present> {
        let current = record.get("current_plan").filter(|value| !value.is_missing());
        let id = match current {
            None => None,
            Some(id @ (Scalar::Text(_) | Scalar::Int(_) | Scalar::Float(_))) => Some(canonical(id)),
            Some(other) => {
                return Err(Error::unsupported_value(
                    "current_plan",
                    &other.to_string(),
                    "the id of a plan as text",
                ));
            }
        };
        let catalog = self.catalog();
        if let Some(plan) = id.as_deref().and_then(|id| catalog.position(id))
            && let (Some(total), Some(fee)) = (totals.get(plan), catalog.plans().get(plan).map(Plan::fee))
        {
            return Ok(Present { plan: Some(plan), total: *total, fee: Some(fee) });
        }
        let mut problems = Vec::new();
        let mut amount = |name: &str| {
            let value = record.get(name).filter(|value| !value.is_missing())?;
            match units(value, catalog.currency().minor_per_major().unsigned_abs()) {
                Ok(minor) => Money::from_wide(minor.into()),
                Err(refused) => {
                    problems.push(refused.problem(name, value, "minor units"));
                    None
                }
            }
        };
        let (total, fee) = (amount("present_total"), amount("present_fee"));
        let fee_is_enough = fee.is_some() || self.policy().monthly_fee_change().is_open();
        match total {
            _ if !problems.is_empty() => Err(Error::data(problems)),
            Some(total) if fee_is_enough => Ok(Present { plan: None, total, fee }),
            _ => {
                let problem = self.no_present_bill(id.as_deref());
                let names = record.iter().map(|(name, _)| name);
                let misspelt =
                    record.get("current_plan").is_none().then(|| nearest("current_plan", names)).flatten();
                Err(Error::data(vec![if misspelt.is_some() { problem.suggest(misspelt) } else { problem }]))
            }
        }
    }

    /// The problem of a customer whose present bill is unknown.
    pub(super) fn no_present_bill(&self, current: Option<&str>) -> Problem {
        const EXPECTED: &str = "a plan of the catalogue, or `present_total` and `present_fee`";
        let problem = if let Some(id) = current {
            self.catalog().unknown_plan(id, "current_plan")
        } else {
            let message = "there is neither a current plan nor a present bill";
            Problem::new(code::NO_PRESENT_BILL, "current_plan", message)
        };
        problem.with_expected(EXPECTED)
    }

    fn standings(&self, totals: &[Money], present: Present, values: &[Value<'_>]) -> Vec<Standing> {
        let policy = self.policy();
        let plans = self.catalog().plans().iter().zip(totals).enumerate();
        plans
            .map(|(position, (plan, total))| {
                let fee_missed =
                    present.fee.and_then(|fee| policy.monthly_fee_change().missed(plan.fee(), fee));
                if policy.current_plan() == CurrentPlan::Excluded && present.plan == Some(position) {
                    Standing::Current
                } else if plan.eligibility().is_some_and(|eligibility| !eligibility.passes(values)) {
                    Standing::Ineligible
                } else if fee_missed.is_some()
                    || policy.total_fee_change().missed(*total, present.total).is_some()
                {
                    Standing::OutOfBounds
                } else {
                    Standing::Within
                }
            })
            .collect()
    }

    pub(super) fn decide(&self, customer: &Customer) -> Match<'_> {
        let present = customer.present;
        let mut found =
            Match { status: Status::NoEligiblePlan, plan: None, total: None, present: Some(present) };
        let best = self
            .inner
            .order
            .iter()
            .filter(|ranked| customer.standings.get(ranked.plan) == Some(&Standing::Within))
            // The order already has ties by fee and position, and the first of equals is kept.
            .min_by_key(|ranked| (ranked.rank, customer.totals.get(ranked.plan)));
        if let Some(best) = best {
            found.plan = self.catalog().plans().get(best.plan);
            found.total = customer.totals.get(best.plan).copied();
            found.status = if present.plan == Some(best.plan) { Status::Stays } else { Status::Target };
        } else if customer.standings.contains(&Standing::OutOfBounds) {
            found.status = Status::NoPlanInBounds;
        }
        found
    }
}
