//! Everyone scored, over columns.

use fearless_simd::Level;

use crate::column::{
    Batch, Column, Options, Piece, RowFaults, Scalar, distinct, find_column, pieces, run, take,
};
use crate::error::{Error, Problem, Result, data, nearest};

use super::evaluate::{Gaps, Mixture, Row};
use super::input::{Input, Lane, number_at};
use super::lanes::{LeafLanes, LineLane, ROWS, add_scores, add_two};
use super::leaf::{Leaf, ValueFault};
use super::model::{Child, Indicator, Missing, Model};
use super::plan::{Plan, Source, Term, Unit};
use super::score::{Framework, ScoreStatus, status};

/// Each weighting goes over the whole block; where a block has more than these, row by row is faster.
const MOST_WEIGHTINGS: usize = 8;

/// Scores by row.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Scores {
    /// The score of each row on the framework's scale; NaN where there is none.
    pub score: Vec<f64>,
    /// The share of the weights whose values were observed; empty where that is 1 in every row.
    pub coverage: Vec<f64>,
    /// [`ScoreStatus::code`] of each row; empty where every row is [`ScoreStatus::Ok`].
    pub status: Vec<u8>,
    /// The scores of the nodes and indicators that were asked for, in that order; NaN where there is none.
    pub nodes: Vec<Vec<f64>>,
    /// What was wrong with the invalid rows, with [`OnError::Null`](crate::OnError::Null); otherwise empty.
    pub problems: Vec<Problem>,
}

impl Scores {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.score.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.score.is_empty()
    }

    /// The rank of each row: 1 is the highest score, equal scores share the smallest of their ranks, and rows without a score
    /// have 0.
    ///
    /// ```
    /// # let framework = cpcfit::Framework::from_text("{cpcfit: 1, kind: framework, id: a, version: 1, root: r, indicators: {x: {direction: higher, normalise: {goalposts: {worst: 0, best: 10}}}}, nodes: {r: {children: [x]}}}")?;
    /// use cpcfit::{Batch, Column, Options};
    /// let mut batch = Batch::new(4);
    /// batch.push("x", Column::from(&[3.0, 9.0, 3.0, 1.0][..]))?;
    /// let scores = framework.score_columns(&[batch], &[], &Options::default())?;
    /// assert_eq!(scores.ranks(), [2, 1, 2, 4]);
    /// # Ok::<(), cpcfit::Error>(())
    /// ```
    pub fn ranks(&self) -> Vec<u32> {
        let mut rows: Vec<(f64, usize)> =
            self.score.iter().copied().zip(0..).filter(|(score, _)| !score.is_nan()).collect();
        rows.sort_unstable_by(|(a, i), (b, j)| b.total_cmp(a).then(i.cmp(j)));
        let mut ranks = vec![0; self.score.len()];
        let (mut rank, mut last) = (0_u32, f64::NAN);
        for (place, (score, row)) in (1_u32..).zip(rows) {
            if score != last {
                (rank, last) = (place, score);
            }
            ranks.get_mut(row).into_iter().for_each(|slot| *slot = rank);
        }
        ranks
    }
}

