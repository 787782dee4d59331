//! Frameworks of indicators: scores of one object or of a frame, why, and how sure they are.

mod audit;
mod explanation;
mod framework;
mod goal;
mod roll_up;
mod scores;
mod statistics;
mod uncertainty;

pub(crate) use audit::{PyAudit, PyIndicatorAudit};
pub(crate) use explanation::{PyIndicatorScore, PyNodeScore, PyScore, PyScoreExplanation};
pub(crate) use framework::{PyFramework, PyFrameworkNode, PyIndicator};
pub(crate) use goal::{PyDifference, PyGoal, PyIndicatorDifference};
pub(crate) use scores::PyScores;
pub(crate) use statistics::{PyRedundantPair, PySilentIndicator, PyStatistics};
pub(crate) use uncertainty::{PyRemoval, PySwap, PyUncertainty};
