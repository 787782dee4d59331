//! Cases of contact policies: one candidate, and columns.

use cpcfit::document::{Node, Value};
use cpcfit::rules::{CandidateColumns, ContactPolicy, ContactStatus, Entry, MISSING_MOMENT};
use cpcfit::{Options, Record, Result, Scalar, Timestamp};

use super::cases::{self, Case};
use super::columns::batch;

/// Ids of entries and inputs; canonical text reads back to itself.
pub fn load(case: &Case) -> Result<Node> {
    let policy = case.contact_policy()?;
    let text = policy.to_json();
    assert_eq!(
        ContactPolicy::from_text(text).unwrap().to_json(),
        text,
        "canonical text reads back to itself"
    );
    let ids = |ids: Vec<&str>| Node::list(ids.into_iter().map(Node::text).collect());
    Ok(Node::map([
        ("entries", ids(policy.entries().iter().map(Entry::id).collect())),
        ("inputs", ids(policy.inputs().collect())),
    ]))
}

/// A native object of texts and numbers.
fn record(node: &Node) -> Record {
    let value = |node: &Node| match &node.value {
        Value::Null => Scalar::Missing,
        Value::Number(number) => Scalar::Int(number.token().parse().unwrap()),
        _ => Scalar::from(cases::text(node)),
    };
    cases::entries(node).iter().map(|entry| (&*entry.key, value(&entry.node))).collect()
}

/// The verdict on one candidate.
pub fn check(case: &Case) -> Result<Node> {
    let policy = case.contact_policy()?;
    let history: Vec<Record> = cases::list(case.get("history").unwrap()).iter().map(record).collect();
    let verdict = policy.check_records(&case.record(), &record(case.get("candidate").unwrap()), &history)?;
    let reasons = verdict.reasons().map(|reason| {
        let entry = reason.entry();
        Node::map([("id", Node::text(entry.id())), ("code", Node::text(entry.kind().id()))])
    });
    Ok(Node::map([
        ("allowed", Node::boolean(verdict.allowed())),
        ("reasons", Node::list(reasons.collect())),
        ("next_allowed", moment(verdict.next_allowed())),
    ]))
}

fn moment(moment: Option<Timestamp>) -> Node {
    moment.map_or_else(Node::null, |moment| Node::text(&moment.to_string()))
}

/// The verdicts on every row.
pub fn check_columns(case: &Case, options: &Options) -> Result<Node> {
    let policy = case.contact_policy()?;
    let columns = case.columns();
    let given = |key: &str| {
        let value = case.get("candidate").and_then(|candidate| candidate.get(key));
        value.map(|value| cases::text(value).to_owned())
    };
    let candidates = CandidateColumns {
        channel: given("channel"),
        kind: given("kind"),
        now: given("now").map(|now| now.parse().unwrap()),
        ..CandidateColumns::default()
    };
    let some = case.get("contacts").is_some_and(|contacts| contacts.value != Value::Null);
    let contacts = if some { case.columns_of("contacts") } else { Vec::new() };
    let contacts = if some { vec![batch(&contacts)?] } else { Vec::new() };
    let found = policy.check_columns(&[batch(&columns)?], &candidates, &contacts, options)?;
    let status = |code: &u8| Node::text(ContactStatus::ids().nth(usize::from(*code)).unwrap());
    let reason = |reason: &i32| match usize::try_from(*reason) {
        Ok(position) => Node::text(policy.entries()[position].id()),
        Err(_) => Node::null(),
    };
    let next = |micros: &i64| moment((*micros != MISSING_MOMENT).then(|| Timestamp::from_micros(*micros)));
    Ok(Node::map([
        ("status", Node::list(found.status.iter().map(status).collect())),
        ("reason", Node::list(found.reason.iter().map(reason).collect())),
        ("next_allowed", Node::list(found.next_allowed.iter().map(next).collect())),
        ("unmatched_contacts", Node::integer(found.unmatched_contacts.try_into().unwrap())),
    ]))
}
