"""Models are shared between threads, which run while others compute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cpcfit as cpc
import numpy as np
from kinds import pauses_during


def test_threads_share_a_catalogue(catalog: cpc.Catalog) -> None:
    expected = {voice: catalog.quote(voice=voice)["small"].total for voice in range(200)}

    def totals(_: int) -> dict[int, object]:
        return {voice: catalog.quote(voice=voice)["small"].total for voice in expected}

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(totals, range(16)))


def test_threads_share_a_result(catalog: cpc.Catalog) -> None:
    fit = cpc.package_fit(
        {"voice": np.arange(5000.0), "current_plan": ["small"] * 5000}, catalog, money="minor"
    )
    expected = fit.to_frame()["total"].tolist()
    with ThreadPoolExecutor(8) as pool:
        frames = pool.map(lambda _: fit.to_frame()["total"].tolist(), range(16))
        explanations = pool.map(fit.explain, range(16))
        assert all(found == expected for found in frames)
        assert [found.found.status for found in explanations] == ["stays"] * 16


def test_others_run_while_columns_are_computed(catalog: cpc.Catalog) -> None:
    customers = {"voice": np.random.default_rng(1).gamma(2, 200, 3_000_000)}
    assert pauses_during(lambda: catalog.sum_frame(customers, threads=1, simd="off")) > 10
