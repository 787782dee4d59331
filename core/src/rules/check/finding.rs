//! What analysis finds.

use std::fmt;

use crate::column::Scalar;
use crate::document::{Word, Words};

/// What analysis found of a rule set.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    pub(super) title: String,
    pub(super) rules: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) incomplete: Vec<String>,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub(super) kind: FindingKind,
    pub(super) rules: Vec<usize>,
    pub(super) message: String,
    pub(super) when: Option<String>,
    pub(super) certain: bool,
    pub(super) example: Option<Vec<(Box<str>, Scalar)>>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// No record satisfies the condition of a rule.
    NeverMatches,
    /// A rule that matches every record stands before others.
    CatchAll,
    /// Rules match the same records.
    Duplicate,
    /// Every record that a rule matches is decided by rules before it.
    Masked,
    /// Two rules match one record, and the hit policy is `unique`.
    Overlap,
    /// Two rules with different outputs match one record, and the hit policy is `any`.
    Conflict,
    /// No rule matches.
    Gap,
}

impl Words for FindingKind {
    const WORDS: &'static [Word] = &[
        Word { word: "never_matches", about: "no record satisfies the condition" },
        Word { word: "catch_all", about: "a rule that matches every record stands before others" },
        Word { word: "duplicate", about: "rules match the same records" },
        Word { word: "masked", about: "every record that the rule matches is decided by rules before it" },
        Word { word: "overlap", about: "two rules match one record, and the hit policy is `unique`" },
        Word {
            word: "conflict",
            about: "two rules with different outputs match one record, and the hit policy is `any`",
        },
        Word { word: "gap", about: "no rule matches" },
    ];
    const VALUES: &'static [Self] = &[
        Self::NeverMatches,
        Self::CatchAll,
        Self::Duplicate,
        Self::Masked,
        Self::Overlap,
        Self::Conflict,
        Self::Gap,
    ];
}

impl FindingKind {
    /// The word for the kind, the same in every language.
    pub fn id(self) -> &'static str {
        self.declared().word
    }

    /// What it means, in one sentence.
    pub fn about(self) -> &'static str {
        self.declared().about
    }
}

impl Check {
    /// What was found, by kind in the order of [`FindingKind`], then in the order of the document.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether nothing was found and nothing was left out.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.incomplete.is_empty()
    }

    /// Whether everything was looked at: what was not found is not there.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// What was left out, and why; empty where all was looked at.
    pub fn incomplete(&self) -> &[String] {
        &self.incomplete
    }
}

impl Finding {
    /// What is wrong.
    pub fn kind(&self) -> FindingKind {
        self.kind
    }

    /// The positions of the rules among [`RuleSet::rules`](crate::RuleSet::rules), the one to blame first; without any
    /// for gaps.
    pub fn rules(&self) -> &[usize] {
        &self.rules
    }

    /// What was found, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The records concerned, as a condition; `None` where it is about rules and not about records.
    pub fn when(&self) -> Option<&str> {
        self.when.as_deref()
    }

    /// Whether there is such a record. It may be that there is none where conditions compute something or compare fields
    /// with each other, which analysis takes for independent.
    pub fn is_certain(&self) -> bool {
        self.certain
    }

    /// Such a record, with every field that conditions test; `None` where that is not certain.
    pub fn example(&self) -> Option<&[(Box<str>, Scalar)]> {
        self.example.as_deref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.id(), self.message)?;
        let values = self.example.iter().flatten();
        let values: Vec<String> = values.map(|(field, value)| format!("{field} = {value}")).collect();
        if values.is_empty() { Ok(()) } else { write!(f, "\n    such as {}", values.join(", ")) }
    }
}

/// A line for the whole, then one for everything found, with an example below.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = match self.findings.len() {
            0 => "nothing found".to_owned(),
            1 => "1 finding".to_owned(),
            several => format!("{several} findings"),
        };
        let rules = if self.rules == 1 { "rule" } else { "rules" };
        write!(f, "{}: {} {rules}, {found}", self.title, self.rules)?;
        for finding in &self.findings {
            write!(f, "\n  {finding}")?;
        }
        for what in &self.incomplete {
            write!(f, "\n  incomplete: {what}")?;
        }
        Ok(())
    }
}
