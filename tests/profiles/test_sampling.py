"""What one sample stands for, and how many there were."""

from __future__ import annotations

import pytest

from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.pprof import Profile, StackSample
from loadstone.profiles.sampling import quantum, sampling
from loadstone.profiles.units import SampleType
from tests.profiles import made
from tests.profiles.compared import diff, row

MS = 1_000_000  # ns
KIB = 1024
EVERY = 512 * KIB  # By: of so many one is sampled
SAMPLES = SampleType(name="samples", unit="count")
HEAP = [
    SampleType(name="inuse_objects", unit="count"),
    SampleType(name="inuse_space", unit="bytes"),
]


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


def heap(**objects: tuple[int, int]) -> Profile:
    """A heap profile of `function=(objects, bytes of each)`."""
    return Profile(
        types=HEAP,
        samples=[
            StackSample(stack=("main", name), values=[number, number * size])
            for name, (number, size) in objects.items()
        ],
        period_type=SampleType(name="space", unit="bytes"),
        period=EVERY,
    )


def test_many_small_objects_are_many_samples_and_a_large_one_is_one():
    """Go samples one of so many bytes, and scales up by how likely that was for the size."""
    profile = heap(small=(160 * KIB, 64), large=(1, 10 * KIB * KIB), middle=(4, EVERY))
    samples = sampling(profile, "inuse_space")
    assert samples is not None
    small, large, middle = (samples(each.values) for each in profile.samples)
    assert small == pytest.approx(20, rel=0.01)
    assert large == pytest.approx(1, rel=0.01)
    assert middle == pytest.approx(4 * 0.632, rel=0.01)


def test_functions_know_how_often_they_were_sampled():
    found = function_costs(heap(small=(160 * KIB, 64), large=(3, 10 * KIB * KIB)), "inuse_space")
    assert found.own_samples["large"] == pytest.approx(3)
    assert found.total_samples["main"] == pytest.approx(23, rel=0.01)
    assert function_costs(made.profile({"main;work": 50 * MS}), "cpu").total_samples == {}
    counted = made.profile({"main;wait": 7}, kind=SampleType(name="goroutine", unit="count"))
    assert function_costs(counted, "goroutine").total_samples == {}


def test_a_few_large_buffers_are_too_few_to_be_told_from_chance():
    """Of 5 MiB each, in two of four runs of the head and never in the base: a matter of luck."""
    base = [heap(small=(160 * KIB, 64), rest=(80 * KIB, 64))] * 4
    some = heap(small=(160 * KIB, 64), rest=(80 * KIB, 64), buffer=(3, 5 * KIB * KIB))
    found = diff(base, [some, base[0], some, base[0]], kind="heap")
    assert not row(found, "buffer").changed
    many = heap(small=(160 * KIB, 64), rest=(80 * KIB, 64), buffer=(240 * KIB, 64))
    found = diff(base, [many] * 4, kind="heap")
    assert row(found, "buffer").changed


def test_a_function_with_few_large_objects_is_counted_and_not_compared():
    sides = [[heap(small=(160 * KIB, 64), buffer=(1, 5 * KIB * KIB))] * 2] * 2
    found = diff(*sides, kind="heap")
    assert "buffer" not in {each.function for each in found.rows}
    assert found.thin == 1
