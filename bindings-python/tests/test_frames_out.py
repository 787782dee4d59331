"""Results come back as the kind of frame that was given, with money as it was asked for."""

from __future__ import annotations

import gc
import subprocess
import sys
from decimal import Decimal
from typing import Any, Literal

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import CATALOGUE, CUSTOMERS, KINDS, RESULTS, SMALL, listed


def test_the_kind_stays(kind: str, catalog: cpc.Catalog) -> None:
    assert isinstance(catalog.bill_frame(KINDS[kind](CUSTOMERS)), RESULTS[kind])
    assert isinstance(cpc.package_fit(KINDS[kind](CUSTOMERS), catalog).to_frame(), RESULTS[kind])


def test_money_by_default(kind: str, catalog: cpc.Catalog) -> None:
    totals = listed(catalog.bill_frame(KINDS[kind](CUSTOMERS)), "small")
    if kind in ("pandas", "lists", "numpy"):
        assert totals == [float(total) for total in SMALL]
    else:
        assert [str(total) for total in totals] == SMALL


def test_money_as_asked_for(kind: str, catalog: cpc.Catalog) -> None:
    def totals(money: Any) -> list[Any]:
        return listed(catalog.bill_frame(KINDS[kind](CUSTOMERS), money=money), "small")

    assert totals("decimal") == [Decimal(total) for total in SMALL]
    assert totals("float") == [float(total) for total in SMALL]
    assert totals("minor") == [int(Decimal(total) * 100) for total in SMALL]


def test_the_columns_of_a_fit(catalog: cpc.Catalog) -> None:
    customers = {
        "customer": [11, 12, 13],
        "voice": [700.0, 0.0, -1.0],
        "current_plan": ["small", "small", "small"],
    }
    fit = cpc.package_fit(pl.DataFrame(customers), catalog, id="customer", on_error="null")
    assert fit.to_frame().to_dicts() == [
        {
            "customer": 11,
            "status": "target",
            "status_code": 0,
            "plan": "large",
            "total": Decimal("143.00"),
            "fee": Decimal("128.00"),
            "present_total": Decimal("200.50"),
            "present_fee": Decimal("38.00"),
        },
        {
            "customer": 12,
            "status": "stays",
            "status_code": 1,
            "plan": "small",
            "total": Decimal("38.00"),
            "fee": Decimal("38.00"),
            "present_total": Decimal("38.00"),
            "present_fee": Decimal("38.00"),
        },
        {
            "customer": 13,
            "status": "invalid",
            "status_code": 7,
            "plan": None,
            "total": None,
            "fee": None,
            "present_total": None,
            "present_fee": None,
        },
    ]
    schema = fit.to_frame().schema
    assert schema["status"] == schema["plan"] == pl.String
    assert schema["total"] == pl.Decimal(18, 2)


def test_chosen_columns(catalog: cpc.Catalog) -> None:
    customers = {"customer": [7], "voice": [0.0], "current_plan": ["small"]}
    fit = cpc.package_fit(pl.DataFrame(customers), catalog, id="customer")
    assert fit.to_frame(columns=["total", "customer", "plan"]).rows() == [(Decimal("38.00"), 7, "small")]
    with pytest.raises(cpc.DataError, match="did you mean `present_fee`"):
        fit.to_frame(columns=["present_fees", "plan"])


def test_the_present_bill_is_left_out_on_request(catalog: cpc.Catalog) -> None:
    customers = pl.DataFrame({"voice": [0.0, 900.0], "current_plan": ["small", "small"]})
    whole = cpc.package_fit(customers, catalog)
    fit = cpc.package_fit(customers, catalog, present_bill=False)
    assert fit.to_frame().equals(whole.to_frame().drop("present_total", "present_fee"))
    assert fit.funnel().statuses == whole.funnel().statuses
    with pytest.raises(cpc.DataError, match=r"present_total: .* left out .* `present_bill=True`"):
        fit.to_frame(columns=["plan", "present_total"])
    assert fit.package_fit.columns(customers).to_frame().equals(whole.to_frame())


def test_problems_of_invalid_customers_are_kept(catalog: cpc.Catalog) -> None:
    customers = pl.DataFrame({"voice": [0.0, -1.0, -2.0], "current_plan": ["small"] * 3})
    fit = cpc.package_fit(customers, catalog, on_error="null")
    assert [(problem.code, problem.rows) for problem in fit.problems] == [("data.negative", (1, 2))]
    assert cpc.package_fit(customers.head(1), catalog).problems == []


