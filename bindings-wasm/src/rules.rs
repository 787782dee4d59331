//! Rule sets: one record's decision and its explanation, many records' decisions.

use cpcfit::expr::{Field, FieldType};
use cpcfit::rules::{
    Check, Collect, Decision, DecisionStatus, Explanation, FieldChange, Finding, MISSING_MINOR, Output,
    OutputColumn, Rule, RuleTrace, SmallestChange, TestOutcome,
};
use cpcfit::{Currency, Decisions, RuleSet, Scalar};
use js_sys::{Array, Float64Array, Int32Array, Number, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::call::Call;
use crate::columns::{Block, store};
use crate::error::{problems, thrown};
use crate::model::model;
use crate::node::{date, document};
use crate::population::PopulationHandle;
use crate::record::record;
use crate::report::report;
use crate::row::RowHandle;
use crate::value::{empty, list, names, nullable, object, optional, shown};

model! {
    /// A checked rule set.
    RulesHandle(RuleSet)
}

#[wasm_bindgen]
impl RulesHandle {
    /// Reads a document that describes a decision table, and the sheet as CSV text.
    ///
    /// # Errors
    /// The problems of the document or the sheet.
    #[wasm_bindgen(js_name = fromTable)]
    pub fn from_table(value: &JsValue, csv: &[u8]) -> Result<Self, JsValue> {
        RuleSet::from_table(&document(value)?, csv).map(Self).map_err(thrown)
    }

    /// The rules on a day: text or a `Date`.
    ///
    /// # Errors
    /// No date, or no rule in effect.
    pub fn at(&self, value: &JsValue) -> Result<Self, JsValue> {
        self.0.at(date(value).map_err(thrown)?).map(Self).map_err(thrown)
    }

    /// What the rules declare.
    pub fn describe(&self) -> JsValue {
        let set = &self.0;
        object([
            ("id", set.id().into()),
            ("version", set.version().into()),
            ("names", names(set.names())),
            ("hit", set.hit().id().into()),
            ("collect", nullable(set.collect().map(Collect::id))),
            ("date", shown(set.date())),
            ("rules", list(set.rules().iter().map(rule))),
            ("outputs", list(set.outputs().iter().map(output))),
            ("inputs", list(set.inputs())),
            ("fields", list(set.fields().iter().map(Field::id))),
        ])
    }

    /// The decision on one record.
    ///
    /// # Errors
    /// The problems of the record, or that a date is to be chosen.
    pub fn decide(&self, values: &JsValue) -> Result<JsValue, JsValue> {
        self.0.decide(&record(values)?).map(|known| decision(&self.0, &known)).map_err(thrown)
    }

    /// The decision on one record with every rule and every test, without what takes longer to find.
    ///
    /// # Errors
    /// As `decide`.
    pub fn explain(&self, values: &JsValue) -> Result<JsValue, JsValue> {
        self.0.explain(&record(values)?).map(|known| explanation(&self.0, &known)).map_err(thrown)
    }

    /// The explanation of one record as text.
    ///
    /// # Errors
    /// As `decide`.
    #[wasm_bindgen(js_name = explainText)]
    pub fn explain_text(&self, values: &JsValue) -> Result<String, JsValue> {
        self.0.explain(&record(values)?).map(|known| known.to_string()).map_err(thrown)
    }

    /// The smallest change for which the rule at a position would match; `null` where it matches.
    ///
    /// # Errors
    /// As `decide`.
    #[wasm_bindgen(js_name = smallestChange)]
    pub fn smallest_change(&self, position: usize, values: &JsValue) -> Result<JsValue, JsValue> {
        let Some(rule) = self.0.rules().get(position) else { return Ok(JsValue::NULL) };
        let found = self.0.smallest_change(rule, &record(values)?).map_err(thrown)?;
        Ok(nullable(found.map(|known| change(&self.0, &known))))
    }

    /// What is wrong with the rules as a whole; with `steps`, each question may cost so many.
    ///
    /// # Errors
    /// That a date is to be chosen.
    pub fn check(&self, steps: Option<f64>) -> Result<JsValue, JsValue> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a budget, which saturates"
        )]
        let check = match steps {
            Some(steps) => self.0.check_within(steps as u64),
            None => self.0.check(),
        };
        check.map(|check| checked(&self.0, &check)).map_err(thrown)
    }

    /// Runs the tests of the document.
    pub fn test(&self) -> JsValue {
        report(&self.0.test())
    }

    /// A row without values.
    pub fn row(&self) -> RowHandle {
        RowHandle::of(&self.0)
    }

    /// The decisions on a block into arrays of its length, or empty ones where the hit policy gives none: status, rule, count.
    /// Returns the outputs that are put together, as far as there are some, and the problems of the rows left out so far.
    #[wasm_bindgen(js_name = decideBlock)]
    pub fn decide_block(&self, call: &mut Call, block: &Block, first: usize, out: &Array) -> JsValue {
        let decisions = call.run(first, |options| self.0.decide_columns(&[block.batch()?], options));
        let Some(mut decisions) = decisions else { return list([empty(), empty()]) };
        let [status_out, rule_out, count_out] = [0, 1, 2].map(|index| out.get(index));
        store!(Uint8Array, status_out, decisions.status());
        store!(Int32Array, rule_out, decisions.rule());
        store!(Uint32Array, count_out, decisions.count);
        let left_out = std::mem::take(&mut decisions.problems);
        let outputs = if self.0.hit().is_single() { empty() } else { self.outputs(&decisions) };
        list([outputs, problems(call.leave_out(left_out))])
    }

    /// Adds the rows of a block to a population.
    #[wasm_bindgen(js_name = populationBlock)]
    pub fn population_block(
        &self,
        call: &mut Call,
        block: &Block,
        first: usize,
        so_far: &mut PopulationHandle,
    ) {
        let found = call.run(first, |options| self.0.population(&[block.batch()?], options));
        if let Some(found) = found {
            so_far.add(found);
        }
    }

    /// For hit policies of one rule, what each output is by rule, with the default as that of one more rule:
    /// `{codes, values}`, and for amounts `minor` by value.
    pub fn lookup(&self) -> JsValue {
        let table = |output: &Output| {
            let Some(OutputColumn::Codes { codes, values }) = self.0.output_by_rule(output.id()) else {
                return JsValue::NULL;
            };
            let amounts = (output.kind() == FieldType::Money).then(|| self.minor(&values));
            coded(&codes, &values, self.0.currency(), amounts)
        };
        list(self.0.outputs().iter().map(table))
    }

    /// Every status as text, in the order of the codes.
    pub fn statuses() -> JsValue {
        list(DecisionStatus::ids())
    }
}

