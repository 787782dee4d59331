//! From the document to the compiled catalogue, with every problem that only the whole can show.

use std::sync::Arc;

use crate::document::{At, CurrencyEntry, Dict, DictEntry, ENOUGH_PROBLEMS, Located, Period};
use crate::error::{Problem, nearest, tariff as code};
use crate::expr::FieldSet;
use crate::money::{Currency, Decimal, MAX_MINOR, Money, gcd};

use super::catalog::Inner;
use super::charge::Charge;
use super::document::{
    Allowance, CatalogDocument, ChargeEntry, GivenEntry, MeterEntry, Overage, PlanEntry, RoundingEntry,
    no_overage,
};
use super::lanes::PlanLanes;
use super::meter::{GivenCharge, Meter};
use super::plan::{Common, Plan};
use super::quantity::Quantity;
use super::rounding::Rounding;
use super::usage::CUSTOMER_NAMES;

type Problems = Vec<Problem>;

/// Compiles a catalogue; a part that cannot be compiled is reported and the rest is checked all the same.
pub(super) fn compile(read: CatalogDocument, json: Arc<str>, problems: &mut Problems) -> Option<Inner> {
    // Amounts without a currency are checked as leniently as any currency would.
    let currency = CurrencyEntry::or_lenient(read.currency.as_ref());
    let rounding =
        read.rounding.as_ref().and_then(|rounding| compile_rounding(rounding, &currency, problems));
    check_ids(&read.meters, &read.given, problems);
    let meters: Vec<Meter> =
        read.meters.entries.iter().filter_map(|entry| compile_meter(entry, problems)).collect();
    let given: Vec<GivenCharge> = read
        .given
        .entries
        .into_iter()
        .filter_map(|entry| compile_given(entry, &currency, problems))
        .collect();
    let mut fields = FieldSet::new(&currency);
    for meter in &meters {
        let default = read
            .meters
            .entries
            .iter()
            .find(|entry| entry.key == meter.id)
            .and_then(|entry| entry.value.default.as_ref().map(|default| default.value));
        fields.add_usage(&meter.id, &meter.unit, meter.names.clone(), default);
    }
    fields.add_optional_text("current_plan");
    fields.declare(read.fields, problems);
    let plans = read.plans.as_ref().map_or(&[][..], |plans| &plans.value);
    if let Some(table) = &read.table {
        let at = &table.at;
        let message = "the catalogue describes a price table, but none was given";
        problems
            .push(at.problem(code::BAD_TABLE, message).with_expected("`from_table` with the table's text"));
    } else if plans.is_empty() && read.plans_were_read {
        let at = read.plans.as_ref().map_or(&read.at, |plans| &plans.at);
        let problem = at.problem(code::EMPTY_CATALOGUE, "the catalogue has no plans");
        problems.push(problem.with_expected("at least one plan"));
    }
    let context = Context { currency: &currency, declared: &read.meters, meters: &meters, fields: &fields };
    check_plan_ids(plans, problems);
    let plans: Vec<Option<Plan>> = plans.iter().map(|plan| context.plan(plan, problems)).collect();
    let plans = plans.into_iter().collect::<Option<Vec<_>>>()?;
    if meters.len() < read.meters.entries.len() || !read.meters.complete {
        return None;
    }
    let (header, _, rounding) = (read.header?, read.currency?, rounding?);
    let lanes = PlanLanes::of_all(&plans, rounding);
    Some(Inner {
        json,
        id: header.id,
        version: header.version,
        names: header.name,
        currency,
        rounding,
        meters,
        given,
        fields,
        all_plans: plans.as_slice().into(),
        plans,
        lanes,
        date: None,
    })
}

fn compile_rounding(entry: &RoundingEntry, currency: &Currency, problems: &mut Problems) -> Option<Rounding> {
    let step = currency.amount(entry.step.value).and_then(|step| u64::try_from(step.minor()).ok());
    let step = step.filter(|step| (1..=1_000_000_000).contains(step));
    if step.is_none() {
        let problem = entry.step.at.problem(code::BAD_STEP, "the rounding step is not a positive amount");
        problems.push(problem.with_found(entry.step.value.to_string()).with_expected(format!(
            "a multiple of {}",
            currency.format(Money::from_minor(1).unwrap_or_default())
        )));
    }
    Some(Rounding { stage: entry.stage.0, mode: entry.mode.0, step: step? })
}

/// Meters and given charges share one set of names with the columns that every customer has.
fn check_ids(meters: &Dict<MeterEntry>, given: &Dict<GivenEntry>, problems: &mut Problems) {
    let meter_keys = meters.entries.iter().map(|entry| (&entry.key, &entry.at, false));
    let given_keys = given.entries.iter().map(|entry| (&entry.key, &entry.at, true));
    for (key, at, is_given) in meter_keys.chain(given_keys) {
        let is_meter_too = is_given && meters.entries.iter().any(|entry| entry.key == *key);
        if is_meter_too || CUSTOMER_NAMES.contains(&&**key) || **key == *"fee" {
            let problem = at.problem(code::DUPLICATE_ID, "the id is taken already");
            problems.push(problem.with_found(format!("`{key}`")));
        }
    }
}

