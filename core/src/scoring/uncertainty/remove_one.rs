//! What each indicator does to the ranking: the same without it.

use fearless_simd::Level;

use super::correlation::Ranked;
use super::experiment::scores;
use super::order::Ranker;
use super::{AnalysisError, Objects, WeightTree};
use crate::column::{Options, run};

/// The ranking without one indicator, against the base ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// Position of the indicator left out.
    pub indicator: usize,
    /// The weights without it, see [`WeightTree::without`].
    pub weights: Vec<f64>,
    /// Spearman's correlation of the scores with the base scores; `None` where either are constant.
    pub spearman: Option<f64>,
    /// Kendall's tau-b of the scores with the base scores; `None` where either are constant.
    pub kendall: Option<f64>,
    /// How many objects have another rank.
    pub changed: usize,
    /// The object whose rank changes most (the first of those) and by how much, above 0 where it falls; `None` where none
    /// changes.
    pub largest_shift: Option<(usize, i64)>,
    /// The objects of rank 1, more than one where they tie.
    pub first: Vec<usize>,
    /// Whether these are other objects than in the base ranking.
    pub new_first: bool,
}

/// Leaves out each indicator in turn and divides the remaining weights of its siblings by their sum ("leave one out", OECD
/// Handbook 2008, step 7). `None` stands for an indicator without which no weight is left.
///
/// # Errors
/// A tree of another number of indicators.
pub fn without_each(
    objects: &Objects<'_>,
    tree: &WeightTree,
    options: &Options,
) -> Result<Vec<Option<Removal>>, AnalysisError> {
    AnalysisError::check_length("the weights", tree.indicators(), objects.columns().len())?;
    let level = options.simd.level();
    let base = Ranking::new(objects, &tree.effective(), level);
    let indicators = (0..tree.indicators()).collect();
    Ok(run(options, indicators, |indicator| {
        let weights = tree.without(indicator)?;
        let ranking = Ranking::new(objects, &weights, level);
        Some(base.compare(indicator, weights, &ranking))
    }))
}

struct Ranking {
    order: Ranked,
    ranks: Vec<u32>,
}

impl Ranking {
    fn new(objects: &Objects<'_>, weights: &[f64], level: Option<Level>) -> Self {
        let scores = scores(objects, weights, level);
        let mut ranks = vec![0; scores.len()];
        Ranker::default().rank(level, &scores, &mut ranks);
        Self { order: Ranked::of_ranks(&ranks), ranks }
    }

    fn first(&self) -> Vec<usize> {
        let first = self.ranks.iter().enumerate().filter(|(_, rank)| **rank == 1);
        first.map(|(object, _)| object).collect()
    }

    fn compare(&self, indicator: usize, weights: Vec<f64>, other: &Self) -> Removal {
        let shifts =
            self.ranks.iter().zip(&other.ranks).map(|(base, rank)| i64::from(*rank) - i64::from(*base));
        let shifted: Vec<(usize, i64)> = shifts.enumerate().filter(|(_, shift)| *shift != 0).collect();
        let largest_shift = shifted
            .iter()
            .copied()
            .reduce(|largest, next| if next.1.abs() > largest.1.abs() { next } else { largest });
        let first = other.first();
        Removal {
            indicator,
            weights,
            spearman: self.order.spearman(&other.order),
            kendall: self.order.kendall(&other.order),
            changed: shifted.len(),
            largest_shift,
            new_first: first != self.first(),
            first,
        }
    }
}
