//! Frameworks.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cpcfit::Framework;
use cpcfit::scoring::{FrameworkNode, Goal, Indicator, Scored};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::audit::PyAudit;
use super::explanation::{PyScore, PyScoreExplanation};
use super::goal::{PyDifference, PyGoal};
use super::scores::{self, PyScores};
use super::statistics::PyStatistics;
use super::uncertainty::{Deviations, PyUncertainty, Variation, Wanted};
use crate::error::{self, Raise as _, computed};
use crate::frame::Frame;
use crate::html::Html;
use crate::options::{self, wanted};
use crate::plan::python_date;
use crate::scalar;
use crate::{amount, document};

/// Indicators, their baselines and weights, and the tree that makes one score of them. Immutable; threads may share
/// it, and it can be pickled.
///
/// Made by `Framework.read`, `parse` or `from_dict`. Every problem of the document is in the `DocumentError` that they
/// raise.
///
/// Example:
///     >>> import cpcfit as cpc
///     >>> framework = cpc.Framework.parse("""
///     ... cpcfit: 1
///     ... kind: framework
///     ... id: hotline
///     ... version: 1
///     ... root: hotline
///     ... indicators:
///     ...   connect_rate:
///     ...     {unit: "%", direction: higher, weight: 3, normalise: {goalposts: {worst: 70, best: 100}}}
///     ...   queue_time: {unit: s, direction: lower, normalise: {goalposts: {worst: 60, best: 10}}}
///     ... nodes: {hotline: {children: [connect_rate, queue_time]}}
///     ... """)
///     >>> framework
///     Framework(hotline 1 on 0 to 100: 2 indicators, 1 higher, 1 lower)
///     >>> framework.score_one(connect_rate=88, queue_time=35).value
///     57.5
///     >>> framework.score({"connect_rate": [88, 100], "queue_time": [35, 10]}).to_frame()["score"].tolist()
///     [57.5, 100.0]
#[pyclass(frozen, name = "Framework", module = "cpcfit")]
pub(crate) struct PyFramework(pub(crate) Framework);

