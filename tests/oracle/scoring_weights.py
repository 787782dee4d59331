"""Weights of a node by every method; each gives weights that sum to 1.

Rank-order centroid: Barron and Barrett 1996. AHP: Saaty 1980. Entropy: Hwang and Yoon 1981. CRITIC:
Diakoulaki, Mavrotas and Papayannakis 1995. Principal components: OECD Handbook on Constructing Composite
Indicators, 2008.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

RANDOM_INDEX = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45, 10: 1.49}
"""Saaty's, by the size of the matrix; smaller ones are always consistent."""


def weights(spec: Any, children: list[str], own: list[float]) -> list[float]:
    """The weights that a document states; `own` are those that the children bring along."""
    return divided(stated(spec, children, own))


def divided(values: Any) -> list[float]:
    total = sum(map(float, values))
    return [float(value) / total for value in values]


def stated(spec: Any, children: list[str], own: list[float]) -> list[float]:
    if spec is None:
        return own
    if spec == "equal":
        return [1.0] * len(children)
    if "mix" in spec:
        return mixed(spec, [weights(part["weights"], children, own) for part in spec["mix"]])
    ((kind, content),) = spec.items()
    if kind == "values":
        return [float(content[child]) for child in children]
    if kind == "ranking":
        order = rank_order(len(children))
        return [order[content.index(child)] for child in children]
    assert kind == "ahp", kind
    return ahp(content)[0]


def mixed(spec: dict[str, Any], parts: list[list[float]]) -> list[float]:
    """The weighted sum, or the weighted geometric mean, of several weightings."""
    shares = divided([part["share"] for part in spec["mix"]])
    if spec.get("by", "sum") == "product":
        logs = [share * np.log(part) for share, part in zip(shares, parts, strict=True)]
        return divided(np.exp(np.sum(logs, axis=0)))
    return list(np.sum([share * np.array(part) for share, part in zip(shares, parts, strict=True)], axis=0))


def unfitted(spec: Any) -> bool:
    """Whether a weighting leaves something to the data."""
    if not isinstance(spec, dict):
        return False
    return "from_data" in spec or any(unfitted(part["weights"]) for part in spec.get("mix", []))


def rank_order(count: int) -> list[float]:
    """Rank-order centroids, the most important first."""
    return [sum(1 / place for place in range(rank, count + 1)) / count for rank in range(1, count + 1)]


def ahp(matrix: list[list[Any]]) -> tuple[list[float], float]:
    """The principal eigenvector and its eigenvalue of a comparison matrix."""
    compared = np.array([[float(Fraction(str(cell))) for cell in row] for row in matrix])
    vector = np.ones(len(compared)) / len(compared)
    for _ in range(1000):
        vector = compared @ vector
        vector /= vector.sum()
    value = float((compared @ vector).sum())
    return list(vector), value


def consistency_ratio(value: float, count: int) -> float:
    """How far a comparison matrix is from consistent, against random ones; above 0.1 is doubtful."""
    return (value - count) / (count - 1) / RANDOM_INDEX[count] if count > 2 else 0.0


# --- from data: a row for each object, a column for each child, higher is better ----------------------------


def from_data(method: str, matrix: np.ndarray) -> list[float]:
    """Weights by a method; columns that never vary have none."""
    varied = matrix.min(axis=0) < matrix.max(axis=0) if len(matrix) > 1 else np.zeros(matrix.shape[-1], bool)
    if not varied.any():
        raise ValueError("the data are constant")
    found = np.zeros(len(varied))
    found[varied] = METHODS[method](matrix[:, varied]) if varied.sum() > 1 else 1.0
    return divided(found)


def entropy(matrix: np.ndarray) -> np.ndarray:
    """How far each column is from being evenly spread."""
    shares = matrix / matrix.sum(axis=0)
    logs = np.log(np.where(shares > 0, shares, 1))
    return 1 + (shares * logs).sum(axis=0) / np.log(len(matrix))


def critic(matrix: np.ndarray) -> np.ndarray:
    """Contrast times conflict, after each column is stretched to 0..1."""
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    stretched = (matrix - low) / (high - low)
    conflict = (1 - np.corrcoef(stretched, rowvar=False)).sum(axis=0)
    return stretched.std(axis=0, ddof=1) * conflict


def standard_deviation(matrix: np.ndarray) -> np.ndarray:
    return matrix.std(axis=0, ddof=1)


def pca(matrix: np.ndarray) -> np.ndarray:
    """Squared loadings of the components above 1, normalised, by the variance that each explains."""
    values, vectors = np.linalg.eigh(np.corrcoef(matrix, rowvar=False))
    kept = values > 1
    if not kept.any():
        return np.ones(len(values))
    return (vectors[:, kept] ** 2 * values[kept]).sum(axis=1)


METHODS = {"entropy": entropy, "critic": critic, "standard_deviation": standard_deviation, "pca": pca}
