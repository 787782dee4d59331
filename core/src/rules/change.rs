//! The smallest change for which a rule would match.

use std::fmt;

use crate::column::{Record, Scalar};
use crate::error::Result;
use crate::expr::{Change, Nearest, Steps, Value};

use super::set::{Rule, RuleSet};

/// Steps for all rules together, and for one of few or of many; 10,000 steps take about a millisecond.
const BUDGET: u64 = 1_000_000;
const MOST: u64 = 50_000;
const LEAST: u64 = 500;

/// What is known of the smallest change for which a rule would match a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeStatus {
    /// With the values the rule matches.
    Certain,
    /// Comparisons of something computed have to hold too, for which no values are told.
    Possible,
    /// The condition contradicts itself.
    Never,
    /// The condition is too large to tell.
    Unknown,
}

impl ChangeStatus {
    /// The word for the status, the same in every language.
    pub fn id(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
            Self::Never => "never",
            Self::Unknown => "unknown",
        }
    }
}

/// The smallest change for which a rule would match: the fewest fields, each with the nearest value. A comparison of something
/// computed counts as one change, and as independent of all else; without any there is no smaller change.
///
/// Of changes of as few fields it is the one with the fewest comparisons of something computed; then the nearest, counted
/// in the thresholds of the condition that lie between; then that of the fields that the condition tests first.
#[derive(Clone, Debug)]
pub struct SmallestChange {
    status: ChangeStatus,
    changes: Vec<FieldChange>,
}

/// A field that has to change, or a comparison of something computed that has to hold.
#[derive(Clone, Debug)]
pub struct FieldChange(Change);

impl SmallestChange {
    /// What is known of it.
    pub fn status(&self) -> ChangeStatus {
        self.status
    }

    /// What has to change, in the order in which the condition tests it first; nothing where that is not known.
    pub fn changes(&self) -> &[FieldChange] {
        &self.changes
    }

    fn of(nearest: Nearest) -> Self {
        let (status, changes) = match nearest {
            Nearest::Found(changes) if changes.iter().any(|change| change.value.is_none()) => {
                (ChangeStatus::Possible, changes)
            }
            Nearest::Found(changes) => (ChangeStatus::Certain, changes),
            Nearest::Never => (ChangeStatus::Never, Vec::new()),
            Nearest::Unknown => (ChangeStatus::Unknown, Vec::new()),
        };
        Self { status, changes: changes.into_iter().map(FieldChange).collect() }
    }
}

impl FieldChange {
    /// The field; of something computed the whole comparison as text.
    pub fn tested(&self) -> &str {
        &self.0.tested
    }

    /// What is expected, such as `> 300`, amounts in major units, or `missing`; of a whole comparison that it is `true`.
    pub fn expected(&self) -> &str {
        &self.0.expected
    }

    /// The value that the record has, texts in quotes; `None` where it is missing. Of a comparison its outcome.
    pub fn actual(&self) -> Option<&str> {
        self.0.actual.as_deref()
    }

    /// The value nearest to the one that the record has, of those that are expected: a threshold where it is in, else the
    /// next number beyond; of texts the first that the field lists, or else the first of all. `None` for a comparison.
    pub fn value(&self) -> Option<&Scalar> {
        self.0.value.as_ref().map(|(value, _)| value)
    }
}

impl RuleSet {
    /// The smallest change of a record for which a rule would match; `None` where it matches as it is.
    ///
    /// ```
    /// # let text = "{cpcfit: 1, kind: rules, id: segments, version: 1, hit: first, fields: {arpu: {type: integer}}, rules: [
    /// #     {id: key_account, when: arpu > 300}]}";
    /// # use cpcfit::{Record, RuleSet};
    /// let rules = RuleSet::from_text(text)?;
    /// let change = rules.smallest_change(&rules.rules()[0], &Record::from([("arpu", 250)]))?;
    /// assert_eq!(change.map(|it| it.to_string()).as_deref(), Some("would match with arpu > 300 (now 250): 301"));
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RuleSet::decide`].
    pub fn smallest_change(&self, rule: &Rule, record: &Record) -> Result<Option<SmallestChange>> {
        self.require_date()?;
        let values = self.0.fields.bind_record(&self.0.plan.used, record)?;
        Ok(self.change_of(rule, &values))
    }

    pub(super) fn change_of(&self, rule: &Rule, values: &[Value<'_>]) -> Option<SmallestChange> {
        let condition = rule.condition.as_ref().filter(|_| !rule.matches(values))?;
        let rules = u64::try_from(self.rules().len()).unwrap_or(u64::MAX);
        let share = BUDGET.checked_div(rules).unwrap_or(0).clamp(LEAST, MOST);
        let nearest = condition.nearest(values, &self.0.fields, rule.unknown, &mut Steps(share));
        Some(SmallestChange::of(nearest))
    }
}

/// What is expected, the value that there is, and the one that would do: `arpu > 300 (now 250): 301`.
impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((_, value)) = &self.0.value else {
            return write!(f, "{} (now {})", self.tested(), self.actual().unwrap_or("unknown"));
        };
        write!(f, "{} {} (now {})", self.tested(), self.expected(), self.actual().unwrap_or("missing"))?;
        let is_told = self.expected().strip_prefix("= ").unwrap_or(self.expected()) == value;
        if is_told { Ok(()) } else { write!(f, ": {value}") }
    }
}

/// A line for people: `would match with arpu > 300 (now 250): 301`.
impl fmt::Display for SmallestChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            ChangeStatus::Never => return f.write_str("can never match"),
            ChangeStatus::Unknown => return f.write_str("too large to tell what would make it match"),
            ChangeStatus::Certain | ChangeStatus::Possible => f.write_str("would match with ")?,
        }
        for (index, change) in self.changes.iter().enumerate() {
            write!(f, "{}{change}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
