"""Answers a conformance case with the oracle, in the words of the case files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import plain_yaml

from oracle import CUSTOMER, STATUSES, Bill, Catalogue, Invalid, Match, PackageFit, funnel, with_table
from oracle import day as as_date

sys.path.insert(0, str(Path(__file__).parents[1]))
import case_files

ROWS_LISTED = 5


def native(source: Any) -> Any:
    """A document as Python values: JSON by the standard library, other text by the small YAML reader."""
    if not isinstance(source, str):
        return source
    return json.loads(source) if source.lstrip().startswith("{") else plain_yaml.load(source)


def catalogue(case: dict[str, Any]) -> Catalogue:
    source, table = case_files.document(case, case["catalogue"])
    document = native(source)
    if table is not None:
        document = with_table(document, table)
    found = Catalogue(document)
    return found.at(as_date(case["at"])) if "at" in case else found


def major(minor: int, exponent: int) -> str:
    digits = str(minor).rjust(exponent + 1, "0")
    return f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """`{"expect": ...}` or `{"errors": [{code, path}...]}`."""
    cat = catalogue(case)
    try:
        return {"expect": CALLS[case["call"]](case, cat)}
    except Invalid as invalid:
        return {"errors": [{"code": problem.code, "path": problem.where} for problem in invalid.problems]}


def load(_case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    return {"plans": [plan.id for plan in cat.plans]}


def bill(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    return bill_words(cat, cat.bill(case["plan"], case_files.record(case["input"])))


def bill_words(cat: Catalogue, found: Bill) -> dict[str, Any]:
    lines = [
        {
            "meter": line.meter,
            "used": line.used,
            "included": line.included,
            "over": line.over,
            "blocks": line.blocks,
            "exact": str(line.exact),
            "amount": None if line.amount is None else major(line.amount, cat.exponent),
        }
        for line in found.lines
    ]
    given = {key: major(amount, cat.exponent) for key, amount in found.given}
    return {
        "fee": major(found.fee, cat.exponent),
        "lines": lines,
        "given": given,
        "total": major(found.total, cat.exponent),
    }


def quote(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    bills = cat.quote(case_files.record(case["input"]))
    # A stable sort: equal total and fee stay in the catalogue's order.
    cheapest_first = sorted(bills, key=lambda bill: (bill.total, bill.fee))
    return {
        "totals": {bill.plan: major(bill.total, cat.exponent) for bill in bills},
        "cheapest_first": [bill.plan for bill in cheapest_first],
    }


def package_fit(case: dict[str, Any], cat: Catalogue) -> PackageFit:
    return PackageFit(cat, native(case_files.document(case, case["policy"])[0]) if "policy" in case else {})


def fit(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    match = package_fit(case, cat).record(case_files.record(case["input"]))
    if match.status == "invalid":
        raise Invalid(list(match.problems))
    words = match_words(cat, match)
    if match.options:
        words["reasons"] = {option.plan.id: list(option.reasons) for option in match.options}
    return words


def match_words(cat: Catalogue, match: Match) -> dict[str, Any]:
    amounts = {key: getattr(match, key) for key in ("total", "fee", "present_total", "present_fee")}
    words = {key: None if amount is None else major(amount, cat.exponent) for key, amount in amounts.items()}
    return {"status": match.status, "plan": match.plan, **words}


def rows(case: dict[str, Any], cat: Catalogue) -> list[dict[str, Any]]:
    """The columns row by row; those that nothing knows are left out."""
    known = {*cat.meters, *cat.given, *cat.fields, *CUSTOMER}
    columns = {name: case_files.cells(column)[1] for name, column in case["columns"].items() if name in known}
    count = max(map(len, columns.values()))
    return [{name: values[row] for name, values in columns.items()} for row in range(count)]


def invalid_rows(found: list[tuple[int, Invalid]]) -> Invalid:
    """The problems of several rows, those with one code and column together."""
    merged: dict[tuple[str, str], Any] = {}
    for _, invalid in found:
        for problem in invalid.problems:
            merged.setdefault((problem.code, problem.where), problem)
    return Invalid(list(merged.values()))


def bill_columns(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    totals: dict[str, list[str | None]] = {plan.id: [] for plan in cat.plans}
    failed = []
    for number, row in enumerate(rows(case, cat)):
        try:
            for bill in cat.quote(row):
                totals[bill.plan].append(major(bill.total, cat.exponent))
        except Invalid as invalid:
            failed.append((number, invalid))
            for values in totals.values():
                values.append(None)
    if failed and case.get("on_error") != "null":
        raise invalid_rows(failed)
    return {"totals": totals}


def sum_columns(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    sums = dict.fromkeys((plan.id for plan in cat.plans), 0)
    for row in rows(case, cat):
        for bill in cat.quote(row):
            sums[bill.plan] += bill.total
    return {"sums": {plan: major(total, cat.exponent) for plan, total in sums.items()}}


def fit_columns(case: dict[str, Any], cat: Catalogue) -> dict[str, Any]:
    engine = package_fit(case, cat)
    matches = [engine.record(row) for row in rows(case, cat)]
    failed = [
        (number, Invalid(list(match.problems)))
        for number, match in enumerate(matches)
        if match.status == "invalid"
    ]
    if failed and case.get("on_error") != "null":
        raise invalid_rows(failed)
    found = funnel(matches)
    words = [match_words(cat, match) for match in matches]
    return {
        **{key: [word[key] for word in words] for key in words[0]},
        "funnel": {"statuses": {key: found["statuses"][key] for key in STATUSES}, "stages": found["stages"]},
    }


CALLS = {
    "load": load,
    "bill": bill,
    "quote": quote,
    "fit": fit,
    "bill_columns": bill_columns,
    "sum_columns": sum_columns,
    "fit_columns": fit_columns,
}
