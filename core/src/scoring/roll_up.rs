//! Scores of crossed objects put together: channel by product by period becomes channel.

use std::collections::HashMap;

use crate::column::{Batch, Column, Options, Scalar, find_column};
use crate::error::{Error, Problem, Result, data, scoring as code};

use super::columns::Scores;
use super::input::{Input, Lane, number_at};

/// The scores of groups of rows, in the order in which the groups first occur.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RollUp {
    /// For each key, the text of each group; `None` where the key is missing.
    pub keys: Vec<Vec<Option<String>>>,
    /// The weighted mean of the scores of each group; NaN where no row has one.
    pub score: Vec<f64>,
    /// The share of each group's weight whose rows have a score.
    pub coverage: Vec<f64>,
    /// How many rows each group has.
    pub rows: Vec<u64>,
}

impl Scores {
    /// The scores of the groups that have the same keys: the mean of their rows, weighted by a column where one is named.
    /// Rows without a score lower the coverage; rows without a weight count in `rows` alone. Sums go in the order of the rows.
    ///
    /// # Errors
    /// Missing columns, weights that are no numbers, negative or infinite.
    ///
    /// ```
    /// # let framework = cpcfit::Framework::from_text("{cpcfit: 1, kind: framework, id: a, version: 1, root: r, indicators: {x: {direction: higher, normalise: {goalposts: {worst: 0, best: 10}}}}, nodes: {r: {children: [x]}}}")?;
    /// use cpcfit::{Batch, Column, Options};
    /// let mut batch = Batch::new(3);
    /// batch.push("x", Column::from(&[2.0, 4.0, 9.0][..]))?;
    /// batch.push("volume", Column::from(&[3.0, 1.0, 5.0][..]))?;
    /// batch.push("channel", Column::from(&[Some("web"), Some("web"), Some("shop")][..]))?;
    /// let batches = [batch];
    /// let scores = framework.score_columns(&batches, &[], &Options::default())?;
    /// let channels = scores.roll_up(&batches, &["channel"], Some("volume"), &Options::default())?;
    /// assert_eq!(channels.score, [25.0, 90.0]);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn roll_up(
        &self,
        batches: &[Batch<'_>],
        by: &[&str],
        weight: Option<&str>,
        options: &Options,
    ) -> Result<RollUp> {
        let mut groups = Groups { known: HashMap::new(), sums: Vec::new(), keys: vec![Vec::new(); by.len()] };
        let mut problems = Vec::new();
        let mut rows = self.score.iter();
        for batch in batches {
            let keys: Vec<Option<Column<'_>>> =
                by.iter().map(|id| find_column(batch, options.column_of(id), false, &mut problems)).collect();
            let weights = weight.map(|id| Input::bind(id, false, batch, options, &mut problems));
            let mut lane = Lane::default();
            if let Some(weights) = &weights {
                weights.load(0, batch.len(), &mut lane);
            }
            for (row, score) in rows.by_ref().take(batch.len()).enumerate() {
                let weight = match &weights {
                    None => 1.0,
                    Some(input) => match number_at(&lane, row) {
                        Ok(Some(weight)) if weight >= 0.0 => weight,
                        Ok(None) => f64::NAN,
                        _ => {
                            let problem =
                                Problem::new(code::BAD_WEIGHT, input.name, "the weight cannot be used");
                            let found = input.scalar(row).to_string();
                            problems.push(
                                problem.with_found(found).with_expected("a finite number of zero or more"),
                            );
                            f64::NAN
                        }
                    },
                };
                groups.add(&keys, row, *score, weight);
            }
        }
        if rows.next().is_some() || batches.iter().map(Batch::len).sum::<usize>() != self.len() {
            problems.push(Problem::new(data::LENGTH, "", "the rows are not those that were scored"));
        }
        problems.truncate(20);
        if problems.is_empty() {
            Ok(groups.finish())
        } else {
            Err(Error::data(crate::column::distinct(problems)))
        }
    }
}

/// The sums of a group.
#[derive(Clone, Copy, Default)]
struct Sums {
    weighted: f64,
    scored: f64,
    all: f64,
    rows: u64,
}

struct Groups {
    known: HashMap<Vec<Option<String>>, usize>,
    sums: Vec<Sums>,
    keys: Vec<Vec<Option<String>>>,
}

impl Groups {
    fn add(&mut self, columns: &[Option<Column<'_>>], row: usize, score: f64, weight: f64) {
        let key: Vec<Option<String>> = columns
            .iter()
            .map(|column| column.as_ref().and_then(|column| text(&column.scalar(row))))
            .collect();
        let index = self.known.get(&key).copied().unwrap_or_else(|| {
            let next = self.sums.len();
            for (column, part) in self.keys.iter_mut().zip(&key) {
                column.push(part.clone());
            }
            self.known.insert(key, next);
            self.sums.push(Sums::default());
            next
        });
        let Some(sums) = self.sums.get_mut(index) else { return };
        sums.rows = sums.rows.saturating_add(1);
        if weight.is_nan() {
            return;
        }
        sums.all += weight;
        if !score.is_nan() {
            sums.scored += weight;
            sums.weighted += weight * score;
        }
    }

    fn finish(self) -> RollUp {
        let of = |part: fn(&Sums) -> f64| self.sums.iter().map(part).collect();
        RollUp {
            score: of(|sums| if sums.scored > 0.0 { sums.weighted / sums.scored } else { f64::NAN }),
            coverage: of(|sums| if sums.all > 0.0 { sums.scored / sums.all } else { 0.0 }),
            rows: self.sums.iter().map(|sums| sums.rows).collect(),
            keys: self.keys,
        }
    }
}

/// A key as text; `None` where it is missing.
fn text(value: &Scalar) -> Option<String> {
    match value {
        Scalar::Missing => None,
        Scalar::Text(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
