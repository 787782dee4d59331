//! Cases of the rules engine: rules on a record, explained, and over columns.

use cpcfit::document::Node;
use cpcfit::rules::{
    Decision, DecisionStatus, Decisions, Finding, OutputColumn, Rule, TestCoverage, TestResult,
};
use cpcfit::{Options, Result, RuleSet, Scalar};

use super::cases::Case;
use super::columns::batch;

/// Ids of rules, outputs and inputs; canonical text reads back to itself.
pub fn load(case: &Case) -> Result<Node> {
    let rules = case.rules()?;
    let text = rules.to_json();
    assert_eq!(RuleSet::from_text(text).unwrap().to_json(), text, "canonical text reads back to itself");
    let ids = |ids: Vec<&str>| Node::list(ids.into_iter().map(Node::text).collect());
    Ok(Node::map([
        ("rules", ids(rules.rules().iter().map(Rule::id).collect())),
        ("outputs", ids(rules.outputs().iter().map(cpcfit::rules::Output::id).collect())),
        ("inputs", ids(rules.inputs().collect())),
    ]))
}

/// The decision on a record, which its explanation and a row that is set value by value share.
pub fn decide(case: &Case) -> Result<Node> {
    let rules = case.rules()?;
    let record = case.record();
    let found = words(&rules, &rules.decide(&record)?);
    let explanation = rules.explain(&record)?;
    assert_eq!(words(&rules, explanation.decision()), found, "the explanation is of the decision");
    let mut row = rules.row();
    for (name, value) in record.iter() {
        if rules.slot(name).is_some() {
            row.set(name, value.clone())?;
        }
    }
    assert_eq!(words(&rules, &rules.decide_row(&row)?), found, "a row is decided as a record");
    let first = rules.first(&row)?.map(|position| rules.rules()[position].id());
    if let Some(rule) = rules.decide(&record)?.rule() {
        assert_eq!(first, Some(rule.id()));
    }
    Ok(found)
}

fn words(rules: &RuleSet, decision: &Decision<'_>) -> Node {
    let text = |rule: &&Rule| Node::text(rule.id());
    let outputs: Vec<_> =
        decision.outputs().map(|(output, value)| (output.id(), value_of(value, rules))).collect();
    let none = outputs.is_empty() && !rules.outputs().is_empty();
    Node::map([
        ("status", Node::text(decision.status().id())),
        ("rule", decision.rule().map_or_else(Node::null, |rule| Node::text(rule.id()))),
        ("rules", Node::list(decision.rules().iter().map(text).collect())),
        ("outputs", if none { Node::null() } else { Node::map(outputs) }),
    ])
}

/// Amounts with the decimals of the currency.
pub fn value_of(value: &Scalar, rules: &RuleSet) -> Node {
    match value {
        Scalar::Missing => Node::null(),
        Scalar::Bool(value) => Node::boolean(*value),
        Scalar::Int(value) => Node::integer(*value),
        Scalar::Float(value) => Node::number(&value.to_string()),
        Scalar::Text(text) => Node::text(text),
        Scalar::Decimal(amount) => {
            let scale = 10_i128.pow(u32::from(rules.currency().exponent()) - amount.scale());
            Node::text(&rules.currency().format_minor(amount.mantissa() * scale))
        }
        other => Node::text(&other.to_string()),
    }
}

/// What analysis finds.
pub fn check(case: &Case) -> Result<Node> {
    let rules = case.rules()?;
    let check = rules.check()?;
    let text = |text: &str| Node::text(text);
    let finding = |finding: &Finding| {
        let ids = finding.rules().iter().map(|position| text(rules.rules()[*position].id()));
        let example = finding
            .example()
            .map(|values| Node::map(values.iter().map(|(field, value)| (&**field, value_of(value, &rules)))));
        Node::map([
            ("kind", text(finding.kind().id())),
            ("rules", Node::list(ids.collect())),
            ("message", text(finding.message())),
            ("when", finding.when().map_or_else(Node::null, text)),
            ("certain", Node::boolean(finding.is_certain())),
            ("example", example.unwrap_or_else(Node::null)),
        ])
    };
    let incomplete = check.incomplete().iter().map(|what| text(what));
    Ok(Node::map([
        ("findings", Node::list(check.findings().iter().map(finding).collect())),
        ("incomplete", Node::list(incomplete.collect())),
    ]))
}

