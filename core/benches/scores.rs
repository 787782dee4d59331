//! Rows of `make bench`: `explain-rust`, one object of 17 indicators scored and explained; `score-sum-rust`, 1,000,000 objects scored
//! against a plain sum over the same columns with the same threads.
//!
//! Prints a line of JSON for each row; `bindings-python/bench` judges them.

#![allow(
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that prints, and may stop"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use cpcfit::{Batch, Framework, Options, Record};

const SAMPLES: usize = 41;
const CALLS: u32 = 5_000;
const ROWS: usize = 1_000_000;
const INDICATORS: usize = 17;

/// Rows that the plain sum works on together, so that its sums stay in the first-level cache as ours do.
const BLOCK: usize = 1024;

fn main() {
    explain();
    sum();
}

fn explain() {
    let framework = framework();
    let records: Vec<Record> =
        (0..64).map(|row| (0..INDICATORS).map(|index| (id(index), value(row, index))).collect()).collect();
    let parts: f64 =
        framework.explain(&records[3]).unwrap().indicators().iter().map(|part| part.contribution).sum();
    assert!((parts - framework.score(&records[3]).unwrap().value().unwrap()).abs() < 1e-9);
    let sample = || {
        let start = Instant::now();
        for record in records.iter().cycle().take(CALLS as usize) {
            black_box(framework.explain(black_box(record)).unwrap());
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(CALLS)
    };
    sample();
    let samples: Vec<String> = (0..SAMPLES).map(|_| format!("{:.5}", sample())).collect();
    println!(r#"{{"name": "explain-rust", "unit": "us", "ours": [{}]}}"#, samples.join(", "));
}

fn sum() {
    let framework = framework();
    let columns: Vec<Vec<f64>> =
        (0..INDICATORS).map(|index| (0..ROWS).map(|row| value(row, index)).collect()).collect();
    let mut batch = Batch::new(ROWS);
    for (index, column) in columns.iter().enumerate() {
        batch.push(id(index), &column[..]).unwrap();
    }
    let batches = [batch];
    let options = Options::default();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=SAMPLES {
        let start = Instant::now();
        black_box(framework.score_columns(&batches, &[], &options).unwrap());
        let own = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        black_box(plain_sum(&columns));
        let plain = start.elapsed().as_secs_f64() * 1e3;
        // The first round warms up.
        if round > 0 {
            ours.push(format!("{own:.5}"));
            theirs.push(format!("{plain:.5}"));
        }
    }
    println!(
        r#"{{"name": "score-sum-rust", "unit": "ms", "peer": "plain sum in Rust, all cores", "ours": [{}], "theirs": [{}]}}"#,
        ours.join(", "),
        theirs.join(", ")
    );
}

/// Every row's sum, written to a new column, on all cores.
fn plain_sum(columns: &[Vec<f64>]) -> Vec<f64> {
    let mut sums = vec![0.0; ROWS];
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let part = ROWS.div_ceil(cores).next_multiple_of(BLOCK);
    std::thread::scope(|scope| {
        for (index, sums) in sums.chunks_mut(part).enumerate() {
            scope.spawn(move || {
                for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                    let start = index * part + block * BLOCK;
                    for column in columns {
                        for (sum, value) in sums.iter_mut().zip(&column[start..]) {
                            *sum += value;
                        }
                    }
                }
            });
        }
    });
    sums
}

fn id(index: usize) -> String {
    format!("indicator_{index}")
}

/// From -10 to 110, so that both ends are cut now and then.
fn value(row: usize, index: usize) -> f64 {
    let mixed = (row as u64 * 31 + index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    mixed as f64 * (120.0 / 16_777_216.0) - 10.0
}

/// 17 indicators with goalposts in three nodes, weighted.
fn framework() -> Framework {
    let mut text =
        String::from("cpcfit: 1\nkind: framework\nid: bench\nversion: 1\nroot: all\nindicators:\n");
    for index in 0..INDICATORS {
        let (direction, worst, best) = if index % 3 == 0 { ("lower", 90, 10) } else { ("higher", 10, 90) };
        let _ = writeln!(
            text,
            "  {}: {{direction: {direction}, weight: {}, unit: '%', normalise: {{goalposts: {{worst: {worst}, best: {best}}}}}}}",
            id(index),
            index + 1
        );
    }
    text.push_str("nodes:\n  all: {children: [use, quality, effort]}\n");
    for (name, range) in [("use", 0..6), ("quality", 6..12), ("effort", 12..INDICATORS)] {
        let children: Vec<String> = range.map(id).collect();
        let _ = writeln!(text, "  {name}: {{children: [{}]}}", children.join(", "));
    }
    Framework::from_text(&text).unwrap()
}