def test_nulls_as_each_kind_has_them(catalog: cpc.Catalog) -> None:
    customers: dict[str, list[Any]] = {"voice": [0.0, -1.0], "current_plan": ["small", "small"]}

    def result(kind: str, money: Any = None) -> Any:
        return cpc.package_fit(KINDS[kind](customers), catalog, on_error="null", money=money).to_frame()

    assert result("polars")["plan"].to_list() == ["small", None]
    pandas = result("pandas")
    assert pandas["plan"].isna().tolist() == pandas["total"].isna().tolist() == [False, True]
    assert pandas["total"].dtype == np.float64
    arrays = result("numpy")
    assert arrays["plan"].tolist() == ["small", None]
    assert np.isnan(arrays["total"]).tolist() == [False, True]
    assert result("numpy", "minor")["total"].tolist() == [3800, None]
    assert result("numpy", "decimal")["total"].tolist() == [Decimal("38.00"), None]
    assert result("duckdb").project("plan, total").fetchall() == [("small", Decimal("38.00")), (None, None)]


def test_a_pandas_index_stays(catalog: cpc.Catalog) -> None:
    index = pd.Index(["x", "y", "z", "z"], name="who")
    customers = pd.DataFrame(CUSTOMERS, index=index)
    assert catalog.bill_frame(customers).index.equals(index)
    joined = customers.assign(plan=cpc.package_fit(customers, catalog).to_frame()["plan"].to_numpy())
    assert joined["plan"].tolist() == ["small", "large", "small", "small"]


def test_a_relation_stays_with_its_connection(catalog: cpc.Catalog) -> None:
    relation = KINDS["duckdb"](CUSTOMERS)
    result = cpc.package_fit(relation, catalog, id="customer").to_frame()
    again = cpc.package_fit(relation, catalog, id="customer").to_frame()
    joined = relation.set_alias("a").join(result.set_alias("b"), "a.customer = b.customer")
    assert sorted(joined.project("a.customer, plan").fetchall()) == [
        ("a", "small"),
        ("b", "large"),
        ("c", "small"),
        ("d", "small"),
    ]
    assert again.aggregate("count(*)").fetchall() == [(4,)]


def test_ids_of_any_type_are_handed_back(catalog: cpc.Catalog) -> None:
    enum = pl.Enum(["b", "a"])
    ids = {
        "enum": pl.Series(["a", "b"], dtype=enum),
        "list": pl.Series([[1], [2, 3]]),
        "time": pl.Series([1, 2]).cast(pl.Datetime("us", "UTC")),
        "binary": pl.Series([b"a", b"b"]),
    }
    for column in ids.values():
        frame = pl.DataFrame({"id": column, "voice": [0.0, 0.0]})
        result = catalog.bill_frame(frame, id="id")
        assert result["id"].dtype == column.dtype
        assert result["id"].to_list() == column.to_list()


def test_chunks_of_the_customers_do_not_matter(catalog: cpc.Catalog) -> None:
    whole = pl.DataFrame(CUSTOMERS)
    parts = pl.concat([whole[:1], whole[1:3], whole[3:]], rechunk=False)
    assert parts.n_chunks() == 3
    totals = catalog.bill_frame(whole, id="customer")
    assert catalog.bill_frame(parts, id="customer").equals(totals)
    matches = cpc.package_fit(whole, catalog, id="customer").to_frame()
    assert cpc.package_fit(parts, catalog, id="customer").to_frame().equals(matches)
    numbers = {name: pa.chunked_array([values[:1], values[1:]]) for name, values in CUSTOMERS.items()}
    assert cpc.package_fit(numbers, catalog, id="customer").to_frame()["customer"].tolist() == [
        "a",
        "b",
        "c",
        "d",
    ]


def test_arrays_can_be_written_to(catalog: cpc.Catalog) -> None:
    totals = catalog.bill_frame({"voice": np.zeros(3)})["small"]
    totals[0] = 0.0
    assert totals.tolist() == [0.0, 38.0, 38.0]


def test_arrays_are_the_callers_own(catalog: cpc.Catalog) -> None:
    """What is written to an array reaches neither the result, nor another frame of it, nor the customers."""
    voice = np.array([0.0, 60.5, 700.0])
    customers = {"voice": voice, "current_plan": ["small"] * 3}
    kinds: list[tuple[Literal["float", "minor"], float]] = [("float", 40.63), ("minor", 4063)]
    for money, total in kinds:
        fit = cpc.package_fit(customers, catalog, id="voice", money=money)
        one, other = fit.to_frame(), fit.to_frame()
        for name, values in one.items():
            assert values.flags.writeable, name
            values[:] = values[0]
        assert (other["voice"].tolist(), other["total"][1]) == ([0.0, 60.5, 700.0], total)
        assert fit.to_frame()["total"][1] == total
        assert fit.explain(60.5).found.plan == "small"
        assert voice.tolist() == [0.0, 60.5, 700.0]


