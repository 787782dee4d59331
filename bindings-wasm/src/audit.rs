//! What data hold, before they are scored.

use cpcfit::scoring::IndicatorAudit;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::call::Call;
use crate::columns::Block;
use crate::framework::FrameworkHandle;
use crate::value::{index, list, nullable, object};

#[wasm_bindgen]
impl FrameworkHandle {
    /// What all rows, which are one block, hold of every indicator; `null` where the call has problems.
    pub fn audit(&self, call: &mut Call, block: &Block) -> JsValue {
        let audits = call.run(0, |options| self.0.audit(&[block.batch()?], options));
        nullable(audits.map(|audits| list(audits.iter().filter_map(|known| self.audited(known)))))
    }
}

impl FrameworkHandle {
    fn audited(&self, audit: &IndicatorAudit) -> Option<JsValue> {
        let indicator = self.0.indicators().get(audit.indicator)?;
        let [minimum, lower, median, upper, maximum] =
            audit.quartiles.map_or([None; 5], |quartiles| quartiles.map(Some)).map(nullable);
        Some(object([
            ("id", indicator.id().into()),
            ("direction", indicator.direction().word().into()),
            ("unit", nullable(indicator.unit())),
            ("rows", index(audit.rows)),
            ("missing", index(audit.missing)),
            ("infinite", index(audit.infinite)),
            ("impossible", index(audit.impossible)),
            ("outliers", index(audit.outliers)),
            ("constant", audit.constant.into()),
            ("minimum", minimum),
            ("lowerQuartile", lower),
            ("median", median),
            ("upperQuartile", upper),
            ("maximum", maximum),
            ("mean", nullable(audit.mean)),
            ("deviation", nullable(audit.deviation)),
            ("unusableShare", audit.unusable_share().into()),
        ]))
    }
}
