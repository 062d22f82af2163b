"""Sets of fields, in the form in which managedFields hold them (FieldsV1).

A set is a mapping of elements to nodes: `f:name` for a field, `k:{"name":"a"}` for an item of a
list that is found by its keys, `v:"a"` for one of a list of values. A node that is empty is a
member of the set, one that holds a `.` is a member with members below it, any other only holds
members.
Nothing here changes a set that it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from loadstone.apiserver.types.type_shapes import ANY, TypeShape

Fields = dict[str, Any]
Path = tuple[str, ...]

SELF = "."
_MEMBER: Fields = {SELF: {}}


def _is_member(node: Fields) -> bool:
    return not node or SELF in node


def _below(node: Fields) -> Fields:
    return {name: inner for name, inner in node.items() if name != SELF} if SELF in node else node


def node_of(below: Fields, *, member: bool) -> Fields | None:
    """The node of a set for an element, None where it would hold nothing."""
    if not member:
        return below or None
    return {**_MEMBER, **below} if below else {}


def union(a: Fields, b: Fields) -> Fields:
    """The union of two sets."""
    found = dict(a)
    for name, inner in b.items():
        held = found.get(name)
        if held is None or held == inner:
            found[name] = inner
            continue
        member = _is_member(held) or _is_member(inner)
        found[name] = node_of(union(_below(held), _below(inner)), member=member)
    return found


def difference(a: Fields, b: Fields) -> Fields:
    """The difference of two sets: a member goes, what is below it stays."""
    found: Fields = {}
    for name, inner in a.items():
        other = b.get(name)
        node: Fields | None = inner
        if other is not None:
            member = _is_member(inner) and not _is_member(other)
            node = node_of(difference(_below(inner), _below(other)), member=member)
        if node is not None:
            found[name] = node
    return found


def intersection(a: Fields, b: Fields) -> Fields:
    """The intersection of two sets."""
    found: Fields = {}
    for name, inner in a.items():
        other = b.get(name)
        if other is None:
            continue
        member = _is_member(inner) and _is_member(other)
        node = node_of(intersection(_below(inner), _below(other)), member=member)
        if node is not None:
            found[name] = node
    return found


def without(a: Fields, elements: Iterable[str]) -> Fields:
    """The set without some elements of its first level and all that is below them."""
    gone = frozenset(elements)
    return a if gone.isdisjoint(a) else {k: v for k, v in a.items() if k not in gone}


def has(fields: Fields, element: str) -> bool:
    """Whether an element is a member of the first level of a set."""
    node = fields.get(element)
    return node is not None and _is_member(node)


def below(fields: Fields, element: str) -> Fields:
    """The subset below an element."""
    return _below(fields.get(element) or {})


def named(fields: Fields, shape: TypeShape) -> Fields:
    """The set with each field of a struct that it holds something of."""
    found: Fields = {}
    for element, node in fields.items():
        known = element.startswith("f:") and shape.is_map and element[2:] in shape.fields
        inside = named(_below(node), within(shape, element))
        found[element] = node_of(inside, member=known or _is_member(node))
    return found


def within(shape: TypeShape, element: str) -> TypeShape:
    """The shape of the value that an element leads to."""
    if element.startswith("f:"):
        return shape.field(element[2:]) if shape.is_map else ANY
    return shape.items or ANY


def insert(fields: Fields, path: Path) -> None:
    """Make a path a member of a set that is being built."""
    for element in path[:-1]:
        node = fields.get(element)
        if node is None:
            node = fields[element] = {}
        elif not node:
            node[SELF] = {}
        fields = node
    node = fields.setdefault(path[-1], {})
    if node:
        node[SELF] = {}


def build(paths: Iterable[Path]) -> Fields:
    """The set of some paths."""
    found: Fields = {}
    for path in sorted(paths, key=len):
        insert(found, path)
    return found


def paths(fields: Fields, before: Path = ()) -> Iterator[Path]:
    """The members, those of each level before those below it, in order."""
    for element in sorted(fields, key=_rank):
        if _is_member(fields[element]):
            yield (*before, element)
    for element in sorted(fields, key=_rank):
        yield from paths(_below(fields[element]), (*before, element))


def _rank(element: str) -> tuple[int, str]:
    return "fkvi".find(element[:1]), element


def shown(path: Path) -> str:
    """A path as messages write it: `.spec.ports[port=80,protocol="TCP"].name`."""
    text = ""
    for element in path:
        kind, _, rest = element.partition(":")
        if kind == "f":
            text += f".{rest}"
        elif kind == "k":
            pairs = orjson.loads(rest).items()
            text += "[" + ",".join(f"{k}={orjson.dumps(v).decode()}" for k, v in pairs) + "]"
        elif kind == "v":
            text += f"[={rest}]"
        else:
            text += f"[{rest}]"
    return text


class NoElement(ValueError):
    """An item of a list that the keys of the list cannot tell from another."""


def element_of(item: Any, keys: Mapping[str, Any]) -> str:
    """The element that leads to an item of a keyed list or a set; raises `NoElement`."""
    if not keys:
        return f"v:{_scalar(item)}"
    if not isinstance(item, dict):
        kind = "a null element" if item is None else "non-map elements"
        raise NoElement(f"associative list with keys may not have {kind}")
    if len(keys) == 1:
        (name,) = keys
        if name in item:
            return f"k:{orjson.dumps({name: item[name]}).decode()}"
    found = {
        name: item.get(name, keys[name])
        for name in sorted(keys)
        if name in item or keys[name] is not None
    }
    if not found:
        names = "[" + " ".join(f'"{name}"' for name in keys) + "]"
        raise NoElement(
            f"associative list with keys has an element that omits all key fields {names} "
            "(and doesn't have default values for any key fields)"
        )
    return f"k:{orjson.dumps(found).decode()}"


def _scalar(item: Any) -> str:
    if isinstance(item, dict):
        raise NoElement("associative list without keys has an element that's a map type")
    if isinstance(item, list):
        raise NoElement("not supported: associative list with lists as elements")
    if item is None:
        raise NoElement("associative list without keys has an element that's an explicit null")
    return orjson.dumps(item).decode()
