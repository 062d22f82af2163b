from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest  # type: ignore[attr-defined]

from loadstone.model import Verdict
from loadstone.stats.common.counts import CONDITIONAL, EXACT, count_test, dispersion
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import codes, metric, pairs, plan

CALLS = metric("calls", unit="1", counted=True, margin=0.01)


def row(base, head, kind=CALLS):
    return judge(pairs(base, head, name="calls"), [plan(kind)]).comparisons[0]


def test_one_call_more_in_a_thousand_is_certain_and_said_so() -> None:
    found = row([1000] * 4, [1001] * 4)
    assert found.verdict is Verdict.REGRESSION
    assert found.method == EXACT
    assert found.p == 2 * 4.0**-4
    assert codes(found) == ["certain"]
    assert found.change is not None
    assert found.change.low == found.change.high == pytest.approx(0.001)


def test_two_coins_cannot_agree_on_a_change_more_often_than_the_exact_p() -> None:
    random = np.random.default_rng(2)
    tosses = random.integers(0, 2, (200_000, 2, 4))
    same = (tosses.min(axis=2) == tosses.max(axis=2)).all(axis=1)
    split = same & (tosses[:, 0, 0] != tosses[:, 1, 0])
    assert split.mean() == pytest.approx(2 * 4.0**-4, abs=0.001)


def test_a_certain_change_below_its_minimum_is_no_regression() -> None:
    found = row([1000] * 4, [1001] * 4, metric("calls", counted=True, margin=0.01, minimum=2))
    assert found.verdict is Verdict.UNCHANGED


def test_equal_counts_are_unchanged_even_when_they_are_zero() -> None:
    assert row([0] * 4, [0] * 4).verdict is Verdict.UNCHANGED
    assert row([7] * 4, [7] * 4).verdict is Verdict.UNCHANGED


def test_errors_from_none_to_many_are_a_regression_without_a_ratio() -> None:
    found = row([0, 0, 0, 0], [9, 12, 7, 10])
    assert found.verdict is Verdict.REGRESSION
    assert found.method == CONDITIONAL
    assert found.change is None
    assert found.difference == 9.5


def test_one_stray_error_is_no_regression() -> None:
    assert row([0, 0, 0, 0], [0, 1, 0, 0]).verdict is Verdict.INCONCLUSIVE


def test_the_conditional_p_is_the_binomial_one() -> None:
    found = count_test(np.array([3.0, 2, 4, 3]), np.array([6.0, 5, 7, 6]))
    assert found is not None
    assert found.dispersion == 1
    assert found.p == pytest.approx(binomtest(24, 36).pvalue)


def test_counts_that_scatter_more_than_poisson_are_believed_less() -> None:
    calm = count_test(np.array([20.0, 21, 19, 0, 20]), np.array([40.0, 41, 39, 0, 40]))
    wild = count_test(np.array([5.0, 60, 2, 0, 13]), np.array([9.0, 100, 50, 0, 1]))
    assert calm is not None
    assert wild is not None
    assert dispersion(np.array([5.0, 60, 2, 0, 13]), np.array([9.0, 100, 50, 0, 1])) > 5
    assert wild.p > 0.01 > calm.p


def test_overdispersed_counts_alarm_no_more_often_than_they_may() -> None:
    random = np.random.default_rng(3)
    alarms = 0
    for _ in range(2000):
        rate = random.gamma(2.0, 2.0, (2, 6))
        found = count_test(*random.poisson(rate).astype(float))
        alarms += found is not None and found.p < 0.01
    assert alarms / 2000 < 0.02


def test_fractions_are_no_counts() -> None:
    assert count_test(np.array([1.5, 2.0]), np.array([1.0, 2.0])) is None
    assert row([1.5] * 4, [2.5] * 4).method == "moderated"


def test_a_certain_row_explains_itself_without_what_noisy_rows_go_through() -> None:
    calls, memory = metric("calls", counted=True, unit="1"), metric("memory")
    measured = [
        *pairs([1000] * 4, [1001] * 4, name="calls"),
        *pairs([50.0, 52.0, 49.0, 51.0], [51.0, 50.0, 52.0, 50.0], name="memory"),
    ]
    certain, noisy = judge(measured, [plan(calls, memory)]).comparisons
    assert certain.method == EXACT
    assert (certain.explain["share"], certain.explain["caution"]) == (None, 1.0)
    assert noisy.explain["share"] == pytest.approx(1.0)
    assert noisy.explain["caution"] > 1
