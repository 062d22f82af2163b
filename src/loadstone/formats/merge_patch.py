"""Merge patches (RFC 7386): what turns one object into another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch from one object to another; empty where they are equal.

    A value that becomes null cannot be told from one that goes: a merge patch has no word for it.
    """
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, value in after.items():
        was = before.get(name)
        if isinstance(was, Mapping) and isinstance(value, Mapping):
            if inner := difference(was, value):
                patch[name] = inner
        elif name not in before or was != value:
            patch[name] = value
    return patch
