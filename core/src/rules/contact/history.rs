//! Contacts in columns, sorted by customer as the candidates are, so that both are gone through once.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::column::{Batch, Column, Options, Piece, RowFaults, Scalar, TextColumn, find_column, pieces, run};
use crate::error::{Error, Problem, Result, contact as code, data};

use super::judge::Past;
use super::policy::ContactPolicy;
use super::readers::{Fault, Moments, Words, is_integer, wrong_column};
use super::vocabulary::{NONE, Vocabulary};

/// What a customer is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'c> {
    Integer(i128),
    Text(&'c [u8]),
}

/// A column of keys.
pub(super) enum Keys<'c> {
    Integers(Column<'c>),
    Texts(TextColumn<'c>),
}

impl<'c> Keys<'c> {
    pub(super) fn of_column(batch: &'c Batch<'_>, name: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        match find_column(batch, name, false, problems)? {
            Column::Text(texts) => Some(Self::Texts(texts)),
            // Of rows that are all missing nothing is compared.
            column if is_integer(&column) || matches!(column, Column::Null(_)) => {
                Some(Self::Integers(column))
            }
            column => {
                problems.push(wrong_column(name, &column, "integers or texts"));
                None
            }
        }
    }

    pub(super) fn get(&self, row: usize) -> Option<Key<'_>> {
        match self {
            Self::Integers(column) => match column.scalar(row) {
                Scalar::Int(integer) => Some(Key::Integer(integer)),
                _ => None,
            },
            Self::Texts(texts) => texts.get(row).map(Key::Text),
        }
    }

    fn sort(&self) -> &'static str {
        match self {
            Self::Integers(_) => "integers",
            Self::Texts(_) => "texts",
        }
    }
}

impl Key<'_> {
    fn shown(&self) -> String {
        match self {
            Self::Integer(integer) => integer.to_string(),
            Self::Text(text) => format!("\"{}\"", String::from_utf8_lossy(text)),
        }
    }
}

/// The keys of both frames are compared, so they must be of one sort.
pub(super) fn check_sorts(keys: &[Keys<'_>], history: &History<'_>, name: &str) -> Result<()> {
    let theirs = history.chunks.first().map(|chunk| chunk.keys.sort());
    match (keys.first().map(Keys::sort), theirs) {
        (Some(ours), Some(theirs)) if ours != theirs && history.len > 0 => {
            let message = "customers are known by different types in the two frames";
            let problem = Problem::new(data::WRONG_TYPE, name, message);
            let problem =
                problem.with_found(format!("{ours} and {theirs}")).with_expected("the same in both");
            Err(Error::data(vec![problem]))
        }
        _ => Ok(()),
    }
}

/// Reports the first row whose key is missing, and the first whose key is less than that of the row before.
pub(super) fn check_sorted<'k>(
    batches: &[Batch<'_>],
    key: impl Fn(usize, usize) -> Option<Key<'k>> + Sync,
    path: &str,
    options: &Options,
) -> Vec<Problem> {
    let place = |piece: &Piece| {
        if let Some(row) = piece.start.checked_sub(1) {
            return Some((piece.batch, row));
        }
        let before = batches.get(..piece.batch).unwrap_or_default();
        let (batch, rows) = before.iter().enumerate().rfind(|(_, batch)| !batch.is_empty())?;
        Some((batch, rows.len().saturating_sub(1)))
    };
    let found = run(options, pieces(batches), |piece| {
        let mut last = place(&piece).and_then(|(batch, row)| key(batch, row));
        for row in 0..piece.rows {
            let next = key(piece.batch, piece.start.saturating_add(row));
            let at = piece.offset.saturating_add(piece.start).saturating_add(row);
            let Some(next) = next else { return Some((at, None)) };
            if let Some(last) = last
                && next < last
            {
                return Some((at, Some((last.shown(), next.shown()))));
            }
            last = Some(next);
        }
        None
    });
    let Some((row, wrong)) = found.into_iter().flatten().next() else { return Vec::new() };
    let mut problem = match wrong {
        None => Problem::new(data::MISSING, path, "the customer is missing"),
        Some((last, next)) => Problem::new(code::NOT_SORTED, path, "the rows are not sorted by customer")
            .with_found(format!("{next} after {last}"))
            .with_expected("customers in ascending order: integers by size, texts by bytes"),
    };
    problem.add_rows(&[row], 1);
    vec![problem]
}

/// All contacts, in chunks.
pub(super) struct History<'c> {
    chunks: Vec<Chunk<'c>>,
    /// The number of contacts before each chunk.
    starts: Vec<usize>,
    len: usize,
}

struct Chunk<'c> {
    keys: Keys<'c>,
    at: Moments<'c>,
    channels: Words<'c>,
    kinds: Words<'c>,
    outcomes: Words<'c>,
}

/// The name of a column of contacts.
fn named<'n>(names: &'n BTreeMap<String, String>, key: &'n str) -> &'n str {
    names.get(key).map_or(key, String::as_str)
}

