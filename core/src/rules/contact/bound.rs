//! The batches of candidates and contacts, bound to a policy and checked as a whole.

use std::collections::BTreeMap;

use crate::column::{Batch, Options, Record, Timestamp, distinct};
use crate::error::{Error, Problem, Result};
use crate::expr::{Columns, Field};

use super::candidate::{Candidate, Read};
use super::clock::Moment;
use super::compile::RESERVED;
use super::history::{History, Keys, check_sorted, check_sorts};
use super::policy::ContactPolicy;
use super::readers::{Moments, Words};
use super::vocabulary::{NONE, Word};

/// What all candidates have in common; what is not given here is read from columns named `channel`, `kind` and `now`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CandidateColumns {
    /// The channel of every candidate.
    pub channel: Option<String>,
    /// The kind of every candidate; not read where the policy has no kinds.
    pub kind: Option<String>,
    /// The moment of every candidate.
    pub now: Option<Timestamp>,
    /// The columns of contacts that have other names than `customer`, `at`, `channel`, `kind` and `outcome`.
    pub contact_columns: BTreeMap<String, String>,
}

impl CandidateColumns {
    /// Every candidate at one moment; the rest is read from columns.
    pub fn at(now: Timestamp) -> Self {
        Self { now: Some(now), ..Self::default() }
    }

    /// What the values `channel`, `kind` and `now`, a moment as RFC 3339 has it, give for all candidates; what is missing is
    /// read from columns.
    ///
    /// # Errors
    /// Values of another type, and a text that is no moment.
    pub fn from_record(record: &Record) -> Result<Self> {
        let mut problems = Vec::new();
        let read = &mut Read { record, path: "", problems: &mut problems };
        let (channel, kind, now) = (read.name("channel"), read.name("kind"), read.moment("now"));
        let found = Self { channel, kind, now, ..Self::default() };
        if problems.is_empty() { Ok(found) } else { Err(Error::data(problems)) }
    }
}

/// What is the same for all rows, where it is.
struct Same {
    channel: Given<Word>,
    kind: Given<Word>,
    now: Given<Moment>,
}

/// What all rows have.
#[derive(Clone, Copy)]
enum Given<T> {
    /// Nothing: it is read from a column.
    No,
    /// Something that cannot be used; its problem was reported.
    Wrong,
    Is(T),
}

impl<T> Given<T> {
    fn of(is_given: bool, known: Option<T>) -> Self {
        match known {
            _ if !is_given => Self::No,
            None => Self::Wrong,
            Some(known) => Self::Is(known),
        }
    }
}

/// A batch bound to the policy.
pub(super) struct Bound<'c> {
    pub(super) rows: usize,
    pub(super) columns: Columns<'c>,
    pub(super) channel: Words<'c>,
    pub(super) kind: Words<'c>,
    pub(super) now: Moments<'c>,
    /// Where there are contacts.
    pub(super) keys: Option<Keys<'c>>,
    /// The columns of channel, kind and now.
    pub(super) names: [&'c str; 3],
}

