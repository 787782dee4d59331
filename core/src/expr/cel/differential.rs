//! Conditions against another implementation of CEL, wherever it defines a result.

use cel::{Context, Program, Value};

use crate::column::Record;
use crate::expr::column_fixtures::Random;
use crate::expr::fixtures::{read, slots};

const SHEET: &str = "
cpcfit: 1
kind: sheet
id: test
version: '1'
fields:
  x: {type: number}
  y: {type: number}
  i: {type: integer}
  j: {type: integer}
  s: {type: string}
  t: {type: string}
  p: {type: boolean}
  q: {type: boolean}
  a: {type: timestamp}
  b: {type: timestamp}
";

const TEXTS: [&str; 6] = ["", "a", "ab", "b", "中文", "a \"b\""];

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\\\""))
}

fn relation(random: &mut Random) -> &'static str {
    random.pick(&["==", "!=", "<", "<=", ">", ">="])
}

/// A condition that CEL reads too.
fn condition(random: &mut Random, depth: usize) -> String {
    let deeper = |random: &mut Random| condition(random, depth - 1);
    match if depth == 0 { random.below(9) } else { random.below(15) } {
        0 => random.pick(&["p", "q", "true", "false", "has_not"]).replace("has_not", "!p"),
        1 | 2 => format!("{} {} {}", double(random, depth), relation(random), double(random, depth)),
        3 | 4 => format!("{} {} {}", int(random, depth), relation(random), int(random, depth)),
        5 => format!("{} {} {}", string(random), random.pick(&["==", "!="]), string(random)),
        6 => {
            let items: Vec<String> = (0..random.below(4)).map(|_| quoted(random.pick(&TEXTS))).collect();
            format!("{} in [{}]", random.pick(&["s", "t"]), items.join(", "))
        }
        7 => {
            let items: Vec<String> = (0..random.below(4)).map(|_| int(random, 0)).collect();
            format!("{} in [{}]", int(random, depth), items.join(", "))
        }
        8 => {
            let test = random.pick(&["startsWith", "endsWith", "contains"]);
            format!("{}.{test}({})", random.pick(&["s", "t"]), quoted(random.pick(&TEXTS)))
        }
        9 => format!("!({})", deeper(random)),
        10 | 11 => format!("({} && {})", deeper(random), deeper(random)),
        12 => format!("({} || {})", deeper(random), deeper(random)),
        13 => format!("({} ? {} : {})", deeper(random), deeper(random), deeper(random)),
        _ => format!("({}) {} ({})", deeper(random), random.pick(&["==", "!="]), deeper(random)),
    }
}

/// Every term begins with a field: a literal by itself is what stands beside it.
fn double(random: &mut Random, depth: usize) -> String {
    let field = random.pick(&["x", "y"]);
    match if depth == 0 { random.below(2) } else { random.below(7) } {
        0 => field.to_owned(),
        1 => format!(
            "{field} {} {}",
            random.pick(&["+", "-", "*", "/"]),
            random.pick(&["0.5", "2.0", "-3.25", "1e3"])
        ),
        2 => format!("({} + {})", double(random, depth - 1), double(random, depth - 1)),
        3 => format!("({} - {})", double(random, depth - 1), double(random, depth - 1)),
        4 => format!("({} * {})", double(random, depth - 1), double(random, depth - 1)),
        5 => format!("-({})", double(random, depth - 1)),
        _ => format!(
            "({} ? {} : {})",
            condition(random, depth - 1),
            double(random, depth - 1),
            double(random, depth - 1)
        ),
    }
}

fn int(random: &mut Random, depth: usize) -> String {
    let field = random.pick(&["i", "j"]);
    match if depth == 0 { random.below(2) } else { random.below(9) } {
        0 => field.to_owned(),
        1 => format!(
            "{field} {} {}",
            random.pick(&["+", "-", "*", "/", "%"]),
            random.pick(&["0", "1", "2", "-3", "7"])
        ),
        2..=6 => {
            let operator = random.pick(&["+", "-", "*", "/", "%"]);
            format!("({} {operator} {})", int(random, depth - 1), int(random, depth - 1))
        }
        7 => format!("-({})", int(random, depth - 1)),
        _ => format!(
            "({} ? {} : {})",
            condition(random, depth - 1),
            int(random, depth - 1),
            int(random, depth - 1)
        ),
    }
}

fn string(random: &mut Random) -> String {
    match random.below(3) {
        0 => quoted(random.pick(&TEXTS)),
        _ => random.pick(&["s", "t"]).to_owned(),
    }
}

