"""Collapsed stacks: a line for each, `caller;callee COUNT`, as Brendan Gregg's tools write them.

py-spy (`--format raw`), async-profiler (`collapsed`), memray and dtrace scripts do too. A count is
one of samples, unless the lines before say something else in a comment. Where a name ends in a file
and a line, as py-spy's do (`reconcile (websites.py:48)`), these are the function's place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from loadstone.profiles.bounded_stacks import BoundedStacks, text
from loadstone.profiles.frames import FunctionFile
from loadstone.profiles.pprof import NotAProfile, Profile, StackSample
from loadstone.profiles.units import SampleType

SAMPLES = SampleType(name="samples", unit="count")
# Blanks are matched once and whole, so that a line of nothing but them is refused at once.
_LINE = re.compile(r"(\S.*?)(?<![ \t])[ \t]++(\d{1,18})(?:\.\d++)?[ \t]*+")
_NOBODY = re.compile(r"[ \t]+\d{1,18}")  # of a thread that was nowhere, as py-spy writes it
_PLACED = re.compile(r"(.*) \(([^()]+\.\w+):(\d{1,9})\)")
_ENOUGH = 20  # lines that are looked at


def looks_so(start: bytes) -> bool:
    """Whether the beginning of a file is of this form: stacks, and at least one with a call."""
    try:
        lines = start.decode().splitlines()
    except UnicodeDecodeError as error:
        if error.start < len(start) - 4:
            return False
        lines = start[: error.start].decode().splitlines()
    whole = [line for line in lines[: _ENOUGH + 1] if line.strip() and not line.startswith("#")]
    if len(lines) > _ENOUGH or len(start) >= 65_000:
        whole = whole[:-1]  # the last one may be cut off
    whole = [line for line in whole if not _NOBODY.fullmatch(line)]
    return bool(whole) and all(map(_LINE.fullmatch, whole)) and any(";" in line for line in whole)


def parse(data: bytes) -> Profile:
    """Read collapsed stacks. Raises `NotAProfile` with the line that is none."""
    found = BoundedStacks()
    for number, line in enumerate(text(data).splitlines(), 1):
        if not line.strip() or line.startswith("#") or _NOBODY.fullmatch(line):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise NotAProfile(f"its line {number} is no stack with a count")
        found.add(match[1].split(";"), int(match[2]))
    return _placed(found.profile(SAMPLES))


def _placed(profile: Profile) -> Profile:
    """The profile with the places that its names tell, and not in its names.

    Where a function begins is in none: it is taken to begin at the first line that was seen of it.
    """
    places = {name: _place(name) for name in _names(profile.samples)}
    files: dict[str, FunctionFile] = {}
    for name, path, line in places.values():
        if path:
            first = min(line, files[name].line) if name in files else line
            files[name] = FunctionFile(path=path, line=first)
    if not files:
        return profile
    samples = [
        StackSample(
            stack=tuple(places[name][0] for name in each.stack),
            values=each.values,
            lines=tuple(places[name][2] for name in each.stack),
        )
        for each in profile.samples
    ]
    return replace(profile, samples=samples, files=files)


def _names(samples: Iterable[StackSample]) -> set[str]:
    return {name for each in samples for name in each.stack}


def _place(name: str) -> tuple[str, str, int]:
    """The name without the line, the file, and the line; "" and 0 where it tells none."""
    match = _PLACED.fullmatch(name)
    return (f"{match[1]} ({match[2]})", match[2], int(match[3])) if match else (name, "", 0)
