"""Which lists a strategic merge patch merges, by what, and in which order their items are then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object, deployment, service
from tests.contract.resources import (
    DEPLOYMENTS,
    NODES,
    SERVICE_ACCOUNTS,
    SERVICES,
    Resource,
)

BUDGETS = Resource("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget")


def containers(*names: str, **more: Any) -> list[Object]:
    return [{"name": name, "image": IMAGE, **more} for name in names]


def template(**spec: Any) -> Object:
    return {"spec": {"template": {"spec": spec}}}


@pytest.fixture
def four(space: Space) -> Space:
    """A space with a Deployment of the containers a, b, c and d."""
    item = deployment("web")
    item["spec"]["template"]["spec"]["containers"] = containers(*"abcd")
    space.of(DEPLOYMENTS).create(item).ok()
    return space


def patched(space: Space, **spec: Any) -> list[str]:
    after = space.of(DEPLOYMENTS).patch("web", template(**spec), "strategic").ok()
    return [each["name"] for each in after["spec"]["template"]["spec"]["containers"]]


def test_new_items_come_first(four: Space) -> None:
    assert patched(four, containers=containers("x", "c")) == ["x", "a", "b", "c", "d"]


def test_an_order_leaves_what_only_the_server_has_in_its_place(four: Space) -> None:
    order = {"$setElementOrder/containers": [{"name": "d"}, {"name": "a"}]}
    change = containers("a", env=[{"name": "A", "value": "1"}])
    assert patched(four, containers=change, **order) == ["b", "c", "d", "a"]


def test_an_item_that_replaces_takes_all_others_away(four: Space) -> None:
    change = [{"$patch": "replace"}, *containers("x")]
    assert patched(four, containers=change) == ["x"]


def test_a_directive_that_is_none_is_an_error(four: Space) -> None:
    change = template(containers=[{"name": "a", "$patch": "nonsense"}])
    answer = four.of(DEPLOYMENTS).patch("web", change, "strategic")
    assert answer.status == 500
    assert "unknown patch type" in answer.json()["message"]


def test_an_item_without_its_key_is_an_error(four: Space) -> None:
    answer = four.of(DEPLOYMENTS).patch("web", template(containers=[{"image": "x"}]), "strategic")
    assert answer.status == 500
    assert "does not contain declared merge key: name" in answer.json()["message"]


def test_retained_keys_have_to_hold_what_the_patch_says(four: Space) -> None:
    change = {"spec": {"strategy": {"$retainKeys": ["type"], "rollingUpdate": {}}}}
    four.of(DEPLOYMENTS).patch("web", change, "strategic").failed(400, "BadRequest")


def test_two_new_ports_of_one_number_are_both_there(space: Space) -> None:
    space.of(SERVICES).create(service("web")).ok()
    ports = [{"name": p.lower(), "port": 9, "protocol": p} for p in ("TCP", "UDP")]
    change = {"spec": {"ports": [{"$patch": "replace"}, *ports]}}
    after = space.of(SERVICES).patch("web", change, "strategic").ok()
    assert [each["protocol"] for each in after["spec"]["ports"]] == ["TCP", "UDP"]


def test_pull_secrets_of_an_account_are_replaced(space: Space) -> None:
    accounts = space.of(SERVICE_ACCOUNTS)
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a"}}
    accounts.create({**account, "imagePullSecrets": [{"name": "one"}]}).ok()
    change = {"imagePullSecrets": [{"name": "two"}]}
    after = accounts.patch("a", change, "strategic").ok()
    assert after["imagePullSecrets"] == [{"name": "two"}]


def test_pull_secrets_of_pods_are_merged(four: Space) -> None:
    for name in ("one", "two"):
        change = template(imagePullSecrets=[{"name": name}])
        four.of(DEPLOYMENTS).patch("web", change, "strategic").ok()
    after = four.of(DEPLOYMENTS).read("web").ok()
    secrets = after["spec"]["template"]["spec"]["imagePullSecrets"]
    assert secrets == [{"name": "two"}, {"name": "one"}]


def test_tolerations_are_replaced(four: Space) -> None:
    for key in ("one", "two"):
        change = template(tolerations=[{"key": key, "operator": "Exists"}])
        four.of(DEPLOYMENTS).patch("web", change, "strategic").ok()
    after = four.of(DEPLOYMENTS).read("web").ok()
    found = after["spec"]["template"]["spec"]["tolerations"]
    assert [each["key"] for each in found] == ["two"]


def test_the_selector_of_a_budget_is_replaced(space: Space) -> None:
    budget = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "a"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"a": "1"}}},
    }
    space.of(BUDGETS).create(budget).ok()
    change = {"spec": {"selector": {"matchLabels": {"b": "2"}}}}
    after = space.of(BUDGETS).patch("a", change, "strategic").ok()
    assert after["spec"]["selector"] == {"matchLabels": {"b": "2"}}


def test_the_addresses_of_a_node_merge_by_their_type(space: Space, unique: str) -> None:
    nodes = space.api.of(NODES)
    nodes.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": unique}}).ok()
    for kind, address in (("InternalIP", "192.0.2.1"), ("Hostname", "a"), ("Hostname", "b")):
        change = {"status": {"addresses": [{"type": kind, "address": address}]}}
        nodes.patch(unique, change, "strategic", subresource="status").ok()
    after = nodes.read(unique).ok()
    addresses = {each["type"]: each["address"] for each in after["status"]["addresses"]}
    nodes.delete(unique).ok()
    assert addresses == {"InternalIP": "192.0.2.1", "Hostname": "b"}
