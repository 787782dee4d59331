//! The reference evaluator: the score of every node of one row, from the scores of its indicators.
//!
//! A node whose scores are summed is the ordered sum over its terms, depth first in the order of the children, of
//! effective weight times score. Terms are indicators, and nodes that put scores together otherwise; the effective weight
//! is the product of the weights on the path, multiplied from the top down. The column evaluator does the same sums.

use super::aggregate::Aggregate;
use super::leaf::{Leaf, State};
use super::model::{Child, Model};

/// Weights are rounded: eight of ten equal ones cover a little less than 0.8.
const ROUNDING: f64 = 1e-9;

/// One row: the scores of its indicators, and what is missing among them.
pub(super) struct Row<'r> {
    pub(super) model: &'r Model,
    pub(super) weighting: usize,
    pub(super) leaves: &'r [Leaf],
    /// `None` where every indicator was observed.
    pub(super) gaps: Option<&'r Gaps>,
}

/// What is missing in a row, by node.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    nodes: Vec<Gap>,
}

/// What is missing under a node.
#[derive(Clone, Copy, Debug)]
struct Gap {
    present: bool,
    coverage: f64,
    /// The sum of the weights of the children that are present, where not all are.
    left: Option<f64>,
}

/// What became of a row as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mixture {
    pub(super) imputed: bool,
    pub(super) skipped: bool,
}

impl Mixture {
    pub(super) fn of(leaves: &[Leaf]) -> Self {
        let any = |state| leaves.iter().any(|leaf| leaf.state == state);
        Self { imputed: any(State::Imputed), skipped: any(State::Missing) }
    }

    /// The same, once the gaps are known: a node without enough coverage drops out as an indicator does.
    pub(super) fn with(self, gaps: &Gaps) -> Self {
        Self { skipped: self.skipped || gaps.any_dropped(), ..self }
    }

    pub(super) fn is_full(self) -> bool {
        !self.imputed && !self.skipped
    }
}

impl Gaps {
    /// Finds the gaps of a row, from the leaves up.
    pub(super) fn find(&mut self, model: &Model, weighting: usize, leaves: &[Leaf]) {
        self.nodes.clear();
        self.nodes.resize(model.nodes.len(), Gap { present: true, coverage: 1.0, left: None });
        for index in model.top_down.iter().rev() {
            let gap = self.of_node(model, weighting, leaves, *index);
            self.nodes.get_mut(*index).into_iter().for_each(|slot| *slot = gap);
        }
    }

    fn of_node(&self, model: &Model, weighting: usize, leaves: &[Leaf], index: usize) -> Gap {
        let whole = Gap { present: true, coverage: 1.0, left: None };
        let Some(node) = model.nodes.get(index) else { return whole };
        let (mut all, mut full, mut left, mut coverage) = (true, true, 0.0, 0.0);
        let mut any = false;
        for (child, weight) in node.children.iter().zip(model.weights(weighting, index)) {
            let (present, covered) = self.of_child(leaves, *child);
            coverage += weight * covered;
            full &= covered == 1.0;
            all &= present;
            any |= present;
            left += if present { *weight } else { 0.0 };
        }
        let coverage = if full { 1.0 } else { coverage };
        let present = any && left > 0.0 && coverage >= node.min_coverage - ROUNDING;
        Gap { present, coverage, left: if all { None } else { Some(left) } }
    }

    fn of_child(&self, leaves: &[Leaf], child: Child) -> (bool, f64) {
        match child {
            Child::Indicator(index) => match leaves.get(index).map(|leaf| leaf.state) {
                Some(State::Observed) | None => (true, 1.0),
                Some(State::Imputed) => (true, 0.0),
                Some(State::Missing) => (false, 0.0),
            },
            Child::Node(index) => {
                self.nodes.get(index).map_or((true, 1.0), |gap| (gap.present, gap.coverage))
            }
        }
    }

    /// Whether a node has dropped out.
    fn any_dropped(&self) -> bool {
        self.nodes.iter().any(|gap| !gap.present)
    }

    fn get(&self, node: usize) -> Option<Gap> {
        self.nodes.get(node).copied()
    }
}

impl Row<'_> {
    /// The score of a node; `None` where it is missing.
    pub(super) fn score(&self, node: usize) -> Option<f64> {
        let present = self.gaps.and_then(|gaps| gaps.get(node)).is_none_or(|gap| gap.present);
        // Adding zero turns -0.0 into 0.0.
        present.then(|| self.present_score(node) + 0.0)
    }

    /// The share of the weights whose values were observed.
    pub(super) fn coverage(&self, node: usize) -> f64 {
        self.gaps.and_then(|gaps| gaps.get(node)).map_or(1.0, |gap| gap.coverage)
    }

    /// The score of a child; `None` where it is missing.
    pub(super) fn child_score(&self, child: Child) -> Option<f64> {
        match child {
            Child::Indicator(index) => {
                self.leaves.get(index).filter(|leaf| leaf.state != State::Missing).map(|leaf| leaf.score)
            }
            Child::Node(index) => self.score(index),
        }
    }

    /// The children of a node that are present, with their place and their weight in this row.
    pub(super) fn present_children(&self, node: usize) -> impl Iterator<Item = (usize, Child, f64)> {
        let left = self.gaps.and_then(|gaps| gaps.get(node)).and_then(|gap| gap.left);
        let children = self.model.nodes.get(node).map_or(&[][..], |node| &node.children);
        let weighted = children.iter().zip(self.model.weights(self.weighting, node)).enumerate();
        weighted
            .filter(|(_, (child, _))| self.is_present(**child))
            .map(move |(place, (child, weight))| (place, *child, left.map_or(*weight, |left| weight / left)))
    }

    fn is_present(&self, child: Child) -> bool {
        match child {
            Child::Indicator(index) => {
                self.leaves.get(index).is_some_and(|leaf| leaf.state != State::Missing)
            }
            Child::Node(index) => self.gaps.and_then(|gaps| gaps.get(index)).is_none_or(|gap| gap.present),
        }
    }

    fn present_score(&self, node: usize) -> f64 {
        let Some(model) = self.model.nodes.get(node) else { return f64::NAN };
        if model.aggregate == Aggregate::Arithmetic {
            let mut sum = 0.0;
            self.each_term(node, 1.0, &mut |_, weight, score| sum += weight * score);
            return sum;
        }
        let (mut places, mut weights, mut scores) = (Vec::new(), Vec::new(), Vec::new());
        for (place, child, weight) in self.present_children(node) {
            places.push(place);
            weights.push(weight);
            scores.push(self.child_score(child).unwrap_or(0.0));
        }
        model.aggregate.of(&weights, &scores, &places, self.model.scale)
    }

    /// Calls `each` with every term of a node that sums, its effective weight and its score.
    pub(super) fn each_term(&self, node: usize, above: f64, each: &mut impl FnMut(Child, f64, f64)) {
        for (_, child, weight) in self.present_children(node) {
            let weight = above * weight;
            match child {
                Child::Indicator(index) => {
                    let score = self.leaves.get(index).map_or(0.0, |leaf| leaf.score);
                    each(child, weight, score);
                }
                Child::Node(index) if self.sums(index) => self.each_term(index, weight, each),
                Child::Node(index) => each(child, weight, self.present_score(index)),
            }
        }
    }

    pub(super) fn sums(&self, node: usize) -> bool {
        self.model.nodes.get(node).is_some_and(|node| node.aggregate == Aggregate::Arithmetic)
    }
}
