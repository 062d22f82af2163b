"""The decoder of objects in Kubernetes' protobuf encoding, in which Go clients send them.

A body is `k8s\\0` and an envelope that names the kind around the message. Reading gives what the
same client would have sent as JSON. Fields that the table does not know are skipped, as every
reader of protobuf does: they are of a newer API. `protobuf_encoder` writes them.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from google.protobuf import empty_pb2, unknown_fields
from google.protobuf.message import DecodeError

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.types import messages

MAGIC = b"k8s\0"
SCHEMA = "apiextensions.v1.JSONSchemaProps"
_SIGN, _WRAP = 1 << 63, 1 << 64


def decode(body: bytes) -> Document:
    """The object in a body; raises 400 for what is none, 415 for a kind that has no protobuf."""
    if not body.startswith(MAGIC):
        raise status.bad_request("the body does not begin like Kubernetes' protobuf")
    try:
        return _enveloped(body)
    except (AttributeError, TypeError, ValueError, OverflowError, struct.error) as error:
        raise status.bad_request(f"the body is no protobuf of its kind: {error}") from None


def _enveloped(body: bytes) -> Document:
    envelope = dict(_fields(body[len(MAGIC) :]))
    type_meta = {number: data.decode() for number, data in _fields(envelope.get(1, b""))}
    api_version, kind = type_meta.get(1, ""), type_meta.get(2, "")
    if not kind:
        raise status.bad_request("the body does not say its kind")
    name = messages.type_of(api_version, kind)
    if not name:
        raise status.unsupported_media_type(("application/json", "application/yaml"))
    return {"apiVersion": api_version, "kind": kind, **_message(envelope.get(2, b""), name)}


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and values: the library sees every field as one that it does not know."""
    message = empty_pb2.Empty()  # type: ignore[attr-defined,unused-ignore]
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise status.bad_request(f"the body is no protobuf: {error}") from None
    for field in unknown_fields.UnknownFieldSet(message):
        yield field.field_number, field.data


def _message(data: bytes, name: str) -> Document:
    known = messages.by_number(name)
    found: Document = {}
    for number, value in _fields(data):
        field = known.get(number)
        if field is not None:
            _put(found, field, value)
    return found


def _put(found: Document, field: messages.MessageField, data: Any) -> None:
    kind, name = field.kind, field.name
    if not name:
        found.update(_message(data, kind))
    elif kind.startswith("[]"):
        found.setdefault(name, []).append(_value(data, kind[2:]))
    elif kind.startswith("{}"):
        entry = dict(_fields(data))
        found.setdefault(name, {})[entry.get(1, b"").decode()] = _value(entry.get(2, b""), kind[2:])
    else:
        value = _value(data, kind)
        if value or field.shown or value == {}:
            found[name] = value


def _value(data: Any, kind: str) -> Any:
    read = _LEAVES.get(kind)
    return _message(data, kind) if read is None else read(data)


def _any(data: bytes) -> Any:
    """JSON in a message of its own, or an object in an envelope of its own."""
    raw = dict(_fields(data)).get(1, b"")
    if raw.startswith(MAGIC):
        return _enveloped(raw)
    return orjson.loads(raw) if raw else None


def _moment(data: bytes) -> str | None:
    return _time(data, "%Y-%m-%dT%H:%M:%SZ")


def _micro_moment(data: bytes) -> str | None:
    return _time(data, "%Y-%m-%dT%H:%M:%S.%fZ")


def _time(data: bytes, form: str) -> str | None:
    inside = dict(_fields(data))
    if not inside:
        return None
    moment = datetime.fromtimestamp(_integer(inside.get(1, 0)), UTC)
    moment = moment.replace(microsecond=inside.get(2, 0) // 1000)
    return moment.strftime(form)


def _integer(data: int) -> int:
    return data - _WRAP if data >= _SIGN else data


def _int_or_string(data: bytes) -> int | str:
    inside = dict(_fields(data))
    text: bytes = inside.get(3, b"")
    return text.decode() if inside.get(1) else _integer(inside.get(2, 0))


def _schema_or_bool(data: bytes) -> Any:
    inside = dict(_fields(data))
    return _message(inside[2], SCHEMA) if 2 in inside else bool(inside.get(1))


def _schemas(data: bytes) -> Any:
    """One schema, or a list of them."""
    several = [_message(inner, SCHEMA) for number, inner in _fields(data) if number == 2]
    return several or _message(dict(_fields(data)).get(1, b""), SCHEMA)


def _schema_or_strings(data: bytes) -> Any:
    words = [inner.decode() for number, inner in _fields(data) if number == 2]
    return words or _message(dict(_fields(data)).get(1, b""), SCHEMA)


_LEAVES: dict[str, Callable[[Any], Any]] = {
    "int32": _integer,
    "int64": _integer,
    "bool": bool,
    "double": lambda data: struct.unpack("<d", struct.pack("<Q", data))[0],
    "string": lambda data: data.decode(),
    "bytes": lambda data: base64.b64encode(data).decode(),
    "quantity": lambda data: dict(_fields(data)).get(1, b"").decode(),
    "intstr": _int_or_string,
    "time": _moment,
    "microtime": _micro_moment,
    "raw": _any,
    "items": lambda data: [inner.decode() for _, inner in _fields(data)],
    "schemaorbool": _schema_or_bool,
    "schemaorarray": _schemas,
    "schemaorstrings": _schema_or_strings,
}
