//! The score of one object, and why.

use cpcfit::Score;
use cpcfit::scoring::{Explanation, IndicatorScore, NodeScore};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::scores::on_scale;
use crate::amount;
use crate::html::Html;

/// The score of one object.
///
/// Attributes:
///     value: The score on the framework's scale; None where too much is missing.
///     coverage: The share of the weights whose values were observed, from 0 to 1.
///     status: `ok`; `imputed`, where a value stood in for a missing one; `partial`, where an indicator dropped out; or
///         `missing`, where there is no score.
#[pyclass(frozen, get_all, name = "Score", module = "cpcfit")]
pub(crate) struct PyScore {
    value: Option<f64>,
    coverage: f64,
    status: &'static str,
}

impl From<Score> for PyScore {
    fn from(score: Score) -> Self {
        Self { value: score.value(), coverage: score.coverage(), status: score.status().word() }
    }
}

#[pymethods]
impl PyScore {
    fn __repr__(&self) -> String {
        let value = self.value.map_or_else(|| "None".to_owned(), |value| format!("{value:?}"));
        format!("Score({value}, coverage {:.0}%, {})", self.coverage * 100.0, self.status)
    }
}

/// The score of one object, taken apart; `print` it to read it.
///
/// Where every node on the way to the root sums, the contributions of the indicators, added in their order, are the score
/// to the bit; under other aggregations they sum to it within 1e-9 of the scale.
///
/// Example:
///     >>> framework = cpc.Framework.from_dict({
///     ...     "cpcfit": 1, "kind": "framework", "id": "desk", "version": "1", "root": "desk",
///     ...     "indicators": {
///     ...         "rate": {"direction": "higher", "normalise": {"goalposts": {"worst": 0, "best": 10}}},
///     ...         "wait": {"unit": "s", "direction": "lower", "normalise": {"goalposts": {"worst": 60, "best": 10}}},
///     ...     },
///     ...     "nodes": {"desk": {"children": ["rate", "wait"]}},
///     ... })
///     >>> explanation = framework.explain(rate=9, wait=35)
///     >>> print(explanation)
///     desk 70.00 on 0 to 100
///       + rate = 9: 90.00 x 0.5000 brings 45.00
///       - wait = 35 s: 50.00 x 0.5000 brings 25.00
///     >>> [(found.id, found.lift) for found in explanation.weaknesses()]
///     [('wait', -10.0)]
#[pyclass(frozen, name = "ScoreExplanation", module = "cpcfit")]
pub(crate) struct PyScoreExplanation(pub(super) Explanation);

#[pymethods]
impl PyScoreExplanation {
    /// The score.
    #[getter]
    fn score(&self) -> PyScore {
        self.0.score().into()
    }

    /// What every node has, depth first from the root on.
    #[getter]
    fn nodes(&self, py: Python<'_>) -> PyResult<Vec<PyNodeScore>> {
        self.0.nodes().iter().map(|node| PyNodeScore::new(py, &self.0, node)).collect()
    }

    /// What every indicator has and brings, depth first in the order of the children.
    #[getter]
    fn indicators(&self, py: Python<'_>) -> PyResult<Vec<PyIndicatorScore>> {
        self.objects(py, self.0.indicators())
    }

    /// The indicators that lift the score most, at most `n`; those that do not lift it are left out.
    #[pyo3(signature = (n=3))]
    fn strengths(&self, py: Python<'_>, n: usize) -> PyResult<Vec<PyIndicatorScore>> {
        self.objects(py, self.0.strengths(n))
    }

    /// The indicators that pull the score down most, at most `n`; those that do not are left out.
    #[pyo3(signature = (n=3))]
    fn weaknesses(&self, py: Python<'_>, n: usize) -> PyResult<Vec<PyIndicatorScore>> {
        self.objects(py, self.0.weaknesses(n))
    }

    /// All of it as dicts, lists and plain values: `framework`, `version`, `scale`, `score`, `nodes` and `indicators`;
    /// `polars.DataFrame(explanation.to_dict()["indicators"])` is a table of it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (framework, dict) = (self.0.framework(), PyDict::new(py));
        dict.set_item("framework", framework.id())?;
        dict.set_item("version", framework.version())?;
        dict.set_item("scale", [framework.scale().min, framework.scale().max])?;
        dict.set_item("score", fields(self.score().into_pyobject(py)?.as_any(), &SCORE)?)?;
        dict.set_item("nodes", dicts(&self.nodes(py)?.into_pyobject(py)?, &NODE)?)?;
        dict.set_item("indicators", dicts(&self.indicators(py)?.into_pyobject(py)?, &INDICATOR)?)?;
        Ok(dict)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("ScoreExplanation({}: {})", on_scale(self.0.framework()), self.score().__repr__())
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        let score = self.score();
        let value = score.value.map_or_else(|| "no score".to_owned(), |value| format!("{value:.2}"));
        let caption = format!("{}: {value}, {}", on_scale(self.0.framework()), score.status);
        let headings = ["indicator", "better", "value", "score", "weight", "brings", "lift"];
        let mut html = Html::new(&caption, &headings);
        for indicator in self.indicators(py)? {
            let unit = indicator.unit.as_deref().unwrap_or_default();
            let value = indicator.value.map(|value| format!("{value} {unit}")).unwrap_or_default();
            let score = indicator.score.map(|score| format!("{score:.2}")).unwrap_or_default();
            html.row(&[
                &indicator.id,
                indicator.direction,
                value.trim_end(),
                &score,
                &format!("{:.4}", indicator.effective_weight),
                &format!("{:.2}", indicator.contribution),
                // Not "-0.00".
                &format!("{:+.2}", (indicator.lift * 100.0).round() / 100.0 + 0.0),
            ]);
        }
        Ok(html.finish())
    }
}

