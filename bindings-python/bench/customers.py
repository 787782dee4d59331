"""The million customers that the rows are about, the price list, and our side of the work."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import Any

import cpcfit as cpc
import numpy as np
import numpy.typing as npt
from measure import ROOT

Floats = npt.NDArray[np.float64]

CUSTOMERS = 1_000_000
SECONDS = 60
"""Base units in a minute."""
KILOBYTES = 1024
"""Base units in a megabyte."""


@cache
def catalog() -> cpc.Catalog:
    """The price list of 18 plans."""
    models = ROOT / "examples" / "models"
    table = (ROOT / "examples" / "data" / "plans.csv").read_text("utf-8")
    return cpc.Catalog.from_table((models / "feixiang.yaml").read_text("utf-8"), table)


@cache
def policy() -> cpc.FitPolicy:
    """Total within 0.6..1.5 of the present one, monthly fee within 1..2."""
    return cpc.FitPolicy.read(ROOT / "examples" / "models" / "fit-policy.yaml")


@dataclass(frozen=True)
class Plan:
    """A plan as peers take it: whole seconds, kilobytes and fen; a line is `over * price / base units`, half up."""

    id: str
    fee: int
    seconds: int
    kilobytes: int
    per_minute: int
    per_megabyte: int


@cache
def plans() -> list[Plan]:
    """The plans in the order of the catalogue."""
    with (ROOT / "examples" / "data" / "plans.csv").open(encoding="utf-8", newline="") as lines:
        return [_plan(line) for line in csv.DictReader(lines)]


def _plan(line: dict[str, str]) -> Plan:
    def fen(name: str) -> int:
        return round(float(line[name]) * 100)

    return Plan(
        id=line["id"],
        fee=fen("monthly_fee_yuan"),
        seconds=int(line["voice_min"]) * SECONDS,
        kilobytes=int(line["data_mb"]) * KILOBYTES,
        per_minute=fen("voice_overage_yuan_per_min"),
        per_megabyte=fen("data_overage_yuan_per_mb"),
    )


@cache
def ranked() -> list[int]:
    """Positions of the plans by what decides ties after the total: lower fee, then order."""
    return sorted(range(len(plans())), key=lambda position: plans()[position].fee)


@dataclass(frozen=True)
class Customers:
    """A month of usage, and the plan that each customer is on."""

    voice: Floats
    """Minutes, as floats of whole seconds."""
    data: Floats
    """Megabytes, as floats of whole kilobytes."""
    code: npt.NDArray[np.uint8]
    """Position of the current plan."""

    def first(self, count: int) -> Customers:
        """The first so many."""
        return Customers(self.voice[:count].copy(), self.data[:count].copy(), self.code[:count].copy())

    def texts(self) -> npt.NDArray[np.object_]:
        """The id of each current plan."""
        return np.array([plan.id for plan in plans()], dtype=object)[self.code]


@cache
def customers() -> Customers:
    """Skewed usage; each customer is on the plan that was cheapest for an earlier month's usage."""
    random = np.random.default_rng(20121)
    voice = random.lognormal(5.5, 1.0, CUSTOMERS)
    data = random.lognormal(6.5, 1.2, CUSTOMERS)
    earlier_voice = voice * random.lognormal(0.0, 0.5, CUSTOMERS)
    earlier_data = data * random.lognormal(0.0, 0.5, CUSTOMERS)
    least = np.full(CUSTOMERS, np.inf)
    code = np.zeros(CUSTOMERS, np.uint8)
    for position, plan in enumerate(plans()):
        spoken = np.maximum(earlier_voice * SECONDS - plan.seconds, 0) * plan.per_minute / SECONDS
        used = np.maximum(earlier_data * KILOBYTES - plan.kilobytes, 0) * plan.per_megabyte / KILOBYTES
        total = plan.fee + spoken + used
        code[total < least] = position
        np.minimum(least, total, out=least)
    return Customers(np.rint(voice * SECONDS) / SECONDS, np.rint(data * KILOBYTES) / KILOBYTES, code)


def fit(frame: Any, **options: Any) -> Any:
    """Our side of package fit: a frame in, a frame of the same kind out, with plan and total in fen."""
    columns = [*([options["id"]] if "id" in options else []), "plan", "total"]
    found = cpc.package_fit(frame, catalog(), policy(), money="minor", present_bill=False, **options)
    return found.to_frame(columns)
