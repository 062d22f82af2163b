"""The field manager of server-side apply: who owns which field, written by whom last."""

from __future__ import annotations

from loadstone.apiserver.apply import fieldsets, managers, ownership, schema_errors, updater
from loadstone.apiserver.apply.conflicts import are_allowed, not_allowed, refusal
from loadstone.apiserver.apply.fieldsets import Fields
from loadstone.apiserver.apply.last_applied import synchronize
from loadstone.apiserver.apply.managers import Entry
from loadstone.apiserver.machinery import clock, status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import group_version
from loadstone.apiserver.types import type_shapes
from loadstone.apiserver.types.type_shapes import TypeShape

_FIRST = "before-first-apply"


def check_schema(call: Call, applied: Document, shape: TypeShape) -> None:
    """Raise 500, as the real server does, for fields and items that cannot be owned."""
    found = schema_errors.faults(applied, shape)
    if found:
        raise _untyped(call, "patch", found)


def _untyped(call: Call, which: str, faults: list[str]) -> status.ApiError:
    said = _all(faults)
    return status.ApiError(
        500, "", f"failed to create typed {which} object ({_where(call)}): {said}"
    )


def _all(faults: list[str]) -> str:
    return faults[0] if len(faults) == 1 else "\n  ".join(["errors:", *faults])


def _where(call: Call) -> str:
    """The object, as these messages name it."""
    version = f"{call.resource.group}/{call.version}"
    return f"{call.namespace}/{call.name}; {version}, Kind={call.resource.kind}"


def merge_applied(call: Call, live: Document, applied: Document, shape: TypeShape) -> Document:
    """The live document with an applied one laid over it, and its owners; raises 409 and 500."""
    entries = managers.read(live["metadata"]) or _before_first(call, live, shape)
    own = entry_of(call, "Apply", {})
    who = managers.identity(own)
    mine = next((entry for entry in entries if managers.identity(entry) == who), {})
    given = {k: v for k, v in applied["metadata"].items() if k not in ("name", "namespace")}
    try:
        found = updater.apply(
            live,
            {**applied, "metadata": given},
            shape,
            last=updater.fields_of(mine),
            others=[entry for entry in entries if managers.identity(entry) != who],
            ignored=ignored(call),
            allow=lambda clashes: are_allowed(call, live, shape, clashes),
        )
    except updater.Conflicts as clashes:
        raise refusal(not_allowed(call, live, shape, clashes.found)) from None
    except fieldsets.NoElement:
        raise _untyped(call, "live", schema_errors.faults(live, shape, twice=True)) from None
    own["fieldsV1"] = found.fields
    if found.document == live:  # nothing was written: the entry keeps the time that it had
        own.pop("time")
        own |= {"time": mine["time"]} if mine.get("time") else {}
    after = found.document
    after["metadata"] = {**(after.get("metadata") or {})}
    synchronize(call, after, applied)
    left = [*found.others, *([own] if found.fields else [])]
    after["metadata"]["managedFields"] = managers.ordered(left)
    return after


def ignored(call: Call) -> tuple[str, ...]:
    """What a write of the object, or of its status, does not change: the other one."""
    if call.subresource == "status":
        return ("f:spec",)
    return ("f:status",) if call.resource.has_status(call.version) else ()


def _before_first(call: Call, live: Document, shape: TypeShape) -> list[Entry]:
    try:
        fields = fieldsets.without(ownership.added(live, shape), ignored(call))
    except fieldsets.NoElement:
        raise status.ApiError(
            500,
            "",
            "failed to create manager for existing fields: failed to convert new object "
            f"({_where(call)}) to smd typed: {_all(schema_errors.faults(live, shape, twice=True))}",
        ) from None
    entry = entry_of(call, "Update", updater.owned(fields))
    return [{**entry, "manager": _FIRST}]


def record_update(call: Call, old: Document, new: Document) -> None:
    """Give the fields that an update changed to the one who changed them."""
    metadata = new["metadata"]
    reset = not call.subresource and managers.resets(metadata)
    entries = [] if reset or call.subresource else managers.read(metadata)
    if not entries and not reset:
        entries = managers.read(old["metadata"])
    metadata.pop("managedFields", None)
    if not entries:  # nobody's fields are told until somebody applies
        return
    shape = type_shapes.of(call.resource, call.version)
    try:
        found = updater.update(old, new, shape, entries, ignored(call))
    except fieldsets.NoElement:  # an item without its keys: the object is kept, its owners are not
        return
    left = found.others
    if found.fields:
        mine = entry_of(call, "Update", found.fields)
        who = managers.identity(mine)
        for entry in left:
            if managers.identity(entry) == who:
                mine["fieldsV1"] = fieldsets.union(found.fields, updater.fields_of(entry))
        left = [*(entry for entry in left if managers.identity(entry) != who), mine]
    _keep(new, left)


def record_create(call: Call, document: Document) -> None:
    """Give all fields of a new object to the one who created it."""
    shape = type_shapes.of(call.resource, call.version)
    document["metadata"].pop("managedFields", None)
    try:
        fields = fieldsets.without(ownership.added(document, shape), ignored(call))
    except fieldsets.NoElement:
        return
    fields = updater.owned(fields)
    _keep(document, [entry_of(call, "Update", fields)] if fields else [])


def _keep(document: Document, entries: list[Entry]) -> None:
    if entries:
        many = len(entries) > 1
        document["metadata"]["managedFields"] = (
            managers.ordered(managers.capped(entries)) if many else entries
        )


def entry_of(call: Call, operation: str, fields: Fields) -> Entry:
    """The entry of managedFields for a call with an operation and fields."""
    manager = call.options.manager or call.agent.partition("/")[0] or "unknown"
    entry: Entry = {
        "manager": manager,
        "operation": operation,
        "apiVersion": group_version(call.resource.group, call.version),
        "time": clock.now(),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    return {**entry, "subresource": call.subresource} if call.subresource else entry
