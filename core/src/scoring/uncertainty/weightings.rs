//! Other weights than the base weights: drawn at random around them, within ranges, or given.

use crate::column::{Options, run};

use super::random::{Purpose, Stream};
use super::{AnalysisError, Child, WeightTree};

/// How the weights of one node vary.
#[derive(Clone, Debug, PartialEq)]
pub enum Vary {
    /// Not at all.
    Fixed,
    /// Dirichlet with `alpha_i = concentration * w_i` (Saltelli et al. 2008; OECD Handbook 2008, step 7): the mean of a
    /// weight is its base `w`, its variance `w (1 - w) / (concentration + 1)`. A base weight of 0 stays 0.
    Dirichlet {
        /// Above 0; the larger, the nearer to the base weights.
        concentration: f64,
    },
    /// Each weight uniform between its low and its high, by the children in order, then divided by their sum.
    Ranges(Vec<(f64, f64)>),
}

impl Vary {
    /// The concentration where none is given: a weight of 0.1 then has a standard deviation of 0.03.
    pub const CONCENTRATION: f64 = 100.0;
}

impl Default for Vary {
    fn default() -> Self {
        Self::Dirichlet { concentration: Self::CONCENTRATION }
    }
}

/// Where the weights of the draws come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Weighting {
    /// Every node in the same way.
    All(Vary),
    /// Each node in its own way, by the nodes of the tree in order.
    ByNode(Vec<Vary>),
    /// Effective weights as they are, draw after draw, each with as many weights as there are indicators.
    Given(Vec<f64>),
}

impl Default for Weighting {
    fn default() -> Self {
        Self::All(Vary::default())
    }
}

/// The effective weights of every draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Weightings {
    indicators: usize,
    values: Vec<f64>,
}

impl Weightings {
    /// Draws that one piece of work makes; results do not depend on it.
    const PIECE: usize = 64;

    /// Draws weightings, or takes those given, whose number then is the number of draws. Only threads of `options` count.
    ///
    /// # Errors
    /// No draws, or more than memory can hold the weights of; a concentration that is not above 0; a range that is not within 0
    /// and infinity, or all of a node's ranges ending at 0; given weights that are negative or all 0; lengths that do not fit
    /// the tree.
    pub fn new(
        tree: &WeightTree,
        weighting: &Weighting,
        draws: usize,
        seed: u64,
        options: &Options,
    ) -> Result<Self, AnalysisError> {
        let indicators = tree.indicators();
        let by_node = match weighting {
            Weighting::Given(values) => return Self::given(values, indicators),
            Weighting::All(vary) => vec![vary; tree.nodes().len()],
            Weighting::ByNode(by_node) => by_node.iter().collect(),
        };
        if draws == 0 {
            return Err(AnalysisError::Empty("draws"));
        }
        check(tree, &by_node)?;
        let mut values = zeros(draws, indicators)?;
        let pieces = values.chunks_mut(Self::PIECE * indicators).enumerate().collect();
        run(options, pieces, |(piece, values): (usize, &mut [f64])| {
            for (offset, effective) in values.chunks_mut(indicators).enumerate() {
                let draw = (piece * Self::PIECE + offset) as u64;
                tree.multiply(&draw_all(tree, &by_node, seed, draw), effective);
            }
        });
        Ok(Self { indicators, values })
    }

    fn given(values: &[f64], indicators: usize) -> Result<Self, AnalysisError> {
        if values.is_empty() {
            return Err(AnalysisError::Empty("draws"));
        }
        let whole = values.len().next_multiple_of(indicators);
        AnalysisError::check_length("the given weights", values.len(), whole)?;
        for weights in values.chunks(indicators) {
            for weight in weights {
                let holds = weight.is_finite() && *weight >= 0.0;
                AnalysisError::check(holds, "given weight", *weight, "a number from 0")?;
            }
            AnalysisError::check(
                weights.iter().any(|weight| *weight > 0.0),
                "sum of given weights",
                0.0,
                "above 0",
            )?;
        }
        Ok(Self { indicators, values: values.to_vec() })
    }

    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.values.len() / self.indicators
    }

    /// How many weights each draw has.
    pub fn indicators(&self) -> usize {
        self.indicators
    }

    /// The weights of all draws, one draw after the other.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The weights of all indicators, each with its weights in all draws.
    pub(super) fn transposed(&self) -> Vec<f64> {
        let by_indicator = (0..self.indicators)
            .flat_map(|indicator| self.values.iter().skip(indicator).step_by(self.indicators).copied());
        by_indicator.collect()
    }
}

