"""The redline: the largest size that still meets the objectives, and how surely it is found."""

import itertools
from math import inf, nan

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loadstone.model import Objective
from loadstone.model.redline import SCATTER
from loadstone.stats.redline.bisection import DROPPED, Bisection, SizeVerdict
from loadstone.stats.redline.excess import excess
from loadstone.stats.redline.size_grid import ladder

P99 = Objective(metric="p99", at_most=0.03)


class System:
    """A queue: latency rises as the load comes near the capacity, beyond which requests fail."""

    def __init__(self, capacity, *, noise=0.1, seed=0):
        self.capacity = capacity
        self.noise = noise
        self.rng = np.random.default_rng(seed)

    @property
    def redline(self):
        """0.01 / (1 − size/capacity) ≤ 0.03, in the mean of logs."""
        return self.capacity * 2 / 3

    def run(self, size):
        if size >= self.capacity:
            return inf
        p99 = 0.01 / (1 - size / self.capacity) * np.exp(self.rng.normal(0, self.noise))
        return excess({"p99": float(p99)}, [P99])


def search(system, redline):
    runs = 0
    while (size := redline.next()) is not None:
        redline = redline.add(size, system.run(size))
        runs += 1
        assert runs <= redline.steps * redline.most
    return redline, runs


def test_without_noise_the_redline_is_found_to_the_precision():
    system = System(6000, noise=0)
    found, _ = search(system, Bisection(sizes=ladder(100, 10000, 0.05)))
    assert found.size <= system.redline < found.missed
    assert found.missed <= 1.05 * found.size + 1


def test_the_answer_is_rarely_beyond_the_truth():
    """200 noisy searches: a size is called met, or missed, wrongly in at most 5 % of them."""
    wrong, runs, factors = 0, [], []
    for seed in range(200):
        system = System(3000 + 20 * seed, seed=seed)
        found, count = search(system, Bisection(sizes=ladder(100, 10000, 0.1)))
        wrong += found.size > system.redline or (found.missed or inf) < system.redline
        runs.append(count)
        factors.append(found.size / system.redline)
    assert wrong <= 0.05 * 200 + 3 * (0.05 * 0.95 * 200) ** 0.5
    assert np.median(factors) > 0.85
    assert np.mean(runs) < 60


def test_nothing_met_and_everything_met():
    none, runs = search(System(50), Bisection(sizes=ladder(100, 1000, 0.1)))
    assert (none.size, none.missed) == (None, 100)
    assert runs <= 10
    every, runs = search(System(1e6), Bisection(sizes=ladder(100, 1000, 0.1)))
    assert (every.size, every.missed) == (1000, None)
    assert set(every.runs) == {100, 1000}


def test_a_size_whose_runs_scatter_about_the_bound_is_named():
    redline = Bisection(sizes=ladder(100, 1000, 0.1), most=4, least=3)
    for found in (0.2, -0.2, 0.2, -0.2):
        redline = redline.add(100, found)
    assert redline.said(100) is SizeVerdict.UNDECIDED
    assert (redline.next(), redline.undecided, redline.size) == (1000, (100,), None)


def test_an_undecided_size_is_searched_below_and_above():
    system = System(1500, noise=0.3)  # its redline is 1000
    found, _ = search(system, Bisection(sizes=ladder(100, 10000, 0.1), most=5))
    sizes = list(found.sizes)
    between = sizes[sizes.index(found.size) + 1 : sizes.index(found.missed)]
    assert len(between) > 1
    assert set(found.undecided) <= set(between)
    assert {between[0], between[-1]} <= set(found.undecided)


@given(st.data())
def test_no_more_sizes_are_tried_than_the_level_was_split_for(data):
    """Whatever comes of the runs, also where larger sizes do better."""
    redline = Bisection(sizes=tuple(range(1, data.draw(st.integers(3, 60)))), least=2, most=2)
    while (size := redline.next()) is not None:
        what = data.draw(st.sampled_from([1.0, -1.0, "scatter", "generator"]))
        for turn in range(DROPPED):
            if what == "generator":
                redline = redline.drop(size, what)
            elif turn < 2:
                redline = redline.add(size, 0.5 - turn if what == "scatter" else what)
        assert redline.said(size) is not SizeVerdict.OPEN
    assert len(redline.runs or {}) + len(redline.dropped or {}) <= redline.steps


