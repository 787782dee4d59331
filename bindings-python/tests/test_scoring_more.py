"""Frameworks: data looked at, goals, differences, roll-up, statistics, and how sure ranks and scores are."""

from __future__ import annotations

import copy
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pytest
from kinds import KINDS, RESULTS, listed, pauses_during

DESK: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "framework",
    "id": "desk",
    "version": "1",
    "root": "desk",
    "indicators": {
        "rate": {
            "unit": "%",
            "direction": "higher",
            "weight": 2,
            "missing": "skip",
            "possible": {"min": 0, "max": 100},
            "normalise": {"goalposts": {"worst": 0, "best": 100}},
        },
        "wait": {
            "unit": "s",
            "direction": "lower",
            "normalise": {"goalposts": {"worst": 60, "best": 10}},
        },
        "load": {"direction": "higher", "normalise": {"goalposts": {"worst": 0, "best": 10}}},
    },
    # Another order than that of the document.
    "nodes": {"desk": {"children": ["load", "rate", "wait"]}},
}
ROWS: dict[str, list[Any]] = {
    "channel": ["web", "shop", "web", "shop", "web"],
    "month": [1, 1, 2, 2, 2],
    "volume": [3.0, 1.0, 1.0, 4.0, 0.0],
    "rate": [80.0, 90.0, float("nan"), 40.0, 60.0],
    "wait": [10.0, 60.0, 35.0, 20.0, 35.0],
    "load": [5.0, 5.0, 10.0, 2.0, 7.5],
}
SCORES = [77.5, 57.5, 75.0, 45.0, 61.25]
SURE = [0, 1, 3, 4]
"""Rows in which every indicator has a score."""


@pytest.fixture(scope="module")
def desk() -> cpc.Framework:
    return cpc.Framework.from_dict(DESK)


def nested() -> cpc.Framework:
    document = copy.deepcopy(DESK)
    document["nodes"] = {"desk": {"children": ["load", "rest"]}, "rest": {"children": ["rate", "wait"]}}
    return cpc.Framework.from_dict(document)


def is_missing(value: Any) -> bool:
    return value is None or value != value


def test_an_audit(desk: cpc.Framework) -> None:
    rows = {
        "rate": [80.0, 120.0, float("nan"), -1.0],
        "wait": [10.0, float("inf"), 20.0, 30.0],
        "load": [5.0] * 4,
    }
    audit = desk.audit(rows)
    assert [found.id for found in audit] == [found.id for found in desk.indicators]
    assert (len(audit), audit[-1].id, audit["wait"].id) == (3, "load", "wait")
    rate, wait, load = audit
    assert (rate.rows, rate.missing, rate.impossible, rate.unusable_share) == (4, 1, 2, 0.75)
    assert (rate.minimum, rate.maximum, rate.deviation) == (80.0, 80.0, 0.0)
    assert (rate.direction, rate.unit, load.unit) == ("higher", "%", None)
    assert (wait.infinite, wait.constant, load.constant) == (1, False, True)
    assert (wait.minimum, wait.lower_quartile, wait.median, wait.upper_quartile, wait.maximum) == (
        *(10.0, 15.0, 20.0),
        *(25.0, 30.0),
    )
    assert (wait.mean, wait.deviation, wait.outliers) == (20.0, 10.0, 0)
    assert repr(audit) == "Audit(desk 1 on 0 to 100, 2 higher, 1 lower: 3 indicators, 4 rows)"
    assert "<td>load</td><td>higher</td><td>0</td>" in audit._repr_html_()
    for key, error in ((3, IndexError), (-4, IndexError), ("loads", KeyError), (0.5, TypeError)):
        with pytest.raises(error):
            audit[key]  # type: ignore[index]
    with pytest.raises(cpc.DataError, match="did you mean `waits`"):
        desk.audit({"rate": [1.0], "waits": [1.0], "load": [1.0]})


