use super::RuleSet;
use super::fixtures::{HEADER, decide, line, problems, rules};
use crate::column::Record;
use crate::document::Document;
use crate::expr::Expression;

const INLINE: &str = "hit: first, unknown: no_match,
    fields: {arpu: {type: number}, brand: {type: string, missing: true}, vip: {type: boolean, missing: true},
             joined: {type: date, missing: true}},
    outputs: {queue: {type: string}, call: {type: boolean}},
    table: {inputs: {arpu: arpu, brand: brand, vip: vip, joined: joined}, outputs: {queue: queue, call: call},
            rows: [[\">80\", '-', yes, '-', gold, yes], [\"[5..80]\", '\"a\",\"b\"', '-', \"<2012-01-01\", silver, no],
                   [\"not(1,2,(3..4))\", c, '', ~, tin, '-'], ['-', '-', '-', '-', mass, '-']]}";

#[test]
fn cells_are_tests() {
    let rules = rules(INLINE);
    let when = |index: usize| {
        let document = Document::parse(rules.to_json()).unwrap();
        let crate::document::Value::List(list) = &document.root().get("rules").unwrap().value else {
            panic!()
        };
        list[index].get("when").map(|node| Expression::from_node(node).unwrap().to_string())
    };
    assert_eq!(when(0).as_deref(), Some("arpu > 80 && vip == true"));
    let second = "arpu >= 5 && arpu <= 80 && brand in [\"a\", \"b\"] && joined < \"2012-01-01\"";
    assert_eq!(when(1).as_deref(), Some(second));
    let third = "!(arpu == 1 || arpu == 2 || arpu > 3 && arpu < 4) && brand == \"c\"";
    assert_eq!((when(2).as_deref(), when(3)), (Some(third), None));
    let mut record = Record::from([("arpu", 100)]);
    assert_eq!(line(&rules.decide(&record).unwrap()), "matched [row-4] queue=\"mass\" call=nothing");
    record.insert("vip", true);
    assert_eq!(line(&rules.decide(&record).unwrap()), "matched [row-1] queue=\"gold\" call=true");
    record.insert("arpu", 5).insert("brand", "b").insert("joined", "2011-05-05");
    assert_eq!(line(&rules.decide(&record).unwrap()), "matched [row-2] queue=\"silver\" call=false");
    record.insert("brand", "c");
    assert_eq!(line(&rules.decide(&record).unwrap()), "matched [row-3] queue=\"tin\" call=nothing");
}

#[cfg(feature = "csv")]
#[test]
fn the_standards_of_segments_are_a_table() {
    let sheet = "\u{feff}row,segment,connect_rate_pct,marketing_allowed\n1,Key account,98,yes\n2,VIP,95.5,no\n14,Other,,yes\n";
    let document = format!(
        "{HEADER}hit: unique, fields: {{segment: {{type: string}}}},
         outputs: {{connect_rate: {{type: number, unit: '%'}}, marketing: {{type: boolean}}}},
         table: {{id: row, name: {{en: segment}}, inputs: {{segment: segment}},
                 outputs: {{connect_rate: connect_rate_pct, marketing: marketing_allowed}}}}}}"
    );
    let document = Document::parse(&document).unwrap();
    let rules = RuleSet::from_table(&document, sheet).unwrap();
    let of = |segment: &str| line(&rules.decide(&Record::from([("segment", segment)])).unwrap());
    assert_eq!(of("VIP"), "matched [2] connect_rate=95.5 marketing=false");
    assert_eq!(of("Other"), "matched [14] connect_rate=nothing marketing=true");
    assert_eq!(of("other"), "none [] connect_rate=nothing marketing=nothing");
    assert_eq!(rules.rules()[0].names().get("en"), Some("Key account"));
    let wrong = |sheet: &str| RuleSet::from_table(&document, sheet).unwrap_err().to_string();
    insta::assert_snapshot!(
        [
            wrong("row,segment,connect_rate,marketing_allowed\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed,row\n1,a,1,yes,1\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed\n1,a,1\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed\n1,=A1,1,yes\n2,b,=1+1,yes\n3,c,soon,perhaps\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed\n1,\"a,\",1,yes\n,,,\n2,c,soon,perhaps\n"),
            wrong("row,segment,connect_rate_pct,marketing_allowed\n1,c,soon,perhaps\n1,d,1,yes\n"),
        ]
        .join("\n\n")
    );
}

#[test]
fn what_is_wrong_with_a_table_in_a_document_is_named() {
    let table = |table: &str| {
        problems(&format!(
            "hit: first, fields: {{n: {{type: number}}}}, outputs: {{x: {{type: number}}}}, {table}"
        ))
    };
    insta::assert_snapshot!(
        [
            table("table: {inputs: {n: n}, outputs: {x: x}}"),
            table("table: {inputs: {m: n}, outputs: {x: x}, rows: [[1, 2]]}"),
            table("table: {inputs: {n: n}, outputs: {x: x}, rows: [[1, 2], [1], ['>', 2], ['[1..2', 2], ['1,,2', 3], ['one', 4]]}"),
            table("table: {inputs: {n: n}, outputs: {y: x}, rows: [['> m', 2]]}"),
            table("table: {inputs: {n: n}, rows: [[1]]}, rules: [{id: a}]"),
            table("unknown: match"),
        ]
        .join("\n\n")
    );
}

#[test]
fn a_row_may_have_a_condition_on_another_field() {
    let rules = rules(
        "hit: first, fields: {used: {type: number}, limit: {type: number}}, outputs: {x: {type: number}},
         table: {inputs: {used: used}, outputs: {x: x}, rows: [['> 2 * limit', 2], ['> limit', 1], ['-', 0]]}",
    );
    assert_eq!(decide(&rules, [("used", 21), ("limit", 10)]), "matched [row-1] x=2.0");
    assert_eq!(decide(&rules, [("used", 20), ("limit", 10)]), "matched [row-2] x=1.0");
}

#[test]
fn numbers_have_no_commas_between_their_digits() {
    let told = |cell: &str| {
        let table = format!(
            "hit: first, fields: {{n: {{type: number}}}}, outputs: {{x: {{type: number}}}},
             table: {{inputs: {{n: n}}, outputs: {{x: x}}, rows: [['{cell}', 1]]}}"
        );
        problems(&table).contains("commas between its digits")
    };
    assert!(
        [">1,000", "1,000", "[1,000..2,000]", "-1,000.5", "12,345,678", "not(1,000)"]
            .iter()
            .all(|cell| told(cell))
    );
    assert!(["1, 000", "1,2", "1000,2000"].iter().all(|cell| {
        let table = format!(
            "hit: first, fields: {{n: {{type: number}}}}, outputs: {{x: {{type: number}}}},
             table: {{inputs: {{n: n}}, outputs: {{x: x}}, rows: [['{cell}', 1]]}}"
        );
        rules(&table).rules().len() == 1
    }));
}
