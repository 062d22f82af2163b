"""Profile diffs: two sides' profiles set side by side, function by function and round by round.

What a function cost is divided by the work that its run did, and a CPU profile is scaled to what
the kernel counted (`RunCosts.factor`). Whether a difference is more than noise is the judge's to
say (`stats.functions`); here are the numbers that it is told, and the rows that are made of its
answers.

A function that was sampled fewer than six times, in all runs of both sides together, has no row and
is counted instead: if nothing changed all six samples fall on one side with a chance of 3 %, five
of 6 %. Exact counts always have rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.profiles import pairing
from loadstone.profiles.function_costs import FunctionCosts

SAMPLES = 6  # of both sides: the fewest of which any split says something, as 2 · 0.5⁶ < 5 %


@dataclass(frozen=True, kw_only=True)
class RunCosts:
    """The costs of one run's profile; × `factor` they are those of a unit of work.

    `quantum`: the cost that one sample stands for, before it is multiplied; 0 where all is counted.
    """

    round: int
    costs: FunctionCosts
    factor: float = 1.0
    quantum: float = 0.0


@dataclass(frozen=True, kw_only=True)
class FunctionPair:
    """One function of both sides: what it cost in each round, own and cumulative."""

    name: str  # in the head, or where it is gone there, in the base
    was: str = ""  # its name in the base, where that is another
    base: Mapping[int, float] = field(default_factory=dict)  # round → own cost
    head: Mapping[int, float] = field(default_factory=dict)
    base_total: Mapping[int, float] = field(default_factory=dict)
    head_total: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FunctionTable:
    """All functions of one case and kind of profile that can be compared.

    `…_quantum`: by round, the cost that one sample stands for, as it stands in `functions`.
    """

    functions: Sequence[FunctionPair]
    base_quantum: Mapping[int, float]
    head_quantum: Mapping[int, float]
    whole: float  # mean cost of all, the mean of both sides; of a growth, of all that is held
    base_whole: float
    head_whole: float
    thin: int  # functions that were sampled too rarely


def table(
    base: Sequence[RunCosts], head: Sequence[RunCosts], *, growth: bool = False
) -> FunctionTable:
    """Set two sides side by side; raises `ValueError` for no profiles of a side.

    `growth`: costs are what came in the window and stayed, a part of all that is held.
    """
    if not base or not head:
        raise ValueError(f"no profiles of {'the base' if not base else 'the head'}")
    moved = pairing.pairs([run.costs for run in base], [run.costs for run in head])
    names = {name for run in base for name in run.costs.total if name not in moved}
    names |= {name for run in head for name in run.costs.total}
    was = {new: old for old, new in moved.items()}
    enough = {name for name in names if _samples(name, was.get(name, name), base, head) >= SAMPLES}
    wholes = [_mean(run.costs.sum * run.factor for run in side) for side in (base, head)]
    return FunctionTable(
        functions=[_pair(name, was.get(name, ""), base, head) for name in sorted(enough)],
        base_quantum={run.round: run.quantum * run.factor for run in base},
        head_quantum={run.round: run.quantum * run.factor for run in head},
        whole=_mean(
            _mean((run.costs.gross if growth else run.costs.sum) * run.factor for run in side)
            for side in (base, head)
        ),
        base_whole=wholes[0],
        head_whole=wholes[1],
        thin=len(names - enough),
    )


def _pair(name: str, was: str, base: Sequence[RunCosts], head: Sequence[RunCosts]) -> FunctionPair:
    old = was or name
    return FunctionPair(
        name=name,
        was=was,
        base={run.round: run.costs.own.get(old, 0.0) * run.factor for run in base},
        head={run.round: run.costs.own.get(name, 0.0) * run.factor for run in head},
        base_total={run.round: run.costs.total.get(old, 0.0) * run.factor for run in base},
        head_total={run.round: run.costs.total.get(name, 0.0) * run.factor for run in head},
    )


def _samples(name: str, was: str, base: Sequence[RunCosts], head: Sequence[RunCosts]) -> float:
    """How often a function was sampled, with all it called; infinite where all was counted."""
    if any(not run.quantum for run in (*base, *head)):
        return math.inf
    seen = [run.costs.total.get(was, 0.0) / run.quantum for run in base]
    seen += [run.costs.total.get(name, 0.0) / run.quantum for run in head]
    return round(math.fsum(seen), 3)


def _mean(values: Iterable[float]) -> float:
    every = list(values)
    return math.fsum(every) / len(every)
