//! The decision on one record, and why.

use std::sync::Arc;

use cpcfit::rules::{
    Decision, DecisionStatus, Explanation, Output, Rule, RuleTrace, SmallestChange, TestOutcome,
};
use cpcfit::{Record, RuleSet, Scalar};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use super::change::{Asked, PySmallestChange};
use super::rule_set::title;
use crate::amount;
use crate::error::Raise as _;
use crate::frame::MoneyAs;
use crate::html::Html;
use crate::scalar::to_python;

/// The decision on one record.
///
/// Attributes:
///     status: `matched`; `none`, where no rule matches and outputs are the defaults; `overlap`, where several match under
///         `unique`; or `conflict`, where rules with different outputs match under `any`.
///     rule: The id of the rule that decides; None where none or several do.
///     rules: The ids of the rules that match, in the order of the hit policy: with `first` and `priority` the one that
///         decides, else all.
///     outputs: Values by output: float, int, Decimal for money in major units, str, bool or `datetime.date`; None where
///         one is missing. None in place of all where there is no one answer: with `overlap` and `conflict`, and where
///         several rules that match stay a list.
///     matches: In those cases, what each rule that matches gives, as pairs of id and outputs; otherwise empty.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "gifts", "version": "1", "hit": "rule_order",
///     ...     "fields": {"age": {"type": "number"}}, "outputs": {"points": {"type": "integer"}},
///     ...     "rules": [
///     ...         {"id": "adult", "when": "age >= 18", "then": {"points": 5}},
///     ...         {"id": "senior", "when": "age >= 60", "then": {"points": 10}},
///     ...     ],
///     ... })
///     >>> rules.decide(age=61).matches
///     [('adult', {'points': 5}), ('senior', {'points': 10})]
#[pyclass(frozen, get_all, name = "Decision", module = "cpcfit")]
pub(crate) struct PyDecision {
    status: &'static str,
    rule: Option<String>,
    rules: Vec<String>,
    outputs: Option<Py<PyDict>>,
    matches: Py<PyList>,
}

impl PyDecision {
    pub(super) fn new(py: Python<'_>, set: &RuleSet, decision: &Decision<'_>) -> PyResult<Self> {
        let decided = match decision.status() {
            DecisionStatus::None => true,
            DecisionStatus::Matched => !keeps_list(set),
            _ => false,
        };
        let outputs = decided.then(|| dict(py, set, decision.outputs())).transpose()?;
        let matches = PyList::empty(py);
        if !decided {
            for rule in decision.rules() {
                matches.append((rule.id(), dict(py, set, decision.outputs_of(rule))?))?;
            }
        }
        Ok(Self {
            status: decision.status().id(),
            rule: decision.rule().map(|rule| rule.id().to_owned()),
            rules: decision.rules().iter().copied().map(Rule::id).map(str::to_owned).collect(),
            outputs: outputs.map(Bound::unbind),
            matches: matches.unbind(),
        })
    }
}

impl PyDecision {
    fn text(&self) -> String {
        let rules = if self.rules.is_empty() { "" } else { ": " };
        format!("{}{rules}{}", self.status, self.rules.join(", "))
    }
}

/// Whether the outputs of several rules that match stay a list.
pub(super) fn keeps_list(set: &RuleSet) -> bool {
    !set.hit().is_single() && !set.puts_together()
}

fn dict<'a, 'py>(
    py: Python<'py>,
    set: &RuleSet,
    outputs: impl Iterator<Item = (&'a Output, &'a Scalar)>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (output, value) in outputs {
        dict.set_item(PyString::intern(py, output.id()), python_value(py, set, value)?)?;
    }
    Ok(dict)
}

/// A value of rules; amounts with the decimals of the currency.
pub(super) fn python_value<'py>(
    py: Python<'py>,
    set: &RuleSet,
    value: &Scalar,
) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Scalar::Decimal(major) => amount::sum(py, set.currency(), minor(set, *major), MoneyAs::Decimal),
        other => to_python(py, other.clone()),
    }
}

/// An amount that the core gave in major units.
pub(super) fn minor(set: &RuleSet, major: cpcfit::Decimal) -> i128 {
    let minor = major.mantissa().saturating_mul(set.currency().minor_per_major().into());
    minor.checked_div(major.denominator()).unwrap_or(0)
}

#[pymethods]
impl PyDecision {
    fn __repr__(&self) -> String {
        format!("Decision({})", self.text())
    }
}

