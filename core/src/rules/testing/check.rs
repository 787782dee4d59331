//! Checking tests against the fields, outputs and rules that there are.

use std::collections::{HashMap, HashSet};

use super::document::{ExpectEntry, Given, TestEntry, Wanted};
use crate::column::{Date, Record, Scalar};
use crate::document::{At, Located};
use crate::error::{Problem, nearest, one_of, rules as code};
use crate::expr::{Field, FieldSet, FieldType, Literal};
use crate::money::Currency;
use crate::rules::decide::DecisionStatus;
use crate::rules::document::RuleEntry;
use crate::rules::hit::Hit;
use crate::rules::output::{Output, OutputValue};

type Problems = Vec<Problem>;

/// Up to so many problems the nearest rule is looked for.
const SUGGESTED: usize = 100;

/// A test whose names and values have been checked.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Test {
    pub(super) id: Box<str>,
    pub(super) note: Option<Box<str>>,
    pub(super) date: Option<Date>,
    pub(super) given: Record,
    pub(super) expected: Expected,
}

/// What a test expects; `None` is not looked at.
#[derive(Clone, Debug)]
pub(super) struct Expected {
    pub(super) status: Option<DecisionStatus>,
    pub(super) rule: Option<Box<str>>,
    pub(super) rules: Option<Box<[Box<str>]>>,
    /// By the place of the output: its value, or one for each rule that matches.
    pub(super) outputs: Vec<(usize, Values)>,
}

#[derive(Clone, Debug)]
pub(super) enum Values {
    One(Scalar),
    Each(Vec<Scalar>),
}

/// What tests are checked against; of what was not read as a whole nothing is said to be absent.
pub(in crate::rules) struct Known<'a> {
    pub(in crate::rules) currency: &'a Currency,
    pub(in crate::rules) fields: &'a FieldSet,
    pub(in crate::rules) fields_were_read: bool,
    pub(in crate::rules) outputs: &'a [Output],
    pub(in crate::rules) outputs_were_read: bool,
    pub(in crate::rules) rules: &'a [RuleEntry],
    pub(in crate::rules) hit: Option<Hit>,
}

/// The tests, or what could be read of them after every problem was reported.
pub(in crate::rules) fn check(
    entries: &[TestEntry],
    known: &Known<'_>,
    problems: &mut Problems,
) -> Vec<Test> {
    let mut by_id: HashMap<&str, Vec<&RuleEntry>> = HashMap::new();
    for rule in known.rules {
        if let Some(id) = &rule.id {
            by_id.entry(id.value.as_str()).or_default().push(rule);
        }
    }
    let rules_were_read = !known.rules.is_empty()
        && known.rules.iter().all(|rule| rule.id.is_some() && rule.effective_was_read);
    let dated = known.rules.iter().any(|rule| rule.effective.is_some() || rule.calendar.is_some());
    let checker = Checker { known, by_id, rules_were_read, dated };
    let mut ids: HashSet<Box<str>> = HashSet::new();
    let mut tests = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let test = checker.test(index, entry, problems);
        if !ids.insert(test.id.clone()) {
            let at = entry.id.as_ref().map_or(&entry.at, |id| &id.at);
            let problem = at.problem(code::DUPLICATE_ID, "another test has the same id");
            problems.push(problem.with_found(format!("\"{}\"", test.id)));
        }
        tests.push(test);
    }
    tests
}

struct Checker<'a> {
    known: &'a Known<'a>,
    /// The rules of an id, which are in effect on different days.
    by_id: HashMap<&'a str, Vec<&'a RuleEntry>>,
    rules_were_read: bool,
    /// Whether some rule has dates.
    dated: bool,
}

