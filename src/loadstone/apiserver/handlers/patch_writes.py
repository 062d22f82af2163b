"""PATCH: one of the four ways of patching, by the type of its body."""

from __future__ import annotations

from loadstone.apiserver.handlers import reads, server_side_apply, writes
from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import group_version
from loadstone.apiserver.patches import patch as patches
from loadstone.apiserver.patches import type_meta
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject

_TYPE = ("kind", "apiVersion")


def patch(state: State, call: Call) -> tuple[StoredObject, bool]:
    """The patched object, and whether it was created; raises 400, 404, 409, 415 and 422."""
    media = call.content_type.partition(";")[0].strip()
    if media not in media_types.TYPES or (media == media_types.STRATEGIC and call.resource.custom):
        raise status.unsupported_media_type(_accepted(call))
    if media == media_types.APPLY:
        return server_side_apply.apply(state, call)
    if call.options.force:
        cause = Cause.forbidden("force", "may not be specified for non-apply patch")
        raise status.invalid_options("PatchOptions", cause)
    current = reads.existing(state.store, call)

    def edit(document: Document) -> Document:
        patched = patches.apply(
            call.resource, call.version, media, call.body, {**_type(call), **document}
        )
        if (
            media != media_types.STRATEGIC
        ):  # which the real server reads into the type that it knows
            patched = type_meta.checked(call, patched)
        return {key: value for key, value in patched.items() if key not in _TYPE}

    return writes.change(state, call, current, edit), False


def _type(call: Call) -> Document:
    version = group_version(call.resource.group, call.version)
    return {"kind": call.resource.kind, "apiVersion": version}


def _accepted(call: Call) -> tuple[str, ...]:
    if call.resource.custom:
        return tuple(kind for kind in media_types.TYPES if kind != media_types.STRATEGIC)
    return media_types.TYPES
