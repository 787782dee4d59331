"""The reference for frameworks: indicators, weights and aggregation, written from the rules alone.

One row at a time in plain Python floats; what is fitted from data is in `scoring_fit`, weights by method in
`scoring_weights`. It reads native documents and expects them to be valid, as `oracle` does; results agree
with the engine to rounding, not to the bit.

Three parts: methods of normalisation, indicators, the tree.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import scoring_weights

from oracle import Invalid, Problem, lacking

STATUSES = ("ok", "imputed", "partial", "missing", "invalid")
CLIPPED_LOW = ("both", "low")
CLIPPED_HIGH = ("both", "high")

Row = dict[str, Any]


class NotFitted(Exception):
    """The document leaves something to be fitted from data: the JSON pointers of all such places."""

    def __init__(self, places: list[str]) -> None:
        super().__init__(", ".join(places))
        self.places = places


# --- methods of normalisation -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    low: float = 0.0
    high: float = 100.0

    @property
    def width(self) -> float:
        return self.high - self.low

    def at(self, share: float) -> float:
        return self.low + share * self.width


@dataclass(frozen=True)
class Method:
    """`score` of a value within `domain`, before the clip."""

    score: Callable[[float], float]
    domain: Callable[[float], bool] = lambda _: True
    clip: str = "both"
    """What `clip` is where the indicator does not say."""


def line(x: float, start: tuple[float, float], end: tuple[float, float]) -> float:
    """The straight line through both points; exact at both."""
    if x == end[0]:
        return end[1]
    return start[1] + (x - start[0]) * ((end[1] - start[1]) / (end[0] - start[0]))


def polyline(x: float, points: Sequence[tuple[float, float]]) -> float:
    """Straight lines between points of increasing x; the first and the last line go on."""
    lines = list(pairwise(points))
    return line(x, *next((each for each in lines if x <= each[1][0]), lines[-1]))


def goalposts(spec: dict[str, Any], scale: Scale, **_: Any) -> Method:
    worst, best = float(spec["worst"]), float(spec["best"])
    if not spec.get("log", False):
        return Method(lambda x: line(x, (worst, scale.low), (best, scale.high)))
    posts = (math.log(worst), scale.low), (math.log(best), scale.high)
    return Method(lambda x: line(math.log(x), *posts), lambda x: x > 0)


def benchmarks(spec: dict[str, Any], scale: Scale, **_: Any) -> Method:
    points = [
        (float(spec["floor"]), scale.low),
        (float(spec["baseline"]), float(spec.get("at_baseline", scale.at(0.6)))),
        (float(spec["challenge"]), scale.high),
    ]
    return Method(lambda x: polyline(x, sorted(points)))


def ratio(spec: dict[str, Any], scale: Scale, direction: str, **_: Any) -> Method:
    baseline, top = float(spec["baseline"]), float(spec.get("at_baseline", scale.high))
    if direction == "higher":
        return Method(lambda x: top * x / baseline, lambda x: x >= 0)
    return Method(lambda x: top * baseline / x, lambda x: x > 0)


def target(spec: dict[str, Any], scale: Scale, **_: Any) -> Method:
    value, tolerance = float(spec["value"]), float(spec.get("tolerance", 0))
    fall = (0.0, scale.high), (float(spec["distance"]), scale.low)
    return Method(lambda x: line(max(abs(x - value) - tolerance, 0.0), *fall))


def bands(spec: list[dict[str, Any]], **_: Any) -> Method:
    return Method(
        lambda x: next(float(b["score"]) for b in spec if "below" not in b or x < float(b["below"]))
    )


def points(spec: list[list[float]], clip: str | None, **_: Any) -> Method:
    placed = [(float(x), float(score)) for x, score in spec]

    def score(x: float) -> float:
        # Any clip holds both ends at their scores; without, the end lines go on.
        return polyline(x if clip == "none" else min(max(x, placed[0][0]), placed[-1][0]), placed)

    return Method(score)


def logistic(spec: dict[str, Any], scale: Scale, direction: str, **_: Any) -> Method:
    sign = -1 if direction == "higher" else 1
    midpoint, width = float(spec["midpoint"]), float(spec["width"])

    def score(x: float) -> float:
        exponent = sign * (x - midpoint) / width
        return scale.low + scale.width / (1 + math.exp(exponent)) if exponent < 700 else scale.low

    return Method(score)


def standard(spec: dict[str, Any], scale: Scale, direction: str, **_: Any) -> Method:
    sign = 1 if direction == "higher" else -1
    mean, deviation = float(spec["mean"]), float(spec["deviation"])
    middle = float(spec.get("at_mean", scale.at(0.5)))
    step = float(spec.get("per_deviation", 0.1 * scale.width))
    return Method(lambda x: middle + sign * step * (x - mean) / deviation, clip="none")


def share(spec: dict[str, Any], scale: Scale, direction: str, **_: Any) -> Method:
    by = float(spec["by"])
    if direction == "higher":
        return Method(lambda x: scale.at(x / by), lambda x: x >= 0)
    if spec["of"] == "sum":
        return Method(lambda x: scale.at((1 / x) / by), lambda x: x > 0)
    return Method(lambda x: scale.at(1 - x / by), lambda x: x >= 0)


METHODS = {
    "goalposts": goalposts,
    "benchmarks": benchmarks,
    "ratio": ratio,
    "target": target,
    "bands": bands,
    "points": points,
    "logistic": logistic,
    "standard": standard,
    "share": share,
}

LEVELS = {
    "goalposts": ("worst", "best"),
    "benchmarks": ("floor", "baseline", "challenge"),
    "ratio": ("baseline",),
    "target": ("value",),
    "logistic": ("midpoint",),
    "standard": ("mean", "deviation"),
}
"""The keys of a method that may be left to the data."""


# --- indicators ---------------------------------------------------------------------------------------------


def absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def number(row: Row, column: str) -> float | None:
    """The value of a column; null, NaN and what is not there are missing, infinities are errors."""
    if absent(row.get(column)):
        return None
    value = float(row[column])
    if math.isinf(value):
        raise Problem("data.not_finite", column)
    return value


@dataclass(frozen=True)
class Reading:
    """What a row says on an indicator: its score, and whether it was observed, imputed or missing."""

    score: float | None
    how: str


class Indicator:
    """A leaf: column, comparison, what is possible, winsorising, method, clip, and what missing means."""

    def __init__(self, name: str, spec: dict[str, Any], scale: Scale) -> None:
        self.id, self.spec, self.scale = name, spec, scale
        self.direction = spec["direction"]
        self.missing = spec.get("missing", "error")
        self.clip = spec.get("clip")

    @property
    def method(self) -> Method:
        ((key, spec),) = self.spec["normalise"].items()
        return METHODS[key](spec, scale=self.scale, direction=self.direction, clip=self.clip)

    def used(self, row: Row) -> float | None:
        """The own value, or how it compares with another column; None is missing."""
        own = number(row, self.id)
        comparison = self.spec.get("compare")
        if comparison is None:
            return own
        other = number(row, comparison["with"])
        if own is None or other is None:
            return None
        if comparison["as"] == "difference":
            return own - other
        if other == 0:
            return self.impossible("scoring.out_of_domain")
        return own / other - (comparison["as"] == "growth")

    def impossible(self, code: str) -> None:
        """An impossible value is an error, or missing."""
        if self.spec.get("impossible", "error") == "error":
            raise Problem(code, self.id)

    def observed(self, row: Row) -> float | None:
        """The used value if it is possible."""
        value = self.used(row)
        if value is None:
            return None
        possible = self.spec.get("possible", {})
        if not float(possible.get("min", -math.inf)) <= value <= float(possible.get("max", math.inf)):
            return self.impossible("scoring.impossible")
        return value

    def winsorised(self, value: float) -> float:
        levels = self.spec.get("winsorise", {})
        return min(max(value, float(levels.get("low", -math.inf))), float(levels.get("high", math.inf)))

    def normalised(self, value: float) -> float | None:
        """The score of a value; None where its method has none for it."""
        method, value = self.method, self.winsorised(value)
        if not method.domain(value):
            return self.impossible("scoring.out_of_domain")
        score, clip = method.score(value), self.clip or method.clip
        if clip in CLIPPED_LOW:
            score = max(score, self.scale.low)
        if clip in CLIPPED_HIGH:
            score = min(score, self.scale.high)
        return score

    def read(self, row: Row) -> Reading:
        value = self.observed(row)
        score = None if value is None else self.normalised(value)
        if score is not None:
            return Reading(score, "observed")
        if self.missing == "skip":
            return Reading(None, "missing")
        if self.missing == "error":
            column = self.lacking(row)
            raise Problem(lacking(row, column), column)
        if "score" in self.missing:
            return Reading(float(self.missing["score"]), "imputed")
        return Reading(self.normalised(self.filling(row)), "imputed")

    def lacking(self, row: Row) -> str:
        """The column whose missing value leaves the indicator without one."""
        other = self.spec.get("compare", {}).get("with", self.id)
        return self.id if absent(row.get(self.id)) or not absent(row.get(other)) else other

    def filling(self, row: Row) -> float:
        """The value that stands for a missing one."""
        groups = {each["group"]: each["value"] for each in self.missing.get("values", [])}
        return float(groups.get(row.get(self.missing.get("by")), self.missing["value"]))

    def unfitted(self) -> list[str]:
        """Where the document leaves something to the data."""
        ((key, spec),) = self.spec["normalise"].items()
        levels = [spec[level] for level in LEVELS.get(key, ())]
        found = {
            "normalise": key == "from_data" or (key == "share" and "by" not in spec) or not plain(*levels),
            "winsorise": not plain(*self.spec.get("winsorise", {}).values()),
            "missing": isinstance(self.missing, dict) and "impute" in self.missing,
        }
        return [f"/indicators/{self.id}/{place}" for place, left in found.items() if left]


def plain(*levels: Any) -> bool:
    """Whether levels are numbers rather than words or quantiles."""
    return not any(isinstance(level, (str, dict)) for level in levels)


# --- the tree -----------------------------------------------------------------------------------------------


def aggregated(how: Any, weights: list[float], scores: list[float], scale: Scale) -> float:
    """The score of a node from its children's; weights sum to 1, and those without weight take no part."""
    pairs = [(weight, score) for weight, score in zip(weights, scores, strict=True) if weight > 0]
    name, spec = next(iter(how.items())) if isinstance(how, dict) else (how, None)
    if name == "arithmetic":
        return sum(weight * score for weight, score in pairs)
    if name == "minimum":
        return min(score for _, score in pairs)
    if name == "geometric":
        if any(score <= 0 for _, score in pairs):
            return 0.0
        return math.exp(sum(weight * math.log(score) for weight, score in pairs))
    if name in ("harmonic", "power"):
        exponent = -1.0 if name == "harmonic" else float(spec)
        if exponent < 0 and any(score <= 0 for _, score in pairs):
            return 0.0
        return sum(weight * score**exponent for weight, score in pairs) ** (1 / exponent)
    if name == "mean_penalised":
        mean = sum(weight * score for weight, score in pairs)
        variance = sum(weight * (score - mean) ** 2 for weight, score in pairs)
        return mean - variance / mean if mean != 0 else 0.0
    assert name == "topsis"
    return topsis(spec, weights, scores, scale)


