//! Functions.

use super::{Bound, Found, TextBinder, TextTerm, Type, constant};
use crate::error::{expr as code, nearest};
use crate::expr::cel::{Ast, Fault, Kind, Range, quoted};
use crate::expr::condition::Tree;
use crate::expr::term::{DatePart, IntegerTerm, NumberTerm, Pattern, PatternPlace};
use crate::expr::value::date_text;

impl TextBinder<'_, '_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        target: Option<&Ast>,
        arguments: &[Ast],
        range: Range,
    ) -> Found<Bound> {
        if let Some((_, place)) = PatternPlace::ALL.iter().find(|(known, _)| *known == name) {
            return self.pattern(name, *place, target, arguments, range).map(Bound::Boolean);
        }
        if let Some((_, part)) = DatePart::ALL.iter().find(|(known, _)| *known == name) {
            return self.date_part(name, *part, target, arguments, range);
        }
        match (name, target, arguments) {
            ("has", None, [field]) => match field.name() {
                Some(name) => {
                    let tested = self.field(name, field.range)?;
                    Some(Bound::Boolean(Tree::Missing { slot: tested.slot, expected: false }))
                }
                None => self.wrong_call(range, "`has(field)`"),
            },
            ("size", None, [text]) | ("size", Some(text), []) => match self.term(text, None)? {
                Bound::Text(TextTerm::Field(slot)) => {
                    Some(Bound::Integer(Type::Integer, IntegerTerm::Size(slot)))
                }
                Bound::Text(TextTerm::Constant(constant)) => {
                    let size = i64::try_from(constant.chars().count()).ok()?;
                    Some(Bound::Integer(Type::Integer, IntegerTerm::Constant(size)))
                }
                other => self.wrong_type(text.range, other.of(), "a text in `size(text)`"),
            },
            ("timestamp" | "date", None, [Ast { kind: Kind::Text(written), range }]) => {
                let day = written.strip_suffix("T00:00:00Z").unwrap_or(written);
                if let Ok(days) = date_text(day) {
                    return Some(Bound::Integer(Type::Date, IntegerTerm::Constant(days)));
                }
                let message = "the text is not a date; dates have no time of day";
                let expected = "`timestamp(\"2012-03-21T00:00:00Z\")`, or `\"2012-03-21\"` alone";
                self.wrong(code::WRONG_ARGUMENT, *range, message, quoted(written), expected)
            }
            ("duration", None, [Ast { kind: Kind::Text(written), range }]) => {
                if let Some(seconds) = seconds(written) {
                    return Some(Bound::Integer(Type::Duration, IntegerTerm::Constant(seconds)));
                }
                let message = "the text is not a span of time in whole seconds";
                self.wrong(code::WRONG_ARGUMENT, *range, message, quoted(written), "\"72h\" or \"1h30m\"")
            }
            ("int" | "double", None, [number]) => {
                let double = name == "double";
                match self.term(number, Some(if double { Type::Number } else { Type::Integer }))? {
                    Bound::Number(term) if double => Some(Bound::Number(term)),
                    Bound::Integer(Type::Integer, term) if double => {
                        Some(Bound::Number(NumberTerm::OfInteger(Box::new(term))))
                    }
                    integer @ Bound::Integer(Type::Integer, _) => Some(integer),
                    other => {
                        let expected = if double { "a number or an integer" } else { "an integer" };
                        self.wrong_type(number.range, other.of(), expected)
                    }
                }
            }
            ("has" | "size" | "timestamp" | "date" | "duration" | "int" | "double", ..) => {
                let shown = match name {
                    "has" => "`has(field)`",
                    "size" => "`size(text)`",
                    "duration" => "`duration(\"72h\")`",
                    "int" | "double" => "one number in parentheses",
                    _ => "`timestamp(\"2012-03-21T00:00:00Z\")`",
                };
                self.wrong_call(range, shown)
            }
            _ => self.unknown_function(name, range),
        }
    }

    pub(super) fn unknown_function<T>(&mut self, name: &str, range: Range) -> Found<T> {
        let others = ["has", "size", "timestamp", "duration", "int", "double"];
        let known = others
            .into_iter()
            .chain(PatternPlace::ALL.iter().map(|(name, _)| *name))
            .chain(DatePart::ALL.iter().map(|(name, _)| *name));
        let known: Vec<&str> = known.collect();
        let fault = Fault::new(code::UNKNOWN_FUNCTION, range, "there is no such function")
            .found(format!("`{name}`"))
            .expected(format!("one of {}", known.join(", ")))
            .suggest(nearest(name, known.iter().copied()));
        self.report(fault)
    }

    pub(super) fn wrong_call<T>(&mut self, range: Range, expected: &str) -> Found<T> {
        let message = "the function does not take these arguments";
        self.report(Fault::new(code::WRONG_ARGUMENT, range, message).expected(expected))
    }

    pub(super) fn pattern(
        &mut self,
        name: &str,
        place: PatternPlace,
        target: Option<&Ast>,
        arguments: &[Ast],
        range: Range,
    ) -> Found<Tree> {
        let (Some(target), [needle]) = (target, arguments) else {
            return self.wrong_call(range, &format!("`text.{name}(\"part\")`"));
        };
        let Kind::Text(needle) = &needle.kind else {
            return self.wrong_call(needle.range, &format!("a text in quotes: `text.{name}(\"part\")`"));
        };
        match self.term(target, None)? {
            Bound::Text(TextTerm::Field(slot)) => {
                let index = self.binder.texts;
                self.binder.texts += 1;
                Some(Tree::Pattern { slot, index, pattern: Pattern { place, needle: needle.clone() } })
            }
            Bound::Text(TextTerm::Constant(text)) => {
                Some(constant(Pattern { place, needle: needle.clone() }.holds(text.as_bytes())))
            }
            other => self.wrong_type(target.range, other.of(), &format!("a text before `.{name}`")),
        }
    }

    pub(super) fn date_part(
        &mut self,
        name: &str,
        part: DatePart,
        target: Option<&Ast>,
        arguments: &[Ast],
        range: Range,
    ) -> Found<Bound> {
        let (Some(target), []) = (target, arguments) else {
            return self.wrong_call(range, &format!("`date.{name}()`, without a time zone"));
        };
        match self.term(target, Some(Type::Date))? {
            Bound::Integer(Type::Date, term) => {
                Some(Bound::Integer(Type::Integer, IntegerTerm::Part(part, Box::new(term))))
            }
            other => self.wrong_type(target.range, other.of(), &format!("a date before `.{name}`")),
        }
    }
}

/// Seconds of a span such as `72h`, `1h30m` or `-90s`; `None` where it is none, or not whole.
fn seconds(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|digit: char| !digit.is_ascii_digit())?;
        let (count, unit) = rest.split_at_checked(digits)?;
        let unit_len = unit.find(|letter: char| letter.is_ascii_digit()).unwrap_or(unit.len());
        let (unit, next) = unit.split_at_checked(unit_len)?;
        let seconds = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        sum = count.parse::<i64>().ok()?.checked_mul(seconds)?.checked_add(sum)?;
        rest = next;
    }
    sum.checked_mul(sign)
}
