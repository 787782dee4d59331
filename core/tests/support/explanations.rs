//! Cases of why rules match: every rule and test of a record with what would do, and rules and parts over a population.

use cpcfit::document::Node;
use cpcfit::rules::{FieldChange, RuleTrace, SmallestChange, TestOutcome};
use cpcfit::{Options, Result, RuleSet};

use super::cases::Case;
use super::columns::batch;
use super::rules::value_of;

/// Every rule and every test on a record, and the smallest change for which a rule would match.
pub fn explain(case: &Case) -> Result<Node> {
    let rules = case.rules()?;
    let record = case.record();
    let explanation = rules.explain(&record)?;
    for trace in explanation.rules() {
        let alone = rules.smallest_change(trace.rule(), &record)?;
        let of_trace = trace.smallest_change();
        assert_eq!(alone.map(|it| it.to_string()), of_trace.map(|it| it.to_string()), "asked either way");
    }
    let changes = explanation.rules().iter().filter_map(|trace| {
        Some((trace.rule().id().to_owned(), change_words(&rules, &trace.smallest_change()?)))
    });
    Ok(Node::map([
        ("rules", Node::list(explanation.rules().iter().map(rule_words).collect())),
        ("tests", Node::list(explanation.rules().iter().flat_map(test_words).collect())),
        ("changes", Node::map(changes)),
        ("text", Node::text(&explanation.to_string())),
    ]))
}

fn outcome(outcome: Option<bool>) -> Node {
    outcome.map_or_else(Node::null, Node::boolean)
}

fn text(text: Option<&str>) -> Node {
    text.map_or_else(Node::null, Node::text)
}

fn rule_words(trace: &RuleTrace<'_>) -> Node {
    let failing = |test: Option<&TestOutcome>| text(test.map(ToString::to_string).as_deref());
    Node::list(vec![
        Node::text(trace.rule().id()),
        outcome(trace.outcome()),
        Node::boolean(trace.matches()),
        failing(trace.first_failing()),
        failing(trace.only_failing()),
    ])
}

fn test_words(trace: &RuleTrace<'_>) -> Vec<Node> {
    let words = |test: &TestOutcome| {
        Node::list(vec![
            Node::text(trace.rule().id()),
            Node::text(test.tested()),
            Node::text(test.expected()),
            text(test.actual()),
            outcome(test.outcome()),
            Node::boolean(test.fails()),
        ])
    };
    trace.tests().iter().map(words).collect()
}

fn change_words(rules: &RuleSet, change: &SmallestChange) -> Node {
    let words = |change: &FieldChange| {
        Node::list(vec![
            Node::text(change.tested()),
            Node::text(change.expected()),
            text(change.actual()),
            change.value().map_or_else(Node::null, |value| value_of(value, rules)),
        ])
    };
    Node::map([
        ("status", Node::text(change.status().id())),
        ("changes", Node::list(change.changes().iter().map(words).collect())),
    ])
}

/// How the rules meet a population.
pub fn population(case: &Case, options: &Options) -> Result<Node> {
    let rules = case.rules()?;
    let found = rules.population(&[batch(&case.columns())?], options)?;
    let words = |names: &[&str], counts: [usize; 3]| {
        let names = names.iter().map(|name| Node::text(name));
        let counts = counts.into_iter().map(|count| Node::integer(count.try_into().unwrap()));
        Node::list(names.chain(counts).collect())
    };
    let parts = found.rules().iter().flat_map(|rule| {
        let part = |part: &cpcfit::rules::Blocker| {
            words(&[rule.rule(), part.text()], [part.blocked(), part.first(), part.only()])
        };
        rule.blockers().iter().map(part).collect::<Vec<_>>()
    });
    let of_rules =
        found.rules().iter().map(|rule| words(&[rule.rule()], [rule.matched(), rule.first(), rule.only()]));
    Ok(Node::map([
        ("rows", Node::integer(found.len().try_into().unwrap())),
        ("invalid", Node::integer(found.invalid().try_into().unwrap())),
        ("rules", Node::list(of_rules.collect())),
        ("parts", Node::list(parts.collect())),
        (
            "problems",
            Node::list(found.problems().iter().map(|problem| Node::text(problem.code().id())).collect()),
        ),
        ("text", Node::text(&found.to_string())),
    ]))
}
