"""Names of files and folders, made of words that come from outside."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

LONGEST = 80  # characters; the mark included
_SEPARATES = re.compile(r"[^A-Za-z0-9._+-]+")
_PART = re.compile(r"[A-Za-z0-9_+~@-][A-Za-z0-9._+~@-]{0,199}")
_UNDATED = "00000000T000000Z"


def slug(text: str) -> str:
    """A name for `text` that is safe as one component of a path, and its alone.

    What had to be changed ends in `~` and a digest of the whole text, so two texts never share one
    name. Never empty, never hidden, never `..`, at most `LONGEST` characters, all of them ASCII.
    """
    clean = _SEPARATES.sub("-", text).lstrip(".-")
    if clean == text and 0 < len(clean) <= LONGEST:
        return clean
    mark = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{clean[: LONGEST - 9]}~{mark}"


def is_safe(where: str) -> bool:
    """Whether every part of a name is one that a place can have: not hidden, not `..`, no sign."""
    return len(where) <= 1000 and all(_PART.fullmatch(part) for part in where.split("/"))


def stamp(time: str) -> str:
    """An RFC 3339 time as it stands in a file name, in UTC: `20261122T050000Z`."""
    try:
        moment = datetime.fromisoformat(time)
    except ValueError:
        return _UNDATED
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return zoned.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def unstamp(text: str) -> str:
    """The time of a stamp, RFC 3339; empty for a record that had none."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S%z").strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return ""
