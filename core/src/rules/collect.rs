//! Outputs of several rules put together.

use crate::column::Scalar;
use crate::money::Money;

use super::hit::Collect;
use super::output::OutputValue;

/// A step of putting together: what is so far, and one more value. The order is that of the rules.
pub(super) fn step<T: PartialOrd>(collect: Collect, so_far: T, value: T, add: impl Fn(T, T) -> T) -> T {
    match collect {
        Collect::Sum => add(so_far, value),
        Collect::Min => {
            if value < so_far {
                value
            } else {
                so_far
            }
        }
        Collect::Max => {
            if value > so_far {
                value
            } else {
                so_far
            }
        }
        Collect::List | Collect::Count | Collect::First | Collect::All | Collect::Any => so_far,
    }
}

/// The same for booleans.
pub(super) fn step_flag(collect: Collect, so_far: bool, value: bool) -> bool {
    match collect {
        Collect::All => so_far && value,
        Collect::Any => so_far || value,
        _ => so_far,
    }
}

/// The values of one output put together, those of rules that give none apart; missing without any.
pub(super) fn collected<'v>(collect: Collect, values: impl Iterator<Item = &'v OutputValue>) -> OutputValue {
    if collect == Collect::Count {
        let count = values.filter(|value| **value != OutputValue::Missing).count();
        return OutputValue::Plain(count.into());
    }
    values.fold(OutputValue::Missing, |so_far, value| match (so_far, value) {
        (OutputValue::Missing, value) => value.clone(),
        (OutputValue::Number(so_far), OutputValue::Number(value)) => {
            OutputValue::Number(step(collect, so_far, *value, |a, b| a + b))
        }
        (OutputValue::Money(so_far), OutputValue::Money(value)) => {
            // The sum over all rules is in range, which is checked once.
            let add = |a: Money, b: Money| a.checked_add(b).unwrap_or(a);
            OutputValue::Money(step(collect, so_far, *value, add))
        }
        (OutputValue::Plain(Scalar::Bool(so_far)), OutputValue::Plain(Scalar::Bool(value))) => {
            OutputValue::Plain(step_flag(collect, so_far, *value).into())
        }
        (so_far, _) => so_far,
    })
}
