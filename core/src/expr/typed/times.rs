//! Dates, points in time and spans: what writes them, and their parts.

use super::arithmetic::longer;
use super::{Bound, Found, TextBinder, Type};
use crate::error::expr as code;
use crate::expr::cel::{Ast, Fault, Kind, Operator, Range, quoted};
use crate::expr::span::{ClockPart, TimePart, offset, span};
use crate::expr::term::{DatePart, IntegerTerm};
use crate::expr::value::{date_text, timestamp_text};

/// What a function asks of a date, a point in time or a span.
#[derive(Clone, Copy)]
pub(super) enum CalendarPart {
    /// Of dates and points in time.
    Date(DatePart),
    /// Of points in time and spans.
    Clock(ClockPart),
}

impl CalendarPart {
    pub(super) fn named(name: &str) -> Option<Self> {
        let date = DatePart::ALL.iter().find(|(known, _)| *known == name).map(|(_, part)| Self::Date(*part));
        date.or_else(|| {
            let clock = ClockPart::ALL.iter().find(|(known, _)| *known == name);
            clock.map(|(_, part)| Self::Clock(*part))
        })
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let dates = DatePart::ALL.iter().map(|(name, _)| *name);
        dates.chain(ClockPart::ALL.iter().map(|(name, _)| *name))
    }

    /// What has such a part, for messages.
    fn owner(self) -> &'static str {
        match self {
            Self::Date(_) => "a date or a timestamp",
            Self::Clock(_) => "a timestamp or a duration",
        }
    }
}

fn integer(term: IntegerTerm) -> Bound {
    Bound::Integer(Type::Integer, term)
}

impl TextBinder<'_, '_> {
    /// The argument of `timestamp`: beside a date the date of a midnight, else a point in time.
    pub(super) fn moment(&mut self, written: &str, range: Range, wanted: Option<Type>) -> Found<Bound> {
        let day = date_text(written.strip_suffix("T00:00:00Z").unwrap_or(written)).ok();
        let moment = timestamp_text(written).ok();
        match (wanted, day, moment) {
            (Some(Type::Date), Some(days), _) | (None, Some(days), None) => {
                Some(Bound::Integer(Type::Date, IntegerTerm::Constant(days)))
            }
            (Some(Type::Date), None, _) => {
                let message = "the text is not a date; dates have no time of day";
                let expected = "`timestamp(\"2012-03-21T00:00:00Z\")`, or `\"2012-03-21\"` alone";
                self.wrong(code::WRONG_ARGUMENT, range, message, quoted(written), expected)
            }
            (_, _, Some(micros)) => Some(Bound::Integer(Type::Timestamp, IntegerTerm::Constant(micros))),
            (_, _, None) => {
                let message = "the text is not a point in time";
                let expected = "a time with its offset: `timestamp(\"2012-03-21T16:00:00+08:00\")`";
                self.wrong(code::WRONG_ARGUMENT, range, message, quoted(written), expected)
            }
        }
    }

    /// The argument of `duration`.
    pub(super) fn span(&mut self, written: &str, range: Range) -> Found<Bound> {
        if let Some(micros) = span(written) {
            return Some(Bound::Integer(Type::Duration, IntegerTerm::Constant(micros)));
        }
        let message = "the text is not a span of time in whole microseconds";
        let expected = "\"72h\", \"1h30m\" or \"1.5s\", with the units h, m, s, ms and us";
        self.wrong(code::WRONG_ARGUMENT, range, message, quoted(written), expected)
    }

    /// A text beside a date or a timestamp.
    pub(super) fn time_literal(&mut self, text: &str, range: Range, wanted: Type) -> Found<Bound> {
        let (read, message, expected) = if wanted == Type::Date {
            (date_text(text), "the text is not a date", "a date, YYYY-MM-DD")
        } else {
            let expected = "a time with its offset, such as 2012-03-21T16:00:00+08:00";
            (timestamp_text(text), "the text is not a point in time", expected)
        };
        match read {
            Ok(value) => Some(Bound::Integer(wanted, IntegerTerm::Constant(value))),
            Err(_) => self.wrong(code::WRONG_TYPE, range, message, quoted(text), expected),
        }
    }

    /// `target.name()`, or `target.name("+08:00")` of a point in time.
    pub(super) fn part_of_time(
        &mut self,
        name: &str,
        part: CalendarPart,
        target: Option<&Ast>,
        arguments: &[Ast],
        range: Range,
    ) -> Found<Bound> {
        let (Some(target), [] | [_]) = (target, arguments) else {
            return self
                .wrong_call(range, &format!("`at.{name}()`, or `at.{name}(\"+08:00\")` of a timestamp"));
        };
        let wanted = match &target.kind {
            Kind::Text(text) if date_text(text).is_ok() => Some(Type::Date),
            Kind::Text(_) => Some(Type::Timestamp),
            _ => None,
        };
        // Both first: an early end would hide the problems of the other.
        let (bound, ahead) =
            (self.term(target, wanted), arguments.first().map(|zone| self.ahead(zone, name)));
        let bound = bound?;
        let ahead = match ahead {
            Some(ahead) => Some(ahead?),
            None => None,
        };
        match (part, bound, ahead) {
            (CalendarPart::Date(part), Bound::Integer(Type::Date, term), None) => {
                Some(integer(IntegerTerm::Part(part, Box::new(term))))
            }
            (CalendarPart::Date(part), Bound::Integer(Type::Timestamp, term), ahead) => {
                let day = IntegerTerm::OfTime(TimePart::Day, ahead.unwrap_or(0), Box::new(term));
                Some(integer(IntegerTerm::Part(part, Box::new(day))))
            }
            (CalendarPart::Clock(part), Bound::Integer(Type::Timestamp, term), ahead) => {
                let part = TimePart::Clock(part);
                Some(integer(IntegerTerm::OfTime(part, ahead.unwrap_or(0), Box::new(term))))
            }
            (CalendarPart::Clock(part), Bound::Integer(Type::Duration, term), None) => {
                Some(integer(longer(term, Operator::Divide, IntegerTerm::Constant(part.micros()))))
            }
            (_, Bound::Integer(Type::Date | Type::Duration, _), Some(_)) => {
                self.wrong_call(range, &format!("`.{name}()`, as only a timestamp has a time zone"))
            }
            (_, Bound::Integer(Type::Date, _), None) => {
                let expected = format!("{} before `.{name}`: a date has no time of day", part.owner());
                self.wrong_type(target.range, Type::Date, &expected)
            }
            (_, other, _) => {
                self.wrong_type(target.range, other.of(), &format!("{} before `.{name}`", part.owner()))
            }
        }
    }

    /// Minutes ahead of UTC.
    fn ahead(&mut self, zone: &Ast, name: &str) -> Found<i32> {
        let Kind::Text(text) = &zone.kind else {
            return self.wrong_call(zone.range, &format!("an offset in quotes: `.{name}(\"+08:00\")`"));
        };
        if let Some(minutes) = offset(text) {
            return Some(minutes);
        }
        let named = text.chars().any(char::is_alphabetic);
        let message = if named {
            "named time zones are not known here, only fixed offsets"
        } else {
            "the text is not an offset from UTC"
        };
        let fault = Fault::new(code::WRONG_ARGUMENT, zone.range, message).found(quoted(text));
        self.report(fault.expected("\"+08:00\", \"-03:30\" or \"UTC\""))
    }
}
