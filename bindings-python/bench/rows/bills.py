"""Bills computed: every total of a million customers on 18 plans, summed by plan, on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from customers import CUSTOMERS, KILOBYTES, SECONDS, Floats, catalog, customers, plans
from measure import Alone, Pair, at_least, at_most, row

PEER = f"NumPy {np.__version__}"
BILLS = CUSTOMERS * 18


def sums(simd: str | None = None) -> dict[str, Any]:
    """Our side."""
    own = customers()
    return catalog().sum_frame({"voice": own.voice, "data": own.data}, threads=1, money="minor", simd=simd)


def line(used: Floats, allowance: int, price: int, base: int) -> Floats:
    """Charges in fen, rounded half up: `floor((over * price + base / 2 + 0.5) / base)`, exact in float64.

    Multiplying by the inverse is exact as well: a whole number and a half is never nearer to a multiple of the base than
    a half.
    """
    over = np.maximum(used - allowance, 0)
    return np.floor((over * price + (base / 2 + 0.5)) * (1 / base))


def plain() -> list[float]:
    """A loop over plans, whole columns, each charge as one expression."""
    own = customers()
    seconds = np.rint(own.voice * SECONDS)
    kilobytes = np.rint(own.data * KILOBYTES)
    found = []
    for plan in plans():
        spoken = line(seconds, plan.seconds, plan.per_minute, SECONDS)
        used = line(kilobytes, plan.kilobytes, plan.per_megabyte, KILOBYTES)
        found.append(float((plan.fee + spoken + used).sum()))
    return found


def line_into(out: Floats, used: Floats, allowance: int, price: int, base: int) -> None:
    """`line` without temporaries."""
    np.subtract(used, allowance, out=out)
    np.maximum(out, 0, out=out)
    np.multiply(out, price, out=out)
    np.add(out, base / 2 + 0.5, out=out)
    np.multiply(out, 1 / base, out=out)
    np.floor(out, out=out)


def in_place(rows: int) -> list[float]:
    """The same without temporaries, so many rows at a time."""
    own = customers()
    seconds, kilobytes, total, used = (np.empty(rows) for _ in range(4))
    found = [0.0] * len(plans())
    for start in range(0, len(own.voice), rows):
        voice, data = own.voice[start : start + rows], own.data[start : start + rows]
        seconds, kilobytes, total, used = (lanes[: len(voice)] for lanes in (seconds, kilobytes, total, used))
        np.rint(np.multiply(voice, SECONDS, out=seconds), out=seconds)
        np.rint(np.multiply(data, KILOBYTES, out=kilobytes), out=kilobytes)
        for position, plan in enumerate(plans()):
            line_into(total, seconds, plan.seconds, plan.per_minute, SECONDS)
            line_into(used, kilobytes, plan.kilobytes, plan.per_megabyte, KILOBYTES)
            total += used
            total += plan.fee
            found[position] += float(total.sum())
    return found


def agree(ours: dict[str, Any], theirs: list[float]) -> None:
    """The sums are below 2^53, so they are exact on both sides."""
    assert list(ours.values()) == [int(total) for total in theirs]


def against(theirs: Callable[[], list[float]]) -> Pair:
    """A pair in time per bill."""
    return Pair(sums, f"{PEER}, 1 thread", theirs, agree, "ns/bill", 1e9 / BILLS)


@row("bills-numpy", at_least(12))
def _() -> Pair:
    """18,000,000 bills against the plain NumPy loop, both on one thread."""
    return against(plain)


@row("bills-numpy-in-place", at_least(12), advisory=True)
def _() -> Pair:
    """The same against NumPy without temporaries."""
    return against(lambda: in_place(CUSTOMERS))


@row("bills-numpy-blocked", advisory=True)
def _() -> Pair:
    """The same against NumPy without temporaries in blocks that stay in the cache."""
    return against(lambda: in_place(16_384))


@row("bills-avx512", at_most(0.8))
def _() -> Alone:
    """18,000,000 bills with AVX-512, one thread."""
    return Alone(lambda: sums("avx512"), "ns/bill", 1e9 / BILLS)


@row("bills-avx2", at_most(1.2))
def _() -> Alone:
    """18,000,000 bills with AVX2, one thread."""
    return Alone(lambda: sums("avx2"), "ns/bill", 1e9 / BILLS)
