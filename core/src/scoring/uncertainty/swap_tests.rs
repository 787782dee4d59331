//! Swaps: they close the gap, and nothing nearer does.

#![allow(clippy::cast_precision_loss, reason = "numbers of the tests are small")]

use proptest::prelude::*;

use super::swap;

fn normalised(weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn gap(weights: &[f64], above: &[f64], below: &[f64]) -> f64 {
    weights.iter().zip(above.iter().zip(below)).map(|(weight, (above, below))| weight * (above - below)).sum()
}

fn distance(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right) * (left - right)).sum::<f64>().sqrt()
}

/// The nearest by trying every set of weights above 0 and solving for it: exact, for a few indicators.
fn nearest_by_sets(weights: &[f64], differences: &[f64]) -> Option<f64> {
    let sets = 1..1_u32 << weights.len();
    let candidates = sets.filter_map(|set| {
        let inside = |position: usize| set & (1 << position) != 0;
        let of: Vec<usize> = (0..weights.len()).filter(|position| inside(*position)).collect();
        let count = of.len() as f64;
        let mean = of.iter().map(|at| differences[*at]).sum::<f64>() / count;
        let spread: f64 = of.iter().map(|at| (differences[*at] - mean) * (differences[*at] - mean)).sum();
        let missing = 1.0 - of.iter().map(|at| weights[*at]).sum::<f64>();
        let gap = of.iter().map(|at| weights[*at] * differences[*at]).sum::<f64>() + missing * mean;
        let slope = if spread > 1e-18 { -gap / spread } else { 0.0 };
        let moved: Vec<f64> = (0..weights.len())
            .map(|at| {
                if inside(at) {
                    weights[at] + missing / count + slope * (differences[at] - mean)
                } else {
                    0.0
                }
            })
            .collect();
        let closed =
            moved.iter().zip(differences).map(|(weight, difference)| weight * difference).sum::<f64>();
        (closed.abs() < 1e-9 && moved.iter().all(|weight| *weight >= 0.0)).then(|| distance(&moved, weights))
    });
    candidates.reduce(|least, next| if next < least { next } else { least })
}

#[test]
fn a_dominated_object_never_catches_up() {
    let swap = swap(&[0.6, 0.4], &[70.0, 50.0], &[60.0, 40.0]).unwrap();
    assert_eq!((swap.nearest, swap.smallest_single, swap.single), (None, None, vec![None, None]));
}

#[test]
fn equal_objects_need_no_change() {
    let swap = swap(&[0.6, 0.4], &[70.0, 50.0], &[70.0, 50.0]).unwrap();
    assert_eq!(
        (swap.gap, swap.single.clone(), swap.smallest_single),
        (0.0, vec![Some(0.6), Some(0.4)], Some(0))
    );
    assert_eq!(swap.nearest.unwrap().distance, 0.0);
}

#[test]
fn the_only_weight_cannot_keep_proportions() {
    let swap = swap(&[1.0, 0.0], &[70.0, 50.0], &[60.0, 90.0]).unwrap();
    assert_eq!(swap.single[0], None);
    // 0.8 * 10 = 0.2 * 40
    assert!((swap.single[1].unwrap() - 0.2).abs() < 1e-15);
    let nearest = swap.nearest.unwrap();
    assert!((nearest.weights[0] - 0.8).abs() < 1e-15 && (nearest.distance - 0.08_f64.sqrt()).abs() < 1e-15);
}

#[test]
fn an_indicator_without_difference_can_take_all() {
    let swap = swap(&[0.5, 0.3, 0.2], &[70.0, 50.0, 1.0], &[60.0, 40.0, 1.0]).unwrap();
    assert_eq!(swap.nearest.unwrap().weights, [0.0, 0.0, 1.0]);
    assert_eq!((swap.single[2], swap.smallest_single), (Some(1.0), Some(2)));
}

#[test]
fn wrong_arguments_are_told() {
    let told = |weights: &[f64], above: &[f64]| swap(weights, above, &[1.0, 2.0]).unwrap_err().to_string();
    assert_eq!(
        told(&[0.5, 0.4], &[1.0, 2.0]),
        "invalid tree of weights at node 0: the weights do not add up to 1"
    );
    assert_eq!(told(&[0.5, 0.5], &[1.0]), "invalid length of the values of an object (got 1): expected 2");
    assert_eq!(told(&[0.5, 0.5], &[1.0, f64::NAN]), "invalid value (got NaN): expected a finite number");
}

fn indicator() -> impl Strategy<Value = (f64, f64, f64)> {
    let weight = prop_oneof![1 => Just(0.0), 8 => 0.01..1.0];
    let value = || prop_oneof![1 => (0..4_i32).prop_map(|tens| f64::from(tens) * 10.0), 3 => 0.0..100.0];
    (weight, value(), value())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn swaps_close_the_gap_and_none_is_nearer(indicators in prop::collection::vec(indicator(), 1..7)) {
        prop_assume!(indicators.iter().any(|(weight, ..)| *weight > 0.0));
        let weights = normalised(indicators.iter().map(|(weight, ..)| *weight).collect());
        let above: Vec<f64> = indicators.iter().map(|(_, above, _)| *above).collect();
        let below: Vec<f64> = indicators.iter().map(|(_, _, below)| *below).collect();
        let differences: Vec<f64> = above.iter().zip(&below).map(|(above, below)| above - below).collect();
        let swap = swap(&weights, &above, &below).unwrap();
        for (position, changed) in swap.single.iter().enumerate() {
            let Some(changed) = changed else { continue };
            let rest: f64 = (0..weights.len()).filter(|at| *at != position).map(|at| weights[at]).sum();
            let moved: Vec<f64> = (0..weights.len())
                .map(|at| if at == position { *changed } else { weights[at] * (1.0 - changed) / rest })
                .collect();
            prop_assert!(gap(&moved, &above, &below).abs() < 1e-9);
            prop_assert!((moved.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
        let expected = nearest_by_sets(&weights, &differences);
        prop_assert_eq!(swap.nearest.is_some(), expected.is_some());
        if let (Some(nearest), Some(expected)) = (swap.nearest, expected) {
            prop_assert!(gap(&nearest.weights, &above, &below).abs() < 1e-9, "{:?}", nearest);
            prop_assert!((nearest.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", nearest);
            prop_assert!(nearest.weights.iter().all(|weight| *weight >= 0.0));
            prop_assert!((nearest.distance - expected).abs() < 1e-8, "{:?} {}", nearest, expected);
        }
    }
}
