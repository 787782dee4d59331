//! Binding a condition written as text: every part gets a type, and literals that of what they stand beside.

mod arithmetic;
mod calls;
mod terms;
mod times;

use std::sync::Arc;

use crate::document::{At, Located};
use crate::error::{Code, expr as code};
use crate::expr::bind::{Binder, Given, List, Tested};
use crate::expr::cel::{Ast, Fault, Kind, Range};
use crate::expr::condition::{Test, Tree};
use crate::expr::schema::FieldType;
use crate::expr::syntax::{Plain, Relation};
use crate::expr::term::{IntegerTerm, NumberTerm, nearest};

/// The type of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Number,
    Integer,
    Money,
    Text,
    Boolean,
    /// Days.
    Date,
    /// Microseconds.
    Timestamp,
    /// Microseconds.
    Duration,
}

impl Type {
    fn word(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Money => "money",
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Duration => "duration",
        }
    }
}

impl Type {
    /// Whether it is a day or a moment, which do not go together.
    fn is_time(self) -> bool {
        matches!(self, Self::Date | Self::Timestamp)
    }
}

impl From<FieldType> for Type {
    fn from(kind: FieldType) -> Self {
        match kind {
            FieldType::Number => Self::Number,
            FieldType::Integer => Self::Integer,
            FieldType::Money => Self::Money,
            FieldType::String => Self::Text,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Timestamp => Self::Timestamp,
        }
    }
}

/// A part with its type.
#[derive(Clone, Debug)]
enum Bound {
    Number(NumberTerm),
    /// Integers, money, dates, timestamps and durations.
    Integer(Type, IntegerTerm),
    /// A field, or a constant.
    Text(TextTerm),
    Boolean(Tree),
}

#[derive(Clone, Debug)]
enum TextTerm {
    Field(usize),
    Constant(Box<str>),
}

impl Bound {
    fn of(&self) -> Type {
        match self {
            Self::Number(_) => Type::Number,
            Self::Integer(of, _) => *of,
            Self::Text(_) => Type::Text,
            Self::Boolean(_) => Type::Boolean,
        }
    }

    /// Numbers as they are, integers as the nearest float.
    fn into_number(self) -> Option<NumberTerm> {
        match self {
            Self::Number(term) => Some(term),
            Self::Integer(Type::Integer, IntegerTerm::Constant(value)) => {
                Some(NumberTerm::Constant(nearest(value)))
            }
            Self::Integer(Type::Integer, term) => Some(NumberTerm::OfInteger(Box::new(term))),
            _ => None,
        }
    }
}

impl Ast {
    /// Whether it is made of literals alone, so that it takes its type from what stands beside it.
    fn is_open(&self) -> bool {
        match &self.kind {
            Kind::Number { .. } | Kind::Text(_) => true,
            Kind::Negative(inner) => inner.is_open(),
            Kind::Sum(first, rest) | Kind::Product(first, rest) => {
                first.is_open() && rest.iter().all(|(_, part)| part.is_open())
            }
            Kind::If(parts) => {
                let [_, yes, no] = &**parts;
                yes.is_open() && no.is_open()
            }
            // A moment is a date beside dates.
            Kind::Call { name, target: None, arguments } => {
                matches!(&**name, "timestamp" | "duration")
                    && matches!(arguments.as_slice(), [Ast { kind: Kind::Text(_), .. }])
            }
            _ => false,
        }
    }

    /// The literal, if it is one.
    fn literal(&self) -> Option<Plain<'_>> {
        match &self.kind {
            Kind::Number { value, .. } => Some(Plain::Number(*value)),
            Kind::Text(text) => Some(Plain::Text(text)),
            Kind::Bool(value) => Some(Plain::Bool(*value)),
            _ => None,
        }
    }

    fn name(&self) -> Option<&str> {
        if let Kind::Name(name) = &self.kind { Some(name) } else { None }
    }
}

