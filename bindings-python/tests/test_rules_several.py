"""Rules of which several may match: what a frame of them holds."""

from __future__ import annotations

from typing import Any

import cpcfit as cpc
import numpy as np
import pytest
from desk import plain, rules
from kinds import KINDS, RESULTS, listed


def test_several_rules_that_match_in_a_frame(kind: str) -> None:
    frame = {"age": [61.0, 30.0, 3.0]}
    for hit, status in (("unique", "overlap"), ("any", "conflict")):
        result = rules(hit).apply(KINDS[kind](frame), money="float").to_frame()
        assert listed(result, "status") == [status, "matched", "none"]
        assert plain(listed(result, "rule")) == [None, "adult", None]
        assert listed(result, "count") == [2, 1, 0]
        assert plain(listed(result, "points")) == [None, 5.0, None]
        assert plain(listed(result, "voucher")) == [None, 1.0, None]
    total = rules("collect", collect="sum").apply(KINDS[kind](frame), money="float")
    assert plain(listed(total.to_frame(), "points")) == [15.0, 5.0, None]
    assert plain(listed(total.to_frame(), "voucher")) == [3.5, 1.0, None]
    assert plain(listed(total.to_frame(), "count")) == [2, 1, 0]
    assert total.counts()["rules"] == {"senior": 1, "adult": 2}
    number = rules("collect", collect="count").apply(KINDS[kind](frame)).to_frame()
    assert plain(listed(number, "voucher")) == [2, 1, None]


def test_counts_with_defaults_of_any_type() -> None:
    for kind, default, expected in (
        ("number", 7.5, 7.5),
        ("integer", 7, 7),
        ("money", "7.50", 7.5),
        ("string", "no", "no"),
        ("boolean", True, "true"),
        ("date", "2012-05-31", "2012-05-31"),
    ):
        given = {"points": {"type": kind, "default": default}}
        one = [{"id": "adult", "when": "age >= 18"}]
        found = rules("collect", collect="count", outputs=given, rules=one).apply({"age": [30, 3]})
        matched, none = found.to_frame()["points"].tolist()
        assert (str(matched).removesuffix(".0"), none) == ("1", expected)


@pytest.mark.parametrize("keys", [("rule_order", {}), ("collect", {"collect": "list"})])
def test_masks(kind: str, keys: tuple[str, dict[str, Any]]) -> None:
    found = rules(keys[0], **keys[1]).apply(KINDS[kind]({"age": [61.0, 30.0, 3.0]}))
    result = found.to_frame()
    assert isinstance(result, RESULTS[kind])
    assert listed(result, "status") == ["matched", "matched", "none"]
    assert listed(result, "count") == [2, 1, 0]
    assert listed(result, "senior") == [True, False, False]
    assert listed(result, "adult") == [True, True, False]
    assert found.counts()["rules"] == {"senior": 1, "adult": 2}
    with pytest.raises(cpc.DataError, match="points"):
        found.to_frame(["points"])


def test_masks_select_rows() -> None:
    ages = np.arange(1000) % 100
    found = rules("output_order", rules=ranked()).apply({"age": ages})
    frame = found.to_frame()
    assert (frame["senior"] == (ages >= 60)).all()
    assert frame["adult"].dtype == bool
    assert len(ages[frame["adult"]]) == 820


def ranked() -> list[dict[str, Any]]:
    return [
        {"id": "senior", "priority": 2, "when": "age >= 60"},
        {"id": "adult", "priority": 1, "when": "age >= 18"},
    ]


def test_priority() -> None:
    found = rules("priority", rules=ranked())
    assert [rule.priority for rule in found.rules] == [2, 1]
    assert found.first({"age": 61}) == "adult"
    assert found.apply({"age": [61, 3]}).to_frame(["rule"])["rule"].tolist() == ["adult", None]


def test_names_of_the_result_are_unique() -> None:
    for name in ("status", "rule"):
        with pytest.raises(ValueError, match=f"two columns named `{name}`: the output"):
            rules("first", outputs={name: {"type": "number"}}, rules=[{"id": "one"}]).apply({"age": [1]})
    one: list[dict[str, Any]] = [{"id": "count"}]
    with pytest.raises(ValueError, match="two columns named `count`: the rule"):
        rules("rule_order", rules=one).apply({"age": [1]})
    # Where there is no such column, the name is free.
    free = rules("first", outputs={"count": {"type": "number", "default": 2}}, rules=one)
    assert free.apply({"age": [1]}).to_frame()["count"].tolist() == [2.0]
