//! Days that return: days of the month, months, weekdays.

use std::fmt;

use super::decode::{Decode, Decoder};
use super::fields::{Declare, Fields};
use super::node::{Node, Value};
use super::shape::{Shape, Shapes, Word};
use super::types::{Integer, WordOf, Words};
use crate::column::Date;
use crate::error::document as code;

/// Days that return, as ranges of days of the month, of months and of weekdays.
///
/// ```
/// # use cpcfit::RuleSet;
/// # let text = "{cpcfit: 1, kind: rules, id: x, version: 1, hit: first, rules: [
/// #   {id: late, calendar: {days: [21, end]}}, {id: other}]}";
/// let rules = RuleSet::from_text(text)?.at("2012-02-29".parse()?)?;
/// let calendar = rules.rules()[0].calendar().unwrap();
/// assert_eq!(calendar.to_string(), "days 21 to end");
/// assert!(calendar.contains("2012-02-29".parse()?) && !calendar.contains("2012-03-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calendar(Vec<Ranges>);

/// One range of each sort; all must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ranges {
    days: Option<Range>,
    months: Option<Range>,
    weekdays: Option<Range>,
}

/// From one number to another, both included, past the end and on from the beginning where the second is smaller.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Range {
    first: u32,
    last: u32,
}

/// Stands for the last day of whichever month.
const END: u32 = 32;

/// The weekday of a date, 0 for Monday.
pub(crate) fn weekday(date: Date) -> u32 {
    // 1970-01-01 was a Thursday.
    u32::try_from((i64::from(date.days()) + 3).rem_euclid(7)).unwrap_or_default()
}

/// The word of a weekday, 0 for Monday.
pub(crate) fn weekday_word(weekday: u32) -> &'static str {
    let word = usize::try_from(weekday).ok().and_then(|weekday| Weekday::WORDS.get(weekday));
    word.map_or("", |word| word.word)
}

