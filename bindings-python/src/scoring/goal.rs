//! What one indicator must reach, and why two scores differ.

use cpcfit::Framework;
use cpcfit::scoring::{Difference, Goal, Parts};
use pyo3::prelude::*;

use super::framework::indicator;

/// What one indicator must reach, all others staying as they are.
///
/// Attributes:
///     id: The id of the indicator.
///     direction: Which values are better: `higher`, `lower` or `target`.
///     unit: Unit of the values.
///     present: The value now; None where it is missing.
///     value: The value nearest to the present one with which the object's score reaches the target; None where no value
///         does.
///     score: The indicator's score at that value.
#[pyclass(frozen, get_all, name = "Goal", module = "cpcfit")]
pub(crate) struct PyGoal {
    id: String,
    direction: &'static str,
    unit: Option<String>,
    present: Option<f64>,
    value: Option<f64>,
    score: Option<f64>,
}

impl PyGoal {
    pub(super) fn new(framework: &Framework, goal: &Goal) -> PyResult<Self> {
        let own = indicator(framework, goal.indicator)?;
        Ok(Self {
            id: own.id().to_owned(),
            direction: own.direction().word(),
            unit: own.unit().map(str::to_owned),
            present: goal.present,
            value: goal.value,
            score: goal.score,
        })
    }
}

#[pymethods]
impl PyGoal {
    fn __repr__(&self) -> String {
        let unit = self.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let shown = |value: Option<f64>, none: &str| {
            value.map_or_else(|| none.to_owned(), |value| format!("{value}{unit}"))
        };
        let (present, value) = (shown(self.present, "missing"), shown(self.value, "out of reach"));
        format!("Goal({}, {}: {present} -> {value})", self.id, self.direction)
    }
}

/// Why two scores differ, split into what other data, other weights and other baselines do.
///
/// Each part is the Shapley value of its factor: the mean over the six orders in which the three can be exchanged. The
/// parts sum to the difference, roundings apart.
///
/// Attributes:
///     before: The first score.
///     after: The second score.
///     data: What other values do.
///     weights: What other weights, another tree or other aggregations do.
///     baselines: What other baselines, limits or directions do.
///     indicators: The parts by indicator, for the ids that either framework has, in the order of the first.
#[pyclass(frozen, get_all, name = "Difference", module = "cpcfit")]
pub(crate) struct PyDifference {
    before: f64,
    after: f64,
    data: f64,
    weights: f64,
    baselines: f64,
    indicators: Vec<Py<PyIndicatorDifference>>,
}

impl PyDifference {
    pub(super) fn new(py: Python<'_>, difference: Difference) -> PyResult<Self> {
        let Difference { before, after, total: Parts { data, weights, baselines, .. }, indicators, .. } =
            difference;
        let of_indicator = |(id, parts): (String, Parts)| {
            let Parts { data, weights, baselines, .. } = parts;
            Py::new(py, PyIndicatorDifference { id, data, weights, baselines })
        };
        let indicators = indicators.into_iter().map(of_indicator).collect::<PyResult<_>>()?;
        Ok(Self { before, after, data, weights, baselines, indicators })
    }
}

#[pymethods]
impl PyDifference {
    fn __repr__(&self) -> String {
        let Self { before, after, data, weights, baselines, .. } = self;
        format!(
            "Difference({before:.2} -> {after:.2}: data {data:+.2}, weights {weights:+.2}, baselines {baselines:+.2})"
        )
    }
}

/// What lies between an indicator's contributions to two scores.
///
/// Attributes:
///     id: The id of the indicator.
///     data: What other values do.
///     weights: What other weights, another tree or other aggregations do.
///     baselines: What other baselines, limits or directions do.
#[pyclass(frozen, get_all, name = "IndicatorDifference", module = "cpcfit")]
pub(crate) struct PyIndicatorDifference {
    id: String,
    data: f64,
    weights: f64,
    baselines: f64,
}

#[pymethods]
impl PyIndicatorDifference {
    fn __repr__(&self) -> String {
        let Self { id, data, weights, baselines } = self;
        format!(
            "IndicatorDifference({id}: data {data:+.2}, weights {weights:+.2}, baselines {baselines:+.2})"
        )
    }
}
