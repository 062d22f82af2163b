"""Scalars that can be written in several ways, and how the server writes them: bytes and moments.

Each function raises ValueError in the words of the real server.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_RFC3339 = "2006-01-02T15:04:05Z07:00"
_MICRO = "2006-01-02T15:04:05.000000Z07:00"
_ZONE = ("Z07:00", r"Z|[+-]\d\d:\d\d")
_DATE = (("2006", r"\d{4}"), ("-", "-"), ("01", r"\d\d"), ("-", "-"), ("02", r"\d\d"), ("T", "T"))
_CLOCK = (("15", r"\d\d"), (":", ":"), ("04", r"\d\d"), (":", ":"), ("05", r"\d\d(?:[.,]\d+)?"))
_MICROS = (*_CLOCK[:-1], ("05", r"\d\d"), (".000000", r"[.,]\d{6}"))
_LIMITS = ((1, 1, 12, "month"), (3, 0, 23, "hour"), (4, 0, 59, "minute"), (5, 0, 59, "second"))
_NEVER = "0001-01-01T00:00:00"


def bytes_(text: str) -> str:
    """Base64, without the line breaks that it may have."""
    plain = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b64encode(base64.b64decode(plain, validate=True)).decode()
    except (binascii.Error, ValueError):
        raise ValueError(f"illegal base64 data at input byte {_fault(plain)}") from None


def _fault(text: str) -> int:
    """Where base64 stops being some."""
    good = re.match(r"(?:[A-Za-z0-9+/]{4})*", text)
    end = good.end() if good else 0
    rest = re.match(r"[A-Za-z0-9+/]*", text[end:])
    at = end + (rest.end() if rest else 0)
    if at < len(text) and text[at] == "=" and at - end >= 2:
        padded = end + 4
        return padded if len(text) > padded else len(text)
    return at if at < len(text) else end


@lru_cache(maxsize=1024)
def moment(text: str) -> str | None:
    """A point in time to the second, in UTC; None for the one that stands for none."""
    found = _read(text, _RFC3339, (*_DATE, *_CLOCK, _ZONE))
    shown = found.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return None if shown == _NEVER else f"{shown}Z"


@lru_cache(maxsize=1024)
def micromoment(text: str) -> str | None:
    """A point in time to the microsecond, in UTC; None for the one that stands for none."""
    found = _read(text, _MICRO, (*_DATE, *_MICROS, _ZONE))
    shown = found.strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0")
    return None if shown == f"{_NEVER}.000000" else f"{shown}Z"


def _read(text: str, layout: str, parts: tuple[tuple[str, str], ...]) -> datetime:
    rest = text
    for name, pattern in parts:
        found = re.match(pattern, rest)
        if not found:
            raise ValueError(
                f'parsing time "{text}" as "{layout}": cannot parse "{rest}" as "{name}"'
            )
        rest = rest[found.end() :]
    if rest:
        raise ValueError(f'parsing time "{text}": extra text: "{rest}"')
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    for index, least, most, what in _LIMITS:
        if not least <= numbers[index] <= most:
            raise ValueError(f'parsing time "{text}": {what} out of range')
    try:
        whole = datetime(*numbers[:6], tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        raise ValueError(f'parsing time "{text}": day out of range') from None
    fraction = re.search(r"[.,](\d+)", text)
    micros = int(fraction[1][:6].ljust(6, "0")) if fraction else 0
    try:
        return whole + timedelta(microseconds=micros) - _offset(text)
    except OverflowError:
        raise ValueError(f'parsing time "{text}": year out of range') from None


def _offset(text: str) -> timedelta:
    if text.endswith("Z"):
        return timedelta()
    sign = -1 if text[-6] == "-" else 1
    return sign * timedelta(hours=int(text[-5:-3]), minutes=int(text[-2:]))