/// The decision on one record, taken apart; `print` it to read it.
///
/// Attributes:
///     decision: The decision.
///     rules: What each rule says, in the order of the document; rules after the one that decides too.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "segments", "version": "1", "hit": "first",
///     ...     "fields": {"arpu": {"type": "number"}, "tenure": {"type": "integer"}},
///     ...     "rules": [
///     ...         {"id": "key", "when": "arpu > 300 && tenure >= 12"},
///     ...         {"id": "loyal", "when": "tenure >= 60"},
///     ...     ],
///     ... })
///     >>> explanation = rules.explain(arpu=250, tenure=61)
///     >>> print(explanation)
///     matched: loyal
///       key: false
///         - arpu > 300: 250 (false)
///         + tenure >= 12: 61 (true)
///         would match with arpu > 300 (now 250): 300.00000000000006
///       loyal: true
///         + tenure >= 60: 61 (true)
///     >>> explanation.rules[0].only_failing
///     TestOutcome(arpu > 300: 250 (false))
///     >>> explanation.rules[0].smallest_change.changes[0].value
///     300.00000000000006
#[pyclass(frozen, name = "RulesExplanation", module = "cpcfit")]
pub(crate) struct PyRulesExplanation {
    #[pyo3(get)]
    decision: Py<PyDecision>,
    #[pyo3(get)]
    rules: Vec<Py<PyRuleTrace>>,
    asked: Arc<Asked>,
}

impl PyRulesExplanation {
    pub(super) fn new(py: Python<'_>, set: &RuleSet, record: Record) -> PyResult<Self> {
        let asked = Arc::new(Asked { rules: set.clone(), record });
        let explanation = explain(py, &asked)?;
        let traces = explanation.rules().iter().enumerate();
        let rules = traces.map(|(position, trace)| {
            Py::new(py, PyRuleTrace::new(py, trace, (Arc::clone(&asked), position))?)
        });
        Ok(Self {
            decision: Py::new(py, PyDecision::new(py, set, explanation.decision())?)?,
            rules: rules.collect::<PyResult<_>>()?,
            asked: Arc::clone(&asked),
        })
    }

    fn caption(&self) -> String {
        format!("{}: {}", title(&self.asked.rules), self.decision.get().text())
    }
}

fn explain<'a>(py: Python<'_>, asked: &'a Asked) -> PyResult<Explanation<'a>> {
    asked.rules.explain(&asked.record).or_raise(py)
}

#[pymethods]
impl PyRulesExplanation {
    /// All of it as dicts, lists and plain values: `status`, `rule` and `outputs` of the decision, and `rules`, each with
    /// its `tests` and its `smallest_change`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (dict, rules, decision) = (PyDict::new(py), PyList::empty(py), self.decision.get());
        for trace in self.rules.iter().map(Py::get) {
            rules.append(trace.to_dict(py)?)?;
        }
        dict.set_item("status", decision.status)?;
        dict.set_item("rule", decision.rule.as_deref())?;
        dict.set_item("outputs", decision.outputs.as_ref())?;
        dict.set_item("rules", rules)?;
        Ok(dict)
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(explain(py, &self.asked)?.to_string())
    }

    fn __repr__(&self) -> String {
        format!("RulesExplanation({})", self.caption())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let headings = ["rule", "outcome", "matches", "tests", "what fails", "what would do"];
        let mut html = Html::new(&self.caption(), &headings);
        for trace in self.rules.iter().map(Py::get) {
            let failing: Vec<&str> =
                trace.tests.iter().map(Py::get).filter(|test| test.fails).map(|test| &*test.text).collect();
            let change = trace.change(py)?.map(|change| change.to_string()).unwrap_or_default();
            html.row(&[
                &trace.rule,
                word(trace.outcome),
                if trace.matches { "yes" } else { "no" },
                &trace.tests.len().to_string(),
                &failing.join("; "),
                &change,
            ]);
        }
        Ok(html.finish())
    }
}

fn word(outcome: Option<bool>) -> &'static str {
    match outcome {
        Some(true) => "true",
        Some(false) => "false",
        None => "unknown",
    }
}

/// What a rule says of a record.
///
/// Attributes:
///     rule: The id of the rule.
///     outcome: Whether its condition holds; None where that is unknown.
///     matches: Whether it matches: as its outcome, or as the rules say of unknown conditions.
///     tests: Every test, in the order of the condition.
///     first_failing: The first test that keeps it from matching; None where there is none.
///     only_failing: The test that alone keeps it from matching; None where there is not just one.
///     smallest_change: The smallest change of the record for which it would match; None where it matches.
#[pyclass(frozen, name = "RuleTrace", module = "cpcfit")]
pub(crate) struct PyRuleTrace {
    #[pyo3(get)]
    rule: String,
    #[pyo3(get)]
    outcome: Option<bool>,
    #[pyo3(get)]
    matches: bool,
    #[pyo3(get)]
    tests: Vec<Py<PyTestOutcome>>,
    #[pyo3(get)]
    first_failing: Option<Py<PyTestOutcome>>,
    #[pyo3(get)]
    only_failing: Option<Py<PyTestOutcome>>,
    /// With the position of the rule.
    asked: (Arc<Asked>, usize),
}

