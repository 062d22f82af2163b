"""Limits of what is read of an artifact; nobody's honest run comes near one of them."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The bounds of an artifact: sizes in bytes, and how many of what.

    A run of 40 cases and 12 rounds has 960 runs of under 10 kB and 1,920 profiles.
    """

    archive: int = 256 * MIB  # as it was uploaded
    unpacked: int = 512 * MIB  # all files that are read
    file: int = 128 * MIB  # one of them
    ratio: float = 200.0  # unpacked to packed, of a file that unpacks to more than `small`
    small: int = MIB
    files: int = 5_000
    path: int = 300  # characters
    depth: int = 8  # parts of a path
    line: int = 4 * MIB  # one run
    profile: int = 32 * MIB
    histogram: int = 50_000  # characters of base64
    histogram_unpacked: int = 2 * MIB
