//! How the common types are read: numbers, texts, dates, lists, mappings, words.

use std::marker::PhantomData;

use super::decode::{At, Decode, Decoder};
use super::node::{Node, Number, Value};
use super::shape::{Shape, Shapes, Word};
use crate::column::Date;
use crate::error::{document as code, nearest};
use crate::money::{Decimal, DecimalError, MAX_DIGITS};

/// How many significant digits a binary float carries for certain.
const FLOAT_DIGITS: usize = 15;

impl Decode for bool {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Bool
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Bool(value) => Some(*value),
            _ => decoder.wrong_type(node, "true or false"),
        }
    }
}

impl Decode for Box<str> {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text { pattern: None, about: "text" }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(_) | Value::Bool(_) => decoder.wrong_type(node, "a text: put it in quotes"),
            _ => decoder.wrong_type(node, "a text"),
        }
    }
}

impl Decode for Decimal {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Decimal
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let token = match &node.value {
            Value::Number(number) if is_long_float(number) => {
                let message = "a binary float with more than 15 digits is not what anybody wrote";
                decoder.problem(node, code::LONG_FLOAT, message, "the number as a string, such as \"0.29\"");
                return None;
            }
            Value::Number(number) => number.token(),
            Value::Text(text) => text,
            _ => return decoder.wrong_type(node, "a decimal number"),
        };
        Self::parse(token)
            .inspect_err(|error| match error {
                DecimalError::Syntax => {
                    decoder.problem(
                        node,
                        code::BAD_DECIMAL,
                        "the value is not a decimal number",
                        "a number such as 0.29",
                    );
                }
                DecimalError::TooManyDigits => {
                    let expected = format!("at most {MAX_DIGITS} digits");
                    decoder.problem(node, code::TOO_MANY_DIGITS, "the number has too many digits", &expected);
                }
            })
            .ok()
    }
}

/// The nearest float of a number as written, or of a decimal text. Scores are floats, so no digit is too many.
impl Decode for f64 {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Decimal
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let token = match &node.value {
            Value::Number(number) => number.token(),
            Value::Text(text) => text,
            _ => return decoder.wrong_type(node, "a number"),
        };
        // Texts such as `inf` and `nan` are numbers to the standard library.
        let written = token.bytes().any(|byte| byte.is_ascii_digit());
        let value = token.parse().ok().filter(|value: &f64| written && value.is_finite());
        if value.is_none() {
            decoder.problem(
                node,
                code::BAD_DECIMAL,
                "the value is not a finite number",
                "a number such as 0.29",
            );
        }
        value
    }
}

fn is_long_float(number: &Number) -> bool {
    let digits = || number.token().bytes().filter(u8::is_ascii_digit);
    let leading = digits().take_while(|digit| *digit == b'0').count();
    let trailing = if number.token().contains('.') {
        0
    } else {
        number.token().bytes().rev().take_while(|digit| *digit == b'0').count()
    };
    number.is_from_float() && digits().count().saturating_sub(leading.saturating_add(trailing)) > FLOAT_DIGITS
}

impl Decode for Date {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text { pattern: Some("^\\d{4}-\\d{2}-\\d{2}$"), about: "date, YYYY-MM-DD" }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, "a date, YYYY-MM-DD") };
        let date = Self::parse(text).ok();
        if date.is_none() {
            decoder.problem(node, code::BAD_DATE, "the text is not a date", "a date, YYYY-MM-DD");
        }
        date
    }
}

/// A whole number in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Integer<const MIN: i64, const MAX: i64>(pub(crate) i64);