impl Relation {
    /// The relation with its sides exchanged.
    pub(super) fn mirrored(self) -> Self {
        match self {
            Self::Lt => Self::Gt,
            Self::Le => Self::Ge,
            Self::Gt => Self::Lt,
            Self::Ge => Self::Le,
            same @ (Self::Eq | Self::Ne) => same,
        }
    }
}

/// Binds the parts of one text.
pub(super) struct TextBinder<'b, 'a> {
    binder: &'b mut Binder<'a>,
    at: &'b At,
    text: &'b Arc<str>,
}

/// `None` after a problem was reported.
type Found<T> = Option<T>;

impl<'b, 'a> TextBinder<'b, 'a> {
    pub(super) fn new(binder: &'b mut Binder<'a>, at: &'b At, text: &'b Arc<str>) -> Self {
        Self { binder, at, text }
    }

    fn part(&self, range: Range) -> At {
        self.at.part(self.text, range.start, range.end)
    }

    fn located<T>(&self, value: T, range: Range) -> Located<T> {
        Located { value, at: self.part(range) }
    }

    fn report<T>(&mut self, fault: Fault) -> Found<T> {
        let (at, text) = (self.at, self.text);
        self.binder.report(|| fault.problem(at, text))
    }

    fn wrong<T>(
        &mut self,
        code: Code,
        range: Range,
        message: &str,
        found: String,
        expected: &str,
    ) -> Found<T> {
        self.report(Fault::new(code, range, message).found(found).expected(expected))
    }

    fn wrong_type<T>(&mut self, range: Range, found: Type, expected: &str) -> Found<T> {
        let message = "the types do not go together";
        self.wrong(code::WRONG_TYPE, range, message, format!("a {}", found.word()), expected)
    }