#[pymethods]
impl PyFramework {
    /// Reads a framework from a file of YAML or JSON.
    ///
    /// Args:
    ///     path: Path of the file, in UTF-8.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    ///     OSError: where the file cannot be read.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::parse(py, &document::read(path)?)
    }

    /// Reads a framework from a text of YAML or JSON.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        computed(py, || Framework::from_text(text)).map(Self)
    }

    /// Reads a framework from dicts, lists and plain values, as `json.load` or `yaml.safe_load` give them.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn from_dict(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model(document, Framework::from_document).map(Self)
    }

    /// The score of one object.
    ///
    /// Args:
    ///     record: Values by the names of `inputs`, each in its indicator's unit, as a mapping; None and NaN are missing.
    ///     **values: The same as keyword arguments.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted.
    ///     DataError: with every value that cannot be scored.
    #[pyo3(signature = (record=None, /, **values))]
    fn score_one(
        &self,
        py: Python<'_>,
        record: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyScore> {
        let record = scalar::record(record, values)?;
        self.0.score(&record).map(PyScore::from).or_raise(py)
    }

    /// The score of one object with what every indicator and node brings to it. Arguments and errors are those of
    /// `score_one`.
    #[pyo3(signature = (record=None, /, **values))]
    fn explain(
        &self,
        py: Python<'_>,
        record: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyScoreExplanation> {
        let record = scalar::record(record, values)?;
        self.0.explain(&record).map(PyScoreExplanation).or_raise(py)
    }

    /// The score of every row.
    ///
    /// Args:
    ///     frame: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or a
    ///         dict of NumPy arrays or lists. The columns are those of `inputs`, each in its indicator's unit; null and
    ///         NaN are missing.
    ///     nodes: Ids of nodes and indicators whose scores are wanted as well.
    ///     columns: Names of columns where they differ, by input: `{"queue_time": "seconds"}`.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     on_error: `"raise"`, or `"null"` for the status `invalid` in rows that cannot be scored.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted.
    ///     DataError: with every column that is missing or of a wrong type, every kind of row that cannot be scored, and
    ///         every id that is not of the framework.
    ///     ValueError: where two columns of the result would have the same name.
    #[pyo3(signature = (frame, *, nodes=None, columns=None, threads=None, on_error="raise", simd=None))]
    fn score(
        &self,
        frame: &Bound<'_, PyAny>,
        nodes: Option<Vec<String>>,
        columns: Option<BTreeMap<String, String>>,
        threads: Option<usize>,
        on_error: &str,
        simd: Option<&str>,
    ) -> PyResult<PyScores> {
        let py = frame.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let nodes = nodes.unwrap_or_default();
        scores::check_names(&nodes)?;
        let (frame, origin) = Frame::read(frame, &wanted(self.0.inputs(), &options, None))?;
        let ids: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let found = computed(py, || self.0.score_columns(&frame.batches(None)?, &ids, &options))?;
        Ok(PyScores::new(self.0.clone(), origin, options.threads, nodes, found))
    }

    /// The framework with everything that it leaves to the data taken from these rows: levels of baselines, limits,
    /// what stands in for missing values, weights, ideals. What was numbers stays.
    ///
    /// Args:
    ///     frame: The rows, as `score` takes them.
    ///     on: The day of the data, a `datetime.date` or text in the form YYYY-MM-DD, which is written into the document.
    ///     columns: Names of columns where they differ, by input.
    ///     on_error: `"raise"`, or `"null"` to leave out values that are impossible or infinite.
    ///
    /// Raises:
    ///     DocumentError: where the data leave a baseline without width, or do not determine weights.
    ///     DataError: with every column that is missing or of a wrong type, and every kind of row that cannot be used.
    ///
    /// Example:
    ///     >>> open_end = cpc.Framework.from_dict({
    ///     ...     "cpcfit": 1, "kind": "framework", "id": "speed", "version": "1", "root": "speed",
    ///     ...     "indicators": {"rate": {"direction": "higher", "normalise": {"from_data": "min_max"}}},
    ///     ...     "nodes": {"speed": {"children": ["rate"]}},
    ///     ... })
    ///     >>> fitted = open_end.fit({"rate": [10, 30, 20]}, on="2011-12-31")
    ///     >>> fitted.fitted
    ///     {'on': datetime.date(2011, 12, 31), 'rows': 3}
    ///     >>> fitted.score_one(rate=25).value
    ///     75.0
    #[pyo3(signature = (frame, *, on=None, columns=None, on_error="raise"))]
    fn fit(
        &self,
        frame: &Bound<'_, PyAny>,
        on: Option<&Bound<'_, PyAny>>,
        columns: Option<BTreeMap<String, String>>,
        on_error: &str,
    ) -> PyResult<Self> {
        let py = frame.py();
        let options = options::options(py, columns, None, on_error, None)?;
        let on = on.map(options::date).transpose()?;
        let (frame, _) = Frame::read(frame, &wanted(self.0.inputs(), &options, None))?;
        computed(py, || self.0.fit(&frame.batches(None)?, on, &options)).map(Self)
    }

    /// What is missing, impossible, constant or far out in each indicator's data. Nothing here is an error: the data are
    /// only looked at.
    ///
    /// Args:
    ///     frame: The rows, as `score` takes them.
    ///     columns: Names of columns where they differ, by input.
    ///
    /// Raises:
    ///     DataError: with every column that is missing or of a wrong type.
    #[pyo3(signature = (frame, *, columns=None))]
    fn audit(
        &self,
        frame: &Bound<'_, PyAny>,
        columns: Option<BTreeMap<String, String>>,
    ) -> PyResult<PyAudit> {
        let py = frame.py();
        let options = options::options(py, columns, None, "raise", None)?;
        let (frame, origin) = Frame::read(frame, &wanted(self.0.inputs(), &options, None))?;
        let audits = computed(py, || self.0.audit(&frame.batches(None)?, &options))?;
        PyAudit::new(py, self.0.clone(), origin, &audits)
    }

    /// For each indicator alone, the value with which the object's score reaches a target, all others staying as they
    /// are, in the order of the document.
    ///
    /// Args:
    ///     record: Values by the names of `inputs`, as `score_one` takes them.
    ///     target: The score that is to be reached, on the framework's scale.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted.
    ///     DataError: with every value that cannot be scored.
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
    ///     >>> framework.reach({"rate": 2, "wait": 35}, 62.5)
    ///     [Goal(rate, higher: 2 -> 7.5), Goal(wait, lower: 35 s -> out of reach)]
    fn reach(&self, record: &Bound<'_, PyAny>, target: f64) -> PyResult<Vec<PyGoal>> {
        let goals = self.0.reach(&scalar::record(Some(record), None)?, target);
        self.goals(record.py(), goals)
    }

    /// For each indicator alone, the value with which the object draws level with a rival, in the order of the document.
    /// Where the rival has no score, no indicator has a value.
    ///
    /// Args:
    ///     record: Values by the names of `inputs`, as `score_one` takes them.
    ///     rival: Those of the rival.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted.
    ///     DataError: with every value that cannot be scored, of either.
    fn overtake(&self, record: &Bound<'_, PyAny>, rival: &Bound<'_, PyAny>) -> PyResult<Vec<PyGoal>> {
        let rival_record = scalar::record(Some(rival), None)?;
        let goals = self.0.overtake(&scalar::record(Some(record), None)?, &rival_record);
        self.goals(record.py(), goals)
    }

    /// Why the scores of two objects, or of one object at two times, differ: other values, other weights or other
    /// baselines.
    ///
    /// Args:
    ///     record: Values by the names of `inputs`, as `score_one` takes them.
    ///     later: Those of the other.
    ///     framework: The framework of the other; this one by default.
    ///
    /// Returns:
    ///     The difference by causes and indicators; None where either has no score.
    ///
    /// Raises:
    ///     DocumentError: where a framework is still to be fitted.
    ///     DataError: with every value that cannot be scored, by either framework.
    ///
    /// Example:
    ///     >>> document = {
    ///     ...     "cpcfit": 1, "kind": "framework", "id": "speed", "version": "1", "root": "speed",
    ///     ...     "indicators": {"rate": {"direction": "higher", "normalise": {"ratio": {"baseline": 10}}}},
    ///     ...     "nodes": {"speed": {"children": ["rate"]}},
    ///     ... }
    ///     >>> spring = cpc.Framework.from_dict(document)
    ///     >>> document["indicators"]["rate"]["normalise"]["ratio"]["baseline"] = 20
    ///     >>> spring.difference({"rate": 4}, {"rate": 10}, framework=cpc.Framework.from_dict(document))
    ///     Difference(40.00 -> 50.00: data +45.00, weights +0.00, baselines -35.00)
    #[pyo3(signature = (record, later, *, framework=None))]
    fn difference(
        &self,
        record: &Bound<'_, PyAny>,
        later: &Bound<'_, PyAny>,
        framework: Option<&Self>,
    ) -> PyResult<Option<PyDifference>> {
        let py = record.py();
        let record = scalar::record(Some(record), None)?;
        let later = scalar::record(Some(later), None)?;
        let before = Scored { framework: &self.0, record: &record };
        let after = Scored { framework: &framework.unwrap_or(self).0, record: &later };
        let found = before.difference(after).or_raise(py)?;
        found.map(|found| PyDifference::new(py, found)).transpose()
    }

    /// Correlations, reliability and principal components of the indicators' scores, and the indicators that repeat
    /// others or do not reach the score, over the rows in which all have one.
    ///
    /// Args:
    ///     frame: The rows, as `score` takes them.
    ///     columns: Names of columns where they differ, by input.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted.
    ///     DataError: as `score`; and where there are fewer than two complete rows or two indicators, or none varies.
    #[pyo3(signature = (frame, *, columns=None, threads=None))]
    fn statistics(
        &self,
        frame: &Bound<'_, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        threads: Option<usize>,
    ) -> PyResult<PyStatistics> {
        let py = frame.py();
        let options = options::options(py, columns, threads, "raise", None)?;
        let (frame, _) = Frame::read(frame, &wanted(self.0.inputs(), &options, None))?;
        let found = computed(py, || self.0.statistics(&frame.batches(None)?, &options))?;
        Ok(PyStatistics { framework: self.0.clone(), found })
    }

    /// How sure ranks and scores are when weights, and perhaps values, vary. Weights are drawn here; the rest is computed
    /// when it is asked for.
    ///
    /// Args:
    ///     frame: The rows, as `score` takes them; those in which an indicator has no score are left out.
    ///     draws: How many weightings are drawn.
    ///     seed: Every seed gives other draws; the same seed gives the same.
    ///     concentration: In every node the weights are drawn from a Dirichlet distribution around their present values:
    ///         a weight `w` has the variance `w (1 - w) / (concentration + 1)`.
    ///     ranges: Instead, the lowest and the highest weight of indicators by id: each is drawn uniformly between them,
    ///         those of other indicators stay, and all are divided by their sum. For frameworks of one node.
    ///     weights: Instead, effective weights as they are, used as given: an array of draws by indicators, in the order
    ///         of `indicators`. There are as many draws as it has rows.
    ///     noise: The standard deviation of the errors of the indicators' scores, on the framework's scale, or a dict by
    ///         id; errors are normal and independent, and results are clipped to the scale.
    ///     top: Up to which rank the column `top` of `ranks` counts.
    ///     quantiles: Which quantiles `scores` has, from 0 to 1.
    ///     columns: Names of columns where they differ, by input.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///
    /// Raises:
    ///     DocumentError: where the framework is still to be fitted, or a node of it does not sum.
    ///     DataError: as `score`; and where no row is complete, or a setting is out of range.
    ///     ValueError: for ranges in a framework of several nodes, or ids that are not of the framework.
    #[pyo3(signature = (frame, *, draws=1000, seed=0, concentration=100.0, ranges=None, weights=None, noise=None, top=3,
        quantiles=vec![0.05, 0.5, 0.95], columns=None, threads=None),
        text_signature = "($self, frame, *, draws=1000, seed=0, concentration=100.0, ranges=None, weights=None, \
        noise=None, top=3, quantiles=(0.05, 0.5, 0.95), columns=None, threads=None)")]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn uncertainty(
        &self,
        frame: &Bound<'_, PyAny>,
        draws: usize,
        seed: u64,
        concentration: f64,
        ranges: Option<BTreeMap<String, (f64, f64)>>,
        weights: Option<&Bound<'_, PyAny>>,
        noise: Option<Deviations>,
        top: u32,
        quantiles: Vec<f64>,
        columns: Option<BTreeMap<String, String>>,
        threads: Option<usize>,
    ) -> PyResult<PyUncertainty> {
        let py = frame.py();
        let options = options::options(py, columns, threads, "raise", None)?;
        let (frame, origin) = Frame::read(frame, &wanted(self.0.inputs(), &options, None))?;
        let variation = Variation { draws, seed, concentration, ranges, weights, noise };
        let wanted = Wanted { top, quantiles };
        PyUncertainty::new(py, self.0.clone(), (&frame, origin), &variation, wanted, options)
    }

    /// The document as JSON text: reading it again gives the same framework.
    fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// The id of the document.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// The version of the document.
    #[getter]
    fn version(&self) -> &str {
        self.0.version()
    }

    /// Names of the framework by language tag.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        amount::names(py, self.0.name())
    }

    /// The name in a language, or else in English, or else the first; None where there is none.
    fn name(&self, language: &str) -> Option<&str> {
        self.0.name().get(language)
    }

    /// Where the framework comes from.
    #[getter]
    fn source(&self) -> Option<&str> {
        self.0.source()
    }

    /// The lowest and the highest score.
    #[getter]
    fn scale(&self) -> (f64, f64) {
        let scale = self.0.scale();
        (scale.min, scale.max)
    }

    /// Whether nothing is left to be taken from data.
    #[getter]
    fn is_fitted(&self) -> bool {
        self.0.is_fitted()
    }

    /// When and from how many rows it was fitted: `on`, a date or None, and `rows`; None where it was not.
    #[getter]
    fn fitted<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        let Some(fitted) = self.0.fitted() else { return Ok(None) };
        let dict = PyDict::new(py);
        dict.set_item("on", fitted.on.map(|on| python_date(py, on)).transpose()?)?;
        dict.set_item("rows", fitted.rows)?;
        Ok(Some(dict))
    }

    /// What is doubtful but no error, such as comparisons that contradict each other.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.0.warnings().iter().map(|problem| error::problem_object(py, problem)).collect()
    }

    /// The indicators in the order of the document.
    #[getter]
    fn indicators(&self, py: Python<'_>) -> PyResult<Vec<PyIndicator>> {
        let indicators = self.0.indicators().iter().zip(self.0.effective_weights());
        indicators.map(|(indicator, weight)| PyIndicator::new(py, indicator, *weight)).collect()
    }

    /// The nodes in the order of the document.
    #[getter]
    fn nodes(&self, py: Python<'_>) -> PyResult<Vec<PyFrameworkNode>> {
        self.0.nodes().iter().map(|node| PyFrameworkNode::new(py, node)).collect()
    }

    /// Names of the columns or fields that are read.
    #[getter]
    fn inputs(&self) -> Vec<&str> {
        self.0.inputs().collect()
    }

    fn __repr__(&self) -> String {
        let directions = scores::directions_text(&self.0);
        let count = self.0.indicators().len();
        let unfitted = if self.0.is_fitted() { "" } else { ", not fitted" };
        format!("Framework({}: {count} indicators, {directions}{unfitted})", scores::on_scale(&self.0))
    }

    fn _repr_html_(&self) -> String {
        let mut html = Html::new(&scores::on_scale(&self.0), &["indicator", "better", "unit", "weight"]);
        for (indicator, weight) in self.0.indicators().iter().zip(self.0.effective_weights()) {
            let unit = indicator.unit().unwrap_or_default();
            html.row(&[indicator.id(), indicator.direction().word(), unit, &format!("{weight:.4}")]);
        }
        html.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((py.get_type::<Self>().getattr("parse")?, (self.to_json(),)))
    }
}

