//! What data hold, before they are scored.

use cpcfit::Framework;
use cpcfit::scoring::IndicatorAudit;
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::PyIterator;

use super::framework::indicator;
use super::scores::{directions_text, on_scale};
use crate::frame::{Origin, Table, TableColumn};
use crate::html::Html;

/// What a frame holds of every indicator: made by `Framework.audit`. A sequence in the order of the indicators; an id
/// may stand in for the position.
///
/// Example:
///     >>> framework = cpc.Framework.from_dict({
///     ...     "cpcfit": 1, "kind": "framework", "id": "queue", "version": "1", "root": "queue",
///     ...     "indicators": {"wait": {
///     ...         "unit": "s", "direction": "lower", "possible": {"min": 0},
///     ...         "normalise": {"goalposts": {"worst": 60, "best": 10}},
///     ...     }},
///     ...     "nodes": {"queue": {"children": ["wait"]}},
///     ... })
///     >>> audit = framework.audit({"wait": [10, 20, 30, 40, 500, -1, None]})
///     >>> audit["wait"]
///     IndicatorAudit(wait in s, lower: 7 rows, 1 missing, 1 impossible, 1 outliers, 10 to 500)
///     >>> audit[0].median, audit[0].unusable_share
///     (30.0, 0.2857142857142857)
///     >>> audit.to_frame()["outliers"].tolist()
///     [1]
#[pyclass(frozen, sequence, name = "Audit", module = "cpcfit")]
pub(crate) struct PyAudit {
    framework: Framework,
    origin: Origin,
    audits: Vec<Py<PyIndicatorAudit>>,
}

/// A position, or an id.
#[derive(FromPyObject)]
enum Key {
    #[pyo3(transparent, annotation = "int")]
    Position(isize),
    #[pyo3(transparent, annotation = "str")]
    Id(String),
}

impl PyAudit {
    pub(super) fn new(
        py: Python<'_>,
        framework: Framework,
        origin: Origin,
        audits: &[IndicatorAudit],
    ) -> PyResult<Self> {
        let audits = audits
            .iter()
            .map(|audit| Py::new(py, PyIndicatorAudit::new(&framework, audit)?))
            .collect::<PyResult<_>>()?;
        Ok(Self { framework, origin, audits })
    }

    fn audits(&self) -> impl Iterator<Item = &PyIndicatorAudit> {
        self.audits.iter().map(Py::get)
    }
}

#[pymethods]
impl PyAudit {
    /// The audit as a frame of the kind that was looked at, with a row for each indicator and the attributes of
    /// `IndicatorAudit` as columns; null where there is none.
    fn to_frame<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        type Audit = PyIndicatorAudit;
        let labels = |name, of: fn(&Audit) -> Option<&str>| TableColumn::labels(name, self.audits().map(of));
        let counts = |name, of: fn(&Audit) -> usize| TableColumn::counts(name, self.audits().map(of));
        let floats = |name, of: fn(&Audit) -> Option<f64>| TableColumn::floats(name, self.audits().map(of));
        let columns = vec![
            labels("id", |audit| Some(&audit.id)),
            labels("direction", |audit| Some(audit.direction)),
            labels("unit", |audit| audit.unit.as_deref()),
            counts("rows", |audit| audit.rows),
            counts("missing", |audit| audit.missing),
            counts("infinite", |audit| audit.infinite),
            counts("impossible", |audit| audit.impossible),
            counts("outliers", |audit| audit.outliers),
            TableColumn::flags(
                "constant",
                self.audits().map(|audit| audit.constant).collect::<Vec<_>>(),
                None,
            ),
            floats("minimum", |audit| audit.minimum),
            floats("lower_quartile", |audit| audit.lower_quartile),
            floats("median", |audit| audit.median),
            floats("upper_quartile", |audit| audit.upper_quartile),
            floats("maximum", |audit| audit.maximum),
            floats("mean", |audit| audit.mean),
            floats("deviation", |audit| audit.deviation),
            floats("unusable_share", |audit| Some(audit.unusable_share)),
        ];
        self.origin.anew(Bound::new(py, Table::new(columns, 1)?)?)
    }

    fn __getitem__(&self, py: Python<'_>, key: Key) -> PyResult<Py<PyIndicatorAudit>> {
        match key {
            Key::Position(position) => {
                let from = if position < 0 { self.audits.len() } else { 0 };
                let audit = from.checked_add_signed(position).and_then(|position| self.audits.get(position));
                let audit = audit.ok_or_else(|| PyIndexError::new_err("there is no such indicator"))?;
                Ok(audit.clone_ref(py))
            }
            Key::Id(id) => {
                let audit = self.audits.iter().find(|audit| audit.get().id == id);
                Ok(audit.ok_or_else(|| PyKeyError::new_err(id))?.clone_ref(py))
            }
        }
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        let audits: Vec<_> = self.audits.iter().map(|audit| audit.clone_ref(py)).collect();
        audits.into_pyobject(py)?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.audits.len()
    }

    fn __repr__(&self) -> String {
        let rows = self.audits().next().map_or(0, |audit| audit.rows);
        let (scale, directions) = (on_scale(&self.framework), directions_text(&self.framework));
        format!("Audit({scale}, {directions}: {} indicators, {rows} rows)", self.__len__())
    }

    fn _repr_html_(&self) -> String {
        let caption = format!("Data for {}", on_scale(&self.framework));
        let headings =
            ["indicator", "better", "missing", "infinite", "impossible", "outliers", "median", "note"];
        let mut html = Html::new(&caption, &headings);
        for audit in self.audits() {
            html.row(&[
                &audit.id,
                audit.direction,
                &audit.missing.to_string(),
                &audit.infinite.to_string(),
                &audit.impossible.to_string(),
                &audit.outliers.to_string(),
                &audit.median.map(|median| median.to_string()).unwrap_or_default(),
                if audit.constant { "constant" } else { "" },
            ]);
        }
        html.finish()
    }
}