/// The decision that all rows share, as columns have it: without the rules that match.
pub fn decide_as_columns(case: &Case, rows: usize, options: &Options) -> Result<Node> {
    let rules = case.rules()?;
    let columns = case.repeated(rows);
    let batches = [batch(&columns)?];
    let found = rules.decide_columns(&batches, options)?;
    let status = only(found.status());
    let status_word = DecisionStatus::ids().nth(usize::from(status)).unwrap();
    let position = if found.rule().is_empty() { -1 } else { only(found.rule()) };
    let rule = usize::try_from(position).ok().map(|position| rules.rules()[position].id());
    let hits = rules.hits(&batches, options)?;
    let matched = (0..rules.rules().len()).filter(|rule| hits.get(*rule, 0)).count();
    if !found.count.is_empty() {
        assert_eq!(usize::try_from(only(&found.count)).unwrap(), matched, "as many rules hit as are counted");
    }
    let decision = rules.decide(&case.record())?;
    for (output, value) in decision.outputs() {
        let own = of_column(&found, output.id(), &rules);
        assert_eq!(own.to_json(), value_of(value, &rules).to_json(), "the column of {}", output.id());
    }
    Ok(Node::map([("status", Node::text(status_word)), ("rule", rule.map_or_else(Node::null, Node::text))]))
}

fn of_column(found: &Decisions, id: &str, rules: &RuleSet) -> Node {
    match found.output(id).unwrap() {
        OutputColumn::Codes { codes, values } => match usize::try_from(only(&codes)) {
            Ok(code) => value_of(&values[code], rules),
            Err(_) => Node::null(),
        },
        OutputColumn::Numbers(numbers) => {
            assert!(numbers.iter().all(|number| number.to_bits() == numbers[0].to_bits()), "rows differ");
            if numbers[0].is_nan() { Node::null() } else { Node::number(&numbers[0].to_string()) }
        }
        OutputColumn::Money(amounts) if only(&amounts) == cpcfit::rules::MISSING_MINOR => Node::null(),
        OutputColumn::Money(amounts) => Node::text(&rules.currency().format_minor(only(&amounts).into())),
        _ => Node::null(),
    }
}

fn only<T: Copy + PartialEq + std::fmt::Debug>(column: &[T]) -> T {
    assert!(column.iter().all(|value| *value == column[0]), "rows differ: {column:?}");
    column[0]
}

/// What the tests of the document come to.
pub fn test(case: &Case) -> Result<Node> {
    let report = case.rules()?.test();
    let coverage = report.coverage();
    let default = |it: &cpcfit::rules::DefaultCoverage| (it.output().to_owned(), Node::boolean(it.is_used()));
    Ok(Node::map([
        ("passed", Node::boolean(report.passed())),
        ("results", Node::list(report.results().iter().map(result_words).collect())),
        ("rules", Node::list(rule_words(coverage))),
        ("cells", Node::list(cell_words(coverage))),
        ("defaults", Node::map(coverage.defaults().iter().map(default))),
        (
            "percent",
            list([coverage.rule_percent(), coverage.cell_percent()].map(|it| Node::integer(it.into()))),
        ),
    ]))
}

fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::list(items.into_iter().collect())
}

/// Id, status, rules, what came otherwise with what came, reasons, codes of problems.
fn result_words(result: &TestResult) -> Node {
    let mismatch =
        |it: &cpcfit::rules::Mismatch| list([it.what(), it.expected(), it.found()].map(Node::text));
    list([
        Node::text(result.id()),
        Node::text(result.status().id()),
        list(result.rules().map(Node::text)),
        list(result.mismatches().iter().map(mismatch)),
        list(result.reasons().iter().map(|it| Node::text(it))),
        list(result.problems().iter().map(|it| Node::text(it.code().id()))),
    ])
}

/// Id, and in how many tests the rule was tried, matched and decided.
fn rule_words(coverage: &TestCoverage) -> Vec<Node> {
    let count = |count: usize| Node::integer(i128::try_from(count).unwrap());
    let words = |rule: &cpcfit::rules::RuleCoverage| {
        let counts = [rule.tried(), rule.matched(), rule.decided()].map(count);
        list([Node::text(rule.rule())].into_iter().chain(counts))
    };
    coverage.rules().iter().map(words).collect()
}

/// Rule, text, and whether the cell was seen true and false.
fn cell_words(coverage: &TestCoverage) -> Vec<Node> {
    let of_rule = |rule: &cpcfit::rules::RuleCoverage| {
        let id = Node::text(rule.rule());
        let words = |cell: &cpcfit::rules::CellCoverage| {
            let seen = [cell.seen_true(), cell.seen_false()].map(Node::boolean);
            list([id.clone(), Node::text(cell.text())].into_iter().chain(seen))
        };
        rule.cells().iter().map(words).collect::<Vec<_>>()
    };
    coverage.rules().iter().flat_map(of_rule).collect()
}
