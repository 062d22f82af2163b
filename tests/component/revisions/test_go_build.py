"""Build information of Go programs: what is in a binary, and what in other files."""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from loadstone.component.revisions.go_build import go_build, parse

MODULES = (
    "path\tgithub.com/a/app/cmd/app\n"
    "mod\tgithub.com/a/app\t(devel)\t\n"
    "dep\tgithub.com/goccy/go-json\tv0.10.2\th1:abc=\n"
    "dep\tgopkg.in/yaml.v3\tv3.0.1\th1:abc=\n"
    "=>\tgithub.com/fork/yaml\tv3.9.0\th1:def=\n"
    "build\tvcs.revision=0123456789abcdef\n"
)


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def section(text: str = MODULES, toolchain: str = "go1.24.3") -> bytes:
    head = (b"\xff Go buildinf:" + bytes([8, 2])).ljust(32, b"\0")
    whole = b"\x30" * 16 + text.encode() + b"\xf9" * 16
    return head + b"".join(varint(len(each)) + each for each in (toolchain.encode(), whole))


def elf(data: bytes, name: bytes = b".go.buildinfo") -> bytes:
    """The smallest 64-bit ELF file with a section of this name."""
    names = b"\0.shstrtab\0" + name + b"\0"
    begin = 64
    table = begin + len(names) + len(data)
    header = b"\x7fELF\x02\x01\x01".ljust(40, b"\0") + struct.pack("<Q", table)
    header = header.ljust(58, b"\0") + struct.pack("<HHH", 64, 3, 1)

    def row(name_at: int, offset: int, size: int) -> bytes:
        return struct.pack("<IIQQQQ", name_at, 1, 0, 0, offset, size).ljust(64, b"\0")

    rows = row(0, 0, 0) + row(1, begin, len(names)) + row(11, begin + len(names), len(data))
    return header + names + data + rows


def test_modules_versions_and_toolchain_are_read(tmp_path):
    program = tmp_path / "app"
    program.write_bytes(elf(section()))
    found = go_build(program)
    assert found is not None
    assert (found.module, found.version, found.toolchain) == (
        "github.com/a/app",
        "(devel)",
        "go1.24.3",
    )
    assert found.modules == {"github.com/goccy/go-json": "v0.10.2", "gopkg.in/yaml.v3": "v3.0.1"}
    assert found.replaced == {"gopkg.in/yaml.v3": "github.com/fork/yaml v3.9.0"}


def test_the_commit_is_read_where_nothing_was_changed_beside_it():
    clean, dirty = (
        parse(section(f"{MODULES}build\tvcs.modified={modified}\n"))
        for modified in ("false", "true")
    )
    assert clean is not None
    assert clean.commit == "0123456789abcdef"
    assert dirty is not None
    assert dirty.commit == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"#!/bin/sh\nexec app\n", elf(b"", b".text"), elf(b"nothing"), elf(section("")),
     elf(section("build\t-compiler=gc\n")),
     elf(section()[:60]), b"\x7fELF\x01" + b"\0" * 100],
)  # fmt: skip
def test_what_is_no_go_program_has_none(tmp_path, data):
    (tmp_path / "app").write_bytes(data)
    assert go_build(tmp_path / "app") is None
    assert go_build(tmp_path / "gone") is None


def test_nothing_is_raised_whatever_stands_in_a_program(tmp_path):
    draw = random.Random(3)
    whole = elf(section())
    for _ in range(500):
        data = bytearray(whole)
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / "app").write_bytes(data)
        go_build(tmp_path / "app")
    assert parse(b"\xff" * 100) is None


@pytest.mark.skipif(shutil.which("go") is None, reason="there is no Go on this machine")
def test_it_is_what_gos_own_tool_says():
    program = Path(shutil.which("go") or "").resolve()
    said = subprocess.run([program, "version", program], capture_output=True, text=True, check=True)
    found = go_build(program)
    assert found is not None
    assert found.module == "cmd/go"  # it is of no module
    assert found.toolchain == said.stdout.split()[1]
