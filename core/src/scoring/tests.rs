use super::*;
use crate::column::{Batch, Column, Date, OnError, Options, Record, Scalar, Simd};

const HDI: &str = "
cpcfit: 1
kind: framework
id: hdi
version: '2021'
scale: {max: 1}
root: hdi
indicators:
  le: {direction: higher, normalise: {goalposts: {worst: 20, best: 85}}}
  eys: {direction: higher, normalise: {goalposts: {worst: 0, best: 18}}}
  mys: {direction: higher, normalise: {goalposts: {worst: 0, best: 15}}}
  gni: {direction: higher, normalise: {goalposts: {worst: 100, best: 75000, log: true}}}
nodes:
  hdi: {aggregate: geometric, children: [le, education, gni]}
  education: {children: [eys, mys]}
";

/// UNDP, Human Development Report 2021/22: life expectancy, expected and mean years of schooling, income; HDI.
const COUNTRIES: [([f64; 4], f64); 3] = [
    ([83.987, 16.5, 13.86, 66_933.005], 0.962),
    ([52.676, 10.128, 7.181, 4_790.284], 0.535),
    ([79.272, 12.637, 9.996, 87_134.135], 0.855),
];

#[test]
fn the_human_development_index_is_met() {
    let framework = Framework::from_text(HDI).unwrap();
    for (values, published) in COUNTRIES {
        let record: Record = ["le", "eys", "mys", "gni"].into_iter().zip(values).collect();
        let score = framework.score(&record).unwrap();
        assert!((score.value().unwrap() - published).abs() < 0.0005, "{score:?}");
        assert_eq!((score.coverage(), score.status()), (1.0, ScoreStatus::Ok));
    }
}

/// Every method, missing policy and aggregation at once.
const WIDE: &str = "
cpcfit: 1
kind: framework
id: wide
version: 1
root: all
segments: {field: segment}
indicators:
  up: {direction: higher, missing: skip, normalise: {goalposts: {worst: 2, best: 7}}}
  down: {direction: lower, weight: 3, missing: {value: 4}, normalise: {goalposts: {worst: 8, best: 1.1}}}
  open: {direction: higher, clip: none, normalise: {goalposts: {worst: 3, best: 4}}}
  log: {direction: lower, impossible: missing, missing: skip, normalise: {goalposts: {worst: 9, best: 0.5, log: true}}}
  marks: {direction: lower, missing: {score: 40}, normalise: {benchmarks: {floor: 8, baseline: 5, challenge: 2}}}
  ratio: {direction: higher, normalise: {ratio: {baseline: 4, at_baseline: 60}}, impossible: missing, missing: skip}
  inverse: {direction: lower, normalise: {ratio: {baseline: 4}}, impossible: missing, missing: skip}
  target: {direction: target, normalise: {target: {value: 5, tolerance: 1, distance: 3}}}
  bands: {direction: higher, normalise: {bands: [{below: 2, score: 0}, {below: 5, score: 50}, {score: 100}]}}
  points: {direction: target, clip: none, normalise: {points: [[1, 0], [2, 80], [3, 90], [5, 20], [6, 60], [9, 0]]}}
  logistic: {direction: lower, normalise: {logistic: {midpoint: 5, width: 1.5}}}
  standard: {direction: lower, clip: both, normalise: {standard: {mean: 5, deviation: 2}}}
  share: {direction: lower, impossible: missing, missing: skip, normalise: {share: {of: vector, by: 12}}}
  growth: {direction: higher, impossible: missing, missing: {value: 0}, compare: {with: before, as: growth}, normalise: {goalposts: {worst: -1, best: 1}}}
  drawn: {direction: higher, winsorise: {low: 2, high: 6}, possible: {min: 0.5, max: 9}, impossible: missing, missing: {value: 3, by: region, values: [{group: north, value: 5}]}, normalise: {goalposts: {worst: 0, best: 8}}}
nodes:
  all: {children: [straight, curved, powers, ideal], min_coverage: 0.7}
  straight: {children: [up, down, open, growth], by_segment: {vip: {up: 5, down: 1, open: 1, growth: 0}}}
  curved: {weight: 2, aggregate: mean_penalised, children: [log, marks, bands], min_coverage: 0.3}
  powers: {aggregate: {power: 0.5}, children: [ratio, inverse, target, deep]}
  deep: {children: [logistic, standard]}
  ideal: {aggregate: topsis, children: [share, drawn, lowest, points]}
  lowest: {aggregate: minimum, children: [middle]}
  middle: {aggregate: harmonic, children: [last], weights: equal}
  last: {aggregate: geometric, children: [extra]}
