//! A framework document becomes a model: everything is checked at once.

use std::collections::HashMap;

use crate::document::{At, DictEntry, Document, Located};
use crate::error::{Problem, scoring as code};

use super::aggregate::{Aggregate, AggregateEntry};
use super::build::{Builder, Built, lowest};
use super::curve::{LARGEST_SCORE, is_score};
use super::direction::Direction;
use super::document::{
    Clip, FrameworkDocument, ImputeEntry, IndicatorEntry, MissingEntry, NodeEntry, RangeEntry,
};
use super::level::Level;
use super::method::MethodEntry;
use super::model::{Child, Fitted, FrameworkNode, GroupValues, Indicator, Missing, Model, Segments};
use super::scale::Scale;
use super::tree::{Tree, tree};
use super::weigh::Weigher;

/// Checks and compiles. `None` after a problem was reported.
pub(super) fn compile(
    document: &Document,
    read: FrameworkDocument,
    problems: &mut Vec<Problem>,
) -> Option<Model> {
    let scale = scale(&read, problems)?;
    let tree = tree(&read, problems);
    let mut compiler = Compiler {
        scale,
        problems,
        unfitted: Vec::new(),
        inputs: Names::default(),
        groups: Names::default(),
    };
    let entries = read.indicators.entries.iter();
    let indicators: Vec<Option<Indicator>> = entries.map(|entry| compiler.indicator(entry)).collect();
    let nodes: Vec<Option<FrameworkNode>> = read
        .nodes
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| compiler.node(index, entry, tree.as_ref(), &read))
        .collect();
    let tree = tree?;
    let mut weigher = Weigher::new(&read, &tree, compiler.problems, &mut compiler.unfitted);
    let weightings = weigher.all();
    let found = weigher.finish();
    Some(Model {
        document: document.clone(),
        header: read.header?,
        source: read.source,
        scale,
        fitted: read.fitted.map(|fitted| Fitted { on: fitted.on, rows: fitted.rows.0.unsigned_abs() }),
        indicators: indicators.into_iter().collect::<Option<_>>()?,
        nodes: nodes.into_iter().collect::<Option<_>>()?,
        root: tree.root,
        top_down: tree.top_down,
        inputs: compiler.inputs.names,
        groups: compiler.groups.names,
        segments: read.segments.map(|segments| Segments { field: segments.field, names: found.segments }),
        weightings: weightings?,
        warnings: found.warnings,
        comparisons: found.comparisons,
        unfitted: compiler.unfitted,
    })
}

fn scale(read: &FrameworkDocument, problems: &mut Vec<Problem>) -> Option<Scale> {
    if !read.scale_was_read {
        return None;
    }
    let Some(Located { value: entry, at }) = &read.scale else { return Some(Scale::PERCENT) };
    let scale = Scale { min: entry.min, max: entry.max };
    let small = is_score(scale.min) && is_score(scale.max);
    if scale.range() > 0.0 && small {
        return Some(scale);
    }
    let (message, expected) = if small {
        ("the scale has no width", "`max` above `min`".to_owned())
    } else {
        ("the scale is too wide to compute with", format!("ends within {LARGEST_SCORE:e}"))
    };
    let found = format!("`min: {}` and `max: {}`", entry.min, entry.max);
    problems.push(at.problem(code::BAD_SCALE, message).with_found(found).with_expected(expected));
    None
}

/// Names with their positions, in the order first met.
#[derive(Default)]
struct Names {
    names: Vec<Box<str>>,
    known: HashMap<Box<str>, usize>,
}

impl Names {
    fn of(&mut self, name: &str) -> usize {
        if let Some(index) = self.known.get(name) {
            return *index;
        }
        let index = self.names.len();
        self.names.push(name.into());
        self.known.insert(name.into(), index);
        index
    }
}

struct Compiler<'p> {
    scale: Scale,
    problems: &'p mut Vec<Problem>,
    unfitted: Vec<Problem>,
    inputs: Names,
    groups: Names,
}

