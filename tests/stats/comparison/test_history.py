from __future__ import annotations

import msgspec
import numpy as np
import pytest
from benchmarks.simulator import Effect, Suite, simulate

from loadstone.model import Verdict
from loadstone.stats.common.samples import collect
from loadstone.stats.comparison.analysis import analyse
from loadstone.stats.comparison.history import History, Noise
from loadstone.stats.comparison.judge import judge
from loadstone.stats.comparison.learning import PastComparison, learn, model
from tests.stats.helpers import codes, metric, pairs, plan

PLANS = [plan(metric("p99"), case=f"case{number}") for number in range(4)]


def report(seed: int, *, noise: float = 0.1, rounds: int = 6):
    random = np.random.default_rng(seed)
    found = []
    for each in PLANS:
        base, head = np.exp(noise * random.standard_t(4, (2, rounds)))
        found += pairs(list(base), list(head), case=each.case.name)
    return found


def past(seed: int, **fields) -> PastComparison:
    settings = {"verdict": Verdict.UNCHANGED, **fields}
    return PastComparison(measured=report(seed), **settings)


def test_nothing_is_learnt_from_findings_or_from_pull_requests() -> None:
    refused = [
        past(1, verdict=Verdict.REGRESSION),
        past(2, verdict=Verdict.IMPROVEMENT),
        past(3, verdict=Verdict.INVALID),
        past(4, pull_request=True),
    ]
    assert learn(refused, PLANS) == History()
    assert learn([*refused, past(5)], PLANS).reports == 1


def test_the_scale_of_a_row_is_learnt() -> None:
    known = learn([past(seed) for seed in range(30)], PLANS)
    for each in PLANS:
        noise = known.rows[each.case.name]["p99"]
        assert noise.reports == 30
        assert np.exp(noise.center) == pytest.approx(0.1 * 2**0.5, rel=0.25)


def test_a_row_that_history_does_not_know_is_expected_to_be_like_its_metric() -> None:
    known = learn([past(seed) for seed in range(10)], PLANS)
    more = [*PLANS, plan(metric("p99"), case="new")]
    expected = known.expected(collect(report(99), more))
    assert expected is not None
    assert np.exp(expected.center[-1]) == pytest.approx(0.14, rel=0.3)
    assert expected.variance[-1] > 5 * expected.variance[0]


def test_history_that_knows_no_row_is_as_good_as_none() -> None:
    other = History(rows={"elsewhere": {"p99": Noise(center=-2.0, weight=50.0)}}, reports=3)
    measured = report(7)
    with_it, without = judge(measured, PLANS, history=other), judge(measured, PLANS)
    assert [row.p for row in with_it.comparisons] == [row.p for row in without.comparisons]


def test_a_warm_judge_sees_smaller_changes_than_a_cold_one() -> None:
    suite = Suite(seed=77)
    history = model(
        simulate(suite, Effect(), np.random.default_rng([5, number])).samples
        for number in range(10)
    )
    now = simulate(suite, Effect(), np.random.default_rng(6)).samples.until(4)
    suite_policy = judge([], []).policy
    cold, warm = analyse(now, suite_policy), analyse(now, suite_policy, history)
    assert np.median(warm.half[:96]) < 0.9 * np.median(cold.half[:96])


def test_a_row_that_keeps_alarming_is_reported_and_not_gated() -> None:
    noise = Noise(center=-3.0, weight=100.0, reports=20, alarms=6)
    history = History(rows={"case0": {"p99": noise}}, reports=20)
    assert history.unstable("case0", "p99")
    calm = History(rows={"case0": {"p99": Noise(center=-3.0, weight=9.0, reports=20, alarms=1)}})
    assert not calm.unstable("case0", "p99")
    measured = [*report(1)[12:], *pairs([1.0] * 6, [3.0, 3.1, 2.9, 3.0, 3.0, 3.1], case="case0")]
    result = judge(measured, PLANS, history=history)
    row = result.comparisons[0]
    assert row.verdict is Verdict.REGRESSION
    assert not row.metric.gated
    assert "unstable-history" in codes(row)
    assert result.verdict is not Verdict.REGRESSION


def test_a_history_survives_json() -> None:
    known = learn([past(seed) for seed in range(3)], PLANS)
    assert msgspec.json.decode(msgspec.json.encode(known), type=History) == known
