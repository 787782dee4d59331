//! The generated frameworks: 25,000 rows whose lines have one digest in Rust, Python and JavaScript.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test stops where something is not as it should be, and what it casts is small"
)]

mod support;

use cpcfit::document::Document;
use cpcfit::scoring::ScoreStatus;
use cpcfit::{Batch, Error, Framework, OnError, Options, Record, Scores, Simd};
use sha2::{Digest, Sha256};
use support::columns::{Owned, batch};
use support::draw::{owned, scalar};
use support::draw_frameworks::{Case, FRAMEWORKS, ROWS, draw, dump};

/// The digest of that name in `tests/generated/golden-scores.txt`.
fn golden(name: &str) -> String {
    let text = include_str!("../../tests/generated/golden-scores.txt");
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("golden-scores.txt has no `{name}`")).trim().to_owned()
}

#[test]
fn inputs_are_those_of_every_language() {
    let mut digest = Sha256::new();
    for index in 0..FRAMEWORKS {
        digest.update(dump(&draw(index)) + "\n");
    }
    assert_eq!(format!("{:x}", digest.finalize()), golden("inputs"));
}

#[test]
fn results_are_those_of_every_language() {
    let mut digest = Sha256::new();
    for index in 0..FRAMEWORKS {
        for line in Engine::new(draw(index)).lines() {
            digest.update(line + "\n");
        }
    }
    assert_eq!(format!("{:x}", digest.finalize()), golden("results"));
}

#[test]
fn columns_give_the_same_lines_at_every_simd_level() {
    for index in 0..FRAMEWORKS {
        let engine = Engine::new(draw(index));
        let lines: Vec<String> = engine.lines().iter().map(|line| without_codes(line)).collect();
        for simd in Simd::available() {
            assert_eq!(engine.column_lines(simd), lines, "SIMD level {}", simd.name());
        }
    }
}

/// Pieces of work, chunks of a data set and threads: far more rows than a block, cut where no block ends.
#[test]
fn chunks_and_threads_change_nothing() {
    const TIMES: usize = 1400;
    for index in (0..FRAMEWORKS).step_by(25) {
        let engine = Engine::new(draw(index));
        let Ok(framework) = &engine.framework else { continue };
        let long = engine.case.columns.iter().map(|column| {
            let values = column.values.iter().cycle().take(TIMES * ROWS).cloned().collect();
            (column.name.clone(), owned(&support::draw::Column { values, name: String::new(), ..*column }))
        });
        let long: Vec<_> = long.collect();
        let long = batch(&long).unwrap();
        let chunks = [long.slice(0, 1023), long.slice(1023, 40_001), long.slice(41_024, TIMES * ROWS)];
        let once = scores(framework, &[batch(&engine.columns).unwrap()], Simd::default(), 1);
        for threads in [1, 3] {
            let many = scores(framework, &chunks, Simd::default(), threads);
            assert!(bits(&many.score) == bits(&once.score).repeat(TIMES), "scores of framework {index}");
            assert!(
                bits(&many.coverage) == bits(&once.coverage).repeat(TIMES),
                "coverages of framework {index}"
            );
            assert!(many.status == once.status.repeat(TIMES), "statuses of framework {index}");
        }
    }
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|value| value.to_bits()).collect()
}

fn scores(framework: &Framework, batches: &[Batch<'_>], simd: Simd, threads: usize) -> Scores {
    let options = Options { threads, simd, on_error: OnError::Null, ..Options::default() };
    framework.score_columns(batches, &[], &options).unwrap()
}

/// The framework of a case, fitted where it is to be fitted, or why it cannot be fitted.
struct Engine {
    case: Case,
    columns: Vec<(String, Owned)>,
    framework: Result<Framework, Error>,
}

impl Engine {
    fn new(case: Case) -> Self {
        let document = Document::from_node(case.framework.clone()).unwrap();
        let framework = Framework::from_document(&document)
            .unwrap_or_else(|error| panic!("framework {}: {error}", case.index));
        let columns: Vec<_> =
            case.columns.iter().map(|column| (column.name.clone(), owned(column))).collect();
        let options = Options { threads: 1, on_error: OnError::Null, ..Options::default() };
        let framework = if case.fitting {
            framework.fit(&[batch(&columns).unwrap()], None, &options)
        } else {
            Ok(framework)
        };
        Self { case, columns, framework }
    }

    /// One line for each row, by records; a single one where the framework cannot be fitted.
    fn lines(&self) -> Vec<String> {
        let framework = match &self.framework {
            Ok(framework) => framework,
            Err(error) => return vec![format!("{}|{}", self.case.index, codes(error))],
        };
        let line = |row: usize| {
            let columns = self.case.columns.iter();
            let record: Record =
                columns.map(|column| (column.name.as_str(), scalar(&column.values[row]))).collect();
            let found = framework.score(&record).map_or_else(
                |error| codes(&error),
                |score| words(score.value(), score.coverage(), score.status()),
            );
            format!("{},{row}|{found}", self.case.index)
        };
        (0..ROWS).map(line).collect()
    }

    /// The same by columns; errors of rows are told only as `!`.
    fn column_lines(&self, simd: Simd) -> Vec<String> {
        let Ok(framework) = &self.framework else { return vec![format!("{}|!", self.case.index)] };
        let scores = scores(framework, &[batch(&self.columns).unwrap()], simd, 1);
        let line = |row: usize| {
            let value = Some(scores.score[row]).filter(|score| !score.is_nan());
            let coverage = scores.coverage.get(row).copied().unwrap_or(1.0);
            let code = scores.status.get(row).copied().unwrap_or(0);
            let found = match ScoreStatus::ALL[usize::from(code)] {
                ScoreStatus::Invalid => "!".to_owned(),
                status => words(value, coverage, status),
            };
            format!("{},{row}|{found}", self.case.index)
        };
        (0..ROWS).map(line).collect()
    }
}

fn words(score: Option<f64>, coverage: f64, status: ScoreStatus) -> String {
    let score = score.map_or_else(|| "-".to_owned(), |score| format!("{:016x}", score.to_bits()));
    format!("{score} {:016x} {}", coverage.to_bits(), status.word())
}

fn codes(error: &Error) -> String {
    let problems = error.problems().iter();
    let mut codes: Vec<_> =
        problems.map(|problem| format!("{}:{}", problem.code().id(), problem.path())).collect();
    codes.sort();
    format!("!{}", codes.join(","))
}

/// The line with errors told only as `!`, as columns tell them.
fn without_codes(line: &str) -> String {
    let (head, found) = line.split_once('|').unwrap();
    if found.starts_with('!') { format!("{head}|!") } else { line.to_owned() }
}
