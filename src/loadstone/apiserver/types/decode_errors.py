"""Decode errors: the words in which a Go decoder says that a value does not fit its field.

It names the struct that has the field, the path without places in lists and keys of mappings, and
the Go type: all of that is in the table of protobuf messages.
"""

from __future__ import annotations

import re
from typing import Any

from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.types import messages

_JSON = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
_LEAVES = {"double": "float64", "bytes": "[]uint8", "quantity": "resource.Quantity"}
_META = "meta.v1.ObjectMeta"


def cannot(resource: Resource, path: str, value: Any, expected: str) -> str:
    """`json: cannot unmarshal string into Go struct field X.spec.y of type int32`."""
    found = _JSON.get(type(value), "null")
    if isinstance(value, float):
        found = f"number {value:g}"
    steps = [re.sub(r"\[\d+\]", "", step) for step in path.split(".")]
    root = messages.type_of(group_version(resource.group, resource.version), resource.kind)
    if not root and steps[0] == "metadata":  # of a custom resource, which is decoded by itself
        root, steps = _META, steps[1:]
        if not steps:
            return f"json: cannot unmarshal {found} into Go value of type v1.ObjectMeta"
    struct, kind, steps = _follow(root, steps)
    if not kind:
        return f"json: cannot unmarshal {found} into Go value of type {expected}"
    owner = f"Go struct field {struct.rpartition('.')[2]}.{'.'.join(steps)}"
    return f"json: cannot unmarshal {found} into {owner} of type {_go(kind)}"


def _follow(root: str, steps: list[str]) -> tuple[str, str, list[str]]:
    """The struct that has the field at the end, the field's type, and the steps that are fields."""
    struct, kind = root, root
    taken: list[str] = []
    for step in steps:
        field = messages.by_name(kind).get(step) if kind in messages.table().types else None
        if field is None:  # a key of a mapping
            return struct, kind.removeprefix("{}"), taken
        struct, kind = kind, field.kind
        taken.append(step)
        if len(taken) < len(steps):
            kind = kind.removeprefix("[]")
    return struct, kind, taken


def _go(kind: str) -> str:
    if kind.startswith("[]"):
        return f"[]{_go(kind[2:])}"
    if kind.startswith("{}"):
        return f"map[string]{_go(kind[2:])}"
    return _LEAVES.get(kind, ".".join(kind.split(".")[-2:]))
