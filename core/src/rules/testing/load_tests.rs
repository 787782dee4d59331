//! What is refused when a document with tests is read.

use crate::rules::RuleSet;
use crate::rules::fixtures::{problems, rules};

const FIELDS: &str = "currency: {code: CNY, exponent: 2},
    fields: {arpu: {type: money}, brand: {type: string, values: [gotone, easyown]}, since: {type: date, missing: true}},
    outputs: {hours: {type: number}, queue: {type: string, values: [gold, mass]}},";

#[test]
fn everything_wrong_is_reported_at_once() {
    insta::assert_snapshot!(problems(&format!(
        "{FIELDS} hit: first, rules: [{{id: key, when: arpu > 300}}, {{id: other}}],
         tests: [
           {{given: {{arpuu: 3, brand: gotoen, since: soon}}, expect: {{rule: kye, outputs: {{hour: 24, queue: goold}}}}}},
           {{id: a, given: {{arpu: 3.001, brand: true}}, expect: {{}}}},
           {{id: a, given: {{}}, expect: {{status: overlap, rule: key}}}},
           {{id: b, expect: {{status: conflict, outputs: {{hours: [24], queue: 5}}}}}},
           {{id: test-6, expect: {{rules: [other, nobody]}}}},
           {{note: no expectation}}
         ]"
    )));
}

#[test]
fn what_a_list_of_rules_gives_is_a_list() {
    let rest = "hit: rule_order, outputs: {hours: {type: number}}, rules: [{id: a, then: {hours: 1}}]";
    insta::assert_snapshot!(problems(&format!(
        "{rest}, tests: [{{expect: {{rule: a, outputs: {{hours: 1}}}}}}, {{expect: {{outputs: {{hours: [1, x]}}}}}}]"
    )));
    assert!(
        rules(&format!("{rest}, tests: [{{expect: {{rules: [a], outputs: {{hours: [1]}}}}}}]"))
            .test()
            .passed()
    );
}

#[test]
fn where_rules_have_dates_tests_have_them() {
    let rest = "hit: first, fields: {n: {type: number}}, rules: [
        {id: a, when: n > 1, effective: {from: 2012-01-01, to: 2012-06-30}},
        {id: a, when: n > 2, effective: {from: 2012-07-01, to: 2012-12-31}},
        {id: b, effective: {from: 2012-07-01}}]";
    insta::assert_snapshot!(problems(&format!(
        "{rest}, tests: [
           {{expect: {{rule: a}}}},
           {{at: 2011-12-31, expect: {{status: none}}}},
           {{at: 2012-01-01, expect: {{rule: b}}}},
           {{at: 2013-01-01, expect: {{rules: [a]}}}}
         ]"
    )));
}

#[test]
fn what_could_not_be_read_is_no_reason_for_more() {
    insta::assert_snapshot!(problems(
        "hit: frist, fields: {n: {type: numbr}}, outputs: {x: {type: strin}}, rules: [{id: 'a b'}],
         tests: [{given: {n: 1}, expect: {rule: a, outputs: {x: 1}}}, {given: 3, expect: {rule: 'a b'}}]"
    ));
}

#[test]
fn canonical_text_keeps_tests() {
    let set = rules("hit: first, rules: [{id: a}], tests: [{id: t, note: any, expect: {rule: a}}]");
    assert!(set.to_json().contains(r#""tests":[{"id":"t","note":"any","expect":{"rule":"a"}}]"#));
    let again = RuleSet::from_text(set.to_json()).unwrap();
    assert_eq!(again.test().results()[0].id(), "t");
}

#[test]
fn tables_carry_tests() {
    let set = rules(
        "hit: first, fields: {n: {type: number}}, outputs: {x: {type: number}},
         table: {inputs: {n: n}, outputs: {x: x}, rows: [['>5', 1], ['-', 2]]},
         tests: [{given: {n: 6}, expect: {rule: row-1, outputs: {x: 1}}}, {given: {n: 5}, expect: {outputs: {x: 1}}}]",
    );
    insta::assert_snapshot!(set.test());
    let again = RuleSet::from_text(set.to_json()).unwrap();
    assert_eq!(again.test().to_string(), set.test().to_string());
}
