"""The artifact of a measuring job: which files of a session it holds, within limits.

The job that reads it refuses what is larger, so what matters less stays behind here: a session
whose runs arrive can be judged, one whose pictures arrive cannot. It is measured into the folder
that is uploaded, so that a container that was killed leaves every run that had ended.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SIZE_LIMIT = 200 * 1024 * 1024  # By, unpacked
COUNT_LIMIT = 5_000  # files
# What `upload-artifact` refuses in a name, since not every file system can hold it.
_REFUSED = frozenset('"<>:|*?\\\r\n')
# First what judging needs, then profiles, then what can be made of them again.
_ORDER = (
    "measured.json",
    "session.json",
    "rounds.jsonl",
    "record.json",
    "redline.json",
    "profiles/",
)


@dataclass(frozen=True, kw_only=True)
class ArtifactContent:
    """The files of an artifact, by their paths in it, and those that were left out."""

    kept: tuple[str, ...]
    left_out: tuple[str, ...]


def chosen(
    sizes: Mapping[str, int], *, size_limit: int = SIZE_LIMIT, count_limit: int = COUNT_LIMIT
) -> ArtifactContent:
    """Which files fit; `sizes` are bytes by path. A file that does not fit lets later ones fit."""
    kept: list[str] = []
    room = size_limit
    for name in sorted(sizes, key=_rank):
        if _REFUSED.isdisjoint(name) and sizes[name] <= room and len(kept) < count_limit:
            kept.append(name)
            room -= sizes[name]
    return ArtifactContent(kept=tuple(kept), left_out=tuple(sorted(set(sizes) - set(kept))))


def emptied(folder: Path) -> Path:
    """A folder as a new one, whatever the checkout has in its place: a link is not followed."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def trim(folder: Path) -> ArtifactContent:
    """Remove what is not chosen from a folder that is to be uploaded, links among it."""
    content = chosen(dict(_files(folder)))
    kept = {folder / name for name in content.kept}
    for place, folders, names in os.walk(folder, topdown=False, followlinks=False):
        for path in (Path(place) / name for name in names):
            if path not in kept:
                path.unlink()
        for path in (Path(place) / name for name in folders):
            if path.is_symlink():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()
    return content


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    """Regular files alone: a link would bring along what it leads to."""
    for place, _, names in os.walk(folder, followlinks=False):
        for path in (Path(place) / name for name in names):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path.stat().st_size


def _rank(name: str) -> tuple[int, str]:
    folder, _, inner = name.partition("/")
    own = inner if folder.startswith("component-") else name
    place = (at for at, first in enumerate(_ORDER) if own == first or own.startswith(first))
    return next(place, len(_ORDER)), name