impl ContactPolicy {
    /// The batches bound, and the contacts.
    ///
    /// # Errors
    /// Missing columns, wrong types, rows that are not sorted.
    pub(super) fn bind_all<'c>(
        &'c self,
        batches: &'c [Batch<'_>],
        candidates: &'c CandidateColumns,
        contacts: &'c [Batch<'_>],
        options: &'c Options,
    ) -> Result<(Vec<Bound<'c>>, History<'c>)> {
        let mut problems =
            options.check_names(self.0.fields.iter().map(Field::id).chain(RESERVED.into_iter().take(4)));
        let of_contacts = Options { columns: candidates.contact_columns.clone(), ..Options::default() };
        problems.extend(of_contacts.check_names(RESERVED.into_iter().filter(|name| *name != "now")));
        let same = self.same(candidates, &mut problems);
        let mut bound = Vec::with_capacity(batches.len());
        for batch in batches {
            bound.extend(self.bind(batch, &same, !contacts.is_empty(), options, &mut problems));
        }
        let mut of_history = Vec::new();
        let history = History::bind(self, contacts, &candidates.contact_columns, &mut of_history);
        problems.extend(of_history);
        let history = match history {
            Some(history) if problems.is_empty() => history,
            _ => return Err(Error::data(distinct(problems))),
        };
        let keys: Vec<Keys<'_>> = bound.iter_mut().filter_map(|bound| bound.keys.take()).collect();
        if batches.iter().any(|batch| !batch.is_empty()) {
            check_sorts(&keys, &history, options.column_of("customer"))?;
        }
        let key = |batch: usize, row: usize| keys.get(batch).and_then(|keys| keys.get(row));
        let rows = if keys.is_empty() { &[][..] } else { batches };
        problems.extend(check_sorted(rows, key, options.column_of("customer"), options));
        problems.extend(check_sorted(
            contacts,
            |chunk, row| history.key_in(chunk, row),
            "contacts/customer",
            options,
        ));
        if !problems.is_empty() {
            return Err(Error::data(problems));
        }
        let mut keys = keys.into_iter();
        for bound in &mut bound {
            bound.keys = keys.next();
        }
        Ok((bound, history))
    }

    /// What `candidates` gives for all rows.
    fn same(&self, candidates: &CandidateColumns, problems: &mut Vec<Problem>) -> Same {
        // What is not given is made up here and read from columns.
        let given = candidates.channel.clone().or_else(|| self.channels().next().map(str::to_owned));
        let now = candidates.now.unwrap_or(Timestamp::from_micros(0));
        let mut whole = Candidate::new(given.unwrap_or_default(), now);
        if let Some(kind) = candidates.kind.clone().or_else(|| self.kinds().next().map(str::to_owned)) {
            whole = whole.of_kind(kind);
        }
        let occasion = self.occasion(&whole, problems);
        Same {
            channel: Given::of(candidates.channel.is_some(), occasion.map(|occasion| occasion.channel)),
            kind: Given::of(candidates.kind.is_some(), occasion.map(|occasion| occasion.kind)),
            now: Given::of(candidates.now.is_some(), occasion.map(|occasion| occasion.now)),
        }
    }

    fn bind<'c>(
        &'c self,
        batch: &'c Batch<'_>,
        same: &Same,
        keyed: bool,
        options: &'c Options,
        problems: &mut Vec<Problem>,
    ) -> Option<Bound<'c>> {
        let columns = self.0.fields.bind_columns(&self.0.used, batch, &options.columns);
        let columns = columns.map_err(|error| problems.extend(error.problems().iter().cloned())).ok();
        let channel = match same.channel {
            Given::Is(word) => Some(Words::Same(word)),
            Given::Wrong => None,
            Given::No => {
                Words::of_column(&self.0.channels, batch, options.column_of("channel"), false, problems)
            }
        };
        let kind = match same.kind {
            _ if self.0.kinds.is_empty() => Some(Words::Same(NONE)),
            Given::Is(word) => Some(Words::Same(word)),
            Given::Wrong => None,
            Given::No => Words::of_column(&self.0.kinds, batch, options.column_of("kind"), false, problems),
        };
        let now = match same.now {
            Given::Is(now) => Some(Moments::Same(now)),
            Given::Wrong => None,
            Given::No => Moments::of_column(self.0.offset, batch, options.column_of("now"), problems),
        };
        let keys =
            if keyed { Some(Keys::of_column(batch, options.column_of("customer"), problems)?) } else { None };
        let names = ["channel", "kind", "now"].map(|key| options.column_of(key));
        Some(Bound {
            rows: batch.len(),
            columns: columns?,
            channel: channel?,
            kind: kind?,
            now: now?,
            keys,
            names,
        })
    }
}