fn compile_meter(entry: &DictEntry<MeterEntry>, problems: &mut Problems) -> Option<Meter> {
    if problems.len() >= ENOUGH_PROBLEMS {
        return None;
    }
    let base: Box<str> = entry.value.base.as_str().into();
    let mut units = vec![(base.clone(), 1)];
    for unit in &entry.value.units.entries {
        if unit.key != base {
            units.push((unit.key.clone(), unit.value.0.unsigned_abs()));
        } else if unit.value.0 != 1 {
            let problem = unit.at.problem(code::UNKNOWN_UNIT, "the base unit is one of itself");
            problems.push(problem.with_found(unit.value.0.to_string()).with_expected("1"));
        }
    }
    let unit = entry.value.unit.value.as_str();
    let Some(ratio) = units.iter().find(|(known, _)| **known == *unit).map(|(_, ratio)| *ratio) else {
        if !entry.value.units.complete {
            // The unit may be the one that could not be read.
            return None;
        }
        let known: Vec<_> = units.iter().map(|(unit, _)| &**unit).collect();
        let problem =
            entry.value.unit.at.problem(code::UNKNOWN_UNIT, "the unit is neither the base nor declared");
        problems.push(
            problem
                .with_found(format!("`{unit}`"))
                .with_expected(format!("one of {}", known.join(", ")))
                .suggest(nearest(unit, known.iter().copied())),
        );
        return None;
    };
    let names = entry.value.name.clone();
    let mut meter =
        Meter { id: entry.key.clone(), names, unit: unit.into(), base, units, ratio, default: None };
    if let Some(default) = &entry.value.default {
        meter.default = Some(Quantity::of(default.value).units(&meter, 0, &default.at, problems)?);
    }
    Some(meter)
}

fn compile_given(
    entry: DictEntry<GivenEntry>,
    currency: &Currency,
    problems: &mut Problems,
) -> Option<GivenCharge> {
    let default = match &entry.value.default {
        Some(default) => Some(amount(default, currency, problems)?),
        None => None,
    };
    Some(GivenCharge { id: entry.key, names: entry.value.name, default })
}

/// A non-negative amount in whole minor units.
fn amount(major: &Located<Decimal>, currency: &Currency, problems: &mut Problems) -> Option<Money> {
    let amount = currency.amount(major.value).filter(|amount| *amount >= Money::ZERO);
    if amount.is_none() {
        let message = "the amount is negative, too large or not a whole number of minor units";
        let largest = currency.format(Money::from_minor(MAX_MINOR).unwrap_or_default());
        let expected = format!("0 to {largest}, with at most {} decimals", currency.exponent());
        let problem = major.at.problem(code::BAD_AMOUNT, message);
        problems.push(problem.with_found(major.value.to_string()).with_expected(expected));
    }
    amount
}

/// The same id may return only in another period.
fn check_plan_ids(plans: &[PlanEntry], problems: &mut Problems) {
    let mut seen: std::collections::BTreeMap<&str, Vec<Period>> = std::collections::BTreeMap::new();
    for plan in plans {
        let period = plan.effective.as_ref().map_or(Period::ALWAYS, |period| period.value);
        let (Some(id), true) = (&plan.id, plan.effective_was_read) else { continue };
        let periods = seen.entry(id.value.as_str()).or_default();
        if periods.iter().any(|known| known.overlaps(&period)) {
            let message = "another plan has the same id at the same time";
            let problem = id.at.problem(code::DUPLICATE_ID, message);
            problems.push(problem.with_found(format!("\"{}\"", id.value.as_str())));
        }
        periods.push(period);
    }
}

/// What plans are compiled against.
struct Context<'a> {
    currency: &'a Currency,
    /// The meters as written; those that could not be compiled are reported and not asked for.
    declared: &'a Dict<MeterEntry>,
    meters: &'a [Meter],
    fields: &'a FieldSet,
}

