//! What the tests of a rules document came to.

use cpcfit::rules::{CellCoverage, Mismatch, RuleCoverage, TestCoverage, TestReport, TestResult};
use wasm_bindgen::JsValue;

use crate::error::problems;
use crate::value::{index, list, nullable, object, shown};

/// The report with its text.
pub(crate) fn report(report: &TestReport) -> JsValue {
    object([
        ("passed", report.passed().into()),
        ("results", list(report.results().iter().map(result))),
        ("coverage", coverage(report.coverage())),
        ("text", report.to_string().into()),
    ])
}

fn result(result: &TestResult) -> JsValue {
    object([
        ("id", result.id().into()),
        ("note", nullable(result.note())),
        ("date", shown(result.date())),
        ("passed", result.passed().into()),
        ("status", result.status().id().into()),
        ("rules", list(result.rules())),
        ("mismatches", list(result.mismatches().iter().map(mismatch))),
        ("reasons", list(result.reasons())),
        ("problems", problems(result.problems())),
    ])
}

fn mismatch(mismatch: &Mismatch) -> JsValue {
    object([
        ("what", mismatch.what().into()),
        ("expected", mismatch.expected().into()),
        ("found", mismatch.found().into()),
    ])
}

fn coverage(coverage: &TestCoverage) -> JsValue {
    let defaults = coverage.defaults().iter().map(|default| (default.output(), default.is_used().into()));
    object([
        ("rules", list(coverage.rules().iter().map(rule))),
        ("uncovered", list(coverage.uncovered().map(RuleCoverage::rule))),
        ("defaults", object(defaults)),
        ("rulePercent", coverage.rule_percent().into()),
        ("cellPercent", coverage.cell_percent().into()),
    ])
}

fn rule(rule: &RuleCoverage) -> JsValue {
    let period = rule.period();
    object([
        ("rule", rule.rule().into()),
        ("effectiveFrom", shown(period.and_then(|period| period.from()))),
        ("effectiveTo", shown(period.and_then(|period| period.to()))),
        ("tried", index(rule.tried())),
        ("matched", index(rule.matched())),
        ("decided", index(rule.decided())),
        ("cells", list(rule.cells().iter().map(cell))),
    ])
}

fn cell(cell: &CellCoverage) -> JsValue {
    object([
        ("text", cell.text().into()),
        ("seenTrue", cell.seen_true().into()),
        ("seenFalse", cell.seen_false().into()),
    ])
}
