//! From the document to the compiled policy, with every problem that only the whole can show.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::document::{At, CurrencyEntry, Located, Period};
use crate::error::{Problem, contact as code, expr as expr_code};
use crate::expr::{Condition, FieldSet, FieldType, Shared, Slots};

use super::clock::Offset;
use super::document::{
    GapEntry, LimitEntry, Per, PolicyDocument, QuietEntry, Scope, UndisturbedEntry, Unknown,
};
use super::entry::{Check, Entry, Schedule};
use super::overlap::{Quiet, check_overlaps};
use super::policy::Inner;
use super::vocabulary::Vocabulary;

type Problems = Vec<Problem>;

/// How many entries a policy may have.
const MOST_ENTRIES: usize = 200;

/// The columns and keys that every candidate and contact has; fields have other names.
pub(super) const RESERVED: [&str; 6] = ["customer", "channel", "kind", "now", "at", "outcome"];

/// Compiles a policy; a part that cannot be compiled is reported and the rest is checked all the same.
pub(super) fn compile(mut read: PolicyDocument, json: Arc<str>, problems: &mut Problems) -> Option<Inner> {
    check_currency(&read, problems);
    let currency = CurrencyEntry::or_lenient(read.currency.as_ref());
    let fields_were_read = read.fields.complete;
    let mut fields = FieldSet::new(&currency);
    check_names(&read, problems);
    fields.declare(std::mem::take(&mut read.fields), problems);
    let (kinds, outcomes) = (read.kinds.as_ref(), read.outcomes.as_ref());
    let written = read.channels.as_ref();
    let context = Context {
        channels: Vocabulary::new("channel", written, written.is_some(), problems),
        kinds: Vocabulary::new("kind", kinds, read.kinds_were_read, problems),
        outcomes: Vocabulary::new("outcome", outcomes, read.outcomes_were_read, problems),
        fields: &fields,
        fields_were_read,
        unknown: read.unknown.map(|word| word.0),
        unknown_was_read: read.unknown_was_read,
        ids: BTreeSet::new(),
    };
    let (entries, context) = context.entries(&read, problems);
    let Context { channels, kinds, outcomes, .. } = context;
    let (header, offset, entries) = (read.header?, read.offset?, entries?);
    let (mut used, mut shared) = (Slots::default(), Shared::default());
    let mut nodes = Vec::with_capacity(entries.len());
    for entry in &entries {
        nodes.push(entry.condition.as_ref().map(|condition| {
            used.add(condition);
            shared.add(condition, &fields)
        }));
    }
    Some(Inner {
        json,
        id: header.id,
        version: header.version,
        names: header.name,
        offset,
        channels,
        kinds,
        outcomes,
        fields,
        entries,
        used,
        shared,
        nodes,
    })
}

fn check_currency(read: &PolicyDocument, problems: &mut Problems) {
    let money = read.fields.entries.iter().find(|entry| entry.value.kind() == FieldType::Money);
    if let (Some(entry), None, true) = (money, &read.currency, read.currency_was_read) {
        let message = format!("`{}` is of type money, and the document has no currency", entry.key);
        let problem = entry.at.problem(code::NO_CURRENCY, message);
        problems.push(problem.with_expected("`currency: {code: CNY, exponent: 2}` in the document"));
    }
}

