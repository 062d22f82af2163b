"""Documents: objects as decoded JSON without apiVersion and kind, and values in them by path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Key = tuple[str, str]  # namespace, name
Document = dict[str, Any]


def key_of(document: Document) -> Key:
    """The key of a document in its collection."""
    metadata = document["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def dig(document: Any, path: Iterable[str]) -> Any:
    """The value at a path, or None."""
    for step in path:
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document
