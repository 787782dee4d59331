//! The reference evaluator: one customer, one candidate, and the contacts there were.

use std::fmt;

use crate::column::{Record, Timestamp};
use crate::error::{Error, Problem, Result, contact as code, data, one_of};
use crate::expr::Value;

use super::candidate::{Candidate, Contact, no_moment};
use super::clock::Moment;
use super::finding::{ContactFinding, FindingStatus};
use super::judge::{Applied, Occasion, Past, next_allowed};
use super::policy::ContactPolicy;
use super::vocabulary::{NONE, Vocabulary, Word};

/// A contact after now.
pub(super) fn in_future(path: &str, at: String, now: &str) -> Problem {
    let problem = Problem::new(code::FUTURE_CONTACT, path, "the contact lies in the future");
    problem.with_found(at).with_expected(format!("a moment not after {now}"))
}

/// Whether a customer may be contacted, with what every entry says.
#[derive(Clone, Debug)]
pub struct Verdict<'p> {
    policy: &'p ContactPolicy,
    next_allowed: Option<Moment>,
    findings: Vec<ContactFinding<'p>>,
}

impl<'p> Verdict<'p> {
    /// Whether no entry blocks.
    pub fn allowed(&self) -> bool {
        self.first_reason().is_none()
    }

    /// The entries that block: do-not-disturb, quiet hours, limits, gaps, each in the order of the document.
    pub fn reasons(&self) -> impl Iterator<Item = &ContactFinding<'p>> {
        self.findings.iter().filter(|finding| finding.status() == FindingStatus::Blocks)
    }

    /// The first entry that blocks.
    pub fn first_reason(&self) -> Option<&ContactFinding<'p>> {
        self.reasons().next()
    }

    /// The earliest moment from now on at which no entry blocks, if there are no further contacts and the customer stays
    /// as it is: now, where the contact is allowed; `None` where there is no such moment within twelve years.
    pub fn next_allowed(&self) -> Option<Timestamp> {
        self.next_allowed.map(|moment| self.policy.0.offset.timestamp(moment))
    }

    /// What every entry says, also those that do not apply, in the order of [`ContactPolicy::entries`].
    pub fn findings(&self) -> &[ContactFinding<'p>] {
        &self.findings
    }
}

