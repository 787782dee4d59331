"""The Python package against the oracle, on the generated cases.

Without arguments: every tenth catalogue, every customer, every line of every bill to the last digit, and
every package fit with its reasons. With `--digest` the oracle alone computes the lines of all 100,000 cases:
the digest in `generated/golden.txt` comes from there.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1] / "generated"))

import cases
from oracle import Bill, Catalogue, Invalid, Match, PackageFit, Problem

STEP = 10


def told(problems: list[Problem] | tuple[Problem, ...]) -> str:
    return "!" + ",".join(sorted(f"{problem.code}:{problem.where}" for problem in problems))


def records(case: cases.Case) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of every customer the whole record, and the usage alone."""
    rows = [{column.name: column.values[row] for column in case.columns} for row in range(cases.CUSTOMERS)]
    return [(row, {name: row[name] for name in case.usage}) for row in rows]


def digest() -> str:
    """The digest of the lines that the oracle writes."""
    found = hashlib.sha256()
    for index in range(cases.CATALOGUES):
        case = cases.draw(index)
        catalogue = Catalogue(case.catalogue)
        fit = PackageFit(catalogue, case.policy)
        for row, (record, usage) in enumerate(records(case)):
            try:
                quote = " ".join(str(bill.total) for bill in catalogue.quote(usage))
            except Invalid as invalid:
                quote = told(invalid.problems)
            match = fit.record(record)
            total = "-" if match.total is None else match.total
            words = told(match.problems) if match.problems else f"{match.status} {match.plan or '-'} {total}"
            found.update(f"{index},{row}|{quote}|{words}\n".encode())
    return found.hexdigest()


class Comparison:
    """Counts what was compared and stops at the first difference."""

    def __init__(self, module: Any) -> None:
        self.module = module
        self.compared: Counter[str] = Counter()

    def case(self, case: cases.Case) -> None:
        oracle, catalog = Catalogue(case.catalogue), self.module.Catalog.from_dict(case.catalogue)
        oracle_fit = PackageFit(oracle, case.policy)
        fit = self.module.PackageFit(catalog, self.module.FitPolicy.from_dict(case.policy))
        self.compared["catalogues"] += 1
        for row, (record, usage) in enumerate(records(case)):
            where = f"catalogue {case.index}, customer {row}"
            for plan in oracle.plans:
                self.bill(f"{where}, {plan.id}", oracle, catalog, plan.id, usage)
            self.match(where, oracle_fit.record(record), fit, record)

    def bill(self, where: str, oracle: Catalogue, catalog: Any, plan: str, usage: dict[str, Any]) -> None:
        try:
            expected: Any = lines(oracle.bill(plan, usage))
        except Invalid as invalid:
            expected = told(invalid.problems)
        try:
            found: Any = package_lines(catalog.bill(plan, usage))
            self.compared["lines"] += len(found) - 1
        except self.module.CpcfitError as error:
            found = self.problems(error)
        self.equal(where, found, expected)
        self.compared["bills"] += 1

    def match(self, where: str, expected: Match, fit: Any, record: dict[str, Any]) -> None:
        try:
            explanation = fit.explain(record)
        except self.module.CpcfitError as error:
            self.equal(where, self.problems(error), told(expected.problems))
        else:
            match = explanation.found
            reasons = {
                verdict.plan: tuple(reason.id for reason in verdict.reasons)
                for verdict in explanation.verdicts
            }
            scale = fit.catalog.currency.exponent
            amounts = [match.total, match.fee, match.present_total, match.present_fee]
            minor = [None if amount is None else int(amount.scaleb(scale)) for amount in amounts]
            own = [expected.total, expected.fee, expected.present_total, expected.present_fee]
            own_reasons = {option.plan.id: option.reasons for option in expected.options}
            self.equal(
                where,
                (match.status, match.plan, minor, reasons),
                (expected.status, expected.plan, own, own_reasons),
            )
        self.compared["fits"] += 1

    def problems(self, error: Any) -> str:
        return "!" + ",".join(sorted(f"{problem.code}:{problem.path}" for problem in error.problems))

    def equal(self, where: str, found: Any, expected: Any) -> None:
        if found != expected:
            sys.exit(f"{where}\n  package {found}\n  oracle  {expected}")


def lines(bill: Bill) -> list[Any]:
    """Fee, meters, given charges and total in minor units."""
    meters = [
        (line.meter, line.used, line.included, line.over, line.blocks, line.exact, line.amount)
        for line in bill.lines
    ]
    return [("fee", bill.fee), *meters, *bill.given, bill.total]


def package_lines(bill: Any) -> list[Any]:
    found: list[Any] = []
    for line in bill.lines:
        if line.kind == "meter":
            quantities = [quantity.units for quantity in (line.used, line.included, line.over)]
            found.append((line.id, *quantities, line.blocks, line.exact, line.amount_minor))
        else:
            found.append((line.id, line.amount_minor))
    return [*found, bill.total_minor]


if __name__ == "__main__":
    if "--digest" in sys.argv:
        print("results", digest())
    else:
        import cpcfit

        comparison = Comparison(cpcfit)
        for index in range(0, cases.CATALOGUES, STEP):
            comparison.case(cases.draw(index))
        print("equal:", ", ".join(f"{count} {what}" for what, count in comparison.compared.items()))
