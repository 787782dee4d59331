"""The shared cases through the Python package: records, and the same as frames at every SIMD level."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import cpcfit as cpc
import pyarrow as pa
import pytest

import case_files

ROWS = 19
"""Rows of a record that is run as columns: whole vectors of every width and a rest."""

TYPES = {
    "float64": pa.float64(),
    "float32": pa.float32(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp_s": pa.timestamp("s", "UTC"),
    "timestamp_ms": pa.timestamp("ms"),
    "timestamp_us": pa.timestamp("us", "Asia/Shanghai"),
    "timestamp_ns": pa.timestamp("ns", "+08:00"),
    "null": pa.null(),
    "text": pa.string(),
    "large_text": pa.large_string(),
    "text_view": pa.string_view(),
    "text_dictionary": pa.dictionary(pa.int32(), pa.string()),
} | {f"{sign}int{bits}": getattr(pa, f"{sign}int{bits}")() for sign in ("", "u") for bits in (8, 16, 32, 64)}

COLUMN_OF = {
    "float": "float64",
    "int": "int64",
    "decimal": "decimal",
    "text": "text",
    "bool": "bool",
    "date": "date",
    "timestamp": "timestamp_us",
}

CASES = [pytest.param(case, id=f"{case['file']}: {case['name']}") for case in case_files.load()]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    call = case["call"]
    if call.endswith("columns"):
        at_every_level(case, FRAMES[call])
        return
    check(case, lambda: RECORDS[call](case))
    if call in RECORDS_AS_FRAMES:
        at_every_level(case, RECORDS_AS_FRAMES[call])


def check(case: dict[str, Any], call: Callable[[], dict[str, Any]]) -> None:
    """Compares every key that the answer has, or the problems with the expected errors."""
    if "errors" not in case:
        found = call()
        assert found == {key: settled(case["expect"][key], found[key]) for key in found}
        return
    with pytest.raises(cpc.CpcfitError) as raised:
        call()
    keys = sorted({key for error in case["errors"] for key in error})
    found = [{key: listed(getattr(problem, key)) for key in keys} for problem in raised.value.problems]
    for error in case["errors"]:
        match = next((problem for problem in found if error.items() <= problem.items()), None)
        assert match is not None, f"expected {error}, found {raised.value}"
        found.remove(match)
    assert not found, f"not expected: {found}"


def settled(expected: Any, found: Any) -> Any:
    """What is expected, with what was found in place of each `{"near": x}` that it is near to."""
    if isinstance(expected, dict) and "near" in expected:
        near = expected["near"]
        return found if math.isclose(found, near, rel_tol=1e-12) else near
    if isinstance(expected, dict) and isinstance(found, dict):
        return {key: settled(value, found.get(key)) for key, value in expected.items()}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [settled(item, own) for item, own in zip(expected, found, strict=True)]
    return expected


def listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def at_every_level(case: dict[str, Any], call: Callable[..., dict[str, Any]]) -> None:
    for simd in cpc.simd_levels():
        for threads in (1, 2):
            options = {"simd": simd, "threads": threads, "on_error": case.get("on_error", "raise")}
            check(case, lambda options=options: call(case, **options))


def catalogue(case: dict[str, Any]) -> cpc.Catalog:
    source, table = case_files.document(case, case["catalogue"])
    if table is not None:
        catalog = cpc.Catalog.from_table(source, table)
    elif isinstance(source, str):
        catalog = cpc.Catalog.parse(source)
    else:
        catalog = cpc.Catalog.from_dict(source)
    return catalog.at(case["at"]) if "at" in case else catalog


def package_fit(case: dict[str, Any]) -> cpc.PackageFit:
    catalog = catalogue(case)
    if "policy" not in case:
        return cpc.PackageFit(catalog)
    source, _ = case_files.document(case, case["policy"])
    policy = cpc.FitPolicy.parse(source) if isinstance(source, str) else cpc.FitPolicy.from_dict(source)
    return cpc.PackageFit(catalog, policy)


def amount(catalog: cpc.Catalog, value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.{catalog.currency.exponent}f}"


def load(case: dict[str, Any]) -> dict[str, Any]:
    catalog = package_fit(case).catalog if "policy" in case else catalogue(case)
    text = catalog.to_json()
    assert cpc.Catalog.parse(text).to_json() == text, "canonical text reads back to itself"
    return {"plans": [plan.id for plan in catalog.plans]}


def bill(case: dict[str, Any]) -> dict[str, Any]:
    catalog = catalogue(case)
    bill = catalog.bill(case["plan"], case_files.record(case["input"]))
    found: dict[str, Any] = {"lines": [], "given": {}, "total": amount(catalog, bill.total)}
    for line in bill.lines:
        if line.kind == "fee":
            found["fee"] = amount(catalog, line.amount)
        elif line.kind == "given":
            found["given"][line.id] = amount(catalog, line.amount)
        else:
            quantities = {key: getattr(line, key).units for key in ("used", "included", "over")}
            exact = {"blocks": line.blocks, "exact": str(line.exact), "amount": amount(catalog, line.amount)}
            found["lines"].append({"meter": line.id, **quantities, **exact})
    return found


def quote(case: dict[str, Any]) -> dict[str, Any]:
    catalog = catalogue(case)
    quote = catalog.quote(case_files.record(case["input"]))
    return {
        "totals": {offer.plan: amount(catalog, offer.total) for offer in quote.offers},
        "cheapest_first": [offer.plan for offer in quote.cheapest_first()],
    }


def fit(case: dict[str, Any]) -> dict[str, Any]:
    fit = package_fit(case)
    explanation = fit.explain(case_files.record(case["input"]))
    match = explanation.found
    assert repr(match) == repr(fit.record(case_files.record(case["input"])))
    words = {key: amount(fit.catalog, getattr(match, key)) for key in AMOUNTS}
    reasons = {verdict.plan: [reason.id for reason in verdict.reasons] for verdict in explanation.verdicts}
    return {"status": match.status, "plan": match.plan, **words} | ({"reasons": reasons} if reasons else {})


AMOUNTS = ("total", "fee", "present_total", "present_fee")


def array(kind: str, values: list[Any]) -> pa.Array:
    if kind == "decimal":
        scale = max((-value.as_tuple().exponent for value in values if value is not None), default=0)
        return pa.array(values, pa.decimal128(38, max(scale, 0)))
    if kind == "text_dictionary":
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, TYPES[kind], from_pandas=False)


def frame(case: dict[str, Any]) -> Any:
    """The columns of a case as a table; as a dict of arrays where their lengths differ."""
    columns = {name: array(*case_files.cells(column)) for name, column in case["columns"].items()}
    return columns if len({len(column) for column in columns.values()}) > 1 else pa.table(columns)


def repeated(case: dict[str, Any]) -> pa.Table:
    """The record of a case as a table of equal rows."""
    columns = {}
    for name, typed in case["input"].items():
        kind = "null" if typed is None else COLUMN_OF[next(iter(typed))]
        value = case_files.value(typed)
        if isinstance(value, int) and abs(value) >= 2**63:
            kind, value = "decimal", Decimal(value)
        columns[name] = array(kind, [value] * ROWS)
    return pa.table(columns)


def bill_columns(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    catalog = catalogue(case)
    return {"totals": totals(catalog, catalog.bill_frame(frame(case), **options))}


def totals(catalog: cpc.Catalog, result: pa.Table) -> dict[str, list[str | None]]:
    return {
        name: [amount(catalog, value) for value in result[name].to_pylist()] for name in result.column_names
    }


def quote_as_frame(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    catalog = catalogue(case)
    result = totals(catalog, catalog.bill_frame(repeated(case), **options))
    return {"totals": {plan: only(values) for plan, values in result.items()}}


def only(values: list[Any]) -> Any:
    """The one value that all rows have."""
    assert len(values) == ROWS
    assert len(set(values)) == 1
    return values[0]


def sum_columns(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    catalog = catalogue(case)
    sums = catalog.sum_frame(frame(case), **options)
    return {"sums": {plan: amount(catalog, total) for plan, total in sums.items()}}


def matches(fit: cpc.PackageFit, found: cpc.Matches) -> dict[str, list[Any]]:
    result = found.to_frame()
    words = {key: result[key].to_pylist() for key in ("status", "plan")}
    amounts = {key: [amount(fit.catalog, value) for value in result[key].to_pylist()] for key in AMOUNTS}
    return words | amounts


def fit_columns(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    fit = package_fit(case)
    found = fit.columns(frame(case), **options)
    funnel = found.funnel()
    counts = {"statuses": dict(funnel.statuses), "stages": dict(funnel.stages)}
    return matches(fit, found) | {"funnel": counts}


def fit_as_frame(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    fit = package_fit(case)
    found = matches(fit, fit.columns(repeated(case), **options))
    return {key: only(values) for key, values in found.items()}


def framework(case: dict[str, Any]) -> cpc.Framework:
    source, _ = case_files.document(case, case["framework"])
    return cpc.Framework.parse(source) if isinstance(source, str) else cpc.Framework.from_dict(source)


def load_framework(case: dict[str, Any]) -> dict[str, Any]:
    return framework_words(framework(case))


def framework_words(framework: cpc.Framework) -> dict[str, Any]:
    text = framework.to_json()
    assert cpc.Framework.parse(text).to_json() == text, "canonical text reads back to itself"
    return {
        "indicators": [indicator.id for indicator in framework.indicators],
        "nodes": [node.id for node in framework.nodes],
        "fitted": framework.is_fitted,
        "warnings": [{"code": warning.code, "path": warning.path} for warning in framework.warnings],
    }


def fit_framework(case: dict[str, Any]) -> dict[str, Any]:
    """The framework fitted to the columns, and what it says of the input."""
    fitted = framework(case).fit(frame(case), on_error=case.get("on_error", "raise"))
    words = score_words(fitted.score_one(case_files.record(case["input"])))
    return {**framework_words(fitted), "rows": fitted.fitted and fitted.fitted["rows"], **words}


def score(case: dict[str, Any]) -> dict[str, Any]:
    own = framework(case)
    found = score_words(own.score_one(case_files.record(case["input"])))
    assert score_words(own.explain(case_files.record(case["input"])).score) == found
    return found


def score_words(found: cpc.Score) -> dict[str, Any]:
    return {"score": found.value, "coverage": found.coverage, "status": found.status}


def score_as_frame(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The score that all rows have, with every node and indicator as in the explanation."""
    own = framework(case)
    nodes = [known.id for known in (*own.indicators, *own.nodes)]
    result = own.score(repeated(case), nodes=nodes, **options).to_frame()
    explanation = own.explain(case_files.record(case["input"]))
    for known in (*explanation.indicators, *explanation.nodes):
        assert only(result[known.id].to_pylist()) == known.score, known.id
    return {key: only(result[key].to_pylist()) for key in ("score", "coverage", "status")}


