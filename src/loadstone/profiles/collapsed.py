"""Collapsed stacks: a line for each, `caller;callee COUNT`, as Brendan Gregg's tools write them.

py-spy (`--format raw`), async-profiler (`collapsed`) and dtrace scripts do too. A count is
one of samples, unless the lines before say something else in a comment. Where a name ends in a file
and a line, as py-spy's do (`reconcile (websites.py:48)`), these are the function's place.
"""

from __future__ import annotations

import re

from loadstone.profiles.bounded_stacks import BoundedStacks, text
from loadstone.profiles.placed_names import placed
from loadstone.profiles.pprof import NotAProfile, Profile
from loadstone.profiles.units import SampleType

SAMPLES = SampleType(name="samples", unit="count")
# Blanks are matched once and whole, so that a line of nothing but them is refused at once.
_LINE = re.compile(r"(\S.*?)(?<![ \t])[ \t]++(\d{1,18})(?:\.\d++)?[ \t]*+")
_NOBODY = re.compile(r"[ \t]+\d{1,18}")  # of a thread that was nowhere, as py-spy writes it
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
    return placed(found.profile(SAMPLES))
