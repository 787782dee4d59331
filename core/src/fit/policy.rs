//! The fit policy: bounds, rank, candidates.

use std::sync::Arc;

use crate::document::{
    Declare, Dict, Document, DocumentKind, Fields, Header, Kind, Node, Value, Word, WordOf, Words,
    decode_document,
};
use crate::error::{Error, Problem, Result};
use crate::expr::{FieldEntry, UnknownWord, Where};

use super::ratio::{RatioBounds, RatioEntry};

/// How the plans within the bounds rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rank {
    /// The lowest total; then the lower monthly fee; then the order of the catalogue.
    #[default]
    Cheapest,
    /// The operator's priority, 1 first; then as [`Rank::Cheapest`].
    Priority,
}

impl Words for Rank {
    const WORDS: &'static [Word] = &[
        Word { word: "cheapest", about: "lowest total; then lower monthly fee; then order of the catalogue" },
        Word { word: "priority", about: "the plan's priority, 1 first; then as cheapest" },
    ];
    const VALUES: &'static [Self] = &[Self::Cheapest, Self::Priority];
}

/// Whether the current plan may be the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CurrentPlan {
    /// It takes part; a customer whose current plan is best stays.
    #[default]
    Included,
    /// Only other plans are offered.
    Excluded,
}

impl Words for CurrentPlan {
    const WORDS: &'static [Word] = &[
        Word { word: "included", about: "the current plan takes part; where it is best, the customer stays" },
        Word { word: "excluded", about: "only other plans are offered" },
    ];
    const VALUES: &'static [Self] = &[Self::Included, Self::Excluded];
}

/// What an unknown outcome means for the customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Candidate {
    Out,
    In,
}

impl Words for Candidate {
    const WORDS: &'static [Word] = &[
        Word { word: "out", about: "the customer is no candidate" },
        Word { word: "in", about: "the customer is a candidate" },
    ];
    const VALUES: &'static [Self] = &[Self::Out, Self::In];
}

impl UnknownWord for Candidate {
    const NAME: &'static str = "Candidates";
    const ABOUT: &'static str = "The customers for whom a plan is looked for.";

    fn passes(self) -> bool {
        self == Self::In
    }
}

/// A policy as written.
pub(super) struct PolicyDocument {
    header: Option<Header>,
    // What could not be read was reported; the rest is checked all the same.
    total_fee_change: Option<RatioEntry>,
    monthly_fee_change: Option<RatioEntry>,
    rank: Option<WordOf<Rank>>,
    current_plan: Option<WordOf<CurrentPlan>>,
    fields: Dict<FieldEntry>,
    candidates: Option<Where<Candidate>>,
}

impl Kind for PolicyDocument {
    const KIND: &'static str = "fit-policy";
}

impl Declare for PolicyDocument {
    const NAME: &'static str = "FitPolicyDocument";
    const ABOUT: &'static str =
        "Which customers a plan is looked for, within which bounds, and which plan is best.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let header = Header::fields(fields, Self::KIND);
        let total = fields.optional("total_fee_change", "bounds of new total over present total");
        let monthly =
            fields.optional("monthly_fee_change", "bounds of new monthly fee over present monthly fee");
        let rank =
            fields.or("rank", "how the plans within the bounds rank", WordOf::of(Rank::Cheapest), "cheapest");
        let included = WordOf::of(CurrentPlan::Included);
        let current =
            fields.or("current_plan", "whether the current plan may be the answer", included, "included");
        let declared =
            fields.or("fields", "attributes that conditions may test, by id", Dict::default(), "none");
        let candidates =
            fields.optional("candidates", "the customers for whom a plan is looked for; otherwise all");
        Some(Self {
            header,
            total_fee_change: total.flatten(),
            monthly_fee_change: monthly.flatten(),
            rank,
            current_plan: current,
            fields: declared.unwrap_or_default(),
            candidates: candidates.flatten(),
        })
    }
}

