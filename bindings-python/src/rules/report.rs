//! What the tests of a document came to.

use cpcfit::rules::{CellCoverage, Mismatch, RuleCoverage, TestCoverage, TestReport, TestResult};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict};

use crate::error;
use crate::html::Html;
use crate::plan::{day, days};

/// What the tests of a rules document came to; `print` it to see what failed and what is not covered.
///
/// Attributes:
///     passed: Whether every test passed; also without any.
///     results: Every test, in the order of the document.
///     coverage: How much of the rules the tests met, those that failed too.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "segments", "version": "1", "hit": "first",
///     ...     "fields": {"arpu": {"type": "number"}},
///     ...     "rules": [{"id": "key", "when": "arpu > 300"}, {"id": "other"}],
///     ...     "tests": [{"id": "bound", "given": {"arpu": 300}, "expect": {"rule": "key"}}],
///     ... })
///     >>> report = rules.test()
///     >>> report
///     TestReport(1 of 1 tests failed)
///     >>> print(report)
///     segments 1: 1 of 1 tests failed
///       failed: bound
///         rule: expected key, found other
///         - key: arpu > 300: 300 (false)
///     covered: 1 of 2 rules (50%), 0 of 1 cells (0%)
///       rules that match in no test:
///         key  tried once
///       cells not seen both ways:
///         key  arpu > 300  never true
#[pyclass(frozen, name = "TestReport", module = "cpcfit")]
pub(crate) struct PyTestReport {
    #[pyo3(get)]
    passed: bool,
    #[pyo3(get)]
    results: Vec<Py<PyTestResult>>,
    #[pyo3(get)]
    coverage: Py<PyTestCoverage>,
    text: String,
}

impl PyTestReport {
    pub(super) fn new(py: Python<'_>, report: &TestReport) -> PyResult<Self> {
        let results = report.results().iter().map(|result| Py::new(py, PyTestResult::new(py, result)?));
        Ok(Self {
            passed: report.passed(),
            results: results.collect::<PyResult<_>>()?,
            coverage: Py::new(py, PyTestCoverage::new(py, report.coverage())?)?,
            text: report.to_string(),
        })
    }

    fn summary(&self) -> String {
        let (all, failed) = (self.results.len(), self.results.iter().filter(|it| !it.get().passed).count());
        if failed > 0 { format!("{failed} of {all} tests failed") } else { format!("{all} tests passed") }
    }
}

#[pymethods]
impl PyTestReport {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("TestReport({})", self.summary())
    }

    fn _repr_html_(&self) -> String {
        let caption = format!("{}; {}", self.summary(), self.coverage.get().text());
        let mut html = Html::new(&caption, &["test", "passed", "status", "rules", "what differs"]);
        for result in self.results.iter().map(Py::get) {
            let passed = if result.passed { "yes" } else { "no" };
            html.row(&[&result.id, passed, result.status, &result.rules.join(", "), &result.differs]);
        }
        html.finish()
    }
}

/// What a test came to.
///
/// Attributes:
///     id: The id; `test-1` and so on where the document has none.
///     note: What the test is about, where the document says.
///     date: The date of the decision, where the document says.
///     passed: Whether everything came as expected.
///     status: What became of the record; `invalid` where it could not be decided.
///     rules: The ids of the rules that match, in the order of the hit policy.
///     mismatches: What came otherwise than expected.
///     reasons: For every rule that is expected and does not match, why.
///     problems: Why the record could not be decided; empty where that is expected.
#[pyclass(frozen, name = "TestResult", module = "cpcfit")]
pub(crate) struct PyTestResult {
    #[pyo3(get)]
    id: String,
    #[pyo3(get)]
    note: Option<String>,
    #[pyo3(get)]
    date: Option<Py<PyDate>>,
    #[pyo3(get)]
    passed: bool,
    #[pyo3(get)]
    status: &'static str,
    #[pyo3(get)]
    rules: Vec<String>,
    #[pyo3(get)]
    mismatches: Vec<Py<PyMismatch>>,
    #[pyo3(get)]
    reasons: Vec<String>,
    #[pyo3(get)]
    problems: Vec<Py<PyAny>>,
    differs: String,
}

impl PyTestResult {
    fn new(py: Python<'_>, result: &TestResult) -> PyResult<Self> {
        let problem = |problem| error::problem_object(py, problem).map(Bound::unbind);
        let mismatches = result.mismatches().iter();
        let lines = mismatches.clone().map(ToString::to_string).chain(result.reasons().iter().cloned());
        let lines = lines.chain(result.problems().iter().map(ToString::to_string));
        Ok(Self {
            id: result.id().to_owned(),
            note: result.note().map(str::to_owned),
            date: day(py, result.date())?,
            passed: result.passed(),
            status: result.status().id(),
            rules: result.rules().map(str::to_owned).collect(),
            mismatches: mismatches.map(|it| Py::new(py, PyMismatch::from(it))).collect::<PyResult<_>>()?,
            reasons: result.reasons().to_vec(),
            problems: result.problems().iter().map(problem).collect::<PyResult<_>>()?,
            differs: lines.collect::<Vec<_>>().join("; "),
        })
    }
}

#[pymethods]
impl PyTestResult {
    fn __repr__(&self) -> String {
        let state = if self.passed { "passed" } else { "failed" };
        format!("TestResult({}: {state})", self.id)
    }
}

/// Something that came otherwise than expected.
///
/// Attributes:
///     what: `status`, `rule`, `rules`, or `outputs.` and the id of an output.
///     expected: What is expected as text, texts of outputs in quotes.
///     found: What came.
#[pyclass(frozen, name = "Mismatch", module = "cpcfit")]
pub(crate) struct PyMismatch {
    #[pyo3(get)]
    what: String,
    #[pyo3(get)]
    expected: String,
    #[pyo3(get)]
    found: String,
    text: String,
}

