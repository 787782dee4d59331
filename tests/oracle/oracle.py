"""The reference for tariffs and package fit, written from the design page and the document rules alone.

It shares no code with the core and takes no third-party package: every amount is a `Fraction`, every rule is
spelled out once, and nothing is fast. It reads documents that are already Python objects (dicts from JSON or
written by hand) and expects them to be valid; what a bad document is answered with is stated case by case in
`tests/cases`.

Four parts: numbers, catalogue and bill, conditions, package fit.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

LIMIT = 2**53 - 1
"""The largest usage in base units and the largest amount in minor units."""


CUSTOMER = ("current_plan", "present_total", "present_fee")
"""What a record may tell of a customer beside usage, given charges and declared fields."""


class Problem(Exception):
    """One data error: its code and the input it is about."""

    def __init__(self, code: str, where: str) -> None:
        super().__init__(f"{code} at {where}")
        self.code, self.where = code, where


class Invalid(Exception):
    """Everything that is wrong with one record."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


# --- numbers ------------------------------------------------------------------------------------------------

NUMERIC = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def exact(value: Any) -> Fraction:
    """A number of a document as the decimal that was written: a float by its shortest decimal form."""
    if isinstance(value, bool):
        raise TypeError("a boolean is not a number")
    if isinstance(value, float):
        return Fraction(Decimal(repr(value)))
    return Fraction(value)


def rounded(value: Fraction, mode: str, step: int = 1) -> int:
    """`value` minor units, rounded to a multiple of `step` minor units."""
    sign, size = (-1, -value) if value < 0 else (1, value)
    whole, rest = divmod(size, step)
    twice = 2 * rest
    upwards = {
        "down": False,
        "up": rest > 0,
        "half_up": twice >= step,
        "half_down": twice > step,
        "half_even": twice > step or (twice == step and whole % 2 == 1),
    }[mode]
    return sign * step * (int(whole) + upwards)


