//! The tree of weights: which node weighs which children by how much.

use super::AnalysisError;

/// What a node weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Child {
    /// An indicator, by the position of its column.
    Indicator(usize),
    /// Another node, by its position in the tree.
    Node(usize),
}

/// A node: its children, each with a weight; the weights are not negative and their sum is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightNode {
    /// The children in order.
    pub children: Vec<(Child, f64)>,
}

/// Nodes with weights over the indicators, the root first and every parent before its children.
///
/// The effective weight of an indicator is the product of the weights on its path, multiplied from the top down.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightTree {
    nodes: Vec<WeightNode>,
    indicators: usize,
}

impl WeightTree {
    /// How far the sum of a node's weights may lie from 1.
    const TOLERANCE: f64 = 1e-9;

    /// A root alone that weighs the indicators in order.
    ///
    /// # Errors
    /// As [`WeightTree::new`].
    pub fn flat(weights: &[f64]) -> Result<Self, AnalysisError> {
        let children = weights.iter().enumerate().map(|(column, weight)| (Child::Indicator(column), *weight));
        Self::new(vec![WeightNode { children: children.collect() }], weights.len())
    }

    /// Checks the nodes.
    ///
    /// # Errors
    /// No nodes or indicators; a node whose weights are negative or do not add up to 1; an indicator or a node other
    /// than the root that is not the child of exactly one node before it.
    pub fn new(nodes: Vec<WeightNode>, indicators: usize) -> Result<Self, AnalysisError> {
        if nodes.is_empty() || indicators == 0 {
            return Err(AnalysisError::Empty("weights"));
        }
        let mut has_parent = (vec![false; indicators], vec![false; nodes.len()]);
        for (position, node) in nodes.iter().enumerate() {
            let wrong = |reason| AnalysisError::Tree { node: position, reason };
            if node.children.iter().any(|(_, weight)| !weight.is_finite() || *weight < 0.0) {
                return Err(wrong("a weight is negative or not finite"));
            }
            if (sum(&node.children) - 1.0).abs() > Self::TOLERANCE {
                return Err(wrong("the weights do not add up to 1"));
            }
            for (child, _) in &node.children {
                let known = match *child {
                    Child::Indicator(column) => has_parent.0.get_mut(column),
                    Child::Node(child) if child > position => has_parent.1.get_mut(child),
                    Child::Node(_) => None,
                };
                match known {
                    Some(taken) if !*taken => *taken = true,
                    Some(_) => return Err(wrong("a child has two parents")),
                    None => return Err(wrong("a child is not there, or stands before its parent")),
                }
            }
        }
        let orphans = has_parent.0.iter().chain(has_parent.1.iter().skip(1)).any(|taken| !taken);
        if orphans {
            return Err(AnalysisError::Tree { node: 0, reason: "an indicator or a node has no parent" });
        }
        Ok(Self { nodes, indicators })
    }

    /// The nodes.
    pub fn nodes(&self) -> &[WeightNode] {
        &self.nodes
    }

    /// How many indicators the tree weighs.
    pub fn indicators(&self) -> usize {
        self.indicators
    }

    /// The effective weight of every indicator.
    pub fn effective(&self) -> Vec<f64> {
        let mut effective = vec![0.0; self.indicators];
        let weights: Vec<f64> =
            self.nodes.iter().flat_map(|node| &node.children).map(|(_, weight)| *weight).collect();
        self.multiply(&weights, &mut effective);
        effective
    }

    /// The effective weights under other weights of the children, which stand node by node.
    pub(super) fn multiply(&self, weights: &[f64], effective: &mut [f64]) {
        let mut of_node = vec![0.0; self.nodes.len()];
        if let Some(root) = of_node.first_mut() {
            *root = 1.0;
        }
        let mut weights = weights.iter();
        for (position, node) in self.nodes.iter().enumerate() {
            let above = of_node.get(position).copied().unwrap_or(0.0);
            for ((child, _), weight) in node.children.iter().zip(&mut weights) {
                let place = match *child {
                    Child::Indicator(column) => effective.get_mut(column),
                    Child::Node(child) => of_node.get_mut(child),
                };
                if let Some(place) = place {
                    *place = above * weight;
                }
            }
        }
    }

    /// The effective weights without one indicator: the weights of its present siblings are divided by their sum, and a
    /// node without present children drops out of its parent in the same way. `None` where nothing of weight is left.
    pub fn without(&self, indicator: usize) -> Option<Vec<f64>> {
        let mut nodes = self.nodes.clone();
        let mut dropped = Child::Indicator(indicator);
        loop {
            let holder =
                nodes.iter().position(|node| node.children.iter().any(|(child, _)| *child == dropped))?;
            let node = nodes.get_mut(holder)?;
            for (child, weight) in &mut node.children {
                *weight = if *child == dropped { 0.0 } else { *weight };
            }
            let left = sum(&node.children);
            if left > 0.0 {
                node.children.iter_mut().for_each(|(_, weight)| *weight /= left);
                break;
            }
            dropped = Child::Node(holder);
        }
        Some(Self { nodes, indicators: self.indicators }.effective())
    }
}

fn sum(children: &[(Child, f64)]) -> f64 {
    children.iter().fold(0.0, |sum, (_, weight)| sum + weight)
}
