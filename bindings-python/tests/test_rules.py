"""Rules: documents, one record decided, and why."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import pickle
from collections import UserDict
from decimal import Decimal
from pathlib import Path
from typing import Any

import cpcfit as cpc
import numpy as np
import pandas as pd
import pytest
from desk import DECIDES, DESK, OUTPUTS, ROWS, dated, rules


def test_a_file_a_text_and_a_dict_are_the_same(tmp_path: Path) -> None:
    text = json.dumps(DESK)
    path = tmp_path / "desk.json"
    path.write_text(text, "utf-8")
    made = [cpc.RuleSet.read(path), cpc.RuleSet.read(str(path)), cpc.RuleSet.parse(text)]
    assert {found.to_json() for found in made} == {cpc.RuleSet.from_dict(DESK).to_json()}


def test_what_a_rule_set_says_of_itself(desk: cpc.RuleSet) -> None:
    assert (desk.id, desk.version, desk.hit, desk.collect, desk.date) == ("desk", "1", "first", None, None)
    assert desk.names == {"zh": "客服", "en": "Service desk"}
    assert desk.inputs == ["arpu", "tenure", "city"]
    assert repr(desk) == "RuleSet(desk 1, first: 3 rules over arpu, tenure, city)"
    key, loyal, _ = desk.rules
    assert (key.id, key.names, key.note, key.priority) == (
        "key",
        {"en": "Key account"},
        "agreed in May",
        None,
    )
    assert (loyal.note, loyal.effective_from, loyal.effective_to) == (None, None, None)
    assert [(output.id, output.type, output.unit) for output in desk.outputs] == [
        ("queue", "string", None),
        ("reply", "number", "h"),
        ("level", "integer", None),
        ("gift", "money", None),
        ("manager", "boolean", None),
        ("until", "date", None),
    ]
    assert (desk.outputs[0].names, desk.outputs[0].about) == ({"en": "Queue"}, "Who takes the call.")
    assert repr(desk.outputs[1]) == "RuleOutput(reply in h, number)"
    assert "<td>key</td><td>vip</td><td>24.0</td>" in desk._repr_html_()
    with pytest.raises(AttributeError):
        key.note = ""  # type: ignore[misc]


def test_all_problems_of_a_document() -> None:
    document = copy.deepcopy(DESK)
    document["hit"] = "last"
    document["rules"][0]["then"]["queues"] = "vip"
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.RuleSet.from_dict(document)
    assert {problem.path for problem in raised.value.problems} >= {"/hit", "/rules/0/then/queues"}
    with pytest.raises(FileNotFoundError):
        cpc.RuleSet.read("no such file")


def test_one_record(desk: cpc.RuleSet) -> None:
    decision = desk.decide({"arpu": 320}, tenure=7)
    assert (decision.status, decision.rule, decision.rules) == ("matched", "key", ["key"])
    assert decision.outputs == {name: values[0] for name, values in OUTPUTS.items()}
    assert str(decision.outputs["gift"]) == "12.50"
    assert decision.matches == []
    assert repr(decision) == "Decision(matched: key)"
    none = desk.decide(arpu=80.5, tenure=None, city=math.nan)
    assert (none.status, none.rule, none.rules) == ("none", None, [])
    assert none.outputs == {name: values[3] for name, values in OUTPUTS.items()}
    assert repr(none) == "Decision(none)"


def test_several_rules_that_match() -> None:
    listed_one = rules("rule_order").decide(age=61)
    senior: dict[str, Any] = {"points": 10.0, "voucher": Decimal("2.50")}
    adult: dict[str, Any] = {"points": 5.0, "voucher": Decimal("1.00")}
    assert (listed_one.status, listed_one.rule, listed_one.rules) == ("matched", None, ["senior", "adult"])
    assert (listed_one.outputs, listed_one.matches) == (None, [("senior", senior), ("adult", adult)])
    for hit, status in (("unique", "overlap"), ("any", "conflict")):
        refused = rules(hit).decide(age=61)
        assert (refused.status, refused.rule, refused.outputs) == (status, None, None)
        assert refused.matches == listed_one.matches
        assert rules(hit).decide(age=30).outputs == adult
    total = rules("collect", collect="sum").decide(age=61)
    assert (total.rules, total.matches) == (["senior", "adult"], [])
    assert total.outputs == {"points": 15.0, "voucher": Decimal("3.50")}
    assert rules("collect", collect="count").decide(age=61).outputs == {"points": 2, "voucher": 2}


def test_the_first_rule_that_matches(desk: cpc.RuleSet) -> None:
    for row, rule in enumerate(DECIDES):
        record = {name: values[row] for name, values in ROWS.items()}
        assert desk.first(record) == desk.decide(record).rule == rule
        assert desk.first(UserDict(record)) == rule
        assert desk.first({}, **record) == rule
    assert desk.first({"arpu": Decimal("300.5")}) == "key"
    assert desk.first({"arpu": np.float32(1), "tenure": np.int64(60)}) == "loyal"
    assert desk.first({"arpu": 90, "tenure": None, "city": "foshan"}) == "local"
    # Nothing of the record before is left.
    assert desk.first({"arpu": 90}) is None
    assert rules("rule_order").first({"age": 61}) == "senior"


def test_what_is_wrong_with_a_record(desk: cpc.RuleSet) -> None:
    wrong = {"arpus": 85, "tenure": 1.5, "city": True}
    found = []
    for call in (desk.first, desk.decide, desk.explain):
        with pytest.raises(cpc.DataError) as raised:
            call(wrong)
        found.append([str(problem) for problem in raised.value.problems])
        assert [problem.path for problem in raised.value.problems] == ["arpu", "tenure", "city"]
        assert raised.value.problems[0].suggestion == "arpus"
        with pytest.raises(TypeError, match="expected a mapping"):
            call([320])  # type: ignore[arg-type]
    assert found[0] == found[1] == found[2]
    assert desk.first({"arpu": 320}) == "key"


def test_first_and_decide_agree_on_whatever_there_is() -> None:
    types = ["number", "integer", "money", "string", "boolean", "date"]
    conditions = ["number > 5 && string == '7'", "integer == 7 || money == 7.5", "boolean", "string == ''"]
    mixed = rules(
        "first",
        fields={name: {"type": name, "missing": name != "number"} for name in types},
        unknown="no_match",
        rules=[{"id": f"rule{place}", "when": when} for place, when in enumerate(conditions)],
    )
    values: list[Any] = [None, math.nan, math.inf, 7, 7.5, 10**20, "7", "", "2012-05-31", True, b"x"]
    values += [np.float32(7), np.int8(7), np.str_("7"), Decimal("7.5"), pd.NaT, dt.date(2012, 5, 31)]

    def result(call: Any) -> Any:
        try:
            return call()
        except cpc.DataError as error:
            return [str(problem) for problem in error.problems]

    random = np.random.default_rng(7)
    seen = set()
    for _ in range(4000):
        chosen = [name for name in types if random.random() < 0.5]
        record = {name: values[random.integers(len(values))] for name in chosen}
        expected = result(lambda record=record: mixed.decide(record).rule)
        assert result(lambda record=record: mixed.first(record)) == expected, record
        seen.add(expected if isinstance(expected, str) else type(expected))
    assert seen == {"rule0", "rule1", "rule2", "rule3", list, type(None)}


def test_a_value_that_asks_again(desk: cpc.RuleSet) -> None:
    asked = []

    class Tenure(Decimal):
        def __str__(self) -> str:
            asked.append(desk.first({"arpu": 320}))
            return super().__str__()

    assert desk.first({"arpu": 90, "tenure": Tenure(60)}) == "loyal"
    assert asked == ["key"]


def test_rules_with_dates() -> None:
    for call in (dated().first, dated().decide, dated().explain, dated().apply):
        with pytest.raises(cpc.DataError, match="no date was chosen"):
            call({"age": [61]} if call.__name__ == "apply" else {"age": 61})  # type: ignore[dict-item]
    spring = dated().at("2012-04-01")
    assert (spring.date, [rule.id for rule in spring.rules]) == (dt.date(2012, 4, 1), ["spring"])
    assert spring.rules[0].effective_to == dt.date(2012, 5, 31)
    assert repr(spring) == "RuleSet(gifts 1 at 2012-04-01, first: 1 rules)"
    assert spring.first({}) == "spring"
    assert spring.at(dt.date(2012, 7, 1)).first({}) == "later"
    with pytest.raises(cpc.DataError, match="no rule is in effect"):
        dated().at("2011-01-01")


def test_pickles(desk: cpc.RuleSet) -> None:
    for found in (desk, dated(), dated().at("2012-04-01")):
        again = pickle.loads(pickle.dumps(found))
        assert (again.to_json(), again.date, repr(again)) == (found.to_json(), found.date, repr(found))


def test_rules_come_from_a_sheet() -> None:
    """The fourteen service standards of the example, and a sheet without their columns."""
    examples = Path(__file__).resolve().parents[2] / "examples"
    document = (examples / "models" / "service-standards.rules.yaml").read_text("utf-8")
    standards = cpc.RuleSet.from_table(
        document, (examples / "data" / "segment_standards.csv").read_text("utf-8")
    )
    decision = standards.decide(segment="High churn risk")
    assert decision.rule == "4"
    assert decision.outputs is not None
    assert (decision.outputs["connect_rate"], decision.outputs["marketing"]) == (90.0, True)
    with pytest.raises(cpc.DocumentError, match="no such column"):
        cpc.RuleSet.from_table(document, "row,segment_en\n")


SHEET: dict[str, Any] = {
    "cpcfit": 1,
    "kind": "rules",
    "id": "sheet",
    "version": "1",
    "hit": "first",
    "fields": {"city": {"type": "string"}},
    "outputs": {"queue": {"type": "string"}},
    "table": {"inputs": {"city": "city"}, "outputs": {"queue": "queue"}},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_sheets_are_files_or_bytes(tmp_path: Path, encoding: str) -> None:
    sheet = "city,queue\n城市,one\n-,two\n".encode(encoding)
    path = tmp_path / "sheet.csv"
    path.write_bytes(sheet)
    for given in (path, sheet):
        assert cpc.RuleSet.from_table(SHEET, given).first({"city": "城市"}) == "row-1"


def test_what_is_no_sheet_is_told(tmp_path: Path) -> None:
    mixed = "city,queue\n城市,one\n".encode() + "Köln,two\n".encode("latin-1")
    with pytest.raises(cpc.DocumentError, match=r"line 3 of the sheet is not UTF-8.*two encodings.*0xF6"):
        cpc.RuleSet.from_table(SHEET, mixed)
    with pytest.raises(cpc.DocumentError) as ragged:
        cpc.RuleSet.from_table(SHEET, "city,queue\na\n\nb,one\nc,one,two\n")
    assert [problem.path for problem in ragged.value.problems] == ["/table/rows/0", "/table/rows/2"]
    with pytest.raises(cpc.DocumentError, match="the table has no rows"):
        cpc.RuleSet.from_table(SHEET, "city,queue\n")
    with pytest.raises(FileNotFoundError, match=r"none\.csv"):
        cpc.RuleSet.from_table(SHEET, tmp_path / "none.csv")
    with pytest.raises(ValueError, match=r"pathlib\.Path"):
        cpc.RuleSet.from_table(SHEET, "sheets/queues.csv")
    with pytest.raises(TypeError, match="not int"):
        cpc.RuleSet.from_table(SHEET, 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_why(desk: cpc.RuleSet) -> None:
    explanation = desk.explain(arpu=90, city="foshan")
    assert explanation.decision.rule == "local"
    assert str(explanation) == (
        "matched: local\n"
        "  key: false\n"
        "    - arpu > 300: 90 (false)\n"
        "    would match with arpu > 300 (now 90): 300.00000000000006\n"
        "  loyal: unknown, which does not match\n"
        "    - tenure >= 60: nothing (unknown)\n"
        "    would match with tenure >= 60 (now missing): 60\n"
        "  local: true\n"
        '    + city = "foshan": "foshan" (true)'
    )
    key, loyal, local = explanation.rules
    assert (key.rule, key.outcome, key.matches) == ("key", False, False)
    [test] = key.tests
    assert (test.tested, test.expected, test.actual) == ("arpu", "> 300", "90")
    assert (test.outcome, test.fails, str(test)) == (False, True, "arpu > 300: 90 (false)")
    assert key.first_failing is key.only_failing is test
    assert (loyal.outcome, loyal.matches, loyal.tests[0].actual) == (None, False, None)
    assert (local.matches, local.first_failing, local.only_failing) == (True, None, None)
    assert repr(local) == "RuleTrace(local: true, matches)"
    assert repr(explanation) == "RulesExplanation(desk 1, first: matched: local)"
    assert "<td>key</td><td>false</td><td>no</td><td>1</td><td>arpu &gt; 300: 90 (false)</td>" in (
        explanation._repr_html_()
    )


def test_several_tests_that_fail() -> None:
    both = [{"id": "both", "when": "age > 60 && age < 90 && age > 40"}]
    [trace] = rules("first", rules=both).explain(age=30).rules
    assert [test.fails for test in trace.tests] == [True, False, True]
    assert trace.first_failing is trace.tests[0]
    assert trace.only_failing is None


def test_the_tests_of_a_document_are_run() -> None:
    document = {
        **DESK,
        "tests": [
            {"id": "key", "given": {"arpu": 301}, "expect": {"rule": "key", "outputs": {"gift": "12.50"}}},
            {"id": "few", "note": "why not", "given": {"arpu": 5}, "expect": {"rule": "key"}},
            {"id": "lacks", "given": {}, "expect": {"status": "none"}},
        ],
    }
    rules = cpc.RuleSet.from_dict(document)
    report = rules.test()
    assert not report.passed
    assert repr(report) == "TestReport(2 of 3 tests failed)"
    passed, few, lacks = report.results
    assert (passed.passed, passed.rules, repr(passed)) == (True, ["key"], "TestResult(key: passed)")
    assert (few.note, few.status, few.date) == ("why not", "none", None)
    assert few.mismatches[0].expected == "key"
    assert str(few.mismatches[0]) == "rule: expected key, found none"
    assert few.reasons == ["key: arpu > 300: 5 (false)"]
    assert (lacks.status, lacks.problems[0].code) == ("invalid", "data.missing_column")
    assert "failed: few (why not)" in str(report)
    coverage = report.coverage
    assert "key" not in coverage.uncovered
    assert (coverage.rules[0].tried, coverage.rules[0].matched, coverage.rules[0].decided) == (2, 1, 1)
    cell = coverage.rules[0].cells[0]
    assert (cell.text, cell.seen_true, cell.seen_false) == ("arpu > 300", True, True)
    assert str(coverage) in str(report)
    assert repr(coverage).startswith("TestCoverage(covered: ")
    assert "few" in report._repr_html_()
    assert "arpu &gt; 300" not in coverage._repr_html_()
    again = pickle.loads(pickle.dumps(rules))
    assert str(again.test()) == str(report)


def test_what_tests_expect_is_checked() -> None:
    with pytest.raises(cpc.DocumentError) as caught:
        cpc.RuleSet.from_dict({**DESK, "tests": [{"given": {"arpuu": 1}, "expect": {"rule": "kye"}}]})
    found = [(problem.code, problem.path) for problem in caught.value.problems]
    assert found == [
        ("rules.unknown_field", "/tests/0/given/arpuu"),
        ("rules.unknown_rule", "/tests/0/expect/rule"),
    ]


def test_the_tests_of_examples_pass() -> None:
    models = Path(__file__).parents[2] / "examples" / "models"
    report = cpc.RuleSet.read(models / "segments.rules.yaml").test()
    assert report.passed, report
    assert (report.coverage.rule_percent, report.coverage.cell_percent) == (100, 100)
    assert report.coverage.defaults == {"marketing": True}
