//! Rank correlations of two lists of scores, ties included.

use fearless_simd::Level;

use super::order::Ranker;

/// Spearman's rank correlation: Pearson's correlation of ranks, where ties share their mean rank (Kendall 1945).
///
/// `None` where a list is constant or the lists have different lengths. Values must be finite.
pub fn spearman(left: &[f64], right: &[f64]) -> Option<f64> {
    Ranked::new(None, left).spearman(&Ranked::new(None, right))
}

/// Kendall's tau-b (Kendall 1945), which corrects for ties, in `O(n log n)` by counting exchanges (Knight 1966).
///
/// `None` where a list is constant or the lists have different lengths. Values must be finite.
pub fn kendall(left: &[f64], right: &[f64]) -> Option<f64> {
    Ranked::new(None, left).kendall(&Ranked::new(None, right))
}

/// A list that is ranked once and compared with several others.
pub(super) struct Ranked {
    /// Positions from the lowest value up, ties in any order.
    order: Vec<u32>,
    /// Twice the rank from the lowest up, the mean rank among ties: a whole number.
    doubled: Vec<i64>,
}

impl Ranked {
    pub(super) fn new(level: Option<Level>, values: &[f64]) -> Self {
        let mut ranks = vec![0; values.len()];
        Ranker::default().rank(level, values, &mut ranks);
        Self::of_ranks(&ranks)
    }

    /// From ranks of which 1 is the highest value, and ties share the smaller rank.
    pub(super) fn of_ranks(ranks: &[u32]) -> Self {
        let mut ties = vec![0_u32; ranks.len() + 1];
        for rank in ranks {
            if let Some(count) = ties.get_mut(*rank as usize) {
                *count += 1;
            }
        }
        let mut order = vec![0; ranks.len()];
        let mut doubled = Vec::with_capacity(ranks.len());
        let mut left = ties.clone();
        for (rank, position) in ranks.iter().zip(0..) {
            let (Some(ties), Some(left)) = (ties.get(*rank as usize), left.get_mut(*rank as usize)) else {
                continue;
            };
            // From the lowest up, ties hold the places below `after`.
            let after = ranks.len() + 1 - *rank as usize;
            doubled.push(2 * i64::try_from(after).unwrap_or(i64::MAX) + 1 - i64::from(*ties));
            if let Some(place) = order.get_mut(after - *left as usize) {
                *place = position;
            }
            *left -= 1;
        }
        Self { order, doubled }
    }

    pub(super) fn spearman(&self, other: &Self) -> Option<f64> {
        let (left, right) = (&self.doubled, &other.doubled);
        if left.len() != right.len() {
            return None;
        }
        // Twice the mean of all ranks is a whole number too, so the sums are exact.
        let mean = i64::try_from(left.len()).ok()? + 1;
        let sum = |left: &[i64], right: &[i64]| -> i128 {
            let pairs = left.iter().zip(right);
            pairs.map(|(left, right)| i128::from(left - mean) * i128::from(right - mean)).sum()
        };
        share(sum(left, right), sum(left, left), sum(right, right))
    }

    pub(super) fn kendall(&self, other: &Self) -> Option<f64> {
        if self.doubled.len() != other.doubled.len() {
            return None;
        }
        let pair = |position: &u32| {
            let position = *position as usize;
            Some((*self.doubled.get(position)?, *other.doubled.get(position)?))
        };
        let mut pairs: Vec<(i64, i64)> = self.order.iter().filter_map(pair).collect();
        for ties in pairs.chunk_by_mut(|(left, _), (right, _)| left == right).filter(|ties| ties.len() > 1) {
            ties.sort_unstable();
        }
        let all = pairs_of(pairs.len() as u64);
        let tied_left = tied_pairs(pairs.iter().map(|(left, _)| *left));
        let tied_both = tied_pairs(pairs.iter().copied());
        let mut right: Vec<i64> = pairs.into_iter().map(|(_, right)| right).collect();
        let discordant = sort_counting(&mut right);
        let tied_right = tied_pairs(right.iter().copied());
        // Concordant pairs are all without the tied and the discordant ones.
        let surplus = all + tied_both - tied_left - tied_right - 2 * discordant;
        share(surplus, all - tied_left, all - tied_right)
    }
}

/// `both / sqrt(left * right)`, of exact integers.
#[expect(
    clippy::cast_precision_loss,
    reason = "far below the largest float, and the root of a square is exact"
)]
fn share(both: i128, left: i128, right: i128) -> Option<f64> {
    let root = (left as f64 * right as f64).sqrt();
    (root > 0.0).then(|| (both as f64 / root).clamp(-1.0, 1.0))
}

fn pairs_of(count: u64) -> i128 {
    i128::from(count) * (i128::from(count) - 1) / 2
}

/// Pairs of equal neighbours in a sorted list.
fn tied_pairs<T: PartialEq>(sorted: impl Iterator<Item = T>) -> i128 {
    let (mut pairs, mut run, mut last) = (0, 0, None);
    for value in sorted {
        run = if last.as_ref() == Some(&value) { run + 1 } else { 0 };
        pairs += run;
        last = Some(value);
    }
    pairs
}

/// Sorts by merging and counts how many exchanges of neighbours it stands for.
fn sort_counting(values: &mut [i64]) -> i128 {
    let mut merged = values.to_vec();
    let (mut exchanges, mut width) = (0, 1);
    while width < values.len() {
        for (from, to) in values.chunks(2 * width).zip(merged.chunks_mut(2 * width)) {
            let (left, right) = from.split_at(width.min(from.len()));
            exchanges += i128::from(merge(left, right, to));
        }
        values.copy_from_slice(&merged);
        width *= 2;
    }
    exchanges
}

fn merge(left: &[i64], right: &[i64], out: &mut [i64]) -> u64 {
    let (mut exchanges, mut left, mut right) = (0, left, right);
    for place in out {
        match (left, right) {
            ([first, rest @ ..], []) => (*place, left) = (*first, rest),
            ([first, rest @ ..], [other, ..]) if first <= other => (*place, left) = (*first, rest),
            (_, [other, rest @ ..]) => {
                exchanges += left.len() as u64;
                (*place, right) = (*other, rest);
            }
            ([], []) => {}
        }
    }
    exchanges
}
