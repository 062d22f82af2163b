"""The commits between two revisions of one repository, where Git knows them."""

from __future__ import annotations

from loadstone.component.revisions.references import LONGEST
from loadstone.component.revisions.repositories import Repository
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
    return Commits(ahead=ahead, behind=behind, listed=_read(listed))


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
