//! The policy's own clock: microseconds since 1970-01-01T00:00:00 where clocks are a fixed offset ahead of UTC.

use std::fmt::Write as _;

use crate::column::{Date, Timestamp};
use crate::document::{Decode, Decoder, Node, Shape, Shapes, Value, Word};
use crate::error::{contact as code, nearest};

/// A moment by the policy's clock.
pub(super) type Moment = i64;

/// Later than every moment.
pub(super) const NEVER: Moment = i64::MAX;

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// The first and the last moment of the years 0001 to 9999 in UTC.
const TIMES: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Minutes ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset(pub(super) i32);

impl Offset {
    /// The moment of a timestamp; `None` outside of the years 0001 to 9999.
    pub(super) fn moment(self, timestamp: Timestamp) -> Option<Moment> {
        let micros = timestamp.micros();
        TIMES.contains(&micros).then(|| micros.saturating_add(self.micros()))
    }

    /// The timestamp of a moment.
    pub(super) fn timestamp(self, moment: Moment) -> Timestamp {
        Timestamp::from_micros(moment.saturating_sub(self.micros()))
    }

    fn micros(self) -> i64 {
        i64::from(self.0).saturating_mul(MINUTE)
    }

    /// A moment for people, as RFC 3339 has it.
    pub(super) fn shown(self, moment: Moment) -> String {
        let utc = Timestamp::from_micros(moment).to_string();
        let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.abs());
        format!("{}{sign}{:02}:{:02}", utc.trim_end_matches('Z'), minutes / 60, minutes % 60)
    }
}

/// The day of a moment.
pub(super) fn day_of(moment: Moment) -> Date {
    Date::from_days(i32::try_from(moment.div_euclid(DAY)).unwrap_or(i32::MAX))
}

/// The first moment of a day.
pub(super) fn start_of(date: Date) -> Moment {
    i64::from(date.days()).saturating_mul(DAY)
}

impl Decode for Offset {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text { pattern: Some("^[+-]\\d{2}:\\d{2}$"), about: "offset from UTC, such as +08:00" }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let expected =
            "hours and minutes ahead of UTC in quotes, from \"-23:59\" to \"+23:59\", such as \"+08:00\"";
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, expected) };
        let offset = text.split_at_checked(1).and_then(|(sign, clock)| {
            let minutes = i32::try_from(minutes_of(clock).filter(|minutes| *minutes < 24 * 60)?).ok()?;
            match sign {
                "+" => Some(minutes),
                "-" => Some(-minutes),
                _ => None,
            }
        });
        if offset.is_none() {
            decoder.problem(node, code::BAD_OFFSET, "the text is not an offset from UTC", expected);
        }
        offset.map(Self)
    }
}

/// Minutes of `hh:mm`, at most 24:00.
fn minutes_of(text: &str) -> Option<u32> {
    let [h0, h1, b':', m0, m1] = text.as_bytes() else { return None };
    let two = |tens: &u8, units: &u8| {
        (tens.is_ascii_digit() && units.is_ascii_digit())
            .then(|| u32::from(*tens - b'0') * 10 + u32::from(*units - b'0'))
    };
    let (hours, minutes) = (two(h0, h1)?, two(m0, m1)?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}

/// Minutes since midnight, at most 24:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeOfDay(pub(super) u32);

impl TimeOfDay {
    pub(super) fn micros(self) -> i64 {
        i64::from(self.0).saturating_mul(MINUTE)
    }

    /// As documents write it.
    pub(super) fn shown(self) -> String {
        format!("{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Decode for TimeOfDay {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text { pattern: Some("^\\d{2}:\\d{2}$"), about: "time of day, hh:mm" }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let expected = "a time of day in quotes, from \"00:00\" to \"24:00\"";
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, expected) };
        let minutes = minutes_of(text);
        if minutes.is_none() {
            decoder.problem(node, code::BAD_TIME, "the text is not a time of day", expected);
        }
        minutes.map(Self)
    }
}

/// A length of time in microseconds, at least a minute and at most ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Length(pub(super) i64);

const UNITS: [(char, i64); 4] = [('w', 7 * DAY), ('d', DAY), ('h', HOUR), ('m', MINUTE)];
const LONGEST: i64 = 3_650 * DAY;
const LENGTHS: &str = "a length of time such as 7d, 24h or 1d12h, in w, d, h and m, from 1m to 3650d";

impl Length {
    /// Reads numbers with their units, larger units first.
    fn parse(text: &str) -> Option<Self> {
        let (mut rest, mut total, mut units) = (text, 0_i64, UNITS.iter());
        while !rest.is_empty() {
            let end = rest.find(|character: char| !character.is_ascii_digit())?;
            let (digits, tail) = rest.split_at_checked(end)?;
            let mut characters = tail.chars();
            let unit = characters.next()?;
            let (_, size) = units.find(|(known, _)| *known == unit)?;
            total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(*size)?)?;
            rest = characters.as_str();
        }
        (MINUTE..=LONGEST).contains(&total).then_some(Self(total))
    }

    /// As documents write it.
    pub(super) fn shown(self) -> String {
        let mut rest = self.0;
        let mut shown = String::new();
        for (unit, size) in UNITS.iter().skip(1) {
            if rest / size > 0 {
                let _ = write!(shown, "{}{unit}", rest / size);
                rest %= size;
            }
        }
        shown
    }
}

