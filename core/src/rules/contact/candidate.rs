//! The contact that is considered, those that there were, and both read from records.

use crate::column::{Record, Scalar, Timestamp};
use crate::error::{Error, Problem, Result, contact as code, data, nearest};

/// A contact that is considered: on which channel, of which kind, at which moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub(super) channel: String,
    pub(super) kind: Option<String>,
    pub(super) now: Timestamp,
}

impl Candidate {
    /// A contact of no kind.
    pub fn new(channel: impl Into<String>, now: Timestamp) -> Self {
        Self { channel: channel.into(), kind: None, now }
    }

    /// The same of a kind.
    #[must_use]
    pub fn of_kind(self, kind: impl Into<String>) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }

    /// The channel.
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The kind of contact.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The candidate of the values `channel`, `kind` and `now`, a moment as RFC 3339 has it.
    ///
    /// # Errors
    /// Values that are missing or of another type.
    pub fn from_record(record: &Record) -> Result<Self> {
        let mut problems = Vec::new();
        let read = &mut Read { record, path: "", problems: &mut problems };
        let (channel, kind, now) = (read.name("channel"), read.name("kind"), read.moment("now"));
        match (channel.or_else(|| read.absent("channel")), now.or_else(|| read.absent("now"))) {
            (Some(channel), Some(now)) if problems.is_empty() => Ok(Self { channel, kind, now }),
            _ => Err(Error::data(problems)),
        }
    }
}

/// A contact that there was.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    pub(super) at: Timestamp,
    pub(super) channel: String,
    pub(super) kind: Option<String>,
    pub(super) outcome: Option<String>,
}

impl Contact {
    /// A contact of no kind and without an outcome.
    pub fn new(at: Timestamp, channel: impl Into<String>) -> Self {
        Self { at, channel: channel.into(), kind: None, outcome: None }
    }

    /// The same of a kind.
    #[must_use]
    pub fn of_kind(self, kind: impl Into<String>) -> Self {
        Self { kind: Some(kind.into()), ..self }
    }

    /// The same with an outcome.
    #[must_use]
    pub fn with_outcome(self, outcome: impl Into<String>) -> Self {
        Self { outcome: Some(outcome.into()), ..self }
    }

    /// The contacts of the values `at`, `channel`, `kind` and `outcome`; the path of a problem is `history/<number>`.
    ///
    /// # Errors
    /// Values that are missing or of another type.
    pub fn from_records(records: &[Record]) -> Result<Vec<Self>> {
        let mut problems = Vec::new();
        let mut contacts = Vec::with_capacity(records.len());
        for (index, record) in records.iter().enumerate() {
            let path = &format!("history/{index}/");
            let read = &mut Read { record, path, problems: &mut problems };
            let (at, channel) = (read.moment("at"), read.name("channel"));
            let (kind, outcome) = (read.name("kind"), read.name("outcome"));
            let (at, channel) =
                (at.or_else(|| read.absent("at")), channel.or_else(|| read.absent("channel")));
            if let (Some(at), Some(channel)) = (at, channel) {
                contacts.push(Self { at, channel, kind, outcome });
            }
        }
        if problems.is_empty() { Ok(contacts) } else { Err(Error::data(problems)) }
    }
}

/// A record being read.
pub(super) struct Read<'r> {
    pub(super) record: &'r Record,
    pub(super) path: &'r str,
    pub(super) problems: &'r mut Vec<Problem>,
}

impl Read<'_> {
    pub(super) fn name(&mut self, key: &str) -> Option<String> {
        match self.record.get(key)? {
            Scalar::Text(text) => Some(text.clone()),
            Scalar::Int(integer) => Some(integer.to_string()),
            scalar => self.wrong(key, scalar, "a text"),
        }
    }

    pub(super) fn moment(&mut self, key: &str) -> Option<Timestamp> {
        match self.record.get(key)? {
            Scalar::Text(text) => Timestamp::parse(text)
                .inspect_err(|_| self.problems.push(no_moment(&format!("{}{key}", self.path), text)))
                .ok(),
            Scalar::Timestamp(timestamp) => Some(*timestamp),
            scalar => self.wrong(key, scalar, "a moment such as 2012-03-20T10:00:00+08:00"),
        }
    }

    fn wrong<T>(&mut self, key: &str, scalar: &Scalar, expected: &str) -> Option<T> {
        if !scalar.is_missing() {
            let problem =
                Problem::new(data::WRONG_TYPE, format!("{}{key}", self.path), "the value has the wrong type");
            let found = format!("{scalar} of type {}", scalar.type_name());
            self.problems.push(problem.with_found(found).with_expected(expected));
        }
        None
    }

    /// A value that must be there, unless what there is was reported.
    fn absent<T>(&mut self, key: &str) -> Option<T> {
        let known = self.record.get(key);
        if known.is_none_or(Scalar::is_missing) {
            let problem = Problem::new(data::MISSING, format!("{}{key}", self.path), "the value is missing");
            let names = self.record.iter().map(|(name, _)| name);
            let suggestion = if known.is_none() { nearest(key, names) } else { None };
            self.problems.push(problem.suggest(suggestion));
        }
        None
    }
}

/// A text that is no moment.
pub(super) fn no_moment(path: &str, found: &str) -> Problem {
    let problem = Problem::new(code::BAD_MOMENT, path, "the value is not a moment in the years 0001 to 9999");
    problem.with_found(format!("\"{found}\"")).with_expected("a moment such as 2012-03-20T10:00:00+08:00")
}
