//! Random policies: the record evaluator against what the entries mean, minute by minute, and columns against records.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::fixtures::policy;
use super::{Candidate, CandidateColumns, Contact, ContactPolicy, ContactStatus, MISSING_MOMENT};
use crate::column::{Batch, Column, Date, OnError, Options, Record, Simd, Timestamp, Values};
use crate::expr::column_fixtures::Random;

const CHANNELS: [&str; 3] = ["outbound", "sms", "popup"];
const KINDS: [&str; 2] = ["marketing", "service"];
const OUTCOMES: [&str; 4] = ["accepted", "refused", "complained", ""];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: i64 = 24 * 60;
/// Minutes of the policy's clock from 1970 to 2012-02-20, a Monday, and so many days after.
const FIRST: i64 = 15_390 * DAY;
const DAYS: i64 = 14;

/// A contact or a candidate, in minutes of the policy's clock.
#[derive(Clone, Copy)]
struct Moment {
    at: i64,
    channel: usize,
    kind: usize,
    outcome: usize,
}

impl Moment {
    fn random(random: &mut Random) -> Self {
        let minutes = i64::try_from(random.below(usize::try_from(DAYS * DAY).unwrap())).unwrap();
        // Round times meet the ends of windows and quiet hours.
        let minutes = if random.below(3) > 0 { minutes / 60 * 60 } else { minutes };
        let (channel, kind) = (random.below(3), random.below(2));
        Self { at: FIRST + minutes, channel, kind, outcome: random.below(4) }
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_micros((self.at - 8 * 60) * 60_000_000)
    }

    fn contact(self) -> Contact {
        let contact = Contact::new(self.timestamp(), CHANNELS[self.channel]).of_kind(KINDS[self.kind]);
        if OUTCOMES[self.outcome].is_empty() { contact } else { contact.with_outcome(OUTCOMES[self.outcome]) }
    }

    fn candidate(self) -> Candidate {
        Candidate::new(CHANNELS[self.channel], self.timestamp()).of_kind(KINDS[self.kind])
    }
}

type Meaning = Box<dyn Fn(i64, Moment, &[Moment], Option<bool>) -> bool>;

/// An entry as text, and what it means: whether it blocks a candidate at a minute, given contacts and whether the customer is a VIP.
struct Spec {
    text: String,
    blocks: Meaning,
}

fn date(minute: i64) -> Date {
    Date::from_days(i32::try_from(minute.div_euclid(DAY)).unwrap())
}

/// Days on which an entry is in effect.
fn schedule(random: &mut Random) -> (String, Box<dyn Fn(Date) -> bool>) {
    let (a, b) = (random.below(28) + 1, random.below(28) + 1);
    match random.below(6) {
        0 => {
            let from = date(FIRST + i64::try_from(a).unwrap() * DAY);
            let to = date(FIRST + i64::try_from(a + b).unwrap() * DAY);
            (
                format!(", effective: {{from: {from}, to: {to}}}"),
                Box::new(move |day| from <= day && day <= to),
            )
        }
        1 => (
            format!(", calendar: {{days: [{a}, {b}]}}"),
            Box::new(move |day| {
                let day = day.to_ymd().2 as usize;
                if a <= b { a <= day && day <= b } else { a <= day || day <= b }
            }),
        ),
        2 => (
            ", calendar: {days: end}".to_owned(),
            Box::new(|day| Date::from_days(day.days() + 1).to_ymd().2 == 1),
        ),
        3 => {
            let (a, b) = (a % 7, b % 7);
            (
                format!(", calendar: [{{weekdays: [{}, {}]}}]", WEEKDAYS[a], WEEKDAYS[b]),
                Box::new(move |day| {
                    let weekday = usize::try_from((day.days() + 3).rem_euclid(7)).unwrap();
                    if a <= b { a <= weekday && weekday <= b } else { a <= weekday || weekday <= b }
                }),
            )
        }
        _ => (String::new(), Box::new(|_| true)),
    }
}

