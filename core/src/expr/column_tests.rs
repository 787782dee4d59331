use std::collections::BTreeMap;

use proptest::prelude::*;

use super::column_fixtures::{Owned, Random};
use super::fixtures::{condition, sheet, slots};
use super::{Block, ColumnCriterion, Columns};
use crate::column::{
    BLOCK, Batch, Bits, Column, Options, RowFaults, Simd, TimeUnit, TimestampColumn, Values,
};
use crate::error::Problem;

/// What the column evaluator says of every row: `None` where the row has a data error.
fn by_columns(
    criterion: &ColumnCriterion<'_>,
    columns: &Columns<'_>,
    rows: usize,
    faults: &mut RowFaults,
) -> Vec<Option<bool>> {
    let mut block = Block::new(columns, Simd::Auto.level());
    let mut outcomes = Vec::new();
    for start in (0..rows).step_by(BLOCK) {
        block.load(start, faults);
        let passed = criterion.passes(&block);
        assert!(passed.and_not(block.rows()).is_empty() && block.invalid().and_not(block.rows()).is_empty());
        assert!(passed.rows().all(|row| passed.get(row)));
        let outcome = |row| (!block.invalid().get(row)).then(|| passed.get(row));
        outcomes.extend((0..BLOCK.min(rows - start)).map(outcome));
    }
    outcomes
}

/// Problems by code and path, with the number of rows and the first of them.
type Counts = BTreeMap<(&'static str, String), (u64, Vec<usize>)>;

fn count(counts: &mut Counts, problem: &Problem, row: usize) {
    let entry = counts.entry((problem.code().id(), problem.path().to_owned())).or_default();
    entry.0 += 1;
    if entry.1.len() < 5 {
        entry.1.push(row);
    }
}

/// Compares both evaluators on a criterion over random columns.
pub(super) fn compare(criterion: &str, rows: usize, offset: usize, seed: u64) {
    let (fields, criterion) = sheet(criterion).unwrap_or_else(|error| panic!("{criterion}: {error:#}"));
    let mut random = Random(seed);
    let mut owned = Vec::new();
    for field in fields.iter() {
        let optional = field.may_be_missing() || field.usage_default().is_some();
        if !optional || random.below(15) > 0 {
            owned.push((field.id(), Owned::new(field.kind().word(), rows + offset, &mut random)));
        }
    }
    let mut batch = Batch::new(rows + offset);
    for (name, column) in &owned {
        batch.push(*name, column.column()).unwrap();
    }
    let batch = batch.slice(offset, rows);
    let (used, names) = (slots(&criterion), BTreeMap::new());
    let columns = fields.bind_columns(&used, &batch, &names).unwrap();
    let mut faults = RowFaults::new(0);
    let outcomes = by_columns(&criterion.over(&columns), &columns, rows, &mut faults);

    let mut expected = Counts::new();
    for (row, outcome) in outcomes.iter().enumerate() {
        let record = batch.record(row);
        let reference = match fields.bind_record(&used, &record) {
            Ok(values) => Some(criterion.passes(&values)),
            Err(error) => {
                error.problems().iter().for_each(|problem| count(&mut expected, problem, row));
                None
            }
        };
        assert_eq!(*outcome, reference, "row {row}: {record:?}");
    }
    let problems = RowFaults::finish([faults], &Options::default());
    let problems = problems.as_ref().err().map_or(&[][..], |error| error.problems());
    let found: Counts = problems
        .iter()
        .map(|it| ((it.code().id(), it.path().to_owned()), (it.row_count(), it.rows().to_vec())))
        .collect();
    assert_eq!(found, expected);
}

fn literals(pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pool), 0..12).prop_map(|list| format!("[{}]", list.join(", ")))
}

/// Tests of fields of one type: comparisons with literals and fields, membership, missing.
fn tests(
    fields: &'static [&'static str],
    relations: &'static [&'static str],
    pool: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let select = prop::sample::select::<&'static str>;
    prop_oneof![
        4 => (select(fields), select(relations), select(pool))
            .prop_map(|(field, relation, literal)| format!("{{field: {field}, {relation}: {literal}}}")),
        1 => (select(fields), select(relations), select(fields))
            .prop_map(|(field, relation, other)| format!("{{field: {field}, {relation}: {{field: {other}}}}}")),
        1 => (select(fields), any::<bool>()).prop_map(|(field, is)| format!("{{field: {field}, missing: {is}}}")),
    ]
}

