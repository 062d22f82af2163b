"""Every kind that is promised can be created, read, listed, shown, patched, watched and deleted."""

from __future__ import annotations

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object
from tests.contract.resources import Resource

LABELS = {"matchLabels": {"app": "a"}}
POD_SPEC: Object = {
    "containers": [{"name": "main", "image": IMAGE}],
    "nodeSelector": {"no": "where"},
}
TEMPLATE: Object = {"metadata": {"labels": {"app": "a"}}, "spec": POD_SPEC}
ONCE: Object = {"template": {"spec": {**POD_SPEC, "restartPolicy": "Never"}}}
CLAIM: Object = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
BUDGET: Object = {"selector": LABELS, "minAvailable": 1}
REF: Object = {"apiGroup": "rbac.authorization.k8s.io", "name": "a"}
HOST_PATH: Object = {
    "capacity": {"storage": "1Gi"},
    "accessModes": ["ReadWriteOnce"],
    "hostPath": {"path": "/nowhere"},
}

# root, plural, kind, the rest of the object
NAMESPACED: list[tuple[str, str, str, Object]] = [
    ("/api/v1", "configmaps", "ConfigMap", {"data": {"x": "1"}}),
    ("/api/v1", "secrets", "Secret", {"stringData": {"x": "1"}}),
    ("/api/v1", "services", "Service", {"spec": {"ports": [{"port": 80}]}}),
    ("/api/v1", "endpoints", "Endpoints", {"subsets": []}),
    ("/api/v1", "pods", "Pod", {"spec": POD_SPEC}),
    ("/api/v1", "podtemplates", "PodTemplate", {"template": TEMPLATE}),
    ("/api/v1", "serviceaccounts", "ServiceAccount", {}),
    ("/api/v1", "limitranges", "LimitRange", {"spec": {"limits": []}}),
    ("/api/v1", "resourcequotas", "ResourceQuota", {"spec": {"hard": {"pods": "100"}}}),
    ("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim", {"spec": CLAIM}),
    (
        "/api/v1",
        "replicationcontrollers",
        "ReplicationController",
        {"spec": {"replicas": 0, "selector": {"app": "a"}, "template": TEMPLATE}},
    ),
    (
        "/apis/apps/v1",
        "deployments",
        "Deployment",
        {"spec": {"replicas": 0, "selector": LABELS, "template": TEMPLATE}},
    ),
    (
        "/apis/apps/v1",
        "replicasets",
        "ReplicaSet",
        {"spec": {"replicas": 0, "selector": LABELS, "template": TEMPLATE}},
    ),
    (
        "/apis/apps/v1",
        "statefulsets",
        "StatefulSet",
        {"spec": {"replicas": 0, "serviceName": "a", "selector": LABELS, "template": TEMPLATE}},
    ),
    (
        "/apis/apps/v1",
        "daemonsets",
        "DaemonSet",
        {"spec": {"selector": LABELS, "template": TEMPLATE}},
    ),
    ("/apis/apps/v1", "controllerrevisions", "ControllerRevision", {"revision": 1, "data": {}}),
    ("/apis/batch/v1", "jobs", "Job", {"spec": {**ONCE, "suspend": True}}),
    (
        "/apis/batch/v1",
        "cronjobs",
        "CronJob",
        {"spec": {"schedule": "0 0 1 1 *", "suspend": True, "jobTemplate": {"spec": ONCE}}},
    ),
    (
        "/apis/networking.k8s.io/v1",
        "networkpolicies",
        "NetworkPolicy",
        {"spec": {"podSelector": {}}},
    ),
    (
        "/apis/networking.k8s.io/v1",
        "ingresses",
        "Ingress",
        {"spec": {"defaultBackend": {"service": {"name": "a", "port": {"number": 80}}}}},
    ),
    (
        "/apis/discovery.k8s.io/v1",
        "endpointslices",
        "EndpointSlice",
        {"addressType": "IPv4", "endpoints": [{"addresses": ["192.0.2.1"]}]},
    ),
    ("/apis/coordination.k8s.io/v1", "leases", "Lease", {"spec": {"holderIdentity": "a"}}),
    ("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", {"spec": BUDGET}),
    (
        "/apis/autoscaling/v2",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"kind": "Deployment", "name": "a", "apiVersion": "apps/v1"},
            }
        },
    ),
    (
        "/apis/autoscaling/v1",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        {
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"kind": "Deployment", "name": "a", "apiVersion": "apps/v1"},
                "targetCPUUtilizationPercentage": 80,
            }
        },
    ),
    ("/apis/resource.k8s.io/v1", "resourceclaims", "ResourceClaim", {"spec": {}}),
    (
        "/apis/resource.k8s.io/v1",
        "resourceclaimtemplates",
        "ResourceClaimTemplate",
        {"spec": {"spec": {}}},
    ),
    ("/apis/rbac.authorization.k8s.io/v1", "roles", "Role", {"rules": []}),
    (
        "/apis/rbac.authorization.k8s.io/v1",
        "rolebindings",
        "RoleBinding",
        {"roleRef": {**REF, "kind": "Role"}, "subjects": []},
    ),
]
CLUSTER: list[tuple[str, str, str, Object]] = [
    ("/api/v1", "nodes", "Node", {}),
    ("/api/v1", "persistentvolumes", "PersistentVolume", {"spec": HOST_PATH}),
    (
        "/apis/networking.k8s.io/v1",
        "ingressclasses",
        "IngressClass",
        {"spec": {"controller": "example.com/controller"}},
    ),
    ("/apis/rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", {"rules": []}),
    (
        "/apis/rbac.authorization.k8s.io/v1",
        "clusterrolebindings",
        "ClusterRoleBinding",
        {"roleRef": {**REF, "kind": "ClusterRole"}, "subjects": []},
    ),
    ("/apis/resource.k8s.io/v1", "deviceclasses", "DeviceClass", {"spec": {}}),
    (
        "/apis/resource.k8s.io/v1",
        "resourceslices",
        "ResourceSlice",
        {
            "spec": {
                "driver": "example.com",
                "pool": {"name": "p", "generation": 1, "resourceSliceCount": 1},
                "allNodes": True,
            }
        },
    ),
    ("/apis/storage.k8s.io/v1", "storageclasses", "StorageClass", {"provisioner": "example.com/p"}),
    ("/apis/storage.k8s.io/v1", "csidrivers", "CSIDriver", {"spec": {"attachRequired": False}}),
    ("/apis/storage.k8s.io/v1", "csinodes", "CSINode", {"spec": {"drivers": []}}),
    (
        "/apis/storage.k8s.io/v1",
        "volumeattachments",
        "VolumeAttachment",
        {
            "spec": {
                "attacher": "example.com",
                "nodeName": "nowhere",
                "source": {"persistentVolumeName": "a"},
            }
        },
    ),
    (
        "/apis/scheduling.k8s.io/v1",
        "priorityclasses",
        "PriorityClass",
        {"value": 7, "globalDefault": False},
    ),
]
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


