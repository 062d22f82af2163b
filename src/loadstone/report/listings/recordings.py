"""Recordings of a cluster's changes: what was written down."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.plain_table import table


def terminal(file: str, counts: Sequence[tuple[str, str, int]], *, size: int, ended: str) -> str:
    """What is in a recording: (method, kind, changes); and why it ended early, where it did."""
    rows = [(method, plain(kind), f"{count:,}") for method, kind, count in counts]
    total = sum(count for *_, count in counts)
    lines = [
        f"wrote {file}: {total:,} changes, {units.quantity('By', size)}",
        *(["", table(("change", "kind", "times"), rows)] if rows else []),
        *(["", f"it ended early: {plain(ended)}"] if ended else []),
    ]
    return "\n".join(lines)
