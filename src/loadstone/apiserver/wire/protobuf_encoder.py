"""The encoder of objects in Kubernetes' protobuf encoding, for clients that ask for it.

The other half of `protobuf_decoder`. Fields that JSON does not have are not written: to a reader
they are what they are in Go, zero.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.types import messages
from loadstone.apiserver.wire.protobuf_decoder import MAGIC, SCHEMA

Writer = Callable[[Any], bytes]
_Own = tuple[bytes, Writer, bool]
_Inlined = tuple[bytes, str]


def encode(api_version: str, kind: str, name: str, document: Document) -> bytes:
    """A document of a type of `messages`, in the envelope that names its kind."""
    return enveloped(api_version, kind, message(name, document))


def enveloped(api_version: str, kind: str, raw: bytes) -> bytes:
    """A message in the envelope that names its kind."""
    type_meta = _field(1, api_version.encode()) + _field(2, kind.encode())
    return MAGIC + _field(1, type_meta) + _field(2, raw) + b"\x1a\0\x22\0"


def event(kind: bytes, item: bytes) -> bytes:
    """A watch event around an object with its envelope, behind its length."""
    data = _field(1, kind) + _field(2, _field(1, item))
    return struct.pack(">I", len(data)) + data


def list_of(metadata: Document, items: list[bytes]) -> bytes:
    """A list without its envelope; every list has its metadata first and its items second."""
    head = _field(1, message("meta.v1.ListMeta", metadata))
    return head + b"".join([_field(2, item) for item in items])


def message(name: str, document: Document) -> bytes:
    """The fields of one message; raises `KeyError` for a type that is not in the table."""
    plan = _plan(name)
    out: list[bytes] = []
    inlined: dict[tuple[bytes, str], Document] = {}
    for key, value in document.items():
        found = plan.get(key)
        if found is None or value is None:
            continue
        if len(found) == 2:
            inlined.setdefault(found, {})[key] = value
            continue
        tag, write, many = found
        if not many:
            data = write(value)
            out.append(tag + data)
        elif isinstance(value, dict):
            out.extend([tag + write(entry) for entry in value.items()])
        else:
            out.extend([tag + write(item) for item in value])
    for (tag, kind), inside in inlined.items():
        out.append(tag + _sized(message(kind, inside)))
    return b"".join(out)


@lru_cache(maxsize=1024)
def _plan(name: str) -> Mapping[str, _Own | _Inlined]:
    """JSON name → tag, writer, whether it repeats; or the tag and type of what it is inlined from.

    What is inlined may inline more, as the rules of admission policies do.
    """
    found: dict[str, _Own | _Inlined] = {}
    for field in messages.table().types[name]:
        kind = field.kind
        if not field.name:
            tag = _tag(field.number, 2)
            found |= dict.fromkeys(_plan(kind), (tag, kind))
            continue
        many = kind.startswith(("[]", "{}"))
        inner = kind[2:] if many else kind
        write, wire = _writer(inner)
        if kind.startswith("{}"):
            write, wire = _entry(write, wire), 2
        found[field.name] = (_tag(field.number, wire), write, many)
    return found


def _writer(kind: str) -> tuple[Writer, int]:
    """What writes a value of a type after its tag, and the tag's wire type."""
    if kind in ("int32", "int64", "bool"):
        return lambda value: _varint(int(value)), 0
    if kind == "double":
        return lambda value: struct.pack("<d", value), 1
    leaf = _LEAVES.get(kind)
    if leaf is None:
        return lambda value: _sized(message(kind, value)), 2
    return lambda value: _sized(leaf(value)), 2


def _entry(write: Writer, wire: int) -> Writer:
    tag = _tag(2, wire)
    return lambda pair: _sized(_field(1, pair[0].encode()) + tag + write(pair[1]))


def _varint(value: int) -> bytes:
    if 0 <= value < 128:
        return _SMALL[value]
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


_SMALL = [bytes([value]) for value in range(128)]


def _sized(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _field(number: int, data: bytes) -> bytes:
    return _tag(number, 2) + _sized(data)


def _moment(text: str) -> bytes:
    seconds = int(datetime.fromisoformat(text).timestamp())
    return _tag(1, 0) + _varint(seconds) + _tag(2, 0) + _varint(0)


def _micro_moment(text: str) -> bytes:
    moment = datetime.fromisoformat(text)
    seconds = int(moment.replace(microsecond=0).timestamp())
    return _tag(1, 0) + _varint(seconds) + _tag(2, 0) + _varint(moment.microsecond * 1000)


def _int_or_string(value: int | str) -> bytes:
    if isinstance(value, str):
        return _tag(1, 0) + _varint(1) + _field(3, value.encode())
    return _tag(1, 0) + _varint(0) + _tag(2, 0) + _varint(value)


def _schema_or_bool(value: Any) -> bytes:
    if isinstance(value, bool):
        return _tag(1, 0) + _varint(value)
    return _tag(1, 0) + _varint(1) + _field(2, message(SCHEMA, value))


def _schemas(value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join(_field(2, message(SCHEMA, item)) for item in value)
    return _field(1, message(SCHEMA, value))


def _schema_or_strings(value: Any) -> bytes:
    if isinstance(value, list):
        return b"".join(_field(2, word.encode()) for word in value)
    return _field(1, message(SCHEMA, value))


_LEAVES: dict[str, Writer] = {
    "string": str.encode,
    "bytes": base64.b64decode,
    "quantity": lambda value: _field(1, str(value).encode()),
    "intstr": _int_or_string,
    "time": _moment,
    "microtime": _micro_moment,
    "raw": lambda value: _field(1, orjson.dumps(value)),
    "items": lambda value: b"".join(_field(1, word.encode()) for word in value),
    "schemaorbool": _schema_or_bool,
    "schemaorarray": _schemas,
    "schemaorstrings": _schema_or_strings,
}
