"""The usage of a container elsewhere, from what its node says of it now and then."""

from __future__ import annotations

import itertools
import time

import pytest

from loadstone.errors import ClusterFailed
from loadstone.measure.probes.container import ContainerProbe, samples, usage_in
from loadstone.measure.probes.probe import Subject
from loadstone.measure.quantities import of_process
from loadstone.protocols import ContainerUsage


def used(stamp: float, cpu: float, memory: int = 100) -> ContainerUsage:
    return ContainerUsage(stamp=stamp, cpu=cpu, working_set=memory, anon=memory // 2)


def test_each_sample_counts_once_by_our_clock() -> None:
    answers = [
        (100.5, used(7000.0, 1.0)),  # half a second old at least: the freshest tells how clocks lie
        (101.5, used(7000.0, 1.0)),
        (102.5, used(7001.9, 2.0)),
    ]
    found = samples(answers, 100.0)
    assert [round(moment, 3) for moment, _ in found] == [0.5, 2.4]
    assert [each.cpu for _, each in found] == [1.0, 2.0]
    assert samples([], 0.0) == []


def test_cpu_time_at_both_ends_lies_between_the_samples_around_them() -> None:
    found = [(-2.0, used(0, 1.0)), (2.0, used(4, 3.0)), (8.0, used(10, 6.0)), (12.0, used(14, 7.0))]
    data = usage_in(found, 10.0)
    assert data is not None
    assert data.cpu == (2.0, 6.5)
    assert data.coarse == pytest.approx((7.0 - 1.0) - (6.0 - 3.0))
    quantities = of_process(data).quantities
    assert quantities["process.cpu_seconds"] == 4.5
    assert quantities["process.cpu_seconds.resolution"] == 3.0
    assert quantities["process.rss_peak"] == 100.0
    assert quantities["process.anon_peak"] == 50.0
    assert "process.threads" not in quantities


def test_samples_at_the_very_ends_are_exact() -> None:
    data = usage_in([(0.0, used(0, 1.0)), (10.0, used(10, 3.0))], 10.0)
    assert data is not None
    assert data.cpu == (1.0, 3.0)
    assert data.coarse == 0.0


@pytest.mark.parametrize(
    "found",
    [
        [],
        [(1.0, used(1, 1.0)), (12.0, used(12, 2.0))],  # nothing from before it
        [(-1.0, used(-1, 1.0)), (9.0, used(9, 2.0))],  # nor from after it
    ],
)
def test_without_samples_around_the_window_nothing_is_known(
    found: list[tuple[float, ContainerUsage]],
) -> None:
    assert usage_in(found, 10.0) is None


def test_a_sample_from_after_the_window_is_waited_for() -> None:
    counted = itertools.count()
    probe = ContainerProbe(every=0.05, patience=10.0)

    def usage() -> ContainerUsage:
        number = next(counted)
        if number == 2:
            raise ClusterFailed("the API server is busy")
        return used(1000.0 + time.monotonic() // 0.4 * 0.4, float(number))

    probe.open(Subject(pid=None, usage=usage))
    time.sleep(0.5)
    before = probe.close().data
    after = probe.settle().data
    assert before is None or before.cpu[1] <= after.cpu[1]
    assert after.cpu[1] > after.cpu[0]
    assert after.coarse > 0