/// A checked policy, not yet bound to a catalogue. Cheap to clone.
///
/// ```
/// let policy = cpcfit::FitPolicy::from_text(
///     "
/// cpcfit: 1
/// kind: fit-policy
/// id: spring
/// version: 1
/// total_fee_change: {min: 0.6, max: 1.5}
/// monthly_fee_change: {min: 1, max: 2}
/// ",
/// )?;
/// assert_eq!(policy.id(), "spring");
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FitPolicy(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) document: Document,
    pub(super) header: Header,
    pub(super) total_fee_change: RatioBounds,
    pub(super) monthly_fee_change: RatioBounds,
    pub(super) rank: Rank,
    pub(super) current_plan: CurrentPlan,
    pub(super) fields: Dict<FieldEntry>,
    pub(super) candidates: Option<Where<Candidate>>,
}

impl FitPolicy {
    /// Reads a policy from YAML or JSON.
    ///
    /// # Errors
    /// Every problem of the document; those of its conditions are found by [`PackageFit::new`](super::PackageFit::new).
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_document(&Document::parse(text)?)
    }

    /// Reads a policy from a document.
    ///
    /// # Errors
    /// As [`FitPolicy::from_text`].
    pub fn from_document(document: &Document) -> Result<Self> {
        let inner = decode_document(document, |read: PolicyDocument, problems| {
            let bounds = |entry: &Option<RatioEntry>, problems: &mut Vec<Problem>| {
                entry.as_ref().map(|entry| entry.check(problems)).unwrap_or_default()
            };
            Some(Inner {
                total_fee_change: bounds(&read.total_fee_change, problems),
                monthly_fee_change: bounds(&read.monthly_fee_change, problems),
                header: read.header?,
                rank: read.rank?.0,
                current_plan: read.current_plan?.0,
                fields: read.fields,
                candidates: read.candidates,
                document: document.clone(),
            })
        })?;
        Ok(Self(Arc::new(inner)))
    }

    /// This policy with some top-level keys replaced, as the arguments of a call do; without a policy, the one that
    /// bounds nothing and ranks by `cheapest`.
    ///
    /// # Errors
    /// As [`FitPolicy::from_text`].
    pub fn with_overrides(policy: Option<&Self>, overrides: Vec<(String, Node)>) -> Result<Self> {
        if let (Some(policy), true) = (policy, overrides.is_empty()) {
            return Ok(policy.clone());
        }
        let mut entries = match policy.map(|policy| &policy.0.document.root().value) {
            Some(Value::Map(entries)) => {
                entries.iter().map(|entry| (entry.key.clone(), entry.node.clone())).collect()
            }
            _ => vec![
                ("cpcfit".into(), Node::integer(1)),
                ("kind".into(), Node::text(PolicyDocument::KIND)),
                ("id".into(), Node::text("call")),
                ("version".into(), Node::text("1")),
            ],
        };
        for (key, node) in overrides {
            entries.retain(|(known, _)| **known != *key);
            entries.push((key.into(), node));
        }
        Self::from_document(&Document::from_node(Node::map(entries))?)
    }

    /// The id of the document.
    pub fn id(&self) -> &str {
        self.0.header.id.as_str()
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        self.0.header.version.as_str()
    }

    /// Bounds of new total over present total.
    pub fn total_fee_change(&self) -> RatioBounds {
        self.0.total_fee_change
    }

    /// Bounds of new monthly fee over present monthly fee.
    pub fn monthly_fee_change(&self) -> RatioBounds {
        self.0.monthly_fee_change
    }

    /// How plans rank.
    pub fn rank(&self) -> Rank {
        self.0.rank
    }

    /// Whether the current plan may be the answer.
    pub fn current_plan(&self) -> CurrentPlan {
        self.0.current_plan
    }

    /// The document as JSON text: reading it again gives the same policy.
    pub fn to_json(&self) -> String {
        self.0.document.to_json()
    }

    /// What a policy document looks like.
    pub fn document_kind() -> DocumentKind {
        DocumentKind::of::<PolicyDocument>()
    }

    pub(super) fn refuse(&self, problems: Vec<Problem>) -> Error {
        self.0.document.refuse(problems)
    }
}
