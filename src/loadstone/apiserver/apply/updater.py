"""The updater: an object and the owners of its fields after somebody applies or updates it.

The owners are entries of managedFields; each is replaced, never changed. Which entry is the
writer's own is for the caller to say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from loadstone.apiserver.apply import fieldsets, merge, ownership
from loadstone.apiserver.apply.fieldsets import Fields, Path
from loadstone.apiserver.apply.managers import Entry
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.types.type_shapes import TypeShape

Conflict = tuple[Entry, Path]
_SERVERS: Fields = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        **{
            f"f:{name}": {}
            for name in (
                *("name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName"),
                *("generation", "managedFields", "resourceVersion"),
            )
        },
    },
}


def fields_of(entry: Entry) -> Fields:
    """The fields of an entry."""
    found: Fields = entry.get("fieldsV1") or {}
    return found


def owned(fields: Fields) -> Fields:
    """A set of fields without those that nobody owns."""
    return fieldsets.difference(fields, _SERVERS)


@dataclass(frozen=True, kw_only=True)
class WriteResult:
    """The result of a write: the object, the writer's fields, and the entries of the others."""

    document: Document
    fields: Fields  # what the writer owns
    others: list[Entry]


class Conflicts(Exception):
    """Conflicts of an apply: fields that others own with other values."""

    def __init__(self, found: list[Conflict]) -> None:
        super().__init__(f"{len(found)} conflicts")
        self.found = found


def apply(
    live: Document,
    applied: Document,
    shape: TypeShape,
    *,
    last: Fields,
    others: Sequence[Entry],
    ignored: Collection[str] = (),
    allow: Callable[[list[Conflict]], bool],
) -> WriteResult:
    """Lay a configuration over an object.

    `last`: what the same manager applied before; it goes unless it is applied again or somebody
    else owns it. `allow` says whether clashes are forced. Raises `Conflicts` where they are not.
    """
    fields = fieldsets.without(ownership.fields(applied, shape), ignored)
    merged = merge.merge(live, applied, shape)
    if fieldsets.difference(last, fields):
        merged = _pruned(merged, shape, last, [fields, *map(fields_of, others)])
    removed, changed = ownership.compare(live, merged, shape)
    removed = fieldsets.without(removed, ignored)
    changed = fieldsets.without(changed, ignored)
    clashes = [
        (entry, path)
        for entry in others
        for path in fieldsets.paths(fieldsets.intersection(fields_of(entry), changed))
    ]
    if clashes and not allow(clashes):
        raise Conflicts(clashes)
    return WriteResult(
        document=merged, fields=owned(fields), others=_left(others, removed, changed)
    )


def update(
    old: Document,
    new: Document,
    shape: TypeShape,
    entries: Sequence[Entry],
    ignored: Collection[str],
) -> WriteResult:
    """The owners after an object was changed otherwise than by applying: whoever changed a field
    owns it from then on."""
    removed, changed = ownership.compare(old, new, shape)
    removed = fieldsets.without(removed, ignored)
    changed = fieldsets.without(changed, ignored)
    others = _left(entries, removed, changed) if removed or changed else list(entries)
    return WriteResult(document=new, fields=owned(changed), others=others)


def _left(entries: Sequence[Entry], removed: Fields, changed: Fields) -> list[Entry]:
    """The entries without what they lost; those that own nothing are gone."""
    found = []
    for entry in entries:
        fields = fieldsets.difference(fields_of(entry), changed)
        fields = fieldsets.difference(fields, removed)
        if fields:
            found.append({**entry, "fieldsV1": fields})
    return found


def _pruned(merged: Document, shape: TypeShape, last: Fields, owners: Sequence[Fields]) -> Document:
    """The object without what its manager applied before and nobody owns now."""

    def named(fields: Fields) -> Fields:
        return fieldsets.named(fields, shape)

    managed: Fields = {}
    for fields in owners:
        managed = fieldsets.union(managed, fields)
    last = named(last)
    whole = named(ownership.fields(merged, shape))
    kept = named(ownership.fields(merge.remove(merged, last, shape), shape))
    gone = fieldsets.difference(whole, fieldsets.union(kept, named(managed)))
    rest = named(ownership.fields(merge.remove(merged, gone, shape), shape))
    gone = fieldsets.intersection(fieldsets.difference(whole, rest), last)
    return merge.remove(merged, gone, shape)
