//! How long rules take: fourteen segments over a million rows, and one row that is kept.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and stops where something is wrong"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Instant;

use cpcfit::column::{Codes, TextColumn};
use cpcfit::{Batch, Options, RuleSet};

const ROWS: usize = 1_000_000;

const SEGMENTS: &str = "
cpcfit: 1
kind: rules
id: segments
version: 1
hit: first
fields:
  arpu: {type: number}
  data: {type: number}
  voice: {type: number}
  tenure: {type: number}
  brand: {type: string}
outputs: {hours: {type: number, default: 48}}
rules:
  - {id: s1, when: {all: [{field: arpu, gt: 300}, {field: tenure, ge: 24}]}}
  - {id: s2, when: {all: [{field: arpu, gt: 200}, {field: data, gt: 20}]}}
  - {id: s3, when: {all: [{field: arpu, gt: 150}, {field: voice, gt: 900}, {field: brand, in: [a, b]}]}}
  - {id: s4, when: {all: [{field: arpu, gt: 150}, {field: tenure, ge: 24}]}}
  - {id: s5, when: {all: [{field: arpu, gt: 80}, {field: data, gt: 20}, {field: brand, eq: a}]}}
  - {id: s6, when: {all: [{field: arpu, gt: 80}, {field: data, gt: 5}, {field: tenure, ge: 12}]}}
  - {id: s7, when: {all: [{field: arpu, gt: 80}, {field: voice, gt: 500}]}}
  - {id: s8, when: {all: [{field: arpu, le: 80}, {field: data, gt: 20}]}}
  - {id: s9, when: {all: [{field: arpu, le: 50}, {field: voice, lt: 30}, {field: data, lt: 1}]}}
  - {id: s10, when: {all: [{field: tenure, lt: 3}, {field: brand, not_in: [a, c]}]}}
  - {id: s11, when: {all: [{field: tenure, lt: 12}, {field: data, gt: 5}]}}
  - {id: s12, when: {all: [{field: voice, gt: 500}, {field: arpu, gt: 50}]}}
  - {id: s13, when: {all: [{field: arpu, gt: 50}, {field: tenure, ge: 12}]}}
  - {id: s14, when: {all: [{field: arpu, gt: 20}, {field: tenure, ge: 3}, {field: brand, eq: b}]}}
";

fn main() {
    let mut state = 7_u64;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let mut column = |scale: f64| -> Vec<f64> { (0..ROWS).map(|_| next() * scale).collect() };
    let (arpu, data, voice) = (column(400.0), column(30.0), column(1200.0));
    let tenure: Vec<f64> = column(60.0).into_iter().map(f64::floor).collect();
    let brands = column(4.0);
    let codes: Vec<u32> = brands
        .iter()
        .map(|brand| {
            if *brand < 1.0 {
                0
            } else if *brand < 2.0 {
                1
            } else if *brand < 3.0 {
                2
            } else {
                3
            }
        })
        .collect();
    let names: Vec<Option<&str>> = vec![Some("a"), Some("b"), Some("c"), Some("easyown")];
    let strings: Vec<Option<&str>> =
        codes.iter().map(|code| names.get(*code as usize).copied().flatten()).collect();
    let values: TextColumn<'_> = names.as_slice().into();
    let mut offsets = vec![0_i32];
    let mut bytes = Vec::new();
    for text in &strings {
        bytes.extend_from_slice(text.unwrap().as_bytes());
        offsets.push(i32::try_from(bytes.len()).unwrap());
    }
    let dictionary = TextColumn::dictionary(Codes::U32(&codes), None, values).unwrap();
    let utf8 = TextColumn::utf8(&offsets, &bytes, None).unwrap();
    let rules = RuleSet::from_text(SEGMENTS).unwrap();
    let options = Options { threads: 1, ..Options::default() };
    for (name, brand) in [("dictionary", dictionary), ("utf8", utf8)] {
        let mut batch = Batch::new(ROWS);
        for (name, values) in [("arpu", &arpu), ("data", &data), ("voice", &voice), ("tenure", &tenure)] {
            batch.push(name, values.as_slice()).unwrap();
        }
        batch.push("brand", brand).unwrap();
        let batches = [batch];
        time(&format!("segments over {name}, a row"), ROWS, || {
            black_box(rules.decide_columns(black_box(&batches), &options).unwrap());
        });
    }
    three_tests(&arpu, &data, &codes);
    one_row(&rules);
    large();
}

