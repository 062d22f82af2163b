"""Schema errors of applied configurations: unknown fields, wrong types, items given twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from loadstone.apiserver.apply.fieldsets import NoElement, element_of, shown
from loadstone.apiserver.types.type_shapes import ANY, TypeShape

_GO = {str: "string", bool: "bool", int: "int64", float: "float64", type(None): "<nil>"}
_GO |= {dict: "map[string]interface {}", list: "[]interface {}"}


_TWICE = "duplicate entries for key "


def faults(document: dict[str, Any], shape: TypeShape, *, twice: bool = False) -> list[str]:
    """The errors of a configuration against the shape of its kind, one sentence each.

    `twice`: whether it may.
    """
    if not twice and _is_fine(document, shape):
        return []
    found = _map(document, shape)
    allowed = (_TWICE,) if twice else ()
    return [f"{where}: {said}" for where, said in found if not said.startswith(allowed)]


def _is_fine(value: Any, shape: TypeShape) -> bool:
    """Whether nothing is wrong: quick, because that is nearly always so."""
    if isinstance(value, dict) and shape.is_map:
        fields, other = shape.fields, shape.values
        for name, inner in value.items():
            below = fields.get(name, other)
            if below is None or not _is_fine(inner, below):
                return False
        return True
    if isinstance(value, list) and shape.is_list:
        items = shape.items or ANY
        return _is_unique(value, shape) and all(_is_fine(item, items) for item in value)
    if type(value) in _FITTING.get(shape.scalar, ()):
        return True
    return value is None


def _is_unique(items: list[Any], shape: TypeShape) -> bool:
    if shape.keys is None:
        return True
    try:
        return len({element_of(item, shape.keys) for item in items}) == len(items)
    except NoElement:
        return False


_FITTING: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "numeric": (int, float),
    "boolean": (bool,),
    "untyped": (str, int, float, bool),
}


def _walk(value: Any, shape: TypeShape) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, dict) and shape.is_map:
        yield from _map(value, shape)
    elif isinstance(value, list) and shape.is_list:
        yield from _list(value, shape)
    elif shape.scalar and not isinstance(value, dict | list):
        yield from _scalar(value, shape.scalar)
    elif shape.is_map:
        yield "", f"expected map, got {_shown(value)}"
    elif shape.scalar:
        yield from _scalar(value, shape.scalar)
    else:
        yield "", f"expected list, got {_shown(value)}"


def _map(value: dict[str, Any], shape: TypeShape) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        if name not in shape.fields and shape.values is None:
            yield f".{name}", "field not declared in schema"
            return
        for where, said in _walk(inner, shape.field(name)):
            yield f".{name}{where}", said


def _list(value: list[Any], shape: TypeShape) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for index, item in enumerate(value):
        place = f"[{index}]"
        if shape.keys is not None:
            try:
                element = element_of(item, shape.keys)
            except NoElement as error:
                yield "", f"element {index}: {error}"
                return
            place = shown((element,))
            if element in seen:
                yield "", f"{_TWICE}{place}"
            seen.add(element)
        for where, said in _walk(item, shape.items or ANY):
            yield f"{place}{where}", said


def _scalar(value: Any, expected: str) -> Iterator[tuple[str, str]]:
    if expected == "numeric" and (isinstance(value, bool) or not isinstance(value, int | float)):
        yield "", f"expected numeric (int or float), got {_GO[type(value)]}"
    elif expected == "string" and not isinstance(value, str):
        yield "", f"expected string, got &value.valueUnstructured{{Value:{_shown(value)}}}"
    elif expected == "boolean" and not isinstance(value, bool):
        yield "", f"expected boolean, got {_shown(value)}"
    elif expected == "untyped" and isinstance(value, dict | list):
        yield "", f"expected any scalar, got {_shown(value)}"


def _shown(value: Any) -> str:
    return orjson.dumps(value).decode() if not isinstance(value, str) else value
