//! Rule sets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cpcfit::rules::{Output, Rule};
use cpcfit::{Date, RuleSet};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict, PyString, PyTuple};

use super::check::PyRulesCheck;
use super::decisions::PyDecisions;
use super::explanation::{PyDecision, PyRulesExplanation};
use super::population::PyPopulation;
use super::reader::Reader;
use super::report::PyTestReport;
use crate::error::{Raise as _, computed};
use crate::frame::{Frame, MoneyAs};
use crate::html::Html;
use crate::options::{self, wanted};
use crate::plan::{day, days};
use crate::scalar;
use crate::{amount, document};

/// Rules: conditions over fields, what they give where they hold, and what it means when several do. Immutable; threads
/// may share it, and it can be pickled.
///
/// Made by `RuleSet.read`, `parse` or `from_dict`. Every problem of the document is in the `DocumentError` that they
/// raise.
///
/// Example:
///     >>> import cpcfit as cpc
///     >>> rules = cpc.RuleSet.parse("""
///     ... cpcfit: 1
///     ... kind: rules
///     ... id: segments
///     ... version: 1
///     ... fields: {arpu: {type: number}, tenure: {type: integer}}
///     ... outputs: {segment: {type: string}, reply_hours: {type: number, default: 48}}
///     ... hit: first
///     ... rules:
///     ...   - {id: key_account, when: arpu > 300, then: {segment: key, reply_hours: 24}}
///     ...   - {id: loyal, when: tenure >= 60, then: {segment: loyal}}
///     ... """)
///     >>> rules
///     RuleSet(segments 1, first: 2 rules over arpu, tenure)
///     >>> rules.decide(arpu=320, tenure=7)
///     Decision(matched: key_account)
///     >>> rules.first({"arpu": 90.5, "tenure": 61})
///     'loyal'
///     >>> decisions = rules.apply({"arpu": [320, 90, 90], "tenure": [7, 61, 7]})
///     >>> decisions.to_frame(["segment", "reply_hours"])
///     {'segment': array(['key', 'loyal', None], dtype=object), 'reply_hours': array([24., 48., 48.])}
#[pyclass(frozen, name = "RuleSet", module = "cpcfit")]
pub(crate) struct PyRuleSet {
    rules: RuleSet,
    reader: Reader,
}

impl PyRuleSet {
    pub(super) fn new(py: Python<'_>, rules: RuleSet) -> Self {
        Self { reader: Reader::new(py, &rules), rules }
    }
}

#[pymethods]
impl PyRuleSet {
    /// Reads rules from a file of YAML or JSON.
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