impl RulesHandle {
    fn minor(&self, values: &[Scalar]) -> Float64Array {
        let lane = |value: &Scalar| minor_units(value, self.0.currency()).map_or(f64::NAN, wide);
        Float64Array::from(&*values.iter().map(lane).collect::<Vec<f64>>())
    }

    fn outputs(&self, decisions: &Decisions) -> JsValue {
        let column = |output: &Output| {
            decisions.output(output.id()).map_or(JsValue::NULL, |known| column(known, self.0.currency()))
        };
        list(self.0.outputs().iter().map(column))
    }
}

fn rule(rule: &Rule) -> JsValue {
    object([
        ("id", rule.id().into()),
        ("names", names(rule.names())),
        ("note", nullable(rule.note())),
        ("priority", nullable(rule.priority())),
    ])
}

fn output(output: &Output) -> JsValue {
    object([
        ("id", output.id().into()),
        ("type", output.kind().word().into()),
        ("unit", nullable(output.unit())),
    ])
}

/// The decision on a record.
pub(crate) fn decision(set: &RuleSet, decision: &Decision<'_>) -> JsValue {
    let id = |rule: &&Rule| JsValue::from(rule.id());
    let keeps_list = !set.hit().is_single() && !set.puts_together();
    let decides = match decision.status() {
        DecisionStatus::None => true,
        DecisionStatus::Matched => !keeps_list,
        _ => false,
    };
    let outputs = decides.then(|| values(decision.outputs(), set.currency()));
    let matches = keeps_list.then(|| {
        list(decision.rules().iter().map(|rule| {
            let outputs = values(decision.outputs_of(rule), set.currency());
            object([("rule", rule.id().into()), ("outputs", outputs)])
        }))
    });
    object([
        ("status", decision.status().id().into()),
        ("rule", nullable(decision.rule().map(Rule::id))),
        ("rules", list(decision.rules().iter().map(id))),
        ("outputs", nullable(outputs)),
        ("matches", matches.unwrap_or(JsValue::UNDEFINED)),
    ])
}

fn values<'v>(outputs: impl Iterator<Item = (&'v Output, &'v Scalar)>, currency: &Currency) -> JsValue {
    object(outputs.map(|(output, value)| (output.id(), plain(value, currency))))
}

