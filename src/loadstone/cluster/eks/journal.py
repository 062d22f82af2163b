"""A journal of sessions in AWS: written on this machine before anything is created there.

It is how a sweep on the same machine knows at once that a session was killed; from anywhere else
the tags tell it when the session's hours are over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from loadstone.system import processes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A session: its run, where it creates, and the process that it is."""

    run: str
    region: str
    owner: str


class Journal:
    """A folder with a file for each session that has something in AWS, or may have."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, run: str, region: str) -> None:
        """Note a session; it is on the disk when this returns."""
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(Entry(run=run, region=region, owner=processes.owner())))
        with self._path(run).open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def end(self, run: str) -> None:
        """Forget a session, of which nothing is left."""
        self._path(run).unlink(missing_ok=True)

    def ended(self, region: str) -> Iterator[str]:
        """The runs in a region whose process is gone."""
        for path in sorted(self._folder.glob("*.json")):
            entry = _read(path)
            if entry and entry.region == region and not processes.alive(entry.owner):
                yield entry.run

    def _path(self, run: str) -> Path:
        return self._folder / f"{run}.json"


def _read(path: Path) -> Entry | None:
    """A file's entry; None for one that a crash cut off, which came before anything was created."""
    try:
        return Entry(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
