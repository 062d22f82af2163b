"""Counts that do not scatter: a step is certain once it was seen twice, and a flicker is none."""

import pytest
from numpy.random import default_rng

from loadstone.model import Case, CasePlan, Run, Side, Verdict
from loadstone.model.series import Point
from loadstone.stats.change_points.detect import SeriesSession
from loadstone.stats.change_points.exact_changes import steady, steps
from loadstone.stats.change_points.trends import trend
from tests.stats.helpers import metric

CALLS = metric("calls", counted=True, margin=0.01, minimum=1.0)
PLANS = [CasePlan(case=Case(scenario="one"), metrics=[CALLS])]


def runs(*values, rounds=4):
    return [
        Run(
            case="one",
            side=Side.HEAD,
            round=number,
            order=0,
            started="",
            seconds=1.0,
            values={"calls": float(values[number % len(values)])},
        )
        for number in range(rounds)
    ]


def found(*records):
    """The steps of records of one count each, or of several that alternate."""
    taken = [
        SeriesSession(revision=str(n), runs=runs(*(each if isinstance(each, tuple) else (each,))))
        for n, each in enumerate(records)
    ]
    known = steady(taken, PLANS)
    return [shift for row in known.values() for shift in steps("one", CALLS, *row, share=0.01)]


def test_one_call_more_is_certain_as_soon_as_it_was_seen_twice():
    assert found(1000, 1000, 1001) == []
    (step,) = found(1000, 1000, 1001, 1001)
    assert (step.good, step.bad, step.verdict) == ("1", "2", Verdict.REGRESSION)
    assert step.change.estimate == step.change.low == pytest.approx(0.001)
    assert step.p == 2 * 4.0**-8


def test_every_step_is_told():
    assert [(s.bad, s.verdict) for s in found(11, 11, 13, 13, 12, 12, 6, 6)] == [
        ("2", Verdict.REGRESSION),
        ("4", Verdict.IMPROVEMENT),
        ("6", Verdict.IMPROVEMENT),
    ]


def test_a_count_that_comes_back_is_left_to_the_permutations():
    assert found(11, 11, 12, 12, 11, 11) == []


def test_a_count_that_scatters_within_a_record_is_left_to_the_permutations():
    assert found(11, 11, (11, 12), 13, 13) == []


def test_a_count_from_nothing_is_told():
    (step,) = found(0, 0, 3, 3)
    assert (step.verdict, step.change.estimate > 100) == (Verdict.REGRESSION, True)


def test_a_series_tells_the_counts_of_both_levels():
    stops = [Point(revision=f"r{n}", program=str(n), started="", key="") for n in range(6)]
    taken = [runs(11 if n < 3 else 6) for n in range(6)]
    (change,) = trend(stops, taken, PLANS, rng=default_rng(0)).changes
    assert (change.before, change.after, change.method) == (11.0, 6.0, "exact")
    assert (change.good, change.bad) == ("r2", "r3")


def test_a_step_below_a_third_of_the_minimum_is_not_told():
    stops = [Point(revision=f"r{n}", program=str(n), started="", key="") for n in range(6)]
    plan = [
        CasePlan(case=Case(scenario="one"), metrics=[metric("calls", counted=True, minimum=30)])
    ]
    taken = [runs(100 if n < 3 else 105) for n in range(6)]
    rng = default_rng(0)
    assert trend(stops, taken, plan, rng=rng).changes == []
