use super::fixtures::{check, contact, line, policy};
use super::{Candidate, Contact, ContactPolicy, FindingStatus};
use crate::column::{Record, Scalar, Timestamp};

/// The lines of one candidate after the other.
fn lines<const N: usize>(policy: &ContactPolicy, history: &[&str], candidates: [&str; N]) -> [String; N] {
    candidates.map(|candidate| line(&check(policy, candidate, history)))
}

#[test]
fn a_sliding_window_leaves_out_its_first_moment() {
    let policy = policy("limits: [{id: weekly, at_most: 2, within: 7d}]");
    let history = ["2012-03-13 10:00 sms marketing", "2012-03-15 09:00 popup service"];
    assert_eq!(
        lines(&policy, &history, ["2012-03-20 09:59 sms marketing", "2012-03-20 10:00 sms marketing"]),
        ["weekly until 2012-03-20 10:00", "allowed 2012-03-20 10:00"]
    );
    // A contact of this very moment counts; the order does not matter.
    let history = [
        "2012-03-20 10:00 sms marketing",
        "2012-03-19 08:00 sms marketing",
        "2012-03-18 10:00 sms marketing",
    ];
    assert_eq!(
        lines(&policy, &history, ["2012-03-20 10:00 sms marketing"]),
        ["weekly until 2012-03-26 08:00"],
        "the two newest keep it closed"
    );
}

#[test]
fn calendar_windows_are_those_of_the_offset() {
    let policy = policy(
        "limits: [{id: day, at_most: 1, within: calendar_day, channels: sms},
                  {id: week, at_most: 1, within: calendar_week, channels: popup},
                  {id: month, at_most: 1, within: calendar_month, channels: outbound}]",
    );
    for (contact, candidate, expected) in [
        ("2012-03-20 00:00 sms service", "2012-03-20 23:59 sms service", "day until 2012-03-21 00:00"),
        ("2012-03-19 23:59 sms service", "2012-03-20 00:00 sms service", "allowed 2012-03-20 00:00"),
        // 2012-03-19 is a Monday.
        ("2012-03-19 00:00 popup service", "2012-03-25 23:59 popup service", "week until 2012-03-26 00:00"),
        ("2012-03-18 23:59 popup service", "2012-03-19 00:00 popup service", "allowed 2012-03-19 00:00"),
        (
            "2012-02-01 00:00 outbound service",
            "2012-02-29 12:00 outbound service",
            "month until 2012-03-01 00:00",
        ),
        (
            "2012-02-29 23:59 outbound service",
            "2012-03-01 00:00 outbound service",
            "allowed 2012-03-01 00:00",
        ),
        ("2012-02-29 23:59 outbound service", "2012-03-01 00:00 sms service", "allowed 2012-03-01 00:00"),
    ] {
        assert_eq!(line(&check(&policy, candidate, &[contact])), expected, "{candidate}");
    }
}

#[test]
fn contacts_are_counted_together_or_apart() {
    let policy = |per: &str| {
        policy(&format!(
            "limits: [{{id: two, at_most: 2, within: 30d, channels: [sms, popup], kinds: marketing, per: {per}}}]"
        ))
    };
    let history = [
        "2012-03-10 10:00 sms marketing",
        "2012-03-11 10:00 popup marketing",
        "2012-03-12 10:00 sms service",
        "2012-03-13 10:00 outbound marketing",
    ];
    let now = "2012-03-20 10:00 sms marketing";
    assert_eq!(line(&check(&policy("total"), now, &history)), "two until 2012-04-09 10:00");
    assert_eq!(line(&check(&policy("channel"), now, &history)), "allowed 2012-03-20 10:00");
    assert_eq!(
        line(&check(&policy("total"), "2012-03-20 10:00 outbound marketing", &history)),
        "allowed 2012-03-20 10:00"
    );
    assert_eq!(
        line(&check(&policy("total"), "2012-03-20 10:00 sms service", &history)),
        "allowed 2012-03-20 10:00"
    );
    let any = super::fixtures::policy("limits: [{id: one, at_most: 1, within: 30d, per: kind}]");
    assert_eq!(line(&check(&any, "2012-03-20 10:00 popup service", &history)), "one until 2012-04-11 10:00");
    let any = super::fixtures::policy("limits: [{id: one, at_most: 1, within: 30d, per: channel_and_kind}]");
    assert_eq!(line(&check(&any, "2012-03-20 10:00 popup service", &history)), "allowed 2012-03-20 10:00");
}

