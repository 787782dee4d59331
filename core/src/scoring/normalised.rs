//! A framework's objects as `uncertainty` takes them: normalised values and the tree of weights.

use crate::column::{Batch, Options};
use crate::error::{Error, Problem, Result, scoring as code};

use super::aggregate::Aggregate;
use super::model::{Child, Indicator};
use super::score::Framework;
use super::uncertainty::{self, AnalysisError, Objects, WeightNode, WeightTree};

/// The scores of every indicator, for the rows in which all have one.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Normalised {
    /// The rows, by their number among all.
    pub rows: Vec<usize>,
    /// For each column, the position of its indicator in [`Framework::indicators`]: depth first, as a score is summed.
    pub indicators: Vec<usize>,
    /// The scores on the scale, column after column.
    pub columns: Vec<Vec<f64>>,
}

impl Normalised {
    /// The objects of an experiment.
    ///
    /// # Errors
    /// Where there are no rows.
    pub fn objects(&self) -> Result<Objects<'_>> {
        Ok(Objects::new(self.columns.iter().map(Vec::as_slice).collect())?)
    }
}

impl Framework {
    /// The scores of every indicator, for experiments with weights ([`uncertainty`]). Rows in which an indicator has no score are
    /// left out.
    ///
    /// # Errors
    /// As [`Framework::score_columns`].
    ///
    /// ```
    /// # let framework = cpcfit::Framework::from_text("{cpcfit: 1, kind: framework, id: a, version: 1, root: r, indicators: {x: {direction: higher, normalise: {goalposts: {worst: 0, best: 10}}}, y: {direction: lower, normalise: {goalposts: {worst: 10, best: 0}}}}, nodes: {r: {children: [x, y]}}}")?;
    /// use cpcfit::scoring::uncertainty::{Experiment, RankSettings, Settings};
    /// use cpcfit::{Batch, Column, Options};
    /// let mut batch = Batch::new(3);
    /// batch.push("x", Column::from(&[8.0, 6.0, 2.0][..]))?;
    /// batch.push("y", Column::from(&[5.0, 4.0, 1.0][..]))?;
    /// let options = Options::default();
    /// let normalised = framework.normalise_columns(&[batch], &options)?;
    /// let tree = framework.weight_tree()?;
    /// let experiment = Experiment::new(normalised.objects()?, &tree, Settings::default(), &options)?;
    /// let ranks = experiment.ranks(&RankSettings::default(), &options)?;
    /// assert_eq!(ranks.base, [1, 2, 3]);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn normalise_columns(&self, batches: &[Batch<'_>], options: &Options) -> Result<Normalised> {
        let indicators = self.in_order();
        let ids: Vec<&str> =
            indicators.iter().filter_map(|index| self.indicators().get(*index)).map(Indicator::id).collect();
        let scores = self.score_columns(batches, &ids, options)?;
        let mut columns = scores.nodes;
        let complete =
            |row: &usize| columns.iter().all(|column| column.get(*row).is_some_and(|score| !score.is_nan()));
        let all = scores.score.len();
        let rows: Vec<usize> = (0..all).filter(complete).collect();
        if rows.len() < all {
            for column in &mut columns {
                *column = rows.iter().filter_map(|row| column.get(*row).copied()).collect();
            }
        }
        Ok(Normalised { rows, indicators, columns })
    }

    /// The weights as experiments vary them, over the indicators in the order of [`Normalised::indicators`].
    ///
    /// # Errors
    /// `scoring.not_a_sum` where a node does not sum: then weights alone do not make the score.
    pub fn weight_tree(&self) -> Result<WeightTree> {
        self.require_fitted()?;
        let model = &*self.0;
        let other = model.nodes.iter().filter(|node| node.aggregate != Aggregate::Arithmetic);
        let problems: Vec<Problem> = other
            .map(|node| {
                let path = format!("/nodes/{}/aggregate", node.id);
                let problem =
                    Problem::new(code::NOT_A_SUM, path, "weights alone do not make the score of this node");
                problem.with_found(format!("`{}`", node.aggregate.word())).with_expected("`arithmetic`")
            })
            .collect();
        if !problems.is_empty() {
            return Err(Error::document(problems));
        }
        let in_order = self.in_order();
        let column = |indicator: usize| in_order.iter().position(|known| *known == indicator).unwrap_or(0);
        let place = |node: usize| model.top_down.iter().position(|known| *known == node).unwrap_or(0);
        let nodes = model.top_down.iter().filter_map(|index| {
            let node = model.nodes.get(*index)?;
            let child = |child: &Child| match child {
                Child::Indicator(index) => uncertainty::Child::Indicator(column(*index)),
                Child::Node(index) => uncertainty::Child::Node(place(*index)),
            };
            let children = node.children.iter().map(child).zip(model.weights(0, *index).iter().copied());
            Some(WeightNode { children: children.collect() })
        });
        Ok(WeightTree::new(nodes.collect(), model.indicators.len())?)
    }

    /// The indicators depth first.
    fn in_order(&self) -> Vec<usize> {
        let model = &*self.0;
        let mut order = Vec::with_capacity(model.indicators.len());
        let mut stack = vec![Child::Node(model.root)];
        while let Some(child) = stack.pop() {
            match child {
                Child::Indicator(index) => order.push(index),
                Child::Node(index) => {
                    let children = model.nodes.get(index).map_or(&[][..], |node| &node.children);
                    stack.extend(children.iter().rev());
                }
            }
        }
        order
    }
}

/// An argument that no analysis can work with.
impl From<AnalysisError> for Error {
    fn from(error: AnalysisError) -> Self {
        let path = match &error {
            AnalysisError::OutOfRange { argument, .. } => *argument,
            AnalysisError::Length { what, .. } => *what,
            _ => "",
        };
        Self::data(vec![Problem::new(code::BAD_SETTING, path, error.to_string())])
    }
}
