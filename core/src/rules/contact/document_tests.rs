use super::fixtures::{policy, problems};
use super::{ContactPolicy, EntryKind};

#[test]
fn a_policy_reads_what_was_written() {
    let policy = policy(
        "name: {en: Contacts}, fields: {age: {type: number}, vip: {type: boolean}},
         limits: [{id: weekly, at_most: 2, within: 7d, note: mine}],
         do_not_disturb: [{id: old, when: age > 90, reason: too old, effective: {from: 2012-01-01}}],
         quiet_hours: [{id: night, from: '21:00', to: '08:00', calendar: {weekdays: [mon, fri]}}],
         gaps: [{id: refusal, after: refused, wait: 30d, name: {en: Refusals}}]",
    );
    let entries: Vec<(&str, EntryKind)> =
        policy.entries().iter().map(|entry| (entry.id(), entry.kind())).collect();
    assert_eq!(
        entries,
        [
            ("old", EntryKind::DoNotDisturb),
            ("night", EntryKind::QuietHours),
            ("weekly", EntryKind::Limit),
            ("refusal", EntryKind::Gap)
        ],
        "the order of reasons is not that of the keys"
    );
    let [old, night, weekly, refusal] = policy.entries() else { panic!("four entries") };
    assert_eq!(old.reason().and_then(|reason| reason.get("en")), Some("too old"));
    assert!(old.period().is_some() && weekly.period().is_none());
    assert_eq!(night.calendar().map(ToString::to_string).as_deref(), Some("weekdays mon to fri"));
    assert_eq!((weekly.note(), refusal.names().get("en")), (Some("mine"), Some("Refusals")));
    assert_eq!((policy.offset().as_str(), policy.offset_minutes()), ("+08:00", 480));
    assert_eq!(policy.channels().collect::<Vec<_>>(), ["outbound", "sms", "popup"]);
    assert_eq!(policy.inputs().collect::<Vec<_>>(), ["age"]);
    let again = ContactPolicy::from_text(policy.to_json()).unwrap();
    assert_eq!(again.to_json(), policy.to_json());
}

#[test]
fn the_kind_describes_itself() {
    let text = ContactPolicy::document_kind().reference();
    assert!(
        text.contains("## ContactLimit\n")
            && text.contains("`calendar_week`")
            && text.contains("[Condition]")
    );
}

#[test]
fn everything_wrong_is_reported_at_once() {
    insta::assert_snapshot!(problems(
        "fields: {due: {type: money}, age: {type: number, missing: true}, now: {type: date}},
         do_not_disturb: [{id: a, when: ago > 3}],
         quiet_hours: [
           {id: a, from: '21:60', to: '8:00'},
           {id: b, from: '09:00', to: '09:00', channels: [smss, pop]},
           {id: c, from: '24:00', to: '08:00', channels: []}
         ],
         limits: [
           {id: d, at_most: 0, within: 7 days, per: chanel},
           {id: e, at_most: 2, within: calender_day, kinds: sales, when: {field: age, gt: 3}}
         ],
         gaps: [
           {id: f, after: refuse, wait: 20y, effective: {from: 2012-02-01, to: 2012-01-01}},
           {id: g, wait: 3d, calendar: {days: [21, 32]}, before: 3}
         ]"
    ));
}

