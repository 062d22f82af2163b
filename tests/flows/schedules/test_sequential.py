"""Steering: the same rounds whatever happened in between, and never past the budget."""

import itertools
from dataclasses import replace
from zlib import crc32

import pytest

from loadstone.flows.schedules.sequential import (
    OUT_OF_BUDGET,
    SequentialSchedule,
    failed_alike,
    judged,
)
from loadstone.model import (
    Case,
    CasePlan,
    Direction,
    Metric,
    Note,
    Plan,
    Policy,
    Revision,
    Run,
    Side,
    Slot,
    Verdict,
)
from loadstone.model.events import LookTaken
from loadstone.model.judgement import FAILED_ALIKE

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
    number = crc32(f"{slot.case} {slot.side} {slot.round}".encode())
    return 100.0 * (1 + 0.2 * ((number % 97) / 97 - 0.5))


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
    runs = session(SequentialSchedule(plan(looks=(2,))))
    wanted = itertools.product(("s/n=1", "s/n=2"), Side, (1, 2))
    assert sorted((run.case, run.side, run.round) for run in runs) == sorted(wanted)


def test_the_order_of_runs_counts_on():
    assert [run.order for run in session(SequentialSchedule(plan()))] == list(
        range(len(session(SequentialSchedule(plan()))))
    )


@pytest.mark.parametrize("lost", [1, 2, 3, 5, 8, 11])
def test_an_interrupted_session_goes_on_exactly_where_it_stopped(lost):
    whole = session(SequentialSchedule(plan()))
    again = session(SequentialSchedule(plan()), whole[:-lost] if lost < len(whole) else ())
    assert keys(again) == keys(whole)


def test_looks_are_told_as_they_happen():
    events: list[LookTaken] = []
    steering = SequentialSchedule(plan(), watch=events.append)
    session(steering)
    assert [event.look for event in events] == steering.looks
    assert steering.looks[0].rounds == 2


@pytest.mark.parametrize("salt", ["", "1 ", "7 ", "39 "])
def test_a_clear_change_ends_the_session_at_the_first_look(salt):
    """Six pairs are enough, even if one of them is off: by more or less of the same change."""
    halved = session(
        steering := SequentialSchedule(plan(looks=(6, 8, 10))),
        value=lambda slot: (
            noise(replace(slot, case=salt + slot.case)) * (0.3 if slot.side is Side.HEAD else 1.0)
        ),
    )
    assert max(run.round for run in halved) == 6
    assert steering.why


def test_no_round_begins_that_would_not_end_within_the_budget():
    runs = session(steering := SequentialSchedule(plan(budget=75.0)), seconds=10.0)
    assert sum(run.seconds for run in runs) <= 75.0
    assert steering.why == OUT_OF_BUDGET


def test_invalid_runs_count_as_done_so_that_a_broken_component_cannot_hold_us_for_ever():
    reason = Note(code="not-ready", data={"text": "not ready after 30 s"})
    runs = session(SequentialSchedule(plan(looks=(2, 4))), invalid=(reason,))
    assert max(run.round for run in runs) <= 4


READY = Note(code="not-ready", data={"text": "not ready after 30 s"})
EXITED = Note(code="exited", data={"text": "ended with status 3"})
LATE = Note(code="generator-bottleneck", data={"text": "sent late"}, voids=("latencies",))


def failing(steering, why):
    """All runs of a session in which `why` tells what voids each."""
    runs: list[Run] = []
    while due := steering(runs):
        runs.append(done(due[0], invalid=tuple(why(due[0]))))
    return runs


def test_a_session_that_fails_alike_on_both_sides_ends_after_its_first_round_and_says_why():
    events: list[LookTaken] = []
    steering = SequentialSchedule(plan(), watch=events.append)
    runs = failing(steering, lambda _slot: [READY])
    assert {run.round for run in runs} == {1}
    assert steering.why == FAILED_ALIKE
    (event,) = events
    assert (event.reason, event.target, event.look.why) == (READY, 1, FAILED_ALIKE)
    assert event.judgement.verdict is Verdict.INVALID
    assert event.look.open == ()


