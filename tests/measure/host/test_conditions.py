"""Whether what a run was measured under stayed the same."""

from __future__ import annotations

import os
import platform

import pytest

from loadstone.measure.host.conditions import (
    STEALS,
    STOLEN_OF_BOTH,
    Conditions,
    changed,
    conditions,
    disturbances,
    stolen,
)
from loadstone.measure.host.environment import environment
from loadstone.measure.host.machine import Ticks
from loadstone.report.common.sentences import in_full
from tests.measure.host.test_machine import FILES, nothing

QUOTA = "/sys/fs/cgroup/cpu.max"


def reading(**files: str) -> Conditions:
    """What holds with these files (by the last part of their name) instead of the usual ones."""
    texts = {
        path: files.get(path.rpartition("/")[2].partition(".")[0], FILES[path]) for path in FILES
    }
    return conditions(texts.get)


def texts(reasons):
    assert {reason.code for reason in reasons} <= {"environment-changed"}
    return [in_full(reason) for reason in reasons]


def test_what_must_be_equal_is_read_as_the_environment_tells_it():
    told = environment("memory", "1", read=FILES.get, sleep=lambda _: None).facts
    assert reading().same == {name: told[name] for name in ("arch", "cpu", "cores", "cpu_quota")}


def test_two_readings_of_an_unchanged_machine_are_equal():
    assert changed(reading(), reading(loadavg="9.0 9.0 9.0 1/94 11201\n")) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"cpu": "50000 100000\n"}, "cpu_quota was 1.5 as the session began, and then 0.5"),
        ({"cpu": "max 100000\n"}, "cpu_quota was 1.5 as the session began, and then not set"),
        (
            {"cpuinfo": "model name\t: Xeon\n"},
            "cpu was AMD EPYC 7763 64-Core Processor as the session began, and then Xeon",
        ),
    ],
)
def test_what_changed_is_told_with_both_values(files, said):
    assert texts(changed(reading(), reading(**files))) == [said]


def test_a_run_after_a_change_does_not_count_though_nothing_changed_while_it_lasted():
    now = reading(cpu="50000 100000\n")
    assert {reason.code for reason in disturbances(reading(), now, now)} == {"environment-changed"}
    assert disturbances(now, now, now) == ()


def test_a_machine_that_tells_nothing_has_not_changed():
    silent = conditions(nothing)
    assert silent.same == {
        "arch": platform.machine(),
        "cpu": "unknown",
        "cores": len(os.sched_getaffinity(0)),
    }
    assert disturbances(silent, silent, silent) == ()


def ticks(robbed: int, total: int) -> Conditions:
    return Conditions(same={}, ticks=Ticks(busy=0, stolen=robbed, total=total, cores=2))


def test_a_run_that_lost_its_time_to_the_hypervisor_is_disturbed():
    assert stolen(ticks(0, 0), ticks(4, 100)) == []
    assert [(reason.code, in_full(reason)) for reason in stolen(ticks(0, 0), ticks(12, 100))] == [
        ("stolen-time", "the hypervisor took 12% of the CPU time (5% allowed)")
    ]
    assert [reason.voids for reason in stolen(ticks(0, 0), ticks(12, 100))] == [STEALS]
    assert stolen(conditions(nothing), ticks(12, 100)) == []


def test_what_both_sides_of_a_mixed_pair_lose_alike_does_not_void_it():
    now = ticks(12, 100)
    assert disturbances(now, ticks(0, 0), now, allowed=STOLEN_OF_BOTH) == ()
    assert [n.code for n in disturbances(now, ticks(0, 0), now)] == ["stolen-time"]
    robbed = stolen(ticks(0, 0), ticks(40, 100), STOLEN_OF_BOTH)
    assert in_full(robbed[0]) == "the hypervisor took 40% of the CPU time (35% allowed)"
