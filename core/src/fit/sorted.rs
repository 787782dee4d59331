//! Package fit with the customers of one plan side by side.
//!
//! Where the policy bounds the change of the monthly fee, all customers of one plan rule out the same plans. So the
//! rows of a chunk are sorted by current plan, each plan beginning a block of its own, and a block is offered only the
//! plans within its bounds of the fee. Rows of which nothing else is known than usage and a current plan of the
//! catalogue are decided so; a block with any other row is decided as it stands.

use std::sync::{Mutex, PoisonError};

use crate::column::{BLOCK, RowFaults};
use crate::expr::RowBits;
use crate::tariff::{Gathered, Lanes, PlanLanes, block_totals};

use super::block::Worker;
use super::columns::Output;
use super::kernel::{NONE, Offer, To, allowed, status_lane};
use super::matches::{Funnel, Status};
use super::package::{PackageFit, Ranked};

/// Rows that are sorted together: the copies of their usage and their results stay in the second-level cache.
pub(super) const CHUNK: usize = 128 * BLOCK;

/// Fewer rows are decided as they stand.
pub(super) const CHUNK_PAYS: usize = CHUNK / 2;

/// Whatever a `u16` counts to is a place, so that no index needs a check.
const PLACES: usize = 1 << 16;

/// More plans than this are not sorted by: each may need a block of places more than its rows fill.
const PLANS: usize = 256;

/// A value for each place.
type Places<T> = Box<[T; PLACES]>;

/// What sorting costs for a row, in bills.
const COST: usize = 6;

/// Whether sorting pays where each plan's customers are offered these plans.
pub(super) fn pays(offered: &[Vec<Ranked>]) -> bool {
    let plans = offered.len();
    let blocks = CHUNK / BLOCK;
    let offers: usize = offered.iter().map(Vec::len).sum();
    let bills = blocks.saturating_add(plans).saturating_mul(offers).checked_div(plans).unwrap_or(0);
    plans < PLANS && bills.saturating_add(COST * blocks) < plans.saturating_mul(blocks)
}

/// The place of one chunk's rows in the order of plans, and what is known of them in that order.
pub(super) struct Sorted {
    /// By row: the position of the current plan; the number of plans where it is not in the catalogue.
    plans: Vec<u16>,
    /// The number of plans.
    unknown: u16,
    /// By row: the place.
    places: Vec<u16>,
    /// By plan: the number of its rows, then the next free place.
    next: Box<[u16; PLANS]>,
    /// By block of places: the plan.
    blocks: Vec<usize>,
    /// By block of rows: for which rows a plan is looked for, and which are invalid; `None` where it was decided as
    /// it stands.
    entered: Vec<Option<Entered>>,
    /// By meter, then by place.
    usage: Vec<Places<f64>>,
    given: Places<f64>,
    status: Places<u8>,
    plan: Places<i32>,
    total: Places<i64>,
    present_total: Places<i64>,
    present_fee: Places<i64>,
}

/// The room of pieces that are done, for those to come.
#[derive(Default)]
pub(super) struct Spare(Mutex<Vec<Sorted>>);

impl Spare {
    pub(super) fn lend(&self, fit: &PackageFit, work: impl FnOnce(&mut Sorted)) {
        let all = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = all().pop();
        let mut sorted = spare.unwrap_or_else(|| Sorted::new(fit));
        work(&mut sorted);
        all().push(sorted);
    }
}

#[derive(Clone, Copy)]
struct Entered {
    sought: RowBits,
    invalid: RowBits,
}

impl Sorted {
    pub(super) fn new(fit: &PackageFit) -> Self {
        let catalog = fit.catalog();
        Self {
            plans: Vec::new(),
            unknown: u16::try_from(catalog.plans().len()).unwrap_or(u16::MAX),
            places: Vec::new(),
            next: Box::new([0; PLANS]),
            blocks: Vec::new(),
            entered: Vec::new(),
            usage: catalog.meters().iter().map(|_| places()).collect(),
            given: places(),
            status: places(),
            plan: places(),
            total: places(),
            present_total: places(),
            present_fee: places(),
        }
    }

