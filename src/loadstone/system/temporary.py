"""Temporary directories of runs, which name their owner so that orphans can be swept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadstone.system import processes

PREFIX = "loadstone-"
_OWNER_FILE = ".loadstone-owner"


@contextmanager
def directory(parent: Path | None = None) -> Iterator[Path]:
    """A new directory under `parent` (the system's temporary one by default), gone on leaving."""
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        (path / _OWNER_FILE).write_text(processes.owner())
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sweep(parent: Path | None = None) -> list[Path]:
    """Remove the directories whose owner is gone, and return them."""
    left = [path for path in _directories(parent) if not _owned(path)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return left


def _directories(parent: Path | None) -> list[Path]:
    root = parent or Path(tempfile.gettempdir())
    return sorted(file.parent for file in root.glob(f"{PREFIX}*/{_OWNER_FILE}"))


def _owned(path: Path) -> bool:
    try:
        return processes.alive((path / _OWNER_FILE).read_text().strip())
    except OSError:
        return True  # another user's, or just going away: not ours to touch
