"""Everything public has a docstring, and the examples in them are true."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path
from typing import Any

import cpcfit as cpc
import polars as pl
import pytest
from kinds import EXAMPLES

PUBLIC = [getattr(cpc, name) for name in cpc.__all__ if not name.startswith("__")]
MEMBERS = {
    f"{item.__name__}.{name}": getattr(item, name)
    for item in PUBLIC
    if inspect.isclass(item)
    for name in vars(item)
    if not name.startswith("_")
}
DOCUMENTED = {item.__name__: item for item in PUBLIC} | MEMBERS


@pytest.mark.parametrize("name", DOCUMENTED)
def test_everything_public_is_documented(name: str) -> None:
    owner, _, attribute = name.partition(".")
    text = inspect.getdoc(DOCUMENTED[name]) or ""
    listed = attribute and f"{attribute}: " in (inspect.getdoc(getattr(cpc, owner)) or "")
    assert text or listed


@pytest.mark.parametrize("name", ["cpcfit", *DOCUMENTED])
def test_the_examples_are_true(
    name: str, feixiang: cpc.Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans.yaml").write_text(feixiang.to_json(), "utf-8")
    customers = pl.read_csv(EXAMPLES / "data" / "plans.csv").select(
        voice=pl.col("voice_min") * 2.5, data=pl.col("data_mb") + 250.25, current_plan="id"
    )
    names: dict[str, Any] = {"cpc": cpc, "catalog": feixiang, "customers": customers}
    text = inspect.getdoc(cpc if name == "cpcfit" else DOCUMENTED[name]) or ""
    test = doctest.DocTestParser().get_doctest(text, names, name, None, None)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0
