//! The scoring engine: indicator frameworks, baselines, weights, scores, and how sure they are.
//!
//! A framework document is checked and compiled once ([`Framework`]): `tree` puts the nodes in order, `build` makes a
//! curve of every baseline, `weigh` makes weights of whatever says how children are weighted. One object is a
//! [`Record`](crate::Record): [`Framework::score`] gives its [`Score`], by the reference evaluator (`leaf`, `evaluate`).

mod aggregate;
mod attribution;
mod build;
mod columns;
mod compile;
mod curve;
mod direction;
mod document;
mod evaluate;
mod explain;
mod fit;
mod input;
mod lanes;
mod leaf;
mod level;
mod method;
mod model;
mod plan;
mod scale;
mod score;
#[cfg(test)]
mod tests;
mod tree;
mod weigh;
mod weighting;

pub use aggregate::Aggregate;
pub use columns::Scores;
pub use direction::Direction;
pub use explain::{Explanation, IndicatorScore, NodeScore, Origin};
pub use model::{Fitted, FrameworkNode, Indicator};
pub use scale::Scale;
pub use score::{Framework, Score, ScoreStatus};
