//! Cells of decision tables: unary tests of a field, as DMN has them, become conditions as text.

use crate::expr::{Expression, Field, FieldType};

/// What is wrong with a cell.
pub(super) struct CellFault {
    pub(super) message: String,
    pub(super) expected: &'static str,
}

const TESTS: &str = "`-`, a value, `>80`, `[5..10)`, several of them between commas, or `not(...)`";

fn fault<T>(message: impl Into<String>, expected: &'static str) -> Result<T, CellFault> {
    Err(CellFault { message: message.into(), expected })
}

/// The condition that a cell of a field's column writes; `None` for any value.
pub(super) fn condition(cell: &str, field: &Field) -> Result<Option<String>, CellFault> {
    let cell = cell.trim();
    if cell.is_empty() || cell == "-" {
        return Ok(None);
    }
    if cell.starts_with('=') {
        return fault(
            "the cell is a formula or begins with `=`",
            "the value alone; paste values, not formulas",
        );
    }
    if matches!(field.kind(), FieldType::Number | FieldType::Integer | FieldType::Money)
        && has_grouped_digits(cell)
    {
        return fault(
            "the cell has a number with commas between its digits",
            "`>1000`, or of several values a blank after each comma: `100, 200`",
        );
    }
    let inner = cell.strip_prefix("not(").and_then(|rest| rest.strip_suffix(')'));
    let tests: Vec<Test<'_>> = parts(inner.unwrap_or(cell))
        .into_iter()
        .map(|part| Test::read(part, field))
        .collect::<Result<_, _>>()?;
    let name = Expression::name(field.id());
    let mut text = match tests.as_slice() {
        [only] => only.text(&name),
        _ if tests.iter().all(|test| matches!(test, Test::Value(_))) => {
            let values: Vec<&str> = tests.iter().filter_map(Test::value).collect();
            format!("{name} in [{}]", values.join(", "))
        }
        several => {
            let written: Vec<String> = several.iter().map(|test| test.text(&name)).collect();
            written.join(" || ")
        }
    };
    if inner.is_some() {
        text = format!("!({text})");
    } else if tests.len() > 1 {
        text = format!("({text})");
    }
    if tests.iter().all(Test::is_plain) || Expression::parse(&text).is_ok() {
        Ok(Some(text))
    } else {
        fault("the test cannot be read", TESTS)
    }
}

/// Whether a value surely reads back: a short number, a text in quotes without another mark, true or false.
fn is_plain(value: &str) -> bool {
    if let Some(text) = value.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return !text.contains(|mark: char| mark == '"' || mark == '\\' || mark.is_control());
    }
    let number = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole) && digits(fraction)) || matches!(value, "true" | "false")
}

/// Whether a number is written as `1,000` is: up to three digits, then a comma and three digits right after it.
fn has_grouped_digits(cell: &str) -> bool {
    let is_digits = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = cell.split(',').collect();
    parts.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        let digits =
            before.len().saturating_sub(before.trim_end_matches(|sign: char| sign.is_ascii_digit()).len());
        let first = after.split(['.', ')', ']', '[', '(']).next().unwrap_or_default();
        (1..=3).contains(&digits) && is_digits(first)
    })
}

/// The value of an output's cell; formulas are refused.
pub(super) fn value(cell: &str) -> Result<Option<&str>, CellFault> {
    let cell = cell.trim();
    if cell.starts_with('=') {
        return fault(
            "the cell is a formula or begins with `=`",
            "the value alone; paste values, not formulas",
        );
    }
    Ok(Some(cell).filter(|cell| !cell.is_empty() && *cell != "-"))
}

/// The parts between commas that are in no quotes and no brackets.
fn parts(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    for (at, character) in text.char_indices() {
        match character {
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => {}
            '"' | '\'' => quote = Some(character),
            '(' | '[' => depth = depth.saturating_add(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.extend(text.get(start..at));
                start = at.saturating_add(1);
            }
            _ => {}
        }
    }
    found.extend(text.get(start..));
    found
}

enum Test<'c> {
    Value(String),
    Compare(&'c str, String),
    /// Low and high end, and whether they are in.
    Between(String, bool, String, bool),
}

impl<'c> Test<'c> {
    fn read(part: &'c str, field: &Field) -> Result<Self, CellFault> {
        let part = part.trim();
        if part.is_empty() {
            return fault("there is nothing beside a comma", TESTS);
        }
        for sign in ["<=", ">=", "!=", "<", ">"] {
            if let Some(rest) = part.strip_prefix(sign) {
                return Ok(Self::Compare(sign, literal(rest, field)?));
            }
        }
        if let Some((low, high)) = part.split_once("..").filter(|_| part.starts_with(['[', '(', ']'])) {
            let mut ends = low.chars();
            let low_in = ends.next() == Some('[');
            let (Some(high_end), Some(high)) =
                (high.chars().last(), high.get(..high.len().saturating_sub(1)))
            else {
                return fault("the interval has no end", "an interval, such as `[5..10)`");
            };
            if !matches!(high_end, ']' | ')' | '[') {
                return fault("the interval has no end", "an interval, such as `[5..10)`");
            }
            return Ok(Self::Between(
                literal(ends.as_str(), field)?,
                low_in,
                literal(high, field)?,
                high_end == ']',
            ));
        }
        literal(part, field).map(Self::Value)
    }

    fn value(&self) -> Option<&str> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }

    fn is_plain(&self) -> bool {
        match self {
            Self::Value(value) | Self::Compare(_, value) => is_plain(value),
            Self::Between(low, _, high, _) => is_plain(low) && is_plain(high),
        }
    }

    fn text(&self, name: &str) -> String {
        match self {
            Self::Value(value) => format!("{name} == {value}"),
            Self::Compare(sign, value) => format!("{name} {sign} {value}"),
            Self::Between(low, low_in, high, high_in) => {
                let (above, below) = (if *low_in { ">=" } else { ">" }, if *high_in { "<=" } else { "<" });
                format!("{name} {above} {low} && {name} {below} {high}")
            }
        }
    }
}

/// A value as conditions write it: texts, dates and times may stand without quotes, and booleans may be yes and no.
fn literal(text: &str, field: &Field) -> Result<String, CellFault> {
    let text = text.trim();
    if text.is_empty() {
        return fault("a value is absent", TESTS);
    }
    let quoted = text.starts_with(['"', '\'']);
    match field.kind() {
        FieldType::String | FieldType::Date | FieldType::Timestamp if !quoted => Ok(Expression::text(text)),
        FieldType::Boolean => match boolean(text) {
            Some(value) => Ok(value.to_string()),
            None => fault("the value is neither true nor false", "true or false, yes or no"),
        },
        _ => Ok(text.to_owned()),
    }
}

/// Yes and no as sheets have them.
pub(super) fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(["true", "yes", "y", "1"]) {
        Some(true)
    } else if is(["false", "no", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}
