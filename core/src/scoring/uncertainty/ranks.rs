//! How ranks vary: their distribution by object, and which pairs change places.
//!
//! Draws are ranked in chunks: first every thread ranks some draws of the chunk, then every thread counts for some objects.
//! All counts are integers, so that no order of work changes them.

use fearless_simd::Level;

use crate::column::{Options, on, run};

use super::experiment::Scratch;
use super::order::Ranker;
use super::{AnalysisError, Experiment};

/// What is to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankSettings {
    /// [`RankDistribution::top`] counts ranks up to this; default 3.
    pub top: u32,
    /// Further pairs (positions of objects) whose reversals are counted, the one that stands above in the base first.
    pub pairs: Vec<(usize, usize)>,
}

impl Default for RankSettings {
    fn default() -> Self {
        Self { top: 3, pairs: Vec::new() }
    }
}

/// How the ranks of the objects vary. Rank 1 is the highest score, ties share the smaller rank ("1224" ranking).
/// Each list has a value for every object unless said otherwise; probabilities are shares of the draws.
#[derive(Clone, Debug, PartialEq)]
pub struct RankDistribution {
    /// Number of draws.
    pub draws: usize,
    /// Ranks under the base weights, without noise.
    pub base: Vec<u32>,
    /// Mean rank.
    pub mean: Vec<f64>,
    /// Best (smallest) rank.
    pub best: Vec<u32>,
    /// Worst (largest) rank.
    pub worst: Vec<u32>,
    /// Probability of rank 1 (the rank acceptability of Lahdelma & Salminen 2001 for the first rank).
    pub first: Vec<f64>,
    /// Probability of a rank up to [`RankSettings::top`].
    pub top: Vec<f64>,
    /// In how many draws each object has each rank: `histogram[object * objects + rank - 1]`. `None` where there are more
    /// than [`RankDistribution::MOST_WITH_HISTOGRAM`] objects.
    pub histogram: Option<Vec<u32>>,
    /// Every pair of neighbours in the base ranking from the top down; ties stand in the order of the objects.
    pub adjacent: Vec<Reversal>,
    /// The pairs asked for, in their order.
    pub pairs: Vec<Reversal>,
}

impl RankDistribution {
    /// The most objects with a histogram, whose counts then take 16 MB.
    pub const MOST_WITH_HISTOGRAM: usize = 2_048;
}

/// How often a pair of objects stands in the reverse order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reversal {
    /// The object that stands above in the base ranking (or was named first).
    pub above: usize,
    /// The object that stands below it.
    pub below: usize,
    /// Probability that `below` scores strictly more than `above`.
    pub probability: f64,
    /// Probability that they score the same.
    pub tied: f64,
}

/// Ranks in one chunk, and scores in one piece of it.
const CHUNK: usize = 1 << 18;
const PIECE: usize = 1 << 15;
/// Objects, or pairs, that one piece of counting takes.
const COUNTED: usize = 128;