def scaled(value: Any, ratio: int, where: str) -> int | None:
    """An input in whole units of `1 / ratio`; None is missing.

    A float enters by round-ties-even of the IEEE product, all else exactly.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, float):
        if math.isinf(value):
            raise Problem("data.not_finite", where)
        product = value * float(ratio)
        if math.isinf(product):
            raise Problem("data.too_large", where)
        whole = round(Fraction(product))  # Python rounds a Fraction half to even
        if value < 0:
            raise Problem("data.negative", where)
    else:
        if isinstance(value, str):
            if not NUMERIC.fullmatch(value):
                raise Problem("data.bad_decimal", where)
            value = Decimal(value)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise Problem("data.wrong_type", where)
        quantity = Fraction(value) * ratio
        if quantity < 0:
            raise Problem("data.negative", where)
        whole = math.floor(quantity)
        if whole <= LIMIT and whole != quantity:
            raise Problem("data.inexact", where)
    if whole > LIMIT:
        raise Problem("data.too_large", where)
    return whole


def lacking(record: dict[str, Any], key: str) -> str:
    """The code for a value that is needed: missing, or not there at all."""
    return "data.missing" if key in record else "data.missing_column"


# --- catalogue and bill -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Meter:
    id: str
    ratio: int
    """Base units in one unit."""
    units: dict[str, int]
    default: int | None


@dataclass(frozen=True)
class Charge:
    """How one meter is priced: nothing up to `allowance` base units (None: without limit), then `price` for
    each `per` base units, pro rata or, with `block`, for each one started."""

    allowance: int | None
    price: Fraction = Fraction(0)
    per: int = 1
    block: bool = False


@dataclass(frozen=True)
class Plan:
    id: str
    fee: int
    priority: int | None
    first: date
    last: date
    where: Any
    unknown: str | None
    charges: dict[str, Charge]

    @property
    def dated(self) -> bool:
        return (self.first, self.last) != (date.min, date.max)


@dataclass(frozen=True)
class Line:
    """One meter of a bill. `exact` is the charge in minor units before rounding; `amount` after it, or None
    where only the bill is rounded."""

    meter: str
    used: int
    included: int
    over: int
    blocks: int | None
    exact: Fraction
    amount: int | None


@dataclass(frozen=True)
class Bill:
    plan: str
    fee: int
    lines: tuple[Line, ...]
    given: tuple[tuple[str, int], ...]
    total: int


def with_table(document: dict[str, Any], text: str) -> dict[str, Any]:
    """A price table as an ordinary catalogue: one plan for each row of the CSV text, columns by name."""
    table = document["table"]

    def plan(row: dict[str, str]) -> dict[str, Any]:
        charges = {
            meter: {key: row[column] for key, column in charge.items() if row[column]}
            for meter, charge in table["charges"].items()
        }
        names = {tag: row[column] for tag, column in table.get("name", {}).items()}
        return {"id": row[table["id"]], "name": names, "fee": row[table["fee"]], "charges": charges}

    rest = {key: value for key, value in document.items() if key != "table"}
    return {**rest, "plans": [plan(row) for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]}


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


class Catalogue:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.exponent = document["currency"]["exponent"]
        rounding = document["rounding"]
        self.stage, self.mode = rounding["stage"], rounding["mode"]
        self.step = self.minor(rounding["step"])
        self.meters = {key: self._meter(key, value) for key, value in document.get("meters", {}).items()}
        self.given = {
            key: self.minor(value.get("default", 0)) if "default" in value else None
            for key, value in document.get("given", {}).items()
        }
        self.fields = document.get("fields", {})
        self.plans = [self._plan(value) for value in document["plans"]]

    def minor(self, amount: Any) -> int:
        """An amount in major units, which must be whole in minor units."""
        value = exact(amount) * 10**self.exponent
        assert value.denominator == 1, f"{amount} is not whole in minor units"
        return int(value)

    def _meter(self, key: str, source: dict[str, Any]) -> Meter:
        units = {source["base"]: 1, **source.get("units", {})}
        ratio = units[source["unit"]]
        default = exact(source["default"]) * ratio if "default" in source else None
        return Meter(key, ratio, units, None if default is None else int(default))

    def _quantity(self, meter: Meter, source: Any) -> int:
        """`50` in the meter's unit, or `15 GB`, in base units."""
        number, unit = source.split() if isinstance(source, str) and " " in source else (source, None)
        value = exact(number) * (meter.ratio if unit is None else meter.units[unit])
        assert value.denominator == 1, f"{source} is not whole in base units"
        return int(value)

    def _plan(self, source: dict[str, Any]) -> Plan:
        effective = source.get("effective", {})
        eligibility = source.get("eligibility", {})
        return Plan(
            source["id"],
            self.minor(source["fee"]),
            source.get("priority"),
            day(effective.get("from", date.min)),
            day(effective.get("to", date.max)),
            eligibility.get("where"),
            eligibility.get("unknown"),
            {key: self._charge(meter, source["charges"][key]) for key, meter in self.meters.items()},
        )

    def _charge(self, meter: Meter, source: dict[str, Any]) -> Charge:
        if source.get("allowance") == "unlimited":
            return Charge(None)
        allowance = self._quantity(meter, source.get("allowance", 0))
        overage = source["overage"]
        if not isinstance(overage, dict):
            overage = {"price": overage}
        price = exact(overage["price"]) * 10**self.exponent
        if "block" in overage:
            return Charge(allowance, price, self._quantity(meter, overage["block"]), True)
        return Charge(allowance, price, self._quantity(meter, overage.get("per", 1)))

    def at(self, when: date) -> Catalogue:
        """The catalogue as it was on a day: the plans in force, undated."""
        plans = [
            {key: value for key, value in source.items() if key != "effective"}
            for source, plan in zip(self.document["plans"], self.plans, strict=True)
            if plan.first <= when <= plan.last
        ]
        return Catalogue({**self.document, "plans": plans})

    # One customer's input, all problems together.

    def usage(self, record: dict[str, Any]) -> dict[str, int]:
        """Base units for every meter."""
        return self._take(record, {key: (meter.ratio, meter.default) for key, meter in self.meters.items()})

    def given_amounts(self, record: dict[str, Any]) -> dict[str, int]:
        """Minor units for every given charge."""
        given = self._take(record, {key: (10**self.exponent, default) for key, default in self.given.items()})
        if sum(given.values()) > LIMIT:
            raise Invalid([Problem("tariff.overflow", "given")])
        return given

    def _take(self, record: dict[str, Any], wanted: dict[str, tuple[int, int | None]]) -> dict[str, int]:
        taken, problems = {}, []
        for key, (ratio, default) in wanted.items():
            try:
                value = scaled(record.get(key), ratio, key)
                if value is None:
                    if default is None:
                        raise Problem(lacking(record, key), key)
                    value = default
                taken[key] = value
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Invalid(problems)
        return taken

    def price(self, plan: Plan, usage: dict[str, int], given: dict[str, int]) -> Bill:
        """The bill of one plan for checked usage."""
        lines = []
        for key, charge in plan.charges.items():
            used = usage[key]
            included = used if charge.allowance is None else min(used, charge.allowance)
            over = used - included
            # A block of one base unit is a price in proportion.
            blocks = -(-over // charge.per) if charge.block and charge.per > 1 else None
            amount = charge.price * (Fraction(over, charge.per) if blocks is None else blocks)
            line = rounded(amount, self.mode, self.step) if self.stage == "line" else None
            lines.append(Line(key, used, included, over, blocks, amount, line))
        if self.stage == "line":
            total = plan.fee + sum(line.amount or 0 for line in lines) + sum(given.values())
        else:
            total = rounded(
                plan.fee + sum(line.exact for line in lines) + sum(given.values()), self.mode, self.step
            )
        if max([total, *(line.amount or 0 for line in lines)]) > LIMIT:
            raise Problem("tariff.overflow", plan.id)
        return Bill(plan.id, plan.fee, tuple(lines), tuple(given.items()), total)

    def bill(self, plan_id: str, record: dict[str, Any]) -> Bill:
        plan = next((plan for plan in self.plans if plan.id == plan_id), None)
        if plan is None:
            raise Invalid([Problem("tariff.unknown_plan", "plan")])
        return self._bills([plan], record)[0]

    def quote(self, record: dict[str, Any]) -> list[Bill]:
        """The bill of every plan, in the catalogue's order."""
        return self._bills(self.plans, record)

    def _bills(self, plans: list[Plan], record: dict[str, Any]) -> list[Bill]:
        assert not any(plan.dated for plan in self.plans), "a dated catalogue is resolved first"
        known = {*self.meters, *self.given, *self.fields, *CUSTOMER}
        problems = [Problem("tariff.unknown_meter", name) for name in record if name not in known]
        usage: dict[str, int] = {}
        given: dict[str, int] = {}
        for take, into in ((self.usage, usage), (self.given_amounts, given)):
            try:
                into.update(take(record))
            except Invalid as invalid:
                problems += invalid.problems
        if problems:
            raise Invalid(problems)
        return self.prices(plans, usage, given)

    def prices(self, plans: list[Plan], usage: dict[str, int], given: dict[str, int]) -> list[Bill]:
        """The bills of several plans, or the problems of all that cannot be billed."""
        bills, problems = [], []
        for plan in plans:
            try:
                bills.append(self.price(plan, usage, given))
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Invalid(problems)
        return bills


# --- conditions ---------------------------------------------------------------------------------------------

Truth = bool | None
"""Kleene's three values; None is unknown."""


def conjunction(parts: list[Truth]) -> Truth:
    return False if False in parts else None if None in parts else True


def disjunction(parts: list[Truth]) -> Truth:
    return True if True in parts else None if None in parts else False


def negation(part: Truth) -> Truth:
    return None if part is None else not part


TESTS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


@dataclass
class Schema:
    """What conditions may test: declared fields, every meter as a number in its unit, the current plan."""

    types: dict[str, str]
    required: set[str]
    exponent: int

    def value(self, name: str, record: dict[str, Any]) -> Any:
        """A value of a record as its field's type, or None if it is missing."""
        kind, value = self.types[name], record.get(name)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            if name in self.required:
                raise Problem(lacking(record, name), name)
            return None
        if isinstance(value, float) and math.isinf(value):
            raise Problem("data.not_finite", name)
        if kind == "date" and isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise Problem("data.bad_date", name) from None
        if kind == "money":
            return scaled(value, 10**self.exponent, name)
        fits = {
            "number": isinstance(value, (int, float, Decimal)) and not isinstance(value, bool),
            "string": isinstance(value, (str, int)) and not isinstance(value, bool),
            "boolean": isinstance(value, bool),
            "date": isinstance(value, date),
        }[kind]
        if not fits:
            raise Problem("data.wrong_type", name)
        return float(value) if kind == "number" else str(value) if kind == "string" else value

    def literal(self, name: str, value: Any) -> Any:
        """A constant of a condition as the type of the field that it is compared with."""
        kind = self.types[name]
        if kind == "number":
            return float(exact(value))
        if kind == "money":
            return int(exact(value) * 10**self.exponent)
        if kind == "date":
            return day(value)
        return str(value) if kind == "string" else value

    def truth(self, condition: dict[str, Any], values: dict[str, Any]) -> Truth:
        for key, combine in (("all", conjunction), ("any", disjunction)):
            if key in condition:
                return combine([self.truth(part, values) for part in condition[key]])
        if "not" in condition:
            return negation(self.truth(condition["not"], values))
        name = condition["field"]
        return conjunction(
            [
                self._test(name, test, operand, values)
                for test, operand in condition.items()
                if test != "field"
            ]
        )

    def _test(self, name: str, test: str, operand: Any, values: dict[str, Any]) -> Truth:
        left = values[name]
        if test == "missing":
            return (left is None) == operand
        if left is None:
            return None
        if test in ("in", "not_in"):
            return (left in [self.literal(name, item) for item in operand]) == (test == "in")
        right = values[operand["field"]] if isinstance(operand, dict) else self.literal(name, operand)
        return None if right is None else TESTS[test](left, right)


def tested(condition: Any) -> set[str]:
    """The names of all fields that a condition mentions."""
    if isinstance(condition, list):
        return set().union(*map(tested, condition))
    if not isinstance(condition, dict):
        return set()
    names = {condition["field"]} if "field" in condition else set()
    return names.union(*(tested(part) for part in condition.values()))


# --- package fit --------------------------------------------------------------------------------------------

STATUSES = (
    "target",
    "stays",
    "not_candidate",
    "present_total_zero",
    "present_fee_zero",
    "no_eligible_plan",
    "no_plan_in_bounds",
    "invalid",
)
STAGES = ("customers", "candidates", "with_present_bill", "with_eligible_plan", "within_bounds", "targets")


@dataclass(frozen=True)
class Option:
    """One plan for one customer: its bill, and why it may not be offered, or is not, or is."""

    plan: Plan
    bill: Bill
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    status: str
    present_total: int | None = None
    present_fee: int | None = None
    plan: str | None = None
    total: int | None = None
    fee: int | None = None
    options: tuple[Option, ...] = ()
    problems: tuple[Problem, ...] = ()


def within(numerator: int, denominator: int, bounds: dict[str, Any] | None) -> bool:
    """Is the ratio inside its bounds, both inclusive? Compared by cross-multiplication."""
    if not bounds:
        return True
    if "min" in bounds and numerator < exact(bounds["min"]) * denominator:
        return False
    return not ("max" in bounds and numerator > exact(bounds["max"]) * denominator)


@dataclass
class PackageFit:
    catalogue: Catalogue
    policy: dict[str, Any]
    schema: Schema = field(init=False)
    used: list[str] = field(init=False)

    def __post_init__(self) -> None:
        assert not any(plan.dated for plan in self.catalogue.plans), "a dated catalogue is resolved first"
        declared = {**self.catalogue.fields, **self.policy.get("fields", {})}
        types = dict.fromkeys(self.catalogue.meters, "number") | {"current_plan": "string"}
        types |= {key: value["type"] for key, value in declared.items()}
        required = {key for key, value in declared.items() if not value.get("missing", False)}
        required |= {key for key, meter in self.catalogue.meters.items() if meter.default is None}
        self.schema = Schema(types, required, self.catalogue.exponent)
        conditions = [
            self.policy.get("candidates", {}),
            *({"where": plan.where} for plan in self.catalogue.plans if plan.where),
        ]
        self.used = [name for name in types if any(name in tested(condition) for condition in conditions)]

    def decide(self, where: Any, unknown: str | None, values: dict[str, Any], yes: str) -> bool:
        if where is None:
            return True
        truth = self.schema.truth(where, values)
        return unknown == yes if truth is None else truth

    def record(self, record: dict[str, Any]) -> Match:
        try:
            return self._record(record)
        except Invalid as invalid:
            return Match("invalid", problems=tuple(invalid.problems))

    def _record(self, record: dict[str, Any]) -> Match:
        problems: list[Problem] = []
        usage, given, values = {}, {}, {}
        for take, into in ((self.catalogue.usage, usage), (self.catalogue.given_amounts, given)):
            try:
                into.update(take(record))
            except Invalid as invalid:
                problems += invalid.problems
        for name in self.used:
            meter = self.catalogue.meters.get(name)
            try:
                if meter is None:
                    values[name] = self.schema.value(name, record)
                elif name in usage:
                    values[name] = self._meter_value(meter, record.get(name), usage[name])
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Invalid(problems)

        bills = self.catalogue.prices(self.catalogue.plans, usage, given)
        candidates = self.policy.get("candidates", {})
        if not self.decide(candidates.get("where"), candidates.get("unknown"), values, "in"):
            return Match("not_candidate")
        present_total, present_fee = self._present(record, bills)
        if present_total == 0:
            return Match("present_total_zero", present_total, present_fee)
        if present_fee == 0 and self.policy.get("monthly_fee_change"):
            return Match("present_fee_zero", present_total, present_fee)

        current = self._current(record)
        options = [
            Option(plan, bill, self._refusals(plan, bill, current, values, present_total, present_fee))
            for plan, bill in zip(self.catalogue.plans, bills, strict=True)
        ]
        offered = [option for option in options if not option.reasons]
        if not offered:
            eligible = any({"current_plan", "ineligible"}.isdisjoint(option.reasons) for option in options)
            status = "no_plan_in_bounds" if eligible else "no_eligible_plan"
            return Match(status, present_total, present_fee, options=tuple(options))
        best = min(offered, key=self._rank)  # of equals the first
        options = [
            option if option.reasons else Option(option.plan, option.bill, (self._place(option, best),))
            for option in options
        ]
        status = "stays" if best.plan.id == current else "target"
        return Match(
            status, present_total, present_fee, best.plan.id, best.bill.total, best.plan.fee, tuple(options)
        )

    def _meter_value(self, meter: Meter, value: Any, base: int) -> float:
        """A meter as a field: the usage as given, in the meter's unit; its default where it is missing."""
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return float(Fraction(base, meter.ratio))
        return float(Decimal(value)) if isinstance(value, str) else float(value)

    def _current(self, record: dict[str, Any]) -> str | None:
        value = record.get("current_plan")
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise Invalid([Problem("data.wrong_type", "current_plan")])
        return str(value)

    def _present(self, record: dict[str, Any], bills: list[Bill]) -> tuple[int, int | None]:
        """Present total and monthly fee: by the catalogue, or as given where it lacks the current plan.

        The fee is needed only where its ratio is bounded.
        """
        current = self._current(record)
        for bill in bills:
            if bill.plan == current:
                return bill.total, bill.fee
        problems: list[Problem] = []
        amounts: dict[str, int | None] = {"present_total": None, "present_fee": None}
        for name in amounts:
            try:
                amounts[name] = scaled(record.get(name), 10**self.catalogue.exponent, name)
            except Problem as problem:
                problems.append(problem)
        if problems:
            raise Invalid(problems)
        total, fee = amounts["present_total"], amounts["present_fee"]
        if total is None or (fee is None and self.policy.get("monthly_fee_change")):
            code = "fit.no_present_bill" if current is None else "tariff.unknown_plan"
            raise Invalid([Problem(code, "current_plan")])
        return total, fee

    def _refusals(
        self,
        plan: Plan,
        bill: Bill,
        current: str | None,
        values: dict[str, Any],
        present_total: int,
        present_fee: int | None,
    ) -> tuple[str, ...]:
        """Why a plan may not be offered."""
        reasons = []
        if self.policy.get("current_plan", "included") == "excluded" and plan.id == current:
            reasons.append("current_plan")
        elif not self.decide(plan.where, plan.unknown, values, "eligible"):
            reasons.append("ineligible")
        if not within(bill.total, present_total, self.policy.get("total_fee_change")):
            reasons.append("total_fee_change")
        if present_fee is not None and not within(
            plan.fee, present_fee, self.policy.get("monthly_fee_change")
        ):
            reasons.append("monthly_fee_change")
        return tuple(reasons)

    def _rank(self, option: Option) -> tuple[int, int, int]:
        """Lowest first: priority if the policy ranks by it, then total, then fee."""
        return self._priority(option.plan), option.bill.total, option.plan.fee

    def _priority(self, plan: Plan) -> int:
        if self.policy.get("rank", "cheapest") == "cheapest":
            return 0
        assert plan.priority is not None, "a policy that ranks by priority needs one for every plan"
        return plan.priority

    def _place(self, option: Option, best: Option) -> str:
        """Why a plan that may be offered is the best or is not."""
        if option is best:
            return "chosen"
        words = ("priority", "dearer", "higher_fee")
        pairs = zip(words, self._rank(option), self._rank(best), strict=True)
        return next((word for word, own, chosen in pairs if own != chosen), "later_in_catalogue")


def funnel(matches: list[Match]) -> dict[str, dict[str, int]]:
    """Customers per status, and how many reach each stage."""
    counts = {status: sum(match.status == status for match in matches) for status in STATUSES}
    lost = [
        (),
        ("invalid", "not_candidate"),
        ("present_total_zero", "present_fee_zero"),
        ("no_eligible_plan",),
        ("no_plan_in_bounds",),
        ("stays",),
    ]
    stages, left = {}, len(matches)
    for stage, statuses in zip(STAGES, lost, strict=True):
        left -= sum(counts[status] for status in statuses)
        stages[stage] = left
    return {"statuses": counts, "stages": stages}
