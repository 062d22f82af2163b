"""Whole runs of a controller against the embedded API server: what objects tell, step by step."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loadstone import formats
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.component.start import start
from loadstone.measure.context import SessionInputs
from loadstone.measure.hopeless import FailsAlike
from loadstone.measure.load.table import generator
from loadstone.measure.session import measure
from loadstone.model import Design, MetricSource, Run, Side
from loadstone.report.common.sentences import in_full
from tests.measure.fakes import world
from tests.measure.host.test_machine import nothing

pytestmark = pytest.mark.slow

OPERATOR = Path(__file__).parent / "fakes" / "reconciling.py"
MAP = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "w${i}", "namespace": "default"},
    "data": {"want": "v${version}-${scale}"},
}
RIGHT = {
    "made": {"kind": "Secret", "labels": {"of": "w${i}"}},
    "done": {"fields": {"data.have": "v${version}-${scale}"}},
}
TEMPLATE = {"objects": [MAP], "right": RIGHT}
CREATE = {"do": "create", "template": "map", "count": 5}
AWAIT = {"do": "await", "template": "map", "timeout": 60.0}


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[MemoryCluster]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                MemoryProvider().provision(workdir=tmp_path_factory.mktemp(f"memory{number}"))
            )
            for number in (0, 1)
        ]


def operator(*options: str, **more: Any) -> formats.Component:
    described: dict[str, Any] = {
        "component": "operator",
        "about": "a fake",
        "role": "controller",
        "revisions": formats.Revisions(),
        "ports": ["admin"],
        "command": ["${executable}", str(OPERATOR), "${api}", "${admin}", *options],
        "ready": formats.Ready(url="http://${admin}/", timeout=60.0),
        "metrics": "http://${admin}/metrics",
        "stop_timeout": 1.0,
    }
    return formats.Component(**{**described, **more})


def case(measured, **more):
    setup = more.pop("setup", [CREATE, AWAIT])
    made = world.case(measured, **more)
    workload = {**made.workload, "setup": setup, "templates": {"map": TEMPLATE}}
    return replace(made, workload=workload, sources={"api": MetricSource(quantity="api.requests")})


def runs_of(tmp_path, clusters, case, component=None, slots=None) -> list[Run]:
    due = [world.slot()] if slots is None else slots
    described = component or operator()
    inputs = SessionInputs(
        read=nothing,  # whatever a hypervisor takes here
        plan=world.plan(case),
        component=described,
        clusters=clusters,
        start=partial(start, described),
        generator=generator("openloop"),
        profile_problem=lambda _: None,
        out=tmp_path / "out",
        workdir=tmp_path,
    )
    return measure(
        inputs, lambda so_far: [] if len(so_far) >= len(due) else due, on_run=lambda _: None
    )


def one(tmp_path, clusters, case, component=None) -> Run:
    (run,) = runs_of(tmp_path, clusters, case, component)
    return run


def test_copies_are_right_when_their_objects_say_so_and_by_stage(tmp_path, clusters):
    run = one(tmp_path, clusters, case([CREATE, AWAIT], setup=[]), operator("--slow", "0.05"))
    assert world.codes(run) == []
    found = run.quantities
    assert 0.05 <= found["reconcile.p50"] <= found["reconcile.max"] <= found["await.seconds"]
    assert found["reconcile.made.max"] <= found["reconcile.done.max"]
    assert {"reconcile", "reconcile.made", "reconcile.done"} <= set(run.histograms)
    # 5 lists or watches at most, and of each copy a Secret and a patch
    assert found["api.writes"] == 10


def test_a_change_is_right_by_its_new_version(tmp_path, clusters):
    change = {"do": "change", "template": "map", "times": 4, "timeout": 60.0}
    run = one(tmp_path, clusters, case([change]), operator("--slow", "0.05"))
    assert world.codes(run) == []
    assert run.quantities["change.count"] == 4
    assert 0.05 <= run.quantities["propagation.p50"] <= run.quantities["propagation.max"]
    assert run.quantities["propagation.done.p50"] >= 0.05
    assert run.quantities["propagation.made.max"] == 0  # it was there before


def test_a_change_that_nothing_tells_is_no_measurement(tmp_path, clusters):
    blind = case([{"do": "change", "template": "map", "times": 1}])
    blind.workload["templates"]["map"] = {**TEMPLATE, "right": {"made": RIGHT["made"]}}
    run = one(tmp_path, clusters, blind)
    assert world.codes(run) == ["change-not-visible"]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_an_upgrade_changes_every_copy(tmp_path, clusters, concurrency):
    step = {"do": "upgrade", "template": "map", "concurrency": concurrency}
    run = one(tmp_path, clusters, case([step]))
    assert world.codes(run) == []
    assert run.quantities["upgrade.count"] == 5
    assert run.quantities["upgrade.p50"] <= run.quantities["upgrade.seconds"]
    assert "upgrade.done" in run.histograms


def test_scaling_is_of_the_copies_or_of_their_number(tmp_path, clusters):
    more = {"do": "scale", "template": "map", "count": 8}
    run = one(tmp_path, clusters, case([{"do": "scale", "template": "map", "to": 3}]))
    assert world.codes(run) == []
    assert run.quantities["scale.count"] == 5
    run = one(tmp_path, clusters, case([more]))
    assert world.codes(run) == []
    assert run.quantities["scale.count"] == 3
    assert run.quantities["scale.p50"] > 0
    run = one(tmp_path, clusters, case([{**more, "count": 1}]))
    assert world.codes(run) == []
    assert run.quantities["scale.count"] == 4


def test_copies_are_made_at_a_scale_and_those_that_are_added_at_the_same(tmp_path, clusters):
    made = {"setup": [{**CREATE, "scale": 3}, AWAIT]}
    same = {"do": "scale", "template": "map", "to": 3}
    run = one(tmp_path, clusters, case([same], **made))
    assert (world.codes(run), run.quantities["scale.count"]) == ([], 0)
    run = one(tmp_path, clusters, case([{"do": "scale", "template": "map", "count": 7}], **made))
    assert (world.codes(run), run.quantities["scale.count"]) == ([], 2)
    path = "/api/v1/namespaces/default/configmaps"
    with urllib.request.urlopen(clusters[0].api + path, timeout=10) as answer:  # noqa: S310
        items = json.load(answer)["items"]
    assert {each["data"]["want"] for each in items if "want" in each["data"]} == {"v1-3"}


def test_deleted_copies_are_gone_with_what_they_led_to(tmp_path, clusters):
    run = one(tmp_path, clusters, case([{"do": "delete", "template": "map"}]))
    assert world.codes(run) == []
    assert run.quantities["delete.count"] == 5
    assert run.quantities["delete.max"] <= run.quantities["delete.seconds"]
    deaf = case([{"do": "delete", "template": "map", "timeout": 0.5}], setup=[CREATE])
    deaf.workload["templates"]["map"] = {
        **TEMPLATE,
        "right": {"other": {"kind": "Namespace", "name": "default"}},
    }
    run = one(tmp_path, clusters, deaf)
    assert world.codes(run) == ["not-gone"]
    assert "Namespace default" in in_full(run.invalid[0])


def test_a_component_that_has_gone_quiet_is_waited_for(tmp_path, clusters):
    settle = {"do": "settle", "for": 0.5}
    measured = [CREATE, settle, {"do": "settle", "for": 0.3}]
    run = one(tmp_path, clusters, case(measured, setup=[]), operator("--slow", "0.2"))
    assert world.codes(run) == []
    assert run.quantities["api.writes"] == 10  # all its work was done
    assert run.quantities["settle.seconds"] < 0.3  # of the last one: it was quiet already


@pytest.mark.parametrize(
    ("option", "said"),
    [(("--restless", "0.1"), "patch configmaps"), (("--queue", "3"), "3 in workqueue_depth")],
)
def test_a_component_that_never_goes_quiet_ends_the_run(tmp_path, clusters, option, said):
    settle = {"do": "settle", "for": 0.5, "timeout": 1.0}
    run = one(tmp_path, clusters, case([CREATE, settle], setup=[]), operator(*option))
    assert world.codes(run) == ["not-quiet"]
    assert said in in_full(run.invalid[0])


def test_what_is_done_while_nothing_is_asked_is_counted(tmp_path, clusters):
    idle = [{"do": "idle"}]
    quiet = one(tmp_path, clusters, case(idle, warmup=0.5, window=0.6))
    assert world.codes(quiet) == []
    assert quiet.quantities["idle.writes"] == quiet.quantities["idle.requests"] == 0
    busy = operator("--restless", "0.1")
    found = one(tmp_path, clusters, case(idle, warmup=0.5, window=2.0), busy).quantities
    assert 0 < found["idle.writes"] < found["idle.requests"]
    ignoring = [{"do": "idle", "ignore": ["configmaps"]}]
    found = one(tmp_path, clusters, case(ignoring, window=1.0), busy).quantities
    assert found["idle.requests"] == 0


def test_a_cold_start_is_counted_from_the_start_of_the_component(tmp_path, clusters):
    cold = case([AWAIT], setup=[], before=[CREATE])
    run = one(tmp_path, clusters, cold)
    assert world.codes(run) == []
    found = run.quantities
    assert found["cold_start.seconds"] == found["cold_start.max"]
    assert found["process.start_seconds"] > 0
    assert found["cold_start.p50"] <= found["cold_start.seconds"]
    assert "reconcile.p50" not in found  # nobody asked for them while it ran
    assert "cold_start.done" in run.histograms


def test_objects_of_the_component_are_there_when_it_starts(tmp_path, clusters):
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.test"},
        "spec": {
            "group": "example.test",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }
    widget = {
        "apiVersion": "example.test/v1",
        "kind": "Widget",
        "metadata": {"name": "x${i}", "namespace": "default"},
        "spec": {"n": "${i}"},
    }
    right = {"there": {"cel": "object.spec.n == ${i}"}}
    own = case([CREATE | {"template": "own"}, AWAIT | {"template": "own"}], setup=[])
    own.workload["templates"]["own"] = {"objects": [widget], "right": right}
    run = one(tmp_path, clusters, own, operator(objects=[definition]))
    assert world.codes(run) == []
    assert run.quantities["reconcile.there.p50"] >= 0


def test_what_can_never_hold_ends_the_session_after_the_first_pair(tmp_path, clusters):
    never = case([CREATE, {**AWAIT, "timeout": 0.5}], setup=[])
    never.workload["templates"]["map"] = {**TEMPLATE, "right": {"up": {"for": "condition=Ready"}}}
    slots = [
        world.slot(side, round=number, order=2 * number + place)
        for number in range(3)
        for place, side in enumerate(Side)
    ]
    with pytest.raises(FailsAlike, match="both sides fail in the same way") as caught:
        runs_of(tmp_path, clusters, never, slots=slots)
    assert "no condition Ready" in in_full(caught.value.why)


def test_what_can_never_hold_ends_a_mixed_session_after_the_first_pair(tmp_path, clusters):
    never = case([CREATE, {**AWAIT, "timeout": 2.0}], setup=[])
    never.workload["templates"]["map"] = {**TEMPLATE, "right": {"up": {"for": "condition=Ready"}}}
    slots = [
        replace(world.slot(side, round=number, order=place), design=Design.MIXED, lane=place)
        for number in range(3)
        for place, side in enumerate(Side)
    ]
    with pytest.raises(FailsAlike) as caught:
        runs_of(tmp_path, clusters, never, slots=slots)
    assert "no condition Ready" in in_full(caught.value.why)


def test_both_sides_of_a_mixed_pair_wait_for_objects_of_their_own(tmp_path, clusters):
    change = {"do": "change", "template": "map", "times": 3, "timeout": 60.0}
    steps = [
        CREATE,
        AWAIT,
        change,
        {"do": "settle", "for": 0.3},
        {"do": "delete", "template": "map"},
    ]
    slots = [
        replace(world.slot(side, order=place), design=Design.MIXED, lane=place)
        for place, side in enumerate(Side)
    ]
    runs = runs_of(tmp_path, clusters, case(steps, setup=[]), slots=slots)
    assert [world.codes(run) for run in runs] == [[], []]
    for run in runs:
        assert run.quantities["change.count"] == 3
        assert run.quantities["api.writes"] == 5 * 2 + 3 * 2 + 5  # none of the other side's
