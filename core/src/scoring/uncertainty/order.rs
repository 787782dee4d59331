//! Ranks of scores: 1 is the highest, ties share the smaller rank ("1224" ranking).
//!
//! Scores are spread over cells by their distance from the highest, about one to a cell. Whoever stands further ahead than the
//! fullest cell is long is in another cell, and so above; only the few neighbours nearer than that have to be compared. That
//! is counting without branches, in vectors. Scores that crowd in some cells, as ties and outliers make them, are sorted.

use fearless_simd::Level;

use crate::column::on;

/// Scores that are compared with their neighbours at a time.
const LANES: usize = 16;

/// Ranks scores again and again in the same memory.
#[derive(Debug, Default)]
pub(super) struct Ranker {
    /// The cell of each object, then its position.
    positions: Vec<u32>,
    /// How many objects a cell has, then the position of its next one.
    places: Vec<u32>,
    /// The scores by position, with room for neighbours at both ends.
    spread: Vec<f64>,
    /// The ranks by position.
    ranks: Vec<u32>,
}

impl Ranker {
    /// With a fuller cell than this, comparing neighbours takes longer than sorting.
    const FULL: u32 = 32;

    /// Ranks scores, which must be finite; -0 equals 0.
    pub(super) fn rank(&mut self, level: Option<Level>, scores: &[f64], ranks: &mut [u32]) {
        let (low, high) = on(
            level,
            #[inline(always)]
            || ends(scores),
        );
        #[expect(clippy::cast_precision_loss, reason = "there are at most 2^31 objects")]
        let scale = scores.len() as f64 / (high - low);
        let fullest =
            if scale.is_finite() && scale > 0.0 { self.count(level, scores, high, scale) } else { u32::MAX };
        if fullest > Self::FULL {
            rank_by_sorting(scores, ranks);
            return;
        }
        let reach = fullest - 1;
        self.place(scores, reach as usize);
        self.ranks.resize(scores.len().next_multiple_of(LANES), 0);
        on(
            level,
            #[inline(always)]
            || compare(&self.spread, reach, &mut self.ranks),
        );
        for (rank, position) in ranks.iter_mut().zip(&self.positions) {
            *rank = self.ranks.get(*position as usize).copied().unwrap_or(0);
        }
    }

    /// Finds the cells and the position where each begins, and how many objects the fullest has.
    fn count(&mut self, level: Option<Level>, scores: &[f64], high: f64, scale: f64) -> u32 {
        self.positions.resize(scores.len(), 0);
        on(
            level,
            #[inline(always)]
            || find_cells(scores, high, scale, &mut self.positions),
        );
        self.places.clear();
        self.places.resize(scores.len() + 1, 0);
        for cell in &self.positions {
            if let Some(count) = self.places.get_mut(*cell as usize) {
                *count += 1;
            }
        }
        let (mut next, mut fullest) = (0, 0);
        for place in &mut self.places {
            let count = *place;
            *place = next;
            next += count;
            fullest = fullest.max(count);
        }
        fullest
    }

    fn place(&mut self, scores: &[f64], reach: usize) {
        let after = scores.len().next_multiple_of(LANES) - scores.len() + reach;
        self.spread.clear();
        self.spread.resize(reach + scores.len(), f64::INFINITY);
        self.spread.resize(reach + scores.len() + after, f64::NEG_INFINITY);
        let spread = self.spread.get_mut(reach..).unwrap_or_default();
        for (score, position) in scores.iter().zip(&mut self.positions) {
            let Some(place) = self.places.get_mut(*position as usize) else { continue };
            *position = *place;
            if let Some(spread) = spread.get_mut(*place as usize) {
                *spread = *score;
            }
            *place += 1;
        }
    }
}

/// The lowest and the highest.
#[inline(always)]
fn ends(scores: &[f64]) -> (f64, f64) {
    let mut low = [f64::INFINITY; LANES];
    let mut high = [f64::NEG_INFINITY; LANES];
    let (whole, rest) = scores.as_chunks::<LANES>();
    for scores in whole {
        for ((score, low), high) in scores.iter().zip(&mut low).zip(&mut high) {
            *low = if *score < *low { *score } else { *low };
            *high = if *score > *high { *score } else { *high };
        }
    }
    let (lows, highs) = (low.iter().chain(rest), high.iter().chain(rest));
    let low = lows.fold(f64::INFINITY, |low, score| if *score < low { *score } else { low });
    let high = highs.fold(f64::NEG_INFINITY, |high, score| if *score > high { *score } else { high });
    (low, high)
}

/// The cell of a score is its scaled distance from the highest, rounded: a score never lies in a later cell than a lower one,
/// because differences, products and rounding keep the order. Adding `2^52` rounds to a whole number and shows it in the low
/// bits.
#[inline(always)]
fn find_cells(scores: &[f64], high: f64, scale: f64, cells: &mut [u32]) {
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    for (score, cell) in scores.iter().zip(cells) {
        #[expect(clippy::cast_possible_truncation, reason = "cells are numbered up to 2^31")]
        let number = ((high - score) * scale + WHOLE).to_bits() as u32;
        *cell = number;
    }
}

/// Ranks by position. A rank is 1, and 1 for every score that is higher: all that stand more than `reach` ahead, and those
/// within `reach`, on either side, that a comparison finds. Beyond the first position stands infinity, which is higher.
#[inline(always)]
fn compare(spread: &[f64], reach: u32, ranks: &mut [u32]) {
    let mut ahead = 1_u32.wrapping_sub(reach);
    for (tile, ranks) in ranks.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let neighbours = spread.get(tile * LANES..).unwrap_or_default();
        let near = |offset: usize| neighbours.get(offset..).and_then(<[f64]>::first_chunk::<LANES>);
        let Some(scores) = near(reach as usize) else { continue };
        let mut higher = [0_u32; LANES];
        for offset in 0..=2 * reach as usize {
            let Some(others) = near(offset) else { continue };
            for ((higher, other), score) in higher.iter_mut().zip(others).zip(scores) {
                *higher += u32::from(other > score);
            }
        }
        for (rank, higher) in ranks.iter_mut().zip(&higher) {
            *rank = ahead.wrapping_add(*higher);
            ahead = ahead.wrapping_add(1);
        }
    }
}

fn rank_by_sorting(scores: &[f64], ranks: &mut [u32]) {
    let mut items: Vec<(f64, u32)> = scores.iter().copied().zip(0..).collect();
    items.sort_unstable_by(|(left, _), (right, _)| right.total_cmp(left));
    // Not infinity: a score may have overflowed to it.
    let (mut rank, mut previous) = (0, f64::NAN);
    for (position, (score, object)) in (1..).zip(items) {
        rank = if score == previous { rank } else { position };
        previous = score;
        if let Some(place) = ranks.get_mut(object as usize) {
            *place = rank;
        }
    }
}
