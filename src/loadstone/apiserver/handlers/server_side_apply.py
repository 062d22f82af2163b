"""Server-side apply: PATCH with a configuration, of an object that is there or that it makes."""

from __future__ import annotations

from loadstone.apiserver.apply import fieldsets, ownership, updater
from loadstone.apiserver.apply.field_manager import check_schema, entry_of, ignored, merge_applied
from loadstone.apiserver.handlers import writes
from loadstone.apiserver.machinery import media_types, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.types import type_shapes
from loadstone.apiserver.wire import bodies


def apply(state: State, call: Call) -> tuple[StoredObject, bool]:
    """The object with the caller's fields as applied, and whether it is new.

    Raises 400, 409 for fields that others own with other values (unless forced), 422, and 500 for
    what the kind does not have.
    """
    if not call.options.manager:
        cause = Cause.required("fieldManager", "is required for apply patch")
        raise status.invalid_options("PatchOptions", cause)
    applied = _read(call)
    current = state.store.collection(call.resource).objects.get((call.namespace, call.name))
    shape = type_shapes.of(call.resource, call.version)
    if current is None and call.subresource:
        raise status.not_found(call.resource, call.name)
    check_schema(call, applied, shape)
    if current is None:
        _refuse_foreign_uid(call, applied)
        fields = fieldsets.without(ownership.fields(applied, shape), ignored(call))
        applied["metadata"].pop("resourceVersion", None)
        applied["metadata"]["managedFields"] = [entry_of(call, "Apply", updater.owned(fields))]
        return writes.insert(state, call, applied), True

    def edit(document: Document) -> Document:
        return merge_applied(call, document, applied, shape)

    return writes.change(state, call, current, edit), False


def _read(call: Call) -> Document:
    applied = bodies.decode_any(call.body, media_types.APPLY)
    for field in ("apiVersion", "kind"):
        if not applied.get(field):
            raise status.bad_request(f"an applied object has to say its {field}")
    bodies.check_type(call, applied)
    metadata = applied.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise status.bad_request("metadata is not an object")
    if metadata.get("managedFields") is not None:
        raise status.bad_request("metadata.managedFields must be nil")
    bodies.check_place(call, metadata)
    if call.subresource == "status":
        return {"metadata": metadata, "status": applied.get("status") or {}}
    return applied


def _refuse_foreign_uid(call: Call, applied: Document) -> None:
    if applied["metadata"].get("uid"):
        raise status.conflict(call.resource, call.name, "uid mismatch: the object does not exist")
