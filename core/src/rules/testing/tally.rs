//! Counting what tests meet.

use super::coverage::{CellCoverage, DefaultCoverage, RuleCoverage, TestCoverage};
use crate::expr::{Seen, Value};
use crate::rules::decide::{Decision, DecisionStatus};
use crate::rules::output::{Output, OutputValue};
use crate::rules::set::{Rule, RuleSet};

/// A record that was decided.
pub(super) struct Decided<'t> {
    values: Vec<Value<'t>>,
    /// How many rules were tried.
    tried: usize,
}

/// Coverage while tests run.
pub(super) struct Tally<'r> {
    set: &'r RuleSet,
    rules: Vec<Counts>,
    /// By output.
    defaults: Vec<bool>,
}

#[derive(Default)]
struct Counts {
    tried: usize,
    matched: usize,
    decided: usize,
    texts: Vec<String>,
    seen: Vec<Seen>,
    /// Whether every cell was seen true and false.
    is_done: bool,
}

impl<'r> Tally<'r> {
    pub(super) fn new(set: &'r RuleSet) -> Self {
        let counts = |rule: &Rule| {
            let texts = rule.condition.as_ref().map(|condition| condition.tests(set.fields()));
            let texts = texts.unwrap_or_default();
            let (seen, is_done) = (vec![Seen::default(); texts.len()], texts.is_empty());
            Counts { texts, seen, is_done, ..Counts::default() }
        };
        let rules = set.rules().iter().map(counts).collect();
        Self { set, rules, defaults: vec![false; set.outputs().len()] }
    }

    /// Counts a decision by the rules at the places `order`, and keeps its record.
    pub(super) fn add<'t>(
        &mut self,
        order: &[usize],
        decision: &Decision<'_>,
        values: Vec<Value<'t>>,
    ) -> Decided<'t> {
        let decides = decision.rule().is_some();
        let mut tried = order.len();
        // Both are in the order in which rules are tried.
        let mut matched = decision.rules().iter().peekable();
        for (rank, place) in order.iter().enumerate() {
            let Some(next) = matched.peek() else { break };
            let (Some(rule), Some(counts)) = (self.set.rules().get(*place), self.rules.get_mut(*place))
            else {
                continue;
            };
            if std::ptr::eq(**next, rule) {
                matched.next();
                counts.matched = counts.matched.saturating_add(1);
                counts.decided = counts.decided.saturating_add(usize::from(decides));
                if self.set.hit().stops() {
                    tried = rank.saturating_add(1);
                }
            }
        }
        self.use_defaults(decision);
        Decided { values, tried }
    }

    fn use_defaults(&mut self, decision: &Decision<'_>) {
        match decision.status() {
            DecisionStatus::None => self.defaults.fill(true),
            DecisionStatus::Matched => {
                for rule in decision.rules() {
                    for (used, left_out) in self.defaults.iter_mut().zip(&rule.left_out) {
                        *used |= left_out;
                    }
                }
            }
            _ => {}
        }
    }

    /// Looks at the cells of the rules at the places `order` under the records that they decided. Rule by rule, as a rule
    /// is larger than a record.
    pub(super) fn see(&mut self, order: &[usize], mut decided: Vec<Decided<'_>>) {
        decided.sort_by_key(|record| std::cmp::Reverse(record.tried));
        for (rank, place) in order.iter().enumerate() {
            let Some((rule, counts)) = self.set.rules().get(*place).zip(self.rules.get_mut(*place)) else {
                continue;
            };
            let tried = decided.partition_point(|record| record.tried > rank);
            counts.tried = counts.tried.saturating_add(tried);
            for record in decided.iter().take(tried) {
                counts.see(rule, &record.values);
            }
        }
    }

    pub(super) fn finish(self) -> TestCoverage {
        let rules = self.set.rules().iter().zip(self.rules);
        let has_default = |(output, _): &(&Output, bool)| *output.default() != OutputValue::Missing;
        let defaults = self.set.outputs().iter().zip(self.defaults).filter(has_default);
        TestCoverage {
            rules: rules.map(|(rule, counts)| counts.finish(rule)).collect(),
            defaults: defaults
                .map(|(output, used)| DefaultCoverage { output: output.id().into(), used })
                .collect(),
        }
    }
}

impl Counts {
    fn see(&mut self, rule: &Rule, values: &[Value<'_>]) {
        if self.is_done {
            return;
        }
        if let Some(condition) = &rule.condition {
            condition.see(values, &mut self.seen);
        }
        self.is_done = self.seen.iter().all(|seen| seen.is_both());
    }

    fn finish(self, rule: &Rule) -> RuleCoverage {
        let cells = self.texts.into_iter().zip(self.seen);
        RuleCoverage {
            rule: rule.id.clone(),
            period: rule.period,
            tried: self.tried,
            matched: self.matched,
            decided: self.decided,
            cells: cells.map(|(text, seen)| CellCoverage { text, seen }).collect(),
        }
    }
}
