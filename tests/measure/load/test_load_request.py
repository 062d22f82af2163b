"""The order of requests: over the targets, and over the lanes."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.load.load_request import PAIRS, lane_order

SEEDS = st.integers(0, 2**32)


@given(st.integers(1, 4), SEEDS)
def test_every_request_goes_to_each_lane_before_the_next_one_does(lanes, seed):
    order = lane_order(lanes, seed)
    assert len(order) == PAIRS * lanes
    assert all(sorted(turn) == [*range(lanes)] for turn in zip(*[iter(order)] * lanes, strict=True))


@given(SEEDS)
def test_neither_lane_is_first_more_often_than_chance_allows(seed):
    first = Counter(lane_order(2, seed)[::2])
    assert abs(first[0] - first[1]) < 6 * PAIRS**0.5


def test_the_order_is_the_seeds_alone():
    assert lane_order(2, 7) == lane_order(2, 7) != lane_order(2, 8)