    /// Gives every row its place.
    fn sort(&mut self, worker: &Worker<'_>, start: usize, rows: usize) {
        let unknown = self.unknown;
        self.plans.resize(rows, unknown);
        let position = |plan: i32| u16::try_from(plan).unwrap_or(unknown);
        worker.bound.current.fill(start, &worker.fit.inner.index, &mut self.plans, position);
        *self.next = [0; PLANS];
        for plan in &self.plans {
            *next_of(&mut self.next, *plan) += 1;
        }
        self.entered.clear();
        self.blocks.clear();
        for (plan, next) in self.next.iter_mut().enumerate().take(usize::from(unknown).saturating_add(1)) {
            let blocks = usize::from(*next).div_ceil(BLOCK);
            *next = u16::try_from(self.blocks.len().saturating_mul(BLOCK)).unwrap_or(0);
            self.blocks.resize(self.blocks.len().saturating_add(blocks), plan);
        }
        self.places.resize(rows, 0);
        for (place, plan) in self.places.iter_mut().zip(&self.plans) {
            let next = next_of(&mut self.next, *plan);
            *place = *next;
            *next = next.wrapping_add(1);
        }
    }

    /// The rows of a block whose current plan is not in the catalogue.
    fn unknown(&self, block: usize) -> RowBits {
        let unknown = self.unknown;
        let plans = self.plans.as_chunks::<BLOCK>().0.get(block);
        plans.map_or(RowBits::ALL, |plans| RowBits::of(plans, |plan| plan == unknown))
    }

    /// Copies the usage of a block of rows to their places.
    fn place(&mut self, worker: &Worker<'_>, block: usize, sought: RowBits) {
        self.entered.push(Some(Entered { sought, invalid: worker.usage.invalid }));
        let Some(places) = self.places.as_chunks::<BLOCK>().0.get(block) else { return };
        for (sorted, lanes) in self.usage.iter_mut().zip(&worker.usage.usage) {
            scatter(lanes, places, sorted);
        }
        if worker.usage.has_given {
            scatter(&worker.usage.given, places, &mut self.given);
        }
    }

    /// Loads the usage of a block of places.
    fn load(&self, block: usize, out: &mut Gathered) {
        let given = self.given.as_chunks::<BLOCK>().0.get(block);
        out.take_lanes(self.usage.iter().map(|usage| usage.as_chunks::<BLOCK>().0.get(block)), given);
    }

    /// Hands the results to a block of rows; false where it was decided as it stands.
    fn collect(&self, block: usize, out: &mut Output<'_>) -> bool {
        let (Some(Some(entered)), Some(places)) =
            (self.entered.get(block), self.places.as_chunks::<BLOCK>().0.get(block))
        else {
            return false;
        };
        collect(&self.status, places, out.status);
        collect(&self.plan, places, out.plan);
        collect(&self.total, places, out.total);
        collect(&self.present_total, places, out.present_total);
        collect(&self.present_fee, places, out.present_fee);
        out.strike(RowBits::ALL.and_not(entered.sought), Status::NotCandidate);
        out.strike(entered.invalid, Status::Invalid);
        true
    }

    /// The results by place.
    fn output(&mut self, present_bill: bool) -> Output<'_> {
        let (present_total, present_fee) = if present_bill {
            (&mut self.present_total[..], &mut self.present_fee[..])
        } else {
            Default::default()
        };
        Output {
            status: &mut *self.status,
            plan: &mut *self.plan,
            total: &mut *self.total,
            present_total,
            present_fee,
        }
    }
}

#[expect(clippy::unnecessary_box_returns, reason = "too large for the stack")]
fn places<T: Copy + Default>() -> Places<T> {
    vec![T::default(); PLACES]
        .into_boxed_slice()
        .try_into()
        .unwrap_or_else(|_| Box::new([T::default(); PLACES]))
}

