"""Finalizers hold an object until whoever asked for it has tidied up."""

from __future__ import annotations

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import config_map, ingress
from tests.contract.resources import INGRESSES

MINE = "example.com/mine"
OTHER = "example.com/other"


@pytest.fixture
def held(maps: Collection) -> Collection:
    """A collection with an object `a` that is being deleted and held by a finalizer."""
    maps.create(config_map("a", finalizers=[MINE, OTHER])).ok()
    maps.delete("a").ok()
    return maps


def release(maps: Collection, *rest: str) -> int:
    return maps.patch("a", {"metadata": {"finalizers": list(rest)}}).status


def test_a_held_object_is_answered_and_stays_readable(maps: Collection) -> None:
    maps.create(config_map("a", finalizers=[MINE])).ok()
    answer = maps.delete("a").ok()
    assert answer["kind"] == "ConfigMap"
    assert answer["metadata"]["deletionTimestamp"]
    assert maps.read("a").ok() == answer
    assert release(maps) == 200


def test_a_held_object_goes_with_its_last_finalizer(held: Collection) -> None:
    assert release(held, OTHER) == 200
    assert held.read("a").ok()["metadata"]["finalizers"] == [OTHER]
    assert release(held) == 200
    held.read("a").failed(404, "NotFound")


def test_an_update_may_take_the_last_finalizer_too(held: Collection) -> None:
    item = held.read("a").ok()
    item["metadata"]["finalizers"] = []
    held.replace(item).ok()
    assert not held.exists("a")


def test_a_second_delete_changes_nothing(held: Collection) -> None:
    before = held.read("a").ok()
    held.delete("a").ok()
    assert held.read("a").ok() == before
    release(held)


def test_a_finalizer_cannot_be_added_to_what_is_being_deleted(held: Collection) -> None:
    item = held.read("a").ok()
    item["metadata"]["finalizers"] = [MINE, OTHER, "example.com/late"]
    held.replace(item).invalid("metadata.finalizers")
    release(held)


def test_a_held_object_may_still_change(held: Collection) -> None:
    assert held.patch("a", {"data": {"x": "1"}}).ok()["data"]["x"] == "1"
    release(held)


def test_a_deletion_cannot_be_undone(held: Collection) -> None:
    before = held.read("a").ok()["metadata"]["deletionTimestamp"]
    after = held.patch("a", {"metadata": {"deletionTimestamp": None}}).ok()
    assert after["metadata"]["deletionTimestamp"] == before
    release(held)


def test_a_held_name_is_taken(held: Collection) -> None:
    found = held.create(config_map("a")).failed(409, "AlreadyExists")
    assert "being deleted" in found["message"]
    release(held)


def test_a_deletion_is_a_change_of_what_is_wanted(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.create(ingress("a", finalizers=[MINE])).ok()
    assert ingresses.delete("a").ok()["metadata"]["generation"] == 2
    ingresses.patch("a", {"metadata": {"finalizers": None}}).ok()


def test_finalizers_of_a_living_object_come_and_go(maps: Collection) -> None:
    maps.create(config_map("a", finalizers=[MINE])).ok()
    assert release(maps, MINE, OTHER) == 200
    assert release(maps) == 200
    assert maps.exists("a")
