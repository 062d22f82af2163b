"""A tutorial page as what its reader does: files that are written, and commands that are run.

A file is a block of code below a line that ends in its name: "`main.go`:". A block of `console`
holds commands, each after a dollar sign. Blocks that are neither are shown and not done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.M | re.S)
_NAME = re.compile(r"`([\w./-]+\.[a-z]+)`[^`]*:\n\n\Z")


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file that the reader writes."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TypedCommand:
    """A command that the reader types."""

    line: str


def sections(page: Path) -> dict[str, list[WrittenFile | TypedCommand]]:
    """What is done in each section, in order, by the number in its heading."""
    parts = re.split(r"^## (\d+)\. .*\n", page.read_text(), flags=re.M)[1:]
    return {number: list(_done(text)) for number, text in zip(parts[::2], parts[1::2], strict=True)}


def _done(text: str) -> Iterator[WrittenFile | TypedCommand]:
    for block in _BLOCK.finditer(text):
        before = _NAME.search(text[: block.start()])
        if block[1] == "console":
            yield from (
                TypedCommand(line=line[2:]) for line in block[2].splitlines() if line[:2] == "$ "
            )
        elif before:
            yield WrittenFile(path=before[1], text=block[2])