def test_an_audit_in_every_kind_of_frame(kind: str, desk: cpc.Framework) -> None:
    rows = {"percent": ROWS["rate"], "wait": ROWS["wait"], "load": [5.0] * 5}
    audit = desk.audit(KINDS[kind](rows), columns={"rate": "percent"})
    frame = audit.to_frame()
    assert isinstance(frame, RESULTS[kind])
    assert listed(frame, "id") == ["rate", "wait", "load"]
    assert listed(frame, "missing") == [1, 0, 0]
    assert listed(frame, "constant") == [False, False, True]
    assert listed(frame, "median") == [70.0, 35.0, 5.0]
    *units, none = listed(frame, "unit")
    assert units == ["%", "s"]
    assert is_missing(none)
    attributes = [name for name in vars(cpc.IndicatorAudit) if not name.startswith("_")]
    for attribute in attributes:
        assert len(listed(frame, attribute)) == 3


def test_an_audit_where_nothing_can_be_used(desk: cpc.Framework) -> None:
    audit = desk.audit(pl.DataFrame({"rate": [None, None], "wait": [1.0, 2.0], "load": [1.0, 2.0]}))
    assert (audit["rate"].median, audit["rate"].unusable_share) == (None, 1.0)
    assert audit.to_frame()["median"].to_list() == [None, 1.5, 1.5]
    assert audit.to_frame().schema["constant"] == pl.Boolean


def test_goals(desk: cpc.Framework) -> None:
    record = {"rate": 50, "wait": 35, "load": 5}
    rate, wait, load = desk.reach(record, 60)
    assert (rate.id, rate.direction, rate.unit, rate.present) == ("rate", "higher", "%", 50.0)
    found = [rate.value, rate.score, wait.value, wait.score, load.value]
    assert found == pytest.approx([70, 70, 15, 90, 9])
    for goal in (rate, wait, load):
        assert desk.score_one({**record, goal.id: goal.value}).value == pytest.approx(60)
    assert [goal.value for goal in desk.reach(record, 80)] == [None, None, None]
    assert repr(desk.reach(record, 70)[1]) == "Goal(wait, lower: 35 s -> out of reach)"
    missing = desk.reach({"wait": 35, "load": 5, "rate": None}, 60)[0]
    assert missing.present is None
    assert missing.value == pytest.approx(70)


def test_overtaking(desk: cpc.Framework) -> None:
    record, rival = {"rate": 50, "wait": 35, "load": 5}, {"rate": 70, "wait": 35, "load": 5}
    assert [goal.value for goal in desk.overtake(record, rival)] == pytest.approx([70, 15, 9])
    with pytest.raises(cpc.DataError):
        desk.overtake(record, {"rate": 50, "wait": None, "load": 5})


def test_a_difference(desk: cpc.Framework) -> None:
    record, later = {"rate": 50, "wait": 35, "load": 5}, {"rate": 80, "wait": 35, "load": 1}
    found = desk.difference(record, later)
    assert found is not None
    assert (found.before, found.after) == (50.0, 55.0)
    assert found.data == pytest.approx(5)
    assert (found.weights, found.baselines) == (0.0, 0.0)
    parts = {part.id: part.data for part in found.indicators}
    assert parts == {"rate": pytest.approx(15), "wait": 0.0, "load": pytest.approx(-10)}
    document = copy.deepcopy(DESK)
    document["indicators"]["rate"]["weight"] = 6
    document["indicators"]["load"]["normalise"]["goalposts"]["best"] = 5
    other = desk.difference(record, record, framework=cpc.Framework.from_dict(document))
    assert other is not None
    assert other.data == 0.0
    assert other.before + other.weights + other.baselines == pytest.approx(other.after)
    assert min(abs(other.weights) + abs(other.baselines), abs(other.baselines)) > 0
    assert sum(part.weights + part.baselines for part in other.indicators) == pytest.approx(
        other.after - other.before
    )
    assert repr(found) == "Difference(50.00 -> 55.00: data +5.00, weights +0.00, baselines +0.00)"


