"""The oracle's own rules on tables worked out by hand."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import plain_yaml
import pytest

from oracle import Match, Problem, conjunction, disjunction, exact, funnel, negation, rounded, scaled, within

QUARTERS = {  # 0, 1/4, 1/2, 3/4, 1, 5/4, 3/2, 7/4, 2, 9/4, 5/2
    "half_up": [0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3],
    "half_even": [0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2],
    "half_down": [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
    "up": [0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3],
    "down": [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2],
}


@pytest.mark.parametrize(("mode", "expected"), QUARTERS.items())
def test_rounding(mode: str, expected: list[int]) -> None:
    assert [rounded(Fraction(quarters, 4), mode) for quarters in range(11)] == expected
    assert [rounded(Fraction(5 * quarters, 4), mode, 5) for quarters in range(11)] == [
        5 * value for value in expected
    ]
    assert [rounded(Fraction(-quarters, 4), mode) for quarters in range(11)] == [-value for value in expected]


@pytest.mark.parametrize(
    ("value", "ratio", "expected"),
    [
        (612.5, 60, 36750),
        (0.025, 60, 2),  # 1.5
        (0.5 / 60, 60, 0),  # 0.5
        (-0.0, 60, 0),
        (3, 60, 180),
        (Decimal("0.05"), 60, 3),
        ("1e2", 60, 6000),
        (".5", 60, 30),
        (None, 60, None),
        (float("nan"), 60, None),
        (2**53 - 1, 1, 2**53 - 1),
        (-1e-9, 60, "data.negative"),
        (float("inf"), 60, "data.not_finite"),
        (2**53, 1, "data.too_large"),
        (float(2**53), 1, "data.too_large"),
        (Decimal("0.01"), 60, "data.inexact"),
        ("many", 60, "data.bad_decimal"),
        (True, 60, "data.wrong_type"),
    ],
)
def test_scaled(value: Any, ratio: int, expected: int | str | None) -> None:
    if not isinstance(expected, str):
        assert scaled(value, ratio, "voice") == expected
        return
    with pytest.raises(Problem) as problem:
        scaled(value, ratio, "voice")
    assert problem.value.code == expected


def test_a_float_of_a_document_is_the_decimal_that_was_written() -> None:
    assert exact(0.29) == exact("0.29") == exact(Decimal("0.29")) == Fraction(29, 100)


def test_bounds_are_inclusive_and_exact() -> None:
    bounds = {"min": 0.6, "max": "1.5"}
    assert [within(total, 10000, bounds) for total in (5999, 6000, 6001, 14999, 15000, 15001)] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert not within(1, 3, {"max": "0.333333333333333333333333333333"})
    assert within(1, 3, {"min": "0.333333333333333333333333333333"})
    assert within(10**15, 1, None)


def test_kleene() -> None:
    values = (True, False, None)
    assert [conjunction([a, b]) for a in values for b in values] == [
        True,
        False,
        None,
        False,
        False,
        False,
        None,
        False,
        None,
    ]
    assert [disjunction([a, b]) for a in values for b in values] == [
        True,
        True,
        True,
        True,
        False,
        None,
        True,
        None,
        None,
    ]
    assert [negation(a) for a in values] == [False, True, None]
    assert (conjunction([]), disjunction([])) == (True, False)


def test_a_funnel_loses_nobody() -> None:
    matches = [
        Match(status)
        for status in (
            "target",
            "target",
            "stays",
            "not_candidate",
            "present_total_zero",
            "invalid",
            "no_plan_in_bounds",
        )
    ]
    found = funnel(matches)
    assert sum(found["statuses"].values()) == found["stages"]["customers"] == 7
    assert list(found["stages"].values()) == [7, 5, 4, 4, 3, 2]


def test_plain_yaml() -> None:
    text = 'a: {b: [1, 2.50, "x, y"], c: 2012-01-01}  # a comment\nd:\n  - e: 15 GB\n    f: true\n  - ~\n'
    assert plain_yaml.load(text) == {
        "a": {"b": [1, Decimal("2.50"), "x, y"], "c": "2012-01-01"},
        "d": [{"e": "15 GB", "f": True}, None],
    }
