"""GET of one object, and of a page of a consistent list."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
import orjson

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call, Options
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Key
from loadstone.apiserver.storage import selectors
from loadstone.apiserver.storage.object_store import Collection, HistoryCompacted, ObjectStore
from loadstone.apiserver.storage.objects import StoredObject

_EXACT = "Exact"
_NOT_OLDER = "NotOlderThan"
_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start "
    "a new list without the continue parameter, or use the continue token in this response to "
    "retrieve the remainder of the results. Continuing with the provided token results in an "
    "inconsistent list - objects that were created, modified, or deleted between the time the "
    "first chunk was returned and now may show up in the list."
)
_CURRENT = -1  # the revision in a token that goes on inconsistently


class _Token(msgspec.Struct, frozen=True, kw_only=True):
    """A continue token: where a list goes on, after this key, as things were at this revision."""

    v: str = "meta.k8s.io/v1"
    rv: int
    start: str


def read(store: ObjectStore, call: Call) -> StoredObject:
    """The object a call names, no older than it asks; raises 404, 500 and 504."""
    version = call.options.resource_version
    if version and (asked := number(version)) > store.revision:
        raise status.future_revision(asked, store.revision)
    return existing(store, call)


def existing(store: ObjectStore, call: Call) -> StoredObject:
    """The object a call names; raises 404."""
    found = store.collection(call.resource).objects.get((call.namespace, call.name))
    if found is None:
        raise status.not_found(call.resource, call.name)
    return found


def select(store: ObjectStore, call: Call) -> tuple[list[StoredObject], dict[str, Any]]:
    """The objects of a list, and its own metadata."""
    options = call.options
    _check(options, store.revision)
    collection = store.collection(call.resource)
    matches = selectors.selector(call.resource, options.labels, options.fields, call.version)
    if options.continue_token:
        revision, items = _continued(collection, call, store.revision)
    else:
        revision, items = _fresh(collection, call, store.revision)
    if matches is not None:
        items = [stored for stored in items if matches(stored)]
    metadata: dict[str, Any] = {"resourceVersion": str(revision)}
    if 0 < options.limit < len(items):
        rest = len(items) - options.limit
        items = items[: options.limit]
        metadata["continue"] = _encode(revision, items[-1].key)
        if matches is None:
            metadata["remainingItemCount"] = rest
    return items, metadata


def _fresh(collection: Collection, call: Call, current: int) -> tuple[int, list[StoredObject]]:
    options = call.options
    if options.resource_version_match == _EXACT:
        asked = number(options.resource_version)
        try:
            return asked, _as_it_was(collection, call.namespace, asked)
        except HistoryCompacted as error:
            raise status.expired(
                f"The provided resource version is too old to display: {error}"
            ) from None
    name = selectors.exact_name(options.fields)
    if name and call.namespace:  # the common watch of one object needs no walk
        found = collection.objects.get((call.namespace, name))
        return current, [found] if found else []
    return current, collection.items(call.namespace)


def _continued(collection: Collection, call: Call, current: int) -> tuple[int, list[StoredObject]]:
    token = _decode(call.options.continue_token)
    start = token.start
    if token.rv == _CURRENT:
        revision, items = current, collection.items(call.namespace)
    else:
        revision = token.rv
        try:
            items = _as_it_was(collection, call.namespace, revision)
        except HistoryCompacted:
            raise status.expired(_TOO_OLD, _encode(_CURRENT, _split(start))) from None
    return revision, [stored for stored in items if stored.key > _split(start)]


def _as_it_was(collection: Collection, namespace: str, revision: int) -> list[StoredObject]:
    found = collection.at(revision)
    keys = sorted(key for key in found if not namespace or key[0] == namespace)
    return [found[key] for key in keys]


def _check(options: Options, current: int) -> None:
    """Refuse combinations of options as the real server does."""
    match, version = options.resource_version_match, options.resource_version
    forbidden = {
        "sendInitialEvents is forbidden for list": options.initial_events is not None,
        "resourceVersionMatch is forbidden when continue is provided": match
        and options.continue_token,
        "resourceVersionMatch is forbidden unless resourceVersion is provided": match
        and not version,
        'resourceVersionMatch "exact" is forbidden for resourceVersion "0"': match == _EXACT
        and version == "0",
    }
    for says, broken in forbidden.items():
        if broken:
            cause = Cause.forbidden(says.partition(" ")[0], says)
            raise status.invalid_options("ListOptions", cause)
    if match not in ("", _EXACT, _NOT_OLDER):
        known = (_EXACT, _NOT_OLDER)
        unsupported = Cause.unsupported("resourceVersionMatch", match, known)
        raise status.invalid_options("ListOptions", unsupported)
    if options.continue_token and version not in ("", "0"):
        raise status.bad_request("specifying resource version is not allowed when using continue")
    try:
        asked = number(version)
    except status.ApiError as error:
        raise status.bad_request(f"invalid resource version: {error.message}") from None
    if asked > current:
        raise status.future_revision(asked, current)


def number(version: str) -> int:
    """A resource version as the number it is here; raises 500, as the real server does."""
    if not version:
        return 0
    if not (version.isascii() and version.isdecimal()) or int(version) >= 1 << 64:
        raise status.ApiError(500, "", _no_number(version))
    return int(version)


def _no_number(version: str) -> str:
    why = "value out of range" if version.isdecimal() else "invalid syntax"
    cause = Cause.invalid(
        "resourceVersion", version, f'strconv.ParseUint: parsing "{version}": {why}'
    )
    return f"{cause.field}: {cause.message}"


def _encode(revision: int, key: Key) -> str:
    token = _Token(rv=revision, start="/".join(key))
    return base64.urlsafe_b64encode(msgspec.json.encode(token)).decode().rstrip("=")


def _decode(text: str) -> _Token:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(raw, type=_Token)
    except (ValueError, binascii.Error, orjson.JSONDecodeError, msgspec.DecodeError):
        raise status.bad_request(
            f"continue key is not valid: {text!r} is not a token of this server"
        ) from None


def _split(start: str) -> Key:
    namespace, _, name = start.partition("/")
    return namespace, name
