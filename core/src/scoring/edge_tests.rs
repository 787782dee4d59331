//! Where numbers are extreme, data are few, or columns and records could part.

use super::*;
use crate::column::{Batch, Column, OnError, Options, Record, Simd};
use crate::error::Result;

fn framework(indicators: &str, root: &str) -> Result<Framework> {
    Framework::from_text(&format!(
        "cpcfit: 1\nkind: framework\nid: edge\nversion: 1\nroot: r\nindicators:\n{indicators}\nnodes:\n  r: {root}\n"
    ))
}

/// Indicators that score what they are.
fn plain(ids: &[&str], more: &str) -> String {
    let one = |id: &&str| {
        format!("  {id}: {{direction: higher, {more}normalise: {{goalposts: {{worst: 0, best: 100}}}}}}")
    };
    ids.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn codes<T: std::fmt::Debug>(result: Result<T>) -> Vec<&'static str> {
    result.unwrap_err().problems().iter().map(|problem| problem.code().id()).collect()
}

#[test]
fn an_infinite_number_to_compare_with_is_an_error_in_columns_too() {
    let compared = "  a: {direction: higher, compare: {with: b, as: ratio}, normalise: {goalposts: {worst: 0, best: 2}}}";
    let framework = framework(compared, "{children: [a]}").unwrap();
    let (a, b) = ([1.0, 1.0], [f64::INFINITY, 1.0]);
    let mut batch = Batch::new(2);
    batch.push("a", &a[..]).unwrap();
    batch.push("b", &b[..]).unwrap();
    assert_eq!(codes(framework.score(&batch.record(0))), ["data.not_finite"]);
    for simd in Simd::available() {
        let options = Options { simd, on_error: OnError::Null, ..Options::default() };
        let scores = framework.score_columns(&[batch.clone()], &[], &options).unwrap();
        assert!(scores.score[0].is_nan() && scores.score[1] == 50.0, "{simd:?}");
        assert_eq!(scores.status, [4, 0]);
    }
}

#[test]
fn a_generalised_mean_neither_overflows_nor_vanishes() {
    let record = Record::from([("a", 50.0), ("b", 90.0)]);
    let score = |power: &str| {
        let framework = framework(
            &plain(&["a", "b"], ""),
            &format!("{{aggregate: {{power: {power}}}, children: [a, b]}}"),
        );
        framework.and_then(|framework| framework.score(&record)).map(|score| score.value().unwrap())
    };
    // The limits are the maximum and the minimum, each times the root of its weight.
    assert!((score("300").unwrap() - 90.0 * libm::pow(0.5, 1.0 / 300.0)).abs() < 1e-9);
    assert!((score("-300").unwrap() - 50.0 * libm::pow(0.5, -1.0 / 300.0)).abs() < 1e-9);
    for power in ["0", "1e-17", "-1e-320", "1e4"] {
        assert_eq!(codes(score(power)), ["scoring.bad_method"], "{power}");
    }
}

#[test]
fn scores_that_overflow_are_errors_and_never_infinite() {
    let indicators = plain(&["a", "b"], "clip: low, ");
    for aggregate in ["arithmetic", "topsis", "mean_penalised", "{power: 2}", "minimum"] {
        let framework =
            framework(&indicators, &format!("{{aggregate: {aggregate}, children: [a, b]}}")).unwrap();
        let (a, b) = ([1e200, 1e99, 5e-324], [3.0, 1e99, 0.0]);
        let mut batch = Batch::new(3);
        batch.push("a", &a[..]).unwrap();
        batch.push("b", &b[..]).unwrap();
        assert_eq!(codes(framework.score(&batch.record(0))), ["scoring.out_of_domain"]);
        for simd in Simd::available() {
            let options = Options { simd, on_error: OnError::Null, ..Options::default() };
            let scores = framework.score_columns(&[batch.clone()], &[], &options).unwrap();
            assert_eq!(scores.status, [4, 0, 0], "{aggregate} {simd:?}");
            for row in 1..3 {
                let value = framework.score(&batch.record(row)).unwrap().value().unwrap();
                assert!(
                    value.is_finite() && value.to_bits() == scores.score[row].to_bits(),
                    "{aggregate} {value}"
                );
            }
        }
    }
}

#[test]
fn coverage_is_reached_in_spite_of_rounding() {
    let ids: Vec<String> = (0..10).map(|index| format!("i{index}")).collect();
    let names: Vec<&str> = ids.iter().map(String::as_str).collect();
    for have in 1..10 {
        let root = format!("{{min_coverage: 0.{have}, children: [{}]}}", ids.join(", "));
        let framework = framework(&plain(&names, "missing: skip, "), &root).unwrap();
        let record = |count: usize| names.iter().take(count).map(|id| (*id, 50.0)).collect::<Record>();
        assert!(framework.score(&record(have)).unwrap().value().is_some(), "{have} of 10");
        assert_eq!(framework.score(&record(have - 1)).unwrap().value(), None, "{have} of 10");
    }
}

