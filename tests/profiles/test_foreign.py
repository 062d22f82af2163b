"""Files of other tools, told in words."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest

from loadstone.profiles.foreign import GPERFTOOLS
from loadstone.profiles.reading import problem

FIXTURES = Path(__file__).parent.parent / "data" / "profiles"
CPU = gzip.decompress((FIXTURES / "gperftools-cpu.prof.gz").read_bytes())
HEAP = gzip.decompress((FIXTURES / "gperftools-heap.txt.gz").read_bytes())
TEXT = "it is a profile as text; ask for it without `debug=`"


@pytest.mark.parametrize(
    "data",
    [
        CPU,
        gzip.compress(CPU),
        struct.pack("<5Q", 0, 3, 0, 10000, 0),
        struct.pack(">5Q", 0, 3, 0, 10000, 0),
        struct.pack("<5L", 0, 3, 0, 10000, 0),
        struct.pack(">5L", 0, 3, 0, 10000, 0),
        HEAP,
        gzip.compress(HEAP),
        b"heap profile:      1:        2 [     3:        4] @ heap_v2/524288\n",
        b"heap_v2/524288\n  t*: 28106: 56637512 [0: 0]\n",
        b"--- symbol\nbinary=/bin/ls\n",
        b"--- contentionz 1 ---\n",
        b"--- threadz 1 ---\n",
        b"MAPPED_LIBRARIES:\n",
    ],
)  # fmt: skip
def test_profiles_of_gperftools_are_refused_with_a_way_out(data):
    assert problem(data) == GPERFTOOLS
    assert "pprof -proto" in GPERFTOOLS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"heap profile: 1: 128 [1: 129] @ heap/1048576\n", TEXT),
        (b"goroutine profile: total 1\n", TEXT),
        (b"threadcreate profile: total 4\n", TEXT),
        (b"--- mutex:\ncycles/second=2\n", TEXT),
        (b"--- contention:\ncycles/second=2\n", TEXT),
        (b"PERFILE2" + bytes(90), "it is a recording of Linux's perf, not a profile of pprof"),
        (b"FLR\0\0\2" + bytes(90),
         "it is a recording of Java's Flight Recorder, not a profile of pprof"),
        (b"Nettrace\x14\0\0\0!FastSerialization.1",
         "it is a trace of .NET (nettrace), not a profile of pprof"),
        (b"\x28\xb5\x2f\xfd" + bytes(9),
         "it is compressed with zstd; a profile is gzipped or as it is"),
        (b"PK\x03\x04" + bytes(9), "it is a ZIP file, not a profile"),
        (b"\x7fELF" + bytes(90), "it is a program, not a profile"),
    ],
)  # fmt: skip
def test_files_of_other_tools_are_told_by_their_beginning(data, said):
    assert problem(data) == said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><title>Sign in</title></html>", "it is an HTML page"),
        (b'{"message": "not found"}', "it is text, not a profile"),
        (b"goroutine profile: total 4\n1 @ 0x1\n", TEXT),
        (b"", "it is empty"),
    ],
)
def test_what_is_inside_a_gzip_file_is_told_as_well(content, said):
    assert (problem(gzip.compress(content)) or "").startswith(said)


def test_a_file_of_speedscope_without_profiles_is_none():
    said = problem(b'{"$schema":"https://www.speedscope.app/file-format-schema.json"}')
    assert (said or "").startswith("it is no file of speedscope: ")