    fn field(&mut self, name: &str, range: Range) -> Found<Tested<'a>> {
        let name = self.located(name.into(), range);
        self.binder.field(&name)
    }

    /// A field whose value is needed.
    fn value_of(&mut self, name: &str, range: Range) -> Found<Tested<'a>> {
        let tested = self.field(name, range)?;
        self.binder.note_value(tested);
        Some(tested)
    }

    pub(super) fn condition(&mut self, ast: &Ast) -> Found<Tree> {
        match &ast.kind {
            Kind::Bool(value) => Some(constant(*value)),
            Kind::Not(inner) => self.condition(inner).map(Tree::negated),
            Kind::All(parts) => self.conditions(parts).map(Tree::All),
            Kind::Any(parts) => self.conditions(parts).map(Tree::Any),
            Kind::Compare(relation, sides) => {
                let [left, right] = &**sides;
                self.comparison(*relation, left, right, ast.range)
            }
            Kind::In(sides) => {
                let [item, list] = &**sides;
                self.membership(item, list)
            }
            Kind::If(parts) => {
                let [test, yes, no] = &**parts;
                let (test, yes, no) = (self.condition(test), self.condition(yes), self.condition(no));
                Some(Tree::If(Box::new([test?, yes?, no?])))
            }
            Kind::Name(name) => {
                let tested = self.value_of(name, ast.range)?;
                if tested.field.kind() != FieldType::Boolean {
                    let found = format!("`{name}` of type {}", tested.field.kind().word());
                    let message = "a condition has to be true or false";
                    return self.wrong(
                        code::WRONG_TYPE,
                        ast.range,
                        message,
                        found,
                        "a comparison, such as `x > 80`",
                    );
                }
                Some(Tree::Boolean { slot: tested.slot, expected: true })
            }
            Kind::Call { name, target, arguments } => {
                match self.call(name, target.as_deref(), arguments, (ast.range, None))? {
                    Bound::Boolean(tree) => Some(tree),
                    other => self.not_a_condition(ast, other.of()),
                }
            }
            Kind::Number { .. }
            | Kind::Text(_)
            | Kind::Negative(_)
            | Kind::Sum(..)
            | Kind::Product(..)
            | Kind::List(_) => {
                let found = self.term(ast, None)?.of();
                self.not_a_condition(ast, found)
            }
        }
    }

    fn not_a_condition<T>(&mut self, ast: &Ast, found: Type) -> Found<T> {
        let message = "a condition has to be true or false";
        let found = format!("a {}", found.word());
        self.wrong(code::WRONG_TYPE, ast.range, message, found, "a comparison, such as `x > 80`")
    }

    fn conditions(&mut self, parts: &[Ast]) -> Found<Vec<Tree>> {
        // All of them first: an early end would hide the problems of the rest.
        let bound: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        bound.into_iter().collect()
    }

    fn comparison(&mut self, relation: Relation, left: &Ast, right: &Ast, range: Range) -> Found<Tree> {
        // A field with a literal or a field is bound as in the tree of a document.
        match ((left.name(), left.literal()), (right.name(), right.literal())) {
            ((Some(name), _), (_, Some(literal))) => {
                return self.simple(relation, (name, left.range), (literal, right.range), range);
            }
            ((_, Some(literal)), (Some(name), _)) => {
                return self.simple(relation.mirrored(), (name, right.range), (literal, left.range), range);
            }
            _ => {}
        }
        let (left_bound, right_bound) = self.pair(left, right);
        let (left_bound, right_bound) = (left_bound?, right_bound?);
        let (of_left, of_right) = (left_bound.of(), right_bound.of());
        let written = || format!("{left} {} {right}", relation.operator()).into();
        self.related(relation, left_bound, right_bound, written).or_else(|| {
            let ordered = !matches!(of_left, Type::Text | Type::Boolean);
            if of_left == of_right && !ordered {
                let message = "the comparison does not apply to this type";
                let found = format!("`{}` between two of type {}", relation.operator(), of_left.word());
                return self.wrong(code::WRONG_TEST, range, message, found, "`==` or `!=`");
            }
            let mut expected = format!("a {}, as on the left", of_left.word());
            if of_left.is_time() && of_right.is_time() {
                expected.push_str(": declare both fields alike, or compare a timestamp with `timestamp(\"2012-03-21T00:00:00+08:00\")`");
            }
            self.wrong_type(right.range, of_right, &expected)
        })
    }

    fn simple(
        &mut self,
        relation: Relation,
        (name, name_range): (&str, Range),
        (literal, literal_range): (Plain<'_>, Range),
        range: Range,
    ) -> Found<Tree> {
        let tested = self.value_of(name, name_range)?;
        let whole = self.part(range);
        self.binder.applies(tested, relation, &whole)?;
        let (at, text) = (self.at, self.text);
        let at = || at.part(text, literal_range.start, literal_range.end);
        self.binder.compared(tested, relation, Given { literal, at: &at })
    }

    /// Both sides, of which literals take the type of the other.
    fn pair(&mut self, left: &Ast, right: &Ast) -> (Found<Bound>, Found<Bound>) {
        if left.is_open() && !right.is_open() {
            let right = self.term(right, None);
            let left = self.term(left, right.as_ref().map(Bound::of));
            return (left, right);
        }
        let left = self.term(left, None);
        let right = self.term(right, left.as_ref().map(Bound::of));
        (left, right)
    }

    /// `None`, without a report, where the types do not go together.
    fn related(
        &mut self,
        relation: Relation,
        left: Bound,
        right: Bound,
        written: impl Fn() -> Box<str>,
    ) -> Option<Tree> {
        let equality = matches!(relation, Relation::Eq | Relation::Ne);
        Some(match (left, right) {
            (
                Bound::Boolean(Tree::Boolean { slot: left, expected: true }),
                Bound::Boolean(Tree::Boolean { slot: right, expected: true }),
            ) if equality => Tree::Fields { left, relation, right },
            (Bound::Boolean(left), Bound::Boolean(right)) if equality => {
                let expected = relation == Relation::Eq;
                Tree::Same { sides: Box::new([left, right]), expected, written: written() }
            }
            (Bound::Text(left), Bound::Text(right)) if equality => self.texts_related(relation, left, right),
            (Bound::Integer(one, left), Bound::Integer(other, right)) if one == other => {
                match (left, right) {
                    (IntegerTerm::Field(left), IntegerTerm::Field(right)) => {
                        Tree::Fields { left, relation, right }
                    }
                    (IntegerTerm::Field(slot), IntegerTerm::Constant(value)) => {
                        Tree::Integer { slot, test: Test::Compare(relation, value) }
                    }
                    (IntegerTerm::Constant(value), IntegerTerm::Field(slot)) => {
                        Tree::Integer { slot, test: Test::Compare(relation.mirrored(), value) }
                    }
                    (term, IntegerTerm::Constant(value)) => {
                        Tree::IntegerTerm { term, test: Test::Compare(relation, value), written: written() }
                    }
                    (IntegerTerm::Constant(value), term) => Tree::IntegerTerm {
                        term,
                        test: Test::Compare(relation.mirrored(), value),
                        written: written(),
                    },
                    (left, right) => {
                        Tree::IntegerTerms { sides: Box::new([left, right]), relation, written: written() }
                    }
                }
            }
            (left, right) => match (left.into_number()?, right.into_number()?) {
                (NumberTerm::Field(left), NumberTerm::Field(right)) => Tree::Fields { left, relation, right },
                (term, NumberTerm::Constant(value)) => {
                    Tree::NumberTerm { term, test: Test::Compare(relation, value), written: written() }
                }
                (NumberTerm::Constant(value), term) => Tree::NumberTerm {
                    term,
                    test: Test::Compare(relation.mirrored(), value),
                    written: written(),
                },
                (left, right) => {
                    Tree::NumberTerms { sides: Box::new([left, right]), relation, written: written() }
                }
            },
        })
    }

    fn texts_related(&mut self, relation: Relation, left: TextTerm, right: TextTerm) -> Tree {
        let differ = relation == Relation::Ne;
        match (left, right) {
            (TextTerm::Field(left), TextTerm::Field(right)) => Tree::Fields { left, relation, right },
            (TextTerm::Field(slot), TextTerm::Constant(text))
            | (TextTerm::Constant(text), TextTerm::Field(slot)) => {
                self.binder.text_tree(slot, vec![text], differ)
            }
            (TextTerm::Constant(left), TextTerm::Constant(right)) => constant((left == right) != differ),
        }
    }

    fn membership(&mut self, item: &Ast, list: &Ast) -> Found<Tree> {
        let Kind::List(items) = &list.kind else {
            let message = "`in` needs a list";
            return self.wrong(code::WRONG_TYPE, list.range, message, format!("`{list}`"), "`x in [1, 2]`");
        };
        if let Some(name) = item.name()
            && items.iter().all(|item| item.literal().is_some())
        {
            let tested = self.value_of(name, item.range)?;
            if tested.field.kind() != FieldType::Boolean {
                let written = WrittenList { items, range: list.range, at: self.at, text: self.text };
                return self.binder.membership(tested, &written, false);
            }
        }
        let equal: Vec<_> =
            items.iter().map(|other| self.comparison(Relation::Eq, item, other, other.range)).collect();
        let mut equal = equal.into_iter().collect::<Option<Vec<_>>>()?;
        Some(match equal.len() {
            1 => equal.pop()?,
            _ => Tree::Any(equal),
        })
    }
}

/// A list of literals, and the part of the text that it covers.
struct WrittenList<'t> {
    items: &'t [Ast],
    range: Range,
    at: &'t At,
    text: &'t Arc<str>,
}

impl List for WrittenList<'_> {
    fn literals(&self) -> impl Iterator<Item = (Plain<'_>, impl Fn() -> At)> {
        let part = |range: Range| self.at.part(self.text, range.start, range.end);
        self.items.iter().filter_map(move |item| Some((item.literal()?, move || part(item.range))))
    }

    fn whole(&self) -> At {
        self.at.part(self.text, self.range.start, self.range.end)
    }
}

fn constant(value: bool) -> Tree {
    if value { Tree::All(Vec::new()) } else { Tree::Any(Vec::new()) }
}