def topsis(spec: dict[str, Any] | None, weights: list[float], scores: list[float], scale: Scale) -> float:
    """Hwang and Yoon 1981: nearness to the ideal, seen from both sides."""

    def distance(to: list[float]) -> float:
        return math.hypot(*(w * score - w * end for w, score, end in zip(weights, scores, to, strict=True)))

    ends = spec or {"ideal": [scale.high] * len(scores), "anti_ideal": [scale.low] * len(scores)}
    near, far = distance(ends["ideal"]), distance(ends["anti_ideal"])
    return scale.at(far / (near + far))


@dataclass(frozen=True)
class Outcome:
    """What a row comes to at a node or an indicator."""

    score: float | None
    coverage: float
    weights: tuple[float, ...] = ()
    """Of a node's children: 0 for those that dropped out, the rest divided by their sum."""


@dataclass(frozen=True)
class Term:
    """One summand of an arithmetic score."""

    id: str
    weight: float
    normalised: float

    @property
    def contribution(self) -> float:
        return self.weight * self.normalised


@dataclass(frozen=True)
class Score:
    value: float | None
    coverage: float | None
    status: str
    outcomes: dict[str, Outcome]
    terms: tuple[Term, ...] = ()
    problems: tuple[Problem, ...] = ()


def not_text(row: Row, field: str) -> list[Problem]:
    """What is wrong with a group or segment: it is a text, or nothing, and it is there."""
    if field not in row:
        return [Problem("data.missing_column", field)]
    value = row[field]
    return [] if isinstance(value, str) or absent(value) else [Problem("data.wrong_type", field)]


