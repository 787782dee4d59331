"""Fits a framework to data: levels, methods, fillings, weights and ideals become numbers in its document."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scoring_weights
from scoring import LEVELS, Framework, Indicator, Outcome, Row, plain, rows

from oracle import Invalid, Problem

Values = list[float]


class Constant(Exception):
    """The data give a method no width."""


def fit(document: dict[str, Any], data: dict[str, list[Any]]) -> Framework:
    """The frozen framework."""
    framework = Framework(document)
    if not framework.unfitted():
        return framework
    table = rows(data)
    for name, spec in framework.document["indicators"].items():
        freeze(Indicator(name, spec, framework.scale), table)
    framework = Framework(framework.document)
    for name in below_first(framework, framework.root):
        freeze_node(framework, name, table)
    framework.document["fitted"] = {"rows": len(table)}
    return Framework(framework.document)


# --- indicators ---------------------------------------------------------------------------------------------


def freeze(indicator: Indicator, table: list[Row]) -> None:
    """Turns what an indicator leaves to the data into numbers."""
    if not indicator.unfitted():
        return
    spec = indicator.spec
    observed = [(row, value) for row in table if (value := indicator.observed(row)) is not None]
    values = [value for _, value in observed]
    winsorise = spec.get("winsorise", {})
    winsorise.update({key: frozen(level, values) for key, level in winsorise.items()})
    freeze_filling(indicator, observed)
    values = sorted(indicator.winsorised(value) for value in values)
    try:
        spec["normalise"] = method(indicator, values)
    except Constant:
        score = {"low": indicator.scale.low, "middle": indicator.scale.at(0.5), "high": indicator.scale.high}
        if spec.get("constant", "error") == "error":
            raise Invalid([Problem("scoring.constant", indicator.id)]) from None
        spec["normalise"] = {"bands": [{"score": score[spec["constant"]]}]}


def freeze_filling(indicator: Indicator, observed: list[tuple[Row, float]]) -> None:
    """The mean or median of what was observed, for all rows and for each group."""
    missing = indicator.missing
    if not isinstance(missing, dict) or "impute" not in missing:
        return
    level, by = LEVEL[missing["impute"]], missing.get("by")
    filling: dict[str, Any] = {"value": level(sorted(value for _, value in observed))}
    if by is not None:
        groups: dict[str, Values] = {}
        for row, value in observed:
            if row[by] is not None:
                groups.setdefault(row[by], []).append(value)
        values = [{"group": group, "value": level(sorted(found))} for group, found in groups.items()]
        filling |= {"by": by, "values": values}
    indicator.spec["missing"] = filling


def frozen(level: Any, values: Values) -> float:
    """A level as a number."""
    if plain(level):
        return float(level)
    values = sorted(values)
    return quantile(values, float(level["quantile"])) if isinstance(level, dict) else LEVEL[level](values)


def quantile(values: Values, at: float) -> float:
    """Type 7 of Hyndman and Fan 1996: linear between the order statistics of sorted values."""
    place = (len(values) - 1) * at
    below = min(math.floor(place), max(len(values) - 2, 0))
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


LEVEL: dict[str, Callable[[Values], float]] = {
    "min": lambda values: values[0],
    "max": lambda values: values[-1],
    "mean": lambda values: math.fsum(values) / len(values),
    "median": lambda values: quantile(values, 0.5),
    "deviation": lambda values: float(np.std(values, ddof=1)),
}


def method(indicator: Indicator, values: Values) -> dict[str, Any]:
    """The method of an indicator with numbers for levels."""
    ((key, spec),) = indicator.spec["normalise"].items()
    if key == "from_data":
        return from_data(spec, indicator, values)
    if key in ("bands", "points"):
        return {key: spec}
    spec = copy.deepcopy(spec)
    if key == "share" and "by" not in spec:
        spec["by"] = divisor(spec["of"], indicator.direction, values)
    levels = [level for level in LEVELS.get(key, ()) if not plain(spec[level])]
    if "deviation" in levels:
        varied(values)
    spec.update({level: frozen(spec[level], values) for level in levels})
    if key in ("goalposts", "benchmarks") and len({spec[level] for level in LEVELS[key]}) < len(LEVELS[key]):
        raise Constant
    return {key: spec}


def varied(values: Values) -> None:
    if values[0] == values[-1]:
        raise Constant


def from_data(name: str, indicator: Indicator, values: Values) -> dict[str, Any]:
    varied(values)
    lower = indicator.direction == "lower"
    if name == "min_max":
        low, high = values[0], values[-1]
        return {"goalposts": {"worst": high, "best": low} if lower else {"worst": low, "best": high}}
    if name == "z_score":
        return {"standard": {"mean": LEVEL["mean"](values), "deviation": LEVEL["deviation"](values)}}
    assert name == "percentile_rank"
    ranks = [
        (value, (sum(x < value for x in values) + values.count(value) / 2) / len(values))
        for value in sorted(set(values))
    ]
    return {"points": [[value, indicator.scale.at(1 - rank if lower else rank)] for value, rank in ranks]}


def divisor(of: str, direction: str, values: Values) -> float:
    if of == "max":
        return values[-1]
    if of == "vector":
        return math.hypot(*values)
    return math.fsum(1 / value for value in values) if direction == "lower" else math.fsum(values)


# --- nodes --------------------------------------------------------------------------------------------------


def below_first(framework: Framework, name: str) -> list[str]:
    """The nodes in an order in which each comes after those below it."""
    if name in framework.indicators:
        return []
    return [node for child in framework.children(name) for node in below_first(framework, child)] + [name]


def freeze_node(framework: Framework, name: str, table: list[Row]) -> None:
    """Weights and ideals from the rows in which every child has a score."""
    node = framework.nodes[name]
    ideal = framework.how(name) == {"topsis": "from_data"}
    if not ideal and not scoring_weights.unfitted(node.get("weights")):
        return
    matrix = children_scores(framework, name, table)
    if scoring_weights.unfitted(node.get("weights")):
        own = [float(framework.spec(child).get("weight", 1)) for child in framework.children(name)]
        spec = with_values(node["weights"], framework.children(name), matrix)
        found = scoring_weights.weights(spec, framework.children(name), own)
        framework.known.clear()
        node["weights"] = {"values": dict(zip(framework.children(name), found, strict=True))}
    if ideal:
        ends = {"ideal": matrix.max(axis=0).tolist(), "anti_ideal": matrix.min(axis=0).tolist()}
        node["aggregate"] = {"topsis": ends}


def children_scores(framework: Framework, name: str, table: list[Row]) -> np.ndarray:
    """The children's scores as the rows are scored: with the weights of their segments."""
    children, complete = framework.children(name), []
    for row in table:
        readings, problems = framework.read(row)
        if problems:
            raise Invalid(problems)
        found: dict[str, Outcome] = {}
        segment = row.get(framework.segment)
        segment = segment if isinstance(segment, str) else None
        scores = [framework.outcome(child, readings, segment, found).score for child in children]
        if None not in scores:
            complete.append(scores)
    return np.array(complete)


def with_values(spec: Any, children: list[str], matrix: np.ndarray) -> Any:
    """A weighting in which what was left to the data is stated."""
    if not isinstance(spec, dict):
        return spec
    if "from_data" in spec:
        found = scoring_weights.from_data(spec["from_data"], matrix)
        return {"values": dict(zip(children, found, strict=True))}
    if "mix" not in spec:
        return spec
    parts = [{**part, "weights": with_values(part["weights"], children, matrix)} for part in spec["mix"]]
    return {**spec, "mix": parts}