/// Some of the names, as text and as their numbers.
fn some(random: &mut Random, key: &str, names: &[&str]) -> (String, Vec<usize>) {
    let chosen: Vec<usize> = (0..names.len()).filter(|_| random.below(2) == 0).collect();
    if chosen.is_empty() {
        return (String::new(), (0..names.len()).collect());
    }
    let written: Vec<&str> = chosen.iter().map(|index| names[*index]).collect();
    (format!(", {key}: [{}]", written.join(", ")), chosen)
}

fn spec(random: &mut Random, list: &str, id: usize) -> Spec {
    let (channels_text, channels) = some(random, "channels", &CHANNELS);
    let (kinds_text, kinds) = some(random, "kinds", &KINDS);
    let (schedule_text, schedule) = schedule(random);
    let (condition, unknown) = (random.below(3) == 0, random.below(2) == 0);
    let condition_text = match (condition, unknown) {
        (false, _) => "",
        (true, true) => ", when: vip, unknown: match",
        (true, false) => ", when: vip, unknown: no_match",
    };
    let about =
        move |candidate: Moment, vip: Option<bool>| !condition || vip.unwrap_or(unknown) && candidate.at > 0;
    let scope = format!("id: e{id}{channels_text}{kinds_text}{schedule_text}{condition_text}");
    let concerns = {
        let (channels, kinds) = (channels.clone(), kinds.clone());
        move |moment: Moment| channels.contains(&moment.channel) && kinds.contains(&moment.kind)
    };
    let per = random.below(4);
    let per_word = ["total", "channel", "kind", "channel_and_kind"][per];
    let alike = move |past: Moment, candidate: Moment| {
        (per & 1 == 0 || past.channel == candidate.channel) && (per & 2 == 0 || past.kind == candidate.kind)
    };
    let applies = move |candidate: Moment, vip| concerns(candidate) && about(candidate, vip);
    let counts = move |past: Moment, candidate| {
        channels.contains(&past.channel) && kinds.contains(&past.kind) && alike(past, candidate)
    };
    match list {
        "do_not_disturb" => Spec {
            text: format!("{{{scope}, reason: asked}}"),
            blocks: Box::new(move |now, candidate, _, vip| applies(candidate, vip) && schedule(date(now))),
        },
        "quiet_hours" => {
            let hour = |random: &mut Random| i64::try_from(random.below(24)).unwrap() * 60;
            let (from, to) = (hour(random), hour(random));
            let to = if from == to { 24 * 60 } else { to };
            Spec {
                text: format!("{{{scope}, from: '{:02}:00', to: '{:02}:00'}}", from / 60, to / 60),
                blocks: Box::new(move |now, candidate, _, vip| {
                    let minute = now.rem_euclid(DAY);
                    let begun = if to > from {
                        (from <= minute && minute < to).then_some(date(now))
                    } else if minute >= from {
                        Some(date(now))
                    } else {
                        (minute < to).then_some(date(now - DAY))
                    };
                    applies(candidate, vip) && begun.is_some_and(&schedule)
                }),
            }
        }
        "limits" => {
            let (at_most, hours) = (random.below(3) + 1, i64::try_from(random.below(200) + 1).unwrap());
            let window = random.below(6);
            let within = match window {
                0 => "calendar_day".to_owned(),
                1 => "calendar_week".to_owned(),
                2 => "calendar_month".to_owned(),
                _ => format!("{hours}h"),
            };
            let inside = move |past: i64, now: i64| {
                let (then, today) = (date(past), date(now));
                match window {
                    0 => then == today,
                    1 => (then.days() + 3).div_euclid(7) == (today.days() + 3).div_euclid(7),
                    2 => (then.to_ymd().0, then.to_ymd().1) == (today.to_ymd().0, today.to_ymd().1),
                    _ => past > now - hours * 60,
                }
            };
            Spec {
                text: format!("{{{scope}, at_most: {at_most}, within: {within}, per: {per_word}}}"),
                blocks: Box::new(move |now, candidate, history, vip| {
                    let counted =
                        history.iter().filter(|past| counts(**past, candidate) && inside(past.at, now));
                    applies(candidate, vip) && schedule(date(now)) && counted.count() >= at_most
                }),
            }
        }
        _ => {
            let hours = i64::try_from(random.below(150) + 1).unwrap();
            let (after_text, after) = some(random, "after", &OUTCOMES[..3]);
            let any = after_text.is_empty();
            Spec {
                text: format!("{{{scope}{after_text}, wait: {hours}h, per: {per_word}}}"),
                blocks: Box::new(move |now, candidate, history, vip| {
                    let waits = |past: &Moment| {
                        counts(*past, candidate)
                            && (any || after.contains(&past.outcome))
                            && now < past.at + hours * 60
                    };
                    applies(candidate, vip) && schedule(date(now)) && history.iter().any(waits)
                }),
            }
        }
    }
}

