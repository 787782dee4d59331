//! A method as written becomes a curve: direction, order and width of its levels are checked here.

use crate::document::{At, Located};
use crate::error::{Problem, scoring as code};

use super::curve::{Curve, Cut, Logistic, Pieces, Ratio, Shape, Share, ShareForm, Steps, Straight};
use super::direction::Direction;
use super::document::Clip;
use super::level::Level;
use super::method::{self, FromData, MethodEntry, Norm, Point};
use super::scale::Scale;

/// What became of a method.
pub(super) enum Built {
    Curve(Curve),
    /// A level is still to be fitted.
    Unfitted,
    /// Problems were reported.
    Wrong,
}

/// What a method is checked against.
pub(super) struct Builder<'b> {
    pub(super) direction: Direction,
    pub(super) clip: Option<Clip>,
    pub(super) scale: Scale,
    pub(super) at: &'b At,
    pub(super) problems: &'b mut Vec<Problem>,
}

/// A result, or nothing after a problem was reported.
type Checked<T> = Option<T>;

impl Builder<'_> {
    pub(super) fn build(&mut self, method: &MethodEntry) -> Built {
        let before = self.problems.len();
        if self.direction == Direction::Target && !allows_target(method) {
            let message = "the method cannot aim at a target";
            let expected = "target, points or bands; or the direction `higher` or `lower`";
            self.report(self.at.problem(code::WRONG_DIRECTION, message).with_expected(expected));
            return Built::Wrong;
        }
        let curve = match method {
            MethodEntry::Goalposts(goalposts) => self.goalposts(goalposts),
            MethodEntry::Benchmarks(benchmarks) => self.benchmarks(benchmarks),
            MethodEntry::Ratio(ratio) => self.ratio(ratio),
            MethodEntry::Target(target) => self.target(target),
            MethodEntry::Bands(bands) => self.bands(bands),
            MethodEntry::Points(points) => self.points(points),
            MethodEntry::Logistic(logistic) => self.logistic(logistic),
            MethodEntry::Standard(standard) => self.standard(standard),
            MethodEntry::Share(share) => self.share(share),
            MethodEntry::FromData(FromData::MinMax | FromData::ZScore | FromData::PercentileRank) => None,
        };
        match curve {
            Some(curve) if curve.is_finite() => Built::Curve(curve),
            Some(_) => {
                let problem = self
                    .at
                    .problem(code::ZERO_WIDTH, "the baseline is too narrow or too wide to compute with");
                self.report(problem.with_expected("levels that a line can join"));
                Built::Wrong
            }
            None if self.problems.len() > before => Built::Wrong,
            None => Built::Unfitted,
        }
    }

    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Whether more is better; a target was refused before.
    fn rising(&self) -> bool {
        self.direction != Direction::Lower
    }

    fn clip_or(&self, default: Clip) -> Clip {
        self.clip.unwrap_or(default)
    }

    fn cut(&self, clip: Clip) -> Cut {
        Cut {
            low: if matches!(clip, Clip::Both | Clip::Low) { self.scale.min } else { f64::NEG_INFINITY },
            high: if matches!(clip, Clip::Both | Clip::High) { self.scale.max } else { f64::INFINITY },
        }
    }

    fn curve(&self, shape: Shape, clip: Clip) -> Curve {
        Curve { shape, cut: self.cut(clip) }
    }

    /// Two levels in the order that the direction asks for.
    fn ordered(&mut self, low: (&str, f64), high: (&str, f64), at: &At) -> Checked<()> {
        let (better, worse) = if self.rising() { (high.1, low.1) } else { (low.1, high.1) };
        if better > worse {
            return Some(());
        }
        let found = format!("`{}: {}` and `{}: {}`", low.0, low.1, high.0, high.1);
        let problem = if low.1 == high.1 {
            at.problem(code::ZERO_WIDTH, "the baseline has no width").with_expected("two different numbers")
        } else {
            let side = if self.rising() { "above" } else { "below" };
            let expected =
                format!("`{}` {side} `{}`, as direction `{}` says", high.0, low.0, self.direction.word());
            at.problem(code::WRONG_DIRECTION, "the baseline runs against the direction")
                .with_expected(expected)
        };
        self.report(problem.with_found(found));
        None
    }

    /// A width above zero.
    fn width(&mut self, name: &str, width: f64, at: &At) -> Checked<f64> {
        if width > 0.0 {
            return Some(width);
        }
        let problem = at.problem(code::ZERO_WIDTH, "the baseline has no width");
        let problem = problem.with_found(format!("`{name}: {width}`")).with_expected("a number above zero");
        self.report(problem);
        None
    }

    /// A score that lies on the scale.
    fn on_scale(&mut self, score: f64, at: &At) -> Checked<f64> {
        if self.scale.holds(score) {
            return Some(score);
        }
        let problem = at.problem(code::BAD_POINTS, "the score lies outside the scale");
        let expected = format!("a score from {} to {}", self.scale.min, self.scale.max);
        self.report(problem.with_found(format!("`{score}`")).with_expected(expected));
        None
    }

    fn goalposts(&mut self, entry: &method::Goalposts) -> Checked<Curve> {
        let (worst, best) = (entry.worst.value.known()?, entry.best.value.known()?);
        self.ordered(("worst", worst), ("best", best), &entry.best.at)?;
        let (clip, scale) = (self.clip_or(Clip::Both), self.scale);
        let on_line = |level: f64| if entry.log { libm::log(level) } else { level };
        if entry.log {
            let levels = [&entry.worst, &entry.best];
            let wrong =
                levels.into_iter().filter(|level| level.value.known().is_some_and(|level| level <= 0.0));
            let before = self.problems.len();
            for level in wrong {
                let problem = level.at.problem(code::OUT_OF_DOMAIN, "there is no logarithm of this level");
                self.report(problem.with_expected("a number above zero"));
            }
            if self.problems.len() > before {
                return None;
            }
        }
        let (from, to) = (on_line(worst), on_line(best));
        let slope = self
            .width("best - worst", (to - from).abs(), &entry.best.at)
            .map(|_| scale.range() / (to - from))?;
        let cut_high = matches!(clip, Clip::Both | Clip::High);
        let endless = if slope < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
        let end = if cut_high { to } else { endless };
        let line = Straight { from, at: scale.min, slope, end, top: scale.max };
        let shape = if entry.log { Shape::Log(line) } else { Shape::Straight(line) };
        Some(self.curve(shape, clip))
    }

    fn benchmarks(&mut self, entry: &method::Benchmarks) -> Checked<Curve> {
        let floor = entry.floor.value.known();
        let baseline = entry.baseline.value.known();
        let challenge = entry.challenge.value.known();
        if let (Some(floor), Some(baseline)) = (floor, baseline) {
            self.ordered(("floor", floor), ("baseline", baseline), &entry.baseline.at)?;
        }
        if let (Some(baseline), Some(challenge)) = (baseline, challenge) {
            self.ordered(("baseline", baseline), ("challenge", challenge), &entry.challenge.at)?;
        }
        let middle = match &entry.at_baseline {
            Some(score) => self.on_scale(score.value, &score.at)?,
            None => self.scale.at(0.6),
        };
        let mut points = [[floor?, self.scale.min], [baseline?, middle], [challenge?, self.scale.max]];
        let clip = self.clip_or(Clip::Both);
        let (low, high) = (matches!(clip, Clip::Both | Clip::Low), matches!(clip, Clip::Both | Clip::High));
        let (hold_first, hold_last) = if self.rising() { (low, high) } else { (high, low) };
        if !self.rising() {
            points.reverse();
        }
        let pieces = Pieces::through(&points, hold_first, hold_last);
        Some(self.curve(Shape::Pieces(pieces), clip))
    }

    fn ratio(&mut self, entry: &method::Ratio) -> Checked<Curve> {
        if self.scale.min != 0.0 {
            let problem = self.at.problem(code::BAD_SCALE, "a ratio needs a scale that begins at zero");
            self.report(problem.with_found(format!("`min: {}`", self.scale.min)).with_expected("`min: 0`"));
            return None;
        }
        let baseline = self.width("baseline", entry.baseline.value.known()?, &entry.baseline.at)?;
        let at_baseline = match &entry.at_baseline {
            Some(score) => self.on_scale(score.value, &score.at)?,
            None => self.scale.max,
        };
        let inverse = !self.rising();
        let shape = Shape::Ratio(Ratio { baseline, at_baseline, inverse });
        Some(self.curve(shape, self.clip_or(Clip::Both)))
    }

    fn target(&mut self, entry: &method::Target) -> Checked<Curve> {
        if self.direction != Direction::Target {
            let problem = self.at.problem(code::WRONG_DIRECTION, "a target is neither `higher` nor `lower`");
            self.report(problem.with_expected("`direction: target`"));
            return None;
        }
        let (tolerance, distance) = (entry.tolerance.value, entry.distance.value);
        let distance = self.width("distance", distance, &entry.distance.at);
        if tolerance < 0.0 {
            let problem = entry.tolerance.at.problem(code::ZERO_WIDTH, "the tolerance is negative");
            self.report(problem.with_found(format!("`{tolerance}`")).with_expected("zero or more"));
            return None;
        }
        let (distance, value) = (distance?, entry.value.value.known()?);
        let (low, high) = (self.scale.min, self.scale.max);
        let mut points = vec![[value - tolerance - distance, low], [value - tolerance, high]];
        if tolerance > 0.0 {
            points.push([value + tolerance, high]);
        }
        points.push([value + tolerance + distance, low]);
        if points.windows(2).any(|pair| matches!(pair, [[x0, _], [x1, _]] if x0 >= x1)) {
            let problem =
                entry.distance.at.problem(code::ZERO_WIDTH, "the distance is lost beside the value");
            self.report(problem.with_expected("a distance that changes the value"));
            return None;
        }
        let clip = self.clip_or(Clip::Both);
        let hold = matches!(clip, Clip::Both | Clip::Low);
        Some(self.curve(Shape::Pieces(Pieces::through(&points, hold, hold)), clip))
    }

    fn bands(&mut self, bands: &[method::Band]) -> Checked<Curve> {
        let before = self.problems.len();
        let last = bands.len().saturating_sub(1);
        if bands.is_empty() {
            self.report(
                self.at
                    .problem(code::BAD_POINTS, "the table has no bands")
                    .with_expected("at least one band"),
            );
        }
        let mut ends: Vec<f64> = Vec::with_capacity(last);
        for (index, band) in bands.iter().enumerate() {
            self.on_scale(band.score.value, &band.score.at);
            match &band.below {
                Some(below) if index == last => {
                    let problem = below.at.problem(code::BAD_POINTS, "the last band has an end");
                    self.report(
                        problem.with_expected("no `below` in the last band, so that every value has one"),
                    );
                }
                Some(below) if ends.last().is_some_and(|end| *end >= below.value) => {
                    let problem = below.at.problem(code::BAD_POINTS, "the bands do not ascend");
                    self.report(
                        problem
                            .with_found(format!("`{}`", below.value))
                            .with_expected("a higher end than before"),
                    );
                }
                Some(below) => ends.push(below.value),
                None if index < last => {
                    let problem =
                        band.score.at.problem(code::BAD_POINTS, "a band before the last has no end");
                    self.report(problem.with_expected("`below`"));
                }
                None => {}
            }
        }
        let scores: Vec<(f64, &At)> = bands.iter().map(|band| (band.score.value, &band.score.at)).collect();
        self.monotone(&scores);
        if self.problems.len() > before {
            return None;
        }
        let steps = Steps {
            below: ends,
            scores: bands.iter().map(|band| band.score.value).collect(),
            grades: bands.iter().map(|band| band.grade.clone()).collect(),
        };
        Some(self.curve(Shape::Steps(steps), Clip::None))
    }

    fn points(&mut self, points: &[Point]) -> Checked<Curve> {
        let before = self.problems.len();
        if points.len() < 2 {
            let problem = self.at.problem(code::BAD_POINTS, "a line needs two points");
            self.report(problem.with_expected("a list such as [[0, 0], [80, 60], [100, 100]]"));
        }
        for pair in points.windows(2) {
            if let [Point(first), Point(second)] = pair
                && first.value[0] >= second.value[0]
            {
                let problem = second.at.problem(code::BAD_POINTS, "the values of the points do not ascend");
                self.report(
                    problem
                        .with_found(format!("`{}`", second.value[0]))
                        .with_expected("a higher value than before"),
                );
            }
        }
        for Point(Located { value: [_, score], at }) in points {
            self.on_scale(*score, at);
        }
        let scores: Vec<(f64, &At)> = points.iter().map(|Point(point)| (point.value[1], &point.at)).collect();
        self.monotone(&scores);
        if self.problems.len() > before {
            return None;
        }
        let clip = self.clip_or(Clip::Both);
        let hold = clip != Clip::None;
        let points: Vec<[f64; 2]> = points.iter().map(|Point(point)| point.value).collect();
        Some(self.curve(Shape::Pieces(Pieces::through(&points, hold, hold)), clip))
    }

    /// Scores of ascending values must not run against the direction.
    fn monotone(&mut self, scores: &[(f64, &At)]) {
        let rising = match self.direction {
            Direction::Higher => true,
            Direction::Lower => false,
            Direction::Target => return,
        };
        for pair in scores.windows(2) {
            if let [(first, _), (second, at)] = pair
                && first != second
                && (second > first) != rising
            {
                let problem = at.problem(code::WRONG_DIRECTION, "the scores run against the direction");
                let found = format!("`{first}`, then `{second}`");
                let expected = format!("scores as direction `{}` says, or `target`", self.direction.word());
                self.report(problem.with_found(found).with_expected(expected));
            }
        }
    }

    fn logistic(&mut self, entry: &method::Logistic) -> Checked<Curve> {
        let width = self.width("width", entry.width.value, &entry.width.at)?;
        let midpoint = entry.midpoint.value.known()?;
        let width = if self.rising() { width } else { -width };
        let shape = Shape::Logistic(Logistic { midpoint, width, scale: self.scale });
        Some(self.curve(shape, self.clip_or(Clip::Both)))
    }

    fn standard(&mut self, entry: &method::Standard) -> Checked<Curve> {
        let per = match &entry.per_deviation {
            Some(per) => self.width("per_deviation", per.value, &per.at)?,
            None => self.scale.range() / 10.0,
        };
        let deviation = match entry.deviation.value {
            Level::Known(deviation) => self.width("deviation", deviation, &entry.deviation.at)?,
            Level::Fitted(_) => return None,
        };
        let mean = entry.mean.value.known()?;
        let slope = if self.rising() { per / deviation } else { -(per / deviation) };
        let end = if slope < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
        let at = entry.at_mean.unwrap_or(self.scale.at(0.5));
        let line = Straight { from: mean, at, slope, end, top: self.scale.max };
        Some(self.curve(Shape::Straight(line), self.clip_or(Clip::None)))
    }

    fn share(&mut self, entry: &method::Share) -> Checked<Curve> {
        let by = entry.by.as_ref()?;
        let by = self.width("by", by.value, &by.at)?;
        let form = match (self.rising(), entry.of) {
            (true, _) => ShareForm::Plain,
            (false, Norm::Vector | Norm::Max) => ShareForm::Rest,
            (false, Norm::Sum) => ShareForm::Reciprocal,
        };
        let shape = Shape::Share(Share { by, form, scale: self.scale });
        Some(self.curve(shape, self.clip_or(Clip::Both)))
    }
}

/// The smallest number above zero.
const SMALLEST: f64 = f64::from_bits(1);

/// The lowest value that a method takes.
pub(super) fn lowest(method: &MethodEntry, direction: Direction) -> f64 {
    let lower = direction == Direction::Lower;
    match method {
        MethodEntry::Goalposts(entry) if entry.log => SMALLEST,
        MethodEntry::Ratio(_) if lower => SMALLEST,
        MethodEntry::Share(entry) if lower && entry.of == Norm::Sum => SMALLEST,
        MethodEntry::Ratio(_) | MethodEntry::Share(_) => 0.0,
        _ => f64::MIN,
    }
}

fn allows_target(method: &MethodEntry) -> bool {
    matches!(method, MethodEntry::Target(_) | MethodEntry::Points(_) | MethodEntry::Bands(_))
}
