//! The weights of every node and segment, divided by their sums.

use std::collections::HashMap;

use crate::document::{At, Dict, DictEntry, Id, Located};
use crate::error::{Problem, nearest, scoring as code};

use super::document::{FrameworkDocument, NodeEntry};
use super::model::{Child, Weighting};
use super::tree::Tree;
use super::weighting::{Judgement, MixBy, MixPart, WeightsEntry};

/// Resolves weights, gathering problems, warnings and what is still to be fitted.
pub(super) struct Weigher<'w> {
    read: &'w FrameworkDocument,
    tree: &'w Tree,
    problems: &'w mut Vec<Problem>,
    unfitted: &'w mut Vec<Problem>,
    warnings: Vec<Problem>,
    segments: Vec<Box<str>>,
}

/// What became of weights.
enum Weights {
    Known(Vec<f64>),
    Unfitted,
}

impl<'w> Weigher<'w> {
    pub(super) fn new(
        read: &'w FrameworkDocument,
        tree: &'w Tree,
        problems: &'w mut Vec<Problem>,
        unfitted: &'w mut Vec<Problem>,
    ) -> Self {
        let mut segments: Vec<Box<str>> = Vec::new();
        for by in read.nodes.entries.iter().flat_map(|node| &node.value.by_segment) {
            if !segments.contains(&by.segment) {
                segments.push(by.segment.clone());
            }
        }
        Self { read, tree, problems, unfitted, warnings: Vec::new(), segments }
    }

