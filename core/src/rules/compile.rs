//! From the document to the compiled rule set, with every problem that only the whole can show.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::{At, Calendar, Dict, Located, Period};
use crate::error::{Problem, expr as expr_code, nearest, one_of, rules as code};
use crate::expr::{FieldEntry, FieldSet, FieldType, Literal};
use crate::money::{Currency, MAX_MINOR};

use super::document::{OutputEntry, RuleEntry, RulesDocument, Unknown};
use super::hit::{Collect, Hit};
use super::output::{Output, OutputValue};
use super::plan::Plan;
use super::set::{Inner, Rule};
use super::testing::{self, Known};

type Problems = Vec<Problem>;

/// Compiles rules; a part that cannot be compiled is reported and the rest is checked all the same.
pub(super) fn compile(mut read: RulesDocument, json: Arc<str>, problems: &mut Problems) -> Option<Inner> {
    let currency = read.currency_or_lenient();
    if read.currency.is_none() && read.currency_was_read {
        require_currency(&read.fields, &read.outputs, problems);
    }
    let (fields_were_read, outputs_were_read) = (read.fields.complete, read.outputs.complete);
    let mut fields = FieldSet::new(&currency);
    fields.declare(std::mem::take(&mut read.fields), problems);
    let mut outputs: Vec<Output> = read
        .outputs
        .entries
        .iter()
        .map(|entry| Output::new(&entry.key, &entry.value, &currency, problems))
        .collect();
    let hit = read.hit.as_ref().map(|hit| hit.value.0);
    for (output, entry) in outputs.iter_mut().zip(&read.outputs.entries) {
        let of_rules = read.collect.as_ref().map(|collect| collect.value.0).unwrap_or_default();
        output.collect_by(hit, &entry.value, of_rules);
    }
    check_collect(&read, &outputs, problems);
    let entries = read.rules.as_ref().map_or(&[][..], |rules| &rules.value);
    match &read.rules {
        Some(rules) if rules.value.is_empty() => {
            let problem = rules.at.problem(code::NO_RULES, "there are no rules");
            problems.push(problem.with_expected("at least one"));
        }
        None if read.rules_were_read => {
            let problem = read.at.problem(code::NO_RULES, "there are neither rules nor a table");
            problems.push(problem.with_expected("the key `rules`, or `table`"));
        }
        _ => {}
    }
    check_ids(entries, problems);
    let context = Context {
        currency: &currency,
        fields: &fields,
        fields_were_read,
        outputs: &outputs,
        outputs_were_read,
        unknown: read.unknown.map(|word| word.0),
        unknown_was_read: read.unknown_was_read,
        goes_by_priority: hit.map(|hit| hit.by_priority() && !outputs.iter().any(Output::is_ranked)),
    };
    let rules: Vec<Option<Rule>> = entries.iter().map(|entry| context.rule(entry, problems)).collect();
    let collect = read.collect.as_ref().map(|collect| collect.value.0).unwrap_or_default();
    let known = Known {
        currency: &currency,
        fields: &fields,
        fields_were_read,
        outputs: &outputs,
        outputs_were_read,
        rules: entries,
        hit,
    };
    let tests = testing::check(&read.tests, &known, problems);
    let rules = rules.into_iter().collect::<Option<Arc<[_]>>>()?;
    let (hit, header) = (hit?, read.header?);
    check_sums(&read.at, &outputs, &rules, problems);
    let plan = Plan::new(hit, &fields, &outputs, &rules);
    let defaults = outputs.iter().map(|output| output.default().scalar(&currency)).collect();
    Some(Inner {
        json,
        id: header.id,
        version: header.version,
        names: header.name,
        currency,
        fields: Arc::new(fields),
        outputs,
        defaults,
        hit,
        collect,
        all_rules: Arc::clone(&rules),
        rules,
        plan,
        tests: tests.into(),
        date: None,
    })
}

fn require_currency(fields: &Dict<FieldEntry>, outputs: &Dict<OutputEntry>, problems: &mut Problems) {
    let of_fields = fields.entries.iter().filter(|entry| entry.value.kind() == FieldType::Money);
    let of_outputs = outputs.entries.iter().filter(|entry| entry.value.kind.0 == FieldType::Money);
    let first = of_fields.map(|entry| (&entry.at, &entry.key));
    if let Some((at, key)) = first.chain(of_outputs.map(|entry| (&entry.at, &entry.key))).next() {
        let message = format!("`{key}` is of type money, and the document has no currency");
        let problem = at.problem(code::NO_CURRENCY, message);
        problems.push(problem.with_expected("`currency: {code: CNY, exponent: 2}` in the document"));
    }
}

