//! The shared cases of `tests/cases`: every record, and the same record as columns at every SIMD level.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test stops where something is not as it should be, and what it casts is small"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cpcfit::document::{Document, Entry, Node, Value};
use cpcfit::error::codes;
use cpcfit::fit::{Matches, RatioKind, Reason, Status};
use cpcfit::scoring::{Explanation, FrameworkNode, Indicator, ScoreStatus};
use cpcfit::tariff::{LineKind, Plan};
use cpcfit::{
    Bill, Catalog, Error, FitPolicy, Framework, Money, OnError, Options, PackageFit, Result, Score, Simd,
};
use support::amount;
use support::cases::{self, Case};
use support::columns::batch;
use support::contacts;
use support::explanations;
use support::rules;

/// Rows of a record that is run as columns: whole vectors of every width and a rest.
const ROWS: usize = 19;

/// Codes that the cases cannot reach, with the reason.
const UNREACHED: [(&str, &str); 8] = [
    ("data.layout", "the buffers of a column are made by its library: core/src/column/tests.rs"),
    ("document.too_many_problems", "its case would list 200 problems: core/src/document/decode.rs"),
    ("data.unavailable", "which SIMD levels there are depends on the machine"),
    ("scoring.too_many_segments", "its case would list a thousand segments: core/src/scoring/tests.rs"),
    ("scoring.not_a_sum", "no call makes experiments: core/src/scoring/uncertainty/tests.rs"),
    ("scoring.bad_setting", "no call makes experiments: core/src/scoring/uncertainty/tests.rs"),
    ("rules.foreign_row", "rows are kept in Rust only: core/src/rules/tests.rs"),
    ("fit.unknown_customer", "only the Python package looks customers up by id: bindings-python/tests"),
];

/// One test for each case file, and a test that none is forgotten.
macro_rules! files {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                run(stringify!($name));
            }
        )*

        #[test]
        fn every_file_is_run() {
            assert_eq!(cases::files(), [$(stringify!($name)),*]);
        }
    };
}

files! { bills checks columns conditions contacts documents effective explanations expressions frameworks given present quotes rank ratios rounding rules tables tests texts usage }