/// A policy with what its entries mean, in their order.
fn random_policy(random: &mut Random) -> (ContactPolicy, Vec<Spec>) {
    let mut specs = Vec::new();
    let mut text = "fields: {vip: {type: boolean, missing: true}}".to_owned();
    for list in ["do_not_disturb", "quiet_hours", "limits", "gaps"] {
        let most = if list == "do_not_disturb" || list == "quiet_hours" { 2 } else { 4 };
        let count = random.below(most) + usize::from(list == "limits");
        let of_list: Vec<Spec> = (0..count).map(|id| spec(random, list, specs.len() + id)).collect();
        let written: Vec<&str> = of_list.iter().map(|spec| spec.text.as_str()).collect();
        let _ = write!(text, ", {list}: [{}]", written.join(", "));
        specs.extend(of_list);
    }
    (policy(&text), specs)
}

/// How far the oracle looks ahead.
const AHEAD: i64 = 25 * DAY;

fn means_what_it_says(seed: u64) {
    let mut random = Random(seed);
    let (policy, specs) = random_policy(&mut random);
    let candidate = Moment::random(&mut random);
    let mut history: Vec<Moment> = (0..random.below(9)).map(|_| Moment::random(&mut random)).collect();
    history.retain(|past| past.at <= candidate.at);
    let vip = random.pick(&[None, Some(true), Some(false)]);
    let contacts: Vec<Contact> = history.iter().map(|past| past.contact()).collect();
    let customer = Record::from([("vip", vip)]);
    let verdict = policy.check(&customer, &candidate.candidate(), &contacts).unwrap();
    let blocking = |now: i64| -> Vec<usize> {
        let blocks = |(id, spec): (usize, &Spec)| (spec.blocks)(now, candidate, &history, vip).then_some(id);
        specs.iter().enumerate().filter_map(blocks).collect()
    };
    let found: Vec<String> = verdict.reasons().map(|reason| reason.entry().id().to_owned()).collect();
    let expected: Vec<String> = blocking(candidate.at).iter().map(|id| format!("e{id}")).collect();
    assert_eq!(found, expected, "{}\n{verdict}", policy.to_json());
    let next = (candidate.at..candidate.at + AHEAD).find(|now| blocking(*now).is_empty());
    let said = verdict.next_allowed().map(|moment| moment.micros() / 60_000_000 + 8 * 60);
    match next {
        Some(next) => assert_eq!(said, Some(next), "{}\n{verdict}", policy.to_json()),
        None => assert!(said.is_none_or(|said| said >= candidate.at + AHEAD), "{}", policy.to_json()),
    }
}

/// Rows of customers with their contacts, sorted.
struct Rows {
    keys: Vec<i64>,
    vips: Vec<Option<&'static str>>,
    candidates: Vec<Option<Moment>>,
    contacts: Vec<(i64, Option<Moment>)>,
}

