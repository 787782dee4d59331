use proptest::prelude::*;

use super::{Check, FindingKind};
use crate::column::{Record, Scalar};
use crate::expr::column_fixtures::Random;
use crate::rules::fixtures::{HEADER, rules};
use crate::rules::{DecisionStatus, RuleSet};

fn check(rest: &str) -> Check {
    rules(rest).check().unwrap()
}

const CUSTOMERS: &str = "unknown: no_match, currency: {code: CNY, exponent: 2}, fields: {arpu: {type: money}, \
     months: {type: integer}, data_mb: {type: number, missing: true}, joined: {type: date}, \
     brand: {type: string, values: [gotone, easyown, m_zone]}, texts: {type: integer}, calls: {type: integer}}";

#[test]
fn a_catch_all_above_others_is_found() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: first, rules: [{{id: vip, when: arpu > 300}}, {{id: other}}, {{id: new, when: months <= 12}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, first: 3 rules, 1 finding
      catch_all: `other` matches every record, so that the rule after it is never reached: `new`
    "#);
}

#[test]
fn what_can_never_be_is_found() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: first, rules: [
          {{id: both, when: 'arpu > 80 && arpu <= 80'}},
          {{id: whole, when: 'months > 3 && months < 4'}},
          {{id: brand, when: '!(brand in [\"gotone\", \"easyown\"]) && brand != \"m_zone\"'}},
          {{id: month, when: 'joined.getMonth() == 12'}},
          {{id: pattern, when: 'brand.startsWith(\"x\")'}},
          {{id: more, when: 'texts > calls && calls >= texts'}},
          {{id: gap, when: '!has(data_mb) && data_mb > 5'}},
          {{id: other}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, first: 8 rules, 7 findings
      never_matches: `both` never matches: its condition contradicts itself
      never_matches: `whole` never matches: its condition contradicts itself
      never_matches: `brand` never matches: its condition contradicts itself
      never_matches: `month` never matches: its condition contradicts itself
      never_matches: `pattern` never matches: its condition contradicts itself
      never_matches: `more` never matches: its condition contradicts itself
      never_matches: `gap` never matches: its condition contradicts itself
    "#);
}

#[test]
fn masked_rules_and_duplicates_are_found() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: first, rules: [
          {{id: low, when: arpu < 80}},
          {{id: high, when: arpu >= 80 && months > 12}},
          {{id: fresh, when: months <= 12 && brand == \"gotone\"}},
          {{id: same, when: '!(arpu >= 80)'}},
          {{id: within, when: arpu < 20 && months == 7}},
          {{id: together, when: arpu > 100 && (months > 20 || brand == \"gotone\")}},
          {{id: other}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, first: 7 rules, 3 findings
      duplicate: `low` and `same` match the same records
      masked: `within` is never reached: every record it matches is decided by `low`
      masked: `together` is never reached: every record it matches is decided by `high`, `fresh`
    "#);
}

#[test]
fn overlaps_and_gaps_are_found_with_an_example() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: unique, rules: [
          {{id: low, when: arpu < 80}},
          {{id: high, when: arpu >= 79.99 && brand != \"m_zone\"}},
          {{id: late, when: 'joined.getDate() >= 21 && data_mb > 5.5 && brand == \"m_zone\" && arpu > 90'}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, unique: 3 rules, 4 findings
      overlap: `low` and `high` both match where arpu == 79.99 && brand in ["easyown", "gotone"]
        such as arpu = 79.99, data_mb = 4.5, joined = 2000-01-01, brand = "easyown"
      gap: no rule matches where arpu >= 80.00 && arpu <= 90.00 && brand == "m_zone"
        such as arpu = 80, data_mb = 4.5, joined = 2000-01-01, brand = "m_zone"
      gap: there may be no rule where arpu > 90.00 && brand == "m_zone" && joined.getDate() < 21
      gap: there may be no rule where arpu > 90.00 && brand == "m_zone" && joined.getDate() >= 21 && (!has(data_mb) || data_mb <= 5.5)
    "#);
    let overlap = &found.findings()[0];
    assert_eq!(
        (overlap.kind(), overlap.rules(), overlap.is_certain()),
        (FindingKind::Overlap, &[0, 1][..], true)
    );
    assert!(found.is_complete() && !found.is_clean());
}

#[test]
fn conflicts_are_overlaps_with_other_outputs() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: any, outputs: {{queue: {{type: string}}}}, rules: [
          {{id: low, when: arpu < 80, then: {{queue: mass}}}},
          {{id: same, when: arpu < 100, then: {{queue: mass}}}},
          {{id: high, when: arpu > 90, then: {{queue: gold}}}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, any: 3 rules, 1 finding
      conflict: `same` and `high` both match, with different outputs where arpu > 90.00 && arpu < 100.00
        such as arpu = 90.01
    "#);
}

#[test]
fn where_all_that_match_count_only_duplicates_matter() {
    let found = check(&format!(
        "{CUSTOMERS}, hit: rule_order, outputs: {{queue: {{type: string}}}}, rules: [
          {{id: a, when: arpu < 80, then: {{queue: mass}}}},
          {{id: b, when: arpu < 80, then: {{queue: gold}}}},
          {{id: c, when: '!(arpu >= 80)', then: {{queue: mass}}}},
          {{id: d}}]"
    ));
    insta::assert_snapshot!(found, @r#"
    test 1, rule_order: 4 rules, 1 finding
      duplicate: `a` and `c` match the same records
    "#);
}

#[test]
fn what_is_left_out_is_said() {
    let set = rules(&format!(
        "{CUSTOMERS}, hit: unique, rules: [{{id: a, when: arpu < 80}}, {{id: b, when: months > 7}}, {{id: c, when: calls > 2}}]"
    ));
    let found = set.check_within(3).unwrap();
    insta::assert_snapshot!(found, @r#"
    test 1, unique: 3 rules, nothing found
      incomplete: overlaps: 3 steps were not enough
      incomplete: gaps: 3 steps were not enough
    "#);
    assert!(!found.is_complete());
    // More than a thousand parts.
    let any = |field: &str| format!("({field} == 1 || calls == 1)");
    let wide: Vec<String> = (0..12).map(|index| format!("(f{index} == 1 || g{index} == 1)")).collect();
    let fields: Vec<String> =
        (0..12).map(|index| format!("f{index}: {{type: integer}}, g{index}: {{type: integer}}")).collect();
    let set = rules(&format!(
        "hit: first, fields: {{calls: {{type: integer}}, {}}}, rules: [{{id: wide, when: '{}'}}, {{id: narrow, when: '{}'}}, {{id: other}}]",
        fields.join(", "),
        wide.join(" && "),
        any("f0")
    ));
    insta::assert_snapshot!(set.check().unwrap(), @r#"
    test 1, first: 3 rules, nothing found
      incomplete: conditions too large to analyse: `wide`
    "#);
}

#[test]
fn rules_with_dates_need_a_date() {
    let set = rules("hit: first, rules: [{id: a, effective: {from: 2012-01-01}}]");
    assert_eq!(set.check().unwrap_err().problems()[0].code().id(), "rules.date_required");
    assert!(set.at("2012-06-01".parse().unwrap()).unwrap().check().unwrap().is_clean());
}

#[test]
fn examples_can_be_decided() {
    for rest in [
        "hit: unique, fields: {a: {type: integer}, b: {type: integer}, c: {type: integer}}, rules: [
           {id: x, when: c > 3}, {id: y, when: c > 5}, {id: z, when: 'a < b && c < 0'}]",
        "hit: first, fields: {d: {type: date}, t: {type: timestamp}}, rules: [
           {id: x, when: d >= \"0001-01-01\" && t <= \"9999-12-31T23:59:59Z\"}]",
        "hit: first, fields: {d: {type: date}}, rules: [{id: x, when: d <= \"2012-01-01\"}]",
    ] {
        let set = rules(rest);
        let check = set.check().unwrap();
        for finding in check.findings().iter().filter(|finding| finding.is_certain()) {
            let Some(example) = finding.example() else { continue };
            let record: Record =
                example.iter().map(|(field, value)| (field.to_string(), value.clone())).collect();
            set.decide(&record).unwrap_or_else(|error| panic!("{finding}: {error}"));
        }
    }
    let open = "hit: first, fields: {d: {type: date}}, rules: [{id: x, when: d >= \"0001-01-01\"}]";
    assert!(rules(open).check().unwrap().is_clean());
}

#[test]
fn many_flags_and_many_overlaps_are_within_the_budget() {
    let flags = |hit: &str, count: usize| {
        let fields: Vec<String> = (0..count).map(|at| format!("b{at}: {{type: boolean}}")).collect();
        let list: Vec<String> = (0..count).map(|at| format!("{{id: r{at}, when: b{at}}}")).collect();
        rules(&format!("hit: {hit}, fields: {{{}}}, rules: [{}]", fields.join(", "), list.join(", ")))
    };
    let check = flags("first", 100).check_within(1_000_000).unwrap();
    assert!(check.is_complete(), "{check}");
    let [gap] = check.findings() else { panic!("{check}") };
    assert_eq!((gap.kind(), gap.message().len() < 500), (FindingKind::Gap, true));
    let check = flags("unique", 120).check().unwrap();
    assert_eq!(check.findings().len(), 101);
    assert_eq!(check.incomplete(), ["more than 100 findings of kind overlap"]);
}

/// Every record over a few values of each field, such that every cell of random conditions has one.
fn records() -> Vec<Record> {
    let mut found = Vec::new();
    for n in [None, Some(-1.0), Some(0.0), Some(0.5), Some(1.0), Some(1.5), Some(2.0), Some(3.0)] {
        for i in -1..=4 {
            for text in [None, Some("a"), Some("b"), Some("c")] {
                for flag in [false, true] {
                    let values: [(&str, Scalar); 4] =
                        [("n", n.into()), ("i", i.into()), ("t", text.into()), ("b", flag.into())];
                    found.push(Record::from(values));
                }
            }
        }
    }
    found
}

fn test(random: &mut Random) -> String {
    let sign = random.pick(&["<", "<=", ">", ">=", "==", "!="]);
    match random.below(8) {
        0 => format!("n {sign} {}", random.pick(&["0", "1", "2"])),
        1 | 2 => format!("i {sign} {}", random.pick(&["0", "1", "2", "3"])),
        3 => format!("t {} {}", random.pick(&["==", "!="]), random.pick(&["'a'", "'b'"])),
        4 => "t in ['a', 'b']".to_owned(),
        5 => "i in [0, 1, 3]".to_owned(),
        6 => format!("has({})", random.pick(&["n", "t"])),
        _ => "b".to_owned(),
    }
}

fn condition(random: &mut Random, depth: usize) -> String {
    let which = if depth == 0 { 0 } else { random.below(9) };
    if which < 3 {
        return test(random);
    }
    let mut part = || condition(random, depth - 1);
    match which {
        3 | 4 => format!("({} && {})", part(), part()),
        5 => format!("({} || {})", part(), part()),
        6 => format!("({} && {} && {})", part(), part(), part()),
        7 => format!("(({}) ? {} : {})", part(), part(), part()),
        _ => format!("!({})", part()),
    }
}

fn document(random: &mut Random, count: usize, depth: usize) -> RuleSet {
    let hit = random.pick(&["unique", "first", "first", "any", "rule_order"]);
    let rule = |index: usize, random: &mut Random| {
        let unknown = random.pick(&["match", "no_match"]);
        let (when, queue) = (condition(random, depth), random.pick(&["gold", "mass"]));
        format!("{{id: r{index}, unknown: {unknown}, then: {{queue: {queue}}}, when: \"{when}\"}}")
    };
    let rules: Vec<String> = (0..count).map(|index| rule(index, random)).collect();
    let fields = "n: {type: number, missing: true}, i: {type: integer}, t: {type: string, missing: true}, b: {type: boolean}";
    let text = format!(
        "{HEADER}hit: {hit}, fields: {{{fields}}}, outputs: {{queue: {{type: string}}}}, rules: [{}]}}",
        rules.join(", ")
    );
    RuleSet::from_text(&text).unwrap_or_else(|error| panic!("{text}: {error:#}"))
}

/// The rules that match each record.
fn matched(set: &RuleSet, records: &[Record]) -> Vec<Vec<usize>> {
    let of = |record: &Record| {
        let explanation = set.explain(record).unwrap();
        let traces = explanation.rules().iter().enumerate();
        traces.filter(|(_, trace)| trace.matches()).map(|(position, _)| position).collect()
    };
    records.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 100 } else { 3_000 }))]

    #[test]
    fn what_is_found_is_what_trying_every_record_finds(seed: u64) {
        let mut random = Random(seed);
        let count = 1 + random.below(5);
        let set = document(&mut random, count, 3);
        let (check, records) = (set.check().unwrap(), records());
        let matched = matched(&set, &records);
        prop_assert!(check.is_complete(), "{check}");
        let of = |kind: FindingKind| check.findings().iter().filter(move |finding| finding.kind() == kind);
        let told = |kind: FindingKind, rule: usize| of(kind).any(|finding| finding.rules().contains(&rule));
        let single = set.hit().is_single();
        for rule in 0..set.rules().len() {
            let records: Vec<&Vec<usize>> = matched.iter().filter(|rules| rules.contains(&rule)).collect();
            prop_assert_eq!(told(FindingKind::NeverMatches, rule), records.is_empty(), "{}: {}", rule, &check);
            if set.hit() == crate::rules::Hit::First && !records.is_empty() {
                let decides = records.iter().any(|rules| rules[0] == rule);
                let catch_all = of(FindingKind::CatchAll).any(|finding| finding.rules()[1..].contains(&rule));
                let twice = of(FindingKind::Duplicate).any(|finding| finding.rules()[1..].contains(&rule));
                let masked = of(FindingKind::Masked).any(|finding| finding.rules()[0] == rule);
                prop_assert_eq!(!decides, catch_all || twice || masked, "{}: {}", rule, &check);
            }
            for other in rule + 1..set.rules().len() {
                let both = records.iter().any(|rules| rules.contains(&other));
                let alike = set.rules()[rule].scalars == set.rules()[other].scalars;
                let pair = |kind: FindingKind| of(kind).any(|finding| finding.rules() == [rule, other]);
                let twins = of(FindingKind::Duplicate).any(|it| it.rules().contains(&rule) && it.rules().contains(&other));
                match set.hit() {
                    crate::rules::Hit::Unique => prop_assert_eq!(both, pair(FindingKind::Overlap) || twins, "{}", &check),
                    crate::rules::Hit::Any => prop_assert_eq!(both && !alike, pair(FindingKind::Conflict), "{}", &check),
                    _ => {}
                }
            }
        }
        let gap = matched.iter().any(Vec::is_empty);
        prop_assert_eq!(single && gap, of(FindingKind::Gap).next().is_some(), "{}", &check);
        for finding in check.findings() {
            let Some(example) = finding.example() else { continue };
            let record: Record = example.iter().map(|(field, value)| (field.to_string(), value.clone())).collect();
            let complete: Record = [("n", Scalar::Missing), ("i", 0.into()), ("t", Scalar::Missing), ("b", false.into())]
                .into_iter()
                .map(|(name, other)| (name, record.get(name).cloned().unwrap_or(other)))
                .collect();
            let decision = set.decide(&complete).unwrap();
            let expected = match finding.kind() {
                FindingKind::Gap => DecisionStatus::None,
                FindingKind::Overlap => DecisionStatus::Overlap,
                _ => DecisionStatus::Conflict,
            };
            prop_assert_eq!(decision.status(), expected, "{}: {:?}", finding, complete);
            // What is written is a condition that the example satisfies.
            let when = finding.when().unwrap();
            let fields = "n: {type: number, missing: true}, i: {type: integer}, t: {type: string, missing: true}, b: {type: boolean}";
            let text = format!("{HEADER}hit: first, unknown: no_match, fields: {{{fields}}}, rules: [{{id: x, when: '{}'}}]}}", when.replace('\'', "''"));
            let again = RuleSet::from_text(&text).unwrap_or_else(|error| panic!("{when}: {error:#}"));
            prop_assert_eq!(again.decide(&complete).unwrap().status(), DecisionStatus::Matched, "{}", when);
        }
    }

    #[test]
    fn many_rules_decide_as_they_do_one_by_one(seed: u64) {
        let mut random = Random(seed);
        let (count, depth) = (32 + random.below(90), random.below(3));
        let set = document(&mut random, count, depth);
        let records = records();
        for (record, expected) in records.iter().zip(matched(&set, &records)).step_by(3) {
            let decision = set.decide(record).unwrap();
            let position = |id: &str| id[1..].parse::<usize>().unwrap();
            let rules: Vec<usize> = decision.rules().iter().map(|rule| position(rule.id())).collect();
            let stops = set.hit() == crate::rules::Hit::First;
            prop_assert_eq!(&rules, &expected[..if stops { expected.len().min(1) } else { expected.len() }]);
        }
    }
}