impl<'c> History<'c> {
    /// Contacts bound to a policy; `names` maps columns that are named otherwise.
    pub(super) fn bind(
        policy: &'c ContactPolicy,
        batches: &'c [Batch<'_>],
        names: &BTreeMap<String, String>,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let inner = &policy.0;
        let (mut chunks, mut starts, mut len) = (Vec::new(), Vec::new(), 0_usize);
        for batch in batches {
            let keys = Keys::of_column(batch, named(names, "customer"), problems);
            let at = Moments::of_column(inner.offset, batch, named(names, "at"), problems);
            let words = |words, key, optional, problems: &mut Vec<Problem>| {
                Words::of_column(words, batch, named(names, key), optional, problems)
            };
            let channels = words(&inner.channels, "channel", false, problems);
            let unread = |vocabulary: &Vocabulary| vocabulary.is_empty();
            let kinds = if unread(&inner.kinds) {
                Some(Words::Same(NONE))
            } else {
                words(&inner.kinds, "kind", false, problems)
            };
            let outcomes = if unread(&inner.outcomes) {
                Some(Words::Same(NONE))
            } else {
                words(&inner.outcomes, "outcome", true, problems)
            };
            if let (Some(keys), Some(at), Some(channels), Some(kinds), Some(outcomes)) =
                (keys, at, channels, kinds, outcomes)
            {
                starts.push(len);
                chunks.push(Chunk { keys, at, channels, kinds, outcomes });
            }
            len = len.saturating_add(batch.len());
        }
        (chunks.len() == batches.len()).then_some(Self { chunks, starts, len })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The chunk and the row within of a contact.
    fn place(&self, contact: usize) -> Option<(&Chunk<'c>, usize)> {
        let chunk = self.starts.partition_point(|start| *start <= contact).checked_sub(1)?;
        let row = contact.checked_sub(*self.starts.get(chunk)?)?;
        self.chunks.get(chunk).map(|chunk| (chunk, row))
    }

    pub(super) fn key_in(&self, chunk: usize, row: usize) -> Option<Key<'_>> {
        self.chunks.get(chunk)?.keys.get(row)
    }

    fn key(&self, contact: usize) -> Option<Key<'_>> {
        self.place(contact).and_then(|(chunk, row)| chunk.keys.get(row))
    }

    /// The first contact of a customer or of one after.
    pub(super) fn first_of(&self, customer: Key<'_>) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle).is_some_and(|key| key < customer) {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        low
    }

    /// Goes on from a contact to the first of a customer or of one after.
    pub(super) fn advance(&self, mut contact: usize, customer: Key<'_>) -> usize {
        while contact < self.len && self.key(contact).is_some_and(|key| key < customer) {
            contact = contact.saturating_add(1);
        }
        contact
    }

    /// Reads the contacts of a customer from its first on; returns the first of the next, and whether all can be used.
    pub(super) fn read(
        &self,
        first: usize,
        customer: Key<'_>,
        out: &mut Vec<Past>,
        mut fault: impl FnMut(usize, &str, Problem),
    ) -> (usize, bool) {
        let (mut contact, mut usable) = (first, true);
        out.clear();
        while let Some((chunk, row)) = self.place(contact).filter(|_| contact < self.len) {
            if chunk.keys.get(row).map(|key| key.cmp(&customer)) != Some(Ordering::Equal) {
                break;
            }
            match chunk.past(row, |path, problem| fault(contact, path, problem)) {
                Some(past) => out.push(past),
                None => usable = false,
            }
            contact = contact.saturating_add(1);
        }
        (contact, usable)
    }
}

impl Chunk<'_> {
    /// The contact of a row, unless it has problems, which are reported with their paths.
    fn past(&self, row: usize, mut fault: impl FnMut(&str, Problem)) -> Option<Past> {
        let (at, channel, kind) = (self.at.get(row), self.channels.get(row), self.kinds.get(row));
        let outcome = match self.outcomes.get(row) {
            Err(Fault::Missing) => Ok(NONE),
            outcome => outcome,
        };
        let mut note = |path: &str, problem: Option<Problem>| {
            if let Some(problem) = problem {
                fault(path, problem);
            }
        };
        if let Err(wrong) = &at {
            note("contacts/at", self.at.problem(wrong, "contacts/at", row));
        }
        for (path, words, word) in [
            ("contacts/channel", &self.channels, &channel),
            ("contacts/kind", &self.kinds, &kind),
            ("contacts/outcome", &self.outcomes, &outcome),
        ] {
            if let Err(wrong) = word {
                note(path, words.problem(wrong, path, row));
            }
        }
        Some(Past { at: at.ok()?, channel: channel.ok()?, kind: kind.ok()?, outcome: outcome.ok()? })
    }
}

/// Notes a problem of a contact.
pub(super) fn note(faults: &mut RowFaults, contact: usize, path: &str, problem: Problem) {
    let code = problem.code();
    faults.note(path, code, contact, || problem);
}
