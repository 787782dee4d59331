//! How sure scores and ranks are when weights and values vary.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use arrow_array::types::UInt32Type;
use cpcfit::scoring::Normalised;
use cpcfit::scoring::uncertainty::{
    AnalysisError, Experiment, Noise, RankDistribution, RankSettings, ScoreSettings, Settings, Vary,
    WeightTree, Weighting, swap, without_each,
};
use cpcfit::{Framework, Options};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::framework::{PyFramework, indicator};
use super::scores::on_scale;
use crate::error::{self, Raise as _, computed};
use crate::frame::{Frame, Origin, Table, TableColumn, check_distinct, matrix};

/// What becomes of the ranks and scores of a frame's rows when weights, and perhaps values, vary: made by
/// `Framework.uncertainty`.
///
/// Rows in which an indicator has no score are left out; every result names rows by their number in the frame, from 0
/// on. The same seed gives the same results to the bit, on any number of threads.
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
///     >>> uncertainty = framework.uncertainty({"rate": [8, 6, 2], "wait": [40, 20, 15]})
///     >>> uncertainty
///     Uncertainty(desk 1 on 0 to 100: 3 rows, 1000 draws)
///     >>> ranks = uncertainty.ranks()
///     >>> ranks["base_rank"].tolist(), ranks["best"].tolist(), ranks["worst"].tolist()
///     ([2, 1, 3], [2, 1, 2], [3, 1, 3])
///     >>> uncertainty.swap(1, 0)
///     Swap(gap 10.00: rate 0.5000 -> 0.6667)
///     >>> uncertainty.scores()["q50"].round().tolist()
///     [60.0, 70.0, 55.0]
#[pyclass(frozen, name = "Uncertainty", module = "cpcfit")]
pub(crate) struct PyUncertainty {
    framework: Framework,
    origin: Origin,
    options: Options,
    normalised: Normalised,
    tree: WeightTree,
    /// With weights that are drawn already.
    settings: Settings<'static>,
    draws: usize,
    top: u32,
    quantiles: Vec<f64>,
    ranks: OnceLock<RankDistribution>,
}

/// Standard deviations on the scale.
#[derive(FromPyObject)]
pub(super) enum Deviations {
    /// Of every indicator.
    #[pyo3(transparent, annotation = "float")]
    Same(f64),
    /// By id; other indicators are known exactly.
    #[pyo3(transparent, annotation = "dict[str, float]")]
    Each(BTreeMap<String, f64>),
}

/// What varies, as it was passed.
pub(super) struct Variation<'a, 'py> {
    pub(super) draws: usize,
    pub(super) seed: u64,
    pub(super) concentration: f64,
    pub(super) ranges: Option<BTreeMap<String, (f64, f64)>>,
    pub(super) weights: Option<&'a Bound<'py, PyAny>>,
    pub(super) noise: Option<Deviations>,
}

/// What is to be known.
pub(super) struct Wanted {
    pub(super) top: u32,
    pub(super) quantiles: Vec<f64>,
}

impl Variation<'_, '_> {
    /// How weights vary. Ranges and given weights come by the indicators, and leave in the order of `normalised`.
    fn weighting(
        &self,
        framework: &Framework,
        normalised: &Normalised,
        tree: &WeightTree,
    ) -> PyResult<Weighting> {
        match (&self.ranges, self.weights) {
            (Some(_), Some(_)) => Err(PyValueError::new_err("pass either `ranges` or `weights`, not both")),
            (Some(ranges), None) => {
                if let nodes @ 2.. = framework.nodes().len() {
                    let id = framework.id();
                    return Err(PyValueError::new_err(format!(
                        "`ranges` are for frameworks of one node, and `{id}` has {nodes}: pass `weights`"
                    )));
                }
                let weights = tree.effective().into_iter().map(|weight| (weight, weight));
                by_indicator("ranges", framework, normalised, ranges, weights)
                    .map(Vary::Ranges)
                    .map(Weighting::All)
            }
            (None, Some(weights)) => {
                let (values, width) = matrix(weights)?;
                let expected = normalised.indicators.len();
                if width != expected {
                    let wrong =
                        AnalysisError::Length { what: "the weights of a draw", found: width, expected };
                    return Err(error::raise(weights.py(), wrong.into()));
                }
                let draw = |weights: &[f64]| -> Vec<f64> {
                    normalised.indicators.iter().filter_map(|index| weights.get(*index).copied()).collect()
                };
                Ok(Weighting::Given(values.chunks(width.max(1)).flat_map(draw).collect()))
            }
            (None, None) => Ok(Weighting::All(Vary::Dirichlet { concentration: self.concentration })),
        }
    }

