"""Ancestry of records: the one that a pull request is held to. Pure.

It is of the nearest ancestor of the merge base that has any, and of that commit's the newest. A
record of the merge base itself is the nearest there can be. A newer record of an older commit, such
as of a release that was measured again, does not stand in for it; nor does one of another branch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loadstone.model import Note
from loadstone.store.protocol import BaselineEntry


@dataclass(frozen=True, kw_only=True)
class AncestorRecord:
    """The record of an ancestor, or the reason why there is none.

    `behind` is how many of the commits that lead to the merge base came after its commit.
    """

    entry: BaselineEntry | None = None
    behind: int = 0
    reason: Note | None = None


def nearest(
    entries: Sequence[BaselineEntry],
    ancestors: Iterable[str],
    *,
    merge_base: str,
    shallow: bool = False,
) -> AncestorRecord:
    """The newest record of the nearest ancestor that has one.

    `entries`: those of one series, the newest first. `ancestors`: the whole names of the commits
    from the merge base on, itself first; no more of them are taken than are needed. `shallow`: the
    history that they come from is cut off, so what is not found may be there all the same.
    """
    newest: dict[str, BaselineEntry] = {}
    for entry in entries:
        if entry.commit:
            newest.setdefault(entry.commit, entry)
    looked = 0
    for looked, commit in enumerate(ancestors if newest else (), start=1):
        if commit in newest:
            return AncestorRecord(entry=newest[commit], behind=looked - 1)
    return AncestorRecord(reason=_reason(entries, newest, looked, merge_base, shallow=shallow))


def _reason(
    entries: Sequence[BaselineEntry],
    newest: dict[str, BaselineEntry],
    looked: int,
    merge_base: str,
    *,
    shallow: bool,
) -> Note:
    commit = merge_base[:9]
    if not entries:
        return Note.of("no-records")
    if not newest:
        return Note.of("no-commits", records=len(entries))
    if shallow:
        return Note.of("shallow", commit=commit, looked=looked, records=len(newest))
    return Note.of("no-ancestor", commit=commit, looked=looked, records=len(newest))
