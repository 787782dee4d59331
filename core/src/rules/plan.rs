//! The plan: what both evaluators run, whatever the form in which the rules were written.

use std::collections::HashMap;

use crate::expr::{FieldSet, Index, NodeId, Shared, Slots, Value};

use super::hit::Hit;
use super::output::Output;
use super::row::required;
use super::set::Rule;

/// Rules made ready to be decided by.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Positions of rules in the order in which they are tried.
    pub(super) order: Vec<usize>,
    /// The same for whole columns: without rules that never match, and those after one that always does.
    pub(super) tried: Vec<usize>,
    /// By rule, a number that rules with the same outputs share.
    pub(super) classes: Vec<usize>,
    /// By rule, its condition among those that share their tests.
    pub(super) nodes: Vec<NodeId>,
    pub(super) shared: Shared,
    /// The fields that some condition tests.
    pub(super) used: Slots,
    /// Those of them that require a value.
    pub(super) required: Vec<usize>,
    /// Whether a date is to be chosen before.
    pub(super) dated: bool,
    /// Of many rules those that may match a record, by their places in the order.
    index: Option<Index>,
}

/// So many rules get an index.
const MANY: usize = 32;

impl Plan {
    pub(super) fn new(hit: Hit, fields: &FieldSet, outputs: &[Output], rules: &[Rule]) -> Self {
        let (mut used, mut shared) = (Slots::default(), Shared::default());
        let mut nodes = Vec::with_capacity(rules.len());
        for rule in rules {
            nodes.push(match &rule.condition {
                Some(condition) => {
                    used.add(condition);
                    shared.add(condition, fields)
                }
                None => shared.add_constant(true),
            });
        }
        let mut order: Vec<usize> = (0..rules.len()).collect();
        if hit.by_priority() {
            order.sort_by_cached_key(|position| rules.get(*position).map(|rule| rank(rule, outputs)));
        }
        let classes = if hit == Hit::Any { classes(rules) } else { Vec::new() };
        let required = required(fields, &used);
        let dated = rules.iter().any(Rule::is_dated);
        let constant = |position: usize| nodes.get(position).and_then(|node| shared.constant(*node));
        let mut tried: Vec<usize> =
            order.iter().copied().filter(|position| constant(*position) != Some(false)).collect();
        if hit.stops()
            && let Some(last) = tried.iter().position(|position| constant(*position) == Some(true))
        {
            tried.truncate(last.saturating_add(1));
        }
        let index = (order.len() >= MANY).then(|| {
            let rules = order.iter().filter_map(|position| rules.get(*position));
            Index::new(fields, rules.map(|rule| (rule.condition.as_ref(), rule.unknown)))
        });
        Self { order, tried, classes, nodes, shared, used, required, dated, index }
    }

    /// The positions of the rules that may match a record, in the order in which they are tried.
    #[inline]
    pub(super) fn candidates(&self, values: &[Value<'_>]) -> impl Iterator<Item = usize> {
        let (places, all) = match &self.index {
            Some(index) => (index.candidates(values), &[][..]),
            None => (&[][..], self.order.as_slice()),
        };
        places.iter().filter_map(|place| self.order.get(*place as usize)).chain(all).copied()
    }
}

/// What the rule goes by among others: the places of its outputs among their values, or else its own priority.
fn rank(rule: &Rule, outputs: &[Output]) -> Vec<usize> {
    let ranked = || outputs.iter().zip(&rule.values).filter(|(output, _)| output.is_ranked());
    if ranked().next().is_none() {
        return vec![rule.priority.map_or(usize::MAX, |priority| priority as usize)];
    }
    ranked().map(|(output, value)| output.rank(value)).collect()
}

fn classes(rules: &[Rule]) -> Vec<usize> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let class = |rule: &Rule| {
        let next = known.len();
        // Values that differ are written differently.
        *known.entry(format!("{:?}", rule.values)).or_insert(next)
    };
    rules.iter().map(class).collect()
}
