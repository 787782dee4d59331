//! Contact policies: whether one customer may be contacted, and many.

use cpcfit::rules::{
    CandidateColumns, ContactFinding, ContactPolicy, ContactStatus, Entry, MISSING_MOMENT, Verdict, Verdicts,
};
use cpcfit::{Problem, Record};
use js_sys::{Array, Float64Array, Int32Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::{Call, renamed};
use crate::columns::Block;
use crate::error::{problems, thrown};
use crate::model::model;
use crate::record::record;
use crate::value::{index, list, names, nullable, object, shown};

model! {
    /// A checked contact policy.
    ContactPolicyHandle(ContactPolicy)
}

#[wasm_bindgen]
impl ContactPolicyHandle {
    /// What the policy declares.
    pub fn describe(&self) -> JsValue {
        let policy = &self.0;
        object([
            ("id", policy.id().into()),
            ("version", policy.version().into()),
            ("names", names(policy.names())),
            ("offset", policy.offset().into()),
            ("channels", list(policy.channels())),
            ("kinds", list(policy.kinds())),
            ("outcomes", list(policy.outcomes())),
            ("entries", list(policy.entries().iter().map(entry))),
            ("inputs", list(policy.inputs())),
        ])
    }

    /// Whether one customer may be contacted: `candidate` has channel, kind and now, `history` is an array of contacts.
    ///
    /// # Errors
    /// Everything that is wrong with the three.
    pub fn check(
        &self,
        customer: &JsValue,
        candidate: &JsValue,
        history: &Array,
    ) -> Result<JsValue, JsValue> {
        let contacts = history.iter().map(|contact| record(&contact));
        let contacts = contacts.collect::<Result<Vec<Record>, JsValue>>()?;
        let found = self.0.check_records(&record(customer)?, &record(candidate)?, &contacts);
        found.map(|found| verdict(&found)).map_err(thrown)
    }
}

#[wasm_bindgen]
impl ContactPolicyHandle {
    /// Whether the customers of all rows, which are one block, may be contacted: `given` has channel, kind and now as far as
    /// they are the same for all, `contact_columns` says which columns of contacts have other names. `null` where the call has
    /// problems.
    ///
    /// # Errors
    /// When what is given cannot be used.
    #[wasm_bindgen(js_name = checkColumns)]
    pub fn check_columns(
        &self,
        call: &mut Call,
        block: &Block,
        has_contacts: bool,
        contacts: &Block,
        given: &JsValue,
        contact_columns: &JsValue,
    ) -> Result<JsValue, JsValue> {
        let mut candidates = CandidateColumns::from_record(&record(given)?).map_err(thrown)?;
        candidates.contact_columns = renamed(contact_columns)?;
        let found = call.run(0, |options| {
            let contacts = if has_contacts { vec![contacts.batch()?] } else { Vec::new() };
            self.0.check_columns(&[block.batch()?], &candidates, &contacts, options)
        });
        Ok(nullable(found.map(|mut found| {
            let left_out = std::mem::take(&mut found.problems);
            verdicts(&found, call.leave_out(left_out))
        })))
    }

    /// Every status as text, in the order of the codes.
    pub fn statuses() -> JsValue {
        list(ContactStatus::ids())
    }
}

fn verdicts(found: &Verdicts, left_out: &[Problem]) -> JsValue {
    let next: Vec<f64> = found.next_allowed.iter().copied().map(milliseconds).collect();
    object([
        ("status", Uint8Array::from(&*found.status).into()),
        ("reason", Int32Array::from(&*found.reason).into()),
        ("nextAllowed", Float64Array::from(&*next).into()),
        ("unmatchedContacts", index(found.unmatched_contacts)),
        ("problems", problems(left_out)),
    ])
}

/// NaN where there is no moment.
#[expect(clippy::cast_precision_loss, reason = "exact for centuries, then to the nearest")]
fn milliseconds(micros: i64) -> f64 {
    if micros == MISSING_MOMENT { f64::NAN } else { micros as f64 / 1_000.0 }
}

fn entry(entry: &Entry) -> JsValue {
    object([
        ("id", entry.id().into()),
        ("code", entry.kind().id().into()),
        ("names", names(entry.names())),
        ("reason", nullable(entry.reason().map(names))),
        ("note", nullable(entry.note())),
    ])
}

fn verdict(verdict: &Verdict<'_>) -> JsValue {
    let id = |finding: &ContactFinding<'_>| JsValue::from(finding.entry().id());
    object([
        ("allowed", verdict.allowed().into()),
        ("reasons", list(verdict.reasons().map(id))),
        ("nextAllowed", shown(verdict.next_allowed())),
        ("findings", list(verdict.findings().iter().map(finding))),
        ("text", verdict.to_string().into()),
    ])
}

fn finding(finding: &ContactFinding<'_>) -> JsValue {
    object([
        ("entry", finding.entry().id().into()),
        ("code", finding.entry().kind().id().into()),
        ("status", finding.status().id().into()),
        ("expected", finding.expected().into()),
        ("actual", nullable(finding.actual())),
        ("until", shown(finding.until())),
    ])
}
