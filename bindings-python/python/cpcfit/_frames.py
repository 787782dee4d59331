"""The caller's kind of data frame: narrowed to the columns needed on the way in, made again on the way out.

A library is used only where the caller has imported it already. Nothing here reads a value.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias

from cpcfit._cpcfit import Table

Restore: TypeAlias = Callable[[Table], Any]


class Opened(NamedTuple):
    """A narrowed frame: something with an Arrow stream, or a dict of arrays."""

    source: Any
    others: list[str]
    """Names of columns left out, for suggestions where a wanted one is not there."""
    money: Literal["decimal", "float"]
    """How frames of this kind hold money by default."""
    restore: Restore
    """Makes a frame of this kind from a result about its rows."""
    anew: Restore | None = None
    """The same from a result about something else, where that is another way."""


def open_frame(frame: Any, wanted: list[str]) -> Opened:
    """Narrows a frame to the wanted columns that it has."""
    for name, opener in _OPENERS.items():
        library = sys.modules.get(name)
        if library is not None and (opened := opener(library, frame, wanted)):
            return opened
    if _is_mapping(frame):
        return _open_mapping(frame, wanted)
    return Opened(frame, [], "decimal", _to_table)


def _to_table(table: Table) -> Table:
    """Whatever else speaks Arrow gets the result as an Arrow table."""
    return table


def _open_polars(polars: Any, frame: Any, wanted: list[str]) -> Opened | None:
    if isinstance(frame, polars.LazyFrame):
        raise TypeError("a LazyFrame has no data yet: call .collect() on it first")
    if isinstance(frame, polars.Series):
        raise TypeError("a polars Series is a single column: pass a DataFrame, such as series.to_frame()")
    if not isinstance(frame, polars.DataFrame):
        return None
    chosen, others = _chosen(frame.columns, wanted)
    restore = partial(_to_polars, polars=polars)
    if polars.Null in frame.schema.values():
        return Opened({name: _plain(frame[name]) for name in chosen}, others, "decimal", restore)
    return Opened(frame.select(chosen), others, "decimal", restore)


def _to_polars(table: Table, polars: Any) -> Any:
    return polars.DataFrame(table.with_texts("views"))


def _open_pandas(pandas: Any, frame: Any, wanted: list[str]) -> Opened | None:
    if isinstance(frame, pandas.Series):
        raise TypeError("a pandas Series is a single column: pass a DataFrame, such as series.to_frame()")
    if not isinstance(frame, pandas.DataFrame):
        return None
    chosen, others = _chosen(frame.columns, wanted)
    restore = partial(_to_pandas, pandas=pandas, index=frame.index)
    anew = partial(_to_pandas, pandas=pandas, index=None)
    pyarrow = _import("pyarrow")
    if pyarrow is None:
        arrays = {name: _plain(frame[name].to_numpy()) for name in chosen}
        return Opened(arrays, others, "float", restore, anew)
    # NumPy's numbers are read where they are; Arrow would search them for NaN first.
    plain = [name for name in chosen if _is_plain_number(frame.dtypes[name])]
    rest = [name for name in chosen if name not in plain]
    # What a data frame's own stream does, without copying the columns first to select them.
    source: Any = pyarrow.Table.from_pandas(frame, columns=rest, preserve_index=False) if rest else {}
    if plain:
        source = {
            str(name): _plain(frame[name].to_numpy()) if name in plain else source[name] for name in chosen
        }
    return Opened(source, others, "float", restore, anew)


def _is_plain_number(dtype: Any) -> bool:
    """Whether NumPy holds a column of pandas in a type that Arrow has too."""
    np: Any = sys.modules.get("numpy")
    return isinstance(dtype, np.dtype) and (
        dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize in (4, 8))
    )


def _to_pandas(table: Table, pandas: Any, index: Any) -> Any:
    pyarrow = _import("pyarrow")
    if pyarrow is None:
        return pandas.DataFrame(_to_arrays(table), index=index)
    frame = pyarrow.table(table.with_texts("long")).to_pandas()
    if index is not None:
        frame.index = index
    return frame


def _open_pyarrow(pyarrow: Any, frame: Any, wanted: list[str]) -> Opened | None:
    if isinstance(frame, pyarrow.Array | pyarrow.ChunkedArray):
        raise TypeError("a pyarrow array is a single column: pass a Table or a dict of arrays")
    if isinstance(frame, pyarrow.Table | pyarrow.RecordBatch):
        chosen, others = _chosen(frame.schema.names, wanted)
        return Opened(frame.select(chosen), others, "decimal", pyarrow.table)
    if isinstance(frame, pyarrow.RecordBatchReader):
        return Opened(frame, [], "decimal", pyarrow.table)
    return None


def _open_duckdb(duckdb: Any, frame: Any, wanted: list[str]) -> Opened | None:
    if not isinstance(frame, duckdb.DuckDBPyRelation):
        return None
    columns = frame.columns
    chosen, others = _chosen(columns, wanted)
    restore = partial(_to_duckdb, relation=frame)
    # A projection is a query to be bound.
    if len(chosen) == len(columns):
        return Opened(frame, others, "decimal", restore)
    quoted = ['"' + name.replace('"', '""') + '"' for name in chosen]
    source = frame.project(", ".join(quoted))
    return Opened(source, others, "decimal", restore)


def _to_duckdb(table: Table, relation: Any) -> Any:
    # To DuckDB codes with a dictionary are a column of VARCHAR like any other.
    return _query(table.with_texts("codes"), relation)


def _query(result: Table, relation: Any) -> Any:  # noqa: ARG001
    # DuckDB finds the argument by its name; the query runs on the relation's own connection.
    return relation.query("cpcfit_customers", "from result")


_OPENERS: dict[str, Callable[[Any, Any, list[str]], Opened | None]] = {
    "polars": _open_polars,
    "pandas": _open_pandas,
    "pyarrow": _open_pyarrow,
    "duckdb": _open_duckdb,
}


def _is_mapping(frame: Any) -> bool:
    return isinstance(frame, Mapping)


def _open_mapping(arrays: Mapping[Any, Any], wanted: list[str]) -> Opened:
    chosen, others = _chosen(arrays, wanted)
    return Opened({name: _plain(arrays[name]) for name in chosen}, others, "float", _to_arrays)


def _chosen(columns: Iterable[Any], wanted: list[str]) -> tuple[list[Any], list[str]]:
    """The wanted columns that there are; and where some are not, names of others that may have been meant.

    Any one column is chosen where there is none that is wanted, as the rows still count.
    """
    columns = list(columns)
    chosen = [name for name in columns if name in wanted]
    if chosen and len(chosen) == len(wanted):
        return chosen, []
    chosen = chosen or columns[:1]
    others = [name for name in columns if name not in chosen and isinstance(name, str)]
    return chosen, others[:_MOST_OTHERS]


_MOST_OTHERS = 200


def _plain(values: Any) -> Any:
    """An array in a form that the compiled part reads.

    NumPy arrays of numbers, texts and objects become contiguous memory in native byte order, others lists.
    """
    polars: Any = sys.modules.get("polars")
    # A column of nothing but nulls crosses in a form that not every reader takes.
    if polars is not None and isinstance(values, polars.Series) and values.dtype == polars.Null:
        return [None] * len(values)
    np: Any = sys.modules.get("numpy")
    if np is None or not isinstance(values, np.ndarray):
        return values
    if values.ndim != 1:
        raise TypeError(f"expected an array of one dimension, not of {values.ndim}")
    kind, size = values.dtype.kind, values.dtype.itemsize
    if kind == "M":
        return _plain_times(values, np)
    if kind not in "fiubUO" or isinstance(values, np.ma.MaskedArray):
        return values.tolist()
    if kind == "O":
        return np.ascontiguousarray(values)
    # Floats of 16 and of 80 bits are nothing that Arrow has a column of.
    odd = kind == "f" and size not in (4, 8)
    return np.ascontiguousarray(values, np.float64 if odd else values.dtype.newbyteorder("="))


def _plain_times(values: Any, np: Any) -> Any:
    """Days and longer as dates, times in a unit that Arrow has too."""
    if isinstance(values, np.ma.MaskedArray):
        values = values.filled(np.datetime64("NaT"))
    unit, count = np.datetime_data(values.dtype)
    if unit in ("Y", "M", "W", "D", "generic"):
        return values.astype("datetime64[D]").tolist()
    if count != 1 or unit not in ("s", "ms", "us", "ns"):
        unit = {"h": "s", "m": "s", "s": "s", "ms": "ms", "us": "us"}.get(unit, "ns")
    return np.ascontiguousarray(values, f"=M8[{unit}]")


def matrix(values: Any) -> tuple[Any, int]:
    """The numbers of an array, a frame or a list of two dimensions row after row, and how many a row has."""
    np = _import("numpy")
    if np is None:
        rows = [list(map(float, row)) for row in values]
        widths = {len(row) for row in rows}
        if len(widths) > 1:
            raise ValueError(f"the rows have different lengths: {sorted(widths)}")
        return [value for row in rows for value in row], max(widths, default=0)
    array = np.ascontiguousarray(values, np.float64)
    if array.ndim != 2:
        raise ValueError(f"expected an array of two dimensions, not of {array.ndim}")
    return array.reshape(-1), array.shape[1]


def _to_arrays(table: Table) -> dict[str, Any]:
    """A dict of NumPy arrays, or of lists where there is no NumPy."""
    np = _import("numpy")
    names = enumerate(table.column_names)
    if np is None:
        return {name: table.values(index) for index, name in names}
    return {name: _to_array(table, index, np) for index, name in names}


def _to_array(table: Table, index: int, np: Any) -> Any:
    chunks = table.memory(index)
    if chunks is None:
        return np.array(table.values(index), dtype=object)
    parts = [np.asarray(memory) for memory, _ in chunks]
    values = parts[0] if len(parts) == 1 else np.concatenate(parts)
    texts = table.texts(index)
    if texts is not None:
        # The last of the list, None, is what a code of -1 takes.
        return np.array([*texts, None], dtype=object)[values]
    if all(mask is None for _, mask in chunks):
        return values
    masks = [np.zeros(len(memory), bool) if mask is None else np.asarray(mask) for memory, mask in chunks]
    return np.ma.MaskedArray(values, np.concatenate(masks))


def _import(name: str) -> Any:
    """The library, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
