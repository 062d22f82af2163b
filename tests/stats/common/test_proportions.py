"""Shares and their bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.stats.common.proportions import clustered, lower, share, upper


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # the tables of Clopper and Pearson, and the rule of three's exact form
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (3, 200, 0.0031, 0.0432),
    ],
)
def test_the_interval_is_that_of_the_tables(hits, of, low, high):
    found = share(hits, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_nothing_counted_is_nothing_known():
    assert (share(0, 0).low, share(0, 0).high) == (0, 1)
    assert (clustered([], []).low, clustered([0], [0]).high) == (0, 1)


@given(st.integers(0, 60), st.integers(1, 60))
def test_hits_and_misses_mirror_each_other(hits, of):
    hits = min(hits, of)
    assert lower(hits, of, 0.9) == pytest.approx(1 - upper(of - hits, of, 0.9))
    assert lower(hits, of, 0.9) <= hits / of <= upper(hits, of, 0.9)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 12)), min_size=1, max_size=30))
def test_a_clustered_share_is_inside_its_interval_and_blind_to_order(groups):
    found = clustered([hits for hits, _ in groups], [of for _, of in groups])
    assert 0 <= found.low <= found.share <= found.high <= 1
    again = clustered([hits for hits, _ in groups[::-1]], [of for _, of in groups[::-1]])
    assert (again.low, again.high) == pytest.approx((found.low, found.high))


def test_groups_whose_members_agree_know_no_more_than_so_many_cases():
    alike = clustered([10, 0, 10, 10, 10, 0, 10, 10], [10] * 8)
    assert alike.high - alike.low > 0.9 * (share(6, 8).high - share(6, 8).low)


def test_clustered_intervals_cover():
    """400 sets of 25 groups whose chance of a hit differs from group to group, mean 0.9."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        chance = rng.beta(9, 1, 25)
        found = clustered(rng.binomial(12, chance).tolist(), [12] * 25)
        held += found.low <= 0.9 <= found.high
    assert held >= 0.93 * 400
