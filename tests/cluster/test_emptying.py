"""Emptying by deletion, on the in-memory API server: what came later goes, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.emptying import Emptier
from loadstone.cluster.memory import MemoryProvider
from loadstone.errors import ClusterFailed
from loadstone.formats import Dial
from tests.cluster.test_contract import MAPS, fill, named
from tests.contract.waiting import eventually

SPACES = "/api/v1/namespaces"
SYSTEM = f"{SPACES}/kube-system/configmaps"


@pytest.fixture
def api(tmp_path: Path) -> Iterator[ClusterApi]:
    with (
        MemoryProvider().provision(workdir=tmp_path) as cluster,
        closing(ClusterApi(cluster.access)) as client,
    ):
        yield client


def names(api: ClusterApi, path: str = MAPS) -> list[str]:
    return sorted(each["metadata"]["name"] for each in api.get(path)["items"])


def test_what_was_there_stays_and_what_came_goes(api: ClusterApi) -> None:
    api.done("POST", MAPS, named("first"))
    before = names(api, SPACES)
    emptier = Emptier(api)
    fill(api)
    emptier.empty()
    assert names(api) == ["first"]
    assert names(api, SPACES) == before
    emptier.empty()  # there is nothing to do, and that is fine


def test_what_is_spared_stays_although_its_neighbours_go(api: ClusterApi) -> None:
    emptier = Emptier(api, spared=lambda item: item.name == "kept")
    for name in ("kept", "one", "two"):
        api.done("POST", MAPS, named(name))
    emptier.empty()
    assert names(api) == ["kept"]


@contextmanager
def making_anew(api: ClusterApi, path: str, name: str) -> Iterator[None]:
    """A controller, which makes an object again as soon as it is gone."""
    over = threading.Event()

    def make() -> None:
        while not over.wait(0.005):
            api.ask("POST", path, named(name))

    thread = threading.Thread(target=make)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_what_is_made_again_at_once_in_a_system_namespace_is_the_clusters_own(
    api: ClusterApi,
) -> None:
    emptier = Emptier(api)
    api.done("POST", SYSTEM, named("late"))
    uids = [api.get(f"{SYSTEM}/late")["metadata"]["uid"]]
    with making_anew(api, SYSTEM, "late"):
        while len(uids) < 2 or uids[-1] != uids[-2]:  # a busy machine may make it too late
            assert len(uids) < 20
            emptier.empty(within=30.0)
            eventually(lambda: "late" in names(api, SYSTEM))
            uids.append(api.get(f"{SYSTEM}/late")["metadata"]["uid"])
    assert len(uids) > 2, "the first one had to go: nobody knew yet"
    emptier.empty()
    assert api.get(f"{SYSTEM}/late")["metadata"]["uid"] == uids[-1]


def test_what_each_run_makes_in_a_system_namespace_goes_each_time(api: ClusterApi) -> None:
    emptier, before = Emptier(api), names(api, SYSTEM)
    for _ in range(3):  # as a component its lease: left behind, it would hold up the next one
        api.done("POST", SYSTEM, named("lease"))
        emptier.empty()
        assert names(api, SYSTEM) == before


def test_a_server_that_does_not_say_what_it_holds_is_not_called_empty(tmp_path: Path) -> None:
    with (
        MemoryProvider().provision(workdir=tmp_path) as cluster,
        closing(ClusterApi(cluster.access)) as api,
    ):
        emptier = Emptier(api)
        cluster.dial([Dial(verb="list", resource="configmaps", error_rate=1.0)])
        with pytest.raises(ClusterFailed, match="configmaps cannot be listed: 500"):
            emptier.empty()


def test_what_does_not_go_is_named(api: ClusterApi) -> None:
    emptier = Emptier(api)
    api.done("POST", MAPS, named("stuck"))
    with pytest.raises(ClusterFailed, match="configmaps default/stuck"):
        emptier.empty(within=0.0)
