"""Rows of the benchmark: how they are declared, timed and judged.

A row is a function under `@row`. It sets up what it measures and returns a `Pair` (ours and a peer, timed in turn) or an
`Alone` (ours against a fixed limit). Other languages print samples as lines of JSON; `samples_of` reads them.
"""

from __future__ import annotations

import gc
import json
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from typing import Any, TypeAlias

import cpcfit as cpc

ROOT = Path(__file__).resolve().parents[2]

Call: TypeAlias = Callable[[], Any]

_WARM_UP = 2
_FEWEST = 11
_MOST = 41
_SECONDS = 8.0
"""A row goes on until it has taken this long, within the two limits above."""


@dataclass(frozen=True)
class Target:
    """The range that the whole interval of a row has to lie in."""

    text: str
    low: float = float("-inf")
    high: float = float("inf")

    def is_met(self, interval: tuple[float, float]) -> bool:
        """Whether the interval clears the target."""
        return self.low <= interval[0] and interval[1] <= self.high


def at_least(ratio: float) -> Target:
    """So many times faster than the peer."""
    return Target(f">= {ratio:g}", low=ratio)


def at_most(value: float) -> Target:
    """No more than this, in the unit of the row."""
    return Target(f"<= {value:g}", high=value)


def no_slower(times: float) -> Target:
    """At most so many times the time of the peer."""
    return Target(f">= 1/{times:g}", low=1 / times)


def within(low: float, high: float) -> Target:
    """A ratio of about 1."""
    return Target(f"{low:g}..{high:g}", low, high)


@dataclass(frozen=True)
class Pair:
    """Ours and a peer on the same job. `agree` raises where their results are not the same."""

    ours: Call
    peer: str
    theirs: Call
    agree: Callable[[Any, Any], None]
    unit: str = "ms"
    per_second: float = 1e3
    """How many of the unit a second has for one run."""


@dataclass(frozen=True)
class Alone:
    """Ours by itself; `calls` of them make one sample, so that the clock does not matter."""

    ours: Call
    unit: str
    per_second: float
    calls: int = 1


@dataclass(frozen=True)
class Samples:
    """What was measured: in the order of time, ours and theirs in turn."""

    unit: str
    ours: Sequence[float]
    peer: str | None = None
    theirs: Sequence[float] | None = None


Made: TypeAlias = Pair | Alone | Samples


@dataclass(frozen=True)
class Row:
    """A row of the table, not yet set up."""

    name: str
    about: str
    target: Target | None
    advisory: bool
    make: Callable[[], Made]


ROWS: list[Row] = []


def row(
    name: str, target: Target | None = None, *, advisory: bool = False
) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """Declares a row; the function's docstring says what it measures. A miss of an advisory row is no failure."""

    def declare(make: Callable[[], Made]) -> Callable[[], Made]:
        about = (make.__doc__ or "").strip().splitlines()[0]
        ROWS.append(Row(name, about, target, advisory, make))
        return make

    return declare


def samples_of(command: Sequence[str], name: str) -> Samples:
    """The samples that a program of another language prints for a row: one line of JSON."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        if line.startswith("{") and (found := json.loads(line))["name"] == name:
            return Samples(found["unit"], found["ours"], found.get("peer"), found.get("theirs"))
    raise RuntimeError(f"{command[0]} printed no samples for {name}")


def measure(declared: Row) -> dict[str, Any]:
    """Sets a row up, times it and says what came out."""
    made = declared.make()
    samples = made if isinstance(made, Samples) else _alone(made) if isinstance(made, Alone) else _pair(made)
    ours = statistics.median(samples.ours)
    result: dict[str, Any] = {
        "name": declared.name,
        "about": declared.about,
        "unit": samples.unit,
        "ours": ours,
    }
    result |= _NO_PEER
    if samples.theirs is None:
        interval = median_interval(samples.ours)
        # An absolute figure says something about this machine alone.
        result["advisory"] = True
    else:
        ratios = [theirs / ours for ours, theirs in zip(samples.ours, samples.theirs, strict=True)]
        interval = median_interval(ratios)
        result |= {"peer": samples.peer, "peer_value": statistics.median(samples.theirs)}
        result |= {"ratio": statistics.median(ratios), "advisory": declared.advisory}
    target = declared.target
    met = None if target is None else target.is_met(interval)
    result |= {"interval": list(interval), "target": target and target.text, "met": met}
    return result | {"samples": len(samples.ours), "cpu": CPU, "simd": SIMD}


_NO_PEER: dict[str, Any] = {"peer": None, "peer_value": None, "ratio": None}


def _pair(pair: Pair) -> Samples:
    pair.agree(pair.ours(), pair.theirs())
    for _ in range(_WARM_UP):
        pair.ours()
        pair.theirs()
    ours: list[float] = []
    theirs: list[float] = []
    start = time.perf_counter()
    while _goes_on(len(ours), start):
        ours.append(_time(pair.ours) * pair.per_second)
        theirs.append(_time(pair.theirs) * pair.per_second)
    return Samples(pair.unit, ours, pair.peer, theirs)


def _alone(alone: Alone) -> Samples:
    for _ in range(_WARM_UP * alone.calls):
        alone.ours()
    ours: list[float] = []
    start = time.perf_counter()
    while _goes_on(len(ours), start):
        ours.append(_time(alone.ours, alone.calls) * alone.per_second)
    return Samples(alone.unit, ours)


def _goes_on(samples: int, start: float) -> bool:
    return samples < _FEWEST or (samples < _MOST and time.perf_counter() - start < _SECONDS)


def _time(call: Call, calls: int = 1) -> float:
    """Seconds for one call. What it returns is dropped after the clock has stopped."""
    gc.collect()
    gc.disable()
    result = None
    start = time.perf_counter()
    for _ in range(calls):
        result = call()
    elapsed = time.perf_counter() - start
    gc.enable()
    del result
    return elapsed / calls


def median_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float]:
    """An interval for the median from order statistics, which assumes nothing of the distribution.

    Of n values the k-th smallest and the k-th largest enclose the median with a probability of 1 - 2 * P(B < k), where B
    is binomial (n, 1/2); k is the largest that keeps the confidence.
    """
    ordered = sorted(values)
    count = len(ordered)
    rank, tail = 0, 1.0
    while 2 * tail <= (1 - confidence) * 2**count:
        rank += 1
        tail += comb(count, rank)
    rank = max(rank, 1)
    return ordered[rank - 1], ordered[count - rank]


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


CPU = _cpu()
SIMD = cpc.simd_levels()[-1]
