//! How much of a node's score each child brings, and how much each leaves undone.
//!
//! A weighted sum has its terms. For the other aggregations what is attributed is the distance from the top: the
//! aggregate of children that all score highest, less the score. For the geometric mean the logarithmic mean does it
//! exactly (LMDI, Ang 2004); for the rest the Shapley value (1953), exact up to [`EXACT`] children and beyond that the mean over
//! [`ORDERS`] fixed orders and their reverses, which also adds up, while the shares of single children are then estimates. A child
//! brings its weight's part of the top less what it leaves undone, so the parts sum to the score, roundings apart.

use super::aggregate::Aggregate;
use super::scale::Scale;

/// Up to so many children the Shapley value goes through all subsets.
const EXACT: usize = 12;

/// How many orders stand for all where there are more children.
const ORDERS: u64 = 64;

/// The children of a node in a row: weights that sum to 1, scores, and places among all children.
#[derive(Clone, Copy)]
pub(super) struct Children<'c> {
    pub(super) weights: &'c [f64],
    pub(super) scores: &'c [f64],
    pub(super) places: &'c [usize],
}

/// A child's part of a node's score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Part {
    pub(super) brought: f64,
    pub(super) undone: f64,
}

/// The parts of the children; they sum to the score and to what is missing to the top.
pub(super) fn attribute(aggregate: &Aggregate, children: Children<'_>, scale: Scale) -> Vec<Part> {
    let pairs = || children.weights.iter().zip(children.scores);
    let parts = |top: f64, undone: Vec<f64>| {
        let part = |(weight, undone): (&f64, f64)| {
            let brought = weight * top - undone;
            // Where the ideal lies below the top of the scale, the rest of the way is undone as well.
            Part { brought, undone: weight * scale.max - brought }
        };
        children.weights.iter().zip(undone).map(part).collect()
    };
    match aggregate {
        Aggregate::Arithmetic => {
            let part = |(weight, score): (&f64, &f64)| Part {
                brought: weight * score,
                undone: weight * (scale.max - score),
            };
            pairs().map(part).collect()
        }
        Aggregate::Geometric => parts(scale.max, log_mean(children, scale.max)),
        other => {
            let value = |scores: &[f64]| other.of(children.weights, scores, children.places, scale);
            let top = value(&vec![scale.max; children.scores.len()]);
            let undone = if children.scores.len() <= EXACT {
                shapley(children.scores, scale.max, value)
            } else {
                by_orders(children.scores, scale.max, value)
            };
            parts(top, undone)
        }
    }
}

/// `L(top, G) * w * ln(top / n)`, with the logarithmic mean `L(a, b) = (a - b) / (ln a - ln b)`.
fn log_mean(children: Children<'_>, top: f64) -> Vec<f64> {
    let pairs = || children.weights.iter().zip(children.scores);
    let zero = |weight: f64, score: f64| weight > 0.0 && score <= 0.0;
    let zeros =
        pairs().fold(0.0, |sum, (weight, score)| if zero(*weight, *score) { sum + weight } else { sum });
    if zeros > 0.0 {
        // The limit: whoever is at zero leaves everything undone.
        let all =
            |(weight, score): (&f64, &f64)| if zero(*weight, *score) { top * weight / zeros } else { 0.0 };
        return pairs().map(all).collect();
    }
    let gap = |weight: f64, score: f64| {
        if weight > 0.0 { weight * (libm::log(top) - libm::log(score)) } else { 0.0 }
    };
    let all = pairs().fold(0.0, |sum, (weight, score)| sum + gap(*weight, *score));
    // `top - G = top * (1 - exp(-all))`; near zero the mean of two nearly equal numbers is either.
    let mean = if all.abs() < 1e-12 { top } else { top * -libm::expm1(-all) / all };
    pairs().map(|(weight, score)| mean * gap(*weight, *score)).collect()
}