#[test]
fn every_code_has_a_case() {
    let mut seen: BTreeSet<String> = UNREACHED.iter().map(|(code, _)| (*code).to_owned()).collect();
    for case in cases::files().iter().flat_map(|file| cases::load(file)) {
        let errors = case.get("errors").map(cases::list).unwrap_or_default();
        let warnings = case.get("expect").and_then(|expected| expected.get("warnings"));
        let problems = errors.iter().chain(warnings.map(cases::list).unwrap_or_default());
        seen.extend(problems.map(|error| cases::text(error.get("code").unwrap()).to_owned()));
    }
    let missing: Vec<_> =
        codes().iter().map(|entry| entry.code.id()).filter(|id| !seen.contains(*id)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}

/// What each code looks like to its reader: the first problem with it, rendered with its source line.
#[test]
fn messages() {
    let mut messages = BTreeMap::new();
    for case in cases::files().iter().flat_map(|file| cases::load(file)) {
        let problems = match attempt(&case) {
            Err(error) => error.problems().to_vec(),
            Ok(_) if case.get("framework").is_some() => case.framework().unwrap().warnings().to_vec(),
            Ok(_) => Vec::new(),
        };
        for problem in problems {
            messages.entry(problem.code().id()).or_insert_with(|| format!("{problem:#}"));
        }
    }
    insta::assert_snapshot!(messages.into_values().collect::<Vec<_>>().join("\n\n"));
}

/// The call of a case, on one thread and by the best SIMD level where it has columns.
fn attempt(case: &Case) -> Result<Node> {
    let options = &Options { threads: 1, ..Options::default() };
    match case.word("call").unwrap() {
        "load" => load(case),
        "bill" => bill(case),
        "quote" => quote(case),
        "fit" => fit(case),
        "bill_columns" => bill_columns(case, options),
        "sum_columns" => sum_columns(case, options),
        "fit_columns" => fit_columns(case, options),
        "load_framework" => load_framework(case),
        "fit_framework" => fit_framework(case, options),
        "score" => score(case),
        "explain_score" => explain_score(case),
        "load_rules" => rules::load(case),
        "decide" => rules::decide(case),
        "check_rules" => rules::check(case),
        "explain_rules" => explanations::explain(case),
        "population_columns" => explanations::population(case, options),
        "test_rules" => rules::test(case),
        "load_contact_policy" => contacts::load(case),
        "check_contact" => contacts::check(case),
        "check_contact_columns" => contacts::check_columns(case, options),
        other => panic!("unknown call `{other}`"),
    }
}

/// Runs every case of a file and reports all that differ.
fn run(file: &str) {
    let mut failures = Vec::new();
    for case in cases::load(file) {
        let name = case.word("name").unwrap().to_owned();
        if let Err(failure) = check(&case) {
            failures.push(format!("{file}: {name}\n{failure}"));
        }
    }
    assert!(failures.is_empty(), "{} cases differ\n\n{}", failures.len(), failures.join("\n\n"));
}

type Check = std::result::Result<(), String>;

fn check(case: &Case) -> Check {
    match case.word("call").unwrap() {
        "load" => answer(case, load(case)),
        "bill" => answer(case, bill(case)),
        "quote" => {
            answer(case, quote(case))?;
            at_every_level(case, |options| quote_as_columns(case, options))
        }
        "fit" => {
            answer(case, fit(case))?;
            at_every_level(case, |options| fit_as_columns(case, options))
        }
        "bill_columns" => at_every_level(case, |options| bill_columns(case, options)),
        "sum_columns" => at_every_level(case, |options| sum_columns(case, options)),
        "fit_columns" => at_every_level(case, |options| fit_columns(case, options)),
        "load_framework" => answer(case, load_framework(case)),
        "fit_framework" => at_every_level(case, |options| fit_framework(case, options)),
        "score" => {
            answer(case, score(case))?;
            at_every_level(case, |options| score_as_columns(case, options))
        }
        "explain_score" => answer(case, explain_score(case)),
        "load_rules" => answer(case, rules::load(case)),
        "check_rules" => answer(case, rules::check(case)),
        "explain_rules" => answer(case, explanations::explain(case)),
        "population_columns" => at_every_level(case, |options| explanations::population(case, options)),
        "test_rules" => answer(case, rules::test(case)),
        "decide" => {
            answer(case, rules::decide(case))?;
            at_every_level(case, |options| rules::decide_as_columns(case, ROWS, options))
        }
        "load_contact_policy" => answer(case, contacts::load(case)),
        "check_contact" => answer(case, contacts::check(case)),
        "check_contact_columns" => at_every_level(case, |options| contacts::check_columns(case, options)),
        other => Err(format!("unknown call `{other}`")),
    }
}

/// Compares every key that the answer has with the expectation, or the problems with the expected errors.
fn answer(case: &Case, found: Result<Node>) -> Check {
    match (found, case.get("expect"), case.get("errors")) {
        (Ok(found), Some(expected), None) => {
            for entry in cases::entries(&found) {
                let expected = expected.get(&entry.key).unwrap();
                if !agree(expected, &entry.node) {
                    let (expected, found) = (expected.to_json(), entry.node.to_json());
                    return Err(format!("  {}\n  expected {expected}\n  found    {found}", entry.key));
                }
            }
            Ok(())
        }
        (Err(error), None, Some(expected)) => problems(cases::list(expected), &error),
        (Ok(found), _, Some(expected)) => {
            Err(format!("  expected errors {}\n  found {}", Node::to_json(expected), found.to_json()))
        }
        (Err(error), ..) => Err(format!("  unexpected error {error}")),
        (Ok(_), None, None) => Err("  the case expects nothing".to_owned()),
    }
}

/// Whether two nodes are the same: `{"near": x}` takes a relative error of 1e-12, other numbers none.
fn agree(expected: &Node, found: &Node) -> bool {
    match (&expected.value, &found.value) {
        (Value::Map(near), Value::Number(found)) if near.len() == 1 && &*near[0].key == "near" => {
            let (near, found) = (float(&near[0].node), found.token().parse::<f64>().unwrap());
            (found - near).abs() <= 1e-12 * near.abs()
        }
        (Value::Map(entries), Value::Map(own)) => {
            let agrees = |entry: &Entry| found.get(&entry.key).is_some_and(|own| agree(&entry.node, own));
            entries.len() == own.len() && entries.iter().all(agrees)
        }
        (Value::List(items), Value::List(own)) => {
            items.len() == own.len() && items.iter().zip(own).all(|(item, own)| agree(item, own))
        }
        (Value::Number(_), Value::Number(_)) => float(expected) == float(found),
        _ => expected.to_json() == found.to_json(),
    }
}

fn float(node: &Node) -> f64 {
    cases::number(node).parse().unwrap()
}

/// The problems must be those expected, in any order, each with what the case tells of it.
fn problems(expected: &[Node], error: &Error) -> Check {
    let mut found: Vec<_> = error.problems().iter().collect();
    for node in expected {
        let text = |key: &str| node.get(key).map(cases::text);
        let number = |key: &str| node.get(key).map(|node| cases::number(node).parse::<usize>().unwrap());
        let position = found.iter().position(|problem| {
            let rows = node.get("rows").map(|rows| {
                cases::list(rows)
                    .iter()
                    .map(|row| cases::number(row).parse().unwrap())
                    .collect::<Vec<usize>>()
            });
            Some(problem.code().id()) == text("code")
                && Some(problem.path()) == text("path")
                && text("suggestion").is_none_or(|suggestion| problem.suggestion() == Some(suggestion))
                && number("line").is_none_or(|line| problem.place().is_some_and(|place| place.line == line))
                && number("column")
                    .is_none_or(|column| problem.place().is_some_and(|place| place.column == column))
                && rows.is_none_or(|rows| problem.rows() == rows)
                && number("row_count").is_none_or(|count| problem.row_count() == count as u64)
        });
        let Some(position) = position else {
            return Err(format!("  expected {}\n  found {error:#}", node.to_json()));
        };
        found.remove(position);
    }
    if found.is_empty() { Ok(()) } else { Err(format!("  not expected: {found:?}")) }
}

/// Runs a call over columns at every SIMD level of this machine, on one thread and on two.
fn at_every_level(case: &Case, call: impl Fn(&Options) -> Result<Node>) -> Check {
    let on_error = if case.word("on_error") == Some("null") { OnError::Null } else { OnError::Raise };
    for simd in Simd::available() {
        for threads in [1, 2] {
            let options = Options { threads, simd, on_error, ..Options::default() };
            answer(case, call(&options))
                .map_err(|failure| format!("{failure}\n  as columns, SIMD level {}", simd.name()))?;
        }
    }
    Ok(())
}

fn load(case: &Case) -> Result<Node> {
    let catalog = case.catalog()?;
    if let Some(policy) = case.policy()? {
        PackageFit::new(&catalog, &policy)?;
    }
    let again = Catalog::from_text(catalog.to_json())?;
    assert_eq!(again.to_json(), catalog.to_json(), "canonical text reads back to itself");
    let plans = catalog.plans().iter().map(|plan| Node::text(plan.id())).collect();
    Ok(Node::map([("plans", Node::list(plans))]))
}

fn bill(case: &Case) -> Result<Node> {
    let catalog = case.catalog()?;
    let bill = catalog.bill(case.word("plan").unwrap(), &case.record())?;
    Ok(bill_node(&catalog, &bill))
}

fn bill_node(catalog: &Catalog, bill: &Bill<'_>) -> Node {
    let (mut fee, mut meters, mut given) = (Node::null(), Vec::new(), Vec::new());
    for line in bill.lines() {
        let money = line.amount().map_or_else(Node::null, |money| Node::text(&amount(catalog, money)));
        match line.kind() {
            LineKind::Fee => fee = money,
            LineKind::Given(charge) => given.push((charge.id().to_owned(), money)),
            LineKind::Meter(meter) => meters.push(Node::map([
                ("meter", Node::text(meter.id())),
                ("used", Node::integer(line.used().into())),
                ("included", Node::integer(line.included().into())),
                ("over", Node::integer(line.over().into())),
                ("blocks", line.blocks().map_or_else(Node::null, |blocks| Node::integer(blocks.into()))),
                ("exact", Node::text(&line.exact().to_string())),
                ("amount", money),
            ])),
            _ => {}
        }
    }
    Node::map([
        ("fee", fee),
        ("lines", Node::list(meters)),
        ("given", Node::map(given)),
        ("total", Node::text(&amount(catalog, bill.total()))),
    ])
}

fn quote(case: &Case) -> Result<Node> {
    let catalog = case.catalog()?;
    let quote = catalog.quote(&case.record())?;
    let total = |offer: cpcfit::Offer<'_>| {
        (offer.plan().id().to_owned(), Node::text(&amount(&catalog, offer.total())))
    };
    let cheapest = quote.cheapest_first().into_iter().map(|offer| Node::text(offer.plan().id())).collect();
    Ok(Node::map([
        ("totals", Node::map(quote.offers().map(total))),
        ("cheapest_first", Node::list(cheapest)),
    ]))
}

