//! Experiments: against plain loops, the same on any threads and at any SIMD level, and the laws of their results.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "numbers of the tests are small"
)]

use proptest::prelude::*;

use super::{
    AnalysisError, Child, Experiment, Noise, Objects, RankSettings, ScoreSettings, Settings, Vary,
    WeightNode, WeightTree, Weighting, without_each,
};
use crate::column::{Options, Simd};

/// Numbers from 0 to 100 that look random.
fn values(rows: usize, columns: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24) * 100.0
    };
    (0..columns).map(|_| (0..rows).map(|_| next()).collect()).collect()
}

fn objects(columns: &[Vec<f64>]) -> Objects<'_> {
    Objects::new(columns.iter().map(Vec::as_slice).collect()).unwrap()
}

fn equal(columns: usize) -> WeightTree {
    WeightTree::flat(&vec![1.0 / columns as f64; columns]).unwrap()
}

fn every_way() -> Vec<Options> {
    let levels = Simd::available().into_iter().flat_map(|simd| [1, 2, 3, 7].map(|threads| (simd, threads)));
    levels.map(|(simd, threads)| Options { threads, simd, ..Options::default() }).collect()
}

fn plain_scores(columns: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let score = |row: usize| {
        columns.iter().zip(weights).fold(0.0, |sum, (column, weight)| sum + weight * column[row])
    };
    (0..columns[0].len()).map(score).collect()
}

fn plain_ranks(scores: &[f64]) -> Vec<u32> {
    scores.iter().map(|score| 1 + scores.iter().filter(|other| *other > score).count() as u32).collect()
}

