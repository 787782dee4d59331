//! Scoring frameworks: one object's score and its explanation, many objects' scores, fitting to data.

use cpcfit::scoring::{
    Explanation, FrameworkNode, Indicator, IndicatorScore, NodeScore, ScoreStatus, Scores,
};
use cpcfit::{Framework, Score};
use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::call::Call;
use crate::columns::{Block, store};
use crate::error::{problems, thrown};
use crate::model::model;
use crate::node::date;
use crate::record::record;
use crate::value::{count, empty, index, list, names, nullable, object, shown};

model! {
    /// A checked framework.
    FrameworkHandle(Framework)
}

#[wasm_bindgen]
impl FrameworkHandle {
    /// What the framework declares.
    pub fn describe(&self) -> JsValue {
        let framework = &self.0;
        let scale = framework.scale();
        let fitted =
            framework.fitted().map(|fitted| object([("on", shown(fitted.on)), ("rows", count(fitted.rows))]));
        let indicators = framework.indicators().iter().zip(framework.effective_weights());
        object([
            ("id", framework.id().into()),
            ("version", framework.version().into()),
            ("names", names(framework.name())),
            ("source", nullable(framework.source())),
            ("scale", object([("min", scale.min.into()), ("max", scale.max.into())])),
            ("isFitted", framework.is_fitted().into()),
            ("fitted", nullable(fitted)),
            ("indicators", list(indicators.map(|(known, weight)| indicator(known, *weight)))),
            ("nodes", list(framework.nodes().iter().map(node))),
            ("inputs", list(framework.inputs())),
            ("warnings", problems(framework.warnings())),
        ])
    }

    /// The score of one object.
    ///
    /// # Errors
    /// The problems of the record, or that the framework is not fitted.
    pub fn score(&self, values: &JsValue) -> Result<JsValue, JsValue> {
        self.0.score(&record(values)?).map(|score| object(scored(score))).map_err(thrown)
    }

    /// The score of one object, taken apart.
    ///
    /// # Errors
    /// As `score`.
    pub fn explain(&self, values: &JsValue) -> Result<JsValue, JsValue> {
        self.0.explain(&record(values)?).map(|known| explanation(&known)).map_err(thrown)
    }

    /// The scores of a block into arrays of its length: score, coverage, status, and one for each of the `nodes`. Coverages of
    /// 1 and statuses of 0 are not written. Returns the problems of the rows left out so far.
    #[wasm_bindgen(js_name = scoreBlock)]
    pub fn score_block(
        &self,
        call: &mut Call,
        block: &Block,
        first: usize,
        nodes: &Array,
        out: &Array,
    ) -> JsValue {
        let nodes: Vec<String> = nodes.iter().filter_map(|id| id.as_string()).collect();
        let ids: Vec<&str> = nodes.iter().map(String::as_str).collect();
        let scores = call.run(first, |options| self.0.score_columns(&[block.batch()?], &ids, options));
        let Some(Scores { score, coverage, status, nodes, problems: left_out, .. }) = scores else {
            return empty();
        };
        let [score_out, coverage_out, status_out] = [0, 1, 2].map(|index| out.get(index));
        store!(Float64Array, score_out, score);
        store!(Float64Array, coverage_out, coverage);
        store!(Uint8Array, status_out, status);
        for (scores, out) in nodes.iter().zip(out.iter().skip(3)) {
            store!(Float64Array, out, *scores);
        }
        problems(call.leave_out(left_out))
    }

    /// The framework fitted to all rows, which are one block; none where the call has problems.
    ///
    /// # Errors
    /// When `on` is no date.
    pub fn fit(&self, call: &mut Call, block: &Block, on: &JsValue) -> Result<Option<Self>, JsValue> {
        let on = if on.is_undefined() { None } else { Some(date(on).map_err(thrown)?) };
        Ok(call.run(0, |options| self.0.fit(&[block.batch()?], on, options)).map(Self))
    }

    /// Every status as text, in the order of the codes.
    pub fn statuses() -> JsValue {
        list(ScoreStatus::ALL.map(ScoreStatus::word))
    }
}

/// The rank of each score, 1 the highest; 0 where there is none.
#[wasm_bindgen]
pub fn ranks(score: Vec<f64>) -> Vec<u32> {
    let mut scores = Scores::default();
    scores.score = score;
    scores.ranks()
}

fn indicator(indicator: &Indicator, weight: f64) -> JsValue {
    object([
        ("id", indicator.id().into()),
        ("names", names(indicator.name())),
        ("unit", nullable(indicator.unit())),
        ("direction", indicator.direction().word().into()),
        ("source", nullable(indicator.source())),
        ("effectiveWeight", weight.into()),
    ])
}

fn node(node: &FrameworkNode) -> JsValue {
    object([
        ("id", node.id().into()),
        ("names", names(node.name())),
        ("aggregate", node.aggregate().word().into()),
        ("source", nullable(node.source())),
    ])
}

fn scored(score: Score) -> impl Iterator<Item = (&'static str, JsValue)> {
    [
        ("score", nullable(score.value())),
        ("coverage", score.coverage().into()),
        ("status", score.status().word().into()),
    ]
    .into_iter()
}

fn explanation(explanation: &Explanation) -> JsValue {
    let framework = explanation.framework();
    let id = |known: &&IndicatorScore| framework.indicators().get(known.indicator).map(Indicator::id);
    let ids = |indicators: Vec<&IndicatorScore>| list(indicators.iter().filter_map(id));
    let nodes = explanation.nodes().iter().filter_map(|known| node_score(explanation, known));
    let indicators = explanation.indicators().iter().filter_map(|known| indicator_score(explanation, known));
    let own = [
        ("nodes", list(nodes)),
        ("indicators", list(indicators)),
        ("strengths", ids(explanation.strengths(usize::MAX))),
        ("weaknesses", ids(explanation.weaknesses(usize::MAX))),
        ("text", explanation.to_string().into()),
    ];
    object(scored(explanation.score()).chain(own))
}

fn node_score(explanation: &Explanation, known: &NodeScore) -> Option<JsValue> {
    let node = explanation.framework().nodes().get(known.node)?;
    Some(object([
        ("id", node.id().into()),
        ("names", names(node.name())),
        ("depth", index(known.depth)),
        ("score", nullable(known.score)),
        ("coverage", known.coverage.into()),
        ("weight", known.weight.into()),
        ("contribution", known.contribution.into()),
    ]))
}

fn indicator_score(explanation: &Explanation, known: &IndicatorScore) -> Option<JsValue> {
    let indicator = explanation.framework().indicators().get(known.indicator)?;
    Some(object([
        ("id", indicator.id().into()),
        ("names", names(indicator.name())),
        ("direction", indicator.direction().word().into()),
        ("unit", nullable(indicator.unit())),
        ("depth", index(known.depth)),
        ("value", nullable(known.value)),
        ("origin", known.origin.word().into()),
        ("score", nullable(known.score)),
        ("atEnd", known.at_end.into()),
        ("grade", nullable(known.grade.as_deref())),
        ("weight", known.weight.into()),
        ("effectiveWeight", known.effective_weight.into()),
        ("contribution", known.contribution.into()),
        ("undone", known.undone.into()),
        ("lift", explanation.lift(known).into()),
    ]))
}
