//! The column kernel: exact integers in `f64` lanes.
//!
//! A charge of `n` blocks at `p / D` minor units rounds half up to `floor((n*p + D/2 + 0.5) * (1/D))`. With
//! `v = n*p + D/2` an integer below `2^51`, `v + 0.5` is exact. Its quotient by `D` lies at least `0.5/D` away from any
//! integer, while the two roundings of the product (of `1/D`, and of the product itself) move it by at most
//! `(v + 0.5)/D * (2^-52 + 2^-106)`, which is less than `0.5/D`. So the floor is the exact quotient. The other modes differ only in
//! the integer that is added, but for half-even, which takes one back at ties. [`MeterLane::safe`] is the largest
//! quantity for which all of this holds; blocks beyond it go to the reference evaluator.
//!
//! Every loop runs over whole arrays of [`BLOCK`] rows without branches, so that the compiler makes vectors of it for
//! whatever instruction set it is dispatched to.

use fearless_simd::Level;

use crate::column::{BLOCK, MAX_UNITS, on};
use crate::money::{Money, RoundingMode};

use super::charge::Charge;
use super::plan::Plan;
use super::rounding::{Rounding, Stage};

/// One number for each row of a block.
pub(crate) type Lanes = [f64; BLOCK];

/// Quotients are exact below this.
const EXACT: u128 = 1 << 51;

/// Totals stay below this, so that adding it to one leaves the total in the low bits.
const MAGIC: f64 = 4_503_599_627_370_496.0;

/// How the totals of a block were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Totaled {
    /// In lanes; every total is below `2^52`.
    Lanes,
    /// Row by row in integers; totals are below `2^53`.
    Reference,
}

/// A plan as the kernel needs it.
#[derive(Clone, Debug)]
pub(crate) struct PlanLanes {
    fee: f64,
    meters: Box<[MeterLane]>,
    /// For the stage `bill`: the rounding of the sum, and what a minor unit of fee and given charges counts for.
    bill: Option<(Quotient, f64)>,
    /// The largest sum of given charges.
    safe_given: f64,
}

/// A meter's charge as the kernel needs it.
#[derive(Clone, Debug)]
pub(crate) struct MeterLane {
    allowance: f64,
    block: Option<Block>,
    price: f64,
    quotient: Quotient,
    /// The largest quantity that is exact here; negative where none is.
    safe: f64,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    /// `block - 1 + 0.5`, so that the floor of the quotient is the number of started blocks.
    round_up: f64,
    inverse: f64,
}

/// Rounds `v / D` to steps.
#[derive(Clone, Copy, Debug)]
struct Quotient {
    /// What the mode adds to `v`, and a half.
    offset: f64,
    inverse: f64,
    divisor: f64,
    step: f64,
    half_even: bool,
}

