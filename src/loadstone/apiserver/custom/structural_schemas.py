"""Structural schemas of custom resources: defaulting, pruning, validation."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from loadstone.apiserver.custom import string_formats
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import CustomVersion

_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_TWICE = "Duplicate value: "
_LENGTHS = {
    "maxLength": ("FieldValueTooLong", "Too long: may not be more than {} bytes"),
    "maxItems": ("FieldValueTooMany", "Too many: must have at most {} items"),
    "maxProperties": ("FieldValueTooMany", "Too many: must have at most {} items"),
}
_LIMITS = {
    "minimum": "should be greater than or equal to {}",
    "maximum": "should be less than or equal to {}",
    "multipleOf": "should be a multiple of {}",
    "minLength": "should be at least {} chars long",
    "minItems": "should have at least {} items",
    "minProperties": "should have at least {} properties",
    "pattern": "should match '{}'",
}
_TOP = ("apiVersion", "kind", "metadata")


def fill(version: CustomVersion, document: Document) -> None:
    """Defaulting and pruning: defaults in, and fields out that the schema does not know."""
    schema = version.schema
    if not schema:
        return
    metadata = document["metadata"]  # its fields are known, whatever the schema says of them
    document["metadata"] = {}
    default(version, document)
    kept = {name: document[name] for name in _TOP if name in document}
    _prune(schema, document)
    document.update({**kept, "metadata": metadata})


def default(version: CustomVersion, document: Document) -> None:
    """Defaulting alone."""
    if version.schema:
        _defaults(version.schema, document)


def unknown(version: CustomVersion, document: Document) -> list[str]:
    """The paths of the fields that the schema does not know."""
    body = {name: value for name, value in document.items() if name not in _TOP}
    return list(_unknown(version.schema, body, "")) if version.schema else []


def check(version: CustomVersion, document: Document) -> list[Cause]:
    """The errors of an object against its schema."""
    if not version.schema:
        return []
    body = {name: value for name, value in document.items() if name not in _TOP}
    errors = _validator(_SchemaKey(version.schema)).iter_errors(body)
    return [*(_cause(error) for error in errors), *_duplicates(version.schema, body, "")]


class _SchemaKey:
    """A schema as a key of a cache, by identity: a definition's schema does not change."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _SchemaKey) and other.schema is self.schema


@lru_cache(maxsize=256)
def _validator(hashed: _SchemaKey) -> Any:
    import jsonschema  # takes time to load, and most clusters have no custom resources

    schema = _draft4(hashed.schema)
    if "required" in schema:  # of what every object has the server sees to itself
        schema["required"] = [name for name in schema["required"] if name not in _TOP]
        if not schema["required"]:
            del schema["required"]  # an empty one is not allowed
    return jsonschema.Draft4Validator(schema, format_checker=string_formats.checker())


def _draft4(schema: Any) -> Any:
    """OpenAPI's dialect in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_draft4(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    words = {k: _draft4(v) for k, v in schema.items() if k not in ("default", "example")}
    if "enum" in schema:
        words["enum"] = [*schema["enum"], *([None] if schema.get("nullable") else [])]
    if schema.get("x-kubernetes-int-or-string"):
        words["type"] = ["integer", "string"]
        words.pop("anyOf", None)
    elif schema.get("nullable") and isinstance(schema.get("type"), str):
        words["type"] = [schema["type"], "null"]
    return words


def _cause(error: Any) -> Cause:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
    field = path.lstrip(".")
    if error.validator == "required":
        missing = error.message.split("'")[1]
        return Cause.required(f"{field}.{missing}".lstrip("."))
    if error.validator == "type":
        expected = error.validator_value
        shown = expected if isinstance(expected, str) else ",".join(expected)
        return Cause.wrong_type(field or "<root>", error.instance, shown)
    if error.validator in _LENGTHS:
        reason, says = _LENGTHS[error.validator]
        return Cause(field=field, reason=reason, message=says.format(error.validator_value))
    if error.validator == "enum":
        allowed = [str(value) for value in error.validator_value]
        return Cause.unsupported(field, error.instance, allowed)
    return _of_value(error, field)


def _of_value(error: Any, field: str) -> Cause:
    """What is wrong with a value of the right type."""
    if error.validator == "format":
        kind, shown = error.validator_value, json.dumps(error.instance)
        text = f"Invalid value: {shown}: {field} in body must be of type {kind}: {shown}"
        return Cause(field=field, reason="FieldValueTypeInvalid", message=text)
    if error.validator in _LIMITS:
        says = _LIMITS[error.validator].format(error.validator_value)
        return Cause.invalid(field, error.instance, f"{field} in body {says}")
    return Cause.invalid(field or "<root>", error.instance, error.message)


def _duplicates(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[Cause]:
    """Elements that lists of the types map and set must not hold twice."""
    if isinstance(value, dict):
        known, other = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            below = known.get(name, other)
            if isinstance(below, Mapping):
                yield from _duplicates(below, inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        seen: list[Any] = []
        for index, item in enumerate(value):
            yield from _duplicates(schema["items"], item, f"{path}[{index}]")
            shown = _identity(schema, item)
            if shown is not None and shown in seen:
                field, said = f"{path}[{index}]", orjson.dumps(shown).decode()
                yield Cause(field=field, reason="FieldValueDuplicate", message=_TWICE + said)
            seen.append(shown)


def _identity(schema: Mapping[str, Any], item: Any) -> Any:
    kind = schema.get("x-kubernetes-list-type")
    if kind == "map" and isinstance(item, dict):
        return {key: item.get(key) for key in schema.get("x-kubernetes-list-map-keys") or ()}
    return item if kind == "set" else None


def _defaults(schema: Mapping[str, Any], value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in (schema.get("properties") or {}).items():
            _default(inner, value, name)
        other = schema.get("additionalProperties")
        if isinstance(other, Mapping):
            for inner_value in value.values():
                _defaults(other, inner_value)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            _defaults(schema["items"], item)


def _default(schema: Mapping[str, Any], parent: dict[str, Any], name: str) -> None:
    """A field that is absent, or null where it must not be, gets its default or goes."""
    if parent.get(name) is None and not (name in parent and schema.get("nullable")):
        parent.pop(name, None)
        if "default" in schema:
            parent[name] = copy.deepcopy(schema["default"])
    if name in parent:
        _defaults(schema, parent[name])


def _prune(schema: Mapping[str, Any], value: Any) -> None:
    if isinstance(value, dict):
        known, other = schema.get("properties") or {}, schema.get("additionalProperties")
        for name in list(value):
            if name in known:
                _prune(known[name], value[name])
            elif isinstance(other, Mapping):
                _prune(other, value[name])
            elif not _keeps(schema, name):
                del value[name]
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for item in value:
            _prune(schema["items"], item)


def _unknown(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        known, other = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            where = f"{path}.{name}".lstrip(".")
            if name in known:
                yield from _unknown(known[name], inner, where)
            elif isinstance(other, Mapping):
                yield from _unknown(other, inner, where)
            elif not _keeps(schema, name):
                yield where
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, item in enumerate(value):
            yield from _unknown(schema["items"], item, f"{path}[{index}]")


def _keeps(schema: Mapping[str, Any], name: str) -> bool:
    return bool(
        schema.get(_PRESERVE)
        or schema.get("additionalProperties") is True
        or (schema.get(_EMBEDDED) and name in _TOP)
    )