#[test]
fn contributions_under_nodes_that_do_not_sum_stay_within_the_scale() {
    let framework = Framework::from_text(&format!(
        "cpcfit: 1\nkind: framework\nid: nested\nversion: 1\nroot: r\nindicators:\n{}\nnodes:\n  r: {{aggregate: geometric, children: [n, c]}}\n  n: {{aggregate: geometric, children: [a, b]}}\n",
        plain(&["a", "b", "c"], "")
    ))
    .unwrap();
    for low in [50.0, 1.0, 1e-6, 1e-310, 0.0] {
        let explanation = framework.explain(&[("a", 100.0), ("b", low), ("c", 90.0)].into()).unwrap();
        let parts: Vec<f64> = explanation.indicators().iter().map(|part| part.contribution).collect();
        let score = explanation.score().value().unwrap();
        assert!((parts.iter().sum::<f64>() - score).abs() < 1e-9, "{low}: {parts:?}");
        // Whoever has the highest score brings all that its weight can, and is not to blame.
        assert!(
            (parts[0] - 25.0).abs() < 1e-9 && parts.iter().all(|part| part.abs() <= 100.0),
            "{low}: {parts:?}"
        );
        assert_eq!(explanation.weaknesses(1)[0].indicator, 1, "{low}");
    }
}

#[test]
fn goals_are_possible_and_leave_what_is_good_enough() {
    let goal = |more: &str, value: f64, target: f64| {
        let framework = framework(&plain(&["a"], more), "{children: [a]}").unwrap();
        framework.reach(&[("a", value)].into(), target).unwrap()[0].value
    };
    assert_eq!(goal("", 130.0, 80.0), Some(130.0));
    assert_eq!(goal("possible: {max: 60}, ", 10.0, 80.0), None);
    assert_eq!(goal("possible: {max: 60}, ", 10.0, 50.0), Some(50.0));
    assert_eq!(goal("clip: none, ", 10.0, 105.0), Some(105.0));
    assert_eq!(goal("clip: none, ", -50.0, -10.0), Some(-10.0));
}

#[test]
fn a_fit_without_anything_to_fit_changes_nothing() {
    let framework = framework(&plain(&["a", "b"], ""), "{children: [a, b]}").unwrap();
    let fitted = framework.fit(&[], crate::Date::parse("2030-01-01").ok(), &Options::default()).unwrap();
    assert_eq!((fitted.fitted(), fitted.to_json()), (None, framework.to_json()));
}

#[test]
fn ideals_need_rows_that_differ() {
    let framework =
        framework(&plain(&["a", "b"], ""), "{aggregate: {topsis: from_data}, children: [a, b]}").unwrap();
    let same = [50.0, 50.0];
    for (rows, code) in
        [(0, "scoring.too_few_rows"), (1, "scoring.too_few_rows"), (2, "scoring.constant_data")]
    {
        let mut batch = Batch::new(rows);
        batch.push("a", &same[..rows]).unwrap();
        batch.push("b", &same[..rows]).unwrap();
        assert_eq!(codes(framework.fit(&[batch], None, &Options::default())), [code], "{rows}");
    }
}

#[test]
fn values_outside_the_domain_count_as_missing_in_a_fit_too() {
    for method in
        ["goalposts: {worst: min, best: max, log: true}", "share: {of: sum}", "ratio: {baseline: median}"]
    {
        let indicator = format!(
            "  a: {{direction: higher, impossible: missing, missing: skip, normalise: {{{method}}}}}"
        );
        let framework = framework(&indicator, "{children: [a]}").unwrap();
        let of = |values: &[f64]| {
            let mut batch = Batch::new(values.len());
            batch.push("a", values).unwrap();
            framework.fit(&[batch], None, &Options::default()).unwrap().to_json()
        };
        let (with, without) = (of(&[-5.0, 1.0, 10.0]), of(&[1.0, 10.0]));
        assert_eq!(with.replace("\"rows\":3", "\"rows\":2"), without, "{method}");
    }
}

