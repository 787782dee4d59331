//! Why an object has its score: what every indicator and node brings, from the computation itself.

use std::fmt;

use crate::column::Record;
use crate::error::Result;

use super::attribution::{Children, Part, attribute};
use super::direction::Direction;
use super::evaluate::Row;
use super::leaf::State;
use super::model::Child;
use super::scale::Scale;
use super::score::{BoundRecord, Framework, Score, ScoreStatus, status};

/// The score of one object, taken apart.
///
/// Where every node on the way to the root sums, the contributions of the indicators, added in their order here, are the
/// score to the bit. Other aggregations are attributed from the top of the scale down: the geometric mean by the logarithmic mean
/// (LMDI, Ang 2004), the others by Shapley value (exact up to 12 children, beyond that by fixed orders); the contributions
/// then sum to the score within 1e-9 of the scale.
#[derive(Clone, Debug)]
pub struct Explanation {
    framework: Framework,
    score: Score,
    nodes: Vec<NodeScore>,
    indicators: Vec<IndicatorScore>,
}

/// What a node has in one object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NodeScore {
    /// Position in [`Framework::nodes`].
    pub node: usize,
    /// How deep it stands; the root has 0.
    pub depth: usize,
    /// Its score on the scale; `None` where it is missing.
    pub score: Option<f64>,
    /// The share of its weights whose values were observed.
    pub coverage: f64,
    /// Its weight among the children that are present; 1 for the root.
    pub weight: f64,
    /// What it brings to the score of the root.
    pub contribution: f64,
}

/// What an indicator has in one object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndicatorScore {
    /// Position in [`Framework::indicators`].
    pub indicator: usize,
    /// How deep it stands.
    pub depth: usize,
    /// The value, in its unit, after a comparison and before it is drawn to limits; `None` where there is none. An
    /// impossible value that counts as missing is shown.
    pub value: Option<f64>,
    /// Whether the value was observed, imputed or is missing.
    pub origin: Origin,
    /// Its score on the scale; `None` where it dropped out.
    pub score: Option<f64>,
    /// Whether the score lies at an end of the scale.
    pub at_end: bool,
    /// The grade of the value, where a table of grades names it.
    pub grade: Option<String>,
    /// Its weight among the children that are present.
    pub weight: f64,
    /// The product of the weights from the root down, in this object.
    pub effective_weight: f64,
    /// What it brings to the score of the root.
    pub contribution: f64,
    /// What is missing to the top of the scale because of it.
    pub undone: f64,
}

/// Where a score comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The value was observed.
    Observed,
    /// Something stood in for a missing value.
    Imputed,
    /// There is none.
    Missing,
}

impl Origin {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Imputed => "imputed",
            Self::Missing => "missing",
        }
    }
}

impl From<State> for Origin {
    fn from(state: State) -> Self {
        match state {
            State::Observed => Self::Observed,
            State::Imputed => Self::Imputed,
            State::Missing => Self::Missing,
        }
    }
}

impl Framework {
    /// The score of one object with what every indicator and node brings to it.
    ///
    /// # Errors
    /// As [`Framework::score`].
    pub fn explain(&self, record: &Record) -> Result<Explanation> {
        let bound = self.bind(record)?;
        Ok(Explanation::new(self, &bound))
    }
}

/// A node's part of the root's score.
#[derive(Clone, Copy)]
struct Portion {
    weight: f64,
    effective: f64,
    part: Part,
    /// Whether every node from the root to here sums: then parts are products with the effective weight.
    summed: bool,
}

impl Explanation {
    pub(super) fn new(framework: &Framework, bound: &BoundRecord) -> Self {
        let model = &*framework.0;
        let row = bound.row(model);
        let value = row.score(model.root);
        let score = Score { value, coverage: row.coverage(model.root), status: status(value, bound.mixture) };
        let mut explainer = Explainer {
            row,
            bound,
            nodes: Vec::with_capacity(model.nodes.len()),
            indicators: Vec::with_capacity(model.indicators.len()),
        };
        let own = value.unwrap_or(0.0);
        let part = Part { brought: own, undone: if value.is_some() { model.scale.max - own } else { 0.0 } };
        explainer.node(model.root, 0, Portion { weight: 1.0, effective: 1.0, part, summed: true });
        let Explainer { nodes, indicators, .. } = explainer;
        Self { framework: framework.clone(), score, nodes, indicators }
    }

    /// The score.
    pub fn score(&self) -> Score {
        self.score
    }

    /// The framework that gave it.
    pub fn framework(&self) -> &Framework {
        &self.framework
    }

    /// Every node, depth first from the root on.
    pub fn nodes(&self) -> &[NodeScore] {
        &self.nodes
    }

    /// Every indicator, depth first in the order of the children.
    pub fn indicators(&self) -> &[IndicatorScore] {
        &self.indicators
    }

    /// How far an indicator lifts the score above, or pulls it below, what its weight would bring at the object's own score.
    pub fn lift(&self, indicator: &IndicatorScore) -> f64 {
        indicator.contribution - indicator.effective_weight * self.score.value.unwrap_or(0.0)
    }

    /// The indicators that lift the score most, at most `count`; those that do not lift it are left out.
    pub fn strengths(&self, count: usize) -> Vec<&IndicatorScore> {
        self.by_lift(count, |lift| -lift)
    }

    /// The indicators that pull the score down most, at most `count`; those that do not are left out.
    pub fn weaknesses(&self, count: usize) -> Vec<&IndicatorScore> {
        self.by_lift(count, |lift| lift)
    }

