"""Fields of a document as a set, and the comparison of two documents field by field.

As structured-merge-diff walks them: `fields` is what an applied configuration wants, `added` what
comes with a new object, `compare` what an update changed.
"""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.apply.fieldsets import SELF, Fields, Path, build, element_of
from loadstone.apiserver.types.type_shapes import ANY, TypeShape

ABSENT: Any = object()  # unlike null, which a document can hold
_PLAIN = (str, bool, int, float)


def fields(document: dict[str, Any], shape: TypeShape) -> Fields:
    """The set of all fields that an owner of this document would own."""
    return _inside_map(document, shape)


def _wanted(value: Any, shape: TypeShape) -> Fields | None:
    """The node of a value; None for one that holds no field, as an empty keyed list."""
    if isinstance(value, dict) and value and shape.is_map and shape.granular:
        return _inside_map(value, shape) or None
    if isinstance(value, list) and shape.is_list and shape.keys is not None:
        return _items(value, shape) or None
    return {}


def _inside_map(value: dict[str, Any], shape: TypeShape) -> Fields:
    found: Fields = {}
    for name, inner in value.items():
        node = _wanted(inner, shape.field(name))
        if node and name not in shape.fields:  # a key of a mapping is owned besides what is in it
            node = {SELF: {}, **node}
        if node is not None:
            found[f"f:{name}"] = node
    return found


def _items(value: list[Any], shape: TypeShape) -> Fields:
    """The items of a keyed list or a set; those that are there twice are owned as one."""
    found: Fields = {}
    twice = set()
    for item in value:
        element = element_of(item, shape.keys or {})
        if element in found:
            twice.add(element)
        inside = _wanted(item, shape.items or ANY) or {}
        found[element] = {SELF: {}, **inside} if inside else {}
    for element in twice:
        found[element] = {}
    return found


def added(document: dict[str, Any], shape: TypeShape) -> Fields:
    """The set of fields of a new object: compared with one of its kind that is empty."""
    found: Fields = {}
    for name, inner in document.items():
        below = shape.field(name)
        node = _from_empty(inner, below) if name in shape.zeros else _new(inner, below)
        if node is not None:
            found[f"f:{name}"] = node
    return found


def _from_empty(value: Any, shape: TypeShape) -> Fields | None:
    """The node of a field that is there, and empty, before anybody fills it."""
    if isinstance(value, dict) and shape.granular:
        return added(value, shape) or None
    if value in ({}, []):
        return None
    node = _new(value, shape)
    node.pop(SELF, None)
    return node


def _new(value: Any, shape: TypeShape) -> Fields:
    """The node of a value that was not there: it is owned itself, with all that is in it."""
    if isinstance(value, dict) and value and shape.is_map and shape.granular:
        found: Fields = {SELF: {}}
        fields, other = shape.fields, shape.values or ANY
        for name, inner in value.items():
            whole = type(inner) in _PLAIN
            found[f"f:{name}"] = {} if whole else _new(inner, fields.get(name, other))
        return found
    if isinstance(value, list) and value and shape.is_list and shape.keys is not None:
        found = {SELF: {}}
        for item in value:
            element = element_of(item, shape.keys)
            found[element] = {} if element in found else _new(item, shape.items or ANY)
        return found
    return {}


def compare(old: dict[str, Any], new: dict[str, Any], shape: TypeShape) -> tuple[Fields, Fields]:
    """The sets of fields that were removed, and that were changed or added."""
    found = _FieldDiff()
    found.maps(old, new, shape, ())
    return build(found.removed), build(found.changed)


class _FieldDiff:
    """A comparison under way: the sets that it fills."""

    def __init__(self) -> None:
        self.removed: list[Path] = []
        self.changed: list[Path] = []

    def values(self, old: Any, new: Any, shape: TypeShape, path: Path) -> None:
        """Compare two values of a shape."""
        if old is not ABSENT and new is not ABSENT and old == new:
            return
        before, after = kind_of(old, shape), kind_of(new, shape)
        if new is ABSENT or old is ABSENT or before == after:
            self._walk(old, new, before if new is ABSENT else after, shape, path)
        else:
            self._walk(old, new, before, shape, path)
            self._walk(old, new, after, shape, path)

    def _walk(self, old: Any, new: Any, kind: str, shape: TypeShape, path: Path) -> None:
        whole = kind == "scalar" or not (_full(old, kind) or _full(new, kind))
        if whole or (shape.keys is None if kind == "list" else not shape.granular):
            (self.removed if new is ABSENT else self.changed).append(path)
            return
        if kind == "map":
            self.maps(old, new, shape, path)
        else:
            self._lists(_listed(old), _listed(new), shape, path)
        if old is ABSENT:
            self.changed.append(path)
        elif new is ABSENT:
            self.removed.append(path)

    def maps(self, old: Any, new: Any, shape: TypeShape, path: Path) -> None:
        """Compare two mappings field by field."""
        before = old if isinstance(old, dict) else {}
        after = new if isinstance(new, dict) else {}
        for name in before.keys() | after.keys():
            empty = {} if name in shape.zeros else ABSENT
            was = before.get(name, empty if old is not ABSENT else ABSENT)
            will = after.get(name, empty if new is not ABSENT else ABSENT)
            self.values(was, will, shape.field(name), (*path, f"f:{name}"))

    def _lists(self, old: list[Any], new: list[Any], shape: TypeShape, path: Path) -> None:
        before, after = _by_element(old, shape), _by_element(new, shape)
        for element in before.keys() | after.keys():
            had, has = before.get(element, []), after.get(element, [])
            below = (*path, element)
            if len(had) <= 1 and len(has) <= 1:
                was, will = had[0] if had else ABSENT, has[0] if has else ABSENT
                self.values(was, will, shape.items or ANY, below)
            elif len(had) > 1 and len(has) > 1:
                if had != has:
                    self.changed.append(below)
            elif len(had) > 1:
                if has:
                    self.values(ABSENT, has[0], shape.items or ANY, below)
                self.removed.append(below)
            else:
                if had:
                    self.values(had[0], ABSENT, shape.items or ANY, below)
                self.changed.append(below)


def kind_of(value: Any, shape: TypeShape) -> str:
    """The kind of a value: map, list or scalar, as it is, or else as its shape has it."""
    if isinstance(value, dict) and shape.is_map:
        return "map"
    if isinstance(value, list) and shape.is_list:
        return "list"
    if isinstance(value, _PLAIN) and shape.scalar:
        return "scalar"
    if shape.is_map:
        return "map"
    return "scalar" if shape.scalar else "list"


def _full(value: Any, kind: str) -> bool:
    return bool(value) and isinstance(value, dict if kind == "map" else list)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _by_element(items: list[Any], shape: TypeShape) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(element_of(item, shape.keys or {}), []).append(item)
    return found