fn check_collect(read: &RulesDocument, outputs: &[Output], problems: &mut Problems) {
    let Some(hit) = read.hit.as_ref().map(|hit| hit.value.0) else { return };
    let mut report = |at: &At, word: Collect, message: String, expected: &str| {
        let problem = at.problem(code::BAD_COLLECT, message).with_found(format!("`collect: {}`", word.id()));
        problems.push(problem.with_expected(expected));
    };
    if hit != Hit::Collect {
        let own = read.outputs.entries.iter().filter_map(|entry| entry.value.collect.as_ref());
        for collect in read.collect.iter().chain(own) {
            let message = format!("the hit policy is `{}`", hit.id());
            report(&collect.at, collect.value.0, message, "`hit: collect`, or no key `collect`");
        }
        return;
    }
    for (entry, output) in read.outputs.entries.iter().zip(outputs) {
        let at = entry.value.collect.as_ref().map_or(&entry.at, |own| &own.at);
        let word = output.collect().unwrap_or_default();
        let message = || format!("the output `{}` is of type {}", output.id(), output.kind().word());
        if word.is_of_numbers() && !matches!(output.kind(), FieldType::Number | FieldType::Money) {
            let expected = "outputs of type number or money, or another way, such as `first` or `count`";
            report(at, word, message(), expected);
        }
        if word.is_of_booleans() && output.kind() != FieldType::Boolean {
            report(at, word, message(), "outputs of type boolean, or another way, such as `first`");
        }
    }
    if let Some(list) = outputs.iter().position(|output| output.collect().is_none())
        && outputs.iter().any(|output| output.collect().is_some())
        && let (Some(entry), Some(output)) = (read.outputs.entries.get(list), outputs.get(list))
    {
        let message = format!("the output `{}` stays a list, and others are put together", output.id());
        report(
            &entry.at,
            Collect::List,
            message,
            "`collect` in every output, such as `first`, or in the rules",
        );
    }
    if let Some(collect) = &read.collect
        && collect.value.0.is_of_numbers()
        && read.outputs.entries.is_empty()
        && read.outputs.complete
    {
        let expected = "at least one output, or `collect: count`";
        report(&collect.at, collect.value.0, "there are no outputs".to_owned(), expected);
    }
}

/// Sums of amounts must be exact in any case: that of all rules together is in range. Numbers of at most
/// [`MAX_DIGITS`](crate::money::MAX_DIGITS) digits always are.
fn check_sums(at: &At, outputs: &[Output], rules: &[Rule], problems: &mut Problems) {
    let sums = outputs.iter().enumerate().filter(|(_, output)| output.collect() == Some(Collect::Sum));
    for (position, output) in sums {
        let size = |rule: &Rule| match rule.values.get(position) {
            Some(OutputValue::Money(money)) => i128::from(money.minor().abs()),
            _ => 0,
        };
        if rules.iter().map(size).sum::<i128>() > i128::from(MAX_MINOR) {
            let message = format!("the sum of `{}` over all rules is too large", output.id());
            problems.push(at.problem(code::TOO_LARGE, message).with_expected("smaller values"));
        }
    }
}

/// The same id may return only in another period or on other days.
fn check_ids(rules: &[RuleEntry], problems: &mut Problems) {
    let mut seen: BTreeMap<&str, Vec<(Period, Option<&Calendar>)>> = BTreeMap::new();
    for rule in rules {
        let period = rule.effective.as_ref().map_or(Period::ALWAYS, |period| period.value);
        let (Some(id), true) = (&rule.id, rule.effective_was_read) else { continue };
        let periods = seen.entry(id.value.as_str()).or_default();
        let meets = |known: Option<&Calendar>| match (known, &rule.calendar) {
            (Some(known), Some(own)) => known.meets(own),
            _ => true,
        };
        if periods.iter().any(|(known, days)| known.overlaps(&period) && meets(*days)) {
            let problem = id.at.problem(code::DUPLICATE_ID, "another rule has the same id at the same time");
            problems.push(problem.with_found(format!("\"{}\"", id.value.as_str())));
        }
        periods.push((period, rule.calendar.as_ref()));
    }
}

/// What rules are compiled against.
struct Context<'a> {
    currency: &'a Currency,
    fields: &'a FieldSet,
    fields_were_read: bool,
    outputs: &'a [Output],
    outputs_were_read: bool,
    unknown: Option<Unknown>,
    unknown_was_read: bool,
    /// Whether rules rank by their own priority; `None` where that cannot be told.
    goes_by_priority: Option<bool>,
}

