"""Contact policies: one customer or a frame of them, and why."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from kinds import EXAMPLES

POLICY: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "contact-policy",
    "id": "contacts",
    "version": "1",
    "name": {"zh": "接触规则"},
    "offset": "+08:00",
    "channels": ["outbound", "sms"],
    "kinds": ["marketing", "service"],
    "outcomes": ["accepted", "refused"],
    "fields": {"complaints": {"type": "integer"}},
    "do_not_disturb": [
        {"id": "complaint", "when": "complaints > 0", "kinds": "marketing", "reason": {"en": "a complaint"}}
    ],
    "quiet_hours": [
        {
            "id": "night",
            "channels": "outbound",
            "from": "21:00",
            "to": "08:00",
            "calendar": {"weekdays": ["mon", "sun"]},
        }
    ],
    "limits": [
        {"id": "weekly", "at_most": 1, "within": "7d", "note": "agreed", "effective": {"from": "2012-01-01"}}
    ],
    "gaps": [{"id": "refusal", "after": "refused", "wait": "30d"}],
}
CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2012, 3, 20, 10, tzinfo=CHINA)
CUSTOMERS: dict[str, list[Any]] = {"customer": ["a", "b", "c"], "complaints": [0, 0, 1]}
CONTACTS: dict[str, list[Any]] = {
    "customer": ["a", "b", "z"],
    "at": ["2012-03-01T10:00:00+08:00", "2012-03-19T10:00:00+08:00", "2012-03-19T10:00:00+08:00"],
    "channel": ["sms", "sms", "sms"],
    "kind": ["marketing"] * 3,
    "outcome": ["refused", None, None],
}


@pytest.fixture
def policy() -> cpc.ContactPolicy:
    return cpc.ContactPolicy.from_dict(POLICY)


def test_a_file_a_text_and_a_dict_are_the_same(policy: cpc.ContactPolicy, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(policy.to_json(), "utf-8")
    assert cpc.ContactPolicy.read(path).to_json() == policy.to_json()
    assert cpc.ContactPolicy.parse(policy.to_json()).to_json() == policy.to_json()
    assert pickle.loads(pickle.dumps(policy)).to_json() == policy.to_json()


def test_what_a_policy_says_of_itself(policy: cpc.ContactPolicy) -> None:
    assert (policy.id, policy.version, policy.offset) == ("contacts", "1", "+08:00")
    assert (policy.names, policy.inputs) == ({"zh": "接触规则"}, ["complaints"])
    assert policy.channels == ["outbound", "sms"]
    assert policy.kinds == ["marketing", "service"]
    assert policy.outcomes == ["accepted", "refused"]
    complaint, night, weekly, refusal = policy.entries
    assert (complaint.code, complaint.reason) == ("do_not_disturb", {"en": "a complaint"})
    assert (night.code, night.calendar) == ("quiet_hours", "weekdays mon to sun")
    assert (weekly.note, weekly.effective_from, weekly.effective_to) == ("agreed", dt.date(2012, 1, 1), None)
    assert repr(refusal) == "ContactEntry(refusal, gap)"
    assert repr(policy) == "ContactPolicy(contacts 1: 4 entries on outbound, sms)"
    assert "refusal" in policy._repr_html_()


def test_all_problems_of_a_document() -> None:
    document = POLICY | {"offset": "Asia/Shanghai", "limits": [{"id": "a", "at_most": 0, "within": "7 days"}]}
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.ContactPolicy.from_dict(document)
    codes = {problem.code for problem in raised.value.problems}
    assert codes == {"contact.bad_offset", "document.out_of_range", "contact.bad_length"}


@pytest.mark.parametrize(
    "now",
    [
        NOW,
        NOW.astimezone(dt.timezone.utc),
        dt.datetime(2012, 3, 20, 2),
        "2012-03-20T10:00:00+08:00",
        pd.Timestamp("2012-03-20T10:00:00+08:00"),
        np.datetime64("2012-03-20T02:00:00"),
    ],
)
def test_moments_of_every_kind(policy: cpc.ContactPolicy, now: Any) -> None:
    history = [{"at": NOW - dt.timedelta(days=1), "channel": "sms", "kind": "service"}]
    verdict = policy.check({"complaints": 0}, channel="sms", kind="service", now=now, history=history)
    assert (verdict.allowed, verdict.reasons) == (False, ["weekly"])
    assert verdict.next_allowed == NOW + dt.timedelta(days=6)
    assert verdict.next_allowed.utcoffset() == dt.timedelta(hours=8)


def test_why(policy: cpc.ContactPolicy) -> None:
    history = [{"at": "2012-03-19T10:00:00+08:00", "channel": "sms", "kind": "service", "outcome": "refused"}]
    verdict = policy.check({"complaints": 1}, channel="sms", kind="marketing", now=NOW, history=history)
    assert verdict.reasons == ["complaint", "weekly", "refusal"]
    assert verdict.next_allowed is None
    complaint, night, weekly, _ = verdict.findings
    assert (complaint.status, complaint.actual, complaint.until) == ("blocks", "a complaint", None)
    assert (night.entry, night.status, night.actual) == ("night", "other_channel", None)
    assert weekly.expected == "at most 1 contact within 7d"
    assert weekly.actual == "1 after 2012-03-13T10:00:00+08:00"
    assert weekly.until == NOW + dt.timedelta(days=6)
    assert str(weekly).startswith("- weekly (limit)")
    assert repr(weekly) == "ContactFinding(weekly: blocks)"
    assert repr(verdict) == "ContactVerdict(not allowed: complaint, weekly, refusal; never allowed)"
    assert str(verdict).startswith("not allowed: complaint (do_not_disturb), weekly (limit)")
    assert "never allowed" in verdict._repr_html_()
    allowed = policy.check({"complaints": 0}, channel="sms", kind="marketing", now=NOW)
    assert repr(allowed) == "ContactVerdict(allowed)"
    assert allowed.next_allowed == NOW


def test_moments_at_the_end_of_the_years(policy: cpc.ContactPolicy) -> None:
    """By the policy's clock some are in the year 10000, which no `datetime` has: then it is that of UTC."""
    last = dt.datetime.max.replace(tzinfo=dt.timezone.utc)
    for now in (last - dt.timedelta(hours=8), last - dt.timedelta(hours=7), last):
        verdict = policy.check({"complaints": 0}, channel="sms", kind="service", now=now)
        assert (verdict.allowed, verdict.next_allowed) == (True, now)
    past = [{"at": last - dt.timedelta(days=1), "channel": "sms", "kind": "service"}]
    late = policy.check({"complaints": 0}, channel="sms", kind="service", now=last, history=past)
    assert (late.reasons, late.next_allowed, late.findings[2].until) == (["weekly"], None, None)
    assert repr(late) == "ContactVerdict(not allowed: weekly; allowed after the year 9999)"
    assert "allowed from" in str(late)
    first = dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=-8)))
    early = policy.check({"complaints": 0}, channel="sms", kind="service", now=first)
    assert early.next_allowed == first


