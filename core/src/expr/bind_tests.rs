use super::FieldType;
use super::fixtures::{FIELDS, condition, read, sheet};
use super::syntax::Syntax;
use crate::document::{Decode, Shape, Shapes};

/// The problems of a criterion, one a line.
fn problems(criterion: &str) -> String {
    let error = sheet(criterion).expect_err("the criterion is wrong");
    let lines: Vec<String> = error.problems().iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn fields_have_type_unit_and_names() {
    let (fields, _) = condition("{field: active, eq: true}");
    let age = fields.get("age").unwrap();
    assert_eq!(
        (age.id(), age.kind(), age.unit(), age.may_be_missing()),
        ("age", FieldType::Number, Some("year"), true)
    );
    assert_eq!(fields.get("balance").unwrap().names().get("en"), Some("Balance"));
    assert_eq!(fields.get("voice").unwrap().unit(), Some("min"));
    assert_eq!((fields.len(), fields.get("nobody").is_none()), (16, true));
}

#[test]
fn the_condition_describes_itself() {
    let mut shapes = Shapes::default();
    assert_eq!(Syntax::shape(&mut shapes), Shape::Named("Condition"));
    let names: Vec<_> = shapes.named.iter().map(|shape| shape.name).collect();
    assert_eq!(names, ["Condition", "FieldTest", "OtherField", "AllOf", "AnyOf", "NotThat"]);
}

#[test]
fn a_field_cannot_have_the_name_of_a_meter() {
    let text = FIELDS.replace("visits:", "voice:") + "candidates: {where: {all: []}}";
    insta::assert_snapshot!(read(&text).unwrap_err(), @"expr.duplicate_field at /fields/voice (line 8, column 3): the field is declared twice, or has the name of a meter or of an implicit field; found `voice`");
}

#[test]
fn every_unknown_field_and_unfit_operand_is_reported_at_its_place() {
    insta::assert_snapshot!(problems(
        "
  where:
    all:
      - {field: agee, ge: 18}
      - {field: age, ge: old, lt: {field: joined}, in: [1, '2.5', x]}
      - any:
          - {field: city, ge: gz}
          - {field: city, in: [gz, 20, true]}
          - {field: vip, eq: 'yes', in: [true]}
          - {field: joined, lt: 2012-02-30, gt: 2012}
          - {field: balance, ge: 0.005}
          - {field: rent, eq: {field: nobody}}
          - not: {field: visits, eq: true}
          - {field: sent, ge: 2012-03-21, lt: {field: seen}, in: [2012-03-21T08:00:00Z, 20120321]}
  unknown: out"
    ), @r#"
    expr.unknown_field at /candidates/where/all/0/field (line 24, column 17): the field is not declared; found `agee`; did you mean `age`?
    expr.wrong_type at /candidates/where/all/1/ge (line 25, column 26): the operand does not fit the type of the field; found "old", expected a number, as `age` is of type number
    expr.wrong_type at /candidates/where/all/1/lt/field (line 25, column 43): the operand does not fit the type of the field; found `joined`, expected a field of type number, not date
    expr.wrong_type at /candidates/where/all/1/in/2 (line 25, column 67): the operand does not fit the type of the field; found "x", expected a number, as `age` is of type number
    expr.wrong_test at /candidates/where/all/2/any/0/ge (line 27, column 31): the test does not apply to fields of type string; found the test `ge`, expected eq, ne, in, not_in or missing
    expr.wrong_type at /candidates/where/all/2/any/1/in/1 (line 28, column 36): the operand does not fit the type of the field; found `20`, expected a text in quotes, as `city` is of type string
    expr.wrong_type at /candidates/where/all/2/any/1/in/2 (line 28, column 40): the operand does not fit the type of the field; found `true`, expected a text in quotes, as `city` is of type string
    expr.wrong_type at /candidates/where/all/2/any/2/eq (line 29, column 30): the operand does not fit the type of the field; found "yes", expected true or false, as `vip` is of type boolean
    expr.wrong_test at /candidates/where/all/2/any/2/in (line 29, column 41): the test does not apply to fields of type boolean; found the test `in`, expected eq, ne or missing
    expr.wrong_type at /candidates/where/all/2/any/3/lt (line 30, column 33): the operand does not fit the type of the field; found "2012-02-30", expected a date, YYYY-MM-DD, as `joined` is of type date
    expr.wrong_type at /candidates/where/all/2/any/3/gt (line 30, column 49): the operand does not fit the type of the field; found `2012`, expected a date, YYYY-MM-DD, as `joined` is of type date
    expr.wrong_type at /candidates/where/all/2/any/4/ge (line 31, column 34): the operand does not fit the type of the field; found `0.005`, expected an amount in major units, a whole number of minor units, as `balance` is of type money
    expr.unknown_field at /candidates/where/all/2/any/5/eq/field (line 32, column 39): the field is not declared; found `nobody`
    expr.wrong_type at /candidates/where/all/2/any/6/not/eq (line 33, column 38): the operand does not fit the type of the field; found `true`, expected a number, as `visits` is of type number
    expr.wrong_type at /candidates/where/all/2/any/7/ge (line 34, column 31): the operand does not fit the type of the field; found "2012-03-21", expected a time with its offset, such as 2012-03-21T08:00:00Z, as `sent` is of type timestamp
    expr.wrong_type at /candidates/where/all/2/any/7/lt/field (line 34, column 55): the operand does not fit the type of the field; found `seen`, expected a field of type timestamp, not date: declare both fields alike
    expr.wrong_type at /candidates/where/all/2/any/7/in/1 (line 34, column 89): the operand does not fit the type of the field; found `20120321`, expected a time with its offset, such as 2012-03-21T08:00:00Z, as `sent` is of type timestamp
    "#);
}

#[test]
fn a_condition_has_one_form_and_at_least_one_test() {
    insta::assert_snapshot!(problems(
        "
  where:
    all:
      - {field: age}
      - {feild: age, ge: 18}
      - {field: age, all: []}
      - {all: [], any: []}
      - {}
      - 18
      - {field: age, eq: null}
      - {field: age, equals: 18}
      - {field: age, eq: [18]}
      - {field: 18, eq: 18}
  unknown: maybe"
    ), @r#"
    expr.no_test at /candidates/where/all/0 (line 24, column 9): the condition names a field but no test; found `age`, expected eq, ne, lt, le, gt, ge, in, not_in or missing
    expr.no_test at /candidates/where/all/1 (line 25, column 9): the condition has neither a field nor conditions to combine; found the keys `feild`, `ge`, expected one of `field` with a test, `all`, `any`, `not`; did you mean `field`?
    expr.no_test at /candidates/where/all/2 (line 26, column 9): the condition mixes a field with a combinator, or several combinators; found the keys `field`, `all`, expected one of `field` with a test, `all`, `any`, `not`
    expr.no_test at /candidates/where/all/3 (line 27, column 9): the condition mixes a field with a combinator, or several combinators; found the keys `all`, `any`, expected one of `field` with a test, `all`, `any`, `not`
    expr.no_test at /candidates/where/all/4 (line 28, column 9): the condition has neither a field nor conditions to combine; found no keys, expected one of `field` with a test, `all`, `any`, `not`
    document.wrong_type at /candidates/where/all/5 (line 29, column 9): the value has the wrong type; found `18`, expected a condition: a text or a mapping
    expr.no_test at /candidates/where/all/6 (line 30, column 9): the condition names a field but no test; found `age`, expected eq, ne, lt, le, gt, ge, in, not_in or missing
    expr.no_test at /candidates/where/all/7 (line 31, column 9): the condition names a field but no test; found `age`, expected eq, ne, lt, le, gt, ge, in, not_in or missing
    document.unknown_key at /candidates/where/all/7/equals (line 31, column 22): the key is not known here; found `equals`, expected one of field, eq, ne, lt, le, gt, ge, in, not_in, missing
    document.wrong_type at /candidates/where/all/8/eq (line 32, column 26): the value has the wrong type; found a list, expected one value; `in` takes a list
    document.wrong_type at /candidates/where/all/9/field (line 33, column 17): the value has the wrong type; found `18`, expected a text: put it in quotes
    document.unknown_word at /candidates/unknown (line 34, column 12): the word is not known here; found "maybe", expected one of out, in
    "#);
}

#[test]
fn unknown_is_required_where_a_value_that_may_be_missing_is_tested() {
    for harmless in [
        "{field: visits, ge: 1}",
        "{field: age, missing: true}",
        "{not: {field: city, missing: false}}",
        "{field: voice, ge: {field: data}}",
        "{any: []}",
    ] {
        assert!(sheet(&format!("{{where: {harmless}}}")).is_ok(), "{harmless}");
    }
    for needy in [
        "{field: age, ge: 1}",
        "{field: visits, lt: {field: age}}",
        "{not: {field: city, in: []}}",
        "{all: [{field: visits, ge: 1}, {field: age, missing: false, ge: 18}]}",
    ] {
        let problems = problems(&format!("{{where: {needy}}}"));
        assert!(problems.starts_with("expr.unknown_required at /candidates (line "), "{problems}");
    }
    insta::assert_snapshot!(problems("{where: {field: age, ge: 1}}"), @"expr.unknown_required at /candidates (line 21, column 13): the condition tests `age`, which may be missing; expected `unknown: out` or `unknown: in` beside `where`");
}