def test_a_decision_stands_whatever_comes_later():
    redline = Bisection(sizes=ladder(100, 1000, 0.1))
    for _ in range(4):
        redline = redline.add(100, -1.0)
    assert redline.said(100) is SizeVerdict.MET
    assert redline.add(100, inf).said(100) is SizeVerdict.MET


def test_failed_runs_are_misses():
    redline = Bisection(sizes=ladder(100, 1000, 0.1))
    for found in (inf, nan, inf, inf):
        redline = redline.add(100, found)
    assert redline.said(100) is SizeVerdict.MISSED


def test_an_excess_is_of_the_worst_objective():
    least = Objective(metric="rate", at_least=100)
    assert excess({"p99": 0.06, "rate": 200}, [P99, least]) == pytest.approx(np.log(2))
    assert excess({"p99": 0.015, "rate": 50}, [P99, least]) == pytest.approx(np.log(2))
    assert excess({"rate": 50}, [P99]) == inf
    none = Objective(metric="errors", at_most=0)
    assert excess({"errors": 0}, [none]) == -inf
    assert excess({"errors": 1}, [none]) == inf
    assert excess({}, []) == -inf


@pytest.mark.parametrize(
    "wrong", [{"sizes": (0, 5)}, {"sizes": (5, 5)}, {"sizes": (5,)}, {"least": 1}, {"most": 2}]
)
def test_an_impossible_search_is_refused(wrong):
    with pytest.raises(ValueError, match=r"redline|size"):
        Bisection(**{"sizes": (100, 1000), **wrong})


@pytest.mark.parametrize("wrong", [(0, 10, 0.1), (10, 10, 0.1), (1, 10, 0)])
def test_an_impossible_ladder_is_refused(wrong):
    with pytest.raises(ValueError, match="redline"):
        ladder(*wrong)


@given(st.floats(1, 1000), st.floats(1.01, 1000), st.floats(0.02, 1), st.booleans())
@example(1.0, 79.0, 0.875, True)
def test_a_ladder_rises_from_end_to_end_in_small_steps(low, factor, precision, whole):
    low = round(low) if whole else low
    sizes = ladder(low, low * factor, precision, whole=whole)
    assert (sizes[0], sizes[-1]) == (low, low * factor)
    half = 0.5 * whole  # by which a whole number may be rounded, up or down
    gaps = [(high - half) / (low + half) for low, high in itertools.pairwise(sizes)]
    assert all(low < high for low, high in itertools.pairwise(sizes))
    assert max(gaps) <= (1 + precision) * 1.011
    assert all(size == int(size) for size in sizes[1:-1]) or not whole


def test_the_sizes_of_a_ladder_are_numbers_that_one_can_say():
    assert ladder(500, 800, 0.1) == (500, 549, 603, 663, 728, 800)
    assert ladder(1, 6, 0.1) == (1, 2, 3, 4, 5, 6)


def test_runs_that_say_nothing_decide_nothing_and_after_three_the_size_is_given_up():
    redline = Bisection(sizes=(100, 200, 400))
    for _ in range(DROPPED):
        assert redline.next() == 100
        redline = redline.drop(100, "generator")
    assert redline.said(100) is SizeVerdict.UNDECIDED
    assert redline.why(100) == "generator"
    assert (redline.next(), redline.size, redline.missed) == (None, None, None)


def test_below_a_size_where_the_generator_was_the_limit_the_search_goes_on():
    system = System(1e6)
    redline = Bisection(sizes=ladder(100, 10000, 0.1))
    while (size := redline.next()) is not None:
        limited = size > 2000
        redline = (
            redline.drop(size, "generator") if limited else redline.add(size, system.run(size))
        )
    assert redline.size is not None
    assert 1800 <= redline.size <= 2000
    assert redline.missed is None
    assert {redline.why(size) for size in redline.undecided} == {"generator"}


def test_what_scatters_is_not_blamed_on_the_generator():
    redline = Bisection(sizes=(100, 200), most=4).drop(100, "generator")
    for found in (0.2, -0.2, 0.2, -0.2):
        redline = redline.add(100, found)
    assert redline.why(100) == SCATTER


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(1.05, 100))
def test_every_search_ends_between_its_ends(seed, noise, factor):
    system = System(500, noise=noise, seed=seed)
    redline = Bisection(sizes=ladder(100, 100 * factor, 0.1, whole=False), most=5)
    found, _ = search(system, redline)
    assert found.size is None or 100 <= found.size <= 100 * factor
    assert found.missed is None or found.size is None or found.size < found.missed
