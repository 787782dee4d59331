//! What is counted, and charges that come with the customer.

use crate::document::Names;
use crate::money::Money;

/// Something that is counted in whole base units and given in a unit of its own: voice in minutes, counted in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    pub(super) id: Box<str>,
    pub(super) names: Names,
    pub(super) unit: Box<str>,
    pub(super) base: Box<str>,
    pub(super) units: Vec<(Box<str>, u64)>,
    pub(super) ratio: u64,
    pub(super) default: Option<u64>,
}

impl Meter {
    /// The id, which is also the name of its column or field.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The unit in which usage is given.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The unit that is counted.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How many base units make one [`unit`](Self::unit).
    pub fn ratio(&self) -> u64 {
        self.ratio
    }

    /// The base units counted where usage is missing.
    pub fn default(&self) -> Option<u64> {
        self.default
    }

    /// Every unit with its number of base units, the base first.
    pub fn units(&self) -> impl Iterator<Item = (&str, u64)> {
        self.units.iter().map(|(unit, ratio)| (&**unit, *ratio))
    }

    pub(super) fn ratio_of(&self, unit: &str) -> Option<u64> {
        self.units().find(|(known, _)| *known == unit).map(|(_, ratio)| ratio)
    }

    /// A number of base units as text: in the meter's unit where that is a short decimal, else in base units.
    ///
    /// `15906` seconds are `265.1 min`; `10` seconds are `10 s`.
    pub fn format(&self, units: u64) -> String {
        /// Enough decimals for thousandths of thousandths.
        const SCALE: u128 = 1_000_000;
        let scaled = u128::from(units).saturating_mul(SCALE);
        let ratio = u128::from(self.ratio.max(1));
        if !scaled.is_multiple_of(ratio) {
            return format!("{units} {}", self.base);
        }
        let scaled = scaled.checked_div(ratio).unwrap_or(0);
        let (whole, decimals) = (scaled / SCALE, scaled % SCALE);
        let decimals = format!("{decimals:06}");
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{whole}{point}{decimals} {}", self.unit)
    }
}

/// A charge that comes with the customer, such as packs already bought, and is a line of every bill.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenCharge {
    pub(super) id: Box<str>,
    pub(super) names: Names,
    pub(super) default: Option<Money>,
}

impl GivenCharge {
    /// The id, which is also the name of its column or field.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names.
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The amount where it is missing.
    pub fn default(&self) -> Option<Money> {
        self.default
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_in_the_unit_where_they_are_short() {
        let voice = Meter {
            id: "voice".into(),
            names: Names::default(),
            unit: "min".into(),
            base: "s".into(),
            units: vec![("s".into(), 1), ("min".into(), 60)],
            ratio: 60,
            default: None,
        };
        for (units, text) in [(0, "0 min"), (15_906, "265.1 min"), (10, "10 s"), (60, "1 min")] {
            assert_eq!(voice.format(units), text);
        }
    }
}
