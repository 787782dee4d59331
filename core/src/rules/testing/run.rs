//! Running tests: each on its own date, by the record evaluator.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Expected, Test, Values};
use super::report::{Mismatch, TestReport, TestResult};
use super::tally::{Decided, Tally};
use super::why::reasons;
use crate::column::{Date, Scalar};
use crate::error::Problem;
use crate::expr::Slots;
use crate::rules::decide::{Decision, DecisionStatus};
use crate::rules::plan::Plan;
use crate::rules::set::{Inner, Rule, RuleSet};

impl RuleSet {
    /// Runs the tests of the document: each on its own date, whatever date was chosen before, and none stops at another.
    ///
    /// ```
    /// # use cpcfit::RuleSet;
    /// let rules = RuleSet::from_text(
    ///     "
    /// cpcfit: 1
    /// kind: rules
    /// id: segments
    /// version: 1
    /// hit: first
    /// fields: {arpu: {type: number}}
    /// rules:
    ///   - {id: key_account, when: arpu > 300}
    ///   - {id: other}
    /// tests:
    ///   - {id: high, given: {arpu: 320}, expect: {rule: key_account}}
    ///   - {id: bound, given: {arpu: 300}, expect: {rule: key_account}}
    /// ",
    /// )?;
    /// let report = rules.test();
    /// assert!(!report.passed());
    /// assert_eq!(report.results()[1].reasons(), ["key_account: arpu > 300: 300 (false)"]);
    /// assert_eq!(report.coverage().rule_percent(), 100);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn test(&self) -> TestReport {
        let whole = self.whole();
        let mut tally = Tally::new(&whole);
        let mut by_date: BTreeMap<Option<Date>, InEffect<'_>> = BTreeMap::new();
        let results = self.0.tests.iter().map(|test| {
            let in_effect = by_date.entry(test.date).or_insert_with(|| InEffect::new(&whole, test.date));
            in_effect.run(test, &mut tally)
        });
        let results = results.collect();
        for in_effect in by_date.into_values() {
            tally.see(&in_effect.order, in_effect.decided);
        }
        let title = format!("{} {}", self.id(), self.version()).into();
        TestReport { title, results, coverage: tally.finish() }
    }

    /// All rules of the document, in effect or not.
    fn whole(&self) -> Self {
        if self.date().is_none() {
            return self.clone();
        }
        let mut inner = Inner::clone(&self.0);
        inner.rules = Arc::clone(&inner.all_rules);
        inner.date = None;
        inner.plan = Plan::new(inner.hit, &inner.fields, &inner.outputs, &inner.rules);
        Self(Arc::new(inner))
    }
}

/// The rules in effect on a date, and what they decided.
struct InEffect<'r> {
    whole: &'r RuleSet,
    /// The places of the rules among those of the document, in the order in which they are tried.
    order: Vec<usize>,
    /// The fields that they test.
    used: Slots,
    decided: Vec<Decided<'r>>,
}

impl<'r> InEffect<'r> {
    fn new(whole: &'r RuleSet, date: Option<Date>) -> Self {
        let is_in = |rule: &&Rule| date.is_none_or(|date| rule.is_in_effect(date));
        let plan = &whole.0.plan;
        let rule = |place: &usize| whole.rules().get(*place).filter(is_in);
        let order: Vec<usize> = plan.order.iter().copied().filter(|place| rule(place).is_some()).collect();
        let mut used = Slots::default();
        if order.len() == plan.order.len() {
            used = plan.used.clone();
        } else {
            order.iter().filter_map(rule).filter_map(|it| it.condition.as_ref()).for_each(|it| used.add(it));
        }
        Self { whole, order, used, decided: Vec::new() }
    }

