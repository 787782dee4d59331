//! A row that is kept: values cross one by one, without objects.

use cpcfit::rules::{Row, Slot};
use cpcfit::{RuleSet, Scalar};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::thrown;
use crate::record::{number, scalar};
use crate::rules::decision;

/// What `first` says where no rule matches.
const NONE: i32 = -1;

/// What `first` says where the row cannot be decided; `decide` says why.
const INVALID: i32 = -2;

/// The values of one record with the rules that decide it. A slot is the position of a field in the document.
#[wasm_bindgen]
pub struct RowHandle {
    set: RuleSet,
    slots: Vec<Slot>,
    row: Row,
}

#[wasm_bindgen]
impl RowHandle {
    /// Sets a number; whether the field takes it. If not, `set` says why.
    #[wasm_bindgen(js_name = setNumber)]
    pub fn set_number(&mut self, slot: usize, value: f64) -> bool {
        self.slots.get(slot).is_some_and(|slot| self.row.put(*slot, number(value)).is_ok())
    }

    /// Sets a text; whether the field takes it. If not, `set` says why.
    #[wasm_bindgen(js_name = setText)]
    pub fn set_text(&mut self, slot: usize, value: &str) -> bool {
        self.slots.get(slot).is_some_and(|slot| self.row.put_text(*slot, value).is_ok())
    }

    /// Sets a value of any kind by name; one that is `undefined` is missing.
    ///
    /// # Errors
    /// That there is no such field, or that it does not take the value.
    pub fn set(&mut self, name: &str, value: &JsValue) -> Result<(), JsValue> {
        let value = if value.is_undefined() { Scalar::Missing } else { scalar(value) };
        self.row.set(name, value).map(drop).map_err(thrown)
    }

    /// The position of the first rule that matches, or one of the two numbers above.
    pub fn first(&self) -> i32 {
        match self.set.first(&self.row) {
            Ok(Some(position)) => i32::try_from(position).unwrap_or(INVALID),
            Ok(None) => NONE,
            Err(_) => INVALID,
        }
    }

    /// The decision on the row.
    ///
    /// # Errors
    /// The fields that lack a required value, or that a date is to be chosen.
    pub fn decide(&self) -> Result<JsValue, JsValue> {
        self.set.decide_row(&self.row).map(|known| decision(&self.set, &known)).map_err(thrown)
    }

    /// Lets every value be missing.
    pub fn clear(&mut self) {
        self.row.clear();
    }
}

impl RowHandle {
    /// A row without values.
    pub(crate) fn of(set: &RuleSet) -> Self {
        let slots = set.fields().iter().filter_map(|field| set.slot(field.id())).collect();
        Self { set: set.clone(), slots, row: set.row() }
    }
}