/// The value of an output: amounts as text in major units, dates and times as text, and text too for integers that no number holds.
fn plain(value: &Scalar, currency: &Currency) -> JsValue {
    match value {
        Scalar::Bool(value) => (*value).into(),
        Scalar::Int(value) if is_safe(*value) => wide(*value).into(),
        Scalar::Float(value) => (*value).into(),
        Scalar::Decimal(_) => {
            nullable(minor_units(value, currency).map(|minor| currency.format_minor(minor)))
        }
        Scalar::Missing => JsValue::NULL,
        Scalar::Text(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// The minor units of an amount; rules hold no others than whole ones.
fn minor_units(value: &Scalar, currency: &Currency) -> Option<i128> {
    let Scalar::Decimal(amount) = value else { return None };
    amount.mantissa().checked_mul(currency.minor_per_major().into())?.checked_div(amount.denominator())
}

fn is_safe(value: i128) -> bool {
    wide(value).abs() <= Number::MAX_SAFE_INTEGER
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53, or compared with that")]
fn wide(value: i128) -> f64 {
    value as f64
}

/// `{codes, values}`, `{numbers}`, or `{minor}`: amounts in minor units, NaN where there is none.
fn column(column: OutputColumn, currency: &Currency) -> JsValue {
    match column {
        OutputColumn::Codes { codes, values } => coded(&codes, &values, currency, None),
        OutputColumn::Numbers(numbers) => object([("numbers", Float64Array::from(&*numbers).into())]),
        OutputColumn::Money(amounts) => {
            let lane = |minor: i64| if minor == MISSING_MINOR { f64::NAN } else { wide(minor.into()) };
            let lanes: Vec<f64> = amounts.into_iter().map(lane).collect();
            object([("minor", Float64Array::from(&*lanes).into())])
        }
        _ => JsValue::NULL,
    }
}

fn coded(codes: &[i32], values: &[Scalar], currency: &Currency, minor: Option<Float64Array>) -> JsValue {
    let values = list(values.iter().map(|value| plain(value, currency)));
    object([("codes", Int32Array::from(codes).into()), ("values", values), ("minor", optional(minor))])
}

fn explanation(set: &RuleSet, explanation: &Explanation<'_>) -> JsValue {
    object([
        ("decision", decision(set, explanation.decision())),
        ("rules", list(explanation.rules().iter().map(trace))),
    ])
}

fn checked(set: &RuleSet, check: &Check) -> JsValue {
    object([
        ("findings", list(check.findings().iter().map(|known| finding(set, known)))),
        ("complete", check.is_complete().into()),
        ("incomplete", list(check.incomplete())),
        ("clean", check.is_clean().into()),
        ("text", check.to_string().into()),
    ])
}

fn finding(set: &RuleSet, finding: &Finding) -> JsValue {
    let rules = finding.rules().iter().filter_map(|position| set.rules().get(*position));
    let example = finding
        .example()
        .map(|values| object(values.iter().map(|(field, value)| (&**field, plain(value, set.currency())))));
    object([
        ("kind", finding.kind().id().into()),
        ("rules", list(rules.map(Rule::id))),
        ("message", finding.message().into()),
        ("when", nullable(finding.when())),
        ("certain", finding.is_certain().into()),
        ("example", nullable(example)),
    ])
}

fn trace(trace: &RuleTrace<'_>) -> JsValue {
    object([
        ("rule", trace.rule().id().into()),
        ("outcome", nullable(trace.outcome())),
        ("matches", trace.matches().into()),
        ("tests", list(trace.tests().iter().map(test))),
        ("firstFailing", nullable(trace.first_failing().map(test))),
        ("onlyFailing", nullable(trace.only_failing().map(test))),
    ])
}

fn change(set: &RuleSet, change: &SmallestChange) -> JsValue {
    let field = |change: &FieldChange| {
        object([
            ("tested", change.tested().into()),
            ("expected", change.expected().into()),
            ("actual", nullable(change.actual())),
            ("value", change.value().map_or(JsValue::NULL, |value| plain(value, set.currency()))),
        ])
    };
    object([
        ("status", change.status().id().into()),
        ("changes", list(change.changes().iter().map(field))),
        ("text", change.to_string().into()),
    ])
}

fn test(test: &TestOutcome) -> JsValue {
    object([
        ("tested", test.tested().into()),
        ("expected", test.expected().into()),
        ("actual", nullable(test.actual())),
        ("outcome", nullable(test.outcome())),
        ("fails", test.fails().into()),
    ])
}
