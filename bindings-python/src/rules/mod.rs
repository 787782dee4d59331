//! Rules: decisions on one record or on a frame, and why; how they meet a population; the tests of a document; what is wrong with rules as a
//! whole.

mod change;
mod check;
mod decisions;
mod explanation;
mod population;
mod reader;
mod report;
mod rule_set;

pub(crate) use change::{PyFieldChange, PySmallestChange};
pub(crate) use check::{PyRulesCheck, PyRulesFinding};
pub(crate) use decisions::PyDecisions;
pub(crate) use explanation::{PyDecision, PyRuleTrace, PyRulesExplanation, PyTestOutcome};
pub(crate) use population::{PyBlocker, PyPopulation, PyRulePopulation};
pub(crate) use report::{
    PyCellCoverage, PyMismatch, PyRuleCoverage, PyTestCoverage, PyTestReport, PyTestResult,
};
pub(crate) use rule_set::{PyRule, PyRuleOutput, PyRuleSet, load_rule_set};
