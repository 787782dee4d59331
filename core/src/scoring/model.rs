//! A framework compiled: indicators, nodes and weights by position.

use crate::column::Date;
use crate::document::{Document, Header, Names};
use crate::error::Problem;

use super::aggregate::Aggregate;
use super::curve::Curve;
use super::direction::Direction;
use super::document::{Compare, Impossible};
use super::scale::Scale;
use super::weights::Comparison;

/// Everything of a framework; immutable.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) document: Document,
    pub(super) header: Header,
    pub(super) source: Option<Box<str>>,
    pub(super) scale: Scale,
    pub(super) fitted: Option<Fitted>,
    pub(super) indicators: Vec<Indicator>,
    pub(super) nodes: Vec<FrameworkNode>,
    pub(super) root: usize,
    /// Every node after its parent.
    pub(super) top_down: Vec<usize>,
    /// The columns of numbers.
    pub(super) inputs: Vec<Box<str>>,
    /// The columns of groups that missing values go by.
    pub(super) groups: Vec<Box<str>>,
    pub(super) segments: Option<Segments>,
    /// The weights of rows without a segment of their own, and those of each segment.
    pub(super) weightings: Vec<Weighting>,
    pub(super) warnings: Vec<Problem>,
    /// Comparisons in pairs, by node.
    pub(super) comparisons: Vec<(usize, Comparison)>,
    /// What is still to be fitted.
    pub(super) unfitted: Vec<Problem>,
}

/// When and from how many rows baselines were fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fitted {
    /// The day of the data, if it was given.
    pub on: Option<Date>,
    /// How many rows were used.
    pub rows: u64,
}

/// The column of segments, and the segments that have weights of their own.
#[derive(Debug)]
pub(super) struct Segments {
    pub(super) field: Box<str>,
    /// Ascending, and in the order of `weightings` from its second on.
    pub(super) names: Vec<Box<str>>,
}

/// Something that is measured.
#[derive(Debug)]
pub struct Indicator {
    pub(super) id: Box<str>,
    pub(super) name: Names,
    pub(super) unit: Option<Box<str>>,
    pub(super) source: Option<Box<str>>,
    pub(super) direction: Direction,
    pub(super) input: usize,
    pub(super) compare: Option<(Compare, usize)>,
    /// The values that can occur.
    pub(super) possible: (f64, f64),
    pub(super) impossible: Impossible,
    /// The values to which others are drawn.
    pub(super) draw: Option<(f64, f64)>,
    pub(super) missing: Missing,
    /// The lowest value that the method takes, fitted or not.
    pub(super) lowest: f64,
    /// `None` until fitted.
    pub(super) curve: Option<Curve>,
}

impl Indicator {
    /// The id, which is also the name of its column.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Names by language.
    pub fn name(&self) -> &Names {
        &self.name
    }

    /// Unit of the values.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// Where indicator and baseline come from.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Which values are better.
    pub fn direction(&self) -> Direction {
        self.direction
    }
}

/// What a missing value means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Missing {
    Error,
    Skip,
    Value(f64),
    Score(f64),
    ByGroup(GroupValues),
}

/// A value for each group of rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GroupValues {
    /// Position among the model's `groups`.
    pub(super) field: usize,
    /// By group, ascending.
    pub(super) values: Vec<(Box<str>, f64)>,
    pub(super) otherwise: f64,
}

impl GroupValues {
    pub(super) fn of(&self, group: Option<&str>) -> f64 {
        let place =
            group.and_then(|group| self.values.binary_search_by(|(known, _)| (**known).cmp(group)).ok());
        place.and_then(|place| self.values.get(place)).map_or(self.otherwise, |(_, value)| *value)
    }
}

/// A score made of others.
#[derive(Debug)]
pub struct FrameworkNode {
    pub(super) id: Box<str>,
    pub(super) name: Names,
    pub(super) source: Option<Box<str>>,
    pub(super) aggregate: Aggregate,
    pub(super) children: Vec<Child>,
    pub(super) min_coverage: f64,
}

impl FrameworkNode {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Names by language.
    pub fn name(&self) -> &Names {
        &self.name
    }

    /// Where the node comes from.
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// How scores are put together.
    pub fn aggregate(&self) -> &Aggregate {
        &self.aggregate
    }
}

/// A child of a node, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Child {
    Indicator(usize),
    Node(usize),
}

/// The weights of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Weighting {
    /// For each node, the weights of its children, which sum to 1.
    pub(super) nodes: Vec<Vec<f64>>,
    /// For each indicator, the product of the weights on its path from the root, multiplied from the top down.
    pub(super) effective: Vec<f64>,
}

impl Model {
    pub(super) fn child_id(&self, child: Child) -> &str {
        let id = match child {
            Child::Indicator(index) => self.indicators.get(index).map(|indicator| &indicator.id),
            Child::Node(index) => self.nodes.get(index).map(|node| &node.id),
        };
        id.map_or("", |id| id)
    }

    /// The indicator or node of that id.
    pub(super) fn find(&self, id: &str) -> Option<Child> {
        let indicator = self.indicators.iter().position(|indicator| *indicator.id == *id);
        let node = || self.nodes.iter().position(|node| *node.id == *id);
        indicator.map(Child::Indicator).or_else(|| node().map(Child::Node))
    }

    pub(super) fn weights(&self, weighting: usize, node: usize) -> &[f64] {
        self.weightings
            .get(weighting)
            .and_then(|weighting| weighting.nodes.get(node))
            .map_or(&[], Vec::as_slice)
    }
}
