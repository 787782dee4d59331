//! The tree that every document becomes.

use std::fmt::Write as _;

use crate::error::Place;

/// Where a node stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first character.
    pub start: Place,
    /// The character after the last.
    pub end: Place,
}

/// A value and where it stood; native objects have no place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The place, where the document was a text.
    pub span: Option<Span>,
}

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number as written.
    Number(Number),
    /// A text.
    Text(Box<str>),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order written; the reader has refused duplicate keys.
    Map(Vec<Entry>),
    /// A native value that no document can hold, by a description such as `a function`.
    Unsupported(Box<str>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Box<str>,
    /// Where the key stands.
    pub key_span: Option<Span>,
    /// The value.
    pub node: Node,
}

/// A number by its token, not yet converted.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    token: Box<str>,
    from_float: bool,
}

impl Number {
    /// The digits as written, or the shortest form of a float.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Whether the number came as a binary floating-point value and so may carry more digits than were meant.
    pub fn is_from_float(&self) -> bool {
        self.from_float
    }
}

impl Node {
    /// A node without a place.
    pub fn new(value: Value) -> Self {
        Self { value, span: None }
    }

    /// Null.
    pub fn null() -> Self {
        Self::new(Value::Null)
    }

    /// True or false.
    pub fn boolean(value: bool) -> Self {
        Self::new(Value::Bool(value))
    }

    /// A text.
    pub fn text(value: &str) -> Self {
        Self::new(Value::Text(value.into()))
    }

    /// An exact number by its token; whether it is a number is checked where it is used.
    pub fn number(token: &str) -> Self {
        Self::new(Value::Number(Number { token: token.into(), from_float: false }))
    }

    /// An integer.
    pub fn integer(value: i128) -> Self {
        Self::number(&value.to_string())
    }

    /// A binary floating-point number, taken by its shortest decimal form.
    pub fn float(value: f64) -> Self {
        Self::new(Value::Number(Number { token: value.to_string().into(), from_float: true }))
    }

    /// A list.
    pub fn list(items: Vec<Self>) -> Self {
        Self::new(Value::List(items))
    }

    /// A mapping; of two entries with one key the first is used, so check before.
    pub fn map<K: Into<Box<str>>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        let entries = entries.into_iter().map(|(key, node)| Entry { key: key.into(), key_span: None, node });
        Self::new(Value::Map(entries.collect()))
    }

    /// A native value that no document can hold: whatever reads it reports `document.wrong_type` at its path.
    pub fn unsupported(found: &str) -> Self {
        Self::new(Value::Unsupported(found.into()))
    }

    /// The value under a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| &*entry.key == key).map(|entry| &entry.node),
            _ => None,
        }
    }

    #[cfg(feature = "yaml")]
    pub(crate) fn place(&self) -> Option<Place> {
        self.span.map(|span| span.start)
    }

    /// What kind of value this is, for messages.
    pub(crate) fn type_name(&self) -> &str {
        match &self.value {
            Value::Unsupported(found) => found,
            Value::Null => "nothing",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The value as it is shown in a message.
    pub(crate) fn shown(&self) -> String {
        match &self.value {
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(number) => format!("`{}`", number.token),
            Value::Text(text) => format!("\"{text}\""),
            _ => self.type_name().to_owned(),
        }
    }

    /// The node as JSON text on one line, with numbers as written.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match &self.value {
            Value::Null | Value::Unsupported(_) => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => out.push_str(&json_number(&number.token)),
            Value::Text(text) => write_json_text(text, out),
            Value::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Value::Map(entries) => {
                out.push('{');
                for (index, entry) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_json_text(&entry.key, out);
                    out.push(':');
                    entry.node.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

/// A number token in JSON's grammar: YAML also allows `+1`, `.5`, `5.` and leading zeros.
fn json_number(token: &str) -> String {
    let (sign, unsigned) = match token.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", token.strip_prefix('+').unwrap_or(token)),
    };
    let split = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
    let (number, exponent) = unsigned.split_at(split);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        // Not finite: no number in JSON, and an error wherever it is used.
        return format!("\"{token}\"");
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{exponent}")
}

fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", control as u32);
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
