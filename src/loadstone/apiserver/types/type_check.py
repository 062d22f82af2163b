"""Type checking of built-in kinds: objects against the fields that their types have.

As the real server decodes: a value of the wrong type is a bad request, null is as good as absent,
and so is an empty list or mapping that is optional. A field that the type does not have is dropped,
with a warning or an error for those who ask. Quantities, bytes and moments are stored in one way,
however they were written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.types import resource_quantities, scalars
from loadstone.apiserver.types.type_tables import merging, type_name, types

LEAVES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "quantity": (str, int, float),
    "intorstring": (str, int),
    "bytes": (str,),
    "time": (str,),
    "microtime": (str,),
}
# kinds of which one value can be written in several ways, and what makes the stored one of it
_WRITTEN: dict[str, Callable[[Any], Any]] = {
    "quantity": resource_quantities.of_json,
    "bytes": scalars.bytes_,
    "time": scalars.moment,
    "microtime": scalars.micromoment,
}


# what null becomes in a list or a mapping, where it is not as good as absent
_ZEROS = {"string": "", "integer": 0, "number": 0, "boolean": False, "quantity": "0", "bytes": ""}


def _is_left_out(owner: str, field: str, kind: str) -> bool:
    """Whether a field is left out where it is empty: a list or mapping that is optional."""
    return kind[0] in "[{" and not merging().get(owner, {}).get(field, {}).get("zero")


def clean(resource: Resource, document: Document) -> list[str]:
    """Check a document, drop nulls and unknown fields; the paths of the unknown ones.

    Raises 400 for a value of the wrong type.
    """
    found = _Cleaner(resource)
    found.mapping(document, type_name(resource), "")
    return found.unknown


def clean_metadata(resource: Resource, metadata: Document) -> list[str]:
    """The same for the metadata of any object, custom ones included."""
    found = _Cleaner(resource)
    found.mapping(metadata, "V1ObjectMeta", "metadata")
    return found.unknown


class _Cleaner:
    """A walk over a document that drops unknown fields and refuses wrong types."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._types = types()
        self.unknown: list[str] = []

    def mapping(self, value: Any, kind: str, path: str) -> None:
        known = self._types.get(kind)
        if known is None:
            return
        if not isinstance(value, dict):
            raise self._wrong(value, path, kind)
        for name in list(value):
            inner, field = value[name], known.get(name)
            if field is None:
                self.unknown.append(f"{path}.{name}" if path else name)
                del value[name]
            elif inner is None:
                del value[name]
            elif field in LEAVES:
                self._leaf(value, name, field, path)
            elif field != "any":
                self.value(inner, field, f"{path}.{name}" if path else name)
                if not inner and _is_left_out(kind, name, field):
                    del value[name]

    def _leaf(self, holder: Document, name: str, kind: str, path: str) -> None:
        if type(holder[name]) not in LEAVES[kind]:
            raise self._wrong(holder[name], f"{path}.{name}" if path else name, kind)
        if kind in _WRITTEN:
            self._write(holder, name, kind)

    def value(self, value: Any, kind: str, path: str) -> None:
        if kind.startswith("[]"):
            self._list(value, kind[2:], path)
        elif kind.startswith("{}"):
            self._values(value, kind[2:], path)
        elif kind in LEAVES:
            if type(value) not in LEAVES[kind]:
                raise self._wrong(value, path, kind)
        elif kind != "any":
            self.mapping(value, kind, path)

    def _list(self, value: Any, kind: str, path: str) -> None:
        if not isinstance(value, list):
            raise self._wrong(value, path, f"[]{kind}")
        for index, item in enumerate(value):
            if item is None and kind in _ZEROS:
                value[index] = _ZEROS[kind]
            else:
                self.value(item, kind, f"{path}[{index}]")

    def _values(self, value: Any, kind: str, path: str) -> None:
        if not isinstance(value, dict):
            raise self._wrong(value, path, f"map[string]{kind}")
        leaf = LEAVES.get(kind)
        for name, item in list(value.items()):
            if leaf is None:
                self.value(item, kind, f"{path}.{name}")
            elif item is None:
                value[name] = _ZEROS[kind]
            elif type(item) not in leaf:
                raise self._wrong(item, f"{path}.{name}", kind)
            elif kind in _WRITTEN:
                self._write(value, name, kind)

    def _write(self, holder: Document, name: str, kind: str) -> None:
        """Put a value as the server writes it; what stands for none goes."""
        try:
            written = _WRITTEN[kind](holder[name])
        except ValueError as error:
            raise status.unreadable(self._resource, str(error)) from None
        if written is None:
            del holder[name]
        else:
            holder[name] = written

    def _wrong(self, value: Any, path: str, expected: str) -> status.ApiError:
        from loadstone.apiserver.types import decode_errors  # only where something is wrong

        cannot = decode_errors.cannot(self._resource, path, value, expected)
        return status.unreadable(self._resource, cannot)