/// The totals of the first row, after all rows were found equal.
fn quote_as_columns(case: &Case, options: &Options) -> Result<Node> {
    let catalog = case.catalog()?;
    let columns = case.repeated(ROWS);
    let totals = catalog.bill_columns(&[batch(&columns)?], options)?;
    let totals = catalog.plans().iter().zip(&totals.plans).map(|(plan, totals)| {
        assert!(totals.iter().all(|total| *total == totals[0]), "rows differ");
        (plan.id().to_owned(), minor(&catalog, totals[0]))
    });
    Ok(Node::map([("totals", Node::map(totals))]))
}

fn bill_columns(case: &Case, options: &Options) -> Result<Node> {
    let catalog = case.catalog()?;
    let columns = case.columns();
    let totals = catalog.bill_columns(&[batch(&columns)?], options)?;
    let plans = catalog.plans().iter().zip(&totals.plans).map(|(plan, column)| {
        let rows = column.iter().zip(&totals.valid);
        let rows = rows.map(|(total, valid)| if *valid { minor(&catalog, *total) } else { Node::null() });
        (plan.id().to_owned(), Node::list(rows.collect()))
    });
    Ok(Node::map([("totals", Node::map(plans))]))
}

fn sum_columns(case: &Case, options: &Options) -> Result<Node> {
    let catalog = case.catalog()?;
    let columns = case.columns();
    let sums = catalog.sum_columns(&[batch(&columns)?], options)?;
    let sums = catalog
        .plans()
        .iter()
        .zip(sums)
        .map(|(plan, sum)| (plan.id().to_owned(), Node::text(&catalog.currency().format_minor(sum))));
    Ok(Node::map([("sums", Node::map(sums))]))
}