impl PlanLanes {
    pub(super) fn of_all(plans: &[Plan], rounding: Rounding) -> Vec<Self> {
        plans.iter().map(|plan| Self::new(plan, rounding)).collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "checked to be below 2^53")]
    fn new(plan: &Plan, rounding: Rounding) -> Self {
        // Every line and the given charges may be this large, and the bill is still below 2^52.
        let fee = u128::from(plan.fee.minor().unsigned_abs());
        let parts = plan.charges.len() as u128 + 1;
        let limit = (1_u128 << 52).saturating_sub(fee + u128::from(rounding.step)) / parts;
        match rounding.stage {
            Stage::Line => {
                let lane = |charge: &Charge| {
                    let divider = Divider::new(charge.denominator, rounding);
                    MeterLane::new(charge, charge.numerator, &divider, divider.largest(limit))
                };
                let meters = plan.charges.iter().map(lane).collect();
                // Without room for anything the fee alone may be too large.
                let safe_given = if limit == 0 { -1.0 } else { limit as f64 };
                Self { fee: fee as f64, meters, bill: None, safe_given }
            }
            Stage::Bill => {
                let common = &plan.common;
                let divider = Divider::new(common.denominator, rounding);
                let scale = divider.scale * u128::from(common.denominator);
                // The whole numerator is shared evenly, after the fee has had its part.
                let room = divider.largest(1 << 52).and_then(|room| room.checked_sub(fee * scale));
                let room = room.map(|room| room / parts);
                let lane =
                    |(charge, numerator): (&Charge, &u64)| MeterLane::new(charge, *numerator, &divider, room);
                let meters = plan.charges.iter().zip(&common.numerators).map(lane).collect();
                let safe_given = room.map_or(-1.0, |room| (room / scale.max(1)) as f64);
                Self { fee: fee as f64, meters, bill: Some((divider.quotient(), scale as f64)), safe_given }
            }
        }
    }

    /// Whether quantities up to `largest`, by meter, and given charges up to `given` are billed exactly in lanes.
    pub(crate) fn is_safe(&self, largest: &[f64], given: f64) -> bool {
        given <= self.safe_given
            && self.meters.iter().zip(largest).all(|(lane, largest)| *largest <= lane.safe)
    }

    /// The totals of a block; [`is_safe`](Self::is_safe) must have been asked.
    pub(crate) fn totals(&self, level: Level, usage: &[Lanes], given: Option<&Lanes>, out: &mut Lanes) {
        on(
            Some(level),
            #[inline(always)]
            || match (self.bill, &*self.meters, usage, given) {
                (None, [a, b], [used_a, used_b], None) if a.is_plain() && b.is_plain() => {
                    for ((out, used_a), used_b) in out.iter_mut().zip(used_a).zip(used_b) {
                        *out = self.fee + (a.plain_line(*used_a) + b.plain_line(*used_b));
                    }
                }
                (None, ..) => {
                    Self::begin(self.fee, 1.0, given, out);
                    self.add_lines(usage, out);
                }
                (Some((quotient, scale)), ..) => {
                    Self::begin(self.fee * scale, scale, given, out);
                    for (lane, usage) in self.meters.iter().zip(usage) {
                        lane.add_products(usage, out);
                    }
                    quotient.apply(out);
                }
            },
        );
    }

    /// The monthly fee as a lane.
    #[inline(always)]
    pub(crate) fn fee(&self) -> f64 {
        self.fee
    }

    #[inline(always)]
    fn begin(fee: f64, scale: f64, given: Option<&Lanes>, out: &mut Lanes) {
        match given {
            None => out.fill(fee),
            Some(given) => {
                for (out, given) in out.iter_mut().zip(given) {
                    *out = fee + given * scale;
                }
            }
        }
    }

    /// Lines two by two: one pass over the totals for each pair.
    #[inline(always)]
    fn add_lines(&self, usage: &[Lanes], out: &mut Lanes) {
        for (lanes, usage) in self.meters.chunks(2).zip(usage.chunks(2)) {
            match (lanes, usage) {
                ([a, b], [usage_a, usage_b]) if a.is_plain() && b.is_plain() => {
                    for ((out, used_a), used_b) in out.iter_mut().zip(usage_a).zip(usage_b) {
                        *out += a.plain_line(*used_a) + b.plain_line(*used_b);
                    }
                }
                _ => {
                    for (lane, usage) in lanes.iter().zip(usage) {
                        lane.add_line(usage, out);
                    }
                }
            }
        }
    }
}

impl MeterLane {
    /// `room` is the largest `blocks * numerator` before the divider's scale, if any is exact.
    #[expect(clippy::cast_precision_loss, reason = "checked to be below 2^53")]
    fn new(charge: &Charge, numerator: u64, divider: &Divider, room: Option<u128>) -> Self {
        let price = u128::from(numerator) * divider.scale;
        let allowance = charge.allowance.unwrap_or(MAX_UNITS);
        let block = if price == 0 { 1 } else { charge.block };
        let blocks = room.map(|room| room.checked_div(price).unwrap_or(u128::from(MAX_UNITS)));
        // The number of blocks is itself an exact quotient only below 2^51.
        let over = blocks.map(|blocks| blocks.saturating_mul(block.into()));
        let over =
            over.map(|over| if block > 1 { over.min(EXACT.saturating_sub(block.into())) } else { over });
        let safe = over.map(|over| u128::from(allowance).saturating_add(over).min(MAX_UNITS.into()));
        let exact = price < EXACT && u128::from(block) < EXACT;
        Self {
            allowance: allowance as f64,
            block: (block > 1).then(|| Block { round_up: block as f64 - 0.5, inverse: 1.0 / block as f64 }),
            price: price as f64,
            quotient: divider.quotient(),
            safe: safe.filter(|_| exact).map_or(-1.0, |safe| safe as f64),
        }
    }

