"""The choice of the node that everything measured in a session runs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from loadstone.errors import ClusterFailed, ComponentFailed
from loadstone.protocols import ApiCaller

HOSTNAME = "kubernetes.io/hostname"
_KEEPING_AWAY = frozenset({"NoSchedule", "NoExecute"})


def node_for(client: ApiCaller, selector: Mapping[str, str]) -> str:
    """The host name of the node, of those with these labels. Raises `ComponentFailed`."""
    said = quote(",".join(f"{name}={value}" for name, value in selector.items()))
    answer = client.ask("GET", "/api/v1/nodes" + (f"?labelSelector={said}" if said else ""))
    if not answer.good:
        raise ClusterFailed(f"the nodes cannot be listed: {answer.message}")
    found = sorted(hostnames(answer.body.get("items") or ()))
    if not found:
        raise ComponentFailed(
            "no node takes the pods of the component",
            next_step="kubectl get nodes: one has to be Ready, and without a taint",
        )
    return found[0]


def hostnames(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """The host names of nodes that are ready and keep no pods away."""
    found = []
    for node in nodes:
        spec, status = node.get("spec") or {}, node.get("status") or {}
        taints = {each.get("effect") for each in spec.get("taints") or ()}
        conditions = status.get("conditions") or ()
        ready = any(
            each.get("type") == "Ready" and each.get("status") == "True" for each in conditions
        )
        if ready and not spec.get("unschedulable") and not taints & _KEEPING_AWAY:
            labels = node["metadata"].get("labels") or {}
            found.append(str(labels.get(HOSTNAME) or node["metadata"]["name"]))
    return found