    /// Reads rules from a text of YAML or JSON.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        computed(py, || RuleSet::from_text(text)).map(|rules| Self::new(py, rules))
    }

    /// Reads rules from dicts, lists and plain values, as `json.load` or `yaml.safe_load` give them.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn from_dict(py: Python<'_>, document: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model(document, RuleSet::from_document).map(|rules| Self::new(py, rules))
    }

    /// Reads rules from a document with `table` and a sheet, one rule a row.
    ///
    /// Cells of inputs are tests: `-`, a value, `>80`, `[5..10)`, several between commas, `not(...)`.
    ///
    /// Args:
    ///     document: A text of YAML or JSON, or a dict, that names the columns of the sheet.
    ///     csv: The sheet as comma-separated text with a row of headings, as bytes (UTF-8, or UTF-16 with a
    ///         byte-order mark), or the path of its file.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document and of the sheet.
    #[staticmethod]
    fn from_table(py: Python<'_>, document: &Bound<'_, PyAny>, csv: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model_with_table(document, csv, |document, csv| RuleSet::from_table(document, csv))
            .map(|rules| Self::new(py, rules))
    }

    /// The rules in effect on a day; rules with dates decide nothing before.
    ///
    /// Args:
    ///     date: A `datetime.date`, or text in the form YYYY-MM-DD.
    ///
    /// Raises:
    ///     DataError: where no rule is in effect on that day.
    fn at(&self, date: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.rules.at(options::date(date)?).or_raise(date.py()).map(|rules| Self::new(date.py(), rules))
    }

    /// The decision on one record.
    ///
    /// Args:
    ///     record: Values by the names of `inputs`, money in major units, as a mapping; None and NaN are missing.
    ///     **values: The same as keyword arguments.
    ///
    /// Raises:
    ///     DataError: with every value that cannot be used; where rules have dates and none was chosen by `at`.
    #[pyo3(signature = (record=None, /, **values))]
    fn decide(
        &self,
        py: Python<'_>,
        record: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyDecision> {
        let record = scalar::record(record, values)?;
        let decision = self.rules.decide(&record).or_raise(py)?;
        PyDecision::new(py, &self.rules, &decision)
    }

    /// The id of the first rule that matches one record, in the order in which the hit policy tries them; None where none
    /// does. With `first` and `priority` it is the rule that decides. The fastest way to ask for one record, and fastest
    /// where the record is a dict; arguments and errors are those of `decide`.
    #[pyo3(signature = (record, /, **values))]
    fn first(
        &self,
        record: &Bound<'_, PyAny>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Option<Py<PyString>>> {
        self.reader.first(&self.rules, (record, values))
    }

    /// The decision on one record with what every rule and every test says of it. Arguments and errors are those of
    /// `decide`.
    #[pyo3(signature = (record=None, /, **values))]
    fn explain(
        &self,
        py: Python<'_>,
        record: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyRulesExplanation> {
        let record = scalar::record(record, values)?;
        PyRulesExplanation::new(py, &self.rules, record)
    }

    /// What is wrong with the rules in effect as a whole: rules that never match, a catch-all above others, duplicates, rules
    /// that those before them mask (`first`, `priority`), overlaps (`unique`), conflicts (`any`), and gaps (policies by which
    /// one rule decides).
    ///
    /// Args:
    ///     steps: What each question may cost; a step takes some 100 nanoseconds. What is left out then is in `incomplete`.
    ///
    /// Raises:
    ///     DataError: where rules have dates and none was chosen by `at`.
    #[pyo3(signature = (*, steps=None))]
    fn check(&self, py: Python<'_>, steps: Option<u64>) -> PyResult<PyRulesCheck> {
        let check =
            py.detach(|| steps.map_or_else(|| self.rules.check(), |steps| self.rules.check_within(steps)));
        PyRulesCheck::new(py, &self.rules, check.or_raise(py)?)
    }

    /// The decision on every row.
    ///
    /// Args:
    ///     frame: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or a
    ///         dict of NumPy arrays or lists. The columns are those of `inputs`; null and NaN are missing.
    ///     columns: Names of columns where they differ, by field: `{"arpu": "revenue"}`.
    ///     on_error: `"raise"`, or `"null"` for the status `invalid` in rows that cannot be used.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     money: `"decimal"` or `"float"` in major units, or `"minor"` for integers in minor units. By default
    ///         decimal, and float where the frame is of pandas or a dict.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///
    /// Raises:
    ///     DataError: with every column that is missing or of a wrong type, and every kind of row that cannot be used;
    ///         where rules have dates and none was chosen by `at`.
    ///     ValueError: where two columns of the result would have the same name.
    #[pyo3(signature = (frame, *, columns=None, on_error="raise", threads=None, money=None, simd=None))]
    fn apply(
        &self,
        frame: &Bound<'_, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        on_error: &str,
        threads: Option<usize>,
        money: Option<MoneyAs>,
        simd: Option<&str>,
    ) -> PyResult<PyDecisions> {
        let py = frame.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let (frame, origin) = Frame::read(frame, &wanted(self.rules.inputs(), &options, None))?;
        PyDecisions::new(py, &self.rules, (&frame, origin), &options, money)
    }

    /// How the rules meet a population: rows per rule, and for every part of a condition that must hold the rows that it
    /// keeps from the rule, those of which it is the first part that fails, and those of which it is the only one.
    ///
    /// Args:
    ///     frame: As for `apply`.
    ///     columns: Names of columns where they differ, by field: `{"arpu": "revenue"}`.
    ///     on_error: `"raise"`, or `"null"` to leave out the rows that cannot be used.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///
    /// Raises:
    ///     DataError: as `apply`.
    #[pyo3(signature = (frame, *, columns=None, on_error="raise", threads=None, simd=None))]
    fn population(
        &self,
        frame: &Bound<'_, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        on_error: &str,
        threads: Option<usize>,
        simd: Option<&str>,
    ) -> PyResult<PyPopulation> {
        let py = frame.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let (frame, origin) = Frame::read(frame, &wanted(self.rules.inputs(), &options, None))?;
        let found = computed(py, || self.rules.population(&frame.batches(None)?, &options))?;
        PyPopulation::new(py, found, origin)
    }

    /// Runs the tests of the document: each on its own date, whatever day was chosen by `at`, and none stops at another.
    fn test(&self, py: Python<'_>) -> PyResult<PyTestReport> {
        PyTestReport::new(py, &py.detach(|| self.rules.test()))
    }

    /// The document as JSON text: reading it again, and choosing the same `date`, gives the same rules.
    fn to_json(&self) -> &str {
        self.rules.to_json()
    }

    /// The id of the document.
    #[getter]
    fn id(&self) -> &str {
        self.rules.id()
    }

    /// The version of the document.
    #[getter]
    fn version(&self) -> &str {
        self.rules.version()
    }

    /// Names of the rule set by language tag.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        amount::names(py, self.rules.names())
    }

    /// What it means when several rules match: `unique`, `any`, `first`, `priority`, `rule_order`, `output_order` or
    /// `collect`.
    #[getter]
    fn hit(&self) -> &'static str {
        self.rules.hit().id()
    }

    /// With `collect`, how outputs are put together: `list`, `sum`, `min`, `max` or `count`; otherwise None.
    #[getter]
    fn collect(&self) -> Option<&'static str> {
        self.rules.collect().map(cpcfit::rules::Collect::id)
    }

    /// The day chosen by `at`.
    #[getter]
    fn date(&self, py: Python<'_>) -> PyResult<Option<Py<PyDate>>> {
        day(py, self.rules.date())
    }

    /// The rules in effect, in the order of the document.
    #[getter]
    fn rules(&self, py: Python<'_>) -> PyResult<Vec<PyRule>> {
        self.rules.rules().iter().map(|rule| PyRule::new(py, rule)).collect()
    }

    /// What the rules give, in the order of the document.
    #[getter]
    fn outputs(&self, py: Python<'_>) -> PyResult<Vec<PyRuleOutput>> {
        self.rules.outputs().iter().map(|output| PyRuleOutput::new(py, output)).collect()
    }

    /// Names of the columns or fields that are read.
    #[getter]
    fn inputs(&self) -> Vec<&str> {
        self.rules.inputs().collect()
    }

    fn __repr__(&self) -> String {
        let (count, inputs) = (self.rules.rules().len(), self.inputs());
        let over = if inputs.is_empty() { String::new() } else { format!(" over {}", inputs.join(", ")) };
        format!("RuleSet({}: {count} rules{over})", title(&self.rules))
    }

    fn _repr_html_(&self) -> String {
        let outputs = self.rules.outputs().iter().map(Output::id);
        let headings: Vec<&str> = ["rule"].into_iter().chain(outputs).chain(["note"]).collect();
        let mut html = Html::new(&title(&self.rules), &headings);
        for rule in self.rules.rules() {
            let given: Vec<String> = self.rules.outputs_of(rule).map(|(_, value)| cell(value)).collect();
            let given = given.iter().map(String::as_str);
            let cells = [rule.id()].into_iter().chain(given).chain([rule.note().unwrap_or_default()]);
            html.row(&cells.collect::<Vec<_>>());
        }
        html.finish()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let load = py.import("cpcfit._cpcfit")?.getattr("load_rule_set")?;
        let parts = (self.to_json(), self.rules.date().map(Date::days));
        Ok((load, parts.into_pyobject(py)?))
    }
}

