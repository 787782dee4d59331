"""The scoring oracle on published numbers, on the cases and on laws, and the package against it."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import evaluate_frameworks
import numpy as np
import plain_yaml
import pytest
import scoring
import scoring_statistics
import scoring_weights
from evaluate import case_files
from generate_frameworks import Drawn
from scoring import Framework, Score
from scoring_fit import fit, quantile

from oracle import Invalid

ROOT = Path(__file__).parents[2]
MODELS = ROOT / "examples" / "models"
PUBLISHED = json.loads((ROOT / "tests" / "vectors" / "scoring.json").read_text("utf-8"))
FRAMEWORKS = 300

try:
    import cpcfit
except ImportError:
    cpcfit = None


def model(name: str) -> dict[str, Any]:
    document = plain_yaml.load((MODELS / f"{name}.framework.yaml").read_text("utf-8"))
    return evaluate_frameworks.plain_numbers(document)


def table(name: str) -> list[dict[str, Any]]:
    """The rows of a CSV file: numbers where they can be read as such, None where nothing stands."""
    with (ROOT / "examples" / "data" / name).open(encoding="utf-8") as file:
        return [{key: cell(text) for key, text in row.items()} for row in csv.DictReader(file)]


def cell(text: str) -> float | str | None:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def flat(
    matrix: list[list[float]], directions: list[str], normalise: Any, **root: Any
) -> tuple[dict, dict[str, list]]:
    """A framework of one node over the columns of a matrix, on a scale of 0..1, and the columns."""
    ids = [f"c{number}" for number in range(len(directions))]
    indicators = {
        name: {"direction": way, "normalise": normalise} for name, way in zip(ids, directions, strict=True)
    }
    document = {
        "scale": {"min": 0, "max": 1},
        "root": "all",
        "indicators": indicators,
        "nodes": {"all": {"children": ids, **root}},
    }
    return document, {name: list(column) for name, column in zip(ids, zip(*matrix, strict=True), strict=True)}


# --- published numbers --------------------------------------------------------------------------------------


def test_hdi() -> None:
    case, framework = PUBLISHED["hdi_2021"], Framework(model("hdi"))
    for values, row in zip(case["rows"], table("hdi_2021.csv"), strict=True):
        published = dict(zip(case["columns"], values, strict=True))
        assert [row[key] for key in ("country", "le", "eys", "mys", "gni")] == values[:5]
        found = framework.score(row)
        below = [found.outcomes[name].score for name in ("le", "education", "gni")]
        assert below == pytest.approx([published[key] for key in ("health", "education", "income")], abs=5e-7)
        assert found.value == pytest.approx(published["hdi"], abs=5e-7)
        assert round(found.value, 3) == published["hdi_published"] == row["hdi_published"]


def test_topsis() -> None:
    case = PUBLISHED["topsis"]
    weights = {"values": dict(zip(("c0", "c1", "c2"), case["weights"], strict=True))}
    document, data = flat(
        case["matrix"],
        case["directions"],
        {"share": {"of": case["normalisation"]}},
        aggregate={"topsis": "from_data"},
        weights=weights,
    )
    found = [score.value for score in fit(document, data).columns(data)]
    assert found == pytest.approx(case["scores"], abs=5e-9)


def test_min_max() -> None:
    case = PUBLISHED["minmax"]
    document, data = flat(case["matrix"], case["directions"], {"from_data": "min_max"})
    rows = fit(document, data).columns(data)
    found = [[score.outcomes[name].score for name in data] for score in rows]
    assert np.array(found) == pytest.approx(np.array(case["normalised"]), abs=5e-9)


def test_critic() -> None:
    case = PUBLISHED["critic"]
    weights = {"from_data": "critic"}
    document, data = flat(case["matrix"], case["directions"], {"from_data": "min_max"}, weights=weights)
    assert fit(document, data).weights("all") == pytest.approx(case["weights"], abs=5e-9)


def test_ahp() -> None:
    case = PUBLISHED["ahp"]
    weights, value = scoring_weights.ahp(case["matrix"])
    assert weights == pytest.approx(case["weights"], abs=5e-7)
    assert value == pytest.approx(case["lambda_max"], abs=5e-7)
    ratio = scoring_weights.consistency_ratio(value, len(weights))
    assert ratio == pytest.approx(case["consistency_ratio"], abs=5e-7)


@pytest.mark.parametrize("how", ["geometric", "harmonic"])
def test_means(how: str) -> None:
    case = PUBLISHED["means"][how]
    weights = scoring_weights.divided(case["w"])
    found = scoring.aggregated(how, weights, case["x"], scoring.Scale())
    assert found == pytest.approx(case["value"], abs=5e-9)


def test_cronbach_alpha() -> None:
    case = PUBLISHED["cronbach_alpha"]
    assert scoring_statistics.cronbach_alpha(case["rows"]) == pytest.approx(case["alpha"], abs=5e-9)


# --- the examples -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "count"), [("hotline", 50), ("website", 50), ("handset", 42), ("product-channel", 17)]
)
def test_examples(name: str, count: int) -> None:
    """Each indicator is in the tree once, and every model has a score."""
    framework = Framework(model(name))
    children = Counter(child for node in framework.nodes for child in framework.children(node))
    assert len(framework.indicators) == count
    assert set(children.values()) == {1}
    assert set(children) == {*framework.indicators, *framework.nodes} - {framework.root}
    row = dict.fromkeys(framework.indicators, 50.0) | {
        "segment": None,
        "customers_before": 50.0,
        "effort": 3.0,
    }
    assert 0 < framework.score(row).value < 100


def test_published_placements() -> None:
    """The constructed rows come to the decisions that an operator published."""
    framework, scores = Framework(model("product-channel")), {}
    for row in table("product_channel.csv"):
        place = row["product"], row["segment"]
        scores.setdefault(place, {}).setdefault(row["channel"], []).append(framework.score(row).value)
    best = {place: max(found, key=lambda channel: sum(found[channel])) for place, found in scores.items()}
    assert best == {
        ("mobile_games", None): "wap",
        ("home_photo", None): "wap",
        ("mobile_reading", None): "sms_hall",
        ("music_club", "ordinary"): "sms_hall",
        ("music_club", "premium"): "agent",
    }


# --- laws ---------------------------------------------------------------------------------------------------


def test_quantiles_are_of_type_7() -> None:
    values = sorted([3.0, 1.5, 9.25, 4.0, 7.0])
    for at in (0, 0.05, 0.25, 0.5, 0.61, 1):
        assert quantile(values, at) == pytest.approx(np.quantile(values, at, method="linear"), rel=1e-15)


def test_rank_order_centroid() -> None:
    assert scoring_weights.rank_order(4) == pytest.approx([25 / 48, 13 / 48, 7 / 48, 3 / 48], rel=1e-15)


def test_ranks_share_the_smaller() -> None:
    assert scoring.ranks([2.0, 3.0, None, 3.0, 1.0]) == [3, 1, 0, 1, 4]


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Drawn, Framework, list[Score]]]:
    """The generated frameworks that can be fitted, frozen, with the scores of their data."""
    found = []
    for seed in range(FRAMEWORKS):
        each = Drawn(seed)
        framework = frozen(each)
        if framework is not None:
            found.append((each, framework, framework.columns(each.data_scored)))
    assert len(found) > 0.95 * FRAMEWORKS
    return found


def test_constant_columns_are_drawn(drawn: list[tuple[Drawn, Framework, list[Score]]]) -> None:
    held = [
        indicator
        for each, framework, _ in drawn
        for name, indicator in framework.indicators.items()
        if indicator.spec["normalise"] != each.indicators[name]["normalise"]
        and "bands" in indicator.spec["normalise"]
    ]
    assert len(held) >= 10


def frozen(drawn: Drawn) -> Framework | None:
    framework = Framework(drawn.document)
    if not framework.unfitted():
        return framework
    try:
        return fit(drawn.document, drawn.training)
    except (Invalid, ValueError):
        return None


def test_generated_frameworks_reach_every_branch(drawn: list[tuple[Drawn, Framework, list[Score]]]) -> None:
    seen = Counter(score.status for _, _, scores in drawn for score in scores)
    seen += Counter(p.code for _, _, scores in drawn for score in scores for p in score.problems)
    for _, framework, _ in drawn:
        seen += Counter(next(iter(each.spec["normalise"])) for each in framework.indicators.values())
        seen += Counter(each.direction for each in framework.indicators.values())
        seen += Counter(Drawn.name(framework.how(node)) for node in framework.nodes)
    codes = ("data.missing", "data.not_finite", "scoring.impossible", "scoring.out_of_domain")
    aggregates = ("arithmetic", "geometric", "harmonic", "power", "minimum", "mean_penalised", "topsis")
    for name in (*scoring.STATUSES, *codes, *scoring.METHODS, "higher", "lower", "target", *aggregates):
        assert seen[name] >= 20, name


def test_contributions_add_up(drawn: list[tuple[Drawn, Framework, list[Score]]]) -> None:
    for _, framework, scores in drawn:
        for score in scores:
            if score.value is not None:
                total = sum(term.contribution for term in score.terms)
                assert total == pytest.approx(score.value, rel=1e-12, abs=1e-12 * framework.scale.width)


def test_weights_sum_to_one(drawn: list[tuple[Drawn, Framework, list[Score]]]) -> None:
    for _, framework, _ in drawn:
        for node in framework.nodes:
            for segment in (None, "vip", "new"):
                assert math.fsum(framework.weights(node, segment)) == pytest.approx(1, rel=1e-14)


# --- the cases ----------------------------------------------------------------------------------------------

CASES = [
    pytest.param(case, id=case["name"])
    for case in case_files.load()
    if "framework" in case
    and not (case["call"] in ("load_framework", "fit_framework") and "errors" in case)
    and "on_error" not in case
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    """The oracle takes documents and data to be valid: it has no answer to those that are not."""
    found = evaluate_frameworks.evaluate(case)
    if "errors" in case:
        errors = [{key: error[key] for key in ("code", "path")} for error in case["errors"]]
        assert sorted(found["errors"], key=str) == sorted(errors, key=str)
    else:
        expected = {key: value for key, value in case["expect"].items() if key != "warnings"}
        assert evaluate_frameworks.agrees(found["expect"], expected), found


# --- the package --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(cpcfit, "Framework"), reason="the package has no frameworks yet")
def test_package(drawn: list[tuple[Drawn, Framework, list[Score]]]) -> None:
    """Scores within 1e-12 of the scale, statuses exactly, on every generated framework."""
    for each, framework, expected in drawn:
        package = cpcfit.Framework.from_dict(each.document)
        if Framework(each.document).unfitted():
            package = package.fit(arrays(each.training))
        result = package.score(arrays(each.data_scored), on_error="null").to_frame()
        statuses = [scoring.STATUSES.index(score.status) for score in expected]
        assert [code(status) for status in result["status"]] == statuses, each.document
        for key, own in (
            ("score", [s.value for s in expected]),
            ("coverage", [s.coverage for s in expected]),
        ):
            for row, (found, value) in enumerate(zip(result[key], own, strict=True)):
                if key == "score" or expected[row].status != "invalid":
                    where = each.document["id"], key, row, found, value
                    assert same(found, value, framework.scale.width if key == "score" else 1.0), where


def arrays(data: dict[str, list[Any]]) -> dict[str, Any]:
    """Numbers as arrays of floats, texts as lists."""
    return {name: values if name == "segment" else np.array(values, float) for name, values in data.items()}


def code(status: Any) -> int:
    return scoring.STATUSES.index(status) if isinstance(status, str) else int(status)


def same(found: Any, value: float | None, width: float) -> bool:
    if value is None or found is None or math.isnan(found):
        return value is None and (found is None or math.isnan(found))
    return abs(found - value) <= 1e-12 * max(width, abs(value))
