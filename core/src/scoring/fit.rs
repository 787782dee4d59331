//! Fitting: what a framework leaves to the data becomes numbers in its document.

use std::collections::BTreeMap;

use crate::column::{Batch, Date, Options, RowFaults, Scalar, distinct};
use crate::document::{At, Document, Located, Node, Value, decode_document};
use crate::error::{Error, Problem, Result, scoring as code};

use super::aggregate::AggregateEntry;
use super::columns::Bound;
use super::direction::Direction;
use super::document::{Centre, Constant, FrameworkDocument, Impossible, IndicatorEntry, MissingEntry};
use super::fault::Fault;
use super::input::{Lane, number_at};
use super::leaf::ValueFault;
use super::level::{Level, Statistic};
use super::method::{FromData, MethodEntry, Norm};
use super::model::{Indicator, Model};
use super::scale::Scale;
use super::score::Framework;
use super::weigh::data_weights;
use super::weighting::WeightsEntry;
use super::weights::Mixing;

/// Rows that are read together.
const ROWS: usize = 4096;

/// How many points a percentile rank is frozen to at most.
const MOST_POINTS: usize = 1001;

impl Framework {
    /// This framework with everything that it leaves to the data taken from these rows and written into its document:
    /// levels of baselines, limits, what stands in for missing values, weights, ideals. What was numbers stays. `on` is the
    /// day of the data, which is written down with the number of rows.
    ///
    /// Values are used as scoring would use them: compared first, impossible and missing ones left out, then drawn to limits.
    /// Weights and ideals come from the scores of the rows in which every child has one. A framework that leaves nothing to
    /// the data comes back as it is: with the day on which it was fitted, if it was.
    ///
    /// # Errors
    /// Missing columns and wrong types; constant columns, unless `constant` says what to make of them; too few rows; with
    /// [`OnError::Raise`](crate::OnError::Raise) also impossible and infinite values.
    pub fn fit(&self, batches: &[Batch<'_>], on: Option<Date>, options: &Options) -> Result<Self> {
        let model = &*self.0;
        if self.is_fitted() {
            // Nothing comes from these rows, so nothing may say that it does.
            return Ok(self.clone());
        }
        // The declaration is read again: a model has no place for what is still words.
        let (read, mut root) = (self.read()?, model.document.root().clone());
        let data = Data::new(model, batches, options)?;
        let mut problems = Vec::new();
        let mut faults = RowFaults::new(options.first_row);
        for (indicator, entry) in model.indicators.iter().zip(&read.indicators.entries) {
            let fitter = Fitter { scale: model.scale, indicator, entry: &entry.value };
            if fitter.is_needed() {
                fitter.fit(&data, &mut root, &mut faults, &mut problems);
            }
        }
        RowFaults::finish([faults], options)?;
        let refuse = |problems: Vec<Problem>| Err(model.document.refuse(problems));
        if !problems.is_empty() {
            return refuse(problems);
        }
        let mut fitted = Self::from_document(&Document::from_node(root)?)?;
        for index in model.top_down.iter().rev() {
            if let Some(entry) = read.nodes.entries.get(*index) {
                fitted.fit_node(*index, &entry.value, batches, options, &mut problems)?;
            }
        }
        if !problems.is_empty() {
            return refuse(problems);
        }
        let mut root = fitted.0.document.root().clone();
        let day = on.map(|on| ("on", Node::text(&on.to_string())));
        let rows = Node::integer(i128::try_from(data.rows).unwrap_or(i128::MAX));
        set(&mut root, &["fitted"], Node::map(day.into_iter().chain([("rows", rows)])));
        Self::from_document(&Document::from_node(root)?)
    }

    fn read(&self) -> Result<FrameworkDocument> {
        decode_document(&self.0.document, |read: FrameworkDocument, _| Some(read))
    }

    /// Weights and ideals of a node from the scores of its children.
    fn fit_node(
        &mut self,
        index: usize,
        entry: &super::document::NodeEntry,
        batches: &[Batch<'_>],
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> Result<()> {
        let weights = entry.weights.as_ref().filter(|weights| needs_data(&weights.value));
        let ideal =
            entry.aggregate.as_ref().filter(|entry| matches!(entry.value, AggregateEntry::TopsisFromData));
        if weights.is_none() && ideal.is_none() {
            return Ok(());
        }
        let model = &*self.0;
        let Some(node) = model.nodes.get(index) else { return Ok(()) };
        let ids: Vec<String> = node.children.iter().map(|child| model.child_id(*child).to_owned()).collect();
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let scores = self.score_unfitted(batches, &names, options)?;
        let complete =
            |row: usize| scores.nodes.iter().all(|node| node.get(row).is_some_and(|score| !score.is_nan()));
        let rows: Vec<usize> = (0..scores.len()).filter(|row| complete(*row)).collect();
        let pick =
            |node: &Vec<f64>| rows.iter().filter_map(|row| node.get(*row).copied()).collect::<Vec<f64>>();
        let columns: Vec<Vec<f64>> = scores.nodes.iter().map(pick).collect();
        let mut root = model.document.root().clone();
        let id = node.id.clone();
        if let Some(Located { value, at }) = weights {
            match resolved(value, &columns) {
                Ok(value) => set(&mut root, &["nodes", &id, "weights"], weights_node(&value, &ids)),
                Err(faults) => {
                    let problem =
                        |fault: Fault| fault.problem(&names, |code, message| at.problem(code, message));
                    problems.extend(faults.into_iter().map(problem));
                }
            }
        }
        if let Some(Located { at, .. }) = ideal {
            let varies = |column: &Vec<f64>| column.iter().any(|score| Some(score) != column.first());
            if !columns.iter().any(varies) {
                let found = rows.len();
                let fault = if found < 2 { Fault::TooFewRows { found } } else { Fault::Constant };
                problems.push(fault.problem(&names, |code, message| at.problem(code, message)));
            }
            let ends = |pick: fn(f64, f64) -> bool| {
                let end = |column: &Vec<f64>| {
                    column.iter().copied().reduce(|end, score| if pick(score, end) { score } else { end })
                };
                columns.iter().map(|column| Node::float(end(column).unwrap_or(0.0))).collect()
            };
            let points = [
                ("ideal", Node::list(ends(|score, end| score > end))),
                ("anti_ideal", Node::list(ends(|score, end| score < end))),
            ];
            set(&mut root, &["nodes", &id, "aggregate"], Node::map([("topsis", Node::map(points))]));
        }
        if problems.is_empty() {
            *self = Self::from_document(&Document::from_node(root)?)?;
        }
        Ok(())
    }
}

fn needs_data(weights: &WeightsEntry) -> bool {
    match weights {
        WeightsEntry::FromData(_) => true,
        WeightsEntry::Mix(parts, _) => parts.iter().any(|part| needs_data(&part.weights.value)),
        _ => false,
    }
}

/// Weights with those from data replaced by values, as a document has them.
enum Resolved<'w> {
    Kept(&'w WeightsEntry),
    Values(Vec<f64>),
    Mix(Vec<(f64, Resolved<'w>)>, Mixing),
}

fn resolved<'w>(
    weights: &'w WeightsEntry,
    columns: &[Vec<f64>],
) -> std::result::Result<Resolved<'w>, Vec<Fault>> {
    match weights {
        WeightsEntry::FromData(method) => data_weights(*method, columns).map(Resolved::Values),
        WeightsEntry::Mix(parts, by) => {
            let parts =
                parts.iter().map(|part| Ok((part.share.value, resolved(&part.weights.value, columns)?)));
            Ok(Resolved::Mix(parts.collect::<std::result::Result<_, Vec<Fault>>>()?, *by))
        }
        other => Ok(Resolved::Kept(other)),
    }
}

fn values_node(values: impl Iterator<Item = f64>, ids: &[String]) -> Node {
    let entries = ids.iter().map(String::as_str).zip(values.map(Node::float));
    Node::map([("values", Node::map(entries))])
}

fn weights_node(weights: &Resolved<'_>, ids: &[String]) -> Node {
    match weights {
        Resolved::Values(values) => values_node(values.iter().copied(), ids),
        Resolved::Mix(parts, by) => {
            let part = |(share, weights): &(f64, Resolved<'_>)| {
                Node::map([("share", Node::float(*share)), ("weights", weights_node(weights, ids))])
            };
            Node::map([("mix", Node::list(parts.iter().map(part).collect())), ("by", Node::text(by.word()))])
        }
        Resolved::Kept(kept) => kept.to_node(ids),
    }
}

/// Sets the value under some keys of mappings, which are there or are made.
pub(super) fn set(node: &mut Node, path: &[&str], value: Node) {
    let Some((key, rest)) = path.split_first() else {
        *node = value;
        return;
    };
    let Value::Map(entries) = &mut node.value else { return };
    if let Some(entry) = entries.iter_mut().find(|entry| *entry.key == **key) {
        return set(&mut entry.node, rest, value);
    }
    let mut made = Node::map::<Box<str>>([]);
    set(&mut made, rest, value);
    entries.push(crate::document::Entry { key: (*key).into(), key_span: None, node: made });
}

/// The number of an input of a row.
type InputAt<'i> = dyn Fn(usize) -> std::result::Result<Option<f64>, ValueFault> + 'i;

/// The columns of all batches.
pub(super) struct Data<'d> {
    bound: Vec<(Bound<'d>, usize)>,
    rows: usize,
    groups: &'d [Box<str>],
}

impl<'d> Data<'d> {
    pub(super) fn new(model: &'d Model, batches: &[Batch<'d>], options: &'d Options) -> Result<Self> {
        let mut problems = Vec::new();
        let bind = |batch: &Batch<'d>| (Bound::new(model, batch, options, &mut problems), batch.len());
        let bound: Vec<_> = batches.iter().map(bind).collect();
        let rows = batches.iter().map(Batch::len).sum();
        if problems.is_empty() {
            Ok(Self { bound, rows, groups: &model.groups })
        } else {
            Err(Error::data(distinct(problems)))
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Calls `each` with the inputs of every row that an indicator reads, its batch and its place there, and its number
    /// among all.
    pub(super) fn each_row(
        &self,
        indicator: &Indicator,
        mut each: impl FnMut(&InputAt<'_>, (&Bound<'_>, usize), usize),
    ) {
        let mut offset = 0_usize;
        for (bound, rows) in &self.bound {
            for start in (0..*rows).step_by(ROWS) {
                let count = ROWS.min(rows.saturating_sub(start));
                let other = indicator.compare.map(|(_, other)| other);
                let read = std::iter::once(indicator.input).chain(other).filter_map(|index| {
                    let mut lane = Lane::default();
                    bound.inputs.get(index)?.load(start, count, &mut lane);
                    Some((index, lane))
                });
                let lanes: Vec<(usize, Lane<'_>)> = read.collect();
                for row in 0..count {
                    let at = start.saturating_add(row);
                    let input = |index: usize| {
                        let lane = lanes.iter().find(|(known, _)| *known == index);
                        lane.map_or(Ok(None), |(_, lane)| number_at(lane, row))
                    };
                    each(&input, (bound, at), offset.saturating_add(at));
                }
            }
            offset = offset.saturating_add(*rows);
        }
    }

    /// The values that an indicator scores, in the order of the rows; with the row's group in a field, if one is asked for.
    fn values(&self, indicator: &Indicator, field: Option<&str>, faults: &mut RowFaults) -> Values {
        let field = field.and_then(|field| self.groups.iter().position(|group| **group == *field));
        let mut values = Values::default();
        self.each_row(indicator, |input, (bound, at), number| match indicator.usable(input) {
            Ok(Some(value)) => {
                values.values.push(value);
                if let Some(field) = field {
                    values.groups.push(bound.group(field, at).map(str::to_owned));
                }
            }
            Ok(None) => {}
            Err(ValueFault::Impossible | ValueFault::OutOfDomain)
                if indicator.impossible == Impossible::Missing => {}
            Err(fault) => {
                let found = bound.inputs.get(indicator.at_fault(fault, input));
                let name = found.map_or("", |input| input.name);
                let found = found.map_or(Scalar::Missing, |input| input.scalar(at));
                faults.note(name, fault.code(), number, || fault.problem(name, indicator, &found));
            }
        });
        values
    }
}

#[derive(Default)]
struct Values {
    values: Vec<f64>,
    groups: Vec<Option<String>>,
}

/// One indicator being fitted.
struct Fitter<'f> {
    scale: Scale,
    indicator: &'f Indicator,
    entry: &'f IndicatorEntry,
}

impl Fitter<'_> {
    fn is_needed(&self) -> bool {
        let limits = self.entry.winsorise.as_ref().is_some_and(|limits| {
            let levels = [&limits.value.low, &limits.value.high];
            levels.into_iter().flatten().any(|level| level.value.known().is_none())
        });
        self.indicator.curve.is_none() || limits || self.impute().is_some()
    }

    fn impute(&self) -> Option<(Centre, Option<&str>)> {
        match &self.entry.missing.as_ref()?.value {
            MissingEntry::Impute(impute) => Some((impute.impute?.0, impute.by.as_deref())),
            _ => None,
        }
    }

    fn fit(&self, data: &Data<'_>, root: &mut Node, faults: &mut RowFaults, problems: &mut Vec<Problem>) {
        let id = &*self.indicator.id;
        let impute = self.impute();
        let field = impute.and_then(|(_, by)| by);
        let mut values = data.values(self.indicator, field, faults);
        if values.values.is_empty() {
            let problem =
                self.entry.at.problem(code::TOO_FEW_ROWS, "there are no values to fit the indicator to");
            problems.push(problem.with_found(format!("`{id}`")).with_expected("at least one value"));
            return;
        }
        self.limits(&mut values.values, root);
        if let Some((centre, by)) = impute {
            let node = imputed(centre, by, &values);
            set(root, &["indicators", id, "missing"], node);
        }
        if self.indicator.curve.is_none() {
            let sorted = Sorted::of(&values.values);
            match self.method(&sorted, &values.values) {
                Ok(node) => set(root, &["indicators", id, "normalise"], node),
                Err(problem) => problems.push(*problem),
            }
        }
    }

    /// Fits limits, and draws the values to them.
    fn limits(&self, values: &mut [f64], root: &mut Node) {
        let Some(Located { value: limits, .. }) = &self.entry.winsorise else { return };
        let sorted = Sorted::of(values);
        let of = |level: &Option<Located<Level>>| level.as_ref().map(|level| sorted.level(level.value));
        let (low, high) = (of(&limits.low), of(&limits.high));
        let entries = [("low", low), ("high", high)];
        let entries = entries.into_iter().filter_map(|(key, level)| Some((key, Node::float(level?))));
        set(root, &["indicators", &self.indicator.id, "winsorise"], Node::map(entries));
        for value in values {
            *value = match (low, high) {
                (Some(low), _) if *value < low => low,
                (_, Some(high)) if *value > high => high,
                _ => *value,
            };
        }
    }

    fn method(&self, sorted: &Sorted, values: &[f64]) -> std::result::Result<Node, Box<Problem>> {
        let Some(Located { value: method, at }) = &self.entry.normalise else { return Ok(Node::null()) };
        if needs_width(method) && (sorted.is_constant() || levels_meet(method, sorted)) {
            return self.constant(at, sorted);
        }
        let of = |level: &Located<Level>| Node::float(sorted.level(level.value));
        let rising = self.indicator.direction != Direction::Lower;
        let named =
            |name: &'static str, entries: Vec<(&'static str, Node)>| Node::map([(name, Node::map(entries))]);
        Ok(match method {
            MethodEntry::Goalposts(entry) => {
                let ends = vec![
                    ("worst", of(&entry.worst)),
                    ("best", of(&entry.best)),
                    ("log", Node::boolean(entry.log)),
                ];
                named("goalposts", ends)
            }
            MethodEntry::Benchmarks(entry) => {
                let mut levels = vec![
                    ("floor", of(&entry.floor)),
                    ("baseline", of(&entry.baseline)),
                    ("challenge", of(&entry.challenge)),
                ];
                levels.extend(
                    entry.at_baseline.as_ref().map(|score| ("at_baseline", Node::float(score.value))),
                );
                named("benchmarks", levels)
            }
            MethodEntry::Ratio(entry) => {
                let mut levels = vec![("baseline", of(&entry.baseline))];
                levels.extend(
                    entry.at_baseline.as_ref().map(|score| ("at_baseline", Node::float(score.value))),
                );
                named("ratio", levels)
            }
            MethodEntry::Target(entry) => {
                let number = |number: &Located<f64>| Node::float(number.value);
                let tolerance = ("tolerance", number(&entry.tolerance));
                named(
                    "target",
                    vec![("value", of(&entry.value)), tolerance, ("distance", number(&entry.distance))],
                )
            }
            MethodEntry::Logistic(entry) => {
                let width = ("width", Node::float(entry.width.value));
                named("logistic", vec![("midpoint", of(&entry.midpoint)), width])
            }
            MethodEntry::Standard(entry) => {
                let mut levels = vec![("mean", of(&entry.mean)), ("deviation", of(&entry.deviation))];
                levels.extend(entry.at_mean.map(|score| ("at_mean", Node::float(score))));
                levels.extend(
                    entry.per_deviation.as_ref().map(|score| ("per_deviation", Node::float(score.value))),
                );
                named("standard", levels)
            }
            MethodEntry::Share(entry) => {
                let by = norm(entry.of, rising, values).ok_or_else(|| {
                    let problem = at.problem(code::OUT_OF_DOMAIN, "a share needs values above zero");
                    Box::new(problem.with_expected("values of zero or more, not all of them zero"))
                })?;
                named("share", vec![("of", Node::text(entry.of.word())), ("by", Node::float(by))])
            }
            MethodEntry::FromData(FromData::MinMax) => {
                let (worst, best) =
                    if rising { (Statistic::Min, Statistic::Max) } else { (Statistic::Max, Statistic::Min) };
                let ends = [("worst", worst), ("best", best)];
                named("goalposts", ends.map(|(key, end)| (key, Node::float(sorted.statistic(end)))).to_vec())
            }
            MethodEntry::FromData(FromData::ZScore) => {
                let levels = [("mean", Statistic::Mean), ("deviation", Statistic::Deviation)];
                named(
                    "standard",
                    levels.map(|(key, level)| (key, Node::float(sorted.statistic(level)))).to_vec(),
                )
            }
            MethodEntry::FromData(FromData::PercentileRank) => {
                Node::map([("points", sorted.ranks(rising, self.scale))])
            }
            MethodEntry::Bands(_) | MethodEntry::Points(_) => Node::null(),
        })
    }

    fn constant(&self, at: &At, sorted: &Sorted) -> std::result::Result<Node, Box<Problem>> {
        let score = match self.entry.constant.as_ref().map_or(Constant::Error, |constant| constant.0) {
            Constant::Error => {
                let message = if sorted.is_constant() {
                    "all values are the same, so the baseline has no width"
                } else {
                    "two levels of the data are the same, so the baseline has no width"
                };
                let problem = at.problem(code::ZERO_WIDTH, message);
                let found = format!(
                    "`{}` in {} rows",
                    sorted.level(Level::Fitted(Statistic::Min)),
                    sorted.values.len()
                );
                let expected = "values that differ, or `constant: low`, `middle` or `high`";
                return Err(Box::new(problem.with_found(found).with_expected(expected)));
            }
            Constant::Low => self.scale.min,
            Constant::Middle => self.scale.at(0.5),
            Constant::High => self.scale.max,
        };
        let band = Node::map([("score", Node::float(score))]);
        Ok(Node::map([("bands", Node::list(vec![band]))]))
    }
}

/// Whether a method has no score for values that are all the same.
fn needs_width(method: &MethodEntry) -> bool {
    let fitted = |level: &Located<Level>| level.value.known().is_none();
    match method {
        MethodEntry::Goalposts(entry) => fitted(&entry.worst) && fitted(&entry.best),
        MethodEntry::Benchmarks(entry) => {
            [&entry.floor, &entry.baseline, &entry.challenge]
                .into_iter()
                .filter(|level| fitted(level))
                .count()
                > 1
        }
        MethodEntry::Standard(entry) => fitted(&entry.deviation),
        MethodEntry::FromData(_) => true,
        _ => false,
    }
}

/// Whether levels that are taken from the data fall together, as quantiles of a column with many equal values do.
fn levels_meet(method: &MethodEntry, sorted: &Sorted) -> bool {
    let levels: Vec<&Located<Level>> = match method {
        MethodEntry::Goalposts(entry) => vec![&entry.worst, &entry.best],
        MethodEntry::Benchmarks(entry) => vec![&entry.floor, &entry.baseline, &entry.challenge],
        _ => return false,
    };
    let fitted: Vec<f64> = levels
        .into_iter()
        .filter(|level| level.value.known().is_none())
        .map(|level| sorted.level(level.value))
        .collect();
    fitted.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
}

/// What a share is a share of; `None` where there is no such number above zero.
fn norm(of: Norm, rising: bool, values: &[f64]) -> Option<f64> {
    if values.iter().any(|value| *value < 0.0) {
        return None;
    }
    let sum = |part: fn(f64) -> f64| values.iter().fold(0.0, |sum, value| sum + part(*value));
    let by = match (of, rising) {
        (Norm::Vector, _) => sum(|value| value * value).sqrt(),
        (Norm::Sum, true) => sum(|value| value),
        (Norm::Sum, false) => sum(|value| 1.0 / value),
        (Norm::Max, _) => values.iter().fold(0.0, |max, value| if *value > max { *value } else { max }),
    };
    (by > 0.0 && by.is_finite()).then_some(by)
}

/// What stands in for missing values: of all rows, and of each group if asked for.
fn imputed(centre: Centre, by: Option<&str>, values: &Values) -> Node {
    let of = |values: &[f64]| {
        let statistic = match centre {
            Centre::Mean => Statistic::Mean,
            Centre::Median => Statistic::Median,
        };
        let sorted = Sorted::of(values);
        // A rounded mean of equal values may lie beyond them, where nothing is possible.
        let (low, high) = (sorted.statistic(Statistic::Min), sorted.statistic(Statistic::Max));
        let centre = sorted.statistic(statistic);
        Node::float(if centre.is_finite() { centre.clamp(low, high) } else { centre })
    };
    let mut entries = vec![("value", of(&values.values))];
    if let Some(by) = by {
        let mut groups: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (value, group) in values.values.iter().zip(&values.groups) {
            if let Some(group) = group {
                groups.entry(group).or_default().push(*value);
            }
        }
        let group = |(group, values): (&str, Vec<f64>)| {
            Node::map([("group", Node::text(group)), ("value", of(&values))])
        };
        entries.push(("by", Node::text(by)));
        entries.push(("values", Node::list(groups.into_iter().map(group).collect())));
    }
    Node::map(entries)
}

/// Values in ascending order, at least one, with their sums in the order of the rows.
pub(super) struct Sorted {
    values: Vec<f64>,
    mean: f64,
    deviation: f64,
}

impl Sorted {
    #[expect(clippy::cast_precision_loss, reason = "rows are below 2^53")]
    pub(super) fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().fold(0.0, |sum, value| sum + value) / count;
        let squares = values.iter().fold(0.0, |sum, value| sum + (value - mean) * (value - mean));
        let deviation = if values.len() > 1 { (squares / (count - 1.0)).sqrt() } else { 0.0 };
        let mut values = values.to_vec();
        values.sort_unstable_by(f64::total_cmp);
        Self { values, mean, deviation }
    }

