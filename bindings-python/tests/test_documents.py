"""Catalogues and policies from files, texts and native objects, and every problem of them at once."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import sys
from collections import UserDict
from decimal import Decimal
from pathlib import Path
from typing import Any

import cpcfit as cpc
import numpy as np
import pytest
from kinds import CATALOGUE, EXAMPLES


def changed(**keys: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CATALOGUE), **keys}


def fee(value: Any) -> cpc.Catalog:
    document = changed()
    document["plans"][0]["fee"] = value
    return cpc.Catalog.from_dict(document)


def test_a_file_a_text_and_a_dict_are_the_same(tmp_path: Path) -> None:
    text = json.dumps(CATALOGUE)
    path = tmp_path / "plans.json"
    path.write_text(text, "utf-8")
    catalogs = [cpc.Catalog.read(path), cpc.Catalog.read(str(path)), cpc.Catalog.parse(text)]
    assert {catalog.to_json() for catalog in catalogs} == {cpc.Catalog.from_dict(CATALOGUE).to_json()}


def test_what_a_catalogue_says_of_itself(catalog: cpc.Catalog) -> None:
    assert (catalog.id, catalog.version, catalog.date) == ("example", "1", None)
    assert catalog.names == {"zh": "示例", "en": "Example"}
    assert (catalog.currency.code, catalog.currency.exponent) == ("CNY", 2)
    small, large = catalog.plans
    assert (small.id, small.names, small.fee, small.fee_minor) == (
        "small",
        {"en": "Small"},
        Decimal(38),
        3800,
    )
    assert (large.priority, large.effective_from, large.effective_to) == (1, None, None)
    voice, data = catalog.meters
    assert (voice.id, voice.unit, voice.base, voice.ratio, voice.default) == ("voice", "min", "s", 60, None)
    assert data.default == 0
    [packs] = catalog.given
    assert (packs.id, packs.names, packs.default) == ("packs", {}, Decimal(0))
    assert repr(catalog) == "Catalog(example 1: 2 plans, voice in min, data in MB)"


def test_a_price_table_from_text_and_from_a_dict() -> None:
    table = (EXAMPLES / "data" / "plans.csv").read_text("utf-8")
    text = (EXAMPLES / "models" / "feixiang.yaml").read_text("utf-8")
    catalog = cpc.Catalog.from_table(text, table)
    assert len(catalog.plans) == 18
    document = changed(
        table={
            "id": "plan",
            "fee": "fee",
            "charges": {
                "voice": {"allowance": "min", "overage": "voice"},
                "data": {"allowance": "mb", "overage": "data"},
            },
        }
    )
    del document["plans"]
    catalog = cpc.Catalog.from_table(document, "plan,fee,min,voice,mb,data\na,38,50,0.25,100,0.29\n")
    assert catalog.bill("a", voice=60.5).total == Decimal("40.63")


@pytest.mark.parametrize("value", [38, 38.0, "38", "38.00", Decimal(38), Decimal("38.00"), Decimal("3.8E+1")])
def test_numbers_in_every_form(value: Any) -> None:
    assert fee(value).plans[0].fee == 38


def test_mappings_and_numbers_of_other_kinds() -> None:
    document = UserDict(changed(id=np.str_("other")))
    assert cpc.Catalog.from_dict(document).id == "other"
    assert fee(np.int64(38)).plans[0].fee == 38


def test_floats_count_by_their_shortest_form() -> None:
    assert fee(0.29).plans[0].fee_minor == 29
    with pytest.raises(cpc.DocumentError, match=r"document\.long_float at /plans/0/fee"):
        fee(0.1 + 0.2)


def test_dates_may_be_dates() -> None:
    document = changed()
    document["plans"][1]["effective"] = {"from": dt.date(2012, 1, 1), "to": "2012-12-31"}
    catalog = cpc.Catalog.from_dict(document)
    plan = catalog.plans[1]
    assert (plan.effective_from, plan.effective_to) == (dt.date(2012, 1, 1), dt.date(2012, 12, 31))
    with pytest.raises(cpc.DataError, match=r"tariff\.date_required"):
        catalog.quote(voice=1)
    for day in (dt.date(2013, 1, 1), dt.datetime(2013, 1, 1, 12), "2013-01-01"):
        assert [plan.id for plan in catalog.at(day).plans] == ["small"]
        assert catalog.at(day).date == dt.date(2013, 1, 1)
    with pytest.raises(ValueError, match="invalid date"):
        catalog.at("2013-02-29")
    with pytest.raises(TypeError, match="expected a date"):
        catalog.at(2013)  # type: ignore[arg-type]
    document["plans"][1]["effective"] = {"from": dt.datetime(2012, 1, 1, 12)}
    with pytest.raises(cpc.DocumentError, match=r"document\.bad_date"):
        cpc.Catalog.from_dict(document)


def test_all_problems_at_once_with_their_paths() -> None:
    document = changed(currency={"code": "CNY", "exponent": "two"})
    document["plans"][0]["charges"]["voice"]["overage"] = object()
    document["plans"][1]["fees"] = 128
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.Catalog.from_dict(document)
    problems = {problem.path: problem for problem in raised.value.problems}
    assert problems["/currency/exponent"].code == "document.wrong_type"
    assert problems["/plans/0/charges/voice/overage"].found == "a value of type `object`"
    assert problems["/plans/1/fees"].suggestion == "fee"


def test_places_of_a_text() -> None:
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.FitPolicy.parse("cpcfit: 1\nkind: fit-policy\nid: p\nversion: 1\nrank: cheep\n")
    [problem] = raised.value.problems
    assert (problem.code, problem.path) == ("document.unknown_word", "/rank")
    assert (problem.line, problem.column) == (5, 7)


@pytest.mark.parametrize(
    "value", [b"38", object(), {1, 2}, range(3), lambda: 0, float, 1j], ids=lambda value: type(value).__name__
)
def test_what_no_document_can_hold(value: Any) -> None:
    with pytest.raises(cpc.DocumentError) as raised:
        fee(value)
    assert [problem.path for problem in raised.value.problems] == ["/plans/0/fee"]


def test_keys_are_text() -> None:
    with pytest.raises(cpc.DocumentError, match="a value whose key is a value of type `int`"):
        cpc.Catalog.from_dict(changed(meters={1: {"unit": "s", "base": "s"}}))


def test_what_contains_itself_ends() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(cpc.DocumentError, match=r"document\.too_deep"):
        cpc.Catalog.from_dict(changed(plans=loop))
    tree: dict[str, Any] = {}
    tree["x-all"] = tree
    with pytest.raises(cpc.DocumentError, match=r"document\.too_deep"):
        cpc.Catalog.from_dict(tree)


def test_what_is_shared_too_often_ends() -> None:
    many: list[Any] = ["x"]
    for _ in range(40):
        many = [many] * 10
    with pytest.raises(cpc.DocumentError, match=r"document\.too_many_nodes"):
        cpc.Catalog.from_dict(changed(plans=many))


def test_depth_does_not_use_up_the_stack() -> None:
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(cpc.DocumentError, match=r"document\.too_deep"):
        cpc.Catalog.from_dict(changed(plans=deep))
    while deep:
        deep = deep.pop()


def test_documents_that_are_no_mapping() -> None:
    documents: list[Any] = [[], "text", 1, None]
    for document in documents:
        with pytest.raises(cpc.DocumentError):
            cpc.Catalog.from_dict(document)
    with pytest.raises(FileNotFoundError):
        cpc.Catalog.read("no such file")


def test_pickled_models_are_the_same(catalog: cpc.Catalog, feixiang: cpc.Catalog) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):

        def copied(model: Any, protocol: int = protocol) -> Any:
            return pickle.loads(pickle.dumps(model, protocol))

        assert copied(catalog).to_json() == catalog.to_json()
        assert repr(copied(feixiang).quote(voice=1, data=1)) == repr(feixiang.quote(voice=1, data=1))
        policy = cpc.FitPolicy.read(EXAMPLES / "models" / "fit-policy.yaml")
        assert copied(policy).to_json() == policy.to_json()
        fit = cpc.PackageFit(feixiang, policy)
        assert copied(fit).policy.to_json() == policy.to_json()


def test_a_pickled_catalogue_keeps_its_day() -> None:
    document = changed()
    document["plans"][1]["effective"] = {"to": "2012-12-31"}
    catalog = cpc.Catalog.from_dict(document).at("2013-01-01")
    copied = pickle.loads(pickle.dumps(catalog))
    assert (copied.date, [plan.id for plan in copied.plans]) == (catalog.date, ["small"])
    assert copy.deepcopy(catalog).date == catalog.date


def test_models_are_not_made_or_changed_by_hand(catalog: cpc.Catalog) -> None:
    with pytest.raises(TypeError):
        cpc.Catalog()
    with pytest.raises(AttributeError):
        catalog.id = "other"  # type: ignore[misc]


def test_the_package_knows_its_version() -> None:
    assert cpc.__version__.count(".") == 2
    assert "_cpcfit" in sys.modules["cpcfit._cpcfit"].__name__
    assert set(cpc.__all__) <= set(dir(cpc))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.yaml") as missing:
        cpc.Framework.read(tmp_path / "nowhere.yaml")
    assert missing.value.filename == str(tmp_path / "nowhere.yaml")
    (tmp_path / "latin.yaml").write_bytes("kind: caf\u00e9".encode("latin-1"))
    with pytest.raises(OSError, match=r"UTF-8: .*latin\.yaml"):
        cpc.Catalog.read(tmp_path / "latin.yaml")