def test_no_difference_without_a_score() -> None:
    document = copy.deepcopy(DESK)
    document["nodes"]["desk"]["min_coverage"] = 0.9
    framework = cpc.Framework.from_dict(document)
    assert (
        framework.difference({"rate": None, "wait": 35, "load": 5}, {"rate": 1, "wait": 1, "load": 1}) is None
    )


def test_rolling_up(kind: str, desk: cpc.Framework) -> None:
    scores = desk.score(KINDS[kind](ROWS))
    assert listed(scores.to_frame(), "score") == SCORES
    frame = scores.roll_up(KINDS[kind](ROWS), "channel", weight="volume")
    assert isinstance(frame, RESULTS[kind])
    assert listed(frame, "channel") == ["web", "shop"]
    assert listed(frame, "score") == [(3 * 77.5 + 75.0) / 4, (57.5 + 4 * 45.0) / 5]
    assert listed(frame, "coverage") == [1.0, 1.0]
    assert listed(frame, "rows") == [3, 2]


def test_rolling_up_by_several_keys(desk: cpc.Framework) -> None:
    frame = desk.score(ROWS).roll_up(pl.DataFrame(ROWS), ["month", "place"], columns={"place": "channel"})
    assert frame.columns == ["month", "place", "score", "coverage", "rows"]
    assert frame.select("month", "place", "score", "rows").rows() == [
        ("1", "web", 77.5, 1),
        ("1", "shop", 57.5, 1),
        ("2", "web", 68.125, 2),
        ("2", "shop", 45.0, 1),
    ]


def test_keys_and_scores_may_be_missing(desk: cpc.Framework) -> None:
    rows = pl.DataFrame(
        {**ROWS, "channel": ["web", None, "shop", None, "web"], "wait": [10, None, None, 60, 60]}
    )
    scores = desk.score(rows, on_error="null")
    frame = scores.roll_up(rows, "channel")
    assert frame["channel"].to_list() == ["web", None, "shop"]
    assert frame["score"].to_list() == [(77.5 + 48.75) / 2, 25.0, None]
    assert frame["coverage"].to_list() == [1.0, 0.5, 0.0]


def test_a_pandas_index_is_not_that_of_groups(desk: cpc.Framework) -> None:
    rows = pd.DataFrame(ROWS, index=list("abcde"))
    groups = desk.score(rows).roll_up(rows.assign(channel=list("vwxyz")), "channel")
    assert groups.index.tolist() == [0, 1, 2, 3, 4]


def test_what_cannot_be_rolled_up(desk: cpc.Framework) -> None:
    scores = desk.score(ROWS)
    with pytest.raises(cpc.DataError, match="not those that were scored"):
        scores.roll_up({"channel": ["web"]}, "channel")
    with pytest.raises(cpc.DataError, match="did you mean `channel`"):
        scores.roll_up(ROWS, "channels")
    with pytest.raises(cpc.DataError, match=r"scoring\.bad_weight at volume"):
        scores.roll_up({**ROWS, "volume": [-1.0] * 5}, "channel", weight="volume")
    for by in (["channel", "channel"], "rows"):
        with pytest.raises(ValueError, match="two columns named"):
            scores.roll_up({**ROWS, "rows": [1] * 5}, by)
    with pytest.raises(TypeError):
        scores.roll_up(ROWS, 1)  # type: ignore[arg-type]


