use super::fixtures::{condition, sheet, slots};
use crate::column::{Date, Record, Scalar, Timestamp};
use crate::money::Decimal;

/// A customer without any value that may be missing.
fn customer() -> Record {
    let mut record = Record::from([("visits", 3), ("rent", 1200), ("branch", 20), ("orders", 4)]);
    record.insert("active", true).insert("seen", "2012-06-30").insert("voice", 612.0);
    record
}

/// The outcome of a condition for the customer with one more value.
fn outcome(written: &str, name: &str, value: impl Into<Scalar>) -> Option<bool> {
    let (fields, criterion) = condition(written);
    let mut record = customer();
    record.insert(name, value);
    let values =
        fields.bind_record(&slots(&criterion), &record).unwrap_or_else(|error| panic!("{written}: {error}"));
    criterion.condition().evaluate(&values)
}

#[test]
fn numbers_compare_as_floats() {
    let age = |written: &str, value: Scalar| outcome(written, "age", value);
    let decimal = |text: &str| Scalar::from(Decimal::parse(text).unwrap());
    for (written, value, expected) in [
        ("{field: age, ge: 18, lt: 60}", 18.into(), Some(true)),
        ("{field: age, ge: 18, lt: 60}", 60.into(), Some(false)),
        ("{field: age, gt: 18}", 18.0.into(), Some(false)),
        ("{field: age, le: 18}", decimal("18.0"), Some(true)),
        ("{field: age, eq: 0.1}", 0.1.into(), Some(true)),
        ("{field: age, eq: '0.1'}", decimal("0.1"), Some(true)),
        ("{field: age, eq: 0}", Scalar::Float(-0.0), Some(true)),
        ("{field: age, in: [0, 5]}", Scalar::Float(-0.0), Some(true)),
        ("{field: age, ne: 9007199254740993}", 9_007_199_254_740_992_i64.into(), Some(false)),
        ("{field: age, in: [3, 1, 2]}", 2.into(), Some(true)),
        ("{field: age, not_in: [3, 1, 2]}", 2.5.into(), Some(true)),
        ("{field: age, in: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", 7.into(), Some(true)),
        ("{field: age, in: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}", 7.5.into(), Some(false)),
        ("{field: age, in: []}", 7.into(), Some(false)),
        ("{field: age, in: []}", Scalar::Missing, None),
        ("{field: age, ge: {field: visits}}", 3.into(), Some(true)),
        ("{field: age, ge: {field: visits}}", Scalar::Missing, None),
    ] {
        assert_eq!(age(written, value.clone()), expected, "{written} for {value}");
    }
}

#[test]
fn money_is_exact_to_the_minor_unit() {
    let decimal = |text: &str| Scalar::from(Decimal::parse(text).unwrap());
    for (written, value, expected) in [
        ("{field: balance, eq: 0.29}", Scalar::from(0.29), true),
        ("{field: balance, eq: 0.29}", decimal("0.290"), true),
        ("{field: balance, eq: 0.29}", "0.29".into(), true),
        ("{field: balance, lt: 0}", decimal("-0.01"), true),
        ("{field: balance, eq: 0.12}", 0.125.into(), true),
        ("{field: balance, eq: 0.14}", 0.135.into(), true),
        ("{field: balance, in: [38, 58]}", 58.into(), true),
        ("{field: balance, ge: {field: rent}}", 1199.99.into(), false),
    ] {
        assert_eq!(outcome(written, "balance", value.clone()), Some(expected), "{written} for {value}");
    }
}

#[test]
fn strings_booleans_and_dates() {
    let date = |text: &str| Scalar::from(Date::parse(text).unwrap());
    for (written, name, value, expected) in [
        ("{field: city, in: [guangzhou, shenzhen]}", "city", "shenzhen".into(), Some(true)),
        ("{field: city, not_in: [guangzhou]}", "city", "Guangzhou".into(), Some(true)),
        ("{field: city, ne: 广州}", "city", "广州".into(), Some(false)),
        ("{field: city, eq: '755'}", "city", 755.into(), Some(true)),
        ("{field: city, eq: '0755'}", "city", 755.into(), Some(false)),
        ("{field: city, eq: {field: branch}}", "city", "20".into(), Some(true)),
        ("{field: city, eq: x}", "city", Scalar::Missing, None),
        ("{field: vip, eq: true}", "vip", true.into(), Some(true)),
        ("{field: vip, ne: true}", "vip", true.into(), Some(false)),
        ("{field: vip, ne: {field: active}}", "vip", false.into(), Some(true)),
        ("{field: joined, ge: 2011-01-01}", "joined", date("2011-01-01"), Some(true)),
        ("{field: joined, ge: 2011-01-01}", "joined", "2010-12-31".into(), Some(false)),
        ("{field: joined, in: [2011-01-01, 2012-01-01]}", "joined", "2012-01-01".into(), Some(true)),
        ("{field: joined, lt: {field: seen}}", "joined", "2012-06-29".into(), Some(true)),
    ] {
        assert_eq!(outcome(written, name, value.clone()), expected, "{written} for {value}");
    }
}

#[test]
fn moments_compare_whatever_their_offset() {
    let moment = |text: &str| Scalar::from(Timestamp::parse(text).unwrap());
    for (written, name, value, expected) in [
        ("{field: at, ge: 2012-03-21T08:00:00Z}", "at", moment("2012-03-21T16:00:00+08:00"), Some(true)),
        ("{field: at, gt: 2012-03-21T16:00:00+08:00}", "at", "2012-03-21T08:00:00Z".into(), Some(false)),
        (
            "{field: at, in: [2012-03-21T08:00:00.5Z]}",
            "at",
            "2012-03-21t08:00:00.5000009z".into(),
            Some(true),
        ),
        ("{field: at, lt: 2012-03-21T08:00:00Z}", "at", Scalar::Missing, None),
        ("{field: joined, eq: 2012-03-21}", "joined", moment("2012-03-21T00:00:00Z"), Some(true)),
    ] {
        assert_eq!(outcome(written, name, value.clone()), expected, "{written} for {value}");
    }
}

