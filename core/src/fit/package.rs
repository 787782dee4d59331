//! A policy bound to a catalogue.

use std::sync::Arc;

use crate::error::{Problem, Result, fit as code};
use crate::expr::{Criterion, FieldSet, Slots};
use crate::tariff::{Catalog, Plan};

use super::current::PlanIndex;
use super::policy::{FitPolicy, Rank};

/// A policy bound to a catalogue: ready for one customer or for a million. Cheap to clone.
///
/// ```
/// # let text = include_str!("../../../examples/models/prepaid.yaml");
/// use cpcfit::{Catalog, FitPolicy, PackageFit, Record};
/// let catalog = Catalog::from_text(text)?;
/// let fit = PackageFit::new(&catalog, &FitPolicy::with_overrides(None, Vec::new())?)?;
/// let mut customer = Record::from([("minutes", 3000), ("sms", 60), ("data", 30)]);
/// customer.insert("current_plan", "surf");
/// let found = fit.record(&customer)?;
/// assert_eq!(found.plan().map(|plan| plan.id()), Some("ultimate"));
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PackageFit(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) catalog: Catalog,
    pub(super) policy: FitPolicy,
    pub(super) fields: FieldSet,
    pub(super) candidates: Option<Criterion>,
    /// The fields that some condition tests.
    pub(super) used: Slots,
    /// Positions of plans by rank; totals decide among plans of one rank.
    pub(super) order: Vec<Ranked>,
    pub(super) index: PlanIndex,
}

/// A plan's position in the catalogue and its rank.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ranked {
    pub(super) plan: usize,
    /// The position as a lane.
    pub(super) lane: f64,
    pub(super) rank: u32,
}

impl PackageFit {
    /// Binds a policy to a catalogue.
    ///
    /// # Errors
    /// Every problem of the policy's conditions and fields, `fit.no_priority`, `tariff.date_required`.
    pub fn new(catalog: &Catalog, policy: &FitPolicy) -> Result<Self> {
        catalog.require_date()?;
        let mut problems = Vec::new();
        let mut fields = catalog.fields().clone();
        fields.declare(policy.0.fields.clone(), &mut problems);
        let candidates =
            policy.0.candidates.as_ref().and_then(|candidates| candidates.bind(&fields, &mut problems));
        let order = rank(catalog.plans(), policy.rank(), &mut problems);
        if !problems.is_empty() {
            return Err(policy.refuse(problems));
        }
        let mut used = Slots::default();
        let eligibilities = catalog.plans().iter().filter_map(Plan::eligibility);
        for criterion in candidates.iter().chain(eligibilities) {
            used.add(criterion.condition());
        }
        let index = PlanIndex::new(catalog.plans().iter().map(Plan::id));
        let (catalog, policy) = (catalog.clone(), policy.clone());
        Ok(Self(Arc::new(Inner { catalog, policy, fields, candidates, used, order, index })))
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// The policy.
    pub fn policy(&self) -> &FitPolicy {
        &self.0.policy
    }

    /// The names of the columns or fields that may be read: those of the bill, of the present bill, and the fields
    /// that conditions test.
    pub fn inputs(&self) -> Vec<&str> {
        let tested = self.0.fields.iter().enumerate().filter(|(slot, _)| self.0.used.contains(*slot));
        let mut inputs: Vec<&str> = self.0.catalog.inputs().collect();
        inputs.extend(crate::tariff::CUSTOMER_NAMES);
        for (_, field) in tested {
            if !inputs.contains(&field.id()) {
                inputs.push(field.id());
            }
        }
        inputs
    }
}

/// Plans by rank, then by what decides ties after the total: fee and order.
fn rank(plans: &[Plan], rank: Rank, problems: &mut Vec<Problem>) -> Vec<Ranked> {
    let mut order: Vec<Ranked> = Vec::with_capacity(plans.len());
    for ((position, lane), plan) in lanes_from_zero().enumerate().zip(plans) {
        let rank = match (rank, plan.priority()) {
            (Rank::Cheapest, _) => 0,
            (Rank::Priority, Some(priority)) => priority,
            (Rank::Priority, None) => {
                let message = format!("the policy ranks by priority, and the plan `{}` has none", plan.id());
                problems.push(
                    Problem::new(code::NO_PRIORITY, "/rank", message).with_expected("`priority` in the plan"),
                );
                0
            }
        };
        order.push(Ranked { plan: position, lane, rank });
    }
    order.sort_by_key(|ranked| (ranked.rank, plans.get(ranked.plan).map(Plan::fee)));
    order
}

/// 0, 1, 2, ... as lanes.
fn lanes_from_zero() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(0.0), |lane| Some(lane + 1.0))
}