#[test]
fn quiet_hours_include_their_beginning_and_not_their_end() {
    let policy = policy(
        "quiet_hours: [{id: night, from: '21:00', to: '08:00', channels: sms},
                       {id: noon, from: '12:00', to: '14:00', channels: sms},
                       {id: weekend, from: '00:00', to: '24:00', calendar: {weekdays: [sat, sun]}, channels: popup},
                       {id: friday, from: '18:00', to: '09:00', calendar: {weekdays: fri}, channels: outbound}]",
    );
    for (candidate, expected) in [
        ("2012-03-20 20:59 sms service", "allowed 2012-03-20 20:59"),
        ("2012-03-20 21:00 sms service", "night until 2012-03-21 08:00"),
        ("2012-03-21 07:59 sms service", "night until 2012-03-21 08:00"),
        ("2012-03-21 08:00 sms service", "allowed 2012-03-21 08:00"),
        ("2012-03-21 12:00 sms service", "noon until 2012-03-21 14:00"),
        // 2012-03-23 is a Friday.
        ("2012-03-24 00:00 popup service", "weekend until 2012-03-26 00:00"),
        ("2012-03-23 23:59 popup service", "allowed 2012-03-23 23:59"),
        ("2012-03-24 08:59 outbound service", "friday until 2012-03-24 09:00"),
        ("2012-03-24 18:00 outbound service", "allowed 2012-03-24 18:00"),
    ] {
        assert_eq!(line(&check(&policy, candidate, &[])), expected, "{candidate}");
    }
}

#[test]
fn gaps_wait_after_outcomes() {
    let policy = policy(
        "gaps: [{id: refusal, after: [refused, complained], wait: 30d, kinds: marketing},
                {id: any, wait: 1d, channels: outbound, per: channel}]",
    );
    let history = [
        "2012-03-01 10:00 sms marketing refused",
        "2012-03-02 10:00 popup marketing accepted",
        "2012-03-19 11:00 outbound service",
    ];
    for (candidate, expected) in [
        ("2012-03-20 10:00 popup marketing", "refusal until 2012-03-31 10:00"),
        ("2012-03-20 10:00 popup service", "allowed 2012-03-20 10:00"),
        ("2012-03-20 10:59 outbound service", "any until 2012-03-20 11:00"),
        ("2012-03-20 10:59 outbound marketing", "refusal any until 2012-03-31 10:00"),
        ("2012-03-31 10:00 popup marketing", "allowed 2012-03-31 10:00"),
    ] {
        assert_eq!(line(&check(&policy, candidate, &history)), expected, "{candidate}");
    }
}

#[test]
fn the_earliest_moment_is_that_which_all_entries_allow() {
    let policy = policy(
        "quiet_hours: [{id: night, from: '21:00', to: '08:00'}],
         limits: [{id: weekly, at_most: 1, within: 7d}],
         gaps: [{id: refusal, after: refused, wait: 30d, effective: {to: 2012-03-25}}]",
    );
    let history = ["2012-03-13 22:30 sms marketing refused"];
    assert_eq!(
        line(&check(&policy, "2012-03-20 10:00 sms marketing", &history)),
        "weekly refusal until 2012-03-26 08:00"
    );
    // Without the refusal the week ends at night.
    let history = ["2012-03-13 22:30 sms marketing"];
    assert_eq!(
        line(&check(&policy, "2012-03-20 10:00 sms marketing", &history)),
        "weekly until 2012-03-21 08:00"
    );
}

#[test]
fn what_returns_for_ever_is_never_allowed() {
    for (rest, expected) in [
        ("do_not_disturb: [{id: x, reason: asked}]", "x until never"),
        ("do_not_disturb: [{id: x, reason: asked, effective: {to: 2012-04-30}}]", "x until 2012-05-01 00:00"),
        ("do_not_disturb: [{id: x, reason: asked, calendar: {days: [1, 20]}}]", "x until 2012-03-21 00:00"),
        ("do_not_disturb: [{id: x, reason: asked, calendar: {months: [3, 1]}}]", "x until 2013-02-01 00:00"),
        (
            "do_not_disturb: [{id: x, reason: asked, calendar: [{days: [1, 20]}, {days: [21, end]}]}]",
            "x until never",
        ),
        (
            "do_not_disturb: [{id: x, reason: a, calendar: {weekdays: [mon, fri]}}, {id: y, reason: b, calendar: {weekdays: [sat, sun]}}]",
            "x until never",
        ),
        ("quiet_hours: [{id: x, from: '00:00', to: '24:00'}]", "x until never"),
        (
            "quiet_hours: [{id: x, from: '08:00', to: '20:00'}, {id: y, from: '20:00', to: '08:00'}]",
            "x until never",
        ),
        (
            "do_not_disturb: [{id: x, reason: a, calendar: {months: [3, 1]}}, {id: y, reason: a, calendar: {days: [1, 28]}}]",
            "x y until 2016-02-29 00:00",
        ),
    ] {
        assert_eq!(line(&check(&policy(rest), "2012-03-20 10:00 sms marketing", &[])), expected, "{rest}");
    }
}

