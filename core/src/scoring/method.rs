//! How values become scores, as a document has it.

use crate::document::{
    Declare, Decode, Decoder, Fields, Located, Node, Shape, Shapes, Value, Word, WordOf, Words,
};
use crate::error::scoring as code;

use super::level::{Level, Statistic};

/// A method as written.
pub(super) enum MethodEntry {
    Goalposts(Goalposts),
    Benchmarks(Benchmarks),
    Ratio(Ratio),
    Target(Target),
    Bands(Vec<Band>),
    Points(Vec<Point>),
    Logistic(Logistic),
    Standard(Standard),
    Share(Share),
    FromData(FromData),
}

impl Declare for MethodEntry {
    const NAME: &'static str = "Normalise";
    const ABOUT: &'static str = "How values become scores: exactly one method.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let goalposts = fields.optional("goalposts", "a line from the worst value to the best");
        let benchmarks = fields.optional("benchmarks", "a line through floor, baseline and challenge");
        let ratio = fields.optional("ratio", "the value over the baseline");
        let target = fields.optional("target", "the distance to a value");
        let bands = fields.optional("bands", "a table of grades");
        let points = fields.optional("points", "any line, by its points");
        let logistic = fields.optional("logistic", "an S-curve");
        let standard = fields.optional("standard", "deviations from the mean (z-score)");
        let share = fields.optional("share", "the value over the norm, sum or maximum of all values");
        let from_data = fields.optional("from_data", "a method that fitting turns into numbers");
        let read = [
            goalposts?.map(Self::Goalposts),
            benchmarks?.map(Self::Benchmarks),
            ratio?.map(Self::Ratio),
            target?.map(Self::Target),
            bands?.map(Self::Bands),
            points?.map(Self::Points),
            logistic?.map(Self::Logistic),
            standard?.map(Self::Standard),
            share?.map(Self::Share),
            from_data?.map(|word: WordOf<FromData>| Self::FromData(word.0)),
        ];
        let mut given = read.into_iter().flatten();
        if let (Some(method), None) = (given.next(), given.next()) {
            Some(method)
        } else {
            let problem = at.problem(code::BAD_METHOD, "exactly one method says how values become scores");
            fields.report(problem.with_expected(
                "one of goalposts, benchmarks, ratio, target, bands, points, logistic, standard, share, from_data",
            ));
            None
        }
    }
}

/// A line from the worst value to the best.
pub(super) struct Goalposts {
    pub(super) worst: Located<Level>,
    pub(super) best: Located<Level>,
    pub(super) log: bool,
}

impl Declare for Goalposts {
    const NAME: &'static str = "Goalposts";
    const ABOUT: &'static str =
        "The worst value scores lowest, the best highest, those between in proportion.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let worst = fields.required("worst", "the value that scores lowest");
        let best = fields.required("best", "the value that scores highest");
        let log = fields.or("log", "in proportion of the logarithms", false, "false");
        Some(Self { worst: worst?, best: best?, log: log? })
    }
}

/// A line through three levels.
pub(super) struct Benchmarks {
    pub(super) floor: Located<Level>,
    pub(super) baseline: Located<Level>,
    pub(super) challenge: Located<Level>,
    pub(super) at_baseline: Option<Located<f64>>,
}

impl Declare for Benchmarks {
    const NAME: &'static str = "Benchmarks";
    const ABOUT: &'static str =
        "The floor scores lowest, the challenge highest, the baseline in between; lines join them.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let floor = fields.required("floor", "the value that scores lowest");
        let baseline = fields.required("baseline", "the value that is just acceptable");
        let challenge = fields.required("challenge", "the value that scores highest");
        let at_baseline = fields.optional("at_baseline", "score of the baseline; otherwise 60% of the scale");
        Some(Self { floor: floor?, baseline: baseline?, challenge: challenge?, at_baseline: at_baseline? })
    }
}

/// A value over the baseline.
pub(super) struct Ratio {
    pub(super) baseline: Located<Level>,
    pub(super) at_baseline: Option<Located<f64>>,
}

impl Declare for Ratio {
    const NAME: &'static str = "RatioToBaseline";
    const ABOUT: &'static str =
        "The value over the baseline; the baseline over the value where less is better.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let baseline = fields.required("baseline", "a value above zero");
        let at_baseline = fields.optional("at_baseline", "score of the baseline; otherwise the highest");
        Some(Self { baseline: baseline?, at_baseline: at_baseline? })
    }
}

/// A distance to a value.
pub(super) struct Target {
    pub(super) value: Located<Level>,
    pub(super) tolerance: Located<f64>,
    pub(super) distance: Located<f64>,
}

