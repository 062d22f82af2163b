"""Files of a revision that is trusted, as a worktree of the repository beside the checkout.

What a pull request changes in configuration, scenarios and components does not count for itself.
A worktree, and not a copy of some files, so that paths and `repository: .` mean what they do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from loadstone.errors import LoadstoneError
from loadstone.store.layout import COMMIT
from loadstone.system import temporary
from loadstone.system.git import git, words
from loadstone.system.processes import CommandFailed


@contextmanager
def checked_out(repository: Path, commit: str, parent: Path) -> Iterator[Path]:
    """A directory with the files of a commit, gone on leaving. Raises `LoadstoneError`."""
    if not COMMIT.fullmatch(commit):
        raise LoadstoneError(f"{commit!r:.100} is not the whole name of a commit")
    with temporary.directory(parent) as folder:
        place = folder / "base"
        try:
            git(repository, "worktree", "add", "--detach", "--quiet", str(place), commit)
        except CommandFailed as error:
            raise LoadstoneError(
                f"the files of {commit[:9]} cannot be had: {words(error)}",
                next_step="check out with `fetch-depth: 0`",
            ) from error
        try:
            yield place
        finally:
            with suppress(CommandFailed):
                git(repository, "worktree", "remove", "--force", str(place))
