use proptest::prelude::*;

use super::fixtures::{HEADER, rules};
use super::{ChangeStatus, RuleSet, SmallestChange};
use crate::column::{Record, Scalar};
use crate::expr::column_fixtures::Random;

const FIELDS: &str = "currency: {code: CNY, exponent: 2}, fields: {arpu: {type: money}, mb: {type: number, missing: true},
    age: {type: integer, missing: true}, level: {type: string, values: [silver, gold, bronze]},
    brand: {type: string, missing: true}, vip: {type: boolean, missing: true}, due: {type: money}, paid: {type: money},
    since: {type: date}, seen: {type: timestamp}}";

fn record() -> Record {
    let mut record = Record::from([("arpu", 80), ("mb", 5), ("age", 17), ("due", 20), ("paid", 20)]);
    record.insert("level", "bronze").insert("brand", "gotone").insert("vip", false);
    record.insert("since", "2020-02-29").insert("seen", "2020-02-29T08:00:00Z");
    record
}

fn change(when: &str, record: &Record) -> Option<SmallestChange> {
    let set = rules(&format!("unknown: no_match, hit: first, {FIELDS}, rules: [{{id: it, when: '{when}'}}]"));
    set.smallest_change(&set.rules()[0], record).unwrap()
}

#[test]
fn it_says_what_would_do() {
    let told = |when: &str| change(when, &record()).map_or("matches".to_owned(), |change| change.to_string());
    let conditions = [
        "arpu >= 80",
        "arpu > 80",
        "arpu < 80 || arpu > 80.05",
        "!(arpu > 30 && arpu < 100)",
        "mb > 5",
        "mb < 5 && mb >= 2.5",
        "mb < 0",
        "age >= 18 && age < 60",
        "age != 17",
        "!(age in [16, 17, 18])",
        "level in [\"gold\", \"silver\"]",
        "level != \"bronze\"",
        "level.startsWith(\"g\")",
        "brand != \"gotone\"",
        "brand.startsWith(\"m\")",
        "vip",
        "!has(vip)",
        "!has(age) || age > 90",
        "since > \"2020-02-29\"",
        "seen < \"2020-02-29T08:00:00Z\"",
        "due > paid",
        "due * 2 > paid + 100",
        "arpu > 90 && due * 2 > arpu",
        "arpu > 15 && due + arpu <= 100 && age > 17 || arpu > 300 && mb > 6",
        "arpu > 300 || mb > 6 && vip",
        "arpu > 300 || mb > 6",
        "arpu > 90 && arpu < 80",
        "mb != mb",
        "mb > 8 || age >= 20",
        "mb >= 8 || age >= 20",
        "age >= 30 && arpu >= 12 || age <= 15 && arpu >= 6",
        "age <= 15 && arpu >= 6 || age >= 30 && arpu >= 12",
    ];
    let lines: Vec<String> = conditions.iter().map(|when| format!("{when}: {}", told(when))).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    arpu >= 80: matches
    arpu > 80: would match with arpu > 80.00 (now 80.00): 80.01
    arpu < 80 || arpu > 80.05: would match with arpu < 80.00 or > 80.05 (now 80.00): 79.99
    !(arpu > 30 && arpu < 100): would match with arpu <= 30.00 or >= 100.00 (now 80.00): 100.00
    mb > 5: would match with mb > 5 (now 5): 5.000000000000001
    mb < 5 && mb >= 2.5: would match with mb >= 2.5 and < 5 (now 5): 4.999999999999999
    mb < 0: would match with mb < 0 (now 5): -5e-324
    age >= 18 && age < 60: would match with age >= 18 and < 60 (now 17): 18
    age != 17: would match with age != 17 (now 17): 18
    !(age in [16, 17, 18]): would match with age < 16 or > 18 (now 17): 19
    level in ["gold", "silver"]: would match with level in ["gold", "silver"] (now "bronze"): "silver"
    level != "bronze": would match with level in ["gold", "silver"] (now "bronze"): "silver"
    level.startsWith("g"): would match with level = "gold" (now "bronze")
    brand != "gotone": would match with brand != "gotone" (now "gotone"): "other"
    brand.startsWith("m"): would match with brand.startsWith("m") (now false)
    vip: would match with vip = true (now false)
    !has(vip): would match with vip missing (now false)
    !has(age) || age > 90: would match with age missing or > 90 (now 17): 91
    since > "2020-02-29": would match with since > 2020-02-29 (now 2020-02-29): 2020-03-01
    seen < "2020-02-29T08:00:00Z": would match with seen < 2020-02-29T08:00:00Z (now 2020-02-29T08:00:00Z): 2020-02-29T07:59:59.999999Z
    due > paid: would match with due > paid (now false)
    due * 2 > paid + 100: would match with due * 2 > paid + 100 (now false)
    arpu > 90 && due * 2 > arpu: would match with arpu > 90.00 (now 80.00): 90.01, due * 2 > arpu (now false)
    arpu > 15 && due + arpu <= 100 && age > 17 || arpu > 300 && mb > 6: would match with age > 17 (now 17): 18
    arpu > 300 || mb > 6 && vip: would match with arpu > 300.00 (now 80.00): 300.01
    arpu > 300 || mb > 6: would match with arpu > 300.00 (now 80.00): 300.01
    arpu > 90 && arpu < 80: can never match
    mb != mb: can never match
    mb > 8 || age >= 20: would match with mb > 8 (now 5): 8.000000000000002
    mb >= 8 || age >= 20: would match with mb >= 8 (now 5): 8
    age >= 30 && arpu >= 12 || age <= 15 && arpu >= 6: would match with age <= 15 (now 17): 15
    age <= 15 && arpu >= 6 || age >= 30 && arpu >= 12: would match with age <= 15 (now 17): 15
    "#);
}

