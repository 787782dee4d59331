//! Random rules over random columns: both evaluators agree in everything, whatever the threads and chunks.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::fixtures::rules;
use super::{Decision, DecisionStatus, Decisions, Hits, MISSING_MINOR, OutputColumn, RuleSet};
use crate::column::{Batch, OnError, Options, Record, Scalar, Simd};
use crate::error::Result;
use crate::expr::column_fixtures::{Owned, Random};
use crate::money::Money;

const FIELDS: [(&str, &str); 7] = [
    ("age", "number, missing: true"),
    ("visits", "number"),
    ("rent", "money, missing: true"),
    ("city", "string, missing: true"),
    ("vip", "boolean, missing: true"),
    ("seen", "date, missing: true"),
    ("sent", "timestamp, missing: true"),
];
const HITS: [&str; 13] = [
    "hit: unique",
    "hit: any",
    "hit: first",
    "hit: priority",
    "hit: rule_order",
    "hit: output_order",
    "hit: collect",
    "hit: collect, collect: sum",
    "hit: collect, collect: min",
    "hit: collect, collect: max",
    "hit: collect, collect: count",
    "hit: collect, collect: first",
    "hit: collect, collect: any",
];

fn test(random: &mut Random) -> String {
    let order = random.pick(&["eq", "ne", "lt", "le", "gt", "ge"]);
    let equality = random.pick(&["eq", "ne"]);
    match random.below(10) {
        0 | 1 => format!("{{field: age, {order}: {}}}", random.pick(&["0", "1", "17", "18", "0.1"])),
        2 => format!("{{field: visits, {order}: {}}}", random.pick(&["0", "2", "17", "60"])),
        3 => format!("{{field: rent, {order}: {}}}", random.pick(&["0", "0.29", "38", "18"])),
        4 => format!("{{field: city, {equality}: {}}}", random.pick(&["gz", "'20'", "'7'", "sz"])),
        5 => format!("{{field: city, {}: [gz, '7', '-3']}}", random.pick(&["in", "not_in"])),
        6 => format!("{{field: vip, {equality}: {}}}", random.pick(&["true", "false"])),
        7 => format!("{{field: seen, {order}: 2011-01-01}}"),
        8 => format!("{{field: sent, {order}: 2012-03-21T08:00:00Z}}"),
        _ => {
            let field = random.pick(&["age", "visits", "city"]);
            format!("{{field: {field}, missing: {}}}", random.pick(&["true", "false"]))
        }
    }
}

fn condition(random: &mut Random, depth: usize) -> String {
    let list = |random: &mut Random| {
        let parts: Vec<String> = (0..random.below(4)).map(|_| condition(random, depth - 1)).collect();
        parts.join(", ")
    };
    match if depth == 0 { 0 } else { random.below(6) } {
        0 | 1 => test(random),
        2 | 3 => format!("{{all: [{}]}}", list(random)),
        4 => format!("{{any: [{}]}}", list(random)),
        _ => format!("{{not: {}}}", condition(random, depth - 1)),
    }
}

