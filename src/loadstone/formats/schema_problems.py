"""Schema validation of a document: all that is wrong, in words a writer of the file can use."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, cast

from loadstone.errors import Problem
from loadstone.formats import units
from loadstone.formats.schema import Schema, leaves
from loadstone.formats.yaml_text import Document, Path

if TYPE_CHECKING:
    import jsonschema

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}


_MANY = 15  # names that are no longer read when all of them are listed


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """A hint for an unknown word: the nearest known one, or all of them, or the nearest of many."""
    names = sorted(known)
    if near := difflib.get_close_matches(str(word), names, n=1, cutoff=0.6):
        return f"did you mean `{near[0]}`?"
    if len(names) > _MANY:
        near = difflib.get_close_matches(str(word), names, n=3, cutoff=0.0)
        return f"{len(names)} are known, the nearest are {', '.join(near)}"
    return f"known: {', '.join(names)}" if names else ""


def humane(document: Document, schema: Schema) -> Iterator[Problem]:
    """Turn texts like `200ms` into base units, in place; yields those that say something else.

    Those become 1, so that what else is wrong with the file can be found.
    """
    found = list(leaves(schema, document.data, schema))
    for path, unit in found:
        text = look(document.data, path)
        if not isinstance(text, str) or text.startswith("${"):
            continue
        quantity = units.parse(text)
        value: int | float = 1
        if quantity is None or unit not in ("any", quantity.unit):
            hint = f"a number, or one with {', '.join(units.suffixes(unit))}"
            yield Problem(where=document.where(path), what=f"`{text}` is no such amount", hint=hint)
        else:
            value = quantity.value
            document.units[path] = quantity.unit
        look(document.data, path[:-1])[path[-1]] = value


def mend(document: Document, schema: Schema) -> Iterator[Problem]:
    """The problems of unknown keys, which are renamed to what was meant, or dropped, in place.

    So that a misspelt key does not hide what else is wrong with the file.
    """
    while unknown := [
        error
        for error in _errors(document.data, schema)
        if error.validator == "additionalProperties"
    ]:
        for error in unknown:
            mapping = look(document.data, tuple(error.absolute_path))
            known = set(cast(Schema, error.schema).get("properties", {}))
            for key in [key for key in mapping if key not in known]:
                hint = did_you_mean(key, known - set(mapping) or known)
                where = document.where((*error.absolute_path, key), key=True)
                what = "unknown key" if _may_be_secret(error) else f"unknown key `{key}`"
                yield Problem(where=where, what=what, hint=hint)
                _rename(document, tuple(error.absolute_path), key, known)


def problems(document: Document, schema: Schema) -> Iterator[Problem]:
    """The problems of data that differs from its schema."""
    for error in _errors(document.data, schema):
        words = _WORDS.get(str(error.validator), _other)
        what, hint = (_wrong_secret if _may_be_secret(error) else words)(error)
        yield Problem(where=document.where(tuple(error.absolute_path)), what=what, hint=hint)


def _may_be_secret(error: jsonschema.ValidationError) -> bool:
    """Whether it is of a field that names a secret, or of a section that has such a field."""
    said = error.schema if isinstance(error.schema, dict) else {}
    inside = said.get("properties", {}).values()
    return any(each.get("writeOnly") for each in (said, *inside))


def _errors(data: Any, schema: Schema) -> Iterator[jsonschema.ValidationError]:
    import jsonschema  # takes time to load, and most files are right

    for error in jsonschema.Draft202012Validator(schema).iter_errors(data):
        yield from _inner(error)


def _inner(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    """Of alternatives, the errors inside the one that was meant: the only one of the right kind."""
    groups: dict[str | int, list[jsonschema.ValidationError]] = {}
    nested = error.validator == "anyOf" and isinstance(error.instance, dict | list)
    for one in (error.context or ()) if nested else ():
        groups.setdefault(one.relative_schema_path[0], []).append(one)
    meant = [
        group
        for group in groups.values()
        if not any(one.validator == "type" and not one.relative_path for one in group)
    ]
    if len(meant) != 1:
        yield error
        return
    for one in meant[0]:
        yield from _inner(one)


def look(data: Any, path: Path) -> Any:
    """The value at a path."""
    for key in path:
        data = data[key]
    return data


def _rename(document: Document, path: Path, key: str, known: set[str]) -> None:
    mapping = look(document.data, path)
    value = mapping.pop(key)
    near = difflib.get_close_matches(key, sorted(known - set(mapping)), n=1, cutoff=0.6)
    if not near:
        return
    mapping[near[0]] = value
    start, after = (*path, key), (*path, near[0])
    for places in (document.keys, document.values):
        for old in [old for old in places if old[: len(start)] == start]:
            places[after + old[len(start) :]] = places[old]


def shown(value: object) -> str:
    """A value as a short quotation."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text[:60]}…`" if len(text) > 60 else f"`{text}`"


class _Error(Protocol):
    """An error of jsonschema, as far as it is read here."""

    message: str
    instance: Any
    validator_value: Any


Words = tuple[str, str]  # what is wrong, and a hint


def _missing_key(error: _Error) -> Words:
    # One error arrives for each missing key; only its message says which.
    missing = [key for key in error.validator_value if repr(key) in error.message]
    return f"`{missing[0]}` is missing", ""


def _wrong_type(error: _Error) -> Words:
    wanted = error.validator_value
    meant = wanted == "string" and isinstance(error.instance, int | float)  # a version, as 3.10
    hint = "put it in quotes" if meant else ""
    return f"this has to be {_KINDS[wanted]}, not {shown(error.instance)}", hint


def _not_one_of(error: _Error) -> Words:
    allowed = [str(value) for value in error.validator_value]
    near = did_you_mean(error.instance, allowed)
    hint = near if near.startswith("did") else ""
    return f"{shown(error.instance)} is not one of {', '.join(allowed)}", hint


def _no_alternative(error: _Error) -> Words:
    kinds = [
        "an axis as `${axis}`" if "pattern" in part else _KINDS[part.get("type", "object")]
        for part in error.validator_value
    ]
    if _KINDS["number"] in kinds:
        kinds.remove(_KINDS["integer"])
    return f"this has to be {' or '.join(kinds)}, not {shown(error.instance)}", ""


def _wrong_pattern(error: _Error) -> Words:
    return f"{shown(error.instance)} is not well formed", f"it has to match {error.validator_value}"


def _wrong_secret(error: _Error) -> Words:
    """The words for what may be a secret itself, and so is not told again."""
    if error.validator_value == "object":
        return "this has to be a mapping", ""
    return "this says where a secret is, and is not one", "write `env:NAME` or `file:PATH`"


def _bound(relation: str) -> Callable[[_Error], Words]:
    def words(error: _Error) -> Words:
        return f"{shown(error.instance)} has to be {relation} {error.validator_value:g}", ""

    return words


def _too_few(error: _Error) -> Words:
    return "this list is empty", f"it needs at least {error.validator_value}"


def _other(error: _Error) -> Words:
    return error.message, ""


_WORDS: dict[str, Callable[[_Error], Words]] = {
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _not_one_of,
    "anyOf": _no_alternative,
    "pattern": _wrong_pattern,
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "minItems": _too_few,
}
