//! Conditions as text: what they mean, what is refused, and that trees and texts are the same thing.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::column_tests::{compare, conditions};
use super::fixtures::{FIELDS, condition, read, sheet, slots};
use crate::column::{Record, Scalar};

/// A text as a YAML scalar.
fn yaml(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn outcome(text: &str, values: &[(&str, Scalar)]) -> Option<bool> {
    let (fields, criterion) = condition(&yaml(text));
    let mut record = Record::from([("visits", 3), ("rent", 1200), ("branch", 20), ("orders", 7)]);
    record.insert("active", true).insert("seen", "2012-06-30").insert("voice", 612.0);
    record.insert("sent", "2012-03-21T16:05:09.250750+08:00");
    for (name, value) in values {
        record.insert(*name, value.clone());
    }
    let values =
        fields.bind_record(&slots(&criterion), &record).unwrap_or_else(|error| panic!("{text}: {error}"));
    criterion.condition().evaluate(&values)
}

#[test]
fn text_means_what_it_says() {
    for (text, expected) in [
        ("visits > 2 && rent == 1200.00", Some(true)),
        ("visits >= 3 ? active : voice > 1e9", Some(true)),
        ("visits + 1 == 4 && visits * 2 - 1 == 5.0", Some(true)),
        ("visits / 2 == 1.5", Some(true)),
        ("orders / 2 == 3 && orders % 2 == 1 && -orders / 2 == -3", Some(true)),
        ("orders / 2 > 3.4", Some(false)),
        ("orders > 6.5 && orders < 7.5 && orders != 7.5", Some(true)),
        ("orders + visits == 10", Some(true)),
        ("double(orders) / 2 == 3.5", Some(true)),
        ("rent - 0.01 == 1199.99 && 2 * rent == 2400 && rent / rent == 1", Some(true)),
        ("rent - 200 > 10 * (rent - 1199)", Some(true)),
        ("orders in [1, 7] && !(branch in ['20x', 'y'])", Some(true)),
        ("orders + 1 in [8, 9]", Some(true)),
        ("visits in [orders, 3]", Some(true)),
        ("80 > visits", Some(true)),
        (
            "branch.startsWith('2') && branch.endsWith('0') && branch.contains('') && size(branch) == 2",
            Some(true),
        ),
        ("branch == city", None),
        ("has(age) || age > 3", None),
        ("has(visits) && !has(age)", Some(true)),
        ("age > 3 || true", Some(true)),
        ("age > 3 && false", Some(false)),
        ("age > 3 ? true : true", None),
        ("(visits > 2) == active", Some(true)),
        ("(age > 2) == active", None),
        ("seen > \"2012-01-01\" && seen < timestamp('2012-12-31T00:00:00Z')", Some(true)),
        ("seen.getFullYear() == 2012 && seen.getMonth() == 5 && seen.getDate() == 30", Some(true)),
        ("seen.getDayOfWeek() == 6 && seen.getDayOfMonth() == 29 && seen.getDayOfYear() == 181", Some(true)),
        ("seen.getDate() >= 21", Some(true)),
        ("seen - '2012-06-27' == duration('72h') && seen + duration('24h') == '2012-07-01'", Some(true)),
        ("seen - duration('1h') < seen", None),
        ("seen + 2 * duration('12h') == '2012-07-01'", Some(true)),
        ("timestamp('2012-06-29T00:00:00Z') + duration('24h') == seen", Some(true)),
        ("orders / 0 == 1", None),
        ("orders * 9223372036854775807 > 0", None),
        ("(orders > 5 ? 1 : 0) + visits == 4", Some(true)),
        ("`visits` == 3 // of this month", Some(true)),
        ("true", Some(true)),
        ("orders in []", Some(false)),
    ] {
        // Spans that are no whole days are refused at once.
        if text.contains("'1h'") {
            assert!(sheet(&format!("{{where: {}, unknown: out}}", yaml(text))).is_err());
            continue;
        }
        assert_eq!(outcome(text, &[]), expected, "{text}");
    }
    assert_eq!(outcome("balance == 0.3", &[("balance", 0.3.into())]), Some(true));
    assert_eq!(outcome("balance / rent > 0.5", &[("balance", 601.into())]), Some(true));
    assert_eq!(outcome("balance / (rent - rent) > 0.5", &[("balance", 601.into())]), None);
}

#[test]
fn moments_have_a_time_of_day() {
    for text in [
        "sent == timestamp('2012-03-21T08:05:09.250750Z') && sent == '2012-03-21T08:05:09.25075Z'",
        "'2012-03-21T08:05:09Z' < sent && sent in ['2012-03-21T08:05:09.250750Z']",
        "timestamp('2012-03-21T00:00:00Z') < sent && !(sent < timestamp('2012-03-21T00:00:00+08:00'))",
        "sent - '2012-03-21T08:05:09Z' == duration('250ms750us')",
        "sent - timestamp('2012-03-21T06:35:09.250750Z') >= duration('1.5h')",
        "sent + duration('1h30m') > '2012-03-21T09:35:09Z' && duration('0') + sent == sent",
        "sent - duration('0.250750s') == timestamp('2012-03-21T08:00:00Z') + duration('5m9s')",
        "sent in [timestamp('2012-03-21T08:05:09.25075Z'), sent + duration('1s')]",
        "(active ? sent : timestamp('2012-03-21T08:00:00Z')) == sent",
        "sent.getHours() == 8 && sent.getMinutes() == 5 && sent.getSeconds() == 9",
        "sent.getMilliseconds() == 250 && sent.getHours('+08:00') == 16 && sent.getHours('-08:30') == 23",
        "sent.getDate() == 21 && sent.getDate('-08:30') == 20 && sent.getDayOfWeek('UTC') == 3",
        "sent.getFullYear() == 2012 && sent.getMonth() == 2 && sent.getDayOfYear() == 80",
        "timestamp('2012-12-31T23:00:00Z').getFullYear('+01:00') == 2013",
        "'2012-03-21T08:00:00Z'.getHours() == 8 && '2012-03-21'.getDate() == 21",
        "(sent - '2012-03-20T07:00:00Z').getHours() == 25 && duration('-90s').getMinutes() == -1",
        "duration('90s').getSeconds() == 90 && duration('1.5s').getMilliseconds() == 1500",
        "(seen - '2012-06-29').getHours() == 24",
        "duration('24h') == seen - '2012-06-29' && -duration('1h') < duration('0')",
    ] {
        assert_eq!(outcome(text, &[]), Some(true), "{text}");
    }
    assert_eq!(outcome("at < sent || at.getHours() == 1", &[]), None);
    let text = "sent + duration('9223372036854775807us') > sent";
    assert_eq!(outcome(text, &[]), None, "beyond what timestamps hold");
}

#[test]
fn mistakes_are_marked_where_they_are() {
    let texts = [
        "visit > 3 && rnet < 5",
        "rent > 0.001",
        "seen > 2012",
        "seen > \"yesterday\"",
        "visits == \"three\"",
        "branch > \"a\"",
        "branch == 20",
        "active > 3",
        "visits",
        "visits + 1",
        "visits + branch == 3",
        "rent * 0.5 > 3",
        "rent + visits > 3",
        "visits % 2 == 0",
        "seen + 3 > seen",
        "active && visits > 1 || startswith(branch, \"a\")",
        "branch.startsWith(city)",
        "branch.startWith(\"x\")",
        "duration(\"3 days\") > duration(\"1h\")",
        "timestamp(\"2012-03-21T10:00:00Z\") > seen",
        "visits in 3",
        "has(visits > 3)",
        "size(visits) > 1",
        "visits.getDate() > 21",
        "(visits > 3 ? city : branch) == \"x\"",
        "visits = 3",
        "sent > \"2012-03-21\"",
        "sent > timestamp(\"2012-03-21T10:00\")",
        "sent > 20120321",
        "sent > seen",
        "seen > sent",
        "timestamp(\"2012-03-21T10:00:00Z\") - duration(\"1h\") > seen",
        "sent - seen > duration(\"1h\")",
        "sent + sent > sent",
        "sent + 3600 > sent",
        "seen + duration(\"36h\") > seen",
        "seen + (sent - at) > seen",
        "duration(\"1ns\") < sent - at",
        "sent - at > \"1h\"",
        "sent.getHours(\"Asia/Shanghai\") > 8",
        "sent.getHours(\"+8\") > 8",
        "sent.getHours(8) > 8",
        "sent.getHours(\"+08:00\", \"x\") > 8",
        "sent.getHour() > 8",
        "seen.getHours() > 8",
        "seen.getDate(\"+08:00\") > 8",
        "visits.getHours() > 8",
        "level == \"glod\" || level in [\"silver\", \"x\"]",
    ];
    let mut shown = String::new();
    for text in texts {
        let level = "  level: {type: string, values: [gold, silver]}\n";
        let document = format!("{FIELDS}{level}candidates: {{where: {}, unknown: out}}\n", yaml(text));
        match read(&document) {
            Ok(_) => writeln!(shown, "{text}\n  IS NO MISTAKE\n").unwrap(),
            Err(error) => writeln!(shown, "{error:#}\n").unwrap(),
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn deep_sums_are_bound_once() {
    for part in ["1 + (", "duration(\"1s\") + (at - at) + ("] {
        let depth = 60;
        let inner = if part.starts_with('1') { "visits" } else { "at - sent" };
        let text = format!("{}{inner}{} == {inner}", part.repeat(depth), ")".repeat(depth));
        assert!(sheet(&format!("{{where: {}, unknown: out}}", yaml(&text))).is_ok(), "{text}");
    }
}

#[test]
fn the_place_is_that_in_the_document() {
    let of = |where_: &str| {
        let error = read(&format!("{FIELDS}candidates:\n  unknown: out\n  where: {where_}\n")).unwrap_err();
        format!("{:?}", error.problems()[0].place().map(|place| (place.line, place.column)))
    };
    let plain = of("visits > 2 && nobody > 1");
    assert_eq!(plain, "Some((23, 24))");
    assert_eq!(of("\"visits > 2 && nobody > 1\""), "Some((23, 25))");
    assert_eq!(of("branch == \"x\" && nobody > 1"), "Some((23, 27))");
    // Within a block the text is not as it stands.
    assert_eq!(of(">-\n    visits > 2\n    && nobody > 1"), of(">-\n    nobody > 1"));
}

#[test]
fn of_very_many_mistakes_the_first_are_listed() {
    let list: Vec<String> = (0..180).map(|index| format!("\"n{index}\"")).collect();
    let text = format!("visits > 2 && visits in [{}]", list.join(", "));
    let error =
        read(&format!("{FIELDS}candidates:\n  unknown: out\n  where: {}\n", yaml(&text))).unwrap_err();
    let problems = error.problems();
    assert_eq!(problems.len(), 101);
    let (Some(first), Some(more)) = (problems.first(), problems.last()) else { panic!("{error}") };
    // The note stands at the place of the last that is listed.
    let column = text.find("\"n99\"").unwrap() + "  where: '".len() + 1;
    assert_eq!(first.found(), Some("\"n0\""));
    assert_eq!(more.message(), "80 more problems of this condition are not listed");
    assert_eq!(more.place().map(|place| (place.line, place.column)), Some((23, column)));
}

const NUMBERS: &[&str] = &["age", "visits", "voice", "data", "0.5", "18.0", "-2.5"];
const INTEGERS: &[&str] =
    &["calls", "orders", "1", "18", "-3", "9223372036854775807", "size(city)", "size(branch)"];
const MONEY: &[&str] = &["balance", "rent"];
const RELATIONS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];

fn select(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(pool).prop_map(str::to_owned)
}

/// Terms of one type around atoms of it; every one begins with a field, so that literals know their type.
fn arithmetic(
    atoms: &'static [&'static str],
    operators: &'static [&'static str],
) -> impl Strategy<Value = String> + Clone {
    let atom = prop::sample::select(atoms).prop_map(str::to_owned);
    atom.prop_recursive(3, 10, 3, move |inner| {
        prop_oneof![
            3 => (inner.clone(), prop::sample::select(operators), inner.clone())
                .prop_map(|(left, operator, right)| format!("({left} {operator} {right})")),
            1 => inner.clone().prop_map(|inner| format!("-({inner})")),
            1 => (inner.clone(), inner)
                .prop_map(|(yes, no)| format!("(vip ? {yes} : {no})")),
        ]
    })
}

fn moments() -> impl Strategy<Value = String> {
    const MOMENTS: &[&str] = &[
        "at",
        "sent",
        "at + duration(\"1h30m\")",
        "sent - duration(\"0.5s\")",
        "timestamp(\"2011-01-01T00:00:00Z\")",
        "timestamp(\"2012-01-01T07:59:59.999999+08:00\")",
        "(vip ? at : sent)",
        "at + (sent - at)",
    ];
    const SPANS: &[&str] = &[
        "at - sent",
        "sent - at + duration(\"1ms\")",
        "duration(\"9h\")",
        "(seen - joined)",
        "2 * (sent - at)",
    ];
    const PARTS: &[&str] = &["getHours", "getMinutes", "getSeconds", "getMilliseconds"];
    const DAYS: &[&str] =
        &["getFullYear", "getMonth", "getDate", "getDayOfWeek", "getDayOfYear", "getDayOfMonth"];
    const ZONES: &[&str] = &["", "\"+08:00\"", "\"-03:30\"", "\"UTC\""];
    let related = |pool| {
        (select(pool), select(RELATIONS), select(pool))
            .prop_map(|(a, relation, b)| format!("{a} {relation} {b}"))
    };
    let numbers = || select(&["0", "7", "23", "59", "999", "2011"]);
    let part = |names, zones| {
        (select(&["at", "sent"]), select(names), select(zones), select(RELATIONS), numbers())
            .prop_map(|(at, part, zone, relation, number)| format!("{at}.{part}({zone}) {relation} {number}"))
    };
    prop_oneof![
        related(MOMENTS),
        related(SPANS),
        part(PARTS, ZONES),
        part(DAYS, ZONES),
        (select(SPANS), select(PARTS), select(RELATIONS), numbers())
            .prop_map(|(span, part, relation, number)| format!("({span}).{part}() {relation} {number}")),
        select(&[
            "at in [\"2011-01-01T00:00:00Z\", sent]",
            "sent in [\"2012-03-21T08:00:00Z\", \"1970-01-01T00:00:00Z\"]",
            "\"2012-03-21T08:00:00Z\" > at",
            "has(at)",
        ]),
    ]
}

fn texts() -> impl Strategy<Value = String> {
    let number = arithmetic(NUMBERS, &["+", "-", "*", "/"]);
    let integer = arithmetic(INTEGERS, &["+", "-", "*", "/", "%"]);
    let money = arithmetic(MONEY, &["+", "-"]);
    let related = |left: BoxedStrategy<String>, right: BoxedStrategy<String>| {
        (left, select(RELATIONS), right)
            .prop_map(|(left, relation, right)| format!("{left} {relation} {right}"))
    };
    let leaf = prop_oneof![
        related(number.clone().boxed(), number.clone().boxed()),
        related(integer.clone().boxed(), integer.clone().boxed()),
        related(number.boxed(), integer.boxed()),
        related(money.clone().boxed(), money.clone().boxed()),
        related(money.boxed(), select(&["balance * 3", "38 + rent", "rent - 0.29", "orders * rent"]).boxed()),
        select(&["balance / rent > 0.5", "2 * rent / rent <= 3", "rent / balance != 1"]),
        (
            select(&["city", "branch"]),
            select(&["startsWith", "endsWith", "contains"]),
            select(&["\"\"", "\"g\"", "\"0\"", "\"城\"", "\"-3\"", "\"a name\""])
        )
            .prop_map(|(field, test, part)| format!("{field}.{test}({part})")),
        select(&[
            "has(city)",
            "vip",
            "active",
            "city == branch",
            "\"gz\" == city",
            "city in [\"gz\", branch]"
        ]),
        select(&[
            "seen.getMonth() >= 6",
            "joined.getDate() > 21",
            "joined.getDayOfWeek() == 6",
            "seen.getDayOfYear() < 200",
            "joined.getFullYear() % 4 == 0",
            "seen - joined > duration(\"72h\")",
            "joined + duration(\"48h\") > seen",
            "joined > \"2011-01-01\"",
            "seen + (joined - seen) == joined",
        ]),
        moments(),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        let pair = (inner.clone(), inner.clone());
        prop_oneof![
            pair.clone().prop_map(|(left, right)| format!("({left} && {right})")),
            pair.clone().prop_map(|(left, right)| format!("({left} || {right})")),
            pair.clone().prop_map(|(left, right)| format!("(({left}) == ({right}))")),
            pair.clone().prop_map(|(left, right)| format!("(({left}) != ({right}))")),
            inner.clone().prop_map(|inner| format!("!({inner})")),
            (inner, pair).prop_map(|(test, (yes, no))| format!("({test} ? {yes} : {no})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn columns_and_records_agree_on_texts(
        text in texts(),
        unknown in prop::sample::select(&["in", "out"][..]),
        rows in prop_oneof![4 => 0_usize..70, 1 => 1000_usize..2200],
        offset in 0_usize..70,
        seed in any::<u64>(),
    ) {
        compare(&format!("{{where: {}, unknown: {unknown}}}", yaml(&text)), rows, offset, seed);
    }

    #[test]
    fn a_tree_and_its_text_are_the_same_condition(tree in conditions()) {
        let (_, bound) = condition(&tree);
        let syntax = super::fixtures::syntax(&tree);
        let text = syntax.to_text();
        let (_, again) = condition(&yaml(&text));
        prop_assert_eq!(&bound, &again, "{}", text);
        prop_assert_eq!(super::fixtures::syntax(&yaml(&text)).to_text(), text);
    }
}
