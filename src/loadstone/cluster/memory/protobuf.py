"""Bodies in Kubernetes' protobuf encoding, which kubectl sends for objects that it makes itself.

Answers are always JSON: whoever sends protobuf also accepts it. The kinds that are understood are
those of `fieldnumbers`; anything else is refused, never dropped.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from google.protobuf import empty_pb2, unknown_fields
from google.protobuf.message import DecodeError

from loadstone.cluster.memory import fieldnumbers, status, typed
from loadstone.cluster.memory.maketypes import name_of
from loadstone.cluster.memory.store import Document

MEDIA = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_SECONDS = "%Y-%m-%dT%H:%M:%SZ"
# pointers: false and 0 say something there; elsewhere they are what an absent field is
_POINTERS = frozenset(
    {
        *("replicas", "parallelism", "completions", "backoffLimit", "revisionHistoryLimit"),
        *("successfulJobsHistoryLimit", "failedJobsHistoryLimit", "ttlSecondsAfterFinished"),
        *("terminationGracePeriodSeconds", "gracePeriodSeconds", "runAsUser", "runAsGroup"),
        *("fsGroup", "minReplicas", "automountServiceAccountToken", "enableServiceLinks"),
        *("allowPrivilegeEscalation", "runAsNonRoot", "orphanDependents", "value"),
    }
)


def decode(body: bytes) -> Document:
    """The object in a body; raises 400 for what is no such object, 415 for an unknown field."""
    if not body.startswith(_MAGIC):
        raise status.bad_request("the body does not begin like Kubernetes' protobuf")
    envelope = dict(_fields(body[len(_MAGIC) :]))
    type_meta = {number: data.decode() for number, data in _fields(envelope.get(1, b""))}
    api_version, kind = type_meta.get(1, ""), type_meta.get(2, "")
    if not kind:
        raise status.bad_request("the body does not say its kind")
    name = name_of(api_version.rpartition("/")[2], kind)
    return {"apiVersion": api_version, "kind": kind, **_message(envelope.get(2, b""), name, name)}


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Numbers and values: the library sees every field as one that it does not know."""
    message = empty_pb2.Empty()  # type: ignore[attr-defined,unused-ignore]
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise status.bad_request(f"the body is no protobuf: {error}") from None
    for field in unknown_fields.UnknownFieldSet(message):
        yield field.field_number, field.data


def _message(data: bytes, numbered: str, kind: str) -> Document:
    numbers = fieldnumbers.numbers().get(numbered, {})
    found: Document = {}
    for number, value in _fields(data):
        field = numbers.get(number)
        if field is None:
            raise _unknown(kind, number)
        if field.startswith("+"):
            found.update(_message(value, field, kind))
        else:
            _put(found, field, value, typed.types()[kind][field])
    return {name: value for name, value in found.items() if _says(name, value)}


def _put(found: Document, field: str, data: Any, kind: str) -> None:
    if kind.startswith("[]"):
        found.setdefault(field, []).append(_value(data, kind[2:], field))
    elif kind.startswith("{}"):
        entry = dict(_fields(data))
        value = _value(entry.get(2, b""), kind[2:], field)
        found.setdefault(field, {})[entry.get(1, b"").decode()] = value
    else:
        found[field] = _value(data, kind, field)


def _value(data: Any, kind: str, field: str) -> Any:
    if kind in ("any", "intorstring"):
        return _any(data, field)
    if kind in ("time", "microtime"):
        return _moment(data, "%Y-%m-%dT%H:%M:%S.%fZ" if kind == "microtime" else _SECONDS)
    read = _LEAVES.get(kind)
    return _message(data, kind, kind) if read is None else read(data)


_LEAVES: dict[str, Callable[[Any], Any]] = {
    "integer": lambda data: data - (1 << 64) if data >= 1 << 63 else data,
    "boolean": bool,
    "quantity": lambda data: dict(_fields(data)).get(1, b"").decode(),
    "bytes": lambda data: base64.b64encode(data).decode(),
    "string": lambda data: data.decode(),
}


def _any(data: bytes, field: str) -> Any:
    """IntOrString, or the raw JSON of managed fields."""
    inside = dict(_fields(data))
    if field == "fieldsV1":
        return orjson.loads(inside.get(1, b"{}"))
    return inside.get(3, b"").decode() if inside.get(1) else inside.get(2, 0)


def _moment(data: bytes, layout: str) -> str:
    inside = dict(_fields(data))
    if not inside:
        return ""
    moment = datetime.fromtimestamp(inside.get(1, 0), UTC)
    return (moment + timedelta(microseconds=inside.get(2, 0) // 1000)).strftime(layout)


def _says(name: str, value: Any) -> bool:
    return value != "" and (name in _POINTERS or value is True or bool(value) or value == {})


def _unknown(kind: str, number: int) -> status.ApiError:
    return status.ApiError(
        415,
        "UnsupportedMediaType",
        f"field {number} of {kind} in protobuf is not understood here: send application/json",
    )
