//! Scores of a frame, as columns.

use std::collections::BTreeMap;

use arrow_array::types::{Float64Type, UInt32Type};
use arrow_buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use cpcfit::scoring::{Direction, ScoreStatus};
use cpcfit::{Framework, Problem, Scores};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyCapsule, PyDict};

use super::framework::PyFramework;
use super::roll_up::{self, Keys};
use crate::error::{self, computed};
use crate::frame::{Origin, Table, TableColumn, by_code, check_distinct, rows_of, selected_columns};
use crate::html::Html;

/// The scores of a frame: made by `Framework.score`.
///
/// `to_frame` gives the columns; anything that reads Arrow's PyCapsule interface may also take this object itself. More
/// is better in every column of scores; `directions` says which way the values behind them are better.
///
/// Example:
///     >>> framework = cpc.Framework.from_dict({
///     ...     "cpcfit": 1, "kind": "framework", "id": "queue", "version": "1", "root": "queue",
///     ...     "indicators": {"wait": {
///     ...         "unit": "s", "direction": "lower", "missing": "skip",
///     ...         "normalise": {"goalposts": {"worst": 60, "best": 10}},
///     ...     }},
///     ...     "nodes": {"queue": {"children": ["wait"]}},
///     ... })
///     >>> scores = framework.score({"wait": [10, 35, None]})
///     >>> scores
///     Scores(queue 1 on 0 to 100, 1 lower: 3 rows, 1 missing)
///     >>> scores.to_frame(["score", "status"])
///     {'score': array([100.,  50.,  nan]), 'status': array(['ok', 'ok', 'missing'], dtype=object)}
#[pyclass(frozen, name = "Scores", module = "cpcfit")]
pub(crate) struct PyScores {
    framework: Framework,
    origin: Origin,
    threads: usize,
    score: ScalarBuffer<f64>,
    /// Empty where every row has 1.
    coverage: ScalarBuffer<f64>,
    /// Empty where every row is `ok`.
    status: Vec<u8>,
    nodes: Vec<(String, ScalarBuffer<f64>)>,
    problems: Vec<Problem>,
}

/// The columns of a result, before those of nodes.
const COLUMNS: [&str; 3] = ["score", "coverage", "status"];

/// Refuses nodes whose columns would be there twice.
pub(super) fn check_names(nodes: &[String]) -> PyResult<()> {
    check_distinct(COLUMNS.into_iter().chain(nodes.iter().map(String::as_str)))
}

/// What framework it is, and on what scale its scores are.
pub(super) fn on_scale(framework: &Framework) -> String {
    let scale = framework.scale();
    format!("{} {} on {} to {}", framework.id(), framework.version(), scale.min, scale.max)
}

/// How many indicators go which way.
pub(super) fn directions_text(framework: &Framework) -> String {
    let count = |direction: Direction| {
        framework.indicators().iter().filter(|indicator| indicator.direction() == direction).count()
    };
    let directions = [Direction::Higher, Direction::Lower, Direction::Target];
    let used = directions.map(|direction| (count(direction), direction.word()));
    let texts = used.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
    texts.collect::<Vec<_>>().join(", ")
}

impl PyScores {
    pub(super) fn new(
        framework: Framework,
        origin: Origin,
        threads: usize,
        nodes: Vec<String>,
        found: Scores,
    ) -> Self {
        let Scores { score, coverage, status, nodes: scores, problems, .. } = found;
        Self {
            framework,
            origin,
            threads,
            score: score.into(),
            coverage: coverage.into(),
            status,
            nodes: nodes.into_iter().zip(scores.into_iter().map(ScalarBuffer::from)).collect(),
            problems,
        }
    }

    fn table(&self, py: Python<'_>, selected: Option<&[String]>) -> PyResult<Table> {
        let nodes = self.nodes.iter().map(|(id, _)| id.as_str());
        let all: Vec<&str> = COLUMNS.into_iter().chain(nodes).collect();
        let columns = computed(py, || selected_columns(&all, selected, |name| self.column(name)))?;
        Table::new(columns, self.threads)
    }

    fn column(&self, name: &str) -> Option<TableColumn> {
        Some(match name {
            "score" => self.floats(name, &self.score),
            "coverage" if self.coverage.is_empty() => {
                TableColumn::values::<Float64Type>(name, vec![1.0; self.score.len()], None)
            }
            "coverage" => self.floats(name, &self.coverage),
            "status" => {
                let codes: Vec<i32> =
                    (0..self.score.len()).map(|row| i32::from(self.status_of(row))).collect();
                TableColumn::texts(name, codes, None, ScoreStatus::ALL.map(ScoreStatus::word).to_vec())
            }
            _ => self.floats(name, &self.nodes.iter().find(|(id, _)| id == name)?.1),
        })
    }

    fn status_of(&self, row: usize) -> u8 {
        self.status.get(row).copied().unwrap_or(ScoreStatus::Ok.code())
    }

    /// NaN is null; there is none where every row is ok.
    fn floats(&self, name: &str, values: &ScalarBuffer<f64>) -> TableColumn {
        let is_present = |row| values.get(row).is_some_and(|value: &f64| !value.is_nan());
        let present = (!self.status.is_empty())
            .then(|| NullBuffer::new(BooleanBuffer::collect_bool(values.len(), is_present)))
            .filter(|present| present.null_count() > 0);
        TableColumn::values::<Float64Type>(name, values.clone(), present)
    }

    /// The scores alone, as the core takes them.
    fn plain(&self) -> Scores {
        let mut scores = Scores::default();
        scores.score.extend_from_slice(&self.score);
        scores
    }

