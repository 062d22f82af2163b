"""Shapes of types: how their values merge, as the published OpenAPI says of lists and mappings.

A shape says what a value may be (a scalar, a list, a mapping, or any of them) and how two of them
become one: an atomic list or mapping has one owner and is replaced whole, the items of a keyed list
and the fields of a granular mapping are owned and merged one by one. Built-in kinds are read from
`types.json` and `merging.json`, custom ones from the schema of their definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.types import type_check, type_tables

_NOTHING: Mapping[str, Any] = {}
_METADATA = "V1ObjectMeta"
_SCALARS = {
    "string": "string",
    "integer": "numeric",
    "number": "numeric",
    "boolean": "boolean",
    "bytes": "string",
}


class TypeShape:
    """The shape of a type.

    keys: of a list's items, with their defaults; {} for a set, None for an atomic list. values: of
    a mapping's other keys, None where it has none but its fields. patches: field → key of a
    strategic merge. zeros: fields that are empty rather than absent. kind: of a leaf.
    """

    __slots__ = (
        *("scalar", "is_list", "items", "keys", "is_map", "granular", "fields", "values"),
        *("patches", "zeros", "kind"),
    )

    def __init__(self, scalar: str = "", kind: str = "") -> None:
        self.scalar, self.kind = scalar, kind
        self.is_list = False
        self.items: TypeShape | None = None
        self.keys: Mapping[str, Any] | None = None
        self.is_map = False
        self.granular = True
        self.fields: Mapping[str, TypeShape] = {}
        self.values: TypeShape | None = None
        self.patches: Mapping[str, str] = _NOTHING
        self.zeros: frozenset[str] = frozenset()

    def field(self, name: str) -> TypeShape:
        """The shape of a field of a mapping; of an unknown one, that of anything."""
        return self.fields.get(name) or self.values or ANY

    def as_map(self, relation: str) -> TypeShape:
        """The same mapping, atomic or granular as the field that holds it says."""
        other = TypeShape(self.scalar)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.granular = relation != "atomic"
        return other


def _any(*, granular: bool) -> TypeShape:
    found = TypeShape("untyped")
    found.is_list = found.is_map = True
    found.granular = granular
    found.items = found.values = found
    return found


RAW = _any(granular=False)  # anything, replaced whole
ANY = _any(granular=True)  # anything: lists are replaced, the fields of mappings are not
ANY.items = RAW


@lru_cache(maxsize=512)
def of(resource: Resource, version: str) -> TypeShape:
    """The shape of a resource's objects in one of its versions."""
    definition = resource.definition(version)
    if definition is None:
        return of_type(type_tables.type_name(resource))
    schema = {**definition.schema, "x-kubernetes-embedded-resource": True}
    return _of_schema(schema, preserve=not definition.schema)


_named: dict[str, TypeShape] = {}


def of_type(name: str) -> TypeShape:
    """The shape of a type of the built-in kinds; types may hold themselves."""
    if name in _named:
        return _named[name]
    fields = type_tables.types().get(name)
    if fields is None:
        return ANY
    said = type_tables.merging().get(name, _NOTHING)
    found = _named[name] = TypeShape()
    found.is_map = True
    found.granular = said.get("", _NOTHING).get("map") != "atomic"
    found.fields = {
        field: _field(kind, said.get(field, _NOTHING)) for field, kind in fields.items()
    }
    found.patches = {field: each["patch"] for field, each in said.items() if "patch" in each}
    found.zeros = frozenset(field for field, each in said.items() if each.get("zero"))
    return found


def _field(kind: str, said: Mapping[str, Any]) -> TypeShape:
    if kind.startswith("[]"):
        return _list(
            _field(kind[2:], {"map": said["map"]} if "map" in said else {}), said.get("list")
        )
    if kind.startswith("{}"):
        return _mapping(_field(kind[2:], {}), said.get("map", ""))
    if kind == "any":
        return RAW if said.get("map") == "atomic" else ANY
    if kind in type_check.LEAVES:
        return _LEAVES[kind]
    found = of_type(kind)
    return found.as_map(said["map"]) if "map" in said else found


_LEAVES = {kind: TypeShape(_SCALARS.get(kind, "untyped"), kind) for kind in type_check.LEAVES}


def _list(items: TypeShape, keys: Mapping[str, Any] | None) -> TypeShape:
    found = TypeShape()
    found.is_list, found.items, found.keys = True, items, keys
    return found


def _mapping(values: TypeShape | None, relation: str) -> TypeShape:
    found = TypeShape()
    found.is_map, found.values, found.granular = True, values, relation != "atomic"
    return found


def _of_schema(schema: Mapping[str, Any], *, preserve: bool = False) -> TypeShape:
    """The shape of a custom resource's schema, or of a part of it."""
    preserve = preserve or schema.get("x-kubernetes-preserve-unknown-fields") is True
    kind = schema.get("type")
    if kind == "array":
        return _of_list(schema, preserve=preserve)
    if kind in _SCALARS:
        typed_so = kind != "string" or not schema.get("format") or schema["format"] == "byte"
        return TypeShape(_SCALARS[kind] if typed_so else "untyped")
    if kind == "object" or schema.get("x-kubernetes-embedded-resource"):
        return _of_object(schema, preserve=preserve)
    return ANY


def _of_list(schema: Mapping[str, Any], *, preserve: bool) -> TypeShape:
    items = schema.get("items") or {}
    keys: Mapping[str, Any] | None = None
    if schema.get("x-kubernetes-list-type") == "map":
        known = items.get("properties") or {}
        names = schema.get("x-kubernetes-list-map-keys") or ()
        keys = {name: (known.get(name) or {}).get("default") for name in names}
    elif schema.get("x-kubernetes-list-type") == "set":
        keys = {}
    return _list(_of_schema(items, preserve=preserve), keys)


def _of_object(schema: Mapping[str, Any], *, preserve: bool) -> TypeShape:
    properties = schema.get("properties") or {}
    other = schema.get("additionalProperties")
    values: TypeShape | None = None
    if isinstance(other, Mapping):
        values = _of_schema(other, preserve=preserve)
    elif other is True or (other is None and (preserve or not properties)):
        values = ANY
    found = _mapping(values, schema.get("x-kubernetes-map-type", ""))
    fields = {name: _of_schema(inner, preserve=preserve) for name, inner in properties.items()}
    if schema.get("x-kubernetes-embedded-resource"):
        text = _LEAVES["string"]
        fields |= {"apiVersion": text, "kind": text, "metadata": of_type(_METADATA)}
    found.fields = fields
    return found
