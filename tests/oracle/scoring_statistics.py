"""Statistics of a framework's indicators."""

from __future__ import annotations

from typing import Any

import numpy as np


def cronbach_alpha(rows: Any) -> float:
    """Cronbach 1951: how far the columns measure one thing."""
    table = np.array(rows, float)
    count = table.shape[1]
    return count / (count - 1) * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))
