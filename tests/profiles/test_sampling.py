"""The cost that one sample stands for."""

from __future__ import annotations

import pytest

from loadstone.profiles.pprof import Profile, StackSample
from loadstone.profiles.sampling import quantum
from loadstone.profiles.units import SampleType
from tests.profiles import made

MS = 1_000_000  # ns
SAMPLES = SampleType(name="samples", unit="count")


def test_what_a_sample_stands_for_is_told_by_the_period_or_by_how_many_there_are():
    assert quantum(made.profile({"main;work": 50 * MS}, period=10 * MS), "cpu") == pytest.approx(
        0.01
    )
    counted = Profile(
        types=[SAMPLES, made.CPU], samples=[StackSample(stack=("main",), values=[5, 20 * MS])]
    )
    assert quantum(counted, "cpu") == pytest.approx(0.004)
    assert quantum(counted, "samples") == 1.0
    alone = Profile(types=[made.CPU], samples=[StackSample(stack=("main",), values=[20 * MS])])
    assert quantum(alone, "cpu") == 0.0
    assert (
        quantum(
            made.profile({"main": 3}, kind=SampleType(name="goroutine", unit="count")), "goroutine"
        )
        == 0.0
    )
