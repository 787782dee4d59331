//! JavaScript values as the nodes of a document.

use cpcfit::Error;
use cpcfit::document::{Document, Limits, Node};
use js_sys::{Array, BigInt, Date, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::error::thrown;

#[wasm_bindgen]
extern "C" {
    /// `Object.keys`, which throws where a proxy does.
    #[wasm_bindgen(js_namespace = Object, js_name = keys, catch)]
    pub(crate) fn keys(object: &JsValue) -> Result<Array, JsValue>;
}

/// The nodes of a JavaScript value. What no document can hold becomes an unsupported node, which the core reports
/// at its path; what exceeds a limit is cut off just beyond it, where the core reports the limit.
///
/// # Errors
/// Whatever a getter or a proxy throws.
pub(crate) fn node(value: &JsValue) -> Result<Node, JsValue> {
    Walk { limits: Limits::default(), nodes: 0, ancestors: Vec::new() }.node(value)
}

/// The day of a date that is a midnight in UTC. Other times are not cut off: they mostly are local midnights, whose
/// day in UTC may be another.
pub(crate) fn day(date: &Date) -> Option<cpcfit::Date> {
    const MILLISECONDS_PER_DAY: f64 = 86_400_000.0;
    let days = date.get_time() / MILLISECONDS_PER_DAY;
    #[expect(clippy::cast_possible_truncation, reason = "a whole number within the range of the type")]
    (days.fract() == 0.0 && days.abs() < f64::from(i32::MAX)).then(|| cpcfit::Date::from_days(days as i32))
}

/// A date that is no midnight as text, which the core refuses.
pub(crate) fn instant(date: &Date) -> String {
    if date.get_time().is_nan() { "an invalid date".to_owned() } else { date.to_iso_string().into() }
}

/// What a value is that cannot be used, for messages.
pub(crate) fn kind_of(value: &JsValue) -> String {
    if value.is_null() || value.is_undefined() {
        return if value.is_null() { "null" } else { "undefined" }.to_owned();
    }
    if !value.is_object() {
        return format!("a {}", value.js_typeof().as_string().unwrap_or_default());
    }
    let class = Reflect::get(value, &JsValue::from_str("constructor"))
        .and_then(|constructor| Reflect::get(&constructor, &JsValue::from_str("name")))
        .ok()
        .and_then(|name| name.as_string());
    class.filter(|name| !name.is_empty()).map_or_else(|| "an object".to_owned(), |name| format!("a `{name}`"))
}

/// A document from text or from an object.
pub(crate) fn document(value: &JsValue) -> Result<Document, JsValue> {
    match value.as_string() {
        Some(text) => Document::parse(&text),
        None => Document::from_node(node(value)?),
    }
    .map_err(thrown)
}

/// A date: text or a `Date`.
pub(crate) fn date(value: &JsValue) -> Result<cpcfit::Date, Error> {
    let expected = "a date such as \"2012-01-31\", or a `Date` at midnight UTC";
    let refused = |found: &str| Error::unsupported_value("date", found, expected);
    match (value.as_string(), value.dyn_ref::<Date>()) {
        (Some(text), _) => text.parse().map_err(|_| refused(&format!("\"{text}\""))),
        (None, Some(date)) => day(date).ok_or_else(|| refused(&instant(date))),
        (None, None) => Err(refused(&kind_of(value))),
    }
}

struct Walk {
    limits: Limits,
    nodes: usize,
    ancestors: Vec<JsValue>,
}

impl Walk {
    fn node(&mut self, value: &JsValue) -> Result<Node, JsValue> {
        self.nodes = self.nodes.saturating_add(1);
        if value.is_null() || value.is_undefined() {
            Ok(Node::null())
        } else if let Some(number) = value.as_f64() {
            Ok(Node::float(number))
        } else if let Some(text) = value.as_string() {
            Ok(Node::text(&text))
        } else if let Some(value) = value.as_bool() {
            Ok(Node::boolean(value))
        } else if let Some(integer) = value.dyn_ref::<BigInt>() {
            Ok(Node::number(&digits(integer)))
        } else if let Some(date) = value.dyn_ref::<Date>() {
            Ok(Node::text(&day(date).map_or_else(|| instant(date), |day| day.to_string())))
        } else {
            self.container(value)
        }
    }

    fn container(&mut self, value: &JsValue) -> Result<Node, JsValue> {
        if self.ancestors.contains(value) {
            return Ok(Node::unsupported("an object inside itself"));
        }
        if self.ancestors.len() > self.limits.depth {
            return Ok(Node::null());
        }
        self.ancestors.push(value.clone());
        let node = if let Some(items) = value.dyn_ref::<Array>() {
            self.list(items)
        } else if is_plain(value)? {
            self.map(value)
        } else {
            Ok(Node::unsupported(&kind_of(value)))
        };
        self.ancestors.pop();
        node
    }

    fn list(&mut self, items: &Array) -> Result<Node, JsValue> {
        let mut nodes = Vec::new();
        for index in 0..items.length() {
            if self.nodes > self.limits.nodes {
                break;
            }
            nodes.push(self.node(&Reflect::get_u32(items, index)?)?);
        }
        Ok(Node::list(nodes))
    }

    /// A property that is `undefined` counts as absent, as it does in JSON.
    fn map(&mut self, object: &JsValue) -> Result<Node, JsValue> {
        let mut entries = Vec::new();
        for key in keys(object)? {
            if self.nodes > self.limits.nodes {
                break;
            }
            let value = Reflect::get(object, &key)?;
            if !value.is_undefined() {
                entries.push((key.as_string().unwrap_or_default(), self.node(&value)?));
            }
        }
        Ok(Node::map(entries))
    }
}

/// Whether this is an object literal, `JSON.parse`'s or one without a prototype, of this realm or another: the
/// prototype of a class's instance has a prototype itself.
fn is_plain(value: &JsValue) -> Result<bool, JsValue> {
    if !value.is_object() || value.is_function() {
        return Ok(false);
    }
    let prototype = JsValue::from(Reflect::get_prototype_of(value)?);
    Ok(prototype.is_null() || JsValue::from(Reflect::get_prototype_of(&prototype)?).is_null())
}

/// The decimal digits of an integer of any size.
pub(crate) fn digits(integer: &BigInt) -> String {
    integer.to_string(10).map(String::from).unwrap_or_default()
}
