//! Rank correlations against their definitions over all pairs.

#![allow(clippy::cast_precision_loss, reason = "numbers of the tests are small")]

use proptest::prelude::*;

use super::{kendall, spearman};

/// Tau-b by all pairs.
fn kendall_by_pairs(left: &[f64], right: &[f64]) -> Option<f64> {
    let (mut surplus, mut of_left, mut of_right) = (0_i64, 0_i64, 0_i64);
    for first in 0..left.len() {
        for second in 0..first {
            let sign =
                |list: &[f64]| i64::from(list[first] > list[second]) - i64::from(list[first] < list[second]);
            surplus += sign(left) * sign(right);
            of_left += sign(left) * sign(left);
            of_right += sign(right) * sign(right);
        }
    }
    let root = (of_left as f64).sqrt() * (of_right as f64).sqrt();
    (root > 0.0).then(|| surplus as f64 / root)
}

/// Pearson's correlation of mean ranks, each counted over all values.
fn spearman_by_counting(left: &[f64], right: &[f64]) -> Option<f64> {
    let ranks = |list: &[f64]| -> Vec<f64> {
        let count = |test: &dyn Fn(&f64) -> bool| list.iter().filter(|other| test(other)).count() as f64;
        list.iter()
            .map(|value| count(&|other| other < value) + f64::midpoint(count(&|other| other == value), 1.0))
            .collect()
    };
    let (left, right) = (ranks(left), ranks(right));
    let mean = f64::midpoint(left.len() as f64, 1.0);
    let sum = |left: &[f64], right: &[f64]| -> f64 {
        left.iter().zip(right).map(|(left, right)| (left - mean) * (right - mean)).sum()
    };
    let root = (sum(&left, &left) * sum(&right, &right)).sqrt();
    (root > 0.0).then(|| sum(&left, &right) / root)
}

fn same(found: Option<f64>, expected: Option<f64>) {
    match (found, expected) {
        (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-12, "{found} {expected}"),
        _ => assert_eq!(found, expected),
    }
}

#[test]
fn known_correlations() {
    // scipy.stats: spearmanr and kendalltau of its documentation's examples
    let (left, right) = ([1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 6.0, 7.0, 8.0, 7.0]);
    same(spearman(&left, &right), Some(0.820_782_681_668_123_3));
    let (left, right) = ([12.0, 2.0, 1.0, 12.0, 2.0], [1.0, 4.0, 7.0, 1.0, 0.0]);
    same(kendall(&left, &right), Some(-0.471_404_520_791_031_73));
    assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
    assert_eq!(kendall(&[1.0, 1.0], &[1.0, 2.0]), None);
    assert_eq!((spearman(&[], &[]), kendall(&[1.0], &[])), (None, None));
    assert_eq!(kendall(&[0.0, -0.0, 1.0], &[3.0, 3.0, 4.0]), Some(1.0));
}

proptest! {
    #[test]
    fn fast_is_as_defined(pairs in prop::collection::vec((-3..9_i32, -2..50_i32), 0..40)) {
        let (left, right): (Vec<f64>, Vec<f64>) =
            pairs.into_iter().map(|(left, right)| (f64::from(left), f64::from(right) / 7.0)).unzip();
        same(kendall(&left, &right), kendall_by_pairs(&left, &right));
        same(spearman(&left, &right), spearman_by_counting(&left, &right));
    }
}
