//! What one indicator must reach, and why two scores differ.

use cpcfit::Result;
use cpcfit::scoring::{Difference, Goal, Parts, Scored};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::error::thrown;
use crate::framework::FrameworkHandle;
use crate::record::record;
use crate::value::{list, nullable, object};

#[wasm_bindgen]
impl FrameworkHandle {
    /// For each indicator alone, the value with which the object's score reaches the target.
    ///
    /// # Errors
    /// As `score`.
    pub fn reach(&self, values: &JsValue, target: f64) -> std::result::Result<JsValue, JsValue> {
        self.goals(self.0.reach(&record(values)?, target))
    }

    /// For each indicator alone, the value with which the object draws level with a rival.
    ///
    /// # Errors
    /// As `score`, for either.
    pub fn overtake(&self, values: &JsValue, rival: &JsValue) -> std::result::Result<JsValue, JsValue> {
        self.goals(self.0.overtake(&record(values)?, &record(rival)?))
    }

    /// Why the score of an object differs from that of a later one in its own framework; `null` where either has none.
    ///
    /// # Errors
    /// As `score`, for both objects in both frameworks; and where the scales differ.
    pub fn difference(
        &self,
        values: &JsValue,
        later: &JsValue,
        framework: &Self,
    ) -> std::result::Result<JsValue, JsValue> {
        let (values, later) = (record(values)?, record(later)?);
        let before = Scored { framework: &self.0, record: &values };
        let after = Scored { framework: &framework.0, record: &later };
        let found = before.difference(after).map_err(thrown)?;
        Ok(nullable(found.as_ref().map(difference)))
    }
}

impl FrameworkHandle {
    fn goals(&self, goals: Result<Vec<Goal>>) -> std::result::Result<JsValue, JsValue> {
        let goals = goals.map_err(thrown)?;
        Ok(list(goals.iter().filter_map(|known| self.goal(known))))
    }

    fn goal(&self, goal: &Goal) -> Option<JsValue> {
        let indicator = self.0.indicators().get(goal.indicator)?;
        Some(object([
            ("id", indicator.id().into()),
            ("direction", indicator.direction().word().into()),
            ("unit", nullable(indicator.unit())),
            ("present", nullable(goal.present)),
            ("value", nullable(goal.value)),
            ("score", nullable(goal.score)),
        ]))
    }
}

fn difference(difference: &Difference) -> JsValue {
    let own = [("before", difference.before.into()), ("after", difference.after.into())];
    let indicator =
        |(id, known): &(String, Parts)| object([("id", id.into())].into_iter().chain(parts(known)));
    let indicators = [("indicators", list(difference.indicators.iter().map(indicator)))];
    object(own.into_iter().chain(parts(&difference.total)).chain(indicators))
}

fn parts(parts: &Parts) -> [(&'static str, JsValue); 3] {
    [("data", parts.data.into()), ("weights", parts.weights.into()), ("baselines", parts.baselines.into())]
}