/// A document; with sums there are no texts.
fn document(random: &mut Random) -> String {
    let hit = random.pick(&HITS);
    let by_priority = hit.contains("priority") || hit.contains("output_order");
    let ranked = by_priority && random.below(2) == 0;
    let of_numbers = ["sum", "min", "max"].iter().any(|word| hit.contains(word));
    let fields = FIELDS.map(|(name, kind)| format!("{name}: {{type: {kind}}}")).join(", ");
    // Each output by itself.
    let mixed = hit.ends_with("collect: any");
    let own = |random: &mut Random, ways: &[&'static str]| if mixed { random.pick(ways) } else { "" };
    let numbers =
        [", collect: sum", ", collect: min", ", collect: max", ", collect: first", ", collect: count"];
    let mut outputs = vec![format!(
        "points: {{type: number{}{}{}}}",
        random.pick(&["", ", default: 0.5"]),
        if ranked { ", values: [0.1, 3, 0.5]" } else { "" },
        own(random, &numbers)
    )];
    let default = random.pick(&["", ", default: -0.01"]);
    outputs.push(format!("credit: {{type: money{default}{}}}", own(random, &numbers)));
    if !of_numbers {
        let default = random.pick(&["", ", default: mass"]);
        outputs.push(format!(
            "queue: {{type: string{default}{}}}",
            own(random, &[", collect: first", ", collect: count"])
        ));
    }
    if mixed {
        let default = random.pick(&["", ", default: true"]);
        outputs.push(format!(
            "allowed: {{type: boolean{default}{}}}",
            own(random, &["", ", collect: all", ", collect: any"])
        ));
    }
    let rule = |index: usize, random: &mut Random| {
        let mut keys = vec![format!("id: r{index}")];
        if random.below(8) > 0 {
            keys.push(format!("when: {}", condition(random, 3)));
        }
        if random.below(3) == 0 {
            keys.push(format!("unknown: {}", random.pick(&["match", "no_match"])));
        }
        if by_priority && !ranked {
            keys.push(format!("priority: {}", random.pick(&[1, 2, 3])));
        }
        let mut then = Vec::new();
        for (id, values) in [("points", ["0.1", "3", "0.1"]), ("credit", ["-2", "0.29", "38"])] {
            if random.below(3) > 0 {
                then.push(format!("{id}: {}", random.pick(&values)));
            }
        }
        if !of_numbers && random.below(3) > 0 {
            then.push(format!("queue: {}", random.pick(&["gold", "silver"])));
        }
        if mixed && random.below(3) > 0 {
            then.push(format!("allowed: {}", random.pick(&["true", "false"])));
        }
        keys.push(format!("then: {{{}}}", then.join(", ")));
        format!("{{{}}}", keys.join(", "))
    };
    let count = 1 + random.below(7);
    let rules: Vec<String> = (0..count).map(|index| rule(index, random)).collect();
    format!(
        "currency: {{code: CNY, exponent: 2}}, unknown: {}, fields: {{{fields}}}, outputs: {{{}}}, {hit}, rules: [{}]",
        random.pick(&["match", "no_match"]),
        outputs.join(", "),
        rules.join(", ")
    )
}

/// The value of an output in a row, as records give it.
fn cell(column: &OutputColumn, row: usize, set: &RuleSet) -> Scalar {
    match column {
        OutputColumn::Codes { codes, values } => {
            usize::try_from(codes[row]).map_or(Scalar::Missing, |code| values[code].clone())
        }
        OutputColumn::Numbers(numbers) => Scalar::from(numbers[row]),
        OutputColumn::Money(amounts) if amounts[row] == MISSING_MINOR => Scalar::Missing,
        OutputColumn::Money(amounts) => {
            super::output::amount(Money::from_minor(amounts[row]).unwrap(), set.currency())
        }
    }
}

/// Compares a row with its record.
fn compare(set: &RuleSet, decisions: &Decisions, hits: &Hits, row: usize, expected: &Result<Decision<'_>>) {
    let Ok(expected) = expected else {
        assert_eq!(decisions.status()[row], DecisionStatus::Invalid.code(), "row {row}");
        assert!((0..set.rules().len()).all(|rule| !hits.get(rule, row)));
        return;
    };
    assert_eq!(decisions.status()[row], expected.status().code(), "row {row}: {expected:?}");
    let position = |rule: &super::Rule| set.rules().iter().position(|known| known.id() == rule.id()).unwrap();
    let matched: Vec<usize> = expected.rules().iter().copied().map(position).collect();
    if set.hit().is_single() {
        let rule = expected.rule().map(position);
        assert_eq!(usize::try_from(decisions.rule()[row]).ok(), rule, "row {row}");
    }
    if set.hit().stops() {
        assert!(matched.iter().all(|rule| hits.get(*rule, row)));
    } else {
        assert_eq!(decisions.count[row] as usize, matched.len(), "row {row}");
        assert!((0..set.rules().len()).all(|rule| hits.get(rule, row) == matched.contains(&rule)));
    }
    for output in set.outputs() {
        if let Some(column) = decisions.output(output.id()) {
            let value = expected.output(output.id()).cloned().unwrap_or(Scalar::Missing);
            // Bit for bit: floats print all their digits.
            assert_eq!(format!("{:?}", cell(&column, row, set)), format!("{value:?}"), "row {row}");
        } else {
            assert!(expected.status() == DecisionStatus::None || expected.output(output.id()).is_none());
        }
    }
}

fn agree(seed: u64, rows: usize) {
    let mut random = Random(seed);
    let text = document(&mut random);
    let set = rules(&text);
    let mut owned = Vec::new();
    for (name, kind) in FIELDS {
        if name == "visits" || random.below(12) > 0 {
            let word = kind.split(',').next().unwrap();
            owned.push((name, Owned::new(word, rows, &mut random)));
        }
    }
    let mut batch = Batch::new(rows);
    for (name, column) in &owned {
        batch.push(*name, column.column()).unwrap();
    }
    let cut = random.below(rows + 1);
    let batches = [batch.slice(0, cut), batch.slice(cut, rows - cut)];
    let records: Vec<Record> = (0..rows).map(|row| batch.record(row)).collect();
    let expected: Vec<Result<Decision<'_>>> = records.iter().map(|record| set.decide(record)).collect();
    for (threads, simd) in [(1, Simd::Auto), (3, Simd::Auto), (1, Simd::Off)] {
        let options = Options { threads, simd, on_error: OnError::Null, ..Options::default() };
        let decisions =
            set.decide_columns(&batches, &options).unwrap_or_else(|error| panic!("{text}: {error}"));
        let hits = set.hits(&batches, &options).unwrap();
        assert_eq!((decisions.len(), hits.len()), (rows, rows));
        // Outputs are looked up for whole columns, so that only some rows are compared where there are many.
        for row in (0..rows).step_by(1 + rows / 60) {
            compare(&set, &decisions, &hits, row, &expected[row]);
        }
        assert_eq!(counts(decisions.problems.iter()), counts(problems(&expected)), "{text}");
        for (rule, _) in set.rules().iter().enumerate() {
            assert_eq!(hits.count(rule), (0..rows).filter(|row| hits.get(rule, *row)).count());
        }
    }
    let failed = expected.iter().any(Result::is_err);
    assert_eq!(set.decide_columns(&batches, &Options::default()).is_err(), failed);
    in_rows(&set, &records, &expected);
}

fn problems<'e>(expected: &'e [Result<Decision<'_>>]) -> impl Iterator<Item = &'e crate::error::Problem> {
    expected.iter().filter_map(|result| result.as_ref().err()).flat_map(crate::error::Error::problems)
}

fn counts<'p>(
    problems: impl Iterator<Item = &'p crate::error::Problem>,
) -> BTreeMap<(&'static str, String), u64> {
    let mut counts = BTreeMap::new();
    for problem in problems {
        *counts.entry((problem.code().id(), problem.path().to_owned())).or_default() +=
            problem.row_count().max(1);
    }
    counts
}

/// Rows that are kept give the same as records.
fn in_rows(set: &RuleSet, records: &[Record], expected: &[Result<Decision<'_>>]) {
    let mut row = set.row();
    for (record, expected) in records.iter().zip(expected).take(40) {
        row.clear();
        // A value that is not used may be wrong.
        let inputs: Vec<&str> = set.inputs().collect();
        let put = record.iter().filter(|(name, _)| inputs.contains(name));
        let mut failed = false;
        for (name, value) in put {
            failed |= row.set(name, value.clone()).is_err();
        }
        let decision = set.decide_row(&row);
        match expected {
            Ok(expected) => {
                let decision = decision.unwrap();
                assert_eq!(super::fixtures::line(&decision), super::fixtures::line(expected));
                let first = set.first(&row).unwrap().map(|position| set.rules()[position].id());
                assert!(first.is_some() == (expected.status() != DecisionStatus::None));
            }
            Err(_) => assert!(failed || decision.is_err()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn columns_and_records_agree(seed in any::<u64>(), rows in prop_oneof![8 => 0_usize..80, 1 => 1000_usize..2300]) {
        agree(seed, rows);
    }

    /// What an explanation says of a rule is what decides.
    #[test]
    fn explanations_agree_with_decisions(seed in any::<u64>()) {
        let mut random = Random(seed);
        let set = rules(&document(&mut random));
        let mut record = Record::new();
        for (name, kind) in FIELDS {
            let column = Owned::new(kind.split(',').next().unwrap(), 1, &mut random);
            record.insert(name, column.column().scalar(0));
        }
        if let Ok(explanation) = set.explain(&record) {
            for trace in explanation.rules() {
                let failing = trace.tests().iter().filter(|test| test.fails()).count();
                prop_assert!(failing == 0 || !trace.matches());
                prop_assert_eq!(trace.first_failing().is_some(), failing > 0);
                prop_assert_eq!(trace.only_failing().is_some(), failing == 1);
            }
            if !set.hit().stops() {
                let matching = explanation.rules().iter().filter(|trace| trace.matches()).count();
                prop_assert_eq!(explanation.decision().rules().len(), matching);
            }
        }
    }
}

/// Rows about the ends of words and blocks.
#[test]
fn words_and_blocks_may_end_anywhere() {
    for rows in [1, 63, 64, 65, 127, 1023, 1024, 1025, 4095, 4096, 4097, 4159, 8193] {
        for seed in 0..4 {
            agree(seed * 31 + rows as u64, rows);
        }
    }
}

/// More rows than a piece, cut where no block ends.
#[test]
fn pieces_and_threads_change_nothing() {
    for seed in 0..6 {
        agree(seed, 70_000);
    }
}