    /// A price in proportion, rounded to single minor units by a mode that only adds.
    #[inline(always)]
    fn is_plain(&self) -> bool {
        self.block.is_none() && self.quotient.step == 1.0 && !self.quotient.half_even
    }

    #[inline(always)]
    fn plain_line(&self, used: f64) -> f64 {
        let over = used - self.allowance;
        let over = if over > 0.0 { over } else { 0.0 };
        ((over * self.price + self.quotient.offset) * self.quotient.inverse).floor()
    }

    #[inline(always)]
    fn blocks(&self, used: f64) -> f64 {
        let over = used - self.allowance;
        let over = if over > 0.0 { over } else { 0.0 };
        match self.block {
            None => over,
            Some(block) => ((over + block.round_up) * block.inverse).floor(),
        }
    }

    #[inline(always)]
    fn add_line(&self, usage: &Lanes, out: &mut Lanes) {
        for (out, used) in out.iter_mut().zip(usage) {
            *out += self.quotient.of(self.blocks(*used) * self.price);
        }
    }

    #[inline(always)]
    fn add_products(&self, usage: &Lanes, out: &mut Lanes) {
        for (out, used) in out.iter_mut().zip(usage) {
            *out += self.blocks(*used) * self.price;
        }
    }
}

impl Quotient {
    #[inline(always)]
    fn of(self, numerator: f64) -> f64 {
        let sum = numerator + self.offset;
        let quotient = (sum * self.inverse).floor();
        if !self.half_even {
            return quotient * self.step;
        }
        // A tie leaves no rest but the half that was added; an odd quotient then goes down to the even one.
        let tie = sum - 0.5 == quotient * self.divisor;
        let odd = quotient - 2.0 * (quotient * 0.5).floor() == 1.0;
        let back = if tie & odd { 1.0 } else { 0.0 };
        (quotient - back) * self.step
    }

    #[inline(always)]
    fn apply(self, out: &mut Lanes) {
        for out in out {
            *out = self.of(*out);
        }
    }
}

/// A divisor made even, with what the rounding mode adds.
struct Divider {
    /// What numerators are multiplied by: 2 for an odd divisor.
    scale: u128,
    divisor: u128,
    offset: u128,
    rounding: Rounding,
}

impl Divider {
    fn new(denominator: u64, rounding: Rounding) -> Self {
        let divisor = u128::from(denominator) * u128::from(rounding.step);
        let scale = if divisor.is_multiple_of(2) { 1 } else { 2 };
        let divisor = divisor * scale;
        let offset = match rounding.mode {
            RoundingMode::HalfUp | RoundingMode::HalfEven => divisor / 2,
            RoundingMode::HalfDown => divisor / 2 - 1,
            RoundingMode::Up => divisor - 1,
            RoundingMode::Down => 0,
        };
        Self { scale, divisor, offset, rounding }
    }

    /// The largest numerator whose rounded quotient is exact and at most `limit` minor units.
    fn largest(&self, limit: u128) -> Option<u128> {
        let exact = (EXACT - 1).checked_sub(self.offset)?;
        let steps = (limit / u128::from(self.rounding.step)).checked_sub(1)?;
        Some(exact.min(steps.saturating_mul(self.divisor)))
    }

    #[expect(clippy::cast_precision_loss, reason = "used only where `largest` found room, so below 2^51")]
    fn quotient(&self) -> Quotient {
        Quotient {
            offset: self.offset as f64 + 0.5,
            inverse: 1.0 / self.divisor as f64,
            divisor: self.divisor as f64,
            step: self.rounding.step as f64,
            half_even: self.rounding.mode == RoundingMode::HalfEven,
        }
    }
}

/// The sum of the first `rows` totals.
pub(crate) fn sum(totals: &Lanes, rows: usize, how: Totaled, level: Option<Level>) -> i128 {
    let rows = totals.get(..rows).unwrap_or_default();
    if how == Totaled::Reference {
        return rows.iter().map(|total| i128::from(minor(*total))).sum();
    }
    let sum = on(
        level,
        #[inline(always)]
        || rows.iter().fold(0_i64, |sum, total| sum.wrapping_add(low_bits(*total))),
    );
    sum.into()
}

