"""A dry run answers as the real thing would, and leaves no trace."""

from __future__ import annotations

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import config_map, ingress
from tests.contract.resources import INGRESSES

DRY = {"dryRun": "All"}


def test_nothing_is_created(maps: Collection) -> None:
    answer = maps.create(config_map("a", {"x": "1"}), **DRY)
    assert answer.status == 201
    assert answer.json()["data"] == {"x": "1"}
    assert answer.json()["metadata"]["uid"]
    assert not answer.json()["metadata"].get("resourceVersion")
    assert not maps.exists("a")


def test_nothing_is_updated(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    assert maps.replace({**made, "data": {"x": "2"}}, **DRY).ok()["data"] == {"x": "2"}
    assert maps.read("a").ok() == made


@pytest.mark.parametrize("kind", ["merge", "strategic", "apply"])
def test_nothing_is_patched(maps: Collection, kind: str) -> None:
    made = maps.create(config_map("a", {"x": "1"}), fieldManager="me").ok()
    patch = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"y": "2"}}
    after = maps.patch("a", patch, kind, fieldManager="other", **DRY).ok()
    assert after["data"] == {"x": "1", "y": "2"}
    assert maps.read("a").ok() == made


def test_nothing_is_applied_into_being(maps: Collection) -> None:
    assert maps.apply(config_map("a"), "me", **DRY).status == 201
    assert not maps.exists("a")


def test_nothing_is_deleted(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    maps.delete("a", **DRY).ok()
    maps.delete("a", {"dryRun": ["All"]}).ok()
    assert maps.read("a").ok() == made


def test_nothing_is_watched(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.create(ingress("a")).ok()
    version = ingresses.list().ok()["metadata"]["resourceVersion"]
    with ingresses.watch(resourceVersion=version) as watch:
        ingresses.create(ingress("b"), **DRY).ok()
        ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}, **DRY).ok()
        ingresses.delete("a", **DRY).ok()
        ingresses.create(ingress("marker")).ok()
        assert watch.take(1) == [("ADDED", "marker")]


def test_what_would_fail_fails(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    maps.create(config_map("a"), **DRY).failed(409, "AlreadyExists")
    maps.create(config_map("Upper"), **DRY).invalid("metadata.name")
    maps.delete("nobody", **DRY).failed(404, "NotFound")


def test_an_unknown_kind_of_dry_run_is_invalid(maps: Collection) -> None:
    maps.create(config_map("a"), dryRun="Some").invalid("dryRun")
    assert not maps.exists("a")
