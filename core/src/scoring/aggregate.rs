//! How the scores of children become the score of their node.

use crate::document::{Declare, Decode, Decoder, Fields, Node, Shape, Shapes, Value, Word, WordOf, Words};
use crate::error::scoring as code;

use super::scale::Scale;

/// How a node puts scores together. `w` are weights that sum to 1, `n` the scores of the children.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Aggregate {
    /// `sum(w * n)`, in the order of the children.
    Arithmetic,
    /// `exp(sum(w * ln n))`; 0 where a child with weight scores 0.
    Geometric,
    /// `1 / sum(w / n)`; 0 where a child with weight scores 0.
    Harmonic,
    /// `sum(w * n^p)^(1/p)`, the generalised mean.
    Power(f64),
    /// The lowest score of a child with weight.
    Minimum,
    /// `m - s^2 / m`, mean and population deviation being weighted: the index of Mazziotta and Pareto (2013) with penalty.
    MeanPenalised,
    /// The relative closeness to the ideal (Hwang and Yoon 1981), on the scale of the framework.
    Topsis {
        /// The best score of each child; without it the highest of the scale.
        ideal: Option<Vec<f64>>,
        /// The worst score of each child; without it the lowest of the scale.
        anti_ideal: Option<Vec<f64>>,
    },
}

impl Aggregate {
    /// The word in documents.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Geometric => "geometric",
            Self::Harmonic => "harmonic",
            Self::Power(_) => "power",
            Self::Minimum => "minimum",
            Self::MeanPenalised => "mean_penalised",
            Self::Topsis { .. } => "topsis",
        }
    }

    /// Whether scores must not be negative.
    pub(super) fn needs_positive(&self) -> bool {
        matches!(self, Self::Geometric | Self::Harmonic | Self::Power(_) | Self::MeanPenalised)
    }

    /// The score of a node; `positions` are the children's places among all children of the node.
    pub(super) fn of(&self, weights: &[f64], scores: &[f64], positions: &[usize], scale: Scale) -> f64 {
        let pairs = || weights.iter().copied().zip(scores.iter().copied());
        let any_zero = || pairs().any(|(weight, score)| weight > 0.0 && score <= 0.0);
        let weighted = |part: &dyn Fn(f64) -> f64| pairs().fold(0.0, |sum, (w, n)| sum + w * part(n));
        match self {
            Self::Arithmetic => weighted(&|n| n),
            Self::Geometric | Self::Harmonic if any_zero() => 0.0,
            Self::Geometric => libm::exp(weighted_log(weights, scores)),
            Self::Harmonic => 1.0 / pairs().filter(|(w, _)| *w > 0.0).fold(0.0, |sum, (w, n)| sum + w / n),
            Self::Power(p) if *p < 0.0 && any_zero() => 0.0,
            Self::Power(p) => power_mean(weights, scores, *p),
            Self::Minimum => {
                let used = pairs().filter(|(w, _)| *w > 0.0).map(|(_, n)| n);
                used.fold(f64::INFINITY, |least, n| if n < least { n } else { least })
            }
            Self::MeanPenalised => {
                let mean = weighted(&|n| n);
                let variance = weighted(&|n| (n - mean) * (n - mean));
                if mean > 0.0 { mean - variance / mean } else { 0.0 }
            }
            Self::Topsis { ideal, anti_ideal } => {
                let to_ideal = distance(weights, scores, positions, ideal.as_deref(), scale.max);
                let to_anti = distance(weights, scores, positions, anti_ideal.as_deref(), scale.min);
                let both = to_ideal + to_anti;
                let closeness = if both > 0.0 { to_anti / both } else { 0.5 };
                scale.min + scale.range() * closeness
            }
        }
    }
}

fn weighted_log(weights: &[f64], scores: &[f64]) -> f64 {
    let used = weights.iter().zip(scores).filter(|(weight, _)| **weight > 0.0);
    used.fold(0.0, |sum, (weight, score)| sum + weight * libm::log(*score))
}

/// The generalised mean. Where powers overflow or vanish, they are taken relative to the score that counts most.
fn power_mean(weights: &[f64], scores: &[f64], p: f64) -> f64 {
    let used = || weights.iter().zip(scores).filter(|(weight, _)| **weight > 0.0);
    let sum = |unit: f64| used().fold(0.0, |sum, (w, n)| sum + w * libm::pow(n / unit, p));
    let plain = sum(1.0);
    if plain.is_normal() {
        return libm::pow(plain, 1.0 / p);
    }
    let most = used().map(|(_, n)| *n).reduce(|most, n| if (n > most) == (p > 0.0) { n } else { most });
    most.filter(|most| *most > 0.0).map_or(0.0, |most| most * libm::pow(sum(most), 1.0 / p))
}

/// Exponents of generalised means: nearer to 0 the digits are lost (the limit is the geometric mean), and beyond the
/// upper end the mean is the maximum or the minimum.
const POWERS: std::ops::RangeInclusive<f64> = 1e-6..=1e3;

