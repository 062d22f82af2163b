"""History does not last for ever: who comes too late is told 410 and lists again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.client import Api, Collection
from tests.contract.objects import config_map
from tests.contract.resources import CONFIG_MAPS
from tests.contract.waiting import eventually

if TYPE_CHECKING:
    from loadstone.cluster.memory import MemoryCluster

Connect = Callable[..., Api]


@pytest.fixture
def maps(connect: Connect) -> Collection:
    found = connect().of(CONFIG_MAPS, "default")
    for name in ("a", "b", "c"):
        found.create(config_map(name)).ok()
    return found


def compact(maps: Collection) -> None:
    maps.api.request("POST", "/loadstone/compact").ok()


def version(maps: Collection) -> str:
    found: str = maps.list().ok()["metadata"]["resourceVersion"]
    return found


def expired(maps: Collection, start: str) -> None:
    """A watch from there opens, and its only event says that the version is gone."""
    with maps.watch(resourceVersion=start) as watch:
        (event,) = list(watch)
    assert event["type"] == "ERROR"
    told = event["object"]
    assert (told["kind"], told["code"], told["reason"]) == ("Status", 410, "Expired")
    assert "too old resource version" in told["message"]


def test_a_watch_from_before_a_compaction_is_gone(maps: Collection) -> None:
    start = version(maps)
    maps.create(config_map("d")).ok()
    compact(maps)
    expired(maps, start)


def test_a_list_then_a_watch_go_on_after_a_compaction(maps: Collection) -> None:
    compact(maps)
    with maps.watch(resourceVersion=version(maps)) as watch:
        maps.create(config_map("d")).ok()
        assert watch.take(1) == [("ADDED", "d")]


def test_an_open_watch_does_not_notice_a_compaction(maps: Collection) -> None:
    with maps.watch(resourceVersion=version(maps)) as watch:
        maps.create(config_map("d")).ok()
        assert watch.take(1) == [("ADDED", "d")]
        compact(maps)
        maps.create(config_map("e")).ok()
        assert watch.take(1) == [("ADDED", "e")]


def test_a_page_from_before_a_compaction_is_gone(maps: Collection) -> None:
    token = maps.list(limit=1).ok()["metadata"]["continue"]
    maps.create(config_map("d")).ok()
    compact(maps)
    maps.list(**{"limit": 1, "continue": token}).failed(410, "Expired")


def test_a_page_grows_too_old_by_itself_and_a_watch_does_not(tmp_path: Path) -> None:
    from loadstone.cluster.memory import MemoryProvider

    arguments = ["--compaction-interval", "0.1"]
    with MemoryProvider(arguments).provision(workdir=tmp_path) as own:
        maps = Api(own.kubeconfig).of(CONFIG_MAPS, "default")
        for name in ("a", "b"):
            maps.create(config_map(name)).ok()
        start = version(maps)
        token = maps.list(limit=1).ok()["metadata"]["continue"]
        maps.create(config_map("c")).ok()
        page = {"limit": 1, "continue": token}
        eventually(lambda: maps.list(**page).status == 410)
        said = maps.list(**page)
        gone = said.failed(410, "Expired")
        rest = maps.list(**{"continue": gone["metadata"]["continue"]}).ok()
        assert [item["metadata"]["name"] for item in rest["items"]] == ["b", "c"]
        with maps.watch(resourceVersion=start) as watch:
            assert watch.take(1) == [("ADDED", "c")]
        maps.api.close()


def test_no_more_history_is_kept_than_was_asked_for(tmp_path: Path, cluster: MemoryCluster) -> None:
    from loadstone.cluster.memory import MemoryProvider

    short = MemoryProvider(arguments=["--history", "10"])
    with short.provision(workdir=tmp_path / "short") as own:
        client = Api(own.kubeconfig)
        maps = client.of(CONFIG_MAPS, "default")
        start = version(maps)
        for number in range(30):
            maps.create(config_map(f"m{number}")).ok()
        expired(maps, start)
        client.close()
