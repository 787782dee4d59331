"""Draws the generated cases: catalogues, policies and customers, the same ones in every language.

`tests/README.md`, "The generated suite", describes the method. `cases.mjs` and `core/tests/support/draw.rs`
are this file in JavaScript and Rust: every draw happens there in the same order, and whoever changes one
changes all three.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CATALOGUES = 1000
CUSTOMERS = 100

MODES = ["half_up", "half_even", "half_down", "up", "down"]
RATIOS = [1, 1, 10, 60, 1000, 1024]
KINDS = ["float", "float", "int", "decimal", "text"]
CITIES = ["north", "south", "east"]

DECIMALS = {1: (1, 1, 0), 10: (1, 1, 1), 60: (3, 5, 2), 1000: (1, 1, 3), 1024: (1, 9765625, 10)}
"""For each ratio (d, m, s): base units that are a multiple of d are `base / d * m` in decimals of scale s."""

HUGE = ["9007199254740991", "9007199254740992", "1000000000000", "1000000000000000000"]


class Random:
    """SplitMix with 32 bits: a counter and the finalizer of MurmurHash3. Needs no integer above 32 bits."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B9) & 0xFFFFFFFF
        z = self.state
        z = ((z ^ (z >> 16)) * 0x85EBCA6B) & 0xFFFFFFFF
        z = ((z ^ (z >> 13)) * 0xC2B2AE35) & 0xFFFFFFFF
        return z ^ (z >> 16)

    def below(self, n: int) -> int:
        return self.next() % n

    def pick(self, items: list[Any]) -> Any:
        return items[self.below(len(items))]

    def one_in(self, n: int) -> bool:
        return self.below(n) == 0


@dataclass
class Meter:
    id: str
    ratio: int
    unit: str
    marks: list[int]
    """Base units at which some plan's charge begins or steps: usage is drawn around them."""


@dataclass
class Column:
    """One input of all customers, of one kind: a column, and row by row the value of a record."""

    name: str
    kind: str
    scale: int
    values: list[float | int | Decimal | str | None]


@dataclass
class Case:
    """A catalogue, a policy and the inputs of `CUSTOMERS` customers; `usage` names the columns of a quote."""

    index: int
    catalogue: dict[str, Any]
    policy: dict[str, Any]
    columns: list[Column]
    usage: list[str]


def decimal_text(k: int, scale: int) -> str:
    """`k / 10^scale` with all its decimals; k >= 0."""
    if scale == 0:
        return str(k)
    digits = str(k).rjust(scale + 1, "0")
    return f"{digits[:-scale]}.{digits[-scale:]}"


def written(random: Random, k: int, scale: int) -> float | str | int:
    """`k / 10^scale` as a document may have it: a float, a string or, where it is whole, an integer."""
    form = random.below(3)
    power = 10**scale
    if form == 0:
        return k / power  # correctly rounded, so the shortest form of the float is the decimal meant
    if form == 1 and k % power == 0:
        return k // power
    return decimal_text(k, scale)


def draw(index: int) -> Case:
    random = Random(index * 0x2545F491 & 0xFFFFFFFF)
    exponent = random.pick([2, 2, 2, 0, 3])
    minor = 10**exponent
    rounding = {
        "stage": random.pick(["line", "bill"]),
        "mode": random.pick(MODES),
        "step": written(random, random.pick([1, 1, 1, 5, 10, 100]), exponent),
    }
    meters, meter_documents = draw_meters(random)
    given = draw_given(random, exponent)
    plans = []
    for number in range(1 + random.below(5)):
        plan: dict[str, Any] = {
            "id": f"p{number}",
            "fee": written(random, random.below(12) * 5 * minor, exponent),
        }
        plan["priority"] = 1 + random.below(3)
        if random.one_in(3):
            plan["eligibility"] = {
                "where": draw_condition(random, meters),
                "unknown": random.pick(["eligible", "ineligible"]),
            }
        plan["charges"] = {meter.id: draw_charge(random, meter, exponent) for meter in meters}
        plans.append(plan)
    catalogue = {
        "cpcfit": 1,
        "kind": "catalogue",
        "id": f"c{index}",
        "version": "1",
        "currency": {"code": "XXX", "exponent": exponent},
        "rounding": rounding,
        "meters": meter_documents,
        "given": given,
        "fields": {"age": {"type": "number", "missing": True}, "city": {"type": "string", "missing": True}},
        "plans": plans,
    }
    policy = draw_policy(random, meters)
    columns = [draw_usage(random, meter) for meter in meters]
    columns += [
        draw_amount(random, key, 100 * minor, exponent, "default" not in value)
        for key, value in given.items()
    ]
    usage = [column.name for column in columns]
    columns.append(draw_current_plan(random, len(plans)))
    if not random.one_in(6):
        columns.append(draw_amount(random, "present_total", 60 * minor, exponent, True))
        columns.append(draw_amount(random, "present_fee", 60 * minor, exponent, True))
    columns.append(draw_age(random))
    columns.append(draw_city(random))
    return Case(index, catalogue, policy, columns, usage)