";

fn wide() -> Framework {
    let extra = "indicators:\n  extra: {direction: higher, normalise: {goalposts: {worst: 0, best: 9}}}";
    Framework::from_text(&WIDE.replacen("indicators:", extra, 1)).unwrap()
}

/// Numbers from a small generator: ends, middles, missing, infinite, negative.
fn draw(state: &mut u64) -> f64 {
    const ODD: [f64; 10] = [f64::NAN, f64::INFINITY, -1.0, 0.0, 1e300, -0.0, 5e-324, 2.0, 5.0, 9.0];
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let bits = *state >> 33;
    if bits % 60 < 10 {
        return ODD[(bits % 10) as usize];
    }
    #[expect(clippy::cast_precision_loss, reason = "small")]
    let value = (bits % 1000) as f64 / 100.0;
    value
}

#[test]
fn columns_give_the_bits_of_records() {
    const ROWS: usize = 9300;
    let framework = wide();
    let nodes = ["straight", "curved", "powers", "deep", "ideal", "lowest", "up", "log", "points", "growth"];
    let mut state = 7;
    let names: Vec<&str> = framework.inputs().filter(|name| !["segment", "region"].contains(name)).collect();
    let columns: Vec<Vec<f64>> =
        names.iter().map(|_| (0..ROWS).map(|_| draw(&mut state)).collect()).collect();
    let words = [Some("vip"), Some("other"), None, Some("north")];
    let texts: Vec<Option<&str>> = (0..ROWS).map(|row| words[row / 2500 % 4]).collect();
    let mut batch = Batch::new(ROWS);
    for (name, column) in names.iter().zip(&columns) {
        batch.push(*name, &column[..]).unwrap();
    }
    batch.push("segment", Column::from(&texts[..])).unwrap();
    batch.push("region", Column::from(&texts[..])).unwrap();
    for simd in Simd::available() {
        for threads in [1, 2] {
            let options = Options { simd, threads, on_error: OnError::Null, ..Options::default() };
            let batches = [batch.slice(0, 4900), batch.slice(4900, ROWS)];
            let scores = framework.score_columns(&batches, &nodes, &options).unwrap();
            let mut seen = [0; 5];
            for row in 0..ROWS {
                let status = scores.status[row];
                seen[usize::from(status)] += 1;
                match framework.score(&batch.record(row)) {
                    Ok(score) => {
                        assert_eq!(status, score.status().code(), "row {row}");
                        assert_eq!(scores.coverage[row].to_bits(), score.coverage().to_bits(), "row {row}");
                        let value = score.value().unwrap_or(f64::NAN);
                        assert_eq!(scores.score[row].to_bits(), value.to_bits(), "row {row} {simd:?}");
                        let bound = framework.bind(&batch.record(row)).unwrap();
                        for (id, column) in nodes.iter().zip(&scores.nodes) {
                            let child = framework.0.find(id).unwrap();
                            let value = bound
                                .row(&framework.0)
                                .child_score(child)
                                .map_or(f64::NAN, |value| value + 0.0);
                            assert_eq!(column[row].to_bits(), value.to_bits(), "{id} of row {row} {simd:?}");
                        }
                    }
                    Err(_) => assert_eq!((status, scores.score[row].is_nan()), (4, true), "row {row}"),
                }
            }
            assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
        }
    }
}

#[test]
fn rows_without_gaps_need_no_coverage() {
    let framework = Framework::from_text(HDI).unwrap();
    let mut batch = Batch::new(3);
    let columns: Vec<Vec<f64>> =
        (0..4).map(|index| COUNTRIES.iter().map(|(values, _)| values[index]).collect()).collect();
    for (name, column) in ["le", "eys", "mys", "gni"].iter().zip(&columns) {
        batch.push(*name, &column[..]).unwrap();
    }
    let scores = framework.score_columns(&[batch], &[], &Options::default()).unwrap();
    assert!(scores.coverage.is_empty() && scores.status.is_empty());
    assert_eq!(scores.ranks(), [1, 3, 2]);
}

