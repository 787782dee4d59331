//! Sequences of Python values as Arrow arrays.

use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, BooleanArray, LargeStringArray, NullArray, PrimitiveArray};
use cpcfit::{Error, Scalar};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::EXPECTED;
use crate::error;
use crate::scalar::{description, scalar};

/// The type that holds all values of a column, from the narrowest on: integers widen to decimals and to floats.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Null,
    Bool,
    Int,
    Decimal,
    Float,
    Text,
    Date,
    Timestamp,
}

/// The values as an array of one type; None and NaN are missing.
///
/// # Errors
/// A value that no field can hold, or values of types that do not go together.
pub(super) fn array(name: &str, values: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    if values.is_instance_of::<PyString>() || !values.hasattr(intern!(values.py(), "__iter__"))? {
        let message = format!("the column `{name}` is {}, not a list or an array", description(values)?);
        return Err(PyTypeError::new_err(message));
    }
    if let Some(texts) = texts(values)? {
        return Ok(texts);
    }
    let mut scalars = Vec::with_capacity(values.len().unwrap_or(0));
    let mut kind = Kind::Null;
    for value in values.try_iter()? {
        let value = value?;
        let scalar = scalar(&value)?;
        let of = Kind::of(&scalar);
        let Some(joined) = of.and_then(|of| kind.joined(of)) else {
            let expected = if of.is_some() { "values of one type" } else { EXPECTED };
            let problem = Error::unsupported_value(name, &description(&value)?, expected);
            return Err(error::raise(values.py(), problem));
        };
        kind = joined;
        scalars.push(scalar);
    }
    Ok(build(kind, &scalars))
}

/// The values as text where the first few and then all are texts or None; this saves an object a row.
fn texts(values: &Bound<'_, PyAny>) -> PyResult<Option<ArrayRef>> {
    // What has no length may be read only once.
    let Ok(rows) = values.len() else { return Ok(None) };
    let mut texts = LargeStringBuilder::with_capacity(rows, rows.saturating_mul(8));
    let mut some = false;
    for value in values.try_iter()? {
        let value = value?;
        if value.is_none() {
            texts.append_null();
        } else if let Ok(text) = value.cast::<PyString>() {
            // A text with lone surrogates has no UTF-8; the general way names it.
            let Ok(text) = text.to_str() else { return Ok(None) };
            texts.append_value(text);
            some = true;
        } else {
            return Ok(None);
        }
    }
    Ok(some.then(|| Arc::new(texts.finish()) as ArrayRef))
}

impl Kind {
    /// `None` for a value that no column can hold.
    fn of(scalar: &Scalar) -> Option<Self> {
        Some(match scalar {
            Scalar::Bool(_) => Self::Bool,
            Scalar::Int(value) if i64::try_from(*value).is_ok() => Self::Int,
            Scalar::Int(_) | Scalar::Decimal(_) => Self::Decimal,
            Scalar::Float(_) => Self::Float,
            Scalar::Text(_) => Self::Text,
            Scalar::Date(_) => Self::Date,
            Scalar::Timestamp(_) => Self::Timestamp,
            Scalar::Missing => Self::Null,
            _ => return None,
        })
    }

    fn joined(self, other: Self) -> Option<Self> {
        match (self, other) {
            (one, Self::Null) | (Self::Null, one) => Some(one),
            (Self::Int, wider @ (Self::Decimal | Self::Float))
            | (wider @ (Self::Decimal | Self::Float), Self::Int) => Some(wider),
            (one, other) => (one == other).then_some(one),
        }
    }
}

fn build(kind: Kind, scalars: &[Scalar]) -> ArrayRef {
    match kind {
        Kind::Null => Arc::new(NullArray::new(scalars.len())),
        Kind::Bool => Arc::new(scalars.iter().map(boolean).collect::<BooleanArray>()),
        Kind::Int => Arc::new(scalars.iter().map(integer).collect::<PrimitiveArray<Int64Type>>()),
        Kind::Float => Arc::new(scalars.iter().map(float).collect::<PrimitiveArray<Float64Type>>()),
        Kind::Text => Arc::new(scalars.iter().map(text).collect::<LargeStringArray>()),
        Kind::Date => Arc::new(scalars.iter().map(date).collect::<PrimitiveArray<Date32Type>>()),
        Kind::Timestamp => {
            let moments = scalars.iter().map(micros).collect::<PrimitiveArray<TimestampMicrosecondType>>();
            Arc::new(moments.with_timezone("UTC"))
        }
        Kind::Decimal => decimals(scalars),
    }
}

fn boolean(scalar: &Scalar) -> Option<bool> {
    if let Scalar::Bool(value) = scalar { Some(*value) } else { None }
}

fn integer(scalar: &Scalar) -> Option<i64> {
    if let Scalar::Int(value) = scalar { i64::try_from(*value).ok() } else { None }
}

#[expect(clippy::cast_precision_loss, reason = "as Python converts: beyond 2^53 nothing can be billed")]
fn float(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Float(value) => Some(*value),
        Scalar::Int(value) => Some(*value as f64),
        _ => None,
    }
}

fn text(scalar: &Scalar) -> Option<&str> {
    if let Scalar::Text(value) = scalar { Some(value) } else { None }
}

fn date(scalar: &Scalar) -> Option<i32> {
    if let Scalar::Date(value) = scalar { Some(value.days()) } else { None }
}

fn micros(scalar: &Scalar) -> Option<i64> {
    if let Scalar::Timestamp(value) = scalar { Some(value.micros()) } else { None }
}

/// Decimals over their largest scale; where one of them is too large for that, their texts, which are as exact.
fn decimals(scalars: &[Scalar]) -> ArrayRef {
    let scale = scalars.iter().map(|scalar| parts(scalar).map_or(0, |(_, scale)| scale)).max().unwrap_or(0);
    let scaled = |scalar: &Scalar| match parts(scalar) {
        None => Some(None),
        Some((mantissa, own)) => mantissa.checked_mul(10_i128.pow(scale.abs_diff(own))).map(Some),
    };
    let mantissas: Option<Vec<Option<i128>>> = scalars.iter().map(scaled).collect();
    let array = mantissas.map(PrimitiveArray::<Decimal128Type>::from);
    match array.map(|array| array.with_precision_and_scale(38, i8::try_from(scale).unwrap_or(0))) {
        Some(Ok(array)) => Arc::new(array),
        _ => Arc::new(scalars.iter().map(decimal_text).collect::<LargeStringArray>()),
    }
}

/// Mantissa and scale of a decimal or an integer.
fn parts(scalar: &Scalar) -> Option<(i128, u32)> {
    match scalar {
        Scalar::Decimal(value) => Some((value.mantissa(), value.scale())),
        Scalar::Int(value) => Some((*value, 0)),
        _ => None,
    }
}

fn decimal_text(scalar: &Scalar) -> Option<String> {
    match scalar {
        Scalar::Decimal(value) => Some(value.to_string()),
        Scalar::Int(value) => Some(value.to_string()),
        _ => None,
    }
}
