"""Checks of a machine as a table: what it has, what it lacks, and how to mend that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loadstone.report.common.plain_table import table


class MachineCheck(Protocol):
    """One thing that a machine has or lacks."""

    @property
    def mark(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def good(self) -> bool: ...

    @property
    def found(self) -> str: ...

    @property
    def mend(self) -> str: ...


def terminal(checks: Sequence[MachineCheck]) -> str:
    """A row for each check; how to mend it only where something is missing."""
    rows = [(each.mark, each.name, each.found, "" if each.good else each.mend) for each in checks]
    return table(("", "what", "found", "to mend it"), rows)
