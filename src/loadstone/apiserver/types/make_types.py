"""Writes `types.json` and `merging.json`: what Kubernetes' published OpenAPI says of each kind.

`python -m loadstone.apiserver.types.make_types SOURCES` reads the document in the sources of a
version of Kubernetes, which the Go client fetches: `go mod download -json
k8s.io/kubernetes@v1.36.3` says where to. The tables are kept as files because the server starts
faster than the document, which is twelve megabytes, could be read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from loadstone.apiserver.types.type_tables import MERGING, TABLE, name_of

VERSION = "v1.36.3"  # of Kubernetes, as the tables are
_ALSO = (
    *("V1DeleteOptions", "V1Eviction", "V1Scale"),
    *("EventsV1Event", "ResourceV1ResourceClaim"),
)  # sent to subresources
_PLAIN = {"string": "string", "integer": "integer", "boolean": "boolean", "number": "number"}
_LEAVES = {
    "Quantity": "quantity",
    "Time": "time",
    "MicroTime": "microtime",
    "IntOrString": "intorstring",
}
_RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension"
_REFERENCE = "#/components/schemas/"

Schemas = Mapping[str, Mapping[str, Any]]
Fields = dict[str, dict[str, str]]
Merging = dict[str, dict[str, dict[str, Any]]]


def published(sources: Path) -> Schemas:
    """Every schema that Kubernetes publishes, from its sources."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted((sources / "api" / "openapi-spec" / "v3").glob("*.json")):
        document = orjson.loads(path.read_bytes())
        found.update(document.get("components", {}).get("schemas", {}))
    return found


def tables(schemas: Schemas) -> tuple[Fields, Merging]:
    """Type → field → type, and what the types and their fields say of merging.

    In the first, `[]T` is a list of T, `{}T` a mapping to T, `any` anything. The second holds what
    is not the default, by type and field; what is said of a type itself stands under "".
    """
    from loadstone.apiserver.types import kinds

    names = _names(schemas)
    by_name = {name: path for path, name in names.items()}
    left = [*_ALSO, *(name_of(kind.version, kind.kind) for kind in kinds.kinds())]
    types: Fields = {}
    merging: Merging = {}
    while left:
        name = left.pop()
        if name in types or name not in by_name:
            continue
        schema = schemas[by_name[name]]
        types[name] = {
            field: _type(inner, schemas, names) for field, inner in _properties(schema).items()
        }
        said = dict(_merging(schema, schemas))
        if said:
            merging[name] = dict(sorted(said.items()))
        left += [word for kind in types[name].values() for word in re.findall(r"\w+", kind)]
    return dict(sorted(types.items())), dict(sorted(merging.items()))


def _names(schemas: Schemas) -> dict[str, str]:
    """Schema → name, as the official clients shorten it: by its group only where it must be."""
    short = {path: path.split(".")[-2].capitalize() + path.split(".")[-1] for path in schemas}
    count = Counter(short.values())
    return {
        path: name if count[name] == 1 else path.split(".")[-3].capitalize() + name
        for path, name in short.items()
    }


def _properties(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return dict(sorted(schema.get("properties", {}).items()))


def _reference(schema: Mapping[str, Any]) -> str:
    inside = schema.get("allOf") or [schema]
    return str(inside[0].get("$ref", "")).removeprefix(_REFERENCE)


def _type(schema: Mapping[str, Any], schemas: Schemas, names: Mapping[str, str]) -> str:
    reference = _reference(schema)
    if reference:
        leaf = _LEAVES.get(reference.rpartition(".")[2])
        if leaf:
            return leaf
        return names[reference] if "properties" in schemas[reference] else "any"
    kind = schema.get("type")
    if kind == "array":
        return "[]" + _type(schema["items"], schemas, names)
    if kind == "object":
        values = schema.get("additionalProperties")
        return "{}" + _type(values, schemas, names) if values else "any"
    if schema.get("format") == "byte":
        return "bytes"
    return _PLAIN.get(str(kind), "any")


def _merging(schema: Mapping[str, Any], schemas: Schemas) -> Iterator[tuple[str, dict[str, Any]]]:
    if schema.get("x-kubernetes-map-type"):
        yield "", {"map": schema["x-kubernetes-map-type"]}
    for field, inner in _properties(schema).items():
        said = dict(_said(inner, schemas))
        if _is_zero(inner, required=field in schema.get("required", ())):
            said["zero"] = True
        if said:
            yield field, said


def _said(schema: Mapping[str, Any], schemas: Schemas) -> Iterator[tuple[str, Any]]:
    """What a field says of merging that a reader without the document could not know.

    list: keys of the items and their defaults, none for a set; an atomic list says nothing. patch:
    the key of a
    strategic merge, "" for a list of plain values, "replace" for a mapping that is replaced. map:
    atomic, or granular where its type is atomic. zero: that an absent field is as good as empty.
    """
    if schema.get("type") == "array":
        kind, strategy = (
            schema.get(f"x-kubernetes-{of}") for of in ("list-type", "patch-strategy")
        )
        merges = "merge" in str(strategy).split(",")
        key = schema.get("x-kubernetes-patch-merge-key")
        if kind == "map":
            of = schemas.get(_reference(schema["items"]), {}).get("properties", {})
            yield "list", {k: of[k].get("default") for k in schema["x-kubernetes-list-map-keys"]}
        elif kind == "set":
            yield "list", {}
        if merges:
            yield "patch", key or ""
    elif "replace" in str(schema.get("x-kubernetes-patch-strategy")).split(","):
        yield "patch", "replace"
    if schema.get("x-kubernetes-map-type"):
        yield "map", schema["x-kubernetes-map-type"]
    elif _reference(schema) == _RAW or _reference(schema.get("items") or {}) == _RAW:
        yield "map", "atomic"


def _is_zero(schema: Mapping[str, Any], *, required: bool) -> bool:
    """Whether Go cannot leave a field out: a struct, or a list or mapping that is required."""
    if _reference(schema):
        return schema.get("default") == {}
    return required and schema.get("type") in ("array", "object")


def main(sources: str) -> None:
    """Write the tables anew from the sources of a version of Kubernetes."""
    types, merging = tables(published(Path(sources)))
    for path, found in ((TABLE, types), (MERGING, merging)):
        option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        path.write_bytes(orjson.dumps(found, option=option))


if __name__ == "__main__":
    main(*sys.argv[1:])
