"""Flame graphs of what changed most, from the profile files that lie beside a record.

A record holds the functions that changed most and not their stacks, which would make it many times
larger; a page made of a record alone has no flame graphs. The largest is chosen by the change of
the whole cost in its unit, since a large share of a short profile is a handful of samples. Files
outside the directory of the record are not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadstone.flows.read_profiles import take
from loadstone.model import ProfileDiff, Record, Side
from loadstone.model.profile_kinds import parted
from loadstone.profiles.flame import Stacks, flame, stacks

CPU = "cpu"
MOST = 150_000  # bytes of one graph
_OF_CPU, _OF_OTHERS = 2, 1  # graphs
# Thinnest function in px and deepest row, tried in turn until a graph is small enough.
_DETAIL = ((0.6, 120), (1.2, 80), (2.4, 60), (5.0, 40), (10.0, 30), (20.0, 20))


def flames(record: Record, files: Path) -> dict[str, str]:
    """Draw SVGs, by title, of the cases and kinds of profile that changed most, CPU first.

    Profiles that are gone, that are none or too thin, or that lie outside `files` are passed over.
    """
    graphs: dict[str, str] = {}
    for diff in chosen(record.profiles):
        base, head = (_stacks(record, diff, side, files) for side in Side)
        if base and head:
            by = f" by {diff.by}" if diff.by else ""
            title = f"{diff.kind}{by}, {diff.case}"
            svg = _small(base, head, title=title, unit=diff.unit)
            graphs |= {title: svg} if svg else {}
    return graphs


def chosen(diffs: Sequence[ProfileDiff]) -> list[ProfileDiff]:
    """The diffs to draw: two of CPU time and the largest of the others, in this order."""
    largest = sorted((diff for diff in diffs if not diff.growth), key=lambda diff: -_change(diff))
    cpu = [diff for diff in largest if parted(diff.kind)[0] == CPU]
    others = [diff for diff in largest if parted(diff.kind)[0] != CPU]
    return [*cpu[:_OF_CPU], *others[:_OF_OTHERS]]


def _change(diff: ProfileDiff) -> float:
    """In the profile's unit: a large share of a short profile is a handful of samples."""
    return abs(diff.head_total - diff.base_total)


def _stacks(record: Record, diff: ProfileDiff, side: Side, files: Path) -> Stacks:
    taken = take(record.runs, files, case=diff.case, kind=diff.kind, side=side)
    try:
        return stacks(taken.profiles, diff.kind, by=diff.by)
    except ValueError:  # there is none that can be compared
        return {}


def _small(base: Stacks, head: Stacks, *, title: str, unit: str) -> str:
    for thinnest, deepest in _DETAIL:
        svg = flame(base, head, title=title, unit=unit, thinnest=thinnest, deepest=deepest)
        if len(svg.encode()) <= MOST:
            return svg
    return ""
