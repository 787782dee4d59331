"""Scores from Python: a million objects, 17 indicators on goalposts, their weighted mean."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from typing import Any

import cpcfit as cpc
import numpy as np
import polars as pl
import skcriteria
from customers import Floats
from measure import Alone, Call, Pair, at_least, no_slower, row
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization
from skcriteria.agg.simple import WeightedSumModel
from skcriteria.preprocessing.invert_objectives import MinMaxInverter

OBJECTS = 1_000_000
INDICATORS = 17
BLOCK = 32_768
NUMPY = f"NumPy {np.__version__}, 1 thread"
CLIPPED = (0.02, 0.98)
"""Quantiles for goalposts that some values lie beyond."""
WHOLE = (0.0, 1.0)
"""Goalposts at the ends of the data, which is all that the libraries of decision analysis know."""


@cache
def values() -> dict[str, Floats]:
    """Skewed and symmetric columns in units of their own."""
    random = np.random.default_rng(17)
    columns: dict[str, Floats] = {}
    for index in range(INDICATORS):
        spread = random.normal(size=OBJECTS)
        columns[f"i{index:02}"] = np.exp(spread) * 100 if index % 2 else spread * 5 + 80
    return columns


@cache
def frame() -> pl.DataFrame:
    """The same as a frame."""
    return pl.DataFrame(values())


@cache
def framework(ends: tuple[float, float]) -> cpc.Framework:
    """Every third indicator is better where it is lower; weights differ."""

    def indicator(index: int) -> dict[str, Any]:
        worst, best = ends[::-1] if index % 3 == 0 else ends
        return {
            "direction": "lower" if index % 3 == 0 else "higher",
            "weight": index + 1,
            "normalise": {"goalposts": {"worst": {"quantile": worst}, "best": {"quantile": best}}},
        }

    ids = list(values())
    document = {"cpcfit": 1, "kind": "framework", "id": "bench", "version": "1", "root": "root"}
    indicators = {name: indicator(index) for index, name in enumerate(ids)}
    open_end = cpc.Framework.from_dict(
        document | {"indicators": indicators, "nodes": {"root": {"children": ids}}}
    )
    return open_end.fit(values())


@cache
def terms(ends: tuple[float, float]) -> list[tuple[str, float, float, float]]:
    """Column, worst, best and weight as peers take them."""
    fitted = framework(ends)
    posts = {
        name: entry["normalise"]["goalposts"]
        for name, entry in json.loads(fitted.to_json())["indicators"].items()
    }
    return [
        (found.id, posts[found.id]["worst"], posts[found.id]["best"], found.effective_weight)
        for found in fitted.indicators
    ]


def ours(rows: Any, ends: tuple[float, float] = CLIPPED, threads: int | None = None) -> Call:
    """A frame in, a frame of the same kind out."""
    return lambda: framework(ends).score(rows, threads=threads).to_frame(["score"])


def plain() -> Floats:
    """One expression an indicator, whole columns."""
    score = np.zeros(OBJECTS)
    for name, worst, best, weight in terms(CLIPPED):
        score += weight * np.clip((values()[name] - worst) / (best - worst) * 100, 0, 100)
    return score


def in_place() -> Floats:
    """The same with as few steps as there can be, without temporaries, in blocks that stay in the cache."""
    score = np.zeros(OBJECTS)
    lanes = np.empty(BLOCK)
    for start in range(0, OBJECTS, BLOCK):
        some = slice(start, min(start + BLOCK, OBJECTS))
        sums, lane = score[some], lanes[: some.stop - start]
        for name, worst, best, weight in terms(CLIPPED):
            np.subtract(values()[name][some], worst, out=lane)
            np.multiply(lane, weight * 100 / (best - worst), out=lane)
            np.clip(lane, 0, weight * 100, out=lane)
            np.add(sums, lane, out=sums)
    return score


def sum_only() -> Floats:
    """The columns added up, in blocks that stay in the cache: what no score can do without."""
    score = np.empty(OBJECTS)
    first, *others = values().values()
    for start in range(0, OBJECTS, BLOCK):
        some = slice(start, start + BLOCK)
        sums = score[some]
        np.copyto(sums, first[some])
        for column in others:
            np.add(sums, column[some], out=sums)
    return score


@cache
def matrix() -> Floats:
    """Objects by indicators, which is how the libraries of decision analysis hold them."""
    return np.column_stack(list(values().values()))


@cache
def weights() -> Floats:
    """Effective weights."""
    return np.array([weight for *_, weight in terms(WHOLE)])


def types() -> list[int]:
    """1 where more is better, -1 where less is."""
    return [1 if best > worst else -1 for _, worst, best, _ in terms(WHOLE)]


def agree(scores: Any, theirs: Floats) -> None:
    """The same scores but for the rounding of another order of steps."""
    np.testing.assert_allclose(np.asarray(scores["score"]), theirs, rtol=0, atol=1e-9)


@row("scoring-numpy", at_least(5))
def _() -> Pair:
    """Scores of a dict of arrays against plain NumPy, both on one thread."""
    return Pair(ours(values(), threads=1), NUMPY, plain, agree)


@row("scoring-numpy-all-cores", at_least(5))
def _() -> Pair:
    """The same on all cores."""
    return Pair(ours(values()), NUMPY, plain, agree)


@row("scoring-numpy-frame", at_least(5))
def _() -> Pair:
    """Scores of a polars frame against plain NumPy on its columns as arrays, both on one thread."""
    return Pair(ours(frame(), threads=1), NUMPY, plain, agree)


@row("scoring-numpy-in-place", at_least(5), advisory=True)
def _() -> Pair:
    """The same against NumPy without temporaries, in blocks, with the constants folded."""
    return Pair(ours(frame(), threads=1), NUMPY, in_place, agree)


@row("scoring-sum", no_slower(1.5))
def _() -> Pair:
    """Scores of a polars frame against the mere sum of its columns in blocks, both on one thread."""
    return Pair(ours(frame(), threads=1), f"{NUMPY}, sum", sum_only, lambda *_: None)


@row("scoring-pymcdm", at_least(20))
def _() -> Pair:
    """Scores of a polars frame between the ends of the data against pymcdm's weighted sum without its checks."""
    model = WSM(minmax_normalization)

    def theirs() -> Floats:
        return model(matrix(), weights(), types(), validation=False) * 100

    return Pair(ours(frame(), WHOLE, 1), f"pymcdm {version('pymcdm')}, 1 thread", theirs, agree)


@row("scoring-skcriteria", at_least(20))
def _() -> Pair:
    """Scores and ranks of a polars frame against scikit-criteria's weighted sum, which ranks."""
    inverter, model = MinMaxInverter(), WeightedSumModel()

    def mine() -> Any:
        scores = framework(WHOLE).score(frame(), threads=1)
        return scores.to_frame(["score"]).hstack(scores.ranks())

    def theirs() -> Any:
        objects = skcriteria.mkdm(matrix(), types(), weights=weights())
        return model.evaluate(inverter.transform(objects))

    def same(scores: Any, found: Any) -> None:
        agree(scores, found.e_.score * 100)
        assert np.argmin(found.rank_) == np.argmin(scores["rank"])

    return Pair(mine, f"scikit-criteria {version('scikit-criteria')}, 1 thread", theirs, same)


@row("scoring-core")
def _() -> Alone:
    """Scores of a million objects up to the result, without the frame; one thread."""
    return Alone(lambda: framework(CLIPPED).score(frame(), threads=1), "ms", 1e3)
