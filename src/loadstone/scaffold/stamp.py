"""The first line of a file that `init` wrote, by which it knows its own from yours.

It holds a digest of what follows: a file that was changed since is its owner's, and is never
written over.
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

_LINE = re.compile(
    r"# Written by `loadstone init`\. Change it: it is yours then\. ([0-9a-f]{16})\n"
)


class Ownership(StrEnum):
    """Whose a file is."""

    OURS = "ours"  # as it was written
    CHANGED = "changed"  # written by us, and changed since
    FOREIGN = "foreign"


def stamped(body: str) -> str:
    """A file's text with the line on top."""
    return f"# Written by `loadstone init`. Change it: it is yours then. {_digest(body)}\n{body}"


def ownership(text: str) -> Ownership:
    """Whose the text of a file is; ends of lines that a checkout converted change nothing."""
    plain = text.replace("\r\n", "\n")
    found = _LINE.match(plain)
    if found is None:
        return Ownership.FOREIGN
    body = plain[found.end() :]
    return Ownership.OURS if found[1] == _digest(body) else Ownership.CHANGED


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]
