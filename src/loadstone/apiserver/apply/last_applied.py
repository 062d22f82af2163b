"""The annotation of kubectl's client-side apply, and server-side apply that takes over from it."""

from __future__ import annotations

import orjson

from loadstone.apiserver.apply import fieldsets, ownership, schema_errors
from loadstone.apiserver.apply.fieldsets import Fields
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import group_version
from loadstone.apiserver.types.type_shapes import TypeShape

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"


def applied_fields(call: Call, live: Document, shape: TypeShape) -> Fields:
    """The fields that a client-side apply owns: in the annotation, and still so."""
    annotation = (live["metadata"].get("annotations") or {}).get(ANNOTATION)
    if call.options.manager != "kubectl" or not annotation:
        return {}
    try:
        applied = orjson.loads(annotation)
        version = applied.get("apiVersion")
        if version != group_version(call.resource.group, call.version):
            return {}
        if schema_errors.faults(applied, shape):
            return {}
        removed, changed = ownership.compare(applied, live, shape)
    except (orjson.JSONDecodeError, AttributeError, fieldsets.NoElement):
        return {}  # somebody else's annotation
    fields = ownership.fields(applied, shape)
    return fieldsets.difference(fieldsets.difference(fields, changed), removed)


def synchronize(call: Call, after: Document, applied: Document) -> None:
    """Keep the annotation of kubectl's client-side apply true, where there is one."""
    annotations = after["metadata"].get("annotations") or {}
    if call.options.manager != "kubectl" or not annotations.get(ANNOTATION):
        return
    metadata = dict(applied["metadata"])
    if ANNOTATION in (metadata.get("annotations") or {}):
        own = {k: v for k, v in metadata["annotations"].items() if k != ANNOTATION}
        metadata["annotations"] = own
    version = group_version(call.resource.group, call.version)
    whole = {
        "apiVersion": version,
        "kind": call.resource.kind,
        **applied,
        "metadata": metadata,
    }
    said = orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE).decode()
    after["metadata"]["annotations"] = {**annotations, ANNOTATION: said}
