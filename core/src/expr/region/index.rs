//! An index over many conditions: for a record the few that may hold, by equality and intervals of fields.
//!
//! A tree of splits, as packet classifiers have it (P. Gupta and N. `McKeown`, "Packet classification using hierarchical
//! intelligent cuttings", 1999): each node cuts the axis of one field into windows, each child holds the conditions that
//! may hold within its window. Conditions that do not test the field are in every child, so that a split that would copy
//! too many is not made.

use super::cuboid::Cuboid;
use super::ranges::Ranges;
use super::space::{Space, Want};
use crate::expr::condition::Condition;
use crate::expr::schema::FieldSet;
use crate::expr::value::Value;

/// Conditions by what their fields must be. They are numbered as they were given.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    space: Space,
    nodes: Vec<Node>,
    /// The first cell of every window, node by node.
    starts: Vec<u32>,
    /// The node of every window.
    children: Vec<u32>,
    /// The conditions of the leaves.
    conditions: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    /// A range of `conditions`.
    Leaf { start: u32, end: u32 },
    /// A slot with its axis, and a range of `starts` and `children`.
    Split { slot: u32, axis: u32, start: u32, end: u32 },
}

/// A leaf of so many conditions is not split.
const FEW: usize = 6;
/// A split may copy conditions until there are so many times as many, and a few.
const COPIES: usize = 2;
/// All leaves together may have so many times the conditions.
const ALL_COPIES: usize = 16;
/// Windows into which an axis is cut where all its cells are too many.
const COARSE: [usize; 5] = [1_024, 256, 64, 16, 4];
/// Splits below each other.
const DEEP: usize = 8;

impl Index {
    /// The index of conditions, `None` for those that always hold, each with whether it counts where it is unknown.
    pub(crate) fn new<'c>(
        fields: &FieldSet,
        conditions: impl Iterator<Item = (Option<&'c Condition>, bool)> + Clone,
    ) -> Self {
        let space = Space::of_fields(fields, conditions.clone().filter_map(|(condition, _)| condition));
        let hull = |(condition, unknown): (Option<&Condition>, bool)| match condition {
            Some(condition) => space.hull(condition, if unknown { Want::NotFalse } else { Want::True }),
            None => Some(Cuboid::default()),
        };
        let hulls: Vec<Option<Cuboid>> = conditions.map(hull).collect();
        let all = (0..).zip(&hulls).filter(|(_, hull)| hull.is_some()).map(|(number, _)| number);
        let all: Vec<u32> = all.collect();
        let limit = all.len().saturating_mul(ALL_COPIES);
        let windows: Vec<Ranges> =
            space.axes().map(|axis| space.domain(axis).cloned().unwrap_or_default()).collect();
        let index = Self {
            space,
            nodes: Vec::new(),
            starts: Vec::new(),
            children: Vec::new(),
            conditions: Vec::new(),
        };
        let mut builder = Builder { index, hulls, limit };
        builder.node(all, &windows, 0);
        builder.index
    }

