"""Frames: the functions of a sample's locations, without those that a profile leaves out.

Leaving out follows pprof (`Profile.Prune`): a function that matches `drop_frames` and not
`keep_frames` is cut off with all that it called, but never before the first function that stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex

Stack = tuple[str, ...]
"""Function names, the outermost caller first, inlined functions included."""

NAMELESS = "?"
LONGEST_PATTERN = 20_000  # characters of `drop_frames` or `keep_frames`
_PATIENCE = 0.05  # s for one name: the patterns are the profile's, and it may be anybody's
_BRACKETS = re.compile(r"\(anonymous namespace\)|operator\(\)|\(")


class OddPattern(ValueError):
    """A profile's pattern of functions to leave out that is no pattern, or takes too long."""


@dataclass(frozen=True, slots=True)
class LocationFunctions:
    """The functions at a location, the outermost first, as far as they are to be shown."""

    names: Stack
    cut: bool = False  # nothing that is called from here is shown
    gone: bool = False  # neither is the location itself
    lines: tuple[int, ...] = ()  # in the functions' files, 0 where not known


@dataclass(frozen=True, slots=True)
class FunctionFile:
    """The file of a function, as the compiler named it, and its first line (0: unknown)."""

    path: str
    line: int = 0


def places(
    message: Any, string: Callable[[int], str], *, deepest: int, drop: str = "", keep: str = ""
) -> Mapping[int, LocationFunctions]:
    """The functions of each location. Raises `OddPattern`, and `ValueError` for a deeper one.

    A function without a name is told by the name that the linker knows, then by its file and line,
    and a location without functions by its file in memory and the offset in it. An address is no
    name: it differs from one start of a program to the next.
    """
    dropped = _dropped(drop, keep)
    functions = {each.id: each for each in message.function}
    mappings = {each.id: each for each in message.mapping}
    found = {}
    for location in message.location:
        if len(location.line) > deepest:
            raise ValueError(f"a location has more than {deepest} functions")
        lines = [(functions.get(line.function_id), line.line) for line in reversed(location.line)]
        where = _in_memory(location.address, mappings.get(location.mapping_id), string)
        names = [_name(function, line, string) or where for function, line in lines] or [where]
        bare = [string(function.name) if function else "" for function, _ in lines]
        found[location.id] = _place(names, bare, dropped, tuple(line for _, line in lines) or (0,))
    return found


def stack(
    locations: Sequence[int], known: Mapping[int, LocationFunctions], deepest: int
) -> tuple[Stack, tuple[int, ...]]:
    """The functions of a sample with their lines, the outermost first; locations begin at the leaf.

    Raises `ValueError` for a location that is not known, or for too many functions.
    """
    names: list[str] = []
    lines: list[int] = []
    shown = False
    for location in reversed(locations):
        if location not in known:
            raise ValueError(f"a sample refers to a location {location} that is not there")
        place = known[location]
        if not (place.gone and shown):
            names.extend(place.names)
            lines.extend(place.lines)
        if len(names) > deepest:
            raise ValueError(f"a stack is more than {deepest} functions deep")
        if place.cut and shown:
            break
        shown = shown or not place.cut
    return tuple(names), tuple(lines)


def files(message: Any, string: Callable[[int], str]) -> Mapping[str, FunctionFile]:
    """The files of the functions that have a name; of two of one name, the first."""
    found: dict[str, FunctionFile] = {}
    for each in message.function:
        name, path = string(each.name) or string(each.system_name), string(each.filename)
        if name and path:
            found.setdefault(name, FunctionFile(path=path, line=max(0, each.start_line)))
    return found


def _place(
    names: Sequence[str],
    bare: Sequence[str],
    dropped: Callable[[str], bool],
    lines: tuple[int, ...],
) -> LocationFunctions:
    for depth, name in enumerate(bare):
        if name and dropped(name):
            # pprof keeps the functions that were inlined around the one that is dropped
            left = tuple(names[:depth])
            kept = left or tuple(names)
            return LocationFunctions(names=kept, cut=True, gone=not left, lines=lines[: len(kept)])
    return LocationFunctions(names=tuple(names), lines=lines)


def _name(function: Any, line: int, string: Callable[[int], str]) -> str:
    if function is None:
        return ""
    known = string(function.name) or string(function.system_name)
    file = _last(string(function.filename))
    return known or (f"{file}:{function.start_line or line}" if file else "")


def _in_memory(address: int, mapping: Any, string: Callable[[int], str]) -> str:
    """`libc.so.6+0x2a4f0`: the file, and where in it, wherever it was loaded this time."""
    if mapping is None or not address:
        return NAMELESS
    build = string(mapping.build_id)
    file = _last(string(mapping.filename)) or (f"[{build[:12]}]" if build else "")
    inside = mapping.memory_start <= address < (mapping.memory_limit or address + 1)
    if not file or not inside:
        return file or NAMELESS
    return f"{file}+0x{address - mapping.memory_start + mapping.file_offset:x}"


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _dropped(drop: str, keep: str) -> Callable[[str], bool]:
    if not drop:
        return lambda _: False
    out, stay = _pattern("drop_frames", drop), _pattern("keep_frames", keep) if keep else None
    known: dict[str, bool] = {}

    def decide(name: str) -> bool:
        if name not in known:
            plain = _without_arguments(name)
            known[name] = out(plain) and not (stay is not None and stay(plain))
        return known[name]

    return decide


def _pattern(which: str, text: str) -> Callable[[str], bool]:
    if len(text) > LONGEST_PATTERN:
        raise OddPattern(f"its `{which}` is longer than {LONGEST_PATTERN} characters")
    try:
        pattern = regex.compile(text)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise OddPattern(f"its `{which}` is no regular expression: {error}") from error

    def matches(name: str) -> bool:
        try:
            return pattern.fullmatch(name, timeout=_PATIENCE) is not None
        except TimeoutError as error:
            raise OddPattern(f"its `{which}` takes too long to match") from error

    return matches


def _without_arguments(name: str) -> str:
    """A C++ name without its list of arguments, as pprof simplifies it before it matches."""
    plain = name.removeprefix(".")
    brackets = (found for found in _BRACKETS.finditer(plain) if found[0] == "(")
    return next((plain[: found.start()] for found in brackets), plain)
