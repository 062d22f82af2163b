"""Steering: the same rounds whatever happened in between, and never past the budget."""

import itertools

import pytest

from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Metric,
    Plan,
    Policy,
    Reason,
    Revision,
    Run,
    Side,
)
from loadstone.steering import OUT_OF_BUDGET, Looked, Steering

METRIC = Metric(name="rss", unit="By", direction=Direction.LOWER, margin=0.05)


def plan(*, budget=None, looks=(2, 4, 6)):
    cases = [
        CasePlan(case=Case(scenario="s", axes={"n": n}), metrics=[METRIC], estimate=5.0)
        for n in (1, 2)
    ]
    return Plan(
        component="c",
        provider="memory",
        tier="quick",
        base=Revision(side=Side.BASE, asked="1", label="1"),
        head=Revision(side=Side.HEAD, asked="2", label="2"),
        cases=cases,
        policy=Policy(looks=looks, budget=budget),
        seed=7,
    )


def noise(slot):
    """A different value for every run, the same for the same run: never settled."""
    return 100.0 * (1 + 0.2 * ((hash((slot.case, slot.side.value, slot.round)) % 97) / 97 - 0.5))


def done(slot, *, value=noise, seconds=10.0, invalid=()):
    return Run(
        case=slot.case,
        side=slot.side,
        round=slot.round,
        order=slot.order,
        started="2026-01-01T00:00:00+00:00",
        seconds=seconds,
        values={"rss": value(slot)},
        invalid=invalid,
    )


def session(steering, runs=(), **how):
    """All runs of a session that goes on from `runs`."""
    runs = list(runs)
    while due := steering(runs):
        runs.append(done(due[0], **how))
    return runs


def keys(runs):
    return [(run.case, run.side, run.round, run.order) for run in runs]


def test_every_case_gets_both_sides_in_every_round_up_to_the_first_look():
    runs = session(Steering(plan(looks=(2,))))
    wanted = itertools.product(("s/n=1", "s/n=2"), Side, (1, 2))
    assert sorted((run.case, run.side, run.round) for run in runs) == sorted(wanted)


def test_the_order_of_runs_counts_on():
    assert [run.order for run in session(Steering(plan()))] == list(
        range(len(session(Steering(plan()))))
    )


@pytest.mark.parametrize("lost", [1, 2, 3, 5, 8, 11])
def test_an_interrupted_session_goes_on_exactly_where_it_stopped(lost):
    whole = session(Steering(plan()))
    again = session(Steering(plan()), whole[:-lost] if lost < len(whole) else ())
    assert keys(again) == keys(whole)


def test_looks_are_told_as_they_happen():
    events: list[Looked] = []
    steering = Steering(plan(), watch=events.append)
    session(steering)
    assert [event.look for event in events] == steering.looks
    assert steering.looks[0].rounds == 2


def test_a_clear_change_ends_the_session_at_the_first_look():
    halved = session(
        steering := Steering(plan(looks=(6, 8, 10))),
        value=lambda slot: noise(slot) * (0.3 if slot.side is Side.HEAD else 1.0),
    )
    assert max(run.round for run in halved) == 6
    assert steering.why


def test_no_round_begins_that_would_not_end_within_the_budget():
    runs = session(steering := Steering(plan(budget=75.0)), seconds=10.0)
    assert sum(run.seconds for run in runs) <= 75.0
    assert steering.why == OUT_OF_BUDGET


def test_invalid_runs_count_as_done_so_that_a_broken_component_cannot_hold_us_for_ever():
    reason = Reason(code="not-ready", text="not ready after 30 s")
    runs = session(Steering(plan(looks=(2, 4))), invalid=(reason,))
    assert max(run.round for run in runs) <= 4
