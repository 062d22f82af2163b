"""Growth inside a run: robust slopes, honest over runs, compared by differences."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from loadstone.model import Case, CasePlan, MetricSource, Note, Run, Side, Verdict
from loadstone.stats.scaling.growth import POINTS, WATCHED, growths, slope, trends, watched
from tests.stats.helpers import metric
from tests.stats.sessions import known

SLOPE = metric("memory_slope", unit="By/s", minimum=1000.0, margin=0.0)
PLAN = CasePlan(
    case=Case(scenario="churn"),
    metrics=[SLOPE, metric("p99")],
    sources={
        "memory_slope": MetricSource(quantity="process.rss_slope"),
        "p99": MetricSource(quantity="latency.p99"),
    },
)


def series(rng, growth, *, run=200.0, points=60, walk=5000.0):
    """Memory in a run of 60 s: growth, a slope of the run's own, and a wandering about it."""
    times = np.linspace(0, 60, points)
    own = growth + rng.normal(0, run)
    wander = np.zeros(points)
    for i in range(1, points):
        wander[i] = 0.8 * wander[i - 1] + rng.normal(0, walk)
    return [[float(t), float(5e7 + own * t + w)] for t, w in zip(times, wander, strict=True)]


def runs(seed, base, head, *, rounds=6, **noise):
    rng = np.random.default_rng(seed)
    return [
        Run(
            case="churn",
            side=side,
            round=number,
            order=0,
            started="",
            seconds=60.0,
            series={"process.rss": series(rng, growth, **noise)},
        )
        for number in range(rounds)
        for side, growth in ((Side.BASE, base), (Side.HEAD, head))
    ]


def test_a_leak_of_the_head_is_a_regression_and_it_alone_grows():
    (row,) = growths(runs(1, 0, 20_000), [PLAN])
    assert row.verdict is Verdict.REGRESSION
    assert row.growing == {"base": False, "head": True}
    assert known(row.difference).low < 20_000 < known(row.difference).high
    assert "growing" in [warn.code for warn in row.warnings]


def test_a_leak_of_both_is_no_change_and_both_grow():
    (row,) = growths(runs(2, 20_000, 20_000), [PLAN])
    assert row.verdict is not Verdict.REGRESSION
    assert row.growing == {"base": True, "head": True}


def test_growth_below_the_minimum_is_not_called_growing():
    (row,) = growths(runs(3, 500, 500, run=10, walk=0), [PLAN])
    assert known(row.base).low > 0
    assert row.growing == {"base": False, "head": False}
    assert row.verdict is Verdict.UNCHANGED


def test_the_slope_is_that_of_theil_and_sen():
    rng = np.random.default_rng(4)
    points = [[float(t), float(v)] for t, v in zip(range(40), rng.normal(size=40), strict=True)]
    reference = theilslopes([v for _, v in points], [t for t, _ in points]).slope
    assert slope(points) == pytest.approx(reference)


def test_a_jump_is_no_growth():
    points = [[float(t), 100.0 if t < 20 else 900.0] for t in range(100)]
    assert slope(points) == 0


def test_few_points_say_nothing():
    assert slope([[float(t), float(t)] for t in range(POINTS - 1)]) is None
    assert slope([[1.0, float(v)] for v in range(50)]) is None
    assert slope([]) is None
    (row,) = growths(runs(5, 0, 0, points=POINTS - 1), [PLAN])
    assert row.verdict is Verdict.INVALID
    assert row.growing == {"base": None, "head": None}
    assert {warn.code for warn in row.warnings} == {"few-points", "few-runs"}


def test_two_rounds_are_inconclusive():
    (row,) = growths(runs(6, 0, 50_000, rounds=2), [PLAN])
    assert row.verdict is Verdict.INCONCLUSIVE
    assert row.difference is None


def test_invalid_runs_do_not_count():
    good = runs(7, 0, 0)
    bad = [
        replace(
            run,
            invalid=[Note(code="x", data={"text": "x"})],
            series={"process.rss": [[0, 1e9]] * 9},
        )
        for run in runs(8, 0, 1e6)
    ]
    assert growths([*good, *bad], [PLAN]) == growths(good, [PLAN])


def test_slopes_that_are_a_metric_are_watched_and_the_usual_series_where_work_is_steady():
    assert trends(PLAN) == watched(PLAN) == {"process.rss": SLOPE}
    assert watched(replace(PLAN, window=60.0)) == {**WATCHED, "process.rss": SLOPE}


def test_a_series_that_no_run_has_gives_no_row():
    steady = replace(PLAN, window=60.0)
    assert [row.series for row in growths(runs(9, 0, 0), [steady])] == ["process.rss"]


def test_to_shrink_less_quickly_is_no_leak():
    (row,) = growths(runs(10, -90_000, -40_000), [PLAN])
    assert known(row.difference).low > 0
    assert row.verdict is Verdict.INCONCLUSIVE


@given(st.integers(0, 50), st.sampled_from([1e-6, 0.5, 1000.0]))
def test_the_unit_does_not_matter(seed, factor):
    plain = runs(seed, 0, 3000, points=12)
    scaled = [
        replace(
            run, series={"process.rss": [[t, v * factor] for t, v in run.series["process.rss"]]}
        )
        for run in plain
    ]
    other = replace(PLAN, metrics=[replace(SLOPE, minimum=SLOPE.minimum * factor)])
    (one,), (two,) = growths(plain, [PLAN]), growths(scaled, [other])
    assert one.verdict is two.verdict
    assert known(two.difference).low == pytest.approx(factor * known(one.difference).low, rel=1e-6)


@given(st.integers(0, 50))
def test_swapping_the_sides_swaps_the_verdict(seed):
    plain = runs(seed, 0, 3000, points=12)
    other = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    (one,) = growths(plain, [PLAN])
    (two,) = growths([replace(run, side=other[run.side]) for run in plain[::-1]], [PLAN])
    swapped = {
        Verdict.REGRESSION: Verdict.IMPROVEMENT,
        Verdict.IMPROVEMENT: Verdict.REGRESSION,
    }
    assert two.verdict is swapped.get(one.verdict, one.verdict)
    assert known(two.difference).estimate == pytest.approx(-known(one.difference).estimate)


def test_intervals_cover_and_equal_sides_rarely_alarm():
    """600 comparisons of equal slopes, whose points wander: 95 % within three standard errors."""
    found = [growths(runs(100 + n, 2000, 2000, points=20), [PLAN])[0] for n in range(600)]
    covered = sum(known(row.difference).low <= 0 <= known(row.difference).high for row in found)
    alarms = sum(row.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT) for row in found)
    error = 3 * (0.05 * 0.95 * 600) ** 0.5
    assert 0.95 * 600 - error <= covered <= 0.95 * 600 + error
    assert alarms <= 0.05 * 600 + error
