"""The routing table: from Ingress, Service and EndpointSlice objects to addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Object = Mapping[str, Any]
Address = tuple[str, int]
Key = tuple[str, str]  # namespace, name

_CLASS = "kubernetes.io/ingress.class"
_SERVICE = "kubernetes.io/service-name"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A path below which requests go to a port of a service."""

    path: str
    exact: bool
    service: Key
    port: int | str

    def takes(self, path: str) -> bool:
        if self.exact:
            return path == self.path
        prefix = self.path.rstrip("/")
        return path == prefix or path.startswith(prefix + "/")


@dataclass(kw_only=True)
class Table:
    """What the API server said last, and what follows from it. `ingress_class`: only those."""

    ingress_class: str = ""
    ingresses: dict[Key, Object] = field(default_factory=dict)
    services: dict[Key, Object] = field(default_factory=dict)
    slices: dict[Key, Object] = field(default_factory=dict)
    _hosts: dict[str, dict[Key, list[Route]]] = field(default_factory=dict)
    _ordered: dict[str, list[Route]] = field(default_factory=dict)
    _addresses: dict[tuple[Key, int | str], list[Address]] = field(default_factory=dict)
    _turn: int = 0

    @property
    def routes(self) -> int:
        return sum(len(routes) for by in self._hosts.values() for routes in by.values())

    def set_ingress(self, key: Key, ingress: Object | None) -> None:
        """Take a new state of an ingress; None: it is gone."""
        old = self.ingresses.pop(key, None)
        for host in _hosts(old) if old else ():
            self._hosts.get(host, {}).pop(key, None)
            self._ordered.pop(host, None)
        if ingress is None or not self._ours(ingress):
            return
        self.ingresses[key] = ingress
        for host in _hosts(ingress):
            routes = list(_routes(ingress, host, key[0]))
            self._hosts.setdefault(host, {})[key] = routes
            self._ordered.pop(host, None)

    def set_backend(self, of: dict[Key, Object], key: Key, state: Object | None) -> None:
        """Take a new state of a service or endpoint slice; None: it is gone."""
        if state is None:
            of.pop(key, None)
        else:
            of[key] = state
        self._addresses.clear()

    def pick(self, host: str, path: str) -> Address | None:
        """Where a request goes, in turn; None without an address. Raises `KeyError` if no route."""
        for route in self._of(host.partition(":")[0].lower()):
            if route.takes(path):
                addresses = self._resolve(route)
                self._turn += 1
                return addresses[self._turn % len(addresses)] if addresses else None
        raise KeyError(host)

    def _of(self, host: str) -> list[Route]:
        """The routes of a host, the longest path first."""
        if host not in self._ordered:
            routes = [route for by in self._hosts.get(host, {}).values() for route in by]
            routes.sort(key=lambda route: (route.exact, len(route.path)), reverse=True)
            if not routes:
                return []
            self._ordered[host] = routes
        return self._ordered[host]

    def _resolve(self, route: Route) -> list[Address]:
        key = (route.service, route.port)
        if key not in self._addresses:
            self._addresses[key] = list(self._find(route))
        return self._addresses[key]

    def _find(self, route: Route) -> Iterator[Address]:
        service = self.services.get(route.service, {})
        ports = service.get("spec", {}).get("ports", [])
        name = next((p.get("name", "") for p in ports if route.port in _names(p)), None)
        for (namespace, _), part in self.slices.items():
            labels = part["metadata"].get("labels", {})
            if name is not None and (namespace, labels.get(_SERVICE)) == route.service:
                port = next((p["port"] for p in part["ports"] if p.get("name", "") == name), None)
                yield from ((host, port) for host in _ready(part) if port is not None)

    def _ours(self, ingress: Object) -> bool:
        annotations = ingress["metadata"].get("annotations", {})
        named = ingress.get("spec", {}).get("ingressClassName") or annotations.get(_CLASS, "")
        return not self.ingress_class or named == self.ingress_class


def key_of(state: Object) -> Key:
    """The namespace and name of an object."""
    return state["metadata"].get("namespace", ""), state["metadata"]["name"]


def _names(port: Object) -> tuple[Any, Any]:
    return port.get("port"), port.get("name")


def _ready(part: Object) -> Iterable[str]:
    for endpoint in part.get("endpoints") or ():
        if endpoint.get("conditions", {}).get("ready", True):
            yield from endpoint["addresses"]


def _rules(ingress: Object) -> Iterable[Object]:
    rules: Iterable[Object] = ingress.get("spec", {}).get("rules") or ()
    return rules


def _hosts(ingress: Object) -> list[str]:
    return [rule.get("host", "").lower() for rule in _rules(ingress)]


def _routes(ingress: Object, host: str, namespace: str) -> Iterator[Route]:
    for rule in _rules(ingress):
        if rule.get("host", "").lower() == host:
            for path in rule.get("http", {}).get("paths", []):
                service = path["backend"]["service"]
                port = service.get("port", {})
                yield Route(
                    path=path.get("path", "/"),
                    exact=path.get("pathType") == "Exact",
                    service=(namespace, service["name"]),
                    port=port.get("number") or port.get("name", ""),
                )