impl ContactPolicy {
    /// Whether a customer may be contacted. Contacts come in any order.
    ///
    /// # Errors
    /// Everything that is wrong with the customer, the candidate and the contacts: unknown names, missing kinds where
    /// the policy has kinds, contacts in the future.
    pub fn check(
        &self,
        customer: &Record,
        candidate: &Candidate,
        history: &[Contact],
    ) -> Result<Verdict<'_>> {
        let mut problems = Vec::new();
        let values = self.0.fields.bind_record(&self.0.used, customer).unwrap_or_else(|error| {
            problems.extend(error.problems().iter().cloned());
            Vec::new()
        });
        let occasion = self.occasion(candidate, &mut problems);
        let past = self.history(history, occasion.as_ref(), &mut problems);
        match occasion {
            Some(occasion) if problems.is_empty() => Ok(self.judge(&values, &occasion, &past)),
            _ => Err(Error::data(problems)),
        }
    }

    /// The same for records: [`Candidate::from_record`] and [`Contact::from_records`] say what they hold.
    ///
    /// # Errors
    /// As [`ContactPolicy::check`]; values that are missing or of another type.
    pub fn check_records(
        &self,
        customer: &Record,
        candidate: &Record,
        history: &[Record],
    ) -> Result<Verdict<'_>> {
        match (Candidate::from_record(candidate), Contact::from_records(history)) {
            (Ok(candidate), Ok(history)) => self.check(customer, &candidate, &history),
            (candidate, history) => {
                let of_customer = self.0.fields.bind_record(&self.0.used, customer).err();
                let errors = [of_customer, candidate.err(), history.err()];
                let problems = errors.iter().flatten().flat_map(|error| error.problems().iter().cloned());
                Err(Error::data(problems.collect()))
            }
        }
    }

    pub(super) fn occasion(&self, candidate: &Candidate, problems: &mut Vec<Problem>) -> Option<Occasion> {
        let channel = word(&self.0.channels, Some(&candidate.channel), "channel", problems);
        let kind = self.kind(candidate.kind.as_deref(), "kind", problems);
        let now = self.moment(candidate.now, "now", problems);
        Some(Occasion { channel: channel?, kind: kind?, now: now? })
    }

    fn history(
        &self,
        history: &[Contact],
        occasion: Option<&Occasion>,
        problems: &mut Vec<Problem>,
    ) -> Vec<Past> {
        let past = history.iter().enumerate().filter_map(|(index, contact)| {
            let path = |key: &str| format!("history/{index}/{key}");
            let at = self.moment(contact.at, &path("at"), problems);
            let channel = word(&self.0.channels, Some(&contact.channel), &path("channel"), problems);
            let kind = self.kind(contact.kind.as_deref(), &path("kind"), problems);
            let outcome = match &contact.outcome {
                Some(outcome) if !self.0.outcomes.is_empty() => {
                    word(&self.0.outcomes, Some(outcome), &path("outcome"), problems)
                }
                _ => Some(NONE),
            };
            let past = Past { at: at?, channel: channel?, kind: kind?, outcome: outcome? };
            if let Some(now) = occasion.map(|occasion| occasion.now).filter(|now| past.at > *now) {
                let shown = |moment| self.0.offset.shown(moment);
                problems.push(in_future(&path("at"), shown(past.at), &shown(now)));
            }
            Some(past)
        });
        past.collect()
    }

    /// The number of a kind; [`NONE`] where the policy has no kinds.
    fn kind(&self, kind: Option<&str>, path: &str, problems: &mut Vec<Problem>) -> Option<Word> {
        if self.0.kinds.is_empty() {
            return Some(NONE);
        }
        word(&self.0.kinds, kind, path, problems)
    }

    fn moment(&self, timestamp: Timestamp, path: &str, problems: &mut Vec<Problem>) -> Option<Moment> {
        let moment = self.0.offset.moment(timestamp);
        if moment.is_none() {
            problems.push(no_moment(path, &timestamp.micros().to_string()));
        }
        moment
    }

    fn judge(&self, values: &[Value<'_>], occasion: &Occasion, past: &[Past]) -> Verdict<'_> {
        let mut memory = Vec::new();
        let mut applied: Vec<Applied<'_>> = Vec::new();
        let mut findings = Vec::with_capacity(self.0.entries.len());
        for entry in &self.0.entries {
            let about = entry.is_about(values);
            if about && entry.concerns(occasion) {
                applied.push((entry, entry.until(occasion, past, &mut memory)));
            }
            findings.push(ContactFinding::new(&self.0, entry, about, occasion, past));
        }
        Verdict { policy: self, next_allowed: next_allowed(&applied, occasion.now), findings }
    }
}

/// The number of a name that must be there.
fn word(words: &Vocabulary, name: Option<&str>, path: &str, problems: &mut Vec<Problem>) -> Option<Word> {
    let Some(name) = name else {
        problems.push(lacks(words, path));
        return None;
    };
    let word = words.word(name.as_bytes());
    if word.is_none() {
        problems.push(words.stranger(path, name));
    }
    word
}

/// A name that must be there and is not.
pub(super) fn lacks(words: &Vocabulary, path: &str) -> Problem {
    let names = one_of(words.names.iter().map(|name| &**name));
    Problem::new(data::MISSING, path, format!("the {} is missing", words.sort)).with_expected(names)
}

/// A few lines for people: the verdict with its reasons, then every entry; `-` marks those that block.
impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.allowed() { "allowed" } else { "not allowed" })?;
        for (index, reason) in self.reasons().enumerate() {
            let entry = reason.entry();
            write!(f, "{} {} ({})", if index == 0 { ":" } else { "," }, entry.id(), entry.kind().id())?;
        }
        match self.next_allowed {
            Some(_) if self.allowed() => {}
            Some(moment) => write!(f, "; allowed from {}", self.policy.0.offset.shown(moment))?,
            None => f.write_str("; never allowed")?,
        }
        for finding in &self.findings {
            write!(f, "\n  {finding}")?;
        }
        Ok(())
    }
}