    pub(super) fn is_constant(&self) -> bool {
        self.values.first() == self.values.last()
    }

    fn level(&self, level: Level) -> f64 {
        match level {
            Level::Known(value) => value,
            Level::Fitted(statistic) => self.statistic(statistic),
        }
    }

    pub(super) fn statistic(&self, statistic: Statistic) -> f64 {
        match statistic {
            Statistic::Min => self.quantile(0.0),
            Statistic::Max => self.quantile(1.0),
            Statistic::Mean => self.mean,
            Statistic::Median => self.quantile(0.5),
            Statistic::Quantile(share) => self.quantile(share),
            Statistic::Deviation => self.deviation,
        }
    }

    /// Linear interpolation at `share * (n - 1)`: type 7 of Hyndman and Fan (1996).
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among the values"
    )]
    fn quantile(&self, share: f64) -> f64 {
        let place = share * self.values.len().saturating_sub(1) as f64;
        let below = place.floor() as usize;
        let at = |index: usize| self.values.get(index).or(self.values.last()).copied().unwrap_or(0.0);
        let (low, high) = (at(below), at(below.saturating_add(1)));
        let part = place - place.floor();
        let step = high - low;
        if step.is_finite() { low + step * part } else { low * (1.0 - part) + high * part }
    }

    /// The points of the percentile rank: each value with the share of values below it and half of those equal.
    #[expect(clippy::cast_precision_loss, reason = "rows are below 2^53")]
    fn ranks(&self, rising: bool, scale: Scale) -> Node {
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut below = 0_usize;
        for equal in self.values.chunk_by(|a, b| a == b) {
            let share = (below as f64 + equal.len() as f64 / 2.0) / self.values.len() as f64;
            points.extend(equal.first().map(|value| (*value, if rising { share } else { 1.0 - share })));
            below = below.saturating_add(equal.len());
        }
        let last = points.len().saturating_sub(1);
        let kept = MOST_POINTS.min(points.len());
        let pick = |index: usize| points.get(index.saturating_mul(last) / kept.saturating_sub(1).max(1));
        let point = |(value, share): &(f64, f64)| {
            Node::list(vec![Node::float(*value), Node::float(scale.at(*share))])
        };
        Node::list((0..kept).filter_map(pick).map(point).collect())
    }
}
