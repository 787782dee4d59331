//! A policy bound to a catalogue.

use std::collections::BTreeMap;

use cpcfit::fit::{FitPolicy, PackageFit};
use cpcfit::tariff::Catalog;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::explanation::{PyExplanation, PyMatch};
use super::matches::PyMatches;
use crate::catalog::PyCatalog;
use crate::error::Raise as _;
use crate::frame::{Frame, MoneyAs};
use crate::options::{self, wanted};
use crate::policy::{Overrides, PyFitPolicy};
use crate::scalar::record;

/// A policy bound to a catalogue: ready for one customer or for a million. Immutable; threads may share it, and it can
/// be pickled.
///
/// Args:
///     catalog: The plans.
///     policy: The policy; without one nothing is bounded and the cheapest plan is best.
///     total_fee_change: Smallest and largest ratio of new total to present total, both inclusive; None leaves an
///         end open. This and the following arguments replace keys of the policy.
///     monthly_fee_change: The same for the monthly fee.
///     rank: `"cheapest"` or `"priority"`.
///     current_plan: `"included"` or `"excluded"`.
///     candidates: For whom a plan is looked for: `{"where": condition, "unknown": "out"}`.
///     fields: Attributes that conditions may test, by id: `{"age": {"type": "number", "missing": True}}`.
///     at: The day whose plans are in effect, where the catalogue has dated plans.
///
/// Raises:
///     DocumentError: with every problem of policy and conditions.
///     DataError: where the catalogue has dated plans and no date is given.
///
/// Example:
///     >>> fit = cpc.PackageFit(catalog, total_fee_change=("0.6", "1.5"))
///     >>> fit.record(voice=612, data=1390.5, current_plan="fx138").plan
///     'fx158'
#[pyclass(frozen, name = "PackageFit", module = "cpcfit")]
pub(crate) struct PyPackageFit(pub(crate) PackageFit);

#[pymethods]
impl PyPackageFit {
    #[new]
    #[pyo3(signature = (catalog, policy=None, *, total_fee_change=None, monthly_fee_change=None, rank=None,
        current_plan=None, candidates=None, fields=None, at=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        catalog: &PyCatalog,
        policy: Option<&PyFitPolicy>,
        total_fee_change: Option<&Bound<'_, PyAny>>,
        monthly_fee_change: Option<&Bound<'_, PyAny>>,
        rank: Option<&Bound<'_, PyAny>>,
        current_plan: Option<&Bound<'_, PyAny>>,
        candidates: Option<&Bound<'_, PyAny>>,
        fields: Option<&Bound<'_, PyAny>>,
        at: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let overrides =
            Overrides { total_fee_change, monthly_fee_change, rank, current_plan, candidates, fields };
        let policy = overrides.apply(py, policy.map(|policy| &policy.0))?;
        let catalog = match at {
            Some(date) => catalog.on(date)?,
            None => catalog.0.clone(),
        };
        bound(py, &catalog, &policy)
    }

    /// The best plan of one customer.
    ///
    /// Args:
    ///     customer: Usage and given charges by the ids of the catalogue, `current_plan` or `present_total` and
    ///         `present_fee` in major units, and the fields that conditions test, as a mapping.
    ///     **values: The same as keyword arguments.
    ///
    /// Raises:
    ///     DataError: with everything that is wrong with the customer's data.
    #[pyo3(signature = (customer=None, /, **values))]
    fn record(
        &self,
        py: Python<'_>,
        customer: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyMatch> {
        let record = record(customer, values)?;
        let found = self.0.record(&record).or_raise(py)?;
        Ok(PyMatch::new(&self.0, &found))
    }

    /// The decision for one customer with the reasons for every plan. Arguments and errors are those of `record`.
    #[pyo3(signature = (customer=None, /, **values))]
    fn explain(
        &self,
        py: Python<'_>,
        customer: Option<&Bound<'_, PyAny>>,
        values: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyExplanation> {
        let record = record(customer, values)?;
        let explanation = self.0.explain(&record).or_raise(py)?;
        PyExplanation::new(py, &self.0, &explanation)
    }

    /// The best plan of every customer.
    ///
    /// Args:
    ///     customers: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or
    ///         a dict of NumPy arrays or lists. The columns are those of `inputs`; null and NaN are missing.
    ///     columns: Names of columns where they differ, by field: `{"voice": "minutes"}`.
    ///     id: The column of ids, which the result then has, and by which `explain` finds a customer.
    ///     threads: Threads to use; all cores by default. Results never depend on it.
    ///     on_error: `"raise"`, or `"null"` for the status `invalid` in rows that cannot be used.
    ///     money: `"decimal"` or `"float"` in major units, or `"minor"` for integers in minor units. By default
    ///         decimal, and float where the frame is of pandas or a dict.
    ///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
    ///     present_bill: Whether the result has `present_total` and `present_fee`; without them it is made faster.
    ///
    /// Raises:
    ///     DataError: with every column that is missing or of a wrong type, and every kind of row that cannot be used.
    #[pyo3(signature = (customers, *, columns=None, id=None, threads=None, on_error="raise", money=None, simd=None,
        present_bill=true))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn columns(
        &self,
        customers: &Bound<'_, PyAny>,
        columns: Option<BTreeMap<String, String>>,
        id: Option<String>,
        threads: Option<usize>,
        on_error: &str,
        money: Option<MoneyAs>,
        simd: Option<&str>,
        present_bill: bool,
    ) -> PyResult<PyMatches> {
        let py = customers.py();
        let options = options::options(py, columns, threads, on_error, simd)?;
        let (frame, origin) =
            Frame::read(customers, &wanted(self.0.inputs().into_iter(), &options, id.as_deref()))?;
        let fit = self.0.clone().with_present_bill(present_bill);
        PyMatches::new(py, fit, frame, origin, options, id, money)
    }

    /// Names of the columns or fields that may be read.
    #[getter]
    fn inputs(&self) -> Vec<&str> {
        self.0.inputs()
    }

    /// The plans.
    #[getter]
    fn catalog(&self) -> PyCatalog {
        PyCatalog(self.0.catalog().clone())
    }

    /// The policy with whatever replaced its keys.
    #[getter]
    fn policy(&self) -> PyFitPolicy {
        PyFitPolicy(self.0.policy().clone())
    }

    fn __repr__(&self) -> String {
        let (policy, catalog) = (self.0.policy(), self.0.catalog());
        format!("PackageFit({} {} on {} {})", policy.id(), policy.version(), catalog.id(), catalog.version())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let load = py.import("cpcfit._cpcfit")?.getattr("load_package_fit")?;
        Ok((load, (self.catalog(), self.policy()).into_pyobject(py)?))
    }
}

