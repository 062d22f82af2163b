"""Directories from outside, such as an artifact that somebody has unpacked: no link is followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from loadstone.model import Note
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.contents_read import ArtifactFiles, Budget, Refused
from loadstone.store.untrusted.entry_names import Use, foreign, use


def read(root: Path, limits: Limits, under: str = "") -> ArtifactFiles:
    """The files below a folder of `root`, by their names in it. Raises `Refused`."""
    budget = Budget(left=limits.unpacked)
    found: dict[str, bytes] = {}
    others = seen = 0
    try:
        for name, about in _entries(root, "", limits):
            seen += 1
            if seen > limits.files:
                raise Refused(Note.of("artifact-too-many-files"))
            budget.name(name)
            wanted = use(name, limits, under)
            if wanted is Use.REFUSED:
                raise Refused(Note.of("artifact-path"))
            if wanted is Use.READ and stat.S_ISREG(about.st_mode):
                found[name.removeprefix(under)] = _bytes(root / name, budget, limits)
            elif not stat.S_ISDIR(about.st_mode):
                others += foreign(name)
    except OSError as error:
        raise Refused(Note.of("artifact-unreadable")) from error
    return ArtifactFiles(files=found, foreign=others)


def _entries(root: Path, prefix: str, limits: Limits) -> Iterator[tuple[str, os.stat_result]]:
    """Every name below `root` with what it is. Raises `Refused` for links and devices."""
    if prefix.count("/") > limits.depth:
        raise Refused(Note.of("artifact-path"))
    with os.scandir(root / prefix) as entries:
        for entry in entries:
            about = entry.stat(follow_symlinks=False)
            if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
                raise Refused(Note.of("artifact-link"))
            if about.st_nlink > 1 and stat.S_ISREG(about.st_mode):
                raise Refused(Note.of("artifact-link"))
            name = f"{prefix}{entry.name}"
            yield name, about
            if stat.S_ISDIR(about.st_mode):
                yield from _entries(root, f"{name}/", limits)


def _bytes(path: Path, budget: Budget, limits: Limits) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(limits.file + 1)
    if len(data) > limits.file:
        raise Refused(Note.of("artifact-too-large"))
    budget.take(len(data))
    return data
