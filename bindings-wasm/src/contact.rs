//! Contact policies: whether one customer may be contacted.

use cpcfit::Record;
use cpcfit::rules::{ContactFinding, ContactPolicy, Entry, Verdict};
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::catalog::document;
use crate::error::thrown;
use crate::record::record;
use crate::value::{list, names, nullable, object};

/// A checked contact policy.
#[wasm_bindgen]
pub struct ContactPolicyHandle(ContactPolicy);

#[wasm_bindgen]
impl ContactPolicyHandle {
    /// Reads a document: text or an object.
    ///
    /// # Errors
    /// The problems of the document.
    pub fn parse(value: &JsValue) -> Result<Self, JsValue> {
        ContactPolicy::from_document(&document(value)?).map(Self).map_err(thrown)
    }

    /// What the policy declares.
    pub fn describe(&self) -> JsValue {
        let policy = &self.0;
        let texts = |texts: Vec<&str>| list(texts.into_iter().map(JsValue::from));
        object([
            ("id", policy.id().into()),
            ("version", policy.version().into()),
            ("names", names(policy.names())),
            ("offset", policy.offset().into()),
            ("channels", texts(policy.channels().collect())),
            ("kinds", texts(policy.kinds().collect())),
            ("outcomes", texts(policy.outcomes().collect())),
            ("entries", list(policy.entries().iter().map(entry))),
            ("inputs", texts(policy.inputs().collect())),
        ])
    }

    /// The document as JSON text.
    #[wasm_bindgen(js_name = toJson)]
    pub fn to_json(&self) -> String {
        self.0.to_json().to_owned()
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
        ("nextAllowed", nullable(verdict.next_allowed().map(|moment| moment.to_string()))),
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
        ("until", nullable(finding.until().map(|moment| moment.to_string()))),
    ])
}