#[test]
fn a_missing_value_is_named() {
    let framework = Framework::from_text(HDI).unwrap();
    let record = Record::from([
        ("le", Scalar::Missing),
        ("eys", Scalar::Float(f64::INFINITY)),
        ("mys", Scalar::Text("many".to_owned())),
        ("gmi", Scalar::Int(1)),
    ]);
    let error = framework.score(&record).unwrap_err();
    let codes: Vec<_> = error.problems().iter().map(|problem| problem.code().id()).collect();
    assert_eq!(codes, ["data.missing", "data.not_finite", "data.wrong_type", "data.missing_column"]);
    assert_eq!(error.problems()[3].suggestion(), Some("gmi"));
}

#[test]
fn every_problem_of_a_tree_is_found() {
    let text = "
cpcfit: 1
kind: framework
id: bad
version: 1
root: top
indicators:
  a: {direction: higher, normalise: {goalposts: {worst: 5, best: 1}}}
  b: {direction: higher, normalise: {goalposts: {worst: 5, best: 5}}}
  c: {direction: higher, weight: -1, normalise: {}}
  d: {direction: sideways, normalise: {ratio: {baseline: 0}}}
nodes:
  top: {children: [a, a, e, mid]}
  mid: {children: [b, top]}
  lone: {children: []}
";
    let error = Framework::from_text(text).unwrap_err();
    let mut codes: Vec<_> = error.problems().iter().map(|problem| problem.code().id()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "document.unknown_word",
            "scoring.bad_method",
            "scoring.bad_weight",
            "scoring.child_twice",
            "scoring.no_children",
            "scoring.unknown_child",
            "scoring.wrong_direction",
            "scoring.zero_width",
        ],
        "{error}"
    );
}

#[test]
fn cycles_and_what_nothing_reaches_are_told_apart() {
    let text = "
cpcfit: 1
kind: framework
id: bad
version: 1
root: top
indicators:
  a: {direction: higher, normalise: {goalposts: {worst: 1, best: 5}}}
  b: {direction: higher, normalise: {goalposts: {worst: 1, best: 5}}}
nodes:
  top: {children: [a]}
  round: {children: [about]}
  about: {children: [round]}
  below: {children: [b]}
";
    let error = Framework::from_text(text).unwrap_err();
    let found: Vec<_> =
        error.problems().iter().map(|problem| (problem.code().id(), problem.path().to_owned())).collect();
    assert_eq!(
        found,
        [
            ("scoring.cycle", "/nodes/round".to_owned()),
            ("scoring.cycle", "/nodes/about".to_owned()),
            ("scoring.unreachable", "/nodes/below".to_owned()),
        ]
    );
}

/// A record on which every indicator has a score.
fn full(framework: &Framework, value: f64) -> Record {
    let texts = ["segment", "region"];
    let mut record: Record = framework
        .inputs()
        .filter(|name| !texts.contains(name))
        .map(|name| (name.to_owned(), value))
        .collect();
    for name in texts {
        record.insert(name, Scalar::Missing);
    }
    record
}

#[test]
fn contributions_of_sums_add_up_to_the_bit() {
    let children: Vec<String> = (0..9).map(|index| format!("i{index}")).collect();
    let indicator = |id: &String, weight: i32| {
        let normalise = "{goalposts: {worst: 0, best: 7.3}}";
        format!("  {id}: {{direction: higher, missing: skip, weight: {weight}, normalise: {normalise}}}")
    };
    let indicators: Vec<String> =
        children.iter().zip(1..).map(|(id, weight)| indicator(id, weight)).collect();
    let indicators = indicators.join("\n");
    let text = format!(
        "cpcfit: 1\nkind: framework\nid: sums\nversion: 1\nroot: top\nindicators:\n{indicators}\nnodes:\n  top: {{children: [a, {}]}}\n  a: {{weight: 3, children: [{}]}}\n",
        children[4..].join(", "),
        children[..4].join(", ")
    );
    let framework = Framework::from_text(&text).unwrap();
    for gap in [None, Some("i2"), Some("i7")] {
        let mut record: Record =
            children.iter().zip(1_u32..).map(|(id, n)| (id.clone(), f64::from(n) * 0.71)).collect();
        if let Some(gap) = gap {
            record.insert(gap, Scalar::Missing);
        }
        let explanation = framework.explain(&record).unwrap();
        let sum = explanation.indicators().iter().fold(0.0, |sum, part| sum + part.contribution);
        assert_eq!(Some(sum), explanation.score().value());
        assert_eq!(explanation.score(), framework.score(&record).unwrap());
        let weights: f64 = explanation.indicators().iter().map(|part| part.effective_weight).sum();
        assert!((weights - 1.0).abs() < 1e-12);
    }
}