impl PyFramework {
    fn goals(&self, py: Python<'_>, goals: cpcfit::Result<Vec<Goal>>) -> PyResult<Vec<PyGoal>> {
        let goals = goals.or_raise(py)?;
        goals.iter().map(|goal| PyGoal::new(&self.0, goal)).collect()
    }
}

/// The indicator at a position that the core gave.
pub(super) fn indicator(framework: &Framework, position: usize) -> PyResult<&Indicator> {
    let indicator = framework.indicators().get(position);
    indicator.ok_or_else(|| PyIndexError::new_err("there is no such indicator"))
}

/// Something that is measured.
///
/// Attributes:
///     id: The id, which is also the name of its column.
///     names: Names by language tag.
///     unit: Unit of the values.
///     direction: Which values are better: `higher`, `lower` or `target`.
///     source: Where indicator and baseline come from.
///     effective_weight: The product of the weights on its path from the root, with equal weights in place of those that
///         are still to be fitted.
#[pyclass(frozen, get_all, name = "Indicator", module = "cpcfit")]
pub(crate) struct PyIndicator {
    id: String,
    names: Py<PyDict>,
    unit: Option<String>,
    direction: &'static str,
    source: Option<String>,
    effective_weight: f64,
}

impl PyIndicator {
    fn new(py: Python<'_>, indicator: &Indicator, effective_weight: f64) -> PyResult<Self> {
        Ok(Self {
            id: indicator.id().to_owned(),
            names: amount::names(py, indicator.name())?.unbind(),
            unit: indicator.unit().map(str::to_owned),
            direction: indicator.direction().word(),
            source: indicator.source().map(str::to_owned),
            effective_weight,
        })
    }
}