fn minor(catalog: &Catalog, minor: i64) -> Node {
    Node::text(&catalog.currency().format_minor(minor.into()))
}

fn package_fit(case: &Case) -> Result<PackageFit> {
    let policy = match case.policy()? {
        Some(policy) => policy,
        None => FitPolicy::with_overrides(None, Vec::new())?,
    };
    PackageFit::new(&case.catalog()?, &policy)
}

fn fit(case: &Case) -> Result<Node> {
    let fit = package_fit(case)?;
    let explanation = fit.explain(&case.record())?;
    let (found, again) = (explanation.found(), fit.record(&case.record())?);
    assert_eq!(format!("{found:?}"), format!("{again:?}"), "the explanation is of the decision");
    let money = |money: Option<Money>| {
        money.map_or_else(Node::null, |money| Node::text(&amount(fit.catalog(), money)))
    };
    let mut node = vec![
        ("status", Node::text(found.status().id())),
        ("plan", found.plan().map_or_else(Node::null, |plan| Node::text(plan.id()))),
        ("total", money(found.total())),
        ("fee", money(found.plan().map(Plan::fee))),
        ("present_total", money(found.present_total())),
        ("present_fee", money(found.present_fee())),
    ];
    if !explanation.verdicts().is_empty() {
        let reasons = explanation.verdicts().iter().map(|verdict| {
            let words = verdict.reasons().iter().map(|reason| Node::text(reason_word(reason))).collect();
            (verdict.plan().id().to_owned(), Node::list(words))
        });
        node.push(("reasons", Node::map(reasons)));
    }
    Ok(Node::map(node))
}

fn reason_word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Chosen => "chosen",
        Reason::CurrentPlan => "current_plan",
        Reason::Ineligible => "ineligible",
        Reason::Ratio { kind: RatioKind::TotalFeeChange, .. } => "total_fee_change",
        Reason::Ratio { kind: RatioKind::MonthlyFeeChange, .. } => "monthly_fee_change",
        Reason::Priority { .. } => "priority",
        Reason::Dearer { .. } => "dearer",
        Reason::HigherFee { .. } => "higher_fee",
        Reason::LaterInCatalogue => "later_in_catalogue",
        other => panic!("no word for {other:?}"),
    }
}