def explain_score(case: dict[str, Any]) -> dict[str, Any]:
    own = framework(case)
    explanation = own.explain(case_files.record(case["input"]))
    known = {each.id: each for each in (*explanation.indicators, *explanation.nodes)}
    sums = {node.id for node in own.nodes if node.aggregate == "arithmetic"}
    document = json.loads(own.to_json())

    def terms(node: str, weight: float) -> Iterator[dict[str, Any]]:
        """The summands of a node that sums; `weight` is its effective one."""
        if known[node].score is None:
            return
        for child in document["nodes"][node]["children"]:
            found = known[child]
            effective = weight * found.weight
            if child in sums:
                yield from terms(child, effective)
            elif found.score is not None:
                yield {
                    "id": child,
                    "weight": effective,
                    "normalised": found.score,
                    "contribution": found.contribution,
                }

    return {**score_words(explanation.score), "terms": list(terms(document["root"], 1.0))}


def rules(case: dict[str, Any]) -> cpc.RuleSet:
    source, _ = case_files.document(case, case["rules"])
    own = cpc.RuleSet.from_dict(source) if isinstance(source, dict) else cpc.RuleSet.parse(source)
    return own.at(case["at"]) if "at" in case else own


def load_rules(case: dict[str, Any]) -> dict[str, Any]:
    own = rules(case)
    assert cpc.RuleSet.parse(own.to_json()).to_json() == own.to_json()
    return {
        "rules": [rule.id for rule in own.rules],
        "outputs": [output.id for output in own.outputs],
        "inputs": list(own.inputs),
    }


