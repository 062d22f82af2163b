"""Arrival laws: what a plan expects of them."""

from itertools import takewhile

import pytest

from loadstone.formats import Arrivals
from loadstone.measure.load.arrivals import moments

LAWS = [
    Arrivals(),
    Arrivals(law="poisson"),
    Arrivals(law="ramp", start=10.0),
    Arrivals(law="ramp", start=90.0),
    Arrivals(law="burst", every=0.5, share=0.2),
]


def due(law: Arrivals, rate: float, window: float, seed: int = 0) -> int:
    times = moments(law, rate, seed=seed, window=window)
    return sum(1 for _ in takewhile(lambda moment: moment < window, times))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.law}-{law.start:g}")
def test_a_plan_expects_about_as_many_operations_as_will_be_due(law):
    expected = law.mean(50.0) * 20.0
    assert due(law, 50.0, 20.0) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.law}-{law.start:g}")
@pytest.mark.parametrize("window", [0.05, 0.3, 5.0])
def test_never_more_operations_are_due_than_a_plan_thinks_possible(law, window):
    # a window opens anywhere: one that begins with the load is but one of them
    most = law.most(40.0, window)
    assert max(due(law, 40.0, window, seed) for seed in range(50)) <= most + 1
