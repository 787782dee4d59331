"""The oracle answers every conformance case whose documents are valid as the case says."""

from __future__ import annotations

from typing import Any

import pytest
from evaluate import case_files, evaluate

DOCUMENT_CODES = ("document.", "expr.", "tariff.", "fit.")
DATA_CODES = ("tariff.unknown_plan", "tariff.unknown_meter", "tariff.overflow", "fit.no_present_bill")


def answered(case: dict[str, Any]) -> bool:
    """The oracle takes documents to be valid, and columns to be readable: it has no answer to the rest."""
    codes = [error["code"] for error in case.get("errors", [])]
    if case["call"] == "load" and codes:
        return False
    if codes and "columns" in case:
        return not {"data.length", "data.layout", "data.wrong_type", "data.missing_column"} & set(codes)
    return all(code in DATA_CODES or not code.startswith(DOCUMENT_CODES) for code in codes)


CASES = [
    pytest.param(case, id=f"{case['file']}: {case['name']}")
    for case in case_files.load()
    if "framework" not in case  # test_frameworks.py
    # Against another CEL, core/src/expr/cel/differential.rs, and polars, bindings-python/tests/test_rules.py
    and case["file"] not in ("checks", "contacts", "explanations", "expressions", "rules", "tests")
    and answered(case)
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    found = evaluate(case)
    if "errors" in case:
        assert pairs(found["errors"]) == pairs(case["errors"])
    else:
        assert found == {"expect": case["expect"]}


def pairs(errors: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((error["code"], error["path"]) for error in errors)