impl Compiler<'_> {
    fn indicator(&mut self, entry: &DictEntry<IndicatorEntry>) -> Option<Indicator> {
        let value = &entry.value;
        let input = self.inputs.of(&entry.key);
        let compare = value.compare.as_ref().map(|compare| (compare.by.0, self.inputs.of(&compare.with)));
        let possible = self.possible(value.possible.as_ref());
        let draw = self.draw(value);
        let missing = self.missing(value);
        let direction = value.direction.as_ref().map(|direction| direction.0);
        let curve = self.curve(value, direction);
        self.weight(value.weight.as_ref());
        let indicator = Indicator {
            id: entry.key.clone(),
            name: value.name.clone(),
            unit: value.unit.clone(),
            source: value.source.clone(),
            direction: direction?,
            input,
            compare,
            possible: possible?,
            impossible: value.impossible?.0,
            draw: draw?,
            missing: missing?,
            lowest: lowest(&value.normalise.as_ref()?.value, direction?),
            curve: curve?,
        };
        self.stand_ins(&indicator, value);
        Some(indicator)
    }

    /// Nothing, after a problem; a curve, or none where it is still to be fitted.
    #[expect(clippy::option_option, reason = "unfitted and wrong are different outcomes")]
    fn curve(
        &mut self,
        entry: &IndicatorEntry,
        direction: Option<Direction>,
    ) -> Option<Option<super::curve::Curve>> {
        let (method, direction) = (entry.normalise.as_ref()?, direction?);
        let clip: Option<Clip> = entry.clip.as_ref().map(|clip| clip.0);
        let mut builder =
            Builder { direction, clip, scale: self.scale, at: &method.at, problems: self.problems };
        match builder.build(&method.value) {
            Built::Curve(curve) => Some(Some(curve)),
            Built::Wrong => None,
            Built::Unfitted => {
                self.leave_to_fit(&method.at, "the baseline is to be fitted");
                Some(None)
            }
        }
    }

    /// What stands in for missing values must be possible and have a score itself.
    fn stand_ins(&mut self, indicator: &Indicator, entry: &IndicatorEntry) {
        let Some(Located { at, .. }) = &entry.missing else { return };
        let values: Vec<f64> = match &indicator.missing {
            Missing::Value(value) => vec![*value],
            Missing::ByGroup(groups) => {
                let of_groups = groups.values.iter().map(|(_, value)| *value);
                std::iter::once(groups.otherwise).chain(of_groups).collect()
            }
            Missing::Error | Missing::Skip | Missing::Score(_) => Vec::new(),
        };
        for value in values {
            let (low, high) = indicator.possible;
            let (code, message) = if !(low..=high).contains(&value) {
                (code::IMPOSSIBLE, "what stands in for missing values cannot occur itself")
            } else if indicator.curve.is_some() && indicator.curved(value).is_err() {
                (code::OUT_OF_DOMAIN, "the method has no score for what stands in for missing values")
            } else {
                continue;
            };
            let problem = at.problem(code, message).with_found(format!("`{value}`"));
            self.problems.push(problem.with_expected("a value that is possible and has a score"));
        }
    }

    fn leave_to_fit(&mut self, at: &At, message: &str) {
        let problem = at.problem(code::NOT_FITTED, message);
        self.unfitted.push(problem.with_expected("numbers: fit the framework to data first"));
    }

    fn weight(&mut self, weight: Option<&Located<f64>>) {
        if let Some(weight) = weight
            && weight.value < 0.0
        {
            let problem = weight.at.problem(code::BAD_WEIGHT, "the weight is negative");
            self.problems
                .push(problem.with_found(format!("`{}`", weight.value)).with_expected("zero or more"));
        }
    }

    fn possible(&mut self, entry: Option<&Located<RangeEntry>>) -> Option<(f64, f64)> {
        let Some(Located { value, at }) = entry else { return Some((f64::MIN, f64::MAX)) };
        let (low, high) = (value.min.unwrap_or(f64::MIN), value.max.unwrap_or(f64::MAX));
        self.in_order(low, high, at)
    }

    fn in_order(&mut self, low: f64, high: f64, at: &At) -> Option<(f64, f64)> {
        if low <= high {
            return Some((low, high));
        }
        let problem = at.problem(code::BAD_POINTS, "the lower end lies above the upper");
        self.problems.push(problem.with_found(format!("{low} and {high}")).with_expected("exchange them"));
        None
    }

    #[expect(clippy::option_option, reason = "none and wrong are different outcomes")]
    fn draw(&mut self, entry: &IndicatorEntry) -> Option<Option<(f64, f64)>> {
        let Some(Located { value, at }) = &entry.winsorise else { return Some(None) };
        let levels = [&value.low, &value.high].map(|level| level.as_ref().map(|level| level.value));
        if levels.iter().flatten().any(|level| matches!(level, Level::Fitted(_))) {
            self.leave_to_fit(at, "the limits are to be fitted");
            return Some(None);
        }
        let [low, high] = levels.map(|level| level.and_then(Level::known));
        self.in_order(low.unwrap_or(f64::MIN), high.unwrap_or(f64::MAX), at).map(Some)
    }

    fn missing(&mut self, entry: &IndicatorEntry) -> Option<Missing> {
        let Some(Located { value, at }) = &entry.missing else { return Some(Missing::Error) };
        let impute = match value {
            MissingEntry::Error => return Some(Missing::Error),
            MissingEntry::Skip => return Some(Missing::Skip),
            MissingEntry::Impute(impute) => impute,
        };
        match impute {
            ImputeEntry { score: Some(score), .. } => {
                if self.scale.holds(score.value) {
                    return Some(Missing::Score(score.value));
                }
                let problem = score.at.problem(code::BAD_POINTS, "the score lies outside the scale");
                let expected = format!("a score from {} to {}", self.scale.min, self.scale.max);
                self.problems.push(problem.with_found(format!("`{}`", score.value)).with_expected(expected));
                None
            }
            ImputeEntry { value: Some(otherwise), by: Some(by), values: Some(values), .. } => {
                let mut values: Vec<(Box<str>, f64)> =
                    values.iter().map(|group| (group.group.clone(), group.value)).collect();
                values.sort_by(|(a, _), (b, _)| a.cmp(b));
                if let Some([(twice, _), _]) = values.array_windows().find(|[(a, _), (b, _)]| a == b) {
                    let problem = at.problem(code::BAD_POINTS, "a group has two values");
                    self.problems
                        .push(problem.with_found(format!("`{twice}`")).with_expected("every group once"));
                    return None;
                }
                let field = self.groups.of(by);
                Some(Missing::ByGroup(GroupValues { field, values, otherwise: *otherwise }))
            }
            ImputeEntry { value: Some(value), .. } => Some(Missing::Value(*value)),
            ImputeEntry { by, .. } => {
                if let Some(by) = by {
                    self.groups.of(by);
                }
                self.leave_to_fit(at, "what stands in for missing values is to be fitted");
                Some(Missing::Error)
            }
        }
    }

    fn node(
        &mut self,
        index: usize,
        entry: &DictEntry<NodeEntry>,
        tree: Option<&Tree>,
        read: &FrameworkDocument,
    ) -> Option<FrameworkNode> {
        let value = &entry.value;
        let min_coverage = self.min_coverage(value);
        self.weight(value.weight.as_ref());
        let children = tree.and_then(|tree| tree.children.get(index));
        let aggregate = self.aggregate(value, tree.zip(children), read);
        Some(FrameworkNode {
            id: entry.key.clone(),
            name: value.name.clone(),
            source: value.source.clone(),
            aggregate: aggregate?,
            children: children?.clone(),
            min_coverage: min_coverage?,
        })
    }

    fn min_coverage(&mut self, entry: &NodeEntry) -> Option<f64> {
        let Some(Located { value, at }) = &entry.min_coverage else { return Some(0.0) };
        if (0.0..=1.0).contains(value) {
            return Some(*value);
        }
        let problem = at.problem(code::BAD_POINTS, "a coverage lies between 0 and 1");
        self.problems.push(problem.with_found(format!("`{value}`")).with_expected("a share from 0 to 1"));
        None
    }

    fn aggregate(
        &mut self,
        entry: &NodeEntry,
        place: Option<(&Tree, &Vec<Child>)>,
        read: &FrameworkDocument,
    ) -> Option<Aggregate> {
        if !entry.aggregate_was_read {
            return None;
        }
        let Some(Located { value, at }) = &entry.aggregate else { return Some(Aggregate::Arithmetic) };
        let aggregate = match value {
            AggregateEntry::Known(aggregate) => aggregate.clone(),
            AggregateEntry::TopsisFromData => {
                self.leave_to_fit(at, "ideal and anti-ideal are to be fitted");
                return Some(Aggregate::Topsis { ideal: None, anti_ideal: None });
            }
        };
        let before = self.problems.len();
        if let (Aggregate::Topsis { ideal: Some(ideal), anti_ideal: Some(anti) }, Some((_, children))) =
            (&aggregate, place)
        {
            self.topsis_points(ideal, anti, children.len(), at);
        }
        if aggregate.needs_positive() {
            self.needs_positive(&aggregate, at, place, read);
        }
        (self.problems.len() == before).then_some(aggregate)
    }

    fn topsis_points(&mut self, ideal: &[f64], anti: &[f64], children: usize, at: &At) {
        if ideal.len() != children || anti.len() != children {
            let problem = at.problem(code::BAD_POINTS, "ideal and anti-ideal do not fit the children");
            let found = format!("{} and {} scores", ideal.len(), anti.len());
            self.problems.push(problem.with_found(found).with_expected(format!("{children} of each")));
            return;
        }
        let pairs = || ideal.iter().zip(anti);
        let runs = pairs().all(|(ideal, anti)| ideal >= anti && is_score(*ideal) && is_score(*anti));
        if !runs || pairs().all(|(ideal, anti)| ideal == anti) {
            let problem = at.problem(code::BAD_POINTS, "the ideal does not lie above the anti-ideal");
            let expected = "an ideal above the anti-ideal, or equal for some of the children: more is better in all scores";
            self.problems.push(problem.with_expected(expected));
        }
    }

    /// Aggregations that take no negative scores need a scale and indicators that give none.
    fn needs_positive(
        &mut self,
        aggregate: &Aggregate,
        at: &At,
        place: Option<(&Tree, &Vec<Child>)>,
        read: &FrameworkDocument,
    ) {
        if self.scale.min < 0.0 {
            let message = format!("`{}` takes no negative scores", aggregate.word());
            let problem = at.problem(code::NEGATIVE_SCALE, message);
            let found = format!("a scale from {}", self.scale.min);
            self.problems.push(problem.with_found(found).with_expected("a scale from 0 or more"));
        }
        let Some((tree, children)) = place else { return };
        let mut stack = children.clone();
        while let Some(child) = stack.pop() {
            let (at, may) = match child {
                Child::Indicator(index) => {
                    let Some(entry) = read.indicators.entries.get(index) else { continue };
                    (&entry.at, may_be_negative(&entry.value))
                }
                Child::Node(index) => {
                    let Some(entry) = read.nodes.entries.get(index) else { continue };
                    let own = entry.value.aggregate.as_ref().map(|own| &own.value);
                    // Means and minima are as low as what is under them; with its penalty a mean falls below zero.
                    if matches!(
                        own,
                        None | Some(AggregateEntry::Known(Aggregate::Arithmetic | Aggregate::Minimum))
                    ) {
                        stack.extend(tree.children.get(index).into_iter().flatten());
                    }
                    (&entry.at, matches!(own, Some(AggregateEntry::Known(Aggregate::MeanPenalised))))
                }
            };
            if may {
                let message =
                    format!("`{}` takes no negative scores, and this may give them", aggregate.word());
                let problem = at.problem(code::NEGATIVE_SCALE, message);
                self.problems.push(problem.with_expected("an indicator with `clip: both` or `clip: low`"));
            }
        }
    }
}

/// Whether scores below the scale are left uncut.
fn may_be_negative(entry: &IndicatorEntry) -> bool {
    let clip = entry.clip.as_ref().map(|clip| clip.0);
    let standard = entry.normalise.as_ref().is_some_and(|method| {
        matches!(
            &method.value,
            MethodEntry::Standard(_) | MethodEntry::FromData(super::method::FromData::ZScore)
        )
    });
    let bounded = entry.normalise.as_ref().is_some_and(|method| {
        matches!(&method.value, MethodEntry::Bands(_) | MethodEntry::Logistic(_) | MethodEntry::Ratio(_))
    });
    match clip {
        Some(Clip::Both | Clip::Low) => false,
        Some(Clip::None | Clip::High) => !bounded,
        None => standard,
    }
}
