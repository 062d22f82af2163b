"""Blobs as files of a folder, written whole under a name that nothing has, or under a lock.

There is no index to be out of date. The lock is the kernel's, on the folder of the file itself: it
leaves nothing behind, and ends with its process.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.store import files, records
from loadstone.store.blobs.protocol import Blob


class Folder:
    """Blobs as the files beneath `root`, which is made when the first is written."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def names(self, prefix: str = "") -> Mapping[str, int | None]:
        """The names of the files; drafts, and what lies behind symbolic links, are none."""
        top = self._inside(self.root / prefix.rpartition("/")[0])
        found: dict[str, int | None] = {}
        for folder, _, plain in os.walk(top):
            for path in (Path(folder) / each for each in plain if not each.startswith(".")):
                name = path.relative_to(self.root).as_posix()
                if name.startswith(prefix) and not path.is_symlink():
                    with contextlib.suppress(FileNotFoundError):  # another process removed it
                        found[name] = path.stat().st_size
        return found

    def read(self, name: str, *, most: int, fresh: bool = True) -> Blob | None:  # noqa: ARG002
        """The content of a file, always as it is now."""
        path = self._inside(self.root / name)
        if not path.is_file():
            return None
        data = records.read(path, most=most)
        return Blob(data=data, version=_version(data))

    def expect(self, names: Iterable[str]) -> None:
        """Nothing: files are at hand."""

    def write(self, name: str, data: bytes, *, expected: str | None) -> str | None:
        """Create a file, or replace it while nobody else of this machine may."""
        path = self._inside(self.root / name)
        if expected is None:
            try:
                files.create(path, data)
            except FileExistsError:
                return None
            return _version(data)
        with _locked(path.parent):
            if not path.is_file() or _version(path.read_bytes()) != expected:
                return None
            files.replace(path, data)
        return _version(data)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, and the folders that this leaves empty."""
        for path in (self._inside(self.root / name) for name in names):
            path.unlink(missing_ok=True)
            for folder in itertools.takewhile(lambda parent: parent != self.root, path.parents):
                try:
                    folder.rmdir()
                except OSError:  # not empty
                    break

    def place(self, name: str) -> str:
        """The path of a file."""
        return str(self.root / name)

    def _inside(self, path: Path) -> Path:
        """The path, unless a symbolic link on the way leads out of the store."""
        if not path.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(
                f"{path} leads out of {self.root}", next_step="remove the symbolic link"
            )
        return path


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The folder's lock; a folder that is not there has nothing to lock."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _version(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
