//! The entries of a contact policy as compiled.

use crate::column::Date;
use crate::document::{Calendar, Names, Period, Word, Words};
use crate::expr::{Condition, Value};

use super::clock::{Length, TimeOfDay, Window};
use super::document::Per;
use super::vocabulary::WordSet;

/// What an entry of a contact policy is about. The words are reason codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EntryKind {
    /// Customers who are not contacted.
    DoNotDisturb,
    /// A time of day.
    QuietHours,
    /// A number of contacts.
    Limit,
    /// A length of time after a contact.
    Gap,
}

impl Words for EntryKind {
    const WORDS: &'static [Word] = &[
        Word { word: "do_not_disturb", about: "the customer is not contacted" },
        Word { word: "quiet_hours", about: "customers are not contacted at this time" },
        Word { word: "limit", about: "there were as many contacts as there may be" },
        Word { word: "gap", about: "the wait after a contact is not over" },
    ];
    const VALUES: &'static [Self] = &[Self::DoNotDisturb, Self::QuietHours, Self::Limit, Self::Gap];
}

impl EntryKind {
    /// The word, the same in every language.
    pub fn id(self) -> &'static str {
        self.declared().word
    }
}

/// An entry of a contact policy.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) id: Box<str>,
    pub(super) names: Names,
    pub(super) note: Option<Box<str>>,
    pub(super) channels: WordSet,
    pub(super) kinds: WordSet,
    pub(super) schedule: Schedule,
    /// `None` for everybody.
    pub(super) condition: Option<Condition>,
    /// Whether the entry applies where its condition is unknown.
    pub(super) unknown: bool,
    pub(super) check: Check,
}

/// What an entry checks.
#[derive(Clone, Debug)]
pub(super) enum Check {
    DoNotDisturb { reason: Names },
    QuietHours { from: TimeOfDay, to: TimeOfDay },
    Limit { at_most: u32, within: Window, per: Per },
    Gap { after: Option<WordSet>, wait: Length, per: Per },
}

/// When an entry is in effect.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    pub(super) period: Option<Period>,
    pub(super) calendar: Option<Calendar>,
}

impl Schedule {
    pub(super) fn contains(&self, day: Date) -> bool {
        self.period.is_none_or(|period| period.contains(day))
            && self.calendar.as_ref().is_none_or(|calendar| calendar.contains(day))
    }

    /// Whether every day is in.
    pub(super) fn is_always(&self) -> bool {
        self.period.is_none() && self.calendar.is_none()
    }

    /// Whether weeks repeat.
    pub(super) fn is_weekly(&self) -> bool {
        self.period.is_none() && self.calendar.as_ref().is_none_or(Calendar::is_weekly)
    }

    /// The first day after `day`, at most `last`, that is not in; `None` where there is none.
    pub(super) fn left_after(&self, day: Date, last: Date) -> Option<Date> {
        let next = |day: Date| Date::from_days(day.days().saturating_add(1));
        if self.calendar.is_none() {
            let to = self.period.and_then(|period| period.to())?;
            return Some(next(day.max(to))).filter(|left| *left <= last);
        }
        let days = std::iter::successors(Some(next(day)), |day| Some(next(*day)));
        days.take_while(|day| *day <= last).find(|day| !self.contains(*day))
    }
}

impl Entry {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the entry is about.
    pub fn kind(&self) -> EntryKind {
        match self.check {
            Check::DoNotDisturb { .. } => EntryKind::DoNotDisturb,
            Check::QuietHours { .. } => EntryKind::QuietHours,
            Check::Limit { .. } => EntryKind::Limit,
            Check::Gap { .. } => EntryKind::Gap,
        }
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The note of the entry's owner.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Why customers are not contacted, where the entry is about that.
    pub fn reason(&self) -> Option<&Names> {
        match &self.check {
            Check::DoNotDisturb { reason } => Some(reason),
            _ => None,
        }
    }

    /// When the entry is in effect; `None` for always.
    pub fn period(&self) -> Option<Period> {
        self.schedule.period
    }

    /// The days that return on which the entry is in effect; `None` for all.
    pub fn calendar(&self) -> Option<&Calendar> {
        self.schedule.calendar.as_ref()
    }

    /// Whether the entry is about customers with these values.
    pub(super) fn is_about(&self, values: &[Value<'_>]) -> bool {
        self.condition.as_ref().is_none_or(|condition| condition.evaluate(values).unwrap_or(self.unknown))
    }
}