#[test]
fn contributions_of_other_aggregations_add_up_within_the_bound() {
    let framework = wide();
    for value in [0.7, 2.0, 3.5, 5.0, 8.9] {
        let explanation = framework.explain(&full(&framework, value)).unwrap();
        let score = explanation.score().value().unwrap();
        let brought: f64 = explanation.indicators().iter().map(|part| part.contribution).sum();
        let undone: f64 = explanation.indicators().iter().map(|part| part.undone).sum();
        assert!((brought - score).abs() < 1e-7, "{value}: {brought} {score}");
        assert!((100.0 - score - undone).abs() < 1e-7, "{value}: {undone} {score}");
    }
}

#[test]
fn the_example_documents_are_whole() {
    for (text, indicators) in [
        (include_str!("../../../examples/models/hotline.framework.yaml"), 50),
        (include_str!("../../../examples/models/website.framework.yaml"), 50),
        (include_str!("../../../examples/models/handset.framework.yaml"), 42),
        (include_str!("../../../examples/models/product-channel.framework.yaml"), 17),
        (include_str!("../../../examples/models/hdi.framework.yaml"), 4),
    ] {
        let framework = Framework::from_text(text).unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!((framework.indicators().len(), framework.is_fitted()), (indicators, true));
        let sum: f64 = framework.effective_weights().iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}

/// Unfitted in every way at once.
const UNFITTED: &str = "
cpcfit: 1
kind: framework
id: unfitted
version: 1
root: top
indicators:
  a: {direction: higher, winsorise: {low: {quantile: 0.1}, high: {quantile: 0.9}}, normalise: {from_data: min_max}}
  b: {direction: lower, missing: {impute: median, by: region}, normalise: {from_data: z_score}, clip: both}
  c: {direction: higher, normalise: {from_data: percentile_rank}}
  d: {direction: lower, normalise: {share: {of: sum}}, impossible: missing, missing: skip}
  e: {direction: higher, normalise: {benchmarks: {floor: {quantile: 0.05}, baseline: median, challenge: max}}}
  f: {direction: higher, constant: middle, normalise: {goalposts: {worst: min, best: max}}}
nodes:
  top: {children: [left, right, f], weights: {from_data: standard_deviation}}
  left: {children: [a, b], weights: {mix: [{weights: {from_data: critic}}, {weights: equal}]}}
  right: {children: [c, d, e], aggregate: {topsis: from_data}, weights: {from_data: entropy}}
";

#[test]
fn fitting_leaves_nothing_to_the_data() {
    let framework = Framework::from_text(UNFITTED).unwrap();
    assert!(!framework.is_fitted());
    assert_eq!(framework.score(&Record::new()).unwrap_err().problems()[0].code().id(), "scoring.not_fitted");
    let mut state = 3;
    let mut column = |scale: f64| -> Vec<f64> {
        (0..60)
            .map(|_| {
                state = u64::wrapping_mul(state, 6_364_136_223_846_793_005).wrapping_add(1);
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let value = (state >> 40) as f64;
                1.0 + scale * value / 16_777_216.0
            })
            .collect()
    };
    let columns: Vec<Vec<f64>> = (0..5).map(|index| column(f64::from(index + 1))).collect();
    let constant = vec![3.0; 60];
    let mut holed = columns[1].clone();
    holed[4] = f64::NAN;
    let regions: Vec<Option<&str>> =
        (0..60).map(|row| [Some("north"), Some("south"), None][row % 3]).collect();
    let mut batch = Batch::new(60);
    for (name, column) in ["a", "b", "c", "d", "e"].iter().zip(&columns) {
        batch.push(*name, if *name == "b" { &holed[..] } else { &column[..] }).unwrap();
    }
    batch.push("f", &constant[..]).unwrap();
    batch.push("region", Column::from(&regions[..])).unwrap();
    let batches = [batch];
    let on = Date::parse("2021-12-31").ok();
    let fitted = framework.fit(&batches, on, &Options::default()).unwrap();
    assert!(fitted.is_fitted());
    assert_eq!(fitted.fitted().map(|fitted| fitted.rows), Some(60));
    let again = Framework::from_text(&fitted.to_json()).unwrap();
    let scores = again.score_columns(&batches, &["right", "f"], &Options::default()).unwrap();
    assert!(scores.score.iter().all(|score| (0.0..=100.0).contains(score)), "{:?}", scores.score);
    assert!(scores.nodes[1].iter().all(|score| *score == 50.0));
    let imputed: Vec<usize> = (0..60).filter(|row| scores.status[*row] == 1).collect();
    assert_eq!(imputed, [4]);
    assert_eq!(fitted.fit(&batches, on, &Options::default()).unwrap().to_json(), fitted.to_json());
    let audit = framework.audit(&batches, &Options::default()).unwrap();
    assert_eq!((audit[1].missing, audit[5].constant, audit[0].rows), (1, true, 60));
    let statistics = fitted.statistics(&batches, &Options::default()).unwrap();
    assert_eq!((statistics.rows, statistics.silent.iter().any(|silent| silent.indicator == 5)), (60, true));
}

#[test]
fn a_goal_is_met_when_the_value_is_reached() {
    let framework = wide();
    let record = full(&framework, 3.3);
    let own = framework.score(&record).unwrap().value().unwrap();
    let mut met = 0;
    for target in [own - 1.0, own + 0.5, own + 2.0, own + 60.0] {
        for goal in framework.reach(&record, target).unwrap() {
            let Some(value) = goal.value else { continue };
            let indicator = &framework.indicators()[goal.indicator];
            if indicator.compare.is_some() || ["up"].contains(&indicator.id()) {
                continue; // the value is a comparison, or is compared with
            }
            let mut changed = record.clone();
            changed.insert(indicator.id(), value);
            let score = framework.score(&changed).unwrap().value().unwrap();
            assert!(score >= target, "{}: {value} gives {score}, not {target}", indicator.id());
            met += 1;
        }
    }
    assert!(met > 20, "{met}");
}

#[test]
fn a_difference_is_the_sum_of_its_parts() {
    use super::Scored;
    let (old, new) = (
        wide(),
        Framework::from_text(
            &wide().to_json().replace("\"worst\":2", "\"worst\":1").replace("\"weight\":3", "\"weight\":1"),
        )
        .unwrap(),
    );
    let (spring, autumn) = (full(&old, 3.0), full(&old, 4.5));
    let before = Scored { framework: &old, record: &spring };
    let difference = before.difference(Scored { framework: &new, record: &autumn }).unwrap().unwrap();
    let whole = difference.after - difference.before;
    assert!((difference.total.sum() - whole).abs() < 1e-9);
    assert!(
        difference.total.baselines != 0.0 && difference.total.weights != 0.0 && difference.total.data != 0.0
    );
    let by_indicator: f64 = difference.indicators.iter().map(|(_, parts)| parts.sum()).sum();
    assert!((by_indicator - whole).abs() < 1e-7, "{by_indicator} {whole}");
}

#[test]
fn segments_and_trees_do_not_fill_the_memory() {
    let indicator = "{direction: higher, normalise: {goalposts: {worst: 0, best: 1}}}";
    let ids: Vec<String> = (0..2100).map(|index| format!("i{index}")).collect();
    let indicators: Vec<String> = ids.iter().map(|id| format!("  {id}: {indicator}")).collect();
    let segments: Vec<String> = (0..1000).map(|index| format!("s{index}: {{a: 1, i0: 1}}")).collect();
    let text = format!(
        "cpcfit: 1\nkind: framework\nid: many\nversion: 1\nroot: top\nsegments: {{field: s}}\nindicators:\n{}\nnodes:\n  top: {{children: [a, i0], by_segment: {{{}}}}}\n  a: {{children: [{}]}}\n",
        indicators.join("\n"),
        segments.join(", "),
        ids[1..].join(", ")
    );
    let error = Framework::from_text(&text).unwrap_err();
    assert_eq!(error.problems()[0].code().id(), "scoring.too_many_segments");
}