#[test]
fn conditions_are_those_of_cel() {
    let mut random = Random(20_261_122);
    let (mut defined, mut cases) = (0, 0);
    for _ in 0..1500 {
        let text = condition(&mut random, 3);
        let sheet = format!("{SHEET}candidates: {{where: '{}', unknown: out}}\n", text.replace('\'', "''"));
        let (fields, criterion) = read(&sheet).unwrap_or_else(|error| panic!("{text}: {error:#}"));
        let program = Program::compile(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        for _ in 0..4 {
            let floats: [f64; 2] = std::array::from_fn(|_| random.pick(&[0.0, 0.5, -1.5, 2.0, 1000.0, 3.25]));
            let integers: [i64; 2] =
                std::array::from_fn(|_| random.pick(&[0, 1, 2, -3, 7, i64::MAX, i64::MIN]));
            let texts: [&str; 2] = std::array::from_fn(|_| random.pick(&TEXTS));
            let flags: [bool; 2] = std::array::from_fn(|_| random.below(2) == 0);
            let mut context = Context::default();
            let mut record = Record::new();
            for (name, value) in ["x", "y"].iter().zip(floats) {
                context.add_variable(*name, value).unwrap();
                record.insert(*name, value);
            }
            for (name, value) in ["i", "j"].iter().zip(integers) {
                context.add_variable(*name, value).unwrap();
                record.insert(*name, value);
            }
            for (name, value) in ["s", "t"].iter().zip(texts) {
                context.add_variable(*name, value).unwrap();
                record.insert(*name, value);
            }
            for (name, value) in ["p", "q"].iter().zip(flags) {
                context.add_variable(*name, value).unwrap();
                record.insert(*name, value);
            }
            let ours =
                criterion.condition().evaluate(&fields.bind_record(&slots(&criterion), &record).unwrap());
            cases += 1;
            if let Ok(Value::Bool(theirs)) = program.execute(&context) {
                defined += 1;
                assert_eq!(ours, Some(theirs), "{text} for {record:?}");
            }
        }
    }
    assert!(defined * 4 > cases * 3, "CEL defined only {defined} of {cases} results");
}

/// All in UTC: of others the crate takes the parts where their offset is, and not in UTC as the specification has it.
const MOMENTS: [&str; 6] = [
    "1970-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "2012-02-29T23:30:00.250Z",
    "2012-03-01T07:30:00.250Z",
    "2011-12-31T16:00:00Z",
    "2262-04-11T23:47:16.000001Z",
];

/// A point in time, in a text that CEL reads too.
fn moment(random: &mut Random, depth: usize) -> String {
    match if depth == 0 { random.below(3) } else { random.below(7) } {
        0 => "a".to_owned(),
        1 => "b".to_owned(),
        2 => format!("timestamp(\"{}\")", random.pick(&MOMENTS)),
        3 | 4 => {
            let operator = random.pick(&["+", "-"]);
            format!("({} {operator} {})", moment(random, depth - 1), span(random, depth - 1))
        }
        5 => format!("({} + {})", span(random, depth - 1), moment(random, depth - 1)),
        _ => format!("({} ? a : {})", in_time(random, depth - 1), moment(random, depth - 1)),
    }
}

fn span(random: &mut Random, depth: usize) -> String {
    match if depth == 0 { 0 } else { random.below(4) } {
        0 | 1 => {
            let texts = ["0", "1h30m", "-90s", "1.5s", "24h", "0.25ms", "7us", "2562047h", "1m1ms", "-0.5h"];
            format!("duration(\"{}\")", random.pick(&texts))
        }
        2 => format!("({} - {})", moment(random, depth - 1), moment(random, depth - 1)),
        _ => {
            let operator = random.pick(&["+", "-"]);
            format!("({} {operator} {})", span(random, depth - 1), span(random, depth - 1))
        }
    }
}

/// A condition on points in time and spans.
fn in_time(random: &mut Random, depth: usize) -> String {
    let clock = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"];
    let days = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"];
    let number = |random: &mut Random| random.pick(&["0", "1", "7", "23", "29", "59", "250", "2012"]);
    let relation = relation(random);
    match if depth == 0 { random.below(4) } else { random.below(6) } {
        0 | 1 => format!("{} {relation} {}", moment(random, depth), moment(random, depth)),
        2 => format!("{} {relation} {}", span(random, depth), span(random, depth)),
        3 => {
            let part = if random.below(2) == 0 { random.pick(&clock) } else { random.pick(&days) };
            let zone = random.pick(&["", "\"+08:00\"", "\"-03:30\"", "\"-00:30\"", "\"05:45\"", "\"UTC\""]);
            format!("{}.{part}({zone}) {relation} {}", moment(random, depth), number(random))
        }
        4 => format!("{}.{}() {relation} {}", span(random, depth), random.pick(&clock), number(random)),
        _ => format!("({} && !({}))", in_time(random, depth - 1), in_time(random, depth - 1)),
    }
}

#[test]
fn points_in_time_are_those_of_cel() {
    let mut random = Random(20_120_321);
    let (mut defined, mut cases) = (0, 0);
    for _ in 0..1500 {
        let text = in_time(&mut random, 3);
        let sheet = format!("{SHEET}candidates: {{where: '{text}', unknown: out}}\n");
        let (fields, criterion) = read(&sheet).unwrap_or_else(|error| panic!("{text}: {error:#}"));
        let program = Program::compile(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        for _ in 0..3 {
            let mut context = Context::default();
            let mut record = Record::new();
            for name in ["a", "b"] {
                let value = random.pick(&MOMENTS);
                let theirs = Program::compile(&format!("timestamp(\"{value}\")")).unwrap();
                let theirs = theirs.execute(&Context::default()).unwrap();
                context.add_variable_from_value(name, theirs);
                record.insert(name, value);
            }
            let ours =
                criterion.condition().evaluate(&fields.bind_record(&slots(&criterion), &record).unwrap());
            cases += 1;
            if let Ok(Value::Bool(theirs)) = program.execute(&context) {
                defined += 1;
                assert_eq!(ours, Some(theirs), "{text} for {record:?}");
            }
        }
    }
    assert!(defined * 4 > cases * 3, "CEL defined only {defined} of {cases} results");
}
