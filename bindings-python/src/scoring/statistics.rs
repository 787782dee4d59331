//! How the indicators of a framework hang together.

use cpcfit::Framework;
use cpcfit::scoring::Indicator;
use cpcfit::scoring::statistics::{Correlations, RedundantPair, SilentIndicator, Statistics};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyDict};

use super::framework::indicator;
use super::scores::on_scale;

/// How the indicators of a framework hang together: made by `Framework.statistics`.
///
/// Scores, not values, are looked at, so that more is better for every indicator; only rows in which every indicator has
/// one count. Lists go by the indicators in the order of `ids`; an indicator that does not vary has no correlation,
/// which is None.
///
/// Example:
///     >>> framework = cpc.Framework.from_dict({
///     ...     "cpcfit": 1, "kind": "framework", "id": "desk", "version": "1", "root": "desk",
///     ...     "indicators": {
///     ...         "rate": {"direction": "higher", "normalise": {"goalposts": {"worst": 0, "best": 10}}},
///     ...         "wait": {"direction": "lower", "normalise": {"goalposts": {"worst": 60, "best": 10}}},
///     ...     },
///     ...     "nodes": {"desk": {"children": ["rate", "wait"]}},
///     ... })
///     >>> statistics = framework.statistics({"rate": [2, 4, 8], "wait": [50, 40, 20]})
///     >>> statistics
///     Statistics(desk 1 on 0 to 100: 3 rows, alpha 1.00, 1 redundant pairs, 0 silent indicators)
///     >>> statistics.redundant
///     [RedundantPair(rate, wait: 1.00)]
///     >>> [round(share, 3) for share in statistics.explained]
///     [1.0, 0.0]
#[pyclass(frozen, name = "Statistics", module = "cpcfit")]
pub(crate) struct PyStatistics {
    pub(super) framework: Framework,
    pub(super) found: Statistics,
}

#[pymethods]
impl PyStatistics {
    /// How many rows have a score of every indicator.
    #[getter]
    fn rows(&self) -> usize {
        self.found.rows
    }

    /// The ids of the indicators, in the order of the document.
    #[getter]
    fn ids(&self) -> Vec<&str> {
        self.framework.indicators().iter().map(Indicator::id).collect()
    }

    /// Pearson's correlations, from -1 to 1: a list of as many for each indicator.
    #[getter]
    fn pearson(&self) -> Vec<Vec<Option<f64>>> {
        lists(&self.found.pearson)
    }

    /// Spearman's rank correlations, from -1 to 1: a list of as many for each indicator.
    #[getter]
    fn spearman(&self) -> Vec<Vec<Option<f64>>> {
        lists(&self.found.spearman)
    }

    /// Cronbach's alpha (1951), at most 1; around 0.7 and above is taken for reliable. None where the sum does not vary.
    #[getter]
    fn alpha(&self) -> Option<f64> {
        self.found.reliability.alpha()
    }

    /// Alpha without each indicator, by id; higher than `alpha` where the indicator disturbs.
    #[getter]
    fn alpha_if_deleted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.ids().into_iter().zip(self.found.reliability.if_deleted()).into_py_dict(py)
    }

    /// The variance that each principal component of Pearson's correlations explains, the largest first.
    #[getter]
    fn eigenvalues(&self) -> &[f64] {
        self.found.components.eigenvalues()
    }

    /// The share of the variance that each principal component explains, from 0 to 1.
    #[getter]
    fn explained(&self) -> Vec<f64> {
        self.found.components.explained()
    }

    /// How many components explain more than one indicator does (Kaiser 1960), or all where none does.
    #[getter]
    fn kept(&self) -> usize {
        self.found.components.kept()
    }

    /// The correlation of every indicator with a principal component: a list for each component.
    #[getter]
    fn loadings(&self) -> Vec<&[f64]> {
        let components = &self.found.components;
        (0..components.eigenvalues().len()).map(|component| components.loadings(component)).collect()
    }

    /// The pairs whose Pearson correlation is beyond 0.9 on either side: together they count twice.
    #[getter]
    fn redundant(&self) -> PyResult<Vec<PyRedundantPair>> {
        self.found.redundant.iter().map(|pair| PyRedundantPair::new(&self.framework, pair)).collect()
    }

    /// The indicators that do not vary, or whose correlation with the score is below 0.1 on either side: the score does
    /// not reflect them, whatever their weight.
    #[getter]
    fn silent(&self) -> PyResult<Vec<PySilentIndicator>> {
        self.found.silent.iter().map(|silent| PySilentIndicator::new(&self.framework, silent)).collect()
    }

    fn __repr__(&self) -> String {
        let Statistics { rows, redundant, silent, .. } = &self.found;
        let alpha = self.alpha().map_or_else(|| "no alpha".to_owned(), |alpha| format!("alpha {alpha:.2}"));
        let (scale, pairs, silent) = (on_scale(&self.framework), redundant.len(), silent.len());
        format!(
            "Statistics({scale}: {rows} rows, {alpha}, {pairs} redundant pairs, {silent} silent indicators)"
        )
    }
}

fn lists(correlations: &Correlations) -> Vec<Vec<Option<f64>>> {
    let count = correlations.indicators();
    let list = |first| (0..count).map(|second| correlations.get(first, second)).collect();
    (0..count).map(list).collect()
}

/// Two indicators that say nearly the same.
///
/// Attributes:
///     ids: The ids of the two.
///     correlation: Their Pearson correlation; below zero where one is the opposite of the other.
#[pyclass(frozen, get_all, name = "RedundantPair", module = "cpcfit")]
pub(crate) struct PyRedundantPair {
    ids: (String, String),
    correlation: f64,
}

impl PyRedundantPair {
    fn new(framework: &Framework, pair: &RedundantPair) -> PyResult<Self> {
        let id = |position| indicator(framework, position).map(|own| own.id().to_owned());
        Ok(Self { ids: (id(pair.first)?, id(pair.second)?), correlation: pair.correlation })
    }
}

#[pymethods]
impl PyRedundantPair {
    fn __repr__(&self) -> String {
        let (first, second) = &self.ids;
        format!("RedundantPair({first}, {second}: {:.2})", self.correlation)
    }
}

/// An indicator that the score does not reflect.
///
/// Attributes:
///     id: The id of the indicator.
///     correlation: Its Pearson correlation with the score; None where it, or the score, does not vary.
#[pyclass(frozen, get_all, name = "SilentIndicator", module = "cpcfit")]
pub(crate) struct PySilentIndicator {
    id: String,
    correlation: Option<f64>,
}

impl PySilentIndicator {
    fn new(framework: &Framework, silent: &SilentIndicator) -> PyResult<Self> {
        let id = indicator(framework, silent.indicator)?.id().to_owned();
        Ok(Self { id, correlation: silent.correlation })
    }
}

#[pymethods]
impl PySilentIndicator {
    fn __repr__(&self) -> String {
        let found =
            self.correlation.map_or_else(|| "does not vary".to_owned(), |found| format!("{found:.2}"));
        format!("SilentIndicator({}: {found})", self.id)
    }
}
