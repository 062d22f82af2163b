"""Copies of the profiles that runs name, from one output directory to another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from loadstone.model import Run

MOST_BYTES = 64 * 1024 * 1024  # of one profile


def copy(runs: Sequence[Run], source: Path, target: Path) -> None:
    """Copy what these runs name; what is gone, is no file, or leads out of `source`, is not."""
    root = source.resolve()
    for name in (name for run in runs for name in run.profiles.values()):
        path = source / name
        place = target / name
        inside = path.resolve().is_relative_to(root) and _within(place, target)
        if not inside or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size <= MOST_BYTES:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place, follow_symlinks=False)


def _within(place: Path, target: Path) -> bool:
    return Path(os.path.normpath(place.absolute())).is_relative_to(
        Path(os.path.normpath(target.absolute()))
    )
