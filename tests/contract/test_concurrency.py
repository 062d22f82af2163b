"""Many clients at once: nothing is lost, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Target
from tests.contract.objects import config_map

CLIENTS = 8


def together(act: Callable[[int], None]) -> None:
    """Run it once for each client, at the same time."""
    failed: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            act(number)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]


def test_one_of_many_creators_of_a_name_wins(maps: Collection) -> None:
    said: list[int] = []
    together(lambda _: said.append(maps.create(config_map("a")).status))
    assert sorted(said) == [201] + [409] * (CLIENTS - 1)


def test_no_update_is_lost_where_each_says_what_it_is_based_on(maps: Collection) -> None:
    maps.create(config_map("a", {"count": "0"})).ok()

    def add(_: int) -> None:
        for _ in range(5):
            while True:
                item = maps.read("a").ok()
                item["data"]["count"] = str(int(item["data"]["count"]) + 1)
                answer = maps.replace(item)
                if answer.status == 200:
                    break
                answer.failed(409, "Conflict")

    together(add)
    assert maps.read("a").ok()["data"]["count"] == str(CLIENTS * 5)


def test_patches_of_different_keys_all_hold(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    together(lambda number: maps.patch("a", {"data": {f"key-{number}": "1"}}).ok())
    assert len(maps.read("a").ok()["data"]) == CLIENTS + 1


def test_one_of_many_deleters_is_told_that_it_did(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    said: list[int] = []
    together(lambda _: said.append(maps.delete("a").status))
    assert sorted(said) == [200] + [404] * (CLIENTS - 1)


def test_a_watcher_that_does_not_read_holds_up_nobody(target: Target, maps: Collection) -> None:
    """Its share of the history waits in the server, not in the way of the others."""
    if target.ours is None:
        pytest.skip("a real server ends such a watch in its own time")
    version = maps.list().ok()["metadata"]["resourceVersion"]
    idle = Api(target.kubeconfig, agent="idle")
    big = "x" * 100_000
    with (
        idle.watch(maps.path(), resourceVersion=version) as sleeper,
        maps.watch(resourceVersion=version) as reader,
    ):
        for number in range(100):
            maps.create(config_map(f"m{number:03d}", {"x": big})).ok()
            assert reader.take(1) == [("ADDED", f"m{number:03d}")]
        assert sleeper.take(100) == [("ADDED", f"m{number:03d}") for number in range(100)]
    idle.close()
