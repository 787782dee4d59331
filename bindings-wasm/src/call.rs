//! A call over columns, which comes block by block.

use std::collections::BTreeMap;

use cpcfit::{Error, OnError, Options, Problem, Result, Simd};
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::thrown;
use crate::node::{keys, kind_of};

/// The options of a call over columns, and the problems of the blocks so far: those that fail the call, and those of rows that
/// are left out.
#[wasm_bindgen]
pub struct Call {
    options: Options,
    error: Option<Error>,
    left_out: Option<Error>,
}

#[wasm_bindgen]
impl Call {
    /// Begins a call. `columns` is an object that says which column holds a field of another name.
    ///
    /// # Errors
    /// When an option has a value that it cannot have.
    #[wasm_bindgen(constructor)]
    pub fn new(on_error: &str, simd: &str, columns: &JsValue) -> std::result::Result<Self, JsValue> {
        let on_error = match on_error {
            "raise" => OnError::Raise,
            "null" => OnError::Null,
            other => {
                let found = format!("\"{other}\"");
                return Err(thrown(Error::unsupported_value("onError", &found, "\"raise\" or \"null\"")));
            }
        };
        let simd = Simd::named(simd).map_err(thrown)?;
        let options =
            Options { threads: 1, simd, on_error, columns: renamed(columns)?, ..Options::default() };
        Ok(Self { options, error: None, left_out: None })
    }

    /// Ends the call.
    ///
    /// # Errors
    /// The problems of all blocks.
    pub fn finish(&mut self) -> std::result::Result<(), JsValue> {
        self.error.take().map_or(Ok(()), |error| Err(thrown(error)))
    }
}

impl Call {
    /// Runs the part of the call that concerns a block; its problems wait for the end.
    pub(crate) fn run<T>(&mut self, first_row: usize, work: impl FnOnce(&Options) -> Result<T>) -> Option<T> {
        self.options.first_row = first_row;
        match work(&self.options) {
            Ok(result) => Some(result),
            Err(later) => {
                self.error = Some(joined(self.error.take(), later));
                None
            }
        }
    }

    /// Adds the problems of a block whose rows were left out; returns those of all blocks so far.
    pub(crate) fn leave_out(&mut self, problems: Vec<Problem>) -> &[Problem] {
        if !problems.is_empty() {
            self.left_out = Some(joined(self.left_out.take(), Error::data(problems)));
        }
        self.left_out.as_ref().map_or(&[], Error::problems)
    }
}

fn joined(earlier: Option<Error>, later: Error) -> Error {
    match earlier {
        Some(earlier) => earlier.merged(later),
        None => later,
    }
}

/// An object that says which column holds what, as a map.
pub(crate) fn renamed(columns: &JsValue) -> std::result::Result<BTreeMap<String, String>, JsValue> {
    let mut renamed = BTreeMap::new();
    for field in keys(columns)? {
        let column = Reflect::get(columns, &field)?;
        let field = field.as_string().unwrap_or_default();
        let Some(column) = column.as_string() else {
            let path = format!("columns/{field}");
            return Err(thrown(Error::unsupported_value(&path, &kind_of(&column), "the name of a column")));
        };
        renamed.insert(field, column);
    }
    Ok(renamed)
}
