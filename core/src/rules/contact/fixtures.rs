//! Small policies for the tests of this module.

use super::{Candidate, Contact, ContactPolicy, Verdict};
use crate::column::{Record, Timestamp};

/// The beginning of every document.
pub(super) const HEADER: &str = "cpcfit: 1, kind: contact-policy, id: test, version: 1, offset: '+08:00', \
     channels: [outbound, sms, popup], kinds: [marketing, service], outcomes: [accepted, refused, complained], ";

/// The policy of the rest of a document.
pub(super) fn policy(rest: &str) -> ContactPolicy {
    let text = format!("{{{HEADER}{rest}}}");
    ContactPolicy::from_text(&text).unwrap_or_else(|error| panic!("{text}: {error:#}"))
}

/// The problems of the rest of a document, one a line.
pub(super) fn problems(rest: &str) -> String {
    let error = ContactPolicy::from_text(&format!("{{{HEADER}{rest}}}")).expect_err("the document is wrong");
    let lines: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A moment by the clock of the fixtures.
pub(super) fn at(text: &str) -> Timestamp {
    let text = text.replace(' ', "T");
    let seconds = if text.len() == 16 { ":00" } else { "" };
    format!("{text}{seconds}+08:00").parse().unwrap_or_else(|error| panic!("{error}"))
}

/// A contact written as `2012-03-20 10:00 sms marketing refused`.
pub(super) fn contact(text: &str) -> Contact {
    let words: Vec<&str> = text.split(' ').collect();
    let contact = Contact::new(at(&words[..2].join(" ")), words[2]).of_kind(words[3]);
    words.get(4).map_or(contact.clone(), |outcome| contact.with_outcome(*outcome))
}

/// The verdict on a candidate written as contacts are, of a customer without fields.
pub(super) fn check<'p>(policy: &'p ContactPolicy, candidate: &str, history: &[&str]) -> Verdict<'p> {
    let words: Vec<&str> = candidate.split(' ').collect();
    let candidate = Candidate::new(words[2], at(&words[..2].join(" "))).of_kind(words[3]);
    let history: Vec<Contact> = history.iter().map(|text| contact(text)).collect();
    policy.check(&Record::new(), &candidate, &history).unwrap()
}

/// The verdict as one line: what blocks, and the moment from which on the contact is allowed, by the clock of the fixtures.
pub(super) fn line(verdict: &Verdict<'_>) -> String {
    let reasons: Vec<&str> = verdict.reasons().map(|reason| reason.entry().id()).collect();
    let next = verdict.next_allowed().map_or("never".to_owned(), |moment| {
        let local = Timestamp::from_micros(moment.micros() + 8 * 3_600_000_000).to_string();
        let minutes = local.trim_end_matches('Z');
        minutes.strip_suffix(":00").unwrap_or(minutes).replace('T', " ")
    });
    if reasons.is_empty() { format!("allowed {next}") } else { format!("{} until {next}", reasons.join(" ")) }
}
