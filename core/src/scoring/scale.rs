//! The scale of all scores of a framework.

/// The lowest and the highest score.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scale {
    /// The lowest score.
    pub min: f64,
    /// The highest score.
    pub max: f64,
}

impl Scale {
    pub(super) const PERCENT: Self = Self { min: 0.0, max: 100.0 };

    /// From lowest to highest.
    pub(super) fn range(self) -> f64 {
        self.max - self.min
    }

    /// The score at a share of the scale.
    pub(super) fn at(self, share: f64) -> f64 {
        self.min + self.range() * share
    }

    pub(super) fn holds(self, score: f64) -> bool {
        (self.min..=self.max).contains(&score)
    }
}