fn members(fields: &'static [&'static str], pool: &'static [&'static str]) -> impl Strategy<Value = String> {
    (prop::sample::select(fields), prop::sample::select(&["in", "not_in"][..]), literals(pool))
        .prop_map(|(field, test, literals)| format!("{{field: {field}, {test}: {literals}}}"))
}

const NUMBERS: &[&str] = &["age", "visits", "voice", "data"];
const NUMBER_POOL: &[&str] = &["-1", "0", "0.5", "1", "2", "7", "17", "18", "'60'", "127", "0.1", "2e9"];
const INTEGERS: &[&str] = &["calls", "orders"];
const MONEY: &[&str] = &["balance", "rent"];
const MONEY_POOL: &[&str] = &["0", "0.29", "38", "-0.01", "0.12", "0.13", "0.14", "1.27", "0.18", "17", "18"];
const STRINGS: &[&str] = &["city", "branch"];
const STRING_POOL: &[&str] = &[
    "gz",
    "sz",
    "'20'",
    "'7'",
    "'-3'",
    "'007'",
    "''",
    "a name of more than twelve bytes",
    "另一个城市",
    "'18'",
];
const BOOLEANS: &[&str] = &["vip", "active"];
const DATES: &[&str] = &["joined", "seen"];
const DATE_POOL: &[&str] = &["2010-12-31", "2011-01-01", "2012-01-01", "1969-12-31"];
const TIMES: &[&str] = &["at", "sent"];
const TIME_POOL: &[&str] = &[
    "2011-01-01T00:00:00Z",
    "2012-03-21T08:00:00Z",
    "2012-03-21T16:00:00+08:00",
    "2012-01-01T07:59:59.999999+08:00",
    "1969-12-31T23:59:59.999Z",
];
const ORDER: &[&str] = &["eq", "ne", "lt", "le", "gt", "ge"];
const EQUALITY: &[&str] = &["eq", "ne"];

pub(super) fn conditions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        tests(NUMBERS, ORDER, NUMBER_POOL),
        tests(MONEY, ORDER, MONEY_POOL),
        tests(STRINGS, EQUALITY, STRING_POOL),
        tests(BOOLEANS, EQUALITY, &["true", "false"]),
        tests(DATES, ORDER, DATE_POOL),
        tests(TIMES, ORDER, TIME_POOL),
        tests(INTEGERS, ORDER, NUMBER_POOL),
        members(INTEGERS, NUMBER_POOL),
        members(NUMBERS, NUMBER_POOL),
        members(MONEY, MONEY_POOL),
        members(STRINGS, STRING_POOL),
        members(DATES, DATE_POOL),
        members(TIMES, TIME_POOL),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let several = prop::collection::vec(inner.clone(), 0..5).prop_map(|list| list.join(", "));
        prop_oneof![
            several.clone().prop_map(|list| format!("{{all: [{list}]}}")),
            several.prop_map(|list| format!("{{any: [{list}]}}")),
            inner.prop_map(|inner| format!("{{not: {inner}}}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn columns_and_records_agree(
        condition in conditions(),
        unknown in prop::sample::select(&["in", "out"][..]),
        rows in prop_oneof![4 => 0_usize..70, 1 => 1000_usize..2200],
        offset in 0_usize..70,
        seed in any::<u64>(),
    ) {
        compare(&format!("{{where: {condition}, unknown: {unknown}}}"), rows, offset, seed);
    }
}

/// The problems of binding a criterion to a batch.
fn refused(batch: &Batch<'_>, criterion: &str, names: &[(&str, &str)]) -> String {
    let (fields, criterion) = condition(criterion);
    let names = names.iter().map(|(field, column)| ((*field).to_owned(), (*column).to_owned())).collect();
    let error = fields.bind_columns(&slots(&criterion), batch, &names).expect_err("columns are wrong");
    error.to_string()
}

#[test]
fn columns_that_are_absent_or_of_the_wrong_type_are_named() {
    let mut batch = Batch::new(1);
    let text: &[Option<&str>] = &[Some("3")];
    let date = Column::Date32(Values::from(&[1][..]));
    batch.push("Visits", Column::Null(1)).unwrap().push("rent", date).unwrap().push("age", text).unwrap();
    batch
        .push("city", &[1.0][..])
        .unwrap()
        .push("seen", &[1.0][..])
        .unwrap()
        .push("active", &[1_u8][..])
        .unwrap();
    let tests =
        "{all: [{field: visits, ge: 1}, {field: rent, ge: 1}, {field: age, ge: 1}, {field: city, eq: a},
                  {field: seen, ge: 2012-01-01}, {field: active, eq: true}, {field: vip, eq: true},
                  {field: joined, missing: true}, {field: voice, ge: 1}]}";
    insta::assert_snapshot!(refused(&batch, tests, &[("joined", "join_date")]), @r#"
    7 problems:
    1. data.wrong_type at age: the field does not take values of this type; found a column of type text, expected a number
    2. data.missing_column at visits: a column that a condition tests is absent; expected a column with a number; did you mean `Visits`?
    3. data.wrong_type at rent: the field does not take values of this type; found a column of type date, expected an amount in major units
    4. data.wrong_type at city: the field does not take values of this type; found a column of type float64, expected text or an integer id
    5. data.wrong_type at active: the field does not take values of this type; found a column of type uint8, expected true or false
    6. data.missing_column at join_date: a column that a condition tests is absent; expected a column with a date
    7. data.wrong_type at seen: the field does not take values of this type; found a column of type float64, expected a date
    "#);
}

