"""The crossing of a line through the runs near the bound."""

from math import exp, inf, log

import numpy as np
import pytest

from loadstone.stats.redline.crossing import Crossing, crossing, ratio

SIZES = (700, 800, 900, 1000, 1100, 1200, 1300)


def runs(redline=1000.0, *, slope=2.0, noise=0.1, each=4, seed=0, sizes=SIZES):
    rng = np.random.default_rng(seed)
    return {s: list(slope * log(s / redline) + rng.normal(0, noise, each)) for s in sizes}


def test_a_straight_line_is_found_exactly():
    found = crossing(runs(noise=1e-9), 0.05)
    assert found is not None
    assert found.size == pytest.approx(1000)
    assert found.low == pytest.approx(found.high)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    found = [crossing(runs(1000, seed=seed), 0.05) for seed in range(400)]
    held = sum(each.low <= 1000 <= each.high for each in found if each)
    assert held >= 0.93 * 400
    assert all(each.low < each.size < each.high for each in found if each)


def test_far_sizes_move_nothing():
    near = runs()
    far = near | {10: [-5.0, -5.1], 9000: [10.0, 10.0, 10.0]}
    assert crossing(far, 0.05) == crossing(near, 0.05)


@pytest.mark.parametrize(
    "few",
    [
        {},
        {1000: [0.1] * 20},
        {900: [-0.2] * 3, 1000: [0.0, 0.1], 1100: [0.2, 0.3]},
        runs(slope=-2.0),
        runs(slope=0.1, noise=0.5),
        {size: [0.0] * 4 for size in SIZES},
    ],
    ids=["nothing", "one size", "few runs", "falling", "flat", "level"],
)
def test_where_no_rising_line_is_sure_there_is_none(few):
    assert crossing(few, 0.05) is None


def test_a_line_that_is_barely_sure_to_rise_has_a_finite_interval_or_none():
    sure, unsure = 1.0, 100.0  # factors on noise
    while (middle := (sure + unsure) / 2) not in (sure, unsure):
        found = crossing(runs(noise=middle / 10), 0.05)
        sure, unsure = (middle, unsure) if found else (sure, middle)
        assert found is None or 0 < found.low < found.high < inf


def test_a_ratio_is_surer_than_its_ends_and_turns_around():
    base = Crossing(size=1000, low=950, high=1060)
    head = Crossing(size=750, low=700, high=800)
    down, up = ratio(base, head), ratio(head, base)
    assert down.size == pytest.approx(0.75)
    assert 700 / 1060 < down.low < 0.75 < down.high < 800 / 950
    assert (up.low, up.high) == pytest.approx((1 / down.high, 1 / down.low))
    assert log(down.high / down.low) < log(1060 / 950) + log(800 / 700)


def test_what_bends_both_lines_alike_cancels():
    """Of two queues; each line alone is off."""

    def queue(redline, seed):
        rng = np.random.default_rng(seed)
        sizes = [redline * part for part in (0.75, 0.85, 0.95, 1.05, 1.15)]
        return {
            s: list(-log(3) - log(1 - s / redline / 1.5) + rng.normal(0, 0.05, 6)) for s in sizes
        }

    def crossed(redline, seed):
        return crossing(queue(redline, 2 * seed + redline), 0.05)

    found = [ratio(crossed(1000, seed), crossed(700, seed)) for seed in range(200)]
    assert abs(np.mean([log(each.size) for each in found]) - log(0.7)) < 0.005
    assert sum(each.low <= 0.7 <= each.high for each in found) >= 0.93 * 200
    assert exp(np.mean([log(each.high / each.low) for each in found])) < 1.12
