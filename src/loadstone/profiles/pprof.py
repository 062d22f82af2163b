"""pprof profiles, read strictly and within bounds, with words for what is none.

The format is the one that Go programs serve under `/debug/pprof`: `profile.proto`, usually gzipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from loadstone.formats import gzipped
from loadstone.profiles import foreign, wire
from loadstone.profiles.frames import FunctionFile, LocationFunctions, Stack, files, places, stack
from loadstone.profiles.units import SampleType

LARGEST = 64 * 1024 * 1024  # By, decompressed; a busy program's heap profile is about 1 MB
_DEEPEST = 4096  # frames of one stack; Go keeps at most 128 before inlining
_MOST_FRAMES = 10_000_000  # of all stacks: few bytes can stand for many samples of deep stacks
_LONGEST_NAME = 500  # characters; generic names of C++ and Rust can have thousands


class NotAProfile(ValueError):
    """Data that is no readable profile; the message says what it is instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StackSample:
    """A stack and its values, one per sample type, in the sample type's own unit.

    `lines`: of the stack's functions, in the file of each, where they are known.
    """

    stack: Stack
    values: Sequence[int]
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile: stacks with their values."""

    types: Sequence[SampleType]
    samples: Sequence[StackSample]
    default: str = ""  # sample type
    duration: float = 0.0  # s
    period_type: SampleType | None = None
    period: int = 0  # one sample stands for about so much of `period_type`
    files: Mapping[str, FunctionFile] = field(default_factory=dict)  # by function

    def column(self, sample_type: str) -> int:
        """The column of this sample type in the values. Raises `ValueError` where there is none.

        The empty name means the profile's default, or its last type, as pprof has it; the last one
        also where the default is not there.
        """
        names = [kind.name for kind in self.types]
        wanted = sample_type or (self.default if self.default in names else names[-1])
        if wanted not in names:
            raise ValueError(f"the profile has no `{wanted}`, only {', '.join(names)}")
        return names.index(wanted)


def parse(data: bytes) -> Profile:
    """Read a profile, gzipped or raw, of at most `LARGEST` bytes.

    Raises `NotAProfile` (a `ValueError`) for everything else, and nothing else.
    """
    message = wire.Profile()
    plain = _unpacked(data)
    try:
        message.ParseFromString(plain)
    except DecodeError as error:
        said = foreign.words(plain) or "it is no pprof profile, or ends in the middle"
        raise NotAProfile(said) from error
    strings = [_text(value) for value in message.string_table]
    if not strings or strings[0] or not message.sample_type:
        said = "it is no pprof profile: it has no string table or no sample types"
        raise NotAProfile(foreign.words(plain) or said)
    period = message.period_type if message.HasField("period_type") else None
    return Profile(
        types=[_type(kind, strings) for kind in message.sample_type],
        samples=_samples(message, _places(message, strings)),
        default=_string(strings, message.default_sample_type),
        duration=max(0, message.duration_nanos) / 1e9,
        period_type=_type(period, strings) if period is not None else None,
        period=message.period,
        files=files(message, _reader(strings)),
    )


def fold(profile: Profile, sample_type: str = "") -> Mapping[Stack, float]:
    """Every distinct stack with the sum of its values, in the base unit; zeros are left out.

    Raises `ValueError` when the profile has no such sample type.
    """
    column = profile.column(sample_type)
    sums: dict[Stack, int] = defaultdict(int)
    for sample in profile.samples:
        sums[sample.stack] += sample.values[column]
    scale = profile.types[column].scale
    return {stack: value * scale for stack, value in sums.items() if value}


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(gzipped.MAGIC):
        if len(data) > LARGEST:
            raise NotAProfile(f"it is larger than {LARGEST} bytes")
        said = foreign.words(data)
        if said is not None:
            raise NotAProfile(said)
        return data
    try:
        unpacked = gzipped.unpacked(data, LARGEST)
    except gzipped.DamagedGzip as error:
        raise NotAProfile(str(error)) from error
    said = foreign.words(unpacked)
    if said == foreign.GPERFTOOLS:
        raise NotAProfile(said)
    return unpacked


def _places(message: Any, strings: Sequence[str]) -> Mapping[int, LocationFunctions]:
    string = _reader(strings)
    drop, keep = (
        _whole(message.string_table, index) for index in (message.drop_frames, message.keep_frames)
    )
    try:
        return places(message, string, deepest=_DEEPEST, drop=drop, keep=keep)
    except NotAProfile:
        raise
    except ValueError as error:
        raise NotAProfile(str(error)) from error


def _samples(message: Any, known: Mapping[int, LocationFunctions]) -> list[StackSample]:
    samples = []
    budget = _MOST_FRAMES
    for sample in message.sample:
        if len(sample.value) != len(message.sample_type):
            raise NotAProfile("a sample has not one value for each sample type")
        try:
            names, lines = stack(sample.location_id, known, _DEEPEST)
        except ValueError as error:
            raise NotAProfile(str(error)) from error
        budget -= len(names)
        if budget < 0:
            raise NotAProfile(f"it has more than {_MOST_FRAMES} frames")
        samples.append(StackSample(stack=names, values=tuple(sample.value), lines=lines))
    return samples


def _type(kind: Any, strings: Sequence[str]) -> SampleType:
    return SampleType(name=_string(strings, kind.type), unit=_string(strings, kind.unit))


def _reader(strings: Sequence[str]) -> Callable[[int], str]:
    return lambda index: _string(strings, index)


def _string(strings: Sequence[str], index: int) -> str:
    if not 0 <= index < len(strings):
        raise NotAProfile(f"it refers to a string {index} that is not there")
    return strings[index]


def _whole(table: Sequence[bytes], index: int) -> str:
    """A string that is no name, and may be long."""
    if not 0 <= index < len(table):
        raise NotAProfile(f"it refers to a string {index} that is not there")
    return table[index].decode(errors="replace")


def _text(raw: bytes) -> str:
    text = raw[: 4 * _LONGEST_NAME].decode(errors="replace")
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
