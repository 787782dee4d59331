//! Catalogues.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_buffer::NullBuffer;
use cpcfit::tariff::Plan;
use cpcfit::{Catalog, Date, Options};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict, PyTuple};

use crate::bill::PyBill;
use crate::error::{Raise as _, computed};
use crate::frame::{Amounts, Frame, MoneyAs, Table, money_columns};
use crate::options::{self, wanted};
use crate::plan::{PyCurrency, PyGivenCharge, PyMeter, PyPlan, day};
use crate::quote::PyQuote;
use crate::scalar::record;
use crate::{amount, document};

/// The plans of an operator, checked and compiled. Immutable; threads may share it, and it can be pickled.
///
/// Made by `Catalog.read`, `parse`, `from_dict` or `from_table`. Every problem of the document is in the
/// `DocumentError` that they raise.
///
/// Example:
///     >>> import cpcfit as cpc
///     >>> catalog = cpc.Catalog.parse("""
///     ... cpcfit: 1
///     ... kind: catalogue
///     ... id: example
///     ... version: 1
///     ... currency: {code: CNY, exponent: 2}
///     ... rounding: {stage: line, mode: half_up, step: 0.01}
///     ... meters: {voice: {unit: min, base: s, units: {min: 60}}}
///     ... plans: [{id: fx38, fee: 38, charges: {voice: {allowance: 50, overage: 0.25}}}]
///     ... """)
///     >>> catalog.bill("fx38", voice=60.5).total
///     Decimal('40.63')
#[pyclass(frozen, name = "Catalog", module = "cpcfit")]
pub(crate) struct PyCatalog(pub(crate) Catalog);

#[pymethods]
impl PyCatalog {
    /// Reads a catalogue from a file of YAML or JSON.
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

