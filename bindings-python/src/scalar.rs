//! Python values as the core's scalars, and mappings of them as records.

use cpcfit::{Date, Decimal, Record, Scalar};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDate, PyDateAccess, PyDict, PyFloat, PyInt, PyString, PyTuple, PyType};

use crate::plan::python_date;

/// A record from a mapping of names to values, from keyword arguments, or both.
pub(crate) fn record(
    values: Option<&Bound<'_, PyAny>>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Record> {
    let mut record = Record::new();
    match values {
        None => {}
        Some(values) => match values.cast::<PyDict>() {
            Ok(dict) => insert_all(&mut record, dict)?,
            Err(_) => insert_items(&mut record, values)?,
        },
    }
    if let Some(keywords) = keywords {
        insert_all(&mut record, keywords)?;
    }
    Ok(record)
}

fn insert_all(record: &mut Record, dict: &Bound<'_, PyDict>) -> PyResult<()> {
    dict.iter().try_for_each(|(name, value)| insert(record, &name, &value))
}

/// Whatever else has items: a mapping of another kind, a pandas row.
fn insert_items(record: &mut Record, values: &Bound<'_, PyAny>) -> PyResult<()> {
    let items = intern!(values.py(), "items");
    if !values.hasattr(items)? {
        let message = format!("expected a mapping of names to values, not {}", description(values)?);
        return Err(PyTypeError::new_err(message));
    }
    for item in values.call_method0(items)?.try_iter()? {
        let (name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.cast::<PyTuple>()?.extract()?;
        insert(record, &name, &value)?;
    }
    Ok(())
}

fn insert(record: &mut Record, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let Ok(name) = name.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!("names are text, not {}", description(name)?)));
    };
    record.insert(name.to_str()?, scalar(value)?);
    Ok(())
}

/// The value as a scalar; of a type that no field has, one that the core refuses where it is used.
pub(crate) fn scalar(value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    // The commonest first: this is the record path.
    if let Ok(float) = value.cast::<PyFloat>() {
        return Ok(Scalar::from(float.value()));
    }
    if value.is_none() {
        return Ok(Scalar::Missing);
    }
    if let Ok(boolean) = value.cast::<PyBool>() {
        return Ok(Scalar::Bool(boolean.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return integer(value);
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Scalar::Text(text.to_str()?.to_owned()));
    }
    if value.is_instance(decimal_type(value.py())?)? {
        return decimal(value);
    }
    if is_null(value)? {
        return Ok(Scalar::Missing);
    }
    if let Ok(date) = value.cast::<PyDate>() {
        return day(date);
    }
    match numpy_item(value)? {
        Some(item) => scalar(&item),
        None => Ok(Scalar::Unsupported(description(value)?)),
    }
}

/// The day of a date or time; with a time zone it is left open whose day.
fn day(date: &Bound<'_, PyDate>) -> PyResult<Scalar> {
    if date.getattr_opt(intern!(date.py(), "tzinfo"))?.is_some_and(|zone| !zone.is_none()) {
        return Ok(Scalar::Unsupported("a time with a time zone".to_owned()));
    }
    Ok(Date::from_ymd(date.get_year(), date.get_month().into(), date.get_day().into()).into())
}

/// An integer too large for any field keeps its digits, which the core refuses in its own words.
fn integer(value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    if let Ok(integer) = value.extract::<i64>() {
        return Ok(Scalar::from(integer));
    }
    match value.extract::<i128>() {
        Ok(integer) => Ok(Scalar::Int(integer)),
        Err(_) => Ok(Scalar::Text(value.str()?.to_str()?.to_owned())),
    }
}

fn decimal(value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    let text = value.str()?;
    let text = text.to_str()?;
    if let Ok(decimal) = Decimal::parse(text) {
        return Ok(Scalar::Decimal(decimal));
    }
    // NaN and the infinities are those of floats; more digits than there can be stay text, as with integers.
    let float: f64 = value.extract()?;
    let finite = float.is_finite();
    Ok(if finite { Scalar::Text(text.to_owned()) } else { Scalar::from(float) })
}

/// The type `decimal.Decimal`.
pub(crate) fn decimal_type(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    DECIMAL.import(py, "decimal", "Decimal")
}

/// The objects that pandas marks missing values with.
fn is_null(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let name = value.get_type().name()?;
    Ok(matches!(name.to_str()?, "NAType" | "NaTType"))
}

/// The Python value of a NumPy scalar.
pub(crate) fn numpy_item<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let class = value.get_type();
    let from_numpy = class.module()?.to_str()? == "numpy";
    // `datetime64` may count nanoseconds, whose item is a bare integer.
    if !from_numpy || class.name()?.to_str()? == "datetime64" || !value.hasattr("item")? {
        return Ok(None);
    }
    let item = value.call_method0("item")?;
    // An extended float is its own item.
    Ok((!item.get_type().is(&class)).then_some(item))
}

/// What a value is, for messages.
pub(crate) fn description(value: &Bound<'_, PyAny>) -> PyResult<String> {
    let class = value.get_type();
    let name = class.qualname()?;
    Ok(format!("a value of type `{}`", name.to_str()?))
}

/// The scalar as a Python value.
pub(crate) fn to_python(py: Python<'_>, scalar: Scalar) -> PyResult<Bound<'_, PyAny>> {
    Ok(match scalar {
        Scalar::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        Scalar::Int(value) => value.into_pyobject(py)?.into_any(),
        Scalar::Float(value) => PyFloat::new(py, value).into_any(),
        Scalar::Decimal(value) => decimal_type(py)?.call1((value.to_string(),))?,
        Scalar::Text(value) => PyString::new(py, &value).into_any(),
        Scalar::Date(value) => python_date(py, value)?.into_any(),
        _ => py.None().into_bound(py),
    })
}