/// Numbers and plain texts of a million customers, a third of whom the numbers let pass.
fn three_tests(arpu: &[f64], data: &[f64], codes: &[u32]) {
    const BRANDS: [&str; 4] = ["gotone", "easyown", "m_zone", "other_brand"];
    let rules = RuleSet::from_text(
        "{cpcfit: 1, kind: rules, id: x, version: 1, hit: first,
         fields: {arpu: {type: number}, data: {type: number}, brand: {type: string}},
         rules: [{id: a, when: 'arpu > 230 && data > 5 && !(brand in [\"m_zone\", \"easyown\", \"other\"])'}]}",
    )
    .unwrap();
    let brands = codes.iter().map(|code| BRANDS.get(*code as usize).copied().unwrap_or_default());
    let (mut narrow, mut wide, mut bytes, mut views) = (vec![0_i32], vec![0_i64], Vec::new(), Vec::new());
    for brand in brands {
        bytes.extend_from_slice(brand.as_bytes());
        narrow.push(i32::try_from(bytes.len()).unwrap());
        wide.push(i64::try_from(bytes.len()).unwrap());
        let mut view = [0; 16];
        view[..4].copy_from_slice(&u32::try_from(brand.len()).unwrap().to_le_bytes());
        view[4..4 + brand.len()].copy_from_slice(brand.as_bytes());
        views.push(view);
    }
    let options = Options { threads: 1, ..Options::default() };
    for (name, brand) in [
        ("views", TextColumn::utf8_view(&views, Vec::new(), None).unwrap()),
        ("utf8", TextColumn::utf8(&narrow, &bytes, None).unwrap()),
        ("large utf8", TextColumn::large_utf8(&wide, &bytes, None).unwrap()),
    ] {
        let mut batch = Batch::new(ROWS);
        batch.push("arpu", arpu).unwrap().push("data", data).unwrap().push("brand", brand).unwrap();
        let batches = [batch];
        time(&format!("three tests over {name}, a row"), ROWS, || {
            black_box(rules.decide_columns(black_box(&batches), &options).unwrap());
        });
    }
    time("views checked, a row", ROWS, || {
        black_box(TextColumn::utf8_view(black_box(&views), Vec::new(), None).unwrap());
    });
    time("offsets checked, a row", ROWS, || {
        black_box(TextColumn::large_utf8(black_box(&wide), &bytes, None).unwrap());
    });
}

fn one_row(rules: &RuleSet) {
    const TIMES: usize = 1000;
    let three = RuleSet::from_text(
        "{cpcfit: 1, kind: rules, id: x, version: 1, hit: first,
         fields: {arpu: {type: number}, data_mb: {type: number}, brand: {type: string}},
         rules: [{id: a, when: {all: [
           {field: arpu, gt: 80}, {field: data_mb, gt: 5}, {not: {field: brand, in: [gotone, easyown]}}]}}]}",
    )
    .unwrap();
    let mut row = three.row();
    row.set("arpu", 100.0).unwrap().set("data_mb", 7.5).unwrap().set("brand", "mzone").unwrap();
    time("three tests, a kept row", TIMES, || {
        for _ in 0..TIMES {
            black_box(three.first(black_box(&row)).unwrap());
        }
    });
    let (arpu, data, brand) =
        (three.slot("arpu").unwrap(), three.slot("data_mb").unwrap(), three.slot("brand").unwrap());
    time("three values set and decided", TIMES, || {
        for _ in 0..TIMES {
            row.put(arpu, black_box(100.0)).unwrap();
            row.put(data, black_box(7.5)).unwrap();
            row.put_text(brand, black_box("mzone")).unwrap();
            black_box(three.decide_row(black_box(&row)).unwrap().rule());
        }
    });
    let mut row = rules.row();
    for (name, value) in [("arpu", 30.0), ("data", 3.0), ("voice", 100.0), ("tenure", 40.0)] {
        row.set(name, value).unwrap();
    }
    row.set("brand", "c").unwrap();
    time("fourteen segments, a kept row", TIMES, || {
        for _ in 0..TIMES {
            black_box(rules.first(black_box(&row)).unwrap());
        }
    });
}

