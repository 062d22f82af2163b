"""Files of speedscope: frames that are shared, and profiles of samples or of events. Pure.

Of memray's two, of bytes and of how often they were allocated, the bytes are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from loadstone.profiles.bounded_stacks import BoundedStacks
from loadstone.profiles.placed_names import placed, with_place
from loadstone.profiles.pprof import LARGEST, NotAProfile, Profile
from loadstone.profiles.units import SampleType

_LOOKED_AT = 4096  # By: either end of a file
_NO_UNIT = "none"
# A unit of theirs → the type and unit of whole numbers that it becomes, and how many one is.
_UNITS = {
    _NO_UNIT: ("samples", "count", 1.0),
    "bytes": ("space", "bytes", 1.0),
    "nanoseconds": ("cpu", "nanoseconds", 1.0),
    "microseconds": ("cpu", "nanoseconds", 1e3),
    "milliseconds": ("cpu", "nanoseconds", 1e6),
    "seconds": ("cpu", "nanoseconds", 1e9),
}
_Place = Annotated[int, msgspec.Meta(ge=0)]


class _ScopeFrame(msgspec.Struct):
    """A function, or a line of it."""

    name: str
    file: str | None = None
    line: Annotated[int, msgspec.Meta(ge=-1, le=2**31)] | None = None


class _FrameTable(msgspec.Struct):
    """The functions that all profiles of a file refer to."""

    frames: list[_ScopeFrame]


class _ScopeEvent(msgspec.Struct):
    """A function that is opened or closed, and when."""

    type: Literal["O", "C"]
    frame: _Place
    at: float


class _ScopeProfile(msgspec.Struct):
    """A profile of samples or of events."""

    type: Literal["sampled", "evented"]
    unit: str
    samples: list[list[_Place]] = []
    weights: list[float] = []
    events: list[_ScopeEvent] = []


class _ScopeFile(msgspec.Struct):
    """A file."""

    shared: _FrameTable
    profiles: list[_ScopeProfile]


def looks_so(data: bytes) -> bool:
    """Whether a file is of this form: it names its schema, at either end."""
    return b"speedscope" in data[:_LOOKED_AT] or b"speedscope" in data[-_LOOKED_AT:]


def parse(data: bytes) -> Profile:
    """Read all profiles of a file as one. Raises `NotAProfile`."""
    if len(data) > LARGEST:
        raise NotAProfile(f"it is larger than {LARGEST} bytes")
    try:
        file = msgspec.json.decode(data, type=_ScopeFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAProfile(f"it is no file of speedscope: {error}") from error
    units = {each.unit for each in file.profiles}
    units = units - {_NO_UNIT} or units
    if len(units) != 1 or not units <= _UNITS.keys():
        raise NotAProfile(
            "the profiles of its file of speedscope have no unit in common that we know"
        )
    chosen = [each for each in file.profiles if each.unit in units]
    name, unit, factor = _UNITS[units.pop()]
    names = [with_place(each.name, each.file or "", each.line or 0) for each in file.shared.frames]
    found = BoundedStacks()
    for each in chosen:
        if each.type == "sampled":
            _add_samples(found, each, names, factor)
        else:
            _add_events(found, each, names, factor)
    return placed(found.profile(SampleType(name=name, unit=unit)))


def _add_samples(
    found: BoundedStacks, each: _ScopeProfile, names: Sequence[str], factor: float
) -> None:
    if len(each.weights) != len(each.samples):
        raise NotAProfile("its samples have not one weight each")
    for places, weight in zip(each.samples, each.weights, strict=True):
        found.add(_named(places, names), weight * factor)


def _add_events(
    found: BoundedStacks, each: _ScopeProfile, names: Sequence[str], factor: float
) -> None:
    """What is open between two events has the time between them."""
    stack: list[int] = []
    last = each.events[0].at if each.events else 0.0
    for event in each.events:
        if stack and event.at > last:
            found.add(_named(stack, names), (event.at - last) * factor)
        last = event.at
        if event.type == "O":
            stack.append(event.frame)
        elif not stack or stack.pop() != event.frame:
            raise NotAProfile("an event closes a frame that is not open")


def _named(places: Sequence[int], names: Sequence[str]) -> list[str]:
    if any(place >= len(names) for place in places):
        raise NotAProfile("a sample refers to a frame that is not there")
    return [names[place] for place in places]
