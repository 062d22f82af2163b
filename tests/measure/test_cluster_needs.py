"""What a workload wants of its cluster: given before the component starts, or refused at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadstone.errors import UsageError
from loadstone.model import ApiAccess
from tests.measure.fakes import world
from tests.measure.test_run import run

CHANGE = {"do": "change", "template": "route", "times": 2}


class WithControllers(world.FakeCluster):
    controllers = ("a-controller",)


class WithNodes(WithControllers):
    def __init__(self) -> None:
        super().__init__()
        self.scaled: list[tuple[int, int]] = []

    def scale(self, nodes: int) -> None:
        self.scaled.append((self.resets, nodes))


def test_nodes_are_there_after_each_reset(tmp_path):
    cluster = WithNodes()
    (found,), _ = run(tmp_path, world.case([CHANGE], cluster={"nodes": 7}), clusters=[cluster])
    assert found.valid
    assert cluster.scaled == [(1, 7)]


def test_a_case_that_wants_none_gets_none(tmp_path):
    cluster = WithNodes()
    run(tmp_path, world.case([CHANGE]), clusters=[cluster])
    assert cluster.scaled == [(1, 0)]


@pytest.mark.parametrize("needs", [{"nodes": 1}, {"controllers": True}])
def test_a_cluster_that_has_none_is_refused_before_anything_runs(tmp_path, needs):
    with pytest.raises(UsageError, match=r"fake/n=1 wants .*`fake`") as refused:
        run(tmp_path, world.case([CHANGE], cluster=needs))
    assert "hollow" in refused.value.next_step


def test_controllers_alone_need_no_nodes(tmp_path):
    case = world.case([CHANGE], cluster={"controllers": True})
    (found,), _ = run(tmp_path, case, clusters=[WithControllers()])
    assert found.valid


def test_requests_that_nobody_counts_are_not_called_none(tmp_path):
    class Uncounted:
        provider, version, api = "fake", "v0", "http://127.0.0.1:9"
        access = ApiAccess(url=api)
        kubeconfig = Path("/nonexistent")

        def alive(self):
            return True

        def reset(self):
            """Nothing is there."""

    (found,), _ = run(tmp_path, world.case([CHANGE]), clusters=[Uncounted()])
    assert found.valid
    assert not [name for name in found.quantities if name.startswith("api.")]
    (counted,), _ = run(tmp_path / "counted", world.case([CHANGE]))
    assert counted.quantities["api.requests"] > 0
