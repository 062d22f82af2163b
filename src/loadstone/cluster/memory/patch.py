"""JSON merge patch (RFC 7386) and JSON patch (RFC 6902); strategic merge is in `strategic`."""

from __future__ import annotations

from typing import Any

import orjson

from loadstone.cluster.memory import shapes, status, strategic
from loadstone.cluster.memory.resources import Resource
from loadstone.cluster.memory.store import Document

JSON = "application/json-patch+json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TYPES = (JSON, MERGE, STRATEGIC, APPLY)


def is_apply(content_type: str) -> bool:
    return content_type.startswith(APPLY)


def is_patch(content_type: str) -> bool:
    return content_type.partition(";")[0].strip() in TYPES


def apply(
    resource: Resource, version: str, media: str, body: bytes, document: Document
) -> Document:
    """The document with a patch applied; raises 400, 415, 422 and 500."""
    try:
        patch = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise status.bad_request(f"error decoding patch: {error}") from None
    if media == JSON:
        return _json(resource, patch, document)
    if not isinstance(patch, dict):
        raise status.bad_request("cannot apply a patch that is not an object")
    if media == STRATEGIC:
        return strategic.merge(document, patch, shapes.of(resource, version))
    merged = merge(document, patch)
    return merged if isinstance(merged, dict) else {}


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386: null removes, mappings merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged


def _json(resource: Resource, patch: Any, document: Document) -> Document:
    import jsonpatch  # takes time to load, and few clients patch this way
    import jsonpointer

    try:
        patched = jsonpatch.JsonPatch(patch).apply(document)
    except jsonpatch.InvalidJsonPatch as error:
        raise status.bad_request(f"error decoding patch: {error}") from None
    except (jsonpatch.JsonPatchException, jsonpointer.JsonPointerException) as error:
        raise status.ApiError(
            422,
            "Invalid",
            f"the server rejected our request due to an error in our request: {error}",
            details={"group": resource.group, "kind": resource.plural},
        ) from None
    except (AttributeError, KeyError, TypeError) as error:
        raise status.bad_request(f"error decoding patch: {error}") from None
    if not isinstance(patched, dict):
        raise status.bad_request("a patch must leave an object")
    return patched
