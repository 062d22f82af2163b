"""Build information of Go programs: the modules that one was built from, read from its binary.

The linker writes it into a section of its own, `.go.buildinfo`, as the toolchain's name and a text
of lines (`debug/buildinfo` of Go's library has the format). Nothing of the program is run, and it
may be anybody's: sizes are bounded, and what is odd is no build information.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from loadstone.model import GoBuild

_MAGIC = b"\xff Go buildinf:"
_HEADER = 32
_INLINE = 2  # the flag of strings that follow the header, as from Go 1.18 on
_LARGEST = 1 << 20  # By of the section; three hundred modules take 30 kB
_MOST_SECTIONS = 1000
_SENTINEL = 16  # By before and after the text of modules


def go_build(program: Path) -> GoBuild | None:
    """The build information of a program; None of a script, another language, or old Go."""
    try:
        with program.open("rb") as file:
            section = _section(file, b".go.buildinfo")
    except (OSError, struct.error, ValueError):
        return None
    return None if section is None else parse(section)


def parse(section: bytes) -> GoBuild | None:
    """The build information in the bytes of its section."""
    if not section.startswith(_MAGIC) or len(section) < _HEADER or not section[15] & _INLINE:
        return None
    try:
        toolchain, at = _string(section, _HEADER)
        text, _ = _string(section, at)
    except ValueError:
        return None
    lines = text[_SENTINEL:-_SENTINEL].decode(errors="replace")
    return _of_lines(lines, toolchain.decode(errors="replace"))


def _of_lines(text: str, toolchain: str) -> GoBuild | None:
    """The build of lines `dep<tab>path<tab>version<tab>hash`; `=>` takes the last one's place."""
    path = version = last = ""
    settings: dict[str, str] = {}
    modules: dict[str, str] = {}
    replaced: dict[str, str] = {}
    for line in text.splitlines():
        match line.split("\t"):
            case ["path", name, *_]:  # of its main package, where it was built in no module
                path = name
            case ["mod", name, *rest]:
                path, version, last = name, (rest or [""])[0], name
            case ["dep", name, *rest]:
                modules[name], last = (rest or [""])[0], name
            case ["=>", name, *rest]:
                replaced[last] = f"{name} {(rest or [''])[0]}".strip()
            case ["build", setting, *_]:
                name, _, value = setting.partition("=")
                settings[name] = value
            case _:
                pass
    if not path:
        return None
    return GoBuild(
        module=path,
        version=version,
        toolchain=toolchain.partition(" ")[0],
        commit="" if settings.get("vcs.modified") == "true" else settings.get("vcs.revision", ""),
        modules=modules,
        replaced=replaced,
    )


def _string(data: bytes, at: int) -> tuple[bytes, int]:
    """A string with its length before it, as a varint; and where the next one begins."""
    length = shift = 0
    while True:
        if at >= len(data) or shift > 28:
            raise ValueError("a length that does not end")
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            break
    if length > len(data) - at:
        raise ValueError("a string that does not end")
    return data[at : at + length], at + length


def _section(file: BinaryIO, wanted: bytes) -> bytes | None:
    """The bytes of a section of a 64-bit ELF file; None of another file, or without it."""
    head = file.read(64)
    if len(head) < 64 or head[:5] != b"\x7fELF\x02":
        return None
    order = "<" if head[5] == 1 else ">"
    (start,) = struct.unpack_from(f"{order}Q", head, 40)
    size, count, names = struct.unpack_from(f"{order}HHH", head, 58)
    if size != 64 or count > _MOST_SECTIONS:
        return None
    file.seek(start)
    table = file.read(size * count)
    rows = list(_rows(table, order))
    if names >= len(rows):
        return None
    file.seek(rows[names][1])
    text = file.read(min(rows[names][2], _LARGEST))
    for name, offset, length in rows:
        if text[name : name + len(wanted) + 1] == wanted + b"\0":
            file.seek(offset)
            return file.read(min(length, _LARGEST))
    return None


def _rows(table: bytes, order: str) -> Iterator[tuple[int, int, int]]:
    """Name, offset and size of each section."""
    for at in range(0, len(table) - 63, 64):
        name, _, _, _, offset, length = struct.unpack_from(f"{order}IIQQQQ", table, at)
        yield name, offset, length
