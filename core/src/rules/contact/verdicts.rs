//! Verdicts on many rows, in columns.

use crate::document::{Word, Words};
use crate::error::Problem;

use super::policy::ContactPolicy;
use crate::rules::decisions::tally;

/// Stands for no moment among microseconds.
pub const MISSING_MOMENT: i64 = i64::MIN;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContactStatus {
    /// No entry blocks.
    Allowed,
    /// An entry blocks.
    Blocked,
    /// The row, or a contact of its customer, has a data error.
    Invalid,
}

impl Words for ContactStatus {
    const WORDS: &'static [Word] = &[
        Word { word: "allowed", about: "no entry blocks the contact" },
        Word { word: "blocked", about: "an entry blocks the contact" },
        Word { word: "invalid", about: "the row, or a contact of its customer, has a data error" },
    ];
    const VALUES: &'static [Self] = &[Self::Allowed, Self::Blocked, Self::Invalid];
}

impl ContactStatus {
    /// The word, the same in every language.
    pub fn id(self) -> &'static str {
        self.declared().word
    }

    /// The number in columns.
    pub fn code(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Blocked => 1,
            Self::Invalid => 2,
        }
    }

    /// The words in the order of their codes.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        Self::words()
    }
}

/// The verdicts on many rows, in columns of one length.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdicts {
    pub(super) policy: ContactPolicy,
    /// [`ContactStatus::code`] by row.
    pub status: Vec<u8>,
    /// The position among [`ContactPolicy::entries`] of the first entry that blocks; -1 where none does.
    pub reason: Vec<i32>,
    /// The earliest moment that every entry allows, in microseconds since 1970-01-01T00:00:00Z: that of the row where it is
    /// allowed; [`MISSING_MOMENT`] where there is none.
    pub next_allowed: Vec<i64>,
    /// How many contacts belong to customers that no row is about: they are not read.
    pub unmatched_contacts: usize,
    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub problems: Vec<Problem>,
}

impl Verdicts {
    pub(super) fn of_rows(policy: &ContactPolicy, rows: usize) -> Self {
        Self {
            policy: policy.clone(),
            status: vec![0; rows],
            reason: vec![0; rows],
            next_allowed: vec![0; rows],
            unmatched_contacts: 0,
            problems: Vec::new(),
        }
    }

    /// The policy that was asked.
    pub fn policy(&self) -> &ContactPolicy {
        &self.policy
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// How many rows have a status.
    pub fn count_of(&self, status: ContactStatus) -> usize {
        self.status.iter().map(|code| usize::from(*code == status.code())).sum()
    }

    /// How many rows each entry is the first to block, in the order of [`ContactPolicy::entries`].
    pub fn blocked_by(&self) -> Vec<usize> {
        tally(&self.reason, self.policy.entries().len())
    }
}
