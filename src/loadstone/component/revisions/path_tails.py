"""Tails of paths: the shortest end of each that tells a file from all others of its commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from loadstone.component.revisions.repositories import Repository
from loadstone.system.processes import CommandFailed


def path_tails(repository: Repository, head: str, changed: Iterable[str]) -> dict[str, str]:
    """By path, its shortest tail that no other file of the head ends in; of some there is none.

    Profilers name a file from where the program was started or built, not from the repository's
    root: `pkg/work.py` of `services/pkg/work.py`.
    """
    wanted = {path.rpartition("/")[2] for path in changed}
    if not wanted:
        return {}
    try:
        listed = repository.git("ls-tree", "-r", "-z", "--name-only", "--full-tree", head)
    except CommandFailed:
        return {}
    alike = [path for path in listed.split("\0") if path.rpartition("/")[2] in wanted]
    often = Counter(tail for path in alike for tail in _tails(path))
    found = {
        path: next((tail for tail in _tails(path) if often[tail] == 1), "") for path in changed
    }
    return {path: tail for path, tail in found.items() if tail}


def _tails(path: str) -> list[str]:
    """`c.py`, `b/c.py`, `a/b/c.py`."""
    parts = path.split("/")
    return ["/".join(parts[at:]) for at in range(len(parts) - 1, -1, -1)]
