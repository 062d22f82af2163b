"""The commits between two revisions of one repository, where Git knows them."""

from __future__ import annotations

from loadstone.component.revisions.changed_by import changed_by
from loadstone.component.revisions.changed_lines import changed_lines
from loadstone.component.revisions.path_tails import path_tails
from loadstone.component.revisions.references import LONGEST
from loadstone.component.revisions.repositories import Repository
from loadstone.errors import UsageError
from loadstone.model import Commit, Commits
from loadstone.system.processes import CommandFailed

MOST = 50  # commits that are kept by name


def between(repository: Repository, base: str, head: str) -> Commits | None:
    """The commits that head has and base has not, and the other way round.

    None where that cannot be told: the two share no history, or it is cut off between them.
    """
    try:
        if repository.ask("merge-base", base, head) is None or _cut(repository, base, head):
            return None
        both = repository.git("rev-list", "--left-right", "--count", f"{base}...{head}", "--")
        behind, ahead = (int(number) for number in both.split())
        listed = repository.git(
            *("rev-list", f"--max-count={MOST}", "--encoding=UTF-8", "--format=%H %s"),
            *(head, f"^{base}", "--"),
        )
    except CommandFailed:
        return None
    lines = changed_lines(repository, base, head)
    return Commits(
        ahead=ahead,
        behind=behind,
        listed=_read(listed),
        changed=lines,
        by=changed_by(repository, base, head, lines),
        tails=path_tails(repository, head, lines),
    )


def _cut(repository: Repository, base: str, head: str) -> bool:
    """Whether a commit between them is one whose parents a shallow clone left out."""
    if not repository.shallow:
        return False
    edge = set(repository.file("shallow").read_text().split())
    return not edge.isdisjoint(repository.git("rev-list", f"{base}...{head}", "--").split())


def _read(text: str) -> list[Commit]:
    """Of each commit a line `commit HASH`, which Git adds, and one of its hash and subject."""
    pairs = (line.partition(" ") for line in text.split("\n"))
    return [
        Commit(hash=name, subject=subject[:LONGEST])
        for name, _, subject in pairs
        if name not in ("", "commit")
    ]


def first_parents(repository: Repository, good: str, bad: str) -> list[Commit]:
    """The commits from `good` (left out) to `bad`, along first parents, the oldest first.

    So a branch that was merged is one commit, as its merge. Raises `UsageError` where `good` is no
    ancestor of `bad`, or the history between them is cut off.
    """
    if repository.ask("merge-base", "--is-ancestor", good, bad) is None:
        raise UsageError(
            f"{good[:12]} is no ancestor of {bad[:12]} in {repository.shown}",
            next_step=f"take the commit where they part: git merge-base {good[:12]} {bad[:12]}",
        )
    if _cut(repository, good, bad):
        raise UsageError(
            f"the history of {repository.shown} is cut off between {good[:12]} and {bad[:12]}",
            next_step="git fetch --unshallow, there",
        )
    listed = repository.git(
        *("rev-list", "--first-parent", "--reverse", "--encoding=UTF-8", "--format=%H %s"),
        *(bad, f"^{good}", "--"),
    )
    return _read(listed)
