"""The share of each table in the rows that are open at first sight."""

from __future__ import annotations

from collections.abc import Sequence

OPEN = 10  # rows: about what fits one screen


def shares(wanted: Sequence[int], least: Sequence[int], most: int = OPEN) -> list[int]:
    """How many rows each table gets of `most`.

    First each gets its `least`, as far as it wants them and there are some; then, in the same
    order, what it still wants.
    """
    given = [0] * len(wanted)
    for bounds in (least, wanted):
        for place, bound in enumerate(bounds):
            more = min(wanted[place], bound) - given[place]
            given[place] += max(0, min(more, most - sum(given)))
    return given
