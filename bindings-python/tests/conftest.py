"""Fixtures that several files of tests share."""

from __future__ import annotations

import cpcfit as cpc
import pytest
from desk import DESK
from kinds import CATALOGUE, EXAMPLES, KINDS


@pytest.fixture(scope="session")
def catalog() -> cpc.Catalog:
    return cpc.Catalog.from_dict(CATALOGUE)


@pytest.fixture(scope="session")
def feixiang() -> cpc.Catalog:
    document = (EXAMPLES / "models" / "feixiang.yaml").read_text("utf-8")
    return cpc.Catalog.from_table(document, (EXAMPLES / "data" / "plans.csv").read_text("utf-8"))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def desk() -> cpc.RuleSet:
    return cpc.RuleSet.from_dict(DESK)
