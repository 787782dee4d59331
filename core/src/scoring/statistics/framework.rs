//! The statistics of a framework's indicators, over the rows in which all of them have a score.

use super::correlation::{Correlations, RedundantPair, SilentIndicator};
use super::correlation::{pearson, redundant_pairs, silent_indicators, spearman};
use super::{PrincipalComponents, REDUNDANT, Reliability, SILENT};
use crate::column::{Batch, Options};
use crate::error::{Error, Problem, Result};
use crate::scoring::fault::Fault;
use crate::scoring::matrix::Matrix;
use crate::scoring::score::Framework;

/// How the indicators of a framework hang together. Positions are those of [`Framework::indicators`]; scores, not raw values, are
/// looked at, so that more is better in every column.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Statistics {
    /// Rows in which every indicator has a score.
    pub rows: usize,
    /// Pearson's correlations of the scores.
    pub pearson: Correlations,
    /// Spearman's correlations of the scores.
    pub spearman: Correlations,
    /// Cronbach's alpha.
    pub reliability: Reliability,
    /// Principal components of the correlations.
    pub components: PrincipalComponents,
    /// Pairs whose Pearson correlation is above 0.9, either way.
    pub redundant: Vec<RedundantPair>,
    /// Indicators that do not vary, or whose correlation with the framework's score is below 0.1, either way.
    pub silent: Vec<SilentIndicator>,
}

impl Framework {
    /// Correlations, reliability, principal components, and the indicators that repeat others or do not reach the score.
    ///
    /// # Errors
    /// As [`Framework::score_columns`]; fewer than two complete rows or two indicators.
    pub fn statistics(&self, batches: &[Batch<'_>], options: &Options) -> Result<Statistics> {
        let ids: Vec<&str> = self.indicators().iter().map(crate::scoring::Indicator::id).collect();
        let scores = self.score_columns(batches, &ids, options)?;
        let complete =
            |row: &usize| scores.nodes.iter().all(|node| node.get(*row).is_some_and(|score| !score.is_nan()));
        let rows: Vec<usize> = (0..scores.len()).filter(complete).collect();
        let pick =
            |column: &[f64]| rows.iter().filter_map(|row| column.get(*row).copied()).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = scores.nodes.iter().map(|node| pick(node)).collect();
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        Statistics::of(&columns, &pick(&scores.score), rows.len()).map_err(|faults| {
            let problem = |fault: Fault| fault.problem(&ids, |code, message| Problem::new(code, "", message));
            Error::data(faults.into_iter().map(problem).collect())
        })
    }
}

impl Statistics {
    fn of(columns: &[&[f64]], score: &[f64], rows: usize) -> std::result::Result<Self, Vec<Fault>> {
        let values = Matrix::from_columns(columns)?;
        let pearson = pearson(&values)?;
        Ok(Self {
            rows,
            spearman: spearman(&values)?,
            reliability: Reliability::of(&values)?,
            components: PrincipalComponents::of(&values)?,
            redundant: redundant_pairs(&pearson, REDUNDANT),
            silent: silent_indicators(&values, score, SILENT)?,
            pearson,
        })
    }
}