    /// How many rows have each status, in the order of the codes.
    fn by_status(&self) -> Vec<(&'static str, usize)> {
        let mut counts = by_code(&self.status, ScoreStatus::ALL.map(ScoreStatus::word));
        if self.status.is_empty() {
            counts.first_mut().into_iter().for_each(|(_, rows)| *rows = self.score.len());
        }
        counts
    }
}

#[pymethods]
impl PyScores {
    /// The result as a frame of the kind that was scored, in its order and with the index of a pandas frame.
    ///
    /// Columns: `score`, on the framework's scale; `coverage`, the share of the weights whose values were observed, from
    /// 0 to 1; `status`, which is `ok`, `imputed`, `partial`, `missing` or `invalid`; then the scores of the nodes and
    /// indicators that were asked for, by id. Null where there is none, which is NaN in NumPy and pandas.
    ///
    /// Args:
    ///     columns: The names of the columns that are wanted, in this order; all by default.
    ///
    /// Raises:
    ///     DataError: where there is no such column.
    #[pyo3(signature = (columns=None))]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn to_frame<'py>(&self, py: Python<'py>, columns: Option<Vec<String>>) -> PyResult<Bound<'py, PyAny>> {
        self.origin.restore(Bound::new(py, self.table(py, columns.as_deref())?)?)
    }

    /// The rank of each row as a frame of the kind that was scored, with one column, `rank`: 1 is the highest score,
    /// equal scores share the smallest of their ranks, and rows without a score have null.
    fn ranks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let column = py.detach(|| {
            let ranks = self.plain().ranks();
            let present = ranks.contains(&0).then(|| ranks.iter().map(|rank| *rank != 0).collect());
            TableColumn::values::<UInt32Type>("rank", ranks, present)
        });
        self.origin.restore(Bound::new(py, Table::new(vec![column], self.threads)?)?)
    }

    /// The scores of groups of rows, such as channels out of channels by products by months: the mean of the scores of the
    /// rows that have the same keys, weighted by a column where one is named.
    ///
    /// Args:
    ///     frame: The rows that were scored, in their order, with the columns of keys and weights.
    ///     by: The name of the column of keys, or a list of names.
    ///     weight: The name of a column of weights, numbers of zero or more; all rows weigh the same by default. A row
    ///         without a weight counts in `rows` alone.
    ///     columns: Names of columns where they differ, by the names above.
    ///
    /// Returns:
    ///     A frame of the kind of `frame`, with a row for each group in the order in which they first occur: the keys as
    ///     texts; `score`, on the framework's scale, null where no row has one; `coverage`, the share of the weights
    ///     whose rows have a score, from 0 to 1; `rows`, how many there are.
    ///
    /// Raises:
    ///     DataError: with every column that is missing, every weight that cannot be used, and where the rows are not as
    ///         many as were scored.
    ///     ValueError: where two columns of the result would have the same name.
    ///
    /// Example:
    ///     >>> framework = cpc.Framework.from_dict({
    ///     ...     "cpcfit": 1, "kind": "framework", "id": "speed", "version": "1", "root": "speed",
    ///     ...     "indicators": {"rate": {
    ///     ...         "direction": "higher", "normalise": {"goalposts": {"worst": 0, "best": 10}},
    ///     ...     }},
    ///     ...     "nodes": {"speed": {"children": ["rate"]}},
    ///     ... })
    ///     >>> rows = {"rate": [2, 4, 9], "channel": ["web", "web", "shop"], "volume": [3, 1, 5]}
    ///     >>> channels = framework.score(rows).roll_up(rows, "channel", weight="volume")
    ///     >>> channels["channel"].tolist(), channels["score"].tolist(), channels["rows"].tolist()
    ///     (['web', 'shop'], [25.0, 90.0], [2, 1])
    #[pyo3(signature = (frame, by, *, weight=None, columns=None))]
    fn roll_up<'py>(
        &self,
        frame: &Bound<'py, PyAny>,
        by: Keys,
        weight: Option<&str>,
        columns: Option<BTreeMap<String, String>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        roll_up::roll_up(&self.plain(), frame, &by.names(), weight, columns)
    }

    /// How many rows have each status.
    fn counts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.by_status().into_py_dict(py)
    }

    /// What was wrong with the invalid rows, with `on_error="null"`; otherwise empty.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        error::problem_objects(py, &self.problems)
    }

    /// Which values of each indicator are better: `higher`, `lower` or `target`, by id.
    #[getter]
    fn directions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let indicators = self.framework.indicators().iter();
        indicators.map(|indicator| (indicator.id(), indicator.direction().word())).into_py_dict(py)
    }

    /// The framework that gave the scores.
    #[getter]
    fn framework(&self) -> PyFramework {
        PyFramework(self.framework.clone())
    }

    /// Arrow's stream of the columns of `to_frame`. The types are what they are: `requested_schema` is not used.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.table(py, None)?.__arrow_c_stream__(py, requested_schema)
    }

    fn __len__(&self) -> usize {
        self.score.len()
    }

    fn __repr__(&self) -> String {
        let rows = rows_of(self.__len__(), self.by_status().into_iter().skip(1));
        let (scale, directions) = (on_scale(&self.framework), directions_text(&self.framework));
        format!("Scores({scale}, {directions}: {rows})")
    }

    fn _repr_html_(&self) -> String {
        let caption =
            format!("Scores by {}, {}", on_scale(&self.framework), directions_text(&self.framework));
        Html::of_counts(&caption, ["status", "rows"], self.by_status())
    }
}
