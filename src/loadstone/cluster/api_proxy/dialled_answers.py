"""Answers to requests that a dial makes fail, as a client of Kubernetes expects them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

PROTOBUF = "application/vnd.kubernetes.protobuf"
_RETRY_AFTER = 1  # s, as the real server says when it is overloaded
# Status → its phrase, the reason, and words for a person.
_FAILURES: Mapping[int, tuple[str, str, str]] = {
    410: ("Gone", "Expired", "The resourceVersion for the provided watch is too old."),
    429: (
        "Too Many Requests",
        "TooManyRequests",
        "Too many requests, please try again later.",
    ),
    500: (
        "Internal Server Error",
        "InternalError",
        "Internal error occurred: an error that was dialled",
    ),
    503: (
        "Service Unavailable",
        "ServiceUnavailable",
        "the server is currently unable to handle the request",
    ),
}


def failure(status: int, *, accept: str, head_only: bool) -> tuple[bytes, int]:
    """The whole answer, and the length of its body."""
    phrase, reason, message = _FAILURES[status]
    protobuf = accept.startswith(PROTOBUF)
    body = (_protobuf if protobuf else _json)(status, reason, message)
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        f"Content-Type: {PROTOBUF if protobuf else 'application/json'}",
        f"Content-Length: {len(body)}",
        *([f"Retry-After: {_RETRY_AFTER}"] if status == 429 else []),
    ]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return (head if head_only else head + body), 0 if head_only else len(body)


def _json(status: int, reason: str, message: str) -> bytes:
    document = {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        **({"details": {"retryAfterSeconds": _RETRY_AFTER}} if status == 429 else {}),
        "code": status,
    }
    return json.dumps(document).encode()


def _protobuf(status: int, reason: str, message: str) -> bytes:
    """A Status in the envelope of Kubernetes: four bytes, then its kind and itself."""
    details = _number(5, _RETRY_AFTER) if status == 429 else b""
    inside = (
        _field(1, b"")
        + _field(2, b"Failure")
        + _field(3, message.encode())
        + _field(4, reason.encode())
        + (_field(5, details) if details else b"")
        + _number(6, status)
    )
    kind = _field(1, b"v1") + _field(2, b"Status")
    return b"k8s\0" + _field(1, kind) + _field(2, inside) + _field(3, b"") + _field(4, b"")


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])
