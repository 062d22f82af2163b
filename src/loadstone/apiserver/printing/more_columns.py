"""Printer columns of built-in kinds for quotas, storage, networks, events and admission."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.printing.columns import (
    AGE,
    NAME,
    Cell,
    Column,
    elapsed,
    pairs,
    path,
    size,
    text,
)

_MODES = {
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOnce": "RWO",
    "ReadWriteOncePod": "RWOP",
}


def _column(name: str, cell: Cell, *, kind: str = "string", wide: bool = False) -> Column:
    return Column(name=name, cell=cell, type=kind, priority=int(wide))


def _selector(*steps: str) -> Cell:
    """Labels that are wanted, as kubectl writes a selector; expressions by their keys."""

    def cell(document: Document) -> str:
        found = dig(document, steps) or {}
        keys = [str(each.get("key")) for each in found.get("matchExpressions") or ()]
        labels = found.get("matchLabels") or {}
        return ",".join([*([pairs(labels)] if labels else []), *keys]) or "<none>"

    return cell


def _used(limits: bool) -> Cell:
    """What of a quota is used: requests and counts, or limits."""

    def cell(document: Document) -> str:
        hard = dig(document, ("status", "hard")) or {}
        used = dig(document, ("status", "used")) or {}
        names = [name for name in sorted(hard) if name.startswith("limits") is limits]
        return ", ".join(f"{name}: {used.get(name, 0)}/{hard[name]}" for name in names)

    return cell


def _or(absent: str, *steps: str) -> Cell:
    def cell(document: Document) -> str:
        value = dig(document, steps)
        return absent if value is None else str(value)

    return cell


def _modes(*steps: str) -> Cell:
    return lambda document: ",".join(_MODES.get(each, each) for each in dig(document, steps) or ())


def _claim(document: Document) -> str:
    of = dig(document, ("spec", "claimRef")) or {}
    return f"{of.get('namespace')}/{of.get('name')}" if of else ""


def _status(field: str) -> Cell:
    return lambda document: dig(document, ("status", field)) or 0


def _since(*fields: str) -> Cell:
    """How long ago the first of these moments was that an event has."""

    def cell(document: Document) -> str:
        moments = (document.get(field) for field in fields)
        return next((elapsed(str(each)) for each in moments if each), "<unknown>")

    return cell


def _about(document: Document) -> str:
    about = document.get("involvedObject") or document.get("regarding") or {}
    kind, name = str(about.get("kind", "")).lower(), about.get("name", "")
    return f"{kind}/{name}" if name else kind


def _source(document: Document) -> str:
    source = document.get("source") or document.get("deprecatedSource") or {}
    name = source.get("component") or document.get("reportingComponent") or ""
    name = name or document.get("reportingController") or ""
    return ", ".join(each for each in (name, source.get("host")) if each)


def _count(document: Document) -> Any:
    series = dig(document, ("series", "count"))
    return series or document.get("count") or document.get("deprecatedCount") or 1


def _owner(document: Document) -> str:
    owners = dig(document, ("metadata", "ownerReferences")) or ()
    controllers = [each for each in owners if each.get("controller")]
    if not controllers:
        return "<none>"
    group = str(controllers[0].get("apiVersion", "")).rpartition("/")[0]
    kind = str(controllers[0].get("kind", "")).lower()
    return f"{kind}{f'.{group}' if group else ''}/{controllers[0].get('name')}"


def _kind(found: Any) -> str:
    return f"{found.get('apiVersion')}/{found.get('kind')}" if found else "<unset>"


def _reference(found: Any) -> str:
    if not found:
        return "<unset>"
    if not found.get("name"):
        return "*/*" if not found.get("namespace") else f"{found['namespace']}/*"
    return f"{found.get('namespace') or '*'}/{found['name']}"


def _default_class(document: Document) -> str:
    annotations = dig(document, ("metadata", "annotations")) or {}
    default = annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    return f"{dig(document, ('metadata', 'name'))}{' (default)' if default else ''}"


_STORAGE = (
    _column("StorageClass", path("spec", "storageClassName")),
    _column("VolumeAttributesClass", _or("<unset>", "spec", "volumeAttributesClassName")),
)
_MODE = _column("VolumeMode", _or("<unset>", "spec", "volumeMode"), wide=True)
_WEBHOOKS = (_column("Webhooks", size("webhooks"), kind="integer"), AGE)
_NAME_LAST = replace(NAME, priority=1)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "controllerrevisions": (
        _column("Controller", _owner),
        _column("Revision", path("revision")),
        AGE,
    ),
    "csinodes": (_column("Drivers", size("spec", "drivers"), kind="integer"), AGE),
    "events": (
        _column("Last Seen", _since("lastTimestamp", "deprecatedLastTimestamp", "eventTime")),
        _column("Type", path("type")),
        _column("Reason", path("reason")),
        _column("Object", _about),
        _column(
            "Subobject", lambda d: (d.get("involvedObject") or {}).get("fieldPath", ""), wide=True
        ),
        _column("Source", _source, wide=True),
        _column("Message", lambda d: str(d.get("message") or d.get("note") or "").strip()),
        _column(
            "First Seen",
            _since("firstTimestamp", "deprecatedFirstTimestamp", "eventTime"),
            wide=True,
        ),
        _column("Count", _count, wide=True),
        _NAME_LAST,
    ),
    "mutatingwebhookconfigurations": _WEBHOOKS,
    "networkpolicies": (_column("Pod-Selector", _selector("spec", "podSelector")), AGE),
    "persistentvolumeclaims": (
        _column("Status", path("status", "phase")),
        _column("Volume", path("spec", "volumeName")),
        _column("Capacity", path("status", "capacity", "storage")),
        _column("Access Modes", _modes("status", "accessModes")),
        *_STORAGE,
        AGE,
        _MODE,
    ),
    "persistentvolumes": (
        _column("Capacity", path("spec", "capacity", "storage")),
        _column("Access Modes", _modes("spec", "accessModes")),
        _column("Reclaim Policy", path("spec", "persistentVolumeReclaimPolicy")),
        _column("Status", path("status", "phase")),
        _column("Claim", _claim),
        *_STORAGE,
        _column("Reason", path("status", "reason")),
        AGE,
        _MODE,
    ),
    "poddisruptionbudgets": (
        _column("Min Available", _or("N/A", "spec", "minAvailable")),
        _column("Max Unavailable", _or("N/A", "spec", "maxUnavailable")),
        _column("Allowed Disruptions", _status("disruptionsAllowed"), kind="integer"),
        AGE,
    ),
    "priorityclasses": (
        _column("Value", path("value"), kind="integer"),
        _column("Global-Default", lambda d: bool(d.get("globalDefault")), kind="boolean"),
        AGE,
        _column("PreemptionPolicy", _or("PreemptLowerPriority", "preemptionPolicy")),
    ),
    "resourcequotas": (
        _column("Request", _used(limits=False)),
        _column("Limit", _used(limits=True)),
        AGE,
    ),
    "runtimeclasses": (_column("Handler", path("handler")), AGE),
    "storageclasses": (
        replace(NAME, cell=_default_class),
        _column("Provisioner", path("provisioner")),
        _column("ReclaimPolicy", _or("Delete", "reclaimPolicy")),
        _column("VolumeBindingMode", _or("Immediate", "volumeBindingMode")),
        _column("AllowVolumeExpansion", lambda d: bool(d.get("allowVolumeExpansion"))),
        AGE,
    ),
    "validatingadmissionpolicies": (
        _column("Validations", size("spec", "validations"), kind="integer"),
        _column("ParamKind", lambda d: _kind(dig(d, ("spec", "paramKind")))),
        AGE,
    ),
    "validatingadmissionpolicybindings": (
        _column("PolicyName", path("spec", "policyName")),
        _column("ParamRef", lambda d: _reference(dig(d, ("spec", "paramRef")))),
        AGE,
    ),
    "validatingwebhookconfigurations": _WEBHOOKS,
    "volumeattributesclasses": (_column("DriverName", text("driverName")), AGE),
}
