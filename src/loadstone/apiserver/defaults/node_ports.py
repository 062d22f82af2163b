"""Node ports: the allocation of the ports that services get on every node."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State

FIRST, LAST = 30000, 32767
_RANGE = f"provided port is not in the valid range. The range of valid ports is {FIRST}-{LAST}"


def fill(document: Document, state: State) -> None:
    """Give every port of a service that is reached through nodes one that no other has.

    A change that leaves them open keeps those the service had. Raises 422 for a port that another
    service has, or that nodes do not give.
    """
    spec = document["spec"]
    ports = [port for port in spec.get("ports") or () if isinstance(port, dict)]
    if not _wanted(spec) and not any(port.get("nodePort") for port in ports):
        return
    had = _had(document["metadata"], state)
    others = _taken(state) - set(had.values())
    _check(document, ports, others, state)
    if not _wanted(spec):
        return
    _keep(ports, had)
    open_ = [port for port in ports if not port.get("nodePort")]
    taken = others | {port["nodePort"] for port in ports if port.get("nodePort")}
    free = [number for number in range(FIRST, LAST + 1) if number not in taken] if open_ else []
    for port, number in zip(
        open_, state.rng.sample(free, min(len(open_), len(free))), strict=False
    ):
        port["nodePort"] = number


def _check(document: Document, ports: list[dict[str, Any]], others: set[int], state: State) -> None:
    causes = []
    for index, port in enumerate(ports):
        number, field = port.get("nodePort"), f"spec.ports[{index}].nodePort"
        if number in others:
            causes.append(Cause.invalid(field, number, "provided port is already allocated"))
        elif number and not FIRST <= number <= LAST:
            causes.append(Cause.invalid(field, number, _RANGE))
    if causes:
        services = state.resource("services")
        raise status.invalid(services, document["metadata"].get("name", ""), causes)


def _had(metadata: Document, state: State) -> dict[tuple[Any, Any], int]:
    """What the service has now, by port and protocol."""
    services = state.store.collection(state.resource("services"))
    held = services.objects.get((metadata.get("namespace", ""), metadata.get("name", "")))
    if held is None or b'"nodePort"' not in held.tail:
        return {}
    ports = held.document()["spec"].get("ports") or ()
    return {_place(port): port["nodePort"] for port in ports if port.get("nodePort")}


def _keep(ports: list[dict[str, Any]], had: dict[tuple[Any, Any], int]) -> None:
    given = {port.get("nodePort") for port in ports}
    for port in ports:
        before = had.get(_place(port))
        if before and before not in given and not port.get("nodePort"):
            port["nodePort"] = before


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
