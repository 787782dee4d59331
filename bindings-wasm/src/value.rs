//! Plain JavaScript values out of the core's.

use cpcfit::document::Names;
use cpcfit::{Currency, Money};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

/// A plain object; entries that are `undefined` are left out.
pub(crate) fn object<'k>(entries: impl IntoIterator<Item = (&'k str, JsValue)>) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        if !value.is_undefined() {
            // Setting a property of a fresh object cannot fail.
            let _ = Reflect::set(&object, &key.into(), &value);
        }
    }
    object.into()
}

/// An array.
pub(crate) fn list(items: impl IntoIterator<Item: Into<JsValue>>) -> JsValue {
    items.into_iter().map(Into::into).collect::<Array>().into()
}

/// An array of nothing.
pub(crate) fn empty() -> JsValue {
    Array::new().into()
}

/// The value, or `undefined`.
pub(crate) fn optional(value: Option<impl Into<JsValue>>) -> JsValue {
    value.map_or(JsValue::UNDEFINED, Into::into)
}

/// The value, or `null`.
pub(crate) fn nullable(value: Option<impl Into<JsValue>>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}

/// The value as text, or `null`.
pub(crate) fn shown(value: Option<impl ToString>) -> JsValue {
    nullable(value.map(|value| value.to_string()))
}

/// A count or quantity, which the core keeps below `2^53`.
#[expect(clippy::cast_precision_loss, reason = "counts and quantities are below 2^53")]
pub(crate) fn count(value: u64) -> JsValue {
    (value as f64).into()
}

/// An index.
pub(crate) fn index(value: usize) -> JsValue {
    count(value as u64)
}

/// Names by language tag.
pub(crate) fn names(names: &Names) -> JsValue {
    object(names.iter().map(|(tag, name)| (tag, name.into())))
}

/// Minor units as a number; their size is below `2^53`.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
pub(crate) fn minor(amount: Money) -> f64 {
    amount.minor() as f64
}

/// An amount in major units as text.
pub(crate) fn major(currency: &Currency, amount: Money) -> JsValue {
    currency.format(amount).into()
}
