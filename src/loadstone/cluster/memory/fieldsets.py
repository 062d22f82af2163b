"""Which fields an object has, as managedFields writes them down.

A set of fields is a set of paths; a path is a tuple of elements: `f:name` for a field,
`k:{"name":"a"}` for an element of a list that is found by its keys, `v:"a"` for one of a list of
values, and a last `.` for an element itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from loadstone.cluster.memory import strategic
from loadstone.cluster.memory.resources import Resource
from loadstone.cluster.memory.store import Document

Path = tuple[str, ...]
Fields = frozenset[Path]
# field names down to a list → its keys; () for a list of values; None where it is replaced whole
Keys = Callable[[Sequence[str]], Sequence[str] | None]

_COMPOUND = {
    "ports[containers]": ("containerPort", "protocol"),
    "ports[initContainers]": ("containerPort", "protocol"),
    "ports[spec]": ("port", "protocol"),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_KEY_DEFAULTS = {"protocol": "TCP"}
_APART = ("apiVersion", "kind", "metadata")
_NOT_OWNED = frozenset(
    {
        *("name", "namespace", "generateName", "uid", "resourceVersion", "generation"),
        *("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"),
        *("managedFields", "selfLink"),
    }
)


def keys_of(resource: Resource, version: str) -> Keys:
    """How the lists of a resource merge."""
    definition = resource.definition(version)
    if definition is None:
        return _builtin
    schema = definition.schema
    return lambda names: _custom(schema, names)


def fields_of(document: Document, keys: Keys) -> Fields:
    """Every field that an owner of this document would own."""
    body = {k: v for k, v in document.items() if k not in ("apiVersion", "kind")}
    metadata = {k: v for k, v in body.get("metadata", {}).items() if k not in _NOT_OWNED}
    return frozenset(_walk({**body, "metadata": metadata}, keys, (), ()))


def json_of(document: Document, keys: Keys) -> Document:
    """FieldsV1 of a whole document: as `to_json(fields_of(…))`, in one go."""
    metadata = {k: v for k, v in document["metadata"].items() if k not in _NOT_OWNED}
    owned = {k: _nested(v, keys, (k,)) for k, v in document.items() if k not in _APART}
    inside = _nested(metadata, keys, ("metadata",)) if metadata else None
    found = {f"f:{name}": node for name, node in owned.items()}
    return {**({"f:metadata": inside} if inside else {}), **found}


def _nested(value: Any, keys: Keys, names: tuple[str, ...]) -> Document:
    if isinstance(value, dict):
        return {f"f:{name}": _nested(inner, keys, (*names, name)) for name, inner in value.items()}
    by = keys(names) if isinstance(value, list) and value else None
    if by is None:
        return {}
    if not by:
        return {f"v:{orjson.dumps(item).decode()}": {} for item in value}
    return {
        _key(item, by): {".": {}, **_nested(item, keys, names)}
        for item in value
        if isinstance(item, dict)
    }


def to_json(fields: Fields) -> Document:
    """FieldsV1."""
    root: Document = {}
    for path in sorted(fields):
        node = root
        for element in path:
            node = node.setdefault(element, {})
    return root


def from_json(node: Mapping[str, Any], path: Path = ()) -> Fields:
    """The paths in a FieldsV1."""
    if not node:
        return frozenset({path}) if path else frozenset()
    return frozenset().union(
        *(
            {(*path, ".")} if element == "." else from_json(inner, (*path, element))
            for element, inner in node.items()
            if isinstance(inner, dict)
        )
    )


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
    return text


def value_at(document: Any, path: Path) -> Any:
    """What is at a path; raises KeyError when nothing is."""
    for element in path:
        document = _step(document, element)
    return document


def remove_at(document: Any, path: Path) -> None:
    """Take what is at a path away, and the mappings that this leaves empty."""
    path = path[:-1] if path[-1] == "." else path
    trail = []
    try:
        for element in path[:-1]:
            trail.append((document, element))
            document = _step(document, element)
        _drop(document, path[-1])
        for parent, element in reversed(trail):
            if _step(parent, element) not in ({}, []):
                return
            _drop(parent, element)
    except KeyError:
        return  # it went with what it was in


def merge(live: Any, applied: Any, keys: Keys, names: tuple[str, ...] = ()) -> Any:
    """The live value with an applied one laid over it."""
    if isinstance(applied, dict) and isinstance(live, dict):
        merged = dict(live)
        for name, value in applied.items():
            merged[name] = merge(live.get(name), value, keys, (*names, name))
        return merged
    if isinstance(applied, list) and isinstance(live, list):
        return _merge_list(live, applied, keys, names)
    return applied


def _merge_list(
    live: list[Any], applied: list[Any], keys: Keys, names: tuple[str, ...]
) -> list[Any]:
    by = keys(names)
    if by is None:
        return applied
    if not by:
        return [*live, *(item for item in applied if item not in live)]
    merged = list(live)
    places = {_key(item, by): index for index, item in enumerate(live)}
    for item in applied:
        place = places.get(_key(item, by))
        if place is None:
            merged.append(item)
        else:
            merged[place] = merge(merged[place], item, keys, names)
    return merged


def _walk(value: Any, keys: Keys, path: Path, names: tuple[str, ...]) -> Iterator[Path]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from _walk(inner, keys, (*path, f"f:{name}"), (*names, name))
        return
    by = keys(names) if isinstance(value, list) and value else None
    if by is None:
        if path != ("f:metadata",):
            yield path
        return
    for item in value:
        if not by:
            yield (*path, f"v:{orjson.dumps(item).decode()}")
        elif isinstance(item, dict):
            inside = (*path, _key(item, by))
            yield (*inside, ".")
            for name, inner in item.items():
                yield from _walk(inner, keys, (*inside, f"f:{name}"), (*names, name))


def _key(item: Any, by: Sequence[str]) -> str:
    values = {name: item.get(name, _KEY_DEFAULTS.get(name)) for name in by}
    found = {name: value for name, value in values.items() if value is not None}
    return f"k:{orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode()}"


def _step(value: Any, element: str) -> Any:
    if element == ".":
        return value
    kind, _, rest = element.partition(":")
    if kind == "f" and isinstance(value, dict) and rest in value:
        return value[rest]
    if kind in ("k", "v") and isinstance(value, list):
        return value[_place(value, kind, rest)]
    raise KeyError(element)


def _place(items: list[Any], kind: str, rest: str) -> int:
    wanted = orjson.loads(rest)
    for index, item in enumerate(items):
        if kind == "v" and item == wanted:
            return index
        if kind == "k" and isinstance(item, dict) and _has(item, wanted):
            return index
    raise KeyError(rest)


def _has(item: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(item.get(k, _KEY_DEFAULTS.get(k)) == value for k, value in wanted.items())


def _drop(value: Any, element: str) -> None:
    kind, _, rest = element.partition(":")
    if kind == "f" and isinstance(value, dict):
        value.pop(rest, None)
    elif kind in ("k", "v") and isinstance(value, list):
        try:
            del value[_place(value, kind, rest)]
        except KeyError:
            return


def _builtin(names: Sequence[str]) -> Sequence[str] | None:
    field, parent = names[-1], names[-2] if len(names) > 1 else ""
    compound = _COMPOUND.get(f"{field}[{parent}]") or _COMPOUND.get(field)
    if compound:
        return compound
    key = strategic.key_of(field, parent)
    if key is None:
        return None
    return (key,) if key else ()


def _custom(schema: Mapping[str, Any], names: Sequence[str]) -> Sequence[str] | None:
    if names[0] == "metadata":
        return _builtin(names)
    for name in names:
        properties = schema.get("properties") or {}
        schema = properties.get(name) or schema.get("additionalProperties") or {}
        if not isinstance(schema, Mapping):
            return None
        if name != names[-1] and isinstance(schema.get("items"), Mapping):
            schema = schema["items"]
    kind = schema.get("x-kubernetes-list-type")
    if kind == "map":
        return tuple(schema.get("x-kubernetes-list-map-keys") or ())
    return () if kind == "set" else None