def decide(case: dict[str, Any]) -> dict[str, Any]:
    """The decision on a record, which its explanation shares."""
    own = rules(case)
    record = case_files.record(case["input"])
    decision = own.decide(record)
    found = decision_words(decision)
    assert decision_words(own.explain(record).decision) == found
    if decision.rule is not None:
        assert own.first(record) == decision.rule
    return found


def run_tests(case: dict[str, Any]) -> dict[str, Any]:
    """What the tests of the document come to."""
    report = rules(case).test()
    coverage = report.coverage
    return {
        "passed": report.passed,
        "results": [
            [
                result.id,
                result.status,
                result.rules,
                [[it.what, it.expected, it.found] for it in result.mismatches],
                result.reasons,
                [problem.code for problem in result.problems],
            ]
            for result in report.results
        ],
        "rules": [[rule.rule, rule.tried, rule.matched, rule.decided] for rule in coverage.rules],
        "cells": [
            [rule.rule, cell.text, cell.seen_true, cell.seen_false]
            for rule in coverage.rules
            for cell in rule.cells
        ],
        "defaults": coverage.defaults,
        "percent": [coverage.rule_percent, coverage.cell_percent],
    }


def decision_words(decision: cpc.Decision) -> dict[str, Any]:
    outputs = decision.outputs
    if outputs is not None:
        outputs = {name: output_word(value) for name, value in outputs.items()}
    return {
        "status": decision.status,
        "rule": decision.rule,
        "rules": list(decision.rules),
        "outputs": outputs,
    }


