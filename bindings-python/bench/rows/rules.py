"""Rules from Python against polars and DuckDB: one condition, and fourteen segments."""

from __future__ import annotations

import csv
import os
from functools import cache
from typing import Any

import cpcfit as cpc
import duckdb
import numpy as np
import polars as pl
from measure import ROOT, Alone, Pair, at_least, at_most, row

ROWS = 1_000_000
BRANDS = ["gotone", "easyown", "m_zone", "other_brand"]
LEFT_OUT = ["m_zone", "easyown", "other"]
PEER = f"polars {pl.__version__}, {pl.thread_pool_size()} threads"

CONDITION: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "target",
    "version": "1",
    "hit": "first",
    "fields": {"arpu": {"type": "number"}, "data_mb": {"type": "number"}, "brand": {"type": "string"}},
    "rules": [
        {
            "id": "target",
            "when": 'arpu > 80 && data_mb > 5 && !(brand in ["m_zone", "easyown", "other"])',
        }
    ],
}


@cache
def customers() -> pl.DataFrame:
    """A million customers with their brand as text."""
    random = np.random.default_rng(20126)
    return pl.DataFrame(
        {
            "arpu": random.lognormal(4.2, 0.8, ROWS),
            "data_mb": random.lognormal(2.0, 1.5, ROWS),
            "brand": np.array(BRANDS)[random.integers(0, len(BRANDS), ROWS)],
        }
    )


@cache
def condition() -> cpc.RuleSet:
    """One rule of three tests."""
    return cpc.RuleSet.from_dict(CONDITION)


@row("rules-polars-strings", at_least(3))
def _() -> Pair:
    """One condition of three tests over a million rows against polars, brands as texts, all cores."""
    frame = customers()
    test = (pl.col("arpu") > 80) & (pl.col("data_mb") > 5) & ~pl.col("brand").is_in(LEFT_OUT)

    def theirs() -> pl.DataFrame:
        return frame.select(rule=pl.when(test).then(pl.lit("target")))

    def agree(ours: pl.DataFrame, other: pl.DataFrame) -> None:
        assert ours["rule"].cast(pl.String).equals(other["rule"], null_equal=True)

    return Pair(lambda: condition().apply(frame).to_frame(["rule"]), PEER, theirs, agree)


@row("rules-duckdb-strings", at_least(3))
def _() -> Pair:
    """The same against DuckDB, all cores."""
    connection = duckdb.connect(config={"threads": os.cpu_count() or 1})
    connection.register("arrow", customers().to_arrow())
    connection.execute("create table customers as from arrow")
    left_out = ", ".join(f"'{brand}'" for brand in LEFT_OUT)
    test = f"arpu > 80 and data_mb > 5 and brand not in ({left_out})"
    text = f"select case when {test} then 'target' end rule from customers"

    def agree(ours: duckdb.DuckDBPyRelation, other: Any) -> None:
        assert ours.to_arrow_table()["rule"].to_pylist() == other["rule"].to_pylist()

    return Pair(
        lambda: condition().apply(connection.table("customers")).to_frame(["rule"]),
        f"DuckDB {duckdb.__version__}, {os.cpu_count()} threads",
        lambda: connection.sql(text).to_arrow_table(),
        agree,
    )


@row("rules-core", at_most(2.5))
def _() -> Alone:
    """One condition of three tests over columns, one thread, up to the result; nanoseconds a row."""
    frame = customers()
    return Alone(lambda: condition().apply(frame, threads=1), "ns/row", 1e9 / ROWS)


COLUMNS = {
    "value": "Customer Value",
    "months": "Subscription  Length",
    "contract": "Tariff Plan",
    "active": "Status",
    "complaints": "Complains",
    "failures": "Call  Failure",
    "charge_class": "Charge  Amount",
    "seconds": "Seconds of Use",
    "calls": "Frequency of use",
    "texts": "Frequency of SMS",
    "numbers": "Distinct Called Numbers",
}


@cache
def subscribers() -> pl.DataFrame:
    """A million draws of the subscribers of the example, columns named as the fields."""
    path = ROOT / "examples" / "data" / "iranian_churn.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    drawn = np.random.default_rng(563).integers(0, len(rows), ROWS)

    def column(name: str) -> Any:
        values = np.array([float(each[name]) for each in rows])[drawn]
        return values if name == "Customer Value" else values.astype(np.int64)

    return pl.DataFrame({field: column(name) for field, name in COLUMNS.items()})


@cache
def segments() -> cpc.RuleSet:
    """The fourteen segments of the example."""
    return cpc.RuleSet.read(ROOT / "examples" / "models" / "segments.rules.yaml")


def when_then() -> pl.Expr:
    """The same fourteen segments in polars."""
    value, months, contract, active, complaints, failures, charge, seconds, calls, texts, numbers = map(
        pl.col, COLUMNS
    )
    tests = [
        (value >= 1500) & (contract == 2),
        value >= 1500,
        value >= 600,
        (active == 2) & (failures >= 5),
        contract == 2,
        complaints > 0,
        (seconds >= 8000) & (active == 1),
        (texts > calls) & (texts >= 50),
        charge >= 3,
        (numbers >= 35) & (months >= 12),
        (charge == 0) & (seconds > 0) & (seconds < 1000),
        (calls >= 60) & (seconds < 60 * calls),
        months <= 12,
    ]
    chain: Any = pl
    for test, rule in zip(tests, segments().rules, strict=False):
        chain = chain.when(test).then(pl.lit(rule.id))
    found: pl.Expr = chain.otherwise(pl.lit(segments().rules[-1].id))
    return found


@row("rules-polars-segments", at_least(4))
def _() -> Pair:
    """Fourteen segments, the first that matches, over a million rows against polars when/then, all cores."""
    frame, found = subscribers(), when_then()

    def agree(ours: pl.DataFrame, other: pl.DataFrame) -> None:
        assert ours["rule"].cast(pl.String).equals(other["rule"])

    return Pair(
        lambda: segments().apply(frame).to_frame(["rule"]),
        PEER,
        lambda: frame.select(rule=found),
        agree,
    )


@row("rules-python", at_most(1))
def _() -> Alone:
    """The deciding rule of one customer from a dict of three values, microseconds a call."""
    rules = condition()
    record = {"arpu": 95.5, "data_mb": 12.25, "brand": "gotone"}
    return Alone(lambda: rules.first(record), "us", 1e6, calls=10_000)
