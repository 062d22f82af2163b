"""The protocol of blobs: named bytes, of which a write never undoes another's.

A name is some parts joined by `/`, each of the signs `A-Z a-z 0-9 . _ + ~ @ -` and none hidden. A
version is a token of what a name holds: equal for equal bytes, another for others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Blob:
    """The bytes that a name holds, and their version."""

    data: bytes
    version: str


class Blobs(Protocol):
    """Named bytes in one place. Every call raises `LoadstoneError` where the place fails."""

    def names(self, prefix: str = "") -> Mapping[str, int | None]:
        """The names that begin with `prefix`, as they are now, with their sizes (By).

        A size is None where it is not known without reading.
        """
        ...

    def read(self, name: str, *, most: int, fresh: bool = True) -> Blob | None:
        """What a name holds; None for a name that nothing has.

        Without `fresh`, what was seen last is good enough. Raises `InvalidFile` for more than
        `most` bytes, `UsageError` for what is no plain file.
        """
        ...

    def expect(self, names: Iterable[str]) -> None:
        """Say what will be read next, so that it comes in one trip where each would be one."""
        ...

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Let a name hold `data`, whole or not at all, if its version is still `expected`.

        Without one, nothing may have the name. Returns the new version, or None where somebody
        else was quicker. It waits for other writers as long as it takes.
        """
        ...

    def remove(self, names: Iterable[str]) -> None:
        """Remove names; one that nothing has is fine."""
        ...

    def place(self, name: str) -> str:
        """Where a name lies, for people."""
        ...
