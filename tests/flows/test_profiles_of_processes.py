"""Profiles of several processes: each is scaled to its own CPU time, and known by its name."""

from dataclasses import replace

import pytest

from loadstone.flows import unit_of_work
from loadstone.flows.artifact import vocabulary
from loadstone.model import MetricSource
from loadstone.model.profile_kinds import of_process, parted
from tests.measure.fakes import world

TOGETHER = MetricSource(quantity="process.cpu_seconds", per="load.requests", times=1000.0)
OWN = MetricSource(quantity="process.envoy.cpu_seconds", per="load.requests")


def case(**sources):
    return replace(world.case([]), sources=sources)


def test_a_name_says_whose_profile_it_is():
    assert parted(of_process("cpu", "kube-proxy")) == ("cpu", "kube-proxy")
    assert parted(of_process("cpu", "")) == ("cpu", "")


def test_the_profile_of_a_process_is_scaled_to_its_own_cpu_time_for_the_work_of_all():
    work = unit_of_work.of(case(cpu=TOGETHER), "cpu of envoy")
    assert (work.spent, work.per) == ("process.envoy.cpu_seconds", "load.requests")
    assert work.metric == ""  # it makes up a part of that metric alone
    assert work.kernel
    assert unit_of_work.of(case(cpu=TOGETHER), "cpu").spent == "process.cpu_seconds"


def test_it_makes_up_the_metric_of_its_own_process():
    assert unit_of_work.of(case(cpu=TOGETHER, own=OWN), "cpu of envoy").metric == "own"
    assert unit_of_work.of(case(cpu=TOGETHER, own=OWN), "cpu of contour").metric == ""


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("cpu", True),
        ("heap of envoy", True),
        ("allocs-at-open of envoy", True),
        ("cpu of stranger", False),
        ("secrets of envoy", False),
        ("../cpu of envoy", False),
    ],
)
def test_of_an_artifact_only_profiles_of_known_processes_are_taken(name, ours):
    words = vocabulary(replace(world.plan(case()), processes=("contour", "envoy")))
    assert words.is_profile(name) is ours
    assert "process.envoy.cpu_seconds" in words.quantities
    assert "process.stranger.cpu_seconds" not in words.quantities
    assert "process.envoy.rss" in words.series
