"""Request bodies: the object in one, checked against the URL it was sent to."""

from __future__ import annotations

from typing import Any

import orjson

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.media_types import APPLY, PROTOBUF
from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.types import scalars

BODY_TYPES = ("application/json", "application/yaml")


def decode(body: bytes, content_type: str) -> Document:
    """The object in a body; raises 400 and 415."""
    media = content_type.partition(";")[0].strip()
    if media == PROTOBUF:
        from loadstone.apiserver.wire import protobuf_decoder  # its library takes time to load

        return protobuf_decoder.decode(body)
    if media not in ("", *BODY_TYPES):
        raise status.unsupported_media_type((*BODY_TYPES, PROTOBUF))
    found = _yaml(body) if media == "application/yaml" else _json(body)
    if not isinstance(found, dict):
        raise status.bad_request(f"the body is not an object but {type(found).__name__}")
    return found


def decode_any(body: bytes, content_type: str) -> Document:
    """The object in a body of any kind, applied ones included, which are YAML or JSON."""
    if content_type.startswith(APPLY):
        return decode(body, "" if body.lstrip().startswith(b"{") else "application/yaml")
    return decode(body, content_type)


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise status.bad_request(f"couldn't read the body; json parse error: {error}") from None


def _yaml(body: bytes) -> Any:
    import yaml  # clients send YAML rarely

    from loadstone.apiserver.wire import yaml_decoder

    try:
        return yaml_decoder.load(body)
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        raise status.bad_request(f"couldn't read the body; yaml parse error: {error}") from None


def of_call(call: Call) -> Document:
    """The object that a create or an update carries, checked against the URL."""
    document = decode(call.body, call.content_type)
    check_type(call, document)
    metadata = document.setdefault("metadata", {})
    if not isinstance(metadata, dict):
        raise status.bad_request("metadata is not an object")
    check_place(call, metadata)
    _check_moments(call.resource, metadata)
    return document


def _check_moments(resource: Resource, metadata: Document) -> None:
    """Refuse moments that cannot be read, though the server writes its own over them."""
    for field in ("creationTimestamp", "deletionTimestamp"):
        value = metadata.get(field)
        try:
            if isinstance(value, str):
                scalars.moment(value)
        except ValueError as error:
            raise status.unreadable(resource, str(error)) from None


def check_type(call: Call, document: Document) -> None:
    """Refuse an object of another kind or version than the URL's."""
    expected = group_version(call.resource.group, call.version)
    api_version = document.pop("apiVersion", expected)
    kind = document.pop("kind", call.resource.kind)
    if api_version != expected:
        raise status.bad_request(
            f"the API version in the data ({api_version}) does not match the expected API "
            f"version ({expected})"
        )
    if kind != call.resource.kind:
        raise status.bad_request(
            f'{kind} in version "{call.version}" cannot be handled as a {call.resource.kind}'
        )


def check_place(call: Call, metadata: Document) -> None:
    """Fill in the name and namespace of the URL, or refuse others."""
    given = metadata.get("namespace") or call.namespace
    if given != call.namespace:
        raise status.bad_request(
            "the namespace of the provided object does not match the namespace sent on the request"
        )
    if call.resource.namespaced:
        metadata["namespace"] = call.namespace
    else:
        metadata.pop("namespace", None)
    if not call.name:
        return
    name = metadata.setdefault("name", call.name)
    if name != call.name:
        raise status.bad_request(
            f"the name of the object ({name}) does not match the name on the URL ({call.name})"
        )
