"""Server-side apply: who owns which field, and what happens when two want different values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from loadstone.cluster.memory import fieldsets, objects, status, writing
from loadstone.cluster.memory.fieldsets import Fields, Keys, Path
from loadstone.cluster.memory.resources import group_version
from loadstone.cluster.memory.routing import Call
from loadstone.cluster.memory.state import State
from loadstone.cluster.memory.store import Document, Stored

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_FIRST = "before-first-apply"
Entries = list[dict[str, Any]]


def apply(state: State, call: Call) -> tuple[Stored, bool]:
    """The object with the caller's fields as applied, and whether it is new.

    Raises 400, 409 for fields that others own with other values (unless forced), and 422.
    """
    if not call.options.manager:
        cause = status.Cause.required("fieldManager", "is required for apply patch")
        raise status.invalid_options("PatchOptions", cause)
    applied = _read(call)
    current = state.store.collection(call.resource).objects.get((call.namespace, call.name))
    keys = fieldsets.keys_of(call.resource, call.version)
    wanted = fieldsets.fields_of(applied, keys)
    if current is None and call.subresource:
        raise status.not_found(call.resource, call.name)
    if current is None:
        _refuse_foreign_uid(call, applied)
        applied["metadata"].pop("resourceVersion", None)
        applied["metadata"]["managedFields"] = [_entry(call, "Apply", wanted)]
        return writing.insert(state, call, applied), True

    def edit(document: Document) -> Document:
        return _applied(call, document, applied, wanted, keys)

    return writing.change(state, call, current, edit), False


def _read(call: Call) -> Document:
    applied = objects.decode(call.body, "application/yaml" if _is_yaml(call.body) else "")
    for field in ("apiVersion", "kind"):
        if not applied.get(field):
            raise status.bad_request(f"an applied object has to say its {field}")
    objects.check_type(call, applied)
    metadata = applied.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise status.bad_request("metadata is not an object")
    if metadata.get("managedFields"):
        raise status.bad_request("metadata.managedFields must be nil")
    objects.check_place(call, metadata)
    if call.subresource == "status":
        return {"metadata": metadata, "status": applied.get("status") or {}}
    return applied


def _is_yaml(body: bytes) -> bool:
    return not body.lstrip().startswith(b"{")


def _refuse_foreign_uid(call: Call, applied: Document) -> None:
    if applied["metadata"].get("uid"):
        raise status.conflict(call.resource, call.name, "uid mismatch: the object does not exist")


def _applied(call: Call, live: Document, applied: Document, wanted: Fields, keys: Keys) -> Document:
    entries = _entries(call, live, keys)
    mine = [entry for entry in entries if _is_mine(entry, call)]
    others = [entry for entry in entries if not _is_mine(entry, call)]
    clashes = _clashes(live, applied, wanted, others)
    if clashes and not call.options.force:
        _refuse(clashes, _applied_by_client(call, live, keys))
    for entry in others:  # what is forced changes hands, what is equal is shared
        lost = {path for who, path in clashes if who is entry}
        entry["fieldsV1"] = fieldsets.to_json(_fields(entry) - lost)
    given = {k: v for k, v in applied["metadata"].items() if k not in ("name", "namespace")}
    merged = fieldsets.merge(live, {**applied, "metadata": given}, keys)
    before = frozenset().union(*(_fields(entry) for entry in mine))
    kept = wanted.union(*(_fields(entry) for entry in others))
    for path in sorted(before - kept, key=lambda path: (path[-1] != ".", -len(path))):
        fieldsets.remove_at(merged, path)  # whole elements first: their keys find them
    merged["metadata"]["managedFields"] = _managed(call, others, mine, wanted)
    return dict(merged)


def _managed(call: Call, others: Entries, mine: Entries, wanted: Fields) -> Entries:
    """The entries afterwards; mine keeps its time when nothing about it changed."""
    own = _entry(call, "Apply", wanted)
    if mine and mine[0]["fieldsV1"] == own["fieldsV1"]:
        own["time"] = mine[0].get("time", own["time"])
    return [own, *(entry for entry in others if entry["fieldsV1"])]


def note_update(call: Call, old: Document, new: Document) -> None:
    """Give the fields that an update changed to the one who changed them."""
    given = new["metadata"].get("managedFields")
    entries = given or old["metadata"].get("managedFields") or []
    if given == [{}]:  # how clients ask to forget
        entries = []
    keys = fieldsets.keys_of(call.resource, call.version)
    before, after = fieldsets.fields_of(old, keys), fieldsets.fields_of(new, keys)
    changed = frozenset(path for path in after if _differs(old, new, path))
    gone = before - after
    if not changed and not gone:
        _keep(new, entries)
        return
    mine = _entry(call, "Update", changed)
    left = []
    for entry in entries:
        fields = _fields(entry) - gone
        if _same_manager(entry, mine):
            mine["fieldsV1"] = fieldsets.to_json(fields | changed)
        elif fields - changed:
            left.append({**entry, "fieldsV1": fieldsets.to_json(fields - changed)})
    _keep(new, [*left, *([mine] if mine["fieldsV1"] else [])])


def note_create(call: Call, document: Document) -> None:
    """Give all fields of a new object to the one who created it."""
    keys = fieldsets.keys_of(call.resource, call.version)
    fields = fieldsets.json_of(document, keys)
    entry = _entry(call, "Update", frozenset())
    _keep(document, [{**entry, "fieldsV1": fields}])


def _keep(document: Document, entries: Entries) -> None:
    document["metadata"].pop("managedFields", None)
    if entries:
        document["metadata"]["managedFields"] = entries


def _entries(call: Call, live: Document, keys: Keys) -> Entries:
    found = live["metadata"].get("managedFields")
    if found:
        return [dict(entry) for entry in found]
    fields = fieldsets.fields_of(live, keys)
    return [{**_entry(call, "Update", fields), "manager": _FIRST, "subresource": None}]


def _clashes(
    live: Document, applied: Document, wanted: Fields, others: Iterable[dict[str, Any]]
) -> list[tuple[dict[str, Any], Path]]:
    """Fields that others own and that are to get another value."""
    changed = {path for path in wanted if path[-1] != "." and _differs(live, applied, path)}
    return [(entry, path) for entry in others for path in sorted(_fields(entry)) if path in changed]


def _applied_by_client(call: Call, live: Document, keys: Keys) -> Fields:
    """The fields that kubectl may take over from its own client-side apply, as the real server
    lets it."""
    annotation = (live["metadata"].get("annotations") or {}).get(_LAST_APPLIED)
    if call.options.manager != "kubectl" or not annotation:
        return frozenset()
    try:
        return fieldsets.fields_of(orjson.loads(annotation), keys)
    except (orjson.JSONDecodeError, AttributeError):
        return frozenset()  # somebody else's annotation


def _refuse(clashes: list[tuple[dict[str, Any], Path]], allowed: Fields) -> None:
    left = [(entry, path) for entry, path in clashes if path not in allowed]
    if left:
        raise _conflict(left)


def _differs(old: Document, new: Document, path: Path) -> bool:
    try:
        before = fieldsets.value_at(old, path)
    except KeyError:
        return True
    if path[-1] == ".":
        return False
    return bool(before != fieldsets.value_at(new, path))


def _conflict(clashes: list[tuple[dict[str, Any], Path]]) -> status.ApiError:
    causes = [
        {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{entry["manager"]}"{_using(entry)}',
            "field": fieldsets.shown(path),
        }
        for entry, path in clashes
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
    if entry.get("operation") == "Apply":
        return ""
    sub = f' with subresource "{entry["subresource"]}"' if entry.get("subresource") else ""
    return f"{sub} using {entry.get('apiVersion')}"


def _entry(call: Call, operation: str, fields: Fields) -> dict[str, Any]:
    manager = call.options.manager or call.agent.partition("/")[0] or "unknown"
    entry = {
        "manager": manager,
        "operation": operation,
        "apiVersion": group_version(call.resource.group, call.version),
        "time": objects.now(),
        "fieldsType": "FieldsV1",
        "fieldsV1": fieldsets.to_json(fields),
    }
    return {**entry, "subresource": call.subresource} if call.subresource else entry


def _is_mine(entry: dict[str, Any], call: Call) -> bool:
    return (
        entry.get("manager") == call.options.manager
        and entry.get("operation") == "Apply"
        and (entry.get("subresource") or "") == call.subresource
    )


def _same_manager(entry: dict[str, Any], other: dict[str, Any]) -> bool:
    names = ("manager", "operation", "subresource", "apiVersion")
    return all((entry.get(name) or "") == (other.get(name) or "") for name in names)


def _fields(entry: dict[str, Any]) -> Fields:
    return fieldsets.from_json(entry.get("fieldsV1") or {})
