"""Nodes that KWOK plays: as many as a case wants, Ready, and as they were when they came."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from loadstone.cluster.cluster_api import ClusterApi, at_once
from loadstone.cluster.served_resources import ListedObject
from loadstone.errors import ClusterFailed

NODES = "/api/v1/nodes"
LEASES = "kube-node-lease"
_ROOM = {"cpu": "32", "memory": "256Gi", "pods": "110"}
_LEAST = 120.0  # s in which the first are ready, on a busy machine
_EACH = 0.5  # s more for every one
_PAUSE = 0.1  # s between two looks, and at least five times as long as a look takes


class NodePool:
    """The nodes of a cluster whose controllers run."""

    def __init__(self, api: ClusterApi) -> None:
        self._api = api
        self._as_made: dict[str, Any] = {}  # name → what of it has to stay as it is

    def mine(self, item: ListedObject) -> bool:
        """Whether it is one of these nodes, or the lease by which it says that it lives."""
        lease = item.resource.key == ("coordination.k8s.io", "leases")
        node = item.resource.key == ("", "nodes")
        return item.name in self._as_made and (node or (lease and item.namespace == LEASES))

    def disown_changed(self) -> None:
        """Give up the nodes that somebody has changed or deleted: they are not as new."""
        now = {each["metadata"]["name"]: _lasting(each) for each in self._list()}
        self._as_made = {
            name: made for name, made in self._as_made.items() if now.get(name) == made
        }

    def scale(self, count: int) -> None:
        """Have so many nodes, all of them Ready, and no others. Raises `ClusterFailed`."""
        wanted = [f"node-{number}" for number in range(count)]
        have = {each["metadata"]["name"] for each in self._list()}
        at_once(self._delete, sorted(have - set(wanted)))
        at_once(self._create, [name for name in wanted if name not in have])
        self._as_made = self._ready(wanted)

    def _ready(self, wanted: list[str]) -> dict[str, Any]:
        """The nodes as they are when all of them are ready."""
        within = _LEAST + _EACH * len(wanted)
        deadline = time.monotonic() + within
        while wanted:
            begun = time.monotonic()
            found = self._list()
            ready = {each["metadata"]["name"]: _lasting(each) for each in found if is_ready(each)}
            if len(found) == len(wanted) and ready.keys() >= set(wanted):
                return ready
            if time.monotonic() > deadline:
                raise ClusterFailed(
                    f"{len(ready)} of {len(wanted)} nodes were ready within {within:g} s",
                    next_step="look into kwok.log",
                )
            time.sleep(max(_PAUSE, 5 * (time.monotonic() - begun)))
        return {}

    def _list(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._api.get(NODES).get("items") or []
        return found

    def _create(self, name: str) -> None:
        self._api.done("POST", NODES, node(name))

    def _delete(self, name: str) -> None:
        self._api.ask("DELETE", f"{NODES}/{name}")
        self._api.ask("DELETE", f"/apis/coordination.k8s.io/v1/namespaces/{LEASES}/leases/{name}")


def node(name: str) -> dict[str, Any]:
    """A node with room for many pods, for KWOK to play."""
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "type": "kwok",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
        },
        "spec": {},
        "status": {"allocatable": _ROOM, "capacity": _ROOM},
    }


def is_ready(item: Mapping[str, Any]) -> bool:
    """Whether a node says so, and no controller keeps pods from it."""
    conditions = item.get("status", {}).get("conditions") or ()
    says = any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)
    return says and not item.get("spec", {}).get("taints")


def _lasting(item: Mapping[str, Any]) -> Any:
    """What of a node stays as it is while nobody but its controllers touches it."""
    metadata = item["metadata"]
    return metadata.get("uid"), metadata.get("labels"), item.get("spec", {}).get("taints")
