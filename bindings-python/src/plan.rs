//! What a catalogue declares: its currency, plans, meters and given charges.

use cpcfit::Date;
use cpcfit::document::Period;
use cpcfit::money::Currency;
use cpcfit::tariff::{GivenCharge, Meter, Plan};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDict};

use crate::amount;

/// A currency.
///
/// Attributes:
///     code: The code, such as `CNY`.
///     exponent: How many decimals an amount has; 2 means that 100 minor units make one major unit.
#[pyclass(frozen, get_all, name = "Currency", module = "cpcfit")]
pub(crate) struct PyCurrency {
    code: String,
    exponent: u8,
}

impl PyCurrency {
    pub(crate) fn new(currency: &Currency) -> Self {
        Self { code: currency.code().to_owned(), exponent: currency.exponent() }
    }
}

#[pymethods]
impl PyCurrency {
    fn __repr__(&self) -> String {
        format!("Currency({}, {} decimals)", self.code, self.exponent)
    }
}

/// A plan of a catalogue.
///
/// Attributes:
///     id: The id.
///     names: Names by language tag.
///     fee: Monthly fee, a Decimal in major units.
///     fee_minor: The same in minor units.
///     priority: Rank for policies that rank by priority, 1 first; None where the plan has none.
///     effective_from: First day in effect; None for no such limit.
///     effective_to: Last day in effect; None for no such limit.
#[pyclass(frozen, get_all, name = "Plan", module = "cpcfit")]
pub(crate) struct PyPlan {
    id: String,
    names: Py<PyDict>,
    fee: Py<PyAny>,
    fee_minor: i64,
    priority: Option<u32>,
    effective_from: Option<Py<PyDate>>,
    effective_to: Option<Py<PyDate>>,
}

impl PyPlan {
    pub(crate) fn new(py: Python<'_>, plan: &Plan, currency: &Currency) -> PyResult<Self> {
        let [effective_from, effective_to] = days(py, plan.period())?;
        Ok(Self {
            id: plan.id().to_owned(),
            names: amount::names(py, plan.names())?.unbind(),
            fee: amount::decimal(py, currency, plan.fee())?.unbind(),
            fee_minor: plan.fee().minor(),
            priority: plan.priority(),
            effective_from,
            effective_to,
        })
    }
}

#[pymethods]
impl PyPlan {
    fn __repr__(&self) -> String {
        format!("Plan('{}', fee={})", self.id, self.fee)
    }
}

/// Something that is counted: voice, given in minutes and counted in seconds.
///
/// Attributes:
///     id: The id, which is also the name of its column.
///     names: Names by language tag.
///     unit: The unit in which usage is given.
///     base: The unit that is counted.
///     ratio: How many base units make one `unit`.
///     default: Base units counted where usage is missing; None where usage is required.
#[pyclass(frozen, get_all, name = "Meter", module = "cpcfit")]
pub(crate) struct PyMeter {
    id: String,
    names: Py<PyDict>,
    unit: String,
    base: String,
    ratio: u64,
    default: Option<u64>,
}

impl PyMeter {
    pub(crate) fn new(py: Python<'_>, meter: &Meter) -> PyResult<Self> {
        Ok(Self {
            id: meter.id().to_owned(),
            names: amount::names(py, meter.names())?.unbind(),
            unit: meter.unit().to_owned(),
            base: meter.base().to_owned(),
            ratio: meter.ratio(),
            default: meter.default(),
        })
    }
}

#[pymethods]
impl PyMeter {
    fn __repr__(&self) -> String {
        format!("Meter('{}' in {} of {} {})", self.id, self.unit, self.ratio, self.base)
    }
}

/// A charge that comes with the customer and is a line of every bill.
///
/// Attributes:
///     id: The id, which is also the name of its column.
///     names: Names by language tag.
///     default: The amount where it is missing, a Decimal in major units; None where it is required.
#[pyclass(frozen, get_all, name = "GivenCharge", module = "cpcfit")]
pub(crate) struct PyGivenCharge {
    id: String,
    names: Py<PyDict>,
    default: Option<Py<PyAny>>,
}

impl PyGivenCharge {
    pub(crate) fn new(py: Python<'_>, given: &GivenCharge, currency: &Currency) -> PyResult<Self> {
        let default = given.default().map(|default| amount::decimal(py, currency, default)).transpose()?;
        Ok(Self {
            id: given.id().to_owned(),
            names: amount::names(py, given.names())?.unbind(),
            default: default.map(Bound::unbind),
        })
    }
}

#[pymethods]
impl PyGivenCharge {
    fn __repr__(&self) -> String {
        format!("GivenCharge('{}')", self.id)
    }
}

/// A day as `datetime.date`; None where there is none.
pub(crate) fn day(py: Python<'_>, date: Option<Date>) -> PyResult<Option<Py<PyDate>>> {
    date.map(|date| python_date(py, date).map(Bound::unbind)).transpose()
}

/// The first and the last day in effect; None where there is no such limit.
pub(crate) fn days(py: Python<'_>, period: Option<Period>) -> PyResult<[Option<Py<PyDate>>; 2]> {
    let from = period.and_then(|period| period.from());
    let to = period.and_then(|period| period.to());
    Ok([day(py, from)?, day(py, to)?])
}

/// A day as `datetime.date`.
pub(crate) fn python_date(py: Python<'_>, date: Date) -> PyResult<Bound<'_, PyDate>> {
    let (year, month, day) = date.to_ymd();
    PyDate::new(py, year, u8::try_from(month)?, u8::try_from(day)?)
}