#[test]
fn levels_that_fall_together_are_a_column_without_width() {
    let indicator = |constant: &str| {
        format!(
            "  a: {{direction: higher, {constant}normalise: {{goalposts: {{worst: {{quantile: 0.1}}, best: {{quantile: 0.9}}}}}}}}"
        )
    };
    let mut values = vec![0.0; 100];
    values[0] = 1.0;
    let mut batch = Batch::new(100);
    batch.push("a", &values[..]).unwrap();
    let fit = |constant: &str| {
        let framework = framework(&indicator(constant), "{children: [a]}").unwrap();
        framework.fit(&[batch.clone()], None, &Options::default())
    };
    assert_eq!(codes(fit("")), ["scoring.zero_width"]);
    let scores = fit("constant: middle, ").unwrap().score_columns(&[batch.clone()], &[], &Options::default());
    assert!(scores.unwrap().score.iter().all(|score| *score == 50.0));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let indicator = |more: &str| {
        format!(
            "  a: {{direction: higher, {more}, normalise: {{goalposts: {{worst: 1, best: 9, log: true}}}}}}"
        )
    };
    for (more, code) in [
        ("possible: {max: 9}, missing: {value: 70}", "scoring.impossible"),
        ("missing: {value: -1}", "scoring.out_of_domain"),
        ("missing: {value: 1, by: g, values: [{group: x, value: 0}]}", "scoring.out_of_domain"),
        (
            "missing: {value: 1, by: g, values: [{group: x, value: 1}, {group: x, value: 2}]}",
            "scoring.bad_points",
        ),
    ] {
        assert_eq!(codes(framework(&indicator(more), "{children: [a]}")), [code], "{more}");
    }
    for points in [
        "{ideal: [0, 0], anti_ideal: [9, 9]}",
        "{ideal: [5, 5], anti_ideal: [5, 5]}",
        "{ideal: [9, 0], anti_ideal: [0, 9]}",
    ] {
        let root = format!("{{aggregate: {{topsis: {points}}}, children: [a, b]}}");
        assert_eq!(codes(framework(&plain(&["a", "b"], ""), &root)), ["scoring.bad_points"], "{points}");
    }
}

#[test]
fn a_segment_that_is_no_text_is_refused_as_in_columns() {
    let framework = Framework::from_text(&format!(
        "cpcfit: 1\nkind: framework\nid: s\nversion: 1\nroot: r\nsegments: {{field: s}}\nindicators:\n{}\nnodes:\n  r: {{children: [a, b], by_segment: {{'1': {{a: 9, b: 1}}}}}}\n",
        plain(&["a", "b"], "")
    ))
    .unwrap();
    let mut record = Record::from([("a", 100.0), ("b", 0.0)]);
    record.insert("s", "1");
    assert_eq!(framework.score(&record).unwrap().value(), Some(90.0));
    record.insert("s", 1_i64);
    assert_eq!(codes(framework.score(&record)), ["data.wrong_type"]);
}

#[test]
fn many_segments_give_the_bits_of_records() {
    let segments: Vec<String> = (0..40).map(|index| format!("s{index}: {{a: {index}, b: 7}}")).collect();
    let framework = Framework::from_text(&format!(
        "cpcfit: 1\nkind: framework\nid: s\nversion: 1\nroot: r\nsegments: {{field: s}}\nindicators:\n{}\nnodes:\n  r: {{children: [a, b], by_segment: {{{}}}}}\n",
        plain(&["a", "b"], ""),
        segments.join(", ")
    ))
    .unwrap();
    let names: Vec<String> = (0..50).map(|index| format!("s{index}")).collect();
    let texts: Vec<Option<&str>> = names.iter().map(|name| Some(name.as_str())).collect();
    let a: Vec<f64> = (0..50_u32).map(|index| f64::from(index) * 1.7).collect();
    let b: Vec<f64> = a.iter().rev().copied().collect();
    let mut batch = Batch::new(50);
    batch.push("a", &a[..]).unwrap();
    batch.push("b", &b[..]).unwrap();
    batch.push("s", Column::from(&texts[..])).unwrap();
    for simd in Simd::available() {
        let options = Options { simd, ..Options::default() };
        let scores = framework.score_columns(&[batch.clone()], &["a"], &options).unwrap();
        for row in 0..50 {
            assert_eq!(Some(scores.score[row]), framework.score(&batch.record(row)).unwrap().value());
        }
    }
}

#[test]
fn scores_on_different_scales_have_no_difference() {
    let percent = framework(&plain(&["a"], ""), "{children: [a]}").unwrap();
    let unit = Framework::from_text(&percent.to_json().replace("\"root\"", "\"scale\":{\"max\":1},\"root\""))
        .unwrap();
    let record = [("a", 5.0)].into();
    let before = Scored { framework: &percent, record: &record };
    assert_eq!(codes(before.difference(Scored { framework: &unit, record: &record })), ["scoring.bad_scale"]);
}

#[test]
fn infinite_scores_rank_first() {
    use super::uncertainty::{Experiment, Objects, RankSettings, Settings, WeightTree, Weighting};
    let values = [1e308, 1.0];
    let objects = Objects::new(vec![&values, &values]).unwrap();
    let settings = Settings { weighting: Weighting::Given(vec![10.0, 10.0]), ..Settings::default() };
    let options = Options::default();
    let experiment =
        Experiment::new(objects, &WeightTree::flat(&[0.5, 0.5]).unwrap(), settings, &options).unwrap();
    assert_eq!(experiment.ranks(&RankSettings::default(), &options).unwrap().best, [1, 2]);
}