def test_statistics_are_those_of_numpy(kind: str) -> None:
    random = np.random.default_rng(3)
    base = random.uniform(20, 80, 50)
    columns: dict[str, Any] = {
        "rate": base,
        "wait": 60 - base * 0.5,
        "load": random.uniform(0, 10, 50),
    }
    framework = cpc.Framework.from_dict(DESK)
    statistics = framework.statistics(KINDS[kind]({name: list(found) for name, found in columns.items()}))
    assert (statistics.rows, statistics.ids) == (50, ["rate", "wait", "load"])
    scores = np.array([columns["rate"], (60 - columns["wait"]) * 2, columns["load"] * 10])
    pearson = np.corrcoef(scores)
    np.testing.assert_allclose(np.array(statistics.pearson, float), pearson, atol=1e-12)
    ranks = scores.argsort(axis=1).argsort(axis=1)
    spearman = np.array(statistics.spearman, float)
    np.testing.assert_allclose(spearman, np.asarray(np.corrcoef(ranks)), atol=1e-12)
    values, vectors = np.linalg.eigh(pearson)
    np.testing.assert_allclose(statistics.eigenvalues, values[::-1], atol=1e-12)
    np.testing.assert_allclose(statistics.explained, values[::-1] / 3, atol=1e-12)
    first = np.abs(vectors[:, -1]) * np.sqrt(values[-1])
    np.testing.assert_allclose(np.abs(statistics.loadings[0]), first, atol=1e-12)
    covariance = np.cov(scores)
    alpha = 1.5 * (1 - covariance.trace() / covariance.sum())
    assert statistics.alpha == pytest.approx(alpha, abs=1e-12)
    assert list(statistics.alpha_if_deleted) == ["rate", "wait", "load"]
    [pair] = statistics.redundant
    assert (pair.ids, statistics.kept) == (("rate", "wait"), int((values > 1 + 1e-12).sum()))
    assert pair.correlation == pytest.approx(1)


def test_indicators_that_do_not_vary(desk: cpc.Framework) -> None:
    statistics = desk.statistics({**ROWS, "load": [5.0] * 5}, threads=1)
    assert (statistics.rows, statistics.pearson[2]) == (4, [None] * 3)
    assert [(silent.id, silent.correlation) for silent in statistics.silent] == [("load", None)]
    assert repr(statistics.silent[0]) == "SilentIndicator(load: does not vary)"
    with pytest.raises(cpc.DataError, match="row"):
        desk.statistics({name: values[:1] for name, values in ROWS.items()})


def test_ranks_under_other_weights(kind: str, desk: cpc.Framework) -> None:
    uncertainty = desk.uncertainty(KINDS[kind](ROWS))
    assert (uncertainty.rows, uncertainty.draws, uncertainty.framework.id) == (SURE, 1000, "desk")
    ranks = uncertainty.ranks()
    assert isinstance(ranks, RESULTS[kind])
    assert listed(ranks, "row") == SURE
    assert listed(ranks, "base_rank") == [1, 3, 4, 2]
    assert listed(ranks, "best")[0] == 1
    assert listed(ranks, "worst")[2] == 4
    assert (listed(ranks, "top")[0], listed(ranks, "top")[2] < 0.1) == (1.0, True)
    assert sum(listed(ranks, "first")) == pytest.approx(1)
    reversals = uncertainty.reversals()
    assert (listed(reversals, "above"), listed(reversals, "below")) == ([0, 4, 1], [4, 1, 3])
    assert all(0 <= probability < 0.5 for probability in listed(reversals, "probability"))
    assert listed(reversals, "tied") == [0.0] * 3
    scores = uncertainty.scores()
    assert listed(scores, "row") == SURE
    assert listed(scores, "score") == [SCORES[row] for row in SURE]
    np.testing.assert_allclose(listed(scores, "mean"), listed(scores, "score"), atol=1)
    assert all(
        low < middle < high
        for low, middle, high in zip(*(listed(scores, name) for name in ("q05", "q50", "q95")), strict=True)
    )


def test_a_row_number_leads_back_to_the_frame(desk: cpc.Framework) -> None:
    rows = pd.DataFrame(ROWS, index=list("abcde"))
    ranks = desk.uncertainty(rows).ranks()
    assert rows.index[ranks["row"]].tolist() == ["a", "b", "d", "e"]
    assert ranks.index.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("form", [list, np.array, pl.DataFrame, pd.DataFrame])