#[expect(clippy::indexing_slicing, reason = "the remainder is in")]
fn next_of(next: &mut [u16; PLANS], plan: u16) -> &mut u16 {
    &mut next[usize::from(plan) % PLANS]
}

#[expect(clippy::indexing_slicing, reason = "there is a place for each number")]
fn scatter(lanes: &Lanes, places: &[u16; BLOCK], sorted: &mut Places<f64>) {
    for (value, place) in lanes.iter().zip(places) {
        sorted[usize::from(*place)] = *value;
    }
}

#[expect(clippy::indexing_slicing, reason = "there is a place for each number")]
fn collect<T: Copy>(sorted: &Places<T>, places: &[u16; BLOCK], out: &mut [T]) {
    for (out, place) in out.iter_mut().zip(places) {
        *out = sorted[usize::from(*place)];
    }
}

impl Worker<'_> {
    /// Decides a chunk of whole blocks from `start` on.
    pub(super) fn chunk(
        &mut self,
        start: usize,
        sorted: &mut Sorted,
        offered: &[Vec<Ranked>],
        out: &mut Output<'_>,
        faults: &mut RowFaults,
        funnel: &mut Funnel,
    ) {
        sorted.sort(self, start, out.status.len());
        for block in 0..out.status.len() / BLOCK {
            let from = block.saturating_mul(BLOCK);
            let start = start.saturating_add(from);
            let sought = self.enter(start, BLOCK, faults);
            if sorted.unknown(block).and(sought).is_empty() {
                sorted.place(self, block, sought);
            } else {
                self.decide(start, sought, &mut out.part(from), faults, funnel);
                sorted.entered.push(None);
            }
        }
        for (block, plan) in std::mem::take(&mut sorted.blocks).into_iter().enumerate() {
            if let Some(offered) = offered.get(plan) {
                sorted.load(block, &mut self.usage);
                let mut out = sorted.output(self.fit.present_bill);
                self.decide_all(plan, offered, &mut out.part(block.saturating_mul(BLOCK)));
            }
        }
        for block in 0..sorted.entered.len() {
            let mut out = out.part(block.saturating_mul(BLOCK));
            if sorted.collect(block, &mut out) {
                funnel.add_codes(out.status, self.level);
            }
        }
    }

    /// Decides a block of rows that have one current plan.
    fn decide_all(&mut self, plan: usize, offered: &[Ranked], out: &mut Output<'_>) {
        let catalog = self.fit.catalog();
        let Some(totals) = self.totals.get_mut(plan) else { return };
        block_totals(catalog, plan, &self.usage, totals);
        let rows = &mut *self.rows;
        rows.present_total = *totals;
        let fee = catalog.lanes().get(plan).map_or(0.0, PlanLanes::fee);
        rows.present_fee = [fee; BLOCK];
        rows.current = [f64::from(u16::try_from(plan).unwrap_or(0)); BLOCK];
        rows.status = [status_lane(Status::Target); BLOCK];
        let bounds = self.fit.policy().total_fee_change();
        allowed(bounds, self.level, &rows.present_total, &mut rows.low, &mut rows.limit);
        rows.beyond_limits(self.level);
        if fee == 0.0 {
            let (zero, _) = rows.zeros(self.level);
            rows.limit = [-1.0; BLOCK];
            self.mark(RowBits::ALL, Status::PresentFeeZero);
            self.mark(zero, Status::PresentTotalZero);
        }
        self.rows.best = [NONE; BLOCK];
        self.rows.best_total = [-1.0; BLOCK];
        for group in offered.chunk_by(|a, b| a.rank == b.rank) {
            for ranked in group {
                let Some(totals) = self.totals.get_mut(ranked.plan) else { continue };
                if ranked.plan != plan {
                    block_totals(catalog, ranked.plan, &self.usage, totals);
                }
                self.rows.offer(self.level, Offer { position: ranked.lane, to: To::All, totals });
            }
            self.rows.freeze(self.level);
        }
        self.rows.settle(RowBits::ALL, self.level);
        self.rows.write(RowBits::ALL, true, self.level, out);
    }
}