    fn noise(&self, framework: &Framework, normalised: &Normalised) -> PyResult<Option<Noise<'static>>> {
        let scale = framework.scale();
        let none = || normalised.indicators.iter().map(|_| 0.0);
        let deviations = match &self.noise {
            None => return Ok(None),
            Some(Deviations::Same(deviation)) => none().map(|_| *deviation).collect(),
            Some(Deviations::Each(by_id)) => by_indicator("noise", framework, normalised, by_id, none())?,
        };
        Ok(Some(Noise::Normalised { deviations, clip: Some((scale.min, scale.max)) }))
    }
}

/// Values by id in the order of the columns, with others for the indicators that have none.
fn by_indicator<T: Copy>(
    argument: &str,
    framework: &Framework,
    normalised: &Normalised,
    values: &BTreeMap<String, T>,
    others: impl Iterator<Item = T>,
) -> PyResult<Vec<T>> {
    let known = framework.indicators();
    if let Some(unknown) = values.keys().find(|id| known.iter().all(|indicator| indicator.id() != *id)) {
        let message = format!("`{argument}` names `{unknown}`, which is no indicator of the framework");
        return Err(PyValueError::new_err(message));
    }
    let value = |(index, other): (&usize, T)| {
        Ok(values.get(indicator(framework, *index)?.id()).copied().unwrap_or(other))
    };
    normalised.indicators.iter().zip(others).map(value).collect()
}

impl PyUncertainty {
    /// Normalises the rows and draws the weights.
    pub(super) fn new(
        py: Python<'_>,
        framework: Framework,
        (frame, origin): (&Frame, Origin),
        variation: &Variation<'_, '_>,
        wanted: Wanted,
        options: Options,
    ) -> PyResult<Self> {
        let normalised = computed(py, || framework.normalise_columns(&frame.batches(None)?, &options))?;
        let tree = framework.weight_tree().or_raise(py)?;
        let weighting = variation.weighting(&framework, &normalised, &tree)?;
        let noise = variation.noise(&framework, &normalised)?;
        let mut settings = Settings { draws: variation.draws, seed: variation.seed, weighting, noise };
        // Everything that can be wrong is told here, and the weights are drawn once for all results.
        let weights = computed(py, || {
            let experiment = Experiment::new(normalised.objects()?, &tree, settings.clone(), &options)?;
            Ok(experiment.weightings().values().to_vec())
        })?;
        let draws = weights.len().checked_div(normalised.indicators.len()).unwrap_or(0);
        settings.weighting = Weighting::Given(weights);
        let Wanted { top, quantiles } = wanted;
        quantile_names(&quantiles)?;
        let ranks = OnceLock::new();
        Ok(Self { framework, origin, options, normalised, tree, settings, draws, top, quantiles, ranks })
    }

    fn run<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Experiment<'_>) -> Result<T, AnalysisError> + Send,
    ) -> PyResult<T> {
        computed(py, || {
            let (objects, settings) = (self.normalised.objects()?, self.settings.clone());
            Ok(work(&Experiment::new(objects, &self.tree, settings, &self.options)?)?)
        })
    }

    /// The ranks, which are computed once.
    fn distribution(&self, py: Python<'_>) -> PyResult<&RankDistribution> {
        if let Some(known) = self.ranks.get() {
            return Ok(known);
        }
        let settings = RankSettings { top: self.top, ..RankSettings::default() };
        let found = self.run(py, |experiment| experiment.ranks(&settings, &self.options))?;
        Ok(self.ranks.get_or_init(|| found))
    }

    /// The number in the frame of a row that took part.
    fn row_of(&self, position: usize) -> usize {
        self.normalised.rows.get(position).copied().unwrap_or(position)
    }

    fn rows_column(&self, name: &str, positions: impl Iterator<Item = usize>) -> TableColumn {
        TableColumn::counts(name, positions.map(|position| self.row_of(position)))
    }

    fn all_rows(&self) -> TableColumn {
        self.rows_column("row", 0..self.normalised.rows.len())
    }

    /// The normalised values of a row by its number in the frame.
    fn values_of(&self, row: usize) -> PyResult<Vec<f64>> {
        let position = self.normalised.rows.binary_search(&row).map_err(|_| {
            PyIndexError::new_err(format!("row {row} is not in the frame, or has not every indicator"))
        })?;
        Ok(self.normalised.columns.iter().filter_map(|column| column.get(position).copied()).collect())
    }

    fn id_of(&self, column: usize) -> PyResult<&str> {
        let index = self.normalised.indicators.get(column).copied();
        let index = index.ok_or_else(|| PyIndexError::new_err("there is no such indicator"))?;
        indicator(&self.framework, index).map(cpcfit::scoring::Indicator::id)
    }

    fn frame<'py>(&self, py: Python<'py>, columns: Vec<TableColumn>) -> PyResult<Bound<'py, PyAny>> {
        self.origin.anew(Bound::new(py, Table::new(columns, self.options.threads)?)?)
    }
}

