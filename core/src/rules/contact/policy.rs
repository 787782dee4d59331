//! The compiled policy.

use std::sync::Arc;

use crate::document::{Document, DocumentKind, Id, Names, Version, decode_document};
use crate::error::Result;
use crate::expr::{Field, FieldSet, NodeId, Shared, Slots};

use super::clock::Offset;
use super::compile::{compile, shown_offset};
use super::document::PolicyDocument;
use super::entry::Entry;
use super::vocabulary::Vocabulary;

/// When customers may be contacted, checked and compiled. Immutable, cheap to clone, shared between threads.
///
/// ```
/// use cpcfit::rules::{Candidate, Contact, ContactPolicy};
/// use cpcfit::Record;
/// let policy = ContactPolicy::from_text(
///     "
/// cpcfit: 1
/// kind: contact-policy
/// id: contacts
/// version: 1
/// offset: \"+08:00\"
/// channels: [outbound, sms]
/// quiet_hours:
///   - {id: night, channels: outbound, from: \"21:00\", to: \"08:00\"}
/// limits:
///   - {id: weekly, at_most: 2, within: 7d}
/// ",
/// )?;
/// let history = [
///     Contact::new("2012-03-18T10:00:00+08:00".parse()?, "sms"),
///     Contact::new("2012-03-19T10:00:00+08:00".parse()?, "outbound"),
/// ];
/// let candidate = Candidate::new("outbound", "2012-03-20T10:00:00+08:00".parse()?);
/// let verdict = policy.check(&Record::new(), &candidate, &history)?;
/// assert!(!verdict.allowed());
/// assert_eq!(verdict.first_reason().map(|reason| reason.entry().id()), Some("weekly"));
/// assert_eq!(verdict.next_allowed(), Some("2012-03-25T10:00:00+08:00".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ContactPolicy(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) json: Arc<str>,
    pub(super) id: Id,
    pub(super) version: Version,
    pub(super) names: Names,
    pub(super) offset: Offset,
    pub(super) channels: Vocabulary,
    pub(super) kinds: Vocabulary,
    pub(super) outcomes: Vocabulary,
    pub(super) fields: FieldSet,
    /// In the order in which they are named as reasons.
    pub(super) entries: Vec<Entry>,
    /// The fields that some condition tests.
    pub(super) used: Slots,
    /// The conditions, and by entry the node of its own.
    pub(super) shared: Shared,
    pub(super) nodes: Vec<Option<NodeId>>,
}

impl ContactPolicy {
    /// Reads a policy from YAML or JSON.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_document(&Document::parse(text)?)
    }

    /// Reads a policy from a document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_document(document: &Document) -> Result<Self> {
        let compiled = decode_document(document, |read: PolicyDocument, problems| {
            compile(read, document.to_json().into(), problems)
        })?;
        Ok(Self(Arc::new(compiled)))
    }

    /// The id of the document.
    pub fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        self.0.version.as_str()
    }

    /// The names of the policy.
    pub fn names(&self) -> &Names {
        &self.0.names
    }

    /// Minutes that the policy's clock is ahead of UTC.
    pub fn offset_minutes(&self) -> i32 {
        self.0.offset.0
    }

    /// The offset from UTC as documents write it, such as `+08:00`.
    pub fn offset(&self) -> String {
        shown_offset(self.0.offset)
    }

    /// The channels.
    pub fn channels(&self) -> impl Iterator<Item = &str> {
        self.0.channels.names.iter().map(|name| &**name)
    }

    /// The kinds of contact; without any, kinds are not read.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.kinds.names.iter().map(|name| &**name)
    }

    /// The outcomes; without any, outcomes are not read.
    pub fn outcomes(&self) -> impl Iterator<Item = &str> {
        self.0.outcomes.names.iter().map(|name| &**name)
    }

    /// The fields that conditions may test.
    pub fn fields(&self) -> &FieldSet {
        &self.0.fields
    }

    /// The names of the fields that some condition tests: what is read of a customer.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let used = |(slot, _): &(usize, &Field)| self.0.used.contains(*slot);
        self.0.fields.iter().enumerate().filter(used).map(|(_, field)| field.id())
    }

    /// The entries in the order in which they are named as reasons: do-not-disturb, quiet hours, limits, gaps, each in
    /// the order of the document.
    pub fn entries(&self) -> &[Entry] {
        &self.0.entries
    }

    /// The document as JSON text.
    pub fn to_json(&self) -> &str {
        &self.0.json
    }

    /// What a contact policy looks like.
    pub fn document_kind() -> DocumentKind {
        DocumentKind::of::<PolicyDocument>()
    }
}
