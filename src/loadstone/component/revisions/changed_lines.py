"""Lines that differ between two commits: by file of the head, as ranges."""

from __future__ import annotations

import re

from loadstone.component.revisions.repositories import Repository
from loadstone.system.processes import CommandFailed

MOST_FILES = 1000  # of a larger change nothing is said: it touches everything
MOST_RANGES = 200  # of a file; what follows is one range
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NEW = "+++ "


def changed_lines(repository: Repository, base: str, head: str) -> dict[str, list[list[int]]]:
    """The first and last line of each change, by path; a file that is gone has none.

    Empty where Git cannot tell, or too much changed to say anything.
    """
    try:
        text = repository.git(
            *("-c", "core.quotePath=false", "diff", "--no-ext-diff", "--no-textconv", "--no-color"),
            *("--no-renames", "--unified=0", "--src-prefix=a/", "--dst-prefix=b/"),
            *("--diff-filter=AM", base, head, "--"),
        )
    except CommandFailed:
        return {}
    found = parse(text)
    return found if len(found) <= MOST_FILES else {}


def parse(text: str) -> dict[str, list[list[int]]]:
    """The ranges of a diff without context; what stands in a hunk is never read as a header."""
    found: dict[str, list[list[int]]] = {}
    path = ""
    inside = 0  # lines of the hunk that are left
    for line in text.split("\n"):
        if inside:
            inside -= not line.startswith("\\")  # `\ No newline at end of file` is none of them
            continue
        if line.startswith(_NEW):
            path = line[len(_NEW) :].strip('"').removeprefix("b/").rstrip("\t")
        match = _HUNK.match(line)
        if match is None or not path:
            continue
        removed, added = (1 if each is None else int(each) for each in (match[1], match[3]))
        inside = removed + added
        first = int(match[2])
        _add(found.setdefault(path, []), first, first + max(added - 1, 0))
    return found


def _add(ranges: list[list[int]], first: int, last: int) -> None:
    if len(ranges) < MOST_RANGES:
        ranges.append([first, last])
    else:
        ranges[-1][1] = max(ranges[-1][1], last)
