//! Package fit: policies, one customer's match and its explanation, many customers' matches.

use cpcfit::document::Node;
use cpcfit::fit::{Explanation, Funnel, Match, Matches, PackageFit, Reason, Status, Verdict};
use cpcfit::tariff::Plan;
use cpcfit::{Currency, FitPolicy, Money};
use js_sys::{Array, Float64Array, Int32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::call::Call;
use crate::catalog::CatalogHandle;
use crate::columns::{Block, store};
use crate::error::thrown;
use crate::model::model;
use crate::node::{keys, node};
use crate::record::record;
use crate::value::{count, list, major, minor, names, nullable, object};

model! {
    /// A checked policy.
    PolicyHandle(FitPolicy)
}

#[wasm_bindgen]
impl PolicyHandle {
    /// The policy that bounds nothing, with the top-level keys of an object.
    ///
    /// # Errors
    /// The problems of the settings.
    pub fn of(settings: &JsValue) -> Result<Self, JsValue> {
        overridden(None, settings)
    }

    /// This policy with other values of the top-level keys of an object.
    ///
    /// # Errors
    /// The problems of the settings.
    pub fn with(&self, settings: &JsValue) -> Result<Self, JsValue> {
        overridden(Some(&self.0), settings)
    }

    /// What the policy declares.
    pub fn describe(&self) -> JsValue {
        object([("id", self.0.id().into()), ("version", self.0.version().into())])
    }
}

fn overridden(policy: Option<&FitPolicy>, settings: &JsValue) -> Result<PolicyHandle, JsValue> {
    let mut overrides: Vec<(String, Node)> = Vec::new();
    for key in keys(settings)? {
        let value = Reflect::get(settings, &key)?;
        if !value.is_undefined() {
            overrides.push((key.as_string().unwrap_or_default(), node(&value)?));
        }
    }
    FitPolicy::with_overrides(policy, overrides).map(PolicyHandle).map_err(thrown)
}

/// A policy bound to a catalogue.
#[wasm_bindgen]
pub struct FitHandle(PackageFit);

#[wasm_bindgen]
impl FitHandle {
    /// Binds a policy to a catalogue.
    ///
    /// # Errors
    /// The problems of the policy's conditions.
    #[wasm_bindgen(constructor)]
    pub fn new(catalog: &CatalogHandle, policy: &PolicyHandle) -> Result<Self, JsValue> {
        PackageFit::new(&catalog.0, &policy.0).map(Self).map_err(thrown)
    }

    /// The names of the columns that a call may read.
    pub fn inputs(&self) -> JsValue {
        list(self.0.inputs())
    }

    /// The best plan of one customer.
    ///
    /// # Errors
    /// The problems of the record.
    pub fn record(&self, customer: &JsValue) -> Result<JsValue, JsValue> {
        let found = self.0.record(&record(customer)?).map_err(thrown)?;
        Ok(object(matched(&found, self.0.catalog().currency())))
    }

    /// The best plan of one customer, with the verdict on every plan.
    ///
    /// # Errors
    /// The problems of the record.
    pub fn explain(&self, customer: &JsValue) -> Result<JsValue, JsValue> {
        let explained = self.0.explain(&record(customer)?).map_err(thrown)?;
        Ok(explanation(&explained, self.0.catalog().currency()))
    }

    /// As `explain`, of the only row of a block, which is row `first` of the data.
    #[wasm_bindgen(js_name = explainBlock)]
    pub fn explain_block(&self, call: &mut Call, block: &Block, first: usize) -> JsValue {
        let explained = call.run(first, |options| self.0.explain_row(&[block.batch()?], 0, options));
        nullable(explained.map(|explained| explanation(&explained, self.0.catalog().currency())))
    }

    /// The matches of a block into arrays of its length: status, plan, and the amounts total, present total and present
    /// fee, which are NaN where there is none. Without `present_bill` the last two stay as they are.
    #[wasm_bindgen(js_name = columnsBlock)]
    pub fn columns_block(
        &self,
        call: &mut Call,
        block: &Block,
        first: usize,
        out: &Array,
        funnel: &mut FunnelSum,
        present_bill: bool,
    ) {
        let fit = self.0.clone().with_present_bill(present_bill);
        let matches = call.run(first, |options| fit.columns(&[block.batch()?], options));
        let Some(Matches { status, plan, total, present_total, present_fee, funnel: part, .. }) = matches
        else {
            return;
        };
        funnel.0 += part;
        let [status_out, plan_out, amounts @ ..] = [0, 1, 2, 3, 4].map(|index| out.get(index));
        store!(Uint8Array, status_out, status);
        store!(Int32Array, plan_out, plan);
        for (out, column) in amounts.iter().zip([total, present_total, present_fee]) {
            let lanes: Vec<f64> = column.into_iter().map(lane).collect();
            store!(Float64Array, out, lanes);
        }
    }

    /// Every status as text, in the order of the codes.
    pub fn statuses() -> JsValue {
        list(Status::ALL.map(Status::id))
    }
}

/// Minor units; -1 is none.
#[expect(clippy::cast_precision_loss, reason = "amounts are below 2^53")]
fn lane(minor: i64) -> f64 {
    if minor < 0 { f64::NAN } else { minor as f64 }
}

/// The funnel of the blocks so far.
#[wasm_bindgen]
#[derive(Default)]
pub struct FunnelSum(Funnel);

#[wasm_bindgen]
impl FunnelSum {
    /// The funnel of nobody.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// `{statuses: {target: number, ...}, stages: [{stage, customers}, ...]}`.
    pub fn describe(&self) -> JsValue {
        let stage = |(stage, customers): (&str, u64)| {
            object([("stage", stage.into()), ("customers", count(customers))])
        };
        object([
            (
                "statuses",
                object(Status::ALL.into_iter().map(|status| (status.id(), count(self.0.count(status))))),
            ),
            ("stages", list(self.0.stages().into_iter().map(stage))),
        ])
    }
}

fn matched(found: &Match<'_>, currency: &Currency) -> impl Iterator<Item = (&'static str, JsValue)> {
    let text = |amount: Option<Money>| nullable(amount.map(|amount| major(currency, amount)));
    let number = |amount: Option<Money>| nullable(amount.map(minor));
    [
        ("status", found.status().id().into()),
        ("plan", nullable(found.plan().map(Plan::id))),
        ("names", nullable(found.plan().map(|plan| names(plan.names())))),
        ("total", text(found.total())),
        ("totalMinor", number(found.total())),
        ("presentTotal", text(found.present_total())),
        ("presentTotalMinor", number(found.present_total())),
        ("presentFee", text(found.present_fee())),
        ("presentFeeMinor", number(found.present_fee())),
    ]
    .into_iter()
}

fn explanation(explanation: &Explanation<'_>, currency: &Currency) -> JsValue {
    let verdicts = list(explanation.verdicts().iter().map(|known| verdict(known, currency)));
    let own = [("verdicts", verdicts), ("text", explanation.to_string().into())];
    object(matched(&explanation.found(), currency).chain(own))
}

fn verdict(verdict: &Verdict<'_>, currency: &Currency) -> JsValue {
    object([
        ("plan", verdict.plan().id().into()),
        ("names", names(verdict.plan().names())),
        ("total", major(currency, verdict.total())),
        ("totalMinor", minor(verdict.total()).into()),
        ("totalFeeChange", nullable(verdict.total_fee_change())),
        ("monthlyFeeChange", nullable(verdict.monthly_fee_change())),
        ("chosen", verdict.is_chosen().into()),
        ("reasons", list(verdict.reasons().iter().map(reason))),
    ])
}

fn reason(reason: &Reason) -> JsValue {
    object([("kind", reason.id().into()), ("text", reason.to_string().into())])
}