def test_given_weights_are_in_the_order_of_the_indicators(form: Any, desk: cpc.Framework) -> None:
    given = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.5, 0.25, 0.25]]
    weights = form(given, schema=["r", "w", "l"], orient="row") if form is pl.DataFrame else form(given)
    uncertainty = desk.uncertainty(pl.DataFrame(ROWS), weights=weights, quantiles=[0, 1])
    assert uncertainty.draws == 4
    scores = uncertainty.scores()
    normalised = np.array([[80, 90, 40, 60], [100, 0, 80, 50], [50, 50, 20, 75]]).T
    drawn = normalised @ np.array(given).T
    np.testing.assert_allclose(scores["mean"], drawn.mean(axis=1))
    np.testing.assert_allclose(scores["deviation"], drawn.std(axis=1, ddof=1))
    np.testing.assert_allclose(scores["q00"], drawn.min(axis=1))
    np.testing.assert_allclose(scores["q100"], drawn.max(axis=1))
    ranks = uncertainty.ranks()
    placed = (-drawn).argsort(axis=0).argsort(axis=0) + 1
    assert ranks["best"].to_list() == placed.min(axis=1).tolist()
    assert ranks["first"].to_list() == (placed == 1).mean(axis=1).tolist()


def test_ranges(desk: cpc.Framework) -> None:
    fixed = desk.uncertainty(ROWS, ranges={}, draws=10).scores()
    np.testing.assert_allclose(fixed["mean"], fixed["score"])
    np.testing.assert_allclose(fixed["deviation"], 0, atol=1e-12)
    # Nothing but `rate`, whose scores are its values.
    alone = desk.uncertainty(ROWS, ranges={"rate": (0.2, 0.8), "wait": (0, 0), "load": (0, 0)}).scores()
    np.testing.assert_allclose(alone["mean"], [80, 90, 40, 60])
    varied = desk.uncertainty(ROWS, ranges={"wait": (0, 1)}).scores()
    assert (varied["deviation"] > 1).all()
    with pytest.raises(ValueError, match="`ranges` are for frameworks of one node, and `desk` has 2"):
        nested().uncertainty(ROWS, ranges={"rate": (0, 1)})
    with pytest.raises(ValueError, match="`ranges` names `rates`"):
        desk.uncertainty(ROWS, ranges={"rates": (0, 1)})
    with pytest.raises(cpc.DataError, match="high of a range"):
        desk.uncertainty(ROWS, ranges={"rate": (1, 0)})


def test_noise(desk: cpc.Framework) -> None:
    def deviations(noise: Any, draws: int = 4000) -> Any:
        return desk.uncertainty(ROWS, ranges={}, noise=noise, draws=draws).scores()["deviation"]

    # Far from the ends of the scale nothing is clipped.
    assert deviations({"rate": 2.0})[3] == pytest.approx(1.0, rel=0.1)
    assert deviations({"load": 2})[3] == pytest.approx(0.5, rel=0.1)
    assert deviations(2.0)[3] == pytest.approx(2 * (0.25 + 0.0625 + 0.0625) ** 0.5, rel=0.1)
    assert deviations({})[3] == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="`noise` names `loads`"):
        deviations({"loads": 2})
    with pytest.raises(cpc.DataError, match="deviation"):
        deviations(-1.0)


def test_every_node_varies() -> None:
    framework = nested()
    scores = framework.uncertainty(ROWS, concentration=20.0, quantiles=(0.025, 0.975)).scores()
    assert list(scores)[-2:] == ["q02.5", "q97.5"]
    assert (scores["deviation"] > 1).all()
    narrow = framework.uncertainty(ROWS, concentration=2000.0).scores()
    assert (narrow["deviation"] < scores["deviation"] / 5).all()


def test_the_seed_says_what_is_drawn_and_threads_do_not(desk: cpc.Framework) -> None:
    def bits(**options: Any) -> list[bytes]:
        uncertainty = desk.uncertainty(ROWS, noise=1.0, **options)
        frames = [uncertainty.ranks(), uncertainty.scores(), uncertainty.reversals()]
        return [column.tobytes() for frame in frames for column in frame.values()]

    assert bits() == bits(threads=1) == bits(threads=3, seed=0)
    assert bits() != bits(seed=1)


