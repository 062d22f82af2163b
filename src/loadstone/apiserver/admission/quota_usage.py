"""Usage of resource quotas: what an object uses, by the names that quotas limit.

As the real server's evaluators count: pods by their requests and limits, services by their ports
and load balancers, claims by their storage, everything else by its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from loadstone.apiserver.admission import pod_resources
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.types.amounts import Amounts, amount

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_ALIASES = frozenset({"configmaps", "resourcequotas", "replicationcontrollers", "secrets"})
_SERVICES = ("services", "services.nodeports", "services.loadbalancers")
_CLAIMS = ("persistentvolumeclaims", "requests.storage")
_CLASS = ".storageclass.storage.k8s.io/"
_ENDED = ("Succeeded", "Failed")
_ONE = Decimal(1)


def count_name(resource: Resource) -> str:
    """The name under which quotas limit the number of any resource's objects."""
    return f"count/{resource.qualified}"


def limited(resource: Resource, names: Iterable[str]) -> list[str]:
    """The names of a quota that concern a resource."""
    return [name for name in names if _concerns(resource, name)]


def _concerns(resource: Resource, name: str) -> bool:
    if name == count_name(resource):
        return True
    if resource.group:
        return False
    if resource.plural == "pods":
        return _of_pods(name)
    if resource.plural == "services":
        return name in _SERVICES
    if resource.plural == "persistentvolumeclaims":
        return name in _CLAIMS or name.endswith(tuple(_CLASS + claim for claim in _CLAIMS))
    return name in _ALIASES and name == resource.plural


def _of_pods(name: str) -> bool:
    bare = name.removeprefix("requests.")
    known = {"pods", *_COMPUTE, *(f"limits.{each}" for each in _COMPUTE)}
    if name in known or bare in _COMPUTE or bare.startswith("hugepages-"):
        return True
    return name.startswith("requests.") and "/" in bare  # an extended resource


def usage(resource: Resource, document: Document) -> Amounts:
    """The use of one object by name."""
    used = {count_name(resource): _ONE}
    if resource.group:
        return used
    if resource.plural == "pods":
        return used | _pod(document)
    if resource.plural == "services":
        return used | _service(document.get("spec") or {})
    if resource.plural == "persistentvolumeclaims":
        return used | _claim(document)
    return used | ({resource.plural: _ONE} if resource.plural in _ALIASES else {})


def _pod(document: Document) -> Amounts:
    """A pod that ended uses nothing but its place."""
    if (document.get("status") or {}).get("phase") in _ENDED:
        return {}
    spec = document.get("spec") or {}
    return {"pods": _ONE, **_compute(*pod_resources.totals(spec))}


def _compute(requests: Mapping[str, Decimal], limits: Mapping[str, Decimal]) -> Amounts:
    found: Amounts = {}
    for name, value in requests.items():
        if name in _COMPUTE or name.startswith("hugepages-"):
            found[name] = value
        if name in _COMPUTE or name.startswith("hugepages-") or "/" in name:
            found[f"requests.{name}"] = value
    return found | {f"limits.{name}": limits[name] for name in _COMPUTE if name in limits}


def _service(spec: Mapping[str, Any]) -> Amounts:
    ports = spec.get("ports") or []
    kind, node_ports = spec.get("type"), 0
    if kind == "NodePort":
        node_ports = len(ports)
    elif kind == "LoadBalancer":
        given = sum(1 for port in ports if port.get("nodePort"))
        node_ports = given if spec.get("allocateLoadBalancerNodePorts") is False else len(ports)
    return {
        "services": _ONE,
        "services.nodeports": Decimal(node_ports),
        "services.loadbalancers": Decimal(kind == "LoadBalancer"),
    }


def _claim(document: Document) -> Amounts:
    spec = document.get("spec") or {}
    found = {"persistentvolumeclaims": _ONE}
    storage = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    if storage is not None:
        found["requests.storage"] = amount(storage).to_integral_value(ROUND_CEILING)
    kind = spec.get("storageClassName")
    return found | ({f"{kind}{_CLASS}{name}": found[name] for name in tuple(found)} if kind else {})


def missing(document: Document, names: Iterable[str]) -> str:
    """The containers that leave open what a quota makes them say, in the server's words."""
    spec = document.get("spec") or {}
    if any((spec.get("resources") or {}).get(part) for part in ("requests", "limits")):
        return ""
    found: dict[str, list[str]] = {}
    for container in pod_resources.containers(spec):
        given = set(_compute(*pod_resources.of_container(container)))
        for name in names:
            if name.rpartition(".")[2] in ("cpu", "memory") and name not in given:
                found.setdefault(name, []).append(str(container.get("name")))
    return "; ".join(f"{name} for: {','.join(sorted(found[name]))}" for name in sorted(found))
