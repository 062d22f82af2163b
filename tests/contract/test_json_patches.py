"""JSON patches that test before they change, as kopf and kubectl send them, and how they fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.client import Collection
from tests.contract.objects import config_map

REFUSED = "the server rejected our request due to an error in our request"


@pytest.fixture
def made(maps: Collection) -> dict[str, Any]:
    found: dict[str, Any] = maps.create(config_map("a", {"x": "1"})).ok()
    return found


def test_a_patch_may_test_the_version_that_it_is_based_on(
    maps: Collection, made: dict[str, Any]
) -> None:
    version = made["metadata"]["resourceVersion"]
    patch = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": version},
        {"op": "replace", "path": "/data/x", "value": "2"},
    ]
    assert maps.patch("a", patch, "json").ok()["data"] == {"x": "2"}
    found = maps.patch("a", patch, "json").failed(422, "Invalid")  # it has another one by now
    assert found["message"] == REFUSED
    assert maps.read("a").ok()["data"] == {"x": "2"}


def test_a_patch_to_another_version_is_a_conflict(maps: Collection, made: dict[str, Any]) -> None:
    patch = [{"op": "replace", "path": "/metadata/resourceVersion", "value": "1"}]
    maps.patch("a", patch, "json").failed(409, "Conflict")
    version = made["metadata"]["resourceVersion"]
    patch = [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        {"op": "add", "path": "/data/y", "value": "2"},
    ]
    assert maps.patch("a", patch, "json").ok()["data"] == {"x": "1", "y": "2"}


@pytest.mark.parametrize("field", ["uid", "name", "creationTimestamp", "namespace"])
def test_a_patch_may_test_any_of_the_metadata(
    maps: Collection, made: dict[str, Any], field: str
) -> None:
    step = {"op": "test", "path": f"/metadata/{field}", "value": made["metadata"][field]}
    assert maps.patch("a", [step], "json").ok() == made


def test_nothing_is_as_good_as_null_to_a_test(maps: Collection, made: dict[str, Any]) -> None:
    patch = [{"op": "test", "path": "/data/absent", "value": None}]
    assert maps.patch("a", patch, "json").ok() == made


def test_an_operation_without_a_value_has_null(maps: Collection, made: dict[str, Any]) -> None:
    del made
    patch = [{"op": "add", "path": "/metadata/labels"}, {"op": "replace", "path": "/data/x"}]
    assert maps.patch("a", patch, "json").ok()["data"] == {"x": ""}


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ({"op": "replace", "path": "/data/y", "value": "2"}, {"x": "1", "y": "2"}),
        ({"op": "copy", "from": "/data/absent", "path": "/data/y"}, {"x": "1", "y": ""}),
        ({"op": "copy", "from": "/data/x", "path": "/data/y"}, {"x": "1", "y": "1"}),
        ({"op": "move", "from": "/data/x", "path": "/data/y"}, {"y": "1"}),
    ],
)
def test_what_an_object_does_not_have_can_be_replaced_and_copied(
    maps: Collection, made: dict[str, Any], step: dict[str, Any], data: dict[str, str]
) -> None:
    del made
    assert maps.patch("a", [step], "json").ok()["data"] == data


@pytest.mark.parametrize(
    "step",
    [
        {"op": "test", "path": "/data/x", "value": "2"},
        {"op": "test", "path": "/data/absent", "value": "2"},
        {"op": "remove", "path": "/data/absent"},
        {"op": "replace", "path": "/absent/x", "value": "1"},
        {"op": "move", "from": "/data/absent", "path": "/data/x"},
        {"op": "copy", "from": "/absent/x", "path": "/data/x"},
        {"op": "add", "path": "data", "value": "1"},
        {"op": "add", "path": "/data/x/y/z", "value": "1"},
        {"op": "frob", "path": "/data/x"},
        {"path": "/data/x", "value": "1"},
        {"op": "add", "value": "1"},
    ],
)
def test_what_cannot_be_done_is_refused_in_the_real_servers_words(
    maps: Collection, made: dict[str, Any], step: dict[str, Any]
) -> None:
    found = maps.patch("a", [step], "json").failed(422, "Invalid")
    assert found["message"] == REFUSED
    assert maps.read("a").ok() == made


@pytest.mark.parametrize("patch", [{"op": "test"}, 7, "text"])
def test_what_is_no_list_of_operations_is_a_bad_request(
    maps: Collection, made: dict[str, Any], patch: object
) -> None:
    del made
    found = maps.patch("a", patch, "json").failed(400, "BadRequest")
    assert found["message"].startswith("error decoding patch: json: cannot unmarshal ")
    assert found["message"].endswith(" into Go value of type []handlers.jsonPatchOp")


@pytest.mark.parametrize("kind", ["json", "merge"])
def test_a_patch_to_a_value_of_the_wrong_type_is_invalid(
    maps: Collection, made: dict[str, Any], kind: str
) -> None:
    patch: Any = {"data": "text"}
    if kind == "json":
        patch = [{"op": "replace", "path": "/data", "value": "text"}]
    found = maps.patch("a", patch, kind).failed(422, "Invalid")
    assert found["message"].endswith(
        ": json: cannot unmarshal string into Go struct field ConfigMap.data of type "
        "map[string]string"
    )
    assert maps.read("a").ok() == made