impl From<&Mismatch> for PyMismatch {
    fn from(mismatch: &Mismatch) -> Self {
        Self {
            what: mismatch.what().to_owned(),
            expected: mismatch.expected().to_owned(),
            found: mismatch.found().to_owned(),
            text: mismatch.to_string(),
        }
    }
}

#[pymethods]
impl PyMismatch {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("Mismatch({})", self.text)
    }
}

/// How much of the rules the tests of a document met; `print` it to see what is not covered.
///
/// Attributes:
///     rules: Every rule of the document, those in effect on some dates only too.
///     uncovered: The ids of the rules that match in no test.
///     defaults: Whether the default was given in some test, for every output that has one.
///     rule_percent: How many rules of a hundred match in some test, rounded down.
///     cell_percent: How many cells of a hundred were true in some test and false in another, rounded down.
#[pyclass(frozen, name = "TestCoverage", module = "cpcfit")]
pub(crate) struct PyTestCoverage {
    #[pyo3(get)]
    rules: Vec<Py<PyRuleCoverage>>,
    #[pyo3(get)]
    uncovered: Vec<String>,
    #[pyo3(get)]
    defaults: Py<PyDict>,
    #[pyo3(get)]
    rule_percent: u8,
    #[pyo3(get)]
    cell_percent: u8,
    text: String,
}

impl PyTestCoverage {
    fn new(py: Python<'_>, coverage: &TestCoverage) -> PyResult<Self> {
        let defaults = PyDict::new(py);
        for default in coverage.defaults() {
            defaults.set_item(default.output(), default.is_used())?;
        }
        let rules = coverage.rules().iter().map(|rule| Py::new(py, PyRuleCoverage::new(py, rule)?));
        Ok(Self {
            rules: rules.collect::<PyResult<_>>()?,
            uncovered: coverage.uncovered().map(|rule| rule.rule().to_owned()).collect(),
            defaults: defaults.unbind(),
            rule_percent: coverage.rule_percent(),
            cell_percent: coverage.cell_percent(),
            text: coverage.to_string(),
        })
    }

    /// The first line of the text.
    fn text(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

#[pymethods]
impl PyTestCoverage {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("TestCoverage({})", self.text())
    }

    fn _repr_html_(&self) -> String {
        let headings = ["rule", "tried", "matched", "decided", "cells not seen both ways"];
        let mut html = Html::new(self.text(), &headings);
        for rule in self.rules.iter().map(Py::get) {
            let open = rule.cells.iter().map(Py::get).filter(|cell| !(cell.seen_true && cell.seen_false));
            let counts = [rule.tried, rule.matched, rule.decided].map(|count| count.to_string());
            let open: Vec<&str> = open.map(|cell| &*cell.text).collect();
            let [tried, matched, decided] = &counts;
            html.row(&[&rule.rule, tried, matched, decided, &open.join("; ")]);
        }
        html.finish()
    }
}

/// In how many tests a rule was met, and how.
///
/// Attributes:
///     rule: The id of the rule.
///     effective_from: First day in effect; None for no such limit.
///     effective_to: Last day in effect; None for no such limit.
///     tried: In how many tests it was tried: in effect, and with `first` and `priority` no rule before it decides.
///     matched: In how many tests it matched.
///     decided: In how many tests it decided alone.
///     cells: The tests of its condition, in their order.
#[pyclass(frozen, get_all, name = "RuleCoverage", module = "cpcfit")]
pub(crate) struct PyRuleCoverage {
    rule: String,
    effective_from: Option<Py<PyDate>>,
    effective_to: Option<Py<PyDate>>,
    tried: usize,
    matched: usize,
    decided: usize,
    cells: Vec<Py<PyCellCoverage>>,
}

impl PyRuleCoverage {
    fn new(py: Python<'_>, rule: &RuleCoverage) -> PyResult<Self> {
        let [effective_from, effective_to] = days(py, rule.period())?;
        let cells = rule.cells().iter().map(|cell| Py::new(py, PyCellCoverage::from(cell)));
        Ok(Self {
            rule: rule.rule().to_owned(),
            effective_from,
            effective_to,
            tried: rule.tried(),
            matched: rule.matched(),
            decided: rule.decided(),
            cells: cells.collect::<PyResult<_>>()?,
        })
    }
}

#[pymethods]
impl PyRuleCoverage {
    fn __repr__(&self) -> String {
        format!("RuleCoverage({}: tried {}, matched {})", self.rule, self.tried, self.matched)
    }
}

/// A cell, which is one test within a condition, over the tests in which its rule was tried.
///
/// Attributes:
///     text: The cell as text, such as `arpu > 300.00`.
///     seen_true: Whether it was true in some test.
///     seen_false: Whether it was false in some test.
#[pyclass(frozen, get_all, name = "CellCoverage", module = "cpcfit")]
pub(crate) struct PyCellCoverage {
    text: String,
    seen_true: bool,
    seen_false: bool,
}

impl From<&CellCoverage> for PyCellCoverage {
    fn from(cell: &CellCoverage) -> Self {
        Self { text: cell.text().to_owned(), seen_true: cell.seen_true(), seen_false: cell.seen_false() }
    }
}

#[pymethods]
impl PyCellCoverage {
    fn __repr__(&self) -> String {
        let seen = match (self.seen_true, self.seen_false) {
            (true, true) => "both ways",
            (true, false) => "never false",
            (false, true) => "never true",
            (false, false) => "neither",
        };
        format!("CellCoverage({}: {seen})", self.text)
    }
}