impl Framework {
    /// The score of every row. Each batch is a chunk of the same data; `nodes` are ids of nodes and indicators whose scores
    /// are wanted as well.
    ///
    /// The columns are those of [`Framework::inputs`], by these names or as `options.columns` maps them. Rows give the
    /// same results as [`Framework::score`], whatever the options.
    ///
    /// # Errors
    /// `scoring.not_fitted`; missing columns and wrong types; with [`OnError::Raise`](crate::OnError::Raise) also every row that
    /// cannot be scored.
    pub fn score_columns(&self, batches: &[Batch<'_>], nodes: &[&str], options: &Options) -> Result<Scores> {
        self.require_fitted()?;
        self.score_unfitted(batches, nodes, options)
    }

    /// The same of a framework whose weights and ideals may be stand-ins.
    pub(super) fn score_unfitted(
        &self,
        batches: &[Batch<'_>],
        nodes: &[&str],
        options: &Options,
    ) -> Result<Scores> {
        let model = &*self.0;
        let asked = self.asked(nodes)?;
        let bound = self.bind_batches(batches, options)?;
        let plans: Vec<Plan> =
            (0..model.weightings.len()).map(|weighting| Plan::new(model, weighting, &asked)).collect();
        let rows = batches.iter().map(Batch::len).sum();
        let mut scores =
            Scores { score: vec![0.0; rows], nodes: vec![vec![0.0; rows]; asked.len()], ..Scores::default() };
        let parts = split(&mut scores, pieces(batches));
        let level = options.simd.level();
        let results = run(options, parts, |(piece, mut out)| {
            let mut worker =
                Worker::new(model, &plans, &asked, bound.get(piece.batch), level, piece, options);
            for start in (0..piece.rows).step_by(ROWS) {
                worker.block(start, ROWS.min(piece.rows.saturating_sub(start)), &mut out);
            }
            (worker.faults, worker.rare)
        });
        let (faults, rare): (Vec<RowFaults>, Vec<Vec<RareRow>>) = results.into_iter().unzip();
        scores.take_rare(rare);
        scores.problems = RowFaults::finish(faults, options)?;
        Ok(scores)
    }

    fn asked(&self, nodes: &[&str]) -> Result<Vec<Child>> {
        let mut problems = Vec::new();
        let asked = nodes.iter().filter_map(|id| {
            let found = self.0.find(id);
            if found.is_none() {
                let known = self
                    .indicators()
                    .iter()
                    .map(Indicator::id)
                    .chain(self.nodes().iter().map(super::model::FrameworkNode::id));
                let problem =
                    Problem::new(data::MISSING_COLUMN, *id, "the framework has no such node or indicator");
                problems.push(problem.suggest(nearest(id, known)));
            }
            found
        });
        let asked = asked.collect();
        if problems.is_empty() { Ok(asked) } else { Err(Error::data(problems)) }
    }

    fn bind_batches<'c>(&'c self, batches: &[Batch<'c>], options: &'c Options) -> Result<Vec<Bound<'c>>> {
        let mut problems = options.check_names(self.inputs());
        let bound = batches.iter().map(|batch| Bound::new(&self.0, batch, options, &mut problems)).collect();
        if problems.is_empty() { Ok(bound) } else { Err(Error::data(distinct(problems))) }
    }
}

/// The columns of a batch that a framework reads.
pub(super) struct Bound<'c> {
    pub(super) inputs: Vec<Input<'c>>,
    groups: Vec<Texts<'c>>,
    segments: Option<Texts<'c>>,
}

impl<'c> Bound<'c> {
    pub(super) fn new(
        model: &'c Model,
        batch: &Batch<'c>,
        options: &'c Options,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut optional = vec![true; model.inputs.len()];
        for indicator in model.indicators.iter().filter(|indicator| indicator.missing == Missing::Error) {
            let other = indicator.compare.map(|(_, other)| other);
            for index in std::iter::once(indicator.input).chain(other) {
                optional.get_mut(index).into_iter().for_each(|optional| *optional = false);
            }
        }
        let inputs = model.inputs.iter().zip(optional);
        let inputs =
            inputs.map(|(id, optional)| Input::bind(id, optional, batch, options, problems)).collect();
        let groups = model.groups.iter().map(|id| Texts::bind(id, batch, options, problems)).collect();
        let segments =
            model.segments.as_ref().map(|segments| Texts::bind(&segments.field, batch, options, problems));
        Self { inputs, groups, segments }
    }
}

impl Bound<'_> {
    /// The group of a row in a field, by its position among the model's groups.
    pub(super) fn group(&self, field: usize, row: usize) -> Option<&str> {
        self.groups.get(field).and_then(|texts| texts.get(row))
    }
}

/// A column of texts: groups or segments.
struct Texts<'c>(Option<Column<'c>>);

impl<'c> Texts<'c> {
    fn bind(id: &'c str, batch: &Batch<'c>, options: &'c Options, problems: &mut Vec<Problem>) -> Self {
        let name = options.column_of(id);
        let column = find_column(batch, name, false, problems);
        if let Some(column) = &column
            && !matches!(column, Column::Text(_) | Column::Null(_))
        {
            let problem = Problem::new(data::WRONG_TYPE, name, "the column has the wrong type");
            problems.push(problem.with_found(column.type_name()).with_expected("texts"));
        }
        Self(column)
    }

    fn get(&self, row: usize) -> Option<&str> {
        match &self.0 {
            Some(Column::Text(texts)) => texts.get(row).and_then(|bytes| std::str::from_utf8(bytes).ok()),
            _ => None,
        }
    }
}

/// A row that is not simply scored from what was observed.
struct RareRow {
    row: usize,
    coverage: f64,
    status: ScoreStatus,
}

