"""Printer columns of the built-in kinds, beyond their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.printing.columns import AGE, Cell, Column, pairs, path, size, text

Columns = tuple[Column, ...]


def _column(name: str, cell: Cell, *, wide: bool = False, kind: str = "string") -> Column:
    return Column(name=name, cell=cell, priority=int(wide), type=kind)


def _number(name: str, cell: Cell) -> Column:
    return _column(name, lambda document: cell(document) or 0, kind="integer")


def _ports(document: Document) -> str:
    ports = dig(document, ("spec", "ports")) or []
    return ",".join(_port(port) for port in ports) or "<none>"


def _port(port: dict[str, Any]) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port.get('port')}{node}/{port.get('protocol', 'TCP')}"


def _reference(document: Document) -> str:
    target = dig(document, ("spec", "scaleTargetRef")) or {}
    return f"{target.get('kind')}/{target.get('name')}"


def _targets(document: Document) -> str:
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


def _external(document: Document) -> str:
    spec, status = document.get("spec", {}), document.get("status", {})
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return str(spec.get("externalName", "<none>"))
    found = [*(spec.get("externalIPs") or []), *_addresses(status)]
    empty = "<pending>" if kind == "LoadBalancer" else "<none>"
    return ",".join(found) or empty


def _addresses(status: dict[str, Any]) -> list[str]:
    entries = dig(status, ("loadBalancer", "ingress")) or []
    return [entry.get("ip") or entry.get("hostname") or "" for entry in entries]


def _hosts(document: Document) -> str:
    rules = dig(document, ("spec", "rules")) or []
    hosts = [rule.get("host") or "*" for rule in rules]
    shown = ",".join(hosts[:3]) + (f" + {len(hosts) - 3} more..." if len(hosts) > 3 else "")
    return shown or "*"


def _ingress_ports(document: Document) -> str:
    return "80, 443" if dig(document, ("spec", "tls")) else "80"


def _ready(document: Document) -> str:
    return f"{_status(document, 'readyReplicas')}/{dig(document, ('spec', 'replicas')) or 0}"


def _status(document: Document, field: str) -> int:
    return int(dig(document, ("status", field)) or 0)


def _containers(document: Document) -> list[dict[str, Any]]:
    return (
        dig(document, ("spec", "template", "spec", "containers"))
        or dig(document, ("spec", "containers"))
        or []
    )


def _names(document: Document) -> str:
    return ",".join(container.get("name", "") for container in _containers(document))


def _images(document: Document) -> str:
    return ",".join(container.get("image", "") for container in _containers(document))


def _pod_ready(document: Document) -> str:
    states = dig(document, ("status", "containerStatuses")) or []
    return f"{sum(bool(state.get('ready')) for state in states)}/{len(_containers(document))}"


def _pod_status(document: Document) -> str:
    if dig(document, ("metadata", "deletionTimestamp")):
        return "Terminating"
    status = document.get("status") or {}
    return str(status.get("reason") or status.get("phase") or "Unknown")


def _restarts(document: Document) -> str:
    states = dig(document, ("status", "containerStatuses")) or []
    return str(sum(state.get("restartCount", 0) for state in states))


def _endpoints(document: Document) -> str:
    found = [
        f"{address.get('ip')}:{port.get('port')}"
        for subset in document.get("subsets") or []
        for address in subset.get("addresses") or []
        for port in subset.get("ports") or [{}]
    ]
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more if found else "<none>"


def _slice_addresses(document: Document) -> str:
    found = [ip for end in document.get("endpoints") or [] for ip in end.get("addresses") or []]
    return _few(found)


def _slice_ports(document: Document) -> str:
    return _few([str(port.get("port")) for port in document.get("ports") or []])


def _few(found: Sequence[str]) -> str:
    more = f" + {len(found) - 3} more..." if len(found) > 3 else ""
    return ",".join(found[:3]) + more if found else "<unset>"


def _node_status(document: Document) -> str:
    conditions = dig(document, ("status", "conditions")) or []
    ready = [item["status"] == "True" for item in conditions if item.get("type") == "Ready"]
    words = [("Ready" if ready[0] else "NotReady") if ready else "Unknown"]
    if dig(document, ("spec", "unschedulable")):
        words.append("SchedulingDisabled")
    return ",".join(words)


def _roles(document: Document) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = dig(document, ("metadata", "labels")) or {}
    roles = sorted(label.removeprefix(prefix) for label in labels if label.startswith(prefix))
    return ",".join(roles) or "<none>"


def _event_object(document: Document) -> str:
    about = document.get("involvedObject") or {}
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


def _role(document: Document) -> str:
    reference = document.get("roleRef") or {}
    return f"{reference.get('kind')}/{reference.get('name')}"


def _default_class(document: Document) -> str:
    annotations = dig(document, ("metadata", "annotations")) or {}
    default = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    return f"{dig(document, ('metadata', 'name'))}{' (default)' if default else ''}"


def _selector(*steps: str) -> Cell:
    return lambda document: pairs(dig(document, steps))


_WORKLOAD = (_column("Containers", _names, wide=True), _column("Images", _images, wide=True))
_MATCHED = _column("Selector", _selector("spec", "selector", "matchLabels"), wide=True)

COLUMNS: dict[str, Columns] = {
    "configmaps": (_number("Data", size("data")), AGE),
    "cronjobs": (
        _column("Schedule", text("spec", "schedule")),
        _column("Timezone", text("spec", "timeZone")),
        _column("Suspend", lambda d: "True" if dig(d, ("spec", "suspend")) else "False"),
        _number("Active", size("status", "active")),
        _column("Last Schedule", text("status", "lastScheduleTime")),
        AGE,
    ),
    "customresourcedefinitions": (_column("Created At", path("metadata", "creationTimestamp")),),
    "daemonsets": (
        _number("Desired", path("status", "desiredNumberScheduled")),
        _number("Current", path("status", "currentNumberScheduled")),
        _number("Ready", path("status", "numberReady")),
        _number("Up-to-date", path("status", "updatedNumberScheduled")),
        _number("Available", path("status", "numberAvailable")),
        _column("Node Selector", _selector("spec", "template", "spec", "nodeSelector")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "deployments": (
        _column("Ready", _ready),
        _number("Up-to-date", path("status", "updatedReplicas")),
        _number("Available", path("status", "availableReplicas")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "endpoints": (_column("Endpoints", _endpoints), AGE),
    "endpointslices": (
        _column("AddressType", path("addressType")),
        _column("Ports", _slice_ports),
        _column("Endpoints", _slice_addresses),
        AGE,
    ),
    "events": (
        _column("Last Seen", text("lastTimestamp", absent="<unknown>")),
        _column("Type", path("type")),
        _column("Reason", path("reason")),
        _column("Object", _event_object),
        _column("Message", path("message")),
    ),
    "ingressclasses": (
        _column("Controller", path("spec", "controller")),
        _column("Parameters", text("spec", "parameters", "name")),
        AGE,
    ),
    "horizontalpodautoscalers": (
        _column("Reference", _reference),
        _column("Targets", _targets),
        _column("MinPods", lambda d: str(dig(d, ("spec", "minReplicas")) or "<unset>")),
        _number("MaxPods", path("spec", "maxReplicas")),
        _number("Replicas", path("status", "currentReplicas")),
        AGE,
    ),
    "ingresses": (
        _column("Class", text("spec", "ingressClassName")),
        _column("Hosts", _hosts),
        _column("Address", lambda d: ",".join(_addresses(d.get("status") or {}))),
        _column("Ports", _ingress_ports),
        AGE,
    ),
    "jobs": (
        _column("Status", lambda d: "Complete" if _status(d, "succeeded") else "Running"),
        _column(
            "Completions",
            lambda d: f"{_status(d, 'succeeded')}/{dig(d, ('spec', 'completions')) or 1}",
        ),
        AGE,
        *_WORKLOAD,
    ),
    "leases": (_column("Holder", path("spec", "holderIdentity")), AGE),
    "namespaces": (_column("Status", path("status", "phase")), AGE),
    "nodes": (
        _column("Status", _node_status),
        _column("Roles", _roles),
        AGE,
        _column("Version", path("status", "nodeInfo", "kubeletVersion")),
    ),
    "persistentvolumeclaims": (
        _column("Status", path("status", "phase")),
        _column("Volume", path("spec", "volumeName")),
        _column("StorageClass", path("spec", "storageClassName")),
        AGE,
    ),
    "persistentvolumes": (
        _column("Capacity", path("spec", "capacity", "storage")),
        _column("Reclaim Policy", path("spec", "persistentVolumeReclaimPolicy")),
        _column("Status", path("status", "phase")),
        _column("StorageClass", path("spec", "storageClassName")),
        AGE,
    ),
    "pods": (
        _column("Ready", _pod_ready),
        _column("Status", _pod_status),
        _column("Restarts", _restarts),
        AGE,
        _column("IP", text("status", "podIP"), wide=True),
        _column("Node", text("spec", "nodeName"), wide=True),
    ),
    "replicasets": (
        _number("Desired", path("spec", "replicas")),
        _number("Current", path("status", "replicas")),
        _number("Ready", path("status", "readyReplicas")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "clusterrolebindings": (_column("Role", _role), AGE),
    "rolebindings": (_column("Role", _role), AGE),
    "secrets": (_column("Type", path("type")), _number("Data", size("data")), AGE),
    "serviceaccounts": (AGE,),
    "services": (
        _column("Type", path("spec", "type")),
        _column("Cluster-IP", text("spec", "clusterIP")),
        _column("External-IP", _external),
        _column("Port(s)", _ports),
        AGE,
        _column("Selector", _selector("spec", "selector"), wide=True),
    ),
    "statefulsets": (_column("Ready", _ready), AGE, *_WORKLOAD),
    "storageclasses": (
        _column("Provisioner", path("provisioner")),
        _column("ReclaimPolicy", path("reclaimPolicy")),
        AGE,
    ),
}
