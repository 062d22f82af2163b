"""Type metadata of patched objects: JSON and merge patches may change it, and must not.

The real server decodes what a patch leaves. A built-in kind is known by its URL, so that a missing
`kind` is filled in; a custom one is known by its own words alone.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import group_version


def checked(call: Call, patched: Document) -> Document:
    """The patched object, of its kind and in a version that is served; raises 400, 422 and 500."""
    kind, version = patched.get("kind"), patched.get("apiVersion")
    if call.resource.custom:
        _check_custom(call, patched)
    elif not version:
        raise status.bad_request(
            f"the name of the object ({call.name} based on URL) was undeterminable: name must be "
            "provided"
        )
    elif kind and (kind, version) != (call.resource.kind, _expected(call)):
        words = f'no kind "{kind}" is registered for version "{version}" in scheme "loadstone"'
        raise status.invalid_patch(patched, words)
    return patched


def _check_custom(call: Call, patched: Document) -> None:
    if not patched.get("kind"):
        said = orjson.dumps(patched).decode()
        raise status.invalid_patch(patched, f"Object 'Kind' is missing in '{said}'")
    if not patched.get("apiVersion"):
        words = "Object 'apiVersion' is missing in 'object has no apiVersion field'"
        raise status.internal(words)
    check_custom(call, patched)


def check_custom(call: Call, document: Document) -> None:
    """Refuse a custom object that is of another kind or version than the URL's."""
    given = {"kind": document.get("kind"), "apiVersion": document.get("apiVersion")}
    wanted = {"kind": call.resource.kind, "apiVersion": _expected(call)}
    causes = [
        Cause.invalid(field, given[field], f"must be {word}")
        for field, word in wanted.items()
        if given[field] != word
    ]
    if causes:
        group = str(given["apiVersion"]).rpartition("/")[0]
        named = replace(call.resource, kind=str(given["kind"]), group=group)
        raise status.invalid(named, call.name or document["metadata"].get("name", ""), causes)


def _expected(call: Call) -> str:
    return group_version(call.resource.group, call.version)