impl Scores {
    fn take_rare(&mut self, rare: Vec<Vec<RareRow>>) {
        if rare.iter().all(Vec::is_empty) {
            return;
        }
        self.coverage = vec![1.0; self.score.len()];
        self.status = vec![ScoreStatus::Ok.code(); self.score.len()];
        for RareRow { row, coverage, status } in rare.into_iter().flatten() {
            self.coverage.get_mut(row).into_iter().for_each(|slot| *slot = coverage);
            self.status.get_mut(row).into_iter().for_each(|slot| *slot = status.code());
        }
    }
}

/// A piece's part of the output.
struct Output<'t> {
    score: &'t mut [f64],
    nodes: Vec<&'t mut [f64]>,
}

fn split(scores: &mut Scores, pieces: Vec<Piece>) -> Vec<(Piece, Output<'_>)> {
    let mut score = scores.score.as_mut_slice();
    let mut nodes: Vec<&mut [f64]> = scores.nodes.iter_mut().map(Vec::as_mut_slice).collect();
    let part = |piece: Piece| {
        let nodes = nodes.iter_mut().map(|node| take(node, piece.rows)).collect();
        (piece, Output { score: take(&mut score, piece.rows), nodes })
    };
    pieces.into_iter().map(part).collect()
}

/// What one thread needs for one piece.
struct Worker<'w> {
    model: &'w Model,
    plans: &'w [Plan],
    asked: &'w [Child],
    bound: Option<&'w Bound<'w>>,
    level: Option<Level>,
    piece: Piece,
    leaves: Vec<Option<LeafLanes<'w>>>,
    /// By input.
    values: Vec<Lane<'w>>,
    compared: Vec<f64>,
    /// By indicator, where they are kept.
    kept: Vec<Vec<f64>>,
    /// By unit.
    units: Vec<Vec<f64>>,
    special: Vec<bool>,
    weightings: Vec<usize>,
    row: RowScratch,
    faults: RowFaults,
    rare: Vec<RareRow>,
}

#[derive(Default)]
struct RowScratch {
    leaves: Vec<Leaf>,
    gaps: Gaps,
}

impl<'w> Worker<'w> {
    fn new(
        model: &'w Model,
        plans: &'w [Plan],
        asked: &'w [Child],
        bound: Option<&'w Bound<'w>>,
        level: Option<Level>,
        piece: Piece,
        options: &Options,
    ) -> Self {
        let units = plans.iter().map(|plan| plan.units.len()).max().unwrap_or(0);
        Self {
            model,
            plans,
            asked,
            bound,
            level,
            piece,
            leaves: model.indicators.iter().map(LeafLanes::new).collect(),
            values: std::iter::repeat_with(Lane::default).take(model.inputs.len()).collect(),
            compared: Vec::new(),
            kept: vec![Vec::new(); model.indicators.len()],
            units: vec![Vec::new(); units],
            special: Vec::new(),
            weightings: Vec::new(),
            row: RowScratch::default(),
            faults: RowFaults::new(options.first_row.saturating_add(piece.offset)),
            rare: Vec::new(),
        }
    }

    /// Scores `rows` rows from `start` of the piece on.
    fn block(&mut self, start: usize, rows: usize, out: &mut Output<'_>) {
        let Some(bound) = self.bound else { return };
        let first = self.piece.start.saturating_add(start);
        for (input, lane) in bound.inputs.iter().zip(&mut self.values) {
            input.load(first, rows, lane);
        }
        self.find_weightings(bound, first, rows);
        let mut used: Vec<usize> = self.weightings.clone();
        used.sort_unstable();
        used.dedup();
        let used = if used.is_empty() { vec![0] } else { used };
        let by_lanes = self.level.is_some() && used.len() <= MOST_WEIGHTINGS;
        self.special.clear();
        self.special.resize(rows, !by_lanes);
        let mut any_special = !by_lanes;
        if by_lanes {
            for weighting in &used {
                any_special |= self.lanes(*weighting, rows);
                self.write(*weighting, used.len() == 1, start, rows, out);
            }
        }
        if any_special {
            for row in 0..rows {
                if self.special.get(row).copied().unwrap_or(false) {
                    self.by_reference(bound, first, start, row, out);
                }
            }
        }
    }

    /// The weighting of each row; none where there are no segments.
    fn find_weightings(&mut self, bound: &Bound<'_>, first: usize, rows: usize) {
        self.weightings.clear();
        if let (Some(texts), Some(segments)) = (&bound.segments, &self.model.segments) {
            let rows = first..first.saturating_add(rows);
            self.weightings.extend(rows.map(|row| segments.weighting(texts.get(row))));
        }
    }

