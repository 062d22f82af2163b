"""A mixed pair: both sides at once, each in a world of its own, and neither without the other."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from loadstone.component.start import start
from loadstone.errors import ClusterFailed, UsageError
from loadstone.measure.context import SessionInputs
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.load.table import generator
from loadstone.measure.session import measure
from loadstone.model import Design, Side
from loadstone.model.reasons import failed
from loadstone.plan.schedule import slots
from tests.measure.fakes import world

LOAD = {"do": "load", "template": "route", "rate": 200, "connections": 2}
CHANGE = {"do": "change", "template": "route", "times": 4, "poll": 0.002}
CHURN = {"do": "churn", "template": "churned", "rate": 20}
HOLD = {"do": "hold", "connections": 3, "rate": 100}
PATIENT = {"gate": {"generator_cpu": 1.0, "achieved": 0.5}}
ROOMY = partial(Headroom, asked=4e3, achieved=4e3, generator_cpu=0.1, upstream_cpu=0.1)


def mixed(measured, **more):
    case = world.case(measured, warmup=0.1, window=0.4, **PATIENT, **more)
    return replace(case, design=Design.MIXED)


def pair(tmp_path, case, *, components=None, clusters=None, number=1):
    """Measure one mixed pair; the runs by side, and the worlds' clusters."""
    clusters = [world.FakeCluster(), world.FakeCluster()] if clusters is None else clusters
    by_side = components or dict.fromkeys(Side, world.proxy())

    def begin(revision, cluster, **given):
        return start(by_side[revision.side], revision, cluster, **given)

    due = slots([case.case.name], number, 1, 0, mixed={case.case.name})
    inputs = SessionInputs(
        plan=world.plan(case),
        component=world.proxy(),
        clusters=clusters,
        start=begin,
        workdir=tmp_path,
        generator=generator("openloop"),
        out=tmp_path / "out",
        try_out=lambda *_, rate, **__: ROOMY(rate=rate),
        profile_problem=lambda _: None,
    )
    runs = measure(inputs, lambda so_far: [] if so_far else due, on_run=lambda _: None)
    return {run.side: run for run in runs}, clusters


def test_both_sides_of_a_pair_are_measured_over_the_same_window(tmp_path):
    runs, clusters = pair(tmp_path, mixed([LOAD]))
    base, head = runs[Side.BASE], runs[Side.HEAD]
    assert (base.design, head.design) == (Design.MIXED, Design.MIXED)
    assert {base.lane, head.lane} == {0, 1}
    assert base.started == head.started
    assert base.seconds == head.seconds
    assert base.quantities["window.seconds"] == head.quantities["window.seconds"]
    assert [cluster.resets for cluster in clusters] == [1, 1], "each has a cluster of its own"
    for run in (base, head):
        assert "process.cpu_seconds" in run.quantities
        assert run.histograms["latency"]


def test_each_side_is_asked_at_half_of_the_rate(tmp_path):
    runs, _ = pair(tmp_path, mixed([LOAD]))
    for run in runs.values():
        assert run.quantities["load.asked_rate"] == 100
        assert run.quantities["load.requests"] == pytest.approx(40, abs=2)


@pytest.mark.parametrize(
    ("step", "quantity"),
    [(CHANGE, "change.count"), (CHURN, "churn.operations"), (HOLD, "hold.open")],
    ids=["change", "churn", "hold"],
)
def test_every_kind_of_step_is_done_on_both_sides(tmp_path, step, quantity):
    steps = [step] if step is CHANGE else [step, LOAD]
    runs, _ = pair(tmp_path, mixed(steps))
    base, head = (run.quantities[quantity] for run in runs.values())
    assert base == pytest.approx(head, abs=1)
    assert base > 0


def test_the_lanes_and_the_first_to_start_change_from_round_to_round(tmp_path):
    name = "fake/n=1"
    rounds = [slots([name], number, 1, 0, mixed={name}) for number in range(1, 9)]
    lanes = [{slot.side: slot.lane for slot in one} for one in rounds]
    assert sum(each[Side.HEAD] for each in lanes) == 4
    firsts = [(one[0].side, one[0].lane) for one in rounds]
    assert all(firsts.count(each) == 2 for each in set(firsts))
    assert len(set(firsts)) == 4


@pytest.mark.parametrize("wrong", [*Side])
def test_a_side_that_fails_voids_the_pair_and_is_the_only_one_to_blame(tmp_path, wrong):
    components = dict.fromkeys(Side, world.proxy())
    components[wrong] = world.proxy("--never-ready", timeout=0.3)
    runs, _ = pair(tmp_path, mixed([LOAD]), components=components)
    other = next(side for side in Side if side is not wrong)
    assert world.codes(runs[wrong]) == ["not-ready"]
    assert world.codes(runs[other]) == ["partner"]
    assert runs[other].invalid[0].data["reason"] == "not-ready"
    assert not runs[other].valid
    assert failed(runs[wrong])
    assert not failed(runs[other])


def test_a_side_that_dies_in_the_window_ends_the_other_at_once(tmp_path):
    components = {Side.BASE: world.proxy(), Side.HEAD: world.proxy("--die-after", "0.5")}
    case = replace(mixed([LOAD]), window=60.0)
    runs, _ = pair(tmp_path, case, components=components)
    assert "exited" in world.codes(runs[Side.HEAD])
    assert world.codes(runs[Side.BASE]) == ["partner"]
    assert runs[Side.HEAD].seconds < 20


def test_a_plan_with_a_mixed_case_takes_a_cluster_for_each_side(tmp_path):
    with pytest.raises(UsageError, match="a cluster for each side"):
        pair(tmp_path, mixed([LOAD]), clusters=[world.FakeCluster()])


@pytest.mark.parametrize("gone", [0, 1])
def test_a_cluster_that_has_gone_is_nobodys_failure(tmp_path, gone):
    class Gone(world.FakeCluster):
        def alive(self):
            return False

    clusters = [world.FakeCluster(), world.FakeCluster()]
    clusters[gone] = Gone()
    components = dict.fromkeys(Side, world.proxy("--never-ready", timeout=0.2))
    with pytest.raises(ClusterFailed):
        pair(tmp_path, mixed([LOAD]), components=components, clusters=clusters)
