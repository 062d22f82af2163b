"""Writes `types.json`: the fields of the built-in kinds, from the official Python client.

`python -m loadstone.cluster.memory.maketypes`, after the client was updated. The table is kept as a
file because importing the client takes longer than the whole server may take to start.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

TABLE = Path(__file__).with_name("types.json")
_PLAIN = {"str": "string", "int": "integer", "bool": "boolean", "float": "number"}
_NAMED_BY_GROUP = {"Event": "CoreV1Event"}
# the client calls quantities strings, and JSON may write them as numbers
_QUANTITIES = frozenset(
    {
        *("allocatable", "averageValue", "capacity", "default", "defaultRequest", "divisor"),
        *("hard", "limits", "max", "maxLimitRequestRatio", "maximumVolumeSize", "min"),
        *("overhead", "podFixed", "requests", "sizeLimit", "used", "value"),
        *("allocatedResources",),
    }
)
_BYTES = (("V1Secret", "data"), ("V1ConfigMap", "binaryData"))  # base64 in JSON
_ALSO = (
    *("V1DeleteOptions", "V1Eviction", "V1Scale"),
    *("EventsV1Event", "ResourceV1ResourceClaim"),
)  # sent to subresources
_QUANTIFIED = re.compile(r"Resource|LimitRange|Quota|Metric|NodeStatus|PersistentVolume|EmptyDir")


def table() -> dict[str, dict[str, str]]:
    """Type → field → type. `[]T` is a list of T, `{}T` a mapping to T, `any` anything."""
    from kubernetes.client import models

    from loadstone.cluster.memory import builtin

    left = [*_ALSO, *(name_of(kind.version, kind.kind) for kind in builtin.kinds())]
    found: dict[str, dict[str, str]] = {}
    while left:
        name = left.pop()
        model = getattr(models, name, None)
        if name in found or model is None:
            continue
        found[name] = _fields(name, model)
        left += [word for kind in found[name].values() for word in re.findall(r"\w+", kind)]
    return dict(sorted(found.items()))


def name_of(version: str, kind: str) -> str:
    """The client's name for a kind."""
    return _NAMED_BY_GROUP.get(kind, f"{version.capitalize()}{kind}")


def _fields(name: str, model: Any) -> dict[str, str]:
    return {
        model.attribute_map[attribute]: _type(name, model.attribute_map[attribute], kind)
        for attribute, kind in model.openapi_types.items()
    }


def _type(owner: str, field: str, kind: str) -> str:
    listed = re.fullmatch(r"list\[(.+)\]", kind)
    if listed:
        return "[]" + _type(owner, field, listed[1])
    mapped = re.fullmatch(r"dict[\[(]str, (.+)[\])]", kind)
    if mapped:
        return "{}" + _type(owner, field, mapped[1])
    if (owner, field) in _BYTES:
        return "bytes"
    if kind == "str" and field in _QUANTITIES and _QUANTIFIED.search(owner):
        return "quantity"
    if kind in ("object", "file"):
        return "any"
    return "string" if kind == "datetime" else _PLAIN.get(kind, kind)


if __name__ == "__main__":
    TABLE.write_bytes(orjson.dumps(table(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