    /// Computes the units of a weighting; returns whether there are rows for the reference evaluator.
    fn lanes(&mut self, weighting: usize, rows: usize) -> bool {
        let Some(plan) = self.plans.get(weighting) else { return true };
        let mut any = false;
        for index in 0..self.leaves.len() {
            if plan.kept.get(index).copied().unwrap_or(false) {
                any |= self.keep(index, rows);
            }
        }
        for (index, unit) in plan.units.iter().enumerate() {
            let mut lane = self.units.get_mut(index).map(std::mem::take).unwrap_or_default();
            lane.clear();
            lane.resize(rows, 0.0);
            match unit {
                Unit::Sum(terms) => {
                    any |= self.add_all(terms, plan, &mut lane);
                }
                Unit::Other { aggregate, sources, weights } => {
                    let places: Vec<usize> = (0..sources.len()).collect();
                    let mut scores = vec![0.0; sources.len()];
                    for (row, out) in lane.iter_mut().enumerate() {
                        for (score, source) in scores.iter_mut().zip(sources) {
                            *score = self.lane(*source).get(row).copied().unwrap_or(0.0);
                        }
                        *out = aggregate.of(weights, &scores, &places, self.model.scale);
                    }
                }
            }
            self.units.get_mut(index).into_iter().for_each(|slot| *slot = std::mem::take(&mut lane));
        }
        any
    }

    fn lane(&self, source: Source) -> &[f64] {
        match source {
            Source::Indicator(index) => self.kept.get(index).map_or(&[], Vec::as_slice),
            Source::Unit(index) => self.units.get(index).map_or(&[], Vec::as_slice),
        }
    }

