"""Server-side apply: who owns which field, and what happens when two want different values."""

from __future__ import annotations

from typing import Any

import orjson

from loadstone.apiserver.apply import declared, fieldsets, managers, ownership, updater
from loadstone.apiserver.apply.fieldsets import Fields
from loadstone.apiserver.apply.managers import Entry
from loadstone.apiserver.apply.updater import Clash
from loadstone.apiserver.objects import bodies, writing
from loadstone.apiserver.objects.store import Document, StoredObject
from loadstone.apiserver.routing import Call
from loadstone.apiserver.state import State
from loadstone.apiserver.types import shapes
from loadstone.apiserver.types.resources import group_version
from loadstone.apiserver.types.shapes import Shape
from loadstone.apiserver.wire import status

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FIRST = "before-first-apply"


def apply(state: State, call: Call) -> tuple[StoredObject, bool]:
    """The object with the caller's fields as applied, and whether it is new.

    Raises 400, 409 for fields that others own with other values (unless forced), 422, and 500 for
    what the kind does not have.
    """
    if not call.options.manager:
        cause = status.Cause.required("fieldManager", "is required for apply patch")
        raise status.invalid_options("PatchOptions", cause)
    applied = _read(call)
    current = state.store.collection(call.resource).objects.get((call.namespace, call.name))
    shape = shapes.of(call.resource, call.version)
    if current is None and call.subresource:
        raise status.not_found(call.resource, call.name)
    check_declared(call, applied, shape)
    if current is None:
        _refuse_foreign_uid(call, applied)
        fields = fieldsets.without(ownership.fields(applied, shape), _ignored(call))
        applied["metadata"].pop("resourceVersion", None)
        applied["metadata"]["managedFields"] = [_entry(call, "Apply", updater.owned(fields))]
        return writing.insert(state, call, applied), True

    def edit(document: Document) -> Document:
        return lay_over(call, document, applied, shape)

    return writing.change(state, call, current, edit), False


def _read(call: Call) -> Document:
    applied = bodies.decode(call.body, "application/yaml" if _is_yaml(call.body) else "")
    for field in ("apiVersion", "kind"):
        if not applied.get(field):
            raise status.bad_request(f"an applied object has to say its {field}")
    bodies.check_type(call, applied)
    metadata = applied.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise status.bad_request("metadata is not an object")
    if metadata.get("managedFields"):
        raise status.bad_request("metadata.managedFields must be nil")
    bodies.check_place(call, metadata)
    if call.subresource == "status":
        return {"metadata": metadata, "status": applied.get("status") or {}}
    return applied


def _is_yaml(body: bytes) -> bool:
    return not body.lstrip().startswith(b"{")


def _refuse_foreign_uid(call: Call, applied: Document) -> None:
    if applied["metadata"].get("uid"):
        raise status.conflict(call.resource, call.name, "uid mismatch: the object does not exist")


def check_declared(call: Call, applied: Document, shape: Shape) -> None:
    """Raise 500, as the real server does, for fields and items that cannot be owned."""
    found = declared.faults(applied, shape)
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


def lay_over(call: Call, live: Document, applied: Document, shape: Shape) -> Document:
    """The live document with an applied one laid over it, and its owners; raises 409 and 500."""
    entries = managers.read(live["metadata"]) or _before_first(call, live, shape)
    own = _entry(call, "Apply", {})
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
            ignored=_ignored(call),
            allow=lambda clashes: _is_forced(call, live, shape, clashes),
        )
    except updater.Clashes as clashes:
        raise _conflict(_not_allowed(call, live, shape, clashes.found)) from None
    except fieldsets.NoElement:
        raise _untyped(call, "live", declared.faults(live, shape, twice=True)) from None
    own["fieldsV1"] = found.fields
    if found.document == live:  # nothing was written: the entry keeps the time that it had
        own.pop("time")
        own |= {"time": mine["time"]} if mine.get("time") else {}
    after = found.document
    after["metadata"] = {**(after.get("metadata") or {})}
    _sync_last_applied(call, after, applied)
    left = [*found.others, *([own] if found.fields else [])]
    after["metadata"]["managedFields"] = managers.ordered(left)
    return after


def _ignored(call: Call) -> tuple[str, ...]:
    """What a write of the object, or of its status, does not change: the other one."""
    if call.subresource == "status":
        return ("f:spec",)
    return ("f:status",) if call.resource.has_status(call.version) else ()


def _before_first(call: Call, live: Document, shape: Shape) -> list[Entry]:
    try:
        fields = fieldsets.without(ownership.added(live, shape), _ignored(call))
    except fieldsets.NoElement:
        raise status.ApiError(
            500,
            "",
            "failed to create manager for existing fields: failed to convert new object "
            f"({_where(call)}) to smd typed: {_all(declared.faults(live, shape, twice=True))}",
        ) from None
    entry = _entry(call, "Update", updater.owned(fields))
    return [{**entry, "manager": _FIRST}]


