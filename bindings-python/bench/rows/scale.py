"""Package fit grows with the number of customers and nothing else."""

from __future__ import annotations

from typing import Any

import cpcfit as cpc
import polars as pl
from customers import CUSTOMERS, Customers, catalog, customers, fit, plans, policy
from measure import Alone, Pair, row, within

PARTS = 4


def frame(some: Customers) -> pl.DataFrame:
    """Customers with the current plan as codes."""
    current = pl.Series(some.texts(), dtype=pl.String).cast(pl.Enum([plan.id for plan in plans()]))
    return pl.DataFrame({"voice": some.voice, "data": some.data, "current_plan": current})


@row("fit-linear", within(0.8, 1.25))
def _() -> Pair:
    """A million customers at once against four calls of a quarter each, one thread."""
    own = customers()
    quarter = frame(own.first(CUSTOMERS // PARTS))
    all_of_them = frame(own)

    def parts() -> list[Any]:
        return [fit(quarter, threads=1) for _ in range(PARTS)]

    def agree(some: list[pl.DataFrame], every: pl.DataFrame) -> None:
        assert some[-1].equals(every.head(CUSTOMERS // PARTS), null_equal=True)

    return Pair(parts, "cpcfit, all at once, 1 thread", lambda: fit(all_of_them, threads=1), agree)


@row("fit-core")
def _() -> Alone:
    """Package fit of a million customers on 18 plans up to the result, without the frame; one thread."""
    own = customers()
    current = frame(own)
    bound = cpc.PackageFit(catalog(), policy())
    return Alone(lambda: bound.columns(current, threads=1), "ms", 1e3)
