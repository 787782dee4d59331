//! The work of the column evaluator in order: sums with their terms laid out, and what puts scores together otherwise.

use super::aggregate::Aggregate;
use super::evaluate::Row;
use super::model::{Child, Model};

/// What is computed for every block, for one weighting.
#[derive(Debug)]
pub(super) struct Plan {
    /// Each after those that it uses.
    pub(super) units: Vec<Unit>,
    /// Where the results asked for stand; the root is the first.
    pub(super) results: Vec<Source>,
    /// The scores of these indicators are kept for the block; those of others are only added.
    pub(super) kept: Vec<bool>,
}

/// The score of one node.
#[derive(Debug)]
pub(super) enum Unit {
    Sum(Vec<Term>),
    Other { aggregate: Aggregate, sources: Vec<Source>, weights: Vec<f64> },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub(super) source: Source,
    pub(super) weight: f64,
}

/// Where a score stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Indicator(usize),
    Unit(usize),
}

impl Plan {
    /// The plan for the root and for what else is asked for.
    pub(super) fn new(model: &Model, weighting: usize, asked: &[Child]) -> Self {
        let mut planner = Planner {
            row: Row { model, weighting, leaves: &[], gaps: None },
            units: Vec::new(),
            of_node: vec![None; model.nodes.len()],
            uses: vec![0_u32; model.indicators.len()],
            kept: vec![false; model.indicators.len()],
        };
        let results = std::iter::once(Child::Node(model.root)).chain(asked.iter().copied());
        let results: Vec<Source> = results
            .map(|child| {
                if let Child::Indicator(index) = child {
                    planner.keep(index);
                }
                planner.source(child)
            })
            .collect();
        let kept = planner.kept.iter().zip(&planner.uses).map(|(kept, uses)| *kept || *uses > 1).collect();
        Self { units: planner.units, results, kept }
    }
}

struct Planner<'m> {
    row: Row<'m>,
    units: Vec<Unit>,
    of_node: Vec<Option<usize>>,
    uses: Vec<u32>,
    kept: Vec<bool>,
}

impl Planner<'_> {
    fn keep(&mut self, indicator: usize) {
        self.kept.get_mut(indicator).into_iter().for_each(|kept| *kept = true);
    }

    fn source(&mut self, child: Child) -> Source {
        match child {
            Child::Indicator(index) => {
                self.uses.get_mut(index).into_iter().for_each(|uses| *uses = uses.saturating_add(1));
                Source::Indicator(index)
            }
            Child::Node(index) => Source::Unit(self.unit(index)),
        }
    }

    fn unit(&mut self, node: usize) -> usize {
        if let Some(Some(known)) = self.of_node.get(node) {
            return *known;
        }
        let unit = if self.row.sums(node) {
            let mut terms = Vec::new();
            self.terms(node, 1.0, &mut terms);
            Unit::Sum(
                terms
                    .into_iter()
                    .map(|(child, weight)| Term { source: self.source(child), weight })
                    .collect(),
            )
        } else {
            self.other(node)
        };
        let index = self.units.len();
        self.units.push(unit);
        self.of_node.get_mut(node).into_iter().for_each(|slot| *slot = Some(index));
        index
    }

    /// The terms of a node that sums, as the reference evaluator goes through them.
    fn terms(&self, node: usize, above: f64, terms: &mut Vec<(Child, f64)>) {
        let model = self.row.model;
        let children = model.nodes.get(node).map_or(&[][..], |node| &node.children);
        for (child, weight) in children.iter().zip(model.weights(self.row.weighting, node)) {
            let weight = above * weight;
            match child {
                Child::Node(index) if self.row.sums(*index) => self.terms(*index, weight, terms),
                _ => terms.push((*child, weight)),
            }
        }
    }

    fn other(&mut self, node: usize) -> Unit {
        let model = self.row.model;
        let aggregate = model.nodes.get(node).map_or(Aggregate::Arithmetic, |node| node.aggregate.clone());
        let children = model.nodes.get(node).map_or(&[][..], |node| &node.children);
        for child in children {
            if let Child::Indicator(index) = child {
                self.keep(*index);
            }
        }
        let sources = children.iter().map(|child| self.source(*child)).collect();
        Unit::Other { aggregate, sources, weights: model.weights(self.row.weighting, node).to_vec() }
    }
}
