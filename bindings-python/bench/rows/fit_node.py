"""Package fit in Node against a plain JavaScript loop over typed arrays."""

from __future__ import annotations

from customers import customers
from measure import ROOT, Samples, at_least, row, samples_of

FOLDER = ROOT / "target" / "bench" / "customers"


@row("fit-node", at_least(1))
def _() -> Samples:
    """Package fit as WebAssembly against a plain loop in floats, not exact; one thread, current plans as codes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    own = customers()
    for name, column in (("voice", own.voice), ("data", own.data), ("code", own.code)):
        column.tofile(FOLDER / name)
    return samples_of(
        ["node", "--expose-gc", "bindings-wasm/bench/speed.mjs", "--samples", str(FOLDER)], "fit-node"
    )
