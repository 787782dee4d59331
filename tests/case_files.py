"""Reads the case files of `tests/cases` for Python: README.md describes their format."""

from __future__ import annotations

import copy
import json
import struct
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"


def load() -> list[dict[str, Any]]:
    """Every case with the name of its file and the documents that it may refer to."""
    cases = []
    for path in sorted(CASES.glob("*.json")):
        file = json.loads(path.read_text("utf-8"))
        for case in file["cases"]:
            cases.append({"file": path.stem, "documents": file.get("documents", {}), **case})
    return cases


def text(source: Any) -> str:
    """A text: as it stands, repeated, from a file, or several joined."""
    if isinstance(source, str):
        return source
    if isinstance(source, list):
        return "".join(map(text, source))
    if "repeat" in source:
        part, count = source["repeat"]
        return text(part) * count
    return (ROOT / source["file"]).read_text("utf-8")


def document(case: dict[str, Any], source: Any) -> tuple[Any, str | None]:
    """A document, native or text, and the CSV text of its price table if it has one."""
    if isinstance(source, str):
        source = {"of": source}
    table = text(source["csv"]) if "csv" in source else None
    if "text" in source:
        return text(source["text"]), table
    if "json" in source:
        return json.dumps(changed(case["documents"][source["json"]], source), ensure_ascii=False), table
    base = case["documents"][source["of"]] if "of" in source else source["native"]
    return changed(base, source), table


def changed(base: Any, source: dict[str, Any]) -> Any:
    """A copy of a native document with values set and removed by JSON pointer."""
    root = {"": copy.deepcopy(base)}
    for pointer, value in source.get("set", {}).items():
        parent, key = _parent(root, pointer)
        if isinstance(parent, list):
            parent[int(key) :] = [value, *parent[int(key) + 1 :]]
        else:
            parent[key] = value
    for pointer in source.get("remove", []):
        parent, key = _parent(root, pointer)
        del parent[int(key) if isinstance(parent, list) else key]
    return root[""]


def _parent(root: Any, pointer: str) -> tuple[Any, str]:
    *path, last = pointer.split("/") if pointer else [""]
    for key in path:
        root = root[int(key) if isinstance(root, list) else key]
    return root, last


def value(source: dict[str, Any] | None) -> Any:
    """A typed input value as the native value of its type."""
    if source is None:
        return None
    ((kind, content),) = source.items()
    return {
        "float": float,
        "int": int,
        "decimal": Decimal,
        "text": str,
        "bool": bool,
        "date": date.fromisoformat,
        "timestamp": moment,
    }[kind](content)


def moment(content: str | int) -> datetime | int:
    """A point in time, or the number of a column that has none."""
    # Python before 3.11 reads no `Z`.
    return content if isinstance(content, int) else datetime.fromisoformat(content.replace("Z", "+00:00"))


def record(source: dict[str, Any]) -> dict[str, Any]:
    return {name: value(typed) for name, typed in source.items()}


def single(content: Any) -> float:
    """The nearest float of 32 bits."""
    return struct.unpack("f", struct.pack("f", float(content)))[0]


def cells(source: dict[str, list[Any]]) -> tuple[str, list[Any]]:
    """A typed column as its type and its native values."""
    ((kind, contents),) = source.items()
    convert = {"decimal": Decimal, "bool": bool, "date": date.fromisoformat}.get(kind)
    if kind.startswith("timestamp"):
        convert = moment
    convert = convert or {"float32": single, "float64": float}.get(kind) or (int if "int" in kind else str)
    return kind, [None if content is None else convert(content) for content in contents]
