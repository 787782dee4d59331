//! One object scored.

use crate::column::{Record, Scalar};
use crate::document::{Document, DocumentKind, decode_document};
use crate::error::{Error, Problem, Result, data, nearest};
use std::sync::Arc;

use super::compile::compile;
use super::document::FrameworkDocument;
use super::evaluate::{Gaps, Mixture, Row};
use super::leaf::{Leaf, ValueFault, number};
use super::model::{Fitted, FrameworkNode, Indicator, Missing, Model};
use super::scale::Scale;
use super::weights::Comparison;

/// A checked framework: indicators, baselines, weights, and the tree that makes one score of them. Cheap to clone.
///
/// ```
/// let framework = cpcfit::Framework::from_text(
///     "
/// cpcfit: 1
/// kind: framework
/// id: hotline
/// version: 1
/// root: hotline
/// indicators:
///   connect_rate: {unit: '%', direction: higher, weight: 3, normalise: {benchmarks: {floor: 70, baseline: 85, challenge: 95}}}
///   queue_time: {unit: s, direction: lower, normalise: {goalposts: {worst: 60, best: 10}}}
/// nodes:
///   hotline: {children: [connect_rate, queue_time]}
/// ",
/// )?;
/// let score = framework.score(&[("connect_rate", 85.0), ("queue_time", 35.0)].into())?;
/// assert_eq!(score.value(), Some(57.5)); // 0.75 * 60 + 0.25 * 50
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Framework(pub(super) Arc<Model>);

/// The score of one object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub(super) value: Option<f64>,
    pub(super) coverage: f64,
    pub(super) status: ScoreStatus,
}

impl Score {
    /// The score on the framework's scale; `None` where too much is missing.
    pub fn value(&self) -> Option<f64> {
        self.value
    }

    /// The share of the weights whose values were observed, from 0 to 1.
    pub fn coverage(&self) -> f64 {
        self.coverage
    }

    /// How the score came about.
    pub fn status(&self) -> ScoreStatus {
        self.status
    }
}

/// How a score came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScoreStatus {
    /// Every value was observed.
    Ok,
    /// A value stood in for a missing one.
    Imputed,
    /// An indicator dropped out, and others shared its weight.
    Partial,
    /// Too much was missing: there is no score.
    Missing,
    /// The row cannot be scored.
    Invalid,
}

impl ScoreStatus {
    /// All of them, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Ok, Self::Imputed, Self::Partial, Self::Missing, Self::Invalid];

    /// The code in columns.
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Imputed => 1,
            Self::Partial => 2,
            Self::Missing => 3,
            Self::Invalid => 4,
        }
    }

    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Imputed => "imputed",
            Self::Partial => "partial",
            Self::Missing => "missing",
            Self::Invalid => "invalid",
        }
    }
}

/// A record bound to a framework.
#[derive(Default)]
pub(super) struct BoundRecord {
    pub(super) weighting: usize,
    /// The values that are scored, before winsorising, by indicator.
    pub(super) values: Vec<Option<f64>>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) mixture: Mixture,
    pub(super) gaps: Gaps,
}

impl BoundRecord {
    pub(super) fn row<'r>(&'r self, model: &'r Model) -> Row<'r> {
        let gaps = (!self.mixture.is_full()).then_some(&self.gaps);
        Row { model, weighting: self.weighting, leaves: &self.leaves, gaps }
    }
}

