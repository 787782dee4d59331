//! The scoring engine: indicator frameworks, baselines, weights, scores, and how sure they are.
//!
//! A framework document is checked and compiled once ([`Framework`]): `tree` puts the nodes in order, `build` makes a
//! curve of every baseline, `weigh` makes weights of whatever says how children are weighted. One object is a
//! [`Record`](crate::Record): [`Framework::score`] gives its [`Score`], by the reference evaluator (`leaf`, `evaluate`).

mod aggregate;
mod attribution;
mod audit;
mod build;
mod columns;
mod compile;
mod curve;
mod difference;
mod direction;
mod document;
#[cfg(test)]
mod edge_tests;
mod evaluate;
mod explain;
mod fault;
mod fit;
#[cfg(test)]
mod fixtures;
mod goal;
mod input;
mod lanes;
mod leaf;
mod level;
mod matrix;
mod method;
mod model;
mod normalised;
mod plan;
mod roll_up;
mod scale;
mod score;
pub mod statistics;
#[cfg(test)]
mod tests;
mod tree;
pub mod uncertainty;
mod weigh;
mod weighting;
mod weights;

pub use aggregate::Aggregate;
pub use audit::IndicatorAudit;
pub use columns::Scores;
pub use difference::{Difference, Parts, Scored};
pub use direction::Direction;
pub use explain::{Explanation, IndicatorScore, NodeScore, Origin};
pub use goal::Goal;
pub use model::{Fitted, FrameworkNode, Indicator};
pub use normalised::Normalised;
pub use roll_up::RollUp;
pub use scale::Scale;
pub use score::{Framework, Score, ScoreStatus};
pub use weights::Comparison;
