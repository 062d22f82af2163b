"""Requests to the sources of revisions: to find one, and to make one that was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from loadstone import formats
from loadstone.errors import UsageError
from loadstone.model import Revision, Side

Progress = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class RevisionRequest:
    """A revision that is asked for, and what finding it may use."""

    component: formats.Component
    asked: str  # as the user wrote it
    name: str  # without the prefix of its source
    side: Side
    cache: Path
    image_ok: bool  # the provider runs containers
    progress: Progress
    pip_options: Sequence[str]
    tools: Mapping[str, Path] = field(default_factory=dict)  # used instead of those on PATH


@dataclass(frozen=True, kw_only=True)
class ProgramRequest:
    """A revision that was found, to be made a program, and what making it may use."""

    component: formats.Component
    found: Revision
    cache: Path
    progress: Progress
    tools: Mapping[str, Path] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The revision as it was asked for, without the prefix of its source."""
        return self.found.asked.removeprefix(f"{self.found.source}:")


def offered(source: T | None, component: formats.Component, form: str) -> T:
    """The source of that form. Raises `UsageError` where the component file has none."""
    if source is None:
        raise UsageError(
            f"components/{component.component}.yaml has no `revisions.{form}`",
            next_step="write path:FILE, or add it to the component file",
        )
    return source
