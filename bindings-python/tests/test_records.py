"""Quotes, bills and decisions for one customer."""

from __future__ import annotations

import datetime as dt
from collections import UserDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pytest


def test_a_quote(catalog: cpc.Catalog) -> None:
    quote = catalog.quote(voice=700, data=2000)
    assert [offer.plan for offer in quote.offers] == [offer.plan for offer in quote] == ["small", "large"]
    assert [offer.plan for offer in quote.cheapest_first()] == ["large", "small"]
    assert (quote.cheapest.plan, quote.cheapest.total, quote.cheapest.total_minor) == (
        "large",
        Decimal("433.00"),
        43300,
    )
    assert (quote["small"].total, quote["small"].names) == (Decimal("751.50"), {"en": "Small"})
    assert (quote.currency, len(quote)) == ("CNY", 2)
    with pytest.raises(KeyError):
        quote["medium"]


def test_a_bill(catalog: cpc.Catalog) -> None:
    bill = catalog.bill("small", {"voice": 60.5, "data": "150.5", "packs": 5})
    assert (bill.plan, bill.names, bill.currency) == ("small", {"en": "Small"}, "CNY")
    assert (bill.total, bill.total_minor, bill.unrounded) == (Decimal("60.28"), 6028, Fraction(6027))
    assert [(line.kind, line.id, line.amount) for line in bill.lines] == [
        ("fee", "fee", Decimal("38.00")),
        ("meter", "voice", Decimal("2.63")),
        ("meter", "data", Decimal("14.65")),
        ("given", "packs", Decimal("5.00")),
    ]
    fee, voice, _, packs = bill.lines
    assert (voice.exact, voice.amount_minor, voice.blocks) == (Fraction(525, 2), 263, None)
    assert voice.used is not None
    assert voice.over is not None
    assert (voice.used.units, voice.used.text, str(voice.over)) == (3630, "60.5 min", "10.5 min")
    assert fee.used is fee.included is fee.over is packs.used is None


def test_values_of_every_type(catalog: cpc.Catalog) -> None:
    numbers: list[Any] = [60, 60.0, "60", Decimal(60)]
    numbers += [np.int16(60), np.uint64(60), np.float64(60), np.float32(60), True + 59]
    for voice in numbers:
        assert catalog.bill("small", voice=voice).total == Decimal("40.50"), type(voice)
    nothing: list[Any] = [None, float("nan"), Decimal("NaN"), pd.NA, pd.NaT, np.float32("nan")]
    for data in nothing:
        assert catalog.bill("small", voice=60, data=data).total == Decimal("40.50"), type(data)


def test_records_of_every_kind(catalog: cpc.Catalog) -> None:
    record: dict[str, Any] = {"voice": 60.5, "data": 100}
    row = pd.DataFrame([record]).iloc[0]
    named = pl.DataFrame([record]).row(0, named=True)
    for usage in (record, UserDict(record), row, named):
        assert catalog.bill("small", usage).total == Decimal("40.63")
    assert catalog.bill("small", {"voice": 60.5}, data=100).total == Decimal("40.63")
    assert catalog.bill("small", record, voice=50).total == Decimal("38.00"), "keywords prevail"


@pytest.mark.parametrize(
    ("usage", "problems"),
    [
        ({}, {"data.missing_column:voice"}),
        ({"voice": None}, {"data.missing:voice"}),
        ({"voice": -1, "dta": 1}, {"data.negative:voice", "tariff.unknown_meter:dta"}),
        ({"voice": float("inf")}, {"data.not_finite:voice"}),
        ({"voice": Decimal("Infinity")}, {"data.not_finite:voice"}),
        ({"voice": 10**30}, {"data.too_large:voice"}),
        ({"voice": 1e300}, {"data.too_large:voice"}),
        ({"voice": Decimal("0.001")}, {"data.inexact:voice"}),
        ({"voice": "many"}, {"data.bad_decimal:voice"}),
        ({"voice": [1]}, {"data.wrong_type:voice"}),
        ({"voice": object()}, {"data.wrong_type:voice"}),
        ({"voice": dt.date(2012, 1, 1)}, {"data.wrong_type:voice"}),
        ({"voice": np.datetime64("2012-01-01", "ns")}, {"data.wrong_type:voice"}),
    ],
)
def test_usage_that_cannot_be_billed(usage: dict[str, Any], problems: set[str], catalog: cpc.Catalog) -> None:
    for call in (lambda: catalog.quote(usage), lambda: catalog.bill("small", usage)):
        with pytest.raises(cpc.DataError) as raised:
            call()
        assert {f"{problem.code}:{problem.path}" for problem in raised.value.problems} == problems


