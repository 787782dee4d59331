//! The catalogue as a document: the declaration that reads and describes it.

use crate::document::{
    At, CurrencyEntry, Declare, Decode, Decoder, Dict, Fields, Header, Id, Integer, Kind, Located, Names,
    Node, Period, Shape, Shapes, Value, Word, WordOf, Words,
};
use crate::error::{document as document_code, nearest, tariff as code};
use crate::expr::{FieldEntry, UnknownWord, Where};
use crate::money::{Decimal, RoundingMode};

use super::quantity::Quantity;
use super::rounding::Stage;

/// A catalogue as written.
pub(crate) struct CatalogDocument {
    pub(super) at: At,
    // `None` was reported; the rest is checked all the same.
    pub(super) header: Option<Header>,
    pub(super) currency: Option<CurrencyEntry>,
    pub(super) rounding: Option<RoundingEntry>,
    pub(super) meters: Dict<MeterEntry>,
    pub(super) given: Dict<GivenEntry>,
    pub(super) fields: Dict<FieldEntry>,
    pub(super) plans: Option<Located<Vec<PlanEntry>>>,
    pub(super) plans_were_read: bool,
    pub(super) table: Option<Located<TableEntry>>,
}

impl Kind for CatalogDocument {
    const KIND: &'static str = "catalogue";
}

impl Declare for CatalogDocument {
    const NAME: &'static str = "CatalogueDocument";
    const ABOUT: &'static str = "The plans of an operator and how they are billed.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let header = Header::fields(fields, Self::KIND);
        let currency = fields.required("currency", "currency of all amounts");
        let rounding = fields.required("rounding", "how charges become amounts");
        let meters = fields.required("meters", "what is counted, by id");
        let given = fields.or("given", "charges that come with the customer, by id", Dict::default(), "none");
        let declared =
            fields.or("fields", "attributes that conditions may test, by id", Dict::default(), "none");
        let at = fields.at();
        let plans = fields.optional("plans", "the plans; required unless there is a `table`");
        let table =
            fields.optional("table", "which columns of a price table hold the plans, in place of `plans`");
        Some(Self {
            at,
            header,
            currency,
            rounding,
            meters: meters?,
            given: given?,
            fields: declared?,
            plans_were_read: plans.is_some(),
            plans: plans.flatten(),
            table: table?,
        })
    }
}

/// Rounding as written.
pub(super) struct RoundingEntry {
    pub(super) stage: WordOf<Stage>,
    pub(super) mode: WordOf<RoundingMode>,
    pub(super) step: Located<Decimal>,
}

impl Declare for RoundingEntry {
    const NAME: &'static str = "Rounding";
    const ABOUT: &'static str = "Where and how exact charges are rounded.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let stage = fields.required("stage", "what is rounded");
        let mode = fields.required("mode", "to which side");
        let step = fields.required("step", "to multiples of this amount, in major units");
        Some(Self { stage: stage?, mode: mode?, step: step? })
    }
}

impl Words for RoundingMode {
    const WORDS: &'static [Word] = &[
        Word { word: "half_up", about: "to the nearest, half away from zero" },
        Word { word: "half_even", about: "to the nearest, half to the even step" },
        Word { word: "half_down", about: "to the nearest, half towards zero" },
        Word { word: "up", about: "away from zero" },
        Word { word: "down", about: "towards zero" },
    ];
    const VALUES: &'static [Self] = &[Self::HalfUp, Self::HalfEven, Self::HalfDown, Self::Up, Self::Down];
}

impl Words for Stage {
    const WORDS: &'static [Word] = &[
        Word { word: "line", about: "each meter's charge" },
        Word { word: "bill", about: "the unrounded sum, once" },
    ];
    const VALUES: &'static [Self] = &[Self::Line, Self::Bill];
}

/// A meter as written.
pub(super) struct MeterEntry {
    pub(super) name: Names,
    pub(super) unit: Located<Id>,
    pub(super) base: Id,
    pub(super) units: Dict<Integer<1, 1_000_000_000_000>>,
    pub(super) default: Option<Located<Decimal>>,
}

