"""One customer's quote over 18 plans, in each language."""

from __future__ import annotations

from itertools import cycle

from customers import catalog
from measure import Alone, Samples, at_most, row, samples_of

CALLS = 2_000


@row("quote-python", at_most(10))
def _() -> Alone:
    """One quote with its object, from keyword arguments."""
    own = catalog()
    minutes = cycle(600.0 + call for call in range(50))
    quote = own.quote(voice=612.0, data=1390.5)
    assert [offer.total_minor for offer in quote.offers][0] == 3_800 + 14_050 + 31_625
    return Alone(lambda: own.quote(voice=next(minutes), data=1390.5), "us", 1e6, CALLS)


@row("quote-rust", at_most(1))
def _() -> Samples:
    """One quote in Rust, without lines."""
    command = ["cargo", "bench", "--quiet", "--package", "cpcfit", "--bench", "quote"]
    return samples_of(command, "quote-rust")


@row("quote-wasm", at_most(20))
def _() -> Samples:
    """One quote in WebAssembly with its JavaScript objects."""
    return samples_of(["node", "bindings-wasm/bench/speed.mjs", "--samples"], "quote-wasm")
