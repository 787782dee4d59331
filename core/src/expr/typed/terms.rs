//! Terms: numbers, amounts, texts and dates, and what is computed from them.

use super::arithmetic::{added, multiplied};
use super::{Bound, Found, TextBinder, TextTerm, Type};
use crate::error::expr as code;
use crate::expr::cel::{Ast, Kind, Operator, Range};
use crate::expr::condition::Tree;
use crate::expr::term::{IntegerTerm, NumberTerm};
use crate::expr::value::exact_minor;
use crate::money::Decimal;

impl TextBinder<'_, '_> {
    /// A part of any type; literals of the type `wanted`, if they can be.
    pub(super) fn term(&mut self, ast: &Ast, wanted: Option<Type>) -> Found<Bound> {
        match &ast.kind {
            Kind::Number { value, whole } => self.number(*value, *whole, ast.range, wanted),
            Kind::Text(text) => self.text_literal(text, ast.range, wanted),
            Kind::Name(name) => {
                let tested = self.value_of(name, ast.range)?;
                let slot = tested.slot;
                Some(match Type::from(tested.field.kind()) {
                    Type::Number => Bound::Number(NumberTerm::Field(slot)),
                    Type::Text => Bound::Text(TextTerm::Field(slot)),
                    Type::Boolean => Bound::Boolean(Tree::Boolean { slot, expected: true }),
                    other => Bound::Integer(other, IntegerTerm::Field(slot)),
                })
            }
            Kind::Negative(inner) => match self.term(inner, wanted)? {
                Bound::Number(term) => Some(Bound::Number(NumberTerm::Negative(Box::new(term)))),
                Bound::Integer(of, term) if !of.is_time() => {
                    Some(Bound::Integer(of, IntegerTerm::Negative(Box::new(term))))
                }
                other => self.wrong_type(inner.range, other.of(), "a number after `-`"),
            },
            Kind::Sum(first, rest) => self.sum(first, rest, wanted),
            Kind::Product(first, rest) => self.product(first, rest, wanted),
            Kind::If(parts) => {
                let [test, yes, no] = &**parts;
                self.choice(test, yes, no, wanted)
            }
            Kind::Call { name, target, arguments } => {
                self.call(name, target.as_deref(), arguments, (ast.range, wanted))
            }
            Kind::List(_) => self.wrong(
                code::WRONG_TYPE,
                ast.range,
                "a list stands only after `in`",
                format!("`{ast}`"),
                "one value",
            ),
            _ => self.condition(ast).map(Bound::Boolean),
        }
    }

    fn number(&mut self, value: Decimal, whole: bool, range: Range, wanted: Option<Type>) -> Found<Bound> {
        let integer = value.times_exactly(1).and_then(|integer| i64::try_from(integer).ok());
        match (wanted, integer) {
            (Some(Type::Money), _) => {
                let minor_per_major = self.binder.fields.minor_per_major();
                if let Ok(minor) = exact_minor(value.mantissa(), value.scale(), minor_per_major) {
                    return Some(Bound::Integer(Type::Money, IntegerTerm::Constant(minor)));
                }
                let message = "the amount is not a whole number of minor units, or too large";
                let expected = "an amount with the decimals of the currency";
                self.wrong(code::WRONG_TYPE, range, message, format!("`{value}`"), expected)
            }
            (Some(Type::Integer), Some(integer)) => {
                Some(Bound::Integer(Type::Integer, IntegerTerm::Constant(integer)))
            }
            (Some(Type::Date | Type::Timestamp | Type::Duration), _) => {
                let expected = "a date or a time in quotes, or a span of time: `duration(\"72h\")`";
                self.wrong_type(range, Type::Number, expected)
            }
            (None | Some(Type::Text | Type::Boolean), Some(integer)) if whole => {
                Some(Bound::Integer(Type::Integer, IntegerTerm::Constant(integer)))
            }
            _ => Some(Bound::Number(NumberTerm::Constant(value.to_f64()))),
        }
    }

    fn text_literal(&mut self, text: &str, range: Range, wanted: Option<Type>) -> Found<Bound> {
        match wanted {
            Some(wanted) if wanted.is_time() => self.time_literal(text, range, wanted),
            _ => Some(Bound::Text(TextTerm::Constant(text.into()))),
        }
    }

