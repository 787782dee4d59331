//! The framework as a document: the declaration that reads and describes it.

use crate::column::Date;
use crate::document::{
    At, Declare, Decode, Decoder, Dict, Fields, Header, Id, Integer, Kind, Located, Names, Node, Shape,
    Shapes, Value, Word, WordOf, Words,
};
use crate::error::{document as document_code, scoring as code};

use super::aggregate::AggregateEntry;
use super::direction::Direction;
use super::level::Level;
use super::method::MethodEntry;
use super::weighting::WeightsEntry;

/// A framework as written. What is `None` was reported; the rest is checked all the same.
pub(super) struct FrameworkDocument {
    pub(super) header: Option<Header>,
    pub(super) source: Option<Box<str>>,
    pub(super) scale: Option<Located<ScaleEntry>>,
    pub(super) scale_was_read: bool,
    pub(super) root: Option<Located<Id>>,
    pub(super) segments: Option<SegmentsEntry>,
    pub(super) fitted: Option<FittedEntry>,
    pub(super) indicators: Dict<IndicatorEntry>,
    pub(super) nodes: Dict<NodeEntry>,
}

impl Kind for FrameworkDocument {
    const KIND: &'static str = "framework";
}

impl Declare for FrameworkDocument {
    const NAME: &'static str = "FrameworkDocument";
    const ABOUT: &'static str = "Indicators with their baselines, and the tree that makes one score of them.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let header = Header::fields(fields, Self::KIND);
        let source = fields.optional("source", "where the framework comes from");
        let scale = fields.optional("scale", "the scale of all scores; otherwise 0 to 100");
        let root = fields.required("root", "the node whose score is the score");
        let segments = fields.optional("segments", "the column that weights by segment go by");
        let fitted = fields.optional("fitted", "when and from how many rows the baselines were fitted");
        let indicators = fields.required("indicators", "what is measured, by id");
        let nodes = fields.required("nodes", "how scores are put together, by id");
        Some(Self {
            header,
            source: source.flatten(),
            scale_was_read: scale.is_some(),
            scale: scale.flatten(),
            root,
            segments: segments.flatten(),
            fitted: fitted.flatten(),
            indicators: indicators?,
            nodes: nodes?,
        })
    }
}

/// The ends of the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ScaleEntry {
    pub(super) min: f64,
    pub(super) max: f64,
}

impl Declare for ScaleEntry {
    const NAME: &'static str = "Scale";
    const ABOUT: &'static str = "The lowest and the highest score.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let min = fields.or("min", "the lowest score", 0.0, "0");
        let max = fields.or("max", "the highest score", 100.0, "100");
        Some(Self { min: min?, max: max? })
    }
}

/// What segments are.
pub(super) struct SegmentsEntry {
    pub(super) field: Box<str>,
}

impl Declare for SegmentsEntry {
    const NAME: &'static str = "Segments";
    const ABOUT: &'static str = "Where the segment of a row stands.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let field = fields.required("field", "the column of the segment");
        Some(Self { field: field? })
    }
}

/// What is known of a fit.
pub(super) struct FittedEntry {
    pub(super) on: Option<Date>,
    pub(super) rows: Integer<0, { (1 << 53) - 1 }>,
}

impl Declare for FittedEntry {
    const NAME: &'static str = "Fitted";
    const ABOUT: &'static str = "When and from how many rows the baselines were fitted.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let on = fields.optional("on", "the day of the data");
        let rows = fields.required("rows", "how many rows were used");
        Some(Self { on: on?, rows: rows? })
    }
}

/// An indicator as written.
pub(super) struct IndicatorEntry {
    pub(super) at: At,
    pub(super) name: Names,
    pub(super) unit: Option<Box<str>>,
    pub(super) direction: Option<WordOf<Direction>>,
    pub(super) weight: Option<Located<f64>>,
    pub(super) compare: Option<CompareEntry>,
    pub(super) normalise: Option<Located<MethodEntry>>,
    pub(super) clip: Option<WordOf<Clip>>,
    pub(super) possible: Option<Located<RangeEntry>>,
    pub(super) impossible: Option<WordOf<Impossible>>,
    pub(super) missing: Option<Located<MissingEntry>>,
    pub(super) winsorise: Option<Located<WinsoriseEntry>>,
    pub(super) constant: Option<WordOf<Constant>>,
    pub(super) source: Option<Box<str>>,
}

