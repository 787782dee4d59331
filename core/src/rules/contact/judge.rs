//! What the entries of a policy say of one occasion: the one place where both evaluators compute it.
//!
//! A limit of n contacts blocks until the n-th newest of those that count leaves its window, a gap until the newest has
//! waited out, and do-not-disturb for ever: each is one moment, `until`, as no contact lies in the future. Quiet hours
//! and the days on which entries are in effect depend on the moment itself. So the earliest moment that all allow is
//! found by going on from block to block.

use crate::column::Date;

use super::clock::{DAY, Moment, NEVER, day_of, start_of};
use super::entry::{Check, Entry, Schedule};
use super::vocabulary::{Word, WordSet};

/// How far the earliest moment is looked for where days that return keep blocking: a leap day lies at most eight years
/// away.
const PATIENCE: i64 = 12 * 366 * DAY;
/// The same where weeks repeat.
const WEEKLY_PATIENCE: i64 = 8 * DAY;

/// The new contact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occasion {
    pub(super) channel: Word,
    pub(super) kind: Word,
    pub(super) now: Moment,
}

/// A contact of the past.
#[derive(Clone, Copy, Debug)]
pub(super) struct Past {
    pub(super) at: Moment,
    pub(super) channel: Word,
    pub(super) kind: Word,
    pub(super) outcome: Word,
}

impl Entry {
    /// Whether the entry is about the channel and the kind of an occasion.
    pub(super) fn concerns(&self, occasion: &Occasion) -> bool {
        self.channels.contains(occasion.channel) && self.kinds.contains(occasion.kind)
    }

    /// Whether a contact counts for a limit or a gap, whenever it was.
    pub(super) fn counts(&self, past: &Past, occasion: &Occasion) -> bool {
        let (per, after) = match &self.check {
            Check::Limit { per, .. } => (*per, None),
            Check::Gap { per, after, .. } => (*per, *after),
            Check::DoNotDisturb { .. } | Check::QuietHours { .. } => return false,
        };
        self.channels.contains(past.channel)
            && self.kinds.contains(past.kind)
            && (!per.by_channel() || past.channel == occasion.channel)
            && (!per.by_kind() || past.kind == occasion.kind)
            && after.is_none_or(|after: WordSet| after.contains(past.outcome))
    }

    /// The moment until which the entry blocks, whatever the time of day; of quiet hours it means nothing. `counted` is
    /// memory to work in.
    pub(super) fn until(&self, occasion: &Occasion, history: &[Past], counted: &mut Vec<Moment>) -> Moment {
        match &self.check {
            Check::DoNotDisturb { .. } | Check::QuietHours { .. } => NEVER,
            Check::Limit { at_most, within, .. } => {
                let at_most = *at_most as usize;
                if history.len() < at_most {
                    return Moment::MIN;
                }
                counted.clear();
                let counts = history.iter().filter(|past| self.counts(past, occasion));
                counted.extend(counts.map(|past| past.at));
                let Some(place) = counted.len().checked_sub(at_most) else { return Moment::MIN };
                let (_, newest, _) = counted.select_nth_unstable(place);
                within.end(*newest)
            }
            Check::Gap { wait, .. } => {
                let counts = history.iter().filter(|past| self.counts(past, occasion));
                counts.map(|past| past.at.saturating_add(wait.0)).max().unwrap_or(Moment::MIN)
            }
        }
    }

    /// Where the entry blocks a moment, the first moment after at which it does not.
    pub(super) fn blocked(&self, moment: Moment, until: Moment) -> Option<Moment> {
        if let Check::QuietHours { from, to } = &self.check {
            return quiet(&self.schedule, from.micros(), to.micros(), moment);
        }
        let day = day_of(moment);
        if until <= moment || !self.schedule.contains(day) {
            return None;
        }
        if self.schedule.is_always() {
            return Some(until);
        }
        let last = day_of(until.min(moment.saturating_add(PATIENCE)));
        Some(self.schedule.left_after(day, last).map_or(until, |left| until.min(start_of(left))))
    }
}

/// Where a moment lies in quiet hours, their end.
fn quiet(schedule: &Schedule, from: i64, to: i64, moment: Moment) -> Option<Moment> {
    let today = day_of(moment);
    let over_midnight = to <= from;
    let ends_of = |day: Date| {
        let (start, length) = (start_of(day), if over_midnight { to + DAY - from } else { to - from });
        let begin = start.saturating_add(from);
        let end = begin.saturating_add(length);
        ((begin..end).contains(&moment) && schedule.contains(day)).then_some(end)
    };
    let yesterday = || Date::from_days(today.days().saturating_sub(1));
    let end = ends_of(today).or_else(|| if over_midnight { ends_of(yesterday()) } else { None })?;
    // Quiet all day, every day: there is no end to look for.
    Some(if from == 0 && to == DAY && schedule.is_always() { NEVER } else { end })
}

/// An entry that applies to an occasion, with the moment until which it blocks.
pub(super) type Applied<'e> = (&'e Entry, Moment);

/// The earliest moment from `now` on at which no entry blocks; `None` where there is none.
pub(super) fn next_allowed(applied: &[Applied<'_>], now: Moment) -> Option<Moment> {
    let lasting = applied.iter().any(|(entry, _)| !entry.schedule.is_weekly());
    // From then on only do-not-disturb and quiet hours block, which return or never end.
    let settled =
        applied.iter().map(|(_, until)| *until).filter(|until| *until != NEVER).fold(now, Moment::max);
    let last = settled.saturating_add(if lasting { PATIENCE } else { WEEKLY_PATIENCE });
    let mut moment = now;
    loop {
        let mut moved = false;
        for (entry, until) in applied {
            if let Some(end) = entry.blocked(moment, *until) {
                (moment, moved) = (end, true);
            }
        }
        if !moved {
            return Some(moment);
        }
        if moment > last {
            return None;
        }
    }
}
