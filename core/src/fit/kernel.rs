//! The lanes of package fit: what is known of each row of a block, and the loops over them.
//!
//! Every loop runs over whole arrays of [`BLOCK`] rows without branches, so that the compiler makes vectors of it for
//! whatever instruction set it is dispatched to.

use fearless_simd::Level;

use crate::column::{BLOCK, on};
use crate::expr::RowBits;
use crate::money::{Decimal, Money};
use crate::tariff::{Catalog, Gathered, Lanes, PlainPair, low_bits, minor};

use super::columns::Output;
use super::matches::Status;
use super::ratio::RatioBounds;

/// No plan, as a lane.
pub(super) const NONE: f64 = -1.0;

/// What the decision knows of each row of a block.
pub(super) struct Rows {
    /// Position of the current plan, [`NONE`] where it is not in the catalogue.
    pub(super) current: Lanes,
    pub(super) present_total: Lanes,
    pub(super) present_fee: Lanes,
    /// The totals and fees that are allowed, both ends included.
    pub(super) total: Range,
    pub(super) fee: Range,
    /// A total must be below this to be better: the best so far within one rank. Negative where no plan is looked for.
    pub(super) limit: Lanes,
    /// Position of the best plan so far, or [`NONE`].
    pub(super) best: Lanes,
    /// Its total, once its rank is done.
    pub(super) best_total: Lanes,
    /// The totals on the plan at hand.
    pub(super) totals: Lanes,
    /// 1 where the customer may have the plan at hand.
    pub(super) allowed: Lanes,
    /// [`Status::code`]; for rows with a plan to be looked for, settled at the end.
    pub(super) status: Lanes,
}

/// The lowest and the highest amount of each row.
pub(super) struct Range {
    pub(super) low: Lanes,
    pub(super) high: Lanes,
}

impl Range {
    const EMPTY: Self = Self { low: [0.0; BLOCK], high: [0.0; BLOCK] };
}

impl Rows {
    pub(super) fn boxed() -> Box<Self> {
        let zeros = [0.0; BLOCK];
        Box::new(Self {
            current: zeros,
            present_total: zeros,
            present_fee: zeros,
            total: Range::EMPTY,
            fee: Range::EMPTY,
            limit: zeros,
            best: zeros,
            best_total: zeros,
            totals: zeros,
            allowed: zeros,
            status: zeros,
        })
    }

    /// The present bill of the rows whose current plan is in the catalogue; every plan must be safe for the block.
    pub(super) fn present_by_catalogue(&mut self, level: Level, catalog: &Catalog, usage: &Gathered) {
        on(
            Some(level),
            #[inline(always)]
            || {
                let present = self.present_total.iter_mut().zip(&mut self.present_fee);
                for (row, (current, (total, fee))) in self.current.iter().zip(present).enumerate() {
                    if let Some(plan) = plan_of(*current).and_then(|plan| catalog.lanes().get(plan)) {
                        *total = plan.total_of(row, usage);
                        *fee = plan.fee();
                    }
                }
            },
        );
    }

    /// Tries a plan in every row; with `restricted`, only where `allowed` is set.
    pub(super) fn offer(&mut self, level: Option<Level>, offer: Offer<'_>) {
        on(
            level,
            #[inline(always)]
            || self.offer_all(offer),
        );
    }

    #[inline(always)]
    fn offer_all(&mut self, offer: Offer<'_>) {
        match (offer.pair, offer.restricted) {
            (Some((pair, a, b)), false) => {
                self.take_best(offer, |row, _| pair.total(at(a, row), at(b, row)), |_| true);
            }
            (Some((pair, a, b)), true) => {
                self.take_best(offer, |row, _| pair.total(at(a, row), at(b, row)), |allowed| allowed > 0.0);
            }
            (None, false) => self.take_best(offer, |row, totals| at(totals, row), |_| true),
            (None, true) => self.take_best(offer, |row, totals| at(totals, row), |allowed| allowed > 0.0),
        }
    }

