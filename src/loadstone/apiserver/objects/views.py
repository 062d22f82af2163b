"""Kinds that one API shows and another one keeps: the same objects in two shapes.

`events.k8s.io/v1` shows core events with other field names, `autoscaling/v1` an autoscaler with one
metric. What is sent in such a shape is turned into the kept one and then stored as if it had been
sent so; what is answered is turned back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from msgspec import structs

from loadstone.apiserver.objects import autoscalers, bodies
from loadstone.apiserver.objects.store import Document, StoredObject
from loadstone.apiserver.patches import patch
from loadstone.apiserver.routing import Call
from loadstone.apiserver.types import typed
from loadstone.apiserver.types.resources import Resource, group_version
from loadstone.apiserver.wire import status

if TYPE_CHECKING:
    from loadstone.apiserver.state import State

Turn = Callable[[Document], Document]


@dataclass(frozen=True, kw_only=True)
class View:
    """From the kept shape to the shown one, and back."""

    shown: Turn
    kept: Turn


_EVENTS = {  # core/v1 → events.k8s.io/v1
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}


def _renamed(names: dict[str, str]) -> Turn:
    return lambda document: {names.get(key, key): value for key, value in document.items()}


_VIEWS = {
    ("events.k8s.io", "v1", "events"): View(
        shown=_renamed(_EVENTS), kept=_renamed({new: old for old, new in _EVENTS.items()})
    ),
    ("autoscaling", "v1", "horizontalpodautoscalers"): View(
        shown=autoscalers.version1, kept=autoscalers.version2
    ),
}


def of(resource: Resource) -> View:
    return _VIEWS[resource.group, resource.version, resource.plural]


def shown(resource: Resource, stored: StoredObject) -> Document:
    """An object as a view shows it."""
    return of(resource).shown(stored.document())


def kept(state: State, call: Call, current: StoredObject | None) -> Call:
    """The same write, of the kind that is kept; raises 400, 415 and 422."""
    resource = state.resource(call.resource.key[1], call.resource.key[0])
    media = call.content_type.partition(";")[0].strip()
    if call.verb == "patch" and media != patch.APPLY:
        document = _patched(call, media, current)
        call = structs.replace(call, verb="update")
    else:
        document = bodies.decode_any(call.body, call.content_type)
        bodies.check_type(call, document)
    unknown = typed.clean(call.resource, document)
    if unknown and call.options.validation == "Strict":
        said = ", ".join(f'unknown field "{path}"' for path in unknown)
        raise status.bad_request(f"strict decoding error: {said}")
    state.warnings.extend(f'unknown field "{path}"' for path in unknown)
    document = of(call.resource).kept(document)
    typed_as = {
        "kind": resource.kind,
        "apiVersion": group_version(resource.group, resource.version),
    }
    return structs.replace(
        call,
        resource=resource,
        version=resource.version,
        body=orjson.dumps({**typed_as, **document}),
        content_type=patch.APPLY if media == patch.APPLY else "application/json",
    )


def _patched(call: Call, media: str, current: StoredObject | None) -> Document:
    if media not in patch.TYPES:
        raise status.unsupported_media_type(patch.TYPES)
    if current is None:
        raise status.not_found(call.resource, call.name)
    document = patch.apply(
        call.resource, call.version, media, call.body, shown(call.resource, current)
    )
    return {key: value for key, value in document.items() if key not in ("kind", "apiVersion")}
