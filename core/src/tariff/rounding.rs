//! Where exact charges become amounts.

use crate::money::RoundingMode;

/// What is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Each meter's charge; the bill is the sum of rounded lines.
    Line,
    /// The unrounded sum of the bill, once.
    Bill,
}

/// The rounding that a catalogue declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rounding {
    pub(super) stage: Stage,
    pub(super) mode: RoundingMode,
    pub(super) step: u64,
}

impl Rounding {
    /// What is rounded.
    pub fn stage(self) -> Stage {
        self.stage
    }

    /// To which side.
    pub fn mode(self) -> RoundingMode {
        self.mode
    }

    /// The step in minor units.
    pub fn step(self) -> u64 {
        self.step
    }

    /// `numerator / denominator` minor units to a multiple of the step; `None` on overflow.
    pub(super) fn round(self, numerator: i128, denominator: i128) -> Option<i128> {
        let step = i128::from(self.step);
        self.mode.divide(numerator, denominator.checked_mul(step)?)?.checked_mul(step)
    }
}
