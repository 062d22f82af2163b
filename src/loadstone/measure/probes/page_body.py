"""The body of a metrics page as it came: unpacked, and as text. Pure."""

from __future__ import annotations

from loadstone.formats import gzipped
from loadstone.measure.probes.fetch import LARGEST


class NotText(ValueError):
    """A page that is no text; the message says what it is instead."""


def plain(body: bytes) -> bytes:
    """A page without the gzip that its headers may not tell of. Raises `NotText`."""
    try:
        return gzipped.unpacked(body, LARGEST) if body.startswith(gzipped.MAGIC) else body
    except gzipped.DamagedGzip as error:
        raise NotText(str(error)) from error


def text_of(body: bytes) -> str:
    """A page as text. It may be gzipped without its headers saying so. Raises `NotText`."""
    text = plain(body).decode(errors="replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if text.lstrip().startswith("<"):
        raise NotText("it is an HTML page, not one of metrics")
    return text
