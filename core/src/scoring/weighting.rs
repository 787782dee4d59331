//! The weights of a node's children, as a document has them.

use crate::document::{
    At, Declare, Decode, Decoder, Dict, Fields, Id, Located, Node, Shape, Shapes, Value, Word, WordOf, Words,
};
use crate::error::{document as document_code, scoring as code};

use super::weights::Mixing;

/// Weights as written.
pub(super) enum WeightsEntry {
    Equal,
    Values(Dict<Located<f64>>),
    Ranking(Located<Vec<Located<Id>>>),
    Ahp(Located<Vec<Vec<Judgement>>>),
    FromData(DataWeights),
    Mix(Vec<MixPart>, Mixing),
}

const EQUAL: &[Word] = &[Word { word: "equal", about: "the same for every child" }];

impl Decode for WeightsEntry {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Words(EQUAL), WeightsTerms::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Text(text) if &**text == "equal" => Some(Self::Equal),
            Value::Map(_) => WeightsTerms::decode(node, decoder).map(|terms| terms.0),
            _ => {
                let expected = "`equal`, or a mapping such as {values: {speed: 2, price: 1}}";
                decoder.problem(node, document_code::UNKNOWN_WORD, "the weights are not known", expected);
                None
            }
        }
    }
}

/// A method of weighting.
struct WeightsTerms(WeightsEntry);

impl Declare for WeightsTerms {
    const NAME: &'static str = "Weights";
    const ABOUT: &'static str = "How the children of a node are weighted: exactly one method.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let values = fields.optional("values", "a weight for every child, by id");
        let ranking = fields
            .optional("ranking", "the children by importance, most important first (rank-order centroid)");
        let ahp = fields.optional("ahp", "a matrix of comparisons in pairs, in the order of the children");
        let from_data = fields.optional("from_data", "weights that fitting takes from the data");
        let mix = fields.optional("mix", "several weightings put together");
        let by = fields.or("by", "how they are put together", WordOf::of(Mixing::Sum), "sum");
        let (by, mix): (WordOf<Mixing>, Option<Vec<MixPart>>) = (by?, mix?);
        let read = [
            values?.map(WeightsEntry::Values),
            ranking?.map(WeightsEntry::Ranking),
            ahp?.map(WeightsEntry::Ahp),
            from_data?.map(|word: WordOf<DataWeights>| WeightsEntry::FromData(word.0)),
            mix.map(|mix| WeightsEntry::Mix(mix, by.0)),
        ];
        let mut given = read.into_iter().flatten();
        if let (Some(weights), None) = (given.next(), given.next()) {
            Some(Self(weights))
        } else {
            let problem =
                at.problem(code::BAD_METHOD, "exactly one method says how the children are weighted");
            fields.report(problem.with_expected("one of values, ranking, ahp, from_data, mix"));
            None
        }
    }
}

/// One cell of a matrix of comparisons: a number, or a fraction such as `1/3`.
#[derive(Clone, Debug)]
pub(super) struct Judgement {
    pub(super) value: f64,
    pub(super) at: At,
}

impl Decode for Judgement {
    fn shape(_: &mut Shapes) -> Shape {
        let fraction = Shape::Text { pattern: Some("^[0-9]+/[0-9]+$"), about: "fraction, such as 1/3" };
        Shape::OneOf(vec![Shape::Decimal, fraction])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let at = decoder.here(node);
        let fraction = match &node.value {
            Value::Text(text) => text.split_once('/'),
            _ => None,
        };
        let value = match fraction {
            Some((above, below)) => {
                let whole = |text: &str| text.trim().parse::<u32>().ok().map(f64::from);
                let value = whole(above).zip(whole(below).filter(|below| *below > 0.0));
                if value.is_none() {
                    let expected = "two whole numbers, such as 1/3";
                    decoder.problem(
                        node,
                        document_code::BAD_DECIMAL,
                        "the fraction cannot be read",
                        expected,
                    );
                }
                value.map(|(above, below)| above / below)
            }
            None => f64::decode(node, decoder),
        };
        value.map(|value| Self { value, at })
    }
}

/// Weights that fitting takes from the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataWeights {
    Entropy,
    Critic,
    StandardDeviation,
    Pca,
}

impl Words for DataWeights {
    const WORDS: &'static [Word] = &[
        Word { word: "entropy", about: "by the information in each column (Shannon entropy)" },
        Word { word: "critic", about: "by spread and conflict (CRITIC, Diakoulaki et al. 1995)" },
        Word { word: "standard_deviation", about: "by spread" },
        Word { word: "pca", about: "by loadings on the principal components" },
    ];
    const VALUES: &'static [Self] = &[Self::Entropy, Self::Critic, Self::StandardDeviation, Self::Pca];
}

/// One weighting of a mix.
pub(super) struct MixPart {
    pub(super) share: Located<f64>,
    pub(super) weights: Located<WeightsEntry>,
}

impl Declare for MixPart {
    const NAME: &'static str = "MixPart";
    const ABOUT: &'static str = "A weighting and its share of the mix.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let one = Located { value: 1.0, at: fields.at() };
        let share = fields.or("share", "its share; in a product its exponent", one, "1");
        let weights = fields.required("weights", "the weighting");
        Some(Self { share: share?, weights: weights? })
    }
}

impl WeightsEntry {
    /// The weights as a document has them, for children in this order. What is mixed or from data is written by its owner.
    pub(super) fn to_node(&self, ids: &[String]) -> Node {
        let values = |values: Vec<(&str, f64)>| {
            Node::map([("values", Node::map(values.into_iter().map(|(id, value)| (id, Node::float(value)))))])
        };
        match self {
            Self::Values(written) => {
                values(written.entries.iter().map(|entry| (&*entry.key, entry.value.value)).collect())
            }
            Self::Ranking(ranking) => {
                let ids = ranking.value.iter().map(|id| Node::text(id.value.as_str()));
                Node::map([("ranking", Node::list(ids.collect()))])
            }
            Self::Ahp(matrix) => {
                let row = |row: &Vec<Judgement>| {
                    Node::list(row.iter().map(|cell| Node::float(cell.value)).collect())
                };
                Node::map([("ahp", Node::list(matrix.value.iter().map(row).collect()))])
            }
            Self::Equal | Self::FromData(_) | Self::Mix(..) => {
                values(ids.iter().map(|id| (id.as_str(), 1.0)).collect())
            }
        }
    }
}
