"""Types of arguments."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = float | str | Decimal | date | None
"""A value of a record. bool and int count as float here; NumPy's scalars are taken too."""

Record: TypeAlias = Mapping[str, Value]
"""One customer's values by name."""

RatioBound: TypeAlias = float | str | Decimal | None
RatioBounds: TypeAlias = tuple[RatioBound, RatioBound] | list[RatioBound] | Mapping[str, RatioBound]
"""Smallest and largest ratio, both inclusive; None leaves an end open."""
