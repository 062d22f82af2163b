"""Functions at a change point: which of those that baselines keep cost another amount after it.

A record keeps the dearest functions of its head, each with its own cost for a unit of work. What
they cost in a few records before and after a change is set side by side; nothing is tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.model import Note, ProfileDiff, Record
from loadstone.model.series import ChangePoint
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.comparison.profiles import short, unit_of_work

NEAR = 5  # records a side
SHOWN = 3  # functions
_LEAST = 0.1  # of the change of all functions together: less is not worth a word


def with_functions(changes: Sequence[ChangePoint], records: Sequence[Record]) -> list[ChangePoint]:
    """The change points, each with a note of the functions whose cost went the same way."""
    return [_noted(each, records) for each in changes]


def _noted(change: ChangePoint, records: Sequence[Record]) -> ChangePoint:
    before = _kept(change, records[max(0, change.place - NEAR) : change.place])
    after = _kept(change, records[change.place : change.place + NEAR])
    if not before or not after or (before[0].unit, before[0].per) != (after[0].unit, after[0].per):
        return change
    old, new = _means(before), _means(after)
    apart = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in {**old, **new}}
    way = 1 if change.change.estimate > 0 else -1
    whole = sum(abs(each) for each in apart.values())
    grown = {name: each for name, each in apart.items() if each * way > _LEAST * whole}
    if not grown:
        return change
    named = sorted(grown, key=lambda name: (-abs(grown[name]), name))[:SHOWN]
    told = [_said(name, old.get(name, 0.0), new.get(name, 0.0), after[0].unit) for name in named]
    note = Note.of("functions", functions="; ".join(told), unit=unit_of_work(after[0].per))
    return replace(change, warnings=[*change.warnings, note])


def _kept(change: ChangePoint, records: Sequence[Record]) -> list[ProfileDiff]:
    """The profiles whose functions make up the metric, a record each."""
    return [
        each
        for record in records
        for each in record.profiles
        if (each.case, each.metric) == (change.case, change.metric.name) and each.dearest
    ]


def _means(diffs: Sequence[ProfileDiff]) -> dict[str, float]:
    """By function; what a record does not keep is among its cheapest, and counts as nothing."""
    names = {name for each in diffs for name in each.dearest}
    return {name: sum(each.dearest.get(name, 0.0) for each in diffs) / len(diffs) for name in names}


def _said(name: str, old: float, new: float, unit: str) -> str:
    before, after = units.quantities(unit, [old, new])
    return f"`{plain(short(name), most=80)}` from {before} to {after}"