    fn by_lift(&self, count: usize, key: impl Fn(f64) -> f64) -> Vec<&IndicatorScore> {
        let mut sorted: Vec<&IndicatorScore> = self
            .indicators
            .iter()
            .filter(|indicator| indicator.score.is_some() && key(self.lift(indicator)) < 0.0)
            .collect();
        sorted.sort_by(|a, b| key(self.lift(a)).total_cmp(&key(self.lift(b))));
        sorted.truncate(count);
        sorted
    }
}

struct Explainer<'e> {
    row: Row<'e>,
    bound: &'e BoundRecord,
    nodes: Vec<NodeScore>,
    indicators: Vec<IndicatorScore>,
}

impl Explainer<'_> {
    fn node(&mut self, index: usize, depth: usize, own: Portion) {
        let score = self.row.score(index);
        let coverage = self.row.coverage(index);
        let contribution = own.part.brought;
        self.nodes.push(NodeScore { node: index, depth, score, coverage, weight: own.weight, contribution });
        let model = self.row.model;
        let Some(node) = model.nodes.get(index) else { return };
        let (mut places, mut weights, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        if score.is_some() {
            for (place, child, weight) in self.row.present_children(index) {
                places.push(place);
                weights.push(weight);
                scores.push(self.row.child_score(child).unwrap_or(0.0));
            }
        }
        let summed = own.summed && self.row.sums(index);
        let children = Children { weights: &weights, scores: &scores, places: &places };
        let parts = attribute(&node.aggregate, children, model.scale);
        let whole = parts.iter().fold(0.0, |sum, part| sum + part.undone);
        let mut present = places.iter().zip(&weights).zip(&scores).zip(&parts).peekable();
        for (place, child) in node.children.iter().enumerate() {
            let absent = Portion { weight: 0.0, effective: 0.0, part: Part::default(), summed };
            let portion = match present.next_if(|(((at, _), _), _)| **at == place) {
                Some((((_, weight), score), part)) => {
                    let effective = own.effective * weight;
                    let part = if summed {
                        Part { brought: effective * score, undone: effective * (model.scale.max - score) }
                    } else {
                        // What is brought may cancel out, what is undone does not: so that is what is shared out.
                        let undone = share(own.part.undone, part.undone, whole, *weight, model.scale);
                        Part { brought: weight * (own.part.brought + own.part.undone) - undone, undone }
                    };
                    Portion { weight: *weight, effective, part, summed }
                }
                None => absent,
            };
            self.child(*child, depth.saturating_add(1), portion);
        }
    }

    fn child(&mut self, child: Child, depth: usize, portion: Portion) {
        let Child::Indicator(index) = child else {
            if let Child::Node(index) = child {
                self.node(index, depth, portion);
            }
            return;
        };
        let Some(leaf) = self.row.leaves.get(index) else { return };
        let scale = self.row.model.scale;
        // Adding zero turns -0.0 into 0.0.
        let score = (leaf.state != State::Missing).then_some(leaf.score + 0.0);
        self.indicators.push(IndicatorScore {
            indicator: index,
            depth,
            value: self.bound.values.get(index).copied().flatten(),
            origin: leaf.state.into(),
            score,
            grade: self.grade(index),
            at_end: score.is_some_and(|score| score == scale.min || score == scale.max),
            weight: portion.weight,
            effective_weight: portion.effective,
            contribution: portion.part.brought + 0.0,
            undone: portion.part.undone + 0.0,
        });
    }
}

impl Explainer<'_> {
    fn grade(&self, index: usize) -> Option<String> {
        let indicator = self.row.model.indicators.get(index)?;
        let value = self.bound.values.get(index).copied().flatten()?;
        indicator.curve.as_ref()?.grade(indicator.drawn(value)).map(str::to_owned)
    }
}

/// A part of a whole, carried over to what the whole is worth above; by weight where the whole is nothing but rounding.
fn share(worth: f64, part: f64, whole: f64, weight: f64, scale: Scale) -> f64 {
    if whole.abs() <= 1e-12 * scale.range() { worth * weight } else { worth * (part / whole) }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let framework = &self.framework;
        let scale = framework.scale();
        match self.score.value {
            Some(value) => write!(f, "{} {value:.2} on {} to {}", framework.id(), scale.min, scale.max)?,
            None => write!(f, "{}: no score", framework.id())?,
        }
        if self.score.status != ScoreStatus::Ok {
            write!(f, " ({}, coverage {:.0}%)", self.score.status.word(), self.score.coverage * 100.0)?;
        }
        for indicator in &self.indicators {
            let Some(model) = framework.indicators().get(indicator.indicator) else { continue };
            let sign = model.direction().sign();
            write!(f, "\n  {sign} {}", model.id())?;
            if let Some(value) = indicator.value {
                write!(f, " = {value}")?;
                if let Some(unit) = model.unit() {
                    write!(f, " {unit}")?;
                }
            }
            match indicator.score {
                Some(score) => write!(
                    f,
                    ": {score:.2} x {:.4} brings {:.2}",
                    indicator.effective_weight, indicator.contribution
                )?,
                None => write!(f, ": missing, others share its weight")?,
            }
            if indicator.origin == Origin::Imputed {
                write!(f, " (imputed)")?;
            }
        }
        Ok(())
    }
}

impl IndicatorScore {
    /// Which values are better, repeated from the framework so that no table is without it.
    pub fn direction(&self, framework: &Framework) -> Direction {
        framework
            .indicators()
            .get(self.indicator)
            .map_or(Direction::Higher, super::model::Indicator::direction)
    }
}
