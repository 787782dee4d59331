//! What running tests comes to.

use std::fmt::Write as _;

use crate::rules::RuleSet;
use crate::rules::fixtures::rules;

const SEGMENTS: &str = "hit: first, unknown: no_match, currency: {code: CNY, exponent: 2},
    fields: {arpu: {type: money}, brand: {type: string, missing: true}, calls: {type: integer}, texts: {type: integer}},
    outputs: {hours: {type: number, default: 48}, budget: {type: money, default: 5}, queue: {type: string}},
    rules: [
      {id: key, when: arpu > 300, then: {hours: 24, queue: gold}},
      {id: high, when: 'arpu > 80 && !(brand in [\"gotone\", \"easyown\"])', then: {hours: 36}},
      {id: caller, when: 'calls > texts * 2 ? brand == \"m\" : arpu <= 0.5', then: {hours: 30}},
      {id: never, when: arpu > 500, then: {hours: 1}},
      {id: other, then: {hours: 40, budget: 1}}
    ]";

fn tested(tests: &str) -> RuleSet {
    rules(&format!("{SEGMENTS}, tests: [{tests}]"))
}

#[test]
fn the_report_says_what_failed_and_what_is_not_covered() {
    let report = tested(
        "{given: {arpu: 301, calls: 0, texts: 0}, expect: {rule: key, outputs: {hours: 24, queue: gold, budget: '5'}}},
         {id: at-the-bound, note: agreed in March, given: {arpu: 300, calls: 0, texts: 0},
          expect: {rule: key, outputs: {hours: 24, queue: gold}}},
         {id: too-few, given: {arpu: 5}, expect: {rule: other}},
         {id: never, given: {arpu: 501, calls: 0, texts: 0}, expect: {rule: never}},
         {id: mine, given: {arpu: 90, brand: gotone, calls: 7, texts: 1}, expect: {status: none}}",
    )
    .test();
    assert!(!report.passed());
    insta::assert_snapshot!(report);
    let bound = &report.results()[1];
    assert_eq!(bound.rules().collect::<Vec<_>>(), ["other"]);
    assert_eq!((bound.note(), bound.status().id()), (Some("agreed in March"), "matched"));
    assert_eq!(report.results()[2].status().id(), "invalid");
}