const RULES: usize = 10_000;

/// Ten thousand rules: each on a value and a text of its own, and a grid of three inputs as a decision table.
fn large() {
    let rule = |index: usize| {
        let next = index + 1;
        format!(
            "{{\"id\": \"r{index}\", \"when\": \"arpu >= {index} && arpu < {next} && brand == 'b{index}'\"}}"
        )
    };
    let rules: Vec<String> = (0..RULES).map(rule).collect();
    let text = format!(
        "{{\"cpcfit\": 1, \"kind\": \"rules\", \"id\": \"x\", \"version\": 1, \"hit\": \"first\", \"fields\": \
         {{\"arpu\": {{\"type\": \"number\"}}, \"brand\": {{\"type\": \"string\"}}}}, \"rules\": [{}]}}",
        rules.join(",")
    );
    let document = cpcfit::Document::parse(&text).unwrap();
    time("reading 10,000 rules from text", 1, || {
        black_box(RuleSet::from_text(black_box(&text)).unwrap());
    });
    time("compiling 10,000 rules", 1, || {
        black_box(RuleSet::from_document(black_box(&document)).unwrap());
    });
    let rules = RuleSet::from_document(&document).unwrap();
    let mut row = rules.row();
    row.set("arpu", 9_999.5).unwrap().set("brand", "b9999").unwrap();
    time("10,000 rules, a kept row", 1000, || {
        for _ in 0..1000 {
            black_box(rules.first(black_box(&row)).unwrap());
        }
    });
    grid();
}

/// 25 bands of spending, 20 of months and 20 cities; every row of a table.
fn grid() {
    let model =
        "{cpcfit: 1, kind: rules, id: grid, version: 1, hit: unique, currency: {code: CNY, exponent: 2},
        fields: {arpu: {type: money}, months: {type: integer}, city: {type: string}},
        outputs: {queue: {type: string}},
        table: {inputs: {arpu: arpu, months: months, city: city}, outputs: {queue: queue}}}";
    let mut sheet = "arpu,months,city,queue\n".to_owned();
    for index in 0..RULES {
        let (arpu, months, city) = (index / 400 * 20, index / 20 % 20 * 6, index % 20);
        let (next, later, queue) = (arpu + 20, months + 6, index % 7);
        writeln!(sheet, "[{arpu}..{next}),[{months}..{later}),c{city},q{queue}").unwrap();
    }
    let document = cpcfit::Document::parse(model).unwrap();
    time("compiling a table of 10,000 rows", 1, || {
        black_box(RuleSet::from_table(black_box(&document), &sheet).unwrap());
    });
    let rules = RuleSet::from_table(&document, &sheet).unwrap();
    let (arpu, months, city) =
        (rules.slot("arpu").unwrap(), rules.slot("months").unwrap(), rules.slot("city").unwrap());
    let mut rows = Vec::new();
    for index in 0..1000_i64 {
        let mut row = rules.row();
        row.put(arpu, index * 7 % 500).unwrap();
        row.put(months, index * 13 % 120).unwrap();
        row.put(city, format!("c{}", index % 20)).unwrap();
        rows.push(row);
    }
    time("table of 10,000 rows, a kept row", 1000, || {
        for row in &rows {
            black_box(rules.decide_row(black_box(row)).unwrap().rule());
        }
    });
}

/// The least time of some calls, for each of `items`.
fn time(name: &str, items: usize, mut call: impl FnMut()) {
    let least = (0..30)
        .map(|_| {
            let start = Instant::now();
            call();
            start.elapsed()
        })
        .min()
        .unwrap_or_default();
    println!("{name}: {:.2} ns", least.as_secs_f64() * 1e9 / items as f64);
}
