//! The best plan of every customer, as columns.

use arrow_array::types::UInt8Type;
use arrow_buffer::ScalarBuffer;
use cpcfit::fit::{Funnel, Matches, PackageFit, Status};
use cpcfit::tariff::Plan;
use cpcfit::{Options, Problem};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyCapsule, PyDict};

use super::explanation::PyExplanation;
use super::package::PyPackageFit;
use crate::error::{self, Raise as _, computed};
use crate::frame::{Amounts, Frame, MoneyAs, Origin, Table, TableColumn, money_columns, present};
use crate::html::Html;
use crate::scalar::scalar;

/// The best plan of every customer: made by `package_fit`.
///
/// `to_frame` gives the columns; anything that reads Arrow's PyCapsule interface may also take this object itself.
/// It keeps the customers' columns that it read, for `explain`.
#[pyclass(frozen, name = "Matches", module = "cpcfit")]
pub(crate) struct PyMatches {
    fit: PackageFit,
    frame: Frame,
    origin: Origin,
    options: Options,
    id: Option<String>,
    money: MoneyAs,
    status: ScalarBuffer<u8>,
    plan: ScalarBuffer<i32>,
    total: ScalarBuffer<i64>,
    present_total: ScalarBuffer<i64>,
    present_fee: ScalarBuffer<i64>,
    funnel: Funnel,
    problems: Vec<Problem>,
}

impl PyMatches {
    pub(super) fn new(
        py: Python<'_>,
        fit: PackageFit,
        frame: Frame,
        origin: Origin,
        options: Options,
        id: Option<String>,
        money: Option<MoneyAs>,
    ) -> PyResult<Self> {
        let matches = computed(py, || {
            if let Some(id) = &id {
                frame.passed(id)?;
            }
            fit.columns(&frame.batches(id.as_deref())?, &options)
        })?;
        let Matches { status, plan, total, present_total, present_fee, funnel, problems, .. } = matches;
        Ok(Self {
            money: money.unwrap_or(origin.money),
            fit,
            frame,
            origin,
            options,
            id,
            status: status.into(),
            plan: plan.into(),
            total: total.into(),
            present_total: present_total.into(),
            present_fee: present_fee.into(),
            funnel,
            problems,
        })
    }

    fn table(&self, py: Python<'_>, selected: Option<&[String]>) -> PyResult<Table> {
        Table::new(computed(py, || self.table_columns(selected))?, self.options.threads)
    }

    /// The columns of that names in their order, or all.
    fn table_columns(&self, selected: Option<&[String]>) -> cpcfit::Result<Vec<TableColumn>> {
        let with_present_bill = self.fit.gives_present_bill();
        let given = |name: &&str| with_present_bill || !PRESENT_BILL.contains(name);
        let known = || COLUMNS.into_iter().filter(given).chain(self.id.as_deref());
        for name in selected.unwrap_or_default() {
            if !given(&name.as_str()) {
                return Err(cpcfit::Error::left_out_column(name, "a call with `present_bill=True`"));
            }
            if !known().any(|known| known == name) {
                return Err(cpcfit::Error::missing_column(name, known()));
            }
        }
        let wanted =
            |name: &str| selected.is_none_or(|selected| selected.iter().any(|wanted| wanted == name));
        let plans = self.fit.catalog().plans();
        let exponent = self.fit.catalog().currency().exponent();
        let fee = |plan: &i32| {
            usize::try_from(*plan).ok().and_then(|plan| plans.get(plan)).map_or(-1, |plan| plan.fee().minor())
        };
        let ids = self.id.iter().filter(|id| wanted(id));
        let mut columns: Vec<TableColumn> = ids.map(|id| self.frame.passed(id)).collect::<Result<_, _>>()?;
        if wanted("status") {
            let statuses: Vec<i32> = self.status.iter().copied().map(i32::from).collect();
            columns.push(TableColumn::texts("status", statuses, None, Status::ALL.map(Status::id).to_vec()));
        }
        if wanted("status_code") {
            columns.push(TableColumn::values::<UInt8Type>("status_code", self.status.clone(), None));
        }
        if wanted("plan") {
            let ids = plans.iter().map(Plan::id).collect();
            columns.push(TableColumn::texts(
                "plan",
                self.plan.clone(),
                present(&self.plan, |plan| *plan != -1),
                ids,
            ));
        }
        let mut money = Vec::new();
        let mut amounts = |name: &'static str, minor: &dyn Fn() -> ScalarBuffer<i64>| {
            if wanted(name) {
                let minor = minor();
                money.push(Amounts { name, present: present(&minor, |minor| *minor != -1), minor });
            }
        };
        amounts("total", &|| self.total.clone());
        amounts("fee", &|| self.plan.iter().map(fee).collect());
        if with_present_bill {
            amounts("present_total", &|| self.present_total.clone());
            amounts("present_fee", &|| self.present_fee.clone());
        }
        columns.extend(money_columns(money, exponent, self.money, self.options.threads));
        if let Some(selected) = selected {
            columns.sort_by_key(|column| selected.iter().position(|name| name == column.name()));
        }
        Ok(columns)
    }
}