/// A policy bound to a catalogue; what pickle calls.
#[pyfunction]
pub(crate) fn load_package_fit(
    py: Python<'_>,
    catalog: &PyCatalog,
    policy: &PyFitPolicy,
) -> PyResult<PyPackageFit> {
    bound(py, &catalog.0, &policy.0)
}

fn bound(py: Python<'_>, catalog: &Catalog, policy: &FitPolicy) -> PyResult<PyPackageFit> {
    PackageFit::new(catalog, policy).map(PyPackageFit).or_raise(py)
}

/// The best plan of every customer: `PackageFit(catalog, policy, ...).columns(customers, ...)`.
///
/// Args:
///     customers: A polars, pandas or pyarrow frame, a DuckDB relation, anything else with `__arrow_c_stream__`, or a
///         dict of NumPy arrays or lists. Columns are the meters and given charges of the catalogue in their units,
///         `current_plan` or `present_total` and `present_fee` in major units, and the fields that conditions test.
///         Null and NaN are missing.
///     catalog: The plans.
///     policy: The policy; without one nothing is bounded and the cheapest plan is best.
///     total_fee_change: Smallest and largest ratio of new total to present total, both inclusive; None leaves an
///         end open. This and the following arguments replace keys of the policy.
///     monthly_fee_change: The same for the monthly fee.
///     rank: `"cheapest"` or `"priority"`.
///     current_plan: `"included"` or `"excluded"`.
///     candidates: For whom a plan is looked for: `{"where": condition, "unknown": "out"}`.
///     fields: Attributes that conditions may test, by id: `{"age": {"type": "number", "missing": True}}`.
///     columns: Names of columns where they differ, by field: `{"voice": "minutes"}`.
///     id: The column of ids, which the result then has, and by which `explain` finds a customer.
///     at: The day whose plans are in effect, where the catalogue has dated plans.
///     threads: Threads to use; all cores by default. Results never depend on it.
///     on_error: `"raise"`, or `"null"` for the status `invalid` in rows that cannot be used.
///     money: `"decimal"` or `"float"` in major units, or `"minor"` for integers in minor units. By default decimal,
///         and float where the frame is of pandas or a dict.
///     simd: Instruction set, such as `"avx2"`; the best by default. Results never depend on it.
///     present_bill: Whether the result has `present_total` and `present_fee`; without them it is made faster.
///
/// Raises:
///     DocumentError: with every problem of policy and conditions.
///     DataError: with every column that is missing or of a wrong type, and every kind of row that cannot be used.
///
/// Example:
///     >>> fit = cpc.package_fit(customers, catalog, total_fee_change=("0.6", "1.5"), monthly_fee_change=(1, 2))
///     >>> fit.funnel().stages["targets"], fit.explain(0).found.plan
///     (16, 'fx48')
///     >>> fit.to_frame()["plan"].to_list()[:2]
///     ['fx48', 'fx88']
#[pyfunction]
#[pyo3(signature = (customers, catalog, policy=None, *, total_fee_change=None, monthly_fee_change=None, rank=None,
    current_plan=None, candidates=None, fields=None, columns=None, id=None, at=None, threads=None, on_error="raise",
    money=None, simd=None, present_bill=true))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments")]
pub(crate) fn package_fit(
    customers: &Bound<'_, PyAny>,
    catalog: &PyCatalog,
    policy: Option<&PyFitPolicy>,
    total_fee_change: Option<&Bound<'_, PyAny>>,
    monthly_fee_change: Option<&Bound<'_, PyAny>>,
    rank: Option<&Bound<'_, PyAny>>,
    current_plan: Option<&Bound<'_, PyAny>>,
    candidates: Option<&Bound<'_, PyAny>>,
    fields: Option<&Bound<'_, PyAny>>,
    columns: Option<BTreeMap<String, String>>,
    id: Option<String>,
    at: Option<&Bound<'_, PyAny>>,
    threads: Option<usize>,
    on_error: &str,
    money: Option<MoneyAs>,
    simd: Option<&str>,
    present_bill: bool,
) -> PyResult<PyMatches> {
    let py = customers.py();
    let fit = PyPackageFit::new(
        py,
        catalog,
        policy,
        total_fee_change,
        monthly_fee_change,
        rank,
        current_plan,
        candidates,
        fields,
        at,
    )?;
    fit.columns(customers, columns, id, threads, on_error, money, simd, present_bill)
}
