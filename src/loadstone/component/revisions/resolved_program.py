"""Programs of revisions: their digest, and what they say of themselves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from loadstone import formats
from loadstone.component.revisions.go_build import go_build
from loadstone.errors import LoadstoneError
from loadstone.formats.fill import fill_text
from loadstone.model import Revision
from loadstone.system import processes


def with_program(component: formats.Component, found: Revision, executable: Path) -> Revision:
    """The revision with its program: where it is, its sha256, its own words, and Go's modules."""
    return replace(
        found,
        executable=str(executable),
        digest=_digest(executable),
        version=_version(component, executable),
        go=go_build(executable),
    )


def _digest(executable: Path) -> str:
    with executable.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version(component: formats.Component, executable: Path) -> str:
    """What the program says of itself: the first line that it prints; empty when it fails."""
    command = [fill_text(part, {"executable": str(executable)}) for part in component.version]
    if not command:
        return ""
    try:
        printed = processes.run(command, timeout=20, scrubbed=True)
    except (LoadstoneError, OSError):
        return ""
    lines = (printed.stdout.strip() or printed.stderr.strip()).splitlines()
    return " ".join(lines[0].split()) if lines else ""
