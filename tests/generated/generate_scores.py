"""The generated frameworks in Python: every score as one line, and the digest of all lines.

Run as `python generate_scores.py [module]` with the module under test, `cpcfit` unless told otherwise.
"""

from __future__ import annotations

import hashlib
import importlib
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import frameworks
import pyarrow as pa

from cases import Column

GOLDEN = dict(
    line.split() for line in Path(__file__).with_name("golden-scores.txt").read_text("utf-8").splitlines()
)


class Engine:
    """The package under test, bound to the framework of a case."""

    def __init__(self, module: Any, case: frameworks.Case) -> None:
        self.case = case
        self.error = module.CpcfitError
        self.table = pa.table({column.name: array(column) for column in case.columns})
        self.framework = module.Framework.from_dict(case.framework)
        self.refused = self.fit() if case.fitting else None

    def fit(self) -> str | None:
        """Fits the framework to its rows; the problems if they give no numbers."""

        def fit() -> None:
            self.framework = self.framework.fit(self.table, on_error="null")

        return self.told(fit)

    def lines(self) -> Iterator[str]:
        """One line for each row, by records; a single one where the framework cannot be fitted."""
        if self.refused is not None:
            yield f"{self.case.index}|{self.refused}"
            return
        for row in range(frameworks.ROWS):
            record = {column.name: column.values[row] for column in self.case.columns}
            yield f"{self.case.index},{row}|{self.told(lambda record=record: self.score(record))}"

    def told(self, call: Callable[[], str | None]) -> str | None:
        try:
            return call()
        except self.error as error:
            return "!" + ",".join(sorted(f"{problem.code}:{problem.path}" for problem in error.problems))

    def score(self, record: dict[str, Any]) -> str:
        found = self.framework.score_one(record)
        return words(found.value, found.coverage, found.status)

    def column_lines(self, **options: Any) -> list[str]:
        """The same by columns; errors of rows are told only as `!`."""
        if self.refused is not None:
            return [f"{self.case.index}|!"]
        rows = self.framework.score(self.table, on_error="null", **options).to_frame().to_pylist()
        return [f"{self.case.index},{row}|{row_words(found)}" for row, found in enumerate(rows)]


def row_words(row: dict[str, Any]) -> str:
    return "!" if row["status"] == "invalid" else words(row["score"], row["coverage"], row["status"])


def words(score: float | None, coverage: float, status: str) -> str:
    return f"{'-' if score is None else bits(score)} {bits(coverage)} {status}"


def bits(value: float) -> str:
    return struct.pack(">d", value).hex()


def without_codes(line: str) -> str:
    head, found = line.split("|")
    return f"{head}|!" if found.startswith("!") else line


def array(column: Column) -> pa.Array:
    types = {"float": pa.float64(), "int": pa.int64(), "text": pa.string()}
    return pa.array(column.values, types[column.kind], from_pandas=False)


def inputs() -> str:
    """The digest of what is drawn."""
    digest = hashlib.sha256()
    for index in range(frameworks.FRAMEWORKS):
        digest.update(f"{frameworks.dump(frameworks.draw(index))}\n".encode())
    return digest.hexdigest()


def results(module: Any) -> str:
    """The digest of all lines."""
    digest = hashlib.sha256()
    for index in range(frameworks.FRAMEWORKS):
        for line in Engine(module, frameworks.draw(index)).lines():
            digest.update(f"{line}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    found = {"inputs": inputs(), "results": results(importlib.import_module(*(sys.argv[1:] or ["cpcfit"])))}
    for name, digest in found.items():
        print(name, digest, "as expected" if digest == GOLDEN[name] else f"differs from {GOLDEN[name]}")
    sys.exit(found != GOLDEN)
