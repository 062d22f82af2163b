"""Which runs are due: both sides side by side, the same whatever happened in between."""

import pytest

from loadstone.flows.schedules.bisection import BisectionSchedule
from loadstone.model import Side
from loadstone.model.events import SearchProgress
from loadstone.stats.redline.brackets import searched
from tests.searching import System, measured, plan

SYSTEMS = {Side.BASE: System(redline=4200), Side.HEAD: System(redline=3100)}


def keys(runs):
    return [(run.case, run.side, run.round, run.order) for run in runs]


def test_both_sides_run_next_to_each_other_until_one_has_its_answer():
    runs = measured(plan(), SYSTEMS)
    sides: dict[int, list[Side]] = {}
    for run in runs:
        sides.setdefault(run.round, []).append(run.side)
    together = [number for number, ran in sides.items() if len(ran) == 2]
    assert together == list(range(1, len(together) + 1))
    assert len({ran[0] for ran in sides.values()}) == 2  # not always the same one first
    assert [run.order for run in runs] == list(range(len(runs)))


def test_in_every_two_rounds_each_side_goes_first_once():
    first = [run.side for run in measured(plan(), SYSTEMS) if run.order % 2 == 0][:8]
    assert all({a, b} == set(Side) for a, b in zip(first[::2], first[1::2], strict=True))


@pytest.mark.parametrize("kept", [1, 2, 3, 10, 25, 40])
def test_an_interrupted_search_goes_on_exactly_where_it_stopped(kept):
    whole = measured(plan(), SYSTEMS)
    assert keys(measured(plan(), SYSTEMS, done=whole[:kept])) == keys(whole)


def test_another_seed_gives_another_order():
    assert keys(measured(plan(seed=1), SYSTEMS)) != keys(measured(plan(), SYSTEMS))


def test_no_round_begins_that_would_not_end_within_the_budget():
    runs = measured(plan(budget=100.0), SYSTEMS)
    assert sum(run.seconds for run in runs) <= 100
    assert len(runs) == 14
    with_more = measured(plan(budget=1e6), SYSTEMS, done=runs)
    assert keys(with_more) == keys(measured(plan(), SYSTEMS))


def test_every_round_is_told_with_what_is_known_so_far():
    told: list[SearchProgress] = []
    runs = measured(plan(), SYSTEMS, next_slots=BisectionSchedule(plan(), watch=told.append))
    assert [event.round for event in told] == list(range(1, runs[-1].round + 1))
    assert told[-1].redlines.verdict is not None


def test_one_revision_alone_is_never_asked_for_the_other():
    runs = measured(plan(alone=True), {Side.HEAD: System(redline=1234)})
    assert {run.side for run in runs} == {Side.HEAD}


def test_a_broken_generator_cannot_hold_us_for_ever():
    runs = measured(plan(), dict.fromkeys(Side, System(redline=100, generator=1)))
    assert len(runs) == 6
    assert searched(plan(), runs, Side.HEAD).next() is None
