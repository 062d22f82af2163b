"""Data that is no pprof profile, named in words, with what to do about it."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_CONVERT = "`pprof -proto PROGRAM FILE` makes a profile of it"
GPERFTOOLS = f"it is a profile of gperftools, not of pprof; {_CONVERT}"
_BINARY: Mapping[bytes, str] = {
    b"PERFILE2": "it is a recording of Linux's perf, not a profile of pprof",
    b"FLR\0": "it is a recording of Java's Flight Recorder, not a profile of pprof",
    b"Nettrace": "it is a trace of .NET (nettrace), not a profile of pprof",
    b"\x28\xb5\x2f\xfd": "it is compressed with zstd; a profile is gzipped or as it is",
    b"BZh": "it is compressed with bzip2; a profile is gzipped or as it is",
    b"\xfd7zXZ\0": "it is compressed with xz; a profile is gzipped or as it is",
    b"PK\x03\x04": "it is a ZIP file, not a profile",
    b"\x7fELF": "it is a program, not a profile",
}
# How the text profiles of gperftools and jemalloc begin, and those that Go writes with `debug=1`.
_LEGACY = ("--- symbol", "--- profile", "--- heap", "--- growth", "--- contentionz", "--- threadz")
_JEMALLOC = ("heap_v2/", "MAPPED_LIBRARIES:")
_HEAPS = (" @ heapprofile", " @ heapz", " @ heap_v2", " @ growthz", " @ fragmentationz")
_OF_GO = ("--- mutex:", "--- contention:")
_CONTROLS = {chr(code) for code in range(32)} - set("\t\n\r\f\v")


def words(data: bytes) -> str | None:
    """The kind of data that is no profile, in words, where its beginning tells it."""
    if not data.strip():
        return "it is empty"
    for magic, said in _BINARY.items():
        if data.startswith(magic):
            return said
    if _is_cpu_of_gperftools(data):
        return GPERFTOOLS
    text = _as_text(data)
    return None if text is None else _of_text(text)


def _is_cpu_of_gperftools(data: bytes) -> bool:
    """Words of the machine: 0, 3 (or more) words of a header, version 0, the period in µs, 0."""
    for order in "<>":
        for word, size in (("Q", 8), ("L", 4)):
            if len(data) >= 5 * size:
                zero, header, version, period, padding = struct.unpack(
                    f"{order}5{word}", data[: 5 * size]
                )
                if zero == version == padding == 0 and 3 <= header < 100 and 0 < period < 10**9:
                    return True
    return False


def _as_text(data: bytes) -> str | None:
    """The beginning as text, when it is text: no control signs but white space."""
    try:
        text = data[:4096].decode()
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 4096) - 3:
            return None
        text = data[: error.start].decode()
    return None if set(text) & _CONTROLS else text


def _of_text(text: str) -> str:
    start = text.strip()
    first = start.partition("\n")[0]
    if start.startswith("<"):
        return f"it is an HTML page, not a profile: {_quoted(start)}"
    if start.startswith((*_LEGACY, *_JEMALLOC)) or any(sign in first for sign in _HEAPS):
        return GPERFTOOLS
    if " profile: " in first or start.startswith(_OF_GO):
        return "it is a profile as text; ask for it without `debug=`"
    return f"it is text, not a profile: {_quoted(start)}"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:60]}…”" if len(line) > 60 else f"“{line}”"