    #[inline(always)]
    fn take_best(
        &mut self,
        offer: Offer<'_>,
        total: impl Fn(usize, &Lanes) -> f64,
        may: impl Fn(f64) -> bool,
    ) {
        let (position, fee) = (offer.position, offer.fee);
        for row in 0..BLOCK {
            let total = total(row, &self.totals);
            let within = (total >= at(&self.total.low, row))
                & (total <= at(&self.total.high, row))
                & (fee >= at(&self.fee.low, row))
                & (fee <= at(&self.fee.high, row));
            let better = within & (total < at(&self.limit, row)) & may(at(&self.allowed, row));
            let (limit, best) = (at(&self.limit, row), at(&self.best, row));
            put(&mut self.limit, row, if better { total } else { limit });
            put(&mut self.best, row, if better { position } else { best });
        }
    }

    /// What was found within one rank stands against every later rank.
    pub(super) fn freeze(&mut self, level: Option<Level>) {
        on(
            level,
            #[inline(always)]
            || {
                for ((limit, best), total) in self.limit.iter_mut().zip(&self.best).zip(&mut self.best_total)
                {
                    let found = (*best >= 0.0) & (*limit >= 0.0);
                    *total = if found { *limit } else { *total };
                    *limit = if found { -1.0 } else { *limit };
                }
            },
        );
    }

    /// Settles the status of the rows for which a plan was looked for.
    pub(super) fn settle(&mut self, eligible: RowBits, level: Option<Level>) {
        let [target, stays, no_eligible, none_in_bounds] =
            [Status::Target, Status::Stays, Status::NoEligiblePlan, Status::NoPlanInBounds].map(status_lane);
        spread(eligible, &mut self.allowed);
        on(
            level,
            #[inline(always)]
            || {
                let found = self.best.iter().zip(&self.current).zip(&self.allowed);
                for (status, ((best, current), eligible)) in self.status.iter_mut().zip(found) {
                    let without = if *eligible > 0.0 { none_in_bounds } else { no_eligible };
                    let with = if best == current { stays } else { target };
                    let settled = if *best < 0.0 { without } else { with };
                    *status = if *status == target { settled } else { *status };
                }
            },
        );
    }

    /// The rows without a present total, and those without a present fee.
    pub(super) fn zeros(&self, level: Option<Level>) -> (RowBits, RowBits) {
        on(
            level,
            #[inline(always)]
            || {
                (
                    RowBits::of(&self.present_total, |total| total == 0.0),
                    RowBits::of(&self.present_fee, |fee| fee == 0.0),
                )
            },
        )
    }

    /// The rows whose current plan is not in the catalogue.
    pub(super) fn unknown_plans(&self, level: Option<Level>) -> RowBits {
        on(
            level,
            #[inline(always)]
            || RowBits::of(&self.current, |plan| plan < 0.0),
        )
    }

    /// Writes the results; amounts are -1 where there is none, and the present bill where it is not `known`.
    pub(super) fn write(&mut self, known: RowBits, level: Option<Level>, out: &mut Output<'_>) {
        spread(known, &mut self.allowed);
        let low = on(
            level,
            #[inline(always)]
            || self.write_all(out, offset_bits),
        );
        if !low {
            self.write_all(out, minor);
        }
    }

    /// False where an amount was too large for [`offset_bits`].
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes and positions are small"
    )]
    fn write_all(&self, out: &mut Output<'_>, integer: impl Fn(f64) -> i64) -> bool {
        let mut low = true;
        for (out, status) in out.status.iter_mut().zip(&self.status) {
            *out = low_bits(*status) as u8;
        }
        for (out, best) in out.plan.iter_mut().zip(&self.best) {
            *out = offset_bits(*best) as i32;
        }
        for (out, total) in out.total.iter_mut().zip(&self.best_total) {
            low &= *total < LOW;
            *out = integer(*total);
        }
        let present =
            [(&self.present_total, &mut *out.present_total), (&self.present_fee, &mut *out.present_fee)];
        for (lanes, out) in present {
            for ((out, amount), known) in out.iter_mut().zip(lanes).zip(&self.allowed) {
                let amount = if *known > 0.0 { *amount } else { -1.0 };
                low &= amount < LOW;
                *out = integer(amount);
            }
        }
        low
    }
}

