"""Answers in protobuf say what answers in JSON say, of every kind and in every form."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from loadstone.apiserver.types import messages
from loadstone.apiserver.wire import protobuf_decoder
from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, pod
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, PODS, Resource
from tests.contract.test_kinds import NAMESPACED
from tests.contract.waiting import eventually

MEDIA = "application/vnd.kubernetes.protobuf"


def plain(found: Any) -> Any:
    """Without nulls and empty values, which protobuf does not tell from absent ones."""
    if isinstance(found, dict):
        inner = {key: plain(value) for key, value in found.items()}
        return {key: value for key, value in inner.items() if value not in (None, "", {}, [])}
    return [plain(item) for item in found] if isinstance(found, list) else found


def unmoved(items: Collection) -> list[Any]:
    """An object in JSON, in protobuf and in a list, if no controller wrote it in between."""
    said = items.read("same").ok()
    answer = items.api.get(items.path("same"), accept=MEDIA)
    listed = items.api.get(items.path(), accept=MEDIA)
    after = items.read("same").ok()["metadata"]["resourceVersion"]
    return [said, answer, listed] if said["metadata"]["resourceVersion"] == after else []


@pytest.mark.parametrize(
    ("root", "plural", "kind", "rest"), NAMESPACED, ids=[f"{row[0]}-{row[2]}" for row in NAMESPACED]
)
def test_one_object_and_a_list_say_the_same(
    space: Space, root: str, plural: str, kind: str, rest: Object
) -> None:
    items = space.of(Resource(root, plural, kind))
    items.create({"metadata": {"name": "same"}, **rest}).ok()
    said, answer, in_list = eventually(lambda: unmoved(items))
    assert answer.headers["Content-Type"] == MEDIA
    assert plain(protobuf_decoder.decode(answer.body)) == plain(said)
    listed = protobuf_decoder.decode(in_list.body)
    assert listed["kind"] == f"{kind}List"
    held = [item for item in listed["items"] if item["metadata"]["name"] == "same"]
    assert plain(held) == [
        plain({k: v for k, v in said.items() if k not in ("kind", "apiVersion")})
    ]


def test_a_watch_is_framed_by_lengths(space: Space) -> None:
    maps = space.of(CONFIG_MAPS)
    maps.create(config_map("a", {"x": "1"})).ok()
    query = {"watch": "true", "timeoutSeconds": 1, "resourceVersion": "0"}
    answer = maps.api.get(maps.path(), accept=MEDIA, fieldSelector="metadata.name=a", **query)
    assert answer.headers["Content-Type"] == f"{MEDIA};stream=watch"
    (length,) = struct.unpack(">I", answer.body[:4])
    event = protobuf_decoder._message(
        answer.body[4 : 4 + length], messages.type_of("v1", "WatchEvent")
    )
    assert event["type"] == "ADDED"
    assert event["object"]["data"] == {"x": "1"}


def test_failures_are_in_protobuf_too(space: Space) -> None:
    maps = space.of(CONFIG_MAPS)
    answer = maps.api.get(maps.path("absent"), accept=MEDIA)
    found = protobuf_decoder.decode(answer.body)
    assert (answer.status, found["kind"], found["reason"]) == (404, "Status", "NotFound")
    assert found["details"]["name"] == "absent"


JSON = "application/json"


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        (MEDIA, MEDIA),
        (f"{MEDIA},{JSON}", MEDIA),
        (f"{JSON},{MEDIA}", JSON),
        (f"{MEDIA}, */*", MEDIA),
        (f"*/*, {MEDIA}", MEDIA),
        (f"{MEDIA};q=0.5,{JSON}", JSON),
        (f"text/html,{JSON};q=0.9,*/*;q=0.8", JSON),
        ("application/*", JSON),
    ],
)
def test_the_form_that_is_liked_best_is_taken(space: Space, accept: str, taken: str) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("a")).ok()
    answer = deployments.api.get(deployments.path("a"), accept=accept)
    assert answer.headers["Content-Type"] == taken


def test_metadata_alone_is_in_protobuf_for_metadata_clients(space: Space) -> None:
    space.of(PODS).create(pod("a")).ok()
    pods = space.of(PODS)
    one = f"{MEDIA};as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    found = protobuf_decoder.decode(pods.api.get(pods.path("a"), accept=one).body)
    assert (found["kind"], found["metadata"]["name"]) == ("PartialObjectMetadata", "a")
    many = f"{MEDIA};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    listed = protobuf_decoder.decode(pods.api.get(pods.path(), accept=many).body)
    assert [item["metadata"]["name"] for item in listed["items"]] == ["a"]


def test_a_scale_and_a_review_are_in_protobuf(api: Api, space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("a", replicas=0)).ok()
    scale = protobuf_decoder.decode(api.get(deployments.path("a", "scale"), accept=MEDIA).body)
    assert (scale["kind"], scale["metadata"]["name"]) == ("Scale", "a")
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = api.request("POST", path, {}, headers={"Accept": MEDIA})
    assert protobuf_decoder.decode(answer.body)["status"]["userInfo"]["username"]