/// The columns of quantiles: `q05` for 0.05, `q97.5` for 0.975.
fn quantile_names(quantiles: &[f64]) -> PyResult<Vec<String>> {
    let name = |quantile: &f64| {
        let percent = (quantile * 1e6).round() / 1e4;
        format!("q{}{percent}", if percent < 10.0 { "0" } else { "" })
    };
    let names: Vec<String> = quantiles.iter().map(name).collect();
    check_distinct(names.iter().map(String::as_str))?;
    Ok(names)
}

#[pymethods]
impl PyUncertainty {
    /// How ranks vary, as a frame of the kind that was passed, with a row for each row that took part.
    ///
    /// Columns: `row`, its number in the frame; `base_rank` under the framework's weights, where 1 is the highest score
    /// and ties share the smaller rank; `mean_rank`, `best` and `worst` over the draws; `first`, the probability of rank 1;
    /// `top`, the probability of a rank up to `top`.
    fn ranks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let found = self.distribution(py)?;
        let ranks = |name, ranks: &[u32]| TableColumn::values::<UInt32Type>(name, ranks.to_vec(), None);
        let floats = |name, values: &[f64]| TableColumn::floats(name, values.iter().copied().map(Some));
        let columns = vec![
            self.all_rows(),
            ranks("base_rank", &found.base),
            floats("mean_rank", &found.mean),
            ranks("best", &found.best),
            ranks("worst", &found.worst),
            floats("first", &found.first),
            floats("top", &found.top),
        ];
        self.frame(py, columns)
    }

    /// How often neighbours in the base ranking change places, as a frame of the kind that was passed, from the top down.
    ///
    /// Columns: `above` and `below`, the numbers of the two rows; `probability` that the one below scores more; `tied`, the
    /// probability that both score the same.
    fn reversals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let pairs = || self.distribution(py).map(|found| found.adjacent.iter());
        let columns = vec![
            self.rows_column("above", pairs()?.map(|pair| pair.above)),
            self.rows_column("below", pairs()?.map(|pair| pair.below)),
            TableColumn::floats("probability", pairs()?.map(|pair| Some(pair.probability))),
            TableColumn::floats("tied", pairs()?.map(|pair| Some(pair.tied))),
        ];
        self.frame(py, columns)
    }

    /// How scores vary, as a frame of the kind that was passed, with a row for each row that took part.
    ///
    /// Columns: `row`, its number in the frame; `score` under the framework's weights, without noise; `mean` and
    /// `deviation`, the sample standard deviation, over the draws; a column for each of `quantiles`, `q05` for 0.05.
    ///
    /// Raises:
    ///     DataError: where a quantile is not from 0 to 1.
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let settings = ScoreSettings { quantiles: self.quantiles.clone(), ..ScoreSettings::default() };
        let found = self.run(py, |experiment| experiment.scores(&settings, &self.options))?;
        let floats = |name: &str, values: Vec<f64>| TableColumn::floats(name, values.into_iter().map(Some));
        let mut columns = vec![
            self.all_rows(),
            floats("score", found.base),
            floats("mean", found.mean),
            floats("deviation", found.standard_deviation),
        ];
        let names = quantile_names(&self.quantiles)?;
        columns.extend(names.iter().zip(found.quantiles).map(|(name, values)| floats(name, values)));
        self.frame(py, columns)
    }

    /// What becomes of the base ranking without each indicator, whose weight its siblings then share in their proportions.
    /// An indicator without which no weight is left is not in the list.
    fn without_each(&self, py: Python<'_>) -> PyResult<Vec<PyRemoval>> {
        let objects = || Ok(without_each(&self.normalised.objects()?, &self.tree, &self.options)?);
        let found = computed(py, objects)?;
        let removal = |removal: cpcfit::scoring::uncertainty::Removal| {
            Ok(PyRemoval {
                id: self.id_of(removal.indicator)?.to_owned(),
                spearman: removal.spearman,
                kendall: removal.kendall,
                moved: removal.changed,
                largest_shift: removal.largest_shift.map_or(0, |(_, shift)| shift),
                shifted_row: removal.largest_shift.map(|(object, _)| self.row_of(object)),
                new_first: removal.new_first,
            })
        };
        found.into_iter().flatten().map(removal).collect()
    }

    /// How little the weights must change for two rows to score the same; beyond that they change places.
    ///
    /// Args:
    ///     above_row: The number in the frame of the row that stands above.
    ///     below_row: That of the other.
    ///
    /// Raises:
    ///     IndexError: where a row is not in the frame, or has not every indicator.
    fn swap(&self, py: Python<'_>, above_row: usize, below_row: usize) -> PyResult<PySwap> {
        let weights = self.tree.effective();
        let (above, below) = (self.values_of(above_row)?, self.values_of(below_row)?);
        let found = swap(&weights, &above, &below).map_err(|problem| error::raise(py, problem.into()))?;
        let smallest = found.smallest_single;
        let of = |list: &[f64]| smallest.and_then(|column| list.get(column).copied());
        let nearest = found.nearest.as_ref().map(|nearest| -> PyResult<_> {
            let dict = PyDict::new(py);
            for (column, weight) in nearest.weights.iter().enumerate() {
                dict.set_item(self.id_of(column)?, weight)?;
            }
            Ok(dict.unbind())
        });
        Ok(PySwap {
            gap: found.gap,
            id: smallest.map(|column| self.id_of(column).map(str::to_owned)).transpose()?,
            weight: of(&weights),
            new_weight: smallest.and_then(|column| found.single.get(column).copied().flatten()),
            nearest: nearest.transpose()?,
            distance: found.nearest.map(|nearest| nearest.distance),
        })
    }

    /// The numbers in the frame of the rows that took part: those in which every indicator has a score.
    #[getter]
    fn rows(&self) -> Vec<usize> {
        self.normalised.rows.clone()
    }

    /// How many draws there are.
    #[getter]
    fn draws(&self) -> usize {
        self.draws
    }

    /// The framework that gave the scores.
    #[getter]
    fn framework(&self) -> PyFramework {
        PyFramework(self.framework.clone())
    }

    fn __repr__(&self) -> String {
        let (scale, rows) = (on_scale(&self.framework), self.normalised.rows.len());
        format!("Uncertainty({scale}: {rows} rows, {} draws)", self.draws)
    }
}

