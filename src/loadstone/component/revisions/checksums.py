"""Lists of checksums: the digest that a release publishes for one of its files. Pure.

As `sha256sum` and `sha512sum` write them, a line a file; with `--tag`; or one digest and no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ALGORITHMS = {64: "sha256", 128: "sha512"}
_LINE = re.compile(r"\\?([0-9a-fA-F]{64}|[0-9a-fA-F]{128})(?:[ \t]+\*?(.+))?")
_TAGGED = re.compile(r"SHA(?:256|512) \((.+)\) = ([0-9a-fA-F]{64}|[0-9a-fA-F]{128})")


def listed(text: str, name: str) -> str | None:
    """The digest of the file `name`, as `sha256:…`; None where the list does not have just one.

    Names in a list may have folders before them; two digests of one name are none.
    """
    entries = list(_entries(text))
    found = {digest for digest, of in entries if of.rpartition("/")[2] == name}
    if not found and len(entries) == 1 and not entries[0][1]:
        found = {entries[0][0]}
    return _strongest(found)


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The digest and the file's name of each line, in small letters; no name: a bare digest."""
    for line in text.splitlines():
        plain = _LINE.fullmatch(line.strip())
        tagged = _TAGGED.fullmatch(line.strip())
        if plain:
            yield plain[1].lower(), plain[2] or ""
        elif tagged:
            yield tagged[2].lower(), tagged[1]


def _strongest(digests: set[str]) -> str | None:
    """One digest of those of a file; of both lengths, the longer one."""
    longest = max((len(each) for each in digests), default=0)
    of_that = [each for each in digests if len(each) == longest]
    return f"{_ALGORITHMS[longest]}:{of_that[0]}" if len(of_that) == 1 else None
