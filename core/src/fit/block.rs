//! One thread's work: block after block of customers against every plan.

use fearless_simd::Level;

use crate::column::{BLOCK, RowFaults};
use crate::error::{fit as code, tariff};
use crate::expr::{Block, RowBits};
use crate::tariff::{Gathered, Lanes, PlanLanes, block_totals};

use super::columns::{Bound, Criteria, Output};
use super::kernel::{NONE, Offer, Rows, To, allowed, plan_of, spread, status_lane};
use super::matches::{Funnel, Status};
use super::package::PackageFit;
use super::policy::CurrentPlan;

/// What one thread needs for one piece: the lanes of a block, used again and again.
pub(super) struct Worker<'c> {
    pub(super) fit: &'c PackageFit,
    pub(super) bound: &'c Bound<'c>,
    criteria: &'c Criteria<'c>,
    pub(super) level: Option<Level>,
    /// `None` where no condition is tested.
    values: Option<Block<'c>>,
    pub(super) usage: Gathered,
    pub(super) rows: Box<Rows>,
    /// The totals on every plan: they serve as present total and as offer.
    pub(super) totals: Vec<Lanes>,
    fees: Vec<f64>,
}

impl<'c> Worker<'c> {
    pub(super) fn new(
        fit: &'c PackageFit,
        bound: &'c Bound<'c>,
        criteria: &'c Criteria<'c>,
        level: Option<Level>,
    ) -> Self {
        let tested = criteria.candidates.is_some() || criteria.eligibility.iter().any(Option::is_some);
        let values = tested.then(|| Block::new(&bound.columns, level));
        let usage = Gathered::new(fit.catalog(), level);
        let fees: Vec<f64> = fit.catalog().lanes().iter().map(PlanLanes::fee).collect();
        let totals = vec![[0.0; BLOCK]; fees.len()];
        Self { fit, bound, criteria, level, values, usage, rows: Rows::boxed(), totals, fees }
    }

    /// Decides the rows from `start` on, as many as `out` has.
    pub(super) fn block(
        &mut self,
        start: usize,
        out: &mut Output<'_>,
        faults: &mut RowFaults,
        funnel: &mut Funnel,
    ) {
        let sought = self.enter(start, out.status.len(), faults);
        self.decide(start, sought, out, faults, funnel);
    }

    /// Reads usage and conditions of a block; returns the rows for which a plan is looked for.
    pub(super) fn enter(&mut self, start: usize, count: usize, faults: &mut RowFaults) -> RowBits {
        self.bound.usage.gather(start, count, &mut self.usage, faults);
        self.usage.mark_overflows(self.fit.catalog(), start, faults);
        if let Some(values) = &mut self.values {
            values.load(start, faults);
            self.usage.invalid = self.usage.invalid.or(values.invalid());
        }
        self.sought(RowBits::first(count))
    }

    /// Decides the rows that were entered last.
    pub(super) fn decide(
        &mut self,
        start: usize,
        sought: RowBits,
        out: &mut Output<'_>,
        faults: &mut RowFaults,
        funnel: &mut Funnel,
    ) {
        let present = RowBits::first(out.status.len());
        self.present_bill(start, sought, faults);
        let known = sought.and_not(self.usage.invalid);
        self.bounds(known);
        let eligible = self.rank(present);
        self.rows.settle(eligible, self.level);
        self.rows.write(known, present == known, self.level, out);
        funnel.add_codes(out.status, self.level);
    }

    /// The rows for which a plan is looked for; the others have their status.
    fn sought(&mut self, present: RowBits) -> RowBits {
        let invalid = self.usage.invalid;
        let candidates = match (&self.criteria.candidates, &self.values) {
            (Some(criterion), Some(values)) => criterion.passes(values),
            _ => present,
        };
        let sought = present.and(candidates).and_not(invalid);
        self.rows.status.fill(status_lane(Status::Target));
        self.mark(present.and_not(sought).and_not(invalid), Status::NotCandidate);
        self.mark(invalid, Status::Invalid);
        sought
    }

    pub(super) fn mark(&mut self, rows: RowBits, status: Status) {
        for row in rows.rows() {
            if let Some(entry) = self.rows.status.get_mut(row) {
                *entry = status_lane(status);
            }
        }
    }

    /// The present bill by the catalogue, and by the columns where the current plan is not in it.
    fn present_bill(&mut self, start: usize, sought: RowBits, faults: &mut RowFaults) {
        let (used, rest) = self.rows.current.split_at_mut(self.usage.rows);
        self.bound.current.fill(start, &self.fit.inner.index, used, f64::from);
        rest.fill(NONE);
        for (plan, totals) in self.totals.iter_mut().enumerate() {
            block_totals(self.fit.catalog(), plan, &self.usage, totals);
        }
        self.rows.present_of(&self.totals, &self.fees);
        let unknown = self.rows.unknown_plans(self.level).and(sought);
        if !unknown.is_empty() {
            self.present_by_columns(start, unknown, faults);
        }
    }

