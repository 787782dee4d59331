//! The plan: what both evaluators run, whatever the form in which the rules were written.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::column::Scalar;
use crate::expr::{FieldSet, FieldType, Index, NodeId, Shared, Slots, Value};

use super::hit::Hit;
use super::output::Output;
use super::row::required;
use super::set::Rule;

/// Rules made ready to be decided by.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Positions of rules in the order in which they are tried.
    pub(super) order: Vec<usize>,
    /// By rule, a number that rules with the same outputs share.
    pub(super) classes: Vec<usize>,
    /// The fields that some condition tests.
    pub(super) used: Slots,
    /// Those of them that require a value.
    pub(super) required: Vec<usize>,
    /// By output, the values that rules give, where they are put together as they are.
    pub(super) coded: Vec<Coded>,
    /// Whether a date is to be chosen before.
    pub(super) dated: bool,
    /// Of many rules those that may match a record, by their places in the order.
    index: Option<Index>,
    /// Made when columns are first decided: services that decide records need none of it.
    columns: OnceLock<ForColumns>,
}

/// What columns are decided by.
#[derive(Clone, Debug)]
pub(super) struct ForColumns {
    /// By rule, its condition among those that share their tests.
    pub(super) nodes: Vec<NodeId>,
    pub(super) shared: Shared,
    /// Positions of rules in the order in which they are tried, without those that never match and those after one that
    /// always does.
    pub(super) tried: Vec<usize>,
}

impl ForColumns {
    fn new(plan: &Plan, hit: Hit, fields: &FieldSet, rules: &[Rule]) -> Self {
        let mut shared = Shared::default();
        let node = |rule: &Rule| match &rule.condition {
            Some(condition) => shared.add(condition, fields),
            None => shared.add_constant(true),
        };
        let nodes: Vec<NodeId> = rules.iter().map(node).collect();
        let constant = |position: usize| nodes.get(position).and_then(|node| shared.constant(*node));
        let mut tried: Vec<usize> =
            plan.order.iter().copied().filter(|position| constant(*position) != Some(false)).collect();
        if hit.stops()
            && let Some(last) = tried.iter().position(|position| constant(*position) == Some(true))
        {
            tried.truncate(last.saturating_add(1));
        }
        Self { nodes, shared, tried }
    }
}

/// So many rules get an index.
const MANY: usize = 32;

/// The distinct values of an output.
#[derive(Clone, Debug, Default)]
pub(super) struct Coded {
    pub(super) values: Vec<Scalar>,
    /// By rule; -1 where it gives none.
    pub(super) codes: Vec<i32>,
}

impl Coded {
    fn of(position: usize, output: &Output, rules: &[Rule]) -> Self {
        let mut coded = Self::default();
        if output.collect().is_none() {
            return coded;
        }
        if output.kind() == FieldType::Boolean {
            coded.values = vec![false.into(), true.into()];
        }
        let mut known: HashMap<String, usize> = HashMap::new();
        for (code, value) in coded.values.iter().enumerate() {
            known.insert(format!("{value:?}"), code);
        }
        for scalar in rules.iter().map(|rule| rule.scalars.get(position).unwrap_or(&Scalar::Missing)) {
            let code = if scalar.is_missing() {
                -1
            } else {
                // Values that differ are written differently.
                let code = *known.entry(format!("{scalar:?}")).or_insert_with(|| {
                    coded.values.push(scalar.clone());
                    coded.values.len().saturating_sub(1)
                });
                i32::try_from(code).unwrap_or(-1)
            };
            coded.codes.push(code);
        }
        coded
    }
}

impl Plan {
    pub(super) fn new(hit: Hit, fields: &FieldSet, outputs: &[Output], rules: &[Rule]) -> Self {
        let mut used = Slots::default();
        rules.iter().filter_map(|rule| rule.condition.as_ref()).for_each(|condition| used.add(condition));
        let mut order: Vec<usize> = (0..rules.len()).collect();
        if hit.by_priority() {
            order.sort_by_cached_key(|position| rules.get(*position).map(|rule| rank(rule, outputs)));
        }
        let classes = if hit == Hit::Any { classes(rules) } else { Vec::new() };
        let required = required(fields, &used);
        let dated = rules.iter().any(Rule::is_dated);
        let coded =
            outputs.iter().enumerate().map(|(position, output)| Coded::of(position, output, rules)).collect();
        let index = (order.len() >= MANY).then(|| {
            let rules = order.iter().filter_map(|position| rules.get(*position));
            Index::new(fields, rules.map(|rule| (rule.condition.as_ref(), rule.unknown)))
        });
        Self { order, classes, used, required, coded, dated, index, columns: OnceLock::new() }
    }

    /// What columns are decided by.
    pub(super) fn for_columns(&self, hit: Hit, fields: &FieldSet, rules: &[Rule]) -> &ForColumns {
        self.columns.get_or_init(|| ForColumns::new(self, hit, fields, rules))
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