def live(objects: Collection, name: str, rest: Object) -> None:
    """A whole life, from creation to deletion, seen from every side."""
    kind, version = objects.resource.kind, objects.resource.api_version
    item = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **rest}
    start = objects.list().ok()
    assert start["kind"] == f"{kind}List"
    selected = {"fieldSelector": f"metadata.name={name}"}
    with objects.watch(resourceVersion=start["metadata"]["resourceVersion"], **selected) as watch:
        made = objects.create(item).ok()
        assert (made["kind"], made["apiVersion"]) == (kind, version)
        assert objects.read(name).ok()["metadata"]["uid"] == made["metadata"]["uid"]
        assert objects.names(**selected) == [name]
        table = objects.api.get(objects.path(name), accept=TABLE).ok()
        assert table["rows"][0]["cells"][0] == name
        labels = {"metadata": {"labels": {"l": "v"}}}
        assert objects.patch(name, labels, "strategic").ok()["metadata"]["labels"]["l"] == "v"
        objects.delete(name, {"gracePeriodSeconds": 0}).ok()
        types = [watch.next()["type"]]
        while types[-1] != "DELETED":  # a controller may have a word in between
            types.append(watch.next()["type"])
        assert types[:2] == ["ADDED", "MODIFIED"]


@pytest.mark.parametrize(
    ("root", "plural", "kind", "rest"), NAMESPACED, ids=[each[2] for each in NAMESPACED]
)
def test_an_object_of_a_namespace_lives(
    space: Space, root: str, plural: str, kind: str, rest: Object
) -> None:
    live(space.of(Resource(root, plural, kind)), "a", rest)


@pytest.mark.parametrize(
    ("root", "plural", "kind", "rest"), CLUSTER, ids=[each[2] for each in CLUSTER]
)
def test_an_object_of_the_cluster_lives(
    api: Api, unique: str, root: str, plural: str, kind: str, rest: Object
) -> None:
    live(api.of(Resource(root, plural, kind, namespaced=False)), unique, rest)


def test_a_job_of_a_namespace_needs_a_template_that_ends(space: Space) -> None:
    jobs = space.of(Resource("/apis/batch/v1", "jobs", "Job"))
    spec = {"template": {"spec": POD_SPEC}}
    item = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "a"}, "spec": spec}
    jobs.create(item).invalid("spec.template.spec.restartPolicy")


def test_plain_text_of_a_secret_is_kept_encoded(space: Space) -> None:
    secrets = space.of(Resource("/api/v1", "secrets", "Secret"))
    item = {"metadata": {"name": "a"}, "stringData": {"x": "1"}}
    made = secrets.create(item).ok()
    assert made["data"] == {"x": "MQ=="}
    assert "stringData" not in made
