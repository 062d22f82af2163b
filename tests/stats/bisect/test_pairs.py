"""Pairs of a commit: how much worse, on one scale for all metrics."""

from math import log, tanh

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.model import Direction, Metric, Note, Run, Side
from loadstone.stats.bisect.pairs import as_change, of_change, relative, worse

SIZES = st.floats(1e-6, 1e6)


def made(side, number, value, invalid=()):
    return Run(
        case="c",
        side=side,
        round=number,
        order=0,
        started="",
        seconds=1.0,
        values={"m": value},
        invalid=invalid,
    )


@given(SIZES, SIZES)
def test_it_is_near_the_log_ratio_and_bounded(base, head):
    found = relative(base, head)
    assert -2 <= found <= 2
    assert found == pytest.approx(2 * tanh(log(head / base) / 2), abs=1e-9)
    assert relative(head, base) == pytest.approx(-found)


@given(st.floats(-0.99, 50))
def test_changes_go_there_and_back(change):
    assert as_change(of_change(change)) == pytest.approx(change, rel=1e-6, abs=1e-9)


def test_counts_may_be_zero():
    assert relative(0, 0) == 0
    assert relative(0, 3) == 2


def test_more_is_better_where_the_metric_says_so_and_lost_rounds_are_left_out():
    runs = [made(Side.BASE, 1, 10.0), made(Side.HEAD, 1, 9.0), made(Side.BASE, 2, 10.0)]
    runs += [made(Side.BASE, 3, 10.0), made(Side.HEAD, 3, 1.0, (Note(code="failed"),))]
    lower = Metric(name="m", unit="1/s", direction=Direction.LOWER, margin=0.05)
    higher = Metric(name="m", unit="1/s", direction=Direction.HIGHER, margin=0.05)
    assert worse(runs, "c", lower) == [pytest.approx(-2 / 19)]
    assert worse(runs, "c", higher) == [pytest.approx(2 / 19)]
    assert worse(runs, "other", lower) == []
