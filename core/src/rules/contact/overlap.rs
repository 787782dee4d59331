//! Quiet hours that overlap: two answers to one question, of which one is seldom meant.

use crate::column::Date;
use crate::document::{At, weekday, weekday_word};
use crate::error::{Problem, contact as code};

use super::clock::{DAY, MINUTE, TimeOfDay};
use super::entry::{Check, Entry};
use super::vocabulary::Vocabulary;

/// Quiet hours and their place in the document.
pub(super) struct Quiet {
    pub(super) entry: Entry,
    pub(super) at: At,
}

/// Days in which every calendar repeats, leap years around a century without one included.
const CYCLE: i32 = 40 * 366;

/// Reports quiet hours that are quiet at the same time, for the same customers, on the same channel and for the same kind.
pub(super) fn check_overlaps(quiet: &[Quiet], channels: &Vocabulary, problems: &mut Vec<Problem>) {
    let (first, last) = days(quiet);
    let begins: Vec<Days> = quiet.iter().map(|quiet| Days::of(&quiet.entry, first, last)).collect();
    for (index, (later, later_days)) in quiet.iter().zip(&begins).enumerate() {
        for (earlier, earlier_days) in quiet.iter().zip(&begins).take(index) {
            let (one, other) = (&earlier.entry, &later.entry);
            let Some(channel) = one.channels.common(other.channels) else { continue };
            let alike = one.kinds.common(other.kinds).is_some()
                && one.condition == other.condition
                && one.unknown == other.unknown;
            let found = if alike { overlap(one, earlier_days, other, later_days) } else { None };
            let Some((day, from, to)) = found else { continue };
            let date = Date::from_days(first.saturating_add(day));
            let channel = channels.names.get(channel).map_or("", |name| name);
            let message =
                format!("the quiet hours `{}` and `{}` overlap on channel `{channel}`", one.id(), other.id());
            let schedules = [&one.schedule, &other.schedule];
            let on = if schedules.iter().all(|schedule| schedule.is_always()) {
                String::new()
            } else if schedules.iter().all(|schedule| schedule.is_weekly()) {
                format!(" on {}", weekday_word(weekday(date)))
            } else {
                format!(" on {date}")
            };
            let problem = later.at.problem(code::OVERLAP, message);
            let problem = problem.with_found(format!("{} to {}{on}", shown(from), shown(to)));
            problems.push(
                problem.with_expected("quiet hours that end before others begin, or one entry for both"),
            );
        }
    }
}

/// The days that are looked at: all that some period names, and then as many as calendars take to repeat.
fn days(quiet: &[Quiet]) -> (i32, i32) {
    let periods = quiet.iter().filter_map(|quiet| quiet.entry.schedule.period);
    let dates: Vec<i32> =
        periods.flat_map(|period| [period.from(), period.to()]).flatten().map(Date::days).collect();
    // A Monday, so that weekdays are found in their order.
    let monday = |days: i32| days.saturating_sub((days.saturating_add(3)).rem_euclid(7));
    let first = dates.iter().min().map_or(0, |first| first.saturating_sub(1));
    let last = dates.iter().max().copied().unwrap_or(first);
    (monday(first), last.saturating_add(CYCLE))
}

/// The days on which quiet hours begin, one bit each.
struct Days(Vec<u64>);

impl Days {
    fn of(entry: &Entry, first: i32, last: i32) -> Self {
        let word = |start: i32| {
            if entry.schedule.is_always() {
                return u64::MAX;
            }
            let inside = |bit: &i32| entry.schedule.contains(Date::from_days(start.saturating_add(*bit)));
            (0..64).filter(inside).fold(0, |word, bit| word | 1 << bit)
        };
        Self((first..last).step_by(64).map(word).collect())
    }

    /// The first day that is in this, and of which the next day (or the day itself) is in the other.
    fn meets(&self, other: &Self, next: bool) -> Option<i32> {
        let bits = |index: usize| other.0.get(index).copied().unwrap_or(0);
        let shifted = |index: usize| {
            if next { bits(index) >> 1 | bits(index.saturating_add(1)) << 63 } else { bits(index) }
        };
        let mut words = self.0.iter().enumerate().map(|(index, word)| (index, word & shifted(index)));
        let (index, both) = words.find(|(_, both)| *both != 0)?;
        i32::try_from(index.saturating_mul(64).saturating_add(both.trailing_zeros() as usize)).ok()
    }
}

/// The day on which an overlap begins, counted from the first that is looked at, with the microseconds of that day from which
/// and to which it lasts.
fn overlap(one: &Entry, one_days: &Days, other: &Entry, other_days: &Days) -> Option<(i32, i64, i64)> {
    let ((from, to), (other_from, other_to)) = (hours(one)?, hours(other)?);
    let common = |begin: i64, end: i64| {
        let (from, to) = (from.max(begin), to.min(end));
        (from < to).then_some((from, to))
    };
    let same =
        common(other_from, other_to).and_then(|hours| Some((one_days.meets(other_days, false)?, hours)));
    let after = common(other_from.saturating_add(DAY), other_to.saturating_add(DAY));
    let after = after.and_then(|hours| Some((one_days.meets(other_days, true)?, hours)));
    let before = common(other_from.saturating_sub(DAY), other_to.saturating_sub(DAY));
    let before = before.and_then(|(from, to)| {
        let day = other_days.meets(one_days, true)?;
        Some((day, (from.saturating_add(DAY), to.saturating_add(DAY))))
    });
    let (day, (from, to)) = [same, after, before].into_iter().flatten().min()?;
    let days = i32::try_from(from / DAY).unwrap_or(0);
    Some((day.saturating_add(days), from % DAY, to.saturating_sub(i64::from(days).saturating_mul(DAY))))
}

/// Microseconds of the day on which they begin, the end past midnight where they last so long.
fn hours(entry: &Entry) -> Option<(i64, i64)> {
    let Check::QuietHours { from, to } = &entry.check else { return None };
    let over_midnight = to.0 <= from.0;
    Some((from.micros(), to.micros().saturating_add(if over_midnight { DAY } else { 0 })))
}

fn shown(micros: i64) -> String {
    let minutes = u32::try_from(micros / MINUTE).unwrap_or_default();
    TimeOfDay(if minutes > 24 * 60 { minutes % (24 * 60) } else { minutes }).shown()
}
