"""Readiness of a cluster that kind has made: kind's own comes before pods can be made and found."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loadstone.cluster.cluster_api import MERGE_PATCH, ClusterApi
from loadstone.errors import ClusterFailed

READY_WITHIN = 300.0  # s; it takes some 15 after kind is done, on a machine that is not busy
_PAUSE = 0.2  # s
_NODES = "/api/v1/nodes"
_ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default"
_DNS = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"


def await_ready(api: ClusterApi, *, nodes: int, within: float = READY_WITHIN) -> None:
    """Return when all nodes are Ready, pods have an account, and names are resolved.

    Raises `ClusterFailed` with what there is not in time.
    """
    deadline = time.monotonic() + within
    while what := _lacking(api, nodes):
        if time.monotonic() > deadline:
            raise ClusterFailed(
                f"the cluster was not ready within {within:g} s: {what}",
                next_step="see whether the machine has room for its nodes: docker stats",
            )
        time.sleep(_PAUSE)


def keep_for_load(api: ClusterApi, labels: Mapping[str, str], taint: Mapping[str, str]) -> None:
    """Have no pods on the nodes with these labels but those that tolerate it."""
    selector = ",".join(f"{key}={value}" for key, value in labels.items())
    for node in api.get(f"{_NODES}?labelSelector={selector}")["items"]:
        taints = [*node["spec"].get("taints", ()), taint]
        path = f"{_NODES}/{node['metadata']['name']}"
        answer = api.ask("PATCH", path, {"spec": {"taints": taints}}, content_type=MERGE_PATCH)
        if not answer.good:
            raise ClusterFailed(f"{path} cannot be kept for load: {answer.message}")


def _lacking(api: ClusterApi, nodes: int) -> str:
    """What there is not yet, "" for nothing."""
    try:
        items = api.get(_NODES).get("items") or ()
        ready = sum(map(_is_ready, items))
        if len(items) < nodes or ready < nodes:
            return f"{ready} of {nodes} nodes are"
        if not api.ask("GET", _ACCOUNT).good:
            return "there is no ServiceAccount `default`"
        names = api.ask("GET", _DNS).body
    except ClusterFailed as error:
        return error.message
    wanted, there = names.get("spec", {}), names.get("status", {})
    if there.get("readyReplicas", 0) < max(1, wanted.get("replicas", 1)):
        return "CoreDNS is not"
    return ""


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions: Iterable[Mapping[str, Any]] = node.get("status", {}).get("conditions") or ()
    taints: Sequence[Mapping[str, Any]] = node.get("spec", {}).get("taints") or ()
    kept = any(each["key"].startswith("node.kubernetes.io/") for each in taints)
    return not kept and any(
        each["type"] == "Ready" and each["status"] == "True" for each in conditions
    )
