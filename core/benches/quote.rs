//! The row `quote-rust` of `make bench`: one quote over 18 plans, without lines.
//!
//! Prints a line of JSON with the microseconds of each sample; `bindings-python/bench` judges them.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a program that prints, and may stop"
)]

use std::hint::black_box;
use std::time::Instant;

use cpcfit::{Catalog, Document, Usage};

const SAMPLES: usize = 41;
const CALLS: u32 = 20_000;

fn main() {
    let document = Document::parse(include_str!("../../examples/models/feixiang.yaml")).unwrap();
    let catalog = Catalog::from_table(&document, include_str!("../../examples/data/plans.csv")).unwrap();
    let usages: Vec<Usage> =
        (0..64).map(|call| Usage::from([("voice", 600.0 + f64::from(call)), ("data", 1390.5)])).collect();
    let quote = catalog.quote(&usages[12]).unwrap();
    // 562 minutes at 0.25 and 1090.5 MB at 0.29 beyond the allowances.
    assert_eq!(quote.offers().next().unwrap().total().minor(), 3_800 + 14_050 + 31_625);
    assert_eq!(quote.offers().len(), 18);

    let sample = || {
        let start = Instant::now();
        for usage in usages.iter().cycle().take(CALLS as usize) {
            black_box(catalog.quote(black_box(usage)).unwrap());
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    sample();
    let samples: Vec<String> = (0..SAMPLES).map(|_| format!("{:.5}", sample())).collect();
    println!(r#"{{"name": "quote-rust", "unit": "us", "ours": [{}]}}"#, samples.join(", "));
}
