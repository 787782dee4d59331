"""Answers a conformance case on a framework with the oracle, in the words of the case files."""

from __future__ import annotations

import math
from typing import Any

from evaluate import native
from scoring import Framework, NotFitted
from scoring_fit import fit

import case_files
from oracle import Invalid


def evaluate(case: dict[str, Any]) -> dict[str, Any]:
    """`{"expect": ...}` or `{"errors": [{code, path}...]}`."""
    framework = Framework(plain_numbers(native(case_files.document(case, case["framework"])[0])))
    try:
        return {"expect": CALLS[case["call"]](case, framework)}
    except NotFitted as unfitted:
        return {"errors": [{"code": "scoring.not_fitted", "path": place} for place in unfitted.places]}
    except Invalid as invalid:
        return {"errors": [{"code": problem.code, "path": problem.where} for problem in invalid.problems]}


def plain_numbers(document: Any) -> Any:
    """A document with floats for decimals."""
    if isinstance(document, dict):
        return {key: plain_numbers(value) for key, value in document.items()}
    if isinstance(document, list):
        return [plain_numbers(value) for value in document]
    return document if isinstance(document, (str, bool, int, type(None))) else float(document)


def load_framework(_: dict[str, Any], framework: Framework) -> dict[str, Any]:
    return {
        "indicators": list(framework.indicators),
        "nodes": list(framework.nodes),
        "fitted": not framework.unfitted(),
    }


def score(case: dict[str, Any], framework: Framework) -> dict[str, Any]:
    found = framework.score(case_files.record(case["input"]))
    return {"score": found.value, "coverage": found.coverage, "status": found.status}


def explain_score(case: dict[str, Any], framework: Framework) -> dict[str, Any]:
    found = framework.score(case_files.record(case["input"]))
    terms = [
        {"id": t.id, "weight": t.weight, "normalised": t.normalised, "contribution": t.contribution}
        for t in found.terms
    ]
    return {**score(case, framework), "terms": terms}


def fit_framework(case: dict[str, Any], framework: Framework) -> dict[str, Any]:
    data = {name: case_files.cells(column)[1] for name, column in case["columns"].items()}
    fitted = fit(framework.document, data)
    rows = fitted.document.get("fitted", {}).get("rows")
    return {**load_framework(case, fitted), "rows": rows, **score(case, fitted)}


CALLS = {
    "load_framework": load_framework,
    "fit_framework": fit_framework,
    "score": score,
    "explain_score": explain_score,
}


def agrees(found: Any, expected: Any) -> bool:
    """Equal, but that `{"near": x}` takes a relative error of 1e-12."""
    if isinstance(expected, dict) and "near" in expected:
        return found is not None and math.isclose(found, expected["near"], rel_tol=1e-12)
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(agrees(found[key], expected[key]) for key in found)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(agrees, found, expected))
    return found == expected