/// Room for the weights of all draws, if there is as much.
fn zeros(draws: usize, indicators: usize) -> Result<Vec<f64>, AnalysisError> {
    let mut values = Vec::new();
    let len = draws.checked_mul(indicators);
    if len.is_none_or(|len| values.try_reserve_exact(len).is_err()) {
        #[expect(clippy::cast_precision_loss, reason = "shown only")]
        let found = draws as f64;
        AnalysisError::check(false, "draws", found, "no more than memory can hold the weights of")?;
    }
    values.resize(len.unwrap_or(0), 0.0);
    Ok(values)
}

fn check(tree: &WeightTree, by_node: &[&Vary]) -> Result<(), AnalysisError> {
    AnalysisError::check_length("the variations", by_node.len(), tree.nodes().len())?;
    for (node, vary) in tree.nodes().iter().zip(by_node) {
        match vary {
            Vary::Fixed => {}
            Vary::Dirichlet { concentration } => {
                let holds = concentration.is_finite() && *concentration > 0.0;
                AnalysisError::check(holds, "concentration", *concentration, "a number above 0")?;
            }
            Vary::Ranges(ranges) => {
                AnalysisError::check_length("the ranges", ranges.len(), node.children.len())?;
                for (low, high) in ranges {
                    AnalysisError::check(
                        low.is_finite() && *low >= 0.0,
                        "low of a range",
                        *low,
                        "a number from 0",
                    )?;
                    AnalysisError::check(
                        high.is_finite() && high >= low,
                        "high of a range",
                        *high,
                        "a number from its low",
                    )?;
                }
                let sum = ranges.iter().fold(0.0, |sum, (_, high)| sum + high);
                AnalysisError::check(
                    sum.is_finite() && sum > 0.0,
                    "sum of highs",
                    sum,
                    "above 0 and finite",
                )?;
            }
        }
    }
    Ok(())
}

/// The weights of the children of every node in one draw, node by node. Items are numbered through the whole tree.
fn draw_all(tree: &WeightTree, by_node: &[&Vary], seed: u64, draw: u64) -> Vec<f64> {
    let mut drawn = Vec::new();
    for (node, vary) in tree.nodes().iter().zip(by_node) {
        let first = drawn.len() as u64;
        let streams = (first..).map(|item| Stream::new(seed, Purpose::Weights, draw, item));
        match vary {
            Vary::Fixed => drawn.extend(node.children.iter().map(|(_, weight)| *weight)),
            Vary::Dirichlet { concentration } => {
                drawn.extend(dirichlet(*concentration, &node.children, streams));
            }
            Vary::Ranges(ranges) => {
                let weights = ranges.iter().zip(streams);
                let weights = weights.map(|((low, high), mut stream)| low + (high - low) * stream.uniform());
                drawn.extend(normalised(weights.collect()));
            }
        }
    }
    drawn
}

/// Gamma numbers divided by their sum (Devroye 1986, XI.4), relative to the largest, so that tiny shapes do not all vanish.
fn dirichlet(
    concentration: f64,
    children: &[(Child, f64)],
    streams: impl Iterator<Item = Stream>,
) -> Vec<f64> {
    let logarithms: Vec<f64> = children
        .iter()
        .zip(streams)
        .map(|((_, weight), mut stream)| {
            let shape = concentration * weight;
            if shape > 0.0 { stream.ln_gamma(shape) } else { f64::NEG_INFINITY }
        })
        .collect();
    let largest =
        logarithms.iter().fold(f64::NEG_INFINITY, |most, value| if *value > most { *value } else { most });
    if !largest.is_finite() {
        return children.iter().map(|(_, weight)| *weight).collect();
    }
    normalised(logarithms.into_iter().map(|value| libm::exp(value - largest)).collect())
}

fn normalised(mut weights: Vec<f64>) -> Vec<f64> {
    let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}