impl Experiment<'_> {
    /// Ranks all objects in every draw.
    ///
    /// Besides the results, memory holds the ranks of a chunk of draws (1 MB, or 16 draws where that is more) and, in each
    /// thread, the scores of 4 to 32 draws.
    ///
    /// # Errors
    /// A pair that names an object which is not there.
    pub fn ranks(
        &self,
        settings: &RankSettings,
        options: &Options,
    ) -> Result<RankDistribution, AnalysisError> {
        let (objects, draws) = (self.objects.len(), self.weightings.draws());
        if let Some(bad) = settings.pairs.iter().flat_map(|(a, b)| [a, b]).find(|object| **object >= objects)
        {
            #[expect(clippy::cast_precision_loss, reason = "shown only")]
            let found = *bad as f64;
            AnalysisError::check(false, "object of a pair", found, "a position below the number of objects")?;
        }
        let level = options.simd.level();
        let mut ranker = Ranker::default();
        let mut base = vec![0; objects];
        ranker.rank(level, &self.base_scores(options), &mut base);
        let mut counts = Counts::new(objects);
        let order = order(&base);
        let mut neighbours = Neighbours::new(&order);
        let mut pairs: Vec<PairCount> = settings.pairs.iter().copied().map(PairCount::new).collect();
        let piece = (PIECE / objects).clamp(4, 32);
        let chunk = (CHUNK / objects).clamp(16, draws.max(16)).next_multiple_of(piece);
        let mut ranks = vec![0; objects * chunk.min(draws)];
        for start in (0..draws).step_by(chunk) {
            let taken = chunk.min(draws - start);
            let ranks = ranks.get_mut(..taken * objects).unwrap_or_default();
            let pieces = ranks.chunks_mut(piece * objects).zip((start..).step_by(piece)).collect();
            run(options, pieces, |(ranks, first)| self.rank_draws(options, first, ranks));
            run(options, counts.pieces(), |mut piece| piece.add_all(level, ranks, settings.top));
            run(options, neighbours.pieces(), |mut piece| piece.add_all(level, ranks));
            run(options, pairs.chunks_mut(COUNTED).collect(), |pairs: &mut [PairCount]| {
                for ranks in ranks.chunks(objects) {
                    for pair in &mut *pairs {
                        pair.add(ranks);
                    }
                }
            });
        }
        let pairs = pairs.iter().map(|pair| pair.over(draws)).collect();
        Ok(counts.over(draws, base, neighbours.over(draws), pairs))
    }

    fn rank_draws(&self, options: &Options, first: usize, ranks: &mut [u32]) {
        let objects = self.objects.len();
        let draws = ranks.len() / objects;
        let level = options.simd.level();
        let mut scores = vec![0.0; ranks.len()];
        self.by_draw(level, first..first + draws, &mut Scratch::default(), &mut scores);
        let mut ranker = Ranker::default();
        for (scores, ranks) in scores.chunks(objects).zip(ranks.chunks_mut(objects)) {
            ranker.rank(level, scores, ranks);
        }
    }
}

/// The objects from the best rank down, ties in their own order.
fn order(ranks: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..ranks.len()).collect();
    order.sort_by_key(|object| ranks.get(*object));
    order
}

struct Counts {
    objects: usize,
    sum: Vec<u64>,
    best: Vec<u32>,
    worst: Vec<u32>,
    first: Vec<u32>,
    top: Vec<u32>,
    histogram: Option<Vec<u32>>,
}

impl Counts {
    fn new(objects: usize) -> Self {
        let zeros = vec![0; objects];
        let histogram = objects <= RankDistribution::MOST_WITH_HISTOGRAM;
        Self {
            objects,
            sum: vec![0; objects],
            best: vec![u32::MAX; objects],
            worst: zeros.clone(),
            first: zeros.clone(),
            top: zeros,
            histogram: histogram.then(|| vec![0; objects * objects]),
        }
    }

    fn pieces(&mut self) -> Vec<CountPiece<'_>> {
        let objects = self.objects;
        let mut histogram = self.histogram.as_mut().map(|counts| counts.chunks_mut(COUNTED * objects));
        let lists = self
            .sum
            .chunks_mut(COUNTED)
            .zip(self.best.chunks_mut(COUNTED))
            .zip(self.worst.chunks_mut(COUNTED));
        let lists = lists.zip(self.first.chunks_mut(COUNTED)).zip(self.top.chunks_mut(COUNTED));
        let starts = (0..).step_by(COUNTED);
        let pieces = lists.zip(starts).map(|(((((sum, best), worst), first), top), start)| {
            let histogram = histogram.as_mut().and_then(Iterator::next);
            CountPiece { objects, start, sum, best, worst, first, top, histogram }
        });
        pieces.collect()
    }

    fn over(
        self,
        draws: usize,
        base: Vec<u32>,
        adjacent: Vec<Reversal>,
        pairs: Vec<Reversal>,
    ) -> RankDistribution {
        let shares = |counts: Vec<u32>| counts.into_iter().map(|count| share(count.into(), draws)).collect();
        RankDistribution {
            draws,
            base,
            mean: self.sum.into_iter().map(|sum| share(sum, draws)).collect(),
            best: self.best,
            worst: self.worst,
            first: shares(self.first),
            top: shares(self.top),
            histogram: self.histogram,
            adjacent,
            pairs,
        }
    }
}

/// The counts of some objects.
struct CountPiece<'c> {
    objects: usize,
    start: usize,
    sum: &'c mut [u64],
    best: &'c mut [u32],
    worst: &'c mut [u32],
    first: &'c mut [u32],
    top: &'c mut [u32],
    histogram: Option<&'c mut [u32]>,
}

