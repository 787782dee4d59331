//! Why a customer has this plan: the verdict on every plan.

use std::fmt;

use crate::column::{Batch, Options, Record, Scalar, find_column};
use crate::error::{Error, Problem, Result, fit as code};
use crate::money::{Decimal, Money};
use crate::tariff::Plan;

use super::current::canonical;
use super::matches::Status;
use super::package::PackageFit;
use super::policy::Rank;
use super::ratio::{RatioKind, shown};
use super::record::{Match, Standing};

/// The decision for one customer with the verdict on every plan.
#[derive(Clone, Debug)]
pub struct Explanation<'f> {
    found: Match<'f>,
    verdicts: Vec<Verdict<'f>>,
}

/// How one plan stands for the customer.
#[derive(Clone, Debug)]
pub struct Verdict<'f> {
    plan: &'f Plan,
    total: Money,
    total_fee_change: Option<String>,
    monthly_fee_change: Option<String>,
    reasons: Vec<Reason>,
}

/// Why a plan was chosen or not. `Display` gives the words.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The plan is best.
    Chosen,
    /// The policy does not offer the current plan.
    CurrentPlan,
    /// The customer is not eligible.
    Ineligible,
    /// A ratio is outside its bounds.
    Ratio {
        /// Which ratio.
        kind: RatioKind,
        /// Its value, with as many decimals as it takes to show the difference.
        value: String,
        /// The bound that it misses.
        bound: Decimal,
        /// Whether it lies above the largest ratio, or else below the smallest.
        above: bool,
    },
    /// Another plan has a better priority.
    Priority {
        /// The plan's priority.
        own: u32,
        /// The chosen plan's priority.
        chosen: u32,
    },
    /// Another plan costs less.
    Dearer {
        /// The plan's total, as text in major units.
        own: String,
        /// The chosen plan's total, as text in major units.
        chosen: String,
    },
    /// The total is the same, and the other plan has a lower monthly fee.
    HigherFee {
        /// The plan's monthly fee, as text in major units.
        own: String,
        /// The chosen plan's monthly fee, as text in major units.
        chosen: String,
    },
    /// Total and fee are the same, and the other plan stands earlier in the catalogue.
    LaterInCatalogue,
}

impl Reason {
    /// The word for the reason, the same in every language.
    pub fn id(&self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::CurrentPlan => "current_plan",
            Self::Ineligible => "ineligible",
            Self::Ratio { kind: RatioKind::TotalFeeChange, .. } => "total_fee_change",
            Self::Ratio { kind: RatioKind::MonthlyFeeChange, .. } => "monthly_fee_change",
            Self::Priority { .. } => "priority",
            Self::Dearer { .. } => "dearer",
            Self::HigherFee { .. } => "higher_fee",
            Self::LaterInCatalogue => "later_in_catalogue",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chosen => f.write_str("chosen"),
            Self::CurrentPlan => f.write_str("the current plan is not offered"),
            Self::Ineligible => f.write_str("not eligible"),
            Self::Ratio { kind, value, bound, above } => {
                write!(f, "{} {value} {} {bound}", kind.name(), if *above { ">" } else { "<" })
            }
            Self::Priority { own, chosen } => write!(f, "priority {own} after {chosen}"),
            Self::Dearer { own, chosen } => write!(f, "total {own} > {chosen}"),
            Self::HigherFee { own, chosen } => write!(f, "same total, monthly fee {own} > {chosen}"),
            Self::LaterInCatalogue => f.write_str("same total and fee, later in the catalogue"),
        }
    }
}

impl<'f> Explanation<'f> {
    /// The decision.
    pub fn found(&self) -> Match<'f> {
        self.found
    }

    /// The verdict on every plan, in the order of the catalogue; empty where no plan was looked at.
    pub fn verdicts(&self) -> &[Verdict<'f>] {
        &self.verdicts
    }
}

impl<'f> Verdict<'f> {
    /// The plan.
    pub fn plan(&self) -> &'f Plan {
        self.plan
    }

    /// The customer's total on the plan.
    pub fn total(&self) -> Money {
        self.total
    }

    /// New total over present total, cut to as many decimals as the verdict needs, at least three.
    pub fn total_fee_change(&self) -> Option<&str> {
        self.total_fee_change.as_deref()
    }

    /// New monthly fee over present monthly fee, in the same way.
    pub fn monthly_fee_change(&self) -> Option<&str> {
        self.monthly_fee_change.as_deref()
    }

    /// Every reason that speaks against the plan, or that it was chosen.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// Whether the plan was chosen.
    pub fn is_chosen(&self) -> bool {
        self.reasons == [Reason::Chosen]
    }
}

