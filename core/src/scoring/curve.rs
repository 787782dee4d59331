//! Normalisation compiled: from a value to a score, and back.
//!
//! Every formula is written once, as an inlined function of one value; the record evaluator calls it, and the lanes of
//! the column evaluator run it over blocks.

use super::scale::Scale;

/// The curve of an indicator.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    pub(super) shape: Shape,
    /// Scores are cut here; infinite where they are not.
    pub(super) cut: Cut,
}

/// The ends at which scores are cut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Scores lie within this, so that no square, sum or mean of them overflows.
pub(super) const LARGEST_SCORE: f64 = 1e100;

/// Whether a number can be a score; not where a formula overflows.
#[inline(always)]
pub(super) fn is_score(score: f64) -> bool {
    score.abs() <= LARGEST_SCORE
}

impl Cut {
    /// Whether every score is cut to the scale.
    pub(super) fn is_closed(self) -> bool {
        self.low.is_finite() && self.high.is_finite()
    }

    #[inline(always)]
    pub(super) fn apply(self, score: f64) -> f64 {
        let score = if score < self.low { self.low } else { score };
        if score > self.high { self.high } else { score }
    }
}

/// The formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Straight(Straight),
    /// The same of the natural logarithm.
    Log(Straight),
    Ratio(Ratio),
    Share(Share),
    Pieces(Pieces),
    Steps(Steps),
    Logistic(Logistic),
}

/// `at + (x - from) * slope`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Straight {
    pub(super) from: f64,
    pub(super) at: f64,
    pub(super) slope: f64,
    /// At and beyond this value the score is exactly `top`: the line alone may miss it by a rounding. Infinite where
    /// the line goes on.
    pub(super) end: f64,
    pub(super) top: f64,
}

impl Straight {
    pub(super) fn of(self, x: f64, cut: Cut) -> f64 {
        if self.slope < 0.0 { self.falling(x, cut) } else { self.rising(x, cut) }
    }

    /// The score, the slope being positive.
    #[inline(always)]
    pub(super) fn rising(self, x: f64, cut: Cut) -> f64 {
        let score = cut.apply(self.at + (x - self.from) * self.slope);
        if x >= self.end { self.top } else { score }
    }

    /// The score, the slope being negative.
    #[inline(always)]
    pub(super) fn falling(self, x: f64, cut: Cut) -> f64 {
        let score = cut.apply(self.at + (x - self.from) * self.slope);
        if x <= self.end { self.top } else { score }
    }
}

/// The value over the baseline, or the other way round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    pub(super) baseline: f64,
    pub(super) at_baseline: f64,
    pub(super) inverse: bool,
}

impl Ratio {
    #[inline(always)]
    pub(super) fn of(self, x: f64, cut: Cut) -> f64 {
        let ratio = if self.inverse { self.baseline / x } else { x / self.baseline };
        cut.apply(self.at_baseline * ratio)
    }
}

/// `low + range * share`, the share being `x / by`, `1 - x / by` or `(1 / x) / by`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) by: f64,
    pub(super) form: ShareForm,
    pub(super) scale: Scale,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShareForm {
    Plain,
    Rest,
    Reciprocal,
}

impl Share {
    #[inline(always)]
    pub(super) fn of(self, x: f64, cut: Cut) -> f64 {
        let share = match self.form {
            ShareForm::Plain => x / self.by,
            ShareForm::Rest => 1.0 - x / self.by,
            ShareForm::Reciprocal => (1.0 / x) / self.by,
        };
        cut.apply(self.scale.min + self.scale.range() * share)
    }
}

/// Lines from knot to knot, values ascending.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pieces {
    pub(super) knots: Vec<Knot>,
    /// Whether values before the first knot score as it does; otherwise the first line goes on.
    pub(super) hold_first: bool,
    /// The same after the last.
    pub(super) hold_last: bool,
}

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Knot {
    pub(super) x: f64,
    pub(super) score: f64,
    /// Of the line to the next knot; in the last knot of the line before it.
    pub(super) slope: f64,
}

impl Pieces {
    /// Joins points, of which there are at least two, values ascending.
    pub(super) fn through(points: &[[f64; 2]], hold_first: bool, hold_last: bool) -> Self {
        let slope = |pair: &[[f64; 2]]| match pair {
            [[x0, s0], [x1, s1]] => (s1 - s0) / (x1 - x0),
            _ => 0.0,
        };
        let mut slopes: Vec<f64> = points.windows(2).map(slope).collect();
        slopes.extend(slopes.last().copied());
        let knots = points.iter().zip(slopes).map(|([x, score], slope)| Knot { x: *x, score: *score, slope });
        Self { knots: knots.collect(), hold_first, hold_last }
    }

    pub(super) fn of(&self, x: f64, cut: Cut) -> f64 {
        let after = self.knots.partition_point(|knot| knot.x <= x);
        let (Some(first), Some(last)) = (self.knots.first(), self.knots.last()) else { return cut.low };
        let knot = match after.checked_sub(1).and_then(|index| self.knots.get(index)) {
            None if self.hold_first => return first.score,
            None => first,
            Some(_) if after == self.knots.len() && self.hold_last => return last.score,
            Some(knot) => knot,
        };
        cut.apply(knot.score + (x - knot.x) * knot.slope)
    }
}

