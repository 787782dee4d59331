//! What rules are to a population, which comes block by block.

use cpcfit::rules::{Blocker, Population, RulePopulation};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::problems;
use crate::value::{index, list, object};

/// The rows so far.
#[wasm_bindgen]
#[derive(Default)]
pub struct PopulationHandle(Option<Population>);

#[wasm_bindgen]
impl PopulationHandle {
    /// No rows yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The counts of all rows; `null` where no block could be counted.
    pub fn describe(&self) -> JsValue {
        self.0.as_ref().map_or(JsValue::NULL, population)
    }
}

impl PopulationHandle {
    pub(crate) fn add(&mut self, found: Population) {
        self.0 = Some(match self.0.take() {
            Some(earlier) => earlier.merged(found),
            None => found,
        });
    }
}

fn population(population: &Population) -> JsValue {
    object([
        ("rows", index(population.len())),
        ("invalid", index(population.invalid())),
        ("rules", list(population.rules().iter().map(rule))),
        ("problems", problems(population.problems())),
        ("text", population.to_string().into()),
    ])
}

fn rule(rule: &RulePopulation) -> JsValue {
    object([
        ("rule", rule.rule().into()),
        ("matched", index(rule.matched())),
        ("first", index(rule.first())),
        ("only", index(rule.only())),
        ("blockers", list(rule.blockers().iter().map(blocker))),
    ])
}

fn blocker(part: &Blocker) -> JsValue {
    object([
        ("text", part.text().into()),
        ("blocked", index(part.blocked())),
        ("first", index(part.first())),
        ("only", index(part.only())),
    ])
}
