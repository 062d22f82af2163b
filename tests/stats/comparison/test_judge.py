from __future__ import annotations

from loadstone.model import Objective, Policy, Verdict
from loadstone.stats.comparison.judge import judge
from loadstone.stats.comparison.sequential import steer
from tests.stats.helpers import metric, pairs, plan

NOISE = [1.0, 1.02, 0.99, 1.01, 0.98, 1.0]


def test_a_clear_slowdown_is_a_regression_with_an_interval_around_it() -> None:
    measured = pairs(NOISE, [1.3, 1.31, 1.29, 1.32, 1.3, 1.28])
    result = judge(measured, [plan()])
    row = result.comparisons[0]
    assert result.verdict is row.verdict is Verdict.REGRESSION
    assert row.change is not None
    assert row.change.low < 0.3 < row.change.high
    assert row.n == 6


def test_the_same_numbers_on_both_sides_are_unchanged() -> None:
    result = judge(pairs(NOISE, NOISE), [plan()])
    assert result.verdict is Verdict.UNCHANGED


def test_one_pair_is_inconclusive() -> None:
    result = judge(pairs([1.0], [2.0]), [plan()])
    assert result.comparisons[0].verdict is Verdict.INCONCLUSIVE


def test_a_missed_objective_is_a_regression_of_the_report() -> None:
    strict = plan(objectives=[Objective(metric="p99", at_most=0.5)])
    result = judge(pairs(NOISE, NOISE), [strict])
    assert result.verdict is Verdict.REGRESSION
    assert {held.verdict for held in result.objectives} == {"missed"}


def test_steering_opens_everything_first_and_stops_at_the_last_look() -> None:
    policy = Policy(looks=(4, 6))
    empty = judge([], [plan()], policy)
    first = steer([], [plan()], policy, judgement=empty, seconds_per_round={})
    assert (list(first.open), first.rounds) == (["demo"], 4)
    full = pairs(NOISE, NOISE)
    last = steer(
        full,
        [plan()],
        policy,
        judgement=judge(full, [plan(metric())], policy),
        seconds_per_round={},
    )
    assert last.stop
