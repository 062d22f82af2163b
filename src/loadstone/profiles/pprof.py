"""Reading pprof profiles: strict, bounded, and in words when something is none.

The format is the one that Go programs serve under `/debug/pprof`: `profile.proto`, usually gzipped.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError

from loadstone.profiles import wire

LARGEST = 64 * 1024 * 1024  # By, decompressed; a busy program's heap profile is about 1 MB
_DEEPEST = 4096  # frames of one stack; Go keeps at most 128 before inlining
_MOST_FRAMES = 10_000_000
_LONGEST_NAME = 500
_GZIP = b"\x1f\x8b"
_BASE_UNITS = {
    "nanoseconds": (1e-9, "s"),
    "microseconds": (1e-6, "s"),
    "milliseconds": (1e-3, "s"),
    "seconds": (1.0, "s"),
    "bytes": (1.0, "By"),
    "kilobytes": (1024.0, "By"),
    "megabytes": (1024.0**2, "By"),
}

Stack = tuple[str, ...]
"""Function names, the outermost caller first, inlined functions included."""


class NotAProfile(ValueError):
    """Data that is no profile we can read; the message says what it is instead."""


@dataclass(frozen=True, kw_only=True)
class SampleType:
    """What a column of values counts, as in `cpu` in `nanoseconds`."""

    name: str
    unit: str

    @property
    def scale(self) -> float:
        """Factor to the base unit."""
        return _BASE_UNITS.get(self.unit, (1.0, "1"))[0]

    @property
    def base_unit(self) -> str:
        """`s`, `By` or `1`."""
        return _BASE_UNITS.get(self.unit, (1.0, "1"))[1]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A stack and its values, one per sample type, in the sample type's own unit."""

    stack: Stack
    values: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One profile. `period`: one sample stands for about so much of `period_type`."""

    types: Sequence[SampleType]
    samples: Sequence[Sample]
    default: str = ""  # sample type
    duration: float = 0.0  # s
    period_type: SampleType | None = None
    period: int = 0

    def column(self, sample_type: str) -> int:
        """Where a sample's value of this type is. Raises `ValueError` when there is no such type.

        The empty name means the profile's default, or its last type, as pprof has it.
        """
        names = [kind.name for kind in self.types]
        wanted = sample_type or self.default or names[-1]
        if wanted not in names:
            raise ValueError(f"the profile has no `{wanted}`, only {', '.join(names)}")
        return names.index(wanted)


def parse(data: bytes) -> Profile:
    """Read a profile, gzipped or raw, of at most `LARGEST` bytes.

    Raises `NotAProfile` (a `ValueError`) for everything else, and nothing else.
    """
    message = wire.Profile()
    try:
        message.ParseFromString(_unpacked(data))
    except DecodeError as error:
        raise NotAProfile("it is no pprof profile, or ends in the middle") from error
    strings = [_text(value) for value in message.string_table]
    if not strings or strings[0] or not message.sample_type:
        raise NotAProfile("it is no pprof profile: it has no string table or no sample types")
    period = message.period_type if message.HasField("period_type") else None
    return Profile(
        types=[_type(kind, strings) for kind in message.sample_type],
        samples=_samples(message, _frames(message, strings)),
        default=_string(strings, message.default_sample_type),
        duration=max(0, message.duration_nanos) / 1e9,
        period_type=_type(period, strings) if period is not None else None,
        period=message.period,
    )


def problem(data: bytes) -> str | None:
    """Why `data` is no profile that can be used, in words; None when it is one.

    A profile over a time in which nothing ran has no samples and is good; one of a state has some.
    """
    if not data.strip():
        return "it is empty"
    if not data.startswith(_GZIP):
        text = _as_text(data)
        if text is not None:
            return _foreign(text)
    try:
        profile = parse(data)
    except NotAProfile as error:
        return str(error)
    sampled = any(any(sample.values) for sample in profile.samples)
    if not sampled and not profile.duration:
        return "it has no samples"
    return None


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
    if not data.startswith(_GZIP):
        if len(data) > LARGEST:
            raise NotAProfile(f"it is larger than {LARGEST} bytes")
        return data
    reader = zlib.decompressobj(wbits=31)
    try:
        unpacked = reader.decompress(data, LARGEST + 1)
    except zlib.error as error:
        raise NotAProfile("it is gzip, but damaged") from error
    if len(unpacked) > LARGEST:
        raise NotAProfile(f"it is larger than {LARGEST} bytes when unpacked")
    if not reader.eof:
        raise NotAProfile("it ends in the middle")
    return unpacked


def _frames(message: Any, strings: Sequence[str]) -> dict[int, Stack]:
    """Location → the functions there, outermost first; a location without names is its address."""
    names = {function.id: _string(strings, function.name) for function in message.function}
    frames = {}
    for location in message.location:
        if len(location.line) > _DEEPEST:
            raise NotAProfile(f"a location has more than {_DEEPEST} functions")
        inlined = [names.get(line.function_id) or "?" for line in reversed(location.line)]
        frames[location.id] = tuple(inlined) or (f"0x{location.address:x}",)
    return frames


def _samples(message: Any, frames: Mapping[int, Stack]) -> list[Sample]:
    samples = []
    budget = _MOST_FRAMES
    for sample in message.sample:
        if len(sample.value) != len(message.sample_type):
            raise NotAProfile("a sample has not one value for each sample type")
        stack = _stack(sample.location_id, frames)
        budget -= len(stack)
        if budget < 0:
            raise NotAProfile(f"it has more than {_MOST_FRAMES} frames")
        samples.append(Sample(stack=stack, values=tuple(sample.value)))
    return samples


def _stack(locations: Sequence[int], frames: Mapping[int, Stack]) -> Stack:
    """The leaf comes first in the format; here the outermost caller does."""
    stack: list[str] = []
    for location in reversed(locations):
        if location not in frames:
            raise NotAProfile(f"a sample refers to a location {location} that is not there")
        stack.extend(frames[location])
        if len(stack) > _DEEPEST:
            raise NotAProfile(f"a stack is more than {_DEEPEST} functions deep")
    return tuple(stack)


def _type(kind: Any, strings: Sequence[str]) -> SampleType:
    return SampleType(name=_string(strings, kind.type), unit=_string(strings, kind.unit))


def _string(strings: Sequence[str], index: int) -> str:
    if not 0 <= index < len(strings):
        raise NotAProfile(f"it refers to a string {index} that is not there")
    return strings[index]


def _text(raw: bytes) -> str:
    text = raw[: 4 * _LONGEST_NAME].decode(errors="replace")
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _as_text(data: bytes) -> str | None:
    """The beginning as text, when it is text: no control signs but white space."""
    try:
        text = data[:4096].decode()
    except UnicodeDecodeError as error:
        if error.start < min(len(data), 4096) - 3:
            return None
        text = data[: error.start].decode()
    return None if set(text) & _CONTROLS else text


_CONTROLS = {chr(code) for code in range(32)} - set("\t\n\r\f\v")


def _foreign(text: str) -> str:
    """Words for text where a profile should be."""
    start = text.strip()
    if start.startswith("<"):
        return f"it is an HTML page, not a profile: {_quoted(start)}"
    if " profile: " in start.partition("\n")[0]:
        return "it is a profile as text; ask for it without `debug=`"
    return f"it is text, not a profile: {_quoted(start)}"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line[:60]}…”" if len(line) > 60 else f"“{line}”"