impl CountPiece<'_> {
    /// Adds the ranks of some draws, of which each has all objects.
    fn add_all(&mut self, level: Option<Level>, ranks: &[u32], top: u32) {
        on(
            level,
            #[inline(always)]
            || {
                for ranks in ranks.chunks(self.objects) {
                    self.add(ranks.get(self.start..).unwrap_or_default(), top);
                }
            },
        );
    }

    #[inline(always)]
    fn add(&mut self, ranks: &[u32], top: u32) {
        for (sum, rank) in self.sum.iter_mut().zip(ranks) {
            *sum += u64::from(*rank);
        }
        for ((best, worst), rank) in self.best.iter_mut().zip(&mut *self.worst).zip(ranks) {
            *best = (*best).min(*rank);
            *worst = (*worst).max(*rank);
        }
        for ((first, within), rank) in self.first.iter_mut().zip(&mut *self.top).zip(ranks) {
            *first += u32::from(*rank == 1);
            *within += u32::from(*rank <= top);
        }
        let Some(histogram) = &mut self.histogram else { return };
        for (counts, rank) in histogram.chunks_exact_mut(self.objects).zip(ranks) {
            if let Some(count) = counts.get_mut(*rank as usize - 1) {
                *count += 1;
            }
        }
    }
}

/// In how many draws the neighbours of the base ranking are reversed or tied.
struct Neighbours<'o> {
    order: &'o [usize],
    reversed: Vec<u32>,
    tied: Vec<u32>,
}

impl<'o> Neighbours<'o> {
    fn new(order: &'o [usize]) -> Self {
        let zeros = vec![0; order.len() - 1];
        Self { order, reversed: zeros.clone(), tied: zeros }
    }

    fn pieces(&mut self) -> Vec<NeighbourPiece<'_>> {
        let counts = self.reversed.chunks_mut(COUNTED).zip(self.tied.chunks_mut(COUNTED));
        let pieces = counts.zip((0..).step_by(COUNTED)).map(|((reversed, tied), start)| {
            let order = self.order.get(start..=start + reversed.len()).unwrap_or_default();
            NeighbourPiece { objects: self.order.len(), order, reversed, tied }
        });
        pieces.collect()
    }

    fn over(&self, draws: usize) -> Vec<Reversal> {
        let pairs = self.order.iter().zip(self.order.iter().skip(1));
        let counts = self.reversed.iter().zip(&self.tied);
        let pairs = pairs.zip(counts).map(|((above, below), (reversed, tied))| {
            PairCount { above: *above, below: *below, reversed: *reversed, tied: *tied }.over(draws)
        });
        pairs.collect()
    }
}

/// Some neighbours: one object more than pairs.
struct NeighbourPiece<'c> {
    objects: usize,
    order: &'c [usize],
    reversed: &'c mut [u32],
    tied: &'c mut [u32],
}

impl NeighbourPiece<'_> {
    /// Adds the ranks of some draws; they are first brought into the order of the base, so that neighbours stand side by side.
    fn add_all(&mut self, level: Option<Level>, ranks: &[u32]) {
        on(
            level,
            #[inline(always)]
            || {
                let mut row = [0; COUNTED + 1];
                for ranks in ranks.chunks(self.objects) {
                    for (place, object) in row.iter_mut().zip(self.order) {
                        *place = ranks.get(*object).copied().unwrap_or(0);
                    }
                    let pairs = row.iter().zip(row.iter().skip(1));
                    for ((reversed, tied), (above, below)) in
                        self.reversed.iter_mut().zip(&mut *self.tied).zip(pairs)
                    {
                        *reversed += u32::from(below < above);
                        *tied += u32::from(below == above);
                    }
                }
            },
        );
    }
}

/// In how many draws a pair is reversed or tied.
struct PairCount {
    above: usize,
    below: usize,
    reversed: u32,
    tied: u32,
}

impl PairCount {
    fn new((above, below): (usize, usize)) -> Self {
        Self { above, below, reversed: 0, tied: 0 }
    }

    #[inline(always)]
    fn add(&mut self, ranks: &[u32]) {
        if let (Some(above), Some(below)) = (ranks.get(self.above), ranks.get(self.below)) {
            self.reversed += u32::from(below < above);
            self.tied += u32::from(below == above);
        }
    }

    fn over(&self, draws: usize) -> Reversal {
        let probability = share(self.reversed.into(), draws);
        Reversal { above: self.above, below: self.below, probability, tied: share(self.tied.into(), draws) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
fn share(count: u64, draws: usize) -> f64 {
    count as f64 / draws as f64
}
