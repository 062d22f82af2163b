"""ZIP archives from outside, read into memory: no file of theirs is ever written by its name.

What the archive claims of itself is held to the limits before it is believed, and what it gives
while it is read: its directory before it is decoded, sizes and ratios before a file is unpacked,
and the bytes as they come.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib

from loadstone.model import Note
from loadstone.store.untrusted.artifact_limits import Limits
from loadstone.store.untrusted.contents_read import ArtifactFiles, Budget, Refused
from loadstone.store.untrusted.entry_names import Use, foreign, use

_END = struct.Struct("<4s4H2LH")  # of the directory
_END_SIGN = b"PK\x05\x06"
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_COMMENT = 65_535
_ENTRY = 46 + 200  # By of an entry of the directory beside its name
_CHUNK = 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FILES = (0, stat.S_IFREG)  # 0: written where there are no modes
# What `zipfile` and `zlib` raise for archives that are none.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
)


def read(data: bytes, limits: Limits, under: str = "") -> ArtifactFiles:
    """The files of an archive below a folder, by their names in it. Raises `Refused`."""
    if len(data) > limits.archive:
        raise Refused(Note.of("artifact-too-large"))
    _require_small_directory(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _files(archive, limits, under)
    except _BROKEN as error:
        raise Refused(Note.of("artifact-unreadable")) from error


def _files(archive: zipfile.ZipFile, limits: Limits, under: str) -> ArtifactFiles:
    entries = archive.infolist()
    if len(entries) > limits.files:
        raise Refused(Note.of("artifact-too-many-files"))
    budget = Budget(left=limits.unpacked)
    found: dict[str, bytes] = {}
    others = 0
    for entry in entries:
        wanted = _use(entry, budget, limits, under)
        if wanted is Use.READ:
            found[entry.filename.removeprefix(under)] = _unpacked(archive, entry, budget, limits)
        elif wanted is Use.PASSED_OVER and not entry.is_dir():
            others += foreign(entry.filename)
    return ArtifactFiles(files=found, foreign=others)


def _use(entry: zipfile.ZipInfo, budget: Budget, limits: Limits, under: str) -> Use:
    """What to do with an entry. Raises `Refused` for one that no run has made."""
    mode = stat.S_IFMT(entry.external_attr >> 16)
    directory = entry.filename.endswith("/")
    if mode not in (*_FILES, *((stat.S_IFDIR,) if directory else ())):
        raise Refused(Note.of("artifact-link"))
    name = entry.filename.removesuffix("/")
    if entry.orig_filename.removesuffix("/") != name:  # something was cut off or turned around
        raise Refused(Note.of("artifact-path"))
    wanted = use(name, limits, under)
    if wanted is Use.REFUSED:
        raise Refused(Note.of("artifact-path"))
    budget.name(name)
    return Use.PASSED_OVER if directory else wanted


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, limits: Limits
) -> bytes:
    if entry.flag_bits & 0x1 or entry.compress_type not in _METHODS:
        raise Refused(Note.of("artifact-unreadable"))
    if entry.file_size > limits.file:
        raise Refused(Note.of("artifact-too-large"))
    if entry.file_size > max(limits.small, entry.compress_size * limits.ratio):
        raise Refused(Note.of("artifact-bomb"))
    parts: list[bytes] = []
    got = 0
    with archive.open(entry) as file:
        while chunk := file.read(_CHUNK):
            got += len(chunk)
            budget.take(len(chunk))
            if got > entry.file_size:
                raise Refused(Note.of("artifact-bomb"))
            parts.append(chunk)
    return b"".join(parts)


def _require_small_directory(data: bytes, limits: Limits) -> None:
    """Raise `Refused` for a directory that is larger than so many files could have.

    `zipfile` decodes all of it at once, whatever number of files the archive claims.
    """
    start = max(0, len(data) - _END.size - _COMMENT)
    place = data.rfind(_END_SIGN, start)
    if place < 0 or len(data) - place < _END.size:
        raise Refused(Note.of("artifact-unreadable"))
    _, _, _, _, count, size, _, _ = _END.unpack_from(data, place)
    if place >= _LOCATOR_64.size + _END_64.size and data[place - 20 : place - 16] == b"PK\x06\x07":
        end = place - _LOCATOR_64.size - _END_64.size
        sign, _, _, _, _, _, _, count, size, _ = _END_64.unpack_from(data, end)
        if sign != b"PK\x06\x06":
            raise Refused(Note.of("artifact-unreadable"))
    if count > limits.files or size > limits.files * (_ENTRY + limits.path):
        raise Refused(Note.of("artifact-too-many-files"))
