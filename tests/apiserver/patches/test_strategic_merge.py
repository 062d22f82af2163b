"""Strategic merge against the code of Kubernetes that does it, for every list of every kind."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.patches import strategic_merge
from loadstone.apiserver.types import kinds, type_shapes
from tests.apiserver import kubernetes
from tests.apiserver.kubernetes import Answer, Kubernetes
from tests.apiserver.patches import list_patches as patches

# Their Go types are in modules of their own; all others are in the one that clients share.
APART = {"CustomResourceDefinition", "APIService"}


@pytest.fixture(scope="module")
def real() -> Iterator[Kubernetes]:
    with kubernetes.running() as found:
        yield found


def asked() -> Iterator[tuple[Resource, Answer]]:
    for kind in kinds.kinds():
        if kind.kind in APART:
            continue
        for field in patches.lists(type_shapes.of(kind, kind.version)):
            for live, patch in patches.pairs(field):
                original = patches.around(field, live)
                change = patches.around(field, patch)
                yield (
                    kind,
                    kubernetes.request("strategic", kind, original=original, patch=change),
                )


def ours(kind: Resource, request: Answer) -> Answer:
    request = copy.deepcopy(request)
    try:
        shape = type_shapes.of(kind, kind.version)
        return {"object": strategic_merge.merge(request["original"], request["patch"], shape)}
    except ApiError as error:
        return {"error": error.message}


def agree(mine: Answer, real: Answer) -> bool:
    if "error" in real or "error" in mine:
        return "error" in real and "error" in mine
    return bool(mine["object"] == (real.get("object") or {}))


@pytest.mark.slow
def test_every_list_of_every_kind_merges_as_kubernetes_merges_it(real: Kubernetes) -> None:
    cases = list(asked())
    answers = real.ask_all(request for _, request in cases)
    differ = [
        {**request, "real": answer, "ours": mine}
        for (kind, request), answer in zip(cases, answers, strict=True)
        if not agree(mine := ours(kind, request), answer)
    ]
    assert differ[:3] == []


def test_all_kinds_but_two_are_known_to_the_program(real: Kubernetes) -> None:
    assert {kind.kind for kind in kinds.kinds() if not real.knows(kind)} == APART


def test_there_is_a_corpus() -> None:
    fields = [
        field
        for kind in kinds.kinds()
        for field in patches.lists(type_shapes.of(kind, kind.version))
    ]
    assert len(fields) > 1_800
    assert sum(1 for _ in asked()) > 30_000


def merged(kind: str, live: Answer, patch: Answer) -> Answer:
    shape = next(type_shapes.of(each, each.version) for each in kinds.kinds() if each.kind == kind)
    return strategic_merge.merge(live, patch, shape)


def test_pull_secrets_of_a_service_account_are_replaced() -> None:
    live = {"imagePullSecrets": [{"name": "a"}]}
    patch = {"imagePullSecrets": [{"name": "b"}]}
    assert merged("ServiceAccount", live, patch) == patch


def test_scheduling_gates_merge_by_name() -> None:
    live = {"spec": {"schedulingGates": [{"name": "a"}]}}
    patch = {"spec": {"schedulingGates": [{"name": "b"}]}}
    after = merged("Pod", live, patch)["spec"]["schedulingGates"]
    assert after == [{"name": "b"}, {"name": "a"}]


def test_two_new_ports_of_one_number_are_both_there() -> None:
    ports = [
        {"name": "udp", "port": 9, "protocol": "UDP"},
        {"name": "tcp", "port": 9, "protocol": "TCP"},
    ]
    assert merged("Service", {"spec": {}}, {"spec": {"ports": ports}}) == {"spec": {"ports": ports}}


def test_an_order_keeps_what_only_the_server_has_in_its_place() -> None:
    live = {"spec": {"containers": [{"name": name} for name in "abcd"]}}
    patch = {
        "spec": {
            "$setElementOrder/containers": [{"name": "d"}, {"name": "a"}],
            "containers": [{"name": "a", "image": "new"}],
        }
    }
    after = merged("Pod", live, patch)["spec"]["containers"]
    assert [item["name"] for item in after] == ["b", "c", "d", "a"]


def test_a_replacing_item_empties_the_list() -> None:
    live = {"spec": {"containers": [{"name": "a"}, {"name": "b"}]}}
    patch = {"spec": {"containers": [{"name": "a", "$patch": "replace"}]}}
    assert merged("Pod", live, patch) == {"spec": {"containers": []}}


def test_a_selector_that_the_kind_says_is_replaced_is_not_merged() -> None:
    live = {"spec": {"selector": {"matchLabels": {"a": "1"}}}}
    patch = {"spec": {"selector": {"matchLabels": {"b": "2"}}}}
    assert merged("PodDisruptionBudget", live, patch) == patch


def test_what_only_the_types_in_modules_of_their_own_have_merges_too() -> None:
    live = {"status": {"conditions": [{"type": "A", "status": "True"}]}}
    patch = {"status": {"conditions": [{"type": "B", "status": "True"}]}}
    both = merged("APIService", live, patch)["status"]["conditions"]
    assert [each["type"] for each in both] == ["B", "A"]
    assert merged("CustomResourceDefinition", copy.deepcopy(live), patch) == patch
