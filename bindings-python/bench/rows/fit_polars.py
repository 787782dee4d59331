"""Package fit from Python against polars, both on all cores."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from customers import KILOBYTES, SECONDS, Plan, customers, fit, plans, ranked
from measure import Pair, at_least, row

PEER = f"polars {pl.__version__}, {pl.thread_pool_size()} threads"
IDS = [plan.id for plan in plans()]
CODES = pl.Enum(IDS)


def frame(kind: pl.Enum | pl.String) -> pl.DataFrame:
    """The customers, with the current plan as codes or as texts."""
    own = customers()
    current = pl.Series(own.texts(), dtype=pl.String).cast(kind)
    return pl.DataFrame({"voice": own.voice, "data": own.data, "current_plan": current})


def line(used: pl.Expr, allowance: pl.Expr | int, price: pl.Expr | int, base: int) -> pl.Expr:
    """Charges in fen, rounded half up: exact in float64, as in `rows.bills.line`."""
    return (((used - allowance).clip(0) * price + (base / 2 + 0.5)) * (1 / base)).floor()


USAGE = {
    "seconds": (pl.col("voice") * SECONDS).round(mode="half_to_even"),
    "kilobytes": (pl.col("data") * KILOBYTES).round(mode="half_to_even"),
}


def wide(customers: pl.DataFrame) -> pl.DataFrame:
    """One expression a plan; total and rank of the plan in one number, so that the least gives both."""
    code = pl.col("current_plan").cast(CODES).to_physical()

    def present(of: Callable[[Plan], int]) -> pl.Expr:
        return pl.lit(pl.Series([of(plan) for plan in plans()], dtype=pl.Float64)).gather(pl.col("code"))

    spoken = line(pl.col("seconds"), present(lambda p: p.seconds), present(lambda p: p.per_minute), SECONDS)
    used = line(
        pl.col("kilobytes"), present(lambda p: p.kilobytes), present(lambda p: p.per_megabyte), KILOBYTES
    )
    keys = []
    for rank, position in enumerate(ranked()):
        plan = plans()[position]
        total = line(pl.col("seconds"), plan.seconds, plan.per_minute, SECONDS)
        total = total + line(pl.col("kilobytes"), plan.kilobytes, plan.per_megabyte, KILOBYTES) + plan.fee
        within = total.is_between("low", "high") & pl.lit(float(plan.fee)).is_between("fee", "highest_fee")
        keys.append(pl.when(within).then(total * len(IDS) + rank))
    ids = pl.Series([IDS[position] for position in ranked()], dtype=customers.schema["current_plan"])
    return (
        customers.lazy()
        .select(**USAGE, code=code)
        .with_columns(fee=present(lambda p: p.fee))
        .with_columns(total=spoken + used + pl.col("fee"))
        .with_columns(
            # Six and fifteen tenths of a whole number, up and down, by the same exact quotient.
            low=((pl.col("total") * 6 + 9.5) * 0.1).floor(),
            high=((pl.col("total") * 15 + 0.5) * 0.1).floor(),
            highest_fee=pl.col("fee") * 2,
        )
        .select(key=pl.min_horizontal(keys).cast(pl.Int64))
        .select(plan=pl.lit(ids).gather(pl.col("key") % len(IDS)), total=pl.col("key") // len(IDS))
        .collect(engine="streaming")
    )


def cross(customers: pl.DataFrame) -> pl.DataFrame:
    """Customers joined with themselves on every plan, filtered, the best by group."""
    kind = customers.schema["current_plan"]
    offers = pl.LazyFrame(plans()).with_columns(pl.col("id").cast(kind), pl.exclude("id").cast(pl.Float64))
    offers = offers.with_columns(rank=pl.struct("fee", pl.int_range(pl.len())).rank("ordinal") - 1)
    spoken = line(pl.col("seconds"), pl.col("seconds_right"), pl.col("per_minute"), SECONDS)
    used = line(pl.col("kilobytes"), pl.col("kilobytes_right"), pl.col("per_megabyte"), KILOBYTES)
    total = spoken + used + pl.col("fee")
    rows = customers.lazy().with_row_index("row")
    usage = rows.select("row", "current_plan", **USAGE)
    present = usage.join(offers, left_on="current_plan", right_on="id", how="left")
    present = present.select("row", "seconds", "kilobytes", present_total=total, present_fee="fee")
    best = (
        present.join(offers, how="cross")
        .filter(pl.col("fee").is_between("present_fee", pl.col("present_fee") * 2))
        .with_columns(total=total)
        .filter((pl.col("total") * 10).is_between(pl.col("present_total") * 6, pl.col("present_total") * 15))
        .group_by("row")
        .agg(key=(pl.col("total") * len(IDS) + pl.col("rank")).min().cast(pl.Int64))
    )
    ids = pl.Series([IDS[position] for position in ranked()], dtype=kind)
    return (
        rows.select("row")
        .join(best, on="row", how="left", maintain_order="left")
        .select(plan=pl.lit(ids).gather(pl.col("key") % len(IDS)), total=pl.col("key") // len(IDS))
        .collect(engine="streaming")
    )


def agree(ours: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """The same plan and total for every customer."""
    same = theirs.with_columns(pl.col("plan").cast(pl.String), pl.col("total").cast(pl.Int64))
    assert ours.select("plan", "total").equals(same, null_equal=True)


def against(formulation: Callable[[pl.DataFrame], pl.DataFrame], kind: pl.Enum | pl.String) -> Pair:
    """A pair on one frame."""
    customers = frame(kind)
    return Pair(lambda: fit(customers), PEER, lambda: formulation(customers), agree)


@row("fit-polars-codes", at_least(5))
def _() -> Pair:
    """Package fit against polars' wide expressions, current plans as Enum, all cores."""
    return against(wide, CODES)


@row("fit-polars-texts", at_least(5))
def _() -> Pair:
    """The same with current plans as String."""
    return against(wide, pl.String())


@row("fit-polars-cross-codes", at_least(5))
def _() -> Pair:
    """Package fit against polars' cross join, current plans as Enum, all cores."""
    return against(cross, CODES)


@row("fit-polars-cross-texts", at_least(5))
def _() -> Pair:
    """The same with current plans as String."""
    return against(cross, pl.String())
