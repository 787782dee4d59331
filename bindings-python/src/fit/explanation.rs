//! The decision for one customer, and why.

use std::fmt::Write as _;

use cpcfit::fit::{Explanation, Match, PackageFit, Reason, Status, Verdict};
use cpcfit::money::Money;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::amount;
use crate::html::Html;

/// Plans shown by an explanation in a notebook.
const SHOWN: usize = 30;

/// The best plan of one customer, or why there is none.
#[pyclass(frozen, name = "Match", module = "cpcfit")]
#[derive(Clone)]
pub(crate) struct PyMatch {
    fit: PackageFit,
    status: Status,
    plan: Option<String>,
    total: Option<Money>,
    fee: Option<Money>,
    present_total: Option<Money>,
    present_fee: Option<Money>,
}

impl PyMatch {
    pub(crate) fn new(fit: &PackageFit, found: &Match<'_>) -> Self {
        Self {
            fit: fit.clone(),
            status: found.status(),
            plan: found.plan().map(|plan| plan.id().to_owned()),
            total: found.total(),
            fee: found.fee(),
            present_total: found.present_total(),
            present_fee: found.present_fee(),
        }
    }

    fn decimal<'py>(&self, py: Python<'py>, money: Option<Money>) -> PyResult<Option<Bound<'py, PyAny>>> {
        money.map(|money| amount::decimal(py, self.fit.catalog().currency(), money)).transpose()
    }
}

#[pymethods]
impl PyMatch {
    /// What became of the customer: `target`, `stays`, `not_candidate`, `present_total_zero`, `present_fee_zero`,
    /// `no_eligible_plan`, `no_plan_in_bounds`.
    #[getter]
    fn status(&self) -> &'static str {
        self.status.id()
    }

    /// The status as a number, as in result columns.
    #[getter]
    fn status_code(&self) -> u8 {
        self.status.code()
    }

    /// The id of the best plan, the current one where the customer stays; None where there is none.
    #[getter]
    fn plan(&self) -> Option<&str> {
        self.plan.as_deref()
    }

    /// The total on the best plan, a Decimal in major units.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.decimal(py, self.total)
    }

    /// The monthly fee of the best plan, a Decimal in major units.
    #[getter]
    fn fee<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.decimal(py, self.fee)
    }

    /// The present total, a Decimal in major units.
    #[getter]
    fn present_total<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.decimal(py, self.present_total)
    }

    /// The present monthly fee, a Decimal in major units; None where it is not known.
    #[getter]
    fn present_fee<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.decimal(py, self.present_fee)
    }

    fn __repr__(&self) -> String {
        let currency = self.fit.catalog().currency();
        let mut text = format!("Match({}", self.status());
        if let (Some(plan), Some(total)) = (&self.plan, self.total) {
            let _ = write!(text, ": {plan} {}", currency.format(total));
        }
        if let Some(present) = self.present_total {
            let _ = write!(text, ", present {} {}", currency.format(present), currency.code());
        }
        text.push(')');
        text
    }
}

/// The decision for one customer with the verdict on every plan; `print` it to read it.
///
/// Attributes:
///     found: The decision, a Match.
///     verdicts: How each plan stands, in the order of the catalogue; empty where no plan was looked at.
#[pyclass(frozen, name = "Explanation", module = "cpcfit")]
pub(crate) struct PyExplanation {
    #[pyo3(get)]
    found: PyMatch,
    #[pyo3(get)]
    verdicts: Vec<Py<PyVerdict>>,
    text: String,
}

impl PyExplanation {
    pub(crate) fn new(py: Python<'_>, fit: &PackageFit, explanation: &Explanation<'_>) -> PyResult<Self> {
        let verdict = |verdict| Py::new(py, PyVerdict::new(py, fit, verdict)?);
        Ok(Self {
            found: PyMatch::new(fit, &explanation.found()),
            verdicts: explanation.verdicts().iter().map(verdict).collect::<PyResult<_>>()?,
            text: explanation.to_string(),
        })
    }
}

