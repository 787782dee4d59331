//! How scores vary: mean, deviation, quantiles and probabilities by object.
//!
//! Work goes by blocks of objects, each with its scores in all draws, so that draws times objects are never held.

use std::ops::Range;

use crate::column::{Options, on, run};

use super::experiment::Scratch;
use super::{AnalysisError, Experiment};

/// What is to be known of the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreSettings {
    /// Probabilities from 0 to 1; default 0.05, 0.5 and 0.95.
    pub quantiles: Vec<f64>,
    /// Scores whose probability to be reached is wanted; default none.
    pub thresholds: Vec<f64>,
}

impl Default for ScoreSettings {
    fn default() -> Self {
        Self { quantiles: vec![0.05, 0.5, 0.95], thresholds: Vec::new() }
    }
}

/// How the scores of the objects vary. Each list has a value for every object, on the scale of the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreDistribution {
    /// Number of draws.
    pub draws: usize,
    /// Scores under the base weights, without noise.
    pub base: Vec<f64>,
    /// Mean.
    pub mean: Vec<f64>,
    /// Sample standard deviation (divided by draws - 1); 0 of a single draw.
    pub standard_deviation: Vec<f64>,
    /// A list for each of [`ScoreSettings::quantiles`], linear between order statistics (type 7 of Hyndman & Fan 1996).
    pub quantiles: Vec<Vec<f64>>,
    /// A list for each of [`ScoreSettings::thresholds`]: the share of draws in which the score is at least that.
    pub reaching: Vec<Vec<f64>>,
}

/// Scores in the scratch of one thread, and objects in a block: as many of 256 as fit, at least 8.
const SCRATCH: usize = 1 << 16;
const BLOCK: usize = 256;
/// Objects of a piece of work.
const PIECE: usize = 4_096;

impl Experiment<'_> {
    /// Scores all objects in every draw. Besides the results, memory holds the weights and the scratch of each thread.
    ///
    /// # Errors
    /// A quantile outside 0 to 1.
    pub fn scores(
        &self,
        settings: &ScoreSettings,
        options: &Options,
    ) -> Result<ScoreDistribution, AnalysisError> {
        for quantile in &settings.quantiles {
            AnalysisError::check(
                (0.0..=1.0).contains(quantile),
                "quantile",
                *quantile,
                "a number from 0 to 1",
            )?;
        }
        let (objects, draws) = (self.objects.len(), self.weightings.draws());
        let by_indicator = self.weightings.transposed();
        let wanted = Wanted::new(settings, draws);
        let lists = |count: usize| vec![vec![0.0; objects]; count];
        let mut result = ScoreDistribution {
            draws,
            base: self.base_scores(options),
            mean: vec![0.0; objects],
            standard_deviation: vec![0.0; objects],
            quantiles: lists(settings.quantiles.len()),
            reaching: lists(settings.thresholds.len()),
        };
        run(options, pieces(&mut result), |piece| self.score_piece(&by_indicator, &wanted, piece, options));
        Ok(result)
    }

    fn score_piece(
        &self,
        by_indicator: &[f64],
        wanted: &Wanted<'_>,
        mut piece: Piece<'_>,
        options: &Options,
    ) {
        let (draws, level) = (self.weightings.draws(), options.simd.level());
        let block = (SCRATCH / draws).clamp(8, BLOCK);
        let mut scratch = Scratch::default();
        let mut scores = vec![0.0; block * draws];
        let mut keys = Vec::new();
        let count = piece.objects.len();
        for start in (0..count).step_by(block) {
            let taken = block.min(count - start);
            let objects = piece.objects.start + start..piece.objects.start + start + taken;
            let scores = scores.get_mut(..taken * draws).unwrap_or_default();
            self.by_object(level, by_indicator, objects, &mut scratch, scores);
            for (object, scores) in (start..).zip(scores.chunks(draws)) {
                let (mean, deviation) = on(
                    level,
                    #[inline(always)]
                    || moments(scores),
                );
                put(piece.mean, object, mean);
                put(piece.standard_deviation, object, deviation);
                for (out, threshold) in piece.reaching.iter_mut().zip(wanted.thresholds) {
                    put(out, object, share(scores, *threshold));
                }
                if !wanted.quantiles.is_empty() {
                    on(
                        level,
                        #[inline(always)]
                        || fill_keys(scores, &mut keys),
                    );
                    wanted.find(&mut keys, |quantile, value| {
                        if let Some(out) = piece.quantiles.get_mut(quantile) {
                            put(out, object, value);
                        }
                    });
                }
            }
        }
    }
}

