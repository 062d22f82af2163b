"""Quantiles of buckets: what Prometheus' `histogram_quantile` gives, and where nobody knows."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.probes.buckets import HistogramBucket, of_cumulative, quantile

INF = math.inf


def value(counts, share):
    found = quantile(of_cumulative(counts), share)
    return None if found is None else (found.value, found.resolution)


@pytest.mark.parametrize(
    ("counts", "share", "expected"),
    [
        ({0.1: 50, 0.2: 100, INF: 100}, 0.5, (0.1, 0.1)),  # the rank is the bucket's last
        ({0.1: 50, 0.2: 100, INF: 100}, 0.75, (0.15, 0.1)),
        ({0.1: 0, 0.2: 10, INF: 10}, 0.5, (0.15, 0.1)),
        ({1: 10, INF: 10}, 0.5, (0.5, 1)),  # the first bucket begins at 0
        ({-1: 0, 1: 10, INF: 10}, 0.5, (0.0, 2)),
        ({0.1: 0, 0.2: 0, 0.4: 4, INF: 4}, 0.25, (0.25, 0.2)),
        ({0.1: 10, 0.2: 9, INF: 20}, 0.5, (0.1, 0.1)),  # torn: below the one before it
    ],
)
def test_a_quantile_is_interpolated_in_its_bucket_and_as_wide_as_that_is_unknown(
    counts, share, expected
):
    assert value(counts, share) == pytest.approx(expected)


@pytest.mark.parametrize(
    "counts",
    [
        {},
        {INF: 10},
        {0.1: 10},  # no bucket of all
        {0.1: 0, INF: 0},
        {0.1: 1, 0.2: 1, INF: 100},  # above the last finite bound: nobody knows how far
    ],
)
def test_what_is_not_known_is_no_number(counts):
    assert value(counts, 0.99) is None


def test_all_below_the_first_bound_that_is_negative_are_of_no_known_value():
    assert value({-1: 10, 1: 10, INF: 10}, 0.5) is None


@given(
    st.lists(st.floats(0.0001, 9.9), min_size=1, max_size=300),
    st.sampled_from([0.5, 0.9, 0.99]),
)
def test_the_true_quantile_is_in_the_bucket_that_is_named(values, share):
    bounds = [0.001, 0.01, 0.1, 1.0, 10.0, INF]
    counts = {bound: sum(each <= bound for each in values) for bound in bounds}
    found = quantile(of_cumulative(counts), share)
    assert found is not None
    ranks = (share * len(values) - 1e-9, share * len(values) + 1e-9)
    true = [sorted(values)[min(math.ceil(rank), len(values)) - 1] for rank in ranks]
    assert min(abs(found.value - each) for each in true) <= found.resolution * (1 + 1e-9)


@pytest.mark.parametrize(
    ("lower", "upper", "middle"), [(1, 4, 2), (-4, -1, -2), (0, 4, 2), (0, 0, 0)]
)
def test_a_bucket_of_a_native_histogram_is_even_over_the_logarithm(lower, upper, middle):
    bucket = HistogramBucket(lower=lower, upper=upper, count=1, geometric=True)
    assert bucket.at(0.0) == lower
    assert bucket.at(1.0) == upper
    assert bucket.at(0.5) == middle
