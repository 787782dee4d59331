//! A Monte-Carlo experiment: many weightings, and perhaps noise, on the same objects.

use std::ops::Range;

use fearless_simd::Level;

use super::product::{Factors, Panel, product};
use super::{AnalysisError, Noise, Objects, WeightTree, Weighting, Weightings};
use crate::column::Options;

/// What varies in an experiment, and how often.
///
/// ```
/// use cpcfit::scoring::uncertainty::Settings;
/// let settings = Settings::default();
/// assert_eq!((settings.draws, settings.seed), (1_000, 0));
/// ```
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// How many draws; default 1,000. Given weights bring their own number.
    pub draws: usize,
    /// Every seed gives other draws; default 0. Draw `d` is the same whatever the number of draws.
    pub seed: u64,
    /// How weights vary; default Dirichlet with [`Vary::CONCENTRATION`](super::Vary::CONCENTRATION) in every node.
    pub weighting: Weighting,
    /// How values vary; default not at all.
    pub noise: Option<Noise<'a>>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self { draws: 1_000, seed: 0, weighting: Weighting::default(), noise: None }
    }
}

/// Objects with the weightings under which they are scored.
///
/// The same seed gives the same results to the bit, on any number of threads, at any SIMD level.
///
/// ```
/// use cpcfit::scoring::uncertainty::{Experiment, Objects, RankSettings, Settings, WeightTree};
/// use cpcfit::Options;
///
/// let (price, quality) = ([80.0, 60.0, 20.0], [50.0, 60.0, 90.0]);
/// let objects = Objects::new(vec![&price, &quality])?;
/// let tree = WeightTree::flat(&[0.5, 0.5])?;
/// let experiment = Experiment::new(objects, &tree, Settings::default(), &Options::default())?;
/// let ranks = experiment.ranks(&RankSettings::default(), &Options::default())?;
/// assert_eq!(ranks.base, [1, 2, 3]);
/// assert!(ranks.first[0] > 0.9);
/// # Ok::<(), cpcfit::scoring::uncertainty::AnalysisError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Experiment<'a> {
    pub(super) objects: Objects<'a>,
    pub(super) weightings: Weightings,
    base: Vec<f64>,
    seed: u64,
    noise: Option<Noise<'a>>,
}

/// Memory for scoring, kept from call to call.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    factors: Factors,
    panel: Panel,
}

impl<'a> Experiment<'a> {
    /// Draws the weightings.
    ///
    /// # Errors
    /// A tree of another number of indicators; settings out of range.
    pub fn new(
        objects: Objects<'a>,
        tree: &WeightTree,
        settings: Settings<'a>,
        options: &Options,
    ) -> Result<Self, AnalysisError> {
        AnalysisError::check_length("the weights", tree.indicators(), objects.columns().len())?;
        if let Some(noise) = &settings.noise {
            noise.check(&objects)?;
        }
        let weightings = Weightings::new(tree, &settings.weighting, settings.draws, settings.seed, options)?;
        let (base, seed, noise) = (tree.effective(), settings.seed, settings.noise);
        Ok(Self { objects, weightings, base, seed, noise })
    }

    /// The weights of every draw.
    pub fn weightings(&self) -> &Weightings {
        &self.weightings
    }

    /// The scores under the base weights, without noise.
    pub fn base_scores(&self, options: &Options) -> Vec<f64> {
        scores(&self.objects, &self.base, options.simd.level())
    }

    /// The scores of all objects in some draws, draw after draw.
    pub(super) fn by_draw(
        &self,
        level: Option<Level>,
        draws: Range<usize>,
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let indicators = self.weightings.indicators();
        let weights = self.weightings.values().chunks(indicators);
        let weights = weights.skip(draws.start).take(draws.len());
        let Some(noise) = &self.noise else {
            scratch.factors.pack(indicators, weights.map(|weights| weights.iter().copied()));
            product(level, &mut scratch.panel, self.objects.columns(), &scratch.factors, out);
            return;
        };
        for ((draw, weights), scores) in draws.zip(weights).zip(out.chunks_mut(self.objects.len())) {
            scores.fill(0.0);
            for (indicator, (weight, column)) in weights.iter().zip(self.objects.columns()).enumerate() {
                for (object, (score, value)) in scores.iter_mut().zip(*column).enumerate() {
                    *score += weight * noise.apply(self.seed, draw, object, indicator, *value);
                }
            }
        }
    }

    /// The scores of some objects in all draws, object after object. `by_indicator` holds the weights of all draws, indicator
    /// after indicator.
    pub(super) fn by_object(
        &self,
        level: Option<Level>,
        by_indicator: &[f64],
        objects: Range<usize>,
        scratch: &mut Scratch,
        out: &mut [f64],
    ) {
        let (indicators, draws) = (self.weightings.indicators(), self.weightings.draws());
        let Some(noise) = &self.noise else {
            scratch.factors.pack(indicators, objects.map(|object| self.objects.row(object)));
            let columns: Vec<&[f64]> = by_indicator.chunks(draws).collect();
            product(level, &mut scratch.panel, &columns, &scratch.factors, out);
            return;
        };
        for (object, scores) in objects.zip(out.chunks_mut(draws)) {
            scores.fill(0.0);
            let values = self.objects.row(object).enumerate();
            for ((indicator, value), weights) in values.zip(by_indicator.chunks(draws)) {
                for (draw, (score, weight)) in scores.iter_mut().zip(weights).enumerate() {
                    *score += weight * noise.apply(self.seed, draw, object, indicator, value);
                }
            }
        }
    }
}

/// The scores of all objects under one weighting.
pub(super) fn scores(objects: &Objects<'_>, weights: &[f64], level: Option<Level>) -> Vec<f64> {
    let mut scratch = Scratch::default();
    let mut out = vec![0.0; objects.len()];
    scratch.factors.pack(weights.len(), std::iter::once(weights.iter().copied()));
    product(level, &mut scratch.panel, objects.columns(), &scratch.factors, &mut out);
    out
}
