//! The condition as a document has it: names and literals with their places, not yet bound to fields.

use std::sync::Arc;

use super::cel::{Ast, parse};
use crate::document::{
    At, Body, Declare, Decode, Decoder, Entry, Fields, Located, Node, Shape, Shapes, Value,
};
use crate::error::{expr as code, nearest};
use crate::money::Decimal;

/// A condition as written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Syntax {
    Test(Box<Test>),
    All(Vec<Syntax>),
    Any(Vec<Syntax>),
    Not(Box<Syntax>),
    Text(Box<Written>),
}

/// A condition as text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    pub(super) at: At,
    pub(super) text: Arc<str>,
    pub(super) ast: Ast,
}

/// The tests of one field; all of them must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Test {
    pub(super) field: Located<Box<str>>,
    pub(super) comparisons: Vec<(Relation, Located<Operand>)>,
    pub(super) members: Option<Members>,
    pub(super) strangers: Option<Members>,
    pub(super) missing: Option<bool>,
}

/// The literals of `in` and `not_in`.
pub(super) type Members = Located<Vec<Located<Literal>>>;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl Relation {
    /// The key in documents.
    pub(super) fn word(self) -> &'static str {
        match self {
            Relation::Eq => "eq",
            Relation::Ne => "ne",
            Relation::Lt => "lt",
            Relation::Le => "le",
            Relation::Gt => "gt",
            Relation::Ge => "ge",
        }
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Literal(Literal),
    Field(Located<Box<str>>),
}

/// A value as written; its type is that of the field it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Number(Decimal),
    Text(Box<str>),
    Bool(bool),
}

/// A literal, borrowed from wherever it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plain<'l> {
    Number(Decimal),
    Text(&'l str),
    Bool(bool),
}

impl Literal {
    pub(super) fn plain(&self) -> Plain<'_> {
        match self {
            Literal::Number(number) => Plain::Number(*number),
            Literal::Text(text) => Plain::Text(text),
            Literal::Bool(value) => Plain::Bool(*value),
        }
    }

    /// The literal as messages show it.
    pub(crate) fn shown(&self) -> String {
        self.plain().shown()
    }
}

impl Plain<'_> {
    pub(super) fn shown(self) -> String {
        match self {
            Plain::Number(number) => format!("`{number}`"),
            Plain::Text(text) => format!("\"{text}\""),
            Plain::Bool(value) => format!("`{value}`"),
        }
    }

    /// Whether it is an integer of 64 bits; what is no number is told apart later.
    pub(super) fn is_whole(self) -> bool {
        let decimal = match self {
            Plain::Number(number) => Some(number),
            Plain::Text(text) => Decimal::parse(text).ok(),
            Plain::Bool(_) => None,
        };
        decimal.is_none_or(|decimal| {
            decimal.times_exactly(1).is_some_and(|integer| i64::try_from(integer).is_ok())
        })
    }
}

/// The keys of which exactly one says what a condition is.
const FORMS: [&str; 4] = ["field", "all", "any", "not"];

impl Decode for Syntax {
    fn shape(shapes: &mut Shapes) -> Shape {
        let about = "A condition as text, a test of one field, or a combination of conditions, in three-valued logic.";
        shapes.named("Condition", about, |shapes| {
            Body::Union(vec![
                Shape::Text {
                    pattern: None,
                    about: "a condition as text, such as `arpu > 80 && !(brand in [\"a\"])`",
                },
                Shape::Bool,
                Test::shape(shapes),
                All::shape(shapes),
                Any::shape(shapes),
                Not::shape(shapes),
            ])
        })
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        let entries = match &node.value {
            Value::Map(entries) => entries,
            Value::Text(text) => return Written::decode(text, node, decoder),
            Value::Bool(true) => return Some(Syntax::All(Vec::new())),
            Value::Bool(false) => return Some(Syntax::Any(Vec::new())),
            _ => return decoder.wrong_type(node, "a condition: a text or a mapping"),
        };
        let forms: Vec<&str> = FORMS.into_iter().filter(|form| node.get(form).is_some()).collect();
        match forms.as_slice() {
            ["field"] => Test::decode(node, decoder).map(|test| Syntax::Test(Box::new(test))),
            ["all"] => All::decode(node, decoder).map(|all| Syntax::All(all.0)),
            ["any"] => Any::decode(node, decoder).map(|any| Syntax::Any(any.0)),
            ["not"] => Not::decode(node, decoder).map(|not| Syntax::Not(Box::new(not.0))),
            _ => {
                report_form(&decoder.here(node), &forms, entries, decoder);
                None
            }
        }
    }
}

impl Written {
    fn decode(text: &str, node: &Node, decoder: &mut Decoder) -> Option<Syntax> {
        let (at, text) = (decoder.here(node), Arc::from(text));
        match parse(&text) {
            Ok(ast) => Some(Syntax::Text(Box::new(Self { at, text, ast }))),
            Err(fault) => {
                decoder.report(fault.problem(&at, &text));
                None
            }
        }
    }
}

