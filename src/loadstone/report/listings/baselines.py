"""Baselines as a list, and what saving and pruning did to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loadstone.report.common.plain_table import table

_WIDTH = 240  # keys are long, and are copied whole


class BaselineRow(Protocol):
    """A stored record as it is found without reading it."""

    @property
    def key(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def environment(self) -> str: ...

    @property
    def started(self) -> str: ...


def terminal(entries: Sequence[BaselineRow]) -> str:
    """The records, a row for each."""
    if not entries:
        return "no baselines"
    rows = [(each.key, each.revision, each.environment, each.started) for each in entries]
    return table(("key", "revision", "environment", "started"), rows, width=_WIDTH)


def saved(key: str, *, there: bool, learnt: int) -> str:
    """That a record is kept, and from how many the noise of its series is known now."""
    verb = "is there already:" if there else "saved"
    taught = f"the noise of this series is known from {learnt} records" if learnt else ""
    return f"{verb} {key}\n{taught}"


def pruned(keys: Sequence[str], *, dry_run: bool) -> str:
    """The records that were removed, or would be."""
    verb = "would remove" if dry_run else "removed"
    return "\n".join(f"{verb} {key}" for key in keys) or "nothing to remove"