fn bits(list: &[f64]) -> Vec<u64> {
    list.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn ranks_are_those_of_plain_loops() {
    let columns = values(137, 5, 1);
    let tree = equal(5);
    let settings = Settings { draws: 61, ..Settings::default() };
    let experiment = Experiment::new(objects(&columns), &tree, settings, &Options::default()).unwrap();
    let asked = RankSettings { top: 10, pairs: vec![(3, 99), (99, 3)] };
    let found = experiment.ranks(&asked, &Options::default()).unwrap();
    let ranks: Vec<Vec<u32>> = experiment
        .weightings()
        .values()
        .chunks(5)
        .map(|weights| plain_ranks(&plain_scores(&columns, weights)))
        .collect();
    assert_eq!(found.base, plain_ranks(&plain_scores(&columns, &tree.effective())));
    let share =
        |test: &dyn Fn(&[u32]) -> bool| ranks.iter().filter(|ranks| test(ranks)).count() as f64 / 61.0;
    for object in 0..137 {
        let of = || ranks.iter().map(|ranks| ranks[object]);
        assert_eq!(found.mean[object], of().map(f64::from).sum::<f64>() / 61.0);
        assert_eq!((found.best[object], found.worst[object]), (of().min().unwrap(), of().max().unwrap()));
        assert_eq!(found.first[object], share(&|ranks| ranks[object] == 1));
        assert_eq!(found.top[object], share(&|ranks| ranks[object] <= 10));
        let histogram = &found.histogram.as_ref().unwrap()[object * 137..][..137];
        for (rank, count) in (1..).zip(histogram) {
            assert_eq!(*count as usize, of().filter(|found| *found == rank).count());
        }
    }
    assert_eq!(found.adjacent.len(), 136);
    for pair in found.adjacent.iter().chain(&found.pairs) {
        assert_eq!(pair.probability, share(&|ranks| ranks[pair.below] < ranks[pair.above]));
        assert_eq!(pair.tied, share(&|ranks| ranks[pair.below] == ranks[pair.above]));
    }
    assert!(found.adjacent.iter().all(|pair| found.base[pair.above] <= found.base[pair.below]));
    assert_eq!(found.pairs[0].probability + found.pairs[1].probability + found.pairs[0].tied, 1.0);
}

#[test]
fn scores_are_those_of_plain_loops() {
    let columns = values(300, 4, 2);
    let settings = Settings { draws: 100, ..Settings::default() };
    let experiment = Experiment::new(objects(&columns), &equal(4), settings, &Options::default()).unwrap();
    let asked = ScoreSettings { quantiles: vec![1.0, 0.25, 0.5, 0.25, 0.0], thresholds: vec![50.0, -1.0] };
    let found = experiment.scores(&asked, &Options::default()).unwrap();
    let draws: Vec<Vec<f64>> =
        experiment.weightings().values().chunks(4).map(|weights| plain_scores(&columns, weights)).collect();
    for object in 0..300 {
        let mut of: Vec<f64> = draws.iter().map(|scores| scores[object]).collect();
        let mean = of.iter().sum::<f64>() / 100.0;
        let variance = of.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() / 99.0;
        assert!((found.mean[object] - mean).abs() < 1e-12);
        assert!((found.standard_deviation[object] - variance.sqrt()).abs() < 1e-11);
        let reaching = of.iter().filter(|score| **score >= 50.0).count() as f64 / 100.0;
        assert_eq!((found.reaching[0][object], found.reaching[1][object]), (reaching, 1.0));
        of.sort_by(f64::total_cmp);
        // 99 * 0.25 = 24.75 and 99 * 0.5 = 49.5
        let lower = of[24] + 0.75 * (of[25] - of[24]);
        let expected = [of[99], lower, of[49] + 0.5 * (of[50] - of[49]), lower, of[0]];
        assert_eq!(found.quantiles.iter().map(|list| list[object]).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn threads_and_simd_change_nothing() {
    let columns = values(4_500, 3, 3);
    let renormalise = |column: usize, value: f64| if column == 2 { f64::NAN } else { value / 2.0 };
    let raw = Noise::Raw {
        values: columns.iter().map(Vec::as_slice).collect(),
        deviations: vec![1.0, 0.0, 1.0],
        renormalise: &renormalise,
    };
    let scaled = Noise::Normalised { deviations: vec![5.0, 0.0, 1.0], clip: Some((0.0, 100.0)) };
    for noise in [None, Some(scaled), Some(raw)] {
        let results = |options: &Options| {
            let settings = Settings { draws: 41, seed: 9, noise: noise.clone(), ..Settings::default() };
            let experiment = Experiment::new(objects(&columns), &equal(3), settings, options).unwrap();
            let ranks = experiment.ranks(&RankSettings::default(), options).unwrap();
            let asked = ScoreSettings { thresholds: vec![60.0], ..ScoreSettings::default() };
            let scores = experiment.scores(&asked, options).unwrap();
            let lists =
                [&ranks.mean, &scores.base, &scores.mean, &scores.standard_deviation, &scores.reaching[0]];
            let bits: Vec<_> = lists.into_iter().chain(&scores.quantiles).map(|list| bits(list)).collect();
            (bits, ranks, without_each(&objects(&columns), &equal(3), options).unwrap())
        };
        let reference = results(&Options { threads: 1, simd: Simd::Off, ..Options::default() });
        assert!(reference.1.histogram.is_none());
        for options in every_way() {
            assert!(results(&options) == reference, "{options:?}");
        }
    }
}

#[test]
fn a_high_concentration_gives_the_base_ranks() {
    let columns = values(200, 6, 4);
    let weighting = Weighting::All(Vary::Dirichlet { concentration: 1e15 });
    let settings = Settings { draws: 50, weighting, ..Settings::default() };
    let experiment = Experiment::new(objects(&columns), &equal(6), settings, &Options::default()).unwrap();
    let ranks = experiment.ranks(&RankSettings::default(), &Options::default()).unwrap();
    assert!(
        ranks
            .base
            .iter()
            .zip(&ranks.best)
            .zip(&ranks.worst)
            .all(|((base, best), worst)| base == best && base == worst)
    );
    assert!(ranks.adjacent.iter().all(|pair| pair.probability == 0.0));
}

#[test]
fn draws_do_not_depend_on_their_number() {
    let tree = equal(3);
    let draw = |draws: usize| {
        let settings = Settings { draws, ..Settings::default() };
        let columns = values(2, 3, 5);
        Experiment::new(objects(&columns), &tree, settings, &Options::default())
            .unwrap()
            .weightings()
            .values()
            .to_vec()
    };
    assert_eq!(bits(&draw(10)), bits(&draw(200)[..30]));
}

/// Two indicators under a node of their own.
fn nested() -> WeightTree {
    let children = vec![(Child::Indicator(2), 0.25), (Child::Node(1), 0.75)];
    let below = vec![(Child::Indicator(0), 0.4), (Child::Indicator(1), 0.6)];
    WeightTree::new(vec![WeightNode { children }, WeightNode { children: below }], 3).unwrap()
}

#[test]
fn every_node_can_vary_by_itself() {
    let columns = values(3, 3, 6);
    let weighting = Weighting::ByNode(vec![Vary::Fixed, Vary::default()]);
    let settings = Settings { weighting, draws: 20, ..Settings::default() };
    let experiment = Experiment::new(objects(&columns), &nested(), settings, &Options::default()).unwrap();
    for weights in experiment.weightings().values().chunks(3) {
        assert_eq!(weights[2], 0.25);
        assert!((weights[0] + weights[1] - 0.75).abs() < 1e-15 && weights[0] != 0.75 * 0.4);
    }
    assert_eq!(nested().effective(), [0.75 * 0.4, 0.75 * 0.6, 0.25]);
}

#[test]
fn without_an_indicator_its_siblings_take_its_weight() {
    assert_eq!(nested().without(0), Some(vec![0.0, 0.75, 0.25]));
    assert_eq!(nested().without(2), Some(vec![0.4, 0.6, 0.0]));
    assert_eq!(WeightTree::flat(&[1.0, 0.0]).unwrap().without(0), None);
    let alone = vec![
        WeightNode { children: vec![(Child::Node(1), 0.5), (Child::Indicator(0), 0.5)] },
        WeightNode { children: vec![(Child::Indicator(1), 1.0)] },
    ];
    assert_eq!(WeightTree::new(alone, 2).unwrap().without(1), Some(vec![1.0, 0.0]));
}

#[test]
fn removals_tell_what_an_indicator_does() {
    let columns = [vec![90.0, 50.0, 10.0], vec![0.0, 60.0, 100.0]];
    let tree = WeightTree::flat(&[0.75, 0.25]).unwrap();
    let removals = without_each(&objects(&columns), &tree, &Options::default()).unwrap();
    let removal = removals[0].as_ref().unwrap();
    assert_eq!((removal.spearman, removal.kendall), (Some(-1.0), Some(-1.0)));
    assert_eq!((removal.changed, removal.largest_shift), (2, Some((0, 2))));
    assert_eq!((removal.first.as_slice(), removal.new_first), ([2].as_slice(), true));
    let removal = removals[1].as_ref().unwrap();
    assert_eq!((removal.spearman, removal.changed, removal.largest_shift), (Some(1.0), 0, None));
    assert_eq!((removal.first.as_slice(), removal.new_first), ([0].as_slice(), false));
}

#[test]
fn noise_stays_within_the_scale() {
    let columns = [vec![0.0; 50], vec![100.0; 50]];
    for (clip, low, high) in [(Some((0.0, 100.0)), 0.0, 100.0), (None, f64::NEG_INFINITY, f64::INFINITY)] {
        let noise = Some(Noise::Normalised { deviations: vec![10.0, 10.0], clip });
        let weighting = Weighting::All(Vary::Fixed);
        let settings = Settings { draws: 400, weighting, noise, ..Settings::default() };
        let experiment =
            Experiment::new(objects(&columns), &equal(2), settings, &Options::default()).unwrap();
        let asked = ScoreSettings { quantiles: vec![0.0, 1.0], thresholds: Vec::new() };
        let scores = experiment.scores(&asked, &Options::default()).unwrap();
        assert!(scores.quantiles[0].iter().all(|score| *score >= low / 2.0));
        assert!(scores.quantiles[1].iter().all(|score| *score <= high));
        // Of two independent errors of 10, each halved: 7.07, and less where they are clipped.
        let mean = scores.standard_deviation.iter().sum::<f64>() / 50.0;
        let expected = if clip.is_some() { 4.128 } else { 7.071 };
        assert!((mean - expected).abs() < 0.1, "{mean}");
    }
}

#[test]
fn wrong_arguments_are_told() {
    let columns = values(3, 2, 7);
    let told = |settings: Settings<'_>| {
        Experiment::new(objects(&columns), &equal(2), settings, &Options::default()).unwrap_err().to_string()
    };
    let with = |weighting: Weighting| told(Settings { weighting, ..Settings::default() });
    assert_eq!(told(Settings { draws: 0, ..Settings::default() }), "there are no draws");
    let dirichlet = Weighting::All(Vary::Dirichlet { concentration: 0.0 });
    assert_eq!(with(dirichlet), "invalid concentration (got 0): expected a number above 0");
    assert_eq!(
        with(Weighting::Given(vec![1.0; 3])),
        "invalid length of the given weights (got 3): expected 4"
    );
    assert_eq!(
        with(Weighting::Given(vec![0.0; 2])),
        "invalid sum of given weights (got 0): expected above 0"
    );
    let ranges = Weighting::All(Vary::Ranges(vec![(0.0, 1.0), (0.5, 0.4)]));
    assert_eq!(with(ranges), "invalid high of a range (got 0.4): expected a number from its low");
    let many = Settings { draws: usize::MAX, ..Settings::default() };
    let many = Experiment::new(objects(&columns), &equal(2), many, &Options::default()).unwrap_err();
    assert!(many.to_string().starts_with("invalid draws (got "), "{many}");
    assert_eq!(Objects::new(Vec::new()).unwrap_err(), AnalysisError::Empty("indicators"));
    let infinite = Objects::new(vec![&[1.0, f64::INFINITY]]).unwrap_err();
    assert_eq!(infinite, AnalysisError::NotFinite { indicator: 0, object: 1 });
    let twice = vec![WeightNode { children: vec![(Child::Indicator(0), 0.5), (Child::Indicator(0), 0.5)] }];
    assert_eq!(
        WeightTree::new(twice, 1).unwrap_err().to_string(),
        "invalid tree of weights at node 0: a child has two parents"
    );
    let experiment =
        Experiment::new(objects(&columns), &equal(2), Settings::default(), &Options::default()).unwrap();
    let pairs = RankSettings { pairs: vec![(0, 3)], ..RankSettings::default() };
    assert!(experiment.ranks(&pairs, &Options::default()).is_err());
    let quantiles = ScoreSettings { quantiles: vec![1.5], ..ScoreSettings::default() };
    assert!(experiment.scores(&quantiles, &Options::default()).is_err());
}

/// Lists as they come: spread out, few values, all but one equal, huge, tiny, with both zeros.
fn scores() -> impl Strategy<Value = Vec<f64>> {
    let spread = prop::collection::vec(-100.0..100.0, 1..300);
    let few = prop::collection::vec((-2..3_i32).prop_map(|value| f64::from(value) * 0.5), 1..300);
    let outlier =
        (prop::collection::vec(1.0..1.000_001, 1..200), any::<bool>()).prop_map(|(mut list, high)| {
            list.push(if high { 1e12 } else { -1e12 });
            list
        });
    let any = prop::collection::vec(
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
        1..100,
    );
    prop_oneof![spread, few, outlier, any]
}

proptest! {
    #[test]
    fn ranks_count_the_higher_scores(scores in scores()) {
        let expected = plain_ranks(&scores);
        for simd in Simd::available() {
            let mut ranks = vec![0; scores.len()];
            super::order::Ranker::default().rank(simd.level(), &scores, &mut ranks);
            prop_assert_eq!(&ranks, &expected);
        }
    }

    #[test]
    fn products_have_the_bits_of_plain_sums(rows in 1..70_usize, columns in 1..9_usize, seed in any::<u64>()) {
        let columns = values(rows, columns, seed);
        let settings = Settings { draws: 7, seed, ..Settings::default() };
        let experiment = Experiment::new(objects(&columns), &equal(columns.len()), settings, &Options::default()).unwrap();
        let by_indicator = experiment.weightings().transposed();
        for simd in Simd::available() {
            let (mut by_draw, mut by_object) = (vec![0.0; 7 * rows], vec![0.0; 7 * rows]);
            let scratch = &mut super::experiment::Scratch::default();
            experiment.by_draw(simd.level(), 0..7, scratch, &mut by_draw);
            experiment.by_object(simd.level(), &by_indicator, 0..rows, scratch, &mut by_object);
            for (draw, weights) in experiment.weightings().values().chunks(columns.len()).enumerate() {
                let expected = bits(&plain_scores(&columns, weights));
                prop_assert_eq!(bits(&by_draw[draw * rows..][..rows]), expected.clone());
                let found: Vec<f64> = by_object.iter().skip(draw).step_by(7).copied().collect();
                prop_assert_eq!(bits(&found), expected);
            }
        }
    }

    #[test]
    fn probabilities_add_up(rows in 1..40_usize, draws in 1..60_usize, seed in any::<u64>()) {
        let columns = values(rows, 3, seed);
        let settings = Settings { draws, seed, ..Settings::default() };
        let experiment = Experiment::new(objects(&columns), &equal(3), settings, &Options::default()).unwrap();
        let ranks = experiment.ranks(&RankSettings::default(), &Options::default()).unwrap();
        // Values of 24 random bits do not tie: each rank goes to one object.
        prop_assert!((ranks.first.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!((ranks.top.iter().sum::<f64>() - rows.min(3) as f64).abs() < 1e-12);
        prop_assert!((ranks.mean.iter().sum::<f64>() - (rows * (rows + 1)) as f64 / 2.0).abs() < 1e-9);
        let histogram = ranks.histogram.unwrap();
        for object in 0..rows {
            prop_assert_eq!(histogram[object * rows..][..rows].iter().sum::<u32>() as usize, draws);
            prop_assert_eq!(histogram.iter().skip(object).step_by(rows).sum::<u32>() as usize, draws);
        }
    }
}
