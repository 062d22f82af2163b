"""Cells of the built-in kinds: what kubectl shows of an object beyond the values at its paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.printing.columns import Cell, pairs, text


def ports(document: Document) -> str:
    """Ports of a service: `80:30080/TCP`."""
    ports = dig(document, ("spec", "ports")) or []
    return ",".join(_port(port) for port in ports) or "<none>"


def _port(port: dict[str, Any]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}"


def reference(document: Document) -> str:
    """The target of an autoscaler: `Deployment/a`."""
    target = dig(document, ("spec", "scaleTargetRef")) or {}
    return f"{target.get('kind')}/{target.get('name')}"


def targets(document: Document) -> str:
    """Metrics of an autoscaler: `cpu: 10%/50%`, two at most."""
    metrics = dig(document, ("spec", "metrics")) or []
    seen = dig(document, ("status", "currentMetrics")) or []
    shown = [_target(metric, seen[i : i + 1]) for i, metric in enumerate(metrics[:2])]
    more = [f"{len(metrics) - 2} more..."] if len(metrics) > 2 else []
    return " + ".join([", ".join(shown), *more]) or "<none>"


def _target(metric: dict[str, Any], seen: list[dict[str, Any]]) -> str:
    """`cpu: 10%/50%`; what nobody has measured is unknown."""
    resource = metric.get("resource") or {}
    now = dig(seen[0], ("resource", "current")) if seen else {}
    for field, unit in (("averageUtilization", "%"), ("averageValue", "")):
        goal = dig(resource, ("target", field))
        if goal is not None:
            value = (now or {}).get(field)
            current = "<unknown>" if value is None else f"{value}{unit}"
            return f"{resource.get('name')}: {current}/{goal}{unit}"
    return "<unknown>"


def external(document: Document) -> str:
    """External addresses of a service, or why it has none."""
    spec, status = document.get("spec", {}), document.get("status", {})
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return str(spec.get("externalName", "<none>"))
    found = [*(spec.get("externalIPs") or []), *addresses(status)]
    empty = "<pending>" if kind == "LoadBalancer" else "<none>"
    return ",".join(found) or empty


def addresses(status: dict[str, Any]) -> list[str]:
    """Addresses of a load balancer, from a status."""
    entries = dig(status, ("loadBalancer", "ingress")) or []
    return [entry.get("ip") or entry.get("hostname") or "" for entry in entries]


def hosts(document: Document) -> str:
    """Hosts of an ingress, three at most."""
    rules = dig(document, ("spec", "rules")) or []
    hosts = [rule.get("host") or "*" for rule in rules]
    shown = ",".join(hosts[:3]) + (f" + {len(hosts) - 3} more..." if len(hosts) > 3 else "")
    return shown or "*"


def ingress_ports(document: Document) -> str:
    """Ports of an ingress, which TLS adds one to."""
    return "80, 443" if dig(document, ("spec", "tls")) else "80"


def ready(document: Document) -> str:
    """Ready replicas of those that are wanted: `1/3`."""
    return f"{status(document, 'readyReplicas')}/{dig(document, ('spec', 'replicas')) or 0}"


def status(document: Document, field: str) -> int:
    """A number in the status, 0 where it is absent."""
    return int(dig(document, ("status", field)) or 0)


def _containers(document: Document) -> list[dict[str, Any]]:
    return (
        dig(document, ("spec", "template", "spec", "containers"))
        or dig(document, ("spec", "containers"))
        or []
    )


def names(document: Document) -> str:
    """Names of the containers."""
    return ",".join(container.get("name", "") for container in _containers(document))


def images(document: Document) -> str:
    """Images of the containers."""
    return ",".join(container.get("image", "") for container in _containers(document))


def pod_ready(document: Document) -> str:
    """Ready containers of a pod: `1/2`."""
    states = dig(document, ("status", "containerStatuses")) or []
    return f"{sum(bool(state.get('ready')) for state in states)}/{len(_containers(document))}"


def pod_status(document: Document) -> str:
    """The phase of a pod, or the reason that says more."""
    if dig(document, ("metadata", "deletionTimestamp")):
        return "Terminating"
    status = document.get("status") or {}
    return str(status.get("reason") or status.get("phase") or "Unknown")


def restarts(document: Document) -> str:
    """Restarts of all containers of a pod."""
    states = dig(document, ("status", "containerStatuses")) or []
    return str(sum(state.get("restartCount", 0) for state in states))


def endpoints(document: Document) -> str:
    """Addresses with ports of Endpoints, three at most."""
    found = [
        f"{address.get('ip')}:{port.get('port')}"
        for subset in document.get("subsets") or []
        for address in subset.get("addresses") or []
        for port in subset.get("ports") or [{}]
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more if found else "<none>"


def slice_addresses(document: Document) -> str:
    """Addresses of an EndpointSlice, three at most."""
    found = [ip for end in document.get("endpoints") or [] for ip in end.get("addresses") or []]
    return _few(found)


def slice_ports(document: Document) -> str:
    """Ports of an EndpointSlice, three at most."""
    return _few([str(port.get("port")) for port in document.get("ports") or []])


def _few(found: Sequence[str]) -> str:
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more if found else "<unset>"


def node_status(document: Document) -> str:
    """Whether a node is ready, and whether pods may be put on it."""
    conditions = dig(document, ("status", "conditions")) or []
    ready = [item["status"] == "True" for item in conditions if item.get("type") == "Ready"]
    words = [("Ready" if ready[0] else "NotReady") if ready else "Unknown"]
    if dig(document, ("spec", "unschedulable")):
        words.append("SchedulingDisabled")
    return ",".join(words)


def roles(document: Document) -> str:
    """Roles of a node, from its labels."""
    prefix = "node-role.kubernetes.io/"
    labels = dig(document, ("metadata", "labels")) or {}
    roles = sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix))
    return ",".join(roles) or "<none>"


def node_address(kind: str) -> Cell:
    """An address of a node, of this kind."""

    def cell(document: Document) -> str:
        found = dig(document, ("status", "addresses")) or ()
        return next((str(each["address"]) for each in found if each.get("type") == kind), "<none>")

    return cell


def node_info(field: str) -> Cell:
    """What a node says of the system that it runs on."""
    return text("status", "nodeInfo", field, absent="<unknown>")


def role(document: Document) -> str:
    """The role of a binding: `ClusterRole/a`."""
    reference = document.get("roleRef") or {}
    return f"{reference.get('kind')}/{reference.get('name')}"


def selector(*steps: str) -> Cell:
    """A cell with the labels at a path: `a=b,c=d`."""
    return lambda document: pairs(dig(document, steps))
