//! Small rule sets for the tests of this module.

use super::{Decision, RuleSet};
use crate::column::{Record, Scalar};

/// The beginning of every document.
pub(super) const HEADER: &str = "{cpcfit: 1, kind: rules, id: test, version: 1, ";

/// Rules of the rest of a document.
pub(super) fn rules(rest: &str) -> RuleSet {
    let text = format!("{HEADER}{rest}}}");
    RuleSet::from_text(&text).unwrap_or_else(|error| panic!("{text}: {error:#}"))
}

/// The problems of the rest of a document, one a line.
pub(super) fn problems(rest: &str) -> String {
    let error = RuleSet::from_text(&format!("{HEADER}{rest}}}")).expect_err("the document is wrong");
    let lines: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A decision as one line: status, rules, outputs.
pub(super) fn line(decision: &Decision<'_>) -> String {
    let rules: Vec<&str> = decision.rules().iter().map(|rule| rule.id()).collect();
    let outputs: Vec<String> =
        decision.outputs().map(|(output, value)| format!("{}={value}", output.id())).collect();
    format!("{} [{}] {}", decision.status().id(), rules.join(" "), outputs.join(" ")).trim_end().to_owned()
}

/// The line of one record of numbers.
pub(super) fn decide<const N: usize>(rules: &RuleSet, values: [(&str, i32); N]) -> String {
    let record: Record = values.into_iter().map(|(name, value)| (name, Scalar::from(value))).collect();
    line(&rules.decide(&record).unwrap())
}
