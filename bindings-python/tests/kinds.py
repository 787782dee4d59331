"""What several files of tests share: documents, customers, and the kinds of frames that hold them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

EXAMPLES = Path(__file__).parents[2] / "examples"

CATALOGUE: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "catalogue",
    "id": "example",
    "version": "1",
    "name": {"zh": "示例", "en": "Example"},
    "currency": {"code": "CNY", "exponent": 2},
    "rounding": {"stage": "line", "mode": "half_up", "step": "0.01"},
    "meters": {
        "voice": {"unit": "min", "base": "s", "units": {"min": 60}},
        "data": {"unit": "MB", "base": "KB", "units": {"MB": 1024}, "default": 0},
    },
    "given": {"packs": {"default": 0}},
    "plans": [
        {
            "id": "small",
            "name": {"en": "Small"},
            "fee": 38,
            "priority": 2,
            "charges": {
                "voice": {"allowance": 50, "overage": "0.25"},
                "data": {"allowance": 100, "overage": "0.29"},
            },
        },
        {
            "id": "large",
            "name": {"en": "Large"},
            "fee": 128,
            "priority": 1,
            "charges": {
                "voice": {"allowance": 600, "overage": "0.15"},
                "data": {"allowance": 1000, "overage": "0.29"},
            },
        },
    ],
}


CUSTOMERS: dict[str, list[Any]] = {
    "customer": ["a", "b", "c", "d"],
    "voice": [60.5, 700.0, 0.0, 50.0],
    "data": [100.0, 2000.0, float("nan"), 150.5],
    "current_plan": ["small", "small", "large", "small"],
    "unused": [1, 2, 3, 4],
}
SMALL = ["40.63", "751.50", "38.00", "52.65"]
LARGE = ["128.00", "433.00", "128.00", "128.00"]


def _relation(columns: dict[str, list[Any]]) -> Any:
    table = pa.table(columns)
    connection = duckdb.connect()
    connection.register("customers", table)
    return connection.table("customers")


KINDS: dict[str, Callable[[dict[str, list[Any]]], Any]] = {
    "polars": pl.DataFrame,
    "pandas": pd.DataFrame,
    "pyarrow table": pa.table,
    "pyarrow batch": lambda columns: pa.table(columns).to_batches()[0],
    "pyarrow reader": lambda columns: pa.table(columns).to_reader(),
    "duckdb": _relation,
    "lists": dict,
    "numpy": lambda columns: {name: np.array(values) for name, values in columns.items()},
}
RESULTS = {
    "polars": pl.DataFrame,
    "pandas": pd.DataFrame,
    "pyarrow table": pa.Table,
    "pyarrow batch": pa.Table,
    "pyarrow reader": pa.Table,
    "duckdb": duckdb.DuckDBPyRelation,
    "lists": dict,
    "numpy": dict,
}


def listed(frame: Any, column: str) -> list[Any]:
    """A column of whatever frame as a list."""
    if isinstance(frame, duckdb.DuckDBPyRelation):
        return [row[0] for row in frame.project(f'"{column}"').fetchall()]
    values = frame[column]
    if hasattr(values, "to_pylist"):
        return list(values.to_pylist())
    return list(values.tolist() if hasattr(values, "tolist") else values)


def pauses_during(call: Callable[[], object]) -> int:
    """How many short pauses this thread makes while another is in a long call: few if it has to wait."""
    worker = threading.Thread(target=call)
    worker.start()
    pauses = 0
    while worker.is_alive():
        time.sleep(0.001)
        pauses += 1
    worker.join()
    return pauses
