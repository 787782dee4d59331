"""Rules: one record or a frame decided, and why."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import pickle
from collections import UserDict
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import KINDS, RESULTS, listed

DESK: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "desk",
    "version": "1",
    "name": {"zh": "客服", "en": "Service desk"},
    "currency": {"code": "CNY", "exponent": 2},
    "fields": {
        "arpu": {"type": "number"},
        "tenure": {"type": "integer", "missing": True},
        "city": {"type": "string", "missing": True},
    },
    "outputs": {
        "queue": {"type": "string", "name": {"en": "Queue"}, "about": "Who takes the call."},
        "reply": {"type": "number", "unit": "h", "default": 48},
        "level": {"type": "integer"},
        "gift": {"type": "money", "default": 0},
        "manager": {"type": "boolean"},
        "until": {"type": "date"},
    },
    "hit": "first",
    "unknown": "no_match",
    "rules": [
        {
            "id": "key",
            "name": {"en": "Key account"},
            "note": "agreed in May",
            "when": "arpu > 300",
            "then": {
                "queue": "vip",
                "reply": 24,
                "level": 3,
                "gift": "12.50",
                "manager": True,
                "until": "2012-12-31",
            },
        },
        {"id": "loyal", "when": "tenure >= 60", "then": {"queue": "loyal", "manager": False}},
        {"id": "local", "when": "city == 'foshan'", "then": {"level": 1, "gift": 3}},
    ],
}
ROWS: dict[str, list[Any]] = {
    "unused": ["a", "b", "c", "d"],
    "arpu": [320.0, 90.0, 90.0, 80.5],
    "tenure": [7, 61, 7, 7],
    "city": ["foshan", "foshan", "foshan", "zhuhai"],
}
STATUSES = ["matched", "matched", "matched", "none"]
DECIDES = ["key", "loyal", "local", None]
OUTPUTS: dict[str, list[Any]] = {
    "queue": ["vip", "loyal", None, None],
    "reply": [24.0, 48.0, 48.0, 48.0],
    "level": [3, None, 1, None],
    "gift": [Decimal("12.50"), Decimal("0.00"), Decimal("3.00"), Decimal("0.00")],
    "manager": [True, False, None, None],
    "until": [dt.date(2012, 12, 31), None, None, None],
}


@pytest.fixture(scope="module")
def desk() -> cpc.RuleSet:
    return cpc.RuleSet.from_dict(DESK)


def rules(hit: str, **keys: Any) -> cpc.RuleSet:
    """Two rules, of which the second matches wherever the first does."""
    document: dict[str, Any] = {
        "cpcfit": 1,
        "kind": "rules",
        "id": "gifts",
        "version": "1",
        "currency": {"code": "CNY", "exponent": 2},
        "fields": {"age": {"type": "number"}},
        "outputs": {"points": {"type": "number"}, "voucher": {"type": "money"}},
        "hit": hit,
        "rules": [
            {"id": "senior", "when": "age >= 60", "then": {"points": 10, "voucher": "2.50"}},
            {"id": "adult", "when": "age >= 18", "then": {"points": 5, "voucher": 1}},
        ],
    }
    return cpc.RuleSet.from_dict({**document, **keys})


def is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def plain(values: list[Any]) -> list[Any]:
    return [None if is_missing(value) else value for value in values]


def test_a_file_a_text_and_a_dict_are_the_same(tmp_path: Path) -> None:
    text = json.dumps(DESK)
    path = tmp_path / "desk.json"
    path.write_text(text, "utf-8")
    made = [cpc.RuleSet.read(path), cpc.RuleSet.read(str(path)), cpc.RuleSet.parse(text)]
    assert {found.to_json() for found in made} == {cpc.RuleSet.from_dict(DESK).to_json()}


def test_what_a_rule_set_says_of_itself(desk: cpc.RuleSet) -> None:
    assert (desk.id, desk.version, desk.hit, desk.collect, desk.date) == ("desk", "1", "first", None, None)
    assert desk.names == {"zh": "客服", "en": "Service desk"}
    assert desk.inputs == ["arpu", "tenure", "city"]
    assert repr(desk) == "RuleSet(desk 1, first: 3 rules over arpu, tenure, city)"
    key, loyal, _ = desk.rules
    assert (key.id, key.names, key.note, key.priority) == (
        "key",
        {"en": "Key account"},
        "agreed in May",
        None,
    )
    assert (loyal.note, loyal.effective_from, loyal.effective_to) == (None, None, None)
    assert [(output.id, output.type, output.unit) for output in desk.outputs] == [
        ("queue", "string", None),
        ("reply", "number", "h"),
        ("level", "integer", None),
        ("gift", "money", None),
        ("manager", "boolean", None),
        ("until", "date", None),
    ]
    assert (desk.outputs[0].names, desk.outputs[0].about) == ({"en": "Queue"}, "Who takes the call.")
    assert repr(desk.outputs[1]) == "RuleOutput(reply in h, number)"
    assert "<td>key</td><td>vip</td><td>24.0</td>" in desk._repr_html_()
    with pytest.raises(AttributeError):
        key.note = ""  # type: ignore[misc]


def test_all_problems_of_a_document() -> None:
    document = copy.deepcopy(DESK)
    document["hit"] = "last"
    document["rules"][0]["then"]["queues"] = "vip"
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.RuleSet.from_dict(document)
    assert {problem.path for problem in raised.value.problems} >= {"/hit", "/rules/0/then/queues"}
    with pytest.raises(FileNotFoundError):
        cpc.RuleSet.read("no such file")


def test_one_record(desk: cpc.RuleSet) -> None:
    decision = desk.decide({"arpu": 320}, tenure=7)
    assert (decision.status, decision.rule, decision.rules) == ("matched", "key", ["key"])
    assert decision.outputs == {name: values[0] for name, values in OUTPUTS.items()}
    assert str(decision.outputs["gift"]) == "12.50"
    assert decision.matches == []
    assert repr(decision) == "Decision(matched: key)"
    none = desk.decide(arpu=80.5, tenure=None, city=math.nan)
    assert (none.status, none.rule, none.rules) == ("none", None, [])
    assert none.outputs == {name: values[3] for name, values in OUTPUTS.items()}
    assert repr(none) == "Decision(none)"


def test_several_rules_that_match() -> None:
    listed_one = rules("rule_order").decide(age=61)
    senior: dict[str, Any] = {"points": 10.0, "voucher": Decimal("2.50")}
    adult: dict[str, Any] = {"points": 5.0, "voucher": Decimal("1.00")}
    assert (listed_one.status, listed_one.rule, listed_one.rules) == ("matched", None, ["senior", "adult"])
    assert (listed_one.outputs, listed_one.matches) == (None, [("senior", senior), ("adult", adult)])
    for hit, status in (("unique", "overlap"), ("any", "conflict")):
        refused = rules(hit).decide(age=61)
        assert (refused.status, refused.rule, refused.outputs) == (status, None, None)
        assert refused.matches == listed_one.matches
        assert rules(hit).decide(age=30).outputs == adult
    total = rules("collect", collect="sum").decide(age=61)
    assert (total.rules, total.matches) == (["senior", "adult"], [])
    assert total.outputs == {"points": 15.0, "voucher": Decimal("3.50")}
    assert rules("collect", collect="count").decide(age=61).outputs == {"points": 2, "voucher": 2}


def test_the_first_rule_that_matches(desk: cpc.RuleSet) -> None:
    for row, rule in enumerate(DECIDES):
        record = {name: values[row] for name, values in ROWS.items()}
        assert desk.first(record) == desk.decide(record).rule == rule
        assert desk.first(UserDict(record)) == rule
        assert desk.first({}, **record) == rule
    assert desk.first({"arpu": Decimal("300.5")}) == "key"
    assert desk.first({"arpu": np.float32(1), "tenure": np.int64(60)}) == "loyal"
    assert desk.first({"arpu": 90, "tenure": None, "city": "foshan"}) == "local"
    # Nothing of the record before is left.
    assert desk.first({"arpu": 90}) is None
    assert rules("rule_order").first({"age": 61}) == "senior"


def test_what_is_wrong_with_a_record(desk: cpc.RuleSet) -> None:
    wrong = {"arpus": 85, "tenure": 1.5, "city": True}
    found = []
    for call in (desk.first, desk.decide, desk.explain):
        with pytest.raises(cpc.DataError) as raised:
            call(wrong)
        found.append([str(problem) for problem in raised.value.problems])
        assert [problem.path for problem in raised.value.problems] == ["arpu", "tenure", "city"]
        assert raised.value.problems[0].suggestion == "arpus"
        with pytest.raises(TypeError, match="expected a mapping"):
            call([320])  # type: ignore[arg-type]
    assert found[0] == found[1] == found[2]
    assert desk.first({"arpu": 320}) == "key"


def test_first_and_decide_agree_on_whatever_there_is() -> None:
    types = ["number", "integer", "money", "string", "boolean", "date"]
    conditions = ["number > 5 && string == '7'", "integer == 7 || money == 7.5", "boolean", "string == ''"]
    mixed = rules(
        "first",
        fields={name: {"type": name, "missing": name != "number"} for name in types},
        unknown="no_match",
        rules=[{"id": f"rule{place}", "when": when} for place, when in enumerate(conditions)],
    )
    values: list[Any] = [None, math.nan, math.inf, 7, 7.5, 10**20, "7", "", "2012-05-31", True, b"x"]
    values += [np.float32(7), np.int8(7), np.str_("7"), Decimal("7.5"), pd.NaT, dt.date(2012, 5, 31)]

    def result(call: Any) -> Any:
        try:
            return call()
        except cpc.DataError as error:
            return [str(problem) for problem in error.problems]

    random = np.random.default_rng(7)
    seen = set()
    for _ in range(4000):
        chosen = [name for name in types if random.random() < 0.5]
        record = {name: values[random.integers(len(values))] for name in chosen}
        expected = result(lambda record=record: mixed.decide(record).rule)
        assert result(lambda record=record: mixed.first(record)) == expected, record
        seen.add(expected if isinstance(expected, str) else type(expected))
    assert seen == {"rule0", "rule1", "rule2", "rule3", list, type(None)}


def test_a_value_that_asks_again(desk: cpc.RuleSet) -> None:
    asked = []

    class Tenure(Decimal):
        def __str__(self) -> str:
            asked.append(desk.first({"arpu": 320}))
            return super().__str__()

    assert desk.first({"arpu": 90, "tenure": Tenure(60)}) == "loyal"
    assert asked == ["key"]


def dated() -> cpc.RuleSet:
    spring = {"id": "spring", "effective": {"from": "2012-03-01", "to": "2012-05-31"}}
    return rules("first", rules=[spring, {"id": "later", "effective": {"from": "2012-06-01"}}])


def test_rules_with_dates() -> None:
    for call in (dated().first, dated().decide, dated().explain, dated().apply):
        with pytest.raises(cpc.DataError, match="no date was chosen"):
            call({"age": [61]} if call.__name__ == "apply" else {"age": 61})  # type: ignore[dict-item]
    spring = dated().at("2012-04-01")
    assert (spring.date, [rule.id for rule in spring.rules]) == (dt.date(2012, 4, 1), ["spring"])
    assert spring.rules[0].effective_to == dt.date(2012, 5, 31)
    assert repr(spring) == "RuleSet(gifts 1 at 2012-04-01, first: 1 rules)"
    assert spring.first({}) == "spring"
    assert spring.at(dt.date(2012, 7, 1)).first({}) == "later"
    with pytest.raises(cpc.DataError, match="no rule is in effect"):
        dated().at("2011-01-01")


def test_pickles(desk: cpc.RuleSet) -> None:
    for found in (desk, dated(), dated().at("2012-04-01")):
        again = pickle.loads(pickle.dumps(found))
        assert (again.to_json(), again.date, repr(again)) == (found.to_json(), found.date, repr(found))


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


def test_why(desk: cpc.RuleSet) -> None:
    explanation = desk.explain(arpu=90, city="foshan")
    assert explanation.decision.rule == "local"
    assert str(explanation) == (
        "matched: local\n"
        "  key: false\n"
        "    - arpu > 300: 90 (false)\n"
        "  loyal: unknown, which does not match\n"
        "    - tenure >= 60: nothing (unknown)\n"
        "  local: true\n"
        '    + city = "foshan": "foshan" (true)'
    )
    key, loyal, local = explanation.rules
    assert (key.rule, key.outcome, key.matches) == ("key", False, False)
    [test] = key.tests
    assert (test.tested, test.expected, test.actual) == ("arpu", "> 300", "90")
    assert (test.outcome, test.fails, str(test)) == (False, True, "arpu > 300: 90 (false)")
    assert key.first_failing is key.only_failing is test
    assert (loyal.outcome, loyal.matches, loyal.tests[0].actual) == (None, False, None)
    assert (local.matches, local.first_failing, local.only_failing) == (True, None, None)
    assert repr(local) == "RuleTrace(local: true, matches)"
    assert repr(explanation) == "RulesExplanation(desk 1, first: matched: local)"
    assert "<td>key</td><td>false</td><td>no</td><td>1</td><td>arpu &gt; 300: 90 (false)</td>" in (
        explanation._repr_html_()
    )


def test_several_tests_that_fail() -> None:
    both = [{"id": "both", "when": "age > 60 && age < 90 && age > 40"}]
    [trace] = rules("first", rules=both).explain(age=30).rules
    assert [test.fails for test in trace.tests] == [True, False, True]
    assert trace.first_failing is trace.tests[0]
    assert trace.only_failing is None


def test_rules_come_from_a_sheet() -> None:
    """The fourteen service standards of the example, and a sheet without their columns."""
    examples = Path(__file__).resolve().parents[2] / "examples"
    document = (examples / "models" / "service-standards.rules.yaml").read_text("utf-8")
    standards = cpc.RuleSet.from_table(
        document, (examples / "data" / "segment_standards.csv").read_text("utf-8")
    )
    decision = standards.decide(segment="High churn risk")
    assert decision.rule == "4"
    assert decision.outputs is not None
    assert (decision.outputs["connect_rate"], decision.outputs["marketing"]) == (90.0, True)
    with pytest.raises(cpc.DocumentError, match="no such column"):
        cpc.RuleSet.from_table(document, "row,segment_en\n")


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


def test_the_tests_of_a_document_are_run() -> None:
    document = {
        **DESK,
        "tests": [
            {"id": "key", "given": {"arpu": 301}, "expect": {"rule": "key", "outputs": {"gift": "12.50"}}},
            {"id": "few", "note": "why not", "given": {"arpu": 5}, "expect": {"rule": "key"}},
            {"id": "lacks", "given": {}, "expect": {"status": "none"}},
        ],
    }
    rules = cpc.RuleSet.from_dict(document)
    report = rules.test()
    assert not report.passed
    assert repr(report) == "TestReport(2 of 3 tests failed)"
    passed, few, lacks = report.results
    assert (passed.passed, passed.rules, repr(passed)) == (True, ["key"], "TestResult(key: passed)")
    assert (few.note, few.status, few.date) == ("why not", "none", None)
    assert few.mismatches[0].expected == "key"
    assert str(few.mismatches[0]) == "rule: expected key, found none"
    assert few.reasons == ["key: arpu > 300: 5 (false)"]
    assert (lacks.status, lacks.problems[0].code) == ("invalid", "data.missing_column")
    assert "failed: few (why not)" in str(report)
    coverage = report.coverage
    assert "key" not in coverage.uncovered
    assert (coverage.rules[0].tried, coverage.rules[0].matched, coverage.rules[0].decided) == (2, 1, 1)
    cell = coverage.rules[0].cells[0]
    assert (cell.text, cell.seen_true, cell.seen_false) == ("arpu > 300", True, True)
    assert str(coverage) in str(report)
    assert repr(coverage).startswith("TestCoverage(covered: ")
    assert "few" in report._repr_html_()
    assert "arpu &gt; 300" not in coverage._repr_html_()
    again = pickle.loads(pickle.dumps(rules))
    assert str(again.test()) == str(report)


def test_what_tests_expect_is_checked() -> None:
    with pytest.raises(cpc.DocumentError) as caught:
        cpc.RuleSet.from_dict({**DESK, "tests": [{"given": {"arpuu": 1}, "expect": {"rule": "kye"}}]})
    found = [(problem.code, problem.path) for problem in caught.value.problems]
    assert found == [
        ("rules.unknown_field", "/tests/0/given/arpuu"),
        ("rules.unknown_rule", "/tests/0/expect/rule"),
    ]


def test_the_tests_of_examples_pass() -> None:
    models = Path(__file__).parents[2] / "examples" / "models"
    report = cpc.RuleSet.read(models / "segments.rules.yaml").test()
    assert report.passed, report
    assert (report.coverage.rule_percent, report.coverage.cell_percent) == (100, 100)
    assert report.coverage.defaults == {"marketing": True}