    pub(super) fn choice(&mut self, test: &Ast, yes: &Ast, no: &Ast, wanted: Option<Type>) -> Found<Bound> {
        let test = self.condition(test);
        let (yes_bound, no_bound) = if yes.is_open() && no.is_open() {
            (self.term(yes, wanted), self.term(no, wanted))
        } else {
            self.pair(yes, no)
        };
        let (test, yes_bound, no_bound) = (test?, yes_bound?, no_bound?);
        let (of_yes, of_no) = (yes_bound.of(), no_bound.of());
        match (yes_bound, no_bound) {
            (Bound::Boolean(yes), Bound::Boolean(no)) => {
                return Some(Bound::Boolean(Tree::If(Box::new([test, yes, no]))));
            }
            (Bound::Integer(one, yes), Bound::Integer(other, no)) if one == other => {
                return Some(Bound::Integer(one, IntegerTerm::If(Box::new(test), Box::new([yes, no]))));
            }
            (Bound::Text(_), Bound::Text(_)) => {
                let message = "a choice between texts is not supported";
                let expected = "a choice between conditions: `c ? x == \"a\" : x == \"b\"`";
                return self.wrong(
                    code::WRONG_TYPE,
                    yes.range.to(no.range),
                    message,
                    "two texts".to_owned(),
                    expected,
                );
            }
            (yes, no) => {
                if let (Some(yes), Some(no)) = (yes.into_number(), no.into_number()) {
                    return Some(Bound::Number(NumberTerm::If(Box::new(test), Box::new([yes, no]))));
                }
            }
        }
        self.wrong_type(no.range, of_no, &format!("a {}, as before `:`", of_yes.word()))
    }

    pub(super) fn sum(
        &mut self,
        first: &Ast,
        rest: &[(Operator, Ast)],
        wanted: Option<Type>,
    ) -> Found<Bound> {
        // Literals at the front take the type of the first part that has one, which is bound before them, and once:
        // twice on every level would take for ever.
        let ahead = if first.is_open() { rest.iter().position(|(_, part)| !part.is_open()) } else { None };
        let mut bound_ahead = match ahead.and_then(|at| rest.get(at)) {
            Some((_, part)) => Some(self.term(part, None)?),
            None => None,
        };
        let mut sum = self.term(first, bound_ahead.as_ref().map(Bound::of).or(wanted))?;
        for (index, (operator, part)) in rest.iter().enumerate() {
            let wanted = match sum.of() {
                Type::Integer | Type::Number if part.is_open() => wanted.or(Some(sum.of())),
                other => Some(other),
            };
            let next = match bound_ahead.take_if(|_| ahead == Some(index)) {
                Some(bound) => bound,
                None => self.term(part, wanted)?,
            };
            let (left, right) = (sum.of(), next.of());
            let Some(longer) = added(*operator, sum, next) else {
                let expected = match left {
                    Type::Date => "a date or a span of whole days: `duration(\"72h\")`".to_owned(),
                    Type::Timestamp => "a timestamp or a span of time: `duration(\"1h30m\")`".to_owned(),
                    _ => {
                        format!("numbers, amounts or spans of one type, as on the left: {}", left.word())
                    }
                };
                return self.wrong_type(part.range, right, &expected);
            };
            sum = longer;
        }
        Some(sum)
    }

    pub(super) fn product(
        &mut self,
        first: &Ast,
        rest: &[(Operator, Ast)],
        wanted: Option<Type>,
    ) -> Found<Bound> {
        let numeric = wanted.filter(|wanted| matches!(wanted, Type::Number | Type::Integer));
        let all_open = first.is_open() && rest.iter().all(|(_, part)| part.is_open());
        let whole = rest.iter().any(|(operator, _)| *operator == Operator::Remainder);
        let lead = if all_open && !whole { numeric } else { None };
        let mut product = self.term(first, lead)?;
        for (operator, part) in rest {
            let wanted = if part.is_open() {
                match product.of() {
                    Type::Number => Some(Type::Number),
                    _ => lead,
                }
            } else {
                None
            };
            let next = self.term(part, wanted)?;
            let (left, right) = (product.of(), next.of());
            let Some(longer) = multiplied(*operator, product, next) else {
                let expected = match (operator, left) {
                    (Operator::Remainder, _) => "integers on both sides of `%`".to_owned(),
                    (_, Type::Money) => {
                        "an integer, or an amount to divide by; to compare with a part of an \
                                             amount, multiply the other side"
                            .to_owned()
                    }
                    _ => format!("a number on both sides of `{}`", operator.sign()),
                };
                return self.wrong_type(part.range, right, &expected);
            };
            product = longer;
        }
        Some(product)
    }
}
