"""A service desk's rules with rows and what they come to, which several files of tests share."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import cpcfit as cpc
import pandas as pd

DESK: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "desk",
    "version": "1",
    "name": {"zh": "客服", "en": "Service desk"},
    "currency": {"code": "CNY", "exponent": 2},
    "fields": {
        "arpu": {"type": "number"},
        "tenure": {"type": "integer", "missing": True},
        "city": {"type": "string", "missing": True},
    },
    "outputs": {
        "queue": {"type": "string", "name": {"en": "Queue"}, "about": "Who takes the call."},
        "reply": {"type": "number", "unit": "h", "default": 48},
        "level": {"type": "integer"},
        "gift": {"type": "money", "default": 0},
        "manager": {"type": "boolean"},
        "until": {"type": "date"},
    },
    "hit": "first",
    "unknown": "no_match",
    "rules": [
        {
            "id": "key",
            "name": {"en": "Key account"},
            "note": "agreed in May",
            "when": "arpu > 300",
            "then": {
                "queue": "vip",
                "reply": 24,
                "level": 3,
                "gift": "12.50",
                "manager": True,
                "until": "2012-12-31",
            },
        },
        {"id": "loyal", "when": "tenure >= 60", "then": {"queue": "loyal", "manager": False}},
        {"id": "local", "when": "city == 'foshan'", "then": {"level": 1, "gift": 3}},
    ],
}
ROWS: dict[str, list[Any]] = {
    "unused": ["a", "b", "c", "d"],
    "arpu": [320.0, 90.0, 90.0, 80.5],
    "tenure": [7, 61, 7, 7],
    "city": ["foshan", "foshan", "foshan", "zhuhai"],
}
STATUSES = ["matched", "matched", "matched", "none"]
DECIDES = ["key", "loyal", "local", None]
OUTPUTS: dict[str, list[Any]] = {
    "queue": ["vip", "loyal", None, None],
    "reply": [24.0, 48.0, 48.0, 48.0],
    "level": [3, None, 1, None],
    "gift": [Decimal("12.50"), Decimal("0.00"), Decimal("3.00"), Decimal("0.00")],
    "manager": [True, False, None, None],
    "until": [dt.date(2012, 12, 31), None, None, None],
}


def rules(hit: str, **keys: Any) -> cpc.RuleSet:
    """Two rules, of which the second matches wherever the first does."""
    document: dict[str, Any] = {
        "cpcfit": 1,
        "kind": "rules",
        "id": "gifts",
        "version": "1",
        "currency": {"code": "CNY", "exponent": 2},
        "fields": {"age": {"type": "number"}},
        "outputs": {"points": {"type": "number"}, "voucher": {"type": "money"}},
        "hit": hit,
        "rules": [
            {"id": "senior", "when": "age >= 60", "then": {"points": 10, "voucher": "2.50"}},
            {"id": "adult", "when": "age >= 18", "then": {"points": 5, "voucher": 1}},
        ],
    }
    return cpc.RuleSet.from_dict({**document, **keys})


def is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def plain(values: list[Any]) -> list[Any]:
    return [None if is_missing(value) else value for value in values]


def dated() -> cpc.RuleSet:
    spring = {"id": "spring", "effective": {"from": "2012-03-01", "to": "2012-05-31"}}
    return rules("first", rules=[spring, {"id": "later", "effective": {"from": "2012-06-01"}}])