/// Writes totals as integers.
pub(crate) fn store(totals: &Lanes, out: &mut [i64], how: Totaled, level: Option<Level>) {
    let pairs = out.iter_mut().zip(totals);
    if how == Totaled::Reference {
        pairs.for_each(|(out, total)| *out = minor(*total));
        return;
    }
    on(
        level,
        #[inline(always)]
        || pairs.for_each(|(out, total)| *out = low_bits(*total)),
    );
}

/// An integer below `2^52` from its lane: with `2^52` added it stands in the low bits.
#[inline(always)]
pub(crate) fn low_bits(total: f64) -> i64 {
    ((total + MAGIC).to_bits() & ((1 << 52) - 1)).cast_signed()
}

/// An amount from its lane.
#[expect(clippy::cast_possible_truncation, reason = "lanes hold integers below 2^53")]
pub(crate) fn minor(lane: f64) -> i64 {
    lane as i64
}

/// An amount as a lane.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
pub(crate) fn lane(money: Money) -> f64 {
    money.minor() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Decimal;

    /// The kernel on one meter against the reference, around every tie and at the edge of what is safe.
    #[test]
    fn every_mode_agrees_with_the_reference() {
        use RoundingMode::{Down, HalfDown, HalfEven, HalfUp, Up};
        let prices = ["0.29", "0.19", "0.045", "0.27", "0", "3", "0.0000001", "0.3333333"];
        for mode in [HalfUp, HalfEven, HalfDown, Up, Down] {
            for step in [1_u64, 3, 5, 100] {
                for stage in [Stage::Line, Stage::Bill] {
                    for (price, per, block) in
                        prices.iter().flat_map(|p| [(p, 1000, 1), (p, 7, 7), (p, 60, 60)])
                    {
                        let charge =
                            Charge::new(50, block, per, Decimal::parse(price).unwrap(), 100).unwrap();
                        agree(charge, Rounding { stage, mode, step });
                    }
                }
            }
        }
    }

    /// A fee beyond what lanes hold goes to the reference, with meters and without.
    #[test]
    fn large_fees_are_not_safe() {
        let charge = Charge::new(0, 1, 1, Decimal::parse("0.29").unwrap(), 100).unwrap();
        for stage in [Stage::Line, Stage::Bill] {
            for charges in [vec![], vec![charge]] {
                for (fee, safe) in [(1 << 40, true), ((1 << 52) - 1, false), (crate::money::MAX_MINOR, false)]
                {
                    let plan = Plan::for_tests(fee, charges.clone());
                    let rounding = Rounding { stage, mode: RoundingMode::HalfUp, step: 1 };
                    assert_eq!(PlanLanes::new(&plan, rounding).is_safe(&[0.0], 0.0), safe, "{fee} {stage:?}");
                }
            }
        }
    }

    fn agree(charge: Charge, rounding: Rounding) {
        let plan = Plan::for_tests(3800, vec![charge]);
        let lanes = PlanLanes::new(&plan, rounding);
        let safe = lanes.meters[0].safe;
        assert!(safe >= 0.0);
        let mut usage = [0.0; BLOCK];
        // Half of the rows around the allowance, half down from the edge of what is safe.
        let (few, many) = usage.split_at_mut(BLOCK / 2);
        let rows = || std::iter::successors(Some(0.0), |row| Some(row + 1.0));
        few.iter_mut().zip(rows()).for_each(|(used, row)| *used = row);
        many.iter_mut().zip(rows()).for_each(|(used, row)| *used = if safe > row { safe - row } else { 0.0 });
        let mut out = [0.0; BLOCK];
        lanes.totals(Level::new(), &[usage], None, &mut out);
        for (used, total) in usage.iter().zip(out) {
            let expected = plan.total(rounding, &[minor(*used).unsigned_abs()], Money::ZERO).unwrap();
            assert_eq!(minor(total), expected.minor(), "{used} of {charge:?} by {rounding:?}");
        }
    }
}