impl Declare for MeterEntry {
    const NAME: &'static str = "Meter";
    const ABOUT: &'static str = "Something that is counted: minutes, megabytes, messages.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let unit = fields.required("unit", "the unit in which usage is given");
        let base = fields.required("base", "the unit that is counted in whole numbers");
        let units =
            fields.or("units", "other units and how many base units each is", Dict::default(), "none");
        let default = fields.optional("default", "usage where it is missing, in `unit`");
        Some(Self { name: name?, unit: unit?, base: base?, units: units?, default: default? })
    }
}

/// A given charge as written.
pub(super) struct GivenEntry {
    pub(super) name: Names,
    pub(super) default: Option<Located<Decimal>>,
}

impl Declare for GivenEntry {
    const NAME: &'static str = "GivenCharge";
    const ABOUT: &'static str =
        "An amount that comes with the customer and is added to every bill as a line.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let default = fields.optional("default", "the amount where it is missing, in major units");
        Some(Self { name: name?, default: default? })
    }
}

/// What an unknown outcome means for the plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Eligible {
    No,
    Yes,
}

impl Words for Eligible {
    const WORDS: &'static [Word] = &[
        Word { word: "ineligible", about: "the customer cannot have the plan" },
        Word { word: "eligible", about: "the customer can have the plan" },
    ];
    const VALUES: &'static [Self] = &[Self::No, Self::Yes];
}

impl UnknownWord for Eligible {
    const NAME: &'static str = "Eligibility";
    const ABOUT: &'static str = "The customers that the plan is for.";

    fn passes(self) -> bool {
        self == Self::Yes
    }
}

/// A plan as written.
pub(super) struct PlanEntry {
    pub(super) at: At,
    // `None` was reported; the rest is checked all the same.
    pub(super) id: Option<Located<Id>>,
    pub(super) name: Names,
    pub(super) fee: Option<Located<Decimal>>,
    pub(super) priority: Option<Integer<1, 1_000_000>>,
    pub(super) effective: Option<Located<Period>>,
    pub(super) effective_was_read: bool,
    pub(super) eligibility: Option<Where<Eligible>>,
    pub(super) charges: Option<Dict<ChargeEntry>>,
}

impl Declare for PlanEntry {
    const NAME: &'static str = "Plan";
    const ABOUT: &'static str =
        "A plan: a monthly fee, and for each meter what it includes and what goes beyond.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let id = fields.required("id", "id of the plan");
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let fee = fields.required("fee", "monthly fee, in major units");
        let priority =
            fields.optional("priority", "rank for policies that rank by priority; 1 is offered first");
        let effective = fields.optional("effective", "when the plan is in effect");
        let eligibility = fields.optional("eligibility", "who may have the plan");
        let charges = fields.required("charges", "what each meter of the catalogue costs, by meter");
        Some(Self {
            at,
            id,
            name: name.unwrap_or_default(),
            fee,
            priority: priority.flatten(),
            effective_was_read: effective.is_some(),
            effective: effective.flatten(),
            eligibility: eligibility.flatten(),
            charges,
        })
    }
}

/// A meter's charge as written.
pub(super) struct ChargeEntry {
    pub(super) allowance: Option<Located<Allowance>>,
    pub(super) overage: Option<Located<Overage>>,
}

impl Declare for ChargeEntry {
    const NAME: &'static str = "Charge";
    const ABOUT: &'static str = "What a plan includes of a meter, and the price of what goes beyond.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let allowance = fields.optional("allowance", "usage included in the fee");
        let overage =
            fields.optional("overage", "price of usage beyond the allowance; required unless unlimited");
        Some(Self { allowance: allowance?, overage: overage? })
    }
}

/// What is included.
pub(super) enum Allowance {
    Unlimited,
    Limited(Quantity),
}