impl Rows {
    fn random(random: &mut Random, rows: usize) -> Self {
        let mut key = 0;
        let mut keys = Vec::new();
        let mut vips = Vec::new();
        for _ in 0..rows {
            key += i64::try_from(random.below(3)).unwrap();
            keys.push(key);
            vips.push(random.pick(&[None, Some("yes"), Some("no"), Some("no")]));
        }
        let bad = if random.below(2) == 0 { 40 } else { 1_000_000 };
        let some = |random: &mut Random| {
            let moment = Moment::random(random);
            (random.below(bad) > 0).then_some(moment)
        };
        let mut candidates: Vec<Option<Moment>> = (0..rows).map(|_| some(random)).collect();
        // Most are later than all contacts.
        for moment in candidates.iter_mut().flatten() {
            if random.below(20) > 0 {
                moment.at += DAYS * DAY;
            }
        }
        let mut contacts = Vec::new();
        for key in -1..key + 2 {
            for _ in 0..random.below(4) {
                contacts.push((key, some(random)));
            }
        }
        Self { keys, vips, candidates, contacts }
    }
}

/// The texts of some moments, in columns.
struct Texts {
    at: Vec<Option<String>>,
    channel: Vec<Option<&'static str>>,
    kind: Vec<Option<&'static str>>,
    outcome: Vec<Option<&'static str>>,
}

impl Texts {
    fn new(moments: impl Iterator<Item = Option<Moment>>) -> Self {
        let mut texts = Self { at: vec![], channel: vec![], kind: vec![], outcome: vec![] };
        for moment in moments {
            texts.at.push(moment.map(|moment| moment.timestamp().to_string()));
            texts.channel.push(moment.map(|moment| CHANNELS[moment.channel]));
            texts.kind.push(moment.map(|moment| KINDS[moment.kind]));
            texts.outcome.push(moment.map(|moment| OUTCOMES[moment.outcome]).filter(|text| !text.is_empty()));
        }
        texts
    }
}

