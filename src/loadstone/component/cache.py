"""The cache: programs and mirrors that are kept between sessions, under one directory.

    packages/NAME/VERSION       an installed version of a package
    builds/SOURCE/COMMIT        a program that was built from a commit
    downloads/COMPONENT/DIGEST  a program of a release's file
    go/PROGRAM-HOW/VERSION      a program that was built from a Go module
    images/COMPONENT/DIGEST     a program that was copied out of a container image
    definitions/MODULE-WHICH/VERSION  definitions of kinds in a Go module
    repositories/URL            a mirror of a repository

Beside each entry lie two files that only hold locks of the kernel, which end with their process:
`.ENTRY.lock` while it is made, `.ENTRY.use` as long as a session that uses it runs. The time of the
second says when it was last used. What has no such file beside it is not ours.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("packages", "builds", "downloads", "go", "images", "definitions", "repositories")
_in_use: dict[Path, int] = {}  # entries that this process uses, until it ends


@dataclass(frozen=True, kw_only=True)
class CacheEntry:
    """An entry of the cache: a package, a build or a mirror of a repository."""

    kind: str  # its folder
    name: str
    path: Path
    size: int  # By
    used: float  # s since 1970: when it was last used
    busy: bool  # it is being made or used


@contextmanager
def making(place: Path) -> Iterator[None]:
    """A lock for making the entry `place`: the other processes wait and find it made."""
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _locked(_beside(place, "lock"), fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def filling(place: Path, about: str) -> Iterator[Path]:
    """The folder in which the new entry `place` is filled: on leaving it is whole, or not there.

    `about`: what it is, for people. To be called while making it.
    """
    partial = place.parent / f".{place.name}-made"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        (partial / ".about").write_text(f"{about}\n", encoding="utf-8")
        partial.rename(place)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def use(place: Path) -> None:
    """Keep an entry from being pruned until this process ends. To be called while making it."""
    path = _beside(place, "use")
    if path not in _in_use:
        _in_use[path] = _locked(path, fcntl.LOCK_SH)
    os.utime(_in_use[path])


def entries(root: Path) -> list[CacheEntry]:
    """The entries of the cache, the one used last first."""
    found = [_entry(root, lock) for lock in _locks(root)]
    return sorted((each for each in found if each), key=lambda each: (-each.used, each.name))


def remove(entry: CacheEntry) -> bool:
    """Remove an entry, unless somebody makes or uses it: whether it is gone."""
    place = entry.path
    gone = place.with_name(f".{place.name}-gone")
    try:
        with ExitStack() as held:
            for kind in ("lock", "use"):
                descriptor = _locked(_beside(place, kind), fcntl.LOCK_EX | fcntl.LOCK_NB)
                held.callback(os.close, descriptor)
            shutil.rmtree(gone, ignore_errors=True)
            place.rename(gone)  # in one step: nobody finds half of it
            shutil.rmtree(gone, ignore_errors=True)
            for kind in ("use", "lock"):  # before the locks go, so that nobody gets one of no file
                _beside(place, kind).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def sweep(root: Path, *, before: float) -> list[Path]:
    """Remove what killed installations, builds and clones left, last touched `before` that time."""
    left = [
        path
        for folder in FOLDERS
        for pattern in (".*", "*/.*")
        for path in (root / folder).glob(pattern)
        if path.is_dir() and not path.is_symlink() and path.lstat().st_mtime < before
    ]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return left


def _locks(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        pattern = ".*.lock" if folder == "repositories" else "*/.*.lock"
        yield from sorted((root / folder).glob(pattern))


def _entry(root: Path, lock: Path) -> CacheEntry | None:
    place = lock.with_name(lock.name.removeprefix(".").removesuffix(".lock"))
    if not place.is_dir() or place.is_symlink():
        return None
    kind, *rest = place.relative_to(root).parts
    mark = _beside(place, "use")
    try:
        used = (mark if mark.exists() else place).stat().st_mtime
    except OSError:
        return None
    name = " ".join([*rest, _about(place, kind)]).strip()
    return CacheEntry(
        kind=kind, name=name, path=place, size=_size(place), used=used, busy=_busy(place)
    )


def _about(place: Path, kind: str) -> str:
    """What a name that is only a hash stands for."""
    file = place / ("description" if kind == "repositories" else ".about")
    try:
        return " ".join(file.read_text(encoding="utf-8", errors="replace")[:300].split())
    except OSError:
        return ""


def _size(place: Path) -> int:
    """Bytes of the files in it, each counted once."""
    sizes = {}
    for folder, _, files in os.walk(place):
        for name in files:
            try:
                status = os.lstat(Path(folder) / name)
            except OSError:
                continue
            sizes[status.st_dev, status.st_ino] = status.st_size
    return sum(sizes.values())


def _busy(place: Path) -> bool:
    for kind in ("lock", "use"):
        path = _beside(place, kind)
        if not path.exists():
            continue
        try:
            os.close(_locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except OSError:
            return True
    return False


def _beside(place: Path, kind: str) -> Path:
    return place.parent / f".{place.name}.{kind}"


def _locked(path: Path, how: int) -> int:
    """A descriptor of the file with a lock on it. Raises `OSError` where it may not wait."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, how)
            if os.path.samestat(path.stat(), os.fstat(descriptor)):
                return descriptor
        except FileNotFoundError:
            pass  # pruned between our opening and locking it
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
