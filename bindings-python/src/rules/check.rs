//! What analysis finds of a rule set.

use cpcfit::RuleSet;
use cpcfit::rules::{Check, Finding, Rule};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::html::Html;
use crate::scalar::to_python;

/// What analysis found: made by `RuleSet.check`; `print` it to read it.
///
/// Attributes:
///     findings: What was found, by kind, then in the order of the document.
///     complete: Whether everything was looked at: what was not found is not there.
///     incomplete: What was left out, and why.
///     clean: Whether nothing was found and nothing was left out.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "desk", "version": "1", "hit": "first",
///     ...     "fields": {"arpu": {"type": "number"}},
///     ...     "rules": [{"id": "key", "when": "arpu > 300"}, {"id": "other"}, {"id": "new", "when": "arpu < 10"}],
///     ... })
///     >>> print(rules.check())
///     desk 1, first: 3 rules, 1 finding
///       catch_all: `other` matches every record, so that the rule after it is never reached: `new`
#[pyclass(frozen, name = "RulesCheck", module = "cpcfit")]
pub(crate) struct PyRulesCheck {
    #[pyo3(get)]
    findings: Vec<Py<PyRulesFinding>>,
    check: Check,
}

impl PyRulesCheck {
    pub(super) fn new(py: Python<'_>, set: &RuleSet, check: Check) -> PyResult<Self> {
        let finding = |finding| Py::new(py, PyRulesFinding::new(py, set, finding)?);
        Ok(Self { findings: check.findings().iter().map(finding).collect::<PyResult<_>>()?, check })
    }
}

#[pymethods]
impl PyRulesCheck {
    #[getter]
    fn complete(&self) -> bool {
        self.check.is_complete()
    }

    #[getter]
    fn incomplete(&self) -> Vec<&str> {
        self.check.incomplete().iter().map(String::as_str).collect()
    }

    #[getter]
    fn clean(&self) -> bool {
        self.check.is_clean()
    }

    fn __str__(&self) -> String {
        self.check.to_string()
    }

    fn __repr__(&self) -> String {
        let text = self.check.to_string();
        format!("RulesCheck({})", text.lines().next().unwrap_or_default())
    }

    fn _repr_html_(&self) -> String {
        let text = self.check.to_string();
        let mut html = Html::new(text.lines().next().unwrap_or_default(), &["kind", "finding", "such as"]);
        for finding in self.check.findings() {
            let values = finding.example().unwrap_or_default().iter();
            let values: Vec<String> = values.map(|(field, value)| format!("{field} = {value}")).collect();
            html.row(&[finding.kind().id(), finding.message(), &values.join(", ")]);
        }
        for what in self.check.incomplete() {
            html.row(&["incomplete", what, ""]);
        }
        html.finish()
    }
}

/// One thing that analysis found.
///
/// Attributes:
///     kind: `never_matches`, `catch_all`, `duplicate`, `masked`, `overlap`, `conflict` or `gap`.
///     rules: The ids of the rules, the one to blame first; none for gaps.
///     message: What was found, in one sentence.
///     when: The records concerned, as a condition; None where it is about rules and not about records.
///     certain: Whether there surely is such a record.
///     example: Such a record, by field; None where that is not certain.
#[pyclass(frozen, get_all, name = "RulesFinding", module = "cpcfit")]
pub(crate) struct PyRulesFinding {
    kind: &'static str,
    rules: Vec<String>,
    message: String,
    when: Option<String>,
    certain: bool,
    example: Option<Py<PyDict>>,
}

impl PyRulesFinding {
    fn new(py: Python<'_>, set: &RuleSet, finding: &Finding) -> PyResult<Self> {
        let rules = finding.rules().iter().filter_map(|position| set.rules().get(*position));
        let example = finding.example().map(|values| {
            let example = PyDict::new(py);
            for (field, value) in values {
                example.set_item(&**field, to_python(py, value.clone())?)?;
            }
            Ok::<_, PyErr>(example.unbind())
        });
        Ok(Self {
            kind: finding.kind().id(),
            rules: rules.map(Rule::id).map(str::to_owned).collect(),
            message: finding.message().to_owned(),
            when: finding.when().map(str::to_owned),
            certain: finding.is_certain(),
            example: example.transpose()?,
        })
    }
}

#[pymethods]
impl PyRulesFinding {
    fn __repr__(&self) -> String {
        format!("RulesFinding({}: {})", self.kind, self.message)
    }
}