    /// The values that an indicator scores, before they are drawn.
    fn values_of<'v>(indicator: &Indicator, values: &'v [Lane<'w>], compared: &'v mut Vec<f64>) -> &'v [f64] {
        let of = |index: usize| values.get(index).map_or(&[][..], Lane::rows);
        let own = of(indicator.input);
        let Some((compare, other)) = indicator.compare else { return own };
        compared.clear();
        // Over infinity a value would be lost in a zero; NaN leaves the row to the reference evaluator.
        let of_row = |(value, other): (&f64, &f64)| {
            let finite = value.is_finite() & other.is_finite();
            if finite { compare.of(*value, *other) } else { f64::NAN }
        };
        compared.extend(own.iter().zip(of(other)).map(of_row));
        compared
    }

    /// Scores an indicator into its own lane; returns whether there are rows for the reference evaluator.
    fn keep(&mut self, index: usize, rows: usize) -> bool {
        let (Some(indicator), Some(Some(leaf)), Some(kept)) =
            (self.model.indicators.get(index), self.leaves.get(index), self.kept.get_mut(index))
        else {
            return true;
        };
        kept.clear();
        kept.resize(rows, 0.0);
        let values = Self::values_of(indicator, &self.values, &mut self.compared);
        let any = leaf.fill(self.level, values, kept) > 0;
        if any {
            leaf.mark(values, &mut self.special);
        }
        any
    }

    /// Adds terms in their order, two at a time where they are lines; returns whether there are rows for the reference
    /// evaluator.
    fn add_all(&mut self, terms: &[Term], plan: &Plan, sums: &mut [f64]) -> bool {
        let (mut any, mut rest) = (false, terms);
        while let Some((term, others)) = rest.split_first() {
            let line = |term: &Term| Self::line(self.model, &self.leaves, &self.values, *term, plan);
            let pair =
                others.split_first().and_then(|(second, after)| Some(([line(term)?, line(second)?], after)));
            if let Some((pair, after)) = pair {
                rest = after;
                if add_two(self.level, pair, sums) > 0 {
                    any = true;
                    let [first, second] = pair;
                    first.mark(&mut self.special);
                    second.mark(&mut self.special);
                }
            } else {
                rest = others;
                any |= self.add(*term, plan, sums);
            }
        }
        any
    }

    /// A term as a line over a column's own values, if that is all it is.
    fn line<'v>(
        model: &Model,
        leaves: &[Option<LeafLanes<'_>>],
        values: &'v [Lane<'_>],
        term: Term,
        plan: &Plan,
    ) -> Option<LineLane<'v>> {
        let Source::Indicator(index) = term.source else { return None };
        let indicator = model.indicators.get(index)?;
        if indicator.compare.is_some() || plan.kept.get(index).copied().unwrap_or(false) {
            return None;
        }
        leaves.get(index)?.as_ref()?.line(values.get(indicator.input)?.rows(), term.weight)
    }

    /// Adds a term; returns whether there are rows for the reference evaluator.
    fn add(&mut self, term: Term, plan: &Plan, sums: &mut [f64]) -> bool {
        let Source::Indicator(index) = term.source else {
            add_scores(self.level, self.lane(term.source), term.weight, sums);
            return false;
        };
        if plan.kept.get(index).copied().unwrap_or(false) {
            add_scores(self.level, self.lane(term.source), term.weight, sums);
            return false;
        }
        let (Some(indicator), Some(Some(leaf))) = (self.model.indicators.get(index), self.leaves.get(index))
        else {
            return true;
        };
        let values = Self::values_of(indicator, &self.values, &mut self.compared);
        let any = leaf.add(self.level, values, term.weight, sums) > 0;
        if any {
            leaf.mark(values, &mut self.special);
        }
        any
    }

    /// Writes the results of a weighting where it is the rows' own.
    fn write(&self, weighting: usize, only: bool, start: usize, rows: usize, out: &mut Output<'_>) {
        let Some(plan) = self.plans.get(weighting) else { return };
        let outputs = std::iter::once(&mut *out.score).chain(out.nodes.iter_mut().map(|node| &mut **node));
        for (source, out) in plan.results.iter().zip(outputs) {
            let Some(out) = out.get_mut(start..start.saturating_add(rows)) else { continue };
            for (row, (out, score)) in out.iter_mut().zip(self.lane(*source)).enumerate() {
                if only || self.weightings.get(row) == Some(&weighting) {
                    // Adding zero turns -0.0 into 0.0.
                    *out = score + 0.0;
                }
            }
        }
    }

    /// One row by the reference evaluator.
    fn by_reference(
        &mut self,
        bound: &Bound<'_>,
        first: usize,
        start: usize,
        row: usize,
        out: &mut Output<'_>,
    ) {
        let model = self.model;
        let at = first.saturating_add(row);
        let values = &self.values;
        let input = |index: usize| values.get(index).map_or(Ok(None), |lane| number_at(lane, row));
        let group = |field: usize| bound.group(field, at);
        let RowScratch { leaves, gaps } = &mut self.row;
        leaves.clear();
        let mut valid = true;
        for indicator in &model.indicators {
            let leaf = indicator.value(input).and_then(|value| indicator.score(value, group));
            leaves.push(leaf.unwrap_or_else(|fault| {
                valid = false;
                let index = indicator.at_fault(fault, input);
                let column = bound.inputs.get(index);
                let (name, found) =
                    column.map_or(("", Scalar::Missing), |input| (input.name, input.scalar(at)));
                note(&mut self.faults, indicator, fault, name, &found, at);
                Leaf::NONE
            }));
        }
        let weighting = self.weightings.get(row).copied().unwrap_or(0);
        let mut mixture = Mixture::of(leaves);
        if !mixture.is_full() {
            gaps.find(model, weighting, leaves);
            mixture = mixture.with(gaps);
        }
        let scored = Row { model, weighting, leaves, gaps: (!mixture.is_full()).then_some(&*gaps) };
        let value = if valid { scored.score(model.root) } else { None };
        let status = if valid { status(value, mixture) } else { ScoreStatus::Invalid };
        if status != ScoreStatus::Ok {
            let coverage = if valid { scored.coverage(model.root) } else { f64::NAN };
            let row = self.piece.offset.saturating_add(at);
            self.rare.push(RareRow { row, coverage, status });
        }
        let asked = self.asked.iter().map(|child| if valid { scored.child_score(*child) } else { None });
        let place = start.saturating_add(row);
        let outputs = std::iter::once(&mut *out.score).chain(out.nodes.iter_mut().map(|node| &mut **node));
        for (value, out) in std::iter::once(value).chain(asked).zip(outputs) {
            out.get_mut(place).into_iter().for_each(|out| *out = value.map_or(f64::NAN, |value| value + 0.0));
        }
    }
}

/// Counts a fault of a row.
fn note(
    faults: &mut RowFaults,
    indicator: &Indicator,
    fault: ValueFault,
    name: &str,
    found: &Scalar,
    row: usize,
) {
    faults.note(name, fault.code(), row, || fault.problem(name, indicator, found));
}
