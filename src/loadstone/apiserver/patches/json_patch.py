"""JSON patch (RFC 6902), read as generously as the real server reads it.

That server's library takes an operation without a value for one with null, finds null where there
is nothing, and replaces what is not there. What cannot be done is 422, in words that name neither
the operation nor the reason.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar

import jsonpatch
import jsonpointer

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document

_REFUSED = "the server rejected our request due to an error in our request"
_VALUED = ("add", "replace", "test")


def apply(patch: Any, document: Document) -> Document:
    """The document with every operation done; raises 400 and 422."""
    if not isinstance(patch, list) or not all(isinstance(step, dict) for step in patch):
        found = "array" if isinstance(patch, list) else "object"
        raise status.bad_request(
            f"error decoding patch: json: cannot unmarshal {found} into Go value of type "
            "[]handlers.jsonPatchOp"
        )
    try:
        patched = _Patch([_valued(step) for step in patch]).apply(document)
    except (
        jsonpatch.JsonPatchException,
        jsonpointer.JsonPointerException,
        *(AttributeError, IndexError, KeyError, TypeError, ValueError),  # of odd paths and values
    ):
        raise status.ApiError(422, "Invalid", _REFUSED) from None
    if not isinstance(patched, dict):
        raise status.invalid_patch(
            patched, "couldn't get version/kind; json parse error: the patch leaves no object"
        )
    return patched


def _valued(step: dict[str, Any]) -> dict[str, Any]:
    return {"value": None, **step} if step.get("op") in _VALUED else step


class _Test(jsonpatch.TestOperation):
    """The operation `test`, for which nothing is as good as null."""

    def apply(self, obj: Any) -> Any:
        absent = object()
        if self.operation["value"] is None and self.pointer.resolve(obj, absent) is absent:
            return obj
        return super().apply(obj)


class _Replace(jsonpatch.ReplaceOperation):
    """The operation `replace`, which also adds to an object what it does not have yet."""

    def apply(self, obj: Any) -> Any:
        parent, last = self.pointer.to_last(obj)
        if isinstance(parent, dict) and last not in parent:
            parent[last] = self.operation["value"]
            return obj
        return super().apply(obj)


class _CopyOrNull(jsonpatch.CopyOperation):
    """The operation `copy`, which copies null from where an object has nothing."""

    def apply(self, obj: Any) -> Any:
        parent, last = jsonpointer.JsonPointer(self.operation["from"]).to_last(obj)
        if isinstance(parent, dict) and last not in parent:
            step = {"op": "add", "path": self.location, "value": None}
            return jsonpatch.AddOperation(step).apply(obj)
        return super().apply(obj)


class _Patch(jsonpatch.JsonPatch):
    """A patch whose operations are the real server's."""

    operations: ClassVar[Any] = MappingProxyType(
        {**jsonpatch.JsonPatch.operations, "test": _Test, "replace": _Replace, "copy": _CopyOrNull}
    )
