"""The generated suite through the Python package: digests, and columns against records."""

from __future__ import annotations

import cpcfit
import generate
import pytest

import cases

STEP = 10
"""Columns are checked for every so many catalogues here, and for all of them in Rust."""


def test_inputs_are_those_of_every_language() -> None:
    assert generate.inputs() == generate.GOLDEN["inputs"]


def test_results_are_those_of_every_language() -> None:
    assert generate.results(cpcfit) == generate.GOLDEN["results"]


@pytest.mark.parametrize("simd", cpcfit.simd_levels())
def test_columns_give_the_same_lines(simd: str) -> None:
    for index in range(0, cases.CATALOGUES, STEP):
        engine = generate.Engine(cpcfit, cases.draw(index))
        assert engine.column_lines(simd=simd) == list(map(generate.without_codes, engine.lines()))
