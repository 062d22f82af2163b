"""The setting up of a repository: look at it, propose its files, and write those that are due."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.flows import repository
from loadstone.scaffold.drafts import DraftFile, drafts
from loadstone.scaffold.proposal import Proposal, due, proposals


def propose(root: Path, *, action: str = "") -> list[Proposal]:
    """Each file that the repository should have, beside what is there.

    Raises `UsageError` where `root` is no directory, or nothing says which commit of the action is
    to be used.
    """
    found = repository.facts(root)
    there = repository.configuration(root)
    wanted = drafts(found, repository.action(root, action), configuration=there)
    return proposals(wanted, _there(root, wanted))


def write(root: Path, proposed: Sequence[Proposal], *, update: bool) -> list[str]:
    """Write new files; with `update`, those too that nobody has changed. Returns their paths.

    Raises `UsageError` where one cannot be written.
    """
    written = []
    for each in due(proposed, update=update):
        path = root / each.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(each.text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(
                f"cannot write {path}: {error.strerror}", next_step="mend that, and run it again"
            ) from error
        written.append(each.path)
    return written


def _there(root: Path, wanted: Sequence[DraftFile]) -> dict[str, str]:
    """The files that are there: of a link or a folder of that name, nothing is written over."""
    paths = [each.path for each in wanted]
    return {
        path: repository.read(root / path)
        for path in paths
        if (root / path).exists() or (root / path).is_symlink()
    }
