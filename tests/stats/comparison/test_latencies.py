"""Percentiles of latencies: every one that was measured, of a row where there is one."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import (
    Case,
    CasePlan,
    Comparison,
    Direction,
    Interval,
    Metric,
    MetricSource,
    Note,
    Run,
    Side,
    Summary,
    Verdict,
)
from loadstone.stats.comparison.latencies import percentiles

P99 = Metric(name="tail", unit="s", direction=Direction.LOWER, margin=0.1)
PLAN = CasePlan(
    case=Case(scenario="s"), metrics=[P99], sources={"tail": MetricSource(quantity="latency.p99")}
)
ROW = Comparison(
    case="s",
    metric=P99,
    verdict=Verdict.REGRESSION,
    base=Summary(n=3, center=1.0, low=1.0, high=1.0),
    head=Summary(n=3, center=2.0, low=2.0, high=2.0),
    change=Interval(estimate=1.0, low=0.9, high=1.1),
)


def run(side: Side, number: int, **quantities: float) -> Run:
    named = {name.replace("_", "."): value for name, value in quantities.items()}
    return Run(
        case="s",
        side=side,
        round=number,
        order=number,
        started="",
        seconds=1.0,
        quantities=named,
    )


def rounds(base: list[float], head: list[float], quantity: str = "latency_p50") -> list[Run]:
    return [
        run(side, number, **{quantity: value})
        for side, values in ((Side.BASE, base), (Side.HEAD, head))
        for number, value in enumerate(values)
    ]


def test_a_percentile_that_is_a_metric_has_the_numbers_and_the_verdict_of_its_row():
    runs = rounds([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], "latency_p99")
    (found,) = percentiles([PLAN], runs, [ROW])

    assert (found.latency, found.point, found.metric) == ("latency", "p99", "tail")
    assert (found.base, found.head, found.change) == (ROW.base, ROW.head, ROW.change)
    assert found.verdict is Verdict.REGRESSION


def test_one_that_is_none_has_the_interval_of_its_pairs_and_no_verdict():
    (found,) = percentiles([PLAN], rounds([1.0, 1.1, 0.9], [2.0, 2.2, 1.8]), [])

    assert (found.point, found.metric, found.verdict) == ("p50", "", None)
    assert found.base is not None
    assert found.base.center == 1.0
    assert found.change is not None
    assert math.isclose(found.change.estimate, 1.0)
    assert found.change.low < 1.0 < found.change.high


def test_every_latency_is_there_in_the_order_of_its_percentiles_and_nothing_else():
    values = dict.fromkeys(
        ("latency_p999", "latency_p50", "propagation_p90", "load_late.p99", "process_p99"), 1.0
    )
    runs = [run(side, number, **values) for side in Side for number in range(3)]
    found = percentiles([PLAN], runs, [])

    assert [(each.latency, each.point) for each in found] == [
        ("latency", "p50"),
        ("latency", "p999"),
        ("propagation", "p90"),
    ]


def test_what_a_reason_spoils_does_not_count():
    late = Note(code="generator-bottleneck", voids=("latencies",))
    runs = rounds([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
    spoilt = [replace(each, invalid=(late,)) for each in runs]

    assert percentiles([PLAN], spoilt, []) == []
    (found,) = percentiles([PLAN], [*spoilt[:1], *runs[1:]], [])
    assert found.base is not None
    assert found.base.n == 2
    assert found.change is None  # two pairs are too few for an interval


def test_one_side_alone_has_values_and_no_change():
    (found,) = percentiles([PLAN], rounds([], [1.0, 2.0, 3.0]), [])

    assert found.base is None
    assert found.head is not None
    assert found.head.center == 2.0
    assert found.change is None


VALUES = st.lists(st.floats(1e-9, 1e6), min_size=3, max_size=8)


@given(VALUES, st.floats(0.01, 100.0))
def test_the_change_does_not_depend_on_the_unit(base, factor):
    head = [value * 1.5 for value in reversed(base)]
    one = percentiles([PLAN], rounds(base, head), [])[0].change
    other = percentiles([PLAN], rounds([v * factor for v in base], [v * factor for v in head]), [])[
        0
    ].change

    assert one is not None
    assert other is not None
    assert math.isclose(one.estimate, other.estimate, rel_tol=1e-6, abs_tol=1e-9)
    assert one.low <= one.estimate <= one.high


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=6))
def test_no_number_of_a_run_raises(values):
    for found in percentiles([PLAN], rounds(values, values[::-1]), []):
        assert found.base is None or found.base.center > 0