impl PackageFit {
    /// The decision for one customer, with the reason for every plan.
    ///
    /// # Errors
    /// As [`PackageFit::record`].
    pub fn explain(&self, record: &Record) -> Result<Explanation<'_>> {
        let customer = match self.customer(record)? {
            Err(found) => return Ok(Explanation { found, verdicts: Vec::new() }),
            Ok(customer) => customer,
        };
        let found = self.decide(&customer);
        let plans = self.catalog().plans().iter().zip(&customer.totals).zip(&customer.standings);
        let verdicts =
            plans.map(|((plan, total), standing)| self.verdict(plan, *total, *standing, &found)).collect();
        Ok(Explanation { found, verdicts })
    }

    /// [`PackageFit::explain`] for a row of columns, numbered from 0 over all batches.
    ///
    /// # Errors
    /// As [`PackageFit::record`]; `fit.unknown_customer` where there is no such row.
    pub fn explain_row(
        &self,
        batches: &[Batch<'_>],
        row: usize,
        options: &Options,
    ) -> Result<Explanation<'_>> {
        let mut within = row;
        for batch in batches {
            if within < batch.len() {
                return self.explain(&self.row_of(batch, within, options));
            }
            within = within.saturating_sub(batch.len());
        }
        let problem =
            Problem::new(code::UNKNOWN_CUSTOMER, "row", "there is no such row").with_found(row.to_string());
        Err(Error::data(vec![problem]))
    }

    /// The row whose value in the column `id` is that of a customer, numbered from 0 over all batches; the first of
    /// several.
    ///
    /// # Errors
    /// `data.missing_column`; `fit.unknown_customer`.
    pub fn find_row(batches: &[Batch<'_>], id: &str, customer: &Scalar) -> Result<usize> {
        let wanted = canonical(customer);
        let mut before = 0_usize;
        for batch in batches {
            let mut problems = Vec::new();
            let Some(column) = find_column(batch, id, false, &mut problems) else {
                return Err(Error::data(problems));
            };
            let same = |row: &usize| {
                let value = column.scalar(*row);
                !value.is_missing() && canonical(&value) == wanted
            };
            if let Some(row) = (0..batch.len()).find(same) {
                return Ok(before.saturating_add(row));
            }
            before = before.saturating_add(batch.len());
        }
        let problem = Problem::new(code::UNKNOWN_CUSTOMER, id, "no customer has this id").with_found(wanted);
        Err(Error::data(vec![problem]))
    }

    /// What the columns say of a row, under the names of the fields.
    fn row_of(&self, batch: &Batch<'_>, row: usize, options: &Options) -> Record {
        let mut record = Record::new();
        for input in self.inputs() {
            if let Some(column) = batch.get(options.column_of(input)) {
                record.insert(input, column.scalar(row));
            }
        }
        record
    }

    fn verdict<'f>(
        &'f self,
        plan: &'f Plan,
        total: Money,
        standing: Standing,
        found: &Match<'f>,
    ) -> Verdict<'f> {
        let policy = self.policy();
        let mut reasons = Vec::new();
        let mut ratio = |kind, new, present: Option<Money>, bounds: super::RatioBounds| {
            let present = present?;
            let missed = bounds.missed(new, present);
            let value = shown(new, present, missed.filter(|missed| missed.above).map(|missed| missed.bound));
            if let Some(missed) = missed {
                let reason =
                    Reason::Ratio { kind, value: value.clone(), bound: missed.bound, above: missed.above };
                reasons.push(reason);
            }
            Some(value)
        };
        let totals = policy.total_fee_change();
        let fees = policy.monthly_fee_change();
        let total_fee_change = ratio(RatioKind::TotalFeeChange, total, found.present_total(), totals);
        let monthly_fee_change = ratio(RatioKind::MonthlyFeeChange, plan.fee(), found.present_fee(), fees);
        match standing {
            Standing::Current => reasons.insert(0, Reason::CurrentPlan),
            Standing::Ineligible => reasons.insert(0, Reason::Ineligible),
            Standing::OutOfBounds => {}
            Standing::Within => reasons.push(self.within(plan, total, found)),
        }
        Verdict { plan, total, total_fee_change, monthly_fee_change, reasons }
    }

    /// Why a plan within the bounds is or is not the one chosen.
    fn within(&self, plan: &Plan, total: Money, found: &Match<'_>) -> Reason {
        let (Some(best), Some(best_total)) = (found.plan(), found.total()) else { return Reason::Chosen };
        if std::ptr::eq(best, plan) {
            return Reason::Chosen;
        }
        let currency = self.catalog().currency();
        let texts = |own: Money, chosen: Money| (currency.format(own), currency.format(chosen));
        match (plan.priority(), best.priority()) {
            (Some(own), Some(chosen)) if self.policy().rank() == Rank::Priority && own != chosen => {
                return Reason::Priority { own, chosen };
            }
            _ => {}
        }
        if total != best_total {
            let (own, chosen) = texts(total, best_total);
            return Reason::Dearer { own, chosen };
        }
        if plan.fee() != best.fee() {
            let (own, chosen) = texts(plan.fee(), best.fee());
            return Reason::HigherFee { own, chosen };
        }
        Reason::LaterInCatalogue
    }
}

/// A few lines for people: the decision, then every plan with its reasons.
impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.found.status, self.found.plan) {
            (status @ (Status::Target | Status::Stays), Some(plan)) => {
                write!(f, "{}: {}", status.id(), plan.id())?;
            }
            (status, _) => write!(f, "{}", status.id())?,
        }
        for verdict in &self.verdicts {
            let reasons: Vec<String> = verdict.reasons.iter().map(Reason::to_string).collect();
            write!(f, "\n  {}: {}", verdict.plan.id(), reasons.join("; "))?;
        }
        Ok(())
    }
}
