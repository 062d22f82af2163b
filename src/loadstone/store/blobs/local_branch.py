"""A branch of a repository on this machine, moved by Git's own compare-and-swap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadstone.errors import LoadstoneError, UsageError
from loadstone.store.blobs.git_refusals import Refusal, refusal
from loadstone.system.git import ask, git, git_bytes, words
from loadstone.system.processes import CommandFailed


class LocalBranch:
    """A branch of the repository `repository`, which is its Git directory."""

    def __init__(self, repository: Path, branch: str) -> None:
        self.branch = branch
        self._repository = repository

    def newest(self) -> str | None:
        """The commit of the branch; None where there is no such branch."""
        name = f"refs/heads/{self.branch}^{{commit}}"
        return ask(self._repository, "rev-parse", "--quiet", "--verify", name, bare=True)

    def read(self, *arguments: str) -> bytes:
        """The output of a command of Git that reads objects. Raises `CommandFailed`."""
        return git_bytes(self._repository, *arguments, bare=True)

    def fetch(self, objects: Sequence[str]) -> None:
        """Nothing: they are here."""

    def advance(self, stream: bytes) -> str | None:
        """Move the branch to the commit of a stream; None where somebody else moved it first.

        `git fast-import` moves a branch only to what contains it, and only while it is there.
        """
        self._refuse_work_tree()
        try:
            order = ["fast-import", "--quiet", "--done", "--date-format=now"]
            return git_bytes(self._repository, *order, bare=True, input=stream).decode().strip()
        except CommandFailed as error:
            if refusal(error.output) is Refusal.RACE:
                return None
            raise LoadstoneError(
                f"Git does not write {self.branch}: {words(error)}",
                next_step=f"see that {self._repository} can be written to",
            ) from error

    def holds(self, commit: str) -> bool:
        """Whether a commit is of the branch."""
        name = f"refs/heads/{self.branch}"
        told = ask(self._repository, "merge-base", "--is-ancestor", commit, name, bare=True)
        return told is not None

    def _refuse_work_tree(self) -> None:
        """Leave alone a branch that somebody works on: its files would not follow."""
        form, name = "--format=%(worktreepath)", f"refs/heads/{self.branch}"
        tree = git(self._repository, "for-each-ref", form, name, bare=True).strip()
        if tree:
            raise UsageError(
                f"{self.branch} is checked out in {tree}",
                next_step="name another branch for the records: nobody else should write it",
            )