def note_update(call: Call, old: Document, new: Document) -> None:
    """Give the fields that an update changed to the one who changed them."""
    metadata = new["metadata"]
    reset = not call.subresource and managers.resets(metadata)
    entries = [] if reset or call.subresource else managers.read(metadata)
    if not entries and not reset:
        entries = managers.read(old["metadata"])
    metadata.pop("managedFields", None)
    if not entries:  # nobody's fields are told until somebody applies
        return
    shape = shapes.of(call.resource, call.version)
    try:
        found = updater.update(old, new, shape, entries, _ignored(call))
    except fieldsets.NoElement:  # an item without its keys: the object is kept, its owners are not
        return
    left = found.others
    if found.fields:
        mine = _entry(call, "Update", found.fields)
        who = managers.identity(mine)
        for entry in left:
            if managers.identity(entry) == who:
                mine["fieldsV1"] = fieldsets.union(found.fields, updater.fields_of(entry))
        left = [*(entry for entry in left if managers.identity(entry) != who), mine]
    _keep(new, left)


def note_create(call: Call, document: Document) -> None:
    """Give all fields of a new object to the one who created it."""
    shape = shapes.of(call.resource, call.version)
    document["metadata"].pop("managedFields", None)
    try:
        fields = fieldsets.without(ownership.added(document, shape), _ignored(call))
    except fieldsets.NoElement:
        return
    fields = updater.owned(fields)
    _keep(document, [_entry(call, "Update", fields)] if fields else [])


def _keep(document: Document, entries: list[Entry]) -> None:
    if entries:
        many = len(entries) > 1
        document["metadata"]["managedFields"] = (
            managers.ordered(managers.capped(entries)) if many else entries
        )


# --- conflicts ------------------------------------------------------------------------------------


def _is_forced(call: Call, live: Document, shape: Shape, clashes: list[Clash]) -> bool:
    return call.options.force or not _not_allowed(call, live, shape, clashes)


def _not_allowed(call: Call, live: Document, shape: Shape, clashes: list[Clash]) -> list[Clash]:
    """The clashes but for those that kubectl has with its own client-side apply, which the real
    server lets it win."""
    allowed = _applied_by_client(call, live, shape)
    return [(entry, path) for entry, path in clashes if not _holds(allowed, path)]


def _holds(fields: Fields, path: fieldsets.Path) -> bool:
    for element in path[:-1]:
        fields = fieldsets.below(fields, element)
    return fieldsets.has(fields, path[-1])


def _applied_by_client(call: Call, live: Document, shape: Shape) -> Fields:
    """What the annotation of a client-side apply says and is still so."""
    annotation = (live["metadata"].get("annotations") or {}).get(_LAST_APPLIED)
    if call.options.manager != "kubectl" or not annotation:
        return {}
    try:
        applied = orjson.loads(annotation)
        version = applied.get("apiVersion")
        if version != group_version(call.resource.group, call.version):
            return {}
        if declared.faults(applied, shape):
            return {}
        removed, changed = ownership.compare(applied, live, shape)
    except (orjson.JSONDecodeError, AttributeError, fieldsets.NoElement):
        return {}  # somebody else's annotation
    fields = ownership.fields(applied, shape)
    return fieldsets.difference(fieldsets.difference(fields, changed), removed)


def _sync_last_applied(call: Call, after: Document, applied: Document) -> None:
    """Keep the annotation of kubectl's client-side apply true, where there is one."""
    annotations = after["metadata"].get("annotations") or {}
    if call.options.manager != "kubectl" or not annotations.get(_LAST_APPLIED):
        return
    metadata = dict(applied["metadata"])
    if _LAST_APPLIED in (metadata.get("annotations") or {}):
        own = {k: v for k, v in metadata["annotations"].items() if k != _LAST_APPLIED}
        metadata["annotations"] = own
    version = group_version(call.resource.group, call.version)
    whole = {
        "apiVersion": version,
        "kind": call.resource.kind,
        **applied,
        "metadata": metadata,
    }
    said = orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE).decode()
    after["metadata"]["annotations"] = {**annotations, _LAST_APPLIED: said}


def _conflict(clashes: list[Clash]) -> status.ApiError:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{entry["manager"]}"{_using(entry)}',
            "field": fieldsets.shown(path),
        }
        for entry, path in sorted(clashes, key=lambda clash: managers.identity(clash[0]))
    ]
    if len(causes) == 1:
        said = f"1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        said = f"{len(causes)} conflicts: " + _grouped(causes)
    return status.ApiError(409, "Conflict", f"Apply failed with {said}", details={"causes": causes})


def _grouped(causes: list[dict[str, str]]) -> str:
    fields: dict[str, list[str]] = {}
    for cause in causes:
        fields.setdefault(cause["message"].replace("conflict", "conflicts", 1), []).append(
            cause["field"]
        )
    return "\n".join(
        f"{who}:\n" + "\n".join(f"- {field}" for field in found) for who, found in fields.items()
    )


def _using(entry: dict[str, Any]) -> str:
    sub = f' with subresource "{entry["subresource"]}"' if entry.get("subresource") else ""
    return sub if entry.get("operation") == "Apply" else f"{sub} using {entry.get('apiVersion')}"


def _entry(call: Call, operation: str, fields: Fields) -> Entry:
    manager = call.options.manager or call.agent.partition("/")[0] or "unknown"
    entry: Entry = {
        "manager": manager,
        "operation": operation,
        "apiVersion": group_version(call.resource.group, call.version),
        "time": bodies.now(),
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    return {**entry, "subresource": call.subresource} if call.subresource else entry
