"""Every kind of frame and every layout of a column comes in, and gives the same result."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import CUSTOMERS, KINDS, LARGE, SMALL, listed


def test_every_kind_gives_the_same_bills(kind: str, catalog: cpc.Catalog) -> None:
    totals = catalog.bill_frame(KINDS[kind](CUSTOMERS), money="minor")
    assert listed(totals, "small") == [round(float(total) * 100) for total in SMALL]
    assert listed(totals, "large") == [round(float(total) * 100) for total in LARGE]


def test_every_kind_gives_the_same_fit(kind: str, catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit(KINDS[kind](CUSTOMERS), catalog, id="customer")
    result = fit.to_frame()
    assert listed(result, "status") == ["stays", "target", "target", "stays"]
    assert listed(result, "plan") == ["small", "large", "small", "small"]
    assert fit.funnel().stages["targets"] == 2
    assert fit.explain("b").found.plan == "large"


TEXT_LAYOUTS: dict[str, pa.DataType] = {
    "utf8": pa.string(),
    "large_utf8": pa.large_string(),
    "utf8_view": pa.string_view(),
} | {
    f"dictionary of {key}": pa.dictionary(key, pa.string())
    for key in (
        pa.int8(),
        pa.int16(),
        pa.int32(),
        pa.int64(),
        pa.uint8(),
        pa.uint16(),
        pa.uint32(),
        pa.uint64(),
    )
}


@pytest.mark.parametrize("layout", TEXT_LAYOUTS)
def test_every_layout_of_text(layout: str, catalog: cpc.Catalog) -> None:
    plans = ["small", "large", None, "small", "a plan of another operator"]
    data_type = TEXT_LAYOUTS[layout]
    if pa.types.is_dictionary(data_type):
        column = pa.array(plans).dictionary_encode().cast(data_type)
    else:
        column = pa.array(plans).cast(data_type)
    table = pa.table(
        {"voice": [0.0] * 5, "current_plan": column, "present_total": [10] * 5, "present_fee": [1] * 5}
    )
    for frame in (table, table.slice(1), pa.concat_tables([table.slice(0, 2), table.slice(2)])):
        found = cpc.package_fit(frame, catalog).to_frame()["present_total"].to_pylist()
        assert [int(total) for total in found] == [38, 128, 10, 38, 10][-len(frame) :]


def test_text_of_polars_and_pandas_in_their_own_layouts(catalog: cpc.Catalog) -> None:
    plans = ["small", "large", "large"]
    polars = pl.DataFrame({"voice": [0.0] * 3, "current_plan": plans})
    enum = pl.Enum(["large", "small"])
    pandas = polars.to_pandas()
    for frame in (
        polars.with_columns(pl.col("current_plan").cast(pl.Categorical)),
        polars.with_columns(pl.col("current_plan").cast(enum)),
        pandas.astype({"current_plan": "category"}),
        pandas.astype({"current_plan": object}),
        pandas.astype({"current_plan": "string[pyarrow]"}),
    ):
        assert listed(cpc.package_fit(frame, catalog, money="float").to_frame(), "present_fee") == [
            38,
            128,
            128,
        ]


NUMBER_TYPES = [pa.float64(), pa.float32(), pa.float16(), pa.decimal128(9, 2), pa.decimal256(50, 2)]
NUMBER_TYPES += [getattr(pa, f"{sign}int{bits}")() for sign in ("", "u") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize("data_type", NUMBER_TYPES, ids=str)
def test_every_type_of_number(data_type: pa.DataType, catalog: cpc.Catalog) -> None:
    voice = pa.array([51, None, 50], pa.int16()).cast(data_type)
    totals = catalog.bill_frame(pa.table({"voice": voice}), on_error="null", money="float")
    assert totals["small"].to_pylist() == [38.25, None, 38.0]


def test_a_column_of_nulls_has_no_type(catalog: cpc.Catalog) -> None:
    nothing: list[None] = [None, None]
    for frame in (
        pl.DataFrame({"voice": [0, 0], "data": nothing}),
        pa.table({"voice": [0, 0], "data": pa.nulls(2)}),
        pd.DataFrame({"voice": [0, 0], "data": nothing}),
        {"voice": [0, 0], "data": nothing},
        {"voice": [0, 0], "data": pl.Series(nothing)},
    ):
        assert listed(catalog.bill_frame(frame, money="minor"), "small") == [3800, 3800]


def test_null_and_nan_are_both_missing(kind: str, catalog: cpc.Catalog) -> None:
    frame = KINDS[kind]({"voice": [0.0, float("nan")]})
    totals = catalog.bill_frame(frame, on_error="null", money="float")
    known, missing = listed(totals, "small")
    assert known == 38.0
    assert missing is None or missing != missing


def test_only_the_columns_needed_cross(catalog: cpc.Catalog) -> None:
    columns: dict[str, list[Any]] = {"voice": [1.0], "odd": [{"a": [1]}]}
    for frame in (pl.DataFrame(columns), pd.DataFrame(columns), pa.table(columns), columns):
        catalog.bill_frame(frame)

    class Watched(dict[str, list[float]]):
        read: list[str] = []  # noqa: RUF012

        def __getitem__(self, name: str) -> list[float]:
            self.read.append(name)
            return super().__getitem__(name)

    watched = Watched(voice=[1.0], unused=[2.0])
    catalog.bill_frame(watched)
    assert watched.read == ["voice"]


def test_columns_of_other_names(kind: str, catalog: cpc.Catalog) -> None:
    frame = KINDS[kind]({"minutes": [60.5], "voice": [1000.0]})
    totals = catalog.bill_frame(frame, columns={"voice": "minutes"}, money="minor")
    assert listed(totals, "small") == [4063]


def test_dates_booleans_decimals_and_texts_reach_conditions(catalog: cpc.Catalog) -> None:
    fields = {
        "joined": {"type": "date"},
        "active": {"type": "boolean"},
        "spent": {"type": "money"},
        "city": {"type": "string"},
    }
    tests = [
        {"field": "joined", "ge": "2011-01-01"},
        {"field": "active", "eq": True},
        {"field": "spent", "ge": "9.99"},
        {"field": "city", "in": ["a", "b"]},
    ]
    columns: dict[str, list[Any]] = {
        "voice": [0.0] * 5,
        "current_plan": ["large"] * 5,
        "joined": [dt.date(2011, 1, 1), dt.date(2010, 12, 31)] + [dt.date(2012, 2, 29)] * 3,
        "active": [True, True, False, True, True],
        "spent": [Decimal("9.99"), Decimal("10"), Decimal("10"), Decimal("9.98"), Decimal("12.50")],
        "city": ["a", "a", "b", "b", "c"],
    }
    for kind, make in KINDS.items():
        fit = cpc.package_fit(make(columns), catalog, fields=fields, candidates={"where": {"all": tests}})
        expected = ["target"] + ["not_candidate"] * 4
        assert listed(fit.to_frame(), "status") == expected, kind


def test_midnights_in_utc_are_dates(catalog: cpc.Catalog) -> None:
    times = pd.to_datetime(["2011-01-01", "2010-12-31"])
    frame = pd.DataFrame({"voice": [0.0, 0.0], "current_plan": ["large"] * 2, "joined": times})
    rule = {"where": {"field": "joined", "ge": "2011-01-01"}}
    for source in (frame, pa.Table.from_pandas(frame), {name: frame[name].to_numpy() for name in frame}):
        fit = cpc.package_fit(source, catalog, fields={"joined": {"type": "date"}}, candidates=rule)
        assert listed(fit.to_frame(), "status") == ["target", "not_candidate"]
    # Whose day it is, is left open.
    for moments in (times + pd.Timedelta("1h"), times.tz_localize("Asia/Shanghai")):
        timed = frame.assign(joined=moments)
        with pytest.raises(cpc.DataError, match=r"data\.bad_date"):
            cpc.package_fit(timed, catalog, fields={"joined": {"type": "date"}}, candidates=rule)


NUMPY = {
    "strided": np.arange(8.0)[::2],
    "big-endian": np.arange(0.0, 8.0, 2.0).astype(">f8"),
    "float16": np.arange(0.0, 8.0, 2.0, dtype=np.float16),
    "longdouble": np.arange(0.0, 8.0, 2.0, dtype=np.longdouble),
    "out of alignment": np.frombuffer(b"x" + np.arange(0.0, 8.0, 2.0).tobytes(), np.uint8)[1:].view(
        np.float64
    ),
    "bytes of integers": np.arange(0, 8, 2, dtype=np.uint8),
    "read-only": np.broadcast_to(np.arange(0, 8, 2), (2, 4))[1],
    "booleans of no use": np.array([True]),
}


@pytest.mark.parametrize("form", NUMPY)
def test_every_form_of_numpy_array(form: str, catalog: cpc.Catalog) -> None:
    if NUMPY[form].dtype == bool:
        with pytest.raises(cpc.DataError, match="boolean"):
            catalog.bill_frame({"voice": NUMPY[form]})
        return
    totals = catalog.bill_frame({"voice": NUMPY[form], "packs": NUMPY[form]})
    assert totals["small"].tolist() == [38.0, 40.0, 42.0, 44.0]


def test_masked_arrays_keep_their_mask(catalog: cpc.Catalog) -> None:
    voice = np.ma.MaskedArray([1.0, 2.0, 3.0], [False, True, False])
    totals = catalog.bill_frame({"voice": voice}, on_error="null")
    assert np.isnan(totals["small"]).tolist() == [False, True, False]


def test_columns_of_a_dict_may_be_of_any_library_and_in_chunks(catalog: cpc.Catalog) -> None:
    columns = {
        "voice": pa.chunked_array([[60.5, 700.0], [0.0, 50.0]]),
        "data": pl.concat([pl.Series([100.0]), pl.Series([2000.0, None, 150.5])], rechunk=False),
        "packs": pd.Series([0, 0, 0, 0]),
    }
    totals = catalog.bill_frame(columns)
    assert [f"{total:.2f}" for total in totals["small"]] == SMALL


def test_lists_take_one_type_of_value(catalog: cpc.Catalog) -> None:
    for voice in ([50, 51.0], [50, Decimal("51")], ["50", "51"], [np.int64(50), np.float32(51)], (50, 51)):
        assert catalog.bill_frame({"voice": voice})["small"].tolist() == [38.0, 38.25]
    for wrong in ([50, "51"], [50, object()], [Decimal(1), 1.5], [[1], [2]]):
        with pytest.raises(cpc.DataError, match=r"data\.wrong_type at voice"):
            catalog.bill_frame({"voice": wrong})


def test_one_customer_is_no_frame(catalog: cpc.Catalog) -> None:
    for voice in (60.5, "60.5", None):
        with pytest.raises(TypeError, match="the column `voice` is a value of type"):
            catalog.bill_frame({"voice": voice})


def test_empty_frames(catalog: cpc.Catalog) -> None:
    full = pa.table(CUSTOMERS)
    for frame in (
        full.schema.empty_table(),
        pl.DataFrame(CUSTOMERS).clear(),
        pd.DataFrame(CUSTOMERS).iloc[:0],
    ):
        result = cpc.package_fit(frame, catalog, id="customer").to_frame()
        assert len(result) == 0
        assert listed(result, "customer") == []
    assert catalog.bill_frame({"voice": []})["small"].tolist() == []
    relation = KINDS["duckdb"](CUSTOMERS).filter("false")
    assert cpc.package_fit(relation, catalog).to_frame().fetchall() == []


def test_whatever_else_has_a_stream_gets_a_table(catalog: cpc.Catalog) -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table(CUSTOMERS).__arrow_c_stream__(requested_schema)

    table = catalog.bill_frame(Frame(), id="customer")
    assert isinstance(table, cpc.Table)
    assert table.column_names == ["customer", "small", "large"]
    assert pl.DataFrame(table)["small"].to_list() == [Decimal(total) for total in SMALL]
    assert pa.schema(table) == pa.table(table).schema
    assert len(table) == 4


def test_array_capsules_come_in_too(catalog: cpc.Catalog) -> None:
    class Batch:
        def __arrow_c_array__(self, requested_schema: object = None) -> object:
            return pa.table(CUSTOMERS).to_batches()[0].__arrow_c_array__(requested_schema)

    assert len(catalog.bill_frame(Batch())) == 4


WRONG = {
    "a polars Series": pl.Series([1.0]),
    "a LazyFrame": pl.DataFrame({"voice": [1.0]}).lazy(),
    "a pandas Series": pd.Series([1.0]),
    "a pyarrow array": pa.array([1.0]),
    "a chunked array": pa.chunked_array([[1.0]]),
    "a list": [1.0],
    "a number": 1.0,
    "None": None,
    "an array of two dimensions": {"voice": np.zeros((2, 2))},
}
WORDS = {
    "a polars Series": r"series\.to_frame\(\)",
    "a LazyFrame": r"collect\(\)",
    "a pandas Series": r"series\.to_frame\(\)",
    "a pyarrow array": "single column",
    "a chunked array": "single column",
    "an array of two dimensions": "one dimension",
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_frame_is_told_so(what: str, catalog: cpc.Catalog) -> None:
    with pytest.raises(TypeError, match=WORDS.get(what, "expected a data frame or a dict of arrays")):
        catalog.bill_frame(WRONG[what])


def test_a_column_as_a_frame_is_told_so(catalog: cpc.Catalog) -> None:
    class Column:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.chunked_array([[1.0]]).__arrow_c_stream__(requested_schema)

    with pytest.raises(TypeError, match="single column"):
        catalog.bill_frame(Column())


def test_missing_columns_suggest_the_nearest_name(kind: str, catalog: cpc.Catalog) -> None:
    with pytest.raises(cpc.DataError) as raised:
        catalog.bill_frame(KINDS[kind]({"Voice": [1.0]}))
    [problem] = raised.value.problems
    assert (problem.code, problem.path, problem.suggestion) == ("data.missing_column", "voice", "Voice")


def test_columns_that_cannot_be_read_are_told_by_name(catalog: cpc.Catalog) -> None:
    lists = {"voice": [[1.0]], "data": [[2.0]]}
    with pytest.raises(cpc.DataError) as raised:
        catalog.bill_frame(pa.table(lists))
    assert [(problem.code, problem.path) for problem in raised.value.problems] == [
        ("data.wrong_type", "voice"),
        ("data.wrong_type", "data"),
    ]


def test_lengths_must_agree(catalog: cpc.Catalog) -> None:
    with pytest.raises(cpc.DataError, match=r"data\.length at data"):
        catalog.bill_frame({"voice": [1, 2], "data": [1]})


def address(frame: Any, column: str) -> int:
    """Where the values of the column are that a result hands back."""
    [chunk] = pa.table(frame)[column].chunks
    return int(chunk.buffers()[1].address + chunk.offset * chunk.type.bit_width // 8)


def test_numbers_are_read_where_they_are(catalog: cpc.Catalog) -> None:
    """The column named by `id` is handed back as it came in: its address tells whether it was copied."""
    for dtype in ("f8", "f4", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"):
        voice = np.arange(100).astype(dtype)

        def found(frame: Any) -> int:
            return address(cpc.package_fit(frame, catalog, on_error="null", id="voice"), "voice")

        assert found({"voice": voice}) == voice.ctypes.data
        table = pa.table({"voice": voice})
        assert found(table) == address(table, "voice")
        assert found(table.slice(7)) == address(table, "voice") + 7 * voice.itemsize
        polars = pl.DataFrame({"voice": voice})
        assert found(polars) == polars["voice"].to_numpy(allow_copy=False).ctypes.data
        pandas = pd.DataFrame({"voice": voice, "other": voice})
        assert found(pandas) == pandas["voice"].to_numpy().ctypes.data


@pytest.mark.parametrize("layout", ["utf8", "large_utf8", "utf8_view"])
def test_texts_are_read_where_they_are(layout: str, catalog: cpc.Catalog) -> None:
    ids = pa.array(["a", "b with more than twelve bytes"]).cast(TEXT_LAYOUTS[layout])
    table = pa.table({"id": ids, "voice": [0.0, 0.0], "current_plan": ["small", "small"]})
    [result] = pa.table(cpc.package_fit(table, catalog, id="id"))["id"].chunks
    assert result.type == ids.type
    assert [buffer and buffer.address for buffer in result.buffers()] == [
        buffer and buffer.address for buffer in ids.buffers()
    ]


def test_memory_lives_as_long_as_the_result(catalog: cpc.Catalog) -> None:
    voice = np.arange(100_000.0)
    plans = ["small"] * 100_000
    fit = cpc.package_fit({"voice": voice, "current_plan": plans}, catalog, id="voice")
    del voice
    gc.collect()
    np.full(100_000, 7.0)
    assert fit.to_frame()["voice"].tolist() == list(range(100_000))
    assert fit.explain(99_999.0).found.present_total is not None


def test_texts_of_numpy(catalog: cpc.Catalog) -> None:
    """Texts of a fixed width, with zeros and beyond ASCII, and objects with None among them."""
    texts = np.array(["small", "套餐", "a\0b", ""])
    matches = cpc.package_fit({"voice": np.zeros(4), "current_plan": texts}, catalog, on_error="null")
    assert [problem.found for problem in matches.problems] == ['"套餐"']
    assert matches.problems[0].row_count == 3
    objects = np.array(["small", None], dtype=object)
    found = cpc.package_fit(
        {"voice": np.zeros(2), "current_plan": objects}, catalog, on_error="null"
    ).to_frame()
    assert found["status"].tolist() == ["stays", "invalid"]
    once = {"voice": np.zeros(1), "current_plan": (plan for plan in ["small"])}
    assert cpc.package_fit(once, catalog).to_frame()["status"].tolist() == ["stays"]


def objects(values: list[Any]) -> Any:
    """Every other item of an array of objects, so that the items do not lie side by side."""
    array = np.empty(2 * len(values), dtype=object)
    array[::2] = values
    return array[::2]


@pytest.mark.parametrize("made", [list, objects, lambda plans: np.ascontiguousarray(objects(plans))])
def test_texts_by_few_or_many_objects(catalog: cpc.Catalog, made: Callable[[list[Any]], Any]) -> None:
    """Equal texts in objects of their own, None among them, and more objects than codes are kept for."""
    few = ["small", "lar"]
    few[1] += "ge"
    for plans in (few * 3, [None, *few, "small"], ["sma" + "ll"[: row % 2 + 1] for row in range(3000)]):
        customers = {"voice": [0.0] * len(plans), "current_plan": made(plans)}
        found = cpc.package_fit(customers, catalog, on_error="null", id="current_plan")
        arrow = pa.table(customers | {"current_plan": plans})
        expected = cpc.package_fit(arrow, catalog, on_error="null", id="current_plan")
        assert found.funnel().statuses == expected.funnel().statuses
        assert found.to_frame()["plan"].tolist() == expected.to_frame()["plan"].to_pylist()
        assert found.to_frame()["current_plan"].tolist() == plans
        assert pa.table(found)["current_plan"].to_pylist() == plans
        assert [problem.rows for problem in found.problems] == [problem.rows for problem in expected.problems]
    for wrong, message in ((["small", 1], "current_plan"), (["small", "\ud800"], "surrogates")):
        with pytest.raises(ValueError, match=message):
            cpc.package_fit({"voice": [0.0, 0.0], "current_plan": made(wrong)}, catalog)


def test_objects_that_are_no_texts(catalog: cpc.Catalog) -> None:
    """Numbers as objects are numbers, and items that were never set are missing."""
    usage = np.array([1, Decimal("2.5"), None], dtype=object)
    found = cpc.package_fit(
        {"voice": usage, "current_plan": ["small"] * 3}, catalog, on_error="null"
    ).to_frame()
    assert found["status"].tolist() == ["stays", "stays", "invalid"]
    unset = {"voice": np.zeros(2), "current_plan": np.empty(2, dtype=object)}
    assert cpc.package_fit(unset, catalog, on_error="null").to_frame()["status"].tolist() == ["invalid"] * 2
    none = {"voice": np.zeros(0), "current_plan": np.empty(0, dtype=object)}
    assert cpc.package_fit(none, catalog).to_frame()["status"].tolist() == []


def test_rows_are_found_by_texts_of_a_list(catalog: cpc.Catalog) -> None:
    customers = {"who": ["a", "b", "a"], "voice": [0.0, 700.0, 1.0], "current_plan": ["small"] * 3}
    fit = cpc.package_fit(customers, catalog, id="who")
    assert fit.explain("b").found.plan == "large"


def test_columns_of_pandas_of_every_type(catalog: cpc.Catalog) -> None:
    """Those of NumPy's numbers are read in place, whatever is beside them; the others by way of Arrow."""
    voice = [60.5, 700.0, 0.0, 50.0]
    for dtype in ("float64", "float32", "float16", "Float64", "float64[pyarrow]", "object", ">f8"):
        frame = pd.DataFrame({"voice": pd.Series(voice, dtype=dtype), "packs": [0, 0, 0, 0]})
        if dtype == ">f8":
            frame["voice"] = pd.Series(np.array(voice, ">f8"))
        assert catalog.bill_frame(frame, money="minor")["small"].tolist() == [4063, 20050, 3800, 3800], dtype
    frame = pd.DataFrame({"voice": [60.5, np.nan], "who": ["a", "b"]}, index=[7, 8])
    found = cpc.package_fit(
        frame.assign(current_plan="small"), catalog, id="voice", on_error="null"
    ).to_frame()
    assert found["status"].tolist() == ["stays", "invalid"]
    assert found["voice"].isna().tolist() == [False, True]
    assert found.index.tolist() == [7, 8]
    twice = pd.concat([frame[["voice"]], frame[["voice"]]], axis=1)
    with pytest.raises(ValueError, match="Duplicate column names"):
        catalog.bill_frame(twice)
    with pytest.raises(cpc.DataError, match=r"data\.missing_column at voice"):
        catalog.bill_frame(pd.DataFrame({0: [1.0], 1: [2.0]}))
