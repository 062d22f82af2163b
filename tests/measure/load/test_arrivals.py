"""Arrival laws: when the operations of a rate are due."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from loadstone.formats import Arrivals
from loadstone.measure.load.arrivals import interleaved, moments

RATE = 20.0


def first(law: Arrivals, number: int, **more: float) -> list[float]:
    return list(islice(moments(law, RATE, **more), number))  # type: ignore[arg-type]


def test_by_itself_a_load_is_evenly_spaced_but_for_a_fiftieth():
    times = first(Arrivals(), 101)
    gaps = [after - here for here, after in pairwise(times)]
    assert gaps == pytest.approx([0.05] * 100, rel=0.0201)


@pytest.mark.parametrize("begin", [0.0, 0.3, 1.77])
def test_a_window_of_whole_seconds_has_as_many_requests_as_its_rate_says(begin):
    times = list(islice(moments(Arrivals(), 250.0), 3000))
    assert sum(begin <= moment < begin + 4.0 for moment in times) == pytest.approx(1000, abs=1)


@pytest.mark.parametrize("tick", [0.001, 0.004, 0.01])
@pytest.mark.parametrize("rate", [250.0, 500.0, 1000.0])
def test_a_load_meets_no_moment_of_the_kernels_ticks_more_often_than_another(rate, tick):
    """A profiler wakes at ticks: with all requests due at one, or none, it saw one moment only."""
    late = [moment % tick / tick for moment in islice(moments(Arrivals(), rate), round(4 * rate))]
    tenths = [sum(part <= each < part + 0.1 for each in late) for part in (0.0, 0.3, 0.5, 0.8)]
    assert min(tenths) > 0.06 * len(late)
    assert max(tenths) < 0.14 * len(late)


def test_poisson_arrivals_have_the_rate_and_gaps_as_wide_as_their_mean():
    times = first(Arrivals(law="poisson"), 20_000, seed=3)
    gaps = [after - here for here, after in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    spread = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert mean == pytest.approx(1 / RATE, rel=0.03)
    assert spread == pytest.approx(mean, rel=0.05)


def test_the_seed_fixes_what_is_drawn():
    law = Arrivals(law="poisson")
    assert first(law, 50, seed=1) == first(law, 50, seed=1)
    assert first(law, 50, seed=1) != first(law, 50, seed=2)


def test_a_ramp_holds_its_first_rate_in_the_warm_up_and_ends_at_the_last():
    times = first(Arrivals(law="ramp", start=5.0), 400, warmup=2.0, window=10.0)
    assert sum(moment < 2.0 for moment in times) == 10
    in_first_second = sum(2.0 <= moment < 3.0 for moment in times)
    in_last_second = sum(11.0 <= moment < 12.0 for moment in times)
    assert (in_first_second, in_last_second) == (6, 19)
    assert sum(2.0 <= moment < 12.0 for moment in times) == 125  # half of 5 and 20, for 10 s
    assert sum(12.0 <= moment < 13.0 for moment in times) == pytest.approx(RATE, abs=1)


def test_a_ramp_may_go_down():
    times = first(Arrivals(law="ramp", start=60.0), 400, window=10.0)
    assert sum(moment < 1.0 for moment in times) > sum(9.0 <= moment < 10.0 for moment in times)


@pytest.mark.parametrize("start", [0.0, RATE])
def test_a_ramp_from_nothing_or_to_where_it_is_has_moments_all_the_same(start):
    times = first(Arrivals(law="ramp", start=start), 100, warmup=1.0, window=4.0)
    assert times == sorted(times)
    assert times[-1] > 4.0


def test_a_burst_is_over_within_its_share_and_the_mean_is_the_rate():
    times = first(Arrivals(law="burst", every=0.5, share=0.2), 200)
    assert all(moment % 0.5 < 0.1 + 1e-9 or moment % 0.5 > 0.5 - 1e-9 for moment in times)
    assert times[-1] == pytest.approx(199 / RATE, abs=0.5)


def test_a_burst_of_no_whole_number_keeps_the_mean():
    times = list(islice(moments(Arrivals(law="burst", every=0.33), RATE), 1000))
    assert times == sorted(times)
    assert times[-1] == pytest.approx(999 / RATE, abs=0.33)


@pytest.mark.parametrize("law", ["constant", "poisson", "burst"])
def test_each_lane_gets_what_one_lane_would_get(law):
    alone = list(islice(moments(Arrivals(law=law), RATE, seed=4), 50))
    both = list(islice(interleaved(moments(Arrivals(law=law), RATE, seed=4), 2), 100))
    assert both[::2] == alone
    assert both == sorted(both)
