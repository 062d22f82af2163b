"""Call paths of the functions that changed, judged together: by which of them the change came.

They are asked about only where their function was told from noise. So that no more than the level
of all is wrong of what is said, they are held to the part of it that functions were told of
(Benjamini and Bogomolov 2014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import ProfilePath
from loadstone.profiles.call_paths import CallPath, call_paths
from loadstone.profiles.diff import FunctionPair, FunctionTable
from loadstone.profiles.stories import BothSides
from loadstone.stats.common.samples import Floats
from loadstone.stats.functions.judge import LEVEL, CostSamples, judge

PATHS = 3  # of a function that are kept


@dataclass(frozen=True, kw_only=True)
class ChangedFunction:
    """A function that was told from noise, by its own cost or else by that of what it calls."""

    pair: FunctionPair
    own: bool
    growth: bool
    table: FunctionTable
    sides: BothSides


def paths(changed: Sequence[ChangedFunction], tested: int) -> list[Sequence[ProfilePath]]:
    """The paths of each function that changed beyond noise, what changed most first.

    `tested`: the functions from which these were told.
    """
    found = [_of(each) for each in changed]
    every = [(number, path) for number, each in enumerate(found) for path in each]
    if not every:
        return [() for _ in changed]
    level = LEVEL * min(1.0, len(changed) / max(tested, 1))
    judged = judge(_samples(changed, every), level)
    rows: list[list[ProfilePath]] = [[] for _ in changed]
    for at, (number, path) in enumerate(every):
        if judged.flagged[at]:
            rows[number].append(
                ProfilePath(
                    callers=path.callers,
                    base=_mean(path.base),
                    head=_mean(path.head),
                    delta=float(judged.delta[at]),
                    low=float(judged.low[at]),
                    high=float(judged.high[at]),
                )
            )
    return [sorted(each, key=lambda path: -abs(path.delta))[:PATHS] for each in rows]


def _of(each: ChangedFunction) -> list[CallPath]:
    moved = {pair.was: pair.name for pair in each.table.functions if pair.was}
    return call_paths(each.pair, each.sides.base, each.sides.head, own=each.own, moved=moved)


def _samples(
    changed: Sequence[ChangedFunction], every: Sequence[tuple[int, CallPath]]
) -> CostSamples:
    rounds = sorted({at for _, path in every for at in (*path.base, *path.head)})
    each = [changed[number] for number, _ in every]
    return CostSamples(
        base=_rows([path.base for _, path in every], rounds),
        head=_rows([path.head for _, path in every], rounds),
        base_quantum=_rows([one.table.base_quantum for one in each], rounds),
        head_quantum=_rows([one.table.head_quantum for one in each], rounds),
        growth=np.array([one.growth for one in each]),
        whole=np.array([one.table.whole for one in each], dtype=float),
        profiles=np.array([number for number, _ in every], dtype=np.int64),
        sorts=np.zeros(len(every), dtype=np.int64),
    )


def _rows(values: Sequence[Mapping[int, float]], rounds: Sequence[int]) -> Floats:
    return np.array([[each.get(at, np.nan) for at in rounds] for each in values], dtype=float)


def _mean(costs: Mapping[int, float]) -> float:
    return sum(costs.values()) / len(costs)
