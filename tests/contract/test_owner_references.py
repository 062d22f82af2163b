"""What belongs to another object goes with it, before it, or stays, as the client asks."""

from __future__ import annotations

import re

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, owned_by, workload
from tests.contract.resources import DEPLOYMENTS, REPLICA_SETS
from tests.contract.waiting import eventually

HOLD = "example.com/hold"


def family(maps: Collection, *, block: bool = False, hold: bool = False) -> None:
    """An owner `a`, its dependents `b` and `c`, and `d`, which depends on `b`."""
    a = maps.create(config_map("a")).ok()
    finalizers = [HOLD] if hold else []
    references = owned_by(a, block=block)
    b = maps.create(config_map("b", ownerReferences=references, finalizers=finalizers)).ok()
    maps.create(config_map("c", ownerReferences=references)).ok()
    maps.create(config_map("d", ownerReferences=owned_by(b))).ok()


def gone(maps: Collection, *names: str) -> bool:
    return not any(maps.exists(name) for name in names)


def test_in_the_background_the_owner_goes_first(maps: Collection) -> None:
    family(maps)
    maps.delete("a", {"propagationPolicy": "Background"}).ok()
    assert not maps.exists("a")
    eventually(lambda: gone(maps, "b", "c", "d"))


def test_background_is_what_happens_when_nothing_is_said(maps: Collection) -> None:
    family(maps)
    maps.delete("a").ok()
    eventually(lambda: gone(maps, "a", "b", "c", "d"))


def test_the_policy_may_be_in_the_query(maps: Collection) -> None:
    family(maps)
    maps.delete("a", propagationPolicy="Orphan").ok()
    eventually(lambda: gone(maps, "a"))
    assert maps.exists("b")


def test_in_the_foreground_the_owner_waits_for_those_who_block_it(maps: Collection) -> None:
    family(maps, block=True, hold=True)
    told = maps.delete("a", {"propagationPolicy": "Foreground"}).ok()
    assert told["metadata"]["deletionTimestamp"]
    assert told["metadata"]["finalizers"] == ["foregroundDeletion"]
    eventually(lambda: gone(maps, "c"))
    waiting = eventually(lambda: maps.read("b").ok()["metadata"].get("deletionTimestamp"))
    assert waiting
    assert maps.exists("a")
    maps.patch("b", {"metadata": {"finalizers": None}}).ok()
    eventually(lambda: gone(maps, "a", "b", "c", "d"))


def test_in_the_foreground_those_who_do_not_block_are_not_waited_for(maps: Collection) -> None:
    family(maps, block=False, hold=True)
    maps.delete("a", {"propagationPolicy": "Foreground"}).ok()
    eventually(lambda: gone(maps, "a"))
    maps.patch("b", {"metadata": {"finalizers": None}})
    eventually(lambda: gone(maps, "b", "c", "d"))


def test_orphans_stay_and_forget_their_owner(maps: Collection) -> None:
    family(maps)
    maps.delete("a", {"propagationPolicy": "Orphan"}).ok()
    eventually(lambda: gone(maps, "a"))
    for name in ("b", "c"):
        assert "ownerReferences" not in maps.read(name).ok()["metadata"]
    assert maps.read("d").ok()["metadata"]["ownerReferences"]


def test_the_older_way_to_ask_for_orphans_is_understood(maps: Collection) -> None:
    family(maps)
    maps.delete("a", {"orphanDependents": True}).ok()
    eventually(lambda: gone(maps, "a"))
    assert maps.exists("b")


def test_what_has_another_living_owner_stays_and_forgets_the_dead_one(maps: Collection) -> None:
    a = maps.create(config_map("a")).ok()
    b = maps.create(config_map("b")).ok()
    maps.create(config_map("both", ownerReferences=owned_by(a, b))).ok()
    maps.delete("a", {"propagationPolicy": "Background"}).ok()

    def owners() -> list[str]:
        references = maps.read("both").ok()["metadata"]["ownerReferences"]
        return [reference["name"] for reference in references]

    eventually(lambda: owners() == ["b"])
    maps.delete("b").ok()
    eventually(lambda: gone(maps, "both"))


def test_an_owner_is_known_by_its_identity_not_by_its_name(maps: Collection) -> None:
    old = maps.create(config_map("a")).ok()
    maps.create(config_map("b", ownerReferences=owned_by(old))).ok()
    maps.delete("a", {"propagationPolicy": "Orphan"}).ok()
    eventually(lambda: gone(maps, "a"))
    maps.create(config_map("a")).ok()
    maps.delete("a").ok()
    assert maps.exists("b")


def test_owner_and_dependent_may_be_of_different_kinds(space: Space) -> None:
    owner = space.of(DEPLOYMENTS).create(deployment("web")).ok()
    sets = space.of(REPLICA_SETS)
    item = workload("ReplicaSet", "mine", ownerReferences=owned_by(owner))
    sets.create(item).ok()
    space.of(DEPLOYMENTS).delete("web").ok()
    eventually(lambda: not sets.exists("mine"))


def test_an_owner_reference_is_complete(maps: Collection) -> None:
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "a"}
    found = maps.create(config_map("b", ownerReferences=[reference])).failed(422, "Invalid")
    (cause,) = found["details"]["causes"]  # releases differ in whether they say which one
    assert re.fullmatch(r"metadata\.ownerReferences(\[0\])?\.uid", cause["field"])


@pytest.mark.parametrize(
    "options",
    [
        {"propagationPolicy": "Sideways"},
        {"propagationPolicy": "Orphan", "orphanDependents": True},
    ],
)
def test_a_policy_that_makes_no_sense_is_invalid(maps: Collection, options: Object) -> None:
    maps.create(config_map("a")).ok()
    maps.delete("a", options).failed(422, "Invalid")
    assert maps.exists("a")


@pytest.mark.parametrize("length", [2, 3])
def test_owners_in_a_circle_do_not_wait_for_one_another(maps: Collection, length: int) -> None:
    names = [f"m{number}" for number in range(length)]
    made = [maps.create(config_map(name)).ok() for name in names]
    for name, owner in zip(names, [*made[1:], made[0]], strict=True):
        patch = {"metadata": {"ownerReferences": owned_by(owner, block=True)}}
        maps.patch(name, patch).ok()
    maps.delete(names[0], {"propagationPolicy": "Foreground"}).ok()
    eventually(lambda: not set(maps.names()) & set(names), within=60.0)
