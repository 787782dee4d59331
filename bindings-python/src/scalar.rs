//! Python values as the core's scalars, and mappings of them as records.

use cpcfit::{Date, Decimal, Record, Scalar, Timestamp};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyDate, PyDateAccess, PyDateTime, PyDelta, PyDeltaAccess, PyDict, PyFloat, PyInt, PyString,
    PyTimeAccess, PyTuple, PyType, PyTzInfo,
};

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
    // A datetime is a date too.
    if let Ok(moment) = value.cast::<PyDateTime>() {
        return timestamp(moment);
    }
    if let Ok(date) = value.cast::<PyDate>() {
        return Ok(day(date).into());
    }
    if let Some(moment) = numpy_moment(value)? {
        return Ok(moment);
    }
    match numpy_item(value)? {
        Some(item) => scalar(&item),
        None => Ok(Scalar::Unsupported(description(value)?)),
    }
}

fn day(date: &impl PyDateAccess) -> Option<Date> {
    Date::from_ymd(date.get_year(), date.get_month().into(), date.get_day().into())
}

/// The point in time of a datetime; without a time zone it counts as UTC.
fn timestamp(moment: &Bound<'_, PyDateTime>) -> PyResult<Scalar> {
    let Some(midnight) = day(moment).and_then(|day| Timestamp::from_date(day, 0)) else {
        return Ok(Scalar::Unsupported("a time beyond the year 9999".to_owned()));
    };
    let minutes = i64::from(moment.get_hour()) * 60 + i64::from(moment.get_minute());
    let seconds = minutes * 60 + i64::from(moment.get_second());
    let local = midnight.micros() + seconds * 1_000_000 + i64::from(moment.get_microsecond());
    let ahead = moment.call_method0(intern!(moment.py(), "utcoffset"))?;
    let ahead = match ahead.cast::<PyDelta>() {
        Ok(ahead) => {
            let seconds = i64::from(ahead.get_days()) * 86_400 + i64::from(ahead.get_seconds());
            seconds * 1_000_000 + i64::from(ahead.get_microseconds())
        }
        Err(_) => 0,
    };
    Ok(Timestamp::from_micros(local - ahead).into())
}

/// The value of NumPy's `datetime64`: a date where it counts days or more, else a point in time.
fn numpy_moment(value: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    let class = value.get_type();
    if class.name()?.to_str()? != "datetime64" || class.module()?.to_str()? != "numpy" {
        return Ok(None);
    }
    let count = |unit: &str| -> PyResult<i64> {
        value.call_method1("astype", (unit,))?.call_method1("astype", ("int64",))?.extract()
    };
    let seconds = count("datetime64[s]")?;
    if seconds == i64::MIN {
        return Ok(Some(Scalar::Missing));
    }
    if seconds.unsigned_abs() > i64::MAX.unsigned_abs() / 1_000_000 {
        return Ok(Some(Scalar::Text(format!("{seconds} s after 1970"))));
    }
    let unit = value.getattr("dtype")?.getattr("name")?.extract::<String>()?;
    let days = ["[D]", "[W]", "[M]", "[Y]"].iter().any(|sign| unit.ends_with(sign));
    Ok(Some(if days {
        // So few seconds are days of 32 bits.
        i32::try_from(count("datetime64[D]")?).map_or(Scalar::Missing, |days| Date::from_days(days).into())
    } else {
        Timestamp::from_micros(count("datetime64[us]")?).into()
    }))
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
        Scalar::Timestamp(value) => python_datetime(py, value)?,
        _ => py.None().into_bound(py),
    })
}

/// The moment as a datetime in UTC; as text where it is beyond the years that Python has.
pub(crate) fn python_datetime(py: Python<'_>, moment: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    let (year, month, day) = moment.date(0).map_or((0, 0, 0), Date::to_ymd);
    if !(1..=9999).contains(&year) {
        return Ok(PyString::new(py, &moment.to_string()).into_any());
    }
    let (seconds, micros) = (moment.micro_of_day(0) / 1_000_000, moment.micro_of_day(0) % 1_000_000);
    let (minutes, second) = (seconds / 60, u8::try_from(seconds % 60)?);
    let (hour, minute) = (u8::try_from(minutes / 60)?, u8::try_from(minutes % 60)?);
    let utc = PyTzInfo::utc(py)?.to_owned();
    let (month, day) = (u8::try_from(month)?, u8::try_from(day)?);
    let micros = u32::try_from(micros)?;
    Ok(PyDateTime::new(py, year, month, day, hour, minute, second, micros, Some(&utc))?.into_any())
}