#[test]
fn a_long_limit_beside_days_that_return() {
    // The limit holds on workdays, for a hundred days; at weekends it is quiet.
    let policy = policy(
        "limits: [{id: x, at_most: 1, within: 100d, calendar: {weekdays: [mon, fri]}}],
         quiet_hours: [{id: y, from: '00:00', to: '24:00', calendar: {weekdays: [sat, sun]}}]",
    );
    let history = ["2012-03-19 10:00 sms marketing"];
    assert_eq!(line(&check(&policy, "2012-03-20 10:00 sms marketing", &history)), "x until 2012-06-27 10:00");
}

#[test]
fn entries_concern_customers_by_their_condition() {
    let text = "fields: {age: {type: number, missing: true}}, unknown: match,
         limits: [{id: x, when: age > 60, at_most: 1, within: 7d}, {id: y, unknown: no_match, when: age > 60, at_most: 1, within: 7d}]";
    let policy = policy(text);
    let candidate = Candidate::new("sms", super::fixtures::at("2012-03-20 10:00")).of_kind("service");
    let history = [contact("2012-03-19 10:00 sms service")];
    for (age, expected) in [(Some(70.0), "x y"), (Some(30.0), ""), (None, "x")] {
        let customer = Record::from([("age", Scalar::from(age))]);
        let verdict = policy.check(&customer, &candidate, &history).unwrap();
        let reasons: Vec<&str> = verdict.reasons().map(|reason| reason.entry().id()).collect();
        assert_eq!(reasons.join(" "), expected);
    }
}