/// The match of the first row, after all rows were found equal.
fn fit_as_columns(case: &Case, options: &Options) -> Result<Node> {
    let fit = package_fit(case)?;
    let columns = case.repeated(ROWS);
    let matches = fit.columns(&[batch(&columns)?], options)?;
    let rows = match_columns(&fit, &matches);
    let first = rows.into_iter().map(|(key, column)| {
        assert!(column.iter().all(|value| *value == column[0]), "rows differ");
        (key, column[0].clone())
    });
    Ok(Node::map(first))
}

fn fit_columns(case: &Case, options: &Options) -> Result<Node> {
    let fit = package_fit(case)?;
    let columns = case.columns();
    let matches = fit.columns(&[batch(&columns)?], options)?;
    let rows = match_columns(&fit, &matches).into_iter().map(|(key, column)| (key, Node::list(column)));
    let funnel = matches.funnel;
    let count = |count: u64| Node::integer(count.into());
    let statuses = Status::ALL.into_iter().map(|status| (status.id(), count(funnel.count(status))));
    let stages = funnel.stages().map(|(stage, left)| (stage, count(left)));
    let funnel = Node::map([("statuses", Node::map(statuses)), ("stages", Node::map(stages))]);
    Ok(Node::map(rows.chain([("funnel", funnel)])))
}

fn match_columns(fit: &PackageFit, matches: &Matches) -> Vec<(&'static str, Vec<Node>)> {
    let plans = fit.catalog().plans();
    let plan = |position: &i32| usize::try_from(*position).ok().map(|position| &plans[position]);
    let money = |amounts: &[i64]| {
        amounts
            .iter()
            .map(|amount| if *amount < 0 { Node::null() } else { minor(fit.catalog(), *amount) })
            .collect()
    };
    let chosen = |word: fn(&PackageFit, &Plan) -> Node| {
        matches
            .plan
            .iter()
            .map(|position| plan(position).map_or_else(Node::null, |plan| word(fit, plan)))
            .collect()
    };
    vec![
        (
            "status",
            matches.status.iter().map(|code| Node::text(Status::ALL[usize::from(*code)].id())).collect(),
        ),
        ("plan", chosen(|_, plan| Node::text(plan.id()))),
        ("total", money(&matches.total)),
        ("fee", chosen(|fit, plan| Node::text(&amount(fit.catalog(), plan.fee())))),
        ("present_total", money(&matches.present_total)),
        ("present_fee", money(&matches.present_fee)),
    ]
}

fn load_framework(case: &Case) -> Result<Node> {
    let framework = case.framework()?;
    Ok(Node::map(framework_words(&framework)))
}

fn framework_words(framework: &Framework) -> Vec<(&'static str, Node)> {
    let text = framework.to_json();
    assert_eq!(Framework::from_text(&text).unwrap().to_json(), text, "canonical text reads back to itself");
    let ids = |ids: Vec<&str>| Node::list(ids.into_iter().map(Node::text).collect());
    let warnings = framework.warnings().iter().map(|warning| {
        Node::map([("code", Node::text(warning.code().id())), ("path", Node::text(warning.path()))])
    });
    vec![
        ("indicators", ids(framework.indicators().iter().map(Indicator::id).collect())),
        ("nodes", ids(framework.nodes().iter().map(FrameworkNode::id).collect())),
        ("fitted", Node::boolean(framework.is_fitted())),
        ("warnings", Node::list(warnings.collect())),
    ]
}

/// The framework fitted to the columns, and what it says of the input.
fn fit_framework(case: &Case, options: &Options) -> Result<Node> {
    let framework = case.framework()?;
    let columns = case.columns();
    let fitted = framework.fit(&[batch(&columns)?], None, options)?;
    let rows = fitted.fitted().map_or_else(Node::null, |fitted| Node::integer(fitted.rows.into()));
    let words = framework_words(&fitted).into_iter().chain([("rows", rows)]);
    Ok(Node::map(words.chain(score_words(fitted.score(&case.record())?))))
}

