//! Tests as a document has them.

use crate::column::{Date, Scalar};
use crate::document::{
    At, Declare, Decode, Decoder, Dict, Fields, Id, Located, Node, Shape, Shapes, Value, WordOf,
};
use crate::expr::Literal;
use crate::rules::decide::DecisionStatus;

/// A test as written. What is `None` was reported or is absent.
pub(in crate::rules) struct TestEntry {
    pub(super) at: At,
    pub(super) id: Option<Located<Id>>,
    pub(super) note: Option<Box<str>>,
    pub(super) date: Option<Located<Date>>,
    pub(super) date_was_read: bool,
    pub(super) given: Dict<Located<Given>>,
    pub(super) expect: Option<ExpectEntry>,
}

impl Declare for TestEntry {
    const NAME: &'static str = "TestCase";
    const ABOUT: &'static str = "A record, and what the rules are expected to say of it.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let id = fields.optional("id", "id of the test; otherwise `test-1`, `test-2` and so on");
        let note = fields.optional("note", "what the test is about, for readers");
        let date = fields.optional("at", "the date of the decision; required where rules have dates");
        let given = fields.or("given", "the values of fields, by field", Dict::default(), "none");
        let expect = fields.required("expect", "what the rules are to say of it");
        Some(Self {
            at,
            id: id.flatten(),
            note: note.flatten(),
            date_was_read: date.is_some(),
            date: date.flatten(),
            given: given.unwrap_or_default(),
            expect,
        })
    }
}

/// What is expected, as written.
pub(super) struct ExpectEntry {
    pub(super) at: At,
    pub(super) status: Option<Located<WordOf<DecisionStatus>>>,
    pub(super) rule: Option<Located<Id>>,
    pub(super) rules: Option<Located<Vec<Located<Id>>>>,
    pub(super) outputs: Dict<Located<Wanted>>,
    /// Whether everything written was read.
    pub(super) complete: bool,
}

impl Declare for ExpectEntry {
    const NAME: &'static str = "Expectation";
    const ABOUT: &'static str = "What the rules are expected to say: one of the keys or several.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let at = fields.at();
        let status = fields.optional("status", "what becomes of the record; `none` where no rule matches");
        let rule = fields.optional("rule", "the rule that decides");
        let about = "all rules that match, in the order of the hit policy; with `first` and `priority` the one that decides";
        let rules = fields.optional("rules", about);
        let outputs = fields.or(
            "outputs",
            "values of outputs, by output; `null` for none. Where the hit policy keeps a list, a list of one for each rule",
            Dict::default(),
            "none",
        );
        let complete = status.is_some()
            && rule.is_some()
            && rules.is_some()
            && outputs.as_ref().is_some_and(|it| it.complete);
        Some(Self {
            at,
            status: status.flatten(),
            rule: rule.flatten(),
            rules: rules.flatten(),
            outputs: outputs.unwrap_or_default(),
            complete,
        })
    }
}

/// The value of a field; `None` for a missing one.
pub(super) struct Given(pub(super) Option<Literal>);

impl Given {
    /// The value as a record would have it. Amounts and numbers stay as exact as they are written.
    pub(super) fn scalar(&self) -> Scalar {
        match &self.0 {
            None => Scalar::Missing,
            Some(Literal::Bool(value)) => (*value).into(),
            Some(Literal::Text(text)) => (&**text).into(),
            // Whole numbers are integers, so that ids may be numbers.
            Some(Literal::Number(number)) => {
                number.times_exactly(1).map_or(Scalar::Decimal(*number), Scalar::Int)
            }
        }
    }
}

impl Decode for Given {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Scalar, Shape::Null])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Null => Some(Self(None)),
            _ => Literal::decode(node, decoder).map(|literal| Self(Some(literal))),
        }
    }
}

/// What is expected of an output: a value, or one for each rule.
pub(super) enum Wanted {
    One(Given),
    Each(Vec<Located<Given>>),
}

impl Decode for Wanted {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Shape::Scalar, Shape::Null, Vec::<Given>::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::List(_) => Vec::decode(node, decoder).map(Self::Each),
            _ => Given::decode(node, decoder).map(Self::One),
        }
    }
}