impl Context<'_> {
    fn plan(&self, entry: &PlanEntry, problems: &mut Problems) -> Option<Plan> {
        if problems.len() >= ENOUGH_PROBLEMS {
            return None;
        }
        let fee = entry.fee.as_ref().and_then(|fee| amount(fee, self.currency, problems));
        let period = entry.effective.as_ref();
        if let Some(period) = period
            && let Some((from, to)) = period.value.turned()
        {
            let problem = period.at.problem(code::BAD_PERIOD, "the period ends before it begins");
            problems.push(problem.with_found(format!("{from} to {to}")));
        }
        let eligibility = match &entry.eligibility {
            Some(eligibility) => eligibility.bind(self.fields, problems).map(Some),
            None => Some(None),
        };
        self.report_unknown_meters(entry, problems);
        let charges: Vec<Option<Charge>> =
            self.meters.iter().map(|meter| self.charge(entry, meter, problems)).collect();
        let charges: Box<[Charge]> = charges.into_iter().collect::<Option<_>>()?;
        let Some(common) = common(&charges) else {
            let message = "the prices of the plan have no common denominator that can be held exactly";
            problems.push(
                entry.at.problem(code::BAD_RATE, message).with_expected("fewer digits or simpler units"),
            );
            return None;
        };
        Some(Plan {
            id: entry.id.as_ref()?.value.as_str().into(),
            names: entry.name.clone(),
            fee: fee?,
            priority: entry.priority.and_then(|priority| u32::try_from(priority.0).ok()),
            period: period.map(|period| period.value),
            eligibility: eligibility?,
            charges,
            common,
        })
    }

    fn report_unknown_meters(&self, entry: &PlanEntry, problems: &mut Problems) {
        for charge in entry.charges.iter().flat_map(|charges| &charges.entries) {
            let declared = self.declared.entries.iter().any(|meter| meter.key == charge.key);
            if self.declared.complete && !declared {
                let ids = self.meters.iter().map(Meter::id);
                let problem = charge.at.problem(code::UNKNOWN_METER, "the catalogue has no such meter");
                problems
                    .push(problem.with_found(format!("`{}`", charge.key)).suggest(nearest(&charge.key, ids)));
            }
        }
    }

    fn charge(&self, plan: &PlanEntry, meter: &Meter, problems: &mut Problems) -> Option<Charge> {
        if problems.len() >= ENOUGH_PROBLEMS {
            return None;
        }
        let charges = plan.charges.as_ref()?;
        let Some(entry) = charges.entries.iter().find(|charge| charge.key == meter.id) else {
            if !charges.complete {
                // The meter's charge may be the one that could not be read.
                return None;
            }
            let name =
                plan.id.as_ref().map_or("without id".to_owned(), |id| format!("`{}`", id.value.as_str()));
            let message = format!("the plan {name} does not price the meter `{}`", meter.id);
            let expected =
                format!("`{}:` under `charges`; `{{allowance: unlimited}}` if usage costs nothing", meter.id);
            problems.push(plan.at.problem(code::UNPRICED_METER, message).with_expected(expected));
            return None;
        };
        self.terms(&entry.value, meter, &entry.at, problems)
    }

    fn terms(&self, entry: &ChargeEntry, meter: &Meter, at: &At, problems: &mut Problems) -> Option<Charge> {
        let allowance = match entry.allowance.as_ref().map(|allowance| (&allowance.value, &allowance.at)) {
            Some((Allowance::Unlimited, _)) => {
                if let Some(overage) = &entry.overage {
                    let problem =
                        overage.at.problem(code::NO_OVERAGE, "nothing goes beyond an unlimited allowance");
                    problems.push(problem.with_expected("no `overage`"));
                }
                return Some(Charge::UNLIMITED);
            }
            Some((Allowance::Limited(quantity), at)) => quantity.units(meter, 0, at, problems),
            None => Some(0),
        };
        let Some(overage) = &entry.overage else {
            problems.push(no_overage(at, &meter.id));
            return None;
        };
        let quantity =
            |quantity: &Option<Located<Quantity>>, otherwise: u64, problems: &mut Problems| match quantity {
                Some(quantity) => quantity.value.units(meter, 1, &quantity.at, problems),
                None => Some(otherwise),
            };
        let per = quantity(&overage.value.per, meter.ratio, problems);
        let block = quantity(&overage.value.block, 1, problems);
        let (allowance, per, block) = (allowance?, per?, block?);
        let per = if overage.value.block.is_some() { block } else { per };
        self.rate(allowance, block, per, &overage.value, &overage.at, problems)
    }

    fn rate(
        &self,
        allowance: u64,
        block: u64,
        per: u64,
        overage: &Overage,
        at: &At,
        problems: &mut Problems,
    ) -> Option<Charge> {
        if overage.price.mantissa() < 0 {
            let problem = at.problem(code::BAD_RATE, "the price is negative");
            problems.push(problem.with_found(overage.price.to_string()).with_expected("zero or more"));
            return None;
        }
        let charge = Charge::new(allowance, block, per, overage.price, self.currency.minor_per_major());
        if charge.is_none() {
            let problem =
                at.problem(code::BAD_RATE, "the price cannot be held exactly with the meter's units");
            problems.push(
                problem.with_found(overage.price.to_string()).with_expected("a price with fewer digits"),
            );
        }
        charge
    }
}

/// The charges over their least common denominator, while everything fits in 62 bits.
pub(super) fn common(charges: &[Charge]) -> Option<Common> {
    const FITS: i128 = 1 << 62;
    let denominator = charges.iter().try_fold(1_i128, |common, charge| {
        let own = i128::from(charge.denominator);
        let multiple = common.checked_div(gcd(common, own))?.checked_mul(own)?;
        (multiple < FITS).then_some(multiple)
    })?;
    let numerator = |charge: &Charge| {
        let factor = denominator.checked_div(charge.denominator.into())?;
        let numerator = factor.checked_mul(charge.numerator.into()).filter(|numerator| *numerator < FITS)?;
        u64::try_from(numerator).ok()
    };
    let numerators = charges.iter().map(numerator).collect::<Option<_>>()?;
    Some(Common { numerators, denominator: u64::try_from(denominator).ok()? })
}
