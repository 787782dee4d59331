"""Package fit over frames: policies from arguments, funnels, explanations, rows that cannot be used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pytest
from kinds import CATALOGUE, CUSTOMERS, EXAMPLES, KINDS, listed


def test_arguments_replace_keys_of_the_policy(feixiang: cpc.Catalog) -> None:
    policy = cpc.FitPolicy.read(EXAMPLES / "models" / "fit-policy.yaml")
    written = cpc.PackageFit(feixiang, policy).policy
    assert written.to_json() == policy.to_json()
    changed = cpc.PackageFit(feixiang, policy, total_fee_change=(None, 2), current_plan="excluded").policy
    assert '"total_fee_change":{"max":2}' in changed.to_json()
    assert '"current_plan":"excluded"' in changed.to_json()
    assert '"monthly_fee_change":{"min":1,"max":2}' in changed.to_json()
    alone = cpc.PackageFit(feixiang, total_fee_change=("0.6", 1.5), rank="cheapest").policy
    assert '"total_fee_change":{"min":"0.6","max":1.5}' in alone.to_json()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"rank": "cheep"}, "document.unknown_word"),
        ({"current_plan": True}, "document.wrong_type"),
        ({"total_fee_change": (2, 1)}, "fit.bad_ratio"),
        ({"total_fee_change": (0.1 + 0.2, 1)}, "document.long_float"),
        ({"candidates": {"where": {"field": "age", "ge": 18}}}, "expr.unknown_field"),
        ({"candidates": {"where": {"field": "age", "ge": 18}}, "fields": {"age": {"type": "numbr"}}}, None),
    ],
)
def test_arguments_that_cannot_be_used(
    arguments: dict[str, Any], code: str | None, catalog: cpc.Catalog
) -> None:
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.package_fit(CUSTOMERS, catalog, **arguments)
    assert code in (None, raised.value.problems[0].code)


def test_bounds_are_pairs(catalog: cpc.Catalog) -> None:
    for bounds in (0.6, "0.6", (1,), (1, 2, 3)):
        with pytest.raises(TypeError, match="`monthly_fee_change` is a pair"):
            cpc.PackageFit(catalog, monthly_fee_change=bounds)  # type: ignore[arg-type]
    assert cpc.PackageFit(catalog, monthly_fee_change={"max": 2}).policy


def test_a_funnel(catalog: cpc.Catalog) -> None:
    customers = {
        "voice": [700.0, 0.0, 700.0, 0.0, -1.0, 0.0],
        "current_plan": ["small", "small", "small", None, "small", None],
        "present_total": [None, None, None, 0.0, None, 5000.0],
        "present_fee": [None, None, None, 0.0, None, 5000.0],
        "age": [30, 30, 17, 30, 30, 30],
    }
    fit = cpc.package_fit(
        pl.DataFrame(customers),
        catalog,
        total_fee_change=("0.6", "1.5"),
        fields={"age": {"type": "number", "unit": "year"}},
        candidates={"where": {"field": "age", "ge": 18}},
        on_error="null",
    )
    statuses = ["target", "stays", "not_candidate", "present_total_zero", "invalid", "no_plan_in_bounds"]
    assert fit.to_frame()["status"].to_list() == statuses
    funnel = fit.funnel()
    assert {status: count for status, count in funnel.statuses.items() if count} == dict.fromkeys(statuses, 1)
    assert list(funnel.stages.items()) == [
        ("customers", 6),
        ("candidates", 4),
        ("with_present_bill", 3),
        ("with_eligible_plan", 3),
        ("within_bounds", 2),
        ("targets", 1),
    ]
    assert repr(funnel).startswith("Funnel(6 customers, 4 candidates")
    assert repr(fit) == "Matches(6 customers, 1 targets)"
    assert "<td>candidates</td><td>4</td>" in fit._repr_html_()


def test_rows_and_records_agree(feixiang: cpc.Catalog) -> None:
    policy = cpc.FitPolicy.read(EXAMPLES / "models" / "fit-policy.yaml")
    random = np.random.default_rng(7)
    rows = 500
    customers = pl.DataFrame(
        {
            "voice": random.gamma(2, 200, rows).round(2),
            "data": random.gamma(2, 500, rows).round(2),
            "auto_upgrade": random.integers(0, 3, rows) * 10,
            "current_plan": random.choice([plan.id for plan in feixiang.plans], rows),
        }
    )
    fit = cpc.package_fit(customers, feixiang, policy)
    single = cpc.PackageFit(feixiang, policy)
    for row, found in zip(customers.to_dicts(), fit.to_frame().to_dicts(), strict=True):
        match = single.record(row)
        assert found == {name: getattr(match, name) for name in found}


def test_explanations_by_row_and_by_id(catalog: cpc.Catalog) -> None:
    by_row = cpc.package_fit(CUSTOMERS, catalog)
    assert by_row.explain(1).found.plan == by_row.explain(np.int64(1)).found.plan == "large"
    numbers = pd.DataFrame(CUSTOMERS | {"customer": [100, 101, 102, 103]}, index=[5, 6, 7, 8])
    by_id = cpc.package_fit(numbers, catalog, id="customer")
    assert by_id.explain(101).found.plan == by_id.explain(np.int64(101)).found.plan == "large"
    assert cpc.package_fit(CUSTOMERS, catalog, id="customer").explain("b").found.plan == "large"
    with pytest.raises(cpc.DataError, match=r"fit\.unknown_customer"):
        by_id.explain(1)
    with pytest.raises(cpc.DataError, match=r"fit\.unknown_customer"):
        by_row.explain(4)
    with pytest.raises(TypeError):
        by_row.explain("b")


def test_explanations_read_renamed_columns(catalog: cpc.Catalog) -> None:
    customers = {"minutes": [700.0], "plan": ["small"], "voice": [0.0]}
    fit = cpc.package_fit(customers, catalog, columns={"voice": "minutes", "current_plan": "plan"})
    assert fit.explain(0).found.plan == listed(fit.to_frame(), "plan")[0] == "large"


def test_an_explanation_of_a_row_that_cannot_be_used(catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit({"voice": [-1.0], "current_plan": ["small"]}, catalog, on_error="null")
    with pytest.raises(cpc.DataError, match=r"data\.negative at voice"):
        fit.explain(0)


def test_the_fit_knows_what_it_reads_and_was_made_of(catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit(CUSTOMERS, catalog)
    assert fit.package_fit.inputs == [
        "voice",
        "data",
        "packs",
        "current_plan",
        "present_total",
        "present_fee",
    ]
    assert fit.package_fit.catalog.to_json() == catalog.to_json()
    assert fit.package_fit.record(voice=0, current_plan="large").plan == "small"


def test_bad_rows_fail_the_call_with_their_numbers(kind: str, catalog: cpc.Catalog) -> None:
    voice = [0.0, -1.0, float("inf"), -2.0]
    frame = KINDS[kind]({"voice": voice, "current_plan": ["small"] * 4})
    with pytest.raises(cpc.DataError) as raised:
        cpc.package_fit(frame, catalog)
    found = {
        problem.code: (problem.path, problem.rows, problem.row_count) for problem in raised.value.problems
    }
    assert found == {"data.negative": ("voice", (1, 3), 2), "data.not_finite": ("voice", (2,), 1)}


def test_a_day_may_be_chosen_in_the_call() -> None:
    document = {
        **CATALOGUE,
        "plans": [{**CATALOGUE["plans"][0], "effective": {"to": "2012-12-31"}}, CATALOGUE["plans"][1]],
    }
    catalog = cpc.Catalog.from_dict(document)
    customers = {"voice": [0.0], "present_total": [100], "present_fee": [100]}
    assert listed(cpc.package_fit(customers, catalog, at="2012-06-01").to_frame(), "plan") == ["small"]
    assert listed(cpc.package_fit(customers, catalog, at="2013-06-01").to_frame(), "plan") == ["large"]
    with pytest.raises(cpc.DataError, match=r"tariff\.date_required"):
        cpc.package_fit(customers, catalog)


@pytest.mark.parametrize("simd", cpc.simd_levels())
@pytest.mark.parametrize("threads", [None, 1, 2, 5])
def test_results_do_not_depend_on_how_they_are_computed(
    simd: str, threads: int | None, catalog: cpc.Catalog
) -> None:
    random = np.random.default_rng(3)
    customers = {"voice": random.gamma(2, 200, 70_000).round(2), "current_plan": ["small", "large"] * 35_000}
    expected = cpc.package_fit(customers, catalog, threads=1, simd="off", money="minor").to_frame()
    found = cpc.package_fit(customers, catalog, threads=threads, simd=simd, money="minor").to_frame()
    assert all((found[name] == expected[name]).all() for name in expected)


def test_wrong_options_are_told_so(catalog: cpc.Catalog) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"on_error": "ignore"}, "`on_error` is"),
        ({"simd": "avx3"}, "did you mean `avx2`"),
        ({"money": "cents"}, "`money` is"),
        ({"id": "custmer"}, "did you mean `customer`"),
    ]
    for arguments, words in wrong:
        with pytest.raises(ValueError, match=words):
            cpc.package_fit(CUSTOMERS, catalog, **arguments)


def test_the_published_example() -> None:
    """Its current plan is not among the plans, so that the present bill comes in columns."""
    fit = cpc.PackageFit(
        cpc.Catalog.from_dict(CATALOGUE),
        total_fee_change=("0.6", "1.5"),
        monthly_fee_change=(1, 2),
        rank="priority",
    )
    match = fit.record(voice=200, data=0, packs=30, current_plan="old", present_total=220, present_fee=128)
    assert (match.plan, match.total) == ("large", Decimal("158.00"))