/// What each child leaves undone, over all orders in which scores come to take the place of the top.
#[expect(clippy::cast_precision_loss, reason = "factorials of at most 12")]
fn shapley(scores: &[f64], top: f64, value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let count = scores.len();
    let subsets = 1_usize << count;
    let at = |subset: usize| -> Vec<f64> {
        scores
            .iter()
            .enumerate()
            .map(|(index, score)| if subset >> index & 1 == 1 { *score } else { top })
            .collect()
    };
    let values: Vec<f64> = (0..subsets).map(|subset| value(&at(subset))).collect();
    let of = |subset: usize| values.get(subset).copied().unwrap_or(0.0);
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let share: Vec<f64> =
        (0..count).map(|size| factorial(size) * factorial(count - 1 - size) / factorial(count)).collect();
    (0..count)
        .map(|index| {
            let without = (0..subsets).filter(|subset| subset >> index & 1 == 0);
            without.fold(0.0, |sum, subset| {
                let size = subset.count_ones() as usize;
                let lost = of(subset) - of(subset | 1 << index);
                sum + share.get(size).copied().unwrap_or(0.0) * lost
            })
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "orders are few")]
fn by_orders(scores: &[f64], top: f64, value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let mut undone = vec![0.0; scores.len()];
    let mut at = Vec::with_capacity(scores.len());
    let mut walk = |order: &mut dyn Iterator<Item = usize>| {
        at.clear();
        at.resize(scores.len(), top);
        let mut before = value(&at);
        for index in order {
            if let (Some(slot), Some(score)) = (at.get_mut(index), scores.get(index)) {
                *slot = *score;
            }
            let after = value(&at);
            undone.get_mut(index).into_iter().for_each(|undone| *undone += before - after);
            before = after;
        }
    };
    for seed in 0..ORDERS {
        let order = shuffled(scores.len(), seed);
        walk(&mut order.iter().copied());
        walk(&mut order.iter().rev().copied());
    }
    undone.into_iter().map(|sum| sum / (2 * ORDERS) as f64).collect()
}

/// A fixed order of so many (Fisher and Yates, with the mixer of `SplitMix64`).
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = seed;
    for last in (1..count).rev() {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let pick = usize::try_from((z ^ z >> 31) % (last as u64 + 1)).unwrap_or(0);
        order.swap(last, pick);
    }
    order
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(aggregate: &Aggregate, weights: &[f64], scores: &[f64]) -> (f64, f64, f64) {
        let places: Vec<usize> = (0..scores.len()).collect();
        let scale = Scale::PERCENT;
        let parts = attribute(aggregate, Children { weights, scores, places: &places }, scale);
        let brought: f64 = parts.iter().map(|part| part.brought).sum();
        let undone: f64 = parts.iter().map(|part| part.undone).sum();
        (aggregate.of(weights, scores, &places, scale), brought, undone)
    }

    proptest! {
        #[test]
        fn parts_add_up(raw in prop::collection::vec((0.01_f64..1.0, prop_oneof![Just(0.0), 0.0_f64..100.0]), 1..16)) {
            let sum: f64 = raw.iter().map(|(weight, _)| weight).sum();
            let weights: Vec<f64> = raw.iter().map(|(weight, _)| weight / sum).collect();
            let scores: Vec<f64> = raw.iter().map(|(_, score)| *score).collect();
            for aggregate in [
                Aggregate::Arithmetic, Aggregate::Geometric, Aggregate::Harmonic, Aggregate::Power(2.0), Aggregate::Power(-1.5),
                Aggregate::Minimum, Aggregate::MeanPenalised, Aggregate::Topsis { ideal: None, anti_ideal: None },
            ] {
                let (score, brought, undone) = sums(&aggregate, &weights, &scores);
                prop_assert!((score - brought).abs() < 1e-9, "{aggregate:?}: {score} {brought}");
                prop_assert!((100.0 - score - undone).abs() < 1e-9, "{aggregate:?}: {score} {undone}");
            }
        }
    }
}
