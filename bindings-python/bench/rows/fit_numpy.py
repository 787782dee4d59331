"""Package fit from Python against NumPy, both on one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from customers import KILOBYTES, SECONDS, Customers, Floats, customers, fit, plans, ranked
from measure import Pair, at_least, row

from rows.bills import PEER, line, line_into

Codes: TypeAlias = npt.NDArray[np.integer[Any]]
Found: TypeAlias = tuple[npt.NDArray[np.object_], Floats]
Loop: TypeAlias = Callable[[Customers, Codes], tuple[Codes, Floats]]

BLOCK = 32_768


def present(codes: Codes, seconds: Floats, kilobytes: Floats) -> tuple[Floats, Floats]:
    """Fee and total on the current plan."""

    def of(attribute: str) -> Any:
        return np.array([getattr(plan, attribute) for plan in plans()], dtype=np.float64)[codes]

    fee = of("fee")
    spoken = line(seconds, of("seconds"), of("per_minute"), SECONDS)
    return fee, fee + spoken + line(kilobytes, of("kilobytes"), of("per_megabyte"), KILOBYTES)


def plain(own: Customers, codes: Codes) -> tuple[Codes, Floats]:
    """A loop over plans, whole columns, the best so far kept by `where`; -1 and infinity where there is none."""
    seconds, kilobytes = np.rint(own.voice * SECONDS), np.rint(own.data * KILOBYTES)
    fee, total_now = present(codes, seconds, kilobytes)
    low, high, highest_fee = np.ceil(total_now * 6 / 10), np.floor(total_now * 15 / 10), fee * 2
    best = np.full(len(codes), -1)
    least = np.full(len(codes), np.inf)
    for position in ranked():
        plan = plans()[position]
        spoken = line(seconds, plan.seconds, plan.per_minute, SECONDS)
        total = plan.fee + spoken + line(kilobytes, plan.kilobytes, plan.per_megabyte, KILOBYTES)
        within = (total >= low) & (total <= high) & (plan.fee >= fee) & (plan.fee <= highest_fee)
        better = within & (total < least)
        least = np.where(better, total, least)
        best = np.where(better, position, best)
    return best, least


def in_place(own: Customers, codes: Codes) -> tuple[Codes, Floats]:
    """The same without temporaries, in blocks that stay in the cache."""
    best = np.full(len(codes), -1)
    least = np.full(len(codes), np.inf)
    total_lanes, used_lanes = np.empty(BLOCK), np.empty(BLOCK)
    better_lanes, test_lanes = np.empty(BLOCK, np.bool_), np.empty(BLOCK, np.bool_)
    for start in range(0, len(codes), BLOCK):
        block = slice(start, start + BLOCK)
        some = Customers(own.voice[block], own.data[block], own.code[block])
        seconds, kilobytes = np.rint(some.voice * SECONDS), np.rint(some.data * KILOBYTES)
        fee, total_now = present(codes[block], seconds, kilobytes)
        low, high, highest_fee = np.ceil(total_now * 6 / 10), np.floor(total_now * 15 / 10), fee * 2
        total, used = total_lanes[: len(fee)], used_lanes[: len(fee)]
        better, test = better_lanes[: len(fee)], test_lanes[: len(fee)]
        for position in ranked():
            plan = plans()[position]
            line_into(total, seconds, plan.seconds, plan.per_minute, SECONDS)
            line_into(used, kilobytes, plan.kilobytes, plan.per_megabyte, KILOBYTES)
            total += used
            total += plan.fee
            np.less(total, least[block], out=better)
            better &= np.greater_equal(total, low, out=test)
            better &= np.less_equal(total, high, out=test)
            better &= np.less_equal(fee, plan.fee, out=test)
            better &= np.greater_equal(highest_fee, plan.fee, out=test)
            np.copyto(least[block], total, where=better)
            np.copyto(best[block], position, where=better)
    return best, least


def named(best: Codes, least: Floats) -> Found:
    """The ids of the plans and the totals; None and NaN where there is none."""
    ids = np.array([*(plan.id for plan in plans()), None], dtype=object)
    return ids[best], np.where(best < 0, np.nan, least)


def agree(ours: Any, theirs: Found) -> None:
    """The same plan and total for every customer."""
    plan, total = theirs
    assert np.array_equal(ours["plan"], plan)
    assert np.array_equal(np.ma.filled(ours["total"].astype(np.float64), np.nan), total, equal_nan=True)


def from_codes(loop: Loop) -> Pair:
    """The current plan as small integers; ours takes them as a dictionary column."""
    own = customers()
    ids = pa.array([plan.id for plan in plans()])

    def ours() -> Any:
        current = pa.DictionaryArray.from_arrays(own.code, ids)
        return fit({"voice": own.voice, "data": own.data, "current_plan": current}, threads=1)

    return Pair(ours, f"{PEER}, 1 thread", lambda: named(*loop(own, own.code)), agree)


def from_texts(loop: Loop) -> Pair:
    """The current plan as an array of texts."""
    own = customers()
    texts = own.texts()
    codes = {plan.id: position for position, plan in enumerate(plans())}

    def ours() -> Any:
        return fit({"voice": own.voice, "data": own.data, "current_plan": texts}, threads=1)

    def theirs() -> Found:
        return named(*loop(own, np.fromiter(map(codes.__getitem__, texts.tolist()), np.uint8, len(texts))))

    return Pair(ours, f"{PEER}, 1 thread", theirs, agree)


@row("fit-numpy-codes", at_least(10))
def _() -> Pair:
    """Package fit against the plain NumPy loop, current plans as codes."""
    return from_codes(plain)


@row("fit-numpy-texts", at_least(10))
def _() -> Pair:
    """The same with current plans as texts."""
    return from_texts(plain)


@row("fit-numpy-codes-in-place", at_least(10), advisory=True)
def _() -> Pair:
    """Package fit against NumPy without temporaries, in blocks, current plans as codes."""
    return from_codes(in_place)


@row("fit-numpy-texts-in-place", at_least(10), advisory=True)
def _() -> Pair:
    """The same with current plans as texts."""
    return from_texts(in_place)
