"""Deleting many objects at once."""

from __future__ import annotations

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import ingress
from tests.contract.resources import INGRESSES


@pytest.fixture
def three(space: Space) -> Collection:
    ingresses = space.of(INGRESSES)
    for name, colour in (("a", "red"), ("b", "red"), ("c", "blue")):
        ingresses.create(ingress(name, labels={"colour": colour})).ok()
    return ingresses


def test_everything_in_the_namespace_goes(three: Collection) -> None:
    other = three.api.of(INGRESSES, "default")
    kept = f"kept-{three.namespace}"
    other.create(ingress(kept)).ok()
    three.delete_all().ok()
    assert three.names() == []
    assert other.exists(kept)
    other.delete(kept).ok()


def test_a_label_selector_says_which(three: Collection) -> None:
    three.delete_all(labelSelector="colour=red").ok()
    assert three.names() == ["c"]


def test_a_field_selector_says_which(three: Collection) -> None:
    three.delete_all(fieldSelector="metadata.name=b").ok()
    assert three.names() == ["a", "c"]


def test_what_went_is_answered(three: Collection) -> None:
    told = three.delete_all(labelSelector="colour=red").ok()
    assert told["kind"] == "IngressList"
    assert sorted(item["metadata"]["name"] for item in told["items"]) == ["a", "b"]


def test_each_deletion_is_watched(three: Collection) -> None:
    version = three.list().ok()["metadata"]["resourceVersion"]
    with three.watch(resourceVersion=version) as watch:
        three.delete_all().ok()
        assert sorted(watch.take(3)) == [("DELETED", "a"), ("DELETED", "b"), ("DELETED", "c")]


def test_what_is_held_stays_until_it_is_released(three: Collection) -> None:
    three.patch("a", {"metadata": {"finalizers": ["example.com/hold"]}}).ok()
    three.delete_all().ok()
    assert three.names() == ["a"]
    assert three.read("a").ok()["metadata"]["deletionTimestamp"]
    three.patch("a", {"metadata": {"finalizers": None}}).ok()


def test_nothing_goes_when_nothing_matches(three: Collection) -> None:
    three.delete_all(labelSelector="colour=green").ok()
    assert three.names() == ["a", "b", "c"]


def test_a_selector_that_makes_no_sense_deletes_nothing(three: Collection) -> None:
    three.delete_all(labelSelector="colour in red").failed(400, "BadRequest")
    three.delete_all(fieldSelector="spec.nothing=x").failed(400, "BadRequest")
    assert three.names() == ["a", "b", "c"]


def test_a_dry_run_deletes_nothing(three: Collection) -> None:
    three.delete_all(dryRun="All").ok()
    assert three.names() == ["a", "b", "c"]
