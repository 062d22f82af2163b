"""Strategic merge patch: lists of the built-in kinds merge by key rather than being replaced."""

from __future__ import annotations

from typing import Any

from loadstone.cluster.memory import status
from loadstone.cluster.memory.store import Document

# field name → merge key; "" for lists of plain values that merge as sets.
# A name in brackets after the field gives its parent, where only that one merges so.
_KEYS = {
    "addresses[status]": "type",
    "conditions": "type",
    "containers": "name",
    "env": "name",
    "ephemeralContainers": "name",
    "finalizers": "",
    "hostAliases": "ip",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ownerReferences": "uid",
    "podIPs": "ip",
    "ports[containers]": "containerPort",
    "ports[initContainers]": "containerPort",
    "ports[ephemeralContainers]": "containerPort",
    "ports[spec]": "port",
    "resourceClaims": "name",
    "secrets": "name",
    "taints": "key",
    "topologySpreadConstraints": "topologyKey",
    "validatingWebhooks": "name",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
    "webhooks": "name",
}
_NOT_MERGED = {"taints", "conditions[endpoints]"}
_DIRECTIVE = "$patch"
_ORDER = "$setElementOrder/"
_DELETE = "$deleteFromPrimitiveList/"
_RETAIN = "$retainKeys"


def merge(document: Document, patch: Document, kind: str) -> Document:
    """The document with the patch applied; raises 400 for directives that make no sense."""
    del kind
    merged = _mapping(document, patch, "")
    return merged if isinstance(merged, dict) else {}


def key_of(field: str, parent: str) -> str | None:
    """The key by which a list merges; "" for a set of values, None where it is replaced."""
    if field in _NOT_MERGED:
        return None
    own = _KEYS.get(f"{field}[{parent}]")
    return _KEYS.get(field) if own is None else own


def _mapping(target: Any, patch: Document, parent: str) -> Document:
    directive = patch.get(_DIRECTIVE)
    if directive == "replace":
        return _plain(patch)
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise status.bad_request(f"unknown patch directive {directive!r}")
    merged = dict(target) if isinstance(target, dict) else {}
    if _RETAIN in patch:
        merged = {key: value for key, value in merged.items() if key in patch[_RETAIN]}
    for name, value in patch.items():
        if name.startswith(_DELETE):
            field = name.removeprefix(_DELETE)
            merged[field] = [item for item in merged.get(field) or [] if item not in value]
        elif not name.startswith("$"):
            _field(merged, name, value, parent)
    for name, order in patch.items():
        if name.startswith(_ORDER):
            _reorder(merged, name.removeprefix(_ORDER), order, parent)
    return merged


def _field(merged: Document, name: str, value: Any, parent: str) -> None:
    if value is None:
        merged.pop(name, None)
    elif isinstance(value, dict):
        merged[name] = _mapping(merged.get(name), value, name)
    elif isinstance(value, list):
        merged[name] = _list(merged.get(name), value, name, parent)
    else:
        merged[name] = value


def _list(target: Any, patch: list[Any], name: str, parent: str) -> list[Any]:
    key = key_of(name, parent)
    current = list(target) if isinstance(target, list) else []
    if key is None:
        return _items(patch)
    if key == "":
        return current + [item for item in patch if item not in current]
    if any(isinstance(item, dict) and item.get(_DIRECTIVE) == "replace" for item in patch):
        return _items([item for item in patch if item != {_DIRECTIVE: "replace"}])
    for item in patch:
        _item(current, item, key, name)
    return current


def _item(current: list[Any], item: Any, key: str, name: str) -> None:
    if not isinstance(item, dict) or key not in item:
        raise status.bad_request(f"map: {item} does not contain declared merge key: {key}")
    at = next(
        (i for i, old in enumerate(current) if isinstance(old, dict) and old.get(key) == item[key]),
        None,
    )
    if item.get(_DIRECTIVE) == "delete":
        if at is not None:
            del current[at]
    elif at is None:
        current.append(_mapping({}, item, name))
    else:
        current[at] = _mapping(current[at], item, name)


def _reorder(merged: Document, name: str, order: list[Any], parent: str) -> None:
    """Put the elements of a list in the asked order; those not named keep their places after."""
    current = merged.get(name)
    if not isinstance(current, list):
        return
    key = key_of(name, parent)

    def place(item: Any) -> int:
        wanted = {key: item.get(key)} if key and isinstance(item, dict) else item
        return order.index(wanted) if wanted in order else len(order)

    merged[name] = sorted(current, key=place)


def _plain(patch: Document) -> Document:
    return {key: _value(value) for key, value in patch.items() if not key.startswith("$")}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    return _items(value) if isinstance(value, list) else value


def _items(items: list[Any]) -> list[Any]:
    return [_value(item) for item in items]
