"""Draws the generated frameworks and the rows that they score, the same ones in every language.

`tests/README.md`, "The generated frameworks", describes the method. `frameworks.mjs` and
`core/tests/support/draw_frameworks.rs` are this file in JavaScript and Rust: every draw happens there in the
same order, and whoever changes one changes all three.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cases import Column, Random, dump_node, dump_value

FRAMEWORKS = 500
ROWS = 50

SCALES = [(0, 100), (0, 100), (0, 1), (-1, 1), (1, 5)]
METHODS = [
    "goalposts",
    "log",
    "benchmarks",
    "ratio",
    "target",
    "bands",
    "points",
    "logistic",
    "standard",
    "share",
]
FROM_DATA = ["min_max", "z_score", "percentile_rank"]
WEIGHTS_FROM_DATA = ["critic", "standard_deviation", "pca"]
SEGMENTS = ["vip", "new", "old"]


@dataclass
class Case:
    """A framework and the inputs of `ROWS` rows, to which it is fitted first where `fitting` says so."""

    index: int
    fitting: bool
    framework: dict[str, Any]
    columns: list[Column]


@dataclass
class Setting:
    """What holds for all of a framework: scale, whether scores must not be negative, whether data fit it."""

    low: int
    high: int
    strict: bool
    fitting: bool

    def at(self, percent: int) -> float:
        return self.low + (self.high - self.low) * percent / 100


def draw(index: int) -> Case:
    random = Random(index * 0x2545F491 & 0xFFFFFFFF)
    low, high = random.pick(SCALES)
    strict = low >= 0 and random.one_in(2)
    fitting = random.one_in(4)
    setting = Setting(low, high, strict, fitting)
    names, children = draw_tree(random)
    count = sum(child.startswith("i") for own in children for child in own)
    indicators: dict[str, Any] = {}
    columns: list[Column] = []
    for number in range(count):
        entry, marks = draw_indicator(random, setting, number)
        indicators[f"i{number}"] = entry
        columns.append(draw_values(random, f"i{number}", marks))
        if "compare" in entry:
            columns.append(draw_values(random, f"c{number}", marks))
    nodes = {name: draw_node(random, setting, name, own) for name, own in zip(names, children, strict=True)}
    columns.append(Column("segment", "text", 0, [draw_segment(random) for _ in range(ROWS)]))
    framework = {
        "cpcfit": 1,
        "kind": "framework",
        "id": f"f{index}",
        "version": "1",
        "scale": {"min": low, "max": high},
        "root": "root",
        "segments": {"field": "segment"},
        "indicators": indicators,
        "nodes": nodes,
    }
    return Case(index, fitting, framework, columns)


def draw_tree(random: Random) -> tuple[list[str], list[list[str]]]:
    """The nodes, root first, with the children of each: every node has an indicator of its own."""
    names = ["root"] + [f"n{number}" for number in range(random.below(4))]
    children: list[list[str]] = [[] for _ in names]
    for number, name in enumerate(names[1:]):
        children[random.below(number + 1)].append(name)
    count = len(names) + random.below(6)
    for number in range(count):
        node = number if number < len(names) else random.below(len(names))
        children[node].append(f"i{number}")
    for own in children:
        if random.one_in(2):
            own.reverse()
    return names, children


# --- nodes ---


def draw_node(random: Random, setting: Setting, name: str, children: list[str]) -> dict[str, Any]:
    node: dict[str, Any] = {"children": children}
    aggregate = draw_aggregate(random, setting, name, len(children))
    if aggregate is not None:
        node["aggregate"] = aggregate
    if name != "root" and random.one_in(3):
        node["weight"] = number_of(random, 1 + random.below(300))
    weights = draw_weights(random, setting, children, 2)
    if weights is not None:
        node["weights"] = weights
    if random.one_in(3):
        node["by_segment"] = {"vip": draw_shares(random, children)}
    if random.one_in(4):
        node["min_coverage"] = random.below(100) / 100
    return node


def draw_aggregate(random: Random, setting: Setting, name: str, count: int) -> Any:
    kind = random.below(10 if setting.strict else 4)
    if kind < 2:
        return None if random.one_in(2) else "arithmetic"
    if kind == 2:
        return "minimum"
    if kind == 3:
        if setting.fitting:
            return {"topsis": "from_data"}
        if random.one_in(2):
            return "topsis"
        best = [setting.at(70 + random.below(31)) for _ in range(count)]
        worst = [setting.at(random.below(31)) for _ in range(count)]
        return {"topsis": {"ideal": best, "anti_ideal": worst}}
    if kind == 4:
        return "mean_penalised" if name == "root" else "minimum"
    if kind < 7:
        return "geometric"
    if kind == 7:
        return "harmonic"
    return {"power": random.pick([-2, -1, 2, 3]) if random.one_in(2) else 0.5}


def draw_weights(random: Random, setting: Setting, children: list[str], depth: int) -> Any:
    """Weights of a node; at `depth` 2 also none, and mixes of weights."""
    kind = random.below(4 + depth)
    if kind == 0:
        return "equal"
    if kind == 1:
        return {"values": draw_shares(random, children)}
    if kind == 2:
        order = list(children)
        for place in range(len(order) - 1, 0, -1):
            other = random.below(place + 1)
            order[place], order[other] = order[other], order[place]
        return {"ranking": order}
    if kind == 3:
        if setting.fitting and len(children) > 1:
            # Entropy is of scores from zero upwards.
            return {"from_data": random.pick(WEIGHTS_FROM_DATA + ["entropy"] * setting.strict)}
        return {"ahp": draw_comparisons(random, len(children))}
    if kind == 4 and depth == 2:
        first = draw_weights(random, setting, children, 0)
        second = draw_weights(random, setting, children, 0)
        share = (1 + random.below(9)) / 10
        parts = [{"share": share, "weights": first}, {"share": 1, "weights": second}]
        return {"mix": parts, "by": random.pick(["sum", "product"])}
    return None


def draw_shares(random: Random, children: list[str]) -> dict[str, Any]:
    """A weight for each child, now and then zero but for the first."""
    shares = {}
    for place, child in enumerate(children):
        is_zero = place > 0 and random.one_in(8)
        shares[child] = 0 if is_zero else number_of(random, 1 + random.below(300))
    return shares


def draw_comparisons(random: Random, count: int) -> list[list[Any]]:
    """A reciprocal matrix, more or less consistent."""
    ranks = [random.below(4) for _ in range(count)]
    matrix: list[list[Any]] = [[1] * count for _ in range(count)]
    for row in range(count):
        for column in range(row + 1, count):
            times = ranks[row] - ranks[column] + random.below(2)
            matrix[row][column] = times + 1 if times >= 0 else f"1/{1 - times}"
            matrix[column][row] = f"1/{times + 1}" if times >= 0 else 1 - times
    return matrix


# --- indicators ---


def draw_indicator(random: Random, setting: Setting, number: int) -> tuple[dict[str, Any], list[int]]:
    """An indicator, and the hundredths at which its curve bends: values are drawn around them."""
    method = random.pick(METHODS)
    if method == "ratio" and setting.low != 0:
        method = "goalposts"
    direction = random.pick(["higher", "lower"])
    if method == "target" or (method in ("bands", "points") and random.one_in(3)):
        direction = "target"
    marks = draw_marks(random)
    normalise = draw_method(random, setting, method, direction, marks)
    entry: dict[str, Any] = {"direction": direction}
    if random.one_in(2):
        entry["weight"] = number_of(random, 1 + random.below(300))
    if random.one_in(6):
        entry["compare"] = {"with": f"c{number}", "as": random.pick(["ratio", "growth", "difference"])}
    entry["normalise"] = normalise
    clip = random.pick(["both", "low"] if setting.strict else ["both", "low", "high", "none"])
    if setting.strict or random.one_in(2):
        entry["clip"] = clip
    if random.one_in(6):
        entry["possible"] = {"min": -20, "max": number_of(random, marks[3] + random.below(2000))}
    if not random.one_in(3):
        entry["impossible"] = "missing"
    missing = draw_missing(random, setting, marks)
    if missing is not None:
        entry["missing"] = missing
    if random.one_in(5):
        entry["winsorise"] = draw_limits(random, setting, marks)
    entry["constant"] = "middle"
    return entry, marks


def draw_marks(random: Random) -> list[int]:
    """Four ascending numbers of hundredths."""
    marks = [100 + random.below(500)]
    for _ in range(3):
        marks.append(marks[-1] + 50 + random.below(800))
    return marks


def draw_method(random: Random, setting: Setting, method: str, direction: str, marks: list[int]) -> Any:
    ascending = [number_of(random, mark) for mark in marks]
    first, second, third, last = ascending[::-1] if direction == "lower" else ascending
    if setting.fitting and direction != "target" and random.one_in(2):
        kind = random.below(4)
        if kind < 3:
            return {"from_data": FROM_DATA[kind]}
        ends = ["min", "max"] if direction == "higher" else ["max", "min"]
        return {"goalposts": {"worst": ends[0], "best": ends[1]}}
    if method == "goalposts":
        return {"goalposts": {"worst": first, "best": last}}
    if method == "log":
        return {"goalposts": {"worst": first, "best": last, "log": True}}
    if method == "benchmarks":
        levels = {"floor": first, "baseline": second, "challenge": last}
        at_baseline = {"at_baseline": setting.at(50)} if random.one_in(2) else {}
        return {"benchmarks": levels | at_baseline}
    if method == "ratio":
        at_baseline = {"at_baseline": setting.at(60)} if random.one_in(2) else {}
        return {"ratio": {"baseline": second} | at_baseline}
    if method == "target":
        tolerance = 0 if random.one_in(2) else number_of(random, random.below(200))
        distance = number_of(random, 1 + random.below(900))
        return {"target": {"value": second, "tolerance": tolerance, "distance": distance}}
    if method == "bands":
        scores = draw_scores(random, setting, direction)
        ends = zip(ascending[:3], scores[:3], strict=True)
        return {"bands": [*({"below": end, "score": score} for end, score in ends), {"score": scores[3]}]}
    if method == "points":
        scores = draw_scores(random, setting, direction)
        return {"points": [[x, score] for x, score in zip(ascending, scores, strict=True)]}
    if method == "logistic":
        return {"logistic": {"midpoint": third, "width": number_of(random, 1 + random.below(500))}}
    if method == "standard":
        levels = {"mean": second, "deviation": number_of(random, 1 + random.below(500))}
        at_mean = {"at_mean": setting.at(40), "per_deviation": (setting.high - setting.low) / 8}
        return {"standard": levels | (at_mean if random.one_in(2) else {})}
    return {"share": {"of": random.pick(["vector", "sum", "max"]), "by": ascending[3]}}


def draw_scores(random: Random, setting: Setting, direction: str) -> list[float]:
    """Four scores that follow the direction; any for a target."""
    percents = [random.below(101) for _ in range(4)]
    if direction != "target":
        percents.sort(reverse=direction == "lower")
    return [setting.at(percent) for percent in percents]


def draw_missing(random: Random, setting: Setting, marks: list[int]) -> Any:
    kind = random.below(6)
    if kind == 0:
        return None
    if kind < 4:
        return "skip"
    if kind == 4:
        if setting.fitting:
            return {"impute": random.pick(["mean", "median"]), "by": "segment"}
        return {"value": number_of(random, random.pick(marks))}
    return {"score": setting.at(random.below(101))}


def draw_limits(random: Random, setting: Setting, marks: list[int]) -> dict[str, Any]:
    if setting.fitting:
        return {"low": {"quantile": 0.1}, "high": {"quantile": 0.875}}
    return {"low": number_of(random, marks[0] + 20), "high": number_of(random, marks[2])}


# --- data ---


def number_of(random: Random, k: int) -> float | int:
    """Hundredths as a document may have them: a float or, where they are whole, an integer."""
    if k % 100 == 0 and random.one_in(2):
        return k // 100
    return k / 100


def draw_values(random: Random, name: str, marks: list[int]) -> Column:
    kind = random.pick(["float", "float", "float", "int"])
    compared = name.startswith("c")
    return Column(name, kind, 0, [draw_value(random, kind, marks, compared) for _ in range(ROWS)])


def draw_value(random: Random, kind: str, marks: list[int], compared: bool) -> float | int | None:
    special = random.below(256)
    if special < 6:
        return math.nan if kind == "float" else None
    k = random.pick(marks)
    place = random.below(8)
    if place == 0:
        k += 1
    elif place == 1:
        k -= 1
    elif place < 6:
        k = random.below(4000)
    elif place == 6 and random.one_in(8):
        k = -random.below(1000)
    if kind == "int":
        return k // 100
    if special == 6 and not compared:
        return math.inf
    if special == 7:
        return 1e30
    # A third has no end as a decimal.
    return k / 300 if special < 80 else k / 100


def draw_segment(random: Random) -> str | None:
    return None if random.one_in(8) else random.pick(SEGMENTS)


def dump(case: Case) -> str:
    """The case as one line of text, for a digest of the inputs alone; floats by their bits."""
    columns = [
        f"{column.name}:{column.kind}:{','.join(map(dump_value, column.values))}" for column in case.columns
    ]
    return "|".join(["fit" if case.fitting else "-", dump_node(case.framework), *columns])