fn month_length(year: i32, month: u32) -> u32 {
    match month {
        2 if year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Range {
    /// Whether a number lies within; `end` is what [`END`] stands for.
    fn contains(self, number: u32, end: u32) -> bool {
        let resolved = |bound: u32| if bound == END { end } else { bound };
        let (after, before) = (resolved(self.first) <= number, number <= resolved(self.last));
        // Whether it wraps is what was written: in a short month 30 to the end is nothing.
        if self.first <= self.last { after && before } else { after || before }
    }
}

impl Ranges {
    fn has_day(&self, month: u32, day: u32, length: u32) -> bool {
        self.months.is_none_or(|months| months.contains(month, 12))
            && self.days.is_none_or(|days| days.contains(day, length))
    }

    fn has_weekday(&self, weekday: u32) -> bool {
        self.weekdays.is_none_or(|weekdays| weekdays.contains(weekday, 6))
    }

    /// Whether some day of a month is in both, whatever the year.
    fn share_day(&self, other: &Self) -> bool {
        let lengths = |month: u32| month_length(2011, month)..=month_length(2012, month);
        (1..=12).any(|month| {
            lengths(month).any(|length| {
                (1..=length).any(|day| self.has_day(month, day, length) && other.has_day(month, day, length))
            })
        })
    }

    fn share_weekday(&self, other: &Self) -> bool {
        (0..7).any(|weekday| self.has_weekday(weekday) && other.has_weekday(weekday))
    }
}

impl Calendar {
    /// Whether a day is one of them.
    pub fn contains(&self, date: Date) -> bool {
        let ((year, month, day), weekday) = (date.to_ymd(), weekday(date));
        let length = month_length(year, month);
        self.0.iter().any(|ranges| ranges.has_day(month, day, length) && ranges.has_weekday(weekday))
    }

    /// Whether some day, of some year, is in both.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        let mut pairs = self.0.iter().flat_map(|own| other.0.iter().map(move |theirs| (own, theirs)));
        pairs.any(|(own, theirs)| own.share_weekday(theirs) && own.share_day(theirs))
    }

    /// Whether only weekdays count, so that weeks repeat.
    pub(crate) fn is_weekly(&self) -> bool {
        self.0.iter().all(|ranges| ranges.days.is_none() && ranges.months.is_none())
    }
}

/// A day of a month: its number, or [`END`].
struct Day(u32);

impl Decode for Day {
    fn shape(_: &mut Shapes) -> Shape {
        const WORDS: &[Word] = &[Word { word: "end", about: "the last day of the month" }];
        Shape::OneOf(vec![Shape::Integer { min: 1, max: 31 }, Shape::Words(WORDS)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if &**text == "end" => Some(Self(END)),
            Value::Number(_) => Month::<31>::decode(node, decoder).map(|day| Self(day.0)),
            _ => decoder.wrong_type(node, "a day of the month from 1 to 31, or `end`"),
        }
    }
}

/// A number from 1 on.
struct Month<const MAX: i64>(u32);

impl<const MAX: i64> Decode for Month<MAX> {
    fn shape(shapes: &mut Shapes) -> Shape {
        Integer::<1, MAX>::shape(shapes)
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let number = Integer::<1, MAX>::decode(node, decoder)?;
        u32::try_from(number.0).ok().map(Self)
    }
}

/// A weekday, 0 for Monday.
#[derive(Clone, Copy)]
struct Weekday(u32);

impl Words for Weekday {
    const WORDS: &'static [Word] = &[
        Word { word: "mon", about: "Monday" },
        Word { word: "tue", about: "Tuesday" },
        Word { word: "wed", about: "Wednesday" },
        Word { word: "thu", about: "Thursday" },
        Word { word: "fri", about: "Friday" },
        Word { word: "sat", about: "Saturday" },
        Word { word: "sun", about: "Sunday" },
    ];
    const VALUES: &'static [Self] = &[Self(0), Self(1), Self(2), Self(3), Self(4), Self(5), Self(6)];
}

/// What ranges run over.
trait Bound: Decode {
    fn number(self) -> u32;
}

impl Bound for Day {
    fn number(self) -> u32 {
        self.0
    }
}

impl Bound for Month<12> {
    fn number(self) -> u32 {
        self.0
    }
}

impl Bound for WordOf<Weekday> {
    fn number(self) -> u32 {
        self.0.0
    }
}

/// `[first, last]`, or one alone.
struct RangeOf<T>(Range, std::marker::PhantomData<T>);

impl<T: Bound> Decode for RangeOf<T> {
    fn shape(shapes: &mut Shapes) -> Shape {
        let bound = T::shape(shapes);
        Shape::OneOf(vec![bound.clone(), Shape::List(Box::new(bound))])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let range = |first, last| Self(Range { first, last }, std::marker::PhantomData);
        let Value::List(items) = &node.value else {
            let number = T::decode(node, decoder)?.number();
            return Some(range(number, number));
        };
        let [first, last] = items.as_slice() else {
            return decoder.wrong_type(
                node,
                "the first and the last of a range, such as [21, end]; for several ranges write a list of calendars",
            );
        };
        let first = decoder.within("0", |decoder| T::decode(first, decoder));
        let last = decoder.within("1", |decoder| T::decode(last, decoder));
        Some(range(first?.number(), last?.number()))
    }
}

impl Declare for Ranges {
    const NAME: &'static str = "Calendar";
    const ABOUT: &'static str = "Days that return: all of the ranges given must hold. Ranges include both ends; one that \
         ends before it begins goes on from the beginning, such as days 25 to 5.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let days =
            fields.optional::<RangeOf<Day>>("days", "days of the month, first and last; `end` is its last");
        let months = fields.optional::<RangeOf<Month<12>>>("months", "months, first and last");
        let weekdays = fields.optional::<RangeOf<WordOf<Weekday>>>("weekdays", "weekdays, first and last");
        let read = Self {
            days: days?.map(|range| range.0),
            months: months?.map(|range| range.0),
            weekdays: weekdays?.map(|range| range.0),
        };
        let problem = if read == (Self { days: None, months: None, weekdays: None }) {
            Some(("a calendar has no ranges", "`days`, `months` or `weekdays`"))
        } else if !read.share_day(&read) {
            Some(("none of these months has such a day", "days that exist in the months"))
        } else {
            None
        };
        let Some((message, expected)) = problem else { return Some(read) };
        fields.report(fields.at().problem(code::BAD_CALENDAR, message).with_expected(expected));
        None
    }
}

impl Decode for Calendar {
    fn shape(shapes: &mut Shapes) -> Shape {
        let ranges = Ranges::shape(shapes);
        Shape::OneOf(vec![ranges.clone(), Shape::List(Box::new(ranges))])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                let message = "the calendar has no days";
                decoder.problem(node, code::BAD_CALENDAR, message, "at least one, or no key `calendar`");
                None
            }
            Value::List(_) => Vec::decode(node, decoder).map(Self),
            _ => Ranges::decode(node, decoder).map(|ranges| Self(vec![ranges])),
        }
    }
}

impl fmt::Display for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |day: u32| if day == END { "end".to_owned() } else { day.to_string() };
        let written: Vec<String> = [
            ("days", self.days, &day as &dyn Fn(u32) -> String),
            ("months", self.months, &|month| month.to_string()),
            ("weekdays", self.weekdays, &|weekday| weekday_word(weekday).to_owned()),
        ]
        .into_iter()
        .filter_map(|(word, range, shown)| {
            let Range { first, last } = range?;
            Some(if first == last {
                format!("{word} {}", shown(first))
            } else {
                format!("{word} {} to {}", shown(first), shown(last))
            })
        })
        .collect();
        f.write_str(&written.join(", "))
    }
}

