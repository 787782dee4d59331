"""Points in time: what enters as one, and what comes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import KINDS

UTC = dt.timezone.utc
CHINA = dt.timezone(dt.timedelta(hours=8))
EIGHT = dt.datetime(2012, 3, 21, 8, tzinfo=UTC)
NEXT = dt.datetime(2012, 3, 22, 1, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "contacts",
    "version": "1",
    "hit": "first",
    "unknown": "no_match",
    "fields": {"at": {"type": "timestamp", "missing": True}, "joined": {"type": "date", "missing": True}},
    "outputs": {"next": {"type": "timestamp"}},
    "rules": [
        {
            "id": "late",
            "when": 'at >= timestamp("2012-03-21T16:00:00+08:00")',
            "then": {"next": NEXT.astimezone(CHINA)},
        },
        {"id": "new", "when": 'joined > "2012-03-20"'},
    ],
}
RULES = cpc.RuleSet.from_dict(DOCUMENT)


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        (EIGHT, "late"),
        (EIGHT - dt.timedelta(microseconds=1), None),
        (EIGHT.replace(tzinfo=None), "late"),
        (dt.datetime(2012, 3, 21, 16, tzinfo=CHINA), "late"),
        (dt.datetime(2012, 3, 21, 15, 59, 59, 999999, CHINA), None),
        (pd.Timestamp(EIGHT), "late"),
        (pd.Timestamp("2012-03-21 07:59:59.999999999"), None),
        (pd.Timestamp("2012-03-21 16:00", tz="Asia/Shanghai"), "late"),
        (np.datetime64("2012-03-21T08:00:00", "s"), "late"),
        (np.datetime64("2012-03-21T07:59:59.999999999", "ns"), None),
        (np.datetime64("2012-03-21T08", "h"), "late"),
        (np.datetime64("NaT", "ns"), None),
        (pd.NaT, None),
        (None, None),
        ("2012-03-21T08:00:00Z", "late"),
    ],
)
def test_records(at: Any, rule: str | None) -> None:
    assert RULES.decide(at=at).rule == rule
    assert RULES.first({"at": at, "joined": None}) == rule


def test_an_output_is_aware() -> None:
    next_one = (RULES.decide(at=EIGHT).outputs or {})["next"]
    assert next_one == NEXT
    assert next_one.utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("at", dt.date(2012, 3, 21), "wrong_type"),
        ("at", np.datetime64("2012-03-21"), "wrong_type"),
        ("at", np.datetime64(10**14, "s"), "bad_timestamp"),
        ("at", "2012-03-21", "bad_timestamp"),
        ("at", 1332316800, "wrong_type"),
        ("joined", EIGHT, "bad_date"),
        ("joined", np.datetime64("2012-03-21T08:00"), "bad_date"),
        ("joined", dt.datetime(2012, 3, 21, tzinfo=CHINA), "bad_date"),
    ],
)
def test_what_is_refused(field: str, value: Any, code: str) -> None:
    with pytest.raises(cpc.DataError) as raised:
        RULES.decide({field: value})
    assert [(problem.code, problem.path) for problem in raised.value.problems] == [(f"data.{code}", field)]


def test_midnights_in_utc_are_dates() -> None:
    for midnight in (
        dt.datetime(2012, 3, 21),
        dt.datetime(2012, 3, 21, 8, tzinfo=CHINA),
        pd.Timestamp("2012-03-21"),
        np.datetime64("2012-03-21T00:00:00", "ns"),
        np.datetime64("2012-03-21"),
    ):
        assert RULES.decide(joined=midnight).rule == "new"


ROWS = [EIGHT, EIGHT - dt.timedelta(milliseconds=1), None]
EXPECTED = ["late", None, None]


@pytest.mark.parametrize("kind", KINDS)
def test_frames(kind: str) -> None:
    result = RULES.apply(KINDS[kind]({"at": ROWS}))
    assert pa.table(result)["rule"].to_pylist() == EXPECTED
    assert pa.table(result)["next"].type == pa.timestamp("us", "UTC")
    assert pa.table(result)["next"].to_pylist() == [NEXT, None, None]


NAIVE = [moment and moment.replace(tzinfo=None) for moment in ROWS]
COLUMNS: dict[str, Any] = {
    "a list without a zone": NAIVE,
    "pandas without a zone": pd.Series(NAIVE),
    "pandas in China": pd.to_datetime(pd.Series(ROWS)).dt.tz_convert("Asia/Shanghai"),
    "numpy of objects": np.array(ROWS, dtype=object),
    "a big-endian array": np.array(NAIVE, dtype=">M8[us]"),
    "an array of hours": np.array(["2012-03-21T08", "2012-03-21T07", "NaT"], "M8[h]"),
    "a masked array": np.ma.MaskedArray(np.array(NAIVE, "M8[ms]"), [False, False, True]),
    "texts": ["2012-03-21T08:00:00Z", "2012-03-21T15:59:59.999+08:00", None],
    "polars in milliseconds": pl.Series(NAIVE).cast(pl.Datetime("ms")),
    "polars in nanoseconds, zoned": pl.Series(ROWS).cast(pl.Datetime("ns", "Asia/Shanghai")),
}
for unit in ("s", "ms", "us", "ns"):
    micros = pa.array(NAIVE, pa.timestamp("us"))
    COLUMNS[f"numpy in {unit}"] = np.array(NAIVE, f"M8[{unit}]")
    COLUMNS[f"pyarrow in {unit}"] = micros.cast(pa.timestamp(unit), safe=False)
    COLUMNS[f"pyarrow in {unit}, zoned"] = micros.cast(pa.timestamp(unit, "Asia/Shanghai"), safe=False)


@pytest.mark.parametrize("form", COLUMNS)
def test_columns(form: str) -> None:
    result = RULES.apply({"at": COLUMNS[form]}).to_frame()
    assert result["rule"].tolist() == EXPECTED
    assert result["next"].dtype == "M8[us]"
    assert result["next"].tolist() == [NEXT.replace(tzinfo=None), None, None]


def test_columns_that_are_refused() -> None:
    for column, code in (
        ([dt.date(2012, 3, 21)], "wrong_type"),
        (pa.array([2**62], pa.timestamp("s")), "bad_timestamp"),
    ):
        with pytest.raises(cpc.DataError) as raised:
            RULES.apply({"at": column})
        assert [problem.code for problem in raised.value.problems] == [f"data.{code}"]
    with pytest.raises(cpc.DataError, match="values of one type"):
        RULES.apply({"at": [EIGHT, dt.date(2012, 3, 21)]})


def test_frames_of_every_kind_come_back() -> None:
    frame = RULES.apply(pd.DataFrame({"at": pd.to_datetime(ROWS)})).to_frame()
    assert frame["next"].iloc[0] == NEXT
    assert RULES.apply(pl.DataFrame({"at": ROWS})).to_frame()["next"].to_list() == [NEXT, None, None]
