"""Costs of one profile by function, in the base unit, with the machine room folded into callers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from loadstone.profiles import machine_room
from loadstone.profiles.causes import cause
from loadstone.profiles.frames import FunctionFile, Stack
from loadstone.profiles.machine_room import RoomSort
from loadstone.profiles.names import normal
from loadstone.profiles.pprof import Profile

_BYTES = "By"
Line = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class FunctionCosts:
    """The costs of one profile by function: its own, and with all it called.

    Its own are those of its code and of the machine room on its behalf, of which `rooms` tells the
    parts; what calls everything (`runtime.main`) has no costs. `lines`: of its own cost, by line
    of its file. `above`: of its own cost, by the stack of its callers. `gross`: the sum without
    what an earlier profile takes off. What a program spent on being profiled is in the sums alone.
    """

    own: Mapping[str, float]
    total: Mapping[str, float]
    sum: float
    gross: float = 0.0
    rooms: Mapping[str, Mapping[RoomSort, float]] = field(default_factory=dict)
    lines: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    above: Mapping[str, Mapping[Stack, float]] = field(default_factory=dict)
    files: Mapping[str, FunctionFile] = field(default_factory=dict)


def function_costs(profile: Profile, sample_type: str) -> FunctionCosts:
    """Sum up a profile by function; one that calls itself counts once in a stack.

    Raises `ValueError` when the profile has no such sample type.
    """
    column = profile.column(sample_type)
    scale = profile.types[column].scale
    sorts = profile.types[column].base_unit != _BYTES  # all memory is allocated
    own: dict[str, float] = defaultdict(float)
    total: dict[str, float] = defaultdict(float)
    rooms: dict[str, dict[RoomSort, float]] = defaultdict(lambda: defaultdict(float))
    lines: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    above: dict[str, dict[Stack, float]] = defaultdict(lambda: defaultdict(float))
    known: dict[str, str] = {}
    values = []
    for sample in profile.samples:
        value = sample.values[column] * scale
        if not value:
            continue
        values.append(value)
        found = cause(sample.stack, sample.lines, sorts=sorts)
        stack = tuple(
            known.get(name) or known.setdefault(name, normal(name)) for name in found.stack
        )
        for name in set(stack):
            if not machine_room.generic(name):
                total[name] += value
        if not stack:
            continue
        leaf = stack[-1]
        own[leaf] += value
        above[leaf][stack[:-1]] += value
        if found.room is not None:
            rooms[leaf][found.room] += value
        if found.lines and found.lines[-1]:
            lines[leaf][found.lines[-1]] += value
    return FunctionCosts(
        own=dict(own),
        total=dict(total),
        sum=math.fsum(values),
        gross=math.fsum(value for value in values if value > 0),
        rooms=rooms,
        lines=lines,
        above=above,
        files={normal(name): file for name, file in profile.files.items()},
    )
