"""The conversion of HorizontalPodAutoscalers: `autoscaling/v1` has one metric, CPU.

What the first shape has no fields for stands in annotations, as the real server keeps it there.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import orjson

from loadstone.apiserver.machinery.documents import Document

_PREFIX = "autoscaling.alpha.kubernetes.io/"
_NOTES = ("metrics", "current-metrics", "behavior", "conditions")
_TARGET = "targetCPUUtilizationPercentage"
_CURRENT = "currentCPUUtilizationPercentage"


def version1(document: Document) -> Document:
    """An autoscaler of `autoscaling/v2` as v1 shows it."""
    spec, state = dict(document.get("spec") or {}), dict(document.get("status") or {})
    notes: dict[str, Any] = {}
    target, notes["metrics"] = _cpu(spec.pop("metrics", None), "target")
    current, notes["current-metrics"] = _cpu(state.pop("currentMetrics", None), "current")
    notes["behavior"] = spec.pop("behavior", None)
    notes["conditions"] = state.pop("conditions", None)
    state.setdefault("currentReplicas", 0)
    state.setdefault("desiredReplicas", 0)
    metadata = _noted(document["metadata"], notes)
    spec |= {_TARGET: target} if target is not None else {}
    state |= {_CURRENT: current} if current is not None else {}
    return {**document, "metadata": metadata, "spec": spec, "status": state}


def version2(document: Document) -> Document:
    """An autoscaler of `autoscaling/v1` as v2 keeps it."""
    spec, state = dict(document.get("spec") or {}), dict(document.get("status") or {})
    metadata, notes = _read(document.get("metadata") or {})
    metrics = [*(notes.get("metrics") or ()), *_metric(spec.pop(_TARGET, None), "target")]
    current = [
        *(notes.get("current-metrics") or ()),
        *_metric(state.pop(_CURRENT, None), "current"),
    ]
    for into, field, value in (
        (spec, "metrics", metrics),
        (spec, "behavior", notes.get("behavior")),
        (state, "currentMetrics", current),
        (state, "conditions", notes.get("conditions")),
    ):
        if value:
            into[field] = value
    found = {**document, "metadata": metadata, "spec": spec}
    return {**found, "status": state} if state else found


def _cpu(metrics: Any, word: str) -> tuple[int | None, list[Any]]:
    """The average utilization of CPU, and every other metric."""
    found, others = None, []
    for metric in metrics or ():
        resource = metric.get("resource") or {}
        value = (resource.get(word) or {}).get("averageUtilization")
        if metric.get("type") == "Resource" and resource.get("name") == "cpu" and value is not None:
            found = value
        else:
            others.append(metric)
    return found, others


def _metric(value: int | None, word: str) -> list[Any]:
    if value is None:
        return []
    kind = {"type": "Utilization"} if word == "target" else {}
    resource = {"name": "cpu", word: {**kind, "averageUtilization": value}}
    return [{"type": "Resource", "resource": resource}]


def _noted(metadata: Document, notes: dict[str, Any]) -> Document:
    said = {_PREFIX + name: orjson.dumps(value).decode() for name, value in notes.items() if value}
    if not said:
        return metadata
    return {**metadata, "annotations": {**(metadata.get("annotations") or {}), **said}}


def _read(metadata: Document) -> tuple[Document, dict[str, Any]]:
    """The metadata without the notes, and what they say; what cannot be read is no note."""
    given = metadata.get("annotations") or {}
    notes = {}
    for name, text in given.items():
        with suppress(orjson.JSONDecodeError):
            if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) in _NOTES:
                notes[name] = orjson.loads(text)
    if not notes:
        return metadata, {}
    left = {name: text for name, text in given.items() if name not in notes}
    found = {name.removeprefix(_PREFIX): said for name, said in notes.items()}
    return {**metadata, "annotations": left}, found