/// The base ranking without one indicator.
///
/// Attributes:
///     id: The id of the indicator.
///     spearman: Spearman's correlation with the base ranking; None where either has nothing but ties.
///     kendall: Kendall's tau-b with the base ranking; None where either has nothing but ties.
///     moved: How many rows have another rank.
///     largest_shift: The largest change of a rank, above 0 where the row falls; 0 where none changes.
///     shifted_row: The number in the frame of the row whose rank changes most, the first of those; None where none does.
///     new_first: Whether others than in the base ranking have rank 1.
#[pyclass(frozen, get_all, name = "Removal", module = "cpcfit")]
pub(crate) struct PyRemoval {
    id: String,
    spearman: Option<f64>,
    kendall: Option<f64>,
    moved: usize,
    largest_shift: i64,
    shifted_row: Option<usize>,
    new_first: bool,
}

#[pymethods]
impl PyRemoval {
    fn __repr__(&self) -> String {
        let Self { id, moved, largest_shift, .. } = self;
        format!("Removal({id}: {moved} moved, by {largest_shift:+} at most)")
    }
}

/// The weights with which two rows score the same.
///
/// Attributes:
///     gap: The score of the first minus that of the second under the framework's weights.
///     id: The indicator whose weight has to change least where the other weights keep their proportions; None where no
///         single weight will do.
///     weight: Its effective weight.
///     new_weight: Its effective weight with which both score the same.
///     nearest: The nearest weights by id, by Euclidean distance, none below 0 and with the sum 1; None where one row is
///         above on every indicator.
///     distance: Their distance from the framework's weights.
#[pyclass(frozen, get_all, name = "Swap", module = "cpcfit")]
pub(crate) struct PySwap {
    gap: f64,
    id: Option<String>,
    weight: Option<f64>,
    new_weight: Option<f64>,
    nearest: Option<Py<PyDict>>,
    distance: Option<f64>,
}

#[pymethods]
impl PySwap {
    fn __repr__(&self) -> String {
        let single = match (&self.id, self.weight, self.new_weight) {
            (Some(id), Some(weight), Some(changed)) => format!("{id} {weight:.4} -> {changed:.4}"),
            _ => "no single weight".to_owned(),
        };
        format!("Swap(gap {:.2}: {single})", self.gap)
    }
}
