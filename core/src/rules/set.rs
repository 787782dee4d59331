//! Rule sets and their rules as compiled.

use std::sync::Arc;

use crate::column::{Date, Scalar};
use crate::document::{Calendar, Document, DocumentKind, Id, Names, Period, Version, decode_document};
use crate::error::{Error, Problem, Result, rules as code};
use crate::expr::{Condition, FieldSet};
use crate::money::Currency;

use super::compile::compile;
use super::document::RulesDocument;
use super::hit::{Collect, Hit};
use super::output::{Output, OutputValue};
use super::plan::Plan;
use super::testing::Test;

/// Rules, checked and compiled. Immutable, cheap to clone, shared between threads.
///
/// ```
/// use cpcfit::{Record, RuleSet};
/// let rules = RuleSet::from_text(
///     "
/// cpcfit: 1
/// kind: rules
/// id: segments
/// version: 1
/// fields: {arpu: {type: number}}
/// outputs: {reply_hours: {type: number, default: 48}}
/// hit: first
/// rules:
///   - {id: key_account, when: {field: arpu, gt: 300}, then: {reply_hours: 24}}
///   - {id: other}
/// ",
/// )?;
/// let decision = rules.decide(&Record::from([("arpu", 320)]))?;
/// assert_eq!(decision.rule().map(|rule| rule.id()), Some("key_account"));
/// assert_eq!(decision.output("reply_hours").map(ToString::to_string).as_deref(), Some("24.0"));
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RuleSet(pub(super) Arc<Inner>);

#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) json: Arc<str>,
    pub(super) id: Id,
    pub(super) version: Version,
    pub(super) names: Names,
    pub(super) currency: Currency,
    pub(super) fields: Arc<FieldSet>,
    pub(super) outputs: Vec<Output>,
    /// By output.
    pub(super) defaults: Vec<Scalar>,
    pub(super) hit: Hit,
    pub(super) collect: Collect,
    /// Those of the document; `rules` are in effect.
    pub(super) all_rules: Arc<[Rule]>,
    pub(super) rules: Arc<[Rule]>,
    pub(super) plan: Plan,
    pub(super) tests: Arc<[Test]>,
    pub(super) date: Option<Date>,
}

/// A rule as compiled.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) id: Box<str>,
    pub(super) names: Names,
    pub(super) note: Option<Box<str>>,
    pub(super) priority: Option<u32>,
    pub(super) period: Option<Period>,
    pub(super) calendar: Option<Calendar>,
    /// `None` for always.
    pub(super) condition: Option<Condition>,
    /// Whether the rule matches where its condition is unknown.
    pub(super) unknown: bool,
    /// By output, defaults filled in.
    pub(super) values: Box<[OutputValue]>,
    /// By output, whether the rule says nothing of it.
    pub(super) left_out: Box<[bool]>,
    /// The same for callers.
    pub(super) scalars: Box<[Scalar]>,
}

impl Rule {
    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The note of the rule's owner.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The rank for hit policies by priority; 1 is first.
    pub fn priority(&self) -> Option<u32> {
        self.priority
    }

    /// When the rule is in effect; `None` for always.
    pub fn period(&self) -> Option<Period> {
        self.period
    }

    /// The days that return on which the rule is in effect; `None` for all.
    pub fn calendar(&self) -> Option<&Calendar> {
        self.calendar.as_ref()
    }

    pub(super) fn is_in_effect(&self, date: Date) -> bool {
        self.period.unwrap_or(Period::ALWAYS).contains(date)
            && self.calendar.as_ref().is_none_or(|calendar| calendar.contains(date))
    }

    /// Whether the day decides if the rule is in effect.
    pub(super) fn is_dated(&self) -> bool {
        self.period.is_some() || self.calendar.is_some()
    }
}

impl RuleSet {
    /// Reads rules from YAML or JSON.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_document(&Document::parse(text)?)
    }

    /// Reads rules from a document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_document(document: &Document) -> Result<Self> {
        if let Some(rules) = Self::of_own_table(document) {
            return rules;
        }
        let compiled = decode_document(document, |read: RulesDocument, problems| {
            compile(read, document.to_json().into(), problems)
        })?;
        Ok(Self(Arc::new(compiled)))
    }

    /// The rules on a day: only those in effect, whatever date was chosen before.
    ///
    /// # Errors
    /// `rules.none_in_effect`.
    pub fn at(&self, date: Date) -> Result<Self> {
        let mut inner = Inner::clone(&self.0);
        inner.rules = inner.all_rules.iter().filter(|rule| rule.is_in_effect(date)).cloned().collect();
        inner.date = Some(date);
        if inner.rules.is_empty() {
            let problem = Problem::new(code::NONE_IN_EFFECT, "date", "no rule is in effect on the date");
            return Err(Error::data(vec![problem.with_found(date.to_string())]));
        }
        inner.plan = Plan::new(inner.hit, &inner.fields, &inner.outputs, &inner.rules);
        Ok(Self(Arc::new(inner)))
    }

    /// The id of the document.
    pub fn id(&self) -> &str {
        self.0.id.as_str()
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        self.0.version.as_str()
    }

    /// The names of the rule set.
    pub fn names(&self) -> &Names {
        &self.0.names
    }

    /// The currency of fields and outputs of type money.
    pub fn currency(&self) -> &Currency {
        &self.0.currency
    }

    /// The fields that conditions may test.
    pub fn fields(&self) -> &FieldSet {
        &self.0.fields
    }

    /// The names of the fields that some condition in effect tests: the columns that are read.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        let used = |(slot, _): &(usize, _)| self.0.plan.used.contains(*slot);
        self.0.fields.iter().enumerate().filter(used).map(|(_, field)| field.id())
    }

    /// The outputs, in the order of the document.
    pub fn outputs(&self) -> &[Output] {
        &self.0.outputs
    }

    /// The rules in effect, in the order of the document.
    pub fn rules(&self) -> &[Rule] {
        &self.0.rules
    }

    /// The hit policy.
    pub fn hit(&self) -> Hit {
        self.0.hit
    }

    /// With [`Hit::Collect`], how outputs are put together.
    pub fn collect(&self) -> Option<Collect> {
        (self.0.hit == Hit::Collect).then_some(self.0.collect)
    }

    /// The date chosen by [`RuleSet::at`].
    pub fn date(&self) -> Option<Date> {
        self.0.date
    }

    /// What a rule gives, output by output, defaults filled in.
    pub fn outputs_of<'r>(&'r self, rule: &'r Rule) -> impl Iterator<Item = (&'r Output, &'r Scalar)> {
        self.outputs().iter().zip(&rule.scalars)
    }

    /// The document as JSON text: reading it again, and choosing the same [date](Self::date), gives the same rules.
    pub fn to_json(&self) -> &str {
        &self.0.json
    }

    /// What a rules document looks like.
    pub fn document_kind() -> DocumentKind {
        DocumentKind::of::<RulesDocument>()
    }

    pub(super) fn output_position(&self, id: &str) -> Option<usize> {
        self.outputs().iter().position(|output| output.id() == id)
    }

    /// Rules with dates decide nothing before a date is chosen.
    pub(super) fn require_date(&self) -> Result<()> {
        if self.date().is_some() || !self.0.plan.dated {
            return Ok(());
        }
        let problem = Problem::new(code::DATE_REQUIRED, "", "some rules have dates, and no date was chosen");
        Err(Error::data(vec![problem.with_expected("a call of `at` with a date first")]))
    }
}