    /// The conditions that may hold for a record, in their order; all others do not.
    #[inline]
    pub(crate) fn candidates(&self, values: &[Value<'_>]) -> &[u32] {
        let mut node = self.nodes.first();
        loop {
            match node {
                Some(Node::Leaf { start, end }) => {
                    return self.conditions.get(*start as usize..*end as usize).unwrap_or_default();
                }
                Some(Node::Split { slot, axis, start, end }) => {
                    let value = values.get(*slot as usize).unwrap_or(&Value::Missing);
                    let cell = self.space.axis(*axis).map_or(0, |axis| axis.cell_of(value));
                    let windows = self.starts.get(*start as usize..*end as usize).unwrap_or_default();
                    let window = windows.partition_point(|first| *first <= cell).saturating_sub(1);
                    let child = self.children.get((*start as usize).saturating_add(window));
                    node = child.and_then(|child| self.nodes.get(*child as usize));
                }
                None => return &[],
            }
        }
    }
}

struct Builder {
    index: Index,
    /// What every record must be that a condition holds for; `None` where there is none.
    hulls: Vec<Option<Cuboid>>,
    limit: usize,
}

/// A way to cut an axis.
struct Cut {
    axis: u32,
    /// The first cell of each window.
    starts: Vec<u32>,
    /// How many conditions a condition meets on average.
    cost: usize,
}

fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Builder {
    /// Adds the node of some conditions within some windows, and says its number.
    fn node(&mut self, conditions: Vec<u32>, windows: &[Ranges], depth: usize) -> u32 {
        let number = narrow(self.index.nodes.len());
        let cut =
            if conditions.len() <= FEW || depth >= DEEP { None } else { self.best(&conditions, windows) };
        let slot = cut.as_ref().and_then(|cut| self.index.space.slot_of(cut.axis));
        let (Some(cut), Some(slot)) = (cut, slot) else {
            let start = narrow(self.index.conditions.len());
            self.index.conditions.extend(conditions);
            let end = narrow(self.index.conditions.len());
            self.index.nodes.push(Node::Leaf { start, end });
            return number;
        };
        let parts = self.parts(&cut, &conditions, windows);
        let start = self.index.starts.len();
        let end = start.saturating_add(cut.starts.len());
        self.index.starts.extend(&cut.starts);
        self.index.children.resize(end, 0);
        self.index.nodes.push(Node::Split {
            slot: narrow(slot),
            axis: cut.axis,
            start: narrow(start),
            end: narrow(end),
        });
        let mut inner = windows.to_vec();
        let mut ends = cut.starts.iter().skip(1).copied().chain([u32::MAX]);
        for (window, (part, first)) in parts.into_iter().zip(&cut.starts).enumerate() {
            let last = ends.next().unwrap_or(u32::MAX);
            if let (Some(inner), Some(outer)) =
                (inner.get_mut(cut.axis as usize), windows.get(cut.axis as usize))
            {
                *inner = if part.len() > FEW {
                    outer.intersection(&Ranges::of(*first, last))
                } else {
                    Ranges::default()
                };
            }
            let child = self.node(part, &inner, depth.saturating_add(1));
            self.index
                .children
                .get_mut(start.saturating_add(window))
                .into_iter()
                .for_each(|known| *known = child);
        }
        number
    }

    fn hull(&self, condition: u32) -> Option<&Cuboid> {
        self.hulls.get(condition as usize)?.as_ref()
    }

    /// The cells of a condition on an axis within its window.
    fn cells(&self, condition: u32, axis: u32, window: &Ranges) -> Ranges {
        let cells = self.hull(condition).and_then(|hull| hull.get(axis));
        cells.map_or_else(|| window.clone(), |cells| cells.intersection(window))
    }

    /// The cut after which the fewest conditions are left, if it is worth it.
    fn best(&self, conditions: &[u32], windows: &[Ranges]) -> Option<Cut> {
        if self.index.conditions.len().saturating_add(conditions.len()) > self.limit {
            return None;
        }
        let cuts = self
            .index
            .space
            .axes()
            .filter_map(|axis| self.cut(axis, conditions, windows.get(axis as usize)?));
        let best = cuts.min_by_key(|cut| cut.cost)?;
        // At least an eighth less.
        (best.cost < conditions.len().saturating_sub(conditions.len() / 8)).then_some(best)
    }

    fn cut(&self, axis: u32, conditions: &[u32], window: &Ranges) -> Option<Cut> {
        let first = window.iter().next()?.0;
        let cells: Vec<Ranges> =
            conditions.iter().map(|condition| self.cells(*condition, axis, window)).collect();
        let mut all: Vec<u32> =
            cells.iter().flat_map(Ranges::iter).flat_map(|(start, end)| [start, end]).collect();
        all.push(first);
        all.sort_unstable();
        all.dedup();
        let coarse = |windows: usize| {
            let step = all.len().div_ceil(windows);
            all.iter().copied().step_by(step).collect::<Vec<u32>>()
        };
        let finest = std::iter::once(all.clone());
        let cuts = finest.chain(COARSE.into_iter().filter(|windows| *windows < all.len()).map(coarse));
        let most = conditions.len().saturating_mul(COPIES).saturating_add(16);
        for starts in cuts {
            let counts = counts(&starts, &cells);
            let total: usize = counts.iter().sum();
            if total <= most {
                let squares: usize = counts.iter().map(|count| count.saturating_mul(*count)).sum();
                return (starts.len() > 1).then(|| Cut {
                    axis,
                    starts,
                    cost: squares.div_ceil(total.max(1)),
                });
            }
        }
        None
    }

    /// The conditions of every window.
    fn parts(&self, cut: &Cut, conditions: &[u32], windows: &[Ranges]) -> Vec<Vec<u32>> {
        let mut parts = vec![Vec::new(); cut.starts.len()];
        let Some(window) = windows.get(cut.axis as usize) else { return parts };
        for condition in conditions {
            for (from, to) in spans(&cut.starts, &self.cells(*condition, cut.axis, window)) {
                for part in parts.get_mut(from..to).unwrap_or_default() {
                    part.push(*condition);
                }
            }
        }
        parts
    }
}

/// The windows that some cells meet, in ranges that have none in common.
fn spans(starts: &[u32], cells: &Ranges) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for (start, end) in cells.iter() {
        let from = starts.partition_point(|first| *first <= start).saturating_sub(1);
        let to = starts.partition_point(|first| *first < end);
        let from = spans.last().map_or(from, |(_, last)| from.max(*last));
        if from < to {
            spans.push((from, to));
        }
    }
    spans
}

/// How many conditions meet every window.
fn counts(starts: &[u32], cells: &[Ranges]) -> Vec<usize> {
    let mut changes = vec![0_i64; starts.len().saturating_add(1)];
    for (from, to) in cells.iter().flat_map(|cells| spans(starts, cells)) {
        changes.get_mut(from).into_iter().for_each(|change| *change += 1);
        changes.get_mut(to).into_iter().for_each(|change| *change -= 1);
    }
    let mut open = 0_i64;
    let mut counts = Vec::with_capacity(starts.len());
    for change in changes.iter().take(starts.len()) {
        open += change;
        counts.push(usize::try_from(open).unwrap_or(0));
    }
    counts
}
