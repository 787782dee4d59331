use super::fixtures::{problems, rules};
use super::{Collect, Hit, RuleSet};

#[test]
fn a_rule_set_reads_what_was_written() {
    let set = rules(
        "name: {en: Segments}, currency: {code: CNY, exponent: 2}, hit: collect, collect: max,
         fields: {arpu: {type: money}},
         outputs: {hours: {type: number, unit: h, default: 48, name: {en: Hours}, about: until the reply}},
         rules: [{id: a, name: {en: A}, when: {field: arpu, gt: 300}, then: {hours: 24}, note: mine}]",
    );
    assert_eq!(
        (set.id(), set.version(), set.hit(), set.collect()),
        ("test", "1", Hit::Collect, Some(Collect::Max))
    );
    let output = &set.outputs()[0];
    assert_eq!((output.id(), output.unit(), output.about()), ("hours", Some("h"), Some("until the reply")));
    let rule = &set.rules()[0];
    assert_eq!((rule.id(), rule.names().get("en"), rule.note()), ("a", Some("A"), Some("mine")));
    assert_eq!(set.inputs().collect::<Vec<_>>(), ["arpu"]);
    let again = RuleSet::from_text(set.to_json()).unwrap();
    assert_eq!(again.to_json(), set.to_json());
}

#[test]
fn the_kind_describes_itself() {
    let text = RuleSet::document_kind().reference();
    assert!(text.contains("## Rule\n") && text.contains("`output_order`") && text.contains("[Condition]"));
}

#[test]
fn everything_wrong_is_reported_at_once() {
    insta::assert_snapshot!(problems(
        "fields: {arpu: {type: money}, brand: {type: string, missing: true}}, hit: first, collect: sum,
         outputs: {
           hours: {type: number, values: [24, 48, 24], default: 36},
           queue: {type: string, values: [gold, mass]},
           on: {type: date, values: []}
         },
         rules: [
           {id: a, when: {field: arpuu, gt: 3}, then: {hour: 24, queue: goold}, priority: 1},
           {id: a, when: {field: brand, eq: x}, then: {queue: 5, on: soon, hours: 25}},
           {id: b, effective: {from: 2012-02-01, to: 2012-01-01}}
         ]"
    ), @r#"
    rules.no_currency at /fields/arpu (line 1, column 57): `arpu` is of type money, and the document has no currency; expected `currency: {code: CNY, exponent: 2}` in the document
    rules.bad_collect at /collect (line 1, column 138): the hit policy is `first`; found `collect: sum`, expected `hit: collect`, or no key `collect`
    rules.duplicate_value at /outputs/hours/values/2 (line 3, column 51): the value stands twice; found `24`
    rules.unknown_value at /outputs/hours/default (line 3, column 65): the value is not one of those of `hours`; found `36`, expected one of 24, 48
    rules.no_values at /outputs/on/values (line 5, column 37): the output has no values to choose from; expected at least one value, or no key `values`
    expr.unknown_field at /rules/0/when/field (line 8, column 34): the field is not declared; found `arpuu`; did you mean `arpu`?
    rules.unknown_output at /rules/0/then/hour (line 8, column 56): the output is not declared; found `hour`, expected one of hours, queue, on; did you mean `hours`?
    rules.unknown_value at /rules/0/then/queue (line 8, column 73): the value is not one of those of `queue`; found "goold", expected one of gold, mass; did you mean `gold`?
    rules.unused_priority at /rules/0/priority (line 8, column 91): nothing goes by the priority of the rule; expected `hit: priority` or `output_order` and no output with `values`
    rules.duplicate_id at /rules/1/id (line 9, column 17): another rule has the same id at the same time; found "a"
    expr.unknown_required at /rules/1/when (line 9, column 26): the condition tests `brand`, which may be missing; expected `unknown: no_match` or `unknown: match` in the rule or in the document
    rules.wrong_value at /rules/1/then/queue (line 9, column 63): the value does not fit the type of `queue`; found `5`, expected a text in quotes, as the output is of type string
    rules.wrong_value at /rules/1/then/on (line 9, column 70): the value does not fit the type of `on`; found "soon", expected a date, YYYY-MM-DD, as the output is of type date
    rules.unknown_value at /rules/1/then/hours (line 9, column 83): the value is not one of those of `hours`; found `25`, expected one of 24, 48
    rules.bad_period at /rules/2/effective (line 10, column 31): the period ends before it begins; found 2012-02-01 to 2012-01-01
    "#);
}

#[test]
fn policies_need_what_they_go_by() {
    let body = |hit: &str, outputs: &str, rules: &str| {
        problems(&format!("hit: {hit}, outputs: {{{outputs}}}, rules: [{rules}]"))
    };
    let text = "x: {type: string}";
    let all = [
        body("first", "", ""),
        body("priority", text, "{id: a, priority: 1}, {id: b}"),
        body("output_order", "x: {type: string, values: [a]}", "{id: a, priority: 1}"),
        body("collect, collect: sum", text, "{id: a}"),
        body("collect, collect: min", "", "{id: a}"),
        body("collect", "x: {type: string, collect: all}, y: {type: boolean}", "{id: a}"),
        body("first", "x: {type: string, collect: first}", "{id: a}"),
        body("frist", text, "{id: a, then: {y: 1}}"),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    rules.no_rules at /rules (line 1, column 80): there are no rules; expected at least one
    rules.no_priority at /rules/1 (line 1, column 123): the hit policy goes by priority, and the rule has none; expected `priority` in every rule, or an output with `values`
    rules.unused_priority at /rules/0/priority (line 1, column 136): nothing goes by the priority of the rule; expected `hit: priority` or `output_order` and no output with `values`
    rules.bad_collect at /outputs/x (line 1, column 86): the output `x` is of type string; found `collect: sum`, expected outputs of type number or money, or another way, such as `first` or `count`
    rules.bad_collect at /collect (line 1, column 71): there are no outputs; found `collect: min`, expected at least one output, or `collect: count`
    rules.bad_collect at /outputs/x/collect (line 1, column 99): the output `x` is of type string; found `collect: all`, expected outputs of type boolean, or another way, such as `first`
    rules.bad_collect at /outputs/y (line 1, column 105): the output `y` stays a list, and others are put together; found `collect: list`, expected `collect` in every output, such as `first`, or in the rules
    rules.bad_collect at /outputs/x/collect (line 1, column 97): the hit policy is `first`; found `collect: first`, expected `hit: collect`, or no key `collect`
    document.unknown_word at /hit (line 1, column 53): the word is not known here; found "frist", expected one of unique, any, first, priority, rule_order, output_order, collect; did you mean `first`?
    rules.unknown_output at /rules/0/then/y (line 1, column 113): the output is not declared; found `y`, expected one of x; did you mean `x`?
    "#);
}

#[test]
fn sums_are_in_range_whatever_matches() {
    let rules = "{id: a, then: {x: 90071992547409}}, {id: b, then: {x: -1}}";
    insta::assert_snapshot!(problems(&format!(
        "currency: {{code: CNY, exponent: 2}}, hit: collect, collect: sum, outputs: {{x: {{type: money}}}}, rules: [{rules}]"
    )), @"rules.too_large (line 1, column 1): the sum of `x` over all rules is too large; expected smaller values");
}
