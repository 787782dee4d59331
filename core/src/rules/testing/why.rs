//! Why a rule that a test expects does not match.

use super::check::Expected;
use crate::expr::Value;
use crate::rules::decide::Decision;

/// The places of the rules in effect, and the values of the record.
type Tried<'a> = (&'a [usize], &'a [Value<'a>]);

/// A line for every rule that is expected and does not match.
pub(super) fn reasons(expected: &Expected, decision: &Decision<'_>, tried: Tried<'_>) -> Vec<String> {
    let several = expected.rules.iter().flatten();
    let mut ids: Vec<&str> = Vec::new();
    for id in expected.rule.iter().chain(several) {
        let matches = decision.rules().iter().any(|rule| rule.id() == &**id);
        if !matches && !ids.contains(&&**id) {
            ids.push(id);
        }
    }
    ids.into_iter().filter_map(|id| reason(id, decision, tried)).collect()
}

fn reason(id: &str, decision: &Decision<'_>, (order, values): Tried<'_>) -> Option<String> {
    let set = decision.set();
    let mut in_effect = order.iter().filter_map(|place| set.rules().get(*place));
    let rule = in_effect.find(|rule| rule.id() == id)?;
    let values = values.iter().cloned().map(Value::into_owned).collect();
    let trace = set.trace(rule, &values);
    if trace.matches() {
        let decides = decision.rules().first().map_or("", |rule| rule.id());
        return Some(format!("{id} matches too, and {decides} is tried before it"));
    }
    let failing = trace.first_failing().map(ToString::to_string);
    Some(format!("{id}: {}", failing.unwrap_or_else(|| "it never matches".to_owned())))
}