#[test]
fn unknown_follows_kleene() {
    // True, false and unknown as conditions.
    let words = [("{all: []}", Some(true)), ("{any: []}", Some(false)), ("{field: age, eq: 1}", None)];
    for (a, left) in words {
        assert_eq!(outcome(&format!("{{not: {a}}}"), "visits", 1), left.map(|left| !left));
        for (b, right) in words {
            let and = match (left, right) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
            let or = match (left, right) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
            assert_eq!(outcome(&format!("{{all: [{a}, {b}]}}"), "visits", 1), and, "{a} and {b}");
            assert_eq!(outcome(&format!("{{any: [{a}, {b}]}}"), "visits", 1), or, "{a} or {b}");
        }
    }
}

#[test]
fn missing_is_never_unknown() {
    assert_eq!(outcome("{field: age, missing: true}", "visits", 1), Some(true));
    assert_eq!(outcome("{field: age, missing: true}", "age", Scalar::Float(f64::NAN)), Some(true));
    assert_eq!(outcome("{field: age, missing: false}", "age", 3), Some(true));
    assert_eq!(outcome("{field: city, missing: false}", "city", None::<&str>), Some(false));
}

#[test]
fn usage_has_defaults_and_may_be_text() {
    assert_eq!(outcome("{field: data, eq: 0}", "visits", 1), Some(true));
    assert_eq!(outcome("{field: data, missing: true}", "data", Scalar::Missing), Some(false));
    assert_eq!(outcome("{field: voice, eq: 12.5}", "voice", "12.50"), Some(true));
    // Reported by the engine that bills it.
    assert_eq!(outcome("{field: voice, ge: 0}", "voice", f64::INFINITY), None);
    assert_eq!(outcome("{field: data, ge: 0}", "data", true), Some(true));
}

#[test]
fn the_holder_says_what_unknown_means() {
    for (unknown, expected) in [("in", true), ("out", false)] {
        let written = format!("{{where: {{field: age, ge: 18}}, unknown: {unknown}}}");
        let (fields, criterion) = sheet(&written).unwrap();
        let record = customer();
        let values = fields.bind_record(&slots(&criterion), &record);
        assert_eq!(values.map(|values| criterion.passes(&values)), Ok(expected));
    }
}

#[test]
fn every_problem_of_a_record_is_reported() {
    let (fields, criterion) = condition(
        "{all: [{field: age, eq: 1}, {field: visits, eq: 1}, {field: balance, eq: 1}, {field: rent, eq: 1},
          {field: city, eq: a}, {field: branch, eq: a}, {field: vip, eq: true}, {field: active, eq: true},
          {field: joined, eq: 2012-01-01}, {field: seen, eq: 2012-01-01}, {field: at, gt: {field: sent}}]}",
    );
    let mut record = Record::from([
        ("age", Scalar::Float(f64::INFINITY)),
        ("balance", Scalar::Decimal(Decimal::parse("0.005").unwrap())),
        ("rent", Scalar::Float(1e300)),
        ("city", Scalar::Float(755.0)),
        ("branch", Scalar::Missing),
        ("vip", Scalar::Int(1)),
        ("actve", Scalar::Bool(true)),
        ("joined", Scalar::Text("2012-13-01".into())),
    ]);
    record.insert(
        "seen",
        "a while ago, in a text that is far too long to be shown as a whole in any message that people read",
    );
    record.insert("at", "2012-03-21").insert("sent", Date::parse("2012-03-21").unwrap());
    let error = fields.bind_record(&slots(&criterion), &record).unwrap_err();
    insta::assert_snapshot!(error, @r#"
    12 problems:
    1. data.not_finite at age: the value is infinite; found inf, expected a number
    2. data.missing_column at visits: the record lacks a field that a condition tests; expected number `visits`
    3. data.inexact at balance: the amount is not a whole number of minor units; found 0.005, expected a whole number of minor units, or a float, which is rounded
    4. data.too_large at rent: the amount is too large to be exact; found 1e300, expected at most 2^53 - 1 minor units
    5. data.wrong_type at city: the field does not take values of this type; found 755.0 of type float, expected text or an integer id
    6. data.missing at branch: a required value is missing; expected text or an integer id
    7. data.wrong_type at vip: the field does not take values of this type; found 1 of type integer, expected true or false
    8. data.missing_column at active: the record lacks a field that a condition tests; expected boolean `active`; did you mean `actve`?
    9. data.bad_date at joined: the text is not a date; found "2012-13-01", expected a date, YYYY-MM-DD
    10. data.bad_date at seen: the text is not a date; found "a while ago, in a text that is far too long to be shown as a whole in any messa..., expected a date, YYYY-MM-DD
    11. data.bad_timestamp at at: the value is not a point in time; found "2012-03-21", expected a time with its offset: 2012-03-21T08:00:00Z or 2012-03-21T16:00:00+08:00
    12. data.wrong_type at sent: the field does not take values of this type; found 2012-03-21 of type date, expected a point in time: a timestamp, or a text such as 2012-03-21T08:00:00Z
    "#);
    record.insert("rent", "dear").insert("seen", Timestamp::parse("2012-06-30T12:00:00Z").unwrap());
    let error = fields.bind_record(&slots(&criterion), &record).unwrap_err();
    assert!(error.to_string().contains("data.bad_decimal at rent"));
    assert!(
        error.to_string().contains("data.bad_date at seen: the value is not a date, as it has a time of day")
    );
}