/// What a frame holds of one indicator. Counts are of rows; values are in the indicator's unit, after a comparison, and
/// None where no value can be used.
///
/// Attributes:
///     id: The id of the indicator.
///     direction: Which values are better: `higher`, `lower` or `target`.
///     unit: Unit of the values.
///     rows: Rows in all.
///     missing: Rows without a value.
///     infinite: Rows whose value is infinite.
///     impossible: Rows whose value is not possible, or not in the domain of the method.
///     outliers: Rows whose value lies more than 1.5 interquartile ranges outside the quartiles (Tukey 1977).
///     constant: Whether all values are the same.
///     minimum: The lowest value.
///     lower_quartile: The first quartile.
///     median: The median.
///     upper_quartile: The third quartile.
///     maximum: The highest value.
///     mean: The mean.
///     deviation: The sample standard deviation.
///     unusable_share: The share of rows without a usable value, from 0 to 1.
#[pyclass(frozen, get_all, name = "IndicatorAudit", module = "cpcfit")]
pub(crate) struct PyIndicatorAudit {
    id: String,
    direction: &'static str,
    unit: Option<String>,
    rows: usize,
    missing: usize,
    infinite: usize,
    impossible: usize,
    outliers: usize,
    constant: bool,
    minimum: Option<f64>,
    lower_quartile: Option<f64>,
    median: Option<f64>,
    upper_quartile: Option<f64>,
    maximum: Option<f64>,
    mean: Option<f64>,
    deviation: Option<f64>,
    unusable_share: f64,
}

impl PyIndicatorAudit {
    fn new(framework: &Framework, audit: &IndicatorAudit) -> PyResult<Self> {
        let own = indicator(framework, audit.indicator)?;
        let [minimum, lower_quartile, median, upper_quartile, maximum] =
            audit.quartiles.map_or([None; 5], |quartiles| quartiles.map(Some));
        Ok(Self {
            id: own.id().to_owned(),
            direction: own.direction().word(),
            unit: own.unit().map(str::to_owned),
            rows: audit.rows,
            missing: audit.missing,
            infinite: audit.infinite,
            impossible: audit.impossible,
            outliers: audit.outliers,
            constant: audit.constant,
            minimum,
            lower_quartile,
            median,
            upper_quartile,
            maximum,
            mean: audit.mean,
            deviation: audit.deviation,
            unusable_share: audit.unusable_share(),
        })
    }
}

#[pymethods]
impl PyIndicatorAudit {
    fn __repr__(&self) -> String {
        let Self { id, direction, rows, .. } = self;
        let unit = self.unit.as_deref().map(|unit| format!(" in {unit}")).unwrap_or_default();
        let found = [
            (self.missing, "missing"),
            (self.infinite, "infinite"),
            (self.impossible, "impossible"),
            (self.outliers, "outliers"),
        ];
        let found = found.iter().filter(|(rows, _)| *rows > 0).map(|(rows, what)| format!(", {rows} {what}"));
        let found: String = found.collect();
        let ends = self.minimum.zip(self.maximum);
        let ends = ends.map(|(low, high)| format!(", {low} to {high}")).unwrap_or_default();
        format!("IndicatorAudit({id}{unit}, {direction}: {rows} rows{found}{ends})")
    }
}
