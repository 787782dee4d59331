//! Moments of the random numbers, within five standard errors of a fixed seed, and known quantiles.

#![allow(clippy::cast_precision_loss, reason = "numbers of the tests are small")]

use super::random::{Purpose, Stream, normal_quantile};
use super::{Vary, WeightTree, Weighting, Weightings};
use crate::Options;

const MANY: u64 = 200_000;

fn moments(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let numbers: Vec<f64> = numbers.collect();
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    (mean, numbers.iter().map(|number| (number - mean) * (number - mean)).sum::<f64>() / (count - 1.0))
}

fn streams() -> impl Iterator<Item = Stream> {
    (0..MANY).map(|draw| Stream::new(7, Purpose::Weights, draw, 3))
}

fn near(found: f64, expected: f64, error: f64) {
    assert!(
        (found - expected).abs() < 5.0 * error,
        "{found} is not near {expected} (standard error {error})"
    );
}

#[test]
fn normal_quantiles_are_those_of_python() {
    // statistics.NormalDist().inv_cdf of CPython 3.11, an implementation of AS 241 too
    let known = [
        (1e-300, -37.047_096_299_361_2),
        (1e-10, -6.361_340_902_404_056),
        (0.001, -3.090_232_306_167_813),
        (0.05, -1.644_853_626_951_472_6),
        (0.3, -0.524_400_512_708_040_7),
        (0.5, 0.0),
        (0.975, 1.959_963_984_540_053_6),
        (0.9999, 3.719_016_485_455_708_4),
    ];
    for (probability, quantile) in known {
        let found = normal_quantile(probability);
        assert!((found - quantile).abs() <= 1e-15 * f64::abs(quantile), "{probability}: {found} {quantile}");
    }
}

#[test]
fn uniform_and_normal_numbers_have_their_moments() {
    let root = (MANY as f64).sqrt();
    let (mean, variance) = moments(streams().map(|mut stream| stream.uniform()));
    near(mean, 0.5, (1.0_f64 / 12.0).sqrt() / root);
    near(variance, 1.0 / 12.0, (1.0_f64 / 180.0).sqrt() / root);
    let (mean, variance) = moments(streams().map(|mut stream| stream.normal()));
    near(mean, 0.0, 1.0 / root);
    near(variance, 1.0, 2.0_f64.sqrt() / root);
}

#[test]
fn gamma_numbers_have_their_moments() {
    let root = (MANY as f64).sqrt();
    for shape in [0.05, 0.5, 1.0, 2.5, 40.0] {
        let (mean, variance) = moments(streams().map(|mut stream| libm::exp(stream.ln_gamma(shape))));
        near(mean, shape, shape.sqrt() / root);
        // The variance of the sample variance: (fourth central moment - variance^2) / n, with 3 shape^2 + 6 shape.
        near(variance, shape, (2.0 * shape * shape + 6.0 * shape).sqrt() / root);
    }
}

#[test]
fn streams_of_one_key_are_one_and_of_others_are_others() {
    let first = |mut stream: Stream| stream.uniform().to_bits();
    let keys =
        [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (u64::MAX, 0, 0), (0, u64::MAX, 0), (0, 0, u64::MAX)];
    let mut seen: Vec<u64> = keys
        .iter()
        .flat_map(|(seed, draw, item)| {
            [Purpose::Weights, Purpose::Noise].map(|purpose| first(Stream::new(*seed, purpose, *draw, *item)))
        })
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 2 * keys.len());
    // These bits are a promise, computed by a second implementation: other ones change every result of a seed.
    assert_eq!(Stream::new(0, Purpose::Weights, 0, 0).uniform(), 0.332_488_615_903_728_25);
}

#[test]
fn dirichlet_weights_have_their_moments() {
    let base = [0.5, 0.3, 0.2, 0.0];
    let tree = WeightTree::flat(&base).unwrap();
    let draws = 50_000;
    for concentration in [0.01, 1.0, 30.0] {
        let weighting = Weighting::All(Vary::Dirichlet { concentration });
        let weightings = Weightings::new(&tree, &weighting, draws, 1, &Options::default()).unwrap();
        for weights in weightings.values().chunks(4) {
            assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)));
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert_eq!(weights[3], 0.0);
        }
        for (indicator, weight) in base.iter().enumerate() {
            let (mean, variance) = moments(weightings.values().chunks(4).map(|weights| weights[indicator]));
            let expected = weight * (1.0 - weight) / (concentration + 1.0);
            near(mean, *weight, (expected / draws as f64).sqrt() + 1e-300);
            // A number within 0 to 1 has a fourth central moment of at most its variance.
            near(variance, expected, (expected / draws as f64).sqrt() + 1e-300);
        }
    }
}

#[test]
fn ranges_hold_before_the_sum_divides() {
    let tree = WeightTree::flat(&[0.5, 0.5]).unwrap();
    let weighting = Weighting::All(Vary::Ranges(vec![(0.2, 0.4), (0.6, 0.6)]));
    let weightings = Weightings::new(&tree, &weighting, 1_000, 0, &Options::default()).unwrap();
    let shares: Vec<f64> =
        weightings.values().chunks(2).map(|weights| weights[0] / weights[1] * 0.6).collect();
    assert!(shares.iter().all(|low| (0.2 - 1e-12..=0.4 + 1e-12).contains(low)));
    near(moments(shares.into_iter()).0, 0.3, (0.04_f64 / 12.0 / 1_000.0).sqrt());
}
