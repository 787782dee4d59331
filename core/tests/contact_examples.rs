//! The contact policy, the pop-up calendar, the reminders and the routing among the examples.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

use cpcfit::column::Values;
use cpcfit::rules::{Candidate, CandidateColumns, Contact, ContactPolicy, ContactStatus};
use cpcfit::{Batch, Column, Options, Record, RuleSet, Scalar, Timestamp};

const POLICY: &str = include_str!("../../examples/models/contact-policy.yaml");

/// Column of each field in the data.
const COLUMNS: [(&str, &str); 4] =
    [("complaints", "Complains"), ("active", "Status"), ("value", "Customer Value"), ("age", "Age")];

/// The columns of the data that the policy reads.
fn customers() -> Vec<Vec<f64>> {
    let mut reader = csv::Reader::from_reader(&include_bytes!("../../examples/data/iranian_churn.csv")[..]);
    let header = reader.headers().unwrap().clone();
    let places = COLUMNS.map(|(_, name)| header.iter().position(|known| known == name).unwrap());
    let mut columns = vec![Vec::new(); COLUMNS.len()];
    for row in reader.records() {
        let row = row.unwrap();
        for (column, place) in columns.iter_mut().zip(places) {
            column.push(row[place].parse().unwrap());
        }
    }
    columns
}

/// Contacts made up for the example: customer `i` had `i % 5` of them in the days before 2012-03-20.
struct Made {
    customer: Vec<i64>,
    at: Vec<String>,
    channel: Vec<&'static str>,
    outcome: Vec<Option<&'static str>>,
}

fn made(customers: usize) -> Made {
    let mut made = Made { customer: Vec::new(), at: Vec::new(), channel: Vec::new(), outcome: Vec::new() };
    for customer in 0..customers {
        for number in 0..customer % 5 {
            let day = 19 - (customer * 7 + number * 3) % 19;
            made.customer.push(i64::try_from(customer).unwrap());
            made.at.push(format!("2012-03-{day:02}T{:02}:30:00+08:00", 9 + number));
            made.channel.push(["outbound", "sms", "popup", "email"][(customer + number) % 4]);
            made.outcome
                .push([None, Some("refused"), None, Some("accepted"), Some("no_answer")][customer % 5]);
        }
    }
    made
}

