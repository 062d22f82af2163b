"""The ports that services get on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loadstone.cluster.memory.store import Document

if TYPE_CHECKING:
    from loadstone.cluster.memory.state import State

FIRST, LAST = 30000, 32767


def fill(document: Document, state: State) -> None:
    """Give every port of a service that is reached through nodes one that no other has.

    A change that leaves them open keeps those the service had.
    """
    spec = document["spec"]
    ports = [port for port in spec.get("ports") or () if isinstance(port, dict)]
    if not _wanted(spec):
        return
    _keep(document["metadata"], ports, state)
    open_ = [port for port in ports if not port.get("nodePort")]
    if not open_:
        return
    taken = _taken(state) | {port["nodePort"] for port in ports if port.get("nodePort")}
    free = [number for number in range(FIRST, LAST + 1) if number not in taken]
    for port, number in zip(
        open_, state.rng.sample(free, min(len(open_), len(free))), strict=False
    ):
        port["nodePort"] = number


def _keep(metadata: Document, ports: list[dict[str, Any]], state: State) -> None:
    services = state.store.collection(state.resource("services"))
    held = services.objects.get((metadata.get("namespace", ""), metadata.get("name", "")))
    if held is None or b'"nodePort"' not in held.tail:
        return
    had = {_place(port): port.get("nodePort") for port in held.document()["spec"]["ports"]}
    given = {port.get("nodePort") for port in ports}
    for port in ports:
        before = had.get(_place(port))
        if before and before not in given:
            port.setdefault("nodePort", before)


def _place(port: dict[str, Any]) -> tuple[Any, Any]:
    return port.get("port"), port.get("protocol", "TCP")


def _wanted(spec: dict[str, Any]) -> bool:
    if spec.get("type") == "LoadBalancer":
        return spec.setdefault("allocateLoadBalancerNodePorts", True) is not False
    return spec.get("type") == "NodePort"


def _taken(state: State) -> set[int]:
    return {
        port["nodePort"]
        for stored in state.store.collection(state.resource("services")).items()
        if b'"nodePort"' in stored.tail
        for port in stored.document()["spec"].get("ports") or ()
        if port.get("nodePort")
    }
