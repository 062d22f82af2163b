"""PATCH: which of the four ways of patching it is, and what comes of it."""

from __future__ import annotations

from loadstone.apiserver.apply import server_side
from loadstone.apiserver.objects import reading, writing
from loadstone.apiserver.objects.store import Document, StoredObject
from loadstone.apiserver.patches import patch as patches
from loadstone.apiserver.patches import patchedtype
from loadstone.apiserver.routing import Call
from loadstone.apiserver.state import State
from loadstone.apiserver.types.resources import group_version
from loadstone.apiserver.wire import status

_TYPE = ("kind", "apiVersion")


def patch(state: State, call: Call) -> tuple[StoredObject, bool]:
    """The patched object, and whether it was created; raises 400, 404, 409, 415 and 422."""
    media = call.content_type.partition(";")[0].strip()
    if media not in patches.TYPES or (media == patches.STRATEGIC and call.resource.custom):
        raise status.unsupported_media_type(_accepted(call))
    if media == patches.APPLY:
        return server_side.apply(state, call)
    if call.options.force:
        cause = status.Cause.forbidden("force", "may not be specified for non-apply patch")
        raise status.invalid_options("PatchOptions", cause)
    current = reading.existing(state.store, call)

    def edit(document: Document) -> Document:
        patched = patches.apply(
            call.resource, call.version, media, call.body, {**_type(call), **document}
        )
        if media != patches.STRATEGIC:  # which the real server reads into the type that it knows
            patched = patchedtype.checked(call, patched)
        return {key: value for key, value in patched.items() if key not in _TYPE}

    return writing.change(state, call, current, edit), False


def _type(call: Call) -> Document:
    version = group_version(call.resource.group, call.version)
    return {"kind": call.resource.kind, "apiVersion": version}


def _accepted(call: Call) -> tuple[str, ...]:
    if call.resource.custom:
        return tuple(kind for kind in patches.TYPES if kind != patches.STRATEGIC)
    return patches.TYPES