def draw_meters(random: Random) -> tuple[list[Meter], dict[str, Any]]:
    meters, documents = [], {}
    for number in range(1 + random.below(3)):
        ratio = random.pick(RATIOS)
        unit = "b" if ratio == 1 else "u"
        document: dict[str, Any] = {"unit": unit, "base": "b", "units": {"big": ratio * 8}}
        if ratio != 1:
            document["units"]["u"] = ratio
        if random.one_in(2):
            document["default"] = random.pick([0, 0, 7])
        meters.append(Meter(f"m{number}", ratio, unit, [0]))
        documents[f"m{number}"] = document
    return meters, documents


def draw_given(random: Random, exponent: int) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for number in range(random.below(3)):
        given[f"g{number}"] = (
            {"default": written(random, random.below(3) * 10**exponent, exponent)} if random.one_in(2) else {}
        )
    return given


def draw_charge(random: Random, meter: Meter, exponent: int) -> dict[str, Any]:
    kind = random.below(8)
    if kind == 0:
        return {"allowance": "unlimited"}
    allowance = draw_quantity(random, meter)
    # One decimal more than the currency, ending in 5, makes ties; six decimals make odd denominators.
    form = random.below(4)
    if form == 0:
        price = written(random, random.below(200) * 10 + 5, exponent + 1)
    elif form == 1:
        price = written(random, random.below(3000000), 6)
    else:
        price = written(random, random.below(2000), exponent)
    if kind == 1:
        return {
            "allowance": allowance,
            "overage": {"price": price, "per": f"{1 + random.below(20)} {meter.unit}"},
        }
    if kind <= 3:
        block = 1 + random.below(50)
        meter.marks.append(meter.marks[-1] + block * meter.ratio)
        meter.marks.append(meter.marks[-1] + 3 * block * meter.ratio)
        return {"allowance": allowance, "overage": {"price": price, "block": f"{block} {meter.unit}"}}
    if kind == 4:
        return {"allowance": allowance, "overage": {"price": price}}
    return {"allowance": allowance, "overage": price}


