"""Stacks gathered from a file of whatever form, within bounds, equal ones together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from loadstone.profiles.frames import FunctionFile, Stack
from loadstone.profiles.pprof import LARGEST, NotAProfile, Profile, StackSample
from loadstone.profiles.units import SampleType

DEEPEST = 4096  # functions of one stack
MOST_FRAMES = 10_000_000  # of all stacks, equal ones once
MOST_ADDED = 50_000_000  # of all that are added: a deep stack costs few bytes to add once more
LONGEST_NAME = 500  # characters
MOST_VALUE = 2**62


class BoundedStacks:
    """Sums of values by stack. Raises `NotAProfile` where a file has more than a profile can."""

    def __init__(self, *, most_added: int = MOST_ADDED) -> None:
        self._most_added = most_added
        self._values: dict[Stack, int] = defaultdict(int)
        self._names: dict[str, str] = {}
        self._frames = self._added = 0

    def add(self, names: Iterable[str], value: float) -> None:
        """Add a stack, the outermost caller first."""
        stack = tuple(self._name(name) for name in names)
        if len(stack) > DEEPEST:
            raise NotAProfile(f"a stack is more than {DEEPEST} functions deep")
        if not abs(value) < MOST_VALUE:
            raise NotAProfile("a value is no number that a profile can have")
        self._added += len(stack)
        if stack not in self._values:
            self._frames += len(stack)
        if self._frames > MOST_FRAMES or self._added > self._most_added:
            most = min(MOST_FRAMES, self._most_added)
            raise NotAProfile(f"it has more than {most} frames")
        self._values[stack] += round(value)

    def profile(
        self,
        kind: SampleType,
        *,
        duration: float = 0.0,
        period: int = 0,
        files: Mapping[str, FunctionFile] | None = None,
    ) -> Profile:
        """The profile of all that was added; stacks without anything in them are left out."""
        samples = [
            StackSample(stack=stack, values=(value,))
            for stack, value in self._values.items()
            if value and stack
        ]
        return Profile(
            types=[kind],
            samples=samples,
            default=kind.name,
            duration=duration,
            period_type=kind if period else None,
            period=period,
            files=files or {},
        )

    def _name(self, name: str) -> str:
        known = self._names.get(name)
        if known is None:
            short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
            known = self._names[name] = short or "?"
        return known


def text(data: bytes) -> str:
    """The bytes as text. Raises `NotAProfile` for too many."""
    if len(data) > LARGEST:
        raise NotAProfile(f"it is larger than {LARGEST} bytes")
    return data.decode(errors="replace")
