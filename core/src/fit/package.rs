//! A policy bound to a catalogue.

use std::sync::Arc;

use crate::error::{Problem, Result, fit as code};
use crate::expr::{Criterion, FieldSet, Slots};
use crate::tariff::{Catalog, Plan};

use super::current::PlanIndex;
use super::policy::{CurrentPlan, FitPolicy, Rank};
use super::sorted;

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
pub struct PackageFit {
    pub(super) inner: Arc<Inner>,
    pub(super) present_bill: bool,
}

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
    /// By current plan, the plans that its customers may be offered; `None` where rows are not sorted by plan.
    pub(super) offered: Option<Vec<Vec<Ranked>>>,
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
        let offered = offered(catalog.plans(), policy, &order);
        let (catalog, policy) = (catalog.clone(), policy.clone());
        let inner = Inner { catalog, policy, fields, candidates, used, order, offered, index };
        Ok(Self { inner: Arc::new(inner), present_bill: true })
    }

    /// Whether [`PackageFit::columns`] gives the present bill as well. It does so unless told otherwise; without, it is
    /// faster.
    #[must_use]
    pub fn with_present_bill(self, present_bill: bool) -> Self {
        Self { present_bill, ..self }
    }

    /// Whether [`PackageFit::columns`] gives the present bill as well.
    pub fn gives_present_bill(&self) -> bool {
        self.present_bill
    }

    /// The catalogue.
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// The policy.
    pub fn policy(&self) -> &FitPolicy {
        &self.inner.policy
    }

    /// The names of the columns or fields that may be read: those of the bill, of the present bill, and the fields
    /// that conditions test.
    pub fn inputs(&self) -> Vec<&str> {
        let tested = self.inner.fields.iter().enumerate().filter(|(slot, _)| self.inner.used.contains(*slot));
        let mut inputs: Vec<&str> = self.inner.catalog.inputs().collect();
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

/// By current plan, the plans within the bounds of its fee; `None` where a plan has conditions of its own, and where
/// sorting rows by plan would not pay.
fn offered(plans: &[Plan], policy: &FitPolicy, order: &[Ranked]) -> Option<Vec<Vec<Ranked>>> {
    if plans.iter().any(|plan| plan.eligibility().is_some()) {
        return None;
    }
    let excluded = policy.current_plan() == CurrentPlan::Excluded;
    let of_plan = |(current, own): (usize, &Plan)| -> Vec<Ranked> {
        let (low, high) = policy.monthly_fee_change().allowed(own.fee());
        let may = |ranked: &&Ranked| {
            let fee = plans.get(ranked.plan).map_or(0, |plan| plan.fee().minor());
            (low..=high).contains(&fee) && !(excluded && ranked.plan == current)
        };
        order.iter().filter(may).copied().collect()
    };
    let offered: Vec<_> = plans.iter().enumerate().map(of_plan).collect();
    sorted::pays(&offered).then_some(offered)
}

/// 0, 1, 2, ... as lanes.
fn lanes_from_zero() -> impl Iterator<Item = f64> {
    std::iter::successors(Some(0.0), |lane| Some(lane + 1.0))
}