/// For people, such as `days 21 to end, months 1 to 6`; several are put together by `or`.
impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&written.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn calendar(text: &str) -> Calendar {
        read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn read(text: &str) -> crate::error::Result<Calendar> {
        let document = Document::parse(text)?;
        let mut decoder = Decoder::default();
        let read = Calendar::decode(document.root(), &mut decoder);
        decoder.finish(read)
    }

    fn days(text: &str, month: &str) -> String {
        let calendar = calendar(text);
        let first: Date = format!("{month}-01").parse().unwrap();
        let all = (0..31).map(|day| Date::from_days(first.days() + day));
        let inside = all.filter(|day| day.to_ymd().1 == first.to_ymd().1 && calendar.contains(*day));
        inside.map(|day| day.to_ymd().2.to_string()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ranges_include_both_ends_and_wrap() {
        assert_eq!(days("{days: [21, end]}", "2012-02"), "21 22 23 24 25 26 27 28 29");
        assert_eq!(days("{days: [28, 2]}", "2011-02"), "1 2 28");
        assert_eq!(days("{days: [30, end]}", "2011-02"), "", "a short month has no day 30");
        assert_eq!(days("{days: [end, 3]}", "2012-04"), "1 2 3 30");
        assert_eq!(days("{days: 31}", "2012-04"), "");
        assert_eq!(days("{weekdays: [sat, sun]}", "2012-04"), "1 7 8 14 15 21 22 28 29");
        assert_eq!(days("{weekdays: [fri, mon], days: [1, 10]}", "2012-04"), "1 2 6 7 8 9");
        assert_eq!(days("{months: [11, 2], days: end}", "2012-02"), "29");
        assert_eq!(days("{months: [11, 2], days: end}", "2012-03"), "");
        assert_eq!(days("[{days: [1, 2]}, {days: [9, 9]}]", "2012-03"), "1 2 9");
    }

    #[test]
    fn it_is_written_for_people() {
        let text = "[{days: [21, end], months: 2}, {weekdays: [mon, fri]}]";
        assert_eq!(calendar(text).to_string(), "days 21 to end, months 2 or weekdays mon to fri");
    }

    #[test]
    fn two_calendars_meet_where_a_day_is_in_both() {
        for (left, right, meet) in [
            ("{days: [1, 20]}", "{days: [21, end]}", false),
            ("{days: [1, 20]}", "{days: [20, 25]}", true),
            ("{months: 2, days: 29}", "{days: end}", true),
            ("{months: 1}", "[{months: 3}, {weekdays: sun}]", true),
            ("{weekdays: [mon, fri]}", "{weekdays: [sat, sun]}", false),
        ] {
            assert_eq!(calendar(left).meets(&calendar(right)), meet, "{left} {right}");
        }
    }

    #[test]
    fn what_is_no_calendar_is_refused() {
        let problems: Vec<String> = [
            "{days: [31, 32]}",
            "{days: [0, last]}",
            "{months: 13}",
            "{weekdays: [mon, wed, fri]}",
            "{weekdays: [mon, sunday]}",
            "{days: [30, 31], months: 2}",
            "{}",
            "[]",
            "{day: 3}",
        ]
        .into_iter()
        .map(|text| read(text).expect_err(text).to_string())
        .collect();
        insta::assert_snapshot!(problems.join("\n"), @r#"
        document.out_of_range at /days/1 (line 1, column 13): the number is not allowed here; found `32`, expected a whole number from 1 to 31
        2 problems:
        1. document.out_of_range at /days/0 (line 1, column 9): the number is not allowed here; found `0`, expected a whole number from 1 to 31
        2. document.wrong_type at /days/1 (line 1, column 12): the value has the wrong type; found "last", expected a day of the month from 1 to 31, or `end`
        document.out_of_range at /months (line 1, column 10): the number is not allowed here; found `13`, expected a whole number from 1 to 12
        document.wrong_type at /weekdays (line 1, column 12): the value has the wrong type; found a list, expected the first and the last of a range, such as [21, end]; for several ranges write a list of calendars
        document.unknown_word at /weekdays/1 (line 1, column 18): the word is not known here; found "sunday", expected one of mon, tue, wed, thu, fri, sat, sun
        document.bad_calendar (line 1, column 1): none of these months has such a day; expected days that exist in the months
        document.bad_calendar (line 1, column 1): a calendar has no ranges; expected `days`, `months` or `weekdays`
        document.bad_calendar (line 1, column 1): the calendar has no days; found a list, expected at least one, or no key `calendar`
        2 problems:
        1. document.bad_calendar (line 1, column 1): a calendar has no ranges; expected `days`, `months` or `weekdays`
        2. document.unknown_key at /day (line 1, column 2): the key is not known here; found `day`, expected one of days, months, weekdays; did you mean `days`?
        "#);
    }
}
