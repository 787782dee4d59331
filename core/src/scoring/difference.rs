//! Why two scores differ: data, weights or baselines.

use crate::column::Record;
use crate::error::{Error, Problem, Result, scoring as code};

use super::evaluate::{Gaps, Mixture};
use super::explain::Explanation;
use super::leaf::Leaf;
use super::score::{BoundRecord, Framework};

/// The difference between two scores, split into what data, weights and baselines do.
///
/// Each part is the Shapley value of its factor: the mean over the six orders in which the three can be exchanged. The parts
/// sum to the difference, roundings apart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The first score.
    pub before: f64,
    /// The second score.
    pub after: f64,
    /// The parts of the whole.
    pub total: Parts,
    /// The parts by indicator, for the ids that either framework has, in the order of the first.
    pub indicators: Vec<(String, Parts)>,
}

/// What the three factors do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Parts {
    /// Other values.
    pub data: f64,
    /// Other weights, another tree or other aggregations.
    pub weights: f64,
    /// Other baselines, limits or directions.
    pub baselines: f64,
}

impl Parts {
    /// All three together.
    pub fn sum(&self) -> f64 {
        self.data + self.weights + self.baselines
    }
}

/// An object in its framework.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'s> {
    /// The framework.
    pub framework: &'s Framework,
    /// The object.
    pub record: &'s Record,
}

impl Scored<'_> {
    /// What lies between this object's score and another's, by cause. `None` where either has no score.
    ///
    /// # Errors
    /// `scoring.bad_scale` where the scales differ; else as [`Framework::score`], also for the objects in each other's
    /// framework.
    ///
    /// ```
    /// # let text = "{cpcfit: 1, kind: framework, id: a, version: 1, root: r, indicators: {x: {direction: higher, normalise: {goalposts: {worst: 0, best: 10}}}}, nodes: {r: {children: [x]}}}";
    /// use cpcfit::scoring::Scored;
    /// let (old, new) = (cpcfit::Framework::from_text(text)?, cpcfit::Framework::from_text(&text.replace("10", "20"))?);
    /// let (spring, autumn) = ([("x", 4.0)].into(), [("x", 10.0)].into());
    /// let before = Scored { framework: &old, record: &spring };
    /// let difference = before.difference(Scored { framework: &new, record: &autumn })?.unwrap();
    /// assert_eq!((difference.before, difference.after), (40.0, 50.0));
    /// assert_eq!((difference.total.data, difference.total.baselines), (45.0, -35.0));
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn difference(self, other: Scored<'_>) -> Result<Option<Difference>> {
        let sides = [self, other];
        let (own, others) = (self.framework.scale(), other.framework.scale());
        if own != others {
            let problem = Problem::new(code::BAD_SCALE, "scale", "the scores lie on different scales");
            let found = format!("{} to {} and {} to {}", own.min, own.max, others.min, others.max);
            return Err(Error::data(vec![
                problem.with_found(found).with_expected("frameworks of one scale"),
            ]));
        }
        // Who was measured, by whose baselines.
        let mut bound = Vec::with_capacity(4);
        for data in sides {
            for baselines in sides {
                bound.push(baselines.framework.bind(data.record)?);
            }
        }
        let mixes: Vec<Mixed> = (0..8).map(|mix| Mixed::new(sides, &bound, mix)).collect();
        let (Some(before), Some(after)) = (mixes.first(), mixes.last()) else { return Ok(None) };
        let (Some(before), Some(after)) = (before.score, after.score) else { return Ok(None) };
        let of = |part: &dyn Fn(&Mixed) -> f64| {
            let values: Vec<f64> = mixes.iter().map(part).collect();
            Parts {
                data: shapley(&values, DATA),
                weights: shapley(&values, WEIGHTS),
                baselines: shapley(&values, BASELINES),
            }
        };
        let mut ids: Vec<&str> = Vec::new();
        for indicator in sides.iter().flat_map(|side| side.framework.indicators()) {
            if !ids.contains(&indicator.id()) {
                ids.push(indicator.id());
            }
        }
        let indicators = ids.into_iter().map(|id| (id.to_owned(), of(&|mixed| mixed.contribution(id))));
        let total = of(&|mixed| mixed.score.unwrap_or(0.0));
        Ok(Some(Difference { before, after, total, indicators: indicators.collect() }))
    }
}

/// The bits of a mix: set where the factor is that of the second object.
const DATA: usize = 1;
const WEIGHTS: usize = 2;
const BASELINES: usize = 4;

/// A score with data, weights and baselines of either object.
struct Mixed {
    score: Option<f64>,
    contributions: Vec<(String, f64)>,
}

impl Mixed {
    fn new(sides: [Scored<'_>; 2], bound: &[BoundRecord], mix: usize) -> Self {
        let second = |factor: usize| usize::from(mix & factor != 0);
        let (data, baselines) = (second(DATA), second(BASELINES));
        let [first, other] = sides;
        let pick = |index: usize| if index == 0 { first } else { other };
        let framework = pick(second(WEIGHTS)).framework;
        let measured = pick(baselines).framework;
        let own = bound.get(data * 2 + baselines);
        let position = |id: &str| measured.indicators().iter().position(|indicator| indicator.id() == id);
        let found = |id: &str| own.zip(position(id));
        let leaves: Vec<Leaf> = framework
            .indicators()
            .iter()
            .map(|indicator| {
                found(indicator.id()).and_then(|(own, at)| own.leaves.get(at).copied()).unwrap_or(Leaf::NONE)
            })
            .collect();
        // Segments are read as the framework of the weights reads them.
        let weighting = bound.get(data * 2 + second(WEIGHTS)).map_or(0, |bound| bound.weighting);
        let mixture = Mixture::of(&leaves);
        let mut gaps = Gaps::default();
        if !mixture.is_full() {
            gaps.find(&framework.0, weighting, &leaves);
        }
        let values = vec![None; leaves.len()];
        let explanation =
            Explanation::new(framework, &BoundRecord { weighting, values, leaves, mixture, gaps });
        let contributions = explanation.indicators().iter().filter_map(|part| {
            let id = framework.indicators().get(part.indicator)?.id();
            Some((id.to_owned(), part.contribution))
        });
        Self { score: explanation.score().value(), contributions: contributions.collect() }
    }

    fn contribution(&self, id: &str) -> f64 {
        self.contributions
            .iter()
            .find(|(known, _)| known == id)
            .map_or(0.0, |(_, contribution)| *contribution)
    }
}

/// The mean difference that a factor makes over the six orders of the three.
fn shapley(values: &[f64], factor: usize) -> f64 {
    let at = |mix: usize| values.get(mix).copied().unwrap_or(0.0);
    let others: Vec<usize> =
        [DATA, WEIGHTS, BASELINES].into_iter().filter(|other| *other != factor).collect();
    let both: usize = others.iter().sum();
    let alone = at(factor) - at(0);
    let last = at(factor | both) - at(both);
    let between: f64 = others.iter().map(|other| at(factor | other) - at(*other)).sum();
    alone / 3.0 + between / 6.0 + last / 3.0
}
