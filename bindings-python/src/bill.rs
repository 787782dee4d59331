//! Bills: one customer's lines on one plan.

use cpcfit::money::{Currency, Fraction, Money};
use cpcfit::tariff::{Bill, Line, LineKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

use crate::amount;
use crate::html::Html;

/// The bill of one customer on one plan.
///
/// Attributes:
///     plan: The id of the plan.
///     names: The plan's names by language tag.
///     currency: The code of the currency.
///     lines: The fee, then the meters, then the given charges, each in the order of the catalogue.
///     unrounded: The exact sum in minor units before rounding, a Fraction.
///     total: What is to be paid, a Decimal in major units.
///     total_minor: The same in minor units.
#[pyclass(frozen, get_all, name = "Bill", module = "cpcfit")]
pub(crate) struct PyBill {
    plan: String,
    names: Py<PyDict>,
    currency: String,
    lines: Vec<Py<PyLine>>,
    unrounded: Py<PyAny>,
    total: Py<PyAny>,
    total_minor: i64,
}

impl PyBill {
    pub(crate) fn new(py: Python<'_>, bill: &Bill<'_>) -> PyResult<Self> {
        let currency = bill.currency();
        let line = |line| Py::new(py, PyLine::new(py, line, currency)?);
        Ok(Self {
            plan: bill.plan().id().to_owned(),
            names: amount::names(py, bill.plan().names())?.unbind(),
            currency: currency.code().to_owned(),
            lines: bill.lines().iter().map(line).collect::<PyResult<_>>()?,
            unrounded: fraction(py, bill.unrounded())?,
            total: amount::decimal(py, currency, bill.total())?.unbind(),
            total_minor: bill.total().minor(),
        })
    }
}

#[pymethods]
impl PyBill {
    fn __repr__(&self) -> String {
        let line = |line: &Py<PyLine>| {
            let [id, .., amount] = line.get().cells();
            format!("{id} {amount}")
        };
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        format!("Bill({} {} {}: {})", self.plan, self.total, self.currency, lines.join(", "))
    }

    fn _repr_html_(&self) -> String {
        let amount = format!("amount, {}", self.currency);
        let mut html =
            Html::new(&format!("Bill on {}", self.plan), &["line", "used", "included", "over", &amount]);
        self.lines.iter().for_each(|line| html.row(&line.get().cells()));
        html.row(&["total", "", "", "", &self.total.to_string()]);
        html.finish()
    }
}

/// One line of a bill.
///
/// Attributes:
///     kind: `fee`, `meter` or `given`.
///     id: The id of the meter or given charge, or `fee`.
///     names: Names by language tag.
///     used: What was used; None for the fee and given charges, as with `included` and `over`.
///     included: What lies within the allowance.
///     over: What lies beyond the allowance.
///     blocks: Blocks charged; None where the price is in proportion.
///     exact: The exact charge in minor units before rounding, a Fraction.
///     amount: The amount, a Decimal in major units; None for a meter where the catalogue rounds the bill as a whole.
///     amount_minor: The same in minor units.
#[pyclass(frozen, name = "BillLine", module = "cpcfit")]
pub(crate) struct PyLine {
    #[pyo3(get)]
    kind: &'static str,
    #[pyo3(get)]
    id: String,
    #[pyo3(get)]
    names: Py<PyDict>,
    #[pyo3(get)]
    used: Option<PyQuantity>,
    #[pyo3(get)]
    included: Option<PyQuantity>,
    #[pyo3(get)]
    over: Option<PyQuantity>,
    #[pyo3(get)]
    blocks: Option<u64>,
    #[pyo3(get)]
    exact: Py<PyAny>,
    #[pyo3(get)]
    amount: Option<Py<PyAny>>,
    #[pyo3(get)]
    amount_minor: Option<i64>,
    amount_text: String,
}

impl PyLine {
    fn new(py: Python<'_>, line: &Line<'_>, currency: &Currency) -> PyResult<Self> {
        let (kind, names, meter) = match line.kind() {
            LineKind::Meter(meter) => ("meter", amount::names(py, meter.names())?, Some(meter)),
            LineKind::Given(given) => ("given", amount::names(py, given.names())?, None),
            _ => ("fee", PyDict::new(py), None),
        };
        let quantity = |units| meter.map(|meter| PyQuantity { units, text: meter.format(units) });
        let decimal = |money| amount::decimal(py, currency, money).map(Bound::unbind);
        Ok(Self {
            kind,
            id: line.id().to_owned(),
            names: names.unbind(),
            used: quantity(line.used()),
            included: quantity(line.included()),
            over: quantity(line.over()),
            blocks: line.blocks(),
            exact: fraction(py, line.exact())?,
            amount: line.amount().map(decimal).transpose()?,
            amount_minor: line.amount().map(Money::minor),
            amount_text: line
                .amount()
                .map_or_else(|| "in the total".to_owned(), |amount| currency.format(amount)),
        })
    }

    /// The id, the quantities and the amount.
    fn cells(&self) -> [&str; 5] {
        let [used, included, over] =
            [&self.used, &self.included, &self.over].map(|quantity| quantity_text(quantity.as_ref()));
        [&self.id, used, included, over, &self.amount_text]
    }
}

#[pymethods]
impl PyLine {
    fn __repr__(&self) -> String {
        let [id, used, _, _, amount] = self.cells();
        let used = if used.is_empty() { String::new() } else { format!(", {used} used") };
        format!("BillLine({id} {amount}{used})")
    }
}

/// A quantity of a meter.
///
/// Attributes:
///     units: The number of base units.
///     text: The same in the meter's unit where that is a short decimal, such as `265.1 min`.
#[pyclass(frozen, get_all, name = "Quantity", module = "cpcfit")]
#[derive(Clone)]
pub(crate) struct PyQuantity {
    units: u64,
    text: String,
}

#[pymethods]
impl PyQuantity {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("Quantity({})", self.text)
    }
}

fn quantity_text(quantity: Option<&PyQuantity>) -> &str {
    quantity.map_or("", |quantity| &quantity.text)
}

/// An exact fraction as `fractions.Fraction`.
fn fraction(py: Python<'_>, fraction: Fraction) -> PyResult<Py<PyAny>> {
    static FRACTION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = FRACTION.import(py, "fractions", "Fraction")?;
    Ok(class.call1((fraction.numerator(), fraction.denominator()))?.unbind())
}
