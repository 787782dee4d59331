//! How the indicators of a framework hang together.

use cpcfit::scoring::Indicator;
use cpcfit::scoring::statistics::{Correlations, PrincipalComponents, Statistics};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::Call;
use crate::columns::Block;
use crate::framework::FrameworkHandle;
use crate::value::{index, list, nullable, object};

#[wasm_bindgen]
impl FrameworkHandle {
    /// The statistics of all rows, which are one block; `null` where the call has problems.
    pub fn statistics(&self, call: &mut Call, block: &Block) -> JsValue {
        let found = call.run(0, |options| self.0.statistics(&[block.batch()?], options));
        nullable(found.map(|found| statistics(self.0.indicators(), &found)))
    }
}

fn statistics(indicators: &[Indicator], found: &Statistics) -> JsValue {
    let id = |position: usize| nullable(indicators.get(position).map(Indicator::id));
    let alphas = indicators.iter().zip(found.reliability.if_deleted());
    let redundant = found.redundant.iter().map(|pair| {
        let ids = list([id(pair.first), id(pair.second)]);
        object([("ids", ids), ("correlation", pair.correlation.into())])
    });
    let silent = found
        .silent
        .iter()
        .map(|silent| object([("id", id(silent.indicator)), ("correlation", nullable(silent.correlation))]));
    object([
        ("rows", index(found.rows)),
        ("ids", list(indicators.iter().map(Indicator::id))),
        ("pearson", matrix(&found.pearson)),
        ("spearman", matrix(&found.spearman)),
        ("alpha", nullable(found.reliability.alpha())),
        ("alphaIfDeleted", object(alphas.map(|(indicator, alpha)| (indicator.id(), nullable(*alpha))))),
        ("eigenvalues", numbers(found.components.eigenvalues())),
        ("explained", numbers(&found.components.explained())),
        ("kept", index(found.components.kept())),
        ("loadings", loadings(&found.components)),
        ("redundant", list(redundant)),
        ("silent", list(silent)),
    ])
}

fn matrix(correlations: &Correlations) -> JsValue {
    let count = correlations.indicators();
    list((0..count).map(|first| list((0..count).map(|second| nullable(correlations.get(first, second))))))
}

fn loadings(components: &PrincipalComponents) -> JsValue {
    list((0..components.eigenvalues().len()).map(|component| numbers(components.loadings(component))))
}

fn numbers(values: &[f64]) -> JsValue {
    list(values.iter().copied())
}