def test_leaving_out_each_indicator(desk: cpc.Framework) -> None:
    removals = desk.uncertainty(ROWS).without_each()
    # In the order in which a score is summed.
    load, rate, wait = removals
    assert [removal.id for removal in removals] == ["load", "rate", "wait"]
    # Without `wait`, (2 * rate + load) / 3: 70, 76.7, 33.3, 65.
    assert (wait.moved, wait.largest_shift, wait.shifted_row, wait.new_first) == (3, -2, 1, True)
    assert wait.kendall == pytest.approx(1 / 3)
    assert wait.spearman == pytest.approx(0.4)
    assert not rate.new_first
    # Without `load`, (2 * rate + wait) / 3: 86.7, 60, 53.3, 56.7.
    assert (load.moved, load.largest_shift, load.shifted_row) == (2, -1, 1)
    assert repr(wait) == "Removal(wait: 3 moved, by -2 at most)"


def test_changing_places(desk: cpc.Framework) -> None:
    uncertainty = desk.uncertainty(ROWS)
    swap = uncertainty.swap(4, 1)
    assert swap.gap == 61.25 - 57.5
    # rate 60 against 90, wait 50 against 0, load 75 against 50.
    assert swap.id is not None
    assert swap.nearest is not None
    differences = {"rate": -30.0, "wait": 50.0, "load": 25.0}
    weights = {found.id: found.effective_weight for found in desk.indicators}
    assert swap.weight == weights[swap.id]
    rest = {name: weight for name, weight in weights.items() if name != swap.id}
    assert swap.new_weight is not None
    scale = (1 - swap.new_weight) / sum(rest.values())
    moved = {name: weight * scale for name, weight in rest.items()} | {swap.id: swap.new_weight}
    for found in (moved, swap.nearest):
        assert sum(found.values()) == pytest.approx(1)
        assert sum(found[name] * differences[name] for name in found) == pytest.approx(0, abs=1e-9)
    assert swap.distance == pytest.approx(
        sum((swap.nearest[name] - weights[name]) ** 2 for name in weights) ** 0.5
    )
    dominated = uncertainty.swap(0, 3)
    assert (dominated.id, dominated.nearest, dominated.distance) == (None, None, None)
    assert repr(dominated).endswith("no single weight)")
    for row in (2, 5):
        with pytest.raises(IndexError, match=f"row {row} is not"):
            uncertainty.swap(row, 0)


def test_what_no_experiment_can_work_with(desk: cpc.Framework) -> None:
    for message, options in {
        "invalid concentration": {"concentration": 0.0},
        "no draws": {"draws": 0},
        r"weights of a draw \(got 2\): expected 3": {"weights": [[0.5, 0.5]]},
        "given weight": {"weights": [[0.5, 1.0, -0.5]]},
        "two dimensions": {"weights": [0.5, 0.25, 0.25]},
        "`ranges` or `weights`": {"weights": [[1, 1, 1]], "ranges": {}},
        "two columns named `q50`": {"quantiles": [0.5, 0.5]},
    }.items():
        with pytest.raises(ValueError, match=message):
            desk.uncertainty(ROWS, **options)  # type: ignore[arg-type]
    with pytest.raises(cpc.DataError, match="quantile"):
        desk.uncertainty(ROWS, quantiles=[95]).scores()
    with pytest.raises(cpc.DataError, match="no objects"):
        desk.uncertainty({**ROWS, "rate": [None] * 5})
    document = copy.deepcopy(DESK)
    document["nodes"]["desk"]["aggregate"] = "geometric"
    with pytest.raises(cpc.DocumentError, match=r"scoring\.not_a_sum"):
        cpc.Framework.from_dict(document).uncertainty(ROWS)
    with pytest.raises(TypeError):
        desk.uncertainty(ROWS, noise="much")  # type: ignore[arg-type]


def test_others_run_while_ranks_are_computed(desk: cpc.Framework) -> None:
    random = np.random.default_rng(5)
    rows = {name: random.uniform(10, 60, 20_000) for name in ("rate", "wait", "load")}
    uncertainty = desk.uncertainty(rows, draws=500, threads=1)
    assert pauses_during(lambda: uncertainty.ranks()) > 10
