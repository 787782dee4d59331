"""The oracle on published numbers: price examples, a worked fit, and 20,000 charges of an operator's data."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import plain_yaml
import pytest

from oracle import Catalogue, PackageFit, with_table

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PUBLISHED = json.loads((ROOT / "tests" / "vectors" / "published.json").read_text("utf-8"))


def model(name: str) -> dict:
    return plain_yaml.load((EXAMPLES / "models" / name).read_text("utf-8"))


def major(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):.2f}"


def test_prepaid_example() -> None:
    case = PUBLISHED["prepaid_example"]
    bills = Catalogue(model("prepaid.yaml")).quote(case["usage"])
    assert {bill.plan: major(bill.total) for bill in bills} == case["totals"]


@pytest.mark.parametrize(("free", "total"), PUBLISHED["lago_package"]["totals_by_free_units"].items())
def test_lago_package(free: str, total: str) -> None:
    catalogue = Catalogue(
        {
            "currency": {"code": "EUR", "exponent": 2},
            "rounding": {"stage": "line", "mode": "half_up", "step": 0.01},
            "meters": {"units": {"unit": "unit", "base": "unit"}},
            "plans": [
                {
                    "id": "package",
                    "fee": 0,
                    "charges": {"units": {"allowance": free, "overage": {"price": 100, "block": 10}}},
                }
            ],
        }
    )
    assert major(catalogue.bill("package", {"units": PUBLISHED["lago_package"]["units"]}).total) == total


@pytest.fixture(scope="module")
def feixiang() -> Catalogue:
    return Catalogue(with_table(model("feixiang.yaml"), (EXAMPLES / "data" / "plans.csv").read_text("utf-8")))


def test_price_table(feixiang: Catalogue) -> None:
    assert len(feixiang.plans) == 18
    # 612 min and 1390.5 MB on fx138: 112 min at 0.19 and 366.5 MB at 0.29.
    bill = feixiang.bill("fx138", {"voice": 612.0, "data": 1390.5})
    assert [line.amount for line in bill.lines] == [2128, 10629]  # 106.285 is a tie
    assert bill.lines[1].exact == Fraction(21257, 2)
    assert bill.total == 13800 + 2128 + 10629


def test_worked_example(feixiang: Catalogue) -> None:
    row, example = (
        PUBLISHED["operator_table_row"],
        json.loads((EXAMPLES / "models" / "worked-example.json").read_text("utf-8")),
    )
    assert (example["customer"]["present_total"], example["customer"]["present_fee"]) == (
        row["present"]["total"],
        row["present"]["monthly_fee"],
    )
    match = PackageFit(feixiang, model("fit-policy.yaml")).record(example["customer"])
    assert match.status == "target"
    bill = next(option.bill for option in match.options if option.plan.id == match.plan)
    found = {line.meter: major(line.amount or 0) for line in bill.lines} | {
        key: major(value) for key, value in bill.given
    }
    found |= {"plan": bill.plan, "monthly_fee": major(bill.fee), "total": major(bill.total)}
    assert found == row["recommended"]
    assert found.items() >= {key: value for key, value in example["expected"].items() if key in found}.items()
    assert round(Fraction(bill.total, match.present_total) * 100) == row["total_fee_change_percent"]
    assert round(Fraction(bill.fee, match.present_fee) * 100) == row["monthly_fee_change_percent"]


def test_churn_charges() -> None:
    """Every day, evening and international charge, and every night charge but 56 exact ties rounded down."""
    catalogue = Catalogue(model("mlc-tariff.yaml"))
    columns = {"day": "day", "evening": "eve", "night": "night", "international": "intl"}
    differing: dict[str, list[Fraction]] = {meter: [] for meter in columns}
    with (EXAMPLES / "data" / "mlc_churn.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        bill = catalogue.bill(
            "published", {meter: row[f"total_{column}_minutes"] for meter, column in columns.items()}
        )
        for line in bill.lines:
            if Decimal(major(line.amount or 0)) != Decimal(row[f"total_{columns[line.meter]}_charge"]):
                differing[line.meter].append(line.exact)
    assert len(rows) == 5000
    assert {meter: len(exact) for meter, exact in differing.items()} == {
        "day": 0,
        "evening": 0,
        "night": 56,
        "international": 0,
    }
    assert all(exact % 1 == Fraction(1, 2) for exact in differing["night"])
