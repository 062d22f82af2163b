"""Ancestors of a commit, as Git tells them: in batches, and not without end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from loadstone.errors import LoadstoneError, UsageError
from loadstone.store.layout import COMMIT
from loadstone.system.git import ask, git, words
from loadstone.system.processes import CommandFailed

MOST = 20_000  # commits; a record of an older one is of another time
BATCH = 500
DEEPEN = "check out with `fetch-depth: 0`, or `git fetch --unshallow`"


def is_shallow(repository: Path) -> bool:
    """Whether the history is cut off, as a checkout in CI is unless it is told otherwise."""
    return ask(repository, "rev-parse", "--is-shallow-repository") == "true"


def merge_base(repository: Path, one: str, other: str) -> str:
    """The commit at which two commits parted. Raises `LoadstoneError` where Git knows none."""
    for commit in (one, other):
        _refuse_unless_there(repository, commit)
    found = ask(repository, "merge-base", "--end-of-options", one, other)
    if found is None:
        cut = is_shallow(repository)
        raise LoadstoneError(
            f"{one[:9]} and {other[:9]} have no commit in common"
            + (" in the part of the history that is here" if cut else ""),
            next_step=DEEPEN if cut else "see that both are of one repository",
        )
    return found.splitlines()[0]


def ancestors(
    repository: Path, commit: str, *, most: int = MOST, batch: int = BATCH
) -> Iterator[str]:
    """The ancestors of a commit, itself first, the newest first, at most `most` of them.

    Raises `LoadstoneError` where the commit is not there.
    """
    _refuse_unless_there(repository, commit)
    for skip in range(0, most, batch):
        few = min(batch, most - skip)
        order = [f"--max-count={few}", f"--skip={skip}", "--topo-order", "--end-of-options"]
        try:
            found = git(repository, "rev-list", *order, commit).split()
        except CommandFailed as error:
            raise LoadstoneError(
                f"Git does not tell the ancestors of {commit[:9]}: {words(error)}",
                next_step="`git fsck` says what is broken",
            ) from error
        yield from found
        if len(found) < few:
            return


def _refuse_unless_there(repository: Path, commit: str) -> None:
    if not COMMIT.fullmatch(commit):
        raise UsageError(f"{commit!r:.200} is not the whole name of a commit")
    if ask(repository, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        raise LoadstoneError(
            f"the commit {commit[:9]} is not in the repository here",
            next_step=DEEPEN if is_shallow(repository) else f"git fetch origin {commit}",
        )
