"""Rows of profile diffs: every function of a report judged together, and what is known of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loadstone.flows.call_path_rows import ChangedFunction, paths
from loadstone.model import ProfileDiff, ProfilePath, ProfileRow
from loadstone.profiles import machine_room
from loadstone.profiles.diff import FunctionPair, FunctionTable, RunCosts
from loadstone.profiles.origins import Origin, became
from loadstone.profiles.reach import CodeChange, ReachOfChange
from loadstone.profiles.stories import BothSides, story
from loadstone.stats.functions.judge import CostChanges, CostSamples, judge

COMMITS = 3  # of a function that are named
TOLD = 10  # functions of a profile whose call paths are looked at
_HARDLY = 0.05  # of what a function costs with all that it calls, that it spends itself
ROWS = 40  # functions that are kept: what follows them costs next to nothing
Compared = tuple[ProfileDiff, FunctionTable, BothSides]


@dataclass(frozen=True, kw_only=True)
class JudgedFunction:
    """A function with the numbers of its two rows in the judge's table: own and cumulative."""

    pair: FunctionPair
    own: int
    total: int


def rows(compared: Sequence[Compared], change: CodeChange | None = None) -> list[ProfileDiff]:
    """The diffs with their rows, what changed first; `change`: of the code, as far as known."""
    change = change or CodeChange()
    if not compared:
        return []
    found = judge(_samples(compared))
    leading, at = [], 0
    for _, functions, _ in compared:
        judged = []
        for pair in functions.functions:
            judged.append(JudgedFunction(pair=pair, own=at, total=at + 1))
            at += 2
        judged.sort(key=lambda each: _importance(each, found))
        leading.append(judged[:ROWS])
    ways = _ways(compared, leading, found)
    return [
        replace(
            diff,
            rows=[_row(each, found, sides, reach, ways.get(each.own, ())) for each in judged],
            dearest={} if diff.growth else _dearest(functions),
            toolchain=change.toolchain,
            same_code=change.none,
        )
        for (diff, functions, sides), judged in zip(compared, leading, strict=True)
        for reach in (ReachOfChange(sides, change),)
    ]


def _ways(
    compared: Sequence[Compared], leading: Sequence[Sequence[JudgedFunction]], found: CostChanges
) -> Mapping[int, Sequence[ProfilePath]]:
    """By the row of a function that changed, its call paths that did."""
    changed = {
        each.own: ChangedFunction(
            pair=each.pair,
            own=bool(found.flagged[each.own]),
            growth=diff.growth,
            table=functions,
            sides=sides,
        )
        for (diff, functions, sides), judged in zip(compared, leading, strict=True)
        for each in judged[:TOLD]
        if found.flagged[each.own] or found.flagged[each.total]
    }
    tested = int((np.isfinite(found.p[0::2]) | np.isfinite(found.p[1::2])).sum())
    return dict(zip(changed, paths(list(changed.values()), tested), strict=True))


def _dearest(functions: FunctionTable) -> dict[str, float]:
    """The head's dearest functions with their own costs, as short as a record of years bears."""
    costs = {pair.name: float(f"{_mean(pair.head):.4g}") for pair in functions.functions}
    ordered = sorted(costs, key=lambda name: (-costs[name], name))
    return {name: costs[name] for name in ordered[:ROWS] if costs[name] > 0}


