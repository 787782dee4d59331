"""Exceptions: what was wrong, as objects, all problems at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend.

    Attributes:
        code: The stable code, such as `tariff.unknown_meter`.
        path: A JSON pointer into the document, or the name of a column or field.
        line: Line in the document's text from 1; None where it was no text.
        column: Column in the document's text from 1, in characters.
        message: What is wrong, without the values.
        found: What stood there.
        expected: What may stand there.
        suggestion: The nearest known name.
        rows: The first few rows concerned, from 0, for problems of columns.
        row_count: How many rows are concerned.
        text: All of this as one line, which is also `str(problem)`.
    """

    code: str
    path: str
    line: int | None
    column: int | None
    message: str
    found: str | None
    expected: str | None
    suggestion: str | None
    rows: tuple[int, ...]
    row_count: int
    text: str

    def __str__(self) -> str:
        """The problem as one line."""
        return self.text

    def __repr__(self) -> str:
        """The problem as one line, marked as an object."""
        return f"<Problem {self.text}>"


class _Report(Protocol):
    """What an exception is about; its problems are made into objects when somebody looks at them."""

    def problems(self) -> list[Problem]: ...
    def masked(self) -> _Report: ...


@dataclass(frozen=True, slots=True)
class PlainReport:
    """A report as plain objects, for exceptions that went through pickle."""

    text: str
    all_problems: list[Problem]
    masked_text: str
    masked_problems: list[Problem]

    def __str__(self) -> str:
        """All problems, one a line."""
        return self.text

    def problems(self) -> list[Problem]:
        """All problems."""
        return self.all_problems

    def masked(self) -> PlainReport:
        """The same without customers' values."""
        return replace(self, text=self.masked_text, all_problems=self.masked_problems)


class CpcfitError(ValueError):
    r"""Documents or data that cannot be used. `problems` has every reason; the text lists them all.

    Example:
        >>> import cpcfit as cpc
        >>> try:
        ...     cpc.Catalog.parse("cpcfit: 1\nkind: catalog")
        ... except cpc.CpcfitError as error:
        ...     print(error.problems[0].code)
        document.wrong_kind
    """

    def __init__(self, report: _Report) -> None:
        """Made by the package itself."""
        super().__init__(report)
        self._report = report

    @property
    def problems(self) -> list[Problem]:
        """Every problem, in the order of the document or of the columns."""
        return self._report.problems()

    def __repr__(self) -> str:
        """The class and the text."""
        return f"{type(self).__name__}({str(self)!r})"

    def masked(self) -> CpcfitError:
        """The same error without customers' values, for logs: `found` of a data problem reads `***`."""
        return type(self)(self._report.masked())


class DocumentError(CpcfitError):
    """A document (catalogue, fit policy, framework) is wrong: its author mends it."""


class DataError(CpcfitError):
    """Customers' data, or the arguments of a call, are wrong: the caller mends them."""
