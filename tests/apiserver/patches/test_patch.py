"""Merge patches by the examples of RFC 7386, and strategic ones by what kubectl sends."""

from __future__ import annotations

from typing import Any

import pytest

from loadstone.apiserver.machinery.resources import Registry
from loadstone.apiserver.patches import patch, strategic_merge
from loadstone.apiserver.types import kinds, type_shapes


@pytest.mark.parametrize(
    ("target", "change", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_examples_of_rfc_7386(target: Any, change: Any, result: Any) -> None:
    assert patch.merge(target, change) == result


SHAPES = {kind.kind: type_shapes.of(kind, kind.version) for kind in Registry(kinds.kinds())}


def pod(*containers: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"containers": list(containers)}}


def test_containers_merge_by_name() -> None:
    merged = strategic_merge.merge(
        pod({"name": "a", "image": "1"}, {"name": "b", "image": "1"}),
        pod({"name": "b", "image": "2"}, {"name": "c"}),
        SHAPES["Pod"],
    )
    expected = pod({"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"})
    assert merged == expected


def test_an_element_is_deleted_by_its_key() -> None:
    change = pod({"name": "a", "$patch": "delete"})
    assert strategic_merge.merge(pod({"name": "a"}, {"name": "b"}), change, SHAPES["Pod"]) == pod(
        {"name": "b"}
    )


def test_the_order_of_elements_can_be_set() -> None:
    change = {
        "spec": {
            "$setElementOrder/containers": [{"name": "c"}, {"name": "a"}],
            "containers": [{"name": "c"}],
        }
    }
    merged = strategic_merge.merge(pod({"name": "a"}, {"name": "b"}), change, SHAPES["Pod"])
    assert [item["name"] for item in merged["spec"]["containers"]] == ["c", "a", "b"]


def test_new_items_come_before_those_that_only_the_server_has() -> None:
    merged = strategic_merge.merge(
        pod({"name": "a"}, {"name": "b"}), pod({"name": "c"}, {"name": "b"}), SHAPES["Pod"]
    )
    assert [item["name"] for item in merged["spec"]["containers"]] == ["c", "a", "b"]


def test_values_leave_a_list_of_plain_values() -> None:
    merged = strategic_merge.merge(
        {"metadata": {"finalizers": ["a", "b"]}},
        {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}},
        SHAPES["Pod"],
    )
    assert merged == {"metadata": {"finalizers": ["c", "b"]}}


def test_only_the_retained_keys_stay() -> None:
    merged = strategic_merge.merge(
        {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}},
        {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
        SHAPES["Deployment"],
    )
    assert merged == {"spec": {"strategy": {"type": "Recreate"}}}


def test_a_list_without_a_key_is_replaced() -> None:
    merged = strategic_merge.merge(
        {"spec": {"rules": [1, 2]}}, {"spec": {"rules": [3]}}, SHAPES["Ingress"]
    )
    assert merged == {"spec": {"rules": [3]}}