impl Checker<'_> {
    fn test(&self, index: usize, entry: &TestEntry, problems: &mut Problems) -> Test {
        self.date(entry, problems);
        let given = self.given(entry, problems);
        let date = entry.date.as_ref().map(|date| date.value);
        let expected = entry.expect.as_ref().map(|expect| self.expected(expect, date, problems));
        let own = entry.id.as_ref().map(|id| id.value.as_str().into());
        Test {
            id: own.unwrap_or_else(|| format!("test-{}", index.saturating_add(1)).into()),
            note: entry.note.clone(),
            date,
            given,
            expected: expected.unwrap_or(Expected {
                status: None,
                rule: None,
                rules: None,
                outputs: Vec::new(),
            }),
        }
    }

    fn date(&self, entry: &TestEntry, problems: &mut Problems) {
        if !self.dated {
            return;
        }
        let none_at = |date| !self.by_id.values().flatten().any(|rule| rule.is_in_effect(date));
        match &entry.date {
            None if entry.date_was_read => {
                let message = "some rules have dates, and the test has none";
                let problem = entry.at.problem(code::DATE_REQUIRED, message);
                problems.push(problem.with_expected("`at: YYYY-MM-DD` in the test"));
            }
            Some(date) if self.rules_were_read && none_at(date.value) => {
                let problem = date.at.problem(code::NONE_IN_EFFECT, "no rule is in effect on the date");
                problems.push(problem.with_found(date.value.to_string()));
            }
            _ => {}
        }
    }

    fn given(&self, entry: &TestEntry, problems: &mut Problems) -> Record {
        let fields = self.known.fields;
        let mut record = Record::new();
        for entry in &entry.given.entries {
            let scalar = entry.value.value.scalar();
            if let Some((slot, field)) = fields.slot(&entry.key).zip(fields.get(&entry.key)) {
                // Whether a value may be missing shows when the test runs, as then it is known which fields are read.
                if !scalar.is_missing() {
                    self.taken((slot, field), &entry.value, &scalar, problems);
                }
                record.insert(&*entry.key, scalar);
            } else if self.known.fields_were_read {
                let ids = || fields.iter().map(Field::id);
                let problem = entry.at.problem(code::UNKNOWN_FIELD, "the field is not declared");
                let expected =
                    if fields.is_empty() { "a declaration under `fields`".to_owned() } else { one_of(ids()) };
                let problem = problem.with_found(format!("`{}`", entry.key)).with_expected(expected);
                problems.push(problem.suggest(nearest(&entry.key, ids())));
            }
        }
        record
    }

    /// Checks that a field takes the value.
    fn taken(
        &self,
        (slot, field): (usize, &Field),
        given: &Located<Given>,
        scalar: &Scalar,
        problems: &mut Problems,
    ) {
        let shown = given.value.0.as_ref().map(Literal::shown).unwrap_or_default();
        if let Err(refused) = self.known.fields.take(slot, scalar) {
            let message = format!("the value does not fit the type of `{}`", field.id());
            let expected = match field.kind() {
                // Floats are rounded in data; what stands in a document is exact.
                FieldType::Money => "an amount in major units, a whole number of minor units",
                _ => refused.expected().unwrap_or_default(),
            };
            let expected = format!("{expected}, as the field is of type {}", field.kind().word());
            let problem = given.at.problem(code::WRONG_VALUE, message);
            problems.push(problem.with_found(shown).with_expected(expected));
        } else if let Scalar::Text(text) = scalar
            && field.values().next().is_some()
            && !field.values().any(|value| value == text)
        {
            let message = format!("`{}` never has this value", field.id());
            let problem = given.at.problem(code::UNKNOWN_VALUE, message).with_found(shown);
            problems
                .push(problem.with_expected(one_of(field.values())).suggest(nearest(text, field.values())));
        }
    }

    fn expected(&self, entry: &ExpectEntry, date: Option<Date>, problems: &mut Problems) -> Expected {
        let nothing = entry.status.is_none()
            && entry.rule.is_none()
            && entry.rules.is_none()
            && entry.outputs.entries.is_empty();
        if nothing && entry.complete {
            let problem = entry.at.problem(code::BAD_TEST, "the test expects nothing");
            problems.push(problem.with_expected("`status`, `rule`, `rules` or `outputs`"));
        }
        self.possible(entry, problems);
        let several = entry.rules.iter().flat_map(|rules| &rules.value);
        for id in entry.rule.iter().chain(several) {
            self.rule(&id.at, id.value.as_str(), date, problems);
        }
        let id = |id: &Located<crate::document::Id>| Box::from(id.value.as_str());
        Expected {
            status: entry.status.as_ref().map(|status| status.value.0),
            rule: entry.rule.as_ref().map(id),
            rules: entry.rules.as_ref().map(|rules| rules.value.iter().map(id).collect()),
            outputs: self.outputs(entry, problems),
        }
    }

    /// Reports what cannot be met whatever the rules say.
    fn possible(&self, entry: &ExpectEntry, problems: &mut Problems) {
        let Some(hit) = self.known.hit else { return };
        let mut report = |at: &At, message: String, expected: &str| {
            problems.push(at.problem(code::BAD_TEST, message).with_expected(expected));
        };
        if let Some(rule) = &entry.rule
            && !hit.is_single()
        {
            let message = format!("with `hit: {}` no rule decides alone", hit.id());
            report(&rule.at, message, "`rules`, with every rule that matches");
        }
        let Some(status) = &entry.status else { return };
        let word = status.value.0;
        match word {
            DecisionStatus::Overlap if hit != Hit::Unique => {
                report(&status.at, "overlaps are told with `hit: unique` only".to_owned(), "another status");
            }
            DecisionStatus::Conflict if hit != Hit::Any => {
                report(&status.at, "conflicts are told with `hit: any` only".to_owned(), "another status");
            }
            _ => {}
        }
        if let Some(rule) = entry.rule.as_ref().filter(|_| word != DecisionStatus::Matched) {
            let message = format!("no rule decides where the status is `{}`", word.id());
            report(&rule.at, message, "`rule` or the status alone, or `rules`");
        }
        let decides = matches!(word, DecisionStatus::Matched | DecisionStatus::None);
        if let Some(output) = entry.outputs.entries.first().filter(|_| !decides) {
            let message = format!("there are no outputs where the status is `{}`", word.id());
            report(&output.at, message, "`outputs` or the status alone");
        }
    }

    fn rule(&self, at: &At, id: &str, date: Option<Date>, problems: &mut Problems) {
        if !self.rules_were_read {
            return;
        }
        let found = format!("\"{id}\"");
        match (self.by_id.get(id), date) {
            (None, _) => {
                let ids =
                    || self.known.rules.iter().filter_map(|rule| Some(rule.id.as_ref()?.value.as_str()));
                let problem = at.problem(code::UNKNOWN_RULE, "there is no such rule").with_found(found);
                // There may be many rules and many tests, and nobody reads so many suggestions.
                let near = if problems.len() < SUGGESTED { nearest(id, ids()) } else { None };
                problems.push(problem.with_expected(one_of(ids())).suggest(near));
            }
            (Some(rules), Some(date)) if !rules.iter().any(|rule| rule.is_in_effect(date)) => {
                let message = format!("the rule is not in effect on {date}, the date of the test");
                problems.push(at.problem(code::UNKNOWN_RULE, message).with_found(found));
            }
            _ => {}
        }
    }

    fn outputs(&self, entry: &ExpectEntry, problems: &mut Problems) -> Vec<(usize, Values)> {
        let Known { outputs, hit, .. } = *self.known;
        let mut values = Vec::new();
        for entry in &entry.outputs.entries {
            let position = outputs.iter().position(|output| *output.id() == *entry.key);
            let known = position.and_then(|position| Some((position, outputs.get(position)?)));
            if let (Some((position, output)), Some(hit)) = (known, hit) {
                let collected = output.collect();
                let is_list = !hit.is_single() && collected.is_none();
                let output = collected.map_or_else(|| output.clone(), |collect| output.put_together(collect));
                let read = self.values(&output, &entry.value, is_list, problems);
                values.extend(read.map(|read| (position, read)));
            } else if known.is_none() && self.known.outputs_were_read {
                let ids = || outputs.iter().map(Output::id);
                let problem = entry.at.problem(code::UNKNOWN_OUTPUT, "the output is not declared");
                let declared = "a declaration under `outputs`".to_owned();
                let expected = if outputs.is_empty() { declared } else { one_of(ids()) };
                let problem = problem.with_found(format!("`{}`", entry.key)).with_expected(expected);
                problems.push(problem.suggest(nearest(&entry.key, ids())));
            }
        }
        values
    }

    fn values(
        &self,
        output: &Output,
        wanted: &Located<Wanted>,
        is_list: bool,
        problems: &mut Problems,
    ) -> Option<Values> {
        let mut value = |given: &Given, at: &At| {
            let Some(literal) = &given.0 else { return Some(Scalar::Missing) };
            let literal = Located { value: literal.clone(), at: at.clone() };
            let value = output.value(&literal, self.known.currency, problems)?;
            Some(OutputValue::scalar(&value, self.known.currency))
        };
        match (&wanted.value, is_list) {
            (Wanted::One(given), false) => value(given, &wanted.at).map(Values::One),
            (Wanted::Each(each), true) => {
                let read: Vec<Option<Scalar>> = each.iter().map(|it| value(&it.value, &it.at)).collect();
                read.into_iter().collect::<Option<_>>().map(Values::Each)
            }
            (Wanted::One(_), true) => {
                let message = "the hit policy keeps the output of every rule that matches";
                let problem = wanted.at.problem(code::BAD_TEST, message);
                problems.push(problem.with_expected("a list: one value for each of them, in their order"));
                None
            }
            (Wanted::Each(_), false) => {
                let problem = wanted.at.problem(code::BAD_TEST, "the hit policy gives one value, not a list");
                problems.push(problem.with_expected("one value"));
                None
            }
        }
    }
}