    /// Reads a catalogue from a text of YAML or JSON.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        computed(py, || Catalog::from_text(text)).map(Self)
    }

    /// Reads a catalogue from dicts, lists and plain values, as `json.load` or `yaml.safe_load` give them.
    ///
    /// Prices may be int, Decimal, text, or floats of at most 15 significant digits.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document.
    #[staticmethod]
    fn from_dict(document: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model(document, Catalog::from_document).map(Self)
    }

    /// Reads a catalogue from a document with `table` in place of `plans`, and a price table.
    ///
    /// Args:
    ///     document: A text of YAML or JSON, or a dict, that names the columns of the table.
    ///     csv: The table as comma-separated text with a row of headings, as bytes (UTF-8, or UTF-16 with a
    ///         byte-order mark), or the path of its file.
    ///
    /// Raises:
    ///     DocumentError: with every problem of the document and of the table.
    #[staticmethod]
    fn from_table(document: &Bound<'_, PyAny>, csv: &Bound<'_, PyAny>) -> PyResult<Self> {
        document::model_with_table(document, csv, |document, csv| Catalog::from_table(document, csv))
            .map(Self)
    }

    /// The catalogue on a day: only the plans in effect.
    ///
    /// Args:
    ///     date: A `datetime.date` or text in the form YYYY-MM-DD.
    ///
    /// Raises:
    ///     DataError: where no plan is in effect on that day.
    fn at(&self, date: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.on(date).map(Self)
    }

    /// One customer's total on every plan.
    ///
    /// Args:
    ///     usage: Usage by meter in the meter's unit, and given charges in major units, as a mapping.
    ///     **values: The same as keyword arguments.
    ///
    /// Floats are rounded to whole base units; integers, Decimals and numeric texts must be whole base units.
    ///
    /// Raises:
    ///     DataError: with everything that is wrong with the usage.
    ///
    /// Example:
    ///     >>> catalog.quote(voice=612, data=1390.5).cheapest.total
    ///     Decimal('179.28')
    #[pyo3(signature = (usage=None, /, **values))]
    fn quote(
        &self,
        py: Python<'_>,
        usage: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyQuote> {
        let usage = record(usage, values)?;
        let quote = self.0.quote(&usage).or_raise(py)?;
        Ok(PyQuote::new(&self.0, &quote))
    }

    /// One customer's bill on one plan, with its lines.
    ///
    /// Args:
    ///     plan: The id of the plan.
    ///     usage: Usage by meter in the meter's unit, and given charges in major units, as a mapping.
    ///     **values: The same as keyword arguments.
    ///
    /// Raises:
    ///     DataError: where there is no such plan, and with everything that is wrong with the usage.
    #[pyo3(signature = (plan, usage=None, /, **values))]
    fn bill(
        &self,
        py: Python<'_>,
        plan: &str,
        usage: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyBill> {
        let usage = record(usage, values)?;
        let bill = self.0.bill(plan, &usage).or_raise(py)?;
        PyBill::new(py, &bill)
    }

    /// Everyone's total on every plan: one row a customer, one column a plan.
    ///
    /// Args:
    ///     customers: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or
    ///         a dict of NumPy arrays or lists. Columns are the meters and given charges.
    ///     columns: Names of columns where they differ, by meter or given charge.
    ///     id: A column to put before the totals.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     on_error: `"raise"`, or `"null"` for null totals in rows that cannot be billed.
    ///     money: `"decimal"` or `"float"` in major units, or `"minor"` for integers in minor units. By default
    ///         decimal, and float where the frame is of pandas or a dict.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///
    /// Returns:
    ///     A frame of the same kind as `customers`, with the index of a pandas frame.
    ///
    /// Raises:
    ///     DataError: with every column that is missing or of a wrong type, and every kind of row that cannot be billed.
    #[pyo3(signature = (customers, *, columns=None, id=None, threads=None, on_error="raise", money=None, simd=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn bill_frame<'py>(
        &self,
        customers: &Bound<'py, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        id: Option<&str>,
        threads: Option<usize>,
        on_error: &str,
        money: Option<MoneyAs>,
        simd: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = customers.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let (frame, origin) = Frame::read(customers, &self.wanted(&options, id))?;
        let money = money.unwrap_or(origin.money);
        let exponent = self.0.currency().exponent();
        let columns = computed(py, || {
            let passed = id.map(|id| frame.passed(id)).transpose()?;
            let totals = self.0.bill_columns(&frame.batches(id)?, &options)?;
            let present = totals.valid.contains(&false).then(|| NullBuffer::from(totals.valid));
            let plans = self.0.plans().iter().map(Plan::id).zip(totals.plans);
            let amounts =
                plans.map(|(name, minor)| Amounts { name, minor: minor.into(), present: present.clone() });
            let totals = money_columns(amounts.collect(), exponent, money, options.threads);
            Ok(passed.into_iter().chain(totals).collect())
        })?;
        origin.restore(Bound::new(py, Table::new(columns, options.threads)?)?)
    }

    /// The sum of everyone's bill for each plan: what the plan would earn if everyone were on it.
    ///
    /// Args and errors are those of `bill_frame`; with `on_error="null"` invalid rows count nothing.
    ///
    /// Returns:
    ///     Sums by plan: Decimal in major units, or as `money` says.
    #[pyo3(signature = (customers, *, columns=None, threads=None, on_error="raise", money=None, simd=None))]
    fn sum_frame<'py>(
        &self,
        customers: &Bound<'py, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        threads: Option<usize>,
        on_error: &str,
        money: Option<MoneyAs>,
        simd: Option<&str>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = customers.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let (frame, _) = Frame::read(customers, &self.wanted(&options, None))?;
        let sums = computed(py, || self.0.sum_columns(&frame.batches(None)?, &options))?;
        let dict = PyDict::new(py);
        for (plan, minor) in self.0.plans().iter().zip(sums) {
            dict.set_item(
                plan.id(),
                amount::sum(py, self.0.currency(), minor, money.unwrap_or(MoneyAs::Decimal))?,
            )?;
        }
        Ok(dict)
    }

    /// The document as JSON text: reading it again gives the same catalogue.
    fn to_json(&self) -> &str {
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

    /// Names of the catalogue by language tag.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        amount::names(py, self.0.names())
    }

    /// The currency of all amounts.
    #[getter]
    fn currency(&self) -> PyCurrency {
        PyCurrency::new(self.0.currency())
    }

    /// The day chosen by `at`.
    #[getter]
    fn date(&self, py: Python<'_>) -> PyResult<Option<Py<PyDate>>> {
        day(py, self.0.date())
    }

    /// The plans in the order of the document.
    #[getter]
    fn plans(&self, py: Python<'_>) -> PyResult<Vec<PyPlan>> {
        self.0.plans().iter().map(|plan| PyPlan::new(py, plan, self.0.currency())).collect()
    }

    /// The meters in the order of the document.
    #[getter]
    fn meters(&self, py: Python<'_>) -> PyResult<Vec<PyMeter>> {
        self.0.meters().iter().map(|meter| PyMeter::new(py, meter)).collect()
    }

    /// The given charges in the order of the document.
    #[getter]
    fn given(&self, py: Python<'_>) -> PyResult<Vec<PyGivenCharge>> {
        self.0.given().iter().map(|given| PyGivenCharge::new(py, given, self.0.currency())).collect()
    }

    fn __repr__(&self) -> String {
        let plans = self.0.plans().len();
        let meters: Vec<_> =
            self.0.meters().iter().map(|meter| format!("{} in {}", meter.id(), meter.unit())).collect();
        let at = self.0.date().map(|date| format!(" at {date}")).unwrap_or_default();
        format!("Catalog({} {}{at}: {plans} plans, {})", self.id(), self.version(), meters.join(", "))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let load = py.import("cpcfit._cpcfit")?.getattr("load_catalog")?;
        let parts = (self.to_json(), self.0.date().map(Date::days));
        Ok((load, parts.into_pyobject(py)?))
    }
}

impl PyCatalog {
    /// The catalogue on a day given by Python.
    pub(crate) fn on(&self, date: &Bound<'_, PyAny>) -> PyResult<Catalog> {
        self.0.at(options::date(date)?).or_raise(date.py())
    }

    /// The columns that bills need.
    fn wanted<'a>(&'a self, options: &'a Options, id: Option<&'a str>) -> Vec<&'a str> {
        wanted(self.0.inputs(), options, id)
    }
}

/// A catalogue from its canonical text and day; what pickle calls.
#[pyfunction]
pub(crate) fn load_catalog(py: Python<'_>, json: &str, days: Option<i32>) -> PyResult<PyCatalog> {
    let catalog = Catalog::from_text(json).or_raise(py)?;
    days.map_or(Ok(catalog.clone()), |days| catalog.at(Date::from_days(days))).map(PyCatalog).or_raise(py)
}
