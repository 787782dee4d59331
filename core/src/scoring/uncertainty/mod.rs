//! How sure are we: what becomes of scores and ranks when weights and values vary.
//!
//! [`Objects`] are normalised values, a [`WeightTree`] weighs them. An [`Experiment`] draws many [`Weightings`], and perhaps
//! [`Noise`], and tells how ranks ([`Experiment::ranks`]) and scores ([`Experiment::scores`]) vary. [`swap`] asks how little
//! the weights must change for two objects to change places, [`without_each`] what the ranking is without each indicator.
//!
//! A score is the sum of effective weight times value in the order of the indicators, each multiplied and then added: the
//! bits of the record evaluator. Every random number is a function of seed, draw and item. So results depend neither on
//! threads nor on the SIMD level.

mod correlation;
#[cfg(test)]
mod correlation_tests;
mod error;
mod experiment;
mod noise;
mod objects;
mod order;
mod product;
mod random;
#[cfg(test)]
mod random_tests;
mod ranks;
mod remove_one;
mod scores;
mod swap;
#[cfg(test)]
mod swap_tests;
#[cfg(test)]
mod tests;
mod tree;
mod weightings;

pub use correlation::{kendall, spearman};
pub use error::AnalysisError;
pub use experiment::{Experiment, Settings};
pub use noise::Noise;
pub use objects::Objects;
pub use ranks::{RankDistribution, RankSettings, Reversal};
pub use remove_one::{Removal, without_each};
pub use scores::{ScoreDistribution, ScoreSettings};
pub use swap::{Nearest, Swap, swap};
pub use tree::{Child, WeightNode, WeightTree};
pub use weightings::{Vary, Weighting, Weightings};