    /// Warnings, and the segments in the order of their weightings.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<Box<str>>) {
        (self.warnings, self.segments)
    }

    /// The weighting of rows without a segment, then those of the segments.
    pub(super) fn all(&mut self) -> Option<Vec<Weighting>> {
        let nodes: Vec<Option<Vec<f64>>> =
            self.read.nodes.entries.iter().enumerate().map(|(index, node)| self.node(index, node)).collect();
        let segments: Vec<Vec<Option<Vec<f64>>>> = (0..self.segments.len())
            .map(|segment| {
                let entries = self.read.nodes.entries.iter().zip(&nodes).enumerate();
                entries.map(|(index, (node, own))| self.segment(segment, index, node, own.as_ref())).collect()
            })
            .collect();
        let all = std::iter::once(nodes).chain(segments);
        all.map(|nodes| Some(self.weighting(nodes.into_iter().collect::<Option<_>>()?))).collect()
    }

    fn weighting(&self, nodes: Vec<Vec<f64>>) -> Weighting {
        let mut own = vec![1.0; nodes.len()];
        let mut effective = vec![0.0; self.read.indicators.entries.len()];
        for node in &self.tree.top_down {
            let above = own.get(*node).copied().unwrap_or(0.0);
            let children = self.tree.children.get(*node).into_iter().flatten();
            for (child, weight) in children.zip(nodes.get(*node).into_iter().flatten()) {
                let slot = match child {
                    Child::Indicator(index) => effective.get_mut(*index),
                    Child::Node(index) => own.get_mut(*index),
                };
                if let Some(slot) = slot {
                    *slot = above * weight;
                }
            }
        }
        Weighting { nodes, effective }
    }

    fn children(&self, node: usize) -> Vec<(&'w str, Child)> {
        let id = |child: &Child| match child {
            Child::Indicator(index) => self.read.indicators.entries.get(*index).map(|entry| &*entry.key),
            Child::Node(index) => self.read.nodes.entries.get(*index).map(|entry| &*entry.key),
        };
        let children = self.tree.children.get(node).into_iter().flatten();
        children.map(|child| (id(child).unwrap_or(""), *child)).collect()
    }

    fn node(&mut self, index: usize, node: &DictEntry<NodeEntry>) -> Option<Vec<f64>> {
        let children = self.children(index);
        let ids: Vec<&str> = children.iter().map(|(id, _)| *id).collect();
        if !node.value.weights_was_read {
            return None;
        }
        let weights = match &node.value.weights {
            None => self.own_weights(&children, &node.at),
            Some(written) => self.entry(&written.value, &written.at, &ids),
        };
        match weights? {
            Weights::Known(weights) => Some(weights),
            // Stand-ins: nothing is scored before it is fitted.
            Weights::Unfitted => Some(normalised(vec![1.0; ids.len()])),
        }
    }

    /// Each child's own `weight`; that none is negative was checked before.
    fn own_weights(&mut self, children: &[(&str, Child)], at: &At) -> Option<Weights> {
        let read = self.read;
        let written = |child: &Child| match child {
            Child::Indicator(index) => {
                read.indicators.entries.get(*index).and_then(|entry| entry.value.weight.as_ref())
            }
            Child::Node(index) => {
                read.nodes.entries.get(*index).and_then(|entry| entry.value.weight.as_ref())
            }
        };
        let weights =
            children.iter().map(|(_, child)| written(child).map_or(1.0, |weight| weight.value)).collect();
        self.known(weights, at)
    }

    fn not_negative(&mut self, weight: &Located<f64>) -> bool {
        if weight.value >= 0.0 {
            return true;
        }
        let problem = weight.at.problem(code::BAD_WEIGHT, "the weight is negative");
        self.problems.push(problem.with_found(format!("`{}`", weight.value)).with_expected("zero or more"));
        false
    }

    /// Divides by the sum, which must be above zero.
    fn known(&mut self, weights: Vec<f64>, at: &At) -> Option<Weights> {
        let sum: f64 = weights.iter().sum();
        if sum > 0.0 && sum.is_finite() {
            return Some(Weights::Known(normalised(weights)));
        }
        let message = if sum > 0.0 { "the sum of the weights is too large" } else { "all weights are zero" };
        let problem = at.problem(code::ZERO_WEIGHTS, message);
        self.problems.push(problem.with_expected("at least one weight above zero, and a finite sum"));
        None
    }

    fn entry(&mut self, entry: &WeightsEntry, at: &At, ids: &[&str]) -> Option<Weights> {
        match entry {
            WeightsEntry::Equal => self.known(vec![1.0; ids.len()], at),
            WeightsEntry::Values(values) => self.values(values, at, ids),
            WeightsEntry::Ranking(ranking) => self.ranking(ranking, ids),
            WeightsEntry::Ahp(matrix) => self.ahp(matrix, ids),
            WeightsEntry::FromData(_) => {
                let problem = at.problem(code::NOT_FITTED, "the weights are to be fitted");
                self.unfitted.push(problem.with_expected("numbers: fit the framework to data first"));
                Some(Weights::Unfitted)
            }
            WeightsEntry::Mix(parts, by) => self.mix(parts, *by, at, ids),
        }
    }

    /// A weight for every child, by id.
    fn values(&mut self, values: &Dict<Located<f64>>, at: &At, ids: &[&str]) -> Option<Weights> {
        let before = self.problems.len();
        let places = places(ids);
        let mut weights = vec![None; ids.len()];
        for entry in &values.entries {
            if let Some(slot) = places.get(&*entry.key).and_then(|index| weights.get_mut(*index)) {
                *slot = Some(entry.value.value);
            } else {
                let problem = entry.at.problem(code::UNKNOWN_CHILD, "the node has no such child");
                let near = nearest(&entry.key, ids.iter().copied().take(SUGGESTED));
                self.problems.push(problem.with_found(format!("`{}`", entry.key)).suggest(near));
            }
            self.not_negative(&entry.value);
        }
        if values.complete {
            for (id, _) in ids.iter().zip(&weights).filter(|(_, weight)| weight.is_none()) {
                let problem = at.problem(code::BAD_WEIGHT, "a child has no weight");
                self.problems
                    .push(problem.with_found(format!("no `{id}`")).with_expected("a weight for every child"));
            }
        }
        (self.problems.len() == before && values.complete).then_some(())?;
        self.known(weights.into_iter().flatten().collect(), at)
    }

    /// Rank-order centroid: the mean of all weights that respect the order (Barron and Barrett 1996).
    fn ranking(&mut self, ranking: &Located<Vec<Located<Id>>>, ids: &[&str]) -> Option<Weights> {
        let before = self.problems.len();
        let places = places(ids);
        let mut order = Vec::with_capacity(ids.len());
        let mut ranked = vec![false; ids.len()];
        for id in &ranking.value {
            let found = format!("`{}`", id.value.as_str());
            match places.get(id.value.as_str()).and_then(|place| Some((*place, ranked.get_mut(*place)?))) {
                Some((place, ranked @ false)) => {
                    *ranked = true;
                    order.push(place);
                }
                Some(_) => {
                    let problem = id.at.problem(code::CHILD_TWICE, "the child stands twice in the ranking");
                    self.problems.push(problem.with_found(found).with_expected("every child once"));
                }
                None => {
                    let problem = id.at.problem(code::UNKNOWN_CHILD, "the node has no such child");
                    let near = nearest(id.value.as_str(), ids.iter().copied().take(SUGGESTED));
                    self.problems.push(problem.with_found(found).suggest(near));
                }
            }
        }
        for (id, _) in ids.iter().zip(&ranked).filter(|(_, ranked)| !**ranked) {
            let problem = ranking.at.problem(code::BAD_WEIGHT, "a child is not ranked");
            self.problems.push(problem.with_found(format!("no `{id}`")).with_expected("every child once"));
        }
        (self.problems.len() == before).then_some(())?;
        let mut weights = vec![0.0; ids.len()];
        for (place, weight) in order.into_iter().zip(rank_order_centroid(ids.len())) {
            weights.get_mut(place).into_iter().for_each(|slot| *slot = weight);
        }
        self.known(weights, &ranking.at)
    }

    /// The principal eigenvector of comparisons in pairs.
    fn ahp(&mut self, matrix: &Located<Vec<Vec<Judgement>>>, ids: &[&str]) -> Option<Weights> {
        if matrix.value.len() != ids.len() || matrix.value.iter().any(|row| row.len() != ids.len()) {
            let problem = matrix.at.problem(code::AHP_NOT_SQUARE, "the matrix does not fit the children");
            self.problems.push(problem.with_expected(format!("{0} rows of {0} comparisons", ids.len())));
            return None;
        }
        for cell in matrix.value.iter().flatten().filter(|cell| cell.value <= 0.0) {
            let problem = cell.at.problem(code::AHP_NOT_POSITIVE, "the comparison is not above zero");
            self.problems.push(problem.with_found(format!("`{}`", cell.value)).with_expected("3, or `1/3`"));
        }
        None
    }

    fn mix(&mut self, parts: &[MixPart], by: MixBy, at: &At, ids: &[&str]) -> Option<Weights> {
        let before = self.problems.len();
        for part in parts {
            self.not_negative(&part.share);
        }
        if parts.is_empty() {
            let problem = at.problem(code::BAD_METHOD, "the mix is empty");
            self.problems.push(problem.with_expected("at least one weighting"));
        }
        let read: Vec<Option<Weights>> =
            parts.iter().map(|part| self.entry(&part.weights.value, &part.weights.at, ids)).collect();
        let read: Vec<Weights> = read.into_iter().collect::<Option<_>>()?;
        (self.problems.len() == before).then_some(())?;
        let mut known: Vec<Vec<f64>> = Vec::with_capacity(read.len());
        for weights in read {
            match weights {
                Weights::Known(weights) => known.push(weights),
                Weights::Unfitted => return Some(Weights::Unfitted),
            }
        }
        let of = |index: usize| {
            known.iter().map(move |weights| weights.get(index).copied().unwrap_or(0.0)).zip(parts)
        };
        let mixed = (0..ids.len()).map(|index| match by {
            MixBy::Sum => of(index).fold(0.0, |sum, (weight, part)| sum + part.share.value * weight),
            MixBy::Product => {
                of(index).fold(1.0, |product, (weight, part)| product * libm::pow(weight, part.share.value))
            }
        });
        let mixed = mixed.collect();
        self.known(mixed, at)
    }

    /// The weights of a segment; where it has none of its own, those of the node.
    fn segment(
        &mut self,
        segment: usize,
        index: usize,
        node: &DictEntry<NodeEntry>,
        own: Option<&Vec<f64>>,
    ) -> Option<Vec<f64>> {
        let name = self.segments.get(segment)?.clone();
        let Some(by) = node.value.by_segment.iter().find(|by| by.segment == name) else {
            return own.cloned();
        };
        if self.read.segments.is_none() {
            let problem =
                by.at.problem(code::NO_SEGMENT_FIELD, "nothing says where the segment of a row stands");
            self.problems.push(problem.with_expected("`segments: {field: ...}` at the top of the document"));
            return None;
        }
        let ids: Vec<&str> = self.children(index).into_iter().map(|(id, _)| id).collect();
        match self.values(&by.weights, &by.at, &ids)? {
            Weights::Known(weights) => Some(weights),
            Weights::Unfitted => None,
        }
    }
}

/// Among how many children the nearest name is looked for.
const SUGGESTED: usize = 1000;

fn places<'i>(ids: &[&'i str]) -> HashMap<&'i str, usize> {
    ids.iter().copied().zip(0..).collect()
}

/// Each weight over the sum of all.
fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// The weights of `n` children by importance: the k-th is the mean of `1/k ..= 1/n` with zeros before.
#[expect(clippy::cast_precision_loss, reason = "children are few")]
fn rank_order_centroid(n: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let mut weights: Vec<f64> = (1..=n)
        .rev()
        .map(|rank| {
            sum += 1.0 / rank as f64;
            sum / n as f64
        })
        .collect();
    weights.reverse();
    weights
}

/// Weights from the scores of the children, by column.
pub(super) fn data_weights(
    _method: super::weighting::DataWeights,
    _columns: &[Vec<f64>],
) -> Result<Vec<f64>, super::fit::WeightFault> {
    Err((code::TOO_FEW_ROWS, "not yet".to_owned(), "x"))
}
