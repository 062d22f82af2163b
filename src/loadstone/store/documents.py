"""Documents that the bot keeps beside the records: accepted changes, minutes spent, deliveries.

Unlike a record, a document changes. It is read with a version, and written only while it still has
that, so of two writers who read the same one the second has to look again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from loadstone.errors import UsageError
from loadstone.store.blobs.protocol import Blob, Blobs
from loadstone.store.names import is_safe
from loadstone.store.updates import update

_FOLDER = "@documents/"  # no folder of records begins so: see `names.slug`
MOST_BYTES = 32_000_000  # By; of one document


class Documents(Protocol):
    """Named documents with compare-and-swap, such as `minutes/2026-11.json`.

    A name is parts joined by `/`. Every call raises `LoadstoneError` where the place fails, and
    `UsageError` for a name that cannot be.
    """

    def names(self, prefix: str = "") -> Sequence[str]:
        """The names that begin with `prefix`, sorted."""
        ...

    def read(self, name: str) -> Blob | None:
        """The bytes of a document and their version; None where there is none."""
        ...

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Write a document whole if its version is still `expected`; None: if there is none yet.

        Returns the new version, or None where somebody else was quicker.
        """
        ...

    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> bytes:
        """Let a document be what `change` makes of it, and return that.

        `change` gets what is there, None for nothing, and is called anew whenever somebody else
        wrote meanwhile: no update is ever lost. Where a connection breaks just after a write, a
        change may be made twice, so what must not count twice needs a key of its own.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a document; one that is not there is fine."""
        ...


class BlobDocuments:
    """Documents as blobs, in a folder of their own."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def __str__(self) -> str:
        return str(self._blobs)

    def names(self, prefix: str = "") -> list[str]:
        """The names that begin with `prefix`, sorted."""
        found = self._blobs.names(f"{_FOLDER}{prefix}")
        return sorted(name.removeprefix(_FOLDER) for name in found)

    def read(self, name: str) -> Blob | None:
        """The bytes of a document and their version; None where there is none."""
        return self._blobs.read(_place(name), most=MOST_BYTES)

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Write a document whole if its version is still `expected`."""
        _refuse_size(name, data)
        return self._blobs.write(_place(name), data, expected=expected)

    def update(self, name: str, change: Callable[[bytes | None], bytes]) -> bytes:
        """Let a document be what `change` makes of it, and return that."""

        def bounded(before: bytes | None) -> bytes:
            data = change(before)
            _refuse_size(name, data)
            return data

        return update(self._blobs, _place(name), bounded, most=MOST_BYTES)

    def remove(self, name: str) -> None:
        """Remove a document; one that is not there is fine."""
        self._blobs.remove([_place(name)])


def _place(name: str) -> str:
    if not is_safe(name):
        raise UsageError(
            f"{name!r:.200} cannot be the name of a document",
            next_step="write parts of A-Z a-z 0-9 . _ + ~ @ - joined by /, none of them hidden",
        )
    return f"{_FOLDER}{name}"


def _refuse_size(name: str, data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise UsageError(f"the document {name} would be larger than {MOST_BYTES} bytes")
