"""Rules: the rows of a frame decided."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from desk import DECIDES, DESK, OUTPUTS, ROWS, STATUSES, plain, rules
from kinds import KINDS, RESULTS, listed


def test_every_kind_of_frame(kind: str, desk: cpc.RuleSet) -> None:
    decisions = desk.apply(KINDS[kind](ROWS), money="decimal")
    result = decisions.to_frame()
    assert isinstance(result, RESULTS[kind])
    assert listed(result, "status") == STATUSES
    assert plain(listed(result, "rule")) == DECIDES
    for name, values in OUTPUTS.items():
        assert plain(listed(result, name)) == values, name
    assert len(decisions) == 4


def test_a_frame_is_its_rows(desk: cpc.RuleSet) -> None:
    rows = pl.DataFrame(ROWS)
    for record, found in zip(rows.to_dicts(), desk.apply(rows).to_frame().to_dicts(), strict=True):
        decision = desk.decide(record)
        assert decision.outputs is not None
        assert {"status": decision.status, "rule": decision.rule, **decision.outputs} == found


def test_types_of_columns(desk: cpc.RuleSet) -> None:
    assert desk.apply(pl.DataFrame(ROWS)).to_frame().schema == {
        "status": pl.String,
        "rule": pl.String,
        "queue": pl.String,
        "reply": pl.Float64,
        "level": pl.Int64,
        "gift": pl.Decimal(18, 2),
        "manager": pl.Boolean,
        "until": pl.Date,
    }


def test_money_as_it_is_asked_for(kind: str, desk: cpc.RuleSet) -> None:
    def gifts(**options: Any) -> list[Any]:
        return listed(desk.apply(KINDS[kind](ROWS), **options).to_frame(), "gift")

    assert gifts(money="minor") == [1250, 0, 300, 0]
    assert gifts(money="float") == [12.5, 0.0, 3.0, 0.0]
    expected = float if kind in ("pandas", "lists", "numpy") else Decimal
    assert {type(gift) for gift in gifts()} == {expected}


def test_chosen_columns(desk: cpc.RuleSet) -> None:
    decisions = desk.apply(pl.DataFrame(ROWS))
    assert decisions.to_frame().columns == ["status", "rule", *OUTPUTS]
    assert decisions.to_frame(["reply", "rule"]).rows()[1] == (48.0, "loyal")
    with pytest.raises(cpc.DataError, match="did you mean `queue`"):
        decisions.to_frame(["queues"])


def test_what_decisions_say_of_themselves(desk: cpc.RuleSet) -> None:
    decisions = desk.apply(ROWS)
    assert repr(decisions) == "Decisions(desk 1, first: 4 rows, 1 none)"
    assert decisions.counts() == {
        "status": {"matched": 3, "none": 1, "overlap": 0, "conflict": 0, "invalid": 0},
        "rules": {"key": 1, "loyal": 1, "local": 1},
    }
    assert decisions.rule_set.id == "desk"
    assert decisions.problems == []
    assert "<td>loyal</td><td>1</td>" in decisions._repr_html_()


def test_rules_without_conditions_decide_every_row(kind: str) -> None:
    always = rules("first", rules=[{"id": "always", "then": {"points": 1}}])
    assert (always.inputs, always.first({})) == ([], "always")
    assert repr(always) == "RuleSet(gifts 1, first: 1 rules)"
    result = always.apply(KINDS[kind]({"name": ["a", "b"], "age": [1, 2]})).to_frame()
    assert listed(result, "points") == [1.0, 1.0]


def test_columns_of_other_names(kind: str, desk: cpc.RuleSet) -> None:
    frame = KINDS[kind]({"revenue": [320.0], "arpu": [0.0], "tenure": [7], "city": ["foshan"]})
    assert listed(desk.apply(frame, columns={"arpu": "revenue"}).to_frame(), "rule") == ["key"]


def test_missing_columns_suggest_the_nearest_name(kind: str, desk: cpc.RuleSet) -> None:
    with pytest.raises(cpc.DataError) as raised:
        desk.apply(KINDS[kind]({"arpus": [320.0], "tenure": [7], "city": ["foshan"]}))
    [problem] = raised.value.problems
    assert (problem.code, problem.path, problem.suggestion) == ("data.missing_column", "arpu", "arpus")


def test_bad_rows_raise_or_are_null(kind: str) -> None:
    rows = KINDS[kind]({"age": [61.0, float("nan"), 30.0]})
    with pytest.raises(cpc.DataError) as raised:
        rules("first").apply(rows)
    [problem] = raised.value.problems
    assert (problem.path, problem.rows) == ("age", (1,))
    rows = KINDS[kind]({"age": [61.0, float("nan"), 30.0]})
    decisions = rules("first").apply(rows, on_error="null", money="float")
    assert [(problem.path, problem.rows) for problem in decisions.problems] == [("age", (1,))]
    result = decisions.to_frame()
    assert listed(result, "status") == ["matched", "invalid", "matched"]
    assert plain(listed(result, "rule")) == ["senior", None, "adult"]
    assert plain(listed(result, "points")) == [10.0, None, 5.0]
    assert plain(listed(result, "voucher")) == [2.5, None, 1.0]
    assert decisions.counts()["status"]["invalid"] == 1
    rows = KINDS[kind]({"age": [61.0, float("nan"), 30.0]})
    masks = rules("rule_order").apply(rows, on_error="null").to_frame()
    assert listed(masks, "status") == ["matched", "invalid", "matched"]
    assert listed(masks, "adult") == [True, False, True]


def test_null_and_nan_are_both_missing(desk: cpc.RuleSet) -> None:
    for tenure in ([61, None], [61.0, float("nan")], np.array([61.0, np.nan])):
        rows = {"arpu": [90, 90], "tenure": tenure, "city": ["zhuhai", None]}
        assert desk.apply(rows).to_frame()["rule"].tolist() == ["loyal", None]


def test_a_pandas_index_stays(desk: cpc.RuleSet) -> None:
    index = pd.Index(["x", "y", "z", "z"], name="who")
    assert desk.apply(pd.DataFrame(ROWS, index=index)).to_frame().index.equals(index)


def test_results_speak_arrow_themselves(desk: cpc.RuleSet) -> None:
    decisions = desk.apply(ROWS)
    assert pl.DataFrame(decisions).to_dicts() == pa.table(decisions).to_pylist()


def test_empty_frames(desk: cpc.RuleSet) -> None:
    decisions = desk.apply({"arpu": [], "tenure": [], "city": []})
    assert len(decisions) == len(decisions.to_frame()["gift"]) == 0
    assert sum(decisions.counts()["status"].values()) == 0
    masks = rules("rule_order").apply({"age": []})
    assert len(masks.to_frame()["adult"]) == 0


def many(rows: int) -> dict[str, Any]:
    random = np.random.default_rng(7)
    tenure = random.integers(0, 100, rows).astype(float)
    tenure[random.random(rows) < 0.1] = np.nan
    city = np.array(["foshan", "zhuhai"], dtype=object)[random.integers(0, 2, rows)]
    return {"arpu": random.gamma(2, 60, rows), "tenure": tenure, "city": city, "age": tenure}


def test_threads_and_instruction_sets_give_the_same() -> None:
    rows = many(100_001)
    for hit in ("first", "rule_order", "unique"):
        found = cpc.RuleSet.from_dict({**copy.deepcopy(DESK), "hit": hit})
        expected = pl.DataFrame(found.apply(rows, threads=1, simd="off"))
        for simd in [None, *cpc.simd_levels()]:
            for threads in (None, 0, 1, 2, 3):
                assert pl.DataFrame(found.apply(rows, threads=threads, simd=simd)).equals(expected)


def test_chunks_do_not_matter(desk: cpc.RuleSet) -> None:
    whole = pl.DataFrame(ROWS)
    parts = pl.concat([whole[:1], whole[1:3], whole[3:]], rechunk=False)
    assert parts.n_chunks() == 3
    assert desk.apply(parts).to_frame().equals(desk.apply(whole).to_frame())
    masks = rules("rule_order")
    ages = pl.DataFrame({"age": [float(age % 90) for age in range(300)]})
    cut = pl.concat([ages[:7], ages[7:200], ages[200:]], rechunk=False)
    assert masks.apply(cut).to_frame().equals(masks.apply(ages).to_frame())


def test_results_outlive_the_frame_and_are_the_callers(desk: cpc.RuleSet) -> None:
    decisions = desk.apply(ROWS)
    first = decisions.to_frame()
    first["reply"][:] = 0
    assert decisions.to_frame()["reply"].tolist() == OUTPUTS["reply"]


def test_threads_share_one_rule_set(desk: cpc.RuleSet) -> None:
    records = [{name: values[row] for name, values in ROWS.items()} for row in range(4)] * 500

    def work(_: int) -> bool:
        firsts = [desk.first(record) for record in records]
        return firsts == DECIDES * 500 and desk.apply(ROWS).counts()["status"]["none"] == 1

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))


@pytest.mark.parametrize("seed", range(20))
def test_random_columns_with_nulls_equal_polars(seed: int) -> None:
    """A condition over columns with nulls is true where it is in polars: an unknown one does not match."""
    random = np.random.default_rng(seed)
    rows = 2000

    def some(values: Any) -> list[Any]:
        present = random.random(rows) > 0.2
        return [value if there else None for value, there in zip(values.tolist(), present, strict=True)]

    frame = pl.DataFrame(
        {
            "x": some(random.integers(0, 10, rows).astype(float)),
            "y": some(random.integers(0, 10, rows).astype(float)),
            "i": some(random.integers(-5, 5, rows)),
            "s": some(np.array(["a", "ab", "b", ""])[random.integers(0, 4, rows)]),
            "b": some(random.integers(0, 2, rows).astype(bool)),
        },
        schema={"x": pl.Float64, "y": pl.Float64, "i": pl.Int64, "s": pl.String, "b": pl.Boolean},
    )

    def test(depth: int) -> tuple[str, pl.Expr]:
        kind = random.integers(0, 6 if depth == 0 else 10)
        number = int(random.integers(0, 10))
        column = str(random.choice(["x", "y"]))
        match kind:
            case 0:
                return f"{column} > {number}", pl.col(column) > number
            case 1:
                return f"x + 2 * y <= {number}", pl.col("x") + 2 * pl.col("y") <= number
            case 2:
                return f"i % 3 == {number % 3}", pl.col("i") - (pl.col("i") / 3).cast(
                    pl.Int64
                ) * 3 == number % 3
            case 3:
                return 's in ["a", "b"]', pl.col("s").is_in(["a", "b"])
            case 4:
                return 's.startsWith("a") && size(s) > 1', pl.col("s").str.starts_with("a") & (
                    pl.col("s").str.len_chars() > 1
                )
            case 5:
                return "b", pl.col("b")
            case 6 | 7:
                (left, one), (right, other) = test(depth - 1), test(depth - 1)
                return f"({left}) && ({right})", one & other
            case 8:
                (left, one), (right, other) = test(depth - 1), test(depth - 1)
                return f"({left}) || ({right})", one | other
            case _:
                inner, negated = test(depth - 1)
                return f"!({inner})", ~negated

    fields = {"x": "number", "y": "number", "i": "integer", "s": "string", "b": "boolean"}
    for _ in range(10):
        text, expression = test(3)
        document = {
            "cpcfit": 1,
            "kind": "rules",
            "id": "test",
            "version": "1",
            "hit": "first",
            "unknown": "no_match",
            "fields": {name: {"type": kind, "missing": True} for name, kind in fields.items()},
            "rules": [{"id": "hit", "when": text}],
        }
        ours = cpc.RuleSet.from_dict(document).apply(frame).to_frame(["rule"])["rule"].is_not_null()
        theirs = frame.select(found=expression.fill_null(value=False))["found"]
        assert ours.equals(theirs), text
