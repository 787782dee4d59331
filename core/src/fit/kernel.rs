//! The lanes of package fit: what is known of each row of a block, and the loops over them.
//!
//! Every loop runs over whole arrays of [`BLOCK`] rows without branches, so that the compiler makes vectors of it for
//! whatever instruction set it is dispatched to.

use fearless_simd::Level;

use crate::column::{BLOCK, on};
use crate::expr::RowBits;
use crate::money::{Decimal, Money};
use crate::tariff::{Lanes, low_bits, minor};

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
    /// The lowest total that is allowed.
    pub(super) low: Lanes,
    /// The fees that are allowed, both ends included.
    pub(super) low_fee: Lanes,
    pub(super) high_fee: Lanes,
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

impl Rows {
    pub(super) fn boxed() -> Box<Self> {
        let zeros = [0.0; BLOCK];
        Box::new(Self {
            current: zeros,
            present_total: zeros,
            present_fee: zeros,
            low: zeros,
            low_fee: zeros,
            high_fee: zeros,
            limit: zeros,
            best: zeros,
            best_total: zeros,
            totals: zeros,
            allowed: zeros,
            status: zeros,
        })
    }

    /// The present bill of the rows whose current plan is in the catalogue, from the totals on every plan.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positions are small")]
    pub(super) fn present_of(&mut self, totals: &[Lanes], fees: &[f64]) {
        let present = self.present_total.iter_mut().zip(&mut self.present_fee);
        for (row, (current, (total, fee))) in self.current.iter().zip(present).enumerate() {
            // No plan reads as a position beyond the end.
            let plan = *current as i32 as u32 as usize;
            if let (Some(lanes), Some(own)) = (totals.get(plan), fees.get(plan)) {
                *total = at(lanes, row);
                *fee = *own;
            }
        }
    }

    /// Moves the limits from the highest totals that are allowed to what is just beyond them.
    pub(super) fn beyond_limits(&mut self, level: Option<Level>) {
        on(
            level,
            #[inline(always)]
            || self.limit.iter_mut().for_each(|limit| *limit += 1.0),
        );
    }

    /// Tries a plan in every row that it is offered to.
    pub(super) fn offer(&mut self, level: Option<Level>, offer: Offer<'_>) {
        on(
            level,
            #[inline(always)]
            || match offer.to {
                To::All => self.take_best(offer, |_, _| true),
                To::Fees(fee) => self.take_best(offer, |rows, row| rows.has_room(row, fee)),
                To::Allowed(fee) => {
                    self.take_best(offer, |rows, row| {
                        rows.has_room(row, fee) & (at(&rows.allowed, row) > 0.0)
                    });
                }
            },
        );
    }

    #[inline(always)]
    fn has_room(&self, row: usize, fee: f64) -> bool {
        (fee >= at(&self.low_fee, row)) & (fee <= at(&self.high_fee, row))
    }

    #[inline(always)]
    fn take_best(&mut self, offer: Offer<'_>, may: impl Fn(&Self, usize) -> bool) {
        let Offer { position, totals, .. } = offer;
        for row in 0..BLOCK {
            let total = at(totals, row);
            let (low, limit, best) = (at(&self.low, row), at(&self.limit, row), at(&self.best, row));
            let better = (total >= low) & (total < limit) & may(self, row);
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
    pub(super) fn write(
        &mut self,
        known: RowBits,
        all_known: bool,
        level: Option<Level>,
        out: &mut Output<'_>,
    ) {
        if !all_known {
            spread(known, &mut self.allowed);
        }
        let low = on(
            level,
            #[inline(always)]
            || {
                if all_known {
                    self.write_all(out, offset_bits, |_| true)
                } else {
                    self.write_all(out, offset_bits, |known| known > 0.0)
                }
            },
        );
        if !low {
            self.write_all(out, minor, |known| all_known || known > 0.0);
        }
    }

    /// False where an amount was too large for [`offset_bits`].
    #[inline(always)]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes and positions are small"
    )]
    fn write_all(
        &self,
        out: &mut Output<'_>,
        integer: impl Fn(f64) -> i64,
        is: impl Fn(f64) -> bool,
    ) -> bool {
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
                let amount = if is(*known) { *amount } else { -1.0 };
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
    pub(super) to: To,
    pub(super) totals: &'l Lanes,
}

/// The rows that a plan is offered to.
#[derive(Clone, Copy)]
pub(super) enum To {
    /// All: its fee is known to be within the bounds.
    All,
    /// Those that allow its fee.
    Fees(f64),
    /// Of these, those that `allowed` names.
    Allowed(f64),
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
pub(super) fn allowed(
    bounds: RatioBounds,
    level: Option<Level>,
    present: &Lanes,
    low: &mut Lanes,
    high: &mut Lanes,
) {
    let min = bounds.min().map(|min| Scale::new(min, true));
    let max = bounds.max().map(|max| Scale::new(max, false));
    let scaled = level.is_some()
        && on(
            level,
            #[inline(always)]
            || scale_all(min, present, low, 0.0) & scale_all(max, present, high, f64::INFINITY),
        );
    if scaled {
        return;
    }
    for ((present, low), high) in present.iter().zip(low).zip(high) {
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
