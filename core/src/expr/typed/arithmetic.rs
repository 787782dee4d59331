//! Which types add and multiply, and what comes of it.

use super::{Bound, Type};
use crate::expr::cel::Operator;
use crate::expr::term::{IntegerTerm, NumberTerm};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A chain with one more part.
fn longer(chain: IntegerTerm, operator: Operator, next: IntegerTerm) -> IntegerTerm {
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
    let days = |span: IntegerTerm| match span {
        IntegerTerm::Constant(seconds) => {
            (seconds % DAY == 0).then_some(IntegerTerm::Constant(seconds / DAY))
        }
        // All other spans are between dates.
        term => Some(longer(term, Operator::Divide, IntegerTerm::Constant(DAY))),
    };
    Some(match (left, right) {
        (Bound::Integer(Type::Date, left), Bound::Integer(Type::Date, right))
            if operator == Operator::Subtract =>
        {
            let days = longer(left, operator, right);
            Bound::Integer(Type::Duration, longer(days, Operator::Multiply, IntegerTerm::Constant(DAY)))
        }
        (Bound::Integer(Type::Date, date), Bound::Integer(Type::Duration, span)) => {
            Bound::Integer(Type::Date, longer(date, operator, days(span)?))
        }
        (Bound::Integer(Type::Duration, span), Bound::Integer(Type::Date, date))
            if operator == Operator::Add =>
        {
            Bound::Integer(Type::Date, longer(date, operator, days(span)?))
        }
        (Bound::Integer(one, left), Bound::Integer(other, right)) if one == other && one != Type::Date => {
            Bound::Integer(one, longer(left, operator, right))
        }
        (left, right) => Bound::Number(longer_number(left.into_number()?, operator, right.into_number()?)),
    })
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
