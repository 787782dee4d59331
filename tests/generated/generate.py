"""The generated suite in Python: every case as one line, and the digest of all lines.

Run as `python generate.py [module]` with the module under test, `cpcfit` unless told otherwise.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

import cases

GOLDEN = dict(line.split() for line in Path(__file__).with_name("golden.txt").read_text("utf-8").splitlines())


class Engine:
    """The package under test, bound to the documents of a case."""

    def __init__(self, module: Any, case: cases.Case) -> None:
        self.case = case
        self.error = module.CpcfitError
        self.catalog = module.Catalog.from_dict(case.catalogue)
        self.fit = module.PackageFit(self.catalog, module.FitPolicy.from_dict(case.policy))

    def lines(self) -> Iterator[str]:
        """One line for each customer, by records."""
        for row in range(cases.CUSTOMERS):
            record = {column.name: column.values[row] for column in self.case.columns}
            usage = {name: record[name] for name in self.case.usage}
            yield f"{self.case.index},{row}|{self.told(self.quote, usage)}|{self.told(self.match, record)}"

    def told(self, call: Any, record: dict[str, Any]) -> str:
        try:
            return call(record)
        except self.error as error:
            return "!" + ",".join(sorted(f"{problem.code}:{problem.path}" for problem in error.problems))

    def quote(self, usage: dict[str, Any]) -> str:
        return " ".join(str(offer.total_minor) for offer in self.catalog.quote(usage).offers)

    def match(self, record: dict[str, Any]) -> str:
        match = self.fit.record(record)
        total = (
            "-"
            if match.total is None
            else match.total.scaleb(self.catalog.currency.exponent).to_integral_value()
        )
        return f"{match.status} {match.plan or '-'} {total}"

    def column_lines(self, **options: Any) -> list[str]:
        """The same by columns; errors of rows are told only as `!`."""
        table = pa.table({column.name: array(column) for column in self.case.columns})
        options = {"on_error": "null", "money": "minor", **options}
        totals = self.catalog.bill_frame(table.select(self.case.usage), **options).to_pylist()
        matches = self.fit.columns(table, **options).to_frame().to_pylist()
        return [
            f"{self.case.index},{row}|{row_of_totals(totals[row])}|{row_of_matches(matches[row])}"
            for row in range(cases.CUSTOMERS)
        ]


def row_of_totals(totals: dict[str, int | None]) -> str:
    return "!" if None in totals.values() else " ".join(map(str, totals.values()))


def row_of_matches(match: dict[str, Any]) -> str:
    if match["status"] == "invalid":
        return "!"
    return f"{match['status']} {match['plan'] or '-'} {'-' if match['total'] is None else match['total']}"


def without_codes(line: str) -> str:
    return "|".join("!" if part.startswith("!") else part for part in line.split("|"))


def array(column: cases.Column) -> pa.Array:
    types = {
        "float": pa.float64(),
        "int": pa.int64(),
        "text": pa.string(),
        "decimal": pa.decimal128(38, column.scale),
    }
    return pa.array(column.values, types[column.kind], from_pandas=False)


def inputs() -> str:
    """The digest of what is drawn."""
    digest = hashlib.sha256()
    for index in range(cases.CATALOGUES):
        digest.update(f"{cases.dump(cases.draw(index))}\n".encode())
    return digest.hexdigest()


def results(module: Any) -> str:
    """The digest of all lines."""
    digest = hashlib.sha256()
    for index in range(cases.CATALOGUES):
        for line in Engine(module, cases.draw(index)).lines():
            digest.update(f"{line}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    found = {"inputs": inputs(), "results": results(importlib.import_module(*(sys.argv[1:] or ["cpcfit"])))}
    for name, digest in found.items():
        print(name, digest, "as expected" if digest == GOLDEN[name] else f"differs from {GOLDEN[name]}")
    sys.exit(found != GOLDEN)