def test_arrays_outlive_the_result(catalog: cpc.Catalog) -> None:
    """Amounts made for the array are not copied: the array is over the result's memory and keeps it alive."""
    rows = 100_000
    customers = {"voice": np.arange(rows) / 60, "current_plan": ["small"] * rows}
    totals = catalog.bill_frame(customers)["small"]
    assert type(totals.base).__name__ == "Memory"
    expected = totals.tolist()
    kinds: list[Literal["float", "minor"]] = ["float", "minor"]
    for money in kinds:
        fit = cpc.package_fit(customers, catalog, id="voice", money=money)
        frame = fit.to_frame()
        before = {name: values.tolist() for name, values in frame.items()}
        del fit
        gc.collect()
        [np.full(rows, 7.0) for _ in range(8)]
        catalog.bill_frame({"voice": np.zeros(rows)})
        assert {name: values.tolist() for name, values in frame.items()} == before
    part = totals[1:]
    del totals
    gc.collect()
    catalog.bill_frame({"voice": np.zeros(rows)})
    assert part.tolist() == expected[1:]


IDS = {
    "floats": (pa.array([1.5, None, 2.5]), [1.5, None, 2.5]),
    "floats of 32 bits": (pa.array([1.5, None, 2.5], pa.float32()), [1.5, None, 2.5]),
    "integers": (pa.array([1, None, 3]), [1, None, 3]),
    "integers in chunks": (pa.chunked_array([[1], [2, 3]]), [1, 2, 3]),
    "nulls in one chunk": (pa.chunked_array([[1], [None, 3]]), [1, None, 3]),
    "a slice": (pa.array([0, 1, None, 3, 4])[1:4], [1, None, 3]),
    "a slice of floats": (pa.array([0.5, 1.5, None, 3.5])[1:], [1.5, None, 3.5]),
    "texts": (["a", None, "a"], ["a", None, "a"]),
    "a dictionary": (pa.array(["b", None, "a"]).dictionary_encode(), ["b", None, "a"]),
    "categories": (pd.Series(["b", None, "a"], dtype="category"), ["b", None, "a"]),
    "a slice of a dictionary": (pa.array(["c", "b", None, "a"]).dictionary_encode()[1:], ["b", None, "a"]),
}


@pytest.mark.parametrize("what", IDS)
def test_ids_of_a_dict_come_back_as_arrays(what: str, catalog: cpc.Catalog) -> None:
    ids, expected = IDS[what]
    result = catalog.bill_frame({"id": ids, "voice": np.zeros(3)}, id="id")["id"]
    assert isinstance(result, np.ndarray)
    assert result.flags.writeable
    values = [None if value != value else value for value in result.tolist()]
    assert values == expected


