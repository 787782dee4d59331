//! Catalogues: quotes, bills, totals over columns.

use cpcfit::Currency;
use cpcfit::document::Names;
use cpcfit::tariff::{Bill, Catalog, GivenCharge, Line, LineKind, Meter, Plan};
use js_sys::{Array, Float64Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::call::Call;
use crate::columns::{Block, store};
use crate::error::thrown;
use crate::model::model;
use crate::node::{date, document};
use crate::record::record;
use crate::value::{count, list, major, minor, names, nullable, object, shown};

model! {
    /// A compiled catalogue.
    CatalogHandle(Catalog)
}

#[wasm_bindgen]
impl CatalogHandle {
    /// Reads a document that describes a price table, and the table as CSV text.
    ///
    /// # Errors
    /// The problems of the document or the table.
    #[wasm_bindgen(js_name = fromTable)]
    pub fn from_table(value: &JsValue, csv: &[u8]) -> Result<Self, JsValue> {
        Catalog::from_table(&document(value)?, csv).map(Self).map_err(thrown)
    }

    /// The catalogue on a day: text or a `Date`.
    ///
    /// # Errors
    /// No date, or no plan in effect.
    pub fn at(&self, value: &JsValue) -> Result<Self, JsValue> {
        self.0.at(date(value).map_err(thrown)?).map(Self).map_err(thrown)
    }

    /// What the catalogue declares.
    pub fn describe(&self) -> JsValue {
        let catalog = &self.0;
        let currency = catalog.currency();
        object([
            ("id", catalog.id().into()),
            ("version", catalog.version().into()),
            ("names", names(catalog.names())),
            (
                "currency",
                object([("code", currency.code().into()), ("exponent", currency.exponent().into())]),
            ),
            ("date", shown(catalog.date())),
            ("plans", list(catalog.plans().iter().map(|known| plan(known, currency)))),
            ("meters", list(catalog.meters().iter().map(meter))),
            ("given", list(catalog.given().iter().map(|known| given(known, currency)))),
            ("inputs", list(catalog.inputs())),
        ])
    }

    /// The totals on every plan: `[minor units of each plan and then the plans' positions, cheapest first; the amounts as text
    /// with a space between]`. Few values cross, since this is called once for each keystroke in a calculator.
    ///
    /// # Errors
    /// The problems of the usage.
    pub fn quote(&self, usage: &JsValue) -> Result<Array, JsValue> {
        let quote = self.0.quote(&record(usage)?).map_err(thrown)?;
        let currency = self.0.currency();
        let mut numbers: Vec<f64> = quote.totals().iter().copied().map(minor).collect();
        #[expect(clippy::cast_precision_loss, reason = "there are few plans")]
        numbers.extend(quote.cheapest_first_positions().into_iter().map(|position| position as f64));
        let texts: Vec<String> = quote.totals().iter().map(|total| currency.format(*total)).collect();
        Ok(Array::of2(&Float64Array::from(&*numbers), &texts.join(" ").into()))
    }

    /// The bill on one plan.
    ///
    /// # Errors
    /// The problems of the usage, or an unknown plan.
    pub fn bill(&self, plan: &str, usage: &JsValue) -> Result<JsValue, JsValue> {
        self.0.bill(plan, &record(usage)?).map(|known| bill(&known)).map_err(thrown)
    }

    /// The totals of a block, into one `Float64Array` of its length for each plan; NaN where a row is invalid.
    #[wasm_bindgen(js_name = billBlock)]
    pub fn bill_block(&self, call: &mut Call, block: &Block, first: usize, out: &Array) {
        let totals = call.run(first, |options| self.0.bill_columns(&[block.batch()?], options));
        let Some(totals) = totals else { return };
        let mut lanes = Vec::with_capacity(totals.valid.len());
        for (column, out) in totals.plans.iter().zip(out.iter()) {
            lanes.clear();
            #[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
            let lane = |(total, valid): (&i64, &bool)| if *valid { *total as f64 } else { f64::NAN };
            lanes.extend(column.iter().zip(&totals.valid).map(lane));
            store!(Float64Array, out, lanes);
        }
    }

    /// Adds the totals of a block to `sums`.
    #[wasm_bindgen(js_name = sumBlock)]
    pub fn sum_block(&self, call: &mut Call, block: &Block, first: usize, sums: &mut Sums) {
        let part = call.run(first, |options| self.0.sum_columns(&[block.batch()?], options));
        sums.0.resize(self.0.plans().len(), 0);
        for (sum, part) in sums.0.iter_mut().zip(part.unwrap_or_default()) {
            *sum = sum.saturating_add(part);
        }
    }

    /// `[total, minor units]` for each plan, as texts: sums may be larger than JavaScript's safe integers.
    #[wasm_bindgen(js_name = sumTexts)]
    pub fn sum_texts(&self, sums: &Sums) -> Array {
        let text = |sum: &i128| list([self.0.currency().format_minor(*sum), sum.to_string()]);
        sums.0.iter().map(text).collect()
    }
}

/// One sum for each plan.
#[wasm_bindgen]
#[derive(Default)]
pub struct Sums(Vec<i128>);

#[wasm_bindgen]
impl Sums {
    /// Sums of nothing.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }
}

fn plan(plan: &Plan, currency: &Currency) -> JsValue {
    let period = plan.period();
    object([
        ("id", plan.id().into()),
        ("names", names(plan.names())),
        ("fee", major(currency, plan.fee())),
        ("feeMinor", minor(plan.fee()).into()),
        ("priority", nullable(plan.priority())),
        ("effectiveFrom", shown(period.and_then(|period| period.from()))),
        ("effectiveTo", shown(period.and_then(|period| period.to()))),
    ])
}

fn meter(meter: &Meter) -> JsValue {
    object([
        ("id", meter.id().into()),
        ("names", names(meter.names())),
        ("unit", meter.unit().into()),
        ("base", meter.base().into()),
        ("ratio", count(meter.ratio())),
        ("default", nullable(meter.default().map(count))),
    ])
}

fn given(given: &GivenCharge, currency: &Currency) -> JsValue {
    object([
        ("id", given.id().into()),
        ("names", names(given.names())),
        ("default", nullable(given.default().map(|amount| major(currency, amount)))),
    ])
}

fn bill(bill: &Bill<'_>) -> JsValue {
    let currency = bill.currency();
    object([
        ("plan", bill.plan().id().into()),
        ("names", names(bill.plan().names())),
        ("currency", currency.code().into()),
        ("lines", list(bill.lines().iter().map(|known| line(known, currency)))),
        ("unrounded", bill.unrounded().to_string().into()),
        ("total", major(currency, bill.total())),
        ("totalMinor", minor(bill.total()).into()),
    ])
}

fn line(line: &Line<'_>, currency: &Currency) -> JsValue {
    let nameless = Names::default();
    let (kind, known) = match line.kind() {
        LineKind::Meter(meter) => ("meter", meter.names()),
        LineKind::Given(given) => ("given", given.names()),
        _ => ("fee", &nameless),
    };
    let every = [
        ("kind", kind.into()),
        ("id", line.id().into()),
        ("names", names(known)),
        ("exact", line.exact().to_string().into()),
        ("amount", nullable(line.amount().map(|amount| major(currency, amount)))),
        ("amountMinor", nullable(line.amount().map(minor))),
    ];
    let LineKind::Meter(meter) = line.kind() else { return object(every) };
    let quantities = [
        ("used", quantity(meter, line.used())),
        ("included", quantity(meter, line.included())),
        ("over", quantity(meter, line.over())),
        ("blocks", nullable(line.blocks().map(count))),
    ];
    object(every.into_iter().chain(quantities))
}

/// Base units, and the same as text in the unit of the meter.
fn quantity(meter: &Meter, units: u64) -> JsValue {
    object([("units", count(units)), ("text", meter.format(units).into())])
}
