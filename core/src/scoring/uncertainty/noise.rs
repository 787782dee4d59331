//! Values that are not known exactly.

use super::random::{Purpose, Stream};
use super::{AnalysisError, Objects};

/// Normal errors of the indicators, independent of each other, drawn for every draw, object and indicator by itself.
#[derive(Clone)]
pub enum Noise<'a> {
    /// Errors of the normalised values.
    Normalised {
        /// Standard deviation by indicator, on the scale of the scores; 0 for a value known exactly.
        deviations: Vec<f64>,
        /// The ends of the scale, where results are clipped to it.
        clip: Option<(f64, f64)>,
    },
    /// Errors of the values before normalising.
    Raw {
        /// The values by indicator, as long as the normalised ones.
        values: Vec<&'a [f64]>,
        /// Standard deviation by indicator, in its unit; 0 for a value known exactly.
        deviations: Vec<f64>,
        /// Normalises a value of an indicator. Where the result is not finite (a value outside the domain), the value as it
        /// was observed stands.
        renormalise: &'a (dyn Fn(usize, f64) -> f64 + Sync),
    },
}

impl std::fmt::Debug for Noise<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Normalised { deviations, clip } => {
                f.debug_struct("Normalised").field("deviations", deviations).field("clip", clip).finish()
            }
            Self::Raw { deviations, .. } => {
                f.debug_struct("Raw").field("deviations", deviations).finish_non_exhaustive()
            }
        }
    }
}

impl Noise<'_> {
    fn deviations(&self) -> &[f64] {
        match self {
            Self::Normalised { deviations, .. } | Self::Raw { deviations, .. } => deviations,
        }
    }

    pub(super) fn check(&self, objects: &Objects<'_>) -> Result<(), AnalysisError> {
        let indicators = objects.columns().len();
        AnalysisError::check_length("the deviations", self.deviations().len(), indicators)?;
        for deviation in self.deviations() {
            let holds = deviation.is_finite() && *deviation >= 0.0;
            AnalysisError::check(holds, "deviation", *deviation, "a number from 0")?;
        }
        match self {
            Self::Normalised { clip: Some((low, high)), .. } => {
                let holds = low.is_finite() && high.is_finite() && low < high;
                AnalysisError::check(holds, "end of the scale", *high, "a number above its low end")
            }
            Self::Normalised { clip: None, .. } => Ok(()),
            Self::Raw { values, .. } => {
                AnalysisError::check_length("the raw values", values.len(), indicators)?;
                let mut values = values.iter();
                values.try_for_each(|column| {
                    AnalysisError::check_length("a raw column", column.len(), objects.len())
                })
            }
        }
    }

    /// A value of an object with its error. The item of the key is `object * indicators + indicator`.
    #[inline(always)]
    pub(super) fn apply(&self, seed: u64, draw: usize, object: usize, indicator: usize, value: f64) -> f64 {
        let deviation = self.deviations().get(indicator).copied().unwrap_or(0.0);
        if deviation == 0.0 {
            return value;
        }
        let item = (object * self.deviations().len() + indicator) as u64;
        let error = deviation * Stream::new(seed, Purpose::Noise, draw as u64, item).normal();
        match self {
            Self::Normalised { clip: None, .. } => value + error,
            Self::Normalised { clip: Some((low, high)), .. } => (value + error).clamp(*low, *high),
            Self::Raw { values, renormalise, .. } => {
                let raw = values.get(indicator).and_then(|column| column.get(object));
                let changed = raw.map_or(value, |raw| renormalise(indicator, raw + error));
                if changed.is_finite() { changed } else { value }
            }
        }
    }
}