impl<const MIN: i64, const MAX: i64> Decode for Integer<MIN, MAX> {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Integer { min: MIN, max: MAX }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let expected = format!("a whole number from {MIN} to {MAX}");
        let Value::Number(number) = &node.value else { return decoder.wrong_type(node, &expected) };
        let whole = Decimal::parse(number.token()).ok().and_then(|decimal| decimal.times_exactly(1));
        let value =
            whole.and_then(|whole| i64::try_from(whole).ok()).filter(|whole| (MIN..=MAX).contains(whole));
        if value.is_none() {
            decoder.problem(node, code::OUT_OF_RANGE, "the number is not allowed here", &expected);
        }
        value.map(Self)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::List(Box::new(T::shape(shapes)))
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::List(items) = &node.value else { return decoder.wrong_type(node, "a list") };
        // An item that could not be read has been reported; the others, if any, are checked all the same.
        let read = items.iter().enumerate().filter_map(|(index, item)| {
            decoder.within(&index.to_string(), |decoder| T::decode(item, decoder))
        });
        let read: Vec<T> = read.collect();
        (items.is_empty() || !read.is_empty()).then_some(read)
    }
}

/// A mapping with free keys that follow the grammar of ids, in the order written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Dict<T> {
    pub(crate) entries: Vec<DictEntry<T>>,
    /// Whether every entry could be read; a missing one is then no reason for further problems.
    pub(crate) complete: bool,
}

/// A key, where it stands, and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DictEntry<T> {
    pub(crate) key: Box<str>,
    pub(crate) at: At,
    pub(crate) value: T,
}

impl<T> Default for Dict<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), complete: true }
    }
}

impl<T: Decode> Decode for Dict<T> {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::Dict(Box::new(T::shape(shapes)))
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Map(entries) = &node.value else { return decoder.wrong_type(node, "a mapping") };
        let own = || entries.iter().filter(|entry| !entry.key.starts_with("x-"));
        let read: Vec<DictEntry<T>> = own()
            .filter_map(|entry| {
                decoder.within(&entry.key, |decoder| {
                    let at = decoder.here(&entry.node).with_span(entry.key_span);
                    let named = super::header::is_id(&entry.key);
                    if !named {
                        let problem = at
                            .problem(code::BAD_ID, "the key does not follow the grammar of ids")
                            .with_found(format!("`{}`", entry.key))
                            .with_expected(super::header::ID_GRAMMAR);
                        decoder.report(problem);
                    }
                    let value = T::decode(&entry.node, decoder)?;
                    named.then(|| DictEntry { key: entry.key.clone(), at, value })
                })
            })
            .collect();
        let complete = read.len() == own().count();
        Some(Self { entries: read, complete })
    }
}

/// A type whose values are words.
pub(crate) trait Words: Copy + 'static {
    /// The words with their meanings, and the value of each.
    const WORDS: &'static [Word];
    /// The values, in the order of the words.
    const VALUES: &'static [Self];

    /// Every word, in order.
    fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|word| word.word)
    }

    /// The word of a value, with its meaning.
    fn declared(self) -> &'static Word
    where
        Self: PartialEq,
    {
        const NONE: &Word = &Word { word: "", about: "" };
        Self::WORDS.iter().zip(Self::VALUES).find(|(_, value)| **value == self).map_or(NONE, |(word, _)| word)
    }
}

/// A word of `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WordOf<T>(pub(crate) T, PhantomData<T>);

impl<T: Words> WordOf<T> {
    /// A default.
    pub(crate) fn of(value: T) -> Self {
        Self(value, PhantomData)
    }
}

impl<T: Words> Decode for WordOf<T> {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Words(T::WORDS)
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let expected = format!("one of {}", T::words().collect::<Vec<_>>().join(", "));
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, &expected) };
        let value =
            T::words().zip(T::VALUES).find(|(word, _)| *word == &**text).map(|(_, value)| Self::of(*value));
        if value.is_none() {
            let problem = decoder
                .here(node)
                .problem(code::UNKNOWN_WORD, "the word is not known here")
                .with_found(node.shown())
                .with_expected(expected)
                .suggest(nearest(text, T::words()));
            decoder.report(problem);
        }
        value
    }
}
