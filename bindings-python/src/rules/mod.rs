//! Rules: decisions on one record or on a frame, and why; what is wrong with them as a whole.

mod check;
mod decisions;
mod explanation;
mod reader;
mod rule_set;

pub(crate) use check::{PyRulesCheck, PyRulesFinding};
pub(crate) use decisions::PyDecisions;
pub(crate) use explanation::{PyDecision, PyRuleTrace, PyRulesExplanation, PyTestOutcome};
pub(crate) use rule_set::{PyRule, PyRuleOutput, PyRuleSet, load_rule_set};
