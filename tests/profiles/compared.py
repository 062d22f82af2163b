"""Profiles compared as the flow does it, without files; and plain sums by function."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.flows.function_rows import rows
from loadstone.model import ProfileDiff, ProfileRow
from loadstone.profiles.diff import RunCosts, table
from loadstone.profiles.frames import Stack
from loadstone.profiles.function_costs import function_costs
from loadstone.profiles.names import normal
from loadstone.profiles.pprof import Profile
from loadstone.profiles.sample_type import choose, other
from loadstone.profiles.sampling import quantum
from loadstone.profiles.stories import BothSides


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The costs of one profile by function, as `go tool pprof -top` has them."""

    own: Mapping[str, float]
    total: Mapping[str, float]
    sum: float


def costs(stacks: Mapping[Stack, float]) -> Costs:
    """Sum up stacks by function, with nothing folded into callers."""
    own: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    for stack, value in stacks.items():
        names = [normal(name) for name in stack]
        if names:
            own[names[-1]] += value
        for name in set(names):
            total[name] += value
    return Costs(own=dict(own), total=dict(total), sum=math.fsum(stacks.values()))


def diff(
    base: Sequence[Profile],
    head: Sequence[Profile],
    *,
    case: str = "c",
    kind: str = "cpu",
    factors: Sequence[float] = (),
) -> ProfileDiff:
    """The judged diff of profiles that are of one round each, in their order."""
    by = choose(base, head, kind)
    sides = [
        [
            RunCosts(
                round=number + 1,
                costs=function_costs(profile, by),
                factor=factors[number] if factors else 1.0,
                quantum=quantum(profile, by),
            )
            for number, profile in enumerate(side)
        ]
        for side in (base, head)
    ]
    functions = table(sides[0], sides[1])
    bare = ProfileDiff(
        case=case,
        kind=kind,
        unit=base[0].types[base[0].column(by)].base_unit,
        base_total=functions.base_whole,
        head_total=functions.head_whole,
        runs=min(map(len, sides)),
        thin=functions.thin,
        by=other(by, kind),
    )
    return rows([(bare, functions, BothSides(base=sides[0], head=sides[1]))])[0]


def row(found: ProfileDiff, name: str) -> ProfileRow:
    """The row of a function."""
    return next(row for row in found.rows if row.function == name)
