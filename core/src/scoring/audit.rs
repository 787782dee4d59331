//! A look at the data before they are scored.

use crate::column::{Batch, Options};
use crate::error::Result;

use super::fit::{Data, Sorted};
use super::leaf::ValueFault;
use super::level::Statistic;
use super::score::Framework;

/// What the data hold of one indicator. Counts are of rows; values are in the indicator's unit, after a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct IndicatorAudit {
    /// Position in [`Framework::indicators`].
    pub indicator: usize,
    /// Rows in all.
    pub rows: usize,
    /// Rows without a value.
    pub missing: usize,
    /// Rows whose value is infinite.
    pub infinite: usize,
    /// Rows whose value is not possible, or not in the domain of the method.
    pub impossible: usize,
    /// Rows whose value lies more than 1.5 interquartile ranges outside the quartiles (Tukey 1977).
    pub outliers: usize,
    /// Whether all values are the same.
    pub constant: bool,
    /// Lowest, first quartile, median, third quartile and highest of the usable values, if there are any.
    pub quartiles: Option<[f64; 5]>,
    /// Mean of the usable values, unless it overflows.
    pub mean: Option<f64>,
    /// Sample standard deviation of the usable values, unless it overflows.
    pub deviation: Option<f64>,
}

impl Framework {
    /// What is missing, impossible, constant or far out in each indicator's data. Nothing here is an error: the data are only looked at.
    ///
    /// # Errors
    /// Missing columns and wrong types.
    pub fn audit(&self, batches: &[Batch<'_>], options: &Options) -> Result<Vec<IndicatorAudit>> {
        let data = Data::new(&self.0, batches, options)?;
        let audits = self.0.indicators.iter().enumerate().map(|(index, indicator)| {
            let mut audit =
                IndicatorAudit { indicator: index, rows: data.rows(), ..IndicatorAudit::default() };
            let mut values = Vec::new();
            data.each_row(indicator, |input, _, _| match indicator.usable(input) {
                Ok(Some(value)) => values.push(value),
                Ok(None) | Err(ValueFault::Missing) => audit.missing = audit.missing.saturating_add(1),
                Err(ValueFault::NotFinite | ValueFault::WrongType) => {
                    audit.infinite = audit.infinite.saturating_add(1);
                }
                Err(ValueFault::Impossible | ValueFault::OutOfDomain) => {
                    audit.impossible = audit.impossible.saturating_add(1);
                }
            });
            if !values.is_empty() {
                audit.describe(&values);
            }
            audit
        });
        Ok(audits.collect())
    }
}

impl IndicatorAudit {
    fn describe(&mut self, values: &[f64]) {
        let sorted = Sorted::of(values);
        let quartiles = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| sorted.statistic(Statistic::Quantile(share)));
        let [_, first, _, third, _] = quartiles;
        let fence = 1.5 * (third - first);
        self.outliers =
            values.iter().filter(|value| **value < first - fence || **value > third + fence).count();
        self.constant = sorted.is_constant();
        self.quartiles = Some(quartiles);
        let finite = |statistic| Some(sorted.statistic(statistic)).filter(|value: &f64| value.is_finite());
        self.mean = finite(Statistic::Mean);
        self.deviation = finite(Statistic::Deviation);
    }

    /// The share of rows without a usable value.
    #[expect(clippy::cast_precision_loss, reason = "rows are below 2^53")]
    pub fn unusable_share(&self) -> f64 {
        let unusable = self.missing.saturating_add(self.infinite).saturating_add(self.impossible);
        if self.rows == 0 { 0.0 } else { unusable as f64 / self.rows as f64 }
    }
}
