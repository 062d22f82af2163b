"""What must hold of every report, whatever was measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.model import Direction, Measurement, Side, Verdict
from loadstone.stats.comparison.judge import judge
from tests.stats.helpers import metric, plan

SWAPPED = {Verdict.REGRESSION: Verdict.IMPROVEMENT, Verdict.IMPROVEMENT: Verdict.REGRESSION}
METRICS = (metric("p99"), metric("rate", direction=Direction.HIGHER, margin=0.05))
PLANS = [plan(*METRICS, case=f"case{number}") for number in range(3)]


@st.composite
def reports(draw) -> list[Measurement]:
    """Three cases of two metrics: noise of 1–30 %, changes of some rows, some runs missing."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rounds = draw(st.integers(2, 8))
    found = []
    for each in PLANS:
        for one in each.metrics:
            noise = float(np.exp(random.uniform(np.log(0.01), np.log(0.3))))
            change = float(random.choice([0.0, 0.0, 0.1, -0.3]))
            for side in Side:
                for number in range(rounds):
                    log = noise * random.standard_t(4) + change * (side is Side.HEAD)
                    if random.random() > 0.05:
                        found.append(
                            Measurement(
                                case=each.case.name,
                                metric=one.name,
                                side=side,
                                round=number,
                                value=float(np.exp(log)),
                            )
                        )
    return found


def verdicts(measured, plans=PLANS) -> dict[tuple[str, str], Verdict]:
    result = judge(measured, plans)
    return {
        (row.case, row.metric.name): row.verdict for row in (*result.comparisons, *result.suite)
    }


@settings(max_examples=40, deadline=None)
@given(measured=reports())
def test_swapping_the_sides_swaps_the_verdicts(measured) -> None:
    other = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    swapped = verdicts([replace(one, side=other[one.side]) for one in measured])
    assert swapped == {
        row: SWAPPED.get(verdict, verdict) for row, verdict in verdicts(measured).items()
    }


@settings(max_examples=40, deadline=None)
@given(measured=reports(), factor=st.sampled_from([1e-6, 1e-3, 7.0, 1024.0, 1e9]))
def test_scaling_a_unit_changes_nothing(measured, factor) -> None:
    scaled = [replace(one, value=one.value * factor) for one in measured]
    assert verdicts(scaled) == verdicts(measured)


@settings(max_examples=40, deadline=None)
@given(measured=reports(), seed=st.integers(0, 1000))
def test_the_order_of_cases_metrics_and_measurements_changes_nothing(measured, seed) -> None:
    random = np.random.default_rng(seed)
    turned = [replace(each, metrics=each.metrics[::-1]) for each in PLANS]
    plans = [turned[place] for place in random.permutation(len(turned))]
    mixed = [replace(measured[place]) for place in random.permutation(len(measured))]
    assert verdicts(mixed, plans) == verdicts(measured)


@settings(max_examples=40, deadline=None)
@given(measured=reports())
def test_an_added_unchanged_case_creates_no_flag(measured) -> None:
    still = plan(*METRICS, case="still")
    rounds = {one.round for one in measured}
    same = [
        Measurement(case="still", metric=one.name, side=side, round=number, value=1.0)
        for one in METRICS
        for side in Side
        for number in rounds
    ]
    before, after = verdicts(measured), verdicts([*measured, *same], [*PLANS, still])
    flags = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    assert after["still", "p99"] is Verdict.UNCHANGED
    assert {row for row, said in after.items() if said in flags} <= {
        row for row, said in before.items() if said in flags
    }


def test_more_rounds_of_the_same_change_narrow_the_interval() -> None:
    random = np.random.default_rng(6)
    widths = []
    for rounds in (4, 8, 12):
        each = []
        for _ in range(30):
            values = np.exp(0.1 * random.standard_t(4, (2, rounds)))
            measured = [
                Measurement(case="case0", metric="p99", side=side, round=number, value=float(value))
                for side, row in zip(Side, values, strict=True)
                for number, value in enumerate(row)
            ]
            change = judge(measured, PLANS[:1]).comparisons[0].change
            assert change is not None
            each.append(np.log1p(change.high) - np.log1p(change.low))
        widths.append(np.mean(each))
    assert widths == sorted(widths, reverse=True)
    assert widths[2] == pytest.approx(widths[0] * (4 / 12) ** 0.5, rel=0.4)
