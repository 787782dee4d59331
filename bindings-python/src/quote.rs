//! Quotes: one customer's total on every plan.

use std::sync::Arc;

use cpcfit::Catalog;
use cpcfit::money::{Currency, Money};
use cpcfit::tariff::{Plan, Quote};
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator};

use crate::amount;
use crate::html::Html;

/// Offers that a quote shows of itself: as a text, and in a notebook.
const SHOWN_AS_TEXT: usize = 3;
const SHOWN_AS_TABLE: usize = 20;

/// What one customer would pay on every plan.
///
/// Iterating gives the offers in the order of the catalogue; `quote[plan]` is the offer of one plan.
///
/// Example:
///     >>> quote = catalog.quote(voice=612, data=1390.5)
///     >>> quote.cheapest_first()[0].plan
///     'fx158'
#[pyclass(frozen, name = "Quote", module = "cpcfit")]
pub(crate) struct PyQuote(Arc<Inner>);

struct Inner {
    catalog: Catalog,
    totals: Box<[Money]>,
    /// Positions of the plans, the cheapest first.
    order: Box<[usize]>,
}

impl PyQuote {
    pub(crate) fn new(catalog: &Catalog, quote: &Quote<'_>) -> Self {
        let order = quote.cheapest_first_positions().into();
        Self(Arc::new(Inner { catalog: catalog.clone(), totals: quote.totals().into(), order }))
    }

    fn offer(&self, position: usize) -> PyOffer {
        PyOffer { quote: Arc::clone(&self.0), position }
    }

    /// Ids and totals, the cheapest first.
    fn lines(&self) -> impl Iterator<Item = (String, String)> {
        self.0.order.iter().map(|position| self.offer(*position).texts())
    }
}

#[pymethods]
impl PyQuote {
    /// Every plan's offer, in the order of the catalogue.
    #[getter]
    fn offers(&self) -> Vec<PyOffer> {
        (0..self.0.totals.len()).map(|position| self.offer(position)).collect()
    }

    /// Every plan's offer by total; ties by lower fee, then by the order of the catalogue.
    fn cheapest_first(&self) -> Vec<PyOffer> {
        self.0.order.iter().map(|position| self.offer(*position)).collect()
    }

    /// The offer with the lowest total.
    #[getter]
    fn cheapest(&self) -> PyResult<PyOffer> {
        let first = self.0.order.first().ok_or_else(|| PyIndexError::new_err("there are no plans"))?;
        Ok(self.offer(*first))
    }

    /// The code of the currency.
    #[getter]
    fn currency(&self) -> &str {
        self.0.currency().code()
    }

    fn __getitem__(&self, plan: &str) -> PyResult<PyOffer> {
        let position = self.0.catalog.plans().iter().position(|known| known.id() == plan);
        position.map(|position| self.offer(position)).ok_or_else(|| PyKeyError::new_err(plan.to_owned()))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.offers().into_pyobject(py)?.try_iter()
    }

    fn __len__(&self) -> usize {
        self.0.totals.len()
    }

    fn __repr__(&self) -> String {
        let shown: Vec<_> =
            self.lines().take(SHOWN_AS_TEXT).map(|(plan, total)| format!("{plan} {total}")).collect();
        let more = if shown.len() < self.0.order.len() { ", ..." } else { "" };
        format!("Quote({} offers in {}: {}{more})", self.__len__(), self.currency(), shown.join(", "))
    }

    fn _repr_html_(&self) -> String {
        let total = format!("total, {}", self.currency());
        let mut html = Html::new("Quote, cheapest first", &["plan", &total]);
        self.lines().take(SHOWN_AS_TABLE).for_each(|(plan, total)| html.row(&[&plan, &total]));
        if self.__len__() > SHOWN_AS_TABLE {
            html.row(&["...", "..."]);
        }
        html.finish()
    }
}

impl Inner {
    fn currency(&self) -> &Currency {
        self.catalog.currency()
    }
}

/// A plan with what the customer would pay on it.
#[pyclass(frozen, name = "Offer", module = "cpcfit")]
pub(crate) struct PyOffer {
    quote: Arc<Inner>,
    position: usize,
}

impl PyOffer {
    fn found(&self) -> Option<(&Plan, Money)> {
        Some((self.quote.catalog.plans().get(self.position)?, *self.quote.totals.get(self.position)?))
    }

    fn plan_and_total(&self) -> PyResult<(&Plan, Money)> {
        self.found().ok_or_else(|| PyIndexError::new_err("there is no such offer"))
    }

    fn texts(&self) -> (String, String) {
        self.found()
            .map(|(plan, total)| (plan.id().to_owned(), self.quote.currency().format(total)))
            .unwrap_or_default()
    }
}

#[pymethods]
impl PyOffer {
    /// The id of the plan.
    #[getter]
    fn plan(&self) -> PyResult<&str> {
        Ok(self.plan_and_total()?.0.id())
    }

    /// The plan's names by language tag.
    #[getter]
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        amount::names(py, self.plan_and_total()?.0.names())
    }

    /// The bill's total, a Decimal in major units.
    #[getter]
    fn total<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        amount::decimal(py, self.quote.currency(), self.plan_and_total()?.1)
    }

    /// The bill's total in minor units.
    #[getter]
    fn total_minor(&self) -> PyResult<i64> {
        Ok(self.plan_and_total()?.1.minor())
    }

    fn __repr__(&self) -> String {
        let (plan, total) = self.texts();
        format!("Offer({plan} {total} {})", self.quote.currency())
    }
}
