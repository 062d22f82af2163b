"""Writes in a view, a kind that shows what another keeps: converted to writes of that one."""

from __future__ import annotations

import orjson
from msgspec import structs

from loadstone.apiserver.conversion.conversions import of, shown
from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import group_version
from loadstone.apiserver.patches import patch
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.types import type_check
from loadstone.apiserver.validation import field_validation
from loadstone.apiserver.wire import bodies


def kept(state: State, call: Call, current: StoredObject | None) -> Call:
    """The same write, of the kind that is kept; raises 400, 415 and 422."""
    resource = state.resource(call.resource.key[1], call.resource.key[0])
    media = call.content_type.partition(";")[0].strip()
    if call.verb == "patch" and media != media_types.APPLY:
        document = _patched(call, media, current)
        call = structs.replace(call, verb="update")
    else:
        document = bodies.decode_any(call.body, call.content_type)
        bodies.check_type(call, document)
    field_validation.complain(state, call, type_check.clean(call.resource, document), document)
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
        content_type=media_types.APPLY if media == media_types.APPLY else "application/json",
    )


def _patched(call: Call, media: str, current: StoredObject | None) -> Document:
    if media not in media_types.TYPES:
        raise status.unsupported_media_type(media_types.TYPES)
    if current is None:
        raise status.not_found(call.resource, call.name)
    document = patch.apply(
        call.resource, call.version, media, call.body, shown(call.resource, current)
    )
    return {key: value for key, value in document.items() if key not in ("kind", "apiVersion")}
