"""Strategic merge patches for every list of every kind, and what they are applied to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from loadstone.apiserver.types.type_shapes import TypeShape

Pair = tuple[dict[str, Any], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class ListField:
    """A list, the fields that lead to it, and for lists on the way the key of their items."""

    path: tuple[tuple[str, str], ...]  # field, key of the items that it leads through
    shape: TypeShape
    key: str | None  # by which a strategic merge tells its items apart

    @property
    def name(self) -> str:
        return self.path[-1][0]


def lists(
    shape: TypeShape, before: tuple[tuple[str, str], ...] = (), seen: tuple[int, ...] = ()
) -> Iterator[ListField]:
    """Every list of a kind; a type that holds itself is entered once."""
    for name, inner in shape.fields.items():
        key = shape.patches.get(name)
        if inner.is_list and not inner.is_map:
            path = (*before, (name, key or ""))
            yield ListField(path=path, shape=inner, key=key)
            yield from _within(inner.items, path, seen)
        elif inner.is_map and not inner.is_list and inner.fields:
            yield from _within(inner, (*before, (name, "{}")), seen)


def _within(
    shape: TypeShape | None, path: tuple[tuple[str, str], ...], seen: tuple[int, ...]
) -> Iterator[ListField]:
    if shape is not None and shape.fields and id(shape) not in seen:
        yield from lists(shape, path, (*seen, id(shape)))


def around(field: ListField, inside: dict[str, Any]) -> dict[str, Any]:
    """A document in which the holder of the list is `inside`."""
    found = inside
    for name, key in reversed(field.path[:-1]):
        item = {**found, key: "one"} if key else found
        found = {name: found if key == "{}" else [item]}
    return found


class Items:
    """Items of a list, by number."""

    def __init__(self, field: ListField) -> None:
        self.of = field.shape.items or TypeShape()
        plain = [
            name for name, inner in self.of.fields.items() if not inner.is_map and inner.scalar
        ]
        self.key = field.key or next(iter(plain), None)
        texts = (name for name in plain if self.of.fields[name].scalar == "string")
        self.other = next((name for name in texts if name != self.key), None)

    @property
    def mappings(self) -> bool:
        return self.of.is_map and not self.of.is_list

    def make(self, number: int, value: str = "", **more: Any) -> Any:
        if not self.mappings:
            return number if self.of.scalar == "numeric" else f"v{number}"
        found: dict[str, Any] = {}
        if self.key:
            numeric = self.of.field(self.key).scalar == "numeric"
            found[self.key] = number if numeric else f"k{number}"
        if value and self.other:
            found[self.other] = value
        return {**found, **more}

    def many(self, *numbers: int, value: str = "") -> list[Any]:
        return [self.make(number, value) for number in numbers]


def pairs(field: ListField) -> Iterator[Pair]:
    """What the holder of a list is, and patches of it."""
    items = Items(field)
    for live, patch in [*_plain(items, field.name), *_ordered(items, field.name)]:
        yield {field.name: items.many(*live, value="old")} if live else {}, patch
    if items.mappings:
        for live, patch in _directed(items, field.name):
            yield {field.name: items.many(*live, value="old")} if live else {}, patch


def _plain(items: Items, name: str) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    yield (1, 2, 3), {name: [items.make(4, "new"), items.make(2, "changed")]}
    yield (1, 2, 3), {name: [items.make(3), items.make(1, "x"), items.make(5)]}
    yield (), {name: items.many(1, 2, value="new")}
    yield (1, 2), {name: None}
    yield (1, 2), {name: []}
    yield (1, 2), {f"$deleteFromPrimitiveList/{name}": items.many(1)}
    yield (1, 2), {f"$deleteFromPrimitiveList/{name}": items.many(1), name: items.many(3)}
    yield (1, 2, 3), {"$patch": "replace", name: items.many(8)}
    yield (1, 2, 3), {"$patch": "delete"}
    yield (1, 2, 3), {"$patch": "nonsense"}
    yield (1, 2, 3), {"$retainKeys": [name], name: items.many(8)}
    yield (1, 2, 3), {"$retainKeys": ["other"], name: items.many(8)}


def _ordered(items: Items, name: str) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    order = f"$setElementOrder/{name}"
    yield (1, 2, 3, 4), {order: items.many(4, 2, 5), name: items.many(5, value="five")}
    yield (1, 2, 3, 4), {order: items.many(3, 1)}
    yield (1, 2, 3), {order: items.many(3, 1, 2), name: items.many(1, 3, value="x")}
    yield (1, 2, 3), {order: items.many(3, 1), name: items.many(7, value="not named")}
    yield (), {order: items.many(2, 1), name: items.many(1, 2, value="new")}
    yield (1, 2), {order: []}


def _directed(items: Items, name: str) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    def directed(number: int, directive: str) -> Any:
        return {**items.make(number, "told"), "$patch": directive}

    yield (1, 2, 3), {name: [directed(2, "delete")]}
    yield (1, 2, 3), {name: [directed(2, "delete"), items.make(7, "seven")]}
    order = {f"$setElementOrder/{name}": items.many(7, 1)}
    yield (1, 2, 3), {name: [directed(2, "delete"), items.make(7, "seven")], **order}
    yield (1, 2, 3), {name: [{"$patch": "replace"}]}
    yield (1, 2, 3), {name: [{"$patch": "replace"}, items.make(9, "nine")]}
    yield (1, 2, 3), {name: [directed(2, "replace")]}
    yield (1, 2), {name: [directed(2, "merge")]}
    yield (1, 2), {name: [directed(2, "nonsense")]}
    yield (1, 2), {name: [{"$patch": "delete"}]}
    yield (), {name: [directed(1, "delete"), items.make(2)]}
    yield (1, 2), {name: [items.make(5, "a"), items.make(5, "b")]}
    if items.other:
        yield (1, 2), {name: [{items.other: "without a key"}]}
    if items.key:
        yield (1, 2), {name: [{**items.make(1, "kept"), "$retainKeys": [items.key]}]}
        yield (1, 2), {name: [{**items.make(1), "$retainKeys": [items.key]}]}
