"""Rules: what would do for a record, and how they meet a population."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import cpcfit as cpc
import pytest
from desk import ROWS
from kinds import KINDS, RESULTS, listed

DOCUMENT: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "offers",
    "version": "1",
    "currency": {"code": "CNY", "exponent": 2},
    "fields": {
        "arpu": {"type": "money"},
        "since": {"type": "date", "missing": True},
        "brand": {"type": "string", "values": ["silver", "gold"]},
    },
    "hit": "first",
    "unknown": "no_match",
    "rules": [
        {"id": "rich", "when": "arpu > 300 && since < '2010-01-01'"},
        {"id": "gold", "when": "brand == 'gold' && !has(since)"},
        {"id": "double", "when": "arpu * 2 > 1000"},
        {"id": "never", "when": "arpu > 5 && arpu < 5"},
        {"id": "all"},
    ],
}
RECORD: dict[str, Any] = {"arpu": 250, "since": dt.date(2011, 6, 1), "brand": "silver"}


def test_what_would_do() -> None:
    rules = cpc.RuleSet.from_dict(DOCUMENT)
    explanation = rules.explain(RECORD)
    rich, gold, double, never, last = (trace.smallest_change for trace in explanation.rules)
    assert rich is not None
    assert gold is not None
    assert double is not None
    assert never is not None
    assert last is None
    assert [it.status for it in (rich, gold, double, never)] == ["certain", "certain", "possible", "never"]
    assert str(rich) == (
        "would match with arpu > 300.00 (now 250.00): 300.01, since < 2010-01-01 (now 2011-06-01): 2009-12-31"
    )
    assert repr(never) == "SmallestChange(never: can never match)"
    arpu, since = rich.changes
    assert (arpu.tested, arpu.expected, arpu.actual) == ("arpu", "> 300.00", "250.00")
    assert (arpu.value, since.value) == (Decimal("300.01"), dt.date(2009, 12, 31))
    assert str(arpu) == "arpu > 300.00 (now 250.00): 300.01"
    assert repr(arpu) == f"FieldChange({arpu})"
    assert [it.value for it in gold.changes] == ["gold", None]
    [whole] = double.changes
    assert (whole.tested, whole.expected, whole.value) == ("(arpu * 2) > 1000", "true", None)
    changed = {**RECORD, **{it.tested: it.value for it in rich.changes}}
    assert rules.decide(changed).rule == "rich"
    assert str(rich) in str(explanation)
    assert "arpu &gt; 300.00 (now 250.00): 300.01" in explanation._repr_html_()


def test_an_explanation_as_plain_values() -> None:
    plain = cpc.RuleSet.from_dict(DOCUMENT).explain(RECORD).to_dict()
    assert (plain["status"], plain["rule"], plain["outputs"]) == ("matched", "all", {})
    assert [rule["rule"] for rule in plain["rules"]] == ["rich", "gold", "double", "never", "all"]
    gold = plain["rules"][1]
    assert (gold["outcome"], gold["matches"]) == (False, False)
    assert gold["tests"][0] == {
        "tested": "brand",
        "expected": '= "gold"',
        "actual": '"silver"',
        "outcome": False,
        "fails": True,
    }
    assert gold["smallest_change"] == {
        "status": "certain",
        "changes": [
            {"tested": "brand", "expected": '= "gold"', "actual": '"silver"', "value": "gold"},
            {"tested": "since", "expected": "missing", "actual": "2011-06-01", "value": None},
        ],
    }
    assert plain["rules"][4]["smallest_change"] is None


def test_a_population_of_every_kind(kind: str, desk: cpc.RuleSet) -> None:
    population = desk.population(KINDS[kind](ROWS))
    rules, parts = population.to_frame(), population.to_frame("parts")
    assert isinstance(rules, RESULTS[kind])
    assert isinstance(parts, RESULTS[kind])
    assert listed(rules, "rule") == ["key", "loyal", "local"]
    assert [listed(rules, name) for name in ("matched", "first", "only")] == [[1, 1, 3], [1, 1, 1], [0, 0, 1]]
    assert listed(parts, "part") == ["arpu > 300", "tenure >= 60", 'city = "foshan"']
    assert [listed(parts, name) for name in ("blocked", "first", "only")] == [[3, 3, 1]] * 3


def test_a_population(desk: cpc.RuleSet) -> None:
    population = desk.population(ROWS, threads=1, simd="off")
    assert (population.rows, population.invalid, population.problems) == (4, 0, [])
    assert str(population).startswith("desk 1, first: 4 rows\n  key: 1 match, 1 first, 0 alone\n")
    assert repr(population) == "Population(desk 1, first: 4 rows)"
    local = population.rules[2]
    assert repr(local) == "RulePopulation(local: 3 match, 1 first, 1 alone)"
    assert repr(local.blockers[0]) == 'Blocker(city = "foshan": 1 blocked, 1 first, 1 alone)'
    assert "<td>blocked by arpu &gt; 300</td><td>3</td>" in population._repr_html_()
    plain = population.to_dict()
    assert (plain["rows"], plain["invalid"]) == (4, 0)
    assert plain["rules"][2] == {
        "rule": "local",
        "matched": 3,
        "first": 1,
        "only": 1,
        "blockers": [{"text": 'city = "foshan"', "blocked": 1, "first": 1, "only": 1}],
    }
    with pytest.raises(ValueError, match='`of` is "rules" or "parts", not "all"'):
        population.to_frame("all")  # type: ignore[arg-type]


def test_rows_of_a_population_that_cannot_be_used(desk: cpc.RuleSet) -> None:
    rows = {"revenue": [320.0, float("inf")], "tenure": [1, 2], "city": ["a", "b"]}
    with pytest.raises(cpc.DataError):
        desk.population(rows, columns={"arpu": "revenue"})
    population = desk.population(rows, columns={"arpu": "revenue"}, on_error="null")
    assert (population.rows, population.invalid, population.rules[0].matched) == (2, 1, 1)
    assert [problem.code for problem in population.problems] == ["data.not_finite"]
