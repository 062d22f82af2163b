"""Growth of counters, as Prometheus counts it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.probes.counting import growth

ONE, TWO = frozenset({("pod", "1")}), frozenset({("pod", "2")})
NAN, INF = math.nan, math.inf


def grown(*pages):
    """The growth over pages of label set → value, a second apart."""
    return growth([(float(at), page) for at, page in enumerate(pages)])


@pytest.mark.parametrize(
    ("values", "total", "resets"),
    [
        ([100, 150, 10, 30], 80, 1),
        ([100, 150], 50, 0),
        ([5, 3, 1], 4, 2),
        ([7, 7, 7], 0, 0),
        ([7, 0, 0, 2], 2, 1),
        ([0.5, 0.25], 0.25, 1),
        ([100, NAN, 130], 30, 0),
        ([NAN, 100, 130], 30, 0),
        ([100, INF, 130], 30, 0),
        ([100, NAN, 10], 10, 1),
        ([9], 0, 0),
    ],
)
def test_a_counter_that_begins_anew_counts_on(values, total, resets):
    found = grown(*({ONE: float(value)} for value in values))
    assert (found.points[-1][1], found.resets) == (pytest.approx(total), resets)


def test_one_that_begins_anew_is_not_hidden_by_another_that_grows():
    found = grown({ONE: 100.0, TWO: 100.0}, {ONE: 10.0, TWO: 300.0})
    assert (found.points[-1][1], found.resets) == (210.0, 1)


def test_one_that_is_gone_has_not_begun_anew():
    found = grown({ONE: 100.0, TWO: 200.0}, {TWO: 205.0}, {TWO: 206.0, ONE: 101.0})
    assert (found.points[-1][1], found.resets) == (7.0, 0)


def test_one_that_appears_has_grown_from_nothing():
    found = grown({ONE: 100.0}, {ONE: 100.0, TWO: 3.0})
    assert found.points[-1][1] == 3.0
    assert grown({}, {ONE: 4.0}).points == [(1.0, 4.0)]


def test_pages_without_a_number_have_no_point():
    assert grown({}, {ONE: NAN}).points == []
    assert grown().points == []


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=40), st.data())
def test_however_often_it_begins_anew_nothing_of_its_growth_is_lost(steps, data):
    """A counter is at 0 after each reset, and every page shows it right before and after it."""
    value, pages, true = 0.0, [{ONE: 0.0}], 0.0
    for step in steps:
        if data.draw(st.booleans()):
            value = 0.0
            pages.append({ONE: value})
        value += step
        true += step
        pages.append({ONE: value})
    assert grown(*pages).points[-1][1] == pytest.approx(true, rel=1e-6, abs=1e-3)


@given(
    st.lists(
        st.dictionaries(st.sampled_from([ONE, TWO]), st.floats(min_value=0), max_size=2), max_size=9
    )
)
def test_growth_never_falls_and_is_never_nan(pages):
    points = [value for _, value in grown(*pages).points]
    assert points == sorted(points)
    assert not any(map(math.isnan, points))
