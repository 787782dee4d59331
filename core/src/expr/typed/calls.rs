//! Functions.

use super::times::CalendarPart;
use super::{Bound, Found, TextBinder, TextTerm, Type, constant};
use crate::error::{expr as code, nearest};
use crate::expr::cel::{Ast, Fault, Kind, Range};
use crate::expr::condition::Tree;
use crate::expr::term::{IntegerTerm, NumberTerm, Pattern, PatternPlace};

impl TextBinder<'_, '_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        target: Option<&Ast>,
        arguments: &[Ast],
        (range, wanted): (Range, Option<Type>),
    ) -> Found<Bound> {
        if let Some((_, place)) = PatternPlace::ALL.iter().find(|(known, _)| *known == name) {
            return self.pattern(name, *place, target, arguments, range).map(Bound::Boolean);
        }
        if let Some(part) = CalendarPart::named(name) {
            return self.part_of_time(name, part, target, arguments, range);
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
            ("timestamp", None, [Ast { kind: Kind::Text(written), range }]) => {
                self.moment(written, *range, wanted)
            }
            ("date", None, [Ast { kind: Kind::Text(written), range }]) => {
                self.moment(written, *range, Some(Type::Date))
            }
            ("duration", None, [Ast { kind: Kind::Text(written), range }]) => self.span(written, *range),
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
                    "date" => "`date(\"2012-03-21\")`",
                    "int" | "double" => "one number in parentheses",
                    _ => "`timestamp(\"2012-03-21T08:00:00Z\")`",
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
            .chain(CalendarPart::names());
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
}