def draw_quantity(random: Random, meter: Meter) -> float | str | int:
    """An allowance; its base units become a mark of the meter."""
    form = random.below(5)
    n = random.below(200)
    if form == 0:
        meter.marks.append(n * meter.ratio)
        return n
    if form == 1:
        meter.marks.append(n * meter.ratio * 8)
        return f"{n} big"
    if form == 2:
        meter.marks.append(n)
        return f"{n} b"
    if form == 3 and meter.ratio % 2 == 0:
        meter.marks.append(n * meter.ratio + meter.ratio // 2)
        return written(random, n * 10 + 5, 1)
    meter.marks.append(0)
    return 0


def draw_condition(random: Random, meters: list[Meter]) -> dict[str, Any]:
    kind = random.below(9)
    n = 18 + random.below(50)
    meter = random.pick(meters)
    if kind == 0:
        return {"field": "age", "ge": n}
    if kind == 1:
        return {"field": "age", "ge": 18.5, "lt": n}
    if kind == 2:
        return {"field": "city", "in": ["north", "south"]}
    if kind == 3:
        return {"not": {"field": "city", "eq": "north"}}
    if kind == 4:
        return {"any": [{"field": "age", "lt": n}, {"field": meter.id, "gt": random.below(100)}]}
    if kind == 5:
        return {"all": [{"field": "city", "not_in": ["east"]}, {"field": meter.id, "le": random.below(100)}]}
    if kind == 6:
        return {"field": "age", "missing": True}
    if kind == 7:
        return {"any": [{"field": "current_plan", "ne": "p0"}, {"field": "city", "missing": False}]}
    return {"field": meter.id, "ne": 0}


def draw_policy(random: Random, meters: list[Meter]) -> dict[str, Any]:
    policy: dict[str, Any] = {"cpcfit": 1, "kind": "fit-policy", "id": "policy", "version": "1"}
    for key in ["total_fee_change", "monthly_fee_change"]:
        bounds = {}
        if not random.one_in(3):
            bounds["min"] = written(random, random.pick([0, 50, 60, 75, 100]), 2)
        if not random.one_in(3):
            bounds["max"] = written(random, random.pick([100, 125, 150, 200, 400]), 2)
        if not random.one_in(6):
            policy[key] = bounds
    policy["rank"] = random.pick(["cheapest", "priority"])
    policy["current_plan"] = random.pick(["included", "included", "excluded"])
    if random.one_in(4):
        policy["candidates"] = {
            "where": draw_condition(random, meters),
            "unknown": random.pick(["in", "out"]),
        }
    return policy


def draw_usage(random: Random, meter: Meter) -> Column:
    kind = random.pick(KINDS)
    scale = 0 if kind == "int" else DECIMALS[meter.ratio][2] + 1
    column = Column(meter.id, kind, scale, [])
    for _ in range(CUSTOMERS):
        column.values.append(draw_usage_value(random, meter, kind, scale))
    return column


def draw_usage_value(random: Random, meter: Meter, kind: str, scale: int) -> Any:
    special = random.below(128)
    if special < 4:
        return missing(kind)
    if special == 4:
        return huge(random.pick(HUGE), kind, scale)
    # On a mark, a unit beside it, half a unit above it (where ties are), anywhere, or far away.
    base = random.pick(meter.marks)
    place = random.below(8)
    if place == 0:
        base += 1
    elif place == 1:
        base = base - 1 if base > 0 else 0
    elif place == 2:
        base += meter.ratio // 2
    elif place == 3:
        base += meter.ratio * (1 + random.below(100)) + meter.ratio // 2
    elif place == 4:
        base += random.below(100000)
    elif place == 5:
        base = random.below(5) * 1000 * meter.ratio
    elif place == 6 and kind in ("float", "int"):
        base = random.below(2097152) * (1 + random.below(65536))
    if kind == "float":
        value = base / meter.ratio
        return -value - 1.0 if special == 5 else math.inf if special == 6 else value
    if kind == "int":
        value = base // meter.ratio
        return -value - 1 if special == 5 else value
    divisor, multiplier, _ = DECIMALS[meter.ratio]
    # A five beyond the last decimal is no whole number of base units.
    text = decimal_text(base // divisor * multiplier * 10 + (5 if special == 6 else 0), scale)
    if special == 5:
        text = f"-{text}"
    return Decimal(text) if kind == "decimal" else text


def draw_amount(random: Random, name: str, limit: int, exponent: int, required: bool) -> Column:
    """Amounts below `limit` minor units, mostly whole fives, so that ratios meet their bounds."""
    kind = random.pick(KINDS)
    scale = 0 if kind == "int" else exponent
    column = Column(name, kind, scale, [])
    for _ in range(CUSTOMERS):
        special = random.below(128 if required else 32)
        if special == 0:
            column.values.append(missing(kind))
            continue
        k = (
            random.below(limit)
            if random.one_in(3)
            else random.below(limit // 10**exponent) // 5 * 5 * 10**exponent
        )
        if kind == "float":
            column.values.append(k / 10**exponent)
        elif kind == "int":
            column.values.append(k // 10**exponent)
        elif kind == "decimal":
            column.values.append(Decimal(decimal_text(k, scale)))
        else:
            column.values.append(decimal_text(k, scale))
    return column


def draw_current_plan(random: Random, plans: int) -> Column:
    column = Column("current_plan", "text", 0, [])
    for _ in range(CUSTOMERS):
        number = random.below(plans + 2)
        column.values.append(f"p{number}" if number < plans else "old" if number == plans else None)
    return column


def draw_age(random: Random) -> Column:
    column = Column("age", "float", 0, [])
    for _ in range(CUSTOMERS):
        column.values.append(math.nan if random.one_in(8) else random.below(160) / 2)
    return column


def draw_city(random: Random) -> Column:
    column = Column("city", "text", 0, [])
    for _ in range(CUSTOMERS):
        column.values.append(None if random.one_in(8) else random.pick(CITIES))
    return column


def missing(kind: str) -> float | None:
    return math.nan if kind == "float" else None


def huge(text: str, kind: str, scale: int) -> float | int | Decimal | str:
    if kind == "float":
        return float(text)
    if kind == "int":
        return int(text)
    return Decimal(f"{text}.{'0' * scale}") if kind == "decimal" else text


def dump(case: Case) -> str:
    """The case as one line of text, for a digest of the inputs alone; floats by their bits."""
    columns = [
        f"{column.name}:{column.kind}:{column.scale}:{','.join(map(dump_value, column.values))}"
        for column in case.columns
    ]
    return "|".join([dump_node(case.catalogue), dump_node(case.policy), *columns, " ".join(case.usage)])


def dump_node(node: Any) -> str:
    if isinstance(node, dict):
        return "{" + ",".join(f"{key}={dump_node(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(dump_node, node)) + "]"
    if isinstance(node, bool):
        return "true" if node else "false"
    return f"t{node}" if isinstance(node, str) else dump_value(node)


def dump_value(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else "f" + struct.pack(">d", value).hex()
    return (
        f"t{value}"
        if isinstance(value, str)
        else f"d{value:f}"
        if isinstance(value, Decimal)
        else f"i{value}"
    )