def output_word(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.datetime):
        assert value.utcoffset() == dt.timedelta(0)
        # As few digits of the second as it takes.
        text = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return f"{text}Z"
    return value.isoformat() if isinstance(value, dt.date) else value


def check_rules(case: dict[str, Any]) -> dict[str, Any]:
    check = rules(case).check()
    assert check.clean == (not check.findings and check.complete)

    def words(finding: cpc.RulesFinding) -> dict[str, Any]:
        example = finding.example
        if example is not None:
            example = {name: output_word(value) for name, value in example.items()}
        keys = ("kind", "rules", "message", "when", "certain")
        return {**{key: getattr(finding, key) for key in keys}, "example": example}

    return {"findings": [words(finding) for finding in check.findings], "incomplete": check.incomplete}


def explain_rules(case: dict[str, Any]) -> dict[str, Any]:
    explanation = rules(case).explain(case_files.record(case["input"]))

    def text(test: cpc.TestOutcome | None) -> str | None:
        return None if test is None else str(test)

    def words(change: cpc.SmallestChange) -> dict[str, Any]:
        return {
            "status": change.status,
            "changes": [[it.tested, it.expected, it.actual, output_word(it.value)] for it in change.changes],
        }

    return {
        "rules": [
            [it.rule, it.outcome, it.matches, text(it.first_failing), text(it.only_failing)]
            for it in explanation.rules
        ],
        "tests": [
            [it.rule, test.tested, test.expected, test.actual, test.outcome, test.fails]
            for it in explanation.rules
            for test in it.tests
        ],
        "changes": {
            it.rule: words(it.smallest_change) for it in explanation.rules if it.smallest_change is not None
        },
        "text": str(explanation),
    }