/// A plan against the best so far.
#[derive(Clone, Copy)]
pub(super) struct Offer<'l> {
    pub(super) position: f64,
    pub(super) fee: f64,
    /// Only the rows that `allowed` names may have it.
    pub(super) restricted: bool,
    /// The whole bill in one pass with the comparison, where it is as simple as two prices in proportion; otherwise
    /// `totals` holds it.
    pub(super) pair: Option<(PlainPair<'l>, &'l Lanes, &'l Lanes)>,
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "rows of a block are below BLOCK")]
fn at(lanes: &Lanes, row: usize) -> f64 {
    lanes[row]
}

#[inline(always)]
#[expect(clippy::indexing_slicing, reason = "rows of a block are below BLOCK")]
fn put(lanes: &mut Lanes, row: usize, value: f64) {
    lanes[row] = value;
}

/// What [`offset_bits`] takes lies below this.
const LOW: f64 = 4_503_599_627_370_495.0;

/// An integer from -1 to `2^52 - 2`, moved up by one on its way through the low bits.
#[inline(always)]
fn offset_bits(lane: f64) -> i64 {
    low_bits(lane + 1.0) - 1
}

/// A status as a lane.
pub(super) fn status_lane(status: Status) -> f64 {
    f64::from(status.code())
}

/// The position that a lane holds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions are small")]
pub(super) fn plan_of(lane: f64) -> Option<usize> {
    (lane >= 0.0).then_some(lane as usize)
}

/// One for each row that is in, zero for the others.
pub(super) fn spread(bits: RowBits, lanes: &mut Lanes) {
    if bits == RowBits::ALL {
        lanes.fill(1.0);
        return;
    }
    for (word, lanes) in bits.0.iter().zip(lanes.as_chunks_mut::<64>().0) {
        for (bit, lane) in lanes.iter_mut().enumerate() {
            *lane = if word >> bit & 1 == 1 { 1.0 } else { 0.0 };
        }
    }
}

/// The amounts that are allowed for the present amounts, in lanes where the products stay exact and else row by row.
pub(super) fn allowed(bounds: RatioBounds, level: Option<Level>, present: &Lanes, range: &mut Range) {
    let min = bounds.min().map(|min| Scale::new(min, true));
    let max = bounds.max().map(|max| Scale::new(max, false));
    let scaled = level.is_some()
        && on(
            level,
            #[inline(always)]
            || {
                let low = scale_all(min, present, &mut range.low, 0.0);
                scale_all(max, present, &mut range.high, f64::INFINITY) & low
            },
        );
    if scaled {
        return;
    }
    for ((present, low), high) in present.iter().zip(&mut range.low).zip(&mut range.high) {
        let present = Money::from_minor(minor(*present)).unwrap_or_default();
        let (lowest, highest) = bounds.allowed(present);
        (*low, *high) = (wide(lowest), wide(highest));
    }
}

/// An amount that may lie beyond every total, where any rounding is harmless.
#[expect(clippy::cast_precision_loss, reason = "totals are below 2^53, larger bounds allow all of them")]
fn wide(minor: i64) -> f64 {
    minor as f64
}

/// A bound times an amount, rounded up or down to a whole minor unit, by the kernel's quotient.
#[derive(Clone, Copy)]
struct Scale {
    numerator: f64,
    offset: f64,
    inverse: f64,
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "numerators are below 10^12, denominators at most 10^6")]
    fn new(bound: Decimal, up: bool) -> Self {
        let denominator = bound.denominator() as f64;
        let offset = if up { denominator - 0.5 } else { 0.5 };
        Self { numerator: bound.mantissa() as f64, offset, inverse: 1.0 / denominator }
    }
}

/// Fills the bounds; false where a product left the range in which quotients are exact (see `tariff::lanes`).
#[inline(always)]
fn scale_all(scale: Option<Scale>, present: &Lanes, out: &mut Lanes, open: f64) -> bool {
    /// `2^51`.
    const EXACT: f64 = 2_251_799_813_685_248.0;
    let Some(scale) = scale else {
        out.fill(open);
        return true;
    };
    let mut exact = true;
    for (out, present) in out.iter_mut().zip(present) {
        let sum = present * scale.numerator + scale.offset;
        exact &= sum < EXACT;
        *out = (sum * scale.inverse).floor();
    }
    exact
}
