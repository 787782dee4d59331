//! The lanes of the scorer: values of a block become scores and are added up, without branches over rows.
//!
//! The formulas are those of `curve`. A row whose value is missing, not finite or impossible is only found here; the
//! reference evaluator scores it.

use fearless_simd::Level;

use crate::column::on;

use super::curve::{Curve, Cut, Shape, Straight, is_score};
use super::model::Indicator;

/// Rows that are worked on together: few enough for the first-level cache, and enough to read each column in runs of
/// several pages, which the processor fetches ahead.
pub(super) const ROWS: usize = 4096;

/// A straight line over the values of a block, without anything between.
#[derive(Clone, Copy)]
pub(super) struct LineLane<'v> {
    line: Straight,
    cut: Cut,
    plain: (f64, f64),
    values: &'v [f64],
    weight: f64,
}

impl LineLane<'_> {
    /// Marks the rows whose values need the reference evaluator.
    pub(super) fn mark(&self, special: &mut [bool]) {
        mark(self.values, self.plain, special);
    }
}

/// Adds the weighted scores of two indicators, one after the other in every row: this saves half of the passes over the
/// sums. Returns how many rows need the reference evaluator.
pub(super) fn add_two(level: Option<Level>, pair: [LineLane<'_>; 2], sums: &mut [f64]) -> u64 {
    on(
        level,
        #[inline(always)]
        || add_two_lines(pair, sums),
    )
}

#[inline(always)]
fn add_two_lines([a, b]: [LineLane<'_>; 2], sums: &mut [f64]) -> u64 {
    macro_rules! run {
        ($first:ident, $second:ident) => {{
            let mut special = 0_u64;
            for ((x, y), sum) in a.values.iter().zip(b.values).zip(sums) {
                special += u64::from(!(is_plain(*x, a.plain) & is_plain(*y, b.plain)));
                let first = *sum + a.weight * a.line.$first(*x, a.cut);
                *sum = first + b.weight * b.line.$second(*y, b.cut);
            }
            special
        }};
    }
    match (a.line.slope < 0.0, b.line.slope < 0.0) {
        (true, true) => run!(falling, falling),
        (true, false) => run!(falling, rising),
        (false, true) => run!(rising, falling),
        (false, false) => run!(rising, rising),
    }
}

fn mark(values: &[f64], plain: (f64, f64), special: &mut [bool]) {
    for (value, special) in values.iter().zip(special) {
        *special |= !is_plain(*value, plain);
    }
}

/// What of an indicator the lanes need.
pub(super) struct LeafLanes<'m> {
    curve: &'m Curve,
    /// A value outside needs the reference evaluator: impossible, not finite, missing, or not in the method's domain.
    plain: (f64, f64),
    draw: Option<(f64, f64)>,
}

impl<'m> LeafLanes<'m> {
    /// `None` where the indicator is not fitted.
    pub(super) fn new(indicator: &'m Indicator) -> Option<Self> {
        let curve = indicator.curve.as_ref()?;
        let (low, high) = indicator.possible;
        // A value that is drawn up into the domain is left to the reference evaluator as well.
        let low = if indicator.lowest > low { indicator.lowest } else { low };
        let nowhere = indicator.draw.is_some_and(|(_, high)| high < indicator.lowest);
        let plain = if nowhere { (f64::INFINITY, f64::NEG_INFINITY) } else { (low, high) };
        Some(Self { curve, plain, draw: indicator.draw })
    }

    /// Adds the weighted scores of `values`; returns how many rows need the reference evaluator.
    pub(super) fn add(&self, level: Option<Level>, values: &[f64], weight: f64, sums: &mut [f64]) -> u64 {
        let (curve, plain) = (self.curve, self.plain);
        match (&curve.shape, self.draw) {
            (Shape::Straight(line), None) if curve.cut.is_closed() => on(
                level,
                #[inline(always)]
                || add_straight(*line, curve.cut, plain, values, weight, sums),
            ),
            _ if curve.cut.is_closed() => on(
                level,
                #[inline(always)]
                || {
                    each(self, values, sums, |sum, score| {
                        *sum += weight * score;
                        0
                    })
                },
            ),
            _ => on(
                level,
                #[inline(always)]
                || {
                    each(self, values, sums, |sum, score| {
                        *sum += weight * score;
                        u64::from(!is_score(score))
                    })
                },
            ),
        }
    }

    /// Writes the scores of `values`; returns how many rows need the reference evaluator.
    pub(super) fn fill(&self, level: Option<Level>, values: &[f64], scores: &mut [f64]) -> u64 {
        on(
            level,
            #[inline(always)]
            || {
                each(self, values, scores, |out, score| {
                    *out = score;
                    u64::from(!is_score(score))
                })
            },
        )
    }

    /// Marks the rows whose values need the reference evaluator.
    pub(super) fn mark(&self, values: &[f64], special: &mut [bool]) {
        let drawn = |value| self.draw.map_or(value, |(low, high)| Cut { low, high }.apply(value));
        for (value, special) in values.iter().zip(special) {
            *special |= !is_plain(*value, self.plain) || !is_score(self.curve.score(drawn(*value)));
        }
    }

    /// The line over some values, where that is all there is to do.
    pub(super) fn line<'v>(&self, values: &'v [f64], weight: f64) -> Option<LineLane<'v>> {
        match (&self.curve.shape, self.draw) {
            (Shape::Straight(line), None) if self.curve.cut.is_closed() => {
                Some(LineLane { line: *line, cut: self.curve.cut, plain: self.plain, values, weight })
            }
            _ => None,
        }
    }
}

