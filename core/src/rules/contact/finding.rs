//! What an entry says of one occasion, for people.

use std::fmt;

use crate::column::{Date, Timestamp};
use crate::document::{Word, Words};

use super::clock::{Moment, NEVER, Window, day_of};
use super::document::Per;
use super::entry::{Check, Entry};
use super::judge::{Occasion, Past};
use super::policy::Inner;

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingStatus {
    /// The entry allows the contact.
    Passes,
    /// The entry does not allow it.
    Blocks,
    /// The entry is not in effect on that day.
    NotInEffect,
    /// The entry is about other channels.
    OtherChannel,
    /// The entry is about other kinds of contact.
    OtherKind,
    /// The entry is about other customers.
    OtherCustomers,
}

impl Words for FindingStatus {
    const WORDS: &'static [Word] = &[
        Word { word: "passes", about: "the entry allows the contact" },
        Word { word: "blocks", about: "the entry does not allow the contact" },
        Word { word: "not_in_effect", about: "the entry is not in effect on that day" },
        Word { word: "other_channel", about: "the entry is about other channels" },
        Word { word: "other_kind", about: "the entry is about other kinds of contact" },
        Word { word: "other_customers", about: "the entry is about other customers" },
    ];
    const VALUES: &'static [Self] = &[
        Self::Passes,
        Self::Blocks,
        Self::NotInEffect,
        Self::OtherChannel,
        Self::OtherKind,
        Self::OtherCustomers,
    ];
}

impl FindingStatus {
    /// The word, the same in every language.
    pub fn id(self) -> &'static str {
        self.declared().word
    }
}

/// What an entry says of one candidate.
#[derive(Clone, Debug)]
pub struct ContactFinding<'p> {
    entry: &'p Entry,
    status: FindingStatus,
    expected: String,
    actual: Option<String>,
    until: Option<Timestamp>,
}

impl<'p> ContactFinding<'p> {
    /// The entry.
    pub fn entry(&self) -> &'p Entry {
        self.entry
    }

    /// What it says.
    pub fn status(&self) -> FindingStatus {
        self.status
    }

    /// What is expected, such as `at most 2 contacts within 7d`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What was found, such as `3 after 2012-03-13T10:00:00+08:00`; `None` where the entry does not apply.
    pub fn actual(&self) -> Option<&str> {
        self.actual.as_deref()
    }

    /// Where the entry blocks, the first moment at which it does not any more; `None` where there is none.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    pub(super) fn new(
        policy: &Inner,
        entry: &'p Entry,
        about: bool,
        occasion: &Occasion,
        past: &[Past],
    ) -> Self {
        let expected = expected(policy, entry);
        let inapplicable =
            |status| Self { entry, status, expected: expected.clone(), actual: None, until: None };
        if !entry.channels.contains(occasion.channel) {
            return inapplicable(FindingStatus::OtherChannel);
        }
        if !entry.kinds.contains(occasion.kind) {
            return inapplicable(FindingStatus::OtherKind);
        }
        if !about {
            return inapplicable(FindingStatus::OtherCustomers);
        }
        if !in_effect(entry, occasion.now) {
            return inapplicable(FindingStatus::NotInEffect);
        }
        let until = entry.blocked(occasion.now, entry.until(occasion, past, &mut Vec::new()));
        let status = if until.is_some() { FindingStatus::Blocks } else { FindingStatus::Passes };
        let until = until.filter(|until| *until != NEVER).map(|until| policy.offset.timestamp(until));
        let actual = Some(actual(policy, entry, occasion, past));
        Self { entry, status, expected, actual, until }
    }
}

/// Whether the entry may block at all at some moment of the day.
fn in_effect(entry: &Entry, now: Moment) -> bool {
    let today = day_of(now);
    let yesterday = Date::from_days(today.days().saturating_sub(1));
    let over_midnight = matches!(&entry.check, Check::QuietHours { from, to } if to.0 <= from.0);
    entry.schedule.contains(today) || (over_midnight && entry.schedule.contains(yesterday))
}

fn expected(policy: &Inner, entry: &Entry) -> String {
    match &entry.check {
        Check::DoNotDisturb { .. } => "a customer who may be contacted".to_owned(),
        Check::QuietHours { from, to } => format!("a time outside of {} to {}", from.shown(), to.shown()),
        Check::Limit { at_most, within, per } => {
            let contacts = if *at_most == 1 { "contact" } else { "contacts" };
            format!("at most {at_most} {contacts} {}{}", within.shown(), together(*per))
        }
        Check::Gap { after, wait, per } => {
            let outcomes = after.map(|after| format!(" with the outcome {}", policy.outcomes.shown(after)));
            format!("{} after a contact{}{}", wait.shown(), outcomes.unwrap_or_default(), together(*per))
        }
    }
}

fn together(per: Per) -> &'static str {
    match per {
        Per::Total => "",
        Per::Channel => " on the same channel",
        Per::Kind => " of the same kind",
        Per::ChannelAndKind => " on the same channel and of the same kind",
    }
}

fn actual(policy: &Inner, entry: &Entry, occasion: &Occasion, past: &[Past]) -> String {
    let shown = |moment: Moment| policy.offset.shown(moment);
    let counted = || past.iter().filter(|past| entry.counts(past, occasion));
    match &entry.check {
        Check::DoNotDisturb { reason } => reason.get("en").unwrap_or_default().to_owned(),
        Check::QuietHours { .. } => shown(occasion.now),
        Check::Limit { within, .. } => {
            let start = within.start(occasion.now);
            let (count, since) = if matches!(within, Window::Sliding(_)) {
                (counted().filter(|past| past.at > start).count(), "after")
            } else {
                (counted().filter(|past| past.at >= start).count(), "since")
            };
            format!("{count} {since} {}", shown(start))
        }
        Check::Gap { .. } => match counted().max_by_key(|past| past.at) {
            None => "none".to_owned(),
            Some(last) => {
                let channel = policy.channels.name(last.channel);
                let outcome = policy.outcomes.name(last.outcome);
                let outcome = if outcome.is_empty() { String::new() } else { format!(", {outcome}") };
                format!("{channel} at {}{outcome}", shown(last.at))
            }
        },
    }
}

/// A line for people: `- weekly (limit): at most 2 contacts within 7d: 3 after 2012-03-13T10:00:00+08:00`.
impl fmt::Display for ContactFinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.status {
            FindingStatus::Blocks => "-",
            FindingStatus::Passes => "+",
            _ => " ",
        };
        write!(f, "{mark} {} ({}): {}: ", self.entry.id(), self.entry.kind().id(), self.expected)?;
        f.write_str(self.actual.as_deref().unwrap_or(self.status.id()))
    }
}