/// At most four pieces, to be gone through without branches. What is not used begins at infinity.
#[derive(Clone, Copy, Debug)]
pub(super) struct Few {
    first: Knot,
    later: [Knot; 3],
    /// Below this the score is `first_score`, from `last` on it is `last_score`; infinite where the lines go on.
    hold_below: f64,
    first_score: f64,
    last: f64,
    last_score: f64,
}

impl Pieces {
    /// The same lines for lanes, if they are few.
    pub(super) fn few(&self) -> Option<Few> {
        let (first, last) = (self.knots.first()?, self.knots.last()?);
        let unused = Knot { x: f64::INFINITY, score: 0.0, slope: 0.0 };
        let mut later = [unused; 3];
        let inner = self.knots.get(1..)?;
        if inner.len() > later.len() {
            return None;
        }
        for (slot, knot) in later.iter_mut().zip(inner) {
            *slot = *knot;
        }
        Some(Few {
            first: *first,
            later,
            hold_below: if self.hold_first { first.x } else { f64::NEG_INFINITY },
            first_score: first.score,
            last: if self.hold_last { last.x } else { f64::INFINITY },
            last_score: last.score,
        })
    }
}

impl Few {
    #[inline(always)]
    pub(super) fn of(self, x: f64, cut: Cut) -> f64 {
        let mut knot = self.first;
        for later in self.later {
            let beyond = x >= later.x;
            knot.x = if beyond { later.x } else { knot.x };
            knot.score = if beyond { later.score } else { knot.score };
            knot.slope = if beyond { later.slope } else { knot.slope };
        }
        let score = cut.apply(knot.score + (x - knot.x) * knot.slope);
        let score = if x < self.hold_below { self.first_score } else { score };
        if x >= self.last { self.last_score } else { score }
    }
}

/// A score for each band.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Steps {
    /// Where each band but the last ends, itself excluded; ascending.
    pub(super) below: Vec<f64>,
    pub(super) scores: Vec<f64>,
    pub(super) grades: Vec<Option<Box<str>>>,
}

impl Steps {
    pub(super) fn band(&self, x: f64) -> usize {
        self.below.partition_point(|below| *below <= x)
    }

    pub(super) fn of(&self, x: f64) -> f64 {
        self.scores.get(self.band(x)).copied().unwrap_or(f64::NAN)
    }
}

/// `low + range / (1 + exp(-(x - midpoint) / width))`; the width is negative where less is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Logistic {
    pub(super) midpoint: f64,
    pub(super) width: f64,
    pub(super) scale: Scale,
}

impl Logistic {
    pub(super) fn of(self, x: f64, cut: Cut) -> f64 {
        let odds = libm::exp(-((x - self.midpoint) / self.width));
        cut.apply(self.scale.min + self.scale.range() / (1.0 + odds))
    }
}

impl Straight {
    fn value_of(self, score: f64) -> f64 {
        if score == self.top && self.end.is_finite() {
            self.end
        } else {
            self.from + (score - self.at) / self.slope
        }
    }
}

impl Share {
    fn value_of(self, score: f64) -> f64 {
        let share = (score - self.scale.min) / self.scale.range();
        match self.form {
            ShareForm::Plain => share * self.by,
            ShareForm::Rest => (1.0 - share) * self.by,
            ShareForm::Reciprocal => 1.0 / (share * self.by),
        }
    }
}

impl Logistic {
    fn value_of(self, score: f64) -> f64 {
        let share = (score - self.scale.min) / self.scale.range();
        self.midpoint - self.width * libm::log(1.0 / share - 1.0)
    }
}

impl Pieces {
    /// The values of all pieces that pass through a score, those beyond the ends included where the lines go on.
    fn values_of(&self, score: f64) -> impl Iterator<Item = f64> {
        let within = self.knots.windows(2).filter_map(move |pair| match pair {
            [from, to]
                if (from.score..=to.score).contains(&score) || (to.score..=from.score).contains(&score) =>
            {
                let value = if score == to.score { to.x } else { from.x + (score - from.score) / from.slope };
                Some(value)
            }
            _ => None,
        });
        let beyond = move |knot: &Knot| knot.x + (score - knot.score) / knot.slope;
        let first = self.knots.first().filter(|_| !self.hold_first);
        let first = first.and_then(|knot| Some(beyond(knot)).filter(|value| *value < knot.x));
        let last = self.knots.last().filter(|_| !self.hold_last);
        let last = last.and_then(|knot| Some(beyond(knot)).filter(|value| *value > knot.x));
        within.chain(first).chain(last)
    }
}

impl Steps {
    /// The nearest ends of the bands that have at least a score: the first value of each, and the last before its end.
    fn values_from(&self, score: f64) -> impl Iterator<Item = f64> {
        let bands = self.scores.iter().enumerate().filter(move |(_, own)| **own >= score);
        bands.flat_map(|(band, _)| {
            let first = band.checked_sub(1).and_then(|before| self.below.get(before)).copied();
            let last = self.below.get(band).map(|below| below.next_down());
            first.into_iter().chain(last)
        })
    }
}

