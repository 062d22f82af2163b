"""Call paths: what a function cost by the stack of its callers, round by round, on both sides.

A function that many call may have changed for one of them alone. A stack in which it calls itself
counts at the outermost call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.profiles import machine_room
from loadstone.profiles.diff import SAMPLES, FunctionPair, RunCosts
from loadstone.profiles.frames import Stack
from loadstone.profiles.names import renamed

MOST = 20  # paths of a function, the dearest


@dataclass(frozen=True, kw_only=True)
class CallPath:
    """The callers of a function, the outermost first, and what it cost for them in each round."""

    callers: Stack
    base: Mapping[int, float]
    head: Mapping[int, float]


def call_paths(
    pair: FunctionPair,
    base: Sequence[RunCosts],
    head: Sequence[RunCosts],
    *,
    own: bool,
    moved: Mapping[str, str],
) -> list[CallPath]:
    """The paths of a function that were sampled often enough, the dearest first.

    `own`: by its own cost, else with what it calls. `moved`: what functions of the base are called
    in the head, so that a path is the same on both sides.
    """
    sides = [_by_round(pair.was or pair.name, base, own), _by_round(pair.name, head, own)]
    sides[0] = {number: renamed(costs, moved) for number, costs in sides[0].items()}
    quantum = max((run.quantum * run.factor for run in (*base, *head)), default=0.0)
    sums: dict[Stack, float] = defaultdict(float)
    for side in sides:
        for costs in side.values():
            for callers, value in costs.items():
                sums[callers] += value
    enough = [callers for callers, value in sums.items() if value >= SAMPLES * quantum]
    ordered = sorted(enough, key=lambda callers: (-abs(sums[callers]), callers))
    return [
        CallPath(
            callers=callers,
            base={number: costs.get(callers, 0.0) for number, costs in sides[0].items()},
            head={number: costs.get(callers, 0.0) for number, costs in sides[1].items()},
        )
        for callers in ordered[:MOST]
    ]


def _by_round(name: str, runs: Sequence[RunCosts], own: bool) -> dict[int, Mapping[Stack, float]]:
    return {run.round: _of_run(name, run, own) for run in runs}


def _of_run(name: str, run: RunCosts, own: bool) -> Mapping[Stack, float]:
    found: dict[Stack, float] = defaultdict(float)
    leaves = (name,) if own else run.costs.above
    for leaf in leaves:
        for stack, value in run.costs.above.get(leaf, {}).items():
            whole = (*stack, leaf)
            if name in whole:
                callers = whole[: whole.index(name)]
                found[_without_room(callers)] += value * run.factor
    return found


def _without_room(callers: Stack) -> Stack:
    """Without what every stack begins with, which toolchains call now so, now so."""
    first = next((at for at, each in enumerate(callers) if not machine_room.generic(each)), None)
    return () if first is None else callers[first:]