impl Declare for IndicatorEntry {
    const NAME: &'static str = "Indicator";
    const ABOUT: &'static str = "Something that is measured, and how its values become scores.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let unit = fields.optional("unit", "unit of the values");
        let direction = fields.required("direction", "which values are better");
        let weight = fields.optional("weight", "weight among the children of its node; otherwise 1");
        let compare = fields.optional("compare", "compare with another column before normalising");
        let normalise = fields.required("normalise", "how values become scores");
        let clip = fields.optional("clip", "at which ends of the scale scores are cut; otherwise `both`");
        let possible = fields.optional("possible", "the values that can occur, both ends included");
        let impossible =
            fields.or("impossible", "what an impossible value means", WordOf::of(Impossible::Error), "error");
        let missing = fields.optional("missing", "what a missing value means; otherwise `error`");
        let winsorise = fields.optional("winsorise", "values beyond these are drawn to them");
        let constant = fields.or(
            "constant",
            "what fitting makes of values that are all the same",
            WordOf::of(Constant::Error),
            "error",
        );
        let source = fields.optional("source", "where indicator and baseline come from");
        Some(Self {
            at,
            name: name.unwrap_or_default(),
            unit: unit.flatten(),
            direction,
            weight: weight.flatten(),
            compare: compare.flatten(),
            normalise,
            clip: clip.flatten(),
            possible: possible.flatten(),
            impossible,
            missing: missing.flatten(),
            winsorise: winsorise.flatten(),
            constant,
            source: source.flatten(),
        })
    }
}

/// A value against another.
pub(super) struct CompareEntry {
    pub(super) with: Box<str>,
    pub(super) by: WordOf<Compare>,
}

impl Declare for CompareEntry {
    const NAME: &'static str = "Compare";
    const ABOUT: &'static str = "The value against one of another column: before and after, year on year.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let with = fields.required("with", "the other column");
        let by = fields.required("as", "how the two are compared");
        Some(Self { with: with?, by: by? })
    }
}

/// How a value and the one it is compared with become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// `x / y`.
    Ratio,
    /// `x / y - 1`.
    Growth,
    /// `x - y`.
    Difference,
}

impl Words for Compare {
    const WORDS: &'static [Word] = &[
        Word { word: "ratio", about: "the value over the other" },
        Word { word: "growth", about: "the value over the other, minus 1" },
        Word { word: "difference", about: "the value minus the other" },
    ];
    const VALUES: &'static [Self] = &[Self::Ratio, Self::Growth, Self::Difference];
}

/// At which ends of the scale scores are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clip {
    /// At both.
    Both,
    /// At the lowest score only.
    Low,
    /// At the highest score only.
    High,
    /// At neither.
    None,
}

impl Words for Clip {
    const WORDS: &'static [Word] = &[
        Word { word: "both", about: "at both ends" },
        Word { word: "low", about: "at the lowest score only" },
        Word { word: "high", about: "at the highest score only" },
        Word { word: "none", about: "nowhere: scores may lie outside the scale" },
    ];
    const VALUES: &'static [Self] = &[Self::Both, Self::Low, Self::High, Self::None];
}

/// What an impossible value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Impossible {
    /// The row cannot be scored.
    Error,
    /// The value counts as missing.
    Missing,
}

impl Words for Impossible {
    const WORDS: &'static [Word] = &[
        Word { word: "error", about: "the row cannot be scored" },
        Word { word: "missing", about: "the value counts as missing" },
    ];
    const VALUES: &'static [Self] = &[Self::Error, Self::Missing];
}

/// What fitting makes of values that are all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Constant {
    Error,
    Low,
    Middle,
    High,
}

impl Words for Constant {
    const WORDS: &'static [Word] = &[
        Word { word: "error", about: "fitting fails" },
        Word { word: "low", about: "every value gets the lowest score" },
        Word { word: "middle", about: "every value gets the middle of the scale" },
        Word { word: "high", about: "every value gets the highest score" },
    ];
    const VALUES: &'static [Self] = &[Self::Error, Self::Low, Self::Middle, Self::High];
}

/// The values that can occur.
pub(super) struct RangeEntry {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
}

impl Declare for RangeEntry {
    const NAME: &'static str = "Range";
    const ABOUT: &'static str = "Numbers from min to max, both included.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let min = fields.optional("min", "the lowest number");
        let max = fields.optional("max", "the highest number");
        Some(Self { min: min?, max: max? })
    }
}

/// The values to which others are drawn.
pub(super) struct WinsoriseEntry {
    pub(super) low: Option<Located<Level>>,
    pub(super) high: Option<Located<Level>>,
}

impl Declare for WinsoriseEntry {
    const NAME: &'static str = "Winsorise";
    const ABOUT: &'static str = "Values below `low` count as `low`, values above `high` as `high`.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let low = fields.optional("low", "the lowest value that counts");
        let high = fields.optional("high", "the highest value that counts");
        Some(Self { low: low?, high: high? })
    }
}

/// What a missing value means.
pub(super) enum MissingEntry {
    Error,
    Skip,
    Impute(ImputeEntry),
}

const MISSING: &[Word] = &[
    Word { word: "error", about: "the row cannot be scored" },
    Word { word: "skip", about: "the indicator drops out and its siblings share its weight" },
];

impl Decode for MissingEntry {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Words(MISSING), ImputeEntry::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if &**text == "error" => Some(Self::Error),
            Value::Text(text) if &**text == "skip" => Some(Self::Skip),
            Value::Map(_) => ImputeEntry::decode(node, decoder).map(Self::Impute),
            _ => {
                let expected = "`error`, `skip`, or what stands in, such as {value: 3}";
                decoder.problem(node, document_code::UNKNOWN_WORD, "the policy is not known", expected);
                None
            }
        }
    }
}

