//! Which types add and multiply, and what comes of it.

use super::{Bound, Type};
use crate::expr::cel::Operator;
use crate::expr::span::DAY;
use crate::expr::term::{IntegerTerm, NumberTerm};

/// A chain with one more part; of two constants their result, if there is one.
pub(super) fn longer(chain: IntegerTerm, operator: Operator, next: IntegerTerm) -> IntegerTerm {
    if let (IntegerTerm::Constant(left), IntegerTerm::Constant(right)) = (&chain, &next)
        && let Some(value) = operator.integers(*left, *right)
    {
        return IntegerTerm::Constant(value);
    }
    match chain {
        IntegerTerm::Chain(first, mut rest) => {
            rest.push((operator, next));
            IntegerTerm::Chain(first, rest)
        }
        first => IntegerTerm::Chain(Box::new(first), vec![(operator, next)]),
    }
}

fn longer_number(chain: NumberTerm, operator: Operator, next: NumberTerm) -> NumberTerm {
    match chain {
        NumberTerm::Chain(first, mut rest) => {
            rest.push((operator, next));
            NumberTerm::Chain(first, rest)
        }
        first => NumberTerm::Chain(Box::new(first), vec![(operator, next)]),
    }
}

/// `None` where the types do not add.
pub(super) fn added(operator: Operator, left: Bound, right: Bound) -> Option<Bound> {
    Some(match (left, right) {
        (Bound::Integer(Type::Date, left), Bound::Integer(Type::Date, right))
            if operator == Operator::Subtract =>
        {
            let days = longer(left, operator, right);
            Bound::Integer(Type::Duration, longer(days, Operator::Multiply, IntegerTerm::Constant(DAY)))
        }
        (Bound::Integer(Type::Date, date), Bound::Integer(Type::Duration, span)) => {
            Bound::Integer(Type::Date, longer(date, operator, in_days(span)?))
        }
        (Bound::Integer(Type::Duration, span), Bound::Integer(Type::Date, date))
            if operator == Operator::Add =>
        {
            Bound::Integer(Type::Date, longer(date, operator, in_days(span)?))
        }
        (Bound::Integer(Type::Timestamp, left), Bound::Integer(Type::Timestamp, right))
            if operator == Operator::Subtract =>
        {
            Bound::Integer(Type::Duration, longer(left, operator, right))
        }
        (Bound::Integer(Type::Timestamp, moment), Bound::Integer(Type::Duration, span)) => {
            Bound::Integer(Type::Timestamp, longer(moment, operator, span))
        }
        (Bound::Integer(Type::Duration, span), Bound::Integer(Type::Timestamp, moment))
            if operator == Operator::Add =>
        {
            Bound::Integer(Type::Timestamp, longer(moment, operator, span))
        }
        (Bound::Integer(one, left), Bound::Integer(other, right)) if one == other && !one.is_time() => {
            Bound::Integer(one, longer(left, operator, right))
        }
        (left, right) => Bound::Number(longer_number(left.into_number()?, operator, right.into_number()?)),
    })
}

/// Days of a span, if it is always a whole number of them.
fn in_days(span: IntegerTerm) -> Option<IntegerTerm> {
    if is_of_days(&span) { Some(longer(span, Operator::Divide, IntegerTerm::Constant(DAY))) } else { None }
}

/// Whether the term is a multiple of a day for every row.
fn is_of_days(term: &IntegerTerm) -> bool {
    match term {
        IntegerTerm::Constant(value) => value % DAY == 0,
        IntegerTerm::Negative(inner) => is_of_days(inner),
        IntegerTerm::Chain(first, rest) => {
            rest.iter().fold(is_of_days(first), |whole, (operator, part)| match operator {
                Operator::Add | Operator::Subtract => whole && is_of_days(part),
                Operator::Multiply => whole || is_of_days(part),
                Operator::Divide | Operator::Remainder => false,
            })
        }
        IntegerTerm::If(_, sides) => sides.iter().all(is_of_days),
        IntegerTerm::Field(_) | IntegerTerm::Part(..) | IntegerTerm::OfTime(..) | IntegerTerm::Size(_) => {
            false
        }
    }
}

/// `None` where the types do not multiply or divide.
pub(super) fn multiplied(operator: Operator, left: Bound, right: Bound) -> Option<Bound> {
    Some(match (left, right, operator) {
        (Bound::Integer(Type::Integer, left), Bound::Integer(Type::Integer, right), _) => {
            Bound::Integer(Type::Integer, longer(left, operator, right))
        }
        (
            Bound::Integer(of @ (Type::Money | Type::Duration), left),
            Bound::Integer(Type::Integer, right),
            Operator::Multiply,
        )
        | (
            Bound::Integer(Type::Integer, right),
            Bound::Integer(of @ (Type::Money | Type::Duration), left),
            Operator::Multiply,
        ) => Bound::Integer(of, longer(left, operator, right)),
        (Bound::Integer(Type::Money, left), Bound::Integer(Type::Money, right), Operator::Divide) => {
            Bound::Number(NumberTerm::Ratio(Box::new([left, right])))
        }
        (_, _, Operator::Remainder) => return None,
        (left, right, _) => Bound::Number(longer_number(left.into_number()?, operator, right.into_number()?)),
    })
}
