//! Levels of baselines: numbers, or what fitting takes from the data.

use crate::document::{
    Body, Declare, Decode, Decoder, Fields, Node, Shape, Shapes, Value, Word, WordOf, Words,
};
use crate::error::document as code;

/// A level of a baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Level {
    Known(f64),
    Fitted(Statistic),
}

impl Level {
    /// The number, where it is known.
    pub(super) fn known(self) -> Option<f64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Fitted(_) => None,
        }
    }
}

/// A number that fitting takes from the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Statistic {
    Min,
    Max,
    Mean,
    Median,
    /// Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
    Quantile(f64),
    /// The sample standard deviation, over n - 1.
    Deviation,
}

impl Words for Statistic {
    const WORDS: &'static [Word] = &[
        Word { word: "min", about: "the lowest value of the data" },
        Word { word: "max", about: "the highest value of the data" },
        Word { word: "mean", about: "the mean of the data" },
        Word { word: "median", about: "the median of the data" },
        Word { word: "deviation", about: "the sample standard deviation of the data, over n - 1" },
    ];
    const VALUES: &'static [Self] = &[Self::Min, Self::Max, Self::Mean, Self::Median, Self::Deviation];
}

/// A quantile of the data.
struct Quantile(f64);

impl Declare for Quantile {
    const NAME: &'static str = "Quantile";
    const ABOUT: &'static str =
        "A quantile of the data, by linear interpolation (type 7 of Hyndman and Fan 1996).";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let share: f64 = fields.required("quantile", "the share of values below, from 0 to 1")?;
        if (0.0..=1.0).contains(&share) {
            return Some(Self(share));
        }
        let problem = at.problem(code::OUT_OF_RANGE, "the number is not allowed here");
        fields.report(problem.with_found(format!("`{share}`")).with_expected("a share from 0 to 1"));
        None
    }
}

impl Decode for Level {
    fn shape(shapes: &mut Shapes) -> Shape {
        let about = "A number, or what fitting takes from the data.";
        shapes.named("Level", about, |shapes| {
            let words = WordOf::<Statistic>::shape(shapes);
            Body::Union(vec![f64::shape(shapes), words, Quantile::shape(shapes)])
        })
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Map(_) => {
                Quantile::decode(node, decoder).map(|share| Self::Fitted(Statistic::Quantile(share.0)))
            }
            Value::Text(text) if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                WordOf::<Statistic>::decode(node, decoder).map(|word| Self::Fitted(word.0))
            }
            _ => f64::decode(node, decoder).map(Self::Known),
        }
    }
}
