"""Application of a patch by its media type, and JSON merge patch (RFC 7386)."""

from __future__ import annotations

from typing import Any

import orjson

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.media_types import JSON, STRATEGIC
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.patches import strategic_merge
from loadstone.apiserver.types import type_shapes


def apply(
    resource: Resource, version: str, media: str, body: bytes, document: Document
) -> Document:
    """The document with a patch applied; raises 400, 415, 422 and 500."""
    try:
        patch = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise status.bad_request(f"error decoding patch: {error}") from None
    if media == JSON:
        from loadstone.apiserver.patches import json_patch  # takes time to load, and few send it

        return json_patch.apply(patch, document)
    if not isinstance(patch, dict):
        raise status.bad_request("cannot apply a patch that is not an object")
    if media == STRATEGIC:
        return strategic_merge.merge(document, patch, type_shapes.of(resource, version))
    merged = merge(document, patch)
    return merged if isinstance(merged, dict) else {}


def merge(target: Any, patch: Any) -> Any:
    """JSON merge patch: null removes, mappings merge, everything else replaces."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), value)
    return merged
