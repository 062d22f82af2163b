"""The stored record that a pull request is held to: of an ancestor of its merge base, or none."""

from __future__ import annotations

from pathlib import Path

from loadstone.model import Record
from loadstone.store.ancestors import ancestors, is_shallow, merge_base
from loadstone.store.ancestry import AncestorRecord, nearest
from loadstone.store.protocol import Query, Store


def ancestor_record(
    record: Record, store: Store, repository: Path, *, base: str, head: str
) -> AncestorRecord:
    """The record of this record's series whose commit is the nearest ancestor of both.

    `base` and `head` are whole names of commits of the repository. The series holds the component,
    the scenarios, the tier and the environment; a record of another one is never taken. Raises
    `LoadstoneError` where the commits are not there, or have none in common.
    """
    parted = merge_base(repository, base, head)
    series = store.series(record)
    known = store.list(Query(environment=record.environment.key))
    return nearest(
        [entry for entry in known if entry.series == series],
        ancestors(repository, parted),
        merge_base=parted,
        shallow=is_shallow(repository),
    )