#[pymethods]
impl PyExplanation {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("Explanation({})", self.found.__repr__())
    }

    fn _repr_html_(&self) -> String {
        let headings = ["plan", "total", "total-fee change", "monthly-fee change", "reasons"];
        let mut html = Html::new(&self.found.__repr__(), &headings);
        for verdict in self.verdicts.iter().take(SHOWN) {
            let verdict = verdict.get();
            let ratio = |ratio: &'_ Option<String>| ratio.clone().unwrap_or_default();
            let (total, monthly) = (ratio(&verdict.total_fee_change), ratio(&verdict.monthly_fee_change));
            let reasons: Vec<&str> = verdict.reasons.iter().map(|reason| reason.text.as_str()).collect();
            html.row(&[&verdict.plan, &verdict.total_text, &total, &monthly, &reasons.join("; ")]);
        }
        if self.verdicts.len() > SHOWN {
            html.row(&["..."; 5]);
        }
        html.finish()
    }
}

/// How one plan stands for a customer.
///
/// Attributes:
///     plan: The id of the plan.
///     names: The plan's names by language tag.
///     total: The customer's total on the plan, a Decimal in major units.
///     total_fee_change: New total over present total as text, cut to as many decimals as the verdict needs.
///     monthly_fee_change: New monthly fee over present monthly fee, in the same way.
///     chosen: Whether the plan is the one chosen.
///     reasons: Everything that speaks against the plan, or that it was chosen.
#[pyclass(frozen, name = "Verdict", module = "cpcfit")]
pub(crate) struct PyVerdict {
    #[pyo3(get)]
    plan: String,
    #[pyo3(get)]
    names: Py<PyDict>,
    #[pyo3(get)]
    total: Py<PyAny>,
    #[pyo3(get)]
    total_fee_change: Option<String>,
    #[pyo3(get)]
    monthly_fee_change: Option<String>,
    #[pyo3(get)]
    chosen: bool,
    #[pyo3(get)]
    reasons: Vec<PyReason>,
    total_text: String,
}

impl PyVerdict {
    fn new(py: Python<'_>, fit: &PackageFit, verdict: &Verdict<'_>) -> PyResult<Self> {
        let currency = fit.catalog().currency();
        Ok(Self {
            plan: verdict.plan().id().to_owned(),
            names: amount::names(py, verdict.plan().names())?.unbind(),
            total: amount::decimal(py, currency, verdict.total())?.unbind(),
            total_fee_change: verdict.total_fee_change().map(str::to_owned),
            monthly_fee_change: verdict.monthly_fee_change().map(str::to_owned),
            chosen: verdict.is_chosen(),
            reasons: verdict.reasons().iter().map(PyReason::new).collect(),
            total_text: currency.format(verdict.total()),
        })
    }
}

#[pymethods]
impl PyVerdict {
    fn __repr__(&self) -> String {
        let reasons: Vec<&str> = self.reasons.iter().map(|reason| reason.text.as_str()).collect();
        format!("Verdict({} {}: {})", self.plan, self.total_text, reasons.join("; "))
    }
}

/// Why a plan was chosen or not.
///
/// Attributes:
///     id: `chosen`, `current_plan`, `ineligible`, `total_fee_change`, `monthly_fee_change`, `priority`, `dearer`,
///         `higher_fee` or `later_in_catalogue`.
///     text: The reason in words, with the figures.
#[pyclass(frozen, get_all, name = "Reason", module = "cpcfit")]
#[derive(Clone)]
pub(crate) struct PyReason {
    id: &'static str,
    text: String,
}

impl PyReason {
    fn new(reason: &Reason) -> Self {
        Self { id: reason.id(), text: reason.to_string() }
    }
}

#[pymethods]
impl PyReason {
    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("Reason({}: {})", self.id, self.text)
    }
}
