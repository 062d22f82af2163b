"""What is ours in somebody else's cluster: where it goes, what is refused, when it is over."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.cluster.own_objects import (
    EXPIRES,
    KINDS,
    LIFE,
    MANAGED,
    RUN,
    US,
    OwnObjects,
    expired,
    kinds_of,
)
from loadstone.errors import UsageError


@pytest.fixture
def own() -> OwnObjects:
    return OwnObjects(run="abc", owner="1-2")


def item(kind: str, name: str = "a", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}, "data": {}}


@pytest.mark.parametrize("asked", [{}, {"namespace": "default"}])
def test_what_names_no_namespace_or_the_default_one_goes_into_ours(
    own: OwnObjects, asked: dict[str, str]
) -> None:
    given = item("ConfigMap", **asked)
    placed = own.placed(given, namespaced=True)
    assert placed["metadata"] == {"name": "a", "namespace": "loadstone-abc"}
    assert placed["data"] == {}
    assert given["metadata"].get("namespace", "default") == "default", "the original stays"


def test_another_namespace_is_refused_unless_the_scenario_made_it(own: OwnObjects) -> None:
    given = item("ConfigMap", namespace="shop")
    with pytest.raises(UsageError, match="shop"):
        own.placed(given, namespaced=True)
    own.placed(item("Namespace", "shop"), namespaced=False)
    assert own.placed(given, namespaced=True)["metadata"]["namespace"] == "shop"


def test_what_has_no_namespace_carries_our_labels_beside_its_own(own: OwnObjects) -> None:
    placed = own.placed(item("ClusterRole", labels={"app": "x"}), namespaced=False)
    assert placed["metadata"]["labels"] == {"app": "x", MANAGED: US, RUN: "abc"}


def test_a_namespace_is_over_some_time_after_its_last_sign_of_life(own: OwnObjects) -> None:
    labels = own.first(1000.0)["metadata"]["labels"]
    assert not expired(labels, 1000.0 + LIFE - 1)
    assert expired(labels, 1000.0 + LIFE + 1)


@pytest.mark.parametrize(
    "labels",
    [
        {},
        {EXPIRES: "1"},
        {EXPIRES: "1", RUN: "abc"},
        {EXPIRES: "1", RUN: "abc", MANAGED: "helm"},
        {EXPIRES: "soon", RUN: "abc", MANAGED: US},
        {RUN: "abc", MANAGED: US},
    ],
)
def test_what_is_not_surely_ours_and_over_is_never_swept(labels: dict[str, str]) -> None:
    assert not expired(labels, 1e12)


@pytest.mark.parametrize("said", ["", "nonsense", "7", '["https://elsewhere", 3]'])
def test_only_paths_of_the_api_are_believed(said: str) -> None:
    assert kinds_of({KINDS: said}) == []


def test_what_was_made_beside_the_namespace_is_noted_on_it(own: OwnObjects) -> None:
    own.kinds.add("/api/v1/nodes")
    assert kinds_of(own.first(0.0)["metadata"]["annotations"]) == ["/api/v1/nodes"]
