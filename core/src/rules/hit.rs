//! Hit policies: what it means when several rules match.

use crate::document::{Word, Words};

/// What several matching rules mean (DMN 1.5, section 8.2.10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Hit {
    /// At most one rule may match.
    Unique,
    /// Several may match if their outputs are the same.
    Any,
    /// The first in the order of the document decides.
    First,
    /// The first by priority decides.
    Priority,
    /// All, in the order of the document.
    RuleOrder,
    /// All, by priority.
    OutputOrder,
    /// All, put together as [`Collect`] says.
    Collect,
}

impl Words for Hit {
    const WORDS: &'static [Word] = &[
        Word { word: "unique", about: "at most one rule may match" },
        Word { word: "any", about: "several rules may match if their outputs are the same" },
        Word { word: "first", about: "the first rule that matches decides" },
        Word { word: "priority", about: "the rule that is first by priority decides" },
        Word { word: "rule_order", about: "all rules that match, in their order" },
        Word { word: "output_order", about: "all rules that match, by priority" },
        Word { word: "collect", about: "all rules that match, put together as `collect` says" },
    ];
    const VALUES: &'static [Self] = &[
        Self::Unique,
        Self::Any,
        Self::First,
        Self::Priority,
        Self::RuleOrder,
        Self::OutputOrder,
        Self::Collect,
    ];
}

impl Hit {
    /// The word in documents.
    pub fn id(self) -> &'static str {
        self.declared().word
    }

    /// Whether one rule decides.
    pub fn is_single(self) -> bool {
        matches!(self, Self::Unique | Self::Any | Self::First | Self::Priority)
    }

    /// Whether rules after the first that matches are not tried.
    pub(super) fn stops(self) -> bool {
        matches!(self, Self::First | Self::Priority)
    }

    /// Whether rules are tried by priority.
    pub(super) fn by_priority(self) -> bool {
        matches!(self, Self::Priority | Self::OutputOrder)
    }
}

/// How the outputs of all rules that match are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Collect {
    /// They stay a list, in the order of the document.
    #[default]
    List,
    /// Their sum.
    Sum,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// How many rules give a value.
    Count,
    /// The value of the first rule that gives one: the best row, where the best stand first.
    First,
    /// True where every rule says so: one "no" wins.
    All,
    /// True where some rule says so.
    Any,
}

impl Words for Collect {
    const WORDS: &'static [Word] = &[
        Word { word: "list", about: "the outputs of every rule that matches" },
        Word { word: "sum", about: "the sum of each output" },
        Word { word: "min", about: "the least of each output" },
        Word { word: "max", about: "the greatest of each output" },
        Word { word: "count", about: "how many rules give a value to each output" },
        Word { word: "first", about: "the value of the first rule that gives one" },
        Word { word: "all", about: "of booleans: true where every rule says so, so that one no wins" },
        Word { word: "any", about: "of booleans: true where some rule says so" },
    ];
    const VALUES: &'static [Self] =
        &[Self::List, Self::Sum, Self::Min, Self::Max, Self::Count, Self::First, Self::All, Self::Any];
}

impl Collect {
    /// The word in documents.
    pub fn id(self) -> &'static str {
        self.declared().word
    }

    /// Whether only numbers and money can be put together so.
    pub(super) fn is_of_numbers(self) -> bool {
        matches!(self, Self::Sum | Self::Min | Self::Max)
    }

    /// Whether only booleans can be put together so.
    pub(super) fn is_of_booleans(self) -> bool {
        matches!(self, Self::All | Self::Any)
    }
}
