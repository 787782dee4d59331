//! Amounts of money and names in several languages as Python values.

use cpcfit::document::Names;
use cpcfit::money::{Currency, Money};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict as _, PyDict, PyFloat};

use crate::frame::MoneyAs;
use crate::scalar::decimal_type;

/// The amount in major units as a `Decimal` with the currency's decimals.
pub(crate) fn decimal<'py>(
    py: Python<'py>,
    currency: &Currency,
    amount: Money,
) -> PyResult<Bound<'py, PyAny>> {
    decimal_type(py)?.call1((currency.format(amount),))
}

/// Names by language tag.
pub(crate) fn names<'py>(py: Python<'py>, names: &Names) -> PyResult<Bound<'py, PyDict>> {
    names.iter().into_py_dict(py)
}

/// A sum in minor units, as money is asked for.
pub(crate) fn sum<'py>(
    py: Python<'py>,
    currency: &Currency,
    minor: i128,
    money: MoneyAs,
) -> PyResult<Bound<'py, PyAny>> {
    let text = currency.format_minor(minor);
    match money {
        MoneyAs::Minor => Ok(minor.into_pyobject(py)?.into_any()),
        MoneyAs::Decimal => decimal_type(py)?.call1((text,)),
        // Reading a decimal text is correctly rounded.
        MoneyAs::Float => Ok(PyFloat::new(py, text.parse().unwrap_or(f64::NAN)).into_any()),
    }
}