#[pymethods]
impl PyIndicator {
    fn __repr__(&self) -> String {
        let unit = self.unit.as_deref().map(|unit| format!(" in {unit}")).unwrap_or_default();
        format!("Indicator({}{unit}, {})", self.id, self.direction)
    }
}

/// A score made of others.
///
/// Attributes:
///     id: The id.
///     names: Names by language tag.
///     aggregate: How scores are put together: `arithmetic`, `geometric`, `harmonic`, `power`, `minimum`,
///         `mean_penalised` or `topsis`.
///     source: Where the node comes from.
#[pyclass(frozen, get_all, name = "FrameworkNode", module = "cpcfit")]
pub(crate) struct PyFrameworkNode {
    id: String,
    names: Py<PyDict>,
    aggregate: &'static str,
    source: Option<String>,
}

impl PyFrameworkNode {
    fn new(py: Python<'_>, node: &FrameworkNode) -> PyResult<Self> {
        Ok(Self {
            id: node.id().to_owned(),
            names: amount::names(py, node.name())?.unbind(),
            aggregate: node.aggregate().word(),
            source: node.source().map(str::to_owned),
        })
    }
}

#[pymethods]
impl PyFrameworkNode {
    fn __repr__(&self) -> String {
        format!("FrameworkNode({}, {})", self.id, self.aggregate)
    }
}