def test_what_is_wrong_with_a_contact(policy: cpc.ContactPolicy) -> None:
    history = [{"at": NOW + dt.timedelta(seconds=1), "channel": "fax", "kind": "service"}]
    with pytest.raises(cpc.DataError) as raised:
        policy.check({}, channel="smss", now=NOW, history=history)
    problems = {(problem.code, problem.path) for problem in raised.value.problems}
    assert problems == {
        ("data.missing_column", "complaints"),
        ("contact.unknown_name", "channel"),
        ("data.missing", "kind"),
        ("contact.unknown_name", "history/0/channel"),
    }
    with pytest.raises(cpc.DataError, match="the contact lies in the future"):
        policy.check(
            {"complaints": 0},
            channel="sms",
            kind="service",
            now=NOW,
            history=[history[0] | {"channel": "sms"}],
        )
    with pytest.raises(cpc.DataError, match="not a moment"):
        policy.check({"complaints": 0}, channel="sms", kind="service", now="yesterday")


@pytest.mark.parametrize("make", [dict, pl.DataFrame, pa.table, pd.DataFrame])
def test_every_kind_of_frame(policy: cpc.ContactPolicy, make: Any) -> None:
    found = policy.apply(make(CUSTOMERS), contacts=make(CONTACTS), channel="sms", kind="marketing", now=NOW)
    assert repr(found) == "ContactVerdicts(contacts 1: 3 rows, 3 blocked)"
    assert (len(found), found.unmatched_contacts, found.problems) == (3, 1, [])
    assert found.counts() == {
        "status": {"allowed": 0, "blocked": 3, "invalid": 0},
        "reasons": {"complaint": 1, "night": 0, "weekly": 1, "refusal": 1},
    }
    frame = found.to_frame(["status", "allowed", "reason", "code"])
    assert isinstance(frame, type(make({})) if make is not pa.table else pa.Table)
    rows = pl.DataFrame(found)
    assert rows["reason"].to_list() == ["refusal", "weekly", "complaint"]
    assert rows["code"].to_list() == ["gap", "limit", "do_not_disturb"]
    assert rows["allowed"].to_list() == [False] * 3
    assert rows["next_allowed"].dt.replace_time_zone(None).to_list() == [
        dt.datetime(2012, 3, 31, 2),
        dt.datetime(2012, 3, 26, 2),
        None,
    ]
    assert "refusal" in found._repr_html_()
    with pytest.raises(cpc.DataError, match="the column is missing"):
        found.to_frame(["reasons"])


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_moments_in_frames(policy: cpc.ContactPolicy, unit: Any, zone: str | None) -> None:
    at = pl.Series([dt.datetime(2012, 3, 19, 2)]).dt.cast_time_unit(unit)
    at = at if zone is None else at.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    contacts = pl.DataFrame({"customer": ["b"], "at": at, "channel": ["sms"], "kind": ["service"]})
    customers = pl.DataFrame(CUSTOMERS).with_columns(
        now=pl.lit(NOW.astimezone(dt.timezone.utc)).dt.cast_time_unit(unit)
    )
    frame = policy.apply(customers, contacts=contacts, channel="sms", kind="service").to_frame()
    assert frame["reason"].to_list() == [None, "weekly", None]
    assert frame["next_allowed"].to_list() == [NOW, dt.datetime(2012, 3, 26, 10, tzinfo=CHINA), NOW]
    arrays = policy.apply(CUSTOMERS, channel="sms", kind="marketing", now=NOW).to_frame(["next_allowed"])
    assert str(arrays["next_allowed"][0]) == "2012-03-20T02:00:00.000000"


