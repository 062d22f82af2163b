"""Flame graphs of what changed most, from the profile files that lie beside a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from loadstone.model import ProfileDiff, Record, Side
from loadstone.profiles.flame import Stacks, flame, stacks
from loadstone.profiles.pprof import Profile, parse

CPU = "cpu"
MOST = 150_000  # bytes of one graph
_OF_CPU, _OF_OTHERS = 2, 1  # graphs
# Thinnest function in px and deepest row, tried in turn until a graph is small enough.
_DETAIL = ((0.6, 120), (1.2, 80), (2.4, 60), (5.0, 40), (10.0, 30), (20.0, 20))


def flames(record: Record, files: Path) -> dict[str, str]:
    """Title → SVG, for the cases and kinds of profile whose cost a run changed most, CPU first.

    Profiles that are gone, that are none, or that lie outside `files` are passed over.
    """
    graphs: dict[str, str] = {}
    for diff in chosen(record.profiles):
        base, head = (_stacks(record, diff, side, files) for side in Side)
        if base and head:
            title = f"{diff.kind}, {diff.case}"
            svg = _small(base, head, title=title, unit=diff.unit)
            graphs |= {title: svg} if svg else {}
    return graphs


def chosen(diffs: Sequence[ProfileDiff]) -> list[ProfileDiff]:
    """The diffs to draw: two of CPU time and the largest of the others, in this order."""
    largest = sorted(diffs, key=lambda diff: -_change(diff))
    cpu = [diff for diff in largest if diff.kind == CPU]
    others = [diff for diff in largest if diff.kind != CPU]
    return [*cpu[:_OF_CPU], *others[:_OF_OTHERS]]


def _change(diff: ProfileDiff) -> float:
    """In the profile's unit: a large share of a short profile is a handful of samples."""
    return abs(diff.head_total - diff.base_total)


def _stacks(record: Record, diff: ProfileDiff, side: Side, files: Path) -> Stacks:
    try:
        return stacks(list(_profiles(record, diff, side, files)), diff.kind)
    except ValueError:  # there is none, or one that is no profile
        return {}


def _profiles(record: Record, diff: ProfileDiff, side: Side, files: Path) -> Iterator[Profile]:
    root = files.resolve()
    for run in record.runs:
        name = run.profiles.get(diff.kind)
        if name is None or not run.valid or (run.case, run.side) != (diff.case, side):
            continue
        path = (root / name).resolve()
        if path.is_relative_to(root) and path.is_file():
            yield parse(path.read_bytes())


def _small(base: Stacks, head: Stacks, *, title: str, unit: str) -> str:
    for thinnest, deepest in _DETAIL:
        svg = flame(base, head, title=title, unit=unit, thinnest=thinnest, deepest=deepest)
        if len(svg.encode()) <= MOST:
            return svg
    return ""