/// What stands in for a missing value.
pub(super) struct ImputeEntry {
    pub(super) value: Option<f64>,
    pub(super) score: Option<Located<f64>>,
    pub(super) impute: Option<WordOf<Centre>>,
    pub(super) by: Option<Box<str>>,
    pub(super) values: Option<Vec<GroupValue>>,
}

impl Declare for ImputeEntry {
    const NAME: &'static str = "Impute";
    const ABOUT: &'static str = "What stands in for a missing value.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let value = fields.optional("value", "a value; with `values` that of other groups");
        let score = fields.optional("score", "a score");
        let impute = fields.optional("impute", "a value that fitting finds");
        let by = fields.optional("by", "the column of the groups that have values of their own");
        let values = fields.optional("values", "the values of the groups");
        let (value, score, impute, by, values) = (value?, score?, impute?, by?, values?);
        let said =
            usize::from(value.is_some()) + usize::from(score.is_some()) + usize::from(impute.is_some());
        let by_fits = match (&by, &values) {
            (None, None) => true,
            (Some(_), None) => impute.is_some(),
            (Some(_), Some(_)) => value.is_some(),
            (None, Some(_)) => false,
        };
        if said != 1 || !by_fits {
            let problem = at.problem(code::BAD_METHOD, "exactly one thing can stand in for a missing value");
            fields.report(problem.with_expected(
                "one of `value`, `score` and `impute`; `by` beside `impute`, or with `values` beside `value`",
            ));
            return None;
        }
        Some(Self { value, score, impute, by, values })
    }
}

/// The middle of some values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Centre {
    Mean,
    Median,
}

impl Words for Centre {
    const WORDS: &'static [Word] =
        &[Word { word: "mean", about: "the arithmetic mean" }, Word { word: "median", about: "the median" }];
    const VALUES: &'static [Self] = &[Self::Mean, Self::Median];
}

/// The value of a group.
pub(super) struct GroupValue {
    pub(super) group: Box<str>,
    pub(super) value: f64,
}

impl Declare for GroupValue {
    const NAME: &'static str = "GroupValue";
    const ABOUT: &'static str = "What stands in for missing values of a group.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let group = fields.required("group", "the group, as its column has it");
        let value = fields.required("value", "the value");
        Some(Self { group: group?, value: value? })
    }
}

/// A node as written.
pub(super) struct NodeEntry {
    pub(super) name: Names,
    pub(super) weight: Option<Located<f64>>,
    pub(super) aggregate: Option<Located<AggregateEntry>>,
    pub(super) aggregate_was_read: bool,
    pub(super) children: Option<Located<Vec<Located<Id>>>>,
    pub(super) weights: Option<Located<WeightsEntry>>,
    pub(super) weights_was_read: bool,
    pub(super) by_segment: Vec<SegmentWeights>,
    pub(super) min_coverage: Option<Located<f64>>,
    pub(super) source: Option<Box<str>>,
}

impl Declare for NodeEntry {
    const NAME: &'static str = "FrameworkNode";
    const ABOUT: &'static str = "A score made of others.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.or("name", "name, in several languages if wanted", Names::default(), "no name");
        let weight = fields.optional("weight", "weight among the children of its node; otherwise 1");
        let aggregate =
            fields.optional("aggregate", "how the scores are put together; otherwise `arithmetic`");
        let children =
            fields.required("children", "ids of indicators and nodes, in the order in which they are summed");
        let weights = fields.optional("weights", "weights of the children; otherwise each child's `weight`");
        let by_segment = fields.optional("by_segment", "other weights for the rows of a segment");
        let min_coverage =
            fields.optional("min_coverage", "below this coverage, from 0 to 1, the node has no score");
        let source = fields.optional("source", "where the node comes from");
        Some(Self {
            name: name.unwrap_or_default(),
            weight: weight.flatten(),
            aggregate_was_read: aggregate.is_some(),
            aggregate: aggregate.flatten(),
            children,
            weights_was_read: weights.is_some(),
            weights: weights.flatten(),
            by_segment: by_segment.flatten().map(|by: BySegment| by.0).unwrap_or_default(),
            min_coverage: min_coverage.flatten(),
            source: source.flatten(),
        })
    }
}

/// The weights of a segment.
pub(super) struct SegmentWeights {
    pub(super) segment: Box<str>,
    pub(super) at: At,
    pub(super) weights: Dict<Located<f64>>,
}

/// Weights by segment; a segment is any text.
pub(super) struct BySegment(Vec<SegmentWeights>);

impl Decode for BySegment {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::Dict(Box::new(Dict::<f64>::shape(shapes)))
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            return decoder.wrong_type(node, "weights by segment, such as {vip: {speed: 2, price: 1}}");
        };
        let read = entries.iter().filter_map(|entry| {
            decoder.within(&entry.key, |decoder| {
                let at = decoder.here(&entry.node).with_span(entry.key_span);
                let weights = Dict::decode(&entry.node, decoder)?;
                Some(SegmentWeights { segment: entry.key.clone(), at, weights })
            })
        });
        Some(Self(read.collect()))
    }
}