def test_a_frame_is_its_rows(policy: cpc.ContactPolicy) -> None:
    found = policy.apply(CUSTOMERS, contacts=CONTACTS, channel="outbound", kind="service", now=NOW)
    reasons = pl.DataFrame(found)["reason"].to_list()
    for row, customer in enumerate(CUSTOMERS["customer"]):
        history = [
            {key: values[contact] for key, values in CONTACTS.items()}
            for contact, known in enumerate(CONTACTS["customer"])
            if known == customer
        ]
        record = {"complaints": CUSTOMERS["complaints"][row]}
        verdict = policy.check(record, channel="outbound", kind="service", now=NOW, history=history)
        assert reasons[row] == next(iter(verdict.reasons), None)


def test_columns_of_other_names(policy: cpc.ContactPolicy) -> None:
    customers = {"msisdn": [1, 2], "complaints": [0, 0], "by": ["sms", "outbound"], "kind": ["service"] * 2}
    contacts = {"number": [2], "when": ["2012-03-19T10:00:00Z"], "channel": ["sms"], "kind": ["service"]}
    found = policy.apply(
        customers,
        contacts=contacts,
        now=NOW,
        columns={"customer": "msisdn", "channel": "by"},
        contact_columns={"customer": "number", "at": "when"},
    )
    assert pl.DataFrame(found)["reason"].to_list() == [None, "weekly"]
    with pytest.raises(cpc.DataError) as raised:
        policy.apply(customers, contacts=contacts, now=NOW)
    assert {problem.code for problem in raised.value.problems} == {"data.missing_column"}


def test_bad_rows_raise_or_are_null(policy: cpc.ContactPolicy) -> None:
    contacts = CONTACTS | {"channel": ["sms", "fax", "fax"]}
    asked: dict[str, Any] = {"contacts": contacts, "channel": "sms", "kind": "service", "now": NOW}
    with pytest.raises(cpc.DataError) as raised:
        policy.apply(CUSTOMERS, **asked)
    [problem] = raised.value.problems
    assert (problem.code, problem.path, problem.rows) == ("contact.unknown_name", "contacts/channel", (1,))
    found = policy.apply(CUSTOMERS, on_error="null", **asked)
    rows = pl.DataFrame(found)
    assert rows["status"].to_list() == ["blocked", "invalid", "allowed"]
    assert rows["allowed"].to_list() == [False, None, True]
    assert len(found.problems) == 1


def test_frames_that_are_not_sorted(policy: cpc.ContactPolicy) -> None:
    customers = {"customer": ["b", "a"], "complaints": [0, 0]}
    with pytest.raises(cpc.DataError, match="not sorted by customer"):
        policy.apply(customers, contacts=CONTACTS, channel="sms", kind="service", now=NOW)
    found = policy.apply(customers, channel="sms", kind="service", now=NOW)
    assert found.counts()["status"]["allowed"] == 2


def test_the_example() -> None:
    policy = cpc.ContactPolicy.read(EXAMPLES / "models" / "contact-policy.yaml")
    customer = {"complaints": 0, "active": 1, "value": 200.0, "age": 30}
    verdict = policy.check(customer, channel="outbound", kind="marketing", now="2012-03-20T12:30:00+08:00")
    assert (verdict.reasons, verdict.next_allowed) == (
        ["noon_calls"],
        dt.datetime(2012, 3, 20, 14, tzinfo=CHINA),
    )


def test_rules_have_calendars() -> None:
    rules = cpc.RuleSet.read(EXAMPLES / "models" / "popup-calendar.rules.yaml").at("2012-03-21")
    assert [rule.id for rule in rules.rules if rule.calendar == "days 21 to end"] == ["tariff_raised"]