#[test]
fn offsets_names_and_entries_are_checked() {
    let read = |text: &str| {
        let text = format!("{{cpcfit: 1, kind: contact-policy, id: x, version: 1, {text}}}");
        let error = ContactPolicy::from_text(&text).expect_err(&text);
        error.problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let limit = "limits: [{id: a, at_most: 1, within: 1d";
    let names: Vec<String> = (0..64).map(|name| format!("c{name}")).collect();
    let entries: Vec<String> = (0..201).map(|id| format!("{{id: x{id}, at_most: 1, within: 1d}}")).collect();
    let all = [
        read(&format!("offset: Asia/Shanghai, channels: a, {limit}}}]")),
        read(&format!("offset: '+24:00', channels: [a, a], {limit}}}]")),
        read(&format!("channels: [], {limit}, channels: a}}]")),
        read("offset: '+08:00', channels: a"),
        read(&format!("offset: '+08:00', channels: a, {limit}, per: kind}}]")),
        read("offset: '+08:00', channels: a, gaps: [{id: g, wait: 1d, after: refused}]"),
        read(&format!("offset: '+08:00', channels: [{}], {limit}}}]", names.join(", "))),
        read(&format!("offset: '+08:00', channels: a, limits: [{}]", entries.join(", "))),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

/// The first overlap of two quiet hours, or none.
fn overlap(first: &str, second: &str) -> String {
    let text =
        format!("fields: {{vip: {{type: boolean}}}}, quiet_hours: [{{id: a, {first}}}, {{id: b, {second}}}]");
    match ContactPolicy::from_text(&format!("{{{}{text}}}", super::fixtures::HEADER)) {
        Ok(_) => "none".to_owned(),
        Err(error) => {
            let [problem] = error.problems() else { panic!("{error}") };
            assert_eq!(problem.code().id(), "contact.overlap");
            problem.found().unwrap_or_default().to_owned()
        }
    }
}

#[test]
fn quiet_hours_that_overlap_are_found_also_across_midnight() {
    let night = "from: '21:00', to: '08:00'";
    for (first, second, expected) in [
        (night, "from: '20:00', to: '22:00'", "21:00 to 22:00"),
        (night, "from: '07:30', to: '09:00'", "07:30 to 08:00"),
        ("from: '07:30', to: '09:00'", night, "07:30 to 08:00"),
        (night, "from: '23:00', to: '06:00'", "23:00 to 06:00"),
        (night, "from: '08:00', to: '21:00'", "none"),
        (night, "from: '00:00', to: '24:00'", "21:00 to 24:00"),
        ("from: '12:00', to: '14:00'", "from: '13:00', to: '24:00'", "13:00 to 14:00"),
        // Other channels or kinds; other customers.
        ("from: '21:00', to: '08:00', channels: sms", "from: '21:00', to: '08:00', channels: popup", "none"),
        (
            "from: '21:00', to: '08:00', channels: [sms, popup]",
            "from: '22:00', to: '23:00', channels: popup",
            "22:00 to 23:00",
        ),
        (
            "from: '21:00', to: '08:00', kinds: service",
            "from: '21:00', to: '08:00', kinds: marketing",
            "none",
        ),
        (night, "from: '20:00', to: '09:00', when: vip", "none"),
        ("from: '20:00', to: '09:00', when: vip", "from: '21:00', to: '09:30', when: vip", "21:00 to 09:00"),
        ("from: '20:00', to: '09:00', when: vip", "from: '21:00', to: '09:30', when: '!vip'", "none"),
        // Days on which they begin: Friday night meets Saturday morning, Sunday night does not.
        (
            "from: '21:00', to: '08:00', calendar: {weekdays: fri}",
            "from: '07:00', to: '10:00', calendar: {weekdays: [sat, sun]}",
            "07:00 to 08:00 on sat",
        ),
        (
            "from: '21:00', to: '08:00', calendar: {weekdays: sun}",
            "from: '07:00', to: '10:00', calendar: {weekdays: [sat, sun]}",
            "none",
        ),
        (
            "from: '21:00', to: '08:00', calendar: {weekdays: sun}",
            "from: '07:00', to: '10:00', calendar: {weekdays: mon}",
            "07:00 to 08:00 on mon",
        ),
        (
            "from: '21:00', to: '08:00', calendar: {days: end, months: 2}",
            "from: '07:00', to: '10:00', calendar: {days: 1, months: 3}",
            "07:00 to 08:00 on 1970-03-01",
        ),
        (
            "from: '21:00', to: '08:00', calendar: {days: [1, 20]}",
            "from: '22:00', to: '23:00', calendar: {days: [21, end]}",
            "none",
        ),
        // Periods.
        (
            "from: '21:00', to: '08:00', effective: {to: 2012-03-20}",
            "from: '20:00', to: '09:00', effective: {from: 2012-03-21}",
            "none",
        ),
        (
            "from: '21:00', to: '08:00', effective: {to: 2012-03-20}",
            "from: '20:00', to: '09:00', effective: {from: 2012-03-22}",
            "none",
        ),
    ] {
        assert_eq!(overlap(first, second), expected, "{first} | {second}");
    }
    insta::assert_snapshot!(problems(
        "quiet_hours: [{id: night, from: '21:00', to: '08:00'}, {id: late, from: '22:00', to: '07:00', channels: sms}]"
    ));
}