fn agree(seed: u64, rows: usize) {
    let mut random = Random(seed);
    let (policy, _) = random_policy(&mut random);
    let data = Rows::random(&mut random, rows);
    let of_rows = Texts::new(data.candidates.iter().copied());
    let of_contacts = Texts::new(data.contacts.iter().map(|(_, moment)| *moment));
    let row_at: Vec<Option<&str>> = of_rows.at.iter().map(Option::as_deref).collect();
    let contact_at: Vec<Option<&str>> = of_contacts.at.iter().map(Option::as_deref).collect();
    let packed = |bit: &dyn Fn(Option<&'static str>) -> bool| -> Vec<u8> {
        let byte = |rows: &[Option<&'static str>]| {
            rows.iter().rev().fold(0, |bits, value| bits << 1 | u8::from(bit(*value)))
        };
        data.vips.chunks(8).map(byte).collect()
    };
    let (vips, known) = (packed(&|vip| vip == Some("yes")), packed(&|vip| vip.is_some()));
    let mut batch = Batch::new(rows);
    let bits = |bytes| crate::column::Bits::new(bytes, 0, rows).unwrap();
    batch.push("vip", crate::column::BoolColumn::new(bits(&vips), Some(bits(&known))).unwrap()).unwrap();
    batch.push("customer", Column::I64(Values::from(&data.keys[..]))).unwrap();
    batch.push("now", Column::from(&row_at[..])).unwrap();
    batch.push("channel", Column::from(&of_rows.channel[..])).unwrap();
    batch.push("kind", Column::from(&of_rows.kind[..])).unwrap();
    let keys: Vec<i64> = data.contacts.iter().map(|(key, _)| *key).collect();
    let mut contacts = Batch::new(keys.len());
    contacts.push("customer", Column::I64(Values::from(&keys[..]))).unwrap();
    contacts.push("at", Column::from(&contact_at[..])).unwrap();
    contacts.push("channel", Column::from(&of_contacts.channel[..])).unwrap();
    contacts.push("kind", Column::from(&of_contacts.kind[..])).unwrap();
    contacts.push("outcome", Column::from(&of_contacts.outcome[..])).unwrap();
    let (cut, cut_contacts) = (random.below(rows + 1), random.below(keys.len() + 1));
    let batches = [batch.slice(0, cut), batch.slice(cut, rows - cut)];
    let contacts = [contacts.slice(0, cut_contacts), contacts.slice(cut_contacts, keys.len() - cut_contacts)];
    let mut by_key: BTreeMap<i64, Vec<Option<Moment>>> = BTreeMap::new();
    for (key, moment) in &data.contacts {
        by_key.entry(*key).or_default().push(*moment);
    }
    let mut bad_rows = 0;
    for (threads, simd) in [(1, Simd::Auto), (3, Simd::Off)] {
        let options = Options { threads, simd, on_error: OnError::Null, ..Options::default() };
        let columns = CandidateColumns::default();
        let verdicts = policy.check_columns(&batches, &columns, &contacts, &options).unwrap();
        assert_eq!(verdicts.len(), rows);
        bad_rows = verdicts.count_of(ContactStatus::Invalid);
        for row in (0..rows).step_by(1 + rows / 2_000) {
            let past = by_key.get(&data.keys[row]).map_or(&[][..], Vec::as_slice);
            let history: Option<Vec<Contact>> = past.iter().map(|past| past.map(Moment::contact)).collect();
            let vip = data.vips[row].map(|text| text == "yes");
            let expected = data.candidates[row].zip(history).and_then(|(candidate, history)| {
                policy.check(&Record::from([("vip", vip)]), &candidate.candidate(), &history).ok()
            });
            let Some(expected) = expected else {
                assert_eq!((verdicts.status[row], verdicts.reason[row]), (2, -1), "row {row}");
                assert_eq!(verdicts.next_allowed[row], MISSING_MOMENT);
                continue;
            };
            let first = expected.first_reason().map(|reason| reason.entry().id());
            let found =
                usize::try_from(verdicts.reason[row]).ok().map(|reason| policy.entries()[reason].id());
            assert_eq!(found, first, "row {row}: {expected}");
            assert_eq!(verdicts.status[row], u8::from(!expected.allowed()), "row {row}");
            let next = expected.next_allowed().map_or(MISSING_MOMENT, Timestamp::micros);
            assert_eq!(verdicts.next_allowed[row], next, "row {row}: {expected}");
        }
        let known: Vec<i64> = data.keys.clone();
        let unmatched = keys.iter().filter(|key| known.binary_search(key).is_err()).count();
        assert_eq!(verdicts.unmatched_contacts, unmatched);
        let named: u64 = verdicts.problems.iter().map(crate::error::Problem::row_count).sum();
        assert_eq!(bad_rows > 0, named > 0);
        let of_contacts = |problem: &&crate::error::Problem| problem.path() == "contacts/at";
        let at = verdicts.problems.iter().find(of_contacts).map_or(0, crate::error::Problem::row_count);
        let missing =
            data.contacts.iter().filter(|(key, at)| at.is_none() && known.binary_search(key).is_ok());
        assert_eq!(at, missing.count() as u64, "each contact is counted once");
    }
    let raised = policy.check_columns(&batches, &CandidateColumns::default(), &contacts, &Options::default());
    assert_eq!(raised.is_err(), bad_rows > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn entries_mean_what_they_say(seed in any::<u64>()) {
        means_what_it_says(seed);
    }

    #[test]
    fn columns_and_records_agree(seed in any::<u64>(), rows in prop_oneof![8 => 0_usize..80, 1 => 1000_usize..2300]) {
        agree(seed, rows);
    }
}

/// More rows than a piece.
#[test]
fn pieces_and_threads_change_nothing() {
    for seed in 0..4 {
        agree(seed, 70_000);
    }
}