def population_columns(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    found = rules(case).population(frame(case), **options)
    parts = found.to_frame("parts").to_pydict().values()
    return {
        "rows": found.rows,
        "invalid": found.invalid,
        "rules": [[it.rule, it.matched, it.first, it.only] for it in found.rules],
        "parts": [list(part) for part in zip(*parts, strict=True)],
        "problems": [problem.code for problem in found.problems],
        "text": str(found),
    }


def decide_as_frame(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The decision that all rows share, as far as columns have it."""
    own = rules(case)
    result = own.apply(repeated(case), **options).to_frame()
    found: dict[str, Any] = {"status": only(result["status"].to_pylist())}
    if "rule" in result.column_names:
        found["rule"] = only(result["rule"].to_pylist())
    outputs = own.decide(case_files.record(case["input"])).outputs
    for name, value in (outputs or {}).items():
        assert output_word(only(result[name].to_pylist())) == output_word(value), name
    return found


def contact_policy(case: dict[str, Any]) -> cpc.ContactPolicy:
    source, _ = case_files.document(case, case["contact_policy"])
    return cpc.ContactPolicy.parse(source) if isinstance(source, str) else cpc.ContactPolicy.from_dict(source)


def load_contact_policy(case: dict[str, Any]) -> dict[str, Any]:
    own = contact_policy(case)
    assert cpc.ContactPolicy.parse(own.to_json()).to_json() == own.to_json()
    return {"entries": [entry.id for entry in own.entries], "inputs": list(own.inputs)}


def check_contact(case: dict[str, Any]) -> dict[str, Any]:
    own = contact_policy(case)
    found = own.check(case_files.record(case["input"]), **case["candidate"], history=case["history"])
    codes = {entry.id: entry.code for entry in own.entries}
    return {
        "allowed": found.allowed,
        "reasons": [{"id": reason, "code": codes[reason]} for reason in found.reasons],
        "next_allowed": moment(found.next_allowed),
    }


def moment(value: dt.datetime | None) -> str | None:
    """A moment in UTC as the cases write it; frames may have it without a zone."""
    if value is None:
        return None
    utc = value if value.tzinfo is None else value.astimezone(dt.timezone.utc).replace(tzinfo=None)
    return f"{utc.isoformat()}Z"


def check_contact_columns(case: dict[str, Any], **options: Any) -> dict[str, Any]:
    own = contact_policy(case)
    contacts = case["contacts"]
    if contacts is not None:
        contacts = pa.table({name: array(*case_files.cells(column)) for name, column in contacts.items()})
    found = own.apply(frame(case), contacts=contacts, **case.get("candidate", {}), **options)
    result = found.to_frame()
    codes = {entry.id: entry.code for entry in own.entries}
    assert result["code"].to_pylist() == [codes.get(reason) for reason in result["reason"].to_pylist()]
    return {
        "status": result["status"].to_pylist(),
        "reason": result["reason"].to_pylist(),
        "next_allowed": [moment(value) for value in result["next_allowed"].to_pylist()],
        "unmatched_contacts": found.unmatched_contacts,
    }


RECORDS = {
    "load": load,
    "bill": bill,
    "quote": quote,
    "fit": fit,
    "load_framework": load_framework,
    "fit_framework": fit_framework,
    "score": score,
    "explain_score": explain_score,
    "load_rules": load_rules,
    "decide": decide,
    "check_rules": check_rules,
    "explain_rules": explain_rules,
    "test_rules": run_tests,
    "load_contact_policy": load_contact_policy,
    "check_contact": check_contact,
}
RECORDS_AS_FRAMES = {
    "quote": quote_as_frame,
    "fit": fit_as_frame,
    "score": score_as_frame,
    "decide": decide_as_frame,
}
FRAMES = {
    "bill_columns": bill_columns,
    "sum_columns": sum_columns,
    "fit_columns": fit_columns,
    "check_contact_columns": check_contact_columns,
    "population_columns": population_columns,
}
