//! Quantities of a meter as documents write them: `50`, `15 GB`.

use crate::document::{At, Decode, Decoder, Node, Shape, Shapes, Value};
use crate::error::{Problem, nearest, one_of, tariff as code};
use crate::money::Decimal;

use super::meter::Meter;

/// A number with a unit, or in the meter's own unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantity {
    amount: Decimal,
    unit: Option<Box<str>>,
}

impl Decode for Quantity {
    fn shape(_: &mut Shapes) -> Shape {
        let pattern = Some("^[+]?[0-9.]+([eE][-+]?[0-9]+)?( +[A-Za-z0-9._-]+)?$");
        Shape::OneOf(vec![Shape::Decimal, Shape::Text { pattern, about: "number and unit, such as `15 GB`" }])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Text(text) = &node.value else {
            return Decimal::decode(node, decoder).map(|amount| Self { amount, unit: None });
        };
        let mut words = text.split_ascii_whitespace();
        let amount = words.next().and_then(|word| Decimal::parse(word).ok());
        let (unit, rest) = (words.next(), words.next());
        if let (Some(amount), None) = (amount, rest) {
            return Some(Self { amount, unit: unit.map(Into::into) });
        }
        let message = "the quantity cannot be read";
        decoder.problem(node, code::BAD_QUANTITY, message, "a number and a unit, such as `15 GB`");
        None
    }
}

impl Quantity {
    pub(super) fn of(amount: Decimal) -> Self {
        Self { amount, unit: None }
    }

    /// The number of base units, at least `least`.
    pub(super) fn units(
        &self,
        meter: &Meter,
        least: u64,
        at: &At,
        problems: &mut Vec<Problem>,
    ) -> Option<u64> {
        let unit = self.unit.as_deref().unwrap_or(meter.unit());
        let Some(ratio) = meter.ratio_of(unit) else {
            let problem = at
                .problem(code::UNKNOWN_UNIT, format!("the meter `{}` has no such unit", meter.id()))
                .with_found(format!("`{unit}`"))
                .with_expected(one_of(meter.units().map(|(unit, _)| unit)))
                .suggest(nearest(unit, meter.units().map(|(unit, _)| unit)));
            problems.push(problem);
            return None;
        };
        let units = self.amount.times_exactly(ratio.into()).and_then(|units| u64::try_from(units).ok());
        let units = units.filter(|units| (least..=crate::column::MAX_UNITS).contains(units));
        if units.is_none() {
            let kind = if least == 0 { "a whole number" } else { "a positive whole number" };
            let problem = at
                .problem(code::BAD_QUANTITY, "the quantity is not a whole number of base units")
                .with_found(format!("{} {unit}", self.amount))
                .with_expected(format!("{kind} of {} (1 {unit} = {ratio} {})", meter.base(), meter.base()));
            problems.push(problem);
        }
        units
    }
}
