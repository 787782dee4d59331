//! What rules are to a population.

use cpcfit::rules::{Blocker, Population, RulePopulation};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::error;
use crate::frame::{Origin, Table, TableColumn};
use crate::html::Html;

/// How rules meet a population: made by `RuleSet.population`; `print` it to read it. Invalid rows count for nothing.
///
/// Attributes:
///     rows: Number of rows, invalid ones too.
///     invalid: Number of rows that cannot be used, with `on_error="null"`.
///     rules: How each rule in effect meets the rows, in the order of the document.
///     problems: What was wrong with the invalid rows.
///
/// Example:
///     >>> rules = cpc.RuleSet.from_dict({
///     ...     "cpcfit": 1, "kind": "rules", "id": "desk", "version": "1", "hit": "first",
///     ...     "fields": {"arpu": {"type": "number"}, "age": {"type": "integer"}},
///     ...     "rules": [{"id": "key", "when": "arpu > 300 && age >= 18"}, {"id": "young", "when": "age < 30"}],
///     ... })
///     >>> population = rules.population({"arpu": [320, 310, 90], "age": [17, 25, 16]})
///     >>> print(population)
///     desk 1, first: 3 rows
///       key: 1 match, 1 first, 0 alone
///         arpu > 300: 1 blocked, 1 first, 0 alone
///         age >= 18: 2 blocked, 1 first, 1 alone
///       young: 3 match, 2 first, 2 alone
///         age < 30: 0 blocked, 0 first, 0 alone
///     >>> population.to_frame("parts")["only"].tolist()
///     [0, 1, 0]
#[pyclass(frozen, name = "Population", module = "cpcfit")]
pub(crate) struct PyPopulation {
    #[pyo3(get)]
    rules: Vec<Py<PyRulePopulation>>,
    found: Population,
    origin: Origin,
}

impl PyPopulation {
    pub(super) fn new(py: Python<'_>, found: Population, origin: Origin) -> PyResult<Self> {
        let rules = found.rules().iter().map(|rule| Py::new(py, PyRulePopulation::new(py, rule)?));
        Ok(Self { rules: rules.collect::<PyResult<_>>()?, found, origin })
    }

    /// Every part with its rule.
    fn parts(&self) -> Vec<(&RulePopulation, &Blocker)> {
        self.found
            .rules()
            .iter()
            .flat_map(|rule| rule.blockers().iter().map(move |part| (rule, part)))
            .collect()
    }

    fn rule_columns(&self) -> Vec<TableColumn> {
        let counts = |name, of: fn(&RulePopulation) -> usize| {
            TableColumn::counts(name, self.found.rules().iter().map(of))
        };
        vec![
            TableColumn::labels("rule", self.found.rules().iter().map(|rule| Some(rule.rule()))),
            counts("matched", RulePopulation::matched),
            counts("first", RulePopulation::first),
            counts("only", RulePopulation::only),
        ]
    }

    fn part_columns(&self) -> Vec<TableColumn> {
        let parts = self.parts();
        let counts = |name, of: fn(&Blocker) -> usize| {
            TableColumn::counts(name, parts.iter().map(|(_, part)| of(part)))
        };
        vec![
            TableColumn::labels("rule", parts.iter().map(|(rule, _)| Some(rule.rule()))),
            TableColumn::labels("part", parts.iter().map(|(_, part)| Some(part.text()))),
            counts("blocked", Blocker::blocked),
            counts("first", Blocker::first),
            counts("only", Blocker::only),
        ]
    }
}