#[test]
fn all_subscribers_are_judged_as_each_alone() {
    let policy = ContactPolicy::from_text(POLICY).unwrap();
    let data = customers();
    let rows = data[0].len();
    let keys: Vec<i64> = (0..i64::try_from(rows).unwrap()).collect();
    let mut batch = Batch::new(rows);
    batch.push("customer", Column::I64(Values::from(&keys[..]))).unwrap();
    for ((field, _), column) in COLUMNS.iter().zip(&data) {
        batch.push(*field, Column::from(&column[..])).unwrap();
    }
    let made = made(rows);
    let count = made.customer.len();
    let texts =
        |texts: &[&'static str]| -> Vec<Option<&'static str>> { texts.iter().copied().map(Some).collect() };
    let at: Vec<Option<&str>> = made.at.iter().map(|at| Some(at.as_str())).collect();
    let (channel, kind) = (texts(&made.channel), vec![Some("marketing"); count]);
    let mut contacts = Batch::new(count);
    contacts.push("customer", Column::I64(Values::from(&made.customer[..]))).unwrap();
    contacts.push("at", Column::from(&at[..])).unwrap();
    contacts.push("channel", Column::from(&channel[..])).unwrap();
    contacts.push("kind", Column::from(&kind[..])).unwrap();
    contacts.push("outcome", Column::from(&made.outcome[..])).unwrap();
    let now: Timestamp = "2012-03-20T10:30:00+08:00".parse().unwrap();
    let candidates = CandidateColumns {
        channel: Some("outbound".to_owned()),
        kind: Some("marketing".to_owned()),
        ..CandidateColumns::at(now)
    };
    let found = policy.check_columns(&[batch], &candidates, &[contacts], &Options::default()).unwrap();
    assert_eq!((found.len(), found.unmatched_contacts), (3150, 0));
    let mut contact = 0;
    for row in 0..rows {
        let mut history = Vec::new();
        while made.customer.get(contact) == Some(&keys[row]) {
            let past =
                Contact::new(made.at[contact].parse().unwrap(), made.channel[contact]).of_kind("marketing");
            history.push(match made.outcome[contact] {
                Some(outcome) => past.with_outcome(outcome),
                None => past,
            });
            contact += 1;
        }
        let customer: Record =
            COLUMNS.iter().zip(&data).map(|((field, _), column)| (*field, column[row])).collect();
        let candidate = Candidate::new("outbound", now).of_kind("marketing");
        let verdict = policy.check(&customer, &candidate, &history).unwrap();
        let first = verdict.first_reason().map(|reason| reason.entry().id());
        let position = usize::try_from(found.reason[row]).ok();
        assert_eq!(position.map(|position| policy.entries()[position].id()), first, "row {row}: {verdict}");
        assert_eq!(
            verdict.next_allowed().map(Timestamp::micros),
            (found.next_allowed[row] != i64::MIN).then_some(found.next_allowed[row])
        );
    }
    let counts: Vec<String> = policy
        .entries()
        .iter()
        .zip(found.blocked_by())
        .filter(|(_, count)| *count > 0)
        .map(|(entry, count)| format!("{} {count}", entry.id()))
        .chain([format!("allowed {}", found.count_of(ContactStatus::Allowed))])
        .collect();
    insta::assert_snapshot!(counts.join("\n"), @r#"
    open_complaint 241
    inactive 624
    weekly 87
    calls 1126
    key_accounts 51
    refusal 143
    success 73
    allowed 805
    "#);
}

#[test]
fn one_subscriber_is_told_why() {
    let policy = ContactPolicy::from_text(POLICY).unwrap();
    let customer = Record::from([("complaints", 0.0), ("active", 1.0), ("value", 1540.0), ("age", 30.0)]);
    let history = [
        Contact::new("2012-03-14T10:00:00+08:00".parse().unwrap(), "sms").of_kind("marketing"),
        Contact::new("2012-03-02T10:00:00+08:00".parse().unwrap(), "outbound")
            .of_kind("marketing")
            .with_outcome("refused"),
    ];
    let candidate =
        Candidate::new("outbound", "2012-03-20T21:30:00+08:00".parse().unwrap()).of_kind("marketing");
    insta::assert_snapshot!(policy.check(&customer, &candidate, &history).unwrap(), @r#"
    not allowed: night_calls (quiet_hours), calls (limit), key_accounts (limit), refusal (gap); allowed from 2012-04-01T10:00:00+08:00
        open_complaint (do_not_disturb): a customer who may be contacted: other_customers
        inactive (do_not_disturb): a customer who may be contacted: other_customers
      - night_calls (quiet_hours): a time outside of 21:00 to 08:00: 2012-03-20T21:30:00+08:00
      + noon_calls (quiet_hours): a time outside of 12:00 to 14:00: 2012-03-20T21:30:00+08:00
        night_texts (quiet_hours): a time outside of 22:00 to 07:00: other_channel
        weekend_email (quiet_hours): a time outside of 18:00 to 09:00: other_channel
      + weekly (limit): at most 3 contacts within 7d: 1 after 2012-03-13T21:30:00+08:00
      - calls (limit): at most 1 contact in a calendar month: 1 since 2012-03-01T00:00:00+08:00
      + daily (limit): at most 1 contact in a calendar day on the same channel: 0 since 2012-03-20T00:00:00+08:00
      - key_accounts (limit): at most 1 contact within 14d: 1 after 2012-03-06T21:30:00+08:00
      - refusal (gap): 30d after a contact with the outcome refused, complained: outbound at 2012-03-02T10:00:00+08:00, refused
      + success (gap): 7d after a contact with the outcome accepted: none
        festival (gap): 3d after a contact: not_in_effect
    "#);
}

fn rules(text: &str) -> RuleSet {
    RuleSet::from_text(text).unwrap_or_else(|error| panic!("{error:#}"))
}

#[test]
fn tariff_offers_pop_up_first_at_the_end_of_the_month() {
    let rules = rules(include_str!("../../examples/models/popup-calendar.rules.yaml"));
    for (day, popup, by_hand, rule, rank) in [
        ("2012-03-01", "tariff", None, "tariff", 4),
        ("2012-03-20", "tariff", None, "tariff", 4),
        ("2012-03-21", "tariff", None, "tariff_raised", 1),
        ("2012-02-29", "tariff", None, "tariff_raised", 1),
        ("2012-03-31", "retention", None, "retention", 2),
        ("2012-03-31", "value_added", None, "other", 5),
        ("2012-03-10", "terminal", Some(1), "by_hand_first", 1),
        ("2012-03-25", "tariff", Some(3), "by_hand_last", 9),
    ] {
        let on_day = rules.at(day.parse().unwrap()).unwrap();
        let record = Record::from([("popup", Scalar::from(popup)), ("by_hand", Scalar::from(by_hand))]);
        let decision = on_day.decide(&record).unwrap();
        assert_eq!(decision.rule().map(cpcfit::rules::Rule::id), Some(rule), "{day} {popup}");
        assert_eq!(decision.output("rank"), Some(&Scalar::from(rank)), "{day} {popup}");
    }
    let error = rules.decide(&Record::from([("popup", "tariff")])).unwrap_err();
    assert_eq!(error.problems()[0].code().id(), "rules.date_required");
}

#[test]
fn reminders_are_all_that_match() {
    let rules = rules(include_str!("../../examples/models/reminders.rules.yaml"));
    for (values, expected) in [
        (vec![("balance", Scalar::from(3.5))], "balance:sms"),
        (vec![("balance", 10.into()), ("data_left", 5.into())], "data:app"),
        (
            vec![("spent", 81.into()), ("usual", 40.into()), ("transaction", "ordered".into())],
            "transaction:sms spending:sms",
        ),
        (vec![("spent", 80.into()), ("usual", 40.into())], ""),
        (vec![("expires_in", 7.into()), ("country", "JP".into())], "expiry:outbound roaming:sms"),
        (vec![("expires_in", (-1).into()), ("country", "CN".into())], ""),
    ] {
        let record: Record = values.into_iter().collect();
        let decision = rules.decide(&record).unwrap();
        let sent: Vec<String> = decision
            .rules()
            .iter()
            .map(|rule| {
                let channel = decision.outputs_of(rule).find(|(output, _)| output.id() == "channel");
                format!("{}:{}", rule.id(), channel.unwrap().1.to_string().trim_matches('"'))
            })
            .collect();
        assert_eq!(sent.join(" "), expected, "{record:?}");
    }
}

#[test]
fn routing_selects_a_queue() {
    let rules = rules(include_str!("../../examples/models/routing.rules.yaml"));
    for (values, queue, staff) in [
        (vec![("segment", "key_account"), ("language", "en")], "key_accounts", "expert"),
        (vec![("segment", "ordinary"), ("language", "en")], "foreign_languages", "expert"),
        (vec![("segment", "vip"), ("language", "yue"), ("city", "foshan")], "cantonese", "own"),
        (vec![("segment", "vip"), ("language", "yue"), ("city", "beijing")], "gotone", "own"),
        (vec![("segment", "new"), ("product", "broadband")], "technical", "expert"),
        (vec![("segment", "ordinary"), ("brand", "gotone"), ("product", "top_up")], "gotone", "own"),
        (vec![("segment", "new"), ("product", "top_up")], "self_service", "electronic"),
        (vec![("segment", "new")], "welcome", "own"),
        (vec![("segment", "ordinary"), ("brand", "mzone")], "general", "part_time"),
    ] {
        let record: Record = values.into_iter().collect();
        let decision = rules.decide(&record).unwrap();
        let expected = [Scalar::from(queue), Scalar::from(staff)];
        let found = ["queue", "staff"].map(|output| decision.output(output).unwrap().clone());
        assert_eq!(found, expected, "{record:?}");
    }
}
