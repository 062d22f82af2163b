"""Conversions between the kind that an API shows and the one that is kept of it.

`events.k8s.io/v1` shows core events with other field names, `autoscaling/v1` an autoscaler with one
metric. What is sent in such a shape is turned into the kept one and then stored as if it had been
sent so; what is answered is turned back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loadstone.apiserver.conversion import autoscalers
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.storage.objects import StoredObject

Transform = Callable[[Document], Document]


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """A conversion: from the kept shape to the shown one, and back."""

    shown: Transform
    kept: Transform


_EVENTS = {  # core/v1 → events.k8s.io/v1
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}


def _renamed(names: dict[str, str]) -> Transform:
    return lambda document: {names.get(key, key): value for key, value in document.items()}


_CONVERSIONS = {
    ("events.k8s.io", "v1", "events"): Conversion(
        shown=_renamed(_EVENTS), kept=_renamed({new: old for old, new in _EVENTS.items()})
    ),
    ("autoscaling", "v1", "horizontalpodautoscalers"): Conversion(
        shown=autoscalers.version1, kept=autoscalers.version2
    ),
}


def of(resource: Resource) -> Conversion:
    """The conversion of a resource that is shown only."""
    return _CONVERSIONS[resource.group, resource.version, resource.plural]


def shown(resource: Resource, stored: StoredObject) -> Document:
    """A stored object in the shape that its resource shows."""
    return of(resource).shown(stored.document())