/// False for NaN as well.
#[inline(always)]
fn is_plain(value: f64, (low, high): (f64, f64)) -> bool {
    (value >= low) & (value <= high)
}

/// Adds weighted scores.
pub(super) fn add_scores(level: Option<Level>, scores: &[f64], weight: f64, sums: &mut [f64]) {
    on(
        level,
        #[inline(always)]
        || {
            for (score, sum) in scores.iter().zip(sums) {
                *sum += weight * score;
            }
        },
    );
}

#[inline(always)]
fn add_straight(
    line: Straight,
    cut: Cut,
    plain: (f64, f64),
    values: &[f64],
    weight: f64,
    sums: &mut [f64],
) -> u64 {
    let mut special = 0_u64;
    // The slope decides once, not in every row.
    if line.slope < 0.0 {
        for (value, sum) in values.iter().zip(sums) {
            special += u64::from(!is_plain(*value, plain));
            *sum += weight * line.falling(*value, cut);
        }
    } else {
        for (value, sum) in values.iter().zip(sums) {
            special += u64::from(!is_plain(*value, plain));
            *sum += weight * line.rising(*value, cut);
        }
    }
    special
}

/// Every value's score, whatever the curve; `take` says whether the score needs the reference evaluator.
#[inline(always)]
fn each(leaf: &LeafLanes<'_>, values: &[f64], out: &mut [f64], take: impl Fn(&mut f64, f64) -> u64) -> u64 {
    let cut = leaf.curve.cut;
    macro_rules! run {
        ($value:ident => $score:expr) => {{
            let mut special = 0_u64;
            match leaf.draw {
                None => {
                    for ($value, out) in values.iter().copied().zip(out) {
                        special += u64::from(!is_plain($value, leaf.plain));
                        special += take(out, $score);
                    }
                }
                Some((low, high)) => {
                    let limits = Cut { low, high };
                    for ($value, out) in values.iter().copied().zip(out) {
                        special += u64::from(!is_plain($value, leaf.plain));
                        let $value = limits.apply($value);
                        special += take(out, $score);
                    }
                }
            }
            special
        }};
    }
    match &leaf.curve.shape {
        Shape::Straight(line) if line.slope < 0.0 => run!(value => line.falling(value, cut)),
        Shape::Straight(line) => run!(value => line.rising(value, cut)),
        Shape::Ratio(ratio) => run!(value => ratio.of(value, cut)),
        Shape::Share(share) => run!(value => share.of(value, cut)),
        Shape::Pieces(pieces) => {
            if let Some(few) = pieces.few() {
                run!(value => few.of(value, cut))
            } else {
                run!(value => pieces.of(value, cut))
            }
        }
        Shape::Log(line) => run!(value => line.of(libm::log(value), cut)),
        Shape::Steps(steps) => run!(value => steps.of(value)),
        Shape::Logistic(logistic) => run!(value => logistic.of(value, cut)),
    }
}
