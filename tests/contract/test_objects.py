"""Create, read, update and delete one object."""

from __future__ import annotations

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import config_map, ingress, lease, pod
from tests.contract.resources import CONFIG_MAPS, INGRESSES, LEASES, PODS


def test_what_was_created_is_answered_and_read_back_alike(maps: Collection) -> None:
    answer = maps.create(config_map("a", {"x": "1"}, labels={"l": "v"}, annotations={"n": "ü"}))
    assert answer.status == 201
    made = answer.json()
    assert (made["kind"], made["apiVersion"], made["data"]) == ("ConfigMap", "v1", {"x": "1"})
    assert (made["metadata"]["labels"], made["metadata"]["annotations"]) == ({"l": "v"}, {"n": "ü"})
    assert made["metadata"]["namespace"] == maps.namespace
    assert maps.read("a").ok() == made


def test_a_body_may_leave_its_kind_and_version_to_the_path(maps: Collection) -> None:
    made = maps.create({"metadata": {"name": "a"}, "data": {"x": "1"}}).ok()
    assert (made["kind"], made["apiVersion"]) == ("ConfigMap", "v1")


def test_a_body_may_be_yaml(maps: Collection) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: '1'\n"
    answer = maps.api.request(
        "POST", maps.path(), body, headers={"Content-Type": "application/yaml"}
    )
    assert answer.ok()["data"] == {"x": "1"}


def test_names_are_of_one_namespace(space: Space, maps: Collection) -> None:
    maps.create(config_map("same")).ok()
    other = space.api.of(CONFIG_MAPS, "default")
    assert not other.exists("same")


def test_a_name_may_be_used_by_two_resources(space: Space, maps: Collection) -> None:
    maps.create(config_map("same")).ok()
    assert space.of(INGRESSES).create(ingress("same")).status == 201


def test_an_object_cannot_be_created_in_another_namespace_than_the_paths(maps: Collection) -> None:
    found = maps.create(config_map("a", namespace="default")).failed(400, "BadRequest")
    assert "namespace" in found["message"]


def test_an_update_replaces_the_whole_object(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1", "y": "2"}, labels={"l": "v"})).ok()
    changed = {**made, "data": {"x": "3"}, "metadata": {**made["metadata"], "labels": {}}}
    answer = maps.replace(changed)
    assert answer.status == 200
    assert answer.json()["data"] == {"x": "3"}
    assert "labels" not in answer.json()["metadata"]
    assert maps.read("a").ok() == answer.json()


def test_an_update_without_a_resource_version_takes_what_is_there(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    after = maps.replace(config_map("a", {"x": "2"})).ok()
    assert after["data"] == {"x": "2"}
    assert after["metadata"]["uid"] == made["metadata"]["uid"]


def test_a_lease_cannot_be_updated_without_a_resource_version(space: Space) -> None:
    leases = space.of(LEASES)
    leases.create(lease("a")).ok()
    leases.replace(lease("a")).invalid("metadata.resourceVersion")


def test_an_update_of_an_older_version_is_a_conflict(maps: Collection) -> None:
    first = maps.create(config_map("a", {"x": "1"})).ok()
    maps.replace({**first, "data": {"x": "2"}}).ok()
    found = maps.replace({**first, "data": {"x": "3"}}).failed(409, "Conflict")
    assert "the object has been modified" in found["message"]
    assert maps.read("a").ok()["data"] == {"x": "2"}


def test_an_update_that_changes_nothing_makes_no_new_version(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    assert maps.replace(made).ok() == made


def test_an_update_of_what_does_not_exist_is_not_found(maps: Collection) -> None:
    maps.replace(config_map("nobody")).failed(404, "NotFound")


def test_the_name_in_the_path_and_in_the_body_must_agree(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    answer = maps.api.request("PUT", maps.path("a"), config_map("b"))
    answer.failed(400, "BadRequest")


def test_deleting_says_what_was_deleted(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    told = maps.delete("a").ok()
    assert (told["kind"], told["status"]) == ("Status", "Success")
    assert told["details"]["name"] == "a"
    assert told["details"]["uid"] == made["metadata"]["uid"]
    maps.read("a").failed(404, "NotFound")


def test_deleting_what_does_not_exist_is_not_found(maps: Collection) -> None:
    maps.delete("nobody").failed(404, "NotFound")


def test_a_pod_without_a_node_is_gone_at_once(space: Space) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    pods.delete("a", {"gracePeriodSeconds": 0}).ok()
    pods.read("a").failed(404, "NotFound")


def test_a_delete_keeps_to_its_preconditions(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    for condition in ({"uid": "another"}, {"resourceVersion": "1"}):
        maps.delete("a", {"preconditions": condition}).failed(409, "Conflict")
    right = {key: made["metadata"][key] for key in ("uid", "resourceVersion")}
    maps.delete("a", {"preconditions": right}).ok()
    assert not maps.exists("a")


def test_a_binary_value_is_kept(maps: Collection) -> None:
    made = maps.create({**config_map("a"), "binaryData": {"b": "AAEC/w=="}}).ok()
    assert made["binaryData"] == {"b": "AAEC/w=="}


def test_metadata_alone_can_be_asked_for(maps: Collection) -> None:
    made = maps.create(config_map("a", labels={"l": "v"})).ok()
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    found = maps.api.get(maps.path("a"), accept=accept).ok()
    assert found["kind"] == "PartialObjectMetadata"
    assert found["metadata"] == made["metadata"]
    assert "data" not in found


def test_a_table_for_people_can_be_asked_for(maps: Collection, api: Api) -> None:
    maps.create(config_map("a", {"x": "1", "y": "2"})).ok()
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    table = api.get(maps.path("a"), accept=accept).ok()
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    columns = [column["name"] for column in table["columnDefinitions"]]
    (row,) = table["rows"]
    assert columns[0] == "Name"
    assert row["cells"][0] == "a"
    assert len(row["cells"]) == len(columns)
    assert row["object"]["kind"] == "PartialObjectMetadata"
    assert row["object"]["metadata"]["name"] == "a"


def test_a_client_that_would_like_protobuf_gets_something_it_can_read(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    accept = "application/vnd.kubernetes.protobuf,application/json"
    answer = maps.api.get(maps.path("a"), accept=accept)
    assert answer.status == 200
    if answer.headers["Content-Type"].startswith("application/json"):
        assert answer.json()["metadata"]["name"] == "a"
    else:
        assert answer.body.startswith(b"k8s\x00")
