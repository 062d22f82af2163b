"""Validation rules of custom resources: `x-kubernetes-validations`, as CEL expressions.

A rule that needs what is missing here (`expressions` says what), or that has no value for an
object, is passed over: the definition may be one that a real server takes, and refusing it would
stop a program that runs there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from loadstone.apiserver.admission import expressions
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document

_RULES = "x-kubernetes-validations"
_OLD = re.compile(r"\boldSelf\b")
_KNOWN = frozenset({"self", "oldSelf"})
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer"}


def check(schema: Mapping[str, Any], document: Document, old: Document | None) -> list[Cause]:
    """The rules that an object breaks, or that its change from `old` breaks.

    Of what did not change only rules of changes are looked at, as the real server has it.
    """
    return list(_walk(schema, _rooted(document), None if old is None else _rooted(old), ""))


def _rooted(document: Document) -> Document:
    """The object as rules at its root see it: of its metadata, only what it is called."""
    metadata = document.get("metadata") or {}
    named = {name: metadata[name] for name in ("name", "generateName") if name in metadata}
    return {**document, "metadata": named}


def _walk(schema: Mapping[str, Any], value: Any, old: Any, path: str) -> Iterator[Cause]:
    if value is None:
        return
    for rule in schema.get(_RULES) or ():
        if _broken(rule, value, old):
            yield _cause(rule, value, path)
    if isinstance(value, dict):
        known, other = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            below = known.get(name, other)
            if isinstance(below, Mapping):
                before = old.get(name) if isinstance(old, dict) else None
                yield from _walk(below, inner, before, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, item in enumerate(value):
            before = _same_item(schema, item, old)
            yield from _walk(schema["items"], item, before, f"{path}[{index}]")


def _same_item(schema: Mapping[str, Any], item: Any, old: Any) -> Any:
    """What an item of a list was before; items that no keys tell apart were nothing."""
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    if not keys or not isinstance(old, list) or not isinstance(item, dict):
        return None
    same = (
        each
        for each in old
        if isinstance(each, dict) and all(each.get(key) == item.get(key) for key in keys)
    )
    return next(same, None)


def _broken(rule: Mapping[str, Any], value: Any, old: Any) -> bool:
    text = str(rule.get("rule", ""))
    of_change = bool(_OLD.search(text))
    if rule.get("optionalOldSelf") or not _readable(text):
        return False
    if (old is None) if of_change else (old == value):
        return False
    try:
        return expressions.evaluate(text, {"self": value, "oldSelf": old}) is False
    except expressions.ExpressionError:
        return False


@lru_cache(maxsize=1024)
def _readable(text: str) -> bool:
    try:
        return not expressions.strange(text, _KNOWN)
    except expressions.ExpressionError:
        return False


def _cause(rule: Mapping[str, Any], value: Any, path: str) -> Cause:
    said = rule.get("message") or _written(rule, value) or f"failed rule: {rule.get('rule')}"
    field = f"{path}{rule.get('fieldPath', '')}".lstrip(".") or "<nil>"
    shown = f'"{_TYPES.get(type(value), "number")}"'
    reason = rule.get("reason") or "FieldValueInvalid"
    begin = {
        "FieldValueForbidden": "Forbidden",
        "FieldValueRequired": "Required value",
        "FieldValueDuplicate": f"Duplicate value: {shown}",
    }.get(reason, f"Invalid value: {shown}")
    return Cause(field=field, reason=reason, message=f"{begin}: {said}")


def _written(rule: Mapping[str, Any], value: Any) -> str:
    """What `messageExpression` makes of it; nothing where that has no text."""
    text = rule.get("messageExpression")
    if not text or not _readable(text):
        return ""
    try:
        said = expressions.evaluate(text, {"self": value})
    except expressions.ExpressionError:
        return ""
    return said if isinstance(said, str) else ""
