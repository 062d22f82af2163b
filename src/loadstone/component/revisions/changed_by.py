"""Commits that made the changes between two revisions, by file and change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from loadstone.component.revisions.repositories import Repository
from loadstone.system.processes import CommandFailed

MOST_COMMITS = 1000  # of a longer history nothing is said
MOST_FILES = 50  # that are looked at; each is a command
SHORT = 12  # digits of a commit that are kept
_LINE = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?")
Ranges = Mapping[str, Sequence[Sequence[int]]]


def changed_by(
    repository: Repository, base: str, head: str, changed: Ranges
) -> dict[str, list[str]]:
    """For each change of a file the newest commit whose lines are in it.

    "" of a change that only took lines away, which are nobody's now. Files of which Git tells
    nothing are left out. `changed`: by file, first and last line of each change in the head.
    """
    between = f"{base}..{head}"
    try:
        listed = repository.git("rev-list", f"--max-count={MOST_COMMITS + 1}", between, "--")
        commits = {name: age for age, name in enumerate(listed.split())}
        if not 0 < len(commits) <= MOST_COMMITS:
            return {}
        if len(commits) == 1:
            (only,) = commits
            return {path: [only[:SHORT]] * len(ranges) for path, ranges in changed.items()}
        return {
            path: _of_file(repository, between, path, ranges, commits)
            for path, ranges in list(changed.items())[:MOST_FILES]
        }
    except CommandFailed:
        return {}


def _of_file(
    repository: Repository,
    between: str,
    path: str,
    ranges: Sequence[Sequence[int]],
    commits: Mapping[str, int],
) -> list[str]:
    wanted = [word for first, last in ranges for word in ("-L", f"{max(first, 1)},{last}") if last]
    if not wanted:
        return [""] * len(ranges)
    text = repository.git("blame", "--porcelain", *wanted, between, "--", path)
    found = (_LINE.fullmatch(line) for line in text.split("\n"))
    lines = {int(each[2]): each[1] for each in found if each is not None and each[1] in commits}
    return [_newest(lines, first, last, commits) for first, last in ranges]


def _newest(lines: Mapping[int, str], first: int, last: int, commits: Mapping[str, int]) -> str:
    inside = (name for line, name in lines.items() if first <= line <= last)
    return min(inside, key=lambda name: commits[name], default="")[:SHORT]
