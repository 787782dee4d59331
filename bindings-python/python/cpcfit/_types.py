"""Types of arguments."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import SupportsFloat, TypeAlias

Value: TypeAlias = SupportsFloat | str | date | None
"""A value of a record: bool, int, float, Decimal, NumPy's scalars, text, date, datetime.

None and NaN are missing. A datetime without a time zone counts as UTC.
"""

Record: TypeAlias = Mapping[str, Value]
"""One customer's values by name."""

RatioBound: TypeAlias = float | str | Decimal | None
RatioBounds: TypeAlias = tuple[RatioBound, RatioBound] | list[RatioBound] | Mapping[str, RatioBound]
"""Smallest and largest ratio, both inclusive; None leaves an end open."""
