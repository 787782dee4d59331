"""How sure ranks are: a thousand weightings of a thousand objects with fifty indicators."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

import cpcfit as cpc
import numpy as np
from customers import Floats
from measure import Call, Pair, at_least, row
from pymcdm.helpers import rrankdata
from pymcdm.methods import WSM
from pymcdm.normalizations import minmax_normalization

DRAWS = 1_000
OBJECTS = 1_000
INDICATORS = 50


@cache
def values() -> dict[str, Floats]:
    """Scores from 0 to 100; the ends occur in every column, so that libraries that look for them find these."""
    random = np.random.default_rng(50)
    columns = {f"i{index:02}": random.uniform(0, 100, OBJECTS) for index in range(INDICATORS)}
    for column in columns.values():
        lowest, highest = random.choice(OBJECTS, 2, replace=False)
        column[lowest], column[highest] = 0, 100
    return columns


@cache
def matrix() -> Floats:
    """Objects by indicators, which is how peers hold them."""
    return np.column_stack(list(values().values()))


@cache
def weights() -> Floats:
    """Draws by indicators, each with the sum 1."""
    return np.random.default_rng(51).dirichlet(np.ones(INDICATORS), DRAWS)


@cache
def framework() -> cpc.Framework:
    """Goalposts that leave the scores as they are."""
    ids = list(values())
    indicator = {"direction": "higher", "normalise": {"goalposts": {"worst": 0, "best": 100}}}
    return cpc.Framework.from_dict(
        {
            "cpcfit": 1,
            "kind": "framework",
            "id": "bench",
            "version": "1",
            "root": "root",
            "indicators": dict.fromkeys(ids, indicator),
            "nodes": {"root": {"children": ids}},
        }
    )


def ours(threads: int | None = None) -> Call:
    """From the columns to the mean, best, worst, first and top ranks of every object."""
    return lambda: framework().uncertainty(values(), weights=weights(), threads=threads).ranks()


def agree(ranks: Any, theirs: Floats) -> None:
    """The same mean ranks, but for neighbours that rounding exchanges."""
    np.testing.assert_allclose(ranks["mean_rank"], theirs.mean(axis=0), rtol=0, atol=0.01)


def by_product() -> Floats:
    """One matrix product and two sorts: the ranks of every draw, and nothing made of them."""
    scores = weights() @ matrix().T
    return np.argsort(np.argsort(-scores, axis=1), axis=1) + 1


@row("uncertainty-numpy", at_least(2))
def _() -> Pair:
    """Ranks under 1,000 weightings, one thread; NumPy's product may take all cores, and its normalisation is not timed."""
    return Pair(ours(1), f"NumPy {np.__version__}, W @ N.T and argsort twice", by_product, agree)


@row("uncertainty-pymcdm", at_least(20))
def _() -> Pair:
    """Ranks under 1,000 weightings, one thread, against pymcdm's weighted sum called with each, without its checks."""
    model, types = WSM(minmax_normalization), np.ones(INDICATORS)

    def theirs() -> Floats:
        scores = [model(matrix(), weights_of_draw, types, validation=False) for weights_of_draw in weights()]
        return np.array([rrankdata(of_draw) for of_draw in scores])

    return Pair(ours(1), f"pymcdm {version('pymcdm')}, a loop of 1,000", theirs, agree)
