"""Exceptions carry problems as objects, travel through pickle, and can be masked for logs."""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cpcfit as cpc
import pytest


@pytest.fixture
def error(catalog: cpc.Catalog) -> cpc.DataError:
    with pytest.raises(cpc.DataError) as raised:
        catalog.bill_frame({"voice": [0.0, -123.0, -456.0, float("inf")]})
    return raised.value


def test_the_classes() -> None:
    assert issubclass(cpc.DocumentError, cpc.CpcfitError)
    assert issubclass(cpc.DataError, cpc.CpcfitError)
    assert issubclass(cpc.CpcfitError, ValueError)


def test_a_problem_has_everything_there_is_to_know(error: cpc.DataError) -> None:
    problems = {problem.code: problem for problem in error.problems}
    problem = problems["data.negative"]
    assert (problem.path, problem.line, problem.column) == ("voice", None, None)
    assert (problem.found, problem.suggestion) == ("-123.0", None)
    assert (problem.rows, problem.row_count) == ((1, 2), 2)
    assert problem.message
    assert problem.expected
    assert str(problem) in str(error)
    assert repr(problem) == f"<Problem {problem}>"
    with pytest.raises(AttributeError):
        problem.code = "other"  # type: ignore[misc]
    assert len({problem, *error.problems}) == 2


def test_the_text_lists_all_problems(error: cpc.DataError) -> None:
    lines = str(error).splitlines()
    assert lines[0] == "2 problems:"
    assert len(lines) == 3
    assert repr(error) == f"DataError({str(error)!r})"


def test_masked_errors_have_no_values(error: cpc.DataError) -> None:
    assert "-123" in str(error)
    masked = error.masked()
    assert type(masked) is cpc.DataError
    assert "-123" not in str(masked)
    assert {problem.found for problem in masked.problems} == {"***"}
    assert [problem.rows for problem in masked.problems] == [problem.rows for problem in error.problems]


def test_errors_survive_pickle(error: cpc.DataError) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        copied = pickle.loads(pickle.dumps(error, protocol))
        assert type(copied) is cpc.DataError
        assert str(copied) == str(error)
        assert repr(copied) == repr(error)
        assert copied.problems == error.problems
        assert str(copied.masked()) == str(error.masked())
        assert str(pickle.loads(pickle.dumps(copied))) == str(error)
    assert copy.deepcopy(error).problems == error.problems


def quoted(catalog: cpc.Catalog, voice: float) -> str:
    return str(catalog.quote(voice=voice).cheapest.total)


def test_models_and_errors_cross_processes(catalog: cpc.Catalog) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(quoted, catalog, 60.5).result() == "40.63"
        with pytest.raises(cpc.DataError, match=r"data\.negative") as raised:
            pool.submit(quoted, catalog, -1.0).result()
        assert raised.value.problems[0].path == "voice"


def test_document_errors_tell_the_place() -> None:
    with pytest.raises(cpc.DocumentError) as raised:
        cpc.Catalog.parse("cpcfit: 1\nkind: catalog\n")
    problem = raised.value.problems[0]
    assert (problem.code, problem.suggestion, problem.line) == ("document.wrong_kind", "catalogue", 2)
    assert str(raised.value.masked()) == str(raised.value)
