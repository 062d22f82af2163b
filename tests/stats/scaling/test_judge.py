"""Shapes and growth in a judgement: they explain, and never alarm more than they may."""

from dataclasses import replace

import numpy as np
import pytest

from loadstone.model import Case, CasePlan, MetricSource, Policy, Run, Side, Verdict
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.judge import judge
from loadstone.stats.scaling.judge import SHARE, own_level, scaled
from tests.stats.helpers import metric
from tests.stats.scaling.test_growth import series

SIZES = (100, 300, 1000)
METRICS = (
    metric("cpu", margin=0.05),
    metric("memory", unit="By", margin=0.05),
    metric("p50", margin=0.1),
    metric("p99", margin=0.15, gated=False),
    metric("calls", unit="1", margin=0.01, counted=True, minimum=2.0),
)
FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


def sizes(*metrics, window=20.0):
    return [
        CasePlan(
            case=Case(scenario="bulk", axes={"routes": size}),
            metrics=metrics or METRICS,
            window=window,
        )
        for size in SIZES
    ]


def session(rng, plans, *, rounds=8, power=(1.05, 1.05), leak=0.0, noise=0.06, tail=4):
    """Runs of both sides: costs that are powers of size, noise with heavy tails, memory in time."""
    runs: list[Run] = []
    for number in range(1, rounds + 1):
        for plan in plans:
            size, drift = plan.case.axes["routes"], rng.normal(0, 0.05)
            for side, exponent in zip(Side, power, strict=True):
                values = {
                    each.name: _value(
                        rng, each, size, exponent, drift + noise * rng.standard_t(tail)
                    )
                    for each in plan.metrics
                }
                grown = leak if side is Side.HEAD else 0.0
                runs.append(
                    Run(
                        case=plan.case.name,
                        side=side,
                        round=number,
                        order=len(runs),
                        started="",
                        seconds=20.0,
                        values=values,
                        series={
                            "process.anon": series(rng, grown, points=16),
                            "scrape.goroutines": series(rng, 0.0, run=0.1, points=16, walk=2.0),
                        },
                    )
                )
    return runs


def _value(rng, each, size, exponent, noise):
    if each.counted:
        return float(3 * size + rng.poisson(0.1 * size))
    return float(np.exp(exponent * np.log(size) + noise))


def judged(runs, plans, policy=None):
    judgement = judge(measurements(runs, plans), plans, policy or Policy(looks=(4, 6, 8)))
    return judgement, scaled(judgement, plans, runs)


def test_a_change_of_the_exponent_explains_the_rows_that_were_flagged():
    plans = sizes()
    runs = session(np.random.default_rng(1), plans, power=(1.06, 1.31), noise=0.03)
    _, after = judged(runs, plans)
    (cpu,) = [shape for shape in after.shapes if shape.metric.name == "cpu"]
    assert after.verdict is Verdict.REGRESSION
    assert cpu.follows
    assert cpu.verdict is Verdict.REGRESSION
    assert [warn.code for warn in cpu.warnings] == ["superlinear"]


def test_a_leak_is_reported_and_does_not_gate_unless_the_scenario_has_it_as_a_metric():
    plans = sizes()
    runs = session(np.random.default_rng(2), plans, leak=2e6, rounds=8)
    before, after = judged(runs, plans)
    grown = [row for row in after.growth if row.verdict is Verdict.REGRESSION]
    assert {row.series for row in grown} == {"process.anon"}
    assert not any(row.metric.gated for row in grown)
    assert after.verdict is before.verdict


def test_growth_that_is_a_metric_has_the_verdict_and_the_gate_of_its_row():
    slope = metric("memory_slope", unit="By/s", margin=0.2, minimum=16384.0)
    source = {"memory_slope": MetricSource(quantity="process.anon_slope")}
    plans = [replace(plan, sources=source) for plan in sizes(slope)]
    rng = np.random.default_rng(3)
    runs = [
        replace(run, values={"memory_slope": 2e6 * (run.side is Side.HEAD) + rng.normal(0, 1e4)})
        for run in session(rng, plans, leak=2e6)
    ]
    _, after = judged(runs, plans)
    rows = {row.case: row for row in after.comparisons}
    mine = [row for row in after.growth if row.series == "process.anon"]
    assert [each.verdict for each in mine] == [rows[each.case].verdict for each in mine]
    assert all(each.row and each.metric.gated and each.p == rows[each.case].p for each in mine)
    assert after.verdict is Verdict.REGRESSION


def test_the_share_is_spent_over_the_looks():
    plans = sizes()
    runs = session(np.random.default_rng(4), plans)
    judgement, _ = judged(runs, plans)
    levels = [own_level(judgement, [r for r in runs if r.round <= n]) for n in (4, 6, 8)]
    assert levels == sorted(levels)
    assert levels[-1] < SHARE * judgement.policy.alpha
    once = replace(judgement, policy=Policy(looks=(8,)))
    assert own_level(once, runs) == pytest.approx(SHARE * 0.05)


def test_without_sizes_and_series_nothing_is_said():
    plans = sizes()[:2]
    runs = [replace(run, series={}) for run in session(np.random.default_rng(5), plans)]
    before, after = judged(runs, plans)
    assert after == replace(before, shapes=[], growth=[])


def test_without_runs_nothing_is_known():
    _, after = judged([], sizes())
    assert {shape.verdict for shape in after.shapes} == {Verdict.INVALID}
    assert after.growth == []


@pytest.mark.study
@pytest.mark.parametrize("tail", [2.5, 4, 30])
def test_equal_sides_flag_a_shape_or_growth_in_at_most_a_tenth_of_alpha(tail, studies):
    """Each family alone, whatever its level follows, and the verdict of the report never moves.

    Sessions on equal sides with heavy-tailed and with tame noise: at most a tenth of 5 % each. Of
    200, 6 or more alarms come by chance in less than 1 of 1,000 such tests.
    """
    rng = np.random.default_rng(int(10 * tail))
    plans = sizes()
    shapes = growth = 0
    for number in range(200 if studies else 15):
        runs = session(rng, plans, rounds=(4, 6, 8)[number % 3], tail=tail)
        before, after = judged(runs, plans)
        assert after.verdict is before.verdict
        shapes += any(row.verdict in FLAGGED for row in after.shapes)
        growth += any(row.verdict in FLAGGED for row in after.growth)
    assert shapes <= (5 if studies else 2)
    assert growth <= (5 if studies else 2)
