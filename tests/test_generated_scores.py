"""The generated frameworks through the Python package: digests, and columns against records."""

from __future__ import annotations

import cpcfit
import frameworks
import generate_scores
import pytest


def test_inputs_are_those_of_every_language() -> None:
    assert generate_scores.inputs() == generate_scores.GOLDEN["inputs"]


def test_results_are_those_of_every_language() -> None:
    assert generate_scores.results(cpcfit) == generate_scores.GOLDEN["results"]


@pytest.mark.parametrize("simd", cpcfit.simd_levels())
def test_columns_give_the_same_lines(simd: str) -> None:
    for index in range(frameworks.FRAMEWORKS):
        engine = generate_scores.Engine(cpcfit, frameworks.draw(index))
        assert engine.column_lines(simd=simd) == list(map(generate_scores.without_codes, engine.lines()))
