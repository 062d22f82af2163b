"""Profiles made by hand, as messages and as bytes."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

from loadstone.profiles import wire
from loadstone.profiles.frames import Stack
from loadstone.profiles.pprof import Profile, StackSample
from loadstone.profiles.units import SampleType

CPU = SampleType(name="cpu", unit="nanoseconds")


def profile(stacks: Mapping[str, int], *, period: int = 0, kind: SampleType = CPU) -> Profile:
    """A profile of `caller;callee` → value, in the unit of `kind`."""
    return Profile(
        types=[kind],
        samples=[StackSample(stack=_stack(text), values=[value]) for text, value in stacks.items()],
        period_type=kind,
        period=period,
    )


def _stack(text: str) -> Stack:
    return tuple(text.split(";"))


def message(**changes: Any) -> Any:
    """The smallest good message: `main` calls `work`, 7 ns in one sample."""
    made = wire.Profile(
        string_table=[b"", b"cpu", b"nanoseconds", b"main", b"work"],
        sample_type=[{"type": 1, "unit": 2}],
        sample=[{"location_id": [2, 1], "value": [7]}],
        location=[{"id": 1, "line": [{"function_id": 1}]}, {"id": 2, "line": [{"function_id": 2}]}],
        function=[{"id": 1, "name": 3}, {"id": 2, "name": 4}],
        period_type={"type": 1, "unit": 2},
        period=10_000_000,
    )
    for name, value in changes.items():
        made.ClearField(name)
        if isinstance(value, list):
            made.MergeFrom(wire.Profile(**{name: value}))
        else:
            setattr(made, name, value)
    return made


def data(**changes: Any) -> bytes:
    return bytes(message(**changes).SerializeToString())


def zipped(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)