#[test]
fn moments_are_read_in_every_unit() {
    let (fields, criterion) = condition("{field: sent, ge: 1970-01-01T00:00:00Z}");
    let (used, names) = (slots(&criterion), BTreeMap::new());
    for (unit, first) in [
        (TimeUnit::Second, i64::MAX / 1_000_000),
        (TimeUnit::Millisecond, i64::MAX / 1_000),
        (TimeUnit::Microsecond, i64::MAX),
        (TimeUnit::Nanosecond, i64::MAX),
    ] {
        let counts = [-1, 0, 1, first, first.saturating_add(1)];
        let valid = Bits::new(&[0b1_1011], 0, 5).unwrap();
        let column = TimestampColumn::new(Values::new(&counts, Some(valid)).unwrap(), unit);
        let mut batch = Batch::new(5);
        batch.push("sent", column).unwrap();
        let columns = fields.bind_columns(&used, &batch, &names).unwrap();
        let mut faults = RowFaults::new(0);
        let outcomes = by_columns(&criterion.over(&columns), &columns, 5, &mut faults);
        // Where a number beyond the last has no microseconds, the row is wrong.
        let beyond = (first == i64::MAX).then_some(true);
        assert_eq!(outcomes, [Some(false), Some(true), None, Some(true), beyond], "{unit:?}");
        let error = RowFaults::finish([faults], &Options::default()).unwrap_err().to_string();
        assert_eq!(error.contains("data.bad_timestamp at sent"), beyond.is_none(), "{error}");
    }
}

#[test]
fn data_errors_are_counted_with_their_first_rows() {
    let values: Vec<f64> =
        (0..3000_u32).map(|row| if row % 400 == 399 { f64::INFINITY } else { row.into() }).collect();
    let validity: Vec<u8> = (0..375_u32).map(|byte| if byte % 100 == 1 { 0xfe } else { 0xff }).collect();
    let bits = Bits::new(&validity, 0, 3000).unwrap();
    let mut batch = Batch::new(3000);
    batch.push("calls", Values::new(&values, Some(bits)).unwrap()).unwrap();
    let (fields, criterion) = condition("{field: visits, lt: 2000}");
    let (used, names) = (slots(&criterion), BTreeMap::from([("visits".to_owned(), "calls".to_owned())]));
    let columns = fields.bind_columns(&used, &batch, &names).unwrap();
    let mut faults = RowFaults::new(10_000);
    let outcomes = by_columns(&criterion.over(&columns), &columns, 3000, &mut faults);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_none()).count(), 7 + 4);
    assert_eq!((outcomes[1999], outcomes[1998], outcomes[2000]), (None, Some(true), Some(false)));
    insta::assert_snapshot!(RowFaults::finish([faults], &Options::default()).unwrap_err(), @r#"
    2 problems:
    1. data.missing at calls: a required value is missing; expected a number (4 rows: 10008, 10808, 11608, 12408)
    2. data.not_finite at calls: the value is infinite; found inf, expected a number (7 rows: 10399, 10799, 11199, 11599, 11999, ...)
    "#);
}
