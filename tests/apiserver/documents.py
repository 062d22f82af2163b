"""Documents of any kind, made up from the shape of its type, for `random` to choose from.

Values come from small pools, so that two documents meet in many fields; empty strings, zeros and
false are left out, because Go writes some of them and leaves others out.
"""

from __future__ import annotations

import random
from typing import Any

from loadstone.apiserver.types.type_shapes import TypeShape

_DEEPEST = 7
_TEXTS: dict[str, tuple[Any, ...]] = {
    "intorstring": (1, "25%"),
    "quantity": ("1", "500m", "1Gi"),
    "time": ("2026-01-02T03:04:05Z",),
    "microtime": ("2026-01-02T03:04:05.000006Z",),
    "bytes": ("YQ==", "Yg=="),
}
_SCALARS = {"string": ("a", "b", "c"), "numeric": (1, 2, 3), "boolean": (True,)}


class Documents:
    """A source of documents, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def of(self, shape: TypeShape, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
        """A document of a kind, with metadata that a client may write."""
        left = [name for name in shape.fields if name not in {"apiVersion", "kind", *without}]
        found = self._fields(shape, [n for n in left if n != "metadata"], 0)
        found["metadata"] = self._metadata(shape.field("metadata"))
        return found

    def complete(self, document: Any, shape: TypeShape) -> Any:
        """A document as Go writes it, with something in all that Go cannot leave out."""
        if isinstance(document, dict) and shape.is_map:
            found = {}
            for name, value in document.items():
                below = shape.field(name)
                missing = value in (None, "", 0) and value is not False and name != "metadata"
                inner = self.value(below, _DEEPEST - 1) if missing else value
                found[name] = self.complete(inner, below)
            return {name: value for name, value in found.items() if value is not None}
        if isinstance(document, list) and shape.items is not None:
            return [self.complete(item, shape.items) for item in document]
        return document

    def _metadata(self, shape: TypeShape) -> dict[str, Any]:
        own = ["labels", "annotations", "finalizers", "ownerReferences"]
        return {"name": "it", **self._fields(shape, own, 2)}

    def _fields(self, shape: TypeShape, names: list[str], depth: int) -> dict[str, Any]:
        if "metadata" in shape.fields:  # objects in objects are stored without these
            names = [name for name in names if name not in ("apiVersion", "kind")]
        count = min(len(names), self.rng.choice((1, 2, 3, 4) if depth else (3, 4, 5)))
        chosen = self.rng.sample(names, count)
        found = {name: self.value(shape.fields[name], depth + 1) for name in chosen}
        return {name: value for name, value in found.items() if value is not None}

    def value(self, shape: TypeShape, depth: int) -> Any:
        """A value of a shape; None where it would lead too deep."""
        if depth > _DEEPEST:
            return None
        if shape.is_map and shape.is_list:
            return None if depth > 3 else {"x": self.rng.choice("ab")}
        if shape.is_list:
            return self._list(shape, depth)
        if shape.is_map:
            return self._map(shape, depth)
        return self.rng.choice(_TEXTS.get(shape.kind, _SCALARS.get(shape.scalar, ("a",))))

    def _map(self, shape: TypeShape, depth: int) -> dict[str, Any] | None:
        if shape.fields:
            return self._fields(shape, list(shape.fields), depth)
        if shape.values is None:
            return None
        found = {key: self.value(shape.values, depth + 1) for key in self.rng.sample("xyz", 2)}
        return None if None in found.values() else found

    def _list(self, shape: TypeShape, depth: int) -> list[Any] | None:
        if shape.items is None:
            return None
        items = [self.value(shape.items, depth + 1) for _ in range(self.rng.choice((1, 2, 3)))]
        items = [item for item in items if item is not None]
        if shape.keys is None:
            return items or None
        unique: dict[str, Any] = {}
        for item in items:
            if isinstance(item, dict):
                for key in shape.keys:
                    if self.rng.random() < 0.9 or shape.keys[key] is None:
                        item[key] = self.value(shape.items.field(key), _DEEPEST)
            identity = (
                [item.get(key, shape.keys[key]) for key in shape.keys] if shape.keys else item
            )
            unique[str(identity)] = item
        return list(unique.values()) or None