fn check_names(read: &PolicyDocument, problems: &mut Problems) {
    for entry in read.fields.entries.iter().filter(|entry| RESERVED.contains(&&*entry.key)) {
        let message = "the field has the name of something that every contact has";
        let problem = entry.at.problem(expr_code::DUPLICATE_FIELD, message);
        let expected = format!("another name than {}", RESERVED.join(", "));
        problems.push(problem.with_found(format!("`{}`", entry.key)).with_expected(expected));
    }
    let lists = [
        read.undisturbed.as_ref().map(Vec::len),
        read.quiet.as_ref().map(Vec::len),
        read.limits.as_ref().map(Vec::len),
        read.gaps.as_ref().map(Vec::len),
    ];
    let Some(count) = lists.into_iter().sum::<Option<usize>>() else { return };
    if count == 0 {
        let problem = read.at.problem(code::NO_ENTRIES, "the policy has no entries");
        let expected = "at least one under `do_not_disturb`, `quiet_hours`, `limits` or `gaps`";
        problems.push(problem.with_expected(expected));
    } else if count > MOST_ENTRIES {
        let problem = read.at.problem(code::TOO_MANY, "the policy has too many entries");
        problems.push(problem.with_found(count.to_string()).with_expected(format!("at most {MOST_ENTRIES}")));
    }
}

/// What entries are compiled against.
struct Context<'a> {
    channels: Vocabulary,
    kinds: Vocabulary,
    outcomes: Vocabulary,
    fields: &'a FieldSet,
    fields_were_read: bool,
    unknown: Option<Unknown>,
    unknown_was_read: bool,
    ids: BTreeSet<Box<str>>,
}