impl Declare for Target {
    const NAME: &'static str = "TargetValue";
    const ABOUT: &'static str =
        "Highest within the tolerance of a value, falling to lowest at a distance beyond.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let value = fields.required("value", "the value aimed at");
        let zero = Located { value: 0.0, at: fields.at() };
        let tolerance = fields.or("tolerance", "how far from the value still scores highest", zero, "0");
        let distance = fields.required("distance", "how far beyond the tolerance scores lowest");
        Some(Self { value: value?, tolerance: tolerance?, distance: distance? })
    }
}

/// A band of a grade table.
pub(super) struct Band {
    pub(super) below: Option<Located<f64>>,
    pub(super) score: Located<f64>,
    pub(super) grade: Option<Box<str>>,
}

impl Declare for Band {
    const NAME: &'static str = "Band";
    const ABOUT: &'static str = "A row of a grade table; a value belongs to the first band that it is below.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let below = fields.optional("below", "the band ends here, this value excluded; absent in the last");
        let score = fields.required("score", "the score of the band");
        let grade = fields.optional("grade", "the name of the band");
        Some(Self { below: below?, score: score?, grade: grade? })
    }
}

/// A value and its score.
pub(super) struct Point(pub(super) Located<[f64; 2]>);

impl Decode for Point {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::List(Box::new(Shape::Decimal))
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let at = decoder.here(node);
        let Value::List(_) = &node.value else {
            return decoder.wrong_type(node, "a value and its score: [80, 60]");
        };
        let pair = Vec::<f64>::decode(node, decoder)?;
        match <[f64; 2]>::try_from(pair) {
            Ok(value) => Some(Self(Located { value, at })),
            Err(_) => decoder.wrong_type(node, "two numbers, a value and its score: [80, 60]"),
        }
    }
}

/// An S-curve.
pub(super) struct Logistic {
    pub(super) midpoint: Located<Level>,
    pub(super) width: Located<f64>,
}

impl Declare for Logistic {
    const NAME: &'static str = "Logistic";
    const ABOUT: &'static str =
        "An S-curve: the middle of the scale at the midpoint, 73% of it one width beyond.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let midpoint = fields.required("midpoint", "the value that scores the middle of the scale");
        let width = fields.required("width", "how many units one step of the curve is, above zero");
        Some(Self { midpoint: midpoint?, width: width? })
    }
}

/// Deviations from the mean.
pub(super) struct Standard {
    pub(super) mean: Located<Level>,
    pub(super) deviation: Located<Level>,
    pub(super) at_mean: Option<f64>,
    pub(super) per_deviation: Option<Located<f64>>,
}

impl Declare for Standard {
    const NAME: &'static str = "Standard";
    const ABOUT: &'static str =
        "The z-score, moved and stretched: `at_mean` plus `per_deviation` for each deviation.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let unknown =
            |statistic, fields: &Fields<'_>| Located { value: Level::Fitted(statistic), at: fields.at() };
        let mean = unknown(Statistic::Mean, fields);
        let mean = fields.or("mean", "the mean", mean, "mean");
        let deviation = unknown(Statistic::Deviation, fields);
        let deviation = fields.or("deviation", "the standard deviation", deviation, "deviation");
        let at_mean = fields.optional("at_mean", "score of the mean; otherwise the middle of the scale");
        let per_deviation =
            fields.optional("per_deviation", "score of one deviation; otherwise a tenth of the scale");
        Some(Self { mean: mean?, deviation: deviation?, at_mean: at_mean?, per_deviation: per_deviation? })
    }
}

/// A value over a measure of all values.
pub(super) struct Share {
    pub(super) of: Norm,
    pub(super) by: Option<Located<f64>>,
}

impl Declare for Share {
    const NAME: &'static str = "ShareOf";
    const ABOUT: &'static str = "The value over the norm, sum or maximum of all values.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let of = fields.required("of", "of what the value is a share");
        let by = fields.optional("by", "the measure; absent until fitted");
        let of: WordOf<Norm> = of?;
        Some(Self { of: of.0, by: by? })
    }
}

/// A measure of all values of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Norm {
    Vector,
    Sum,
    Max,
}

impl Norm {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Sum => "sum",
            Self::Max => "max",
        }
    }
}

impl Words for Norm {
    const WORDS: &'static [Word] = &[
        Word { word: "vector", about: "the root of the sum of squares" },
        Word { word: "sum", about: "the sum; of the reciprocals where less is better" },
        Word { word: "max", about: "the maximum" },
    ];
    const VALUES: &'static [Self] = &[Self::Vector, Self::Sum, Self::Max];
}

/// A method that fitting turns into numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FromData {
    MinMax,
    ZScore,
    PercentileRank,
}

impl Words for FromData {
    const WORDS: &'static [Word] = &[
        Word { word: "min_max", about: "goalposts at the lowest and the highest value" },
        Word { word: "z_score", about: "deviations from the mean" },
        Word { word: "percentile_rank", about: "the share of values below, and half of those equal" },
    ];
    const VALUES: &'static [Self] = &[Self::MinMax, Self::ZScore, Self::PercentileRank];
}