impl Decode for Length {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Text {
            pattern: Some("^(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?$"),
            about: "length of time, such as 7d or 24h",
        }
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, LENGTHS) };
        let length = Self::parse(text);
        if length.is_none() {
            decoder.problem(node, code::BAD_LENGTH, "the text is not a length of time", LENGTHS);
        }
        length
    }
}

/// The time in which contacts are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// The time before now, of that length.
    Sliding(Length),
    Day,
    /// From Monday.
    Week,
    Month,
}

const CALENDAR: &[Word] = &[
    Word { word: "calendar_day", about: "the day that now lies in" },
    Word { word: "calendar_week", about: "the week that now lies in, from Monday" },
    Word { word: "calendar_month", about: "the month that now lies in" },
];

impl Window {
    /// The first moment of the window of a moment that belongs to it; of a sliding window, the last that does not.
    pub(super) fn start(self, now: Moment) -> Moment {
        let day = day_of(now);
        match self {
            Self::Sliding(length) => now.saturating_sub(length.0),
            Self::Day => start_of(day),
            Self::Week => {
                let weekday = i32::try_from(crate::document::weekday(day)).unwrap_or_default();
                start_of(Date::from_days(day.days().saturating_sub(weekday)))
            }
            Self::Month => {
                let past = i32::try_from(day.to_ymd().2).unwrap_or(1).saturating_sub(1);
                start_of(Date::from_days(day.days().saturating_sub(past)))
            }
        }
    }

    /// The first moment at which a contact at some moment does not count any more.
    pub(super) fn end(self, contact: Moment) -> Moment {
        match self {
            Self::Sliding(length) => contact.saturating_add(length.0),
            Self::Day => self.start(contact).saturating_add(DAY),
            Self::Week => self.start(contact).saturating_add(7 * DAY),
            // Whatever the month, 31 days after its first lies in the next.
            Self::Month => self.start(self.start(contact).saturating_add(31 * DAY)),
        }
    }

    /// For people, after a number of contacts.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Sliding(length) => format!("within {}", length.shown()),
            Self::Day => "in a calendar day".to_owned(),
            Self::Week => "in a calendar week".to_owned(),
            Self::Month => "in a calendar month".to_owned(),
        }
    }
}

impl Decode for Window {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Length::shape(shapes), Shape::Words(CALENDAR)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let expected = format!("{LENGTHS}, or calendar_day, calendar_week, calendar_month");
        let Value::Text(text) = &node.value else { return decoder.wrong_type(node, &expected) };
        let word = CALENDAR.iter().position(|word| word.word == &**text);
        let window = match word {
            Some(0) => Some(Self::Day),
            Some(1) => Some(Self::Week),
            Some(_) => Some(Self::Month),
            None => Length::parse(text).map(Self::Sliding),
        };
        if window.is_none() {
            let problem = decoder.here(node).problem(code::BAD_LENGTH, "the text is not a length of time");
            let words = CALENDAR.iter().map(|word| word.word);
            let problem = problem.with_found(node.shown()).with_expected(expected);
            decoder.report(problem.suggest(nearest(text, words)));
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        Timestamp::parse(&format!("{text}Z")).unwrap().micros()
    }

    fn shown(moment: Moment) -> String {
        Timestamp::from_micros(moment).to_string().trim_end_matches('Z').to_owned()
    }

    #[test]
    fn lengths_read_and_write() {
        for (text, micros, again) in [
            ("7d", 7 * DAY, "7d"),
            ("2w", 14 * DAY, "14d"),
            ("24h", DAY, "1d"),
            ("1d12h", 36 * HOUR, "1d12h"),
            ("90m", 90 * MINUTE, "1h30m"),
        ] {
            let length = Length::parse(text).unwrap();
            assert_eq!((length.0, length.shown().as_str()), (micros, again), "{text}");
        }
        for text in [
            "",
            "7",
            "d",
            "7 d",
            "0d",
            "1h1d",
            "1d1d",
            "-1d",
            "1.5d",
            "3651d",
            "99999999999999999999d",
            "7天",
        ] {
            assert_eq!(Length::parse(text), None, "{text}");
        }
    }

    #[test]
    fn windows_begin_and_end() {
        let now = at("2012-02-29T10:30:00");
        for (window, start, end) in [
            (Window::Day, "2012-02-29T00:00:00", "2012-03-01T00:00:00"),
            (Window::Week, "2012-02-27T00:00:00", "2012-03-05T00:00:00"),
            (Window::Month, "2012-02-01T00:00:00", "2012-03-01T00:00:00"),
            (Window::Sliding(Length(DAY)), "2012-02-28T10:30:00", "2012-03-01T10:30:00"),
        ] {
            assert_eq!((shown(window.start(now)).as_str(), shown(window.end(now)).as_str()), (start, end));
        }
        assert_eq!(shown(Window::Month.end(at("2011-12-31T23:59:59"))), "2012-01-01T00:00:00");
        assert_eq!(shown(Window::Month.end(at("2012-01-01T00:00:00"))), "2012-02-01T00:00:00");
    }

    #[test]
    fn moments_are_shown_with_the_offset() {
        let offset = Offset(-210);
        let moment = offset.moment(Timestamp::parse("2012-03-01T01:00:00.5Z").unwrap()).unwrap();
        assert_eq!(offset.shown(moment), "2012-02-29T21:30:00.5-03:30");
        assert_eq!(offset.timestamp(moment).to_string(), "2012-03-01T01:00:00.5Z");
        assert_eq!(offset.moment(Timestamp::from_micros(i64::MAX)), None);
    }
}
