"""Programs in archives: one member of a .tar.gz, .tar.xz, .tar or .zip, copied out by its name.

Nothing is unpacked but that member, into a file that we name, so no name in an archive can lead
anywhere. What no honest release holds is refused all the same: names that leave the archive, links
and devices in the program's place, two of that name, and more bytes than a program has.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from loadstone.errors import MeasurementFailed

LARGEST = 2 * 2**30  # By of a program
WHOLE = 8 * 2**30  # By of everything in an archive before and in it
MEMBERS = 200_000
_PIECE = 2**20
_SHOWN = 5
_PACKED: Mapping[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"BZh": bz2.open,
}


class ArchiveRefused(MeasurementFailed):
    """An archive that no release would hold, or that lacks the program."""


class _ByteLimit:
    """A limit to the bytes that are read. Raises `ArchiveRefused` for more."""

    def __init__(self, inner: IO[bytes], most: int) -> None:
        self._inner = inner
        self._left = most

    def read(self, size: int = -1) -> bytes:
        data = self._inner.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveRefused("it unpacks to more bytes than a release has")
        return data

    def close(self) -> None:
        self._inner.close()


def copy_out(archive: Path, member: str, program: Path, *, largest: int = LARGEST) -> None:
    """Copy `member` of the archive to the new file `program`, which can be executed then.

    Raises `ArchiveRefused` with the reason, and with the programs that are there instead.
    """
    wanted = _normal(member)
    try:
        if zipfile.is_zipfile(archive):
            _from_zip(archive, wanted, program, largest)
        else:
            _from_tar(archive, wanted, program, largest)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise ArchiveRefused(f"it is no archive that can be read: {error}") from error
    program.chmod(0o755)


def _from_tar(archive: Path, wanted: str, program: Path, largest: int) -> None:
    seen: list[str] = []
    found = False
    with ExitStack() as stack:
        plain = _ByteLimit(stack.enter_context(_unpacked(archive)), WHOLE)
        tar = stack.enter_context(tarfile.open(fileobj=cast(IO[bytes], plain), mode="r|"))
        for each in _within(tar):
            name = _honest(each.name)
            if name != wanted:
                seen += [name] if each.isfile() and each.mode & 0o111 else []
                continue
            inner = tar.extractfile(each) if each.isfile() else None
            if inner is None:
                raise ArchiveRefused(f"{wanted} is a link or a device in it, and no file")
            _require(not found, f"it holds {wanted} twice")
            _copy(inner, program, largest)
            found = True
    _require_found(found, wanted, seen)


def _unpacked(archive: Path) -> IO[bytes]:
    """The archive without its compression."""
    with archive.open("rb") as raw:
        beginning = raw.read(6)
    opener = next((each for magic, each in _PACKED.items() if beginning.startswith(magic)), open)
    return cast(IO[bytes], opener(archive, "rb"))


def _within(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for number, each in enumerate(tar):
        _require(number < MEMBERS, f"it has more than {MEMBERS} members")
        yield each
        tar.members = []  # type: ignore[attr-defined]  # which it would keep


def _from_zip(archive: Path, wanted: str, program: Path, largest: int) -> None:
    with zipfile.ZipFile(archive) as opened:
        entries = opened.infolist()
        _require(len(entries) <= MEMBERS, f"it has more than {MEMBERS} members")
        named = [(_honest(each.filename), each) for each in entries]
        chosen = [each for name, each in named if name == wanted and not each.is_dir()]
        seen = [name for name, each in named if (each.external_attr >> 16) & 0o111]
        _require_found(bool(chosen), wanted, [name for name in seen if not name.endswith("/")])
        _require(len(chosen) == 1, f"it holds {wanted} twice")
        kind = (chosen[0].external_attr >> 16) & 0o170000
        _require(kind in (0, 0o100000), f"{wanted} is a link or a device in it, and no file")
        _require(chosen[0].file_size <= largest, f"{wanted} is larger than a program")
        with opened.open(chosen[0]) as inner:
            _copy(inner, program, largest)


def _copy(inner: IO[bytes], program: Path, largest: int) -> None:
    written = 0
    with program.open("xb") as out:
        while piece := inner.read(_PIECE):
            written += len(piece)
            _require(written <= largest, f"it unpacks to more than {largest} bytes")
            out.write(piece)


def _normal(name: str) -> str:
    return str(PurePosixPath(name)).removeprefix("./")


def _honest(name: str) -> str:
    """A member's name without `./`. Raises `ArchiveRefused` for one that leaves the archive."""
    path = PurePosixPath(name)
    leaves = path.is_absolute() or ".." in path.parts or "\\" in name
    _require(not leaves, f"it has a member that leaves it: {name[:80]!r}")
    return str(path)


def _require_found(found: bool, wanted: str, seen: list[str]) -> None:
    there = ", ".join(seen[:_SHOWN]) or "none"
    _require(found, f"there is no {wanted} in it; its programs: {there}")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ArchiveRefused(otherwise)
