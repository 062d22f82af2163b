"""The merge of an applied configuration into a live object, and the removal of fields from one."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.apply.fieldsets import Fields, below, element_of, has
from loadstone.apiserver.apply.ownership import ABSENT, kind_of
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.types.type_shapes import ANY, TypeShape


def merge(live: Document, applied: Document, shape: TypeShape) -> Document:
    """The live document with an applied one merged into it."""
    return _maps(live, applied, shape)


def _merge(live: Any, applied: Any, shape: TypeShape) -> Any:
    kind = kind_of(live if applied is ABSENT else applied, shape)
    of = dict if kind == "map" else list
    full = any(isinstance(value, of) and value for value in (live, applied))  # else nothing merges
    atomic = shape.keys is None if kind == "list" else not shape.granular
    if kind == "scalar" or atomic or not full:
        return live if applied is ABSENT else applied
    if kind == "map":
        return _maps(live, applied, shape) or ABSENT
    return _lists(live, applied, shape) or ABSENT


def _maps(live: Any, applied: Any, shape: TypeShape) -> Document:
    before = live if isinstance(live, dict) else {}
    after = applied if isinstance(applied, dict) else {}
    found: Document = {}
    for name in [*before, *(name for name in after if name not in before)]:
        value = _merge(before.get(name, ABSENT), after.get(name, ABSENT), shape.field(name))
        if value is not ABSENT:
            found[name] = value
    return found


def _lists(live: Any, applied: Any, shape: TypeShape) -> list[Any]:
    """Items keep the order of the applied list; those that only the live one has stay between
    the neighbours that they had."""
    return _ListMerge(
        live if isinstance(live, list) else [],
        applied if isinstance(applied, list) else [],
        shape,
    ).merged()


class _ListMerge:
    """Two keyed lists walked side by side, as structured-merge-diff does it."""

    def __init__(self, live: list[Any], applied: list[Any], shape: TypeShape) -> None:
        keys = shape.keys or {}
        self.live, self.applied, self.items = live, applied, shape.items or ANY
        self.left = [element_of(item, keys) for item in live]
        self.right = [element_of(item, keys) for item in applied]
        self.here = dict(zip(self.left, live, strict=True))
        for element in self.left:  # what is there twice is not merged with what is applied
            if self.left.count(element) > 1:
                self.here[element] = None
        self.there = dict(zip(self.right, applied, strict=True))
        self.shared = iter([element for element in self.right if element in self.here])
        self.found: list[Any] = []

    def merged(self) -> list[Any]:
        """The items of both lists in the order of the merge."""
        done: set[str] = set()
        wanted = next(self.shared, None)
        i = j = 0
        while i < len(self.left) or j < len(self.right):
            if i < len(self.left) and j < len(self.right):
                element = self.left[i]
                if element == self.right[j]:
                    done.add(element)
                    self._take(element)
                    i, j, wanted = i + 1, j + 1, next(self.shared, None)
                    continue
                if element in self.there and wanted is not None and wanted != element:
                    i += 1  # shared, and its turn comes with the applied list
                    continue
            if i < len(self.left):
                element = self.left[i]
                if element not in self.there:
                    self._put(_merge(self.live[i], ABSENT, self.items))
                    i += 1
                    continue
                if element in done:
                    i += 1
            if j < len(self.right):
                element = self.right[j]
                done.add(element)
                self._take(element)
                j += 1
                if wanted == element:
                    wanted = next(self.shared, None)
        return self.found

    def _take(self, element: str) -> None:
        live = self.here.get(element, ABSENT)
        self._put(_merge(live, self.there[element], self.items))

    def _put(self, value: Any) -> None:
        if value is not ABSENT:
            self.found.append(value)


def remove(document: Document, fields: Fields, shape: TypeShape) -> Document:
    """The document without the members of a set of fields."""
    found = _remove(document, fields, shape)
    return found if isinstance(found, dict) else {}


def _remove(value: Any, fields: Fields, shape: TypeShape) -> Any:
    kind = kind_of(value, shape)
    if kind == "scalar":
        return value
    if kind == "list":
        return _remove_items(value, fields, shape)
    if not isinstance(value, dict) or not value or not shape.granular:
        return None
    found = {}
    for name, inner in value.items():
        element = f"f:{name}"
        if not has(fields, element):
            inside = below(fields, element)
            found[name] = _remove(inner, inside, shape.field(name)) if inside else inner
    return found or None


def _remove_items(value: Any, fields: Fields, shape: TypeShape) -> Any:
    if not isinstance(value, list) or not value or shape.keys is None:
        return None
    found = []
    for item in value:
        element = element_of(item, shape.keys)
        if not has(fields, element):
            inside = below(fields, element)
            found.append(_remove(item, inside, shape.items or ANY) if inside else item)
    return [item for item in found if item is not None] or None
