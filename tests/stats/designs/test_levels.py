from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from loadstone.model import Direction, Metric, MetricSource, Side
from loadstone.stats.designs.levels import levels
from tests.stats.pairs_at_once import LEVELS, World, plan, runs

QUIET = World(drift=0.02)


def test_both_levels_stand_beside_one_another_with_their_ratio() -> None:
    planned = plan(("one",))
    found = levels(runs(planned, QUIET, rounds=20), planned.cases)
    assert {(each.metric.name, each.side) for each in found} == {
        (name, side) for name in LEVELS for side in Side
    }
    for each in found:
        assert each.solo is not None
        assert each.mixed is not None
        assert each.ratio is not None
        assert (each.solo.n, each.mixed.n) == (4, 16)
        assert each.solo.estimate == pytest.approx(LEVELS[each.metric.name], rel=0.05)
        assert each.ratio.low < each.ratio.estimate < each.ratio.high


def test_levels_far_apart_are_coupled() -> None:
    planned = plan(("one",))
    world = World(drift=0.02, mixed={"p50": 0.4})
    found = levels(runs(planned, world, rounds=20), planned.cases)
    assert {each.metric.name for each in found if each.coupled} == {"p50"}


def test_equal_levels_are_rarely_called_coupled_however_the_machine_drifts() -> None:
    planned = plan(("one", "two"))
    drift = np.random.default_rng(5)
    alarms = 0
    for number in range(60):
        world = World(drift=float(drift.choice([0.02, 0.08])))
        found = levels(runs(planned, world, rounds=10, seed=number), planned.cases)
        alarms += any(each.coupled for each in found)
    assert alarms <= 6


def test_without_solo_rounds_there_is_nothing_to_compare() -> None:
    planned = plan(("one",))
    assert levels(runs(planned, rounds=4), planned.cases) == []


def test_what_is_half_by_design_is_not_compared() -> None:
    planned = plan(("one",))
    (case,) = planned.cases
    rate = Metric(name="rate", unit="1/s", direction=Direction.HIGHER, margin=0.01)
    total = Metric(name="cpu_total", unit="s", direction=Direction.LOWER, margin=0.05)
    sources = {
        **case.sources,
        "rate": MetricSource(quantity="load.achieved_rate"),
        "cpu_total": MetricSource(quantity="process.cpu_seconds"),
    }
    steps = {"measured": [{"do": "load", "template": "route", "rate": 500}]}
    loaded = replace(case, metrics=[*case.metrics, rate, total], sources=sources, workload=steps)
    halved = [
        replace(run, values={**run.values, "rate": 1.0, "cpu_total": 1.0})
        for run in runs(planned, QUIET, rounds=10)
    ]
    names = {each.metric.name for each in levels(halved, [loaded])}
    assert names == set(LEVELS)
    idle = replace(loaded, workload={"measured": [{"do": "change", "template": "route"}]})
    assert "cpu_total" in {each.metric.name for each in levels(halved, [idle])}