/// The value nearest to another; the first without one.
fn nearest(values: impl Iterator<Item = f64>, near: Option<f64>) -> Option<f64> {
    let mut values = values;
    match near {
        None => values.next(),
        Some(near) => values.min_by(|a, b| (a - near).abs().total_cmp(&(b - near).abs())),
    }
}

impl Curve {
    /// The score of a finite value in the domain of the method. Not finite where the formula overflows.
    pub(super) fn score(&self, x: f64) -> f64 {
        match &self.shape {
            Shape::Straight(line) => line.of(x, self.cut),
            Shape::Log(line) => line.of(libm::log(x), self.cut),
            Shape::Ratio(ratio) => ratio.of(x, self.cut),
            Shape::Share(share) => share.of(x, self.cut),
            Shape::Pieces(pieces) => pieces.of(x, self.cut),
            Shape::Steps(steps) => steps.of(x),
            Shape::Logistic(logistic) => logistic.of(x, self.cut),
        }
    }

    /// A value that has a score, roundings apart: of several possible ones the one nearest to `near`, or the first. `None` where
    /// no value has it.
    pub(super) fn value_of(&self, score: f64, near: Option<f64>, (low, high): (f64, f64)) -> Option<f64> {
        let possible = |value: &f64| (low..=high).contains(value);
        let value = match &self.shape {
            Shape::Straight(line) => line.value_of(score),
            Shape::Log(line) => libm::exp(line.value_of(score)),
            Shape::Ratio(ratio) if ratio.inverse => ratio.baseline * ratio.at_baseline / score,
            Shape::Ratio(ratio) => ratio.baseline * score / ratio.at_baseline,
            Shape::Share(share) => share.value_of(score),
            Shape::Pieces(pieces) => nearest(pieces.values_of(score).filter(possible), near)?,
            Shape::Steps(steps) => nearest(steps.values_from(score).filter(possible), near)?,
            Shape::Logistic(logistic) => logistic.value_of(score),
        };
        value.is_finite().then_some(value)
    }

    /// Whether every number of the formula is finite, ends that are open apart.
    pub(super) fn is_finite(&self) -> bool {
        let all = |numbers: &[f64]| numbers.iter().all(|number| number.is_finite());
        match &self.shape {
            Shape::Straight(line) | Shape::Log(line) => all(&[line.from, line.at, line.slope]),
            Shape::Ratio(ratio) => all(&[ratio.baseline, ratio.at_baseline]),
            Shape::Share(share) => all(&[share.by]),
            Shape::Pieces(pieces) => pieces.knots.iter().all(|knot| all(&[knot.x, knot.score, knot.slope])),
            Shape::Steps(steps) => all(&steps.below) && all(&steps.scores),
            Shape::Logistic(logistic) => all(&[logistic.midpoint, logistic.width]),
        }
    }

    /// The grade of a value, where the curve is a table of grades that names it.
    pub(super) fn grade(&self, x: f64) -> Option<&str> {
        match &self.shape {
            Shape::Steps(steps) => steps.grades.get(steps.band(x))?.as_deref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Cut = Cut { low: f64::NEG_INFINITY, high: f64::INFINITY };
    const CUT: Cut = Cut { low: 0.0, high: 100.0 };

    fn line(worst: f64, best: f64) -> Straight {
        Straight { from: worst, at: 0.0, slope: 100.0 / (best - worst), end: best, top: 100.0 }
    }

    #[test]
    fn a_line_meets_its_ends_to_the_bit() {
        for (worst, best) in [(20.0, 85.0), (0.1, 0.7), (8.9, 3.01), (-3.0, 49.0)] {
            let line = line(worst, best);
            assert_eq!([line.of(worst, CUT), line.of(best, CUT)], [0.0, 100.0], "{worst}..{best}");
            assert_eq!(line.of(best + (best - worst), CUT), 100.0);
            assert_eq!(line.of(worst - (best - worst), CUT), 0.0);
        }
    }

    #[test]
    fn pieces_go_on_where_they_are_not_held() {
        let points = [[10.0, 0.0], [20.0, 60.0], [60.0, 100.0]];
        let held = Pieces::through(&points, true, true);
        assert_eq!(
            [5.0, 10.0, 15.0, 20.0, 40.0, 60.0, 70.0].map(|x| held.of(x, CUT)),
            [0.0, 0.0, 30.0, 60.0, 80.0, 100.0, 100.0]
        );
        let open = Pieces::through(&points, false, false);
        assert_eq!([5.0, 70.0].map(|x| open.of(x, OPEN)), [-30.0, 110.0]);
    }

    #[test]
    fn a_band_excludes_its_end() {
        let steps =
            Steps { below: vec![60.0, 80.0], scores: vec![0.0, 50.0, 100.0], grades: vec![None, None, None] };
        assert_eq!([59.9, 60.0, 79.9, 80.0].map(|x| steps.of(x)), [0.0, 50.0, 50.0, 100.0]);
    }
}
