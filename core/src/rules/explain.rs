//! Why a record is decided so: every rule with its tests.

use std::fmt;
use std::sync::Arc;

use crate::column::Record;
use crate::error::Result;
use crate::expr::{TestTrace, Value};

use super::change::SmallestChange;
use super::decide::Decision;
use super::set::{Rule, RuleSet};

/// The decision on a record with what every rule says of it.
#[derive(Clone, Debug)]
pub struct Explanation<'r> {
    decision: Decision<'r>,
    rules: Vec<RuleTrace<'r>>,
}

/// What a rule says of a record.
#[derive(Clone, Debug)]
pub struct RuleTrace<'r> {
    rule: &'r Rule,
    outcome: Option<bool>,
    matches: bool,
    tests: Vec<TestOutcome>,
    set: &'r RuleSet,
    values: Values,
}

/// The values of the record, for all rules.
type Values = Arc<[Value<'static>]>;

/// What a test says of a record. Tests under a negation appear as their opposites.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    trace: TestTrace,
}

impl<'r> Explanation<'r> {
    /// The decision.
    pub fn decision(&self) -> &Decision<'r> {
        &self.decision
    }

    /// What each rule says, in the order of the document; rules after the one that decides too.
    pub fn rules(&self) -> &[RuleTrace<'r>] {
        &self.rules
    }
}

impl<'r> RuleTrace<'r> {
    /// The rule.
    pub fn rule(&self) -> &'r Rule {
        self.rule
    }

    /// Whether the condition holds; `None` where it is unknown.
    pub fn outcome(&self) -> Option<bool> {
        self.outcome
    }

    /// Whether the rule matches: as its outcome, or as the rules say of unknown conditions.
    pub fn matches(&self) -> bool {
        self.matches
    }

    /// Every test, in the order of the condition.
    pub fn tests(&self) -> &[TestOutcome] {
        &self.tests
    }

    /// The first test that keeps the rule from matching.
    pub fn first_failing(&self) -> Option<&TestOutcome> {
        self.failing().next()
    }

    /// The test that alone keeps the rule from matching, where there is just one.
    pub fn only_failing(&self) -> Option<&TestOutcome> {
        let mut failing = self.failing();
        let first = failing.next();
        if failing.next().is_none() { first } else { None }
    }

    /// The smallest change of the record for which the rule would match; `None` where it matches. It is found when it is
    /// asked for.
    pub fn smallest_change(&self) -> Option<SmallestChange> {
        self.set.change_of(self.rule, &self.values)
    }

    fn failing(&self) -> impl Iterator<Item = &TestOutcome> {
        self.tests.iter().filter(|test| test.trace.blocks)
    }
}

impl TestOutcome {
    /// The field that is tested; where something is computed, the whole comparison as text.
    pub fn tested(&self) -> &str {
        &self.trace.tested
    }

    /// What is expected, such as `> 300`, amounts in major units; of a whole comparison that it is `true`.
    pub fn expected(&self) -> &str {
        &self.trace.expected
    }

    /// The value, texts in quotes; `None` where it is missing.
    pub fn actual(&self) -> Option<&str> {
        self.trace.actual.as_deref()
    }

    /// Whether the test holds; `None` where that is unknown.
    pub fn outcome(&self) -> Option<bool> {
        self.trace.outcome
    }

    /// Whether the test is among those that keep the rule from matching.
    pub fn fails(&self) -> bool {
        self.trace.blocks
    }
}

impl RuleSet {
    /// The decision on a record with every rule and every test.
    ///
    /// # Errors
    /// As [`RuleSet::decide`].
    pub fn explain(&self, record: &Record) -> Result<Explanation<'_>> {
        self.require_date()?;
        let values = self.0.fields.bind_record(&self.0.plan.used, record)?;
        let owned: Values = values.iter().cloned().map(Value::into_owned).collect();
        let rules = self.rules().iter().map(|rule| self.trace(rule, &owned)).collect();
        Ok(Explanation { decision: self.decide_values(&values), rules })
    }

    pub(super) fn trace<'r>(&'r self, rule: &'r Rule, values: &Values) -> RuleTrace<'r> {
        let values = Arc::clone(values);
        let Some(condition) = &rule.condition else {
            let tests = Vec::new();
            return RuleTrace { rule, outcome: Some(true), matches: true, tests, set: self, values };
        };
        let tests = condition.trace(&values, &self.0.fields, rule.unknown).into_iter();
        RuleTrace {
            rule,
            outcome: condition.evaluate(&values),
            matches: rule.matches(&values),
            tests: tests.map(|trace| TestOutcome { trace }).collect(),
            set: self,
            values,
        }
    }
}

fn word(outcome: Option<bool>) -> &'static str {
    match outcome {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

/// What is expected of a whole comparison.
const WHOLE: &str = "true";

/// A line for people: `arpu > 300: 250 (false)`, or `2 * due > paid: false`.
impl fmt::Display for TestOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actual = self.actual().unwrap_or("nothing");
        if self.expected() == WHOLE {
            return write!(f, "{}: {}", self.tested(), word(self.outcome()));
        }
        write!(f, "{} {}: {actual} ({})", self.tested(), self.expected(), word(self.outcome()))
    }
}

/// A few lines for people: the decision, then every rule with its tests; `-` marks those that keep it from matching, and
/// what would do is told below.
impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.decision.status().id())?;
        for (index, rule) in self.decision.rules().iter().enumerate() {
            write!(f, "{} {}", if index == 0 { ":" } else { "," }, rule.id())?;
        }
        for trace in &self.rules {
            write!(f, "\n  {}: {}", trace.rule.id(), word(trace.outcome))?;
            if trace.outcome.is_none() {
                f.write_str(if trace.matches { ", which matches" } else { ", which does not match" })?;
            }
            for test in &trace.tests {
                write!(f, "\n    {} {test}", if test.fails() { "-" } else { "+" })?;
            }
            if let Some(change) = trace.smallest_change() {
                write!(f, "\n    {change}")?;
            }
        }
        Ok(())
    }
}
