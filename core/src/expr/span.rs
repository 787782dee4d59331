//! Spans of time and times of day, in microseconds.

use crate::column::Timestamp;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Microseconds of a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// The units of a span as text, in nanoseconds; the longer of two that begin alike first.
const UNITS: [(&str, i128); 6] = [
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
];

/// Microseconds of a span such as `72h`, `1h30m`, `-1.5s` or `250ms`; `None` where it is none, not a whole number of
/// microseconds, or too long.
pub(super) fn span(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut nanos: i128 = 0;
    loop {
        let (whole, after) = digits(rest)?;
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after)?,
            None => ("", after),
        };
        let (next, unit) =
            UNITS.iter().find_map(|(word, nanos)| Some((after.strip_prefix(word)?, *nanos)))?;
        nanos = nanos.checked_add(whole.parse::<i128>().ok()?.checked_mul(unit)?)?;
        nanos = nanos.checked_add(part_of(unit, fraction)?)?;
        if next.is_empty() {
            break;
        }
        rest = next;
    }
    if nanos % 1_000 == 0 { i64::try_from(sign * nanos / 1_000).ok() } else { None }
}

/// At least one digit, and what follows.
fn digits(text: &str) -> Option<(&str, &str)> {
    let len = text.find(|digit: char| !digit.is_ascii_digit())?;
    text.split_at_checked(len).filter(|_| len > 0)
}

/// The decimal fraction of a unit, if it is a whole number of nanoseconds.
fn part_of(unit: i128, fraction: &str) -> Option<i128> {
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        return Some(0);
    }
    let denominator = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let product = fraction.parse::<i128>().ok()?.checked_mul(unit)?;
    if product % denominator == 0 { Some(product / denominator) } else { None }
}

/// Minutes ahead of UTC of an offset as CEL writes it: `+08:00`, `-03:30`, `05:30` or `UTC`.
pub(super) fn offset(text: &str) -> Option<i32> {
    if text == "UTC" {
        return Some(0);
    }
    let (sign, clock) = match text.strip_prefix('-') {
        Some(clock) => (-1, clock),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let [h0, h1, b':', m0, m1] = clock.as_bytes() else { return None };
    let number = |tens: u8, units: u8, limit: i32| {
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i32::from(byte - b'0'));
        Some(digit(tens)? * 10 + digit(units)?).filter(|number| *number < limit)
    };
    Some(sign * (number(*h0, *h1, 24)? * 60 + number(*m0, *m1, 60)?))
}

/// A part of a point in time where clocks have an offset, or the whole of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockPart {
    /// From 0 to 23.
    Hours,
    /// From 0 to 59.
    Minutes,
    /// From 0 to 59.
    Seconds,
    /// From 0 to 999.
    Milliseconds,
}

impl ClockPart {
    pub(super) const ALL: [(&str, Self); 4] = [
        ("getHours", Self::Hours),
        ("getMinutes", Self::Minutes),
        ("getSeconds", Self::Seconds),
        ("getMilliseconds", Self::Milliseconds),
    ];

    /// Microseconds of one.
    pub(super) fn micros(self) -> i64 {
        match self {
            Self::Hours => HOUR,
            Self::Minutes => MINUTE,
            Self::Seconds => SECOND,
            Self::Milliseconds => SECOND / 1_000,
        }
    }

    /// How many make one of the next larger part.
    fn count(self) -> i64 {
        match self {
            Self::Hours => 24,
            Self::Minutes | Self::Seconds => 60,
            Self::Milliseconds => 1_000,
        }
    }
}

/// What is asked of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimePart {
    /// The day, since 1970-01-01.
    Day,
    Clock(ClockPart),
}

impl TimePart {
    /// The part where clocks are `offset` minutes ahead of UTC.
    #[inline]
    pub(super) fn of(self, micros: i64, offset: i32) -> Option<i64> {
        let moment = Timestamp::from_micros(micros);
        match self {
            Self::Day => moment.date(offset).map(super::schema::days),
            Self::Clock(part) => Some(moment.micro_of_day(offset) / part.micros() % part.count()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_exact_to_the_microsecond() {
        for (text, expected) in [
            ("0", Some(0)),
            ("72h", Some(3 * DAY)),
            ("1h30m", Some(90 * MINUTE)),
            ("-90s", Some(-90 * SECOND)),
            ("1.5h", Some(90 * MINUTE)),
            ("0.000001s", Some(1)),
            ("1s250ms7us", Some(1_250_007)),
            ("1500ns500ns", Some(2)),
            ("1m1ms", Some(MINUTE + 1_000)),
            ("9223372036854775807us", Some(i64::MAX)),
            ("1.5us", None),
            ("1ns", None),
            ("9223372036854775808us", None),
            ("99999999999999999999999999999999999999999h", None),
            ("", None),
            ("-", None),
            ("--1s", None),
            ("+1s", None),
            ("1", None),
            ("h", None),
            ("1.s", None),
            (".5s", None),
            ("1d", None),
            ("3 days", None),
            ("1h ", None),
            ("1\u{b5}s", None),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
    }

    #[test]
    fn offsets_are_those_of_cel() {
        for (text, expected) in [
            ("+08:00", Some(480)),
            ("-03:30", Some(-210)),
            ("-00:30", Some(-30)),
            ("05:30", Some(330)),
            ("UTC", Some(0)),
            ("+23:59", Some(1439)),
            ("+24:00", None),
            ("+08:60", None),
            ("+8:00", None),
            ("+0800", None),
            ("Z", None),
            ("Asia/Shanghai", None),
            ("", None),
        ] {
            assert_eq!(offset(text), expected, "{text}");
        }
    }

    #[test]
    fn the_clock_goes_on_before_1970() {
        let micros = timestamp("1969-12-31T23:58:57.056789Z");
        let of = |part, offset| TimePart::Clock(part).of(micros, offset);
        assert_eq!(ClockPart::ALL.map(|(_, part)| of(part, 0)), [23, 58, 57, 56].map(Some));
        assert_eq!(ClockPart::ALL.map(|(_, part)| of(part, 330)), [5, 28, 57, 56].map(Some));
        assert_eq!([-1, 0, 1, 2].map(|offset| TimePart::Day.of(micros, offset)), [-1, -1, -1, 0].map(Some));
        for micros in [i64::MIN, i64::MAX] {
            assert!([-1439, 1439].iter().all(|offset| TimePart::Day.of(micros, *offset).is_some()));
        }
    }

    fn timestamp(text: &str) -> i64 {
        Timestamp::parse(text).unwrap().micros()
    }
}
