//! The weights of every node and segment, divided by their sums.

use std::collections::HashMap;

use crate::document::{At, Dict, DictEntry, Id, Located};
use crate::error::{Problem, nearest, scoring as code};

use super::direction::Direction;
use super::document::{FrameworkDocument, NodeEntry, SegmentWeights};
use super::fault::Fault;
use super::matrix::Matrix;
use super::model::{Child, Weighting};
use super::tree::{SUGGESTIONS, Tree};
use super::weighting::{DataWeights, Judgement, MixPart, WeightsEntry};
use super::weights::{
    Comparison, Mixing, ahp, critic, entropy, mix, principal_components, rank_order_centroid,
    standard_deviation,
};

/// Resolves weights, gathering problems, warnings and what is still to be fitted.
pub(super) struct Weigher<'w> {
    read: &'w FrameworkDocument,
    tree: &'w Tree,
    problems: &'w mut Vec<Problem>,
    unfitted: &'w mut Vec<Problem>,
    warnings: Vec<Problem>,
    comparisons: Vec<(usize, Comparison)>,
    /// The node whose weights are being resolved.
    at_node: usize,
    segments: Vec<Box<str>>,
}

/// What was found beside the weights.
pub(super) struct Findings {
    pub(super) warnings: Vec<Problem>,
    /// By node.
    pub(super) comparisons: Vec<(usize, Comparison)>,
    pub(super) segments: Vec<Box<str>>,
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
        let all = read.nodes.entries.iter().flat_map(|node| &node.value.by_segment);
        let mut segments: Vec<Box<str>> = all.map(|by| by.segment.clone()).collect();
        segments.sort_unstable();
        segments.dedup();
        Self {
            read,
            tree,
            problems,
            unfitted,
            warnings: Vec::new(),
            comparisons: Vec::new(),
            at_node: 0,
            segments,
        }
    }

    pub(super) fn finish(self) -> Findings {
        Findings { warnings: self.warnings, comparisons: self.comparisons, segments: self.segments }
    }

    /// The weighting of rows without a segment, then those of the segments.
    pub(super) fn all(&mut self) -> Option<Vec<Weighting>> {
        let nodes: Vec<Option<Vec<f64>>> =
            self.read.nodes.entries.iter().enumerate().map(|(index, node)| self.node(index, node)).collect();
        self.check_segments()?;
        let by_name: Vec<BySegment<'w>> = self.read.nodes.entries.iter().map(by_segment).collect();
        let segments: Vec<Vec<Option<Vec<f64>>>> = self
            .segments
            .clone()
            .iter()
            .map(|name| {
                let entries = by_name.iter().zip(&nodes).enumerate();
                entries
                    .map(|(index, (by_name, own))| match by_name.get(&**name) {
                        Some(by) => self.segment(index, by),
                        None => own.clone(),
                    })
                    .collect()
            })
            .collect();
        let all = std::iter::once(nodes).chain(segments);
        all.map(|nodes| Some(self.weighting(nodes.into_iter().collect::<Option<_>>()?))).collect()
    }

    /// Every segment has weights for the whole tree, so many segments and a large tree would fill the memory.
    fn check_segments(&mut self) -> Option<()> {
        let tree = self.read.nodes.entries.len().saturating_add(self.read.indicators.entries.len());
        if self.segments.len().saturating_mul(tree) <= MOST_WEIGHTS {
            return Some(());
        }
        let by = self.read.nodes.entries.iter().flat_map(|node| &node.value.by_segment);
        if let Some(by) = by.last() {
            let problem =
                by.at.problem(code::TOO_MANY_SEGMENTS, "there are too many segments for a tree of this size");
            let found = format!("{} segments, {tree} indicators and nodes", self.segments.len());
            let expected = format!("a product of at most {MOST_WEIGHTS}");
            self.problems.push(problem.with_found(found).with_expected(expected));
        }
        None
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
        self.at_node = index;
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
        // What is negative was reported already.
        if children.iter().filter_map(|(_, child)| written(child)).any(|weight| weight.value < 0.0) {
            return None;
        }
        let weights =
            children.iter().map(|(_, child)| written(child).map_or(1.0, |weight| weight.value)).collect();
        self.known(weights, at)
    }

    /// The child that an unknown id may mean; after many problems it is not looked for.
    fn near<'i>(&self, id: &str, ids: &[&'i str]) -> Option<&'i str> {
        let few = self.problems.len() < SUGGESTIONS;
        if few { nearest(id, ids.iter().copied().take(SUGGESTED)) } else { None }
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
                let near = self.near(&entry.key, ids);
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
                    let near = self.near(id.value.as_str(), ids);
                    self.problems.push(problem.with_found(found).suggest(near));
                }
            }
        }
        for (id, _) in ids.iter().zip(&ranked).filter(|(_, ranked)| !**ranked) {
            let problem = ranking.at.problem(code::BAD_WEIGHT, "a child is not ranked");
            self.problems.push(problem.with_found(format!("no `{id}`")).with_expected("every child once"));
        }
        (self.problems.len() == before).then_some(())?;
        self.taken(rank_order_centroid(&order), &ranking.at, ids)
    }

    /// The principal eigenvector of comparisons in pairs, with a warning where they contradict each other.
    fn ahp(&mut self, matrix: &Located<Vec<Vec<Judgement>>>, ids: &[&str]) -> Option<Weights> {
        let rows: Vec<Vec<f64>> =
            matrix.value.iter().map(|row| row.iter().map(|cell| cell.value).collect()).collect();
        if rows.len() != ids.len() {
            let problem = matrix.at.problem(code::AHP_NOT_SQUARE, "the matrix does not fit the children");
            let found = format!("{} rows", rows.len());
            self.problems.push(problem.with_found(found).with_expected(format!("{} rows", ids.len())));
            return None;
        }
        match ahp(&rows) {
            Ok(comparison) => {
                let warning = comparison.warning(|code, message| matrix.at.problem(code, message));
                self.warnings.extend(warning);
                let weights = comparison.weights().values().to_vec();
                self.comparisons.push((self.at_node, comparison));
                Some(Weights::Known(weights))
            }
            Err(faults) => {
                for fault in faults {
                    let cell = fault
                        .cell()
                        .and_then(|(row, column)| matrix.value.get(row).and_then(|row| row.get(column)));
                    let at = cell.map_or(&matrix.at, |cell| &cell.at);
                    self.problems.push(fault.problem(ids, |code, message| at.problem(code, message)));
                }
                None
            }
        }
    }

    /// Weights of a method, or its problems.
    fn taken(
        &mut self,
        weights: Result<super::weights::Weights, Vec<Fault>>,
        at: &At,
        ids: &[&str],
    ) -> Option<Weights> {
        match weights {
            Ok(weights) => Some(Weights::Known(weights.values().to_vec())),
            Err(faults) => {
                let problem = |fault: Fault| fault.problem(ids, |code, message| at.problem(code, message));
                self.problems.extend(faults.into_iter().map(problem));
                None
            }
        }
    }

    fn mix(&mut self, parts: &[MixPart], by: Mixing, at: &At, ids: &[&str]) -> Option<Weights> {
        let read: Vec<Option<Weights>> =
            parts.iter().map(|part| self.entry(&part.weights.value, &part.weights.at, ids)).collect();
        let mut known = Vec::with_capacity(read.len());
        for (weights, part) in read.into_iter().zip(parts) {
            match weights? {
                Weights::Known(weights) => {
                    known.push((part.share.value, super::weights::Weights::from_shares(weights).ok()?));
                }
                Weights::Unfitted => return Some(Weights::Unfitted),
            }
        }
        let parts: Vec<(f64, &super::weights::Weights)> =
            known.iter().map(|(share, weights)| (*share, weights)).collect();
        self.taken(mix(&parts, by), at, ids)
    }

    /// The weights that a node has for a segment.
    fn segment(&mut self, index: usize, by: &SegmentWeights) -> Option<Vec<f64>> {
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

/// The segments for which a node has weights of its own.
type BySegment<'w> = HashMap<&'w str, &'w SegmentWeights>;

fn by_segment(node: &DictEntry<NodeEntry>) -> BySegment<'_> {
    node.value.by_segment.iter().map(|by| (&*by.segment, by)).collect()
}

/// How many weights all segments may have together.
const MOST_WEIGHTS: usize = 2_000_000;

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

/// Weights from the scores of the children, by column; more is better in all of them.
pub(super) fn data_weights(method: DataWeights, columns: &[Vec<f64>]) -> Result<Vec<f64>, Vec<Fault>> {
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let values = Matrix::from_columns(&columns)?;
    let weights = match method {
        DataWeights::Entropy => entropy(&values),
        DataWeights::Critic => critic(&values, &vec![Direction::Higher; columns.len()]),
        DataWeights::StandardDeviation => standard_deviation(&values),
        DataWeights::Pca => principal_components(&values),
    };
    weights.map(|weights| weights.values().to_vec())
}