#[pymethods]
impl PyPopulation {
    /// The counts as a frame of the kind that was passed.
    ///
    /// Args:
    ///     of: `"rules"` for a row for each rule, with the columns `rule`, `matched`, `first` and `only`; `"parts"` for a
    ///         row for each part of a condition, with `rule`, `part`, `blocked`, `first` and `only`.
    #[pyo3(signature = (of="rules"))]
    fn to_frame<'py>(&self, py: Python<'py>, of: &str) -> PyResult<Bound<'py, PyAny>> {
        let columns = match of {
            "rules" => self.rule_columns(),
            "parts" => self.part_columns(),
            other => {
                let message = format!("`of` is \"rules\" or \"parts\", not \"{other}\"");
                return Err(PyValueError::new_err(message));
            }
        };
        self.origin.anew(Bound::new(py, Table::new(columns, 1)?)?)
    }

    /// All of it as dicts, lists and plain values: `rows`, `invalid`, and `rules`, each with its `blockers`.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (dict, rules) = (PyDict::new(py), PyList::empty(py));
        for rule in self.found.rules() {
            let (own, blockers) = (PyDict::new(py), PyList::empty(py));
            for part in rule.blockers() {
                let counts = [("blocked", part.blocked()), ("first", part.first()), ("only", part.only())];
                blockers.append(counted(py, ("text", part.text()), counts)?)?;
            }
            let counts = [("matched", rule.matched()), ("first", rule.first()), ("only", rule.only())];
            own.update(counted(py, ("rule", rule.rule()), counts)?.as_mapping())?;
            own.set_item("blockers", blockers)?;
            rules.append(own)?;
        }
        dict.set_item("rows", self.found.len())?;
        dict.set_item("invalid", self.found.invalid())?;
        dict.set_item("rules", rules)?;
        Ok(dict)
    }

    #[getter]
    fn rows(&self) -> usize {
        self.found.len()
    }

    #[getter]
    fn invalid(&self) -> usize {
        self.found.invalid()
    }

    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        error::problem_objects(py, self.found.problems())
    }

    fn __str__(&self) -> String {
        self.found.to_string()
    }

    fn __repr__(&self) -> String {
        format!("Population({})", self.found.to_string().lines().next().unwrap_or_default())
    }

    fn _repr_html_(&self) -> String {
        let text = self.found.to_string();
        let headings = ["rule", "part", "rows", "first", "only"];
        let mut html = Html::new(text.lines().next().unwrap_or_default(), &headings);
        for rule in self.found.rules() {
            let counts = [rule.matched(), rule.first(), rule.only()].map(|count| count.to_string());
            let [matched, first, only] = &counts;
            html.row(&[rule.rule(), "matches", matched, first, only]);
            for part in rule.blockers() {
                let counts = [part.blocked(), part.first(), part.only()].map(|count| count.to_string());
                let [blocked, first, only] = &counts;
                html.row(&["", &format!("blocked by {}", part.text()), blocked, first, only]);
            }
        }
        html.finish()
    }
}

fn counted<'py>(
    py: Python<'py>,
    (key, text): (&str, &str),
    counts: [(&str, usize); 3],
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item(key, text)?;
    counts.into_iter().try_for_each(|(key, count)| dict.set_item(key, count))?;
    Ok(dict)
}

/// How a rule meets a population.
///
/// Attributes:
///     rule: The id of the rule.
///     matched: Rows that it matches.
///     first: Rows of which it is the first rule that matches, in the order in which the hit policy tries them.
///     only: Rows that no other rule matches.
///     blockers: What its condition demands, part by part in order; without a condition nothing.
#[pyclass(frozen, get_all, name = "RulePopulation", module = "cpcfit")]
pub(crate) struct PyRulePopulation {
    rule: String,
    matched: usize,
    first: usize,
    only: usize,
    blockers: Vec<Py<PyBlocker>>,
}

impl PyRulePopulation {
    fn new(py: Python<'_>, rule: &RulePopulation) -> PyResult<Self> {
        let blockers = rule.blockers().iter().map(|part| Py::new(py, PyBlocker::from(part)));
        Ok(Self {
            rule: rule.rule().to_owned(),
            matched: rule.matched(),
            first: rule.first(),
            only: rule.only(),
            blockers: blockers.collect::<PyResult<_>>()?,
        })
    }
}

#[pymethods]
impl PyRulePopulation {
    fn __repr__(&self) -> String {
        let Self { rule, matched, first, only, .. } = self;
        format!("RulePopulation({rule}: {matched} match, {first} first, {only} alone)")
    }
}

/// A part of a condition that must hold, and the rows that it keeps from the rule.
///
/// Attributes:
///     text: The part as text, such as `arpu > 80.00`.
///     blocked: Rows for which it does not hold.
///     first: Rows for which it is the first part that does not hold.
///     only: Rows for which it alone does not hold: so many more would match without it.
#[pyclass(frozen, get_all, name = "Blocker", module = "cpcfit")]
pub(crate) struct PyBlocker {
    text: String,
    blocked: usize,
    first: usize,
    only: usize,
}

impl From<&Blocker> for PyBlocker {
    fn from(part: &Blocker) -> Self {
        Self { text: part.text().to_owned(), blocked: part.blocked(), first: part.first(), only: part.only() }
    }
}

#[pymethods]
impl PyBlocker {
    fn __repr__(&self) -> String {
        let Self { text, blocked, first, only } = self;
        format!("Blocker({text}: {blocked} blocked, {first} first, {only} alone)")
    }
}