def test_arrays_of_no_rows(catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit({"voice": np.zeros(0), "current_plan": []}, catalog, id="voice")
    assert {name: values.tolist() for name, values in fit.to_frame().items()}.keys() >= {
        "voice",
        "plan",
        "total",
    }
    assert all(len(values) == 0 and values.flags.writeable for values in fit.to_frame().values())


def test_texts_in_every_layout() -> None:
    """Rows for several threads, some without a plan; ids shorter and longer than what is copied at once."""
    rows = 70_000
    plan = dict(CATALOGUE["plans"][0], id="a_plan_with_a_long_name_of_its_own", fee=200)
    long = cpc.Catalog.from_dict(dict(CATALOGUE, plans=[*CATALOGUE["plans"], plan]))
    current = np.array(["small", "large", plan["id"], "unknown"])[np.arange(rows) % 4]
    customers = Stream(pa.table({"voice": np.arange(rows) % 100.0, "current_plan": current}))
    table = cpc.package_fit(customers, long, monthly_fee_change=(1, 1), on_error="null").to_frame(
        columns=["plan", "status"]
    )
    expected = [None if plan == "unknown" else plan for plan in current.tolist()]
    for layout, data_type in (
        ("views", pa.string_view()),
        ("long", pa.large_string()),
        ("codes", pa.dictionary(pa.int32(), pa.string())),
    ):
        found = pa.table(table.with_texts(layout))
        found.validate(full=True)
        assert found.schema == pa.schema(table.with_texts(layout))
        assert found["plan"].type == found["status"].type == data_type
        assert found["plan"].to_pylist() == expected
    plain = pa.table(table)
    plain.validate(full=True)
    assert plain["plan"].type == pa.string()
    assert plain["plan"].to_pylist() == expected
    with pytest.raises(ValueError, match='no layout of texts is called "short"'):
        table.with_texts("short")


class Stream:
    """Whatever speaks Arrow and is of no known library."""

    def __init__(self, table: Any) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def test_relations_hold_plain_texts(catalog: cpc.Catalog) -> None:
    rows = 10_000
    current = [["small", "large", "unknown"][row % 3] for row in range(rows)]
    customers: dict[str, list[Any]] = {"voice": [0.0] * rows, "current_plan": current}
    fit = cpc.package_fit(KINDS["duckdb"](customers), catalog, monthly_fee_change=(1, 1), on_error="null")
    result = fit.to_frame(columns=["plan", "status"])
    del fit
    gc.collect()
    assert [str(data_type) for data_type in result.types] == ["VARCHAR", "VARCHAR"]
    counts = result.aggregate("plan, status, count(*)").order("1").fetchall()
    assert counts == [("large", "stays", 3333), ("small", "stays", 3334), (None, "invalid", 3333)]
    assert result.filter("plan like 'sm%'").aggregate("count(*)").fetchall() == [(3334,)]
    # It can be read again, and in the order of the customers.
    expected = [None if plan == "unknown" else plan for plan in current]
    assert [plan for plan, _ in result.fetchall()] == expected
    assert result.to_arrow_table()["plan"].to_pylist() == expected


def test_results_speak_arrow_themselves(catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit(CUSTOMERS, catalog, money="decimal")
    assert pl.DataFrame(fit).to_dicts() == pa.table(fit).to_pylist()
    assert len(fit) == 4


def test_sums(kind: str, catalog: cpc.Catalog) -> None:
    sums = catalog.sum_frame(KINDS[kind](CUSTOMERS))
    assert sums == {"small": sum(map(Decimal, SMALL)), "large": Decimal("817.00")}
    assert catalog.sum_frame(KINDS[kind](CUSTOMERS), money="minor") == {"small": 88278, "large": 81700}
    assert catalog.sum_frame(KINDS[kind](CUSTOMERS), money="float")["small"] == 882.78


def run_without(blocked: str, program: str) -> str:
    lines = ["import sys", f"sys.modules['{blocked}'] = None", program]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


DOCUMENT = """
import cpcfit as cpc
catalog = cpc.Catalog.parse('''
cpcfit: 1
kind: catalogue
id: c
version: 1
currency: {code: CNY, exponent: 2}
rounding: {stage: line, mode: half_up, step: 0.01}
meters: {voice: {unit: min, base: s, units: {min: 60}}}
plans: [{id: p, fee: 38, charges: {voice: {allowance: 50, overage: 0.25}}}]
''')
"""


def test_pandas_works_without_pyarrow() -> None:
    program = """
import pandas as pd
plans = pd.Categorical(["p", "p"])
customers = pd.DataFrame({"voice": [50.0, None], "who": ["a", "b"], "current_plan": plans})
result = cpc.package_fit(customers, catalog, id="who", on_error="null").to_frame()
print(type(result).__name__, result["who"].tolist(), result["plan"].isna().tolist(), result["total"].tolist())
"""
    assert run_without("pyarrow", DOCUMENT + program) == "DataFrame ['a', 'b'] [False, True] [38.0, nan]"


def test_dicts_work_without_numpy() -> None:
    program = "print(catalog.bill_frame({'voice': [50, None]}, on_error='null'))"
    assert run_without("numpy", DOCUMENT + program) == "{'p': [38.0, None]}"


def test_no_library_is_imported_that_was_not() -> None:
    program = """
catalog.quote(voice=1)
print(sorted({"numpy", "pandas", "polars", "pyarrow", "duckdb"} & set(sys.modules)))
"""
    assert run_without("nothing", DOCUMENT + program) == "[]"


@pytest.mark.parametrize("money", ["Decimal", "cents", ""])
def test_unknown_money_is_refused(money: Any, catalog: cpc.Catalog) -> None:
    with pytest.raises(ValueError, match="`money` is"):
        catalog.bill_frame(CUSTOMERS, money=money)