impl Decode for Allowance {
    fn shape(shapes: &mut Shapes) -> Shape {
        const UNLIMITED: &[Word] = &[Word { word: "unlimited", about: "usage costs nothing" }];
        Shape::OneOf(vec![Quantity::shape(shapes), Shape::Words(UNLIMITED)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if &**text == "unlimited" => Some(Self::Unlimited),
            Value::Text(text) if nearest(text, ["unlimited"]).is_some() => {
                let at = decoder.here(node);
                let problem = at.problem(document_code::UNKNOWN_WORD, "the allowance cannot be read");
                let problem = problem
                    .with_found(node.shown())
                    .with_expected("a quantity such as `15 GB`, or `unlimited`");
                decoder.report(problem.suggest(Some("unlimited")));
                None
            }
            _ => Quantity::decode(node, decoder).map(Self::Limited),
        }
    }
}

/// A price, per unit or per block.
pub(super) struct Overage {
    pub(super) price: Decimal,
    pub(super) per: Option<Located<Quantity>>,
    pub(super) block: Option<Located<Quantity>>,
}

impl Decode for Overage {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Decimal, OverageTerms::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Map(_) => OverageTerms::decode(node, decoder).map(|terms| terms.0),
            _ => Decimal::decode(node, decoder).map(|price| Self { price, per: None, block: None }),
        }
    }
}

/// A price with what it is for.
struct OverageTerms(Overage);

impl Declare for OverageTerms {
    const NAME: &'static str = "Overage";
    const ABOUT: &'static str =
        "A price per quantity in proportion (`per`), or for every started block (`block`).";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let price = fields.required("price", "price in major units");
        let per = fields.optional("per", "the price is in proportion, so much for this quantity");
        let block = fields.optional("block", "every started block of this quantity costs the price");
        let (price, per, block) = (price?, per?, block?);
        if per.is_some() && block.is_some() {
            let message = "a price is either per quantity or per block";
            let problem = fields.at().problem(document_code::UNKNOWN_KEY, message);
            fields.report(problem.with_found("`per` and `block`").with_expected("one of them"));
            return None;
        }
        Some(Self(Overage { price, per, block }))
    }
}

/// Which columns of a price table hold what.
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "described in any case, read with the feature"))]
pub(crate) struct TableEntry {
    pub(super) id: Box<str>,
    pub(super) name: TableNames,
    pub(super) fee: Box<str>,
    pub(super) priority: Option<Box<str>>,
    pub(super) charges: Dict<TableCharge>,
}

impl Declare for TableEntry {
    const NAME: &'static str = "PriceTable";
    const ABOUT: &'static str = "Which columns of a price table hold the plans, one plan a row.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let id = fields.required("id", "column of the plan's id");
        let name = fields.or("name", "columns of the names, by language", TableNames::default(), "no names");
        let fee = fields.required("fee", "column of the monthly fee");
        let priority = fields.optional("priority", "column of the priority");
        let charges = fields.required("charges", "columns of each meter, by meter");
        Some(Self { id: id?, name: name?, fee: fee?, priority: priority?, charges: charges? })
    }
}

/// Columns of names, by language tag.
#[derive(Default)]
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "see PriceTable"))]
pub(super) struct TableNames(pub(super) Names);

impl Decode for TableNames {
    fn shape(shapes: &mut Shapes) -> Shape {
        Names::shape(shapes)
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        Names::decode(node, decoder).map(Self)
    }
}

/// The columns of a meter's charge.
#[cfg_attr(not(feature = "csv"), expect(dead_code, reason = "see PriceTable"))]
pub(super) struct TableCharge {
    pub(super) allowance: Option<Box<str>>,
    pub(super) overage: Option<Box<str>>,
}

impl Declare for TableCharge {
    const NAME: &'static str = "PriceTableCharge";
    const ABOUT: &'static str = "The columns of a meter's allowance and of its price per unit beyond.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let allowance = fields.optional("allowance", "column of the allowance");
        let overage = fields.optional("overage", "column of the price per unit");
        Some(Self { allowance: allowance?, overage: overage? })
    }
}

/// Reports the overage that is missing beside a limited allowance.
pub(super) fn no_overage(at: &At, meter: &str) -> crate::error::Problem {
    at.problem(
        code::NO_OVERAGE,
        format!("the charge of `{meter}` does not price what goes beyond the allowance"),
    )
    .with_expected("`overage: <price>`, or `allowance: unlimited`")
}