class Framework:
    """A framework document, scored row by row."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = copy.deepcopy(document)
        ends = document.get("scale", {})
        self.scale = Scale(float(ends.get("min", 0)), float(ends.get("max", 100)))
        self.root, self.nodes = self.document["root"], self.document["nodes"]
        self.segment = document.get("segments", {}).get("field")
        self.known: dict[tuple[str, str | None], list[float]] = {}
        self.indicators = {
            name: Indicator(name, spec, self.scale) for name, spec in self.document["indicators"].items()
        }

    def children(self, node: str) -> list[str]:
        return self.nodes[node]["children"]

    def how(self, node: str) -> Any:
        """How a node is aggregated; `{topsis: {...}}` only where its ends are given."""
        return self.nodes[node].get("aggregate", "arithmetic")

    def weights(self, node: str, segment: str | None = None) -> list[float]:
        """The weights of a node's children, which sum to 1."""
        chosen = segment if segment in self.nodes[node].get("by_segment", {}) else None
        if (node, chosen) not in self.known:
            spec, children = self.nodes[node], self.children(node)
            own = [float(self.spec(child).get("weight", 1)) for child in children]
            stated = spec.get("weights") if chosen is None else {"values": spec["by_segment"][chosen]}
            self.known[node, chosen] = scoring_weights.weights(stated, children, own)
        return self.known[node, chosen]

    def spec(self, name: str) -> dict[str, Any]:
        return self.indicators[name].spec if name in self.indicators else self.nodes[name]

    def unfitted(self) -> list[str]:
        places = [place for indicator in self.indicators.values() for place in indicator.unfitted()]
        for name, node in self.nodes.items():
            if scoring_weights.unfitted(node.get("weights")):
                places.append(f"/nodes/{name}/weights")
            if self.how(name) == {"topsis": "from_data"}:
                places.append(f"/nodes/{name}/aggregate")
        return places

    def read(self, row: Row) -> tuple[dict[str, Reading], list[Problem]]:
        readings, problems = {}, []
        for name, indicator in self.indicators.items():
            try:
                readings[name] = indicator.read(row)
            except Problem as problem:
                problems.append(problem)
        return readings, problems

    def outcome(
        self, name: str, readings: dict[str, Reading], segment: str | None, found: dict[str, Outcome]
    ) -> Outcome:
        """The outcome of an indicator or node; those below are noted in `found` as well."""
        if name in self.indicators:
            reading = readings[name]
            found[name] = Outcome(reading.score, 1.0 if reading.how == "observed" else 0.0)
            return found[name]
        weights = self.weights(name, segment)
        below = [self.outcome(child, readings, segment, found) for child in self.children(name)]
        coverage = sum(weight * child.coverage for weight, child in zip(weights, below, strict=True))
        present = [child.score is not None for child in below]
        kept = [weight if here else 0.0 for weight, here in zip(weights, present, strict=True)]
        total = sum(kept)
        if total == 0 or coverage < float(self.nodes[name].get("min_coverage", 0)):
            found[name] = Outcome(None, coverage)
        else:
            kept = weights if all(present) else [weight / total for weight in kept]
            scores = [child.score for child in below]
            found[name] = Outcome(self.combined(name, kept, scores), coverage, tuple(kept))
        return found[name]

    def combined(self, name: str, weights: list[float], scores: list[float | None]) -> float:
        """The aggregate over the children that are present."""
        here = [number for number, score in enumerate(scores) if score is not None]
        how = self.how(name)
        if isinstance(how, dict) and isinstance(how.get("topsis"), dict):
            how = {
                "topsis": {key: [float(end[number]) for number in here] for key, end in how["topsis"].items()}
            }
        return aggregated(how, [weights[n] for n in here], [scores[n] for n in here], self.scale)

    def score(self, row: Row) -> Score:
        """The score of a row. Raises `NotFitted`, or `Invalid` with everything that is wrong with it."""
        if places := self.unfitted():
            raise NotFitted(places)
        readings, problems = self.read(row)
        problems += [problem for field in self.texts() for problem in not_text(row, field)]
        if problems:
            raise Invalid(problems)
        outcomes: dict[str, Outcome] = {}
        segment = row.get(self.segment) if self.segment is not None else None
        root = self.outcome(self.root, readings, None if absent(segment) else segment, outcomes)
        how = {reading.how for reading in readings.values()}
        skipped = "missing" in how or any(outcome.score is None for outcome in outcomes.values())
        status = "partial" if skipped else "imputed" if "imputed" in how else "ok"
        if root.score is None:
            return Score(None, root.coverage, "missing", outcomes)
        terms = tuple(self.terms(self.root, 1.0, outcomes))
        return Score(root.score, root.coverage, status, outcomes, terms)

    def texts(self) -> list[str]:
        """The fields of groups and of the segment."""
        groups = [
            indicator.missing.get("by")
            for indicator in self.indicators.values()
            if isinstance(indicator.missing, dict)
        ]
        return [field for field in dict.fromkeys([*groups, self.segment]) if field is not None]

    def terms(self, name: str, factor: float, outcomes: dict[str, Outcome]) -> list[Term]:
        """The summands of a score: indicators, and nodes that are not arithmetic, depth first."""
        if name in self.indicators or self.how(name) != "arithmetic":
            return [Term(name, factor, outcomes[name].score)]
        return [
            term
            for child, weight in zip(self.children(name), outcomes[name].weights, strict=True)
            if outcomes[child].score is not None
            for term in self.terms(child, factor * weight, outcomes)
        ]

    def columns(self, data: dict[str, list[Any]]) -> list[Score]:
        """A score for each row; invalid rows have none."""
        found = []
        for row in rows(data):
            try:
                found.append(self.score(row))
            except Invalid as invalid:
                found.append(Score(None, None, "invalid", {}, problems=tuple(invalid.problems)))
        return found


def rows(data: dict[str, list[Any]]) -> list[Row]:
    return [dict(zip(data, values, strict=True)) for values in zip(*data.values(), strict=True)]


def ranks(scores: list[float | None]) -> list[int]:
    """1 for the highest; ties share the smaller rank; 0 for those without a score."""
    return [
        0 if own is None else 1 + sum(other is not None and other > own for other in scores) for own in scores
    ]
