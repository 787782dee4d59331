//! JavaScript objects as records: one customer's values by name.

use cpcfit::{Error, Record, Scalar, Timestamp};
use js_sys::{BigInt, Date, Number, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::thrown;
use crate::node::{digits, instant, keys, kind_of};

/// The record of an object's own properties; one that is `undefined` counts as absent.
///
/// # Errors
/// A value that is no object, and whatever a getter or a proxy throws.
pub(crate) fn record(value: &JsValue) -> Result<Record, JsValue> {
    if !value.is_object() {
        return Err(thrown(Error::unsupported_value("", &kind_of(value), "an object with values by name")));
    }
    let mut record = Record::new();
    for key in keys(value)? {
        let value = Reflect::get(value, &key)?;
        if !value.is_undefined() {
            record.insert(key.as_string().unwrap_or_default(), scalar(&value));
        }
    }
    Ok(record)
}

/// A value.
pub(crate) fn scalar(value: &JsValue) -> Scalar {
    if let Some(value) = value.as_f64() {
        return number(value);
    }
    if let Some(text) = value.as_string() {
        return Scalar::Text(text);
    }
    if let Some(boolean) = value.as_bool() {
        return Scalar::Bool(boolean);
    }
    if value.is_null() {
        return Scalar::Missing;
    }
    if let Some(integer) = value.dyn_ref::<BigInt>() {
        let digits = digits(integer);
        return digits
            .parse()
            .map_or_else(|_| Scalar::Unsupported("a bigint beyond 127 bits".to_owned()), Scalar::Int);
    }
    if let Some(date) = value.dyn_ref::<Date>() {
        return moment(date);
    }
    Scalar::Unsupported(kind_of(value))
}

/// The point in time of a date; a date field takes it where it is a midnight in UTC.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
fn moment(date: &Date) -> Scalar {
    const MICROSECONDS_PER_MILLISECOND: i64 = 1_000;
    let milliseconds = date.get_time();
    if milliseconds.is_nan() {
        return Scalar::Text(instant(date));
    }
    // Dates reach no further than 8.64e15 milliseconds.
    Timestamp::from_micros((milliseconds as i64).saturating_mul(MICROSECONDS_PER_MILLISECOND)).into()
}

/// A number. JavaScript has one type of them: a safe integer counts as an integer, so that it can be a category.
#[expect(clippy::cast_possible_truncation, reason = "a safe integer")]
pub(crate) fn number(value: f64) -> Scalar {
    if value.trunc() == value && value.abs() <= Number::MAX_SAFE_INTEGER {
        Scalar::Int(value as i128)
    } else {
        Scalar::Float(value)
    }
}
