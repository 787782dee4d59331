"""Frameworks: one object or a frame scored, explained, and fitted to data."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import pickle
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
from kinds import EXAMPLES, KINDS, RESULTS, listed, pauses_during

MODELS = EXAMPLES / "models"

DESK: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "framework",
    "id": "desk",
    "version": "1",
    "name": {"zh": "热线", "en": "Service desk"},
    "source": "ours",
    "root": "desk",
    "indicators": {
        "rate": {
            "name": {"en": "Calls answered"},
            "unit": "%",
            "direction": "higher",
            "weight": 3,
            "normalise": {"goalposts": {"worst": 70, "best": 100}},
        },
        "wait": {
            "unit": "s",
            "direction": "lower",
            "missing": "skip",
            "normalise": {"goalposts": {"worst": 60, "best": 10}},
            "source": "published",
        },
        "load": {
            "direction": "target",
            "missing": {"value": 70},
            "normalise": {"target": {"value": 70, "tolerance": 10, "distance": 20}},
        },
    },
    "nodes": {
        "desk": {"children": ["rate", "queue"]},
        "queue": {"children": ["wait", "load"], "source": "ours"},
    },
}
ROWS: dict[str, list[Any]] = {
    "name": ["a", "b", "c", "d"],
    "rate": [100.0, 85.0, 70.0, 100.0],
    "wait": [10.0, 35.0, float("nan"), 35.0],
    "load": [70.0, 70.0, 90.0, float("nan")],
}
SCORES = [100.0, 56.25, 12.5, 93.75]
QUEUES = [100.0, 75.0, 50.0, 75.0]
STATUSES = ["ok", "ok", "partial", "imputed"]
COVERAGES = [1.0, 1.0, 0.875, 0.875]


@pytest.fixture(scope="module")
def desk() -> cpc.Framework:
    return cpc.Framework.from_dict(DESK)


def changed(**keys: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DESK), **keys}


def is_missing(value: Any) -> bool:
    return value is None or math.isnan(value)


def test_a_file_a_text_and_a_dict_are_the_same(tmp_path: Path) -> None:
    text = json.dumps(DESK)
    path = tmp_path / "desk.json"
    path.write_text(text, "utf-8")
    made = [cpc.Framework.read(path), cpc.Framework.read(str(path)), cpc.Framework.parse(text)]
    assert {framework.to_json() for framework in made} == {cpc.Framework.from_dict(DESK).to_json()}


def test_what_a_framework_says_of_itself(desk: cpc.Framework) -> None:
    assert (desk.id, desk.version, desk.source, desk.scale) == ("desk", "1", "ours", (0.0, 100.0))
    assert desk.names == {"zh": "热线", "en": "Service desk"}
    assert (desk.name("zh"), desk.name("fr")) == ("热线", "Service desk")
    assert (desk.is_fitted, desk.fitted, desk.warnings) == (True, None, [])
    assert desk.inputs == ["rate", "wait", "load"]
    assert repr(desk) == "Framework(desk 1 on 0 to 100: 3 indicators, 1 higher, 1 lower, 1 target)"
    rate, wait, load = desk.indicators
    assert (rate.id, rate.names, rate.unit, rate.direction) == (
        "rate",
        {"en": "Calls answered"},
        "%",
        "higher",
    )
    assert (wait.direction, wait.source, load.unit, load.source) == ("lower", "published", None, None)
    assert [found.effective_weight for found in (rate, wait, load)] == [0.75, 0.125, 0.125]
    assert [(node.id, node.aggregate, node.names, node.source) for node in desk.nodes] == [
        ("desk", "arithmetic", {}, None),
        ("queue", "arithmetic", {}, "ours"),
    ]
    with pytest.raises(AttributeError):
        rate.unit = "s"  # type: ignore[misc]


def test_all_problems_of_a_document() -> None:
    document = changed(root="desk")
    document["indicators"]["rate"]["direction"] = "up"
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.Framework.from_dict(document)
    assert "/indicators/rate/direction" in {problem.path for problem in raised.value.problems}
    with pytest.raises(FileNotFoundError):
        cpc.Framework.read("no such file")


def test_one_object(desk: cpc.Framework) -> None:
    score = desk.score_one({"rate": 85, "wait": 35.0}, load=Decimal(70))
    assert (score.value, score.coverage, score.status) == (56.25, 1.0, "ok")
    assert repr(score) == "Score(56.25, coverage 100%, ok)"
    partial = desk.score_one(rate=70, wait=None, load=90)
    assert (partial.value, partial.coverage, partial.status) == (12.5, 0.875, "partial")


def test_what_is_wrong_with_an_object(desk: cpc.Framework) -> None:
    with pytest.raises(cpc.DataError) as raised:
        desk.score_one(rates=85, wait=math.inf)
    problems = {problem.path: problem for problem in raised.value.problems}
    assert problems.keys() == {"rate", "wait"}
    assert problems["rate"].suggestion == "rates"


def test_every_kind_of_frame(kind: str, desk: cpc.Framework) -> None:
    scores = desk.score(KINDS[kind](ROWS), nodes=["queue", "wait"])
    result = scores.to_frame()
    assert isinstance(result, RESULTS[kind])
    assert listed(result, "score") == SCORES
    assert listed(result, "coverage") == COVERAGES
    assert listed(result, "status") == STATUSES
    assert listed(result, "queue") == QUEUES
    *known, missing, last = listed(result, "wait")
    assert (known, last) == ([100.0, 50.0], 50.0)
    assert is_missing(missing)
    assert len(scores) == 4
    ranks = scores.ranks()
    assert isinstance(ranks, RESULTS[kind])
    assert listed(ranks, "rank") == [1, 3, 4, 2]


def test_a_frame_is_its_rows() -> None:
    framework = cpc.Framework.read(MODELS / "product-channel.framework.yaml")
    rows = pl.read_csv(EXAMPLES / "data" / "product_channel.csv")
    scores = framework.score(rows, nodes=[node.id for node in framework.nodes]).to_frame()
    for record, found in zip(rows.select(framework.inputs).to_dicts(), scores.to_dicts(), strict=True):
        explanation = framework.explain(record)
        one = framework.score_one(record)
        assert (found["score"], found["coverage"], found["status"]) == (one.value, one.coverage, one.status)
        assert all(found[node.id] == node.score for node in explanation.nodes)


def test_published_scores() -> None:
    framework = cpc.Framework.read(MODELS / "hdi.framework.yaml")
    countries = pl.read_csv(EXAMPLES / "data" / "hdi_2021.csv")
    published = next(name for name in countries.columns if name.startswith("hdi"))
    scores = framework.score(countries).to_frame()["score"]
    assert scores.round(3).to_list() == countries[published].to_list()


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.framework.yaml")), ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    framework = cpc.Framework.read(path)
    assert framework.is_fitted
    assert sum(indicator.effective_weight for indicator in framework.indicators) == pytest.approx(1)
    assert {indicator.direction for indicator in framework.indicators} <= {"higher", "lower", "target"}


def test_results_tell_directions_and_scale(desk: cpc.Framework) -> None:
    scores = desk.score(ROWS)
    assert scores.directions == {"rate": "higher", "wait": "lower", "load": "target"}
    assert repr(scores) == (
        "Scores(desk 1 on 0 to 100, 1 higher, 1 lower, 1 target: 4 rows, 1 imputed, 1 partial)"
    )
    assert "<td>wait</td><td>lower</td><td>s</td>" in desk._repr_html_()
    assert scores.counts() == {"ok": 2, "imputed": 1, "partial": 1, "missing": 0, "invalid": 0}
    assert "<td>partial</td><td>1</td>" in scores._repr_html_()
    assert scores.framework.id == "desk"


def test_where_every_row_is_ok(kind: str, desk: cpc.Framework) -> None:
    scores = desk.score(KINDS[kind]({"rate": [100.0, 85.0], "wait": [10.0, 35.0], "load": [70, 70]}))
    result = scores.to_frame()
    assert listed(result, "score") == [100.0, 56.25]
    assert listed(result, "coverage") == [1.0, 1.0]
    assert listed(result, "status") == ["ok", "ok"]
    assert scores.counts()["ok"] == 2


def test_chosen_columns(desk: cpc.Framework) -> None:
    scores = desk.score(pl.DataFrame(ROWS), nodes=["queue"])
    assert scores.to_frame().columns == ["score", "coverage", "status", "queue"]
    assert scores.to_frame(["queue", "score"]).rows()[1] == (75.0, 56.25)
    with pytest.raises(cpc.DataError, match="did you mean `queue`"):
        scores.to_frame(["queues"])


def test_names_of_the_result_are_unique(desk: cpc.Framework) -> None:
    for nodes in (["queue", "queue"], ["score"]):
        with pytest.raises(ValueError, match=f"two columns named `{nodes[-1]}`"):
            desk.score(ROWS, nodes=nodes)
    with pytest.raises(cpc.DataError) as raised:
        desk.score(ROWS, nodes=["queues", "weight"])
    assert [problem.path for problem in raised.value.problems] == ["queues", "weight"]
    assert raised.value.problems[0].suggestion == "queue"


def test_columns_of_other_names(kind: str, desk: cpc.Framework) -> None:
    frame = KINDS[kind]({"rate": [85.0], "seconds": [35.0], "wait": [0.0], "load": [70.0]})
    assert listed(desk.score(frame, columns={"wait": "seconds"}).to_frame(), "score") == [56.25]


def test_only_the_columns_needed_cross(desk: cpc.Framework) -> None:
    columns: dict[str, list[Any]] = {"rate": [85.0], "wait": [35.0], "load": [70.0], "odd": [{"a": [1]}]}
    for frame in (pl.DataFrame(columns), pd.DataFrame(columns), pa.table(columns), columns):
        desk.score(frame)


def test_missing_columns_suggest_the_nearest_name(kind: str, desk: cpc.Framework) -> None:
    with pytest.raises(cpc.DataError) as raised:
        desk.score(KINDS[kind]({"rates": [85.0], "wait": [35.0], "load": [70.0]}))
    [problem] = raised.value.problems
    assert (problem.code, problem.path, problem.suggestion) == ("data.missing_column", "rate", "rates")


def test_null_and_nan_are_both_missing(desk: cpc.Framework) -> None:
    for wait in ([35.0, None], [35.0, float("nan")], np.array([35.0, np.nan])):
        rows = {"rate": [85.0, 85.0], "wait": wait, "load": [70.0, 70.0]}
        assert desk.score(rows).to_frame()["status"].tolist() == ["ok", "partial"]


def test_bad_rows_raise_or_are_null(kind: str, desk: cpc.Framework) -> None:
    rows = {"rate": [85.0, float("nan"), 85.0], "wait": [35.0, 35.0, float("inf")], "load": [70.0] * 3}
    with pytest.raises(cpc.DataError) as raised:
        desk.score(KINDS[kind](rows))
    found = {problem.path: problem.rows for problem in raised.value.problems}
    assert found == {"rate": (1,), "wait": (2,)}
    scores = desk.score(KINDS[kind](rows), nodes=["rate"], on_error="null")
    assert {problem.path: problem.rows for problem in scores.problems} == found
    result = scores.to_frame()
    assert listed(result, "status") == ["ok", "invalid", "invalid"]
    for column in ("score", "coverage", "rate"):
        first, *others = listed(result, column)
        assert first is not None
        assert all(map(is_missing, others))
    assert scores.counts() == {"ok": 1, "imputed": 0, "partial": 0, "missing": 0, "invalid": 2}
    first, *others = listed(scores.ranks(), "rank")
    assert first == 1
    assert all(map(is_missing, others))


def test_nulls_are_nulls_where_a_frame_has_them(desk: cpc.Framework) -> None:
    rows = {"rate": [None, 85.0], "wait": [35.0, 35.0], "load": [70.0, 70.0]}
    scores = desk.score(pl.DataFrame(rows), on_error="null")
    assert scores.to_frame()["score"].to_list() == [None, 56.25]
    assert scores.to_frame()["score"].null_count() == 1
    assert scores.ranks()["rank"].to_list() == [None, 1]
    assert scores.to_frame().schema["status"] == pl.String


def test_a_pandas_index_stays(desk: cpc.Framework) -> None:
    index = pd.Index(["x", "y", "z", "z"], name="who")
    scores = desk.score(pd.DataFrame(ROWS, index=index))
    assert scores.to_frame().index.equals(index)
    assert scores.ranks().index.equals(index)


def test_results_speak_arrow_themselves(desk: cpc.Framework) -> None:
    scores = desk.score(ROWS)
    assert pl.DataFrame(scores).to_dicts() == pa.table(scores).to_pylist()


def test_empty_frames(kind: str, desk: cpc.Framework) -> None:
    if kind in ("pyarrow batch", "pyarrow reader", "duckdb"):
        return
    scores = desk.score(KINDS[kind]({"rate": [], "wait": [], "load": []}))
    assert len(scores) == len(listed(scores.to_frame(), "score")) == 0
    assert sum(scores.counts().values()) == 0


def many(rows: int) -> dict[str, Any]:
    random = np.random.default_rng(7)
    wait = random.gamma(2, 15, rows)
    wait[random.random(rows) < 0.1] = np.nan
    return {"rate": random.uniform(60, 105, rows), "wait": wait, "load": random.normal(70, 15, rows)}


@pytest.mark.parametrize("ok", [True, False])
def test_threads_and_instruction_sets_give_the_same_bits(ok: bool, desk: cpc.Framework) -> None:
    rows = many(100_001)
    if ok:
        rows["wait"] = np.nan_to_num(rows["wait"], nan=30.0)

    def bits(**options: Any) -> list[bytes]:
        frame = desk.score(rows, nodes=["queue"], **options).to_frame()
        return [frame[name].tobytes() for name in ("score", "coverage", "queue")]

    expected = bits(threads=1, simd="off")
    for simd in [None, *cpc.simd_levels()]:
        for threads in (None, 0, 1, 2, 3):
            assert bits(threads=threads, simd=simd) == expected, (simd, threads)


def test_chunks_do_not_matter(desk: cpc.Framework) -> None:
    whole = pl.DataFrame(ROWS)
    parts = pl.concat([whole[:1], whole[1:3], whole[3:]], rechunk=False)
    assert parts.n_chunks() == 3
    assert desk.score(parts).to_frame().equals(desk.score(whole).to_frame())


def test_results_outlive_the_frame_and_are_the_callers(desk: cpc.Framework) -> None:
    scores = desk.score(dict(ROWS))
    first = scores.to_frame()["score"]
    first[0] = -1.0
    assert scores.to_frame()["score"].tolist() == SCORES


def test_an_explanation(desk: cpc.Framework) -> None:
    explanation = desk.explain(rate=85, wait=35, load=None)
    score = explanation.score
    assert (score.value, score.coverage, score.status) == (56.25, 0.875, "imputed")
    assert [
        (node.id, node.depth, node.score, node.weight, node.contribution) for node in explanation.nodes
    ] == [
        ("desk", 0, 56.25, 1.0, 56.25),
        ("queue", 1, 75.0, 0.25, 18.75),
    ]
    rate, wait, load = explanation.indicators
    assert (rate.id, rate.names, rate.direction, rate.unit) == (
        "rate",
        {"en": "Calls answered"},
        "higher",
        "%",
    )
    assert (wait.value, wait.score, wait.weight, wait.effective_weight) == (35.0, 50.0, 0.5, 0.125)
    assert (wait.contribution, wait.undone, wait.lift, wait.grade) == (6.25, 6.25, -0.78125, None)
    assert (load.value, load.origin, load.at_end, load.depth) == (None, "imputed", True, 2)
    assert sum(found.contribution for found in explanation.indicators) == score.value
    assert sum(found.undone for found in explanation.indicators) == 100 - score.value
    with pytest.raises(AttributeError):
        wait.value = 0.0  # type: ignore[misc]


def test_strengths_and_weaknesses(desk: cpc.Framework) -> None:
    explanation = desk.explain(rate=85, wait=35, load=70)
    assert [found.id for found in explanation.strengths()] == ["load"]
    assert [found.id for found in explanation.weaknesses()] == ["rate", "wait"]
    assert [found.id for found in explanation.weaknesses(1)] == ["rate"]
    assert [found.id for found in explanation.weaknesses(n=0)] == []


def test_an_explanation_as_text_html_and_dict(desk: cpc.Framework) -> None:
    explanation = desk.explain(rate=85, wait=35, load=None)
    lines = str(explanation).splitlines()
    assert lines[0] == "desk 56.25 on 0 to 100 (imputed, coverage 88%)"
    assert lines[1] == "  + rate = 85 %: 50.00 x 0.7500 brings 37.50"
    assert "ScoreExplanation(desk 1 on 0 to 100: Score(56.25" in repr(explanation)
    assert "<td>wait</td><td>lower</td><td>35 s</td><td>50.00</td>" in explanation._repr_html_()
    found = explanation.to_dict()
    assert json.loads(json.dumps(found)) == found
    assert found["score"] == {"value": 56.25, "coverage": 0.875, "status": "imputed"}
    assert (found["framework"], found["scale"]) == ("desk", [0.0, 100.0])
    assert [node["id"] for node in found["nodes"]] == ["desk", "queue"]
    assert found["indicators"][1]["lift"] == -0.78125
    attributes = {name for name in vars(cpc.IndicatorScore) if not name.startswith("_")}
    assert found["indicators"][0].keys() == attributes


def test_grades() -> None:
    document = changed()
    document["indicators"]["rate"]["normalise"] = {
        "bands": [{"below": 80, "score": 20, "grade": "poor"}, {"score": 90, "grade": "good"}]
    }
    explanation = cpc.Framework.from_dict(document).explain(rate=85, wait=35, load=70)
    assert explanation.indicators[0].grade == "good"


def open_end() -> cpc.Framework:
    document = changed()
    document["indicators"]["rate"]["normalise"] = {"goalposts": {"worst": "min", "best": 100}}
    document["indicators"]["wait"]["normalise"] = {"from_data": "min_max"}
    return cpc.Framework.from_dict(document)


@pytest.mark.parametrize("on", ["2011-12-31", dt.date(2011, 12, 31), None])
def test_fitting(on: Any, kind: str) -> None:
    framework = open_end()
    assert not framework.is_fitted
    assert repr(framework).endswith("not fitted)")
    with pytest.raises(cpc.DocumentError) as raised:
        framework.score(KINDS[kind](ROWS))
    assert {problem.code for problem in raised.value.problems} == {"scoring.not_fitted"}
    fitted = framework.fit(KINDS[kind](ROWS), on=on)
    assert fitted.is_fitted
    assert fitted.fitted == {"on": on and dt.date(2011, 12, 31), "rows": 4}
    frozen = json.loads(fitted.to_json())["indicators"]
    assert frozen["rate"]["normalise"] == {"goalposts": {"worst": 70, "best": 100, "log": False}}
    assert fitted.score_one(rate=85, wait=10, load=70).value == 62.5


def test_fitting_to_columns_of_other_names() -> None:
    rows = {"answered": [70.0, 100.0], "wait": [10.0, 60.0], "load": [70.0, 70.0]}
    fitted = open_end().fit(rows, columns={"rate": "answered"})
    assert fitted.score_one(rate=85, wait=35, load=70).value == 56.25


def test_what_cannot_be_fitted() -> None:
    with pytest.raises(cpc.DocumentError) as raised:
        open_end().fit({"rate": [80.0, 80.0], "wait": [30.0, 30.0], "load": [70.0, 70.0]})
    assert "scoring.zero_width" in {problem.code for problem in raised.value.problems}
    with pytest.raises(cpc.DataError, match=r"data\.missing_column at rate"):
        open_end().fit({"wait": [30.0, 40.0], "load": [70.0, 70.0]})
    rows = {"rate": [70.0, math.inf, 100.0], "wait": [10.0, 20.0, 60.0], "load": [70.0] * 3}
    with pytest.raises(cpc.DataError) as infinite:
        open_end().fit(rows)
    assert [problem.path for problem in infinite.value.problems] == ["rate"]
    assert open_end().fit(rows, on_error="null").score_one(rate=85, wait=35, load=70).value == 56.25


def test_wrong_arguments(desk: cpc.Framework) -> None:
    with pytest.raises(ValueError, match="`on_error` is"):
        desk.score(ROWS, on_error="ignore")  # type: ignore[arg-type]
    with pytest.raises(cpc.DataError, match="simd"):
        desk.score(ROWS, simd="sse9")
    with pytest.raises(cpc.DataError, match="waits"):
        desk.score(ROWS, columns={"waits": "wait"})
    with pytest.raises(ValueError, match="invalid date"):
        open_end().fit(ROWS, on="2011-02-29")
    with pytest.raises(TypeError):
        desk.score(ROWS, nodes="queue")
    with pytest.raises(TypeError):
        cpc.Framework()


def test_pickled_frameworks_are_the_same(desk: cpc.Framework) -> None:
    for framework in (desk, open_end(), open_end().fit(ROWS, on="2011-12-31")):
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            copied = pickle.loads(pickle.dumps(framework, protocol))
            assert copied.to_json() == framework.to_json()
            assert copied.fitted == framework.fitted
        assert copy.deepcopy(framework).to_json() == framework.to_json()


def test_threads_share_a_framework(desk: cpc.Framework) -> None:
    scores = desk.score(ROWS)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: desk.score_one(rate=85, wait=35, load=70).value, range(64))) == {56.25}
        assert all(
            found == SCORES for found in pool.map(lambda _: listed(scores.to_frame(), "score"), range(64))
        )


def test_others_run_while_scores_are_computed(desk: cpc.Framework) -> None:
    rows = many(1_000_000)
    assert pauses_during(lambda: desk.score(rows, threads=1, simd="off")) > 10
