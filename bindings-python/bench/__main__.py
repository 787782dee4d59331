"""The benchmark: `python bindings-python/bench [--only name]`, a table on the terminal and target/bench/results.json.

Each row first checks that both sides give the same answers, then runs them in turn (A B A B ..., after a warm-up) and
judges the median of the ratios by its 95 % interval. Every module of `rows` is a group of rows.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import sys
from typing import Any

import rows
from measure import CPU, ROOT, ROWS, SIMD, measure

RESULTS = ROOT / "target" / "bench" / "results.json"


def main() -> int:
    """Runs the rows; 1 where one missed its target."""
    parser = argparse.ArgumentParser(prog="bench", description="Benchmark of cpcfit against its peers.")
    parser.add_argument("--only", metavar="NAME", help="only rows whose name begins with this")
    parser.add_argument("--list", action="store_true", help="name the rows and stop")
    options = parser.parse_args()
    for module in pkgutil.iter_modules(rows.__path__):
        importlib.import_module(f"rows.{module.name}")
    chosen = [row for row in ROWS if row.name.startswith(options.only or "")]
    if not chosen:
        parser.error(f"no row begins with `{options.only}`; there are {', '.join(row.name for row in ROWS)}")
    if options.list:
        for row in chosen:
            print(f"{row.name:<28} {row.target.text if row.target else '':<12} {row.about}")
        return 0
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{CPU}, {os.cpu_count()} cores, {SIMD}{load}\n\n{HEAD}\n{'-' * len(HEAD)}")
    results: list[dict[str, Any]] = []
    for row in chosen:
        result = measure(row)
        print(line(result), flush=True)
        results.append(result)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"\nIntervals are of the median, 95 %. Written to {RESULTS.relative_to(ROOT)}")
    missed = [result["name"] for result in results if result["met"] is False and not result["advisory"]]
    if missed:
        print(f"missed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


HEAD = f"{'row':<28} {'ours':>14} {'peer':>12} {'ratio':>7}  {'interval':<17} {'target':<9} {'met':<5} peer"


def line(result: dict[str, Any]) -> str:
    """A row of the table."""
    met = {None: "", True: "yes", False: "(no)" if result["advisory"] else "NO"}[result["met"]]
    low, high = result["interval"]
    cells = [
        f"{result['name']:<28}",
        f"{result['ours']:>9.3g} {result['unit']:<7}"[:17].ljust(17),
        f"{result['peer_value']:>9.3g}" if result["peer"] else " " * 9,
        f"{result['ratio']:>7.2f} " if result["peer"] else " " * 8,
        f"{low:.3g}..{high:.3g}".ljust(17),
        f"{result['target'] or '':<9}",
        f"{met:<5}",
        result["peer"] or "",
    ]
    return " ".join(cells).rstrip()


if __name__ == "__main__":
    sys.exit(main())