/// A rule set from its JSON text and day; what pickle calls.
#[pyfunction]
pub(crate) fn load_rule_set(py: Python<'_>, json: &str, days: Option<i32>) -> PyResult<PyRuleSet> {
    let rules = RuleSet::from_text(json).or_raise(py)?;
    let rules = days.map_or(Ok(rules.clone()), |days| rules.at(Date::from_days(days)));
    rules.or_raise(py).map(|rules| PyRuleSet::new(py, rules))
}

/// What rule set it is.
pub(super) fn title(rules: &RuleSet) -> String {
    let at = rules.date().map(|date| format!(" at {date}")).unwrap_or_default();
    let collect = rules.collect().map(|collect| format!(" {}", collect.id())).unwrap_or_default();
    format!("{} {}{at}, {}{collect}", rules.id(), rules.version(), rules.hit().id())
}

/// A value for readers; nothing where it is missing.
fn cell(value: &cpcfit::Scalar) -> String {
    match value {
        cpcfit::Scalar::Missing => String::new(),
        cpcfit::Scalar::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A rule.
///
/// Attributes:
///     id: The id.
///     names: Names by language tag.
///     note: A note of the rule's owner.
///     priority: Rank for hit policies by priority, 1 first; None where the rule has none.
///     effective_from: First day in effect; None for no such limit.
///     effective_to: Last day in effect; None for no such limit.
///     calendar: The days that return on which it is in effect, for readers; None for all.
#[pyclass(frozen, get_all, name = "Rule", module = "cpcfit")]
pub(crate) struct PyRule {
    id: String,
    names: Py<PyDict>,
    note: Option<String>,
    priority: Option<u32>,
    effective_from: Option<Py<PyDate>>,
    effective_to: Option<Py<PyDate>>,
    calendar: Option<String>,
}

impl PyRule {
    fn new(py: Python<'_>, rule: &Rule) -> PyResult<Self> {
        let [effective_from, effective_to] = days(py, rule.period())?;
        Ok(Self {
            id: rule.id().to_owned(),
            names: amount::names(py, rule.names())?.unbind(),
            note: rule.note().map(str::to_owned),
            priority: rule.priority(),
            effective_from,
            effective_to,
            calendar: rule.calendar().map(ToString::to_string),
        })
    }
}

#[pymethods]
impl PyRule {
    fn __repr__(&self) -> String {
        let priority = self.priority.map(|priority| format!(", priority {priority}")).unwrap_or_default();
        format!("Rule({}{priority})", self.id)
    }
}

/// Something that rules give.
///
/// Attributes:
///     id: The id, which is also the name of its column.
///     type: The type of the values: `number`, `integer`, `money`, `string`, `boolean`, `date` or
///         `timestamp`.
///     unit: Unit of the values.
///     names: Names by language tag.
///     about: What it means.
#[pyclass(frozen, get_all, name = "RuleOutput", module = "cpcfit")]
pub(crate) struct PyRuleOutput {
    id: String,
    r#type: &'static str,
    unit: Option<String>,
    names: Py<PyDict>,
    about: Option<String>,
}

impl PyRuleOutput {
    fn new(py: Python<'_>, output: &Output) -> PyResult<Self> {
        Ok(Self {
            id: output.id().to_owned(),
            r#type: output.kind().word(),
            unit: output.unit().map(str::to_owned),
            names: amount::names(py, output.names())?.unbind(),
            about: output.about().map(str::to_owned),
        })
    }
}

#[pymethods]
impl PyRuleOutput {
    fn __repr__(&self) -> String {
        let unit = self.unit.as_deref().map(|unit| format!(" in {unit}")).unwrap_or_default();
        format!("RuleOutput({}{unit}, {})", self.id, self.r#type)
    }
}
