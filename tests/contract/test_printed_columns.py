"""The columns that `kubectl get` shows of each kind, and what is in some of them."""

from __future__ import annotations

import pytest

from tests.contract.client import Api
from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object
from tests.contract.resources import EVENTS, Resource

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
BUDGETS = Resource("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget")
CLAIMS = Resource("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim")
CLASSES = Resource("/apis/storage.k8s.io/v1", "storageclasses", "StorageClass", namespaced=False)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/v1/resourcequotas", "Name Request Limit Age"),
        ("/api/v1/replicationcontrollers", "Name Desired Current Ready Age"),
        (
            "/api/v1/persistentvolumeclaims",
            "Name Status Volume Capacity Access-Modes StorageClass VolumeAttributesClass Age",
        ),
        (
            "/api/v1/persistentvolumes",
            """Name Capacity Access-Modes Reclaim-Policy Status Claim StorageClass
            VolumeAttributesClass Reason Age""",
        ),
        ("/api/v1/events", "Last-Seen Type Reason Object Message"),
        ("/api/v1/serviceaccounts", "Name Secrets Age"),
        ("/apis/apps/v1/controllerrevisions", "Name Controller Revision Age"),
        (
            "/apis/policy/v1/poddisruptionbudgets",
            "Name Min-Available Max-Unavailable Allowed-Disruptions Age",
        ),
        ("/apis/networking.k8s.io/v1/networkpolicies", "Name Pod-Selector Age"),
        (
            "/apis/scheduling.k8s.io/v1/priorityclasses",
            "Name Value Global-Default Age PreemptionPolicy",
        ),
        (
            "/apis/storage.k8s.io/v1/storageclasses",
            "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
        ),
        ("/apis/storage.k8s.io/v1/csinodes", "Name Drivers Age"),
        ("/apis/node.k8s.io/v1/runtimeclasses", "Name Handler Age"),
        (
            "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
            "Name Webhooks Age",
        ),
    ],
)
def test_a_kind_has_its_columns(api: Api, path: str, shown: str) -> None:
    columns = api.get(path, accept=TABLE).ok()["columnDefinitions"]
    first = [each["name"].replace(" ", "-") for each in columns if not each["priority"]]
    assert first == shown.split()


def cells(space: Space, resource: Resource, item: Object) -> list[object]:
    made = space.of(resource).create(item).ok()
    path = space.of(resource).path(made["metadata"]["name"])
    (row,) = space.api.get(path, accept=TABLE).ok()["rows"]
    return list(row["cells"])


def test_an_event_says_how_long_ago_it_was_and_what_it_is_about(space: Space) -> None:
    about = {"kind": "Pod", "name": "p", "namespace": space.name}
    item = {
        "metadata": {"name": "a"},
        "involvedObject": about,
        "reason": "Pulled",
        "message": "pulled it",
        "type": "Normal",
        "lastTimestamp": "2020-01-01T00:00:00Z",
        "source": {"component": "kubelet", "host": "n"},
    }
    seen, *found = cells(space, EVENTS, item)
    assert str(seen).partition("y")[0].isdigit()
    assert found[:5] == ["Normal", "Pulled", "pod/p", "", "kubelet, n"]


def test_a_budget_says_what_it_allows(space: Space) -> None:
    spec = {"minAvailable": "50%", "selector": {"matchLabels": {"a": "b"}}}
    found = cells(space, BUDGETS, {"metadata": {"name": "a"}, "spec": spec})
    assert found[:4] == ["a", "50%", "N/A", 0]


def test_a_default_class_is_marked(space: Space, unique: str) -> None:
    note = {"storageclass.kubernetes.io/is-default-class": "true"}
    item = {
        "metadata": {"name": unique, "annotations": note},
        "provisioner": f"example.com/{IMAGE.partition('/')[0]}",
    }
    try:
        found = cells(space, CLASSES, item)
        assert found[0] == f"{unique} (default)"
        assert found[2:5] == ["Delete", "Immediate", False]
    finally:
        space.of(CLASSES).delete(unique)
