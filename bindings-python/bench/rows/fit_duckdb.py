"""Package fit from Python against DuckDB, both on all cores."""

from __future__ import annotations

import os
from collections.abc import Callable

import duckdb
import polars as pl
import pyarrow as pa
from customers import KILOBYTES, SECONDS, customers, fit, plans, ranked
from measure import Pair, at_least, row

PEER = f"DuckDB {duckdb.__version__}, {os.cpu_count()} threads"


def connect(kind: str) -> duckdb.DuckDBPyConnection:
    """A database in memory with the customers and the plans; the current plan is of the type `kind`."""
    connection = duckdb.connect(config={"threads": os.cpu_count() or 1})
    own = customers()
    ids = ", ".join(f"'{plan.id}'" for plan in plans())
    connection.execute(f"create type plan_id as enum ({ids})")
    arrow = pa.table({"voice": own.voice, "data": own.data, "current_plan": pa.array(own.texts())})
    offers = pa.Table.from_pylist(
        [vars(plan) | {"rank": ranked().index(n)} for n, plan in enumerate(plans())]
    )
    connection.register("arrow", arrow)
    connection.register("offers", offers)
    connection.execute(
        f"""create table customers as
        select row_number() over () - 1 customer, voice, data, current_plan::{kind} current_plan from arrow"""
    )
    connection.execute(f"create table plans as select * replace (id::{kind} as id) from offers")
    connection.unregister("arrow")
    connection.unregister("offers")
    return connection


def line(used: str, allowance: str | int, price: str | int, base: int) -> str:
    """Charges in fen, rounded half up, in integers."""
    return f"((greatest({used} - {allowance}, 0) * {price} + {base // 2}) // {base})"


TOTAL = f"""fee + {line("used_seconds", "seconds", "per_minute", SECONDS)}
    + {line("used_kilobytes", "kilobytes", "per_megabyte", KILOBYTES)}"""

PRESENT = f"""
with used as (
    select customer, current_plan, round_even(voice * {SECONDS}, 0)::bigint used_seconds,
        round_even(data * {KILOBYTES}, 0)::bigint used_kilobytes
    from customers
), present as (
    select customer, used_seconds, used_kilobytes, fee present_fee, {TOTAL} present_total
    from used join plans on current_plan = id
)"""

JOINED = f"""{PRESENT}, offers as (
    select customer, id, rank, present_total, {TOTAL} total
    from present join plans on fee between present_fee and 2 * present_fee
), best as (
    select customer, arg_min(id, total * {len(plans())} + rank) plan, min(total) total
    from offers where 10 * total between 6 * present_total and 15 * present_total
    group by customer
)
select customer, plan, total from customers left join best using (customer)"""


def wide() -> str:
    """One column a plan; total and rank of the plan in one number, so that the least gives both."""
    totals, keys = [], []
    for rank, position in enumerate(ranked()):
        plan = plans()[position]
        spoken = line("used_seconds", plan.seconds, plan.per_minute, SECONDS)
        used = line("used_kilobytes", plan.kilobytes, plan.per_megabyte, KILOBYTES)
        totals.append(f"{plan.fee} + {spoken} + {used} total_{rank}")
        within = f"{plan.fee} between present_fee and 2 * present_fee and total_{rank} between low and high"
        keys.append(f"case when {within} then total_{rank} * {len(plans())} + {rank} end")
    return f"""{PRESENT}, offers as (
        select customer, present_fee, (6 * present_total + 9) // 10 low, 15 * present_total // 10 high,
            {", ".join(totals)}
        from present
    ), best as (select customer, least({", ".join(keys)}) key from offers)
    select customer, id plan, key // {len(plans())} total from best left join plans on rank = key % {len(plans())}"""


def agree(ours: duckdb.DuckDBPyRelation, theirs: pa.Table) -> None:
    """The same plan and total for every customer."""

    def sorted_frame(table: pa.Table) -> pl.DataFrame:
        columns = pl.DataFrame(table).select(
            "customer", pl.col("plan").cast(pl.String), pl.col("total").cast(pl.Int64)
        )
        return columns.sort("customer")

    assert sorted_frame(ours.to_arrow_table()).equals(sorted_frame(theirs), null_equal=True)


def against(query: Callable[[], str], kind: str) -> Pair:
    """A relation in, finished data out: ours is a relation on them, a query is finished by fetching its result."""
    connection = connect(kind)
    text = query()

    def ours() -> duckdb.DuckDBPyRelation:
        found: duckdb.DuckDBPyRelation = fit(connection.table("customers"), id="customer")
        return found

    return Pair(ours, PEER, lambda: connection.sql(text).to_arrow_table(), agree)


@row("fit-duckdb-codes", at_least(20))
def _() -> Pair:
    """Package fit against a join with the plans in DuckDB, current plans as ENUM, all cores."""
    return against(lambda: JOINED, "plan_id")


@row("fit-duckdb-texts", at_least(20))
def _() -> Pair:
    """The same with current plans as VARCHAR."""
    return against(lambda: JOINED, "varchar")


@row("fit-duckdb-wide-codes", at_least(20), advisory=True)
def _() -> Pair:
    """Package fit against generated SQL of one column a plan, current plans as ENUM, all cores."""
    return against(wide, "plan_id")


@row("fit-duckdb-wide-texts", at_least(20), advisory=True)
def _() -> Pair:
    """The same with current plans as VARCHAR."""
    return against(wide, "varchar")
