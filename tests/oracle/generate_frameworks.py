"""Random frameworks and data that reach every branch of the scoring engine, the same for a seed everywhere.

A framework is a native document, data are lists by column with None, NaN, infinities and values on the very
points of a method. Numbers have few digits, so that they are the same in a document and as floats. What the
smallest difference in rounding would decide is not drawn: no quantile falls on a value, and no bound on
coverage on a sum of weights.
"""

from __future__ import annotations

import math
import random
from typing import Any

import scoring_weights

SCALES = ((0, 100), (0, 100), (0, 1), (-1, 1), (1, 5))
SEGMENTS = ("vip", "new", "other")
ROWS = 40
TREES = 12
"""At most so many indicators."""

POSITIVE_ONLY = ("geometric", "harmonic", "power", "mean_penalised")
"""Aggregates whose children may not fall below zero."""

METHODS = (
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
    "from_data",
)

LOW, HIGH = 1, 40
"""Where the points of methods lie; values lie beyond as well."""

Document = dict[str, Any]
Data = dict[str, list[Any]]


class Drawn:
    """One framework with the data that it is fitted to and the data that it scores."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.fitting = self.one_in(3)
        self.low, self.high = self.random.choice(SCALES)
        self.indicators: Document = {}
        self.nodes: Document = {}
        self.others: set[str] = set()
        self.node("root", self.random.randint(1, TREES), strict=False, depth=0)
        self.document = {
            "cpcfit": 1,
            "kind": "framework",
            "id": f"drawn-{seed}",
            "version": "1",
            "scale": {"min": self.low, "max": self.high},
            "root": "root",
            "segments": {"field": "segment"},
            "indicators": self.indicators,
            "nodes": self.nodes,
        }
        if (self.low, self.high) == (0, 100) and self.one_in(2):
            del self.document["scale"]
        self.training = self.data(bad=False)
        self.data_scored = self.data(bad=True)

    # --- draws ---

    def one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def number(self, low: float = LOW, high: float = HIGH, digits: int = 2) -> float:
        return round(self.random.uniform(low, high), digits)

    def ordered(self, count: int, low: float = LOW, high: float = HIGH) -> list[float]:
        """So many numbers, each well above the one before."""
        width = (high - low) / count
        return [self.number(low + place * width, low + (place + 0.7) * width) for place in range(count)]

    def within(self, share: float) -> float:
        return round(self.low + share * (self.high - self.low), 4)

    def scores(self, count: int, direction: str) -> list[float]:
        found = sorted(self.within(self.random.random()) for _ in range(count))
        if direction == "target":
            self.random.shuffle(found)
        return found[::-1] if direction == "lower" else found

    # --- the tree ---

    def node(self, name: str, leaves: int, *, strict: bool, depth: int) -> None:
        """A node over so many indicators; under a strict one every score is at least zero."""
        aggregates: list[Any] = ["arithmetic", "arithmetic", "minimum", "topsis"]
        if self.low >= 0:
            power = self.random.choice([-2, -1, 0.5, 2, 3])
            aggregates += ["geometric", "harmonic", {"power": power}]
            # A penalty above the mean makes a score negative.
            aggregates += ["mean_penalised"] * (not strict)
        aggregate = self.random.choice(aggregates)
        strict = strict or self.name(aggregate) in POSITIVE_ONLY
        children = []
        while leaves:
            part = self.random.randint(1, leaves)
            if depth < 3 and part > 1 and self.one_in(2) and (part < leaves or depth == 0):
                children.append(f"n{len(self.nodes)}")
                self.nodes[children[-1]] = {}
                self.node(children[-1], part, strict=strict, depth=depth + 1)
                leaves -= part
            else:
                children.append(f"i{len(self.indicators)}")
                self.indicators[children[-1]] = self.indicator(children[-1], strict=strict)
                leaves -= 1
        self.nodes[name] = {"children": children}
        if aggregate != "arithmetic" or self.one_in(2):
            self.nodes[name]["aggregate"] = self.ideals(aggregate, len(children))
        if depth and self.one_in(4):
            self.nodes[name]["weight"] = self.number(0.5, 3)
        self.weigh(name, children, strict=strict)
        if self.one_in(3):
            self.nodes[name]["min_coverage"] = self.number(0.05, 0.95, 7)

    @staticmethod
    def name(aggregate: Any) -> str:
        return next(iter(aggregate)) if isinstance(aggregate, dict) else aggregate

    def ideals(self, aggregate: Any, count: int) -> Any:
        if aggregate != "topsis" or self.one_in(2):
            return aggregate
        if self.fitting and self.one_in(2):
            return {"topsis": "from_data"}
        best = [self.within(self.random.uniform(0.7, 1)) for _ in range(count)]
        worst = [self.within(self.random.uniform(0, 0.3)) for _ in range(count)]
        return {"topsis": {"ideal": best, "anti_ideal": worst}}

    def weigh(self, name: str, children: list[str], *, strict: bool) -> None:
        node = self.nodes[name]
        weights = self.weighting(children, strict=strict)
        if weights is not None:
            node["weights"] = weights
        if self.one_in(3):
            chosen = self.random.sample(SEGMENTS, self.random.randint(1, 2))
            node["by_segment"] = {segment: self.values(children) for segment in chosen}

    def values(self, children: list[str]) -> dict[str, float]:
        """A weight for each child, now and then zero but for the first."""
        return {
            child: 0 if number and self.one_in(8) else self.number(0.2, 3)
            for number, child in enumerate(children)
        }

    def weighting(self, children: list[str], *, strict: bool, inner: bool = False) -> Any:
        kinds = ["equal", "ranking", "ahp", "values"]
        kinds += [] if inner else ["own", "own", "mix"]
        kinds += ["from_data"] if self.fitting and len(children) > 1 else []
        kind = self.random.choice(kinds)
        if kind == "own":
            return None
        if kind == "equal":
            return "equal"
        if kind == "values":
            return {"values": self.values(children)}
        if kind == "ranking":
            return {"ranking": self.random.sample(children, len(children))}
        if kind == "ahp":
            return {"ahp": self.comparisons(len(children))}
        if kind == "from_data":
            methods = ["critic", "standard_deviation", "pca"]
            # Entropy is of values from zero upwards, which a strict node makes sure of.
            return {"from_data": self.random.choice(methods + ["entropy"] * strict)}
        share = self.number(0.1, 0.9)
        parts = [self.weighting(children, strict=strict, inner=True) for _ in range(2)]
        shares = [share, round(1 - share, 2)]
        by = "sum" if any(self.some_zero(part) for part in parts) else self.random.choice(["sum", "product"])
        mix = [{"share": s, "weights": part} for s, part in zip(shares, parts, strict=True)]
        return {"mix": mix, "by": by}

    @staticmethod
    def some_zero(weights: Any) -> bool:
        return isinstance(weights, dict) and 0 in weights.get("values", {}).values()

    def comparisons(self, count: int) -> list[list[Any]]:
        """A reciprocal matrix that is nearly consistent."""
        order = [self.random.randint(1, 4) for _ in range(count)]
        matrix: list[list[Any]] = [[1] * count for _ in order]
        for row in range(count):
            for column in range(row + 1, count):
                more = order[row] - order[column] + self.random.randint(0, 1)
                matrix[row][column] = more + 1 if more >= 0 else f"1/{1 - more}"
                matrix[column][row] = 1 - more if more <= 0 else f"1/{more + 1}"
        return matrix

    # --- indicators ---

    def indicator(self, name: str, *, strict: bool) -> Document:
        method = self.random.choice(METHODS)
        direction = self.random.choice(["higher", "lower"])
        if method == "target" or (method == "bands" and self.one_in(3)):
            direction = "target"
        if method == "ratio" and self.low != 0:
            method = "goalposts"
        if method == "from_data" and not self.fitting:
            method = "standard"
        spec: Document = {"direction": direction, "normalise": self.method(method, direction)}
        if strict:
            if method in ("standard", "from_data") or self.one_in(3):
                spec["clip"] = self.random.choice(["both", "low"])
        elif self.one_in(2):
            spec["clip"] = self.random.choice(["both", "low", "high", "none"])
        if self.one_in(3):
            spec["weight"] = self.number(0.5, 3)
        positive = method in ("log", "ratio", "share")
        if self.one_in(5):
            self.compare(spec, name, positive=positive)
        if self.one_in(4) and not (self.fitting and "compare" in spec):
            spec["possible"] = {"min": -60, "max": 90} if self.one_in(2) else {"max": 60}
        spec["impossible"] = self.random.choice(["error", "missing", "missing"])
        spec["missing"] = self.filling()
        if self.fitting and self.one_in(2):
            spec["constant"] = self.random.choice(["low", "middle", "high"])
        if not positive and not isinstance(spec["missing"], dict) and self.one_in(4):
            spec["winsorise"] = self.winsorise(name)
        return spec

    def compare(self, spec: Document, name: str, *, positive: bool) -> None:
        self.others.add(f"{name}_before")
        how = "ratio" if positive else self.random.choice(["ratio", "growth", "difference"])
        spec["compare"] = {"with": f"{name}_before", "as": how}

    def filling(self) -> Any:
        kinds = ["error", "skip", "skip", "skip", "value", "score"] + (
            ["impute", "by"] if self.fitting else []
        )
        kind = self.random.choice(kinds)
        if kind == "value":
            return {"value": self.number()}
        if kind == "score":
            return {"score": self.within(self.random.random())}
        if kind in ("impute", "by"):
            level = self.random.choice(["mean", "median"])
            return {"impute": level, "by": "segment"} if kind == "by" else {"impute": level}
        return kind

    def winsorise(self, name: str) -> Document:
        levels: Document = {"low": self.number(-5, 3), "high": self.number(30, 50)}
        if self.fitting and self.one_in(2) and f"{name}_before" not in self.others:
            levels = {"low": {"quantile": 0.0713}, "high": {"quantile": 0.9287}}
        return self.random.choice([levels, levels, {"low": levels["low"]}, {"high": levels["high"]}])

    def method(self, name: str, direction: str) -> Document:
        return getattr(self, f"method_{name}")(direction)

    def ends(self, direction: str) -> tuple[Any, Any]:
        """Levels from the bad end to the good one."""
        low, high = self.ordered(2)
        pair: tuple[Any, Any] = (low, high)
        if self.fitting and self.one_in(2):
            quantiles = {"quantile": 0.0513}, {"quantile": 0.9487}
            pair = self.random.choice([("min", "max"), quantiles, ("min", "mean"), ("median", "max")])
        return pair if direction == "higher" else pair[::-1]

    def method_goalposts(self, direction: str) -> Document:
        worst, best = self.ends(direction)
        return {"goalposts": {"worst": worst, "best": best}}

    def method_log(self, direction: str) -> Document:
        low, high = self.ordered(2)
        worst, best = (low, high) if direction == "higher" else (high, low)
        return {"goalposts": {"worst": worst, "best": best, "log": True}}

    def method_benchmarks(self, direction: str) -> Document:
        levels: list[Any] = self.ordered(3)
        if self.fitting and self.one_in(2):
            levels = ["min", {"quantile": 0.5137}, "max"]
        floor, baseline, challenge = levels if direction == "higher" else levels[::-1]
        spec = {"floor": floor, "baseline": baseline, "challenge": challenge}
        if self.one_in(2):
            spec["at_baseline"] = self.within(self.random.uniform(0.2, 0.9))
        return {"benchmarks": spec}

    def method_ratio(self, _: str) -> Document:
        spec: Document = {"baseline": "median" if self.fitting and self.one_in(2) else self.number(5, 30)}
        if self.one_in(2):
            spec["at_baseline"] = self.within(self.random.uniform(0.2, 0.9))
        return {"ratio": spec}

    def method_target(self, _: str) -> Document:
        value = (
            self.random.choice(["mean", "median"]) if self.fitting and self.one_in(2) else self.number(10, 30)
        )
        spec: Document = {"value": value, "distance": self.number(3, 15, 7)}
        if self.one_in(2):
            spec["tolerance"] = self.number(1, 4)
        return {"target": spec}

    def method_bands(self, direction: str) -> Document:
        count = self.random.randint(1, 4)
        scores = self.scores(count + 1, direction)
        bands: list[Document] = [
            {"below": below, "score": score}
            for below, score in zip(self.ordered(count), scores, strict=False)
        ]
        bands.append({"score": scores[-1]})
        if self.one_in(2):
            bands = [{**band, "grade": f"g{number}"} for number, band in enumerate(bands)]
        return {"bands": bands}

    def method_points(self, direction: str) -> Document:
        count = self.random.randint(2, 5)
        pairs = zip(self.ordered(count), self.scores(count, direction), strict=True)
        return {"points": [[x, score] for x, score in pairs]}

    def method_logistic(self, _: str) -> Document:
        return {"logistic": {"midpoint": self.number(10, 30), "width": self.number(1, 6)}}

    def method_standard(self, _: str) -> Document:
        spec: Document = {"mean": self.number(10, 30), "deviation": self.number(2, 9)}
        if self.fitting and self.one_in(2):
            spec = {"mean": "mean", "deviation": "deviation"}
        if self.one_in(2):
            spec["at_mean"] = self.within(0.6)
            spec["per_deviation"] = round(0.15 * (self.high - self.low), 4)
        return {"standard": spec}

    def method_share(self, _: str) -> Document:
        spec: Document = {"of": self.random.choice(["vector", "sum", "max"])}
        if not self.fitting or self.one_in(2):
            spec["by"] = self.number(20, 60) if spec["of"] != "sum" else self.number(1, 60)
        return {"share": spec}

    def method_from_data(self, _: str) -> Document:
        return {"from_data": self.random.choice(["min_max", "z_score", "percentile_rank"])}

    # --- data ---

    def data(self, *, bad: bool) -> Data:
        """Columns of the indicators, of what they are compared with, and of segments."""
        columns = {name: self.column(name, bad=bad) for name in self.indicators}
        columns |= {name: self.beside(bad=bad) for name in sorted(self.others)}
        words = [*SEGMENTS, "unheard-of", None] if bad else list(SEGMENTS)
        columns["segment"] = [self.random.choice(words) for _ in range(ROWS)]
        return columns

    def column(self, name: str, *, bad: bool) -> list[Any]:
        spec = self.indicators[name]
        ((key, method),) = spec["normalise"].items()
        positive = key in ("ratio", "share") or (key == "goalposts" and method.get("log", False))
        special = edges(spec) if bad else []
        if (
            not bad
            and "constant" in spec
            and "compare" not in spec
            and self.one_in(3)
            and not self.data_decide()
        ):
            return [self.number()] * ROWS
        return [self.cell(spec, special, positive=positive, bad=bad) for _ in range(ROWS)]

    def data_decide(self) -> bool:
        """Whether the data decide on weights or ideals, which needs columns that vary."""
        return any(
            scoring_weights.unfitted(node.get("weights")) or node.get("aggregate") == {"topsis": "from_data"}
            for node in self.nodes.values()
        )

    def cell(self, spec: Document, special: list[float], *, positive: bool, bad: bool) -> Any:
        if special and self.one_in(5):
            return self.random.choice(special)
        if (bad or spec["missing"] != "error") and self.one_in(60 if spec["missing"] == "error" else 8):
            return self.random.choice([None, math.nan])
        if bad and self.one_in(150):
            return self.random.choice([math.inf, -math.inf, 0, -0.0, 1e3])
        low = 0.5 if positive and not (bad and self.one_in(40)) else -20
        return self.number(max(low, 0.5) if not bad else low, 60)

    def beside(self, *, bad: bool) -> list[Any]:
        """Values to compare with: hardly ever zero, and about as large as the values that are compared."""
        return [
            self.random.choice([0, None, math.inf]) if bad and self.one_in(60) else self.number(0.5, 3)
            for _ in range(ROWS)
        ]


def edges(spec: Any) -> list[float]:
    """Every number of an indicator, levels and points and scores alike, and numbers close to it."""
    if isinstance(spec, dict):
        parts: list[Any] = [value for key, value in spec.items() if key not in ("compare", "clip", "weight")]
        return [edge for part in parts for edge in edges(part)]
    if isinstance(spec, list):
        return [edge for part in spec for edge in edges(part)]
    if isinstance(spec, bool) or not isinstance(spec, (int, float)):
        return []
    return [float(spec), round(spec - 0.01, 9), round(spec + 0.01, 9)]
