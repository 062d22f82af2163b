"""The three patches that are not server-side apply."""

from __future__ import annotations

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, ingress, service
from tests.contract.resources import DEPLOYMENTS, INGRESSES, SERVICES
from tests.contract.waiting import eventually


@pytest.fixture
def deployments(space: Space) -> Collection:
    found = space.of(DEPLOYMENTS)
    item = deployment("web")
    container = item["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    container["args"] = ["one", "two"]
    found.create(item).ok()
    return found


def containers(item: Object) -> dict[str, Object]:
    found = item["spec"]["template"]["spec"]["containers"]
    return {container["name"]: container for container in found}


def template(**spec: object) -> Object:
    return {"spec": {"template": {"spec": spec}}}


# --- merge ----------------------------------------------------------------------------------------


def test_a_merge_patch_sets_and_keeps(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1", "y": "2"})).ok()
    answer = maps.patch("a", {"data": {"x": "3"}})
    assert answer.status == 200
    assert answer.json()["data"] == {"x": "3", "y": "2"}
    assert maps.read("a").ok() == answer.json()


@pytest.mark.parametrize("change", [{"kind": "Secret"}, {"apiVersion": "v2"}, {"kind": "Other"}])
def test_a_merge_patch_does_not_make_another_kind_of_an_object(
    maps: Collection, change: Object
) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    found = maps.patch("a", {**change, "data": {"x": "2"}}).failed(422, "Invalid")
    assert [cause["field"] for cause in found["details"]["causes"]] == ["patch"]
    assert maps.read("a").ok() == made


def test_a_merge_patch_may_take_away_a_kind_that_the_url_says(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    assert maps.patch("a", {"kind": None, "data": {"x": "2"}}).ok()["data"] == {"x": "2"}


def test_a_merge_patch_does_not_take_away_the_version(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    found = maps.patch("a", {"apiVersion": None}).failed(400, "BadRequest")
    assert found["message"] == (
        "the name of the object (a based on URL) was undeterminable: name must be provided"
    )


def test_a_merge_patch_may_say_the_kind_that_an_object_has(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    patch = {"kind": "ConfigMap", "apiVersion": "v1", "data": {"x": "2"}}
    assert maps.patch("a", patch).ok()["data"] == {"x": "2"}


def test_a_json_patch_sees_the_kind_and_does_not_change_it(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"})).ok()
    test = {"op": "test", "path": "/kind", "value": "ConfigMap"}
    change = {"op": "replace", "path": "/kind", "value": "Secret"}
    assert maps.patch("a", [test], "json").ok()["kind"] == "ConfigMap"
    maps.patch("a", [test, change], "json").failed(422, "Invalid")


def test_a_merge_patch_removes_what_is_null(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1", "y": "2"}, labels={"l": "v"})).ok()
    after = maps.patch("a", {"data": {"x": None}, "metadata": {"labels": None}}).ok()
    assert after["data"] == {"y": "2"}
    assert "labels" not in after["metadata"]


def test_a_merge_patch_replaces_a_list(deployments: Collection) -> None:
    patch = template(containers=[{"name": "other", "image": "registry.example/other:1"}])
    assert list(containers(deployments.patch("web", patch).ok())) == ["other"]


def test_a_merge_patch_of_nothing_makes_no_new_version(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    assert maps.patch("a", {"data": {"x": "1"}}).ok() == made
    assert maps.patch("a", {}).ok() == made


def test_a_merge_patch_with_an_older_resource_version_is_a_conflict(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    maps.patch("a", {"data": {"x": "1"}}).ok()
    version = made["metadata"]["resourceVersion"]
    stale = {"metadata": {"resourceVersion": version}, "data": {"x": "2"}}
    maps.patch("a", stale).failed(409, "Conflict")


# --- JSON -----------------------------------------------------------------------------------------


def test_a_json_patch_adds_replaces_moves_copies_and_removes(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1", "y": "2", "z": "3"})).ok()
    patch = [
        {"op": "test", "path": "/data/x", "value": "1"},
        {"op": "add", "path": "/data/new", "value": "n"},
        {"op": "replace", "path": "/data/x", "value": "9"},
        {"op": "move", "from": "/data/y", "path": "/data/moved"},
        {"op": "copy", "from": "/data/x", "path": "/data/copied"},
        {"op": "remove", "path": "/data/z"},
    ]
    after = maps.patch("a", patch, "json").ok()["data"]
    assert after == {"x": "9", "new": "n", "moved": "2", "copied": "9"}


def test_a_json_patch_reads_escaped_pointers(maps: Collection) -> None:
    maps.create(config_map("a", annotations={"example.com/x": "1"})).ok()
    patch = [{"op": "replace", "path": "/metadata/annotations/example.com~1x", "value": "2"}]
    after = maps.patch("a", patch, "json").ok()
    assert after["metadata"]["annotations"] == {"example.com/x": "2"}


def test_a_json_patch_inserts_into_and_appends_to_lists(deployments: Collection) -> None:
    args = "/spec/template/spec/containers/0/args"
    patch = [
        {"op": "add", "path": f"{args}/0", "value": "zero"},
        {"op": "add", "path": f"{args}/-", "value": "three"},
    ]
    after = deployments.patch("web", patch, "json").ok()
    assert containers(after)["main"]["args"] == ["zero", "one", "two", "three"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/x", "value": "not this"},
        {"op": "remove", "path": "/data/missing"},
        {"op": "replace", "path": "/no/such/parent", "value": "1"},
    ],
    ids=["a failed test", "a missing key", "a missing parent"],
)
def test_a_json_patch_that_does_not_apply_changes_nothing(
    maps: Collection, operation: Object
) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    first = {"op": "add", "path": "/data/half", "value": "done"}
    maps.patch("a", [first, operation], "json").failed(422, "Invalid")
    assert maps.read("a").ok() == made


def test_a_json_patch_that_is_no_list_is_a_bad_request(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    maps.patch("a", {"op": "add"}, "json").failed(400, "BadRequest")


# --- strategic merge ------------------------------------------------------------------------------


def test_a_strategic_patch_merges_containers_by_name(deployments: Collection) -> None:
    side = {"name": "side", "image": "registry.example/side:1"}
    main = {"name": "main", "image": "registry.example/main:2"}
    after = containers(
        deployments.patch("web", template(containers=[side, main]), "strategic").ok()
    )
    assert set(after) == {"main", "side"}
    assert after["main"]["image"] == "registry.example/main:2"
    assert after["main"]["args"] == ["one", "two"]


def test_a_strategic_patch_merges_env_by_name_and_replaces_args(deployments: Collection) -> None:
    env = [{"name": "B", "value": "3"}, {"name": "C", "value": "4"}]
    patch = template(containers=[{"name": "main", "env": env, "args": ["new"]}])
    main = containers(deployments.patch("web", patch, "strategic").ok())["main"]
    assert {each["name"]: each["value"] for each in main["env"]} == {"A": "1", "B": "3", "C": "4"}
    assert main["args"] == ["new"]


def test_a_strategic_patch_deletes_an_item_by_its_key(deployments: Collection) -> None:
    gone = {"name": "A", "$patch": "delete"}
    patch = template(containers=[{"name": "main", "env": [gone]}])
    main = containers(deployments.patch("web", patch, "strategic").ok())["main"]
    assert main["env"] == [{"name": "B", "value": "2"}]


def test_a_strategic_patch_can_replace_a_merged_list(deployments: Collection) -> None:
    env = [{"$patch": "replace"}, {"name": "Z", "value": "9"}]
    patch = template(containers=[{"name": "main", "env": env}])
    main = containers(deployments.patch("web", patch, "strategic").ok())["main"]
    assert main["env"] == [{"name": "Z", "value": "9"}]


def test_a_strategic_patch_can_replace_a_map(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1", "y": "2"})).ok()
    after = maps.patch("a", {"data": {"$patch": "replace", "z": "3"}}, "strategic").ok()
    assert after["data"] == {"z": "3"}


def test_a_strategic_patch_orders_a_merged_list(deployments: Collection) -> None:
    order = [{"name": "first"}, {"name": "main"}]
    patch = template(
        **{
            "$setElementOrder/containers": order,
            "containers": [{"name": "first", "image": "registry.example/first:1"}],
        }
    )
    after = deployments.patch("web", patch, "strategic").ok()
    assert list(containers(after)) == ["first", "main"]


def test_a_strategic_patch_keeps_only_the_keys_it_was_told_to_retain(
    deployments: Collection,
) -> None:
    first = template(volumes=[{"name": "v", "emptyDir": {}}])
    deployments.patch("web", first, "strategic").ok()
    volume = {"name": "v", "$retainKeys": ["name", "configMap"], "configMap": {"name": "c"}}
    after = deployments.patch("web", template(volumes=[volume]), "strategic").ok()
    (found,) = after["spec"]["template"]["spec"]["volumes"]
    assert "emptyDir" not in found
    assert found["configMap"]["name"] == "c"


def test_a_strategic_patch_adds_to_and_takes_from_a_list_of_values(maps: Collection) -> None:
    maps.create(config_map("a", finalizers=["example.com/x"])).ok()
    more = {"metadata": {"finalizers": ["example.com/y"]}}
    after = maps.patch("a", more, "strategic").ok()
    assert set(after["metadata"]["finalizers"]) == {"example.com/x", "example.com/y"}
    less = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/x"]}}
    after = maps.patch("a", less, "strategic").ok()
    assert after["metadata"]["finalizers"] == ["example.com/y"]
    maps.patch("a", {"metadata": {"finalizers": None}}).ok()


def test_a_strategic_patch_merges_service_ports_by_port(space: Space) -> None:
    services = space.of(SERVICES)
    services.create(service("web")).ok()
    ports = [{"port": 80, "targetPort": 9090}, {"name": "other", "port": 81, "protocol": "TCP"}]
    after = services.patch("web", {"spec": {"ports": ports}}, "strategic").ok()
    found = {each["port"]: each for each in after["spec"]["ports"]}
    assert (found[80]["name"], found[80]["targetPort"]) == ("http", 9090)
    assert found[81]["name"] == "other"


def test_a_strategic_patch_replaces_an_atomic_list(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.create(ingress("web", "a.example")).ok()
    rules = ingress("web", "b.example")["spec"]["rules"]
    after = ingresses.patch("web", {"spec": {"rules": rules}}, "strategic").ok()
    assert [rule["host"] for rule in after["spec"]["rules"]] == ["b.example"]


def test_a_strategic_patch_removes_what_is_null(deployments: Collection) -> None:
    patch = template(containers=[{"name": "main", "env": None}])
    main = containers(deployments.patch("web", patch, "strategic").ok())["main"]
    assert "env" not in main


def test_a_strategic_patch_without_the_merge_key_is_refused(deployments: Collection) -> None:
    patch = template(containers=[{"image": "registry.example/nameless:1"}])

    def nothing_changed() -> bool:
        made = deployments.read("web").ok()
        answer = deployments.patch("web", patch, "strategic")
        assert answer.status >= 400, answer
        assert answer.json()["kind"] == "Status"
        after = deployments.read("web").ok()
        assert after["spec"] == made["spec"]
        return bool(after == made)

    eventually(nothing_changed)  # a controller, where there is one, writes the status meanwhile


# --- any patch ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "patch"),
    [("merge", {}), ("json", []), ("strategic", {})],
)
def test_a_patch_of_what_does_not_exist_is_not_found(
    maps: Collection, kind: str, patch: object
) -> None:
    maps.patch("nobody", patch, kind).failed(404, "NotFound")


@pytest.mark.parametrize("kind", ["merge", "json", "strategic"])
def test_a_patch_that_is_no_json_is_a_bad_request(maps: Collection, kind: str) -> None:
    maps.create(config_map("a")).ok()
    maps.patch("a", b"{this is not", kind).failed(400, "BadRequest")


@pytest.mark.parametrize("kind", ["merge", "strategic"])
def test_a_patch_cannot_rename(maps: Collection, kind: str) -> None:
    maps.create(config_map("a")).ok()
    answer = maps.patch("a", {"metadata": {"name": "b"}}, kind)
    assert answer.status in (400, 422)
    assert answer.json()["kind"] == "Status"
    assert list(maps.names(fieldSelector="metadata.name=b")) == []


@pytest.mark.parametrize("type_", ["application/json", "text/plain", "application/x-other"])
def test_an_unknown_type_of_patch_is_unsupported(maps: Collection, type_: str) -> None:
    maps.create(config_map("a")).ok()
    answer = maps.api.request("PATCH", maps.path("a"), {}, headers={"Content-Type": type_})
    answer.failed(415, "UnsupportedMediaType")