#[test]
fn everything_covered_is_said_in_two_lines() {
    let report = rules(
        "hit: first, fields: {n: {type: number}}, outputs: {x: {type: number, default: 1}},
         rules: [{id: a, when: n > 5}, {id: b, then: {x: 2}}],
         tests: [{given: {n: 6}, expect: {rule: a, outputs: {x: 1}}}, {given: {n: 5}, expect: {rule: b}}]",
    )
    .test();
    assert!(report.passed());
    insta::assert_snapshot!(report, @r"
    test 1: 2 tests passed
    covered: 2 of 2 rules (100%), 1 of 1 cells (100%), 1 of 1 defaults
    ");
}

#[test]
fn without_tests_nothing_fails_and_nothing_is_covered() {
    let report = rules("hit: first, rules: [{id: a}]").test();
    assert!(report.passed() && report.results().is_empty());
    assert_eq!(report.to_string(), "test 1: no tests");
    assert_eq!(
        report.coverage().to_string(),
        "covered: 0 of 1 rules (0%)\n  rules that match in no test:\n    a  never tried"
    );
}

#[test]
fn a_record_may_be_expected_to_be_invalid() {
    let set = tested(
        "{given: {arpu: null}, expect: {status: invalid}}, {given: {arpu: 1, calls: 1, texts: 1}, expect: {status: invalid}}",
    );
    let report = set.test();
    let results: Vec<bool> = report.results().iter().map(crate::rules::TestResult::passed).collect();
    assert_eq!(results, [true, false]);
    assert!(report.results()[0].problems().is_empty());
}

#[test]
fn every_hit_policy_is_compared() {
    let of = |hit: &str, expect: &str| {
        let set = rules(&format!(
            "{hit}, fields: {{n: {{type: number}}}}, outputs: {{x: {{type: number, default: 9}}}},
             rules: [{{id: a, when: n > 1, then: {{x: 1}}}}, {{id: b, when: n > 2, then: {{x: 2}}}}],
             tests: [{{given: {{n: 3}}, expect: {{{expect}}}}}]"
        ));
        let report = set.test();
        let failed = report.results()[0].mismatches().iter();
        let failed: Vec<String> =
            failed.map(|it| format!("{}: {} {}", it.what(), it.expected(), it.found())).collect();
        let counts: Vec<String> = report
            .coverage()
            .rules()
            .iter()
            .map(|rule| format!("{}/{}/{}", rule.tried(), rule.matched(), rule.decided()))
            .collect();
        format!("{} {}", counts.join(" "), failed.join("; ")).trim_end().to_owned()
    };
    assert_eq!(of("hit: first", "rule: a, rules: [a], status: matched, outputs: {x: 1}"), "1/1/1 0/0/0");
    assert_eq!(of("hit: first", "rule: b"), "1/1/1 0/0/0 rule: b a");
    assert_eq!(of("hit: unique", "status: overlap, rules: [a, b]"), "1/1/0 1/1/0");
    assert_eq!(
        of("hit: unique", "rule: a, outputs: {x: 1}"),
        "1/1/0 1/1/0 rule: a overlap: a, b; outputs.x: 1 overlap: a, b"
    );
    assert_eq!(of("hit: any", "status: conflict"), "1/1/0 1/1/0");
    assert_eq!(of("hit: rule_order", "rules: [a, b], outputs: {x: [1, 2]}"), "1/1/0 1/1/0");
    assert_eq!(
        of("hit: rule_order", "rules: [b], outputs: {x: [2]}"),
        "1/1/0 1/1/0 rules: [b] [a, b]; outputs.x: [2] [1, 2]"
    );
    assert_eq!(of("hit: collect, collect: sum", "outputs: {x: 3}"), "1/1/0 1/1/0");
    assert_eq!(of("hit: collect, collect: count", "outputs: {x: 2}"), "1/1/0 1/1/0");
    assert_eq!(of("hit: collect, collect: max", "outputs: {x: null}"), "1/1/0 1/1/0 outputs.x: null 2");
}

#[test]
fn each_test_has_its_own_date() {
    let set = rules(
        "hit: first, fields: {n: {type: number}, m: {type: number}}, rules: [
           {id: a, when: n > 1, effective: {from: 2012-01-01, to: 2012-06-30}},
           {id: a, when: m > 2, effective: {from: 2012-07-01, to: 2012-12-31}},
           {id: b, effective: {from: 2013-01-01}}, {id: c}],
         tests: [
           {at: 2012-06-30, given: {n: 2}, expect: {rule: a}},
           {at: 2012-07-01, given: {n: 2, m: 1}, expect: {rule: c}},
           {at: 2012-08-01, given: {m: 3}, expect: {rule: a}}
         ]",
    );
    let report = set.test();
    insta::assert_snapshot!(report, @r"
    test 1: 3 tests passed
    covered: 3 of 4 rules (75%), 1 of 2 cells (50%)
      rules that match in no test:
        b from 2013-01-01  never tried
      cells not seen both ways:
        a from 2012-01-01 to 2012-06-30  n > 1  never false
    ");
    // The date that was chosen does not matter.
    for date in ["2012-02-01", "2014-01-01"] {
        let chosen = set.at(crate::column::Date::parse(date).unwrap()).unwrap();
        assert_eq!(chosen.test().to_string(), report.to_string());
    }
}

#[test]
fn long_lists_are_cut() {
    let mut text = String::from("hit: first, fields: {n: {type: number}}, rules: [");
    (0..30).for_each(|n| write!(text, "{{id: r{n}, when: n == {n} || n == -1}}, ").unwrap());
    text.push_str("{id: other}], tests: [");
    (0..25).for_each(|_| text.push_str("{given: {n: 99}, expect: {rule: r0}}, "));
    text.push(']');
    let shown = rules(&text).test().to_string();
    assert!(shown.contains("\n  ... and 5 more\n") && shown.contains("\n    ... and 10 more\n"), "{shown}");
    assert!(shown.contains("r0  n = 0   never true") && shown.ends_with("... and 40 more"), "{shown}");
}