    fn run(&mut self, test: &'r Test, tally: &mut Tally<'_>) -> TestResult {
        let values = match self.whole.0.fields.bind_record(&self.used, &test.given) {
            Ok(values) => values,
            Err(_) if test.expected.status == Some(DecisionStatus::Invalid) => {
                return result(test, DecisionStatus::Invalid, Vec::new());
            }
            Err(error) => return result(test, DecisionStatus::Invalid, error.problems().to_vec()),
        };
        let decision = self.whole.decide_in(&self.order, &values);
        let mismatches = compare(&test.expected, &decision);
        let reasons = if mismatches.is_empty() {
            Vec::new()
        } else {
            reasons(&test.expected, &decision, (&self.order, &values))
        };
        let rules = decision.rules().iter().map(|rule| rule.id().into()).collect();
        let status = decision.status();
        self.decided.push(tally.add(&self.order, &decision, values));
        TestResult { rules, mismatches, reasons, ..result(test, status, Vec::new()) }
    }
}

fn result(test: &Test, status: DecisionStatus, problems: Vec<Problem>) -> TestResult {
    TestResult {
        id: test.id.clone(),
        note: test.note.clone(),
        date: test.date,
        status,
        rules: Vec::new(),
        mismatches: Vec::new(),
        reasons: Vec::new(),
        problems,
    }
}

/// Everything that came otherwise than expected.
fn compare(expected: &Expected, decision: &Decision<'_>) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, came: String| {
        found.push(Mismatch { what: what.to_owned(), expected, found: came });
    };
    if let Some(status) = expected.status.filter(|status| *status != decision.status()) {
        differ("status", status.id().to_owned(), summary(decision));
    }
    let ids: Vec<&str> = decision.rules().iter().map(|rule| rule.id()).collect();
    if let Some(rule) = &expected.rule
        && decision.rule().map(Rule::id) != Some(&**rule)
    {
        let came = decision.rule().map_or_else(|| summary(decision), |rule| rule.id().to_owned());
        differ("rule", rule.to_string(), came);
    }
    if let Some(rules) = &expected.rules
        && !rules.iter().map(|rule| &**rule).eq(ids.iter().copied())
    {
        let wanted: Vec<&str> = rules.iter().map(|rule| &**rule).collect();
        differ("rules", listed(&wanted), listed(&ids));
    }
    for (position, wanted) in &expected.outputs {
        let Some(output) = decision.set().outputs().get(*position) else { continue };
        if let Some((expected, came)) = output_differs(wanted, output.id(), decision) {
            differ(&format!("outputs.{}", output.id()), expected, came);
        }
    }
    found
}

/// The status with the rules that match.
fn summary(decision: &Decision<'_>) -> String {
    let ids: Vec<&str> = decision.rules().iter().map(|rule| rule.id()).collect();
    let status = decision.status().id();
    if ids.is_empty() { status.to_owned() } else { format!("{status}: {}", ids.join(", ")) }
}

/// What is expected and what came, where they differ.
fn output_differs(wanted: &Values, id: &str, decision: &Decision<'_>) -> Option<(String, String)> {
    match wanted {
        Values::One(wanted) => match decision.output(id) {
            Some(value) if value == wanted => None,
            Some(value) => Some((shown(wanted), shown(value))),
            None => Some((shown(wanted), summary(decision))),
        },
        Values::Each(wanted) => {
            let of_rule = |rule: &&'_ Rule| {
                let mut outputs = decision.set().outputs_of(rule);
                outputs.find(|(output, _)| output.id() == id).map(|(_, value)| value.clone())
            };
            let came: Vec<Scalar> = decision.rules().iter().filter_map(of_rule).collect();
            let all = |values: &[Scalar]| {
                let texts: Vec<String> = values.iter().map(shown).collect();
                listed(&texts)
            };
            (came != *wanted).then(|| (all(wanted), all(&came)))
        }
    }
}

fn listed<T: std::borrow::Borrow<str>>(items: &[T]) -> String {
    format!("[{}]", items.join(", "))
}

/// A value as the document would have it.
fn shown(value: &Scalar) -> String {
    match value {
        Scalar::Float(number) => number.to_string(),
        Scalar::Missing => "null".to_owned(),
        other => other.to_string(),
    }
}
