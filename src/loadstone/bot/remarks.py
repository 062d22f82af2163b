"""Remarks: what is to be said of a whole comment, beside its sections."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.bot.path_globs import matches
from loadstone.formats.configuration import PLACES
from loadstone.model import Note
from loadstone.model.bot import PullRequest

_FILES = 3  # that are named


def remarks(
    pull: PullRequest,
    changed: Sequence[str] | None,
    *,
    base_ahead: int = 0,
    ours: Sequence[str] = PLACES,
) -> list[Note]:
    """The remarks on a pull request.

    `ours`: globs of the files that say what is measured: those of the base were used.
    `changed`: its files, None where nobody knows; `base_ahead`: commits of the base branch that the
    head has not. What is measured is the head against the merge base, so those are on neither side.
    """
    touched = [path for path in changed or () if matches(path, ours)]
    found = [Note.of("configuration-of-base", file=path) for path in touched[:_FILES]]
    if base_ahead > 0:
        found.append(Note.of("base-ahead", commits=base_ahead, branch=pull.base_ref))
    return found