impl Framework {
    /// Reads a framework from YAML or JSON.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_document(&Document::parse(text)?)
    }

    /// Reads a framework from a document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_document(document: &Document) -> Result<Self> {
        let model =
            decode_document(document, |read: FrameworkDocument, problems| compile(document, read, problems))?;
        Ok(Self(Arc::new(model)))
    }

    /// The id of the document.
    pub fn id(&self) -> &str {
        self.0.header.id.as_str()
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        self.0.header.version.as_str()
    }

    /// Names by language.
    pub fn name(&self) -> &crate::document::Names {
        &self.0.header.name
    }

    /// Where the framework comes from.
    pub fn source(&self) -> Option<&str> {
        self.0.source.as_deref()
    }

    /// The scale of all scores.
    pub fn scale(&self) -> Scale {
        self.0.scale
    }

    /// The indicators, in the order of the document.
    pub fn indicators(&self) -> &[Indicator] {
        &self.0.indicators
    }

    /// The nodes, in the order of the document.
    pub fn nodes(&self) -> &[FrameworkNode] {
        &self.0.nodes
    }

    /// The effective weight of each indicator: the product of the weights on its path from the root. They sum to 1; in a
    /// tree that does not only sum they say how much a weight says, not how much a score moves.
    pub fn effective_weights(&self) -> &[f64] {
        self.0.weightings.first().map_or(&[], |weighting| &weighting.effective)
    }

    /// The names of the columns that it reads.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let segments = self.0.segments.iter().map(|segments| &*segments.field);
        self.0.inputs.iter().chain(&self.0.groups).map(|name| &**name).chain(segments)
    }

    /// When and from how many rows it was fitted, if it was.
    pub fn fitted(&self) -> Option<Fitted> {
        self.0.fitted
    }

    /// Whether nothing is left to be taken from data.
    pub fn is_fitted(&self) -> bool {
        self.0.unfitted.is_empty()
    }

    /// What is doubtful but no error, such as inconsistent comparisons.
    pub fn warnings(&self) -> &[Problem] {
        &self.0.warnings
    }

    /// The comparisons in pairs (AHP) that weight nodes, each with the position of its node.
    pub fn comparisons(&self) -> &[(usize, Comparison)] {
        &self.0.comparisons
    }

    /// The document as JSON text: reading it again gives the same framework.
    pub fn to_json(&self) -> String {
        self.0.document.to_json()
    }

    /// What a framework document looks like.
    pub fn document_kind() -> DocumentKind {
        DocumentKind::of::<FrameworkDocument>()
    }

    pub(super) fn require_fitted(&self) -> Result<()> {
        if self.is_fitted() { Ok(()) } else { Err(self.0.document.refuse(self.0.unfitted.clone())) }
    }

    /// The score of one object. Values that no indicator reads are ignored.
    ///
    /// # Errors
    /// `scoring.not_fitted`; every value that cannot be scored.
    pub fn score(&self, record: &Record) -> Result<Score> {
        let bound = self.bind(record)?;
        let row = bound.row(&self.0);
        let value = row.score(self.0.root);
        Ok(Score { value, coverage: row.coverage(self.0.root), status: status(value, bound.mixture) })
    }

    pub(super) fn bind(&self, record: &Record) -> Result<BoundRecord> {
        self.require_fitted()?;
        let model = &*self.0;
        let inputs: Vec<std::result::Result<Option<f64>, ValueFault>> =
            model.inputs.iter().map(|name| record.get(name).map_or(Ok(None), number)).collect();
        let input = |index: usize| inputs.get(index).copied().unwrap_or(Ok(None));
        let group = |field: usize| model.groups.get(field).and_then(|name| text(record.get(name)));
        let mut bound = BoundRecord::default();
        let mut problems = Vec::new();
        let mut refuse = |indicator: &Indicator, fault: ValueFault| {
            let name = model.inputs.get(indicator.at_fault(fault, input)).map_or("", |name| name);
            problems.push(refused(indicator, fault, name, record));
        };
        bound.leaves.extend(model.indicators.iter().map(|indicator| {
            let value = indicator.value(input);
            bound.values.push(value.unwrap_or_default());
            value.and_then(|value| indicator.score(value, group)).unwrap_or_else(|fault| {
                refuse(indicator, fault);
                Leaf::NONE
            })
        }));
        let segment = model.segments.iter().map(|segments| &segments.field);
        problems.extend(model.groups.iter().chain(segment).filter_map(|name| not_text(name, record)));
        if !problems.is_empty() {
            return Err(Error::data(crate::column::distinct(problems)));
        }
        bound.weighting = model
            .segments
            .as_ref()
            .map_or(0, |segments| segments.weighting(text(record.get(&segments.field))));
        bound.mixture = Mixture::of(&bound.leaves);
        if !bound.mixture.is_full() {
            bound.gaps.find(model, bound.weighting, &bound.leaves);
            bound.mixture = bound.mixture.with(&bound.gaps);
        }
        Ok(bound)
    }
}

fn text(value: Option<&Scalar>) -> Option<&str> {
    match value {
        Some(Scalar::Text(text)) => Some(text),
        _ => None,
    }
}

/// The problem of a group or segment that a record lacks, or has as something else than a text. A misspelt name would change
/// weights in silence; null says that there is none.
fn not_text(name: &str, record: &Record) -> Option<Problem> {
    match record.get(name) {
        Some(Scalar::Text(_) | Scalar::Missing) => None,
        Some(other) => {
            let problem = Problem::new(data::WRONG_TYPE, name, "the value has the wrong type");
            Some(problem.with_found(other.to_string()).with_expected("a text"))
        }
        None => {
            let names = record.iter().map(|(name, _)| name);
            let problem = Problem::new(data::MISSING_COLUMN, name, "the record lacks a group or segment");
            Some(problem.with_expected("a text, or null for none").suggest(nearest(name, names)))
        }
    }
}

/// The problem of a value that cannot be scored.
fn refused(indicator: &Indicator, fault: ValueFault, name: &str, record: &Record) -> Problem {
    match record.get(name) {
        None if fault == ValueFault::Missing && indicator.missing == Missing::Error => {
            let names = record.iter().map(|(name, _)| name);
            Problem::new(data::MISSING_COLUMN, name, "the record lacks a value that is scored")
                .suggest(nearest(name, names))
        }
        found => fault.problem(name, indicator, found.unwrap_or(&Scalar::Missing)),
    }
}

pub(super) fn status(value: Option<f64>, mixture: Mixture) -> ScoreStatus {
    match value {
        None => ScoreStatus::Missing,
        Some(_) if mixture.skipped => ScoreStatus::Partial,
        Some(_) if mixture.imputed => ScoreStatus::Imputed,
        Some(_) => ScoreStatus::Ok,
    }
}

impl super::model::Segments {
    /// The weighting of a segment; 0 where it has none of its own.
    pub(super) fn weighting(&self, segment: Option<&str>) -> usize {
        let own = segment.and_then(|segment| self.names.binary_search_by(|name| (**name).cmp(segment)).ok());
        own.map_or(0, |index| index.saturating_add(1))
    }
}