#[test]
fn a_missing_value_is_nearest_to_nothing() {
    let mut record = record();
    record.insert("mb", Scalar::Missing).insert("age", Scalar::Missing).insert("brand", Scalar::Missing);
    let conditions = ["mb > 5 && age < -3", "brand in [\"m_zone\", \"gotone\"]", "has(age)"];
    let lines = conditions.map(|when| change(when, &record).unwrap().to_string());
    insta::assert_snapshot!(lines.join("\n"), @r#"
    would match with mb > 5 (now missing): 5.000000000000001, age < -3 (now missing): -4
    would match with brand in ["gotone", "m_zone"] (now missing): "gotone"
    would match with age not missing (now missing): 0
    "#);
}

#[test]
fn a_value_that_no_field_lists_may_stay() {
    let mut record = record();
    record.insert("level", "platinum");
    let conditions = [
        "level != \"gold\" && arpu > 90",
        "level.endsWith(\"r\")",
        "level in [\"gold\", \"silver\"] && level != \"silver\"",
    ];
    let lines = conditions.map(|when| change(when, &record).unwrap().to_string());
    insta::assert_snapshot!(lines.join("\n"), @r#"
    would match with arpu > 90.00 (now 80.00): 90.01
    would match with level = "silver" (now "platinum")
    would match with level = "gold" (now "platinum")
    "#);
}

/// Rules over integers `f0`, `f1` and so on.
fn many(count: usize, when: &str) -> String {
    let fields: Vec<String> = (0..count).map(|at| format!("f{at}: {{type: integer}}")).collect();
    let set =
        rules(&format!("hit: first, fields: {{{}}}, rules: [{{id: it, when: '{when}'}}]", fields.join(", ")));
    let record = (0..count).map(|at| (format!("f{at}"), Scalar::from(0))).collect();
    set.smallest_change(&set.rules()[0], &record)
        .unwrap()
        .map_or_else(String::new, |change| change.to_string())
}

#[test]
fn what_is_too_large_is_said() {
    // Parts without a field in common are looked at one by one.
    let apart: Vec<String> = (0..20).map(|at| format!("(f{} > 0 || f{} > 0)", 2 * at, 2 * at + 1)).collect();
    assert_eq!(many(40, &apart.join(" && ")).matches("(now 0): 1").count(), 20);
    let chained: Vec<String> = (0..20).map(|at| format!("(f{} > 0 || f{} > 0)", at, at + 1)).collect();
    assert_eq!(many(21, &chained.join(" && ")), "too large to tell what would make it match");
    let long: Vec<String> = (0..20_000).map(|at| format!("f0 > {}", 3 * at)).collect();
    assert_eq!(many(1, &long.join(" && ")), "too large to tell what would make it match");
    let long = long[..2_000].join(" && ");
    assert_eq!(many(1, &long), "would match with f0 > 5997 (now 0): 5998");
}

const NUMBERS: [f64; 8] = [f64::NAN, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0];
const INTEGERS: [Option<i32>; 6] = [None, Some(-1), Some(0), Some(1), Some(2), Some(3)];
const TEXTS: [Option<&str>; 5] = [None, Some("a"), Some("b"), Some("c"), Some("z")];
const CLOSED: [&str; 4] = ["a", "b", "c", "odd"];
const BOOLEANS: [Option<bool>; 3] = [None, Some(false), Some(true)];

/// The values that stand for all cells of a field.
fn values(field: &str) -> Vec<Scalar> {
    match field {
        "n" => NUMBERS.map(Scalar::from).to_vec(),
        "i" => INTEGERS.map(Scalar::from).to_vec(),
        "t" => TEXTS.map(Scalar::from).to_vec(),
        "c" => CLOSED.map(Scalar::from).to_vec(),
        _ => BOOLEANS.map(Scalar::from).to_vec(),
    }
}

fn test(random: &mut Random, computed: bool) -> String {
    let sign = random.pick(&["<", "<=", ">", ">=", "==", "!="]);
    let literal = random.pick(&["0", "1", "2"]);
    match random.below(if computed { 11 } else { 8 }) {
        0 => format!("n {sign} {literal}"),
        1 => format!("i {sign} {literal}"),
        2 => format!("t {} {}", random.pick(&["==", "!="]), random.pick(&["'a'", "'b'"])),
        3 => format!("c in [{}]", random.pick(&["'a'", "'a', 'b'"])),
        4 => random.pick(&["b", "!b"]).to_owned(),
        5 => format!("has({})", random.pick(&["n", "i", "t", "b"])),
        6 => format!("i in [{}]", random.pick(&["0, 2", "1, 2"])),
        7 => "c.startsWith('b')".to_owned(),
        8 => format!("i * 2 {sign} {literal}"),
        9 => format!("n {sign} i + 1"),
        _ => "t.startsWith('z')".to_owned(),
    }
}

fn condition(random: &mut Random, depth: usize, computed: bool) -> String {
    if depth == 0 {
        return test(random, computed);
    }
    let mut inner = || condition(random, depth - 1, computed);
    let parts = [inner(), inner(), inner()];
    let [one, two, three] = &parts;
    match random.below(6) {
        0 => format!("({one} && {two})"),
        1 => format!("({one} && {two} && {three})"),
        2 => format!("({one} || {two})"),
        3 => format!("!({one} || {two})"),
        4 => format!("({one} ? {two} : {three})"),
        _ => format!("(({one}) == ({two}))"),
    }
}

const NAMES: [&str; 5] = ["n", "i", "t", "c", "b"];

fn drawn(random: &mut Random, computed: bool) -> (RuleSet, Record) {
    let unknown = random.pick(&["match", "no_match"]);
    let when = condition(random, 2, computed);
    let text = format!(
        "{HEADER}unknown: {unknown}, hit: first, fields: {{n: {{type: number, missing: true}}, i: {{type: integer, missing: true}},
         t: {{type: string, missing: true}}, c: {{type: string, values: [a, b, c]}}, b: {{type: boolean, missing: true}}}},
         rules: [{{id: it, when: \"{when}\"}}]}}"
    );
    let set = RuleSet::from_text(&text).unwrap_or_else(|error| panic!("{text}: {error:#}"));
    let record = NAMES.into_iter().map(|name| {
        let values = values(name);
        (name, values[random.below(values.len())].clone())
    });
    (set, record.collect())
}

fn matches(set: &RuleSet, record: &Record) -> bool {
    !set.decide(record).unwrap().rules().is_empty()
}

fn changed(record: &Record, change: &SmallestChange) -> Record {
    let mut record = record.clone();
    for change in change.changes() {
        if let Some(value) = change.value() {
            record.insert(change.tested(), value.clone());
        }
    }
    record
}

/// Whether some record matches that differs in fewer fields, from this one on.
fn nearer(set: &RuleSet, record: &Record, fewer: usize, from: usize) -> bool {
    fewer > 0
        && (from..NAMES.len()).any(|at| {
            values(NAMES[at]).into_iter().filter(|value| value.to_string() != "\"odd\"").any(|value| {
                let mut record = record.clone();
                record.insert(NAMES[at], value);
                matches(set, &record) || nearer(set, &record, fewer - 1, at + 1)
            })
        })
}

proptest! {
    #[test]
    fn no_smaller_change_would_do(seed: u64) {
        let (set, record) = drawn(&mut Random(seed), false);
        let change = set.smallest_change(&set.rules()[0], &record).unwrap();
        prop_assert_eq!(change.is_none(), matches(&set, &record));
        let Some(change) = change else { return Ok(()) };
        match change.status() {
            ChangeStatus::Certain => {
                prop_assert!(matches(&set, &changed(&record, &change)), "{change}: {}", set.to_json());
                let fewer = change.changes().len() - 1;
                prop_assert!(!nearer(&set, &record, fewer, 0), "{change}: {record:?} {}", set.to_json());
            }
            ChangeStatus::Never => prop_assert!(!nearer(&set, &record, NAMES.len(), 0), "{}", set.to_json()),
            status => prop_assert!(false, "{status:?}: {}", set.to_json()),
        }
    }

    #[test]
    fn what_is_certain_holds(seed: u64) {
        let (set, record) = drawn(&mut Random(seed), true);
        let change = set.smallest_change(&set.rules()[0], &record).unwrap();
        prop_assert_eq!(change.is_none(), matches(&set, &record));
        let Some(change) = change else { return Ok(()) };
        match change.status() {
            ChangeStatus::Certain => prop_assert!(matches(&set, &changed(&record, &change)), "{change}: {}", set.to_json()),
            ChangeStatus::Possible => prop_assert!(change.changes().iter().any(|change| change.value().is_none())),
            ChangeStatus::Never => prop_assert!(!nearer(&set, &record, NAMES.len(), 0), "{}", set.to_json()),
            ChangeStatus::Unknown => prop_assert!(false, "{}", set.to_json()),
        }
    }
}
