//! How ranks vary when weights do.

use cpcfit::scoring::uncertainty::{
    AnalysisError, Experiment, RankDistribution, RankSettings, Settings, Vary, Weighting,
};
use cpcfit::{Error, Result};
use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::Call;
use crate::columns::Block;
use crate::error::thrown;
use crate::framework::FrameworkHandle;
use crate::value::{index, nullable, object};

#[wasm_bindgen]
impl FrameworkHandle {
    /// The ranks of all rows, which are one block, under weights drawn around the framework's; `null` where the call has
    /// problems. Settings that are not given are the library's.
    ///
    /// # Errors
    /// When a setting is out of range.
    #[wasm_bindgen(js_name = ranksUnderWeights)]
    pub fn ranks_under_weights(
        &self,
        call: &mut Call,
        block: &Block,
        draws: Option<f64>,
        seed: Option<f64>,
        concentration: Option<f64>,
        top: Option<f64>,
    ) -> std::result::Result<JsValue, JsValue> {
        let (mut settings, mut wanted) = (Settings::default(), RankSettings::default());
        if let Some(draws) = whole("draws", draws).map_err(thrown)? {
            settings.draws = usize::try_from(draws).unwrap_or(usize::MAX);
        }
        if let Some(seed) = whole("seed", seed).map_err(thrown)? {
            settings.seed = seed;
        }
        if let Some(concentration) = concentration {
            settings.weighting = Weighting::All(Vary::Dirichlet { concentration });
        }
        if let Some(top) = whole("top", top).map_err(thrown)? {
            wanted.top = u32::try_from(top).unwrap_or(u32::MAX);
        }
        let found = call.run(0, |options| {
            let tree = self.0.weight_tree()?;
            let normalised = self.0.normalise_columns(&[block.batch()?], options)?;
            let experiment = Experiment::new(normalised.objects()?, &tree, settings, options)?;
            Ok(distribution(&normalised.rows, &experiment.ranks(&wanted, options)?))
        });
        Ok(nullable(found))
    }
}

/// A number of JavaScript's that must be whole.
fn whole(argument: &'static str, value: Option<f64>) -> Result<Option<u64>> {
    const MOST: f64 = 9_007_199_254_740_991.0;
    let Some(found) = value else { return Ok(None) };
    if found.fract() == 0.0 && (0.0..=MOST).contains(&found) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0"
        )]
        return Ok(Some(found as u64));
    }
    let expected = "a whole number from 0 that is a safe integer";
    Err(Error::from(AnalysisError::OutOfRange { argument, found, expected }))
}

fn distribution(rows: &[usize], found: &RankDistribution) -> JsValue {
    let floats = |values: &[f64]| JsValue::from(Float64Array::from(values));
    let ranks = |ranks: &[u32]| JsValue::from(Uint32Array::from(ranks));
    // The memory of WebAssembly has no room for more rows than 32 bits can number.
    let rows: Vec<u32> = rows.iter().map(|row| u32::try_from(*row).unwrap_or(u32::MAX)).collect();
    object([
        ("rows", ranks(&rows)),
        ("draws", index(found.draws)),
        ("base", ranks(&found.base)),
        ("mean", floats(&found.mean)),
        ("best", ranks(&found.best)),
        ("worst", ranks(&found.worst)),
        ("first", floats(&found.first)),
        ("top", floats(&found.top)),
    ])
}
