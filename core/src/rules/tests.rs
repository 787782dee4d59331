use super::fixtures::{decide, line, rules};
use super::{DecisionStatus, RuleSet};
use crate::column::{Batch, Date, OnError, Options, Record, Scalar};

/// Rules over `n` under a hit policy: a for n > 0, b for n > 10, c for n > 20.
fn counted(hit: &str) -> RuleSet {
    rules(&format!(
        "fields: {{n: {{type: number}}}}, hit: {hit},
         outputs: {{
           hours: {{type: number, default: 48}},
           queue: {{type: string, values: [gold, silver, mass], default: mass}}
         }},
         rules: [
           {{id: a, when: {{field: n, gt: 0}}, then: {{queue: silver}}}},
           {{id: b, when: {{field: n, gt: 10}}, then: {{hours: 24}}}},
           {{id: c, when: {{field: n, gt: 20}}, then: {{hours: 24, queue: gold}}}}
         ]"
    ))
}

fn lines(rules: &RuleSet) -> Vec<String> {
    [0, 5, 15, 25].map(|n| decide(rules, [("n", n)])).to_vec()
}

#[test]
fn the_first_rule_decides() {
    insta::assert_debug_snapshot!(lines(&counted("first")), @r#"
    [
        "none [] hours=48.0 queue=\"mass\"",
        "matched [a] hours=48.0 queue=\"silver\"",
        "matched [a] hours=48.0 queue=\"silver\"",
        "matched [a] hours=48.0 queue=\"silver\"",
    ]
    "#);
}

#[test]
fn priority_goes_by_the_order_of_values() {
    insta::assert_debug_snapshot!(lines(&counted("priority")), @r#"
    [
        "none [] hours=48.0 queue=\"mass\"",
        "matched [a] hours=48.0 queue=\"silver\"",
        "matched [a] hours=48.0 queue=\"silver\"",
        "matched [c] hours=24.0 queue=\"gold\"",
    ]
    "#);
}

#[test]
fn several_rules_are_an_overlap_under_unique_and_a_conflict_under_any() {
    insta::assert_debug_snapshot!((lines(&counted("unique")), lines(&counted("any"))), @r#"
    (
        [
            "none [] hours=48.0 queue=\"mass\"",
            "matched [a] hours=48.0 queue=\"silver\"",
            "overlap [a b]",
            "overlap [a b c]",
        ],
        [
            "none [] hours=48.0 queue=\"mass\"",
            "matched [a] hours=48.0 queue=\"silver\"",
            "conflict [a b]",
            "conflict [a b c]",
        ],
    )
    "#);
    let alike = rules(
        "fields: {n: {type: number}}, outputs: {x: {type: number}}, hit: any,
         rules: [{id: a, when: {field: n, gt: 0}, then: {x: 1}}, {id: b, then: {x: 1.0}}]",
    );
    assert_eq!(decide(&alike, [("n", 1)]), "matched [a b] x=1.0");
    assert_eq!(alike.decide(&Record::from([("n", 1)])).unwrap().rule().unwrap().id(), "a");
}

#[test]
fn all_rules_in_their_order_or_by_priority() {
    insta::assert_debug_snapshot!((lines(&counted("rule_order")), lines(&counted("output_order"))), @r#"
    (
        [
            "none [] hours=48.0 queue=\"mass\"",
            "matched [a]",
            "matched [a b]",
            "matched [a b c]",
        ],
        [
            "none [] hours=48.0 queue=\"mass\"",
            "matched [a]",
            "matched [a b]",
            "matched [c a b]",
        ],
    )
    "#);
    let set = counted("output_order");
    let record = Record::from([("n", 25)]);
    let decision = set.decide(&record).unwrap();
    let first = decision.rules()[0];
    let outputs: Vec<String> = decision.outputs_of(first).map(|(_, value)| value.to_string()).collect();
    assert_eq!((outputs, decision.rule().is_none()), (vec!["24.0".to_owned(), "\"gold\"".to_owned()], true));
}

#[test]
fn collect_puts_outputs_together() {
    let set = |collect: &str| {
        rules(&format!(
            "currency: {{code: CNY, exponent: 2}}, fields: {{n: {{type: number}}}}, hit: collect, {collect}
             outputs: {{points: {{type: number}}, credit: {{type: money, default: 0.10}}}},
             rules: [
               {{id: a, when: {{field: n, gt: 0}}, then: {{points: 0.1, credit: 5.25}}}},
               {{id: b, when: {{field: n, gt: 10}}, then: {{points: 0.2}}}},
               {{id: c, when: {{field: n, gt: 20}}, then: {{credit: 3}}}}
             ]"
        ))
    };
    let all = ["", "collect: sum,", "collect: min,", "collect: max,", "collect: count,"];
    insta::assert_debug_snapshot!(all.map(|collect| lines(&set(collect))), @r#"
    [
        [
            "none [] points=nothing credit=0.1",
            "matched [a]",
            "matched [a b]",
            "matched [a b c]",
        ],
        [
            "none [] points=nothing credit=0.1",
            "matched [a] points=0.1 credit=5.25",
            "matched [a b] points=0.30000000000000004 credit=5.35",
            "matched [a b c] points=0.30000000000000004 credit=8.35",
        ],
        [
            "none [] points=nothing credit=0.1",
            "matched [a] points=0.1 credit=5.25",
            "matched [a b] points=0.1 credit=0.1",
            "matched [a b c] points=0.1 credit=0.1",
        ],
        [
            "none [] points=nothing credit=0.1",
            "matched [a] points=0.1 credit=5.25",
            "matched [a b] points=0.2 credit=5.25",
            "matched [a b c] points=0.2 credit=5.25",
        ],
        [
            "none [] points=nothing credit=0.1",
            "matched [a] points=1 credit=1",
            "matched [a b] points=2 credit=2",
            "matched [a b c] points=2 credit=3",
        ],
    ]
    "#);
}

#[test]
fn an_unknown_condition_means_what_the_rules_say() {
    let set = rules(
        "fields: {n: {type: number, missing: true}}, hit: rule_order, unknown: no_match,
         rules: [
           {id: a, when: {field: n, gt: 0}},
           {id: b, when: {field: n, gt: 0}, unknown: match},
           {id: c, when: {field: n, missing: true}}
         ]",
    );
    let missing = Record::from([("n", Scalar::Missing)]);
    assert_eq!(line(&set.decide(&missing).unwrap()), "matched [b c]");
    assert_eq!(decide(&set, [("n", 1)]), "matched [a b]");
}

#[test]
fn dated_rules_need_a_date() {
    let set = rules(
        "hit: first, rules: [
           {id: spring, effective: {from: 2012-03-01, to: 2012-05-31}, note: service},
           {id: summer, effective: {from: 2012-06-01}}
         ]",
    );
    let error = set.decide(&Record::new()).unwrap_err();
    assert_eq!(error.problems()[0].code().id(), "rules.date_required");
    let at = |text| set.at(Date::parse(text).unwrap());
    let decided = |text| line(&at(text).unwrap().decide(&Record::new()).unwrap());
    assert_eq!(
        (decided("2012-05-31"), decided("2013-01-01")),
        ("matched [spring]".into(), "matched [summer]".into())
    );
    assert_eq!(at("2012-01-01").unwrap_err().problems()[0].code().id(), "rules.none_in_effect");
    let spring = at("2012-04-01").unwrap();
    assert_eq!((spring.rules().len(), spring.rules()[0].note()), (1, Some("service")));
}

#[test]
fn columns_have_codes_of_outputs_and_invalid_rows() {
    let set = counted("first");
    let numbers = [5.0, 0.0, f64::INFINITY, 30.0];
    let mut batch = Batch::new(4);
    batch.push("n", numbers.as_slice()).unwrap();
    let batches = [batch];
    let error = set.decide_columns(&batches, &Options::default()).unwrap_err();
    assert_eq!(error.problems()[0].code().id(), "data.not_finite");
    let options = Options { on_error: OnError::Null, ..Options::default() };
    let decisions = set.decide_columns(&batches, &options).unwrap();
    assert_eq!((decisions.status(), decisions.rule()), (&[0, 1, 4, 0][..], &[0, -1, -1, 0][..]));
    assert_eq!(decisions.count_of(DecisionStatus::Invalid), 1);
    insta::assert_debug_snapshot!(decisions.output("queue").unwrap(), @r#"
    Codes {
        codes: [
            0,
            1,
            -1,
            0,
        ],
        values: [
            Text(
                "silver",
            ),
            Text(
                "mass",
            ),
            Text(
                "gold",
            ),
        ],
    }
    "#);
}

#[test]
fn rows_are_decided_as_records_are() {
    let set = counted("priority");
    let mut row = set.row();
    assert_eq!(set.decide_row(&row).unwrap_err().problems()[0].code().id(), "data.missing");
    for n in [0, 5, 15, 25] {
        row.set("n", n).unwrap();
        assert_eq!(line(&set.decide_row(&row).unwrap()), decide(&set, [("n", n)]));
    }
    assert_eq!(set.first(&row).unwrap(), Some(2));
    assert_eq!(row.set("m", 1).unwrap_err().problems()[0].suggestion(), Some("n"));
    assert_eq!(row.set("n", "many").unwrap_err().problems()[0].code().id(), "data.wrong_type");
    assert_eq!(set.first(&row).unwrap_err().problems()[0].code().id(), "data.missing");
    let other = counted("first");
    assert_eq!(other.first(&row).unwrap_err().problems()[0].code().id(), "rules.foreign_row");
}

#[test]
fn explanations_say_which_test_fails() {
    let set = rules(
        "currency: {code: CNY, exponent: 2}, unknown: no_match, hit: first,
         fields: {
           arpu: {type: money}, brand: {type: string, missing: true}, since: {type: date},
           vip: {type: boolean}, n: {type: number}, m: {type: number}
         },
         rules: [
           {id: rich, when: {all: [{field: arpu, gt: 300}, {field: n, ge: 1, lt: 9}, {field: vip, eq: true}]}},
           {id: brand, when: {all: [{field: brand, in: [gt, easy]}, {field: n, gt: {field: m}}]}},
           {id: old, when: {any: [{field: since, lt: 2010-01-01}, {not: {field: arpu, le: 90.5}}]}},
           {id: never, when: {not: {any: [{field: n, gt: 0}, {field: m, missing: true}]}}},
           {id: rest}
         ]",
    );
    let mut record = Record::from([("n", 5), ("m", 7), ("arpu", 80)]);
    record.insert("brand", Scalar::Missing).insert("since", "2011-05-01").insert("vip", true);
    let explanation = set.explain(&record).unwrap();
    insta::assert_snapshot!(explanation, @r#"
    matched: rest
      rich: false
        - arpu > 300.00: 80.00 (false)
        + n < 9: 5 (true)
        + n >= 1: 5 (true)
        + vip = true: true (true)
        would match with arpu > 300.00 (now 80.00): 300.01
      brand: false
        - brand in ["easy", "gt"]: nothing (unknown)
        - n > m: 5 (false)
        would match with brand in ["easy", "gt"] (now missing): "easy", n > m (now false)
      old: false
        - since < 2010-01-01: 2011-05-01 (false)
        - arpu > 90.50: 80.00 (false)
        would match with since < 2010-01-01 (now 2011-05-01): 2009-12-31
      never: false
        - n <= 0: 5 (false)
        + m not missing: 7 (true)
        would match with n <= 0 (now 5): 0
      rest: true
    "#);
    let of = |index: usize| &explanation.rules()[index];
    assert_eq!(of(0).only_failing().map(super::TestOutcome::tested), Some("arpu"));
    assert_eq!(of(1).first_failing().map(super::TestOutcome::tested), Some("brand"));
    assert!(of(1).only_failing().is_none());
}
