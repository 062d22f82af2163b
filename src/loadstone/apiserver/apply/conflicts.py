"""Conflicts of server-side apply: fields that others own with other values."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.apply import fieldsets, managers
from loadstone.apiserver.apply.fieldsets import Fields
from loadstone.apiserver.apply.last_applied import applied_fields
from loadstone.apiserver.apply.updater import Conflict
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.types.type_shapes import TypeShape


def are_allowed(call: Call, live: Document, shape: TypeShape, clashes: list[Conflict]) -> bool:
    """Whether an apply may take the fields: it is forced, or takes over from client-side apply."""
    return call.options.force or not not_allowed(call, live, shape, clashes)


def not_allowed(
    call: Call, live: Document, shape: TypeShape, clashes: list[Conflict]
) -> list[Conflict]:
    """The conflicts but for those of kubectl with its own client-side apply.

    The real server lets it win those.
    """
    allowed = applied_fields(call, live, shape)
    return [(entry, path) for entry, path in clashes if not _holds(allowed, path)]


def _holds(fields: Fields, path: fieldsets.Path) -> bool:
    for element in path[:-1]:
        fields = fieldsets.below(fields, element)
    return fieldsets.has(fields, path[-1])


def refusal(clashes: list[Conflict]) -> status.ApiError:
    """The 409 that names every field, its manager and how it came to own it."""
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
