//! The rules among the examples, on the data that they are for.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;

use cpcfit::rules::{DecisionStatus, FindingKind};
use cpcfit::{Batch, Column, Document, Options, Record, RuleSet, Scalar};

/// Column of each field in the data, which has double spaces in its header as published.
const COLUMNS: [(&str, &str); 11] = [
    ("value", "Customer Value"),
    ("months", "Subscription  Length"),
    ("contract", "Tariff Plan"),
    ("active", "Status"),
    ("complaints", "Complains"),
    ("failures", "Call  Failure"),
    ("charge_class", "Charge  Amount"),
    ("seconds", "Seconds of Use"),
    ("calls", "Frequency of use"),
    ("texts", "Frequency of SMS"),
    ("numbers", "Distinct Called Numbers"),
];

/// The data column by column.
fn data() -> BTreeMap<String, Vec<f64>> {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../examples/data/iranian_churn.csv")[..]);
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for row in reader.records() {
        for (name, cell) in header.iter().zip(row.unwrap().iter()) {
            columns.entry(name.clone()).or_default().push(cell.parse().unwrap());
        }
    }
    columns
}

#[test]
fn segments_part_all_subscribers() {
    let rules = RuleSet::from_text(include_str!("../../examples/models/segments.rules.yaml")).unwrap();
    let data = data();
    let rows = data["Churn"].len();
    let mut batch = Batch::new(rows);
    for (_, name) in COLUMNS {
        batch.push(name, Column::from(&data[name][..])).unwrap();
    }
    let columns = COLUMNS.map(|(field, column)| (field.to_owned(), column.to_owned()));
    let options = Options { columns: columns.into(), ..Options::default() };
    let found = rules.decide_columns(&[batch], &options).unwrap();
    assert_eq!(found.count_of(DecisionStatus::Matched), rows);
    for (row, position) in found.rule().iter().enumerate() {
        let record: Record = COLUMNS.into_iter().map(|(field, name)| (field, data[name][row])).collect();
        let rule = rules.decide(&record).unwrap().rule().map(|rule| rule.id().to_owned());
        let position = usize::try_from(*position).unwrap();
        assert_eq!(rule.as_deref(), Some(rules.rules()[position].id()), "row {row}");
    }
    let count = |position: usize| {
        found.rule().iter().filter(|rule| **rule == i32::try_from(position).unwrap()).count()
    };
    let counts: Vec<String> = rules
        .rules()
        .iter()
        .enumerate()
        .map(|(position, rule)| format!("{} {}", rule.id(), count(position)))
        .collect();
    insta::assert_snapshot!(counts.join("\n"));
}

/// In the order of the operator's table "other" stands before "new subscriber", which is then never reached.
#[test]
fn the_order_of_the_table_masks_a_segment() {
    let text = include_str!("../../examples/models/segments.rules.yaml");
    let (rules, _) = text.split_once("tests:\n").unwrap();
    let (rest, other) = rules.split_once("  - id: other").unwrap();
    let (before, new) = rest.split_once("  - id: new").unwrap();
    let in_order = RuleSet::from_text(&format!("{before}  - id: other{other}  - id: new{new}")).unwrap();
    let check = in_order.check().unwrap();
    let [found] = check.findings() else { panic!("{check}") };
    assert_eq!(found.kind(), FindingKind::CatchAll);
    assert_eq!(found.rules(), [12, 13]);
    assert!(found.message().contains("`other`") && found.message().contains("`new`"), "{found}");
    assert!(RuleSet::from_text(text).unwrap().check().unwrap().is_clean());
}

#[test]
fn every_segment_has_its_standard() {
    let document =
        Document::parse(include_str!("../../examples/models/service-standards.rules.yaml")).unwrap();
    let sheet = include_str!("../../examples/data/segment_standards.csv");
    let rules = RuleSet::from_table(&document, sheet).unwrap();
    assert_eq!(rules.rules().len(), 14);
    let decision = rules.decide(&Record::from([("segment", "High churn risk")])).unwrap();
    assert_eq!(decision.rule().map(cpcfit::rules::Rule::id), Some("4"));
    let outputs =
        ["connect_rate", "complaint_deadline", "authorisation", "marketing"].map(|id| decision.output(id));
    let expected: [Scalar; 4] = [90.0.into(), 24.into(), "B".into(), true.into()];
    assert_eq!(outputs.map(Option::unwrap), expected.each_ref());
    for line in csv::Reader::from_reader(sheet.as_bytes()).records() {
        let line = line.unwrap();
        let decision = rules.decide(&Record::from([("segment", &line[2])])).unwrap();
        assert_eq!(decision.output("channels"), Some(&Scalar::from(&line[10])), "{line:?}");
    }
}

#[test]
fn the_tests_of_the_examples_pass_and_cover_every_rule() {
    let segments = RuleSet::from_text(include_str!("../../examples/models/segments.rules.yaml")).unwrap();
    let document =
        Document::parse(include_str!("../../examples/models/service-standards.rules.yaml")).unwrap();
    let sheet = include_str!("../../examples/data/segment_standards.csv");
    let standards = RuleSet::from_table(&document, sheet).unwrap();
    insta::assert_snapshot!(format!("{}\n{}", segments.test(), standards.test()), @r"
    segments 1: 15 tests passed
    covered: 14 of 14 rules (100%), 21 of 21 cells (100%), 1 of 1 defaults
    service-standards 1: 15 tests passed
    covered: 14 of 14 rules (100%), 14 of 14 cells (100%)
    ");
}

#[test]
fn the_page_on_tests_shows_what_comes() {
    let page = include_str!("../../docs/rules/tests.md");
    let block = |kind: &str| {
        let (_, rest) = page.split_once(&format!("```{kind}\n")).unwrap();
        rest.split_once("\n```").unwrap().0
    };
    assert_eq!(RuleSet::from_text(block("yaml")).unwrap().test().to_string(), block("text"));
}