def test_a_case_that_fails_alike_is_not_measured_again_and_the_others_are():
    runs = failing(
        SequentialSchedule(plan(looks=(3,))),
        lambda slot: [READY] if slot.case == "s/n=1" else [],
    )
    assert [run.round for run in runs if run.case == "s/n=1"] == [1, 1]
    assert {run.round for run in runs if run.case == "s/n=2"} == {1, 2, 3}


def test_a_case_that_may_work_in_another_round_is_measured_again():
    runs = failing(
        SequentialSchedule(plan(looks=(3,))),
        lambda slot: [EXITED] if slot.case == "s/n=1" else [],
    )
    assert {run.round for run in runs if run.case == "s/n=1"} == {1, 2, 3}


@pytest.mark.parametrize(
    "why",
    [
        lambda slot: [READY] if slot.case == "s/n=1" else [],  # another case counts
        lambda slot: [READY] if slot.side is Side.HEAD else [EXITED],  # not alike
        lambda slot: [READY] if slot.side is Side.HEAD else [],  # head alone
        lambda _slot: [LATE],  # in part
        lambda slot: [READY] if slot.round > 1 else [],  # not from the start
    ],
)
def test_it_goes_on_where_something_counts_or_the_sides_fail_differently(why):
    runs = failing(steering := SequentialSchedule(plan()), why)
    assert max(run.round for run in runs) >= 2
    assert steering.why != FAILED_ALIKE


def test_an_interrupted_round_is_not_yet_a_pair():
    base = done(Slot(case="s/n=1", side=Side.BASE, round=1, order=0), invalid=(READY,))
    assert failed_alike([base]) is None
    assert failed_alike([]) is None


@pytest.mark.parametrize("lost", [(1,), (1, 2), (2, 3), (1, 2, 3, 4, 5)])
def test_rounds_that_failed_on_both_sides_do_not_move_the_looks(lost):
    """Looks are planned by rounds, and a round whose runs all failed is one."""
    events: list[LookTaken] = []
    steering = SequentialSchedule(plan(looks=(2, 4, 6)), watch=events.append)
    why = [[READY], [EXITED]]  # a different one of each side, so that the session goes on
    runs = failing(steering, lambda slot: why[slot.side is Side.HEAD] if slot.round in lost else [])
    last = max(run.round for run in runs)
    assert last in (2, 4, 6)
    assert {event.look.rounds for event in events} <= {2, 4, 6}
    assert all(event.look.rounds <= event.target <= 6 for event in events)


def test_a_head_that_dies_at_times_is_measured_until_that_is_sure():
    wanted = plan(looks=(4, 6, 8, 10, 12))
    steering = SequentialSchedule(wanted)
    runs = failing(
        steering,
        lambda slot: (
            [EXITED] if slot.side is Side.HEAD and slot.case == "s/n=1" and slot.round % 3 else []
        ),
    )
    judgement = judged(wanted, runs, history=None, looks=steering.looks)
    row = next(row for row in judgement.comparisons if row.metric.name == "failed_runs")
    assert (row.case, row.verdict) == ("s/n=1", Verdict.REGRESSION)
    assert judgement.verdict is Verdict.REGRESSION
    assert steering.looks[-1].found >= 1


def test_one_dead_head_is_not_worth_all_the_rounds_there_are():
    once = failing(
        steering := SequentialSchedule(plan(looks=(4, 6, 8, 10, 12))),
        lambda slot: [EXITED] if (slot.side, slot.round) == (Side.HEAD, 2) else [],
    )
    never = failing(SequentialSchedule(plan(looks=(4, 6, 8, 10, 12))), lambda _slot: [])
    assert len(once) <= len(never) + 2 * 2 * 4
    assert steering.why
