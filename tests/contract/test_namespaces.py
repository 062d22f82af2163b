"""Namespaces: where they come from, what they hold, and how they go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.client import Api
from tests.contract.objects import config_map, ingress, namespace
from tests.contract.resources import CONFIG_MAPS, INGRESSES, NAMESPACES
from tests.contract.waiting import eventually


@pytest.fixture
def name(api: Api, unique: str) -> Iterator[str]:
    """A namespace of the test's own, to delete as it likes."""
    api.of(NAMESPACES).create(namespace(unique)).ok()
    yield unique
    api.of(NAMESPACES).delete(unique)


def test_the_usual_namespaces_are_there(api: Api) -> None:
    usual = {"default", "kube-system", "kube-public", "kube-node-lease"}
    assert set(api.of(NAMESPACES).names()) >= usual


def test_a_new_namespace_is_active_and_labelled_with_its_name(api: Api, name: str) -> None:
    made = api.of(NAMESPACES).read(name).ok()
    assert made["status"]["phase"] == "Active"
    assert made["spec"]["finalizers"] == ["kubernetes"]
    assert made["metadata"]["labels"]["kubernetes.io/metadata.name"] == name


def test_namespaces_can_be_selected_by_name_label(api: Api, name: str) -> None:
    found = api.of(NAMESPACES).names(labelSelector=f"kubernetes.io/metadata.name={name}")
    assert found == [name]


def test_nothing_is_created_in_a_namespace_that_does_not_exist(api: Api, unique: str) -> None:
    found = api.of(CONFIG_MAPS, unique).create(config_map("a")).failed(404, "NotFound")
    assert found["message"] == f'namespaces "{unique}" not found'


def test_a_namespace_goes_with_all_it_holds(api: Api, name: str) -> None:
    maps, ingresses = api.of(CONFIG_MAPS, name), api.of(INGRESSES, name)
    maps.create(config_map("a")).ok()
    ingresses.create(ingress("b")).ok()
    api.of(NAMESPACES).delete(name).ok()
    eventually(lambda: not api.of(NAMESPACES).exists(name))
    assert not maps.exists("a")
    assert not ingresses.exists("b")


def test_the_end_of_a_namespace_is_watched_object_by_object(api: Api, name: str) -> None:
    ingresses = api.of(INGRESSES, name)
    for each in ("a", "b"):
        ingresses.create(ingress(each)).ok()
    version = ingresses.list().ok()["metadata"]["resourceVersion"]
    with ingresses.watch(resourceVersion=version) as watch:
        api.of(NAMESPACES).delete(name).ok()
        assert sorted(watch.take(2)) == [("DELETED", "a"), ("DELETED", "b")]


def test_a_namespace_waits_for_what_is_held_and_takes_nothing_new(api: Api, name: str) -> None:
    maps = api.of(CONFIG_MAPS, name)
    maps.create(config_map("held", finalizers=["example.com/hold"])).ok()
    api.of(NAMESPACES).delete(name).ok()
    terminating = api.of(NAMESPACES).read(name).ok()
    assert terminating["status"]["phase"] == "Terminating"
    assert terminating["metadata"]["deletionTimestamp"]
    found = maps.create(config_map("late")).failed(403, "Forbidden")
    assert "because it is being terminated" in found["message"]
    assert found["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    eventually(lambda: maps.read("held").ok()["metadata"].get("deletionTimestamp"))
    maps.patch("held", {"metadata": {"finalizers": None}}).ok()
    eventually(lambda: not api.of(NAMESPACES).exists(name))


def test_a_namespace_can_be_made_again(api: Api, name: str) -> None:
    api.of(CONFIG_MAPS, name).create(config_map("a")).ok()
    api.of(NAMESPACES).delete(name).ok()
    eventually(lambda: not api.of(NAMESPACES).exists(name))
    api.of(NAMESPACES).create(namespace(name)).ok()
    assert "a" not in api.of(CONFIG_MAPS, name).names()


@pytest.mark.parametrize("system", ["default", "kube-system", "kube-public"])
def test_a_namespace_of_the_system_may_not_be_deleted(api: Api, system: str) -> None:
    api.of(NAMESPACES).delete(system).failed(403, "Forbidden")
    assert api.of(NAMESPACES).exists(system)


def test_the_name_of_a_namespace_is_a_dns_label(api: Api) -> None:
    api.of(NAMESPACES).create(namespace("with.dots")).invalid("metadata.name")
