//! What an indicator must reach for the object to have a score, all else as it is.

use crate::column::Record;
use crate::error::Result;

use super::curve::Cut;
use super::evaluate::{Gaps, Mixture, Row};
use super::leaf::{Leaf, State};
use super::score::{BoundRecord, Framework};

/// Into how many parts the scale is cut to look for the place where the target is met.
const CELLS: u32 = 64;

/// How often the search beyond the scale doubles its step.
const DOUBLINGS: u32 = 24;

/// How often a part is halved: more would not change a float.
const HALVINGS: usize = 60;

/// What one indicator must reach, all others staying as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Goal {
    /// Position in [`Framework::indicators`].
    pub indicator: usize,
    /// The value now, if there is one.
    pub present: Option<f64>,
    /// The value nearest to the present one with which the score reaches the target, the present one where it does; `None`
    /// where no possible value was found. After a comparison, a compared value.
    pub value: Option<f64>,
    /// The indicator's score at that value.
    pub score: Option<f64>,
}

impl Framework {
    /// For each indicator alone, the value with which the object's score reaches `target`. Indicators that cannot do it
    /// alone have none.
    ///
    /// # Errors
    /// As [`Framework::score`].
    ///
    /// ```
    /// # let framework = cpcfit::Framework::from_text("{cpcfit: 1, kind: framework, id: a, version: 1, root: r, indicators: {x: {direction: higher, normalise: {goalposts: {worst: 0, best: 10}}}, y: {direction: lower, normalise: {goalposts: {worst: 10, best: 0}}}}, nodes: {r: {children: [x, y]}}}")?;
    /// let goals = framework.reach(&[("x", 2.0), ("y", 5.0)].into(), 50.0)?;
    /// let values: Vec<String> = goals.iter().filter_map(|goal| goal.value).map(|value| format!("{value:.3}")).collect();
    /// assert_eq!(values, ["5.000", "2.000"]);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn reach(&self, record: &Record, target: f64) -> Result<Vec<Goal>> {
        let bound = self.bind(record)?;
        Ok((0..self.0.indicators.len()).map(|indicator| self.goal(&bound, indicator, target)).collect())
    }

    /// For each indicator alone, the value with which the object draws level with a rival.
    ///
    /// # Errors
    /// As [`Framework::score`], for either. Where the rival has no score, no indicator has a value.
    pub fn overtake(&self, record: &Record, rival: &Record) -> Result<Vec<Goal>> {
        let target = self.score(rival)?.value().unwrap_or(f64::NAN);
        self.reach(record, target)
    }

    fn goal(&self, bound: &BoundRecord, indicator: usize, target: f64) -> Goal {
        let present = bound.values.get(indicator).copied().flatten();
        let none = Goal { indicator, present, value: None, score: None };
        let Some(model) = self.0.indicators.get(indicator) else { return none };
        let Some(curve) = &model.curve else { return none };
        let own =
            bound.leaves.get(indicator).filter(|leaf| leaf.state != State::Missing).map(|leaf| leaf.score);
        let trial = Trial { framework: self, bound, indicator };
        if let (Some(own), Some(_)) = (own, present)
            && trial.score(own) >= target
        {
            return Goal { value: present, score: Some(own), ..none };
        }
        let Some(needed) = trial.nearest(own, target, curve.cut) else { return none };
        let Some(mut value) = curve.value_of(needed, present, model.possible) else { return none };
        // What a person would write, where it does as well.
        if let Some(short) =
            short(value).filter(|short| (model.possible.0..=model.possible.1).contains(short))
        {
            let score = model.curved(short).unwrap_or(f64::NAN);
            if trial.score(score) >= target {
                return Goal { value: Some(short), score: Some(score), ..none };
            }
        }
        // The way back rounds: a few steps in the better direction make sure.
        let better = curve.value_of(self.0.scale.max, present, model.possible).unwrap_or(value);
        let size = if value == 0.0 { 1.0 } else { value.abs() };
        let mut step = size * f64::EPSILON;
        for _ in 0..48 {
            let score = model.curved(value).unwrap_or(f64::NAN);
            let (low, high) = model.possible;
            if (low..=high).contains(&value) && trial.score(score) >= target {
                return Goal { value: Some(value), score: Some(score), ..none };
            }
            value = if value < better { value + step } else { value - step };
            step *= 2.0;
        }
        none
    }
}

/// The value to twelve significant digits.
fn short(value: f64) -> Option<f64> {
    format!("{value:.11e}").parse().ok()
}

/// One object with another score of one indicator.
struct Trial<'t> {
    framework: &'t Framework,
    bound: &'t BoundRecord,
    indicator: usize,
}

impl Trial<'_> {
    /// The object's score, NaN where it has none.
    fn score(&self, own: f64) -> f64 {
        let model = &*self.framework.0;
        let mut leaves = self.bound.leaves.clone();
        if let Some(leaf) = leaves.get_mut(self.indicator) {
            *leaf = Leaf { score: own, state: State::Observed };
        }
        let mut gaps = Gaps::default();
        let full = Mixture::of(&leaves).is_full();
        if !full {
            gaps.find(model, self.bound.weighting, &leaves);
        }
        let row =
            Row { model, weighting: self.bound.weighting, leaves: &leaves, gaps: (!full).then_some(&gaps) };
        row.score(model.root).unwrap_or(f64::NAN)
    }

    /// The indicator's score nearest to its own that reaches the target.
    fn nearest(&self, own: Option<f64>, target: f64, cut: Cut) -> Option<f64> {
        let scale = self.framework.0.scale;
        let own = own.unwrap_or(scale.min);
        if self.score(own) >= target {
            return Some(own);
        }
        let at = |cell: u32| scale.at(f64::from(cell) / f64::from(CELLS));
        let mut scores: Vec<f64> = (0..=CELLS).map(at).collect();
        // Scores that are not cut lie beyond the scale: there the steps double.
        if own < scale.min {
            scores.insert(0, own);
        }
        if !cut.high.is_finite() {
            let (from, step) = (if own > scale.max { own } else { scale.max }, scale.range());
            let beyond = (0..DOUBLINGS).map(|times| from + step * f64::from(1_u32 << times));
            scores.extend(beyond);
        }
        let ends: Vec<(f64, bool)> =
            scores.into_iter().map(|score| (score, self.score(score) >= target)).collect();
        let crossing = |pair: &[(f64, bool)]| match pair {
            [(low, false), (high, true)] => Some(self.halved(*low, *high, target)),
            [(low, true), (high, false)] => Some(self.halved(*high, *low, target)),
            _ => None,
        };
        let mut found: Vec<f64> = ends.windows(2).filter_map(crossing).collect();
        found.extend(ends.iter().filter(|(_, met)| *met).map(|(score, _)| *score));
        found.into_iter().min_by(|a, b| (a - own).abs().total_cmp(&(b - own).abs()))
    }

    /// Halves between a score that misses the target and one that meets it; the result meets it.
    fn halved(&self, mut misses: f64, mut meets: f64, target: f64) -> f64 {
        for _ in 0..HALVINGS {
            let middle = misses + (meets - misses) / 2.0;
            if self.score(middle) >= target {
                meets = middle;
            } else {
                misses = middle;
            }
        }
        meets
    }
}
