"""CPU profiles held against the kernel's CPU time."""

from __future__ import annotations

import math

import pytest

from loadstone.profiles.pprof import Profile
from loadstone.profiles.thin import thin
from loadstone.profiles.units import SampleType
from tests.profiles import made

MS = 1_000_000  # ns


def seen(ms: float, *, period: int = 10) -> Profile:
    return made.profile({"main;work": round(ms * MS)}, period=period * MS)


@pytest.mark.parametrize(
    ("ms", "counted", "is_thin"),
    [
        (50, 0.92, True),
        (0, 0.92, True),
        (220, 0.92, True),
        (240, 0.92, False),
        (920, 0.92, False),
        (2000, 0.92, False),
        (50, 0.19, False),
        (0, 0.0, False),
        (0, 0.01, False),
        (50, None, False),
        (50, math.nan, False),
    ],
)
def test_a_profile_is_thin_that_saw_less_than_a_quarter_of_what_the_kernel_counted(
    ms, counted, is_thin
):
    found = thin(seen(ms), counted)
    assert (found is not None) is is_thin
    if found is not None:
        assert found.seen == pytest.approx(ms / 1000)
        assert found.counted == counted


def test_a_short_run_is_not_called_thin_however_fine_the_samples():
    assert thin(seen(0, period=1), 0.05) is not None
    assert thin(seen(0, period=10), 0.05) is None


@pytest.mark.parametrize(
    "kind",
    [
        SampleType(name="wall", unit="nanoseconds"),
        SampleType(name="samples", unit="count"),
        SampleType(name="cpu", unit="count"),
    ],
)
def test_what_counts_no_cpu_seconds_is_not_held_against_them(kind):
    assert thin(made.profile({"main": 1}, kind=kind), 10.0) is None


def test_cpu_time_under_another_name_is():
    kind = SampleType(name="cpu-time", unit="ns")
    assert thin(made.profile({"main": MS}, kind=kind, period=10 * MS), 1.0) is not None
