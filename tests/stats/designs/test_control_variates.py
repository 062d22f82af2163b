from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from loadstone.flows.judge import judged
from loadstone.model import Comparison, Design, Side
from loadstone.stats.designs.control_variates import MOVED, adjusted
from tests.stats.pairs_at_once import World, plan, record, runs


def rows(world: World, *, rounds: int = 6, seed: int = 1) -> dict[str, Comparison]:
    planned = plan(("one",), design=Design.SOLO)
    found = judged(record(planned, runs(planned, world, rounds=rounds, seed=seed))).judgement
    assert found is not None
    return {row.metric.name: row for row in found.comparisons}


def test_what_drifts_with_a_neighbour_is_sharper_without_that() -> None:
    found = rows(World(effects={"cpu": 0.05}))
    row = found["cpu"]
    assert row.adjusted is not None
    assert row.change is not None
    assert row.adjusted.change is not None
    assert row.adjusted.change.low < 0.0513 < row.adjusted.change.high
    wide, narrow = (each.high - each.low for each in (row.change, row.adjusted.change))
    assert narrow < wide / 2


def test_each_row_has_the_neighbour_that_drifts_with_it_or_none() -> None:
    found = rows(World())
    known = {name: row.adjusted.variate for name, row in found.items() if row.adjusted}
    assert known == {"cpu": "upstream.cpu_seconds", "p50": "generator.cpu_seconds"}


def test_the_row_and_the_verdict_are_what_they_were_without_it() -> None:
    planned = plan(("one",), design=Design.SOLO)
    measured = runs(planned, World(effects={"cpu": 0.05}))
    without = [replace(run, quantities={}) for run in measured]
    one, other = (judged(record(planned, each)).judgement for each in (measured, without))
    assert one is not None
    assert other is not None
    assert [replace(row, adjusted=None) for row in one.comparisons] == list(other.comparisons)
    assert one.verdict is other.verdict


def test_a_neighbour_that_works_more_is_not_taken_off() -> None:
    planned = plan(("one",), design=Design.SOLO)
    more = [
        replace(
            run,
            quantities=dict(run.quantities)
            | {"upstream.cpu_seconds": run.quantities["upstream.cpu_seconds"] * 1.5},
        )
        if run.side is Side.HEAD
        else run
        for run in runs(planned, World(drift=0.02))
    ]
    found = judged(record(planned, more)).judgement
    assert found is not None
    row = next(row for row in found.comparisons if row.metric.name == "cpu")
    assert row.adjusted is not None
    assert row.adjusted.refused
    assert row.adjusted.change is None


def test_mixed_rows_are_not_adjusted() -> None:
    planned = plan(("one",))
    found = judged(record(planned, runs(planned))).judgement
    assert found is not None
    assert all(row.adjusted is None for row in found.comparisons)


@pytest.mark.parametrize("n", [4, 6, 10])
@pytest.mark.parametrize("related", [0.0, 0.7, 0.94])
def test_the_level_holds_for_an_estimated_coefficient(n: int, related: float) -> None:
    random = np.random.default_rng([n, round(100 * related)])
    found = []
    for _ in range(600):
        shared, own = random.standard_t(4, (2, n)) * 0.08
        ratios = related * shared + np.sqrt(1 - related**2) * own
        found.append(adjusted(ratios, shared).p < 0.05)
    assert np.mean(found) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 600)


def test_the_coefficient_is_a_part_of_the_neighbours_change() -> None:
    random = np.random.default_rng(3)
    for _ in range(100):
        ratios, variate = random.normal(0, 0.1, (2, 5))
        assert 0 <= adjusted(ratios, 5 * variate).coefficient <= 1
    assert 0 < MOVED < 1