impl PyScoreExplanation {
    fn objects<'a>(
        &self,
        py: Python<'_>,
        indicators: impl IntoIterator<Item = &'a IndicatorScore>,
    ) -> PyResult<Vec<PyIndicatorScore>> {
        indicators.into_iter().map(|indicator| PyIndicatorScore::new(py, &self.0, indicator)).collect()
    }
}

/// What dicts have of each object.
const SCORE: [&str; 3] = ["value", "coverage", "status"];
const NODE: [&str; 7] = ["id", "names", "depth", "score", "coverage", "weight", "contribution"];
const INDICATOR: [&str; 16] = [
    "id",
    "names",
    "depth",
    "direction",
    "unit",
    "value",
    "origin",
    "score",
    "at_end",
    "grade",
    "weight",
    "effective_weight",
    "contribution",
    "undone",
    "lift",
    "source",
];

fn fields<'py>(object: &Bound<'py, PyAny>, names: &[&str]) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(object.py());
    names.iter().try_for_each(|name| dict.set_item(name, object.getattr(*name)?))?;
    Ok(dict)
}

fn dicts<'py>(objects: &Bound<'py, PyAny>, names: &[&str]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(objects.py());
    objects.try_iter()?.try_for_each(|object| list.append(fields(&object?, names)?))?;
    Ok(list)
}

/// What a node has in one object.
///
/// Attributes:
///     id: The id of the node.
///     names: Names by language tag.
///     depth: How deep it stands; the root has 0.
///     score: Its score on the scale; None where it is missing.
///     coverage: The share of its weights whose values were observed.
///     weight: Its weight among the children that are present; 1 for the root.
///     contribution: What it brings to the score of the root.
#[pyclass(frozen, get_all, name = "NodeScore", module = "cpcfit")]
pub(crate) struct PyNodeScore {
    id: String,
    names: Py<PyDict>,
    depth: usize,
    score: Option<f64>,
    coverage: f64,
    weight: f64,
    contribution: f64,
}

impl PyNodeScore {
    fn new(py: Python<'_>, explanation: &Explanation, node: &NodeScore) -> PyResult<Self> {
        let own = explanation.framework().nodes().get(node.node);
        let own = own.ok_or_else(|| PyIndexError::new_err("there is no such node"))?;
        Ok(Self {
            id: own.id().to_owned(),
            names: amount::names(py, own.name())?.unbind(),
            depth: node.depth,
            score: node.score,
            coverage: node.coverage,
            weight: node.weight,
            contribution: node.contribution,
        })
    }
}

#[pymethods]
impl PyNodeScore {
    fn __repr__(&self) -> String {
        format!("NodeScore({}: {})", self.id, brought(self.score, self.weight, self.contribution))
    }
}

/// What an indicator has in one object.
///
/// Attributes:
///     id: The id of the indicator.
///     names: Names by language tag.
///     depth: How deep it stands; the children of the root have 1.
///     direction: Which values are better: `higher`, `lower` or `target`.
///     unit: Unit of the value.
///     source: Where indicator and baseline come from.
///     value: The value, after a comparison and before it is drawn to limits; None where it is missing.
///     origin: `observed`, `imputed` or `missing`.
///     score: Its score on the scale; None where it dropped out.
///     at_end: Whether the score lies at an end of the scale.
///     grade: The grade of the value, where a table of grades names it.
///     weight: Its weight among the children that are present.
///     effective_weight: The product of the weights from the root down, in this object.
///     contribution: What it brings to the score of the root.
///     undone: What is missing to the top of the scale because of it.
///     lift: How far it lifts the score above, or pulls it below, what its weight would bring at the object's own score.
#[pyclass(frozen, get_all, name = "IndicatorScore", module = "cpcfit")]
pub(crate) struct PyIndicatorScore {
    id: String,
    names: Py<PyDict>,
    depth: usize,
    direction: &'static str,
    unit: Option<String>,
    source: Option<String>,
    value: Option<f64>,
    origin: &'static str,
    score: Option<f64>,
    at_end: bool,
    grade: Option<String>,
    weight: f64,
    effective_weight: f64,
    contribution: f64,
    undone: f64,
    lift: f64,
}

impl PyIndicatorScore {
    fn new(py: Python<'_>, explanation: &Explanation, indicator: &IndicatorScore) -> PyResult<Self> {
        let own = explanation.framework().indicators().get(indicator.indicator);
        let own = own.ok_or_else(|| PyIndexError::new_err("there is no such indicator"))?;
        Ok(Self {
            id: own.id().to_owned(),
            names: amount::names(py, own.name())?.unbind(),
            depth: indicator.depth,
            direction: own.direction().word(),
            unit: own.unit().map(str::to_owned),
            source: own.source().map(str::to_owned),
            value: indicator.value,
            origin: indicator.origin.word(),
            score: indicator.score,
            at_end: indicator.at_end,
            grade: indicator.grade.clone(),
            weight: indicator.weight,
            effective_weight: indicator.effective_weight,
            contribution: indicator.contribution,
            undone: indicator.undone,
            lift: explanation.lift(indicator),
        })
    }
}

#[pymethods]
impl PyIndicatorScore {
    fn __repr__(&self) -> String {
        let Self { id, direction, .. } = self;
        let brought = brought(self.score, self.effective_weight, self.contribution);
        format!("IndicatorScore({id}, {direction}: {brought})")
    }
}

fn brought(score: Option<f64>, weight: f64, contribution: f64) -> String {
    let bring = |score| format!("{score:.2} x {weight:.4} brings {contribution:.2}");
    score.map_or_else(|| "missing".to_owned(), bring)
}
