//! The expression as written: a tree without types, which prints back to text.

use std::fmt::{self, Write as _};

use crate::expr::syntax::Relation;
use crate::money::Decimal;

/// Bytes of the text that a part of it covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Range {
    pub(in crate::expr) fn to(self, end: Self) -> Self {
        Self { start: self.start, end: end.end }
    }
}

/// A part of an expression, and where it stands. Two are equal wherever they stand.
#[derive(Clone, Debug)]
pub(crate) struct Ast {
    pub(in crate::expr) kind: Kind,
    pub(in crate::expr) range: Range,
}

impl PartialEq for Ast {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// Chains are flat, so that a long one is no deep tree.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::expr) enum Kind {
    Bool(bool),
    /// `whole` where it was written without a point and an exponent.
    Number {
        value: Decimal,
        whole: bool,
    },
    Text(Box<str>),
    Name(Box<str>),
    List(Vec<Ast>),
    Not(Box<Ast>),
    Negative(Box<Ast>),
    All(Vec<Ast>),
    Any(Vec<Ast>),
    Compare(Relation, Box<[Ast; 2]>),
    In(Box<[Ast; 2]>),
    Sum(Box<Ast>, Vec<(Operator, Ast)>),
    Product(Box<Ast>, Vec<(Operator, Ast)>),
    /// Condition, then, else.
    If(Box<[Ast; 3]>),
    /// `name(arguments)`, or `target.name(arguments)`.
    Call {
        name: Box<str>,
        target: Option<Box<Ast>>,
        arguments: Vec<Ast>,
    },
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::expr) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    pub(in crate::expr) fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
            Self::Remainder => '%',
        }
    }
}

impl Relation {
    /// The operator in text.
    pub(in crate::expr) fn operator(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// How tightly parts bind, from the loosest on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Choice,
    Any,
    All,
    Relation,
    Sum,
    Product,
    Unary,
    Primary,
}

impl Kind {
    fn level(&self) -> Level {
        match self {
            Self::If(_) => Level::Choice,
            Self::Any(_) => Level::Any,
            Self::All(_) => Level::All,
            Self::Compare(..) | Self::In(_) => Level::Relation,
            Self::Sum(..) => Level::Sum,
            Self::Product(..) => Level::Product,
            Self::Not(_) | Self::Negative(_) => Level::Unary,
            Self::Number { value, .. } if value.mantissa() < 0 => Level::Unary,
            _ => Level::Primary,
        }
    }
}

impl fmt::Display for Ast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Level::Choice)
    }
}

impl Ast {
    /// The part, in parentheses where it binds less tightly than its place needs.
    fn write(&self, f: &mut fmt::Formatter<'_>, needed: Level) -> fmt::Result {
        if self.kind.level() < needed {
            f.write_str("(")?;
            self.write_bare(f)?;
            return f.write_str(")");
        }
        self.write_bare(f)
    }

    fn write_bare(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Bool(value) => write!(f, "{value}"),
            Kind::Number { value, whole } => {
                // A number with a point is no integer, whatever its value.
                let point = if *whole || value.scale() > 0 { "" } else { ".0" };
                write!(f, "{value}{point}")
            }
            Kind::Text(text) => write_text(f, text),
            Kind::Name(name) => write_name(f, name),
            Kind::List(items) => {
                f.write_str("[")?;
                write_joined(f, items, ", ", Level::Choice)?;
                f.write_str("]")
            }
            Kind::Not(inner) => {
                f.write_str("!")?;
                inner.write(f, Level::Unary)
            }
            Kind::Negative(inner) => {
                f.write_str("-")?;
                // A number with a sign would be read as one number.
                if let Kind::Number { .. } = inner.kind {
                    return write!(f, "({inner})");
                }
                inner.write(f, Level::Primary)
            }
            Kind::All(parts) => write_joined(f, parts, " && ", Level::Relation),
            Kind::Any(parts) => write_joined(f, parts, " || ", Level::All),
            Kind::Compare(relation, sides) => {
                let [left, right] = &**sides;
                left.write(f, Level::Sum)?;
                write!(f, " {} ", relation.operator())?;
                right.write(f, Level::Sum)
            }
            Kind::In(sides) => {
                let [left, right] = &**sides;
                left.write(f, Level::Sum)?;
                f.write_str(" in ")?;
                right.write(f, Level::Sum)
            }
            Kind::Sum(first, rest) => write_chain(f, first, rest, Level::Product),
            Kind::Product(first, rest) => write_chain(f, first, rest, Level::Unary),
            Kind::If(parts) => {
                let [test, yes, no] = &**parts;
                test.write(f, Level::Any)?;
                f.write_str(" ? ")?;
                yes.write(f, Level::Any)?;
                f.write_str(" : ")?;
                no.write(f, Level::Choice)
            }
            Kind::Call { name, target, arguments } => {
                if let Some(target) = target {
                    target.write(f, Level::Primary)?;
                    f.write_str(".")?;
                }
                write!(f, "{name}(")?;
                write_joined(f, arguments, ", ", Level::Choice)?;
                f.write_str(")")
            }
        }
    }
}

fn write_joined(f: &mut fmt::Formatter<'_>, parts: &[Ast], between: &str, needed: Level) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        part.write(f, needed)?;
    }
    Ok(())
}

fn write_chain(
    f: &mut fmt::Formatter<'_>,
    first: &Ast,
    rest: &[(Operator, Ast)],
    needed: Level,
) -> fmt::Result {
    first.write(f, needed)?;
    for (operator, part) in rest {
        write!(f, " {} ", operator.sign())?;
        part.write(f, needed)?;
    }
    Ok(())
}

/// A text in quotes, with escapes where they are needed.
pub(in crate::expr) fn write_text(f: &mut impl fmt::Write, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            control if control.is_control() => write!(f, "\\u{:04X}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}

/// A name, in backticks where it is no identifier.
pub(in crate::expr) fn write_name(f: &mut impl fmt::Write, name: &str) -> fmt::Result {
    if is_identifier(name) && !RESERVED.contains(&name) { f.write_str(name) } else { write!(f, "`{name}`") }
}

pub(in crate::expr) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|other| other.is_ascii_alphanumeric() || other == '_')
}

/// Words that the language keeps for itself.
pub(in crate::expr) const RESERVED: [&str; 21] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

impl Ast {
    pub(in crate::expr) fn new(kind: Kind, range: Range) -> Self {
        Self { kind, range }
    }
}

/// A part that nobody wrote.
impl From<Kind> for Ast {
    fn from(kind: Kind) -> Self {
        Self { kind, range: Range::default() }
    }
}

/// A text in quotes, for messages.
pub(in crate::expr) fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    // Writing to a string does not fail.
    let _ = write_text(&mut quoted, text);
    let _ = quoted.write_str("");
    quoted
}
