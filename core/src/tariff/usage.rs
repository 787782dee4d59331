//! One customer's usage, bound to a catalogue.

use crate::column::{Record, Refused, units};
use crate::error::{Error, Problem, Result, data, nearest, one_of, tariff as code};
use crate::money::Money;

use super::catalog::Catalog;

/// The usage of one customer: values by meter, in the unit that the meter declares, with given charges and fields.
///
/// Numbers may be floats (rounded to whole base units, ties to even), or integers, decimals and numeric texts
/// (which must be whole base units exactly).
pub type Usage = Record;

/// Names that a customer's record may have beside meters, given charges and fields.
pub(crate) const CUSTOMER_NAMES: [&str; 3] = ["current_plan", "present_total", "present_fee"];

/// Usage in base units and given charges in minor units, in the order of the catalogue.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BoundUsage {
    pub(crate) units: Vec<u64>,
    pub(crate) given: Vec<Money>,
    pub(crate) given_total: Money,
}

impl Catalog {
    /// Binds a record, with every problem at once. Names that `also_known` accepts may be there as well.
    pub(crate) fn bind(&self, record: &Record, also_known: impl Fn(&str) -> bool) -> Result<BoundUsage> {
        let mut problems = Vec::new();
        let mut taken = 0_usize;
        let mut take = |id: &str, ratio: u64, default: Option<u64>, base: &str| {
            let value = record.get(id);
            taken = taken.saturating_add(usize::from(value.is_some()));
            let Some(value) = value else {
                return default.unwrap_or_else(|| {
                    problems.push(absent(id, record));
                    0
                });
            };
            match (units(value, ratio), default) {
                (Ok(units), _) => units,
                (Err(Refused::Missing), Some(default)) => default,
                (Err(refused), _) => {
                    problems.push(refused.problem(id, value, base));
                    0
                }
            }
        };
        let units = self
            .meters()
            .iter()
            .map(|meter| take(&meter.id, meter.ratio, meter.default, &meter.base))
            .collect();
        let minor = self.currency().minor_per_major().unsigned_abs();
        let given: Vec<Money> = self
            .given()
            .iter()
            .map(|given| {
                take(
                    &given.id,
                    minor,
                    given.default.map(|default| default.minor().unsigned_abs()),
                    "minor units",
                )
            })
            .map(|minor| Money::from_wide(minor.into()).unwrap_or_default())
            .collect();
        // Every name is known when each was taken; otherwise some may be fields, or mistakes.
        if taken < record.len() {
            problems.extend(self.unknown_names(record, also_known));
        }
        let given_total = given.iter().try_fold(Money::ZERO, |sum, given| sum.checked_add(*given));
        let Some(given_total) = given_total else {
            problems.push(overflow("given"));
            return Err(Error::data(problems));
        };
        if problems.is_empty() {
            Ok(BoundUsage { units, given, given_total })
        } else {
            Err(Error::data(problems))
        }
    }

    fn unknown_names(&self, record: &Record, also_known: impl Fn(&str) -> bool) -> Vec<Problem> {
        let names = || {
            let meters = self.meters().iter().map(|meter| &*meter.id);
            let given = self.given().iter().map(|given| &*given.id);
            meters.chain(given)
        };
        let known = |name: &str| {
            names().any(|known| known == name)
                || CUSTOMER_NAMES.contains(&name)
                || self.fields().get(name).is_some()
                || also_known(name)
        };
        let unknown = record.iter().map(|(name, _)| name).filter(|name| !known(name));
        unknown
            .map(|name| {
                Problem::new(
                    code::UNKNOWN_METER,
                    name,
                    "the catalogue has no such meter, given charge or field",
                )
                .with_expected(one_of(names()))
                .suggest(nearest(name, names()))
            })
            .collect()
    }
}

/// The problem of a meter or given charge that the record lacks.
fn absent(id: &str, record: &Record) -> Problem {
    let names = record.iter().map(|(name, _)| name);
    Problem::new(data::MISSING_COLUMN, id, "the record lacks a meter or given charge without a default")
        .suggest(nearest(id, names))
}

/// The problem of a bill beyond the largest amount.
pub(crate) fn overflow(path: &str) -> Problem {
    let expected = format!("at most {} minor units", crate::money::MAX_MINOR);
    Problem::new(code::OVERFLOW, path, "the bill is larger than can be held exactly").with_expected(expected)
}
