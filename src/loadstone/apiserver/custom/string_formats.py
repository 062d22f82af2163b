"""Formats of strings in the schemas of custom resources, as the real server checks them."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import date
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any
from uuid import UUID

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)([.,]\d+)?"
    r"([Zz]|[+-]\d{2}:?\d{2})?"
)


def _moment(text: str) -> None:
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    date.fromisoformat(found[1])


def _network(text: str) -> None:
    if "/" not in text:
        raise ValueError(text)
    ip_network(text, strict=False)


def _byte(text: str) -> None:
    base64.b64decode(text, validate=True)


def _uuid(text: str) -> None:
    UUID(text)


_CHECKS = {
    "byte": _byte,
    "cidr": _network,
    "date": date.fromisoformat,
    "date-time": _moment,
    "ipv4": IPv4Address,
    "ipv6": IPv6Address,
    "uuid": _uuid,
}


@cache
def checker() -> Any:
    """What jsonschema checks formats with; what is not text has none."""
    import jsonschema  # takes time to load, and most clusters have no custom resources

    made = jsonschema.FormatChecker(formats=())
    for name, check in _CHECKS.items():
        made.checks(name, raises=(ValueError, binascii.Error))(_of_text(check))
    return made


def _of_text(check: Any) -> Any:
    def holds(value: Any) -> bool:
        if isinstance(value, str):
            check(value)
        return True

    return holds
