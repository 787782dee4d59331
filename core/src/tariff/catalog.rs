//! The compiled catalogue.

use std::sync::Arc;

use crate::column::Date;
use crate::document::{Document, DocumentKind, Id, Names, Period, Version, decode_document};
use crate::error::{Error, Problem, Result, nearest, tariff as code};
use crate::expr::FieldSet;
use crate::money::Currency;

use super::compile::compile;
use super::document::CatalogDocument;
use super::lanes::PlanLanes;
use super::meter::{GivenCharge, Meter};
use super::plan::Plan;
use super::rounding::Rounding;

/// The plans of an operator, checked and compiled. Immutable, cheap to clone, shared between threads.
///
/// ```
/// use cpcfit::{Catalog, Usage};
/// let catalog = Catalog::from_text(
///     "
/// cpcfit: 1
/// kind: catalogue
/// id: example
/// version: 1
/// currency: {code: CNY, exponent: 2}
/// rounding: {stage: line, mode: half_up, step: 0.01}
/// meters:
///   voice: {unit: min, base: s, units: {min: 60}}
/// plans:
///   - id: fx38
///     fee: 38
///     charges: {voice: {allowance: 50, overage: 0.25}}
/// ",
/// )?;
/// let bill = catalog.bill("fx38", &Usage::from([("voice", 60.5)]))?;
/// assert_eq!(catalog.currency().format(bill.total()), "40.63");
/// # Ok::<(), cpcfit::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalog(pub(super) Arc<Inner>);

#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) json: Arc<str>,
    pub(super) id: Id,
    pub(super) version: Version,
    pub(super) names: Names,
    pub(super) currency: Currency,
    pub(super) rounding: Rounding,
    pub(super) meters: Vec<Meter>,
    pub(super) given: Vec<GivenCharge>,
    pub(super) fields: FieldSet,
    /// Every plan of the document, whatever date is chosen.
    pub(super) all_plans: Arc<[Plan]>,
    /// Those in effect on the date; without a date, all.
    pub(super) plans: Vec<Plan>,
    pub(super) lanes: Vec<PlanLanes>,
    pub(super) date: Option<Date>,
}

impl Catalog {
    /// Reads a catalogue from YAML or JSON.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_text(text: &str) -> Result<Self> {
        Self::from_document(&Document::parse(text)?)
    }

    /// Reads a catalogue from a document.
    ///
    /// # Errors
    /// Every problem of the document.
    pub fn from_document(document: &Document) -> Result<Self> {
        let compiled = decode_document(document, |read: CatalogDocument, problems| {
            compile(read, document.to_json().into(), problems)
        })?;
        Ok(Self(Arc::new(compiled)))
    }

    /// The catalogue on a day: only the plans in effect, whatever date was chosen before.
    ///
    /// # Errors
    /// `tariff.none_in_effect`.
    pub fn at(&self, date: Date) -> Result<Self> {
        let mut inner = Inner::clone(&self.0);
        let in_effect = |plan: &&Plan| plan.period.unwrap_or(Period::ALWAYS).contains(date);
        inner.plans = inner.all_plans.iter().filter(in_effect).cloned().collect();
        inner.date = Some(date);
        if inner.plans.is_empty() {
            let problem = Problem::new(code::NONE_IN_EFFECT, "date", "no plan is in effect on the date");
            return Err(Error::data(vec![problem.with_found(date.to_string())]));
        }
        inner.lanes = PlanLanes::of_all(&inner.plans, inner.rounding);
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

    /// The names of the catalogue.
    pub fn names(&self) -> &Names {
        &self.0.names
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> &Currency {
        &self.0.currency
    }

    /// How charges become amounts.
    pub fn rounding(&self) -> Rounding {
        self.0.rounding
    }

    /// The meters, in the order of the document.
    pub fn meters(&self) -> &[Meter] {
        &self.0.meters
    }

    /// The given charges, in the order of the document.
    pub fn given(&self) -> &[GivenCharge] {
        &self.0.given
    }

    /// The fields that conditions may test: meters, `current_plan`, and those declared.
    pub fn fields(&self) -> &FieldSet {
        &self.0.fields
    }

    /// The plans, in the order of the document.
    pub fn plans(&self) -> &[Plan] {
        &self.0.plans
    }

    /// The names of the columns or fields that a bill needs: meters, then given charges.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.meters().iter().map(Meter::id).chain(self.given().iter().map(GivenCharge::id))
    }

    /// The plan of that id, if it is in effect.
    pub fn plan(&self, id: &str) -> Option<&Plan> {
        self.plans().iter().find(|plan| plan.id() == id)
    }

    /// The date chosen by [`Catalog::at`].
    pub fn date(&self) -> Option<Date> {
        self.0.date
    }

    /// The document as JSON text: reading it again, and choosing the same [date](Self::date), gives the same catalogue.
    pub fn to_json(&self) -> &str {
        &self.0.json
    }

    /// What a catalogue document looks like.
    pub fn document_kind() -> DocumentKind {
        DocumentKind::of::<CatalogDocument>()
    }

    pub(crate) fn lanes(&self) -> &[PlanLanes] {
        &self.0.lanes
    }

    pub(crate) fn position(&self, plan: &str) -> Option<usize> {
        self.plans().iter().position(|known| &*known.id == plan)
    }

    /// A catalogue with dated plans has no bills before a date is chosen.
    pub(crate) fn require_date(&self) -> Result<()> {
        if self.date().is_some() || self.plans().iter().all(|plan| plan.period.is_none()) {
            return Ok(());
        }
        let problem =
            Problem::new(code::DATE_REQUIRED, "", "the catalogue has dated plans, and no date was chosen");
        Err(Error::data(vec![problem.with_expected("a call of `at` with a date first")]))
    }

    /// The plan, or `tariff.unknown_plan` under that path.
    pub(crate) fn require_plan(&self, plan: &str, path: &str) -> Result<&Plan> {
        self.require_date()?;
        let known = self.plans().iter().find(|known| &*known.id == plan);
        known.ok_or_else(|| Error::data(vec![self.unknown_plan(plan, path)]))
    }

    pub(crate) fn unknown_plan(&self, plan: &str, path: &str) -> Problem {
        let ids = self.plans().iter().map(Plan::id);
        Problem::new(code::UNKNOWN_PLAN, path, "the catalogue has no such plan")
            .with_found(format!("\"{plan}\""))
            .suggest(nearest(plan, ids))
    }
}
