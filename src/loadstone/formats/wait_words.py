"""The words of `kubectl wait --for`: read from text, and held against an object. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from loadstone.formats import json_path

FORMS = "create, delete, condition=Name[=Value] or jsonpath={.path}[=value]"


class NoWord(ValueError):
    """A text that `kubectl wait` would not take, with what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class WaitWord:
    """A word of what is waited for. `value` None: of a JSONPath, any value."""

    kind: Literal["create", "delete", "condition", "jsonpath"]
    name: str = ""  # of a condition
    path: json_path.Keys = ()
    value: str | None = None


@lru_cache(maxsize=4096)
def parse(text: str) -> WaitWord:
    """The word that a text is. Raises `NoWord`."""
    if text in ("create", "delete"):
        return WaitWord(kind="create" if text == "create" else "delete")
    head, equals, rest = text.partition("=")
    if head == "condition" and equals and rest:
        name, _, value = rest.partition("=")
        return WaitWord(kind="condition", name=name, value=value or "True")
    if head == "jsonpath" and equals and rest:
        return _of_path(rest)
    raise NoWord(f"`{text}` is nothing to wait for")


def missing(word: WaitWord, thing: Mapping[str, Any]) -> str:
    """The lack of an object that exists to fulfil a word, in words; empty where it does."""
    match word.kind:
        case "create":
            return ""
        case "delete":
            return "it is still there"
        case "condition":
            return _of_condition(word, thing)
        case _:
            return _of_value(word, thing)


def observed_generation(thing: Mapping[str, Any], condition: str = "") -> int | None:
    """The generation that an object's status speaks of; None where it says none."""
    status = thing.get("status") or {}
    found = [each for each in _conditions(thing) if _same(each.get("type"), condition)]
    for each in (*found, status):
        if isinstance(each.get("observedGeneration"), int):
            return int(each["observedGeneration"])
    return None


def shown(value: Any) -> str:
    """A value of an object as kubectl prints it, and so as it is compared."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_path(rest: str) -> WaitWord:
    if rest.startswith("{") and "}" in rest:
        path, value = rest[: rest.rindex("}") + 1], rest[rest.rindex("}") + 1 :]
    else:
        path, equals, value = rest.partition("=")
        value = equals + value
    if value and (not value.startswith("=") or value == "="):
        raise NoWord(f"`{value}` is no value: write jsonpath={path}=value")
    try:
        return WaitWord(
            kind="jsonpath", path=json_path.keys(path), value=value[1:] if value else None
        )
    except json_path.NoPath as error:
        raise NoWord(str(error)) from None


def _of_condition(word: WaitWord, thing: Mapping[str, Any]) -> str:
    """As kubectl does it: a status of an older generation counts for nothing."""
    for each in _conditions(thing):
        if not _same(each.get("type"), word.name):
            continue
        generation = (thing.get("metadata") or {}).get("generation")
        observed = observed_generation(thing, word.name)
        if isinstance(generation, int) and observed is not None and observed < generation:
            return f"the condition {word.name} is of generation {observed}, not yet {generation}"
        if _same(each.get("status"), word.value or "True"):
            return ""
        return f"the condition {word.name} is {each.get('status')}, not {word.value}"
    return f"it has no condition {word.name}"


def _of_value(word: WaitWord, thing: Mapping[str, Any]) -> str:
    values = list(json_path.find(thing, word.path))
    where = ".".join(map(str, word.path))
    if not values:
        return f"it has no {where}"
    if word.value is None or all(shown(value) == word.value for value in values):
        return ""
    return f"{where} is {', '.join(map(shown, values))}, not {word.value}"


def _conditions(thing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = (thing.get("status") or {}).get("conditions")
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _same(one: Any, other: str) -> bool:
    return str(one).lower() == other.lower()
