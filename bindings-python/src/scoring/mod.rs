//! Frameworks of indicators: scores of one object or of a frame, and why.

mod explanation;
mod framework;
mod scores;

pub(crate) use explanation::{PyIndicatorScore, PyNodeScore, PyScore, PyScoreExplanation};
pub(crate) use framework::{PyFramework, PyFrameworkNode, PyIndicator};
pub(crate) use scores::PyScores;
