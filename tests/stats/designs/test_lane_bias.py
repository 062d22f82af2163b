from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from loadstone.model import Design, Side
from loadstone.stats.designs.lane_bias import lane_biases
from tests.stats.pairs_at_once import World, plan, runs


def sessions(world: World, number: int, rounds: int = 6, first: int = 0):
    planned = [plan(seed=seed) for seed in range(first, first + number)]
    return [runs(each, world, rounds=rounds, seed=each.seed) for each in planned]


def test_a_biased_lane_is_found_whatever_changed_between_the_sides() -> None:
    world = World(lane={"cpu": 0.02}, effects={"cpu": 0.3, "p50": -0.2})
    found = {each.metric: each for each in lane_biases(sessions(world, 6))}
    assert found["cpu"].biased
    assert found["cpu"].low < 0.02 < found["cpu"].high
    assert not found["allocated"].biased
    assert found["p50"].lane == pytest.approx(0, abs=0.005)


def test_what_the_start_order_does_is_told_apart_from_the_lane() -> None:
    found = {each.metric: each for each in lane_biases(sessions(World(second={"p50": 0.02}), 6))}
    assert found["p50"].second_low < 0.0202 < found["p50"].second_high
    assert found["p50"].second_low > 0.01
    assert not found["p50"].biased


def test_intervals_hold_what_is_true() -> None:
    held = []
    for number in range(60):
        found = lane_biases(sessions(World(), 1, first=10 * number))
        held += [each.low <= 0 <= each.high for each in found]
    assert np.mean(held) > 0.9


def test_a_few_pairs_say_nothing() -> None:
    planned = plan(("one",))
    assert lane_biases([runs(planned, rounds=4)]) == []


def test_solo_runs_have_no_lanes() -> None:
    planned = plan(design=Design.SOLO)
    assert lane_biases([runs(planned, rounds=6)]) == []


def test_a_count_that_every_pair_shows_alike_is_no_biased_lane() -> None:
    exact = [
        [
            replace(run, values=run.values | {"calls": 12.0 if run.side is Side.BASE else 6.0})
            for run in each
        ]
        for each in sessions(World(), 6)
    ]
    assert "calls" not in {each.metric for each in lane_biases(exact)}