impl Context<'_> {
    fn rule(&self, entry: &RuleEntry, problems: &mut Problems) -> Option<Rule> {
        let condition = self.condition(entry, problems);
        let values = self.values(&entry.then, problems);
        self.check_priority(entry, problems);
        if let Some(period) = &entry.effective
            && let Some((from, to)) = period.value.turned()
        {
            let problem = period.at.problem(code::BAD_PERIOD, "the period ends before it begins");
            problems.push(problem.with_found(format!("{from} to {to}")));
        }
        let unknown = entry.unknown.map(|word| word.0).or(self.unknown);
        let scalars = values.iter().map(|value| value.scalar(self.currency)).collect();
        Some(Rule {
            id: entry.id.as_ref()?.value.as_str().into(),
            names: entry.name.clone(),
            note: entry.note.clone(),
            priority: entry.priority.as_ref().and_then(|priority| u32::try_from(priority.value.0).ok()),
            period: entry.effective.as_ref().map(|period| period.value),
            calendar: entry.calendar.clone(),
            condition: condition?,
            unknown: unknown == Some(Unknown::Match),
            left_out: self.left_out(&entry.then),
            values,
            scalars,
        })
    }

    /// `Some(None)` for always.
    #[expect(clippy::option_option, reason = "absent and wrong are different outcomes")]
    fn condition(
        &self,
        entry: &RuleEntry,
        problems: &mut Problems,
    ) -> Option<Option<crate::expr::Condition>> {
        let Some(when) = &entry.when else { return entry.when_was_read.then_some(None) };
        let before = problems.len();
        let condition = when.value.bind(self.fields, problems);
        if !self.fields_were_read {
            // A field that could not be read looks as if it were not declared.
            let of_fields = |problem: &Problem| problem.code() == expr_code::UNKNOWN_FIELD;
            let new = problems.split_off(before);
            problems.extend(new.into_iter().filter(|problem| !of_fields(problem)));
        }
        let condition = condition?;
        let said = entry.unknown.is_some() || self.unknown.is_some();
        if let Some(field) = condition.unknown_by(self.fields)
            && !said
            && entry.unknown_was_read
            && self.unknown_was_read
        {
            let message = format!("the condition tests `{}`, which may be missing", field.id());
            let expected = "`unknown: no_match` or `unknown: match` in the rule or in the document";
            problems.push(when.at.problem(expr_code::UNKNOWN_REQUIRED, message).with_expected(expected));
        }
        Some(Some(condition))
    }

    /// By output; what could not be read is reported and missing.
    fn values(&self, then: &Dict<Located<Literal>>, problems: &mut Problems) -> Box<[OutputValue]> {
        let mut values: Box<[OutputValue]> =
            self.outputs.iter().map(|output| output.default().clone()).collect();
        for entry in &then.entries {
            let position = self.outputs.iter().position(|output| *output.id() == *entry.key);
            let known =
                position.and_then(|position| self.outputs.get(position).zip(values.get_mut(position)));
            if let Some((output, slot)) = known {
                if let Some(value) = output.value(&entry.value, self.currency, problems) {
                    *slot = value;
                }
            } else if self.outputs_were_read {
                let ids = || self.outputs.iter().map(Output::id);
                let problem = entry
                    .at
                    .problem(code::UNKNOWN_OUTPUT, "the output is not declared")
                    .with_found(format!("`{}`", entry.key))
                    .suggest(nearest(&entry.key, ids()));
                let declared = "a declaration under `outputs`".to_owned();
                let expected = if self.outputs.is_empty() { declared } else { one_of(ids()) };
                problems.push(problem.with_expected(expected));
            }
        }
        values
    }

    fn left_out(&self, then: &Dict<Located<Literal>>) -> Box<[bool]> {
        let says = |output: &Output| then.entries.iter().any(|entry| *entry.key == *output.id());
        self.outputs.iter().map(|output| !says(output)).collect()
    }

    fn check_priority(&self, entry: &RuleEntry, problems: &mut Problems) {
        let Some(goes_by_priority) = self.goes_by_priority else { return };
        match &entry.priority {
            None if goes_by_priority && entry.priority_was_read => {
                let message = "the hit policy goes by priority, and the rule has none";
                let expected = "`priority` in every rule, or an output with `values`";
                problems.push(entry.at.problem(code::NO_PRIORITY, message).with_expected(expected));
            }
            Some(priority) if !goes_by_priority => {
                let message = "nothing goes by the priority of the rule";
                let expected = "`hit: priority` or `output_order` and no output with `values`";
                problems.push(priority.at.problem(code::UNUSED_PRIORITY, message).with_expected(expected));
            }
            _ => {}
        }
    }
}