def test_integers_beyond_128_bits_are_too_large(catalog: cpc.Catalog) -> None:
    for voice in (10**40, -(10**40), Decimal("1e60")):
        with pytest.raises(cpc.DataError, match="voice"):
            catalog.quote(voice=voice)


def test_what_is_no_record_is_told_so(catalog: cpc.Catalog) -> None:
    with pytest.raises(TypeError, match="expected a mapping"):
        catalog.quote(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="names are text"):
        catalog.quote({1: 5})  # type: ignore[dict-item]
    with pytest.raises(cpc.DataError) as raised:
        catalog.bill("smal", voice=1)
    assert raised.value.problems[0].suggestion == "small"


def test_a_match(catalog: cpc.Catalog) -> None:
    fit = cpc.PackageFit(catalog, total_fee_change=("0.6", "1.5"))
    match = fit.record(voice=700, data=100, current_plan="small")
    assert (match.status, match.status_code, match.plan) == ("target", 0, "large")
    assert (match.total, match.fee) == (Decimal("143.00"), Decimal("128.00"))
    assert (match.present_total, match.present_fee) == (Decimal("200.50"), Decimal("38.00"))
    nothing = fit.record(voice=0, present_total=1000, present_fee=500)
    assert (nothing.status, nothing.plan, nothing.total, nothing.fee) == (
        "no_plan_in_bounds",
        None,
        None,
        None,
    )


def test_an_explanation(catalog: cpc.Catalog) -> None:
    fit = cpc.PackageFit(catalog, monthly_fee_change=(1, 2))
    explanation = fit.explain(voice=700, data=100, current_plan="small")
    assert explanation.found.plan == "small"
    small, large = explanation.verdicts
    assert (small.chosen, [reason.id for reason in small.reasons]) == (True, ["chosen"])
    assert (large.plan, large.names, large.total) == ("large", {"en": "Large"}, Decimal("143.00"))
    assert (large.total_fee_change, large.monthly_fee_change) == ("0.713", "3.368")
    [reason] = large.reasons
    assert (reason.id, str(reason)) == ("monthly_fee_change", "monthly-fee change 3.368 > 2")
    assert str(explanation).splitlines()[0] == "stays: small"


def test_objects_show_themselves(catalog: cpc.Catalog) -> None:
    quote = catalog.quote(voice=60.5)
    assert repr(quote) == "Quote(2 offers in CNY: small 40.63, large 128.00)"
    assert repr(quote.cheapest) == "Offer(small 40.63 CNY)"
    bill = catalog.bill("small", voice=60.5)
    assert repr(bill) == "Bill(small 40.63 CNY: fee 38.00, voice 2.63, data 0.00, packs 0.00)"
    assert repr(bill.lines[1]) == "BillLine(voice 2.63, 60.5 min used)"
    assert repr(bill.lines[1].used) == "Quantity(60.5 min)"
    assert repr(catalog.plans[0]) == "Plan('small', fee=38.00)"
    assert repr(catalog.meters[0]) == "Meter('voice' in min of 60 s)"
    assert repr(catalog.given[0]) == "GivenCharge('packs')"
    assert repr(catalog.currency) == "Currency(CNY, 2 decimals)"
    fit = cpc.PackageFit(catalog)
    assert repr(fit) == "PackageFit(call 1 on example 1)"
    explanation = fit.explain(voice=60.5, current_plan="large")
    assert repr(explanation) == "Explanation(Match(target: small 40.63, present 128.00 CNY))"
    assert repr(explanation.verdicts[1]) == "Verdict(large 128.00: total 128.00 > 40.63)"
    assert repr(explanation.verdicts[1].reasons[0]) == "Reason(dearer: total 128.00 > 40.63)"
    assert repr(fit.policy) == "FitPolicy(call 1)"


def test_objects_show_themselves_in_notebooks(feixiang: cpc.Catalog) -> None:
    quote = feixiang.quote(voice=1, data=1)
    explanation = cpc.PackageFit(feixiang).explain(voice=1, data=1, current_plan="fx38")
    for shown in (quote, feixiang.bill("fx38", voice=1, data=1), explanation):
        html = shown._repr_html_()
        assert html.startswith("<table>")
        assert len(html) < 4000
    assert "&gt;" in explanation._repr_html_()
