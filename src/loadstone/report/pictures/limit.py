"""The size limit of a page: pictures give way to it, and rows never."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from loadstone.report.pictures import Gallery

MOST = 2_000_000  # bytes; a page that mail and artifact viewers still open
_SHARES = (1, 2, 4, 8)  # of the pictures, until the page is small enough


def fitted(
    drawn: Sequence[Gallery], write: Callable[[Sequence[Gallery]], str], *, most: int = MOST
) -> str:
    """What `write` makes of as many of the pictures as fit into `most` bytes; else nothing."""
    for share in _SHARES:
        page = write([_fewer(kind, share) for kind in drawn])
        if len(page.encode()) < most:
            return page
    return ""


def _fewer(kind: Gallery, share: int) -> Gallery:
    """The first of the pictures, one at least: those of what changed come first."""
    kept = max(1, len(kind.pictures) // share)
    left_out = kind.left_out + len(kind.pictures) - kept
    return replace(kind, pictures=kind.pictures[:kept], left_out=left_out)
