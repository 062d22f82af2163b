"""The scale subresource: replicas of built-in and custom resources as autoscaling/v1 Scale."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.handlers import reads, writes
from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document, dig
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.patches import patch
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.wire import bodies

_BUILTIN = {
    "specReplicasPath": ".spec.replicas",
    "statusReplicasPath": ".status.replicas",
    "labelSelectorPath": "",
}


RESOURCE = Resource(group="autoscaling", version="v1", plural="scales", kind="Scale")


def answer(state: State, call: Call) -> Document:
    """Read or change the replicas; raises what any change raises."""
    if call.verb not in ("get", "update", "patch"):
        raise status.method_not_allowed()
    current = reads.existing(state.store, call)
    if call.verb != "get":
        current = _change(state, call, current)
    return _scale(call, current)


def _change(state: State, call: Call, current: StoredObject) -> StoredObject:
    wanted = _wanted(call, current)
    replicas = dig(wanted, ("spec", "replicas")) or 0
    if not isinstance(replicas, int) or replicas < 0:
        cause = Cause.invalid("spec.replicas", replicas, "must be a whole number from 0")
        raise status.invalid(call.resource, call.name, [cause])

    def edit(document: Document) -> Document:
        _set(document, _steps(call, "specReplicasPath"), replicas)
        given = (wanted.get("metadata") or {}).get("resourceVersion")
        if given:
            document["metadata"]["resourceVersion"] = given
        return document

    return writes.change(state, call, current, edit)


def _wanted(call: Call, current: StoredObject) -> Document:
    if call.verb == "update":
        return bodies.decode(call.body, call.content_type)
    media = call.content_type.partition(";")[0].strip()
    if media not in (media_types.MERGE, media_types.JSON, media_types.STRATEGIC):
        raise status.unsupported_media_type(media_types.TYPES)
    return patch.apply(call.resource, call.version, media, call.body, _scale(call, current))


def _scale(call: Call, stored: StoredObject) -> dict[str, Any]:
    document = stored.document()
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    shown: dict[str, Any] = {"replicas": dig(document, _steps(call, "statusReplicasPath")) or 0}
    selector = _selector(call, document)
    if selector:
        shown["selector"] = selector
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: document["metadata"].get(key) for key in kept},
        "spec": {"replicas": dig(document, _steps(call, "specReplicasPath")) or 0},
        "status": shown,
    }


def _selector(call: Call, document: Document) -> str:
    if call.resource.custom:
        path = _paths(call).get("labelSelectorPath")
        return str(dig(document, path.strip(".").split(".")) or "") if path else ""
    selector = dig(document, ("spec", "selector")) or {}
    labels = selector.get("matchLabels", selector if call.resource.group == "" else {})
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _paths(call: Call) -> dict[str, str]:
    own = call.resource.definition(call.version)
    return dict(own.scale) if own and own.scale else _BUILTIN


def _steps(call: Call, name: str) -> list[str]:
    return _paths(call)[name].strip(".").split(".")


def _set(document: Document, steps: list[str], value: int) -> None:
    *parents, last = steps
    for step in parents:
        document = document.setdefault(step, {})
    document[last] = value
