"""Contents of an artifact as far as they were read, or the reason for which nothing was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from loadstone.model import Note


class Refused(Exception):
    """An artifact that is not read any further; `why` says it in our own words."""

    def __init__(self, why: Note) -> None:
        super().__init__(why.code)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class ArtifactFiles:
    """The files of an artifact by name. With `refused` there are none."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    foreign: int = 0  # files that no run writes, and that were not read
    refused: Note | None = None


@dataclass(kw_only=True)
class Budget:
    """The bytes and names that may still be read."""

    left: int
    names: set[str] = field(default_factory=set)

    def name(self, name: str) -> None:
        """Take a name. Raises `Refused` for one that differs from another in case alone, or not."""
        if name.casefold() in self.names:
            raise Refused(Note.of("artifact-twice"))
        self.names.add(name.casefold())

    def take(self, size: int) -> None:
        """Take bytes. Raises `Refused` where there are not so many left."""
        self.left -= size
        if self.left < 0:
            raise Refused(Note.of("artifact-too-large"))