/// The Euclidean distance of the weighted scores to those of a point.
fn distance(weights: &[f64], scores: &[f64], positions: &[usize], point: Option<&[f64]>, other: f64) -> f64 {
    let squares = weights.iter().zip(scores).zip(positions).fold(0.0, |sum, ((weight, score), position)| {
        let end = point.and_then(|point| point.get(*position)).copied().unwrap_or(other);
        let apart = weight * score - weight * end;
        sum + apart * apart
    });
    squares.sqrt()
}

/// An aggregation as written.
#[derive(Clone)]
pub(super) enum AggregateEntry {
    Known(Aggregate),
    /// Ideal and anti-ideal from the data.
    TopsisFromData,
}

/// The aggregations that are one word.
#[derive(Clone, Copy, PartialEq)]
enum Plain {
    Arithmetic,
    Geometric,
    Harmonic,
    Minimum,
    MeanPenalised,
    Topsis,
}

impl Words for Plain {
    const WORDS: &'static [Word] = &[
        Word { word: "arithmetic", about: "the weighted mean" },
        Word { word: "geometric", about: "the weighted geometric mean; a zero makes it zero" },
        Word { word: "harmonic", about: "the weighted harmonic mean; a zero makes it zero" },
        Word { word: "minimum", about: "the lowest score of a child with weight" },
        Word {
            word: "mean_penalised",
            about: "the mean less the variance over the mean (Mazziotta and Pareto)",
        },
        Word { word: "topsis", about: "closeness to the ends of the scale (TOPSIS)" },
    ];
    const VALUES: &'static [Self] = &[
        Self::Arithmetic,
        Self::Geometric,
        Self::Harmonic,
        Self::Minimum,
        Self::MeanPenalised,
        Self::Topsis,
    ];
}

impl From<Plain> for Aggregate {
    fn from(plain: Plain) -> Self {
        match plain {
            Plain::Arithmetic => Self::Arithmetic,
            Plain::Geometric => Self::Geometric,
            Plain::Harmonic => Self::Harmonic,
            Plain::Minimum => Self::Minimum,
            Plain::MeanPenalised => Self::MeanPenalised,
            Plain::Topsis => Self::Topsis { ideal: None, anti_ideal: None },
        }
    }
}

impl Decode for AggregateEntry {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Words(Plain::WORDS), AggregateTerms::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Map(_) => AggregateTerms::decode(node, decoder).map(|terms| terms.0),
            _ => WordOf::<Plain>::decode(node, decoder).map(|plain| Self::Known(plain.0.into())),
        }
    }
}

/// An aggregation with numbers of its own.
struct AggregateTerms(AggregateEntry);

impl Declare for AggregateTerms {
    const NAME: &'static str = "Aggregate";
    const ABOUT: &'static str = "An aggregation with numbers of its own: exactly one.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let power = fields.optional("power", "the exponent of a generalised mean, not 0, from -1000 to 1000");
        let topsis = fields.optional("topsis", "the points between which closeness is measured");
        let (power, topsis): (Option<f64>, Option<TopsisEntry>) = (power?, topsis?);
        match (power, topsis) {
            (Some(power), None) if POWERS.contains(&power.abs()) => {
                Some(Self(AggregateEntry::Known(Aggregate::Power(power))))
            }
            (None, Some(topsis)) => Some(Self(topsis.0)),
            _ => {
                let problem =
                    at.problem(code::BAD_METHOD, "exactly one aggregation says how scores are put together");
                fields.report(problem.with_expected(
                    "a word, {power: p} with p from 0.000001 to 1000 or the same below zero, or {topsis: ...}",
                ));
                None
            }
        }
    }
}

/// The points of TOPSIS as written.
struct TopsisEntry(AggregateEntry);

const FROM_DATA: &[Word] =
    &[Word { word: "from_data", about: "the best and the worst of the data, by fitting" }];

impl Decode for TopsisEntry {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Words(FROM_DATA), TopsisPoints::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if &**text == "from_data" => Some(Self(AggregateEntry::TopsisFromData)),
            Value::Map(_) => TopsisPoints::decode(node, decoder).map(|points| {
                let (ideal, anti_ideal) = (Some(points.ideal), Some(points.anti_ideal));
                Self(AggregateEntry::Known(Aggregate::Topsis { ideal, anti_ideal }))
            }),
            _ => decoder.wrong_type(node, "`from_data`, or {ideal: [...], anti_ideal: [...]}"),
        }
    }
}

/// Ideal and anti-ideal.
struct TopsisPoints {
    ideal: Vec<f64>,
    anti_ideal: Vec<f64>,
}

impl Declare for TopsisPoints {
    const NAME: &'static str = "TopsisPoints";
    const ABOUT: &'static str = "The scores of the best and of the worst, in the order of the children.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let ideal = fields.required("ideal", "the best scores");
        let anti_ideal = fields.required("anti_ideal", "the worst scores");
        Some(Self { ideal: ideal?, anti_ideal: anti_ideal? })
    }
}