    fn present_by_columns(&mut self, start: usize, unknown: RowBits, faults: &mut RowFaults) {
        let bound = self.bound;
        let mut refused = RowBits::NONE;
        // The lanes are free until the first plan is tried.
        let (totals, fees) = (&mut self.rows.totals, &mut self.rows.best_total);
        for (column, lanes) in [(&bound.present_total, &mut *totals), (&bound.present_fee, &mut *fees)] {
            for (row, why) in column.fill(start, &self.usage, lanes) {
                if unknown.get(row) {
                    refused.set(row);
                    column.refuse(start.saturating_add(row), why, faults);
                }
            }
        }
        let fee_is_needed = !self.fit.policy().monthly_fee_change().is_open();
        for row in unknown.rows() {
            let (Some(total), Some(fee)) = (self.rows.totals.get(row), self.rows.best_total.get(row)) else {
                continue;
            };
            let (total, fee) = (*total, *fee);
            if (total < 0.0 || (fee < 0.0 && fee_is_needed)) && !refused.get(row) {
                refused.set(row);
                let row = start.saturating_add(row);
                let current = bound.current.shown(row);
                let code = if current.is_some() { tariff::UNKNOWN_PLAN } else { code::NO_PRESENT_BILL };
                faults.note("current_plan", code, row, || {
                    let problem = self.fit.no_present_bill(current.as_deref());
                    match &bound.misspelt {
                        Some(name) => problem.suggest(Some(name)),
                        None => problem,
                    }
                });
            }
            let rows = &mut *self.rows;
            let own = (rows.present_total.get_mut(row), rows.present_fee.get_mut(row));
            if let (Some(own_total), Some(own_fee)) = own {
                (*own_total, *own_fee) = (total, fee);
            }
        }
        self.mark(refused, Status::Invalid);
        self.usage.invalid = self.usage.invalid.or(refused);
    }

    /// The allowed totals and fees of every row, and the rows that have none.
    fn bounds(&mut self, known: RowBits) {
        let policy = self.fit.policy();
        let (totals, fees) = (policy.total_fee_change(), policy.monthly_fee_change());
        let rows = &mut *self.rows;
        allowed(totals, self.level, &rows.present_total, &mut rows.low, &mut rows.limit);
        allowed(fees, self.level, &rows.present_fee, &mut rows.low_fee, &mut rows.high_fee);
        let (zero_total, zero_fee) = rows.zeros(self.level);
        let (zero_total, zero_fee) = (zero_total.and(known), zero_fee.and(known));
        let zero_fee = if fees.is_open() { RowBits::NONE } else { zero_fee.and_not(zero_total) };
        rows.beyond_limits(self.level);
        let live = known.and_not(zero_total).and_not(zero_fee);
        for row in RowBits::ALL.and_not(live).rows() {
            if let Some(limit) = rows.limit.get_mut(row) {
                *limit = -1.0;
            }
        }
        self.mark(zero_total, Status::PresentTotalZero);
        self.mark(zero_fee, Status::PresentFeeZero);
    }

    /// Every plan by rank against the best so far; returns the rows that may have some plan.
    fn rank(&mut self, present: RowBits) -> RowBits {
        let fit = self.fit;
        self.rows.best.fill(NONE);
        self.rows.best_total.fill(-1.0);
        let excluded = fit.policy().current_plan() == CurrentPlan::Excluded;
        let mut eligible = RowBits::NONE;
        for group in fit.inner.order.chunk_by(|a, b| a.rank == b.rank) {
            for ranked in group {
                let may_have = self.may_have(ranked.plan, present, excluded);
                eligible = eligible.or(may_have.unwrap_or(present));
                let (Some(totals), Some(fee)) = (self.totals.get(ranked.plan), self.fees.get(ranked.plan))
                else {
                    continue;
                };
                let to = match may_have {
                    None => To::Fees(*fee),
                    Some(rows) => {
                        spread(rows, &mut self.rows.allowed);
                        To::Allowed(*fee)
                    }
                };
                self.rows.offer(self.level, Offer { position: ranked.lane, to, totals });
            }
            self.rows.freeze(self.level);
        }
        eligible
    }

    /// The rows that may have a plan; `None` where all may.
    fn may_have(&self, plan: usize, present: RowBits, excluded: bool) -> Option<RowBits> {
        let criterion = self.criteria.eligibility.get(plan).and_then(Option::as_ref);
        let eligible = match (criterion, &self.values) {
            (Some(criterion), Some(values)) => Some(criterion.passes(values)),
            _ => None,
        };
        if !excluded {
            return eligible;
        }
        let own = RowBits::of(&self.rows.current, |current| plan_of(current) == Some(plan));
        Some(eligible.unwrap_or(present).and_not(own))
    }
}