fn score(case: &Case) -> Result<Node> {
    let framework = case.framework()?;
    let score = framework.score(&case.record())?;
    assert_eq!(framework.explain(&case.record())?.score(), score, "the explanation is of the score");
    Ok(Node::map(score_words(score)))
}

fn score_words(score: Score) -> [(&'static str, Node); 3] {
    [
        ("score", score.value().map_or_else(Node::null, number)),
        ("coverage", number(score.coverage())),
        ("status", Node::text(score.status().word())),
    ]
}

fn number(value: f64) -> Node {
    Node::number(&value.to_string())
}

/// The score of the first row, after all rows were found equal, with every node and indicator as in the explanation.
fn score_as_columns(case: &Case, options: &Options) -> Result<Node> {
    let framework = case.framework()?;
    let nodes = framework.nodes().iter().map(FrameworkNode::id);
    let ids: Vec<&str> = framework.indicators().iter().map(Indicator::id).chain(nodes).collect();
    let columns = case.repeated(ROWS);
    let scores = framework.score_columns(&[batch(&columns)?], &ids, options)?;
    let only = |column: &[f64]| {
        assert!(column.iter().all(|value| value.to_bits() == column[0].to_bits()), "rows differ");
        column[0]
    };
    let explanation = framework.explain(&case.record())?;
    for (id, column) in ids.iter().zip(&scores.nodes) {
        let own = explained(&explanation, id).1.unwrap_or(f64::NAN);
        assert!(only(column).total_cmp(&own).is_eq() || own.is_nan() && column[0].is_nan(), "{id} differs");
    }
    let value = only(&scores.score);
    let coverage = if scores.coverage.is_empty() { 1.0 } else { only(&scores.coverage) };
    let code = scores.status.first().copied().unwrap_or(0);
    assert!(scores.status.iter().all(|own| *own == code), "rows differ");
    Ok(Node::map([
        ("score", if value.is_nan() { Node::null() } else { number(value) }),
        ("coverage", number(coverage)),
        ("status", Node::text(ScoreStatus::ALL[usize::from(code)].word())),
    ]))
}

/// The weight among its siblings, the score and the contribution of an indicator or node.
fn explained(explanation: &Explanation, id: &str) -> (f64, Option<f64>, f64) {
    let framework = explanation.framework();
    let indicator =
        explanation.indicators().iter().find(|own| framework.indicators()[own.indicator].id() == id);
    let node = explanation.nodes().iter().find(|own| framework.nodes()[own.node].id() == id);
    match (indicator, node) {
        (Some(own), _) => (own.weight, own.score, own.contribution),
        (_, Some(own)) => (own.weight, own.score, own.contribution),
        _ => panic!("`{id}` is not explained"),
    }
}

fn explain_score(case: &Case) -> Result<Node> {
    let framework = case.framework()?;
    let explanation = framework.explain(&case.record())?;
    let document = Document::parse(&framework.to_json())?;
    let root = cases::text(document.root().get("root").unwrap());
    let mut terms = Vec::new();
    add_terms(&explanation, document.root().get("nodes").unwrap(), root, 1.0, &mut terms);
    let words = score_words(explanation.score()).into_iter();
    Ok(Node::map(words.chain([("terms", Node::list(terms))])))
}

/// Adds the summands of a node that sums; `weight` is its effective one.
fn add_terms(explanation: &Explanation, nodes: &Node, id: &str, weight: f64, terms: &mut Vec<Node>) {
    let framework = explanation.framework();
    if explained(explanation, id).1.is_none() {
        return;
    }
    for child in cases::list(nodes.get(id).unwrap().get("children").unwrap()).iter().map(cases::text) {
        let (own, score, contribution) = explained(explanation, child);
        let node = framework.nodes().iter().find(|node| node.id() == child);
        let effective = weight * own;
        match (score, node) {
            (None, _) => {}
            (_, Some(node)) if node.aggregate().word() == "arithmetic" => {
                add_terms(explanation, nodes, child, effective, terms);
            }
            (Some(score), _) => terms.push(Node::map([
                ("id", Node::text(child)),
                ("weight", number(effective)),
                ("normalised", number(score)),
                ("contribution", number(contribution)),
            ])),
        }
    }
}
