"""Stories of functions, beside their costs: whose each is, where, who calls it, for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model import GoBuild
from loadstone.profiles.diff import RunCosts
from loadstone.profiles.frames import FunctionFile, Stack
from loadstone.profiles.machine_room import RoomSort
from loadstone.profiles.origins import FunctionOrigin, Origin, origin


@dataclass(frozen=True, kw_only=True)
class BothSides:
    """The runs of both sides, and the modules of each where they are known."""

    base: Sequence[RunCosts]
    head: Sequence[RunCosts]
    base_modules: GoBuild | None = None
    head_modules: GoBuild | None = None
    _known: dict[str, FunctionOrigin] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def module(self) -> str:
        """The path of the component's own module, "" where it is not known."""
        return next((each.module for each in (self.head_modules, self.base_modules) if each), "")

    def origin(self, name: str) -> FunctionOrigin:
        """As the head's modules tell it; of what the head has not, the base's.

        Worked out once for each function, which is in many stacks.
        """
        found = self._known.get(name)
        if found is None:
            found = origin(name, self.head_modules)
            if found.origin is Origin.UNKNOWN:
                found = origin(name, self.base_modules)
            self._known[name] = found
        return found


@dataclass(frozen=True, kw_only=True)
class FunctionStory:
    """The origin of a function, its file and dearest line, its caller and its machine room.

    `caller`: the nearest function of the component above it through which most of the change went,
    or its caller where nobody knows whose functions are whose. `rooms`: the parts of its own cost
    that the machine room had, 0…1, by what they were.
    """

    origin: FunctionOrigin
    file: str = ""
    line: int = 0  # 0: not known
    caller: str = ""
    rooms: Mapping[str, float] = field(default_factory=dict)


def story(name: str, was: str, sides: BothSides) -> FunctionStory:
    """The story of a function; `was`: its name in the base, where that is another."""
    old = was or name
    file = _file(name, sides.head) or _file(old, sides.base)
    named, runs = (name, sides.head) if _costs(name, sides.head) else (old, sides.base)
    return FunctionStory(
        origin=sides.origin(name),
        file=file.path if file else "",
        line=_line(named, runs) or (file.line if file else 0),
        caller=_caller(_changes(name, old, sides), name, sides),
        rooms=_rooms(named, runs),
    )


def _costs(name: str, runs: Sequence[RunCosts]) -> float:
    return sum(run.costs.own.get(name, 0.0) for run in runs)


def _file(name: str, runs: Sequence[RunCosts]) -> FunctionFile | None:
    return next((run.costs.files[name] for run in runs if name in run.costs.files), None)


def _line(name: str, runs: Sequence[RunCosts]) -> int:
    found: dict[int, float] = defaultdict(float)
    for run in runs:
        for line, value in run.costs.lines.get(name, {}).items():
            found[line] += value
    return max(found, key=lambda line: (found[line], -line), default=0)


def _rooms(name: str, runs: Sequence[RunCosts]) -> dict[str, float]:
    found: dict[RoomSort, float] = defaultdict(float)
    for run in runs:
        for room, value in run.costs.rooms.get(name, {}).items():
            found[room] += value
    whole = _costs(name, runs)
    if whole <= 0:
        return {}
    return {room.value: min(1.0, max(0.0, value / whole)) for room, value in found.items()}


def _changes(name: str, old: str, sides: BothSides) -> Mapping[Stack, float]:
    """By the stack of its callers, head − base of a function's own cost."""
    found: dict[Stack, float] = defaultdict(float)
    for runs, sign, named in ((sides.base, -1.0, old), (sides.head, 1.0, name)):
        for run in runs:
            for stack, value in run.costs.above.get(named, {}).items():
                found[stack] += sign * value * run.factor / len(runs)
    return found


def _caller(changes: Mapping[Stack, float], name: str, sides: BothSides) -> str:
    known = sides.head_modules is not None or sides.base_modules is not None
    found: dict[str, float] = defaultdict(float)
    for stack, value in changes.items():
        nearest = _nearest(stack, name, sides) if known else stack[-1] if stack else ""
        if nearest:
            found[nearest] += value
    return max(found, key=lambda each: (abs(found[each]), each), default="")


def _nearest(stack: Stack, name: str, sides: BothSides) -> str:
    own = (each for each in reversed(stack) if each != name)
    return next((each for each in own if sides.origin(each).origin is Origin.COMPONENT), "")
