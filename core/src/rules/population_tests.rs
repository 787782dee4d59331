use proptest::prelude::*;

use super::RuleSet;
use super::fixtures::{HEADER, rules};
use crate::column::{Batch, Column, OnError, Options, Record, Scalar};
use crate::expr::column_fixtures::Random;

fn options() -> Options {
    Options { threads: 1, ..Options::default() }
}

#[test]
fn every_part_says_what_it_blocks() {
    let set = rules(
        "unknown: no_match, hit: first, currency: {code: CNY, exponent: 2},
         fields: {arpu: {type: money}, data_mb: {type: number, missing: true}, brand: {type: string}},
         rules: [{id: high, when: 'arpu > 80 && data_mb > 5 && !(brand in [\"m_zone\", \"other\"] || arpu >= 500)'},
                 {id: rich, when: arpu > 80}, {id: all}]",
    );
    let mut batch = Batch::new(6);
    batch.push("arpu", &[100.0, 50.0, 50.0, 90.0, 600.0, f64::INFINITY][..]).unwrap();
    batch.push("data_mb", &[10.0, 10.0, 1.0, f64::NAN, 10.0, 1.0][..]).unwrap();
    let brands: Vec<Option<&str>> = ["gotone", "gotone", "other", "gotone", "gotone", "x"].map(Some).to_vec();
    batch.push("brand", Column::from(brands.as_slice())).unwrap();
    let null = Options { on_error: OnError::Null, ..options() };
    let found = set.population(&[batch.clone()], &null).unwrap();
    insta::assert_snapshot!(found, @r#"
    test 1, first: 6 rows, 1 invalid
      high: 1 match, 1 first, 0 alone
        arpu > 80.00: 2 blocked, 2 first, 1 alone
        data_mb > 5: 2 blocked, 1 first, 1 alone
        brand not in ["m_zone", "other"]: 1 blocked, 0 first, 0 alone
        arpu < 500.00: 1 blocked, 1 first, 1 alone
      rich: 3 match, 2 first, 0 alone
        arpu > 80.00: 2 blocked, 2 first, 2 alone
      all: 5 match, 2 first, 2 alone
    "#);
    assert_eq!((found.len(), found.invalid(), found.problems().len()), (6, 1, 1));
    let twice = found.clone().merged(set.population(&[batch.clone()], &null).unwrap());
    assert_eq!((twice.len(), twice.invalid(), twice.problems()[0].row_count()), (12, 2, 2));
    let high = &twice.rules()[0];
    assert_eq!((high.matched(), high.first(), high.blockers()[0].only()), (2, 2, 2));
    assert!(set.population(&[batch], &options()).is_err());
}

const NUMBERS: [f64; 7] = [f64::NAN, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0];
const TEXTS: [Option<&str>; 4] = [None, Some("a"), Some("b"), Some("c")];

fn part(random: &mut Random) -> String {
    let sign = random.pick(&["<", "<=", ">", ">=", "==", "!="]);
    let test = match random.below(4) {
        0 | 1 => format!("n {sign} {}", random.pick(&["0", "1", "2"])),
        2 => format!("t {} {}", random.pick(&["==", "!="]), random.pick(&["'a'", "'b'"])),
        _ => format!("has({})", random.pick(&["n", "t"])),
    };
    match random.below(4) {
        0 => format!("({test} || n > 1)"),
        1 => format!("!({test} && t != 'c')"),
        _ => test,
    }
}

proptest! {
    #[test]
    fn it_counts_what_records_say(seed: u64) {
        let mut random = Random(seed);
        let count = 1 + random.below(5);
        let parts: Vec<Vec<String>> =
            (0..count).map(|_| (0..=random.below(3)).map(|_| part(&mut random)).collect()).collect();
        let unknown = random.pick(&["match", "no_match"]);
        let begin = format!("{HEADER}unknown: {unknown}, fields: {{n: {{type: number, missing: true}}, t: {{type: string, missing: true}}}}");
        let read = |hit: &str, conditions: Vec<String>| {
            let rules = conditions.iter().enumerate().map(|(at, when)| format!("{{id: r{at}, when: \"{when}\"}}"));
            let text = format!("{begin}, hit: {hit}, rules: [{}]}}", rules.collect::<Vec<_>>().join(", "));
            RuleSet::from_text(&text).unwrap_or_else(|error| panic!("{text}: {error:#}"))
        };
        let whole = read("first", parts.iter().map(|parts| parts.join(" && ")).collect());
        let single = read("rule_order", parts.iter().flatten().cloned().collect());
        let rows: Vec<(f64, Option<&str>)> =
            NUMBERS.into_iter().flat_map(|n| TEXTS.into_iter().map(move |t| (n, t))).cycle().take(1_100).collect();
        let (numbers, texts): (Vec<f64>, Vec<Option<&str>>) = rows.iter().copied().unzip();
        let mut batch = Batch::new(rows.len());
        batch.push("n", numbers.as_slice()).unwrap();
        batch.push("t", Column::from(texts.as_slice())).unwrap();
        let found = whole.population(&[batch], &options()).unwrap();
        // Which parts hold, rule by rule, of every row.
        let holds: Vec<Vec<Vec<bool>>> = rows
            .iter()
            .map(|(n, t)| {
                let values: [(&str, Scalar); 2] = [("n", (*n).into()), ("t", (*t).into())];
                let decision = single.decide(&Record::from(values)).unwrap();
                let ids: Vec<&str> = decision.rules().iter().map(|rule| rule.id()).collect();
                let mut at = 0;
                parts.iter().map(|parts| parts.iter().map(|_| {
                    at += 1;
                    ids.contains(&format!("r{}", at - 1).as_str())
                }).collect()).collect()
            })
            .collect();
        let passes = |row: &[Vec<bool>], rule: usize| row[rule].iter().all(|holds| *holds);
        let rows_where = |test: &dyn Fn(&[Vec<bool>]) -> bool| holds.iter().filter(|row| test(row)).count();
        for (rule, own) in found.rules().iter().enumerate() {
            prop_assert_eq!(own.matched(), rows_where(&|row| passes(row, rule)));
            prop_assert_eq!(own.first(), rows_where(&|row| (0..count).find(|other| passes(row, *other)) == Some(rule)));
            prop_assert_eq!(own.only(), rows_where(&|row| (0..count).all(|other| passes(row, other) == (other == rule))));
            prop_assert_eq!(own.blockers().len(), parts[rule].len());
            for (at, part) in own.blockers().iter().enumerate() {
                prop_assert_eq!(part.blocked(), rows_where(&|row| !row[rule][at]));
                prop_assert_eq!(part.first(), rows_where(&|row| row[rule].iter().position(|holds| !holds) == Some(at)));
                prop_assert_eq!(part.only(), rows_where(&|row| row[rule].iter().enumerate().all(|(other, holds)| *holds == (other != at))));
            }
        }
    }
}
