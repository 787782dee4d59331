//! How the indicators of a framework hang together: correlations, reliability, principal components, and the
//! indicators that repeat others or do not reach the score.
//!
//! All of it is computed over complete rows; an indicator that does not vary has no correlation, which reads `None`.

mod correlation;
mod framework;
mod principal;
mod reliability;

pub use correlation::{Correlations, RedundantPair, SilentIndicator};
pub use framework::Statistics;
pub use principal::PrincipalComponents;
pub use reliability::Reliability;

/// From which correlation on two indicators count as redundant, by default: 0.9, as in the `COINr` package (Becker,
/// Caperna, Del Sorbo, Norlén, Papadimitriou & Saisana 2022, *Journal of Open Source Software* 7(78)).
pub const REDUNDANT: f64 = 0.9;

/// Below which correlation with the score an indicator counts as silent, by default: 0.1, a choice of this library;
/// the idea, that a weight does not show how much an indicator matters, is that of Paruolo, Saisana & Saltelli 2013,
/// *Journal of the Royal Statistical Society A* 176(3).
pub const SILENT: f64 = 0.1;