#[test]
fn every_entry_says_what_it_found() {
    let policy = policy(
        "fields: {vip: {type: boolean}},
         do_not_disturb: [{id: asked, reason: {zh: 免扰, en: asked not to be called}, channels: outbound}],
         quiet_hours: [{id: night, from: '21:00', to: '08:00'}, {id: shop, from: '18:00', to: '20:00', channels: popup},
                       {id: sunday, from: '08:00', to: '12:00', calendar: {weekdays: sun}}],
         limits: [{id: weekly, at_most: 2, within: 7d, per: channel}, {id: service, kinds: service, at_most: 1, within: calendar_month},
                  {id: vips, when: vip, at_most: 1, within: calendar_day}],
         gaps: [{id: refusal, after: [refused, complained], wait: 1d12h}, {id: accepted, after: accepted, wait: 2d}]",
    );
    let candidate = Candidate::new("outbound", super::fixtures::at("2012-03-20 21:30")).of_kind("marketing");
    let history = [
        contact("2012-03-14 10:00 outbound marketing"),
        contact("2012-03-19 10:00 outbound marketing refused"),
        contact("2012-03-20 10:00 outbound service"),
    ];
    let customer = Record::from([("vip", false)]);
    let verdict = policy.check(&customer, &candidate, &history).unwrap();
    insta::assert_snapshot!(verdict.to_string(), @r#"
    not allowed: asked (do_not_disturb), night (quiet_hours), weekly (limit), refusal (gap); never allowed
      - asked (do_not_disturb): a customer who may be contacted: asked not to be called
      - night (quiet_hours): a time outside of 21:00 to 08:00: 2012-03-20T21:30:00+08:00
        shop (quiet_hours): a time outside of 18:00 to 20:00: other_channel
        sunday (quiet_hours): a time outside of 08:00 to 12:00: not_in_effect
      - weekly (limit): at most 2 contacts within 7d on the same channel: 3 after 2012-03-13T21:30:00+08:00
        service (limit): at most 1 contact in a calendar month: other_kind
        vips (limit): at most 1 contact in a calendar day: other_customers
      - refusal (gap): 1d12h after a contact with the outcome refused, complained: outbound at 2012-03-19T10:00:00+08:00, refused
      + accepted (gap): 2d after a contact with the outcome accepted: none
    "#);
    let until = verdict.findings().iter().map(|finding| finding.until().map(|until| until.to_string()));
    assert_eq!(
        until.flatten().collect::<Vec<_>>(),
        ["2012-03-21T00:00:00Z", "2012-03-26T02:00:00Z", "2012-03-20T14:00:00Z"]
    );
    assert_eq!(verdict.findings()[5].status(), FindingStatus::OtherKind);
    let limit = super::fixtures::policy("limits: [{id: a, at_most: 1, within: 1d}]");
    let allowed = check(&limit, "2012-03-20 10:00 sms service", &[]);
    assert_eq!(
        allowed.to_string(),
        "allowed\n  + a (limit): at most 1 contact within 1d: 0 after 2012-03-19T10:00:00+08:00"
    );
}

#[test]
fn everything_wrong_with_data_is_reported_at_once() {
    let policy =
        policy("fields: {age: {type: number}}, limits: [{id: a, when: age > 3, at_most: 1, within: 1d}]");
    let candidate = Candidate::new("smss", super::fixtures::at("2012-03-20 10:00"));
    let history = [
        Contact::new(Timestamp::from_micros(i64::MAX), "sms").of_kind("marketing"),
        contact("2012-03-20 10:01 sms service refuse"),
    ];
    let customer = Record::from([("age", "old")]);
    let one = policy.check(&customer, &candidate, &history).unwrap_err();
    let candidate = Candidate::new("sms", super::fixtures::at("2012-03-20 10:00")).of_kind("service");
    let two = policy.check(&Record::from([("age", 3)]), &candidate, &history[1..]).unwrap_err();
    let late = [contact("2012-03-20 10:01 sms service")];
    let three = policy.check(&Record::from([("age", 3)]), &candidate, &late).unwrap_err();
    let records =
        [Record::from([("at", "2012-03-20"), ("chanel", "sms")]), Record::from([("at", 3), ("channel", 4)])];
    let four = Contact::from_records(&records).unwrap_err();
    let five = Candidate::from_record(&Record::from([("channel", "sms")])).unwrap_err();
    let all = [one, two, three, four, five].map(|error| error.to_string());
    insta::assert_snapshot!(all.join("\n"), @r#"
    5 problems:
    1. data.wrong_type at age: the field does not take values of this type; found "old" of type text, expected a number
    2. contact.unknown_name at channel: the policy knows no such channel; found "smss", expected one of outbound, sms, popup; did you mean `sms`?
    3. data.missing at kind: the kind is missing; expected one of marketing, service
    4. contact.bad_moment at history/0/at: the value is not a moment in the years 0001 to 9999; found "9223372036854775807", expected a moment such as 2012-03-20T10:00:00+08:00
    5. contact.unknown_name at history/1/outcome: the policy knows no such outcome; found "refuse", expected one of accepted, refused, complained; did you mean `refused`?
    contact.unknown_name at history/0/outcome: the policy knows no such outcome; found "refuse", expected one of accepted, refused, complained; did you mean `refused`?
    contact.future_contact at history/0/at: the contact lies in the future; found 2012-03-20T10:01:00+08:00, expected a moment not after 2012-03-20T10:00:00+08:00
    3 problems:
    1. contact.bad_moment at history/0/at: the value is not a moment in the years 0001 to 9999; found "2012-03-20", expected a moment such as 2012-03-20T10:00:00+08:00
    2. data.missing at history/0/channel: the value is missing; did you mean `chanel`?
    3. data.wrong_type at history/1/at: the value has the wrong type; found 3 of type integer, expected a moment such as 2012-03-20T10:00:00+08:00
    data.missing at now: the value is missing
    "#);
}

#[test]
fn names_of_what_the_policy_does_not_declare_are_not_read() {
    let text = "{cpcfit: 1, kind: contact-policy, id: x, version: 1, offset: '-03:30', channels: a, limits: [{id: l, at_most: 1, within: 1d}]}";
    let policy = ContactPolicy::from_text(text).unwrap();
    let now = super::fixtures::at("2012-03-20 10:00");
    let history = [Contact::new(now, "a").of_kind("anything").with_outcome("whatever")];
    let verdict = policy.check(&Record::new(), &Candidate::new("a", now).of_kind("other"), &history).unwrap();
    assert!(!verdict.allowed());
}
