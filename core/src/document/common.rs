//! Parts that several kinds of documents have: a currency, a period.

use super::fields::{Declare, Fields};
use super::header::Id;
use super::types::Integer;
use crate::column::Date;
use crate::money::Currency;

/// A currency as written.
pub(crate) struct CurrencyEntry {
    code: Id,
    exponent: Integer<0, { Currency::MAX_EXPONENT as i64 }>,
}

impl Declare for CurrencyEntry {
    const NAME: &'static str = "Currency";
    const ABOUT: &'static str = "A currency and the decimals of its minor unit.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let code = fields.required("code", "ISO 4217 code, such as CNY");
        let exponent = fields.required("exponent", "decimals of the minor unit: 2 for fen and cents");
        Some(Self { code: code?, exponent: exponent? })
    }
}

impl CurrencyEntry {
    /// The currency; where it is absent or wrong, one that holds whatever any currency would.
    pub(crate) fn or_lenient(entry: Option<&Self>) -> Currency {
        entry.map_or(Currency::new("", Currency::MAX_EXPONENT), |entry| {
            Currency::new(entry.code.as_str(), u8::try_from(entry.exponent.0).unwrap_or(0))
        })
    }
}

/// Days from and to, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    from: Option<Date>,
    to: Option<Date>,
}

impl Declare for Period {
    const NAME: &'static str = "Period";
    const ABOUT: &'static str = "Days from and to, both included.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let from = fields.optional("from", "first day");
        let to = fields.optional("to", "last day");
        Some(Self { from: from?, to: to? })
    }
}

impl Period {
    pub(crate) const ALWAYS: Self = Self { from: None, to: None };

    /// The first day; `None` for no beginning.
    pub fn from(&self) -> Option<Date> {
        self.from
    }

    /// The last day; `None` for no end.
    pub fn to(&self) -> Option<Date> {
        self.to
    }

    /// Whether a day lies in the period.
    pub fn contains(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.to.is_none_or(|to| date <= to)
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let before =
            |end: Option<Date>, start: Option<Date>| matches!((end, start), (Some(e), Some(s)) if e < s);
        !before(self.to, other.from) && !before(other.to, self.from)
    }

    /// Both days, where the period ends before it begins.
    pub(crate) fn turned(&self) -> Option<(Date, Date)> {
        self.from.zip(self.to).filter(|(from, to)| to < from)
    }
}
