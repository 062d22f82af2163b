"""JSON schemas of the file formats, generated from their types.

Two of each: the *strict* one that a file is held against once texts like `200ms` have become
numbers, and the one for *editors*, in which such a text is as good as the number.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from loadstone.formats import Component, Preset, Scenario, units
from loadstone.formats.yaml_text import Path

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
UNIT = "x-unit"


def scenario_schema() -> Schema:
    """The JSON schema of a file of `scenarios/`, for editors."""
    return for_editors(Scenario, "A Loadstone scenario")


def component_schema() -> Schema:
    """The JSON schema of a file of `components/`, for editors."""
    return for_editors(Component, "A Loadstone component")


def preset_schema() -> Schema:
    """The JSON schema of a file of `presets/`, for editors."""
    return for_editors(Preset, "A Loadstone preset")


@functools.cache
def strict_schema(kind: type[msgspec.Struct]) -> Schema:
    """The schema that a file's data is held against, in base units. Do not change it."""
    schema: Schema = _rewrite(msgspec.json.schema(kind), _tidy)
    return schema


def for_editors(kind: type[msgspec.Struct], title: str) -> Schema:
    """The JSON schema of a file format, for editors."""
    schema = _rewrite(strict_schema(kind), _accept_texts)
    return {"$schema": DIALECT, "title": title, **schema}


def resolve(schema: Schema, root: Schema) -> Schema:
    """The schema itself, behind any `$ref`."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def fitting(schema: Schema, data: Any, root: Schema) -> Iterator[Schema]:
    """The parts of a schema that speak of `data` itself: alternatives, and the chosen variant."""
    schema = resolve(schema, root)
    yield schema
    for alternative in schema.get("anyOf", ()):
        yield from fitting(alternative, data, root)
    for choice in schema.get("allOf", ()):
        (tag, wanted), *_ = choice["if"]["properties"].items()
        if isinstance(data, dict) and data.get(tag) == wanted["const"]:
            yield from fitting(choice["then"], data, root)


def children(schema: Schema, data: Any, root: Schema) -> Iterator[tuple[str | int, Schema]]:
    """The keys (or indexes) of `data` with the schema of what is behind each."""
    for part in fitting(schema, data, root):
        if isinstance(data, list) and "items" in part:
            yield from ((index, part["items"]) for index in range(len(data)))
        if isinstance(data, dict):
            others = part.get("additionalProperties") or None
            for key in list(data):
                if (child := part.get("properties", {}).get(key, others)) is not None:
                    yield key, child


def leaves(
    schema: Schema, data: Any, root: Schema, path: Path = (), *, mark: str = UNIT
) -> Iterator[tuple[Path, str]]:
    """The paths of `data` whose schema has a mark, as the base unit, with what the mark says."""
    for key, child in children(schema, data, root):
        below = (*path, key)
        named = (part[mark] for part in fitting(child, data[key], root) if mark in part)
        if said := next(named, None):
            yield below, said
        else:
            yield from leaves(child, data[key], root, below, mark=mark)


def _rewrite(node: Any, change: Callable[[Schema], Schema]) -> Any:
    if isinstance(node, list):
        return [_rewrite(item, change) for item in node]
    if not isinstance(node, dict):
        return node
    return change({key: _rewrite(value, change) for key, value in node.items()})


def _tidy(node: Schema) -> Schema:
    """Docstrings without their indentation; tagged unions as conditions, which name one mistake."""
    if isinstance(text := node.get("description"), str):
        node["description"] = inspect.cleandoc(text)
    if {"type": "null"} in node.get("anyOf", ()):  # a file leaves a key out instead
        given = [part for part in node.pop("anyOf") if part != {"type": "null"}]
        node.pop("default", None)
        node |= given[0] if len(given) == 1 else {"anyOf": given}
    if "discriminator" not in node:
        return node
    tag = node["discriminator"]["propertyName"]
    variants = node["discriminator"]["mapping"]
    return {
        "type": "object",
        "properties": {tag: {"enum": list(variants)}},
        "required": [tag],
        "allOf": [
            {
                "if": {"properties": {tag: {"const": name}}, "required": [tag]},
                "then": {"$ref": reference},
            }
            for name, reference in variants.items()
        ],
    }


def _accept_texts(node: Schema) -> Schema:
    """Where a number has a base unit, a text with a suffix of that unit is accepted too."""
    if not isinstance(node.get(UNIT), str):
        return node
    unit = node[UNIT]
    about = {key: node[key] for key in ("default",) if key in node}
    plain = {key: value for key, value in node.items() if key not in (UNIT, "default")}
    text = {
        "type": "string",
        "pattern": units.pattern(unit),
        "description": f"A number with a suffix: {', '.join(units.suffixes(unit))}",
    }
    return {"anyOf": [*plain.pop("anyOf", [plain]), text], **about}