impl PyRuleTrace {
    fn new(py: Python<'_>, trace: &RuleTrace<'_>, asked: (Arc<Asked>, usize)) -> PyResult<Self> {
        let tests: Vec<Py<PyTestOutcome>> = trace
            .tests()
            .iter()
            .map(|test| Py::new(py, PyTestOutcome::from(test)))
            .collect::<PyResult<_>>()?;
        // The same objects as in the list.
        let own = |wanted: Option<&TestOutcome>| {
            let position =
                trace.tests().iter().position(|test| wanted.is_some_and(|it| std::ptr::eq(it, test)))?;
            tests.get(position).map(|test| test.clone_ref(py))
        };
        Ok(Self {
            rule: trace.rule().id().to_owned(),
            outcome: trace.outcome(),
            matches: trace.matches(),
            first_failing: own(trace.first_failing()),
            only_failing: own(trace.only_failing()),
            tests,
            asked,
        })
    }

    fn change(&self, py: Python<'_>) -> PyResult<Option<SmallestChange>> {
        let (asked, position) = &self.asked;
        let Some(rule) = asked.rules.rules().get(*position) else { return Ok(None) };
        asked.rules.smallest_change(rule, &asked.record).or_raise(py)
    }

    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (dict, tests) = (PyDict::new(py), PyList::empty(py));
        for test in self.tests.iter().map(Py::get) {
            let own = PyDict::new(py);
            own.set_item("tested", &test.tested)?;
            own.set_item("expected", &test.expected)?;
            own.set_item("actual", test.actual.as_deref())?;
            own.set_item("outcome", test.outcome)?;
            own.set_item("fails", test.fails)?;
            tests.append(own)?;
        }
        let change = self.smallest_change(py)?;
        dict.set_item("rule", &self.rule)?;
        dict.set_item("outcome", self.outcome)?;
        dict.set_item("matches", self.matches)?;
        dict.set_item("tests", tests)?;
        dict.set_item("smallest_change", change.map(|change| change.to_dict(py)).transpose()?)?;
        Ok(dict)
    }
}

#[pymethods]
impl PyRuleTrace {
    /// The smallest change of the record for which the rule would match; None where it matches. It is found when it is
    /// asked for.
    #[getter]
    fn smallest_change(&self, py: Python<'_>) -> PyResult<Option<PySmallestChange>> {
        let change = self.change(py)?;
        change.map(|change| PySmallestChange::new(py, &self.asked.0.rules, &change)).transpose()
    }

    fn __repr__(&self) -> String {
        let matches = if self.matches { "matches" } else { "does not match" };
        format!("RuleTrace({}: {}, {matches})", self.rule, word(self.outcome))
    }
}

/// What a test says of a record; `print` it to read it. Tests under a negation appear as their opposites.
///
/// Attributes:
///     tested: The field that is tested; where something is computed, the whole comparison as text.
///     expected: What is expected, such as `> 300`, amounts in major units; of a whole comparison that it is `true`.
///     actual: The value as text, texts in quotes; None where it is missing.
///     outcome: Whether the test holds; None where that is unknown.
///     fails: Whether it is among those that keep the rule from matching.
#[pyclass(frozen, name = "TestOutcome", module = "cpcfit")]
pub(crate) struct PyTestOutcome {
    #[pyo3(get)]
    tested: String,
    #[pyo3(get)]
    expected: String,
    #[pyo3(get)]
    actual: Option<String>,
    #[pyo3(get)]
    outcome: Option<bool>,
    #[pyo3(get)]
    fails: bool,
    text: String,
}

impl From<&TestOutcome> for PyTestOutcome {
    fn from(test: &TestOutcome) -> Self {
        Self {
            tested: test.tested().to_owned(),
            expected: test.expected().to_owned(),
            actual: test.actual().map(str::to_owned),
            outcome: test.outcome(),
            fails: test.fails(),
            text: test.to_string(),
        }
    }
}

#[pymethods]
impl PyTestOutcome {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("TestOutcome({})", self.text)
    }
}
