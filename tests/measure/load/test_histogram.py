"""Counts become HDR histograms that keep three significant digits and every single value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loadstone.measure.load.histogram import Counts, encode, summary


def test_a_histogram_of_nothing_has_no_summary():
    assert summary(Counts().encode()) == {}
    assert summary("") == {}


def test_what_is_out_of_range_goes_to_its_edge():
    found = summary(encode({-5: 1, 0: 1, 90_000_000: 1}))
    assert found["max"] == pytest.approx(60.0, rel=0.001)


def test_one_slow_request_in_a_thousand_is_the_maximum_and_not_the_median():
    found = summary(encode({1000: 999, 200_000: 1}))
    assert found["max"] == pytest.approx(0.2, rel=0.001)
    assert found["p50"] == pytest.approx(0.001, rel=0.001)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.000001, 59.0), min_size=1, max_size=200))
def test_percentiles_are_right_to_three_digits(values):
    counts = Counts()
    for value in values:
        counts.add(value)
    found = summary(counts.encode())
    assert found["max"] == pytest.approx(max(values), rel=0.001, abs=2e-6)
    assert min(values) - 2e-6 <= found["p50"] <= found["p90"] <= found["p99"] <= found["max"]
