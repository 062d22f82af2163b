"""Proposals: what `init` would do to each file, and the difference that it would make."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadstone.scaffold.drafts import DraftFile
from loadstone.scaffold.stamp import Ownership, ownership


class FileState(StrEnum):
    """The state of a file beside its draft."""

    NEW = "new"  # not there: it is written
    CURRENT = "current"
    OUTDATED = "outdated"  # as an older version wrote it: written anew where that is asked for
    CHANGED = "changed"  # by its owner since: never written over
    FOREIGN = "foreign"  # never ours: never written over


_STATES = {
    Ownership.OURS: FileState.OUTDATED,
    Ownership.CHANGED: FileState.CHANGED,
    Ownership.FOREIGN: FileState.FOREIGN,
}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A draft beside what is there.

    `diff`: from that to the draft, where they differ and that tells what is new.
    """

    path: str
    state: FileState
    text: str
    diff: str = ""


def proposals(drafts: Sequence[DraftFile], there: Mapping[str, str]) -> list[Proposal]:
    """Each draft beside the text of the file of its path, where there is one."""
    return [_proposal(draft, there.get(draft.path)) for draft in drafts]


def due(proposed: Sequence[Proposal], *, update: bool) -> list[Proposal]:
    """What is to be written: new files, and with `update` those of ours that nobody changed."""
    states = {FileState.NEW, FileState.OUTDATED} if update else {FileState.NEW}
    return [each for each in proposed if each.state in states]


def _proposal(draft: DraftFile, text: str | None) -> Proposal:
    if text is None:
        return Proposal(path=draft.path, state=FileState.NEW, text=draft.text)
    plain = text.replace("\r\n", "\n")
    if plain == draft.text:
        return Proposal(path=draft.path, state=FileState.CURRENT, text=draft.text)
    whose = ownership(text)
    if draft.finished and whose is not Ownership.OURS:
        return Proposal(path=draft.path, state=_STATES[whose], text=draft.text)
    diff = difflib.unified_diff(
        plain.splitlines(keepends=True),
        draft.text.splitlines(keepends=True),
        f"a/{draft.path}",
        f"b/{draft.path}",
    )
    return Proposal(
        path=draft.path,
        state=_STATES[whose],
        text=draft.text,
        diff="".join(line if line.endswith("\n") else f"{line}\n" for line in diff),
    )
