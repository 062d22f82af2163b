"""The configuration of a cluster for kind, and of its audit log. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import yaml

from loadstone.cluster.kind.node_image import FOLDER
from loadstone.formats.configuration import KindSettings

MEASURED = {"loadstone.dev/measured": "true"}
LOAD = {"loadstone.dev/load": "true"}
POLICY = "audit-policy.yaml"
LOGS = "/var/log/loadstone"
AUDIT_LOG = f"{LOGS}/audit.log"
_CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
_LARGEST = 4096  # MiB, before it is begun anew and what was counted lost
_WORKERS = 2  # for pods: one for what is measured, and one for the load


def workers(settings: KindSettings, *, pods: bool) -> int:
    """The number of nodes beside the control plane."""
    if settings.workers is msgspec.UNSET:
        return _WORKERS if pods else 0
    return settings.workers


def taint() -> dict[str, str]:
    """The taint that keeps all but load from the node that is for it."""
    ((key, value),) = LOAD.items()
    return {"key": key, "value": value, "effect": "NoSchedule"}


def tolerations() -> list[dict[str, str]]:
    """Tolerations of load: of its own node, and of a control plane that has to stand in for one."""
    own = {**taint(), "operator": "Equal"}
    return [own, {"key": _CONTROL_PLANE, "operator": "Exists", "effect": "NoSchedule"}]


def cluster_config(settings: KindSettings, *, workers: int) -> str:
    """kind's configuration, in YAML. The load has the last node, what is measured the one before.

    Without workers that is one node; with one, the load is beside the control plane.
    """
    nodes: list[dict[str, Any]] = [{"role": "control-plane"}]
    nodes += [{"role": "worker"} for _ in range(workers)]
    measured, load = {0: (0, 0), 1: (1, 0)}.get(workers, (1, workers))
    for labels, node in ((MEASURED, measured), (LOAD, load)):
        nodes[node].setdefault("labels", {}).update(labels)
    given = msgspec.to_builtins(settings.config)
    patches = [*given.pop("kubeadmConfigPatches", []), *([_audited()] if settings.audit else [])]
    document = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        "nodes": nodes,
        **given,
        **({"kubeadmConfigPatches": patches} if patches else {}),
    }
    return yaml.safe_dump(document, sort_keys=False)


def audit_policy() -> str:
    """A policy by which every request is logged once, with who asked and nothing of its body.

    The cluster's own programs are left out: they ask all the time, and are not what is measured.
    """
    own = [
        "system:apiserver",
        "system:kube-controller-manager",
        "system:kube-scheduler",
        "system:kube-proxy",
    ]
    aside = ["/healthz*", "/livez*", "/readyz*", "/metrics"]
    groups = ["system:nodes", "system:serviceaccounts:kube-system"]
    return yaml.safe_dump(
        {
            "apiVersion": "audit.k8s.io/v1",
            "kind": "Policy",
            "omitStages": ["RequestReceived"],
            "rules": [
                {"level": "None", "users": own},
                {"level": "None", "userGroups": groups},
                {"level": "None", "nonResourceURLs": aside},
                {"level": "Metadata", "omitManagedFields": True},
            ],
        },
        sort_keys=False,
    )


def files(settings: KindSettings) -> Mapping[str, str]:
    """The files that every node has in the folder of ours."""
    return {POLICY: audit_policy()} if settings.audit else {}


def _audited() -> str:
    """What kubeadm is told so that the API server writes its audit log."""
    volumes = [
        _volume("loadstone-policy", FOLDER, writable=False),
        _volume("loadstone-audit", LOGS, writable=True),
    ]
    arguments = {
        "audit-policy-file": f"{FOLDER}/{POLICY}",
        "audit-log-path": AUDIT_LOG,
        "audit-log-maxsize": str(_LARGEST),
    }
    server = {"extraArgs": arguments, "extraVolumes": volumes}
    return yaml.safe_dump({"kind": "ClusterConfiguration", "apiServer": server}, sort_keys=False)


def _volume(name: str, path: str, *, writable: bool) -> dict[str, Any]:
    return {
        "name": name,
        "hostPath": path,
        "mountPath": path,
        "readOnly": not writable,
        "pathType": "DirectoryOrCreate",
    }