fn report_form(at: &At, forms: &[&str], entries: &[Entry], decoder: &mut Decoder) {
    let message = match forms {
        [] => "the condition has neither a field nor conditions to combine",
        _ => "the condition mixes a field with a combinator, or several combinators",
    };
    let near =
        if forms.is_empty() { entries.iter().find_map(|entry| nearest(&entry.key, FORMS)) } else { None };
    let keys: Vec<String> = entries.iter().map(|entry| format!("`{}`", entry.key)).collect();
    let problem = at
        .problem(code::NO_TEST, message)
        .with_found(if keys.is_empty() {
            "no keys".to_owned()
        } else {
            format!("the keys {}", keys.join(", "))
        })
        .with_expected("one of `field` with a test, `all`, `any`, `not`")
        .suggest(near);
    decoder.report(problem);
}

impl Declare for Test {
    const NAME: &'static str = "FieldTest";
    const ABOUT: &'static str = "Tests of one field; all of them must hold. A missing value makes every test unknown \
                                 except `missing`.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        let field = fields.required("field", "name of the field");
        let comparisons = [
            (Relation::Eq, fields.optional("eq", "equal to")),
            (Relation::Ne, fields.optional("ne", "not equal to")),
            (Relation::Lt, fields.optional("lt", "less than (number, integer, money, date, timestamp)")),
            (Relation::Le, fields.optional("le", "at most (number, integer, money, date, timestamp)")),
            (Relation::Gt, fields.optional("gt", "greater than (number, integer, money, date, timestamp)")),
            (Relation::Ge, fields.optional("ge", "at least (number, integer, money, date, timestamp)")),
        ];
        let members = fields.optional("in", "equal to one of");
        let strangers = fields.optional("not_in", "equal to none of");
        let missing = fields.optional("missing", "whether the value is missing; never unknown");
        let comparisons = comparisons.into_iter().map(|(relation, operand)| Some((relation, operand?)));
        let comparisons: Vec<_> = comparisons.collect::<Option<_>>()?;
        let test = Self {
            field: field?,
            comparisons: comparisons.into_iter().filter_map(|(relation, it)| Some((relation, it?))).collect(),
            members: members?,
            strangers: strangers?,
            missing: missing?,
        };
        if test.comparisons.is_empty()
            && test.members.is_none()
            && test.strangers.is_none()
            && test.missing.is_none()
        {
            let problem = fields
                .at()
                .problem(code::NO_TEST, "the condition names a field but no test")
                .with_found(format!("`{}`", test.field.value))
                .with_expected("eq, ne, lt, le, gt, ge, in, not_in or missing");
            fields.report(problem);
            return None;
        }
        Some(test)
    }
}

/// Declares a combinator: a record with one key.
macro_rules! combinator {
    ($name:ident($inner:ty), $named:literal, $key:literal, $about:literal) => {
        struct $name($inner);

        impl Declare for $name {
            const NAME: &'static str = $named;
            const ABOUT: &'static str = $about;

            fn declare(fields: &mut Fields<'_>) -> Option<Self> {
                fields.required($key, $about).map(Self)
            }
        }
    };
}

combinator!(All(Vec<Syntax>), "AllOf", "all", "True where every condition is true; true without any.");
combinator!(
    Any(Vec<Syntax>),
    "AnyOf",
    "any",
    "True where at least one condition is true; false without any."
);
combinator!(Not(Syntax), "NotThat", "not", "True where the condition is false.");

/// The other side of a comparison, where it is a field.
struct Other(Located<Box<str>>);

impl Declare for Other {
    const NAME: &'static str = "OtherField";
    const ABOUT: &'static str = "Another field of the same type, to compare with.";

    fn declare(fields: &mut Fields<'_>) -> Option<Self> {
        fields.required("field", "name of the other field").map(Self)
    }
}

impl Decode for Operand {
    fn shape(shapes: &mut Shapes) -> Shape {
        Shape::OneOf(vec![Literal::shape(shapes), Other::shape(shapes)])
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Map(_) => Other::decode(node, decoder).map(|other| Operand::Field(other.0)),
            Value::List(_) => decoder.wrong_type(node, "one value; `in` takes a list"),
            _ => Literal::decode(node, decoder).map(Operand::Literal),
        }
    }
}

impl Decode for Literal {
    fn shape(_: &mut Shapes) -> Shape {
        Shape::Scalar
    }

    fn decode(node: &Node, decoder: &mut Decoder) -> Option<Self> {
        match &node.value {
            Value::Bool(value) => Some(Literal::Bool(*value)),
            Value::Text(text) => Some(Literal::Text(text.clone())),
            Value::Number(_) => Decimal::decode(node, decoder).map(Literal::Number),
            _ => decoder.wrong_type(node, "a number, a text, a date, or true or false"),
        }
    }
}
