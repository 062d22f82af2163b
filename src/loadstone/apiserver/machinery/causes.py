"""Causes of API errors: what is wrong with a field, in the words of the real server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One cause of an error: the path of a field, a reason and words."""

    field: str
    reason: str  # FieldValueRequired, FieldValueInvalid, …
    message: str

    @classmethod
    def required(cls, field: str, message: str = "") -> Cause:
        """A field that is missing or empty."""
        words = f"Required value: {message}" if message else "Required value"
        return cls(field=field, reason="FieldValueRequired", message=words)

    @classmethod
    def invalid(cls, field: str, value: Any, message: str) -> Cause:
        """A value that may not be."""
        return cls(
            field=field,
            reason="FieldValueInvalid",
            message=f"Invalid value: {_shown(value)}: {message}",
        )

    @classmethod
    def forbidden(cls, field: str, message: str) -> Cause:
        """A field that may not be given here."""
        return cls(field=field, reason="FieldValueForbidden", message=f"Forbidden: {message}")

    @classmethod
    def duplicate(cls, field: str, shown: str) -> Cause:
        return cls(field=field, reason="FieldValueDuplicate", message=f"Duplicate value: {shown}")

    @classmethod
    def unsupported(cls, field: str, value: Any, allowed: Sequence[str]) -> Cause:
        """A value that is none of those allowed."""
        known = ", ".join(_shown(item) for item in allowed)
        return cls(
            field=field,
            reason="FieldValueNotSupported",
            message=f"Unsupported value: {_shown(value)}: supported values: {known}",
        )

    @classmethod
    def wrong_type(cls, field: str, value: Any, expected: str) -> Cause:
        """A value of the wrong type."""
        found = _shown(_type(value))
        return cls(
            field=field,
            reason="FieldValueTypeInvalid",
            message=f"Invalid value: {found}: {field} in body must be of type {expected}: {found}",
        )


def _shown(value: Any) -> str:
    """A value as the real server quotes it; objects and lists as JSON."""
    return orjson.dumps(value, default=str).decode()


_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}


def _type(value: Any) -> str:
    return "null" if value is None else _TYPES.get(type(value), "object")