impl Context<'_> {
    /// Every entry in the order in which they are named as reasons; `None` where one could not be compiled.
    fn entries(mut self, read: &PolicyDocument, problems: &mut Problems) -> (Option<Vec<Entry>>, Self) {
        let mut entries: Vec<Option<Entry>> = Vec::new();
        for entry in read.undisturbed.iter().flatten() {
            entries.push(self.undisturbed(entry, problems));
        }
        let mut quiet = Vec::new();
        for written in read.quiet.iter().flatten() {
            let entry = self.quiet(written, problems);
            if let Some(entry) = entry.clone() {
                quiet.push(Quiet { entry, at: written.at.clone() });
            }
            entries.push(entry);
        }
        check_overlaps(&quiet, &self.channels, problems);
        for entry in read.limits.iter().flatten() {
            entries.push(self.limit(entry, problems));
        }
        for entry in read.gaps.iter().flatten() {
            entries.push(self.gap(entry, problems));
        }
        let lists = read.undisturbed.is_some()
            && read.quiet.is_some()
            && read.limits.is_some()
            && read.gaps.is_some();
        (entries.into_iter().collect::<Option<Vec<_>>>().filter(|_| lists), self)
    }

    fn undisturbed(&mut self, entry: &UndisturbedEntry, problems: &mut Problems) -> Option<Entry> {
        let check = entry.reason.clone().map(|reason| Check::DoNotDisturb { reason });
        self.entry(&entry.scope, check, problems)
    }

    fn quiet(&mut self, entry: &QuietEntry, problems: &mut Problems) -> Option<Entry> {
        let mut check = None;
        if let (Some(from), Some(to)) = (entry.from, entry.to) {
            check = Some(Check::QuietHours { from, to });
            if from == to || from.0 == 24 * 60 {
                let problem = entry.at.problem(code::BAD_HOURS, "the quiet hours have no length");
                let found = format!("{} to {}", from.shown(), to.shown());
                let expected =
                    "two times that differ, such as 21:00 and 08:00; 00:00 and 24:00 for the whole day";
                problems.push(problem.with_found(found).with_expected(expected));
                check = None;
            }
        }
        self.entry(&entry.scope, check, problems)
    }

    fn limit(&mut self, entry: &LimitEntry, problems: &mut Problems) -> Option<Entry> {
        let per = self.per(&entry.scope, entry.per.map(|per| per.0), problems);
        let at_most = entry.at_most.and_then(|at_most| u32::try_from(at_most.0).ok());
        let check = match (at_most, entry.within, per) {
            (Some(at_most), Some(within), Some(per)) => Some(Check::Limit { at_most, within, per }),
            _ => None,
        };
        self.entry(&entry.scope, check, problems)
    }

    fn gap(&mut self, entry: &GapEntry, problems: &mut Problems) -> Option<Entry> {
        let per = self.per(&entry.scope, entry.per.map(|per| per.0), problems);
        let after = entry.after.as_ref().map(|after| self.outcomes.set(Some(after), problems));
        let check = match (entry.wait, per) {
            (Some(wait), Some(per)) if entry.after_was_read => Some(Check::Gap { after, wait, per }),
            _ => None,
        };
        self.entry(&entry.scope, check, problems)
    }

    /// What is counted by kind needs kinds.
    fn per(&self, scope: &Scope, per: Option<Per>, problems: &mut Problems) -> Option<Per> {
        let per = per?;
        if per.by_kind() && self.kinds.is_empty() && self.kinds.is_complete() {
            let at = scope.id.as_ref().map_or_else(At::default, |id| id.at.clone());
            let problem =
                at.problem(code::UNKNOWN_NAME, "contacts are counted by kind, and no kind is declared");
            problems.push(problem.with_expected("a declaration under `kinds`"));
        }
        Some(per)
    }

    fn entry(&mut self, scope: &Scope, check: Option<Check>, problems: &mut Problems) -> Option<Entry> {
        if let Some(id) = &scope.id
            && !self.ids.insert(id.value.as_str().into())
        {
            let problem = id.at.problem(code::DUPLICATE_ID, "another entry has the same id");
            problems.push(problem.with_found(format!("\"{}\"", id.value.as_str())));
        }
        if let Some((from, to)) = scope.effective.as_ref().and_then(|period| period.value.turned()) {
            let at = scope.effective.as_ref().map_or_else(At::default, |period| period.at.clone());
            let problem = at.problem(code::BAD_PERIOD, "the period ends before it begins");
            problems.push(problem.with_found(format!("{from} to {to}")));
        }
        let channels = self.channels.set(scope.channels.as_ref(), problems);
        let kinds = self.kinds.set(scope.kinds.as_ref(), problems);
        let condition = self.condition(scope, problems);
        let period: Option<Period> = scope.effective.as_ref().map(|period| period.value);
        let unknown = scope.unknown.map(|word| word.0).or(self.unknown);
        if !scope.effective_was_read || !scope.calendar_was_read {
            return None;
        }
        Some(Entry {
            id: scope.id.as_ref()?.value.as_str().into(),
            names: scope.name.clone(),
            note: scope.note.clone(),
            channels,
            kinds,
            schedule: Schedule { period, calendar: scope.calendar.clone() },
            condition: condition?,
            unknown: unknown == Some(Unknown::Match),
            check: check?,
        })
    }

    /// `Some(None)` for everybody.
    #[expect(clippy::option_option, reason = "absent and wrong are different outcomes")]
    fn condition(&self, scope: &Scope, problems: &mut Problems) -> Option<Option<Condition>> {
        let Some(Located { value, at }) = &scope.when else { return scope.when_was_read.then_some(None) };
        let before = problems.len();
        let condition = value.bind(self.fields, problems);
        if !self.fields_were_read {
            // A field that could not be read looks as if it were not declared.
            let new = problems.split_off(before);
            problems.extend(new.into_iter().filter(|problem| problem.code() != expr_code::UNKNOWN_FIELD));
        }
        let condition = condition?;
        let said = scope.unknown.is_some() || self.unknown.is_some();
        let was_read = scope.unknown_was_read && self.unknown_was_read;
        if let (Some(field), false, true) = (condition.unknown_by(self.fields), said, was_read) {
            let message = format!("the condition tests `{}`, which may be missing", field.id());
            let expected = "`unknown: no_match` or `unknown: match` in the entry or in the document";
            problems.push(at.problem(expr_code::UNKNOWN_REQUIRED, message).with_expected(expected));
        }
        Some(Some(condition))
    }
}

/// The offset as documents write it.
pub(super) fn shown_offset(offset: Offset) -> String {
    let shown = offset.shown(0);
    shown.trim_start_matches("1970-01-01T00:00:00").to_owned()
}