def _samples(compared: Sequence[Compared]) -> CostSamples:
    """Two rows a function: its own costs, and with all that it called."""
    tables = [functions for _, functions, _ in compared]
    rounds = sorted({at for each in tables for at in (*each.base_quantum, *each.head_quantum)})
    place = {name: column for column, name in enumerate(rounds)}
    sides = [
        [_values(costs, place) for each in tables for pair in each.functions for costs in of(pair)]
        for of in (_base, _head)
    ]
    sizes = [2 * len(each.functions) for each in tables]
    shape = (sum(sizes), len(rounds))
    quanta = [
        np.repeat([_values(of, place) for of in each], sizes, axis=0).reshape(shape)
        for each in (
            [table.base_quantum for table in tables],
            [table.head_quantum for table in tables],
        )
    ]
    return CostSamples(
        base=np.array(sides[0], dtype=float).reshape(shape),
        head=np.array(sides[1], dtype=float).reshape(shape),
        base_quantum=quanta[0],
        head_quantum=quanta[1],
        growth=np.repeat([diff.growth for diff, _, _ in compared], sizes),
        whole=np.repeat([each.whole for each in tables], sizes).astype(float),
        profiles=np.repeat(np.arange(len(tables)), sizes).astype(np.int64),
        sorts=np.tile(np.array([0, 1], dtype=np.int64), sum(sizes) // 2),
    )


def _base(pair: FunctionPair) -> Iterator[Mapping[int, float]]:
    yield from (pair.base, pair.base_total)


def _head(pair: FunctionPair) -> Iterator[Mapping[int, float]]:
    yield from (pair.head, pair.head_total)


def _values(costs: Mapping[int, float], place: Mapping[int, int]) -> list[float]:
    found = [float("nan")] * len(place)
    for name, value in costs.items():
        found[place[name]] = value
    return found


def _importance(each: JudgedFunction, found: CostChanges) -> tuple[int, bool, float, float, str]:
    """What changed itself, then what changed by what it calls; the machine room after the named.

    A function of one side alone that spends nothing itself is another way to the same place: calls
    go through it or no longer do. It comes after those that both sides have.
    """
    own, total = bool(found.flagged[each.own]), bool(found.flagged[each.total])
    pair = each.pair
    return (
        0 if own else 3 if not total else 2 if _way_alone(pair) else 1,
        pair.name.startswith("[") or machine_room.generic(pair.name),
        -abs(float(found.delta[each.own])),
        -abs(float(found.delta[each.total])),
        pair.name,
    )


def _way_alone(pair: FunctionPair) -> bool:
    one_sided = not any(pair.base_total.values()) or not any(pair.head_total.values())
    own = max(_mean(pair.base), _mean(pair.head))
    return one_sided and own <= _HARDLY * max(_mean(pair.base_total), _mean(pair.head_total))


def _row(
    each: JudgedFunction,
    found: CostChanges,
    sides: BothSides,
    reach: ReachOfChange,
    ways: Sequence[ProfilePath],
) -> ProfileRow:
    pair, own, total = each.pair, each.own, each.total
    told = story(pair.name, pair.was, sides)
    module = told.origin.module
    if told.origin.origin is Origin.DEPENDENCY:
        module = became(module, sides.base_modules, sides.head_modules)
    return ProfileRow(
        function=pair.name,
        was=pair.was,
        base_self=_share(sides.base, pair.was or pair.name, own=True),
        head_self=_share(sides.head, pair.name, own=True),
        base_total=_share(sides.base, pair.was or pair.name, own=False),
        head_total=_share(sides.head, pair.name, own=False),
        base=_mean(pair.base),
        head=_mean(pair.head),
        delta=float(found.delta[own]),
        low=_known(found.low[own]),
        high=_known(found.high[own]),
        changed=bool(found.flagged[own]),
        p=_known(found.p[own]),
        detectable=_known(found.detectable[own]),
        total_delta=float(found.delta[total]),
        total_low=_known(found.low[total]),
        total_high=_known(found.high[total]),
        total_changed=bool(found.flagged[total]),
        origin=told.origin.origin.value,
        module=module,
        caller=told.caller,
        file=told.file,
        line=told.line,
        rooms=told.rooms,
        reach=reach.of(pair.name).value,
        commits=reach.commits(pair.name)[:COMMITS],
        paths=ways,
    )


def _share(side: Sequence[RunCosts], name: str, *, own: bool) -> float:
    """The mean over the runs of a function's share of its profile."""
    shares = [
        (run.costs.own if own else run.costs.total).get(name, 0.0) / run.costs.sum
        for run in side
        if run.costs.sum
    ]
    return sum(shares) / len(shares) if shares else 0.0


def _mean(costs: Mapping[int, float]) -> float:
    return sum(costs.values()) / len(costs)


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