/// The columns of a result, beside that of ids.
const COLUMNS: [&str; 7] = ["status", "status_code", "plan", "total", "fee", "present_total", "present_fee"];

/// Of these, those that `present_bill=False` leaves out.
const PRESENT_BILL: [&str; 2] = ["present_total", "present_fee"];

#[pymethods]
impl PyMatches {
    /// The result as a frame of the customers' kind, in their order and with the index of a pandas frame.
    ///
    /// Columns: the column of ids where `id` named one; `status` and `status_code`; `plan`, the best plan; `total` and
    /// `fee` on it; `present_total` and `present_fee`, unless `present_bill=False` left them out. Money is Decimal, float or integer minor units, as `money`
    /// says; null where there is none.
    ///
    /// Args:
    ///     columns: The names of the columns that are wanted, in this order; all by default.
    #[pyo3(signature = (columns=None))]
    #[expect(clippy::needless_pass_by_value, reason = "arguments arrive owned")]
    fn to_frame<'py>(&self, py: Python<'py>, columns: Option<Vec<String>>) -> PyResult<Bound<'py, PyAny>> {
        self.origin.restore(Bound::new(py, self.table(py, columns.as_deref())?)?)
    }

    /// What was wrong with the invalid customers, with `on_error="null"`; otherwise empty.
    #[getter]
    fn problems<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        error::problem_objects(py, &self.problems)
    }

    /// How many customers came how far.
    fn funnel(&self) -> PyFunnel {
        PyFunnel(self.funnel)
    }

    /// The decision for one customer with the reasons for every plan.
    ///
    /// Args:
    ///     customer: The id, where `id` named the column of ids; otherwise the number of the row from 0.
    ///
    /// Raises:
    ///     DataError: where there is no such customer, or the customer's data cannot be used.
    fn explain(&self, customer: &Bound<'_, PyAny>) -> PyResult<PyExplanation> {
        let py = customer.py();
        let batches = self.frame.batches(self.id.as_deref()).or_raise(py)?;
        let row = match &self.id {
            Some(id) => PackageFit::find_row(&batches, id, &scalar(customer)?).or_raise(py)?,
            None => customer.extract()?,
        };
        let explanation = self.fit.explain_row(&batches, row, &self.options).or_raise(py)?;
        PyExplanation::new(py, &self.fit, &explanation)
    }

    /// The policy bound to the catalogue, for single customers.
    #[getter]
    fn package_fit(&self) -> PyPackageFit {
        PyPackageFit(self.fit.clone())
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
        self.status.len()
    }

    fn __repr__(&self) -> String {
        format!("Matches({} customers, {} targets)", self.__len__(), self.funnel.count(Status::Target))
    }

    fn _repr_html_(&self) -> String {
        funnel_html(&self.funnel)
    }
}

/// How many customers came how far; every customer has exactly one status.
///
/// Attributes:
///     stages: Customers left at each stage: `customers`, `candidates`, `with_present_bill`, `with_eligible_plan`,
///         `within_bounds`, `targets`.
///     statuses: Customers with each status.
#[pyclass(frozen, name = "Funnel", module = "cpcfit")]
pub(crate) struct PyFunnel(Funnel);

#[pymethods]
impl PyFunnel {
    #[getter]
    fn stages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.0.stages().into_py_dict(py)
    }

    #[getter]
    fn statuses<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        Status::ALL.map(|status| (status.id(), self.0.count(status))).into_py_dict(py)
    }

    fn __repr__(&self) -> String {
        let stages: Vec<_> = self.0.stages().iter().map(|(stage, left)| format!("{left} {stage}")).collect();
        format!("Funnel({})", stages.join(", "))
    }

    fn _repr_html_(&self) -> String {
        funnel_html(&self.0)
    }
}

fn funnel_html(funnel: &Funnel) -> String {
    Html::of_counts("Funnel", ["stage", "customers"], funnel.stages())
}
