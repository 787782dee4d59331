//! Which way an indicator is better.

use crate::document::{Word, Words};

/// Which values of an indicator are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Nearer to a value, or within a band, is better.
    Target,
}

impl Direction {
    /// The word in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::Target => "target",
        }
    }

    /// The sign in tables: `+`, `-` or `=`.
    pub fn sign(self) -> char {
        match self {
            Self::Higher => '+',
            Self::Lower => '-',
            Self::Target => '=',
        }
    }
}

impl Words for Direction {
    const WORDS: &'static [Word] = &[
        Word { word: "higher", about: "more is better" },
        Word { word: "lower", about: "less is better" },
        Word { word: "target", about: "nearer to a value, or within a band, is better" },
    ];
    const VALUES: &'static [Self] = &[Self::Higher, Self::Lower, Self::Target];
}
