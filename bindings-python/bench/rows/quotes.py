"""One customer's quote over 18 plans, in each language."""

from __future__ import annotations

from itertools import cycle

from customers import catalog
from measure import Alone, Samples, at_most, row, samples_of

CALLS = 2_000


@row("quote-python", at_most(10))
def _() -> Alone:
    """One quote from keyword arguments, with the objects of its offers."""
    own = catalog()
    minutes = cycle(600.0 + call for call in range(50))
    first = own.quote(voice=612.0, data=1390.5).offers[0]
    # 562 minutes at 0.25 and 1090.5 MB at 0.29 beyond the allowances.
    assert first.total_minor == 3_800 + 14_050 + 31_625
    return Alone(lambda: own.quote(voice=next(minutes), data=1390.5).offers, "us", 1e6, CALLS)


@row("quote-rust", at_most(1))
def _() -> Samples:
    """One quote in Rust, without lines."""
    command = ["cargo", "bench", "--quiet", "--package", "cpcfit", "--bench", "quote"]
    return samples_of(command, "quote-rust")


@row("quote-wasm", at_most(20))
def _() -> Samples:
    """One quote in WebAssembly with its JavaScript objects."""
    return samples_of(["node", "bindings-wasm/bench/speed.mjs", "--samples"], "quote-wasm")
