"""Zeros are values: a row of which some were left out is never called unchanged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Direction, Verdict
from loadstone.stats.across_days.judge import across
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import metric, pairs, plan
from tests.stats.sessions import known, session

STEADY = [100, 101, 99, 100, 102, 98]
RATE = metric("rate", unit="1/s", direction=Direction.HIGHER, margin=0.05)


def row(base, head, **fields):
    found = judge(pairs(base, head, name="rate"), [plan(replace(RATE, **fields))])
    return found.comparisons[0]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (STEADY, [100, 0, 99, 101, 0, 98]),
        ([100, 0, 99, 101, 0, 98], STEADY),
        (STEADY, [100, 101, 99, 101, 0, 98]),
        (STEADY, [100, -1, 99, 101, 100, 98]),  # and what is below nothing
        (STEADY * 2, [100, 0, 99, 101, 98, 98, *STEADY]),
        # the others are better, and one would hide two dropouts behind them
        (STEADY, [130, 0, 131, 129, 0, 128]),
        ([0] * 6, [0, 0, 0, 0, 0, 3]),
    ],
)
@pytest.mark.parametrize("margin", [0.05, 0.3])
def test_a_side_that_fell_to_nothing_in_some_rounds_is_not_certified(base, head, margin):
    assert row(base, head, margin=margin).verdict is Verdict.INCONCLUSIVE


def test_the_zeros_are_part_of_what_the_row_says():
    found = row(STEADY, [100, 0, 99, 101, 0, 98])
    assert (found.method, found.n) == ("difference", 6)
    assert known(found.change).low < -0.5


def test_half_of_the_rounds_at_nothing_are_a_regression():
    found = row(STEADY * 2, [100, 0, 0, 101, 0, 98, 101, 0, 99, 0, 0, 98])
    assert found.verdict is Verdict.REGRESSION
    assert row(STEADY, [0] * 6).verdict is Verdict.REGRESSION


def test_where_the_other_rounds_surely_go_the_same_way_they_are_enough():
    found = row(STEADY, [70, 0, 71, 69, 71, 68])
    assert (found.verdict, found.n) == (Verdict.REGRESSION, 5)


def test_counts_that_are_no_whole_numbers_are_no_exception():
    assert row([100.5, *STEADY[1:]], [100, 0, 99, 101, 0, 98], counted=True).verdict is (
        Verdict.INCONCLUSIVE
    )


def test_zeros_on_both_sides_of_a_round_are_no_difference():
    assert row([100, 0, 99, 100, 0, 98], [100, 0, 99, 101, 0, 98]).verdict is Verdict.UNCHANGED


def test_a_zero_nearer_than_what_matters_is_no_dropout():
    slopes, others = [0.1, -0.2, 0.3, 0, -0.1, 0.2], [0.2, -0.1, 0.1, 0.1, -0.2, 0]
    assert row(slopes, others, minimum=5).verdict is Verdict.UNCHANGED


@pytest.mark.parametrize("minimum", [0.0, 1.0])
def test_nothing_at_all_on_both_sides_is_unchanged_with_a_minimum_or_without(minimum):
    found = row([0] * 6, [0] * 6, minimum=minimum)
    assert found.verdict is Verdict.UNCHANGED
    assert row([0] * 6, [0] * 6, counted=True, minimum=minimum).verdict is Verdict.UNCHANGED


def test_from_nothing_to_something_is_no_silence():
    assert row([0] * 6, [5, 5, 5, 5, 5, 6]).verdict is Verdict.IMPROVEMENT
    worse = row([0] * 6, [5, 5, 5, 5, 5, 6], direction=Direction.LOWER)
    assert worse.verdict is Verdict.REGRESSION


@given(
    st.lists(st.floats(90, 110), min_size=6, max_size=12),
    st.sets(st.integers(0, 5), min_size=1),
    st.booleans(),
)
def test_no_row_with_a_dropout_on_one_side_is_unchanged(values, at, on_head):
    fallen = [0.0 if place in at else value for place, value in enumerate(values)]
    sides = (values, fallen) if on_head else (fallen, values)
    assert row(*sides).verdict is not Verdict.UNCHANGED


def test_between_days_too():
    then, now = session(1, rounds=8), session(2, rounds=8, machine=0.0)
    fallen = [
        replace(run, values={**run.values, "cpu": 0.0}) if run.round in (2, 5) else run
        for run in now.runs
    ]
    found = across(fallen, then.runs, now.plan.cases)
    cpu = [each for each in found.comparisons if each.metric.name == "cpu"]
    assert Verdict.UNCHANGED not in {each.verdict for each in cpu}
    assert all("no-logarithm" in {warn.code for warn in each.warnings} for each in cpu)
    nothing = [replace(run, values=dict.fromkeys(run.values, 0.0)) for run in now.runs]
    same = across(nothing, nothing, now.plan.cases)
    assert {each.verdict for each in same.comparisons} == {Verdict.UNCHANGED}