/// The results of some objects.
struct Piece<'r> {
    objects: Range<usize>,
    mean: &'r mut [f64],
    standard_deviation: &'r mut [f64],
    quantiles: Vec<&'r mut [f64]>,
    reaching: Vec<&'r mut [f64]>,
}

fn pieces(result: &mut ScoreDistribution) -> Vec<Piece<'_>> {
    let mut quantiles: Vec<_> = result.quantiles.iter_mut().map(|list| list.chunks_mut(PIECE)).collect();
    let mut reaching: Vec<_> = result.reaching.iter_mut().map(|list| list.chunks_mut(PIECE)).collect();
    let moments = result.mean.chunks_mut(PIECE).zip(result.standard_deviation.chunks_mut(PIECE));
    let pieces = moments.zip((0..).step_by(PIECE)).map(|((mean, standard_deviation), start)| Piece {
        objects: start..start + mean.len(),
        mean,
        standard_deviation,
        quantiles: quantiles.iter_mut().filter_map(Iterator::next).collect(),
        reaching: reaching.iter_mut().filter_map(Iterator::next).collect(),
    });
    pieces.collect()
}

/// The order statistics that the quantiles lie between.
struct Wanted<'s> {
    /// From the lowest up: position among the settings, order statistic, part of the way to the next.
    quantiles: Vec<(usize, usize, f64)>,
    thresholds: &'s [f64],
}

impl<'s> Wanted<'s> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positions among draws, not negative, below 2^53"
    )]
    fn new(settings: &'s ScoreSettings, draws: usize) -> Self {
        let place = |(index, quantile): (usize, &f64)| {
            let place = quantile * (draws - 1) as f64;
            (index, place as usize, place - place.floor())
        };
        let mut quantiles: Vec<_> = settings.quantiles.iter().enumerate().map(place).collect();
        quantiles.sort_by_key(|(_, order, _)| *order);
        Self { quantiles, thresholds: &settings.thresholds }
    }

    /// Finds the quantiles among the keys of scores, which it puts into another order.
    fn find(&self, keys: &mut [u64], mut found: impl FnMut(usize, f64)) {
        let (mut rest, mut skipped) = (keys, 0);
        let mut last: Option<(usize, f64, f64)> = None;
        for (index, order, part) in &self.quantiles {
            if last.is_none_or(|(known, ..)| known != *order) {
                let nth = order - skipped;
                if nth >= rest.len() {
                    return;
                }
                let (_, low, above) = rest.select_nth_unstable(nth);
                let next = above.iter().min().copied().unwrap_or(*low);
                last = Some((*order, score_of(*low), score_of(next)));
                (rest, skipped) = (above, order + 1);
            }
            if let Some((_, low, next)) = last {
                found(*index, if *part > 0.0 { low + part * (next - low) } else { low });
            }
        }
    }
}

/// Mean and sample standard deviation, each a sum of eight sums: the first adds scores 0, 8, 16, ..., the next 1, 9, 17, ...,
/// and so on, and those are added in order. So the bits are the same in vectors of any width.
#[inline(always)]
#[expect(clippy::cast_precision_loss, reason = "a number of draws")]
fn moments(scores: &[f64]) -> (f64, f64) {
    let draws = scores.len() as f64;
    let mean = sum_of(scores, |score| score) / draws;
    let squares = sum_of(scores, |score| (score - mean) * (score - mean));
    let free = if scores.len() > 1 { draws - 1.0 } else { 1.0 };
    (mean, (squares / free).sqrt())
}

#[inline(always)]
fn sum_of(scores: &[f64], term: impl Fn(f64) -> f64) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (whole, rest) = scores.as_chunks::<LANES>();
    for scores in whole {
        sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += term(*score));
    }
    sums.iter_mut().zip(rest).for_each(|(sum, score)| *sum += term(*score));
    sums.into_iter().fold(0.0, |total, sum| total + sum)
}

#[expect(clippy::cast_precision_loss, reason = "a number of draws")]
fn share(scores: &[f64], threshold: f64) -> f64 {
    scores.iter().filter(|score| **score >= threshold).count() as f64 / scores.len() as f64
}

/// Integers in the order of the scores, none of which is -0 or NaN.
#[inline(always)]
fn fill_keys(scores: &[f64], keys: &mut Vec<u64>) {
    const SIGN: u64 = 1 << 63;
    keys.clear();
    keys.extend(scores.iter().map(|score| {
        let bits = score.to_bits();
        if bits & SIGN == 0 { bits | SIGN } else { !bits }
    }));
}

fn score_of(key: u64) -> f64 {
    const SIGN: u64 = 1 << 63;
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

fn put(list: &mut [f64], position: usize, value: f64) {
    if let Some(place) = list.get_mut(position) {
        *place = value;
    }
}
