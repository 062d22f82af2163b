"""Printer columns of the built-in kinds, beyond their names."""

from __future__ import annotations

from loadstone.apiserver.machinery.documents import dig
from loadstone.apiserver.printing import kind_cells as cells
from loadstone.apiserver.printing import more_columns
from loadstone.apiserver.printing.columns import AGE, Cell, Column, path, size, text

Columns = tuple[Column, ...]


def _column(name: str, cell: Cell, *, wide: bool = False, kind: str = "string") -> Column:
    return Column(name=name, cell=cell, priority=int(wide), type=kind)


def _number(name: str, cell: Cell) -> Column:
    return _column(name, lambda document: cell(document) or 0, kind="integer")


_WORKLOAD = (
    _column("Containers", cells.names, wide=True),
    _column("Images", cells.images, wide=True),
)
_MATCHED = _column("Selector", cells.selector("spec", "selector", "matchLabels"), wide=True)

COLUMNS: dict[str, Columns] = {
    **more_columns.COLUMNS,
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
        _column("Node Selector", cells.selector("spec", "template", "spec", "nodeSelector")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "deployments": (
        _column("Ready", cells.ready),
        _number("Up-to-date", path("status", "updatedReplicas")),
        _number("Available", path("status", "availableReplicas")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "endpoints": (_column("Endpoints", cells.endpoints), AGE),
    "endpointslices": (
        _column("AddressType", path("addressType")),
        _column("Ports", cells.slice_ports),
        _column("Endpoints", cells.slice_addresses),
        AGE,
    ),
    "ingressclasses": (
        _column("Controller", path("spec", "controller")),
        _column("Parameters", text("spec", "parameters", "name")),
        AGE,
    ),
    "horizontalpodautoscalers": (
        _column("Reference", cells.reference),
        _column("Targets", cells.targets),
        _column("MinPods", lambda d: str(dig(d, ("spec", "minReplicas")) or "<unset>")),
        _number("MaxPods", path("spec", "maxReplicas")),
        _number("Replicas", path("status", "currentReplicas")),
        AGE,
    ),
    "ingresses": (
        _column("Class", text("spec", "ingressClassName")),
        _column("Hosts", cells.hosts),
        _column("Address", lambda d: ",".join(cells.addresses(d.get("status") or {}))),
        _column("Ports", cells.ingress_ports),
        AGE,
    ),
    "jobs": (
        _column("Status", lambda d: "Complete" if cells.status(d, "succeeded") else "Running"),
        _column(
            "Completions",
            lambda d: f"{cells.status(d, 'succeeded')}/{dig(d, ('spec', 'completions')) or 1}",
        ),
        AGE,
        *_WORKLOAD,
    ),
    "leases": (_column("Holder", path("spec", "holderIdentity")), AGE),
    "namespaces": (_column("Status", path("status", "phase")), AGE),
    "nodes": (
        _column("Status", cells.node_status),
        _column("Roles", cells.roles),
        AGE,
        _column("Version", path("status", "nodeInfo", "kubeletVersion")),
        _column("Internal-IP", cells.node_address("InternalIP"), wide=True),
        _column("External-IP", cells.node_address("ExternalIP"), wide=True),
        _column("OS-Image", cells.node_info("osImage"), wide=True),
        _column("Kernel-Version", cells.node_info("kernelVersion"), wide=True),
        _column("Container-Runtime", cells.node_info("containerRuntimeVersion"), wide=True),
    ),
    "pods": (
        _column("Ready", cells.pod_ready),
        _column("Status", cells.pod_status),
        _column("Restarts", cells.restarts),
        AGE,
        _column("IP", text("status", "podIP"), wide=True),
        _column("Node", text("spec", "nodeName"), wide=True),
    ),
    "replicationcontrollers": (
        _number("Desired", path("spec", "replicas")),
        _number("Current", path("status", "replicas")),
        _number("Ready", path("status", "readyReplicas")),
        AGE,
        *_WORKLOAD,
        _column("Selector", cells.selector("spec", "selector"), wide=True),
    ),
    "replicasets": (
        _number("Desired", path("spec", "replicas")),
        _number("Current", path("status", "replicas")),
        _number("Ready", path("status", "readyReplicas")),
        AGE,
        *_WORKLOAD,
        _MATCHED,
    ),
    "clusterrolebindings": (_column("Role", cells.role), AGE),
    "rolebindings": (_column("Role", cells.role), AGE),
    "secrets": (_column("Type", path("type")), _number("Data", size("data")), AGE),
    "serviceaccounts": (_number("Secrets", lambda d: len(d.get("secrets") or ())), AGE),
    "services": (
        _column("Type", path("spec", "type")),
        _column("Cluster-IP", text("spec", "clusterIP")),
        _column("External-IP", cells.external),
        _column("Port(s)", cells.ports),
        AGE,
        _column("Selector", cells.selector("spec", "selector"), wide=True),
    ),
    "statefulsets": (_column("Ready", cells.ready), AGE, *_WORKLOAD),
}
